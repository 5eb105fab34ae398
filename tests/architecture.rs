//! The law of the rooms: who may name whom, and what stands only in one place. Change the table before you
//! change the habit.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Room and the rooms it may name (itself is free).
const LAW: &[(&str, &[&str])] = &[
    ("error", &[]),
    ("job", &["error"]),
    ("store", &["job", "error"]),
    ("index", &["error"]),
    ("reserve", &["error"]),
    ("sandbox", &["error"]),
    ("clearing", &["job", "error"]),
    ("invoice", &["job", "error"]),
    ("validate", &["job", "error", "invoice"]),
    ("protocol", &["job", "invoice", "validate"]),
    ("route", &["job", "error", "invoice", "extract", "validate"]),
    ("extract", &["job", "error", "recognise", "invoice"]),
    ("recognise", &["job", "error", "sandbox", "store"]),
    ("intake", &["job", "error", "sandbox", "store", "invoice"]),
    ("filing", &["job", "error"]),
    ("ledger", &["job", "error", "index"]),
    ("queue", &["job", "error", "index"]),
    (
        "pipeline",
        &[
            "job",
            "error",
            "ledger",
            "store",
            "sandbox",
            "intake",
            "recognise",
            "extract",
            "invoice",
            "validate",
            "protocol",
            "route",
            "filing",
        ],
    ),
    (
        "examine",
        &["job", "error", "clearing", "sandbox", "intake", "recognise", "extract", "validate", "protocol"],
    ),
    ("reader", &["job", "error", "sandbox", "intake", "recognise", "extract", "invoice", "protocol"]),
    ("backup", &["job", "error", "ledger", "store", "pipeline"]),
    ("forecast", &[]),
    ("lessons", &["job", "error", "recognise", "extract"]),
    ("worker", &["job", "error", "clearing", "reserve", "pipeline", "filing", "queue", "ledger"]),
    ("metrics", &["job", "error", "reserve", "ledger", "queue", "worker"]),
    ("telemetry", &["error", "metrics"]),
    ("settings", &["job", "error", "reserve", "filing", "queue"]),
    ("web", &["job", "error", "metrics", "worker", "clearing", "examine", "protocol"]),
    (
        "cli",
        &[
            "job",
            "error",
            "store",
            "index",
            "reserve",
            "sandbox",
            "clearing",
            "intake",
            "recognise",
            "filing",
            "ledger",
            "queue",
            "route",
            "pipeline",
            "examine",
            "reader",
            "lessons",
            "backup",
            "forecast",
            "protocol",
            "worker",
            "metrics",
            "telemetry",
            "settings",
            "web",
        ],
    ),
];

/// A word and the only places it may stand in (prefixes of paths below `src/`).
const ONLY_IN: &[(&str, &[&str])] = &[
    ("quick_xml", &["invoice/"]),
    ("sqlx", &["ledger/postgres", "ledger/answers"]),
    ("lapin", &["queue/rabbit"]),
    ("reqwest", &["filing/http", "filing/webdav", "telemetry/traces"]),
    ("opentelemetry", &["telemetry/traces"]),
    ("tracing_subscriber", &["telemetry"]),
    ("prometheus_client", &["metrics"]),
    ("sled", &["index", "ledger/cases", "ledger/draft", "queue/embedded"]),
    ("lopdf", &["recognise/"]),
    ("hayro", &["recognise/"]),
    ("tesseract::", &["recognise/"]),
    ("zxingcpp", &["recognise/"]),
    ("mail_parser", &["intake/"]),
    ("zip::", &["intake/"]),
    ("axum", &["web/"]),
    ("clap", &["cli/"]),
    // TESSDATA_PREFIX belongs to tesseract and passes through to the confined reader.
    ("env::var", &["settings", "sandbox/", "recognise/ocr"]),
    ("process::Command", &["sandbox/"]),
    ("Timestamp::now", &["cli/house"]),
    ("SystemTime", &[]),
];

/// Rooms that compute: neither input nor output, clock nor async.
const PURE: &[&str] =
    &["invoice", "validate", "protocol", "route", "extract", "clearing", "forecast", "job", "error"];
