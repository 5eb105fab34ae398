//! The ledger: documents per second from receipt to end, one tenant, on both backends, with 1 and 4 tasks.
//!
//! Five entries per document: received, claimed, two steps, closed. `one by one` notes each step by itself, `in
//! one go` the steps and the end together.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    dead_code,
    reason = "a benchmark prints, and may fail loudly"
)]

#[path = "../tests/ledger/story.rs"]
mod story;
#[path = "../tests/support/mod.rs"]
mod support;

use laufmappe::job::ContentHash;
use laufmappe::ledger::{Event, Ledger};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};
use story::{LONG, Place, claim, document, embedded, failed, postgres};

const TIME: Duration = Duration::from_secs(4);

#[tokio::main]
async fn main() {
    for tasks in [1, 4] {
        for in_one_go in [false, true] {
            measure("embedded", embedded().await, tasks, in_one_go).await;
            measure("PostgreSQL", postgres().await, tasks, in_one_go).await;
        }
    }
}

async fn measure(backend: &str, place: Place, tasks: usize, in_one_go: bool) {
    let done = Arc::new(AtomicU64::new(0));
    let begun = Instant::now();
    let workers = (0..tasks).map(|task| {
        let (ledger, done) = (Arc::clone(&place.ledger), Arc::clone(&done));
        tokio::spawn(async move {
            let mut number = 0;
            while begun.elapsed() < TIME {
                one(&*ledger, &format!("{task} {number}"), in_one_go).await;
                number += 1;
                done.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    futures_util::future::join_all(workers).await;
    let per_second = done.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64();
    let how = if in_one_go { "in one go" } else { "one by one" };
    println!("{backend}, {tasks} tasks, {how}: {per_second:.0} documents/s, {:.0} entries/s", 5.0 * per_second);
}

async fn one(ledger: &dyn Ledger, name: &str, in_one_go: bool) {
    let document = document(name);
    ledger.receive(document.clone()).await.unwrap();
    let lease = claim(ledger, &document, "w", LONG).await;
    let step = ContentHash::of(b"report");
    let events = vec![
        failed("step"),
        Event::Routed { decision: step, rule: "r".into(), rules_version: "1".into() },
        Event::Closed,
    ];
    if in_one_go {
        return ledger.note_all(&lease, events).await.unwrap();
    }
    for event in events {
        ledger.note(&lease, event).await.unwrap();
    }
}
