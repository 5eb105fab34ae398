//! Our own rules: check digits, readable values, known profiles. Ids begin with `LM-`.

use super::Severity;
use super::engine::{Examination, Outcome, Rule, warning};
use crate::invoice::checks::{leitweg_id, looks_like_leitweg_id};
use crate::invoice::{Invoice, Misread, Place, bt, name_of};
use crate::job::Bilingual;

#[rustfmt::skip]
pub const DOCUMENT: &[Rule<Invoice>] = &[
    warning("LM-LEITWEG", &[bt(10)],
        "Die Prüfziffern der Leitweg-ID (BT-10) stimmen. Wenn nicht: beim Absender nachfragen, welche Stelle gemeint ist.",
        "The check digits of the Leitweg-ID (BT-10) are right. If not: ask the sender which office is meant.",
        |_, invoice| match &invoice.buyer_reference {
            Some(reference) if looks_like_leitweg_id(reference) && !leitweg_id(reference) => Outcome::found(reference),
            _ => Outcome::Holds,
        }),
];

/// Every number or date that could not be read is a finding: whoever reads on would take it for absent.
pub fn misread(examination: &mut Examination, misread: &Misread) {
    let (de, en) = name_of(misread.term).unwrap_or(("Angabe", "value"));
    let text = || {
        Bilingual::new(
            format!("Die Angabe „{de}“ ({}) ist so geschrieben, dass sie gelesen werden kann.", misread.term),
            format!("“{en}” ({}) is written so that it can be read.", misread.term),
        )
    };
    let outcome = Outcome::found(&misread.found);
    examination.report("LM-READ", Severity::Fatal, &[misread.term], text, outcome, misread.place);
}

/// Without a profile nobody can say which rules the sender meant to follow.
pub fn unknown_profile(examination: &mut Examination) {
    let text = || {
        Bilingual::new(
            "Die Spezifikationskennung (BT-24) nennt ein Regelwerk, das hier geprüft werden kann (XRechnung 3.0 oder EN 16931). Bitte eine solche Rechnung anfordern.",
            "The specification identifier (BT-24) names rules that can be checked here (XRechnung 3.0 or EN 16931). Please ask for such an invoice.",
        )
    };
    let found = examination.context.invoice.specification.clone().unwrap_or_default();
    examination.report("LM-PROFILE", Severity::Fatal, &[bt(24)], text, Outcome::found(found), Place(0));
}
