//! A full disk, for real: store, journal and index on a small tmpfs, each alone and together. Whatever cannot be
//! written is answered `Full`, nothing half-written counts, and once there is room the same process goes on.

use super::story::*;
use crate::support::small_disk::SmallDisk;
use laufmappe::error::Kind as ErrorKind;
use laufmappe::index::Index;
use laufmappe::job::*;
use laufmappe::ledger::*;
use laufmappe::store::Store;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

fn open_at(journal: &Path, index: &Path) -> Embedded {
    let clock: Clock = Arc::new(|| jiff::Timestamp::from_microsecond(1_790_000_123_456_789).unwrap());
    Embedded::open(&journal.join("ledger"), &Index::open(&index.join("index")).unwrap(), clock, "test").unwrap()
}

/// Receives and settles documents until `Full` is the answer, for at most `time`. Answers what was confirmed.
async fn work_until_full(ledger: &Embedded, name: &str, time: Duration) -> (Vec<(DocumentId, u64)>, bool) {
    let begun = Instant::now();
    let mut confirmed = Vec::new();
    for number in 0.. {
        if begun.elapsed() > time {
            return (confirmed, false);
        }
        let document = document(&format!("{name} {number}"));
        let worked = async {
            ledger.receive(document.clone()).await?;
            let Claim::Yours(lease, history) = ledger.claim(&document.tenant, &document.id, "w", LONG).await?
            else {
                panic!("nobody else works here")
            };
            confirmed.extend(history.iter().map(|entry| (document.id.clone(), entry.number)));
            let entry = ledger.note(&lease, Event::Closed).await?;
            confirmed.push((document.id.clone(), entry.number));
            Ok::<(), laufmappe::error::Error>(())
        };
        if let Err(error) = worked.await {
            assert_eq!(error.kind, ErrorKind::Full, "{error}");
            assert!(error.hint.is_some(), "{error}");
            return (confirmed, true);
        }
    }
    unreachable!()
}

/// Goes on in the same process, and tells what a process tells that reads the journal afresh.
async fn goes_on(ledger: Embedded, journal: &Path, confirmed: &[(DocumentId, u64)]) {
    let (more, full) = work_until_full(&ledger, "afterwards", Duration::from_millis(300)).await;
    assert!(!full && more.len() > 3, "it did not go on: {}", more.len());
    for (document, number) in confirmed.iter().chain(&more) {
        let history = ledger.history(&tenant("koeln"), document).await.unwrap();
        assert!(history.iter().any(|entry| entry.number == *number), "entry {number} is gone");
    }
    let told = everything(&ledger).await;
    let lines = ledger.export(&tenant("koeln")).await.unwrap();
    verify_lines(lines.into_iter()).unwrap();
    let copy = tempfile::tempdir().unwrap();
    fs::create_dir(copy.path().join("ledger")).unwrap();
    fs::copy(journal.join("ledger/journal"), copy.path().join("ledger/journal")).unwrap();
    let afresh = open_in(copy.path()).unwrap();
    assert_eq!(afresh.repaired(), None);
    // Whoever was cut off in the middle still holds its lease here, and no lease there.
    let entries_and_states = |told: &str| told.rsplit_once("\n[").unwrap().0.to_owned();
    let afresh = everything(&afresh).await;
    assert!(
        entries_and_states(&afresh) == entries_and_states(&told),
        "the index and the journal tell different stories"
    );
}

/// The first on the small disk, the second not.
async fn fills(journal: &Path, index: &Path, disk: &SmallDisk, must_fill: bool) {
    let ledger = open_at(journal, index);
    let (mut confirmed, full) = work_until_full(&ledger, "before", Duration::from_millis(200)).await;
    assert!(!full);
    for round in 0..2 {
        disk.fill();
        let (more, full) = work_until_full(&ledger, &format!("round {round}"), Duration::from_secs(8)).await;
        assert!(full || !must_fill, "{} entries fit on a full disk", more.len());
        confirmed.extend(more);
        for number in 0..20 {
            let answer = ledger.receive(document(&format!("refused {round} {number}"))).await;
            assert!(answer.is_ok() || answer.is_err_and(|error| error.kind == ErrorKind::Full));
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        disk.make_room();
        assert!(ledger.receive(document(&format!("round {round} is over"))).await.is_ok());
    }
    goes_on(ledger, journal, &confirmed).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_journal_alone_on_a_full_disk() {
    let (disk, elsewhere) = (SmallDisk::of(16), tempfile::tempdir().unwrap());
    fills(disk.path(), elsewhere.path(), &disk, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_index_alone_on_a_full_disk() {
    let (disk, elsewhere) = (SmallDisk::of(24), tempfile::tempdir().unwrap());
    fills(elsewhere.path(), disk.path(), &disk, true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn journal_and_index_on_one_full_disk() {
    let disk = SmallDisk::of(24);
    fills(disk.path(), disk.path(), &disk, true).await;
}

/// Nobody fills it from outside: the ledger itself does, up to what it leaves free.
#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_the_ledger_fills_itself() {
    let (disk, elsewhere) = (SmallDisk::of(8), tempfile::tempdir().unwrap());
    let ledger = open_at(disk.path(), elsewhere.path());
    let (confirmed, full) = work_until_full(&ledger, "scan", Duration::from_secs(60)).await;
    assert!(full && confirmed.len() > 100, "{}", confirmed.len());
    let history = ledger.history(&tenant("koeln"), &confirmed[0].0).await.unwrap();
    assert!(history.len() >= 3, "reading goes on");
    let grown = Command::new("mount").args(["-o", "remount,size=24m"]).arg(disk.path()).status().unwrap();
    assert!(grown.success());
    goes_on(ledger, disk.path(), &confirmed).await;
}

#[test]
fn the_store_on_a_full_disk() {
    let disk = SmallDisk::of(16);
    let store = Store::open(&disk.path().join("content")).unwrap();
    let bytes = |number: u32| number.to_le_bytes().repeat(40_000);
    let kept: Vec<_> = (0..10).map(|number| store.put(&bytes(number)).unwrap()).collect();
    disk.fill();
    for number in 10..30 {
        let refused = store.put(&bytes(number)).unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Full, "{refused}");
        assert!(!store.has(&ContentHash::of(&bytes(number))), "half of it counts");
    }
    for (number, hash) in kept.iter().enumerate() {
        assert_eq!(store.get(hash).unwrap(), bytes(number as u32));
    }
    disk.make_room();
    for number in 10..30 {
        let hash = store.put(&bytes(number)).unwrap();
        assert_eq!(store.get(&hash).unwrap(), bytes(number));
    }
    let left_over = walk(&disk.path().join("content")).filter(|name| name.ends_with(".part")).count();
    assert_eq!(left_over, 0);
}

fn walk(folder: &Path) -> Box<dyn Iterator<Item = String>> {
    let found = fs::read_dir(folder).unwrap().map(|found| found.unwrap().path());
    Box::new(found.flat_map(|path| match path.is_dir() {
        true => walk(&path),
        false => Box::new(std::iter::once(path.display().to_string())),
    }))
}
