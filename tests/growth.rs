//! Large invoices: memory stays bounded. Alone in its process, so that the peak is its own.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use jiff::civil::date;
use laufmappe::validate::{Recommendation, check};

const BASE: &str = include_str!("invoices/base-own.xml");
const MEGABYTE: usize = 1024 * 1024;

/// An attachment of 50 MB is 67 MB of Base64.
#[test]
fn an_attachment_of_fifty_megabytes_is_examined_within_150() {
    let mut document = String::with_capacity(70 * MEGABYTE);
    let (before, after) = BASE.split_once("<cac:AccountingSupplierParty>").unwrap();
    document.push_str(before);
    document.push_str(
        "<cac:AdditionalDocumentReference><cbc:ID>Plan</cbc:ID><cac:Attachment>\
         <cbc:EmbeddedDocumentBinaryObject mimeCode=\"application/pdf\" filename=\"plan.pdf\">",
    );
    for _ in 0..50 * MEGABYTE / 3 {
        document.push_str("AbC0");
    }
    document.push_str(
        "</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>\
         <cac:AccountingSupplierParty>",
    );
    document.push_str(after);
    let report = check(document.as_bytes(), date(2026, 8, 31));
    assert_eq!(report.recommendation, Recommendation::Accept, "{:#?}", report.findings);
    let peak = peak_megabytes();
    assert!(peak < 150, "{peak} MB");
}

/// Largest resident memory of this process so far.
fn peak_megabytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).unwrap();
    let kilobytes: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes / 1024
}
