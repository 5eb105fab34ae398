//! The database dies in the middle of commits, by `kill -9` and by immediate shutdown, again and again: nothing
//! confirmed is lost, nothing counts twice.

use super::story::*;
use super::support::mortal::PrivateServer;
use laufmappe::error::{Again, Error, Kind as ErrorKind, Result};
use laufmappe::job::*;
use laufmappe::ledger::*;
use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

const ROUNDS: usize = 6;
const WORKERS: usize = 4;

#[derive(Default)]
struct Tally {
    confirmed: Mutex<Vec<(DocumentId, u64)>>,
    unknown: AtomicU64,
    away: AtomicU64,
    stop: AtomicBool,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_dies_in_mid_commit_loses_and_doubles_nothing() {
    let server = tokio::task::spawn_blocking(PrivateServer::start).await.unwrap();
    let url = server.url();
    let tally = Arc::new(Tally::default());
    let ledger = Arc::new(Postgres::connect(&url, "test").await.unwrap());
    let workers: Vec<_> = (0..WORKERS)
        .map(|worker| tokio::spawn(work(Arc::clone(&ledger), worker, Arc::clone(&tally))))
        .collect();
    let killer = tokio::task::spawn_blocking(move || {
        let mut server = server;
        for round in 0..ROUNDS {
            std::thread::sleep(Duration::from_millis(700 + 130 * round as u64));
            match round % 2 {
                0 => server.kill_nine(),
                _ => server.stop_immediately(),
            }
            server.start_again();
        }
        std::thread::sleep(Duration::from_millis(500));
        server
    });
    let _server = killer.await.unwrap();
    tally.stop.store(true, Ordering::SeqCst);
    for worker in workers {
        worker.await.unwrap();
    }
    let (unknown, away) = (tally.unknown.load(Ordering::SeqCst), tally.away.load(Ordering::SeqCst));
    let confirmed = tally.confirmed.lock().unwrap().clone();
    assert!(confirmed.len() > 100, "only {} entries were confirmed", confirmed.len());
    assert!(unknown + away >= ROUNDS as u64, "the outages were not felt: {unknown} unknown, {away} away");
    eprintln!("{} confirmed, {unknown} commits of unknown outcome, {away} refusals", confirmed.len());
    check(&ledger, &confirmed).await;
}

/// One document after the other, each step repeated the way the worker does: look first, then do it again.
async fn work(ledger: Arc<Postgres>, worker: usize, tally: Arc<Tally>) {
    let name = format!("w{worker}");
    for number in 0.. {
        if tally.stop.load(Ordering::SeqCst) {
            return;
        }
        let document = document(&format!("{name} {number}"));
        patiently(&tally, || ledger.receive(document.clone())).await;
        let claim = patiently(&tally, || ledger.claim(&document.tenant, &document.id, &name, LONG)).await;
        let (lease, history) = match claim {
            Claim::Yours(lease, history) => (lease, history),
            // The claim of unknown outcome was ours: take it up under its token.
            Claim::Taken => {
                let history = patiently(&tally, || ledger.history(&document.tenant, &document.id)).await;
                let Event::Claimed { attempt, token, .. } = history.last().unwrap().event else {
                    panic!("taken, but not claimed last")
                };
                let (tenant, id) = (document.tenant.clone(), document.id.clone());
                let lease = Lease { tenant, document: id, worker: name.clone(), token, attempt };
                (lease, history)
            }
            other => panic!("{other:?}"),
        };
        confirm(&tally, &history);
        for event in [failed(&format!("{name} {number}")), Event::Closed] {
            once(&ledger, &lease, event, &tally).await;
        }
    }
}

/// Notes an event; after an unknown outcome it looks whether it stands there already.
async fn once(ledger: &Postgres, lease: &Lease, event: Event, tally: &Tally) {
    loop {
        match ledger.note(lease, event.clone()).await {
            Ok(entry) => return confirm(tally, &[entry]),
            Err(error) => tally_up(tally, &error).await,
        }
        let history = patiently(tally, || ledger.history(&lease.tenant, &lease.document)).await;
        if history.iter().any(|entry| entry.event == event) {
            return;
        }
    }
}

async fn patiently<T, F: Future<Output = Result<T>>>(tally: &Tally, work: impl Fn() -> F) -> T {
    loop {
        match work().await {
            Ok(answer) => return answer,
            Err(error) => tally_up(tally, &error).await,
        }
    }
}

async fn tally_up(tally: &Tally, error: &Error) {
    assert_eq!(error.kind.again(), Again::Later, "{error}");
    let count = if error.kind == ErrorKind::Unknown { &tally.unknown } else { &tally.away };
    count.fetch_add(1, Ordering::SeqCst);
    tokio::time::sleep(Duration::from_millis(50)).await;
}

fn confirm(tally: &Tally, entries: &[Entry]) {
    let entries = entries.iter().map(|entry| (entry.document.clone(), entry.number));
    tally.confirmed.lock().unwrap().extend(entries);
}

async fn check(ledger: &Postgres, confirmed: &[(DocumentId, u64)]) {
    let lines = ledger.export(&tenant("koeln")).await.unwrap();
    verify_lines(lines.clone().into_iter()).unwrap();
    let mut entries = HashMap::new();
    let mut once_only = HashSet::new();
    for line in lines {
        let entry = Entry::read(&line[line.find('{').unwrap()..]).unwrap();
        let what = match &entry.event {
            Event::Received { .. } => "received".to_owned(),
            Event::Claimed { token, .. } => format!("claim {token}"),
            Event::Failed { text, .. } => format!("failed {text}"),
            other => format!("{other:?}"),
        };
        assert!(once_only.insert((entry.document.clone(), what)), "twice: {entry:?}");
        entries.insert(entry.number, entry.document);
    }
    for (document, number) in confirmed {
        assert_eq!(entries.get(number), Some(document), "entry {number} was confirmed and is not there");
    }
    // The state of each case is what its entries say.
    for summary in ledger.summaries(None).await.unwrap() {
        let history = ledger.history(&summary.document.tenant, &summary.document.id).await.unwrap();
        let mut folded = Summary::of(summary.document.clone());
        history.iter().for_each(|entry| folded.take_in(&entry.event));
        assert_eq!(folded, summary);
    }
}
