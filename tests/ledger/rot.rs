//! Rot: single changes anywhere in journal, export, rows and index. Whatever is the truth tells where it was
//! altered; the index is made anew.

use super::story::*;
use super::support::postgres::fresh_database;
use laufmappe::error::{Error, Kind as ErrorKind};
use laufmappe::ledger::*;
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use std::fs;
use std::path::{Path, PathBuf};

const CHANGES: usize = 1000;

/// A story of some length, with all kinds of marks.
async fn long_story(ledger: &dyn Ledger) {
    tell(ledger).await;
    let work = (0..25).map(|number| async move {
        let document = document_of(if number % 3 == 0 { "bonn" } else { "koeln" }, &number.to_string(), "x");
        ledger.receive(document.clone()).await.unwrap();
        let lease = claim(ledger, &document, "w", LONG).await;
        ledger.note_all(&lease, way_to_the_drawer(document.content)).await.unwrap();
    });
    futures_util::future::join_all(work).await;
}

fn lines_of(text: &[u8]) -> Vec<Vec<u8>> {
    text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
}

/// Where the chain of a tenant ends first.
fn first_end(lines: &[Vec<u8>]) -> usize {
    let end = |name: &str| {
        let mark = format!("\"tenant\":\"{name}\",");
        lines.iter().rposition(|line| String::from_utf8_lossy(line).contains(&mark))
    };
    ["koeln", "bonn"].iter().filter_map(|name| end(name)).min().unwrap()
}

/// One change, and the number of the line (from 1) from which on it can be noticed.
fn change(lines: &mut Vec<Vec<u8>>, chance: &mut Chance, first: usize) -> (String, usize) {
    // The last line of a tenant may be cut off unnoticed: that is what noted heads are for.
    let at = first + chance.below(first_end(lines) - first - 8);
    let place = chance.below(lines[at].len());
    match chance.below(7) {
        0 => {
            lines[at][place] ^= 1 << chance.below(8);
            (format!("bit flipped at {place}"), at + 1)
        }
        1 => {
            lines.remove(at);
            ("line deleted".into(), at + 1)
        }
        2 => {
            lines.swap(at, at + 1);
            ("lines swapped".into(), at + 1)
        }
        3 => {
            let line = lines[at].clone();
            lines.insert(at + 1 + chance.below(5), line);
            ("line doubled".into(), at + 2)
        }
        4 => {
            lines[at].remove(place);
            (format!("byte {place} deleted"), at + 1)
        }
        5 => {
            lines[at].insert(place, b'a' + chance.below(26) as u8);
            (format!("byte inserted at {place}"), at + 1)
        }
        _ => {
            let other = lines[first + chance.below(lines.len() - first)].clone();
            if other == lines[at] {
                lines[at].push(b' ');
            } else {
                lines[at] = other;
            }
            ("line replaced by another".into(), at + 1)
        }
    }
}

/// Swapping neighbours of two tenants changes nothing that is promised: each tenant's chain is as it was.
fn chains_are_as_before(before: &[Vec<u8>], after: &[Vec<u8>]) -> bool {
    let of = |lines: &[Vec<u8>], name: &str| -> Vec<Vec<u8>> {
        let mark = format!("\"tenant\":\"{name}\",");
        let mut own: Vec<_> = lines.to_vec();
        own.retain(|line| String::from_utf8_lossy(line).contains(&mark));
        own
    };
    before.len() == after.len() && ["koeln", "bonn"].iter().all(|name| of(before, name) == of(after, name))
}

fn verified(lines: &[Vec<u8>]) -> Result<Verified, Error> {
    // A line feed in the middle makes two lines, as it would in a file.
    let text = lines.join(&b'\n');
    verify_lines(text.split(|byte| *byte == b'\n').map(|line| String::from_utf8_lossy(line).into_owned()))
}

