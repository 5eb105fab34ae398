//! Entries of earlier versions: read, verified and taken over by this one.
//!
//! `journal-1` and `journal-2` tell an invoice and a batch of scans. They were put together for this test in the form
//! that those programs wrote, field by field: read and written again, each body is what it was.

use super::story::*;
use laufmappe::error::Kind as ErrorKind;
use laufmappe::job::*;
use laufmappe::ledger::*;
use std::fs;
use std::path::{Path, PathBuf};

fn journal(version: u32) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/ledger/journal-{version}"))
}

fn lines(version: u32) -> Vec<String> {
    fs::read_to_string(journal(version)).unwrap().split_terminator('\n').map(str::to_owned).collect()
}

/// The state of every document: what it ended as, how often it was claimed, how many entries it has.
async fn told(ledger: &dyn Ledger) -> Vec<String> {
    let mut told = Vec::new();
    for summary in ledger.summaries(None).await.unwrap() {
        let history = ledger.history(&summary.document.tenant, &summary.document.id).await.unwrap();
        told.push(format!("{:?} {} {}", summary.state, summary.attempts, history.len()));
    }
    told
}

async fn goes_on(ledger: &dyn Ledger, version: u32) {
    let all = lines(version).len() as u64 - 1;
    let owner = ledger.tenants().await.unwrap().remove(0);
    let exported = ledger.export(&owner).await.unwrap();
    let bodies = |lines: &[String]| -> Vec<String> {
        lines.iter().map(|line| line[line.find('{').unwrap()..].to_owned()).collect()
    };
    assert_eq!(bodies(&exported), bodies(&lines(version)[1..]), "kept bit for bit");
    assert!(exported.iter().all(|line| line.contains(&format!("{{\"v\":{version},"))));
    // An entry of ours behind theirs, in one chain.
    let fresh = document_of(owner.as_str(), "fresh", "fresh");
    ledger.receive(fresh.clone()).await.unwrap();
    let lease = claim(ledger, &fresh, "w", LONG).await;
    ledger.hand_back(&lease, Rest::Until("akte".into())).await.unwrap();
    let verified = verify_lines(ledger.export(&owner).await.unwrap().into_iter()).unwrap();
    assert_eq!(verified.entries, all + 3);
    let states = ledger.summaries(None).await.unwrap();
    assert!(states.iter().any(|summary| summary.state == State::Filed));
    assert!(states.iter().any(|summary| summary.state == State::Clearing));
    assert!(states.iter().any(|summary| summary.state == State::Divided));
}

#[tokio::test]
async fn journals_of_versions_1_and_2_are_read_and_gone_on_with_on_both() {
    for version in [1, 2] {
        verify_lines(lines(version).into_iter()).unwrap();
        for line in &lines(version)[1..] {
            let body = &line[line.find('{').unwrap()..];
            assert_eq!(serde_json::to_string(&Entry::read(body).unwrap()).unwrap(), body);
        }
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("ledger")).unwrap();
        fs::copy(journal(version), folder.path().join("ledger/journal")).unwrap();
        let in_place = open_in(folder.path()).unwrap();
        let (imported, database) = (embedded().await, postgres().await);
        for place in [&imported, &database] {
            let lines = lines(version);
            let all = lines.len() as u64 - 1;
            assert_eq!(place.ledger.import(Box::new(lines.into_iter().map(Ok))).await.unwrap(), all);
            assert_eq!(told(&*place.ledger).await, told(&in_place).await);
        }
        goes_on(&in_place, version).await;
        goes_on(&*imported.ledger, version).await;
        goes_on(&*database.ledger, version).await;
    }
}

/// An entry of a version after ours: refused by name, and nothing is claimed.
#[tokio::test]
async fn a_case_with_an_entry_of_a_newer_program_is_not_claimed() {
    let url = tokio::task::spawn_blocking(super::support::postgres::fresh_database).await.unwrap();
    let ledger = Postgres::connect(&url, "test").await.unwrap();
    let document = document("a");
    ledger.receive(document.clone()).await.unwrap();
    let newer = "alter table entry disable trigger all;
         update entry set body = replace(body, '{\"v\":3,', '{\"v\":4,');
         update entry set hash = encode(sha256(convert_to(body, 'UTF8')), 'hex');
         update head set hash = (select hash from entry)";
    super::database::run(&url, newer).await.unwrap();
    for _ in 0..3 {
        let refused = ledger.claim(&document.tenant, &document.id, "w", LONG).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Version, "{refused}");
        assert!(refused.text.contains("version 4"), "{refused}");
    }
    assert_eq!(ledger.export(&document.tenant).await.unwrap().len(), 1);
    let jobs = ledger.open(9).await.unwrap();
    assert_eq!(jobs, [Job::of(&document)], "still open, for the newer program");
    assert_eq!(ledger.load(LONG).await.unwrap()[0].leased, 0);
}

/// A running worker of version 2 writes into the same tables: its statements, as that program has them.
#[tokio::test]
async fn a_worker_of_version_2_beside_us_breaks_nothing() {
    let url = tokio::task::spawn_blocking(super::support::postgres::fresh_database).await.unwrap();
    let ledger = Postgres::connect(&url, "test").await.unwrap();
    let document = document("a");
    ledger.receive(document.clone()).await.unwrap();
    let lease = claim(&ledger, &document, "new", LONG).await;
    ledger.hand_back(&lease, Rest::Until("akte".into())).await.unwrap();
    assert_eq!(ledger.parked().await.unwrap()[0].cases, 1);
    let own = "where tenant = 'koeln' and document = (select document from case_state limit 1)";
    // It claims (in two statements) …
    let claims = format!(
        "update case_state set summary = summary, settled = false, token = 2,
             lease_owner = case when false then null else lease_owner end,
             lease_until = case when false then null else lease_until end {own};
         update case_state set lease_owner = 'old', lease_until = clock_timestamp() + interval '60 s' {own}"
    );
    super::database::run(&url, &claims).await.unwrap();
    assert!(ledger.parked().await.unwrap().is_empty());
    assert!(ledger.due(Ring::All, 9).await.unwrap().is_empty());
    let load = ledger.load(LONG).await.unwrap().remove(0);
    assert_eq!((load.open, load.leased, load.parked), (1, 1, 0));
    // … and hands it over to a person.
    let settles = format!(
        "update case_state set summary = replace(summary, '\"state\":\"open\"', '\"state\":\"clearing\"'),
             settled = true, token = 2, lease_owner = null, lease_until = null {own}"
    );
    super::database::run(&url, &settles).await.unwrap();
    let load = ledger.load(LONG).await.unwrap().remove(0);
    assert_eq!((load.open, load.clearing, load.settled, load.workers), (0, 1, 1, 1));
    // It receives: its rows know nothing of bells, so they are due at once.
    let receives = "insert into case_state (tenant, document, content, summary)
         select tenant, 'd000000000000000000000001', content, summary from case_state limit 1";
    super::database::run(&url, receives).await.unwrap();
    assert_eq!(ledger.due(Ring::Overdue, 9).await.unwrap().len(), 1);
    assert!(ledger.due(Ring::All, 9).await.unwrap().is_empty());
}
