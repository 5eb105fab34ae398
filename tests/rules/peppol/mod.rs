//! Peppol BIS Billing 3: a breaking and a holding case for every rule.

mod cii;
mod countries;
mod countries_cii;
mod germany;
mod ubl;

use crate::edit::{Edit, attribute, text};
use crate::{Case, case};

const UBL: &str = include_str!("../../invoices/base-peppol-ubl.xml");
const CREDIT_NOTE: &str = include_str!("../../invoices/base-peppol-credit-note.xml");
const CII: &str = include_str!("../../invoices/base-peppol-cii.xml");

pub fn cases() -> Vec<Case> {
    let mut cases = ubl::cases();
    cases.extend(germany::cases());
    cases.extend(countries::cases());
    cases.extend(cii::cases());
    cases.extend(countries_cii::cases());
    cases
}

fn on_ubl(id: &'static str, breaks: Vec<Edit>, holds: Vec<Edit>) -> Case {
    case("peppol-ubl", UBL, id, breaks, holds)
}

fn on_credit_note(id: &'static str, breaks: Vec<Edit>, holds: Vec<Edit>) -> Case {
    case("peppol-ubl", CREDIT_NOTE, id, breaks, holds)
}

fn on_cii(id: &'static str, breaks: Vec<Edit>, holds: Vec<Edit>) -> Case {
    case("peppol-cii", CII, id, breaks, holds)
}

/// One text, wrong and right.
fn ubl_text(id: &'static str, path: &'static str, breaks: &str, holds: &str) -> Case {
    on_ubl(id, vec![text(path, breaks)], vec![text(path, holds)])
}

fn cii_text(id: &'static str, path: &'static str, breaks: &str, holds: &str) -> Case {
    on_cii(id, vec![text(path, breaks)], vec![text(path, holds)])
}

fn ubl_attribute(
    id: &'static str,
    path: &'static str,
    name: &'static str,
    breaks: &'static str,
    holds: &'static str,
) -> Case {
    on_ubl(id, vec![attribute(path, name, breaks)], vec![attribute(path, name, holds)])
}

fn cii_attribute(
    id: &'static str,
    path: &'static str,
    name: &'static str,
    breaks: &'static str,
    holds: &'static str,
) -> Case {
    on_cii(id, vec![attribute(path, name, breaks)], vec![attribute(path, name, holds)])
}

/// An identifier of the scheme, wrong and right.
fn identifier(
    on: fn(&'static str, Vec<Edit>, Vec<Edit>) -> Case,
    path: &'static str,
    id: &'static str,
    scheme: &'static str,
    breaks: &str,
    holds: &str,
) -> Case {
    on(
        id,
        vec![attribute(path, "schemeID", scheme), text(path, breaks)],
        vec![attribute(path, "schemeID", scheme), text(path, holds)],
    )
}

/// What a country needs first, in both cases.
fn prepared(edits: Vec<Edit>, case: Case) -> Case {
    let after = |own: Vec<Edit>| edits.iter().cloned().chain(own).collect();
    Case { breaks: after(case.breaks), holds: after(case.holds), ..case }
}

fn all_prepared(edits: &[Edit], cases: Vec<Case>) -> Vec<Case> {
    cases.into_iter().map(|case| prepared(edits.to_vec(), case)).collect()
}

/// A path that lives as long as the tests.
fn below(path: &str, rest: &str) -> &'static str {
    format!("{path}/{rest}").leak()
}
