//! EN 16931 in UBL: the totals, and the allowances and charges on the whole invoice.

use super::questions::{has_reason, is_allowance, is_charge, is_vat, minus, plus, sum};
use crate::invoice::{Name, cac, cbc};
use crate::validate::Severity;
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{Rule, Told, cents, compare, equal, fatal, fatal_told, holds, needs, never};
use crate::validate::number::round2;
use rust_decimal::Decimal;

#[rustfmt::skip]
pub const TOTALS: &[Rule] = &[
    needs("BR-12", &[cbc::LineExtensionAmount]),
    needs("BR-13", &[cbc::TaxExclusiveAmount]),
    needs("BR-14", &[cbc::TaxInclusiveAmount]),
    needs("BR-15", &[cbc::PayableAmount]),
    fatal_told("BR-CO-10", lines_add_up),
    fatal_told("BR-CO-11", |e| add_up(e, is_allowance, cbc::AllowanceTotalAmount)),
    fatal_told("BR-CO-12", |e| add_up(e, is_charge, cbc::ChargeTotalAmount)),
    fatal_told("BR-CO-13", without_vat),
    fatal_told("BR-CO-16", due),
    cents("BR-DEC-09", &[cbc::LineExtensionAmount]),
    cents("BR-DEC-10", &[cbc::AllowanceTotalAmount]),
    cents("BR-DEC-11", &[cbc::ChargeTotalAmount]),
    cents("BR-DEC-12", &[cbc::TaxExclusiveAmount]),
    cents("BR-DEC-14", &[cbc::TaxInclusiveAmount]),
    cents("BR-DEC-16", &[cbc::PrepaidAmount]),
    cents("BR-DEC-17", &[cbc::PayableRoundingAmount]),
    cents("BR-DEC-18", &[cbc::PayableAmount]),
];

#[rustfmt::skip]
pub const ALLOWANCE: &[Rule] = &[
    needs("BR-31", &[cbc::Amount]),
    fatal("BR-32", has_vat_category),
    fatal("BR-33", has_reason),
    never("BR-CO-05", Severity::Fatal),
    fatal("BR-CO-21", has_reason),
    cents("BR-DEC-01", &[cbc::Amount]),
    cents("BR-DEC-02", &[cbc::BaseAmount]),
];

#[rustfmt::skip]
pub const CHARGE: &[Rule] = &[
    needs("BR-36", &[cbc::Amount]),
    fatal("BR-37", has_vat_category),
    fatal("BR-38", has_reason),
    never("BR-CO-06", Severity::Fatal),
    fatal("BR-CO-22", has_reason),
    cents("BR-DEC-05", &[cbc::Amount]),
    cents("BR-DEC-06", &[cbc::BaseAmount]),
];

fn has_vat_category(e: Element) -> bool {
    e.kids(cac::TaxCategory).any(|category| is_vat(category) && category.has(&[cbc::ID]))
}

fn lines_add_up(totals: Element) -> Told {
    let doc = totals.doc;
    let lines = doc.all(cac::InvoiceLine).chain(doc.all(cac::CreditNoteLine));
    let expected = round2(sum(lines, cbc::LineExtensionAmount)?);
    equal(Some(expected), totals.number(&[cbc::LineExtensionAmount])?)
}

/// No total is right where there is nothing to add up.
fn add_up(totals: Element, is_part: fn(Element) -> bool, total: Name) -> Told {
    let parts =
        || totals.parent().into_iter().flat_map(|root| root.kids(cac::AllowanceCharge)).filter(|e| is_part(*e));
    let found = totals.number(&[total])?;
    if found.is_none() && parts().next().is_none() {
        return holds(true);
    }
    equal(Some(round2(sum(parts(), cbc::Amount)?)), found)
}

/// Without allowances and charges the official test compares unrounded. A missing side is broken.
fn without_vat(totals: Element) -> Told {
    let found = totals.number(&[cbc::TaxExclusiveAmount])?;
    let Some(lines) = totals.number(&[cbc::LineExtensionAmount])? else { return equal(None, found) };
    let charges = totals.number(&[cbc::ChargeTotalAmount])?;
    let allowances = totals.number(&[cbc::AllowanceTotalAmount])?;
    if charges.is_none() && allowances.is_none() {
        return equal(Some(lines), found);
    }
    let with_charges = plus(lines, charges.unwrap_or_default())?;
    equal(Some(round2(minus(with_charges, allowances.unwrap_or_default())?)), found)
}

/// What is rounded depends on what is given, as in the official test.
fn due(totals: Element) -> Told {
    let found = totals.number(&[cbc::PayableAmount])?;
    let Some(with_vat) = totals.number(&[cbc::TaxInclusiveAmount])? else { return equal(None, found) };
    let open = match totals.number(&[cbc::PrepaidAmount])? {
        Some(paid) => round2(minus(with_vat, paid)?),
        None => with_vat,
    };
    let Some(rounding) = totals.number(&[cbc::PayableRoundingAmount])? else { return equal(Some(open), found) };
    if let Some(due) = found
        && round2(minus(due, rounding)?) == open
    {
        return holds(true);
    }
    compare(Some(plus(open, rounding)?), found, |_, _| false)
}

/// The total with VAT is the total without plus the VAT in the currency of the invoice, of which there is
/// exactly one total.
pub fn with_vat(root: Element) -> Told {
    let Some(currency) = root.only(&[cbc::DocumentCurrencyCode])? else { return holds(true) };
    let mut taxes = root.down(&[cac::TaxTotal, cbc::TaxAmount]).filter(|tax| is_in(*tax, currency.text()));
    let (Some(tax), None) = (taxes.next(), taxes.next()) else { return holds(false) };
    let found = root.number(&[cac::LegalMonetaryTotal, cbc::TaxInclusiveAmount])?;
    let without_vat = root.number(&[cac::LegalMonetaryTotal, cbc::TaxExclusiveAmount])?;
    let expected = without_vat.map(|without| with_tax(without, tax)).transpose()?;
    equal(expected, found)
}

fn with_tax(without_vat: Decimal, tax: Element) -> Result<Decimal, Undecided> {
    Ok(round2(plus(without_vat, tax.decimal()?)?))
}

/// The amount is in this currency, as written.
pub fn is_in(amount: Element, currency: &str) -> bool {
    amount.attribute(crate::invoice::Attribute::CurrencyId) == Some(currency)
}
