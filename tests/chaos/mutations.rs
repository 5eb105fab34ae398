//! Does the harness notice? One invariant is broken at a time (`src/faults.rs`, debug builds only), and the
//! referee must say what that did. A fault it does not see is a failure of the harness.

use crate::post::{Mix, Post, archive};
use crate::proxy::{Fault, Rates};
use crate::referee::{self, Verdict};
use crate::special::purge_all_queues;
use crate::town::{Mode, Town, turn, wait_until};
use rustix::process::{Pid, Signal, kill_process};
use std::time::{Duration, Instant};

/// What the referee must report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sees {
    Lost,
    Doubled,
    Unexplained,
    BrokenChain,
}

/// In one process, filing into a folder: the fault, where the program dies once meanwhile, what must be seen.
#[rustfmt::skip]
const ROWS: [(&str, &str, Sees); 10] = [
    // Said to be safe before it was written.
    ("ack-before-write", "", Sees::Lost),
    // The receipt is noted before the document is put.
    ("receipt-before-put", "before-put", Sees::Lost),
    // A second attempt files under another key.
    ("random-filing-key", "after-put", Sees::Doubled),
    // A second attempt does not look, and files under a name of its own.
    ("retry-without-probe", "after-put", Sees::Doubled),
    // Filed without having said so before.
    ("no-intent", "", Sees::Unexplained),
    // A divided document whose parts nobody noted.
    ("divided-without-parts", "", Sees::Lost),
    // The same bytes again are filed again.
    ("skip-duplicate-check", "", Sees::Doubled),
    // The original is not among what is filed.
    ("original-left-out", "", Sees::Lost),
    // Entries do not name the one before.
    ("broken-chain", "", Sees::BrokenChain),
    // And without a fault, dying at the worst place.
    ("", "after-put", Sees::Lost),
];

