//! The window for operations: is the worker well, and how much has it done.
//!
//! In: HTTP requests on one address. Out: `/healthz`, `/readyz`, `/status` (JSON, numbers only). Absent on
//! purpose: business decisions, contents, names. Beside it the counter ([`counter`]): e-invoices in, reports out.

pub mod counter;
mod listen;
mod openapi;

use crate::error::Result;
use crate::ledger::Ledger;
use crate::queue::Queue;
use crate::worker::{Seen, Step};
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use listen::Patience;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

const PATIENCE: Patience = Patience {
    connections: 64,
    headers: Duration::from_secs(10),
    life: Duration::from_secs(60),
    end: Duration::from_secs(10),
};

/// Jobs of this worker since it started.
#[derive(Debug, Default)]
pub struct Counts {
    filed: AtomicU64,
    in_clearing: AtomicU64,
    divided: AtomicU64,
    put_off: AtomicU64,
}

impl Counts {
    pub fn take_in(&self, seen: &Seen<'_>) {
        let count = match seen {
            Seen::Settled { step: Step::Filed, .. } => &self.filed,
            Seen::Settled { step: Step::InClearing, .. } => &self.in_clearing,
            Seen::Settled { step: Step::Divided(_), .. } => &self.divided,
            Seen::Later { .. } | Seen::Parked { .. } => &self.put_off,
            Seen::Noted { .. } | Seen::LeaseLost { .. } | Seen::Breaker { .. } => return,
        };
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// What the window looks at.
#[derive(Clone)]
pub struct View {
    pub ledger: Arc<dyn Ledger>,
    pub queue: Arc<dyn Queue>,
    pub counts: Arc<Counts>,
}

/// Listens and answers until aborted. Slow or idle connections are closed.
pub async fn serve(address: SocketAddr, view: View) -> Result<JoinHandle<()>> {
    let listener = listen::bind(address).await?;
    let router = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/status", get(status))
        .with_state(view);
    // Its owner ends it: while the jobs in hand are finished, the window still answers.
    let (_, never) = watch::channel(false);
    Ok(tokio::spawn(listen::answer(listener, router, PATIENCE, never)))
}

/// Ready: ledger and queue answer.
async fn ready(State(view): State<View>) -> (StatusCode, &'static str) {
    if view.queue.depth().await.is_err() {
        return (StatusCode::SERVICE_UNAVAILABLE, "queue");
    }
    match view.ledger.open(1).await {
        Ok(_) => (StatusCode::OK, "ready"),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, "ledger"),
    }
}

async fn status(State(view): State<View>) -> (StatusCode, Json<serde_json::Value>) {
    let counts = &view.counts;
    let worker = serde_json::json!({
        "filed": counts.filed.load(Ordering::Relaxed),
        "in_clearing": counts.in_clearing.load(Ordering::Relaxed),
        "divided": counts.divided.load(Ordering::Relaxed),
        "put_off": counts.put_off.load(Ordering::Relaxed),
    });
    match view.queue.depth().await {
        Ok(depth) => {
            let queue = serde_json::json!({ "ready": depth.ready, "in_flight": depth.in_flight,
                "delayed": depth.delayed, "poison": depth.poison });
            (StatusCode::OK, Json(serde_json::json!({ "worker": worker, "queue": queue })))
        }
        Err(error) => {
            let queue = serde_json::json!({ "error": error.kind.slug() });
            let body = serde_json::json!({ "worker": worker, "queue": queue });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body))
        }
    }
}
