//! `laufmappe validate` and `laufmappe rules` through the real binary, and the reports they rest on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use laufmappe::validate::{Recommendation, Report};

/// A report as version 0.1.0 kept it before findings had a legal class.
const FORMER: &str = r#"{"syntax":"ubl-invoice","profile":"XRechnung 3.0","rule_sets":["EN 16931 (CEN) in Auswahl 1"],
"findings":[{"id":"BR-DE-15","severity":"fatal","location":"/ubl:Invoice[1]","terms":["BT-10"],
"text":{"de":"Die Angabe „Käuferreferenz (Leitweg-ID)“ (BT-10) ist vorhanden.","en":"“Buyer reference” (BT-10) is given."},
"expected":null,"found":null}],"recommendation":"reject"}"#;

#[test]
fn reports_in_old_ledgers_are_still_readable() {
    let report: Report = serde_json::from_str(FORMER).unwrap();
    assert_eq!(report.recommendation, Recommendation::Reject);
    assert_eq!((report.fatal(), report.schema_valid), (1, None));
    assert_eq!(report.findings[0].legal_class, None);
}