/// Files that compute in a room that does not.
const PURE_FILES: &[&str] = &["filing/protocol.rs"];
const IMPURE: &[&str] =
    &["std::fs", "std::net", "std::io::stdin", "std::time::Instant", "tokio", "async fn", ".await", "std::env"];

/// Waiting and repeating are the worker's; these rooms only tell.
const PATIENT: &[&str] = &["filing", "pipeline", "intake", "recognise", "extract"];

#[test]
fn nobody_names_a_room_he_may_not() {
    let law: BTreeMap<_, BTreeSet<_>> =
        LAW.iter().map(|(room, may)| (*room, may.iter().copied().collect())).collect();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let room = room_of(&path);
        if matches!(room.as_str(), "lib" | "main") {
            continue;
        }
        let may = law.get(room.as_str()).unwrap_or_else(|| panic!("the room {room} has no row in the law"));
        for named in named_rooms(&text) {
            if named != room && law.contains_key(named.as_str()) && !may.contains(named.as_str()) {
                wrong.push(format!("{path} names {named}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_belongs_in_one_place_stands_in_one_place() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        for (word, places) in ONLY_IN {
            let allowed = places.iter().any(|place| path.starts_with(place));
            if !allowed && mentions(&text, word) {
                wrong.push(format!("{path} uses {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rooms_that_compute_are_pure() {
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        if !PURE.contains(&room_of(&path).as_str()) && !PURE_FILES.contains(&path.as_str()) {
            continue;
        }
        for word in IMPURE {
            if mentions(&text, word) {
                wrong.push(format!("{path} uses {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn rooms_neither_wait_nor_repeat() {
    for (path, text) in sources() {
        if PATIENT.contains(&room_of(&path).as_str()) {
            assert!(!mentions(&text, "sleep("), "{path} sleeps; only the worker knows what later means");
        }
    }
}

#[test]
fn the_law_knows_every_room_and_every_rule_can_fail() {
    let rooms: BTreeSet<_> = sources().iter().map(|(path, _)| room_of(path)).collect();
    for (room, _) in LAW {
        assert!(rooms.contains(*room), "the law names {room}, which does not exist");
    }
    for file in PURE_FILES {
        assert!(sources().iter().any(|(path, _)| path == file), "the law names {file}, which does not exist");
    }
    assert_eq!(named_rooms("use crate::queue::Queue;\nlet x = crate::ledger::verify();"), ["queue", "ledger"]);
    assert_eq!(named_rooms("use crate::{error, store::Store};"), ["error", "store"]);
    assert!(mentions("    let now = Timestamp::now();", "Timestamp::now"));
    assert!(!mentions("// Timestamp::now is not for us", "Timestamp::now"));
}

/// Every file below `src/` with the code before its tests.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
                let name = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
                found.push((name, code));
            }
        }
    }
    assert!(found.len() > 30, "only {} files found", found.len());
    found
}

fn room_of(path: &str) -> String {
    path.split('/').next().unwrap().trim_end_matches(".rs").to_owned()
}

/// Rooms in `crate::room…` and `use crate::{room…, room…}`.
fn named_rooms(text: &str) -> Vec<String> {
    let mut rooms = Vec::new();
    let code: String = text.lines().filter(|line| !is_comment(line)).map(|line| format!("{line}\n")).collect();
    for (place, _) in code.match_indices("crate::") {
        let rest = &code[place + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                let mut word = String::new();
                for c in list.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => rooms.push(first_word(&std::mem::take(&mut word))),
                        _ if depth == 0 => word.push(c),
                        _ => {}
                    }
                }
                rooms.push(first_word(&word));
            }
            None => rooms.push(first_word(rest)),
        }
    }
    rooms
}

fn first_word(text: &str) -> String {
    text.trim_start().chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect()
}

fn mentions(text: &str, word: &str) -> bool {
    text.lines().any(|line| !is_comment(line) && line.contains(word))
}

fn is_comment(line: &str) -> bool {
    line.trim_start().starts_with("//")
}
