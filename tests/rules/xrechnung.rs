//! The national rules of XRechnung: their cases, and which rules an identifier chooses.

mod cii;
mod ubl;

use crate::edit::{Edit, text};
use crate::{Case, edit};
use laufmappe::validate::{Edition, Report, Severity, check};

pub const UBL: &str = include_str!("../invoices/base-xrechnung-ubl.xml");
pub const CII: &str = include_str!("../invoices/base-xrechnung-cii.xml");

pub const EXTENSION: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0";
pub const VEHICLES: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9";
const STANDARD: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0";

pub fn cases() -> Vec<Case> {
    let mut cases = ubl::cases();
    cases.extend(cii::cases());
    cases
}

/// The same case by the rules that were in force before.
pub fn formerly(case: Case) -> Case {
    Case { day: Edition::January2026.from_day(), ..case }
}

const UBL_ID: &str = "cbc:CustomizationID";
pub const CII_ID: &str = "rsm:ExchangedDocumentContext/ram:GuidelineSpecifiedDocumentContextParameter/ram:ID";

fn examined(base: &str, edits: &[Edit], edition: Edition) -> Report {
    check(edit::apply(base, edits).as_bytes(), edition.from_day())
}

#[test]
fn base_documents_are_faultless() {
    for (base, id) in [(UBL, UBL_ID), (CII, CII_ID)] {
        for identifier in [STANDARD, EXTENSION] {
            for edition in Edition::ALL {
                let report = examined(base, &[text(id, identifier)], *edition);
                let faults: Vec<_> =
                    report.findings.iter().filter(|finding| finding.severity == Severity::Fatal).collect();
                assert!(faults.is_empty(), "{identifier}: {faults:?}");
            }
        }
    }
}

fn profile(base: &str, id: &'static str, identifier: &str) -> Option<String> {
    let report = examined(base, &[text(id, identifier)], Edition::LATEST);
    let known = !report.findings.iter().any(|finding| finding.id == "LM-PROFILE");
    known.then_some(report.profile).flatten()
}

#[test]
fn an_identifier_chooses_its_rules_exactly() {
    let credit_note = UBL
        .replace("<Invoice ", "<CreditNote ")
        .replace("</Invoice>", "</CreditNote>")
        .replace("Invoice-2", "CreditNote-2");
    for (identifier, name) in [
        (STANDARD, "XRechnung 3.0"),
        (EXTENSION, "XRechnung 3.0 Extension"),
        (VEHICLES, "XRechnung 3.0 CVD"),
        ("urn:cen.eu:en16931:2017", "EN 16931"),
    ] {
        assert_eq!(profile(UBL, UBL_ID, identifier).as_deref(), Some(name));
        assert_eq!(profile(CII, CII_ID, identifier).as_deref(), Some(name));
        let of_credit_note = profile(&credit_note, UBL_ID, identifier);
        assert_eq!(of_credit_note.as_deref(), Some(name).filter(|_| identifier != EXTENSION), "{identifier}");
        for other in [
            format!(" {identifier}"),
            format!("{identifier}\n"),
            identifier.to_uppercase(),
            format!("{identifier}0"),
        ] {
            assert_eq!(profile(UBL, UBL_ID, &other), None, "{other}");
            assert_eq!(profile(CII, CII_ID, &other), None, "{other}");
        }
    }
}

#[test]
fn a_comment_in_the_identifier_divides_it_except_in_invoices_of_ubl() {
    let commented = STANDARD.replace("kosit", "ko<!-- and -->sit");
    assert_eq!(profile(UBL, UBL_ID, &commented).as_deref(), Some("XRechnung 3.0"));
    assert_eq!(profile(CII, CII_ID, &commented), None);
    let plain = "urn:cen.eu:<!-- and -->en16931:2017";
    assert_eq!((profile(UBL, UBL_ID, plain), profile(CII, CII_ID, plain)), (None, None));
    let before = format!("<!-- and -->{STANDARD}");
    assert_eq!(profile(CII, CII_ID, &before).as_deref(), Some("XRechnung 3.0"));
}
