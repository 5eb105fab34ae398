//! EN 16931 in CII: the totals of the invoice, and its allowances and charges.

use super::questions::{has_reason, in_settlement, is_in_currency, is_vat};
use super::sums::{Added, Sums, sums};
use crate::invoice::{Name, ram};
use crate::validate::Severity::Fatal;
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{
    Broken, Outcome, Rule, Told, cents, equal, fatal, fatal_told, holds, needs, never,
};
use crate::validate::number::{
    cents_of_double, decimals_as_written, is_double, round_double, round2, round2_double,
};
use rust_decimal::Decimal;

#[rustfmt::skip]
pub const ALLOWANCE: &[Rule] = &[
    fatal("BR-31", |e| e.parent().is_some_and(|allowance| allowance.has(&[ram::ActualAmount]))),
    fatal("BR-32", |e| e.parent().is_some_and(has_category)),
    fatal("BR-33", |e| e.parent().is_some_and(has_reason)),
    never("BR-CO-05", Fatal),
    fatal("BR-CO-21", |e| e.parent().is_some_and(has_reason)),
    fatal_told("BR-DEC-01", |e| amount_in_cents(e, ram::ActualAmount)),
    fatal_told("BR-DEC-02", |e| amount_in_cents(e, ram::BasisAmount)),
];

#[rustfmt::skip]
pub const CHARGE: &[Rule] = &[
    fatal("BR-36", |e| e.parent().is_some_and(|charge| charge.has(&[ram::ActualAmount]))),
    fatal("BR-37", |e| e.parent().is_some_and(has_category)),
    fatal("BR-38", |e| e.parent().is_some_and(has_reason)),
    never("BR-CO-06", Fatal),
    fatal("BR-CO-22", |e| e.parent().is_some_and(has_reason)),
    fatal_told("BR-DEC-05", |e| amount_in_cents(e, ram::ActualAmount)),
    fatal_told("BR-DEC-06", |e| amount_in_cents(e, ram::BasisAmount)),
];

#[rustfmt::skip]
pub const TOTALS: &[Rule] = &[
    needs("BR-12", &[ram::LineTotalAmount]),
    needs("BR-13", &[ram::TaxBasisTotalAmount]),
    needs("BR-14", &[ram::GrandTotalAmount]),
    needs("BR-15", &[ram::DuePayableAmount]),
    fatal("BR-53", has_tax_in_accounting_currency),
    fatal_told("BR-CO-10", |e| equal(lines_in_cents(sums(e))?, e.number(&[ram::LineTotalAmount])?)),
    fatal_told("BR-CO-11", |e| adds_up(e, &sums(e).allowances, ram::AllowanceTotalAmount)),
    fatal_told("BR-CO-12", |e| adds_up(e, &sums(e).charges, ram::ChargeTotalAmount)),
    fatal_told("BR-CO-13", total_without_vat),
    fatal_told("BR-CO-16", amount_due),
    cents("BR-DEC-09", &[ram::LineTotalAmount]),
    cents("BR-DEC-10", &[ram::AllowanceTotalAmount]),
    cents("BR-DEC-11", &[ram::ChargeTotalAmount]),
    cents("BR-DEC-12", &[ram::TaxBasisTotalAmount]),
    cents("BR-DEC-14", &[ram::GrandTotalAmount]),
    fatal_told("BR-DEC-13", tax_in_cents),
    fatal_told("BR-DEC-15", accounting_tax_in_cents),
    cents("BR-DEC-16", &[ram::TotalPrepaidAmount]),
    cents("BR-DEC-17", &[ram::RoundingAmount]),
    cents("BR-DEC-18", &[ram::DuePayableAmount]),
];

#[rustfmt::skip]
pub const TAX_TOTAL: &[Rule] = &[
    fatal_told("BR-CO-14", |e| {
        let expected = sums(e).tax.map(round2_double);
        holds_or_tells(is_double(e.text(), expected), expected.unwrap_or_default(), Some(e))
    }),
];

const CURRENCY: &[Name] = &[ram::InvoiceCurrencyCode];
const ACCOUNTING_CURRENCY: &[Name] = &[ram::TaxCurrencyCode];

/// A total tax in the currency of the invoice, not in that of the accounts.
pub fn is_in_invoice_currency(tax: Element) -> bool {
    is_in_currency(tax, CURRENCY)
}

