//! The examiner, from bytes to report: against a bare `quick-xml` read of the same bytes, against libxml2's
//! parsing and schema check alone, and 40,000 lines against 4,000. Each in one run: the ratio counts.
//!
//! The schema for libxml2 is written from our own structure tables. `LAUFMAPPE_BENCH_FOLDER` names a folder of
//! other invoices to take.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints, and may fail loudly"
)]

#[path = "../tests/structure/xsd.rs"]
mod xsd;

use jiff::civil::{Date, date};
use laufmappe::invoice::{Syntax, syntax_of};
use laufmappe::validate::check;
use quick_xml::events::Event;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const DAY: Date = date(2026, 11, 21);
const ROUNDS: usize = 11;
const PER_ROUND: usize = 40;
/// Standard instances are of this size; the bound keeps those with large attachments out.
const LARGEST: u64 = 20_000;

fn main() {
    for syntax in [Syntax::UblInvoice, Syntax::UblCreditNote, Syntax::Cii] {
        let files = files(syntax);
        let documents: Vec<Vec<u8>> = files.iter().map(|file| std::fs::read(file).unwrap()).collect();
        against_bare_reading(syntax, &documents);
        against_libxml2(syntax, &files, &documents);
    }
    for syntax in [Syntax::UblInvoice, Syntax::Cii] {
        growth(syntax);
    }
}

/// Invoices of our own, or those of the folder that was named.
fn files(syntax: Syntax) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = match std::env::var_os("LAUFMAPPE_BENCH_FOLDER") {
        Some(folder) => vec![PathBuf::from(folder)],
        None => vec![root.join("samples/post"), root.join("tests/invoices")],
    };
    let mut files: Vec<PathBuf> = Vec::new();
    for folder in folders {
        files.extend(std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    }
    files.retain(|file| {
        file.metadata().is_ok_and(|meta| meta.is_file() && meta.len() < LARGEST)
            && std::fs::read(file).is_ok_and(|bytes| syntax_of(&bytes) == Some(syntax))
    });
    files.sort();
    files.truncate(200);
    assert!(!files.is_empty(), "no document in {syntax:?}");
    files
}

fn against_bare_reading(syntax: Syntax, documents: &[Vec<u8>]) {
    // Both in turn, so that a drifting machine drifts under both.
    let mut rounds: Vec<(Duration, Duration)> =
        (0..ROUNDS).map(|_| (timed(documents, examine), timed(documents, bare))).collect();
    rounds.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    let median = &rounds[ROUNDS / 2];
    let bytes: usize = documents.iter().map(Vec::len).sum();
    println!(
        "{syntax:?}: {} documents of {} bytes: examined in {:.1} µs, bare read {:.1} µs, ratio {:.2} (min {:.2}, max {:.2})",
        documents.len(),
        bytes / documents.len(),
        microseconds(median.0),
        microseconds(median.1),
        ratio(median),
        ratio(&rounds[0]),
        ratio(&rounds[ROUNDS - 1]),
    );
}

/// The time of one document.
fn timed(documents: &[Vec<u8>], work: fn(&[u8])) -> Duration {
    let started = Instant::now();
    for _ in 0..PER_ROUND {
        for document in documents {
            work(document);
        }
    }
    started.elapsed() / (PER_ROUND * documents.len()) as u32
}

fn examine(bytes: &[u8]) {
    black_box(check(bytes, DAY));
}

fn bare(bytes: &[u8]) {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return,
            event => {
                black_box(event);
            }
        }
    }
}

/// `xmllint` over many files less over few: what starting it and compiling the schema cost falls out. Both sides
/// read the files.
fn against_libxml2(syntax: Syntax, files: &[PathBuf], documents: &[Vec<u8>]) {
    let folder = tempfile::tempdir().unwrap();
    let (table, root) = match syntax {
        Syntax::UblInvoice => (include_str!("../rules/structure/ubl.tsv"), "ubl.xsd"),
        Syntax::UblCreditNote => (include_str!("../rules/structure/ubl.tsv"), "cn.xsd"),
        Syntax::Cii => (include_str!("../rules/structure/cii.tsv"), "rsm.xsd"),
    };
    xsd::write(table, folder.path());
    let schema = folder.path().join(root);
    let few: Vec<&PathBuf> = files.iter().cycle().take(200).collect();
    let many: Vec<&PathBuf> = files.iter().cycle().take(2_200).collect();
    let mut rounds: Vec<(Duration, Duration)> = Vec::new();
    for _ in 0..5 {
        let started = Instant::now();
        for file in &many[200..] {
            examine(&std::fs::read(file).unwrap());
        }
        let ours = started.elapsed();
        let theirs = xmllint(&schema, &many).saturating_sub(xmllint(&schema, &few));
        rounds.push((ours / 2_000, theirs / 2_000));
    }
    rounds.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
    let median = &rounds[2];
    println!(
        "{syntax:?}: examined in {:.1} µs, libxml2 parses and checks the schema in {:.1} µs, ratio {:.2} ({} files)",
        microseconds(median.0),
        microseconds(median.1),
        ratio(median),
        documents.len(),
    );
}

fn xmllint(schema: &Path, files: &[&PathBuf]) -> Duration {
    let started = Instant::now();
    let status = Command::new("xmllint")
        .args(["--noout", "--nonet", "--schema"])
        .arg(schema)
        .args(files)
        .stderr(Stdio::null())
        .status()
        .expect("xmllint runs (Debian: libxml2-utils)");
    assert!(matches!(status.code(), Some(0 | 3 | 4)), "{status}");
    started.elapsed()
}

/// Ten times the lines should cost ten times the time.
fn growth(syntax: Syntax) {
    let (small, large) = (with_lines(syntax, 4_000), with_lines(syntax, 40_000));
    let mut ratios: Vec<f64> =
        (0..5).map(|_| once(&large).as_secs_f64() / once(&small).as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    println!(
        "{syntax:?}: 40,000 lines take {:.2} times as long as 4,000 ({} MB)",
        ratios[2],
        large.len() / 1_000_000
    );
}

fn once(document: &[u8]) -> Duration {
    let started = Instant::now();
    examine(document);
    started.elapsed()
}

fn with_lines(syntax: Syntax, count: usize) -> Vec<u8> {
    let (base, open, close) = match syntax {
        Syntax::UblInvoice | Syntax::UblCreditNote => {
            (include_str!("../tests/invoices/base-own.xml"), "<cac:InvoiceLine>", "</cac:InvoiceLine>")
        }
        Syntax::Cii => (
            include_str!("../samples/post/03-rechnung-cii.xml"),
            "<ram:IncludedSupplyChainTradeLineItem>",
            "</ram:IncludedSupplyChainTradeLineItem>",
        ),
    };
    let start = base.find(open).unwrap();
    let end = base[start..].find(close).unwrap() + start + close.len();
    format!("{}{}{}", &base[..start], base[start..end].repeat(count), &base[end..]).into_bytes()
}

fn microseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn ratio((ours, theirs): &(Duration, Duration)) -> f64 {
    ours.as_secs_f64() / theirs.as_secs_f64()
}
