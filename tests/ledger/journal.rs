//! What only the embedded ledger can suffer: torn ends, flipped bytes, an index that is gone or wrong.

use super::story::*;
use laufmappe::error::Kind as ErrorKind;
use laufmappe::ledger::*;
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

struct Told {
    folder: TempDir,
    journal: PathBuf,
    /// Everything the ledger answered before it was closed.
    answers: String,
}

async fn told() -> Told {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open_in(folder.path()).unwrap();
    tell(&ledger).await;
    let answers = everything(&ledger).await;
    let journal = folder.path().join("ledger/journal");
    Told { folder, journal, answers }
}

/// A copy of the journal alone: there is no index yet.
fn alone(bytes: &[u8]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("ledger")).unwrap();
    fs::write(folder.path().join("ledger/journal"), bytes).unwrap();
    folder
}

fn kind_of(answer: laufmappe::error::Result<Embedded>) -> (ErrorKind, String) {
    match answer {
        Ok(ledger) => panic!("it opened: {:?}", ledger.repaired()),
        Err(error) => (error.kind, error.to_string()),
    }
}

#[tokio::test]
async fn an_end_torn_anywhere_is_cut_off_and_kept() {
    let told = told().await;
    let bytes = fs::read(&told.journal).unwrap();
    let last = bytes[..bytes.len() - 1].iter().rposition(|byte| *byte == b'\n').unwrap() + 1;
    let sound = alone(&bytes[..last]);
    let whole = open_in(sound.path()).unwrap();
    let expected = everything(&whole).await;
    assert!(whole.repaired().is_none());
    for end in last + 1..bytes.len() {
        let folder = alone(&bytes[..end]);
        let ledger = open_in(folder.path()).unwrap();
        let said = ledger.repaired().unwrap();
        assert!(said.contains("journal.torn-1"), "{end}: {said}");
        assert_eq!(fs::read(folder.path().join("ledger/journal.torn-1")).unwrap(), bytes[last..end]);
        if end % 16 == 0 || end + 2 > bytes.len() {
            assert_eq!(everything(&ledger).await, expected, "{end}");
        }
        let lines = fs::read_to_string(folder.path().join("ledger/journal")).unwrap();
        verify_lines(lines.lines().map(str::to_owned)).unwrap();
    }
}

/// A division is one write: wherever it is torn, none of it counts.
#[tokio::test]
async fn a_torn_division_never_happened() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open_in(folder.path()).unwrap();
    let batch = document("stapel");
    ledger.receive(batch.clone()).await.unwrap();
    let lease = claim(&ledger, &batch, "w", LONG).await;
    let journal = folder.path().join("ledger/journal");
    let before = fs::read(&journal).unwrap();
    let parts: Vec<_> = (1..=3).map(|number| part_of(&batch, number, &number.to_string())).collect();
    ledger.divide(&lease, parts.clone(), division(&parts)).await.unwrap();
    let after = fs::read(&journal).unwrap();

    for end in (before.len() + 1..after.len()).step_by(7).chain([after.len() - 1]) {
        let folder = alone(&after[..end]);
        let ledger = open_in(folder.path()).unwrap();
        assert_eq!(fs::read(folder.path().join("ledger/journal")).unwrap(), before, "{end}");
        assert_eq!(ledger.summaries(None).await.unwrap().len(), 1, "{end}");
        let lease = claim(&ledger, &batch, "w", LONG).await;
        assert_eq!(ledger.divide(&lease, parts.clone(), division(&parts)).await.unwrap(), parts);
    }
}

/// After a power cut pages of one write may be there without the pages before them: they read as zeros.
#[tokio::test]
async fn a_write_with_a_hole_is_torn_but_a_hole_before_a_later_write_is_damage() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open_in(folder.path()).unwrap();
    let batch = document("stapel");
    ledger.receive(batch.clone()).await.unwrap();
    let lease = claim(&ledger, &batch, "w", LONG).await;
    let journal = folder.path().join("ledger/journal");
    let before = fs::read(&journal).unwrap();
    let parts: Vec<_> = (1..=3).map(|number| part_of(&batch, number, &number.to_string())).collect();
    ledger.divide(&lease, parts.clone(), division(&parts)).await.unwrap();
    let mut holed = fs::read(&journal).unwrap();
    holed[before.len()..before.len() + 700].fill(0);
    let torn = alone(&holed);
    assert!(open_in(torn.path()).unwrap().repaired().is_some());
    assert_eq!(fs::read(torn.path().join("ledger/journal")).unwrap(), before);

    claim(&ledger, &parts[0], "w", LONG).await;
    let mut holed = fs::read(&journal).unwrap();
    holed[before.len()..before.len() + 700].fill(0);
    let (kind, text) = kind_of(open_in(alone(&holed).path()));
    assert_eq!(kind, ErrorKind::Altered, "{text}");

    // Space that was reserved but never written.
    let mut longer = fs::read(&journal).unwrap();
    let sound = longer.len();
    longer.resize(sound + 5000, 0);
    let folder = alone(&longer);
    assert!(open_in(folder.path()).unwrap().repaired().is_some());
    assert_eq!(fs::metadata(folder.path().join("ledger/journal")).unwrap().len(), sound as u64);
}

