//! One address, many connections: how every door of ours on the network listens.
//!
//! In: a router. Out: answers over HTTP/1.1 until told to stop; what is being answered then is finished. Slow or
//! idle connections are closed, and there are never more than a fixed number.

use crate::error::{Error, Kind, Result};
use axum::Router;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

/// How patient we are.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Connections at the same time; further ones wait in the system's queue.
    pub connections: u32,
    /// A request's headers come within this time; idle connections are closed after it.
    pub headers: Duration,
    /// After this time a connection takes no further request.
    pub life: Duration,
    /// What is being answered may take as long as this when a connection ends.
    pub end: Duration,
}

pub async fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        Error::new(Kind::Settings, format!("listening on {address} failed: {error}"))
            .hint("choose a free address with --listen")
    })
}

/// Answers until `told` turns true, then finishes what is in hand.
pub async fn answer(
    listener: TcpListener,
    router: Router,
    patience: Patience,
    mut told: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(patience.connections as usize));
    loop {
        let accepted = tokio::select! {
            () = stop(&mut told) => break,
            accepted = next(&listener, &places) => accepted,
        };
        let Some((stream, place)) = accepted else { continue };
        let (router, told) = (router.clone(), told.clone());
        tokio::spawn(async move {
            serve(stream, router, patience, told).await;
            drop(place);
        });
    }
    drop(listener);
    // Whoever has all places knows that nobody is left.
    tokio::time::timeout(patience.end, places.acquire_many(patience.connections)).await.ok();
}

async fn next(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => Some((stream, place)),
        Err(error) => {
            tracing::warn!(kind = ?error.kind(), "a connection was not accepted");
            // Mostly too many open files: asking again at once would only burn time.
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn serve(stream: TcpStream, router: Router, patience: Patience, mut told: watch::Receiver<bool>) {
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience.headers);
    let connection = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    let mut connection = pin!(connection);
    tokio::select! {
        _ = connection.as_mut() => return,
        () = stop(&mut told) => {}
        () = tokio::time::sleep(patience.life) => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::time::timeout(patience.end, connection).await.ok();
}

/// Ends when somebody says stop; never, where nobody can.
async fn stop(told: &mut watch::Receiver<bool>) {
    if told.wait_for(|told| *told).await.is_err() {
        std::future::pending::<()>().await;
    }
}
