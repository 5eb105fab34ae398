//! EN 16931 in CII: how the invoice is to be paid.

use crate::invoice::ram;
use crate::validate::Edition::{August2026, January2026};
use crate::validate::Severity::Fatal;
use crate::validate::element::Element;
use crate::validate::engine::{Rule, fatal, fatal_told, holds, needs, never, only};

#[rustfmt::skip]
pub const CARD: &[Rule] = &[
    fatal_told("BR-51", |e| holds(e.only(&[ram::ID])?.is_none_or(|id| id.text().chars().count() <= 10))),
];

#[rustfmt::skip]
pub const ACCOUNT: &[Rule] = &[
    only(January2026, fatal("BR-50", has_account_number)),
    only(August2026, fatal_told("BR-50", |e| holds(e.speaks(&[ram::IBANID])? || e.speaks(&[ram::ProprietaryID])?))),
    fatal("BR-61", has_account_number),
];

#[rustfmt::skip]
pub const MEANS: &[Rule] = &[
    needs("BR-49", &[ram::TypeCode]),
    only(January2026, never("BR-CO-27", Fatal)),
];

/// The account of a credit transfer, SEPA (58) or not (30).
pub fn is_of_transfer(account: Element) -> bool {
    account
        .parent()
        .is_some_and(|means| means.kids(ram::TypeCode).any(|code| matches!(code.text(), "30" | "58")))
}

fn has_account_number(account: Element) -> bool {
    account.has(&[ram::IBANID]) || account.has(&[ram::ProprietaryID])
}
