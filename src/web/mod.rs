//! The window for operations: is the worker well, and how much has it done.
//!
//! In: HTTP requests on one address. Out: `/healthz` (alive; asks nobody), `/readyz` (with reasons where not),
//! `/metrics`, `/status` (JSON, numbers only). Every answer comes within two seconds, whatever is away. Absent on
//! purpose: business decisions, contents, names. Beside it the counter ([`counter`]): e-invoices in, reports out.

pub mod counter;
mod listen;
mod openapi;

use crate::error::Result;
use crate::metrics::{Format, Look, Metrics};
use crate::worker::{Seen, Step};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
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
/// No answer takes longer.
const LONGEST: Duration = Duration::from_secs(2);

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
    pub metrics: Arc<Metrics>,
    pub counts: Arc<Counts>,
}

/// Listens and answers until aborted. Slow or idle connections are closed.
/// Answers the address, too: port 0 lets the system choose.
pub async fn serve(address: SocketAddr, view: View) -> Result<(SocketAddr, JoinHandle<()>)> {
    let listener = listen::bind(address).await?;
    let address = listener.local_addr().unwrap_or(address);
    let router = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route("/status", get(status))
        .with_state(view);
    // Its owner ends it: while the jobs in hand are finished, the window still answers.
    let (_, never) = watch::channel(false);
    Ok((address, tokio::spawn(listen::answer(listener, router, PATIENCE, never))))
}

/// Ready: ledger and queue answer, the disk has room, nobody ordered a pause.
async fn ready(State(view): State<View>) -> Response {
    let Ok(look) = tokio::time::timeout(LONGEST, view.metrics.look()).await else { return too_slow() };
    let reasons = reasons(&look);
    let status = if reasons.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(serde_json::json!({ "ready": reasons.is_empty(), "reasons": reasons }))).into_response()
}

/// What is wrong, in a few words each.
fn reasons(look: &Look) -> Vec<String> {
    let mut reasons = Vec::new();
    if let Err(away) = &look.queue {
        reasons.push(format!("queue: {}", away.0));
    }
    match &look.ledger {
        Err(away) => reasons.push(format!("ledger: {}", away.0)),
        Ok(ledger) => {
            reasons.extend(ledger.paused.as_ref().map(|pause| format!("paused: since {}", pause.since)));
        }
    }
    match &look.room {
        Err(away) => reasons.push(format!("disk: {}", away.0)),
        Ok(room) => reasons.extend(room.short.clone()),
    }
    reasons
}

async fn metrics(State(view): State<View>, headers: HeaderMap) -> Response {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let format = Format::asked_for(accept);
    match tokio::time::timeout(LONGEST, view.metrics.text(format)).await {
        Ok(Ok(text)) => ([(header::CONTENT_TYPE, format.media_type())], text).into_response(),
        Ok(Err(error)) => (StatusCode::INTERNAL_SERVER_ERROR, error.kind.slug()).into_response(),
        Err(_) => too_slow(),
    }
}

async fn status(State(view): State<View>) -> Response {
    let counts = &view.counts;
    let worker = serde_json::json!({
        "filed": counts.filed.load(Ordering::Relaxed),
        "in_clearing": counts.in_clearing.load(Ordering::Relaxed),
        "divided": counts.divided.load(Ordering::Relaxed),
        "put_off": counts.put_off.load(Ordering::Relaxed),
    });
    let Ok(look) = tokio::time::timeout(LONGEST, view.metrics.look()).await else { return too_slow() };
    let (status, queue) = match &look.queue {
        Ok(queue) => {
            let depth = queue.depth;
            let queue = serde_json::json!({ "ready": depth.ready, "in_flight": depth.in_flight,
                "delayed": depth.delayed, "poison": depth.poison });
            (StatusCode::OK, queue)
        }
        Err(away) => (StatusCode::SERVICE_UNAVAILABLE, serde_json::json!({ "error": away.0 })),
    };
    (status, Json(serde_json::json!({ "worker": worker, "queue": queue }))).into_response()
}

fn too_slow() -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, "no answer in time").into_response()
}
