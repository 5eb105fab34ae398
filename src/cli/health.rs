//! `laufmappe health`: asks a running worker whether it is well; for container health checks.

use super::{ALL_FILED, language};
use crate::error::{Error, Kind, Result};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_ANSWER: u64 = 4096;

pub async fn health(address: SocketAddr) -> Result<u8> {
    let asked = tokio::time::timeout(PATIENCE, ask(address)).await;
    let away = |what: String| {
        Error::new(Kind::Unavailable, format!("the worker at {address} does not answer: {what}"))
            .hint("is it running with --listen?")
    };
    let answer = asked.map_err(|_| away("no answer in 5 s".to_owned()))?.map_err(|e| away(e.to_string()))?;
    if answer.starts_with("HTTP/1.1 200") {
        language::say("ok");
        return Ok(ALL_FILED);
    }
    let first = answer.lines().next().unwrap_or_default().to_owned();
    Err(Error::new(Kind::Unavailable, format!("the worker at {address} is not well: {first}")))
}

async fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    let mut answer = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
