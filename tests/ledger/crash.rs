//! A process that is killed in the middle of appending loses nothing that it had confirmed.

use super::story::*;
use laufmappe::job::*;
use laufmappe::ledger::*;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

const FOLDER: &str = "LAUFMAPPE_TEST_LEDGER_FOLDER";

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_appending_loses_nothing_confirmed() {
    let folder = tempfile::tempdir().unwrap();
    let mut confirmed: Vec<(DocumentId, u64)> = Vec::new();
    for round in 0..6 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::appends_until_killed", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut seen = 0;
        for line in lines.by_ref() {
            confirmed.extend(confirmation(&line.unwrap()));
            seen += 1;
            if seen > 40 + 23 * round {
                break;
            }
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it had said before the kill arrived counts too.
        for line in lines {
            confirmed.extend(confirmation(&line.unwrap()));
        }

        let ledger = open_in(folder.path()).unwrap();
        let verified = verify_lines(ledger.export(&tenant("koeln")).await.unwrap().into_iter()).unwrap();
        assert_eq!(verified.heads.len(), 1);
        for (document, number) in &confirmed {
            let history = ledger.history(&tenant("koeln"), document).await.unwrap();
            assert!(history.iter().any(|entry| entry.number == *number), "entry {number} is gone");
        }
    }
    assert!(confirmed.len() > 200, "only {} entries were confirmed", confirmed.len());
}

fn confirmation(line: &str) -> Option<(DocumentId, u64)> {
    let (document, number) = line.strip_prefix("confirmed ")?.split_once(' ')?;
    Some((document.parse().ok()?, number.parse().ok()?))
}

/// The child of the test above; without its variable there is nothing to do.
#[tokio::test(flavor = "multi_thread")]
async fn appends_until_killed() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let ledger = open_in(&folder).unwrap();
    let before = ledger.summaries(None).await.unwrap().len();
    let writers = (0..4).map(|writer| {
        let ledger = ledger.clone();
        tokio::spawn(async move {
            for number in before.. {
                let document = document(&format!("writer {writer} number {number}"));
                ledger.receive(document.clone()).await.unwrap();
                let lease = claim(&ledger, &document, "w", LONG).await;
                confirm(&ledger.note(&lease, failed("x")).await.unwrap());
                confirm(&ledger.note(&lease, Event::Closed).await.unwrap());
            }
        })
    });
    futures_util::future::join_all(writers).await;
}

fn confirm(entry: &Entry) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nconfirmed {} {}", entry.document, entry.number).unwrap();
    out.flush().unwrap();
}
