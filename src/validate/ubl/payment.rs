//! EN 16931 in UBL: how the invoice is to be paid.

use crate::invoice::{cac, cbc};
use crate::validate::Edition;
use crate::validate::element::Element;
use crate::validate::engine::{Rule, fatal, fatal_told, holds, needs, only, warning};
use crate::validate::number::normalize;
use crate::validate::ubl::questions::somewhere;

#[rustfmt::skip]
pub const AMOUNT_DUE: &[Rule] = &[
    only(Edition::January2026, fatal("BR-CO-25", says_when_to_pay)),
];

#[rustfmt::skip]
pub const CARD_NUMBER: &[Rule] = &[
    warning("BR-51", |e| normalize(e.text()).chars().count() <= 10),
];

#[rustfmt::skip]
pub const ACCOUNT: &[Rule] = &[
    fatal_told("BR-50", |e| holds(e.speaks(&[cbc::ID])?)),
];

#[rustfmt::skip]
pub const MEANS: &[Rule] = &[
    needs("BR-49", &[cbc::PaymentMeansCode]),
    fatal("BR-61", |e| !is_transfer(e) || e.has(&[cac::PayeeFinancialAccount, cbc::ID])),
];

/// A transfer, asked without regard to blanks around the code.
fn is_transfer(means: Element) -> bool {
    means.text_of(&[cbc::PaymentMeansCode]).is_some_and(|code| matches!(normalize(code).as_str(), "30" | "58"))
}

/// A transfer, asked exactly.
pub fn is_exactly_transfer(account: Element) -> bool {
    let Some(means) = account.parent() else { return false };
    means.equals(&[cbc::PaymentMeansCode], "30") || means.equals(&[cbc::PaymentMeansCode], "58")
}

/// The day or the terms may stand anywhere in the document.
fn says_when_to_pay(due: Element) -> bool {
    let amount = due.double();
    let terms = || somewhere(due, cac::PaymentTerms, &[cbc::Note]);
    amount <= 0.0 || amount > 0.0 && (due.doc.all(cbc::DueDate).next().is_some() || terms())
}
