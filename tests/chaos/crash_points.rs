//! T-04: the program dies before and after every step, in each mode: nothing is lost, nothing doubled.
//!
//! The places are named in the program (`src/faults.rs`, debug builds only).

use crate::post::{Mix, Post};
use crate::proxy::Rates;
use crate::referee;
use crate::town::{Mode, Town, turn};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Steps of taking in.
const DOOR: [&str; 3] = ["after-stored", "after-received", "after-published"];

/// Steps of the work. What lies between two neighbours is one and the same state of the world, and both are tried.
const WORK: [&str; 20] = [
    "before-claimed",
    "after-claimed",
    "before-recognised",
    "after-recognised",
    "before-validated",
    "after-validated",
    "before-routed",
    "after-routed",
    "before-intended",
    "after-intended",
    "before-put",
    "after-put",
    "before-filed",
    "after-filed",
    "before-closed",
    "after-closed",
    "before-divided",
    "after-divided",
    "before-acknowledged",
    "after-acknowledged",
];

#[test]
fn the_program_may_die_at_every_step_in_one_process() {
    walk(Mode::EmbeddedFolder, 1);
}

#[test]
fn the_program_may_die_at_every_step_beside_others() {
    walk(Mode::Scaled, 6);
}

/// Every place once, each in a town of its own.
fn walk(mode: Mode, at_once: usize) {
    let _turn = turn();
    let places = Mutex::new(DOOR.iter().chain(&WORK).collect::<Vec<_>>());
    let (wrong, seen) = (Mutex::new(Vec::new()), Mutex::new(0));
    std::thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                loop {
                    let Some(place) = places.lock().unwrap().pop() else { return };
                    match die_at(mode, place) {
                        Ok(()) => *seen.lock().unwrap() += 1,
                        Err(what) => wrong.lock().unwrap().push(format!("{place}: {what}")),
                    }
                }
            });
        }
    });
    let (wrong, seen) = (wrong.into_inner().unwrap(), seen.into_inner().unwrap());
    println!("{mode:?}: died at {seen} places; lost 0, doubled 0, unexplained 0");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Two invoices, a letter, an archive.
fn post(town: &Town) -> Post {
    let mut post = town.post(Mix::plain(2), 4);
    let folder = post.batches[0].clone();
    post.pieces.extend([crate::post::letter(&folder), crate::post::archive(&folder)]);
    post
}

fn die_at(mode: Mode, place: &str) -> Result<(), String> {
    let town = Town::new(mode, Rates::NONE, 1);
    let post = post(&town);
    let batch = post.batches[0].to_str().unwrap();
    let mark: PathBuf = town.folder().join("mark");
    let crash = format!("{place}@{}", mark.display());
    let dying = |arguments: &[&str]| {
        let mut command = town.command(arguments);
        let status = command.env("LAUFMAPPE_CRASH", &crash).output().unwrap().status;
        match status.signal() {
            Some(6) if mark.exists() => Ok(()),
            _ => Err(format!("it was not reached ({status})")),
        }
    };
    if DOOR.contains(&place) {
        dying(&["submit", batch])?;
    }
    if !town.submit(&post.batches[0]) {
        return Err("handing in again failed".to_owned());
    }
    if WORK.contains(&place) {
        dying(&["worker", "--until-empty", "--concurrency", "1"])?;
    }
    let begun = Instant::now();
    let mut last = town.run(&["worker", "--until-empty"]);
    while last.code != 0 && begun.elapsed() < Duration::from_secs(60) {
        last = town.run(&["worker", "--until-empty"]);
    }
    let verdict = referee::judge(&town, &post.pieces);
    let settled = verdict.filed + verdict.divided == post.pieces.len() + 2;
    if verdict.is_clean() && settled { Ok(()) } else { Err(format!("{}\n{verdict}", last.errors)) }
}
