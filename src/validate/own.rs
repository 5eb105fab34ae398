//! Our own rules about e-invoices: check digits, readable values, known profiles. Ids begin with `LM-`. They
//! never turn an officially accepted invoice into a refused one.

use super::{Finding, Findings, LegalClass, SPECIFICATION, Severity};
use crate::invoice::checks::{leitweg_id, looks_like_leitweg_id};
use crate::invoice::{Invoice, Misread, Place, name_of};
use crate::job::Bilingual;

/// Examines the invoice as we read it.
pub fn examine(invoice: &Invoice, findings: &mut Findings) {
    for misread in &invoice.misread {
        findings.push(unread(invoice, misread));
    }
    for row in ROWS {
        for (place, found) in (row.broken)(invoice) {
            findings.push(row.finding(invoice, place, found));
        }
    }
}

/// One rule about the model: what breaks it, and where.
pub struct Row {
    pub id: &'static str,
    pub severity: Severity,
    broken: fn(&Invoice) -> Vec<(Place, String)>,
}

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    Row { id: "LM-LEITWEG", severity: Severity::Warning, broken: |invoice| {
        let reference = invoice.buyer_reference.as_deref().unwrap_or_default();
        if looks_like_leitweg_id(reference) && !leitweg_id(reference) {
            vec![(Place(0), reference.to_owned())]
        } else {
            Vec::new()
        }
    } },
];

impl Row {
    fn finding(&self, invoice: &Invoice, place: Place, found: String) -> Finding {
        let (terms, legal_class, text) = super::wording(self.id);
        Finding {
            id: self.id.to_owned(),
            severity: self.severity,
            location: invoice.places.xpath(place),
            terms,
            legal_class: Some(legal_class),
            text,
            expected: None,
            found: Some(found),
        }
    }
}

/// A number or date that could not be read: whoever reads on would take it for absent. Where the structure is
/// checked this is the same finding in our words, so it weighs no more than a warning.
fn unread(invoice: &Invoice, misread: &Misread) -> Finding {
    let (de, en) = name_of(misread.term).unwrap_or(("Angabe", "value"));
    Finding {
        id: "LM-READ".to_owned(),
        severity: Severity::Warning,
        location: invoice.places.xpath(misread.place),
        terms: vec![misread.term],
        legal_class: Some(LegalClass::Format),
        text: Bilingual::new(
            format!("Die Angabe „{de}“ ({}) ist so geschrieben, dass sie gelesen werden kann.", misread.term),
            format!("“{en}” ({}) is written so that it can be read.", misread.term),
        ),
        expected: None,
        found: Some(misread.found.clone()),
    }
}

/// Without a profile nobody can say which rules the sender meant to follow.
pub fn unknown_profile(found: Option<String>) -> Finding {
    Finding {
        id: "LM-PROFILE".to_owned(),
        severity: Severity::Fatal,
        location: "/".to_owned(),
        terms: SPECIFICATION.to_vec(),
        legal_class: Some(LegalClass::BusinessRule),
        text: Bilingual::new(
            "Die Spezifikationskennung (BT-24) nennt ein Regelwerk, das hier geprüft werden kann (XRechnung 3.0 oder EN 16931). Bitte eine solche Rechnung anfordern.",
            "The specification identifier (BT-24) names rules that can be checked here (XRechnung 3.0 or EN 16931). Please ask for such an invoice.",
        ),
        expected: None,
        found,
    }
}

