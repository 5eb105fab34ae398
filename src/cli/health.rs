//! `laufmappe health`: asks a running worker whether it is well; for container health checks.

use super::{ALL_FILED, language};
use crate::error::{Error, Kind, Result};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(5);
const LONGEST_ANSWER: u64 = 4096;

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub enum Question {
    /// Does it answer?
    Alive,
    /// Can it work?
    Ready,
}

pub async fn health(address: SocketAddr, question: Question) -> Result<u8> {
    let path = match question {
        Question::Alive => "/healthz",
        Question::Ready => "/readyz",
    };
    let asked = tokio::time::timeout(PATIENCE, ask(address, path)).await;
    let away = |what: String| {
        Error::new(Kind::Unavailable, format!("the worker at {address} does not answer: {what}"))
            .hint("is it running with --listen?")
    };
    let answer = asked.map_err(|_| away("no answer in 5 s".to_owned()))?.map_err(|e| away(e.to_string()))?;
    if answer.starts_with("HTTP/1.1 200") {
        language::say("ok");
        return Ok(ALL_FILED);
    }
    let first = answer.lines().next().unwrap_or_default();
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Err(Error::new(Kind::Unavailable, format!("the worker at {address} is not well: {first} {body}")))
}

async fn ask(address: SocketAddr, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(LONGEST_ANSWER).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
