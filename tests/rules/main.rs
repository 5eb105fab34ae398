//! The rules: for each an edit that breaks it, and an edit at the edge that keeps it.
//!
//! A base document is faultless; a row shows the one thing that matters and looks only at its own rule.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod cii;
mod codes;
mod edit;
mod facturx;
mod own;
mod peppol;
mod syntax;
mod syntax_cii;
mod tables;
mod ubl;
mod xrechnung;

use edit::Edit;
use jiff::civil::Date;
use laufmappe::validate::{
    Edition, Fault, HowItFails, Recommendation, Report, catalogue, check, check_as, check_with_fault,
};
use std::collections::BTreeSet;

/// Rules whose cases need more than a document; see the tests in `own.rs`.
const ELSEWHERE: &[&str] = &[
    "LM-LEITWEG-OURS",
    "LM-GUESS-NUMBER",
    "LM-GUESS-DATE",
    "LM-GUESS-SELLER",
    "LM-GUESS-TOTAL",
    "LM-GUESS-SUM",
    "LM-GUESS-IBAN",
    "LM-GUESS-ACCOUNT",
];

/// One rule of one book: what breaks it and what keeps it.
pub struct Case {
    /// As in the catalogue, `en16931-ubl`.
    pub book: &'static str,
    pub id: &'static str,
    /// A faultless document.
    pub base: &'static str,
    pub breaks: Vec<Edit>,
    pub holds: Vec<Edit>,
    pub day: Date,
    /// The profile that is asked for by name; where there is none, the document asks.
    pub profile: Option<&'static str>,
}

pub fn case(
    book: &'static str,
    base: &'static str,
    id: &'static str,
    breaks: Vec<Edit>,
    holds: Vec<Edit>,
) -> Case {
    Case { book, id, base, breaks, holds, day: Edition::LATEST.from_day(), profile: None }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.extend(ubl::cases());
    cases.extend(cii::cases());
    cases.extend(codes::cases());
    cases.extend(xrechnung::cases());
    cases.extend(peppol::cases());
    cases.extend(syntax::cases());
    cases.extend(syntax_cii::cases());
    cases.extend(facturx::cases());
    cases.extend(own::cases());
    cases
}

fn examined(case: &Case, edits: &[Edit]) -> Report {
    let document = edit::apply(case.base, edits);
    match case.profile {
        Some(profile) => check_as(profile, document.as_bytes(), case.day).unwrap(),
        None => check(document.as_bytes(), case.day),
    }
}

fn has(report: &Report, id: &str) -> bool {
    report.findings.iter().any(|finding| finding.id == id)
}

#[test]
fn every_rule_is_broken_by_its_edit_and_kept_at_its_edge() {
    let mut wrong = Vec::new();
    for case in cases() {
        if !has(&examined(&case, &case.breaks), case.id) {
            wrong.push(format!("{} {} is not found where it is broken", case.book, case.id));
        }
        if has(&examined(&case, &case.holds), case.id) {
            wrong.push(format!("{} {} is found where it holds", case.book, case.id));
        }
    }
    assert!(wrong.is_empty(), "{} of the cases fail:\n{}", wrong.len(), wrong.join("\n"));
}

/// Rows of the tables in `rules/syntax` make their own cases; see `tables.rs`.
#[test]
fn every_rule_has_a_case() {
    let covered: BTreeSet<(&str, &str)> = cases().iter().map(|case| (case.book, case.id)).collect();
    let missing: BTreeSet<(&str, &str)> = catalogue()
        .iter()
        .filter(|entry| !entry.never_fires && !entry.is_table_row && !ELSEWHERE.contains(&entry.id))
        .map(|entry| (entry.book, entry.id))
        .filter(|rule| !covered.contains(rule))
        .collect();
    assert!(missing.is_empty(), "{} rules have no case: {missing:?}", missing.len());
}

#[test]
fn no_case_is_about_a_rule_that_does_not_exist() {
    let known: BTreeSet<(&str, &str)> = catalogue().iter().map(|entry| (entry.book, entry.id)).collect();
    for case in cases() {
        assert!(known.contains(&(case.book, case.id)), "{} {}", case.book, case.id);
    }
}

/// Each rule is made to fail and to panic on a document it examines: none of them is accepted.
#[test]
fn a_fault_inside_any_rule_never_ends_in_accept() {
    // The panics put in on purpose would fill the screen; all others are told as ever.
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.payload_as_str().is_some_and(|text| text.contains("on purpose")) {
            told(panic);
        }
    }));
    let mut accepted = Vec::new();
    let mut struck = 0;
    for case in cases() {
        for how in [HowItFails::CannotTell, HowItFails::Panics] {
            let fault = Fault { id: case.id.to_owned(), how };
            let document = edit::apply(case.base, &case.holds);
            let report = check_with_fault(&fault, case.profile, document.as_bytes(), case.day);
            let document = edit::apply(case.base, &case.breaks);
            let broken = check_with_fault(&fault, case.profile, document.as_bytes(), case.day);
            for report in [&report, &broken] {
                let marked = |id: &str| id == "LM-UNDECIDED" || id == "LM-BROKEN-OFF";
                let was_struck = report.findings.iter().any(|finding| marked(&finding.id));
                struck += usize::from(was_struck);
                if was_struck && report.recommendation == Recommendation::Accept {
                    accepted.push(format!("{} {} {how:?}", case.book, case.id));
                }
            }
            // The broken document shows the element to the rule, so the fault must have struck there.
            if !has(&broken, "LM-UNDECIDED") && !has(&broken, "LM-BROKEN-OFF") {
                accepted.push(format!("{} {} {how:?} did not strike", case.book, case.id));
            }
        }
    }
    assert!(accepted.is_empty(), "{} of {struck}:\n{}", accepted.len(), accepted.join("\n"));
}

#[test]
fn every_rule_says_what_holds_in_both_languages() {
    for entry in catalogue() {
        let silent = entry.text.en == format!("Rule {} holds.", entry.id);
        assert!(!silent && !entry.text.de.is_empty(), "{} {} has no texts", entry.book, entry.id);
        assert_ne!(entry.text.de, entry.text.en, "{}", entry.id);
    }
}
