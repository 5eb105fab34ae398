//! Every rule of the official books is implemented, with its severity and in its edition, or listed with the
//! reason why not.
//!
//! `official-ids.tsv` holds what the books have, `missing-rules.tsv` what we leave out: book, id (a `*` at its
//! end stands for any), reason.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use laufmappe::validate::{Edition, Entry, Severity, catalogue};
use std::collections::{BTreeMap, BTreeSet};

struct Official {
    book: &'static str,
    id: &'static str,
    severity: Option<Severity>,
    editions: Vec<Edition>,
}

fn official() -> Vec<Official> {
    rows(include_str!("official-ids.tsv"), 4)
        .map(|columns| Official {
            book: columns[0],
            id: columns[1],
            severity: match columns[2] {
                "fatal" | "error" => Some(Severity::Fatal),
                "warning" => Some(Severity::Warning),
                "information" => Some(Severity::Information),
                "-" => None,
                other => panic!("{other}"),
            },
            editions: columns[3].split(' ').map(edition).collect(),
        })
        .collect()
}

fn edition(day: &str) -> Edition {
    *Edition::ALL.iter().find(|edition| edition.from_day().to_string() == day).unwrap()
}

fn missing() -> Vec<(&'static str, &'static str, &'static str)> {
    rows(include_str!("missing-rules.tsv"), 3).map(|columns| (columns[0], columns[1], columns[2])).collect()
}

fn rows(file: &'static str, count: usize) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = file.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines.map(move |line| {
        let columns: Vec<&str> = line.split('\t').collect();
        assert_eq!(columns.len(), count, "{line}");
        columns
    })
}

fn is_excused(book: &str, id: &str) -> bool {
    missing().iter().any(|(excused, pattern, _)| {
        *excused == book && pattern.strip_suffix('*').map_or(*pattern == id, |start| id.starts_with(start))
    })
}

/// Our rules by book and id, each with the editions that have it.
fn ours() -> BTreeMap<(&'static str, &'static str), Vec<Entry>> {
    let mut ours: BTreeMap<(&str, &str), Vec<Entry>> = BTreeMap::new();
    for entry in catalogue() {
        ours.entry((entry.book, entry.id)).or_default().push(entry);
    }
    ours
}

#[test]
fn every_official_rule_is_implemented_or_listed_with_its_reason() {
    let ours = ours();
    let mut absent = BTreeSet::new();
    for rule in official() {
        let entries = ours.get(&(rule.book, rule.id));
        for edition in &rule.editions {
            let there = entries.is_some_and(|entries| entries.iter().any(|entry| has(entry, *edition)));
            if !there && !is_excused(rule.book, rule.id) {
                absent.insert(format!("{} {} {}", rule.book, rule.id, edition.from_day()));
            }
        }
    }
    assert!(absent.is_empty(), "{} are neither implemented nor listed: {absent:#?}", absent.len());
}

#[test]
fn every_rule_has_the_official_severity() {
    let ours = ours();
    let mut wrong = BTreeSet::new();
    for rule in official() {
        for edition in &rule.editions {
            for entry in ours.get(&(rule.book, rule.id)).into_iter().flatten() {
                let same_elsewhere = || {
                    // An id may stand in several rows of different severity, where it looks at several elements.
                    let rows = official().into_iter().filter(|row| row.book == rule.book && row.id == rule.id);
                    rows.into_iter().any(|row| row.severity == Some(entry.severity))
                };
                if has(entry, *edition)
                    && rule.severity.is_some_and(|severity| severity != entry.severity)
                    && !same_elsewhere()
                {
                    wrong.insert(format!("{} {} is {:?}", rule.book, rule.id, entry.severity));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// An id that no official book has would be one of our own, and ours begin with `LM-`.
#[test]
fn no_rule_claims_an_official_id_that_does_not_exist() {
    let known: BTreeSet<(&str, &str)> = official().iter().map(|rule| (rule.book, rule.id)).collect();
    for entry in catalogue() {
        let own = entry.id.starts_with("LM-");
        assert!(own || known.contains(&(entry.book, entry.id)), "{} {}", entry.book, entry.id);
    }
}

#[test]
fn what_is_listed_as_missing_is_missing_and_has_a_reason() {
    let ours = ours();
    for (book, id, reason) in missing() {
        assert!(reason.len() > 20, "{book} {id} needs a reason a reader can follow");
        if !id.ends_with('*') {
            assert!(!ours.contains_key(&(book, id)), "{book} {id} is implemented");
        }
        assert!(official().iter().any(|rule| rule.book == book && is_excused(book, rule.id)), "{book} {id}");
    }
}

fn has(entry: &Entry, edition: Edition) -> bool {
    entry.only.is_none_or(|only| only == edition)
}