fn line_named(error: &Error) -> Option<usize> {
    let rest = error.text.split_once("line ")?.1;
    rest.chars().take_while(char::is_ascii_digit).collect::<String>().parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_single_change_of_a_journal_or_export_is_found_and_its_place_named() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open_in(folder.path()).unwrap();
    long_story(&ledger).await;
    let journal = lines_of(&fs::read(folder.path().join("ledger/journal")).unwrap());
    let export: Vec<_> =
        ledger.export(&tenant("koeln")).await.unwrap().into_iter().map(String::into_bytes).collect();
    let mut chance = Chance(20261130);
    let mut opened = 0;
    for (text, first) in [(&journal, 1), (&export, 0)] {
        let mut found = 0;
        while found < CHANGES {
            let mut lines = text.clone();
            let (what, from) = change(&mut lines, &mut chance, first);
            if chains_are_as_before(text, &lines) {
                continue;
            }
            found += 1;
            let error = verified(&lines).expect_err(&what);
            assert!(matches!(error.kind, ErrorKind::Altered | ErrorKind::Version), "{what}: {error}");
            let named = line_named(&error).unwrap_or_else(|| panic!("{what}: {error}"));
            assert!(named >= from, "{what} in line {from}: {error}");
            if what.starts_with("bit") || what.starts_with("byte") {
                assert_eq!(named, from, "{what}: {error}");
            }
            if first == 1 && found % 20 == 0 {
                opened += 1;
                let place = tempfile::tempdir().unwrap();
                fs::create_dir(place.path().join("ledger")).unwrap();
                let mut bytes = lines.join(&b'\n');
                bytes.push(b'\n');
                fs::write(place.path().join("ledger/journal"), bytes).unwrap();
                assert!(open_in(place.path()).is_err(), "{what} in line {from}: it opened");
            }
        }
    }
    assert_eq!(opened, CHANGES / 20);
}

#[tokio::test]
async fn a_cut_end_is_found_by_a_noted_head() {
    let place = embedded().await;
    long_story(&*place.ledger).await;
    let koeln = tenant("koeln");
    let lines = place.ledger.export(&koeln).await.unwrap();
    let whole = verify_lines(lines.clone().into_iter()).unwrap();
    let noted = |number: u64| {
        let hash = lines[number as usize - 1][..64].parse().unwrap();
        Noted { tenant: koeln.clone(), head: Head { number, hash } }
    };
    let all = lines.len() as u64;
    for number in [1, all / 2, all] {
        let verified = verify_against(lines.clone().into_iter(), &[noted(number)]).unwrap();
        assert_eq!(verified, whole);
    }
    for kept in [all - 1, all / 2, 1, 0] {
        let cut = lines[..kept as usize].to_vec();
        verify_lines(cut.clone().into_iter()).unwrap();
        let error = verify_against(cut.into_iter(), &[noted(all)]).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Altered);
        assert!(error.text.contains(&format!("entry {all}")), "{error}");
    }
    // Written anew from some entry on, with hashes that fit.
    let other = Noted { head: Head { number: 3, ..noted(4).head }, ..noted(3) };
    let error = verify_against(lines.clone().into_iter(), &[other]).unwrap_err();
    assert!(error.text.contains("line 3, tenant koeln, entry 3"), "{error}");
    let written = noted(all).to_string();
    assert_eq!(written.parse::<Noted>().unwrap(), noted(all));
    for wrong in ["", "koeln", "koeln:3", "koeln:x:y", "koeln:0:", &format!("{written}:1")] {
        assert_eq!(wrong.parse::<Noted>().map_err(|error| error.kind), Err(ErrorKind::Usage), "{wrong}");
    }
}

