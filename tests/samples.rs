//! The whole main job on `samples/post`, embedded, against the expected result beside each sample.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use support::house::{House, metadata_of, samples};

#[test]
fn every_sample_ends_as_expected() {
    let house = House::new();
    let run = house.laufmappe(&["run", "--format", "json", samples().to_str().unwrap()]);
    assert_eq!(run.code, 1, "some samples belong into clearing; {}", run.errors);
    let summaries: Vec<Value> = serde_json::from_str(&run.output).unwrap();

    let mut faults = Vec::new();
    let expected = expectations();
    let files: BTreeSet<String> = std::fs::read_dir(samples())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    assert_eq!(files, expected.keys().cloned().collect::<BTreeSet<_>>(), "each sample has its expected result");
    for (name, documents) in &expected {
        let found: Vec<&Value> =
            summaries.iter().filter(|summary| original_name(summary, &summaries) == *name).collect();
        if found.len() != documents.len() {
            faults.push(format!("{name}: {} documents, expected {}", found.len(), documents.len()));
            continue;
        }
        for document in documents {
            let part = &document["part"];
            let Some(summary) = found.iter().find(|summary| summary["document"]["part_of"]["number"] == *part)
            else {
                faults.push(format!("{name}: part {part} is missing"));
                continue;
            };
            compare(&house, name, document, summary, &mut faults);
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));

    let again = house.laufmappe(&["run", "--format", "json", samples().to_str().unwrap()]);
    let second: Vec<Value> = serde_json::from_str(&again.output).unwrap();
    assert_eq!(second, summaries, "the same pile once more changes nothing");
    let verified = house.laufmappe(&["ledger", "verify"]);
    assert_eq!(verified.code, 0, "{}", verified.errors);
}

/// Came from the scanner and are filed with their transfer note.
const SCANS: [&str; 3] = ["07-rechnung-scan.pdf", "08-stapel-duplex.tif", "16-scan.docx"];

/// What a guessed invoice must have to be filed.
const REQUIRED: [&str; 6] = ["BT-1", "BT-2", "BT-27", "BT-84", "BT-112", "BT-115"];

fn compare(house: &House, name: &str, expected: &Value, found: &Value, faults: &mut Vec<String>) {
    let part = &expected["part"];
    let mut check = |what: &str, wanted: &Value, got: &Value| {
        if wanted != got {
            faults.push(format!("{name} part {part}: {what} is {got}, expected {wanted}"));
        }
    };
    check("kind", &expected["kind"], &found["document"]["kind"]);
    check("state", &expected["state"], &found["state"]);
    check("rule", &expected["rule"], &found["rule"]);
    if !expected["reason"].is_null() {
        check("reason", &expected["reason"], &found["clearing"]["reason"]);
        for key in ["text", "next"] {
            let german = found["clearing"][key]["de"].as_str().unwrap_or_default();
            assert!(german.len() > 15, "{name}: the clearing case has no {key} for people");
        }
    }
    if !expected["sheets"].is_null() {
        check("sheets", &expected["sheets"], &found["sheets"]);
    }
    let annexes = found["document"]["annexes"].as_array().unwrap().len();
    check("annexes", &expected["annexes"], &annexes.into());
    if let Some(report) = house.report_of(found) {
        check("recommendation", &expected["recommendation"], &report["recommendation"]);
        let ids: BTreeSet<&str> = report["findings"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|finding| finding["severity"] != "information")
            .map(|finding| finding["id"].as_str().unwrap())
            .collect();
        check("findings", &expected["findings"], &serde_json::json!(ids));
    }
    if found["state"] == "filed" {
        if let Some(number) = expected["fields"]["BT-1"].as_str() {
            let location = found["locations"][0].as_str().unwrap();
            let page = std::fs::read_to_string(Path::new(location).join("pruefprotokoll.html")).unwrap();
            assert!(page.contains(number), "{name}: the protocol in the drawer names its invoice");
        }
        let drawer = Path::new(found["locations"][0].as_str().unwrap());
        let note = std::fs::read_to_string(drawer.join("transfervermerk.json")).ok();
        check("transfer note", &SCANS.contains(&name).into(), &note.is_some().into());
        if let Some(note) = note {
            let note: Value = serde_json::from_str(&note).unwrap();
            let hashed: BTreeSet<&str> =
                note["hashes"].as_array().unwrap().iter().map(|row| row["what"].as_str().unwrap()).collect();
            assert!(
                hashed.iter().any(|what| what.starts_with("original.")) && hashed.contains("durchsuchbar.pdf"),
                "{name}: {hashed:?}"
            );
            let page = std::fs::read_to_string(drawer.join("transfervermerk.html")).unwrap();
            assert!(page.contains("Texterkennung mit tesseract"), "{name}: the note names the engine");
        }
        let metadata = metadata_of(found);
        let guessed = metadata["guessed"] == true;
        for (term, value) in expected["fields"].as_object().unwrap() {
            let found = &metadata["fields"][term]["value"];
            // What is read from a page may be missing where it is not required, but never wrong.
            if !(guessed && found.is_null() && !REQUIRED.contains(&term.as_str())) {
                check(term, value, found);
            }
        }
    }
}

/// File name of the arrival a document came from.
fn original_name<'a>(summary: &'a Value, all: &'a [Value]) -> &'a str {
    let whole = &summary["document"]["part_of"]["whole"];
    match all.iter().find(|other| other["document"]["id"] == *whole) {
        Some(whole) => original_name(whole, all),
        None => summary["document"]["name"].as_str().unwrap(),
    }
}

/// Expected documents by file; the sheets of a batch stand with the whole.
fn expectations() -> BTreeMap<String, Vec<Value>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/expected");
    let mut expected = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let mut value: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        value["documents"][0]["sheets"] = value["sheets"].take();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        expected.insert(name, value["documents"].as_array().unwrap().clone());
    }
    assert!(!expected.is_empty());
    expected
}
