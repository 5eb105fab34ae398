//! The promises of the whole program: killed in the middle and started again, many workers on a broker, bad
//! input beside good.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]
#![allow(clippy::print_stdout, reason = "--nocapture shows how much was compared")]

mod support;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};
use support::house::{House, metadata_of, samples, terminate};
use support::postgres::fresh_database;
use support::rabbit::broker;

const PATIENCE: Duration = Duration::from_secs(300);

#[test]
fn killed_in_the_middle_and_started_again_every_document_lies_once_in_the_drawer() {
    let house = House::new();
    for round in 0..4 {
        let mut running = house.start(&["run", samples().to_str().unwrap()]);
        std::thread::sleep(Duration::from_millis(400 + 700 * round));
        running.kill().unwrap();
        running.wait().unwrap();
        assert_no_reader_is_left_alone();
    }
    let run = house.laufmappe(&["run", "--format", "json", samples().to_str().unwrap()]);
    let undisturbed = House::new();
    let calm = undisturbed.laufmappe(&["run", "--format", "json", samples().to_str().unwrap()]);
    assert_eq!((run.code, calm.code), (1, 1), "{}{}", run.errors, calm.errors);
    assert_eq!(outcomes(&house.summaries()), outcomes(&undisturbed.summaries()));
    assert_once_in_the_drawer(&house);
    assert_eq!(house.laufmappe(&["ledger", "verify"]).code, 0);
}

#[test]
fn three_workers_on_a_broker_come_to_the_same_as_one_alone() {
    let house = House::shared(&broker().url(), &fresh_database());
    let submitted = house.laufmappe(&["submit", samples().to_str().unwrap()]);
    assert_eq!(submitted.code, 0, "{}", submitted.errors);

    let name = |number| format!("worker-{number}");
    let mut workers: Vec<_> =
        (1..=3).map(|number| house.start(&["worker", "--concurrency", "1", "--name", &name(number)])).collect();
    // One of them dies in the middle; the others take over when its lease has run out.
    std::thread::sleep(Duration::from_secs(2));
    workers[0].kill().unwrap();
    workers[0].wait().unwrap();
    wait_until_settled(&house);
    for worker in &mut workers[1..] {
        terminate(worker);
        assert!(worker.wait().unwrap().success(), "told to stop, a worker ends well");
    }

    let alone = House::new();
    let run = alone.laufmappe(&["run", samples().to_str().unwrap()]);
    assert_eq!(run.code, 1, "{}", run.errors);
    assert_eq!(outcomes(&house.summaries()), outcomes(&alone.summaries()));
    let (shared, own) = (entries(&house), entries(&alone));
    println!("{} documents, {} ledger entries compared", house.summaries().len(), shared.len());
    assert_eq!(shared, own, "set-equal ledgers");
    assert_once_in_the_drawer(&house);
    assert_eq!(house.laufmappe(&["ledger", "verify"]).code, 0);
}

