//! Every rule we have, for the page of rules and for the tests that watch over them.

use super::engine::Rule;
use super::vat::{CATEGORIES, Family};
use super::{Severity, codes, document, guessed, line, national, own, vat};
use crate::invoice::Term;
use crate::job::Bilingual;

/// One rule. An id may stand in several rows, where it asks the same of several terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: &'static str,
    pub severity: Severity,
    pub terms: &'static [Term],
    pub text: Bilingual,
}

/// All rows, in the order they are applied. `LM-READ`, `LM-PROFILE` and `LM-UNDECIDED` are no rows: they say
/// that reading, choosing a profile or checking came to no end.
pub fn catalogue() -> Vec<Entry> {
    let mut entries = Vec::new();
    rows(&mut entries, document::DOCUMENT);
    rows(&mut entries, document::TOTALS);
    rows(&mut entries, codes::DOCUMENT);
    rows(&mut entries, vat::DOCUMENT);
    rows(&mut entries, codes::ADDRESS);
    rows(&mut entries, vat::BREAKDOWN);
    rows(&mut entries, codes::BREAKDOWN);
    rows(&mut entries, codes::ALLOWANCE_OR_CHARGE);
    rows(&mut entries, line::LINE);
    rows(&mut entries, codes::LINE);
    family(&mut entries, vat::LINE);
    family(&mut entries, vat::ALLOWANCE);
    family(&mut entries, vat::CHARGE);
    family(&mut entries, vat::CATEGORY);
    rows(&mut entries, national::DOCUMENT);
    rows(&mut entries, national::SELLER);
    rows(&mut entries, national::SELLER_CONTACT);
    rows(&mut entries, national::SELLER_ADDRESS);
    rows(&mut entries, national::BUYER_ADDRESS);
    rows(&mut entries, national::DELIVERY_ADDRESS);
    rows(&mut entries, national::BREAKDOWN);
    rows(&mut entries, national::PAYMENT);
    rows(&mut entries, own::DOCUMENT);
    rows(&mut entries, guessed::DOCUMENT);
    entries
}

fn rows<T>(entries: &mut Vec<Entry>, rules: &[Rule<T>]) {
    for rule in rules {
        entries.push(Entry { id: rule.id, severity: rule.severity, terms: rule.terms, text: rule.text() });
    }
}

fn family<T>(entries: &mut Vec<Entry>, rules: &[Family<T>]) {
    for category in CATEGORIES {
        for rule in rules {
            let text = rule.text(category);
            entries.push(Entry { id: rule.id(category), severity: Severity::Fatal, terms: rule.terms, text });
        }
    }
}