#[tokio::test]
async fn every_single_change_of_a_row_is_found() {
    let url = tokio::task::spawn_blocking(fresh_database).await.unwrap();
    let ledger = Postgres::connect(&url, "test").await.unwrap();
    long_story(&ledger).await;
    let koeln = tenant("koeln");
    let all = ledger.export(&koeln).await.unwrap().len();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    for sql in ["alter table entry disable trigger all", "alter table entry drop constraint entry_pkey"] {
        sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
    }
    let mut chance = Chance(7);
    for number in 0..150 {
        let row = 1 + chance.below(all - 1);
        let own = format!("where tenant = 'koeln' and number = {row}");
        let next = row + 1;
        let change = match number % 7 {
            0 => format!("update entry set body = overlay(body placing '#' from {}) {own}", 1 + chance.below(100)),
            1 => format!("delete from entry {own}"),
            2 => format!("update entry set number = {all} + 9 {own}"),
            3 => format!("update entry set hash = repeat('a', 64) {own}"),
            4 => format!("insert into entry select tenant, number, document, hash, previous, body from entry {own}"),
            5 => format!(
                "update entry set number = {row} + {next} - number
                 where tenant = 'koeln' and number in ({row}, {next})"
            ),
            // With a hash that fits: the next entry names the old one.
            _ => format!(
                "update entry set body = replace(body, '\"actor\":\"test\"', '\"actor\":\"tost\"'),
                     hash = encode(sha256(convert_to(replace(body, '\"actor\":\"test\"', '\"actor\":\"tost\"'), 'UTF8')), 'hex')
                 {own}"
            ),
        };
        sqlx::raw_sql("begin; create temporary table kept on commit drop as select * from entry")
            .execute(&mut connection)
            .await
            .unwrap();
        sqlx::raw_sql(AssertSqlSafe(change.clone())).execute(&mut connection).await.unwrap();
        // As `export` writes it, but inside the transaction that is taken back afterwards.
        let sql = "select hash, body from entry where tenant = 'koeln' order by number";
        let rows: Vec<(String, String)> = sqlx::query_as(sql).fetch_all(&mut connection).await.unwrap();
        let lines = rows.into_iter().map(|(hash, body)| format!("{hash} {} {body}", body.len()));
        let error = verify_lines(lines).expect_err(&change);
        assert!(error.text.contains("line "), "{change}: {error}");
        sqlx::raw_sql("rollback").execute(&mut connection).await.unwrap();
    }
    verify_lines(ledger.export(&koeln).await.unwrap().into_iter()).unwrap();
}

/// Every file of the index flipped, cut, emptied, deleted; and the whole of it gone.
#[tokio::test]
async fn an_index_spoilt_anywhere_is_made_anew_to_the_same_state() {
    let told = tempfile::tempdir().unwrap();
    let ledger = open_in(told.path()).unwrap();
    long_story(&ledger).await;
    let answers = everything(&ledger).await;
    let figures = (ledger.load(LONG).await.unwrap(), ledger.parked().await.unwrap());
    drop(ledger);
    let files = files_below(&told.path().join("index"));
    assert!(files.len() >= 2, "{files:?}");
    let mut chance = Chance(22);
    let mut spoilt = 0;
    for file in &files {
        let bytes = fs::read(file).unwrap();
        let used = bytes.iter().rposition(|byte| *byte != 0).map_or(1, |last| last + 1);
        let mut versions: Vec<Option<Vec<u8>>> = vec![None, Some(vec![])];
        for _ in 0..12 {
            let mut flipped = bytes.clone();
            if let Some(byte) = flipped.get_mut(chance.below(used)) {
                *byte ^= 1 << chance.below(8);
            }
            versions.push(Some(flipped));
        }
        versions.extend((0..5).map(|_| Some(bytes[..chance.below(used)].to_vec())));
        for version in versions {
            let place = tempfile::tempdir().unwrap();
            copy_folder(told.path(), place.path());
            let file = place.path().join(file.strip_prefix(told.path()).unwrap());
            match version {
                None => fs::remove_file(file).unwrap(),
                Some(bytes) => fs::write(file, bytes).unwrap(),
            }
            let ledger = open_in(place.path()).unwrap();
            assert_eq!(everything(&ledger).await, answers);
            assert_eq!((ledger.load(LONG).await.unwrap(), ledger.parked().await.unwrap()), figures);
            spoilt += 1;
        }
    }
    fs::remove_dir_all(told.path().join("index")).unwrap();
    let ledger = open_in(told.path()).unwrap();
    assert_eq!(everything(&ledger).await, answers);
    assert!(spoilt >= 38);
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for found in fs::read_dir(folder).unwrap() {
        let path = found.unwrap().path();
        match path.is_dir() {
            true => files.extend(files_below(&path)),
            false => files.push(path),
        }
    }
    files.sort();
    files
}