#[test]
fn standard_input_and_wrong_use_have_their_answers() {
    let house = House::new();
    let invoice = std::fs::read(samples().join("03-rechnung-cii.xml")).unwrap();
    let mut running = house.command(&["run", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    running.stdin.take().unwrap().write_all(&invoice).unwrap();
    let output = running.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    assert_eq!(house.laufmappe(&["run"]).code, 2);
    let good = samples().join("02-gutschrift-ubl.xml");
    assert_eq!(house.laufmappe(&["run", good.to_str().unwrap(), "/nowhere/at/all"]).code, 2);
    assert_eq!(house.summaries().len(), 1, "a mistyped name is said before anything is taken in");
    assert_eq!(house.laufmappe(&["--tenant", "fremd", "run", "/tmp"]).code, 2);
    assert_eq!(house.laufmappe(&["--lang", "en", "status"]).code, 0);
    let doctor = House::new().laufmappe(&["doctor"]);
    assert_eq!(doctor.code, 0, "{}", doctor.output);
    assert!(doctor.output.ends_with("Alles ist bereit.\n"), "{}", doctor.output);
    let refused = house.laufmappe(&["run", "/nowhere/at/all"]);
    assert!(refused.errors.contains("Nächster Schritt"), "failures are told in German: {}", refused.errors);
}

#[test]
fn submitted_is_safe_and_a_worker_finishes_it_later() {
    let house = House::new();
    let file = samples().join("01-xrechnung-ubl.xml");
    assert_eq!(house.laufmappe(&["submit", file.to_str().unwrap()]).code, 0);
    assert_eq!(house.summaries()[0]["state"], "open");
    assert_eq!(house.laufmappe(&["worker", "--until-empty"]).code, 0);
    assert_eq!(house.summaries()[0]["state"], "filed");
    assert_eq!(house.laufmappe(&["rebuild"]).code, 0);
    assert_eq!(house.summaries()[0]["state"], "filed");
}

#[test]
fn an_altered_original_is_not_filed_and_waits_for_the_backup_while_the_others_go_on() {
    let house = House::new();
    let file = samples().join("01-xrechnung-ubl.xml");
    let other = samples().join("03-rechnung-cii.xml");
    for file in [&file, &other] {
        assert_eq!(house.laufmappe(&["submit", file.to_str().unwrap()]).code, 0);
    }
    let content = house.summaries()[0]["document"]["content"].as_str().unwrap().to_owned();
    let place = house.data().join("content").join(&content[..2]).join(&content[2..4]).join(&content);
    std::fs::write(&place, b"something else").unwrap();
    let worked = house.laufmappe(&["worker", "--until-empty"]);
    assert_eq!(worked.code, 3);
    assert!(worked.errors.contains("altered"), "{}", worked.errors);
    let states =
        |house: &House| house.summaries().iter().map(|summary| summary["state"].clone()).collect::<Vec<_>>();
    assert_eq!(states(&house), ["open", "filed"]);
    std::fs::copy(&file, &place).unwrap();
    assert_eq!(house.laufmappe(&["worker", "--until-empty"]).code, 0);
    assert_eq!(states(&house), ["filed", "filed"]);
}

#[test]
fn what_waits_in_clearing_goes_on_when_its_cause_is_gone() {
    let house = House::new();
    let locked = samples().join("17-passwort.pdf");
    assert_eq!(house.laufmappe(&["run", locked.to_str().unwrap()]).code, 1);
    let id = house.summaries()[0]["document"]["id"].as_str().unwrap().to_owned();
    assert_eq!(house.summaries()[0]["clearing"]["reason"], "encrypted");
    assert_eq!(house.laufmappe(&["retry", &id]).code, 2, "somebody must say so");

    std::fs::write(house.folder().join("passwords"), "falsch\nAuenfurt2026\n").unwrap();
    std::fs::write(house.folder().join("laufmappe.toml"), "[reading]\npasswords = 'passwords'\n").unwrap();
    assert_eq!(house.laufmappe(&["retry", &id, "--by", "Frau Muster"]).code, 0);
    assert_eq!(house.laufmappe(&["worker", "--until-empty"]).code, 0);
    let summary = &house.summaries()[0];
    assert_ne!(summary["clearing"]["reason"], "encrypted", "it was opened");
    assert_ne!(summary["state"], "open");
    assert!(house.laufmappe(&["ledger", "show", &id]).output.contains("Frau Muster"));
    assert_eq!(house.laufmappe(&["retry", "d000000000000000000000000", "--by", "x"]).code, 1);
}

/// A confined reader ends with the worker that started it.
fn assert_no_reader_is_left_alone() {
    std::thread::sleep(Duration::from_millis(300));
    for entry in std::fs::read_dir("/proc").unwrap() {
        let folder = entry.unwrap().path();
        let Ok(line) = std::fs::read(folder.join("cmdline")) else { continue };
        let Ok(status) = std::fs::read_to_string(folder.join("status")) else { continue };
        if line != [env!("CARGO_BIN_EXE_laufmappe").as_bytes(), b"\0child\0"].concat() {
            continue;
        }
        let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")).unwrap().trim();
        let of_parent = std::fs::read(format!("/proc/{parent}/cmdline")).unwrap_or_default();
        assert!(
            of_parent.starts_with(env!("CARGO_BIN_EXE_laufmappe").as_bytes()),
            "{} is left alone",
            folder.display()
        );
    }
}

/// Outcome of every document by id: what must be the same however the work was done.
fn outcomes(summaries: &[Value]) -> BTreeMap<String, String> {
    let mut outcomes = BTreeMap::new();
    for summary in summaries {
        let id = summary["document"]["id"].as_str().unwrap().to_owned();
        let outcome = format!(
            "{} {} {} {} {}",
            summary["document"]["name"],
            summary["state"],
            summary["rule"],
            summary["clearing"]["reason"],
            summary["parts"]
        );
        assert!(outcomes.insert(id, outcome).is_none(), "one line per document");
    }
    outcomes
}

/// What the ledger says, without time, worker, chain, attempts and the folder of the drawer.
fn entries(house: &House) -> BTreeSet<String> {
    let mut entries = BTreeSet::new();
    for summary in house.summaries() {
        let id = summary["document"]["id"].as_str().unwrap().to_owned();
        for line in house.laufmappe(&["ledger", "show", &id]).output.lines() {
            let mut entry: Value = serde_json::from_str(line).unwrap();
            let what = entry["event"]["what"].as_str().unwrap().to_owned();
            if ["claimed", "released", "failed"].contains(&what.as_str()) {
                continue;
            }
            let event = entry["event"].as_object_mut().unwrap();
            // They name the time of receipt or the folder, which differ between two houses.
            for key in ["receipt", "location", "filing", "transfer", "adopted"] {
                event.remove(key);
            }
            if let Some(received) = event.get_mut("received") {
                received["arrival"].as_object_mut().unwrap().remove("at");
            }
            entries.insert(format!("{id} {}", entry["event"]));
        }
    }
    entries
}

/// Every filed document has exactly one folder in the tree, every folder its document, nothing half done.
fn assert_once_in_the_drawer(house: &House) {
    let mut filed = BTreeSet::new();
    for summary in house.summaries() {
        if summary["state"] == "filed" {
            let metadata = metadata_of(&summary);
            assert_eq!(metadata["document"]["id"], summary["document"]["id"]);
            assert!(filed.insert(metadata["document"]["id"].as_str().unwrap().to_owned()));
        }
    }
    let lying: Vec<String> = walk(&house.tree())
        .iter()
        .filter(|path| path.ends_with("metadata.json"))
        .map(|path| {
            let metadata: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
            metadata["document"]["id"].as_str().unwrap().to_owned()
        })
        .collect();
    assert_eq!(lying.len(), filed.len(), "as many folders as filed documents");
    assert_eq!(lying.into_iter().collect::<BTreeSet<_>>(), filed);
    let leftovers: Vec<_> = walk(&house.tree()).into_iter().filter(|path| path.contains(".part")).collect();
    assert!(leftovers.is_empty(), "{leftovers:?}");
}

fn walk(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(walk(&path));
        } else {
            found.push(path.to_string_lossy().into_owned());
        }
    }
    found
}

fn wait_until_settled(house: &House) {
    let started = Instant::now();
    loop {
        let summaries = house.summaries();
        if summaries.iter().all(|summary| summary["state"] != "open") {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "not everything was settled in time");
        std::thread::sleep(Duration::from_millis(500));
    }
}