#[tokio::test]
async fn a_flipped_byte_is_named_and_nothing_is_touched() {
    let told = told().await;
    let bytes = fs::read(&told.journal).unwrap();
    let starts: Vec<_> = lines_of(&bytes);
    let lines = [starts[1], starts[7], starts[starts.len() - 2], starts[starts.len() - 1]];
    for (start, end, number) in lines {
        let body = start + bytes[start..end].iter().position(|byte| *byte == b'{').unwrap();
        // Hash, mark, length, space, body, line feed.
        for place in [start, start + 63, start + 64, start + 65, body - 1, body, body + 9, end - 2, end - 1] {
            for flip in [0x01, 0x20, 0x80] {
                let mut changed = bytes.clone();
                changed[place] ^= flip;
                let folder = alone(&changed);
                let (kind, text) = kind_of(open_in(folder.path()));
                assert_eq!(kind, ErrorKind::Altered, "{place} {flip}: {text}");
                assert!(text.contains(&format!("line {number}")), "{place} {flip}: {text}");
                assert_eq!(fs::read(folder.path().join("ledger/journal")).unwrap(), changed);
            }
        }
    }
}

/// Start and end of every line, and its number.
fn lines_of(bytes: &[u8]) -> Vec<(usize, usize, usize)> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (place, byte) in bytes.iter().enumerate() {
        if *byte == b'\n' {
            lines.push((start, place + 1, lines.len() + 1));
            start = place + 1;
        }
    }
    lines
}

/// The index knows the entries already: damage is found all the same.
#[tokio::test]
async fn damage_in_the_part_the_index_knows_is_found_at_start() {
    let told = told().await;
    let mut bytes = fs::read(&told.journal).unwrap();
    let (start, ..) = lines_of(&bytes)[5];
    bytes[start + 100] ^= 1;
    fs::write(&told.journal, &bytes).unwrap();
    let (kind, text) = kind_of(open_in(told.folder.path()));
    assert_eq!(kind, ErrorKind::Altered);
    assert!(text.contains("line 6"), "{text}");
}

#[tokio::test]
async fn an_index_that_is_gone_or_garbage_is_made_anew() {
    let told = told().await;
    type Spoil = fn(&Path);
    #[rustfmt::skip]
    let table: &[(&str, Spoil)] = &[
        ("folder gone", |index| fs::remove_dir_all(index).unwrap()),
        ("db gone", |index| fs::remove_file(index.join("db")).unwrap()),
        ("conf gone", |index| fs::remove_file(index.join("conf")).unwrap()),
        ("db garbage", |index| fs::write(index.join("db"), [0xA5; 70_000]).unwrap()),
        ("conf garbage", |index| fs::write(index.join("conf"), [0xA5; 100]).unwrap()),
        ("db empty", |index| fs::write(index.join("db"), []).unwrap()),
        ("db half", |index| { let db = fs::read(index.join("db")).unwrap(); fs::write(index.join("db"), &db[..db.len() / 2]).unwrap(); }),
        ("a file instead of the folder", |index| { fs::remove_dir_all(index).unwrap(); fs::write(index, "x").unwrap(); }),
    ];
    for (name, spoil) in table {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(told.folder.path(), folder.path());
        spoil(&folder.path().join("index"));
        let ledger = open_in(folder.path()).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(everything(&ledger).await, told.answers, "{name}");
    }
}

#[tokio::test]
async fn garbage_anywhere_in_the_index_changes_no_answer() {
    let told = told().await;
    let db = fs::read(told.folder.path().join("index/db")).unwrap();
    let used = db.iter().rposition(|byte| *byte != 0).unwrap() + 1;
    for part in 0..24 {
        let folder = tempfile::tempdir().unwrap();
        copy_folder(told.folder.path(), folder.path());
        let mut spoilt = db.clone();
        let at = used * part / 24;
        let end = (at + 64).min(used);
        spoilt[at..end].fill(0xA5);
        fs::write(folder.path().join("index/db"), &spoilt).unwrap();
        let ledger = open_in(folder.path()).unwrap();
        assert_eq!(everything(&ledger).await, told.answers, "at {at} of {used}");
    }
}

