//! The structure check against libxml2: the same tables written as XML Schema, thousands of changed documents,
//! the same verdict on each.
//!
//! `xmllint` (Debian: libxml2-utils) judges; without it the test fails. Where libxml2 differs from XML Schema and
//! from the parser of the official validator we follow these, and the changed documents do not ask: blanks around
//! a date do not make it wrong, a CDATA section of blanks counts as blanks (`--nocdata`), and Base64 has no other
//! characters than its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod mutant;
mod xsd;

use jiff::civil::date;
use laufmappe::validate::check;
use mutant::Chance;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Changed documents for each base document; `LAUFMAPPE_MUTANTS` asks for more.
const MUTANTS: usize = 150;

#[test]
fn every_verdict_is_that_of_libxml2() {
    let folder = tempfile::tempdir().unwrap();
    let ubl = folder.path().join("ubl");
    let cii = folder.path().join("cii");
    xsd::write(include_str!("../../rules/structure/ubl.tsv"), &ubl);
    xsd::write(include_str!("../../rules/structure/cii.tsv"), &cii);
    let mut judged = 0;
    let mut differing = Vec::new();
    for (schema, documents) in by_schema(&ubl, &cii) {
        let files = write_mutants(&documents, &folder.path().join(schema.file_stem().unwrap()));
        let valid = libxml2(&schema, &files);
        for (file, valid) in files.iter().zip(valid) {
            let report = check(&std::fs::read(file).unwrap(), date(2026, 11, 21));
            judged += 1;
            if report.schema_valid.unwrap_or(false) != valid {
                let kept = std::env::temp_dir().join(format!("structure-{}.xml", differing.len()));
                std::fs::copy(file, &kept).unwrap();
                let first = report.findings.iter().find(|finding| finding.id.starts_with("LM-X"));
                differing.push(format!("{}: libxml2 {valid}, ours {first:?}", kept.display()));
            }
        }
    }
    assert!(judged > 1_000, "{judged}");
    assert!(differing.is_empty(), "{} of {judged} differ:\n{}", differing.len(), differing.join("\n"));
}

/// Base documents by the schema of their root.
fn by_schema(ubl: &Path, cii: &Path) -> BTreeMap<PathBuf, Vec<String>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents: BTreeMap<PathBuf, Vec<String>> = BTreeMap::new();
    for folder in ["tests/invoices", "samples/post"] {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(root.join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        for path in paths.iter().filter(|path| path.extension().is_some_and(|extension| extension == "xml")) {
            let Ok(text) = std::fs::read_to_string(path) else { continue };
            let schema = match text {
                _ if text.contains("<!DOCTYPE") => continue,
                _ if text.contains("CreditNote-2") => ubl.join("cn.xsd"),
                _ if text.contains("Invoice-2") => ubl.join("ubl.xsd"),
                _ if text.contains("CrossIndustryInvoice:100") => cii.join("rsm.xsd"),
                _ => continue,
            };
            documents.entry(schema).or_default().push(text);
        }
    }
    assert_eq!(documents.len(), 3, "a base document for each schema");
    documents
}

fn write_mutants(documents: &[String], folder: &Path) -> Vec<PathBuf> {
    std::fs::create_dir_all(folder).unwrap();
    let count = std::env::var("LAUFMAPPE_MUTANTS").map_or(MUTANTS, |count| count.parse().unwrap());
    let mut files = Vec::new();
    for (number, document) in documents.iter().enumerate() {
        for seed in 0..count {
            let mut chance = Chance::of(number as u64 * 1_000_003 + seed as u64);
            let changed = mutant::changed(document, &mut chance, documents);
            let file = folder.join(format!("{number}-{seed}.xml"));
            std::fs::write(&file, changed).unwrap();
            files.push(file);
        }
    }
    files
}

/// One verdict for each file.
fn libxml2(schema: &Path, files: &[PathBuf]) -> Vec<bool> {
    let mut verdicts = Vec::new();
    for part in files.chunks(500) {
        let output = Command::new("xmllint")
            .args(["--noout", "--nonet", "--huge", "--nocdata", "--schema"])
            .arg(schema)
            .args(part)
            .output()
            .expect("xmllint runs (Debian: libxml2-utils)");
        let said = String::from_utf8_lossy(&output.stderr);
        let told: BTreeMap<&str, bool> = said
            .lines()
            .filter_map(|line| match line.strip_suffix(" validates") {
                Some(file) => Some((file, true)),
                None => Some((line.strip_suffix(" fails to validate")?, false)),
            })
            .collect();
        for file in part {
            let name = file.to_str().unwrap();
            verdicts.push(
                *told
                    .get(name)
                    .unwrap_or_else(|| panic!("no verdict on {name}: {}", &said[..said.len().min(2_000)])),
            );
        }
    }
    verdicts
}