/// An amount beside the indicator of an allowance or charge has at most two decimals, as written.
pub fn amount_in_cents(indicator: Element, amount: Name) -> Told {
    let Some(parent) = indicator.parent() else { return holds(true) };
    match parent.only(&[amount])? {
        Some(amount) if decimals_as_written(amount.text()) > 2 => Ok(Outcome::found(amount.text())),
        _ => holds(true),
    }
}

fn has_category(e: Element) -> bool {
    e.kids(ram::CategoryTradeTax).any(|tax| is_vat(tax) && tax.has(&[ram::CategoryCode]))
}

/// Tells an amount that the official test computes in doubles.
pub fn holds_or_tells(is_right: bool, expected: f64, found: Option<Element>) -> Told {
    if is_right {
        return holds(true);
    }
    let found = found.map(|found| found.text().to_owned());
    Ok(Outcome::Broken(Broken { expected: Some(format!("{expected:.2}")), found }))
}

fn has_tax_in_accounting_currency(e: Element) -> bool {
    let mut currencies = in_settlement(e, ACCOUNTING_CURRENCY).peekable();
    if currencies.peek().is_none() {
        return true;
    }
    let is_that_of_invoice =
        currencies.any(|code| in_settlement(e, CURRENCY).any(|invoice| invoice.text() == code.text()));
    !is_that_of_invoice && e.kids(ram::TaxTotalAmount).any(|tax| is_in_currency(tax, ACCOUNTING_CURRENCY))
}

/// The lines are added in doubles, the sum then rounded by its exact value.
fn lines_in_cents(sums: &Sums) -> Result<Option<Decimal>, Undecided> {
    cents_of_double(sums.lines).ok_or(Undecided).map(Some)
}

/// The total of the allowances or charges; where there are none, there may be none.
fn adds_up(e: Element, added: &Added, total: Name) -> Told {
    if !added.is_there && !e.has(&[total]) {
        return holds(true);
    }
    let expected = added.sum.map(round2_double);
    let is_right = e.kids(total).any(|total| is_double(total.text(), expected));
    holds_or_tells(is_right, expected.unwrap_or_default(), e.kid(total))
}

fn total_without_vat(e: Element) -> Told {
    let lines = e.number(&[ram::LineTotalAmount])?;
    let allowances = e.number(&[ram::AllowanceTotalAmount])?.unwrap_or_default();
    let charges = e.number(&[ram::ChargeTotalAmount])?.unwrap_or_default();
    let sum = |lines: Decimal| {
        lines.checked_sub(allowances).and_then(|sum| sum.checked_add(charges)).ok_or(Undecided)
    };
    let expected = lines.map(sum).transpose()?;
    equal(expected.map(round2), e.number(&[ram::TaxBasisTotalAmount])?)
}

fn amount_due(e: Element) -> Told {
    let grand = e.number(&[ram::GrandTotalAmount])?;
    let prepaid = e.number(&[ram::TotalPrepaidAmount])?.unwrap_or_default();
    let rounding = e.number(&[ram::RoundingAmount])?.unwrap_or_default();
    let due =
        |grand: Decimal| grand.checked_sub(prepaid).and_then(|due| due.checked_add(rounding)).ok_or(Undecided);
    equal(grand.map(due).transpose()?, e.number(&[ram::DuePayableAmount])?)
}

/// The official test counts by value, not as written, and passes where one of several totals is right.
fn tax_in_cents(e: Element) -> Told {
    one_tax_is(e, |tax| !is_in_currency(tax, CURRENCY) || is_whole_cents(tax))
}

fn accounting_tax_in_cents(e: Element) -> Told {
    let has_currency = in_settlement(e, ACCOUNTING_CURRENCY).next().is_some();
    one_tax_is(e, |tax| !has_currency || (is_in_currency(tax, ACCOUNTING_CURRENCY) && is_whole_cents(tax)))
}

fn one_tax_is(e: Element, is_right: impl Fn(Element) -> bool) -> Told {
    match e.kid(ram::TaxTotalAmount) {
        Some(first) if !e.kids(ram::TaxTotalAmount).any(is_right) => Ok(Outcome::found(first.text())),
        _ => holds(true),
    }
}

fn is_whole_cents(tax: Element) -> bool {
    is_double(tax.text(), Some(round_double(tax.double() * 100.0) / 100.0))
}