#[tokio::test]
async fn an_index_older_or_newer_than_the_journal_is_brought_in_line() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open_in(folder.path()).unwrap();
    tell(&ledger).await;
    let early_answers = everything(&ledger).await;
    drop(ledger);
    let early = tempfile::tempdir().unwrap();
    copy_folder(folder.path(), early.path());
    let ledger = open_in(folder.path()).unwrap();
    for number in 0..20 {
        ledger.receive(document(&format!("later {number}"))).await.unwrap();
    }
    let late_answers = everything(&ledger).await;
    drop(ledger);

    let old_index = tempfile::tempdir().unwrap();
    copy_folder(&early.path().join("index"), &old_index.path().join("index"));
    copy_folder(&folder.path().join("ledger"), &old_index.path().join("ledger"));
    let ledger = open_in(old_index.path()).unwrap();
    assert_eq!(everything(&ledger).await, late_answers);
    assert_eq!(ledger.repaired(), None);

    let new_index = tempfile::tempdir().unwrap();
    copy_folder(&folder.path().join("index"), &new_index.path().join("index"));
    copy_folder(&early.path().join("ledger"), &new_index.path().join("ledger"));
    let ledger = open_in(new_index.path()).unwrap();
    assert_eq!(everything(&ledger).await, early_answers);
    assert!(ledger.repaired().unwrap().contains("index"));
}

#[tokio::test]
async fn rebuilding_gives_the_same_state_and_goes_on() {
    let told = told().await;
    let ledger = open_in(told.folder.path()).unwrap();
    assert_eq!(ledger.rebuild().await.unwrap(), 21);
    assert_eq!(everything(&ledger).await, told.answers);
    ledger.receive(document("afterwards")).await.unwrap();
    let answers = everything(&ledger).await;
    drop(ledger);
    let ledger = open_in(told.folder.path()).unwrap();
    assert_eq!(everything(&ledger).await, answers);
    assert_eq!(ledger.repaired(), None);
}

#[tokio::test]
async fn leases_end_with_the_process() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open_in(folder.path()).unwrap();
    let document = document("a");
    ledger.receive(document.clone()).await.unwrap();
    let old = claim(&ledger, &document, "w1", LONG).await;
    drop(ledger);
    let ledger = open_in(folder.path()).unwrap();
    assert_eq!(ledger.open(9).await.unwrap().len(), 1);
    let stale = ledger.note(&old, Event::Closed).await;
    assert_eq!(stale.map_err(|error| error.kind), Err(ErrorKind::LeaseLost));
    let new = claim(&ledger, &document, "w1", LONG).await;
    assert_eq!((new.token, new.attempt), (2, 2));
    let stale = ledger.note(&old, Event::Closed).await;
    assert_eq!(stale.map_err(|error| error.kind), Err(ErrorKind::LeaseLost));
}

#[tokio::test]
async fn a_second_process_in_the_folder_is_refused() {
    let told = told().await;
    let first = open_in(told.folder.path()).unwrap();
    let (kind, text) = kind_of(open_in(told.folder.path()));
    assert_eq!(kind, ErrorKind::Usage);
    assert!(text.contains("another laufmappe works in"), "{text}");
    // The folder of the ledger is guarded by itself, whichever index comes with it.
    let elsewhere = tempfile::tempdir().unwrap();
    let index = laufmappe::index::Index::open(&elsewhere.path().join("index")).unwrap();
    let clock: laufmappe::job::Clock = std::sync::Arc::new(jiff::Timestamp::now);
    let again = Embedded::open(&told.folder.path().join("ledger"), &index, clock, "test");
    assert_eq!(kind_of(again).0, ErrorKind::Usage);
    drop(first);
    open_in(told.folder.path()).unwrap();
}

#[tokio::test]
async fn a_journal_that_is_gone_or_foreign_is_not_replaced() {
    let told = told().await;
    fs::rename(&told.journal, told.folder.path().join("elsewhere")).unwrap();
    let (kind, text) = kind_of(open_in(told.folder.path()));
    assert_eq!(kind, ErrorKind::Altered);
    assert!(text.contains("missing"), "{text}");
    assert!(!told.journal.exists());

    for (bytes, kind) in [
        (&b""[..], ErrorKind::Altered),
        (b"laufmappe-jour", ErrorKind::Altered),
        (b"something else\n", ErrorKind::Altered),
        (b"laufmappe-journal 2\n", ErrorKind::Version),
    ] {
        assert_eq!(kind_of(open_in(alone(bytes).path())).0, kind);
    }
    let empty = open_in(alone(b"laufmappe-journal 1\n").path()).unwrap();
    assert!(empty.tenants().await.unwrap().is_empty());
}
