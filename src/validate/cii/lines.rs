//! EN 16931 in CII: invoice lines, what is sold, and the allowances and charges of a line.

use super::document::{ends_after_start, has_start_or_end};
use super::questions::{has_reason, is_vat};
use super::sums::sums;
use super::totals::amount_in_cents;
use crate::invoice::{Attribute, Name, blank, ram, udt};
use crate::validate::Severity::Fatal;
use crate::validate::element::Element;
use crate::validate::engine::{Rule, Told, cents, fatal, fatal_told, holds, needs, never};
use crate::validate::number::beside_zero;

#[rustfmt::skip]
pub const LINE: &[Rule] = &[
    fatal_told("BR-21", |e| holds(e.speaks(&[ram::AssociatedDocumentLineDocument, ram::LineID])?)),
    needs("BR-22", QUANTITY),
    fatal("BR-23", |e| e.down(QUANTITY).any(|quantity| quantity.attribute(Attribute::UnitCode).is_some())),
    needs("BR-24", NET),
    fatal_told("BR-25", |e| holds(e.speaks(&[ram::SpecifiedTradeProduct, ram::Name])?)),
    needs("BR-26", NET_PRICE),
    fatal("BR-27", |e| e.down(NET_PRICE).any(is_not_negative)),
    fatal("BR-28", |e| !e.has(GROSS_PRICE) || e.down(GROSS_PRICE).any(is_not_negative)),
    fatal_told("BR-64", |e| has_scheme(e, &[ram::SpecifiedTradeProduct, ram::GlobalID], Attribute::SchemeId)),
    fatal("BR-CO-04", has_category),
    // The official test asks every line about the whole invoice.
    fatal("BR-CO-18", |e| sums(e).has_row),
    cents("BR-DEC-23", NET),
];

#[rustfmt::skip]
pub const CLASSIFICATION: &[Rule] = &[
    fatal_told("BR-65", |e| has_scheme(e, &[ram::ClassCode], Attribute::ListId)),
];

#[rustfmt::skip]
pub const CHARACTERISTIC: &[Rule] = &[
    fatal("BR-54", |e| e.has(&[ram::Description]) && e.has(&[ram::Value])),
];

#[rustfmt::skip]
pub const PERIOD: &[Rule] = &[
    fatal("BR-30", ends_after_start),
    fatal("BR-CO-20", has_start_or_end),
];

#[rustfmt::skip]
pub const ALLOWANCE: &[Rule] = &[
    fatal("BR-41", |e| e.parent().is_some_and(|allowance| allowance.has(&[ram::ActualAmount]))),
    fatal("BR-42", |e| e.parent().is_some_and(has_reason)),
    never("BR-CO-07", Fatal),
    fatal("BR-CO-23", |e| e.parent().is_some_and(has_reason)),
    fatal_told("BR-DEC-24", |e| amount_in_cents(e, ram::ActualAmount)),
    fatal_told("BR-DEC-25", |e| amount_in_cents(e, ram::BasisAmount)),
];

#[rustfmt::skip]
pub const CHARGE: &[Rule] = &[
    fatal("BR-43", |e| e.parent().is_some_and(|charge| charge.has(&[ram::ActualAmount]))),
    fatal("BR-44", |e| e.parent().is_some_and(has_reason)),
    never("BR-CO-08", Fatal),
    fatal("BR-CO-24", |e| e.parent().is_some_and(has_reason)),
    fatal_told("BR-DEC-27", |e| amount_in_cents(e, ram::ActualAmount)),
    fatal_told("BR-DEC-28", |e| amount_in_cents(e, ram::BasisAmount)),
];

const QUANTITY: &[Name] = &[ram::SpecifiedLineTradeDelivery, ram::BilledQuantity];
const NET: &[Name] = &[
    ram::SpecifiedLineTradeSettlement,
    ram::SpecifiedTradeSettlementLineMonetarySummation,
    ram::LineTotalAmount,
];
const NET_PRICE: &[Name] =
    &[ram::SpecifiedLineTradeAgreement, ram::NetPriceProductTradePrice, ram::ChargeAmount];
const GROSS_PRICE: &[Name] =
    &[ram::SpecifiedLineTradeAgreement, ram::GrossPriceProductTradePrice, ram::ChargeAmount];

/// The indicator is written exactly so: here the official test compares texts, and `0` is no allowance.
pub fn says_false(indicator: Element) -> bool {
    indicator.equals(&[udt::Indicator], "false")
}

pub fn says_true(indicator: Element) -> bool {
    indicator.equals(&[udt::Indicator], "true")
}

fn is_not_negative(amount: Element) -> bool {
    beside_zero(amount.text()).is_ge()
}

/// Where there is an identifier, it says of which scheme it is.
fn has_scheme(e: Element, path: &[Name], scheme: Attribute) -> Told {
    let Some(id) = e.only(path)? else { return holds(true) };
    holds(id.attribute(scheme).is_some_and(|scheme| !blank(scheme)))
}

fn has_category(line: Element) -> bool {
    let mut taxes = line.down(&[ram::SpecifiedLineTradeSettlement, ram::ApplicableTradeTax]);
    taxes.any(|tax| is_vat(tax) && tax.has(&[ram::CategoryCode]))
}