#[test]
fn every_broken_invariant_is_seen() {
    let _turn = turn();
    let mut wrong = Vec::new();
    for (fault, crash, sees) in ROWS {
        let town = Town::new(Mode::EmbeddedFolder, Rates::NONE, 6).with_fault(fault);
        let post = small_post(&town);
        town.submit_all(&post);
        if !crash.is_empty() {
            let mark = town.folder().join("mark");
            let mut dying = town.command(&["worker", "--until-empty", "--concurrency", "1"]);
            dying.env("LAUFMAPPE_CRASH", format!("{crash}@{}", mark.display())).output().unwrap();
            assert!(mark.exists(), "{fault}: {crash} was not reached");
        }
        for _ in 0..3 {
            town.run(&["worker", "--until-empty"]);
        }
        let verdict = referee::judge(&town, &post.pieces);
        println!("{}", told(fault, &verdict));
        let right = if fault.is_empty() { verdict.is_clean() } else { is_seen(&verdict, sees) };
        if !right {
            wrong.push(format!("{fault}: expected {sees:?}\n{verdict}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_receipt_without_reading_back_is_seen() {
    let _turn = turn();
    for (fault, sees) in [("receipt-without-read-back", Some(Sees::Lost)), ("", None)] {
        let rates = Rates { attempts: 1.0, only: Some(Fault::CutBefore), ..Rates::NONE };
        let town = Town::new(Mode::Embedded, rates, 6).with_fault(fault);
        let post = small_post(&town);
        town.submit_all(&post);
        town.run(&["worker", "--until-empty"]);
        town.proxy().set(Rates::NONE);
        finish(&town);
        assert_seen(fault, sees, &referee::judge(&town, &post.pieces));
    }
}

/// A worker is frozen before it notes its receipt, another one takes over, the first one wakes up.
#[test]
fn a_missing_fence_is_seen() {
    let _turn = turn();
    for (fault, sees) in [("no-fencing", Some(Sees::Doubled)), ("", None)] {
        let town = Town::new(Mode::Scaled, Rates::NONE, 1).with_fault(fault);
        let post = town.post(Mix::plain(3), 3);
        town.submit_all(&post);
        let mark = town.folder().join("mark");
        let mut zombie = town.command(&["worker", "--concurrency", "1", "--name", "zombie"]);
        zombie.env("LAUFMAPPE_FREEZE", format!("before-filed@{}", mark.display()));
        let mut zombie = town.start_of(zombie);
        wait_until("the zombie", || mark.exists());
        finish(&town);
        let id = Pid::from_raw(zombie.id() as i32).unwrap();
        kill_process(id, Signal::CONT).unwrap();
        std::thread::sleep(Duration::from_secs(2));
        kill_process(id, Signal::TERM).unwrap();
        zombie.wait().unwrap();
        assert_seen(fault, sees, &referee::judge(&town, &post.pieces));
    }
}

/// All bells are lost, and nobody looks into the ledger. (`ack-early`: the bell is answered before the work.)
#[test]
fn lost_bells_are_seen() {
    let _turn = turn();
    for (fault, sees) in [("sweep-never", Some(Sees::Lost)), ("", None)] {
        let town = Town::new(Mode::Scaled, Rates::NONE, 1).with_fault(fault);
        let post = town.post(Mix::plain(5), 5);
        town.submit_all(&post);
        purge_all_queues();
        let mut worker = town.start(&["worker"]);
        town.wait_settled(Duration::from_secs(if sees.is_some() { 15 } else { 120 }));
        worker.kill().unwrap();
        worker.wait().unwrap();
        assert_seen(fault, sees, &referee::judge(&town, &post.pieces));
    }
    let fault = "sweep-never,ack-early";
    let town = Town::new(Mode::Scaled, Rates::NONE, 1).with_fault(fault);
    let post = town.post(Mix::plain(3), 3);
    town.submit_all(&post);
    let mark = town.folder().join("mark");
    let mut dying = town.command(&["worker", "--concurrency", "1"]);
    dying.env("LAUFMAPPE_CRASH", format!("before-put@{}", mark.display())).output().unwrap();
    let mut worker = town.start(&["worker"]);
    town.wait_settled(Duration::from_secs(15));
    worker.kill().unwrap();
    worker.wait().unwrap();
    assert_seen(fault, Some(Sees::Lost), &referee::judge(&town, &post.pieces));
}

/// Three invoices, one of them twice, and an archive.
fn small_post(town: &Town) -> Post {
    let mut post = town.post(Mix::plain(3), 3);
    let (folder, first) = (post.batches[0].clone(), post.pieces[0].clone());
    let copy = crate::post::copy(&folder, &first);
    post.pieces[0] = crate::post::Piece { expect: copy.expect.clone(), ..first };
    post.pieces.extend([copy, archive(&folder)]);
    post
}

/// Works on until everything is settled. (A case whose owner is dead waits for the end of its lease; a worker that
/// ends when nothing is left to take may end before.)
fn finish(town: &Town) {
    let begun = Instant::now();
    loop {
        let code = town.run(&["worker", "--until-empty"]).code;
        if begun.elapsed() > Duration::from_secs(60) || (code == 0 && town.unsettled() == Some(0)) {
            return;
        }
    }
}

fn assert_seen(fault: &str, sees: Option<Sees>, verdict: &Verdict) {
    println!("{}", told(fault, verdict));
    let right = sees.map_or(verdict.is_clean(), |sees| is_seen(verdict, sees));
    assert!(right, "{fault}: expected {sees:?}\n{verdict}");
}

fn is_seen(verdict: &Verdict, sees: Sees) -> bool {
    match sees {
        Sees::Lost => !verdict.lost.is_empty(),
        Sees::Doubled => !verdict.doubled.is_empty(),
        Sees::Unexplained => !verdict.unexplained.is_empty(),
        Sees::BrokenChain => !verdict.chain.is_empty(),
    }
}

fn told(fault: &str, verdict: &Verdict) -> String {
    let fault = if fault.is_empty() { "(no fault)" } else { fault };
    let Verdict { lost, doubled, unexplained, chain, .. } = verdict;
    let first = [lost, doubled, unexplained, chain].into_iter().flatten().next();
    let counts = (lost.len(), doubled.len(), unexplained.len(), chain.len());
    format!(
        "{fault:<28} lost {} doubled {} unexplained {} chain {}  {}",
        counts.0,
        counts.1,
        counts.2,
        counts.3,
        first.map_or("", String::as_str)
    )
}
