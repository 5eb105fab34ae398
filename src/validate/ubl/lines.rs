//! EN 16931 in UBL: the lines, their allowances, charges, periods and items.

use super::questions::{has_reason, is_vat};
use crate::invoice::{Attribute, cac, cbc};
use crate::validate::Severity;
use crate::validate::element::Element;
use crate::validate::engine::{Rule, cents, fatal, fatal_told, holds, needs, never};
use crate::validate::ubl::document::ends_after_it_starts;

#[rustfmt::skip]
pub const LINE: &[Rule] = &[
    fatal_told("BR-21", |e| holds(e.speaks(&[cbc::ID])?)),
    fatal("BR-22", |e| e.has(&[cbc::InvoicedQuantity]) || e.has(&[cbc::CreditedQuantity])),
    fatal("BR-23", has_unit),
    needs("BR-24", &[cbc::LineExtensionAmount]),
    fatal_told("BR-25", |e| holds(e.speaks(&[cac::Item, cbc::Name])?)),
    needs("BR-26", &[cac::Price, cbc::PriceAmount]),
    fatal("BR-27", |e| e.down(&[cac::Price, cbc::PriceAmount]).any(|price| price.double() >= 0.0)),
    fatal("BR-28", gross_price_is_not_negative),
    fatal("BR-CO-04", has_vat_category),
    cents("BR-DEC-23", &[cbc::LineExtensionAmount]),
];

#[rustfmt::skip]
pub const ALLOWANCE: &[Rule] = &[
    needs("BR-41", &[cbc::Amount]),
    fatal("BR-42", has_reason),
    never("BR-CO-07", Severity::Fatal),
    fatal("BR-CO-23", has_reason),
    cents("BR-DEC-24", &[cbc::Amount]),
    cents("BR-DEC-25", &[cbc::BaseAmount]),
];

#[rustfmt::skip]
pub const CHARGE: &[Rule] = &[
    needs("BR-43", &[cbc::Amount]),
    fatal("BR-44", has_reason),
    never("BR-CO-08", Severity::Fatal),
    fatal("BR-CO-24", has_reason),
    cents("BR-DEC-27", &[cbc::Amount]),
    cents("BR-DEC-28", &[cbc::BaseAmount]),
];

#[rustfmt::skip]
pub const PERIOD: &[Rule] = &[
    fatal_told("BR-30", ends_after_it_starts),
    fatal("BR-CO-20", |e| e.has(&[cbc::StartDate]) || e.has(&[cbc::EndDate])),
];

#[rustfmt::skip]
pub const PROPERTY: &[Rule] = &[
    fatal("BR-54", |e| e.has(&[cbc::Name]) && e.has(&[cbc::Value])),
];

#[rustfmt::skip]
pub const CLASSIFICATION: &[Rule] = &[
    fatal("BR-65", |e| e.attribute(Attribute::ListId).is_some()),
];

#[rustfmt::skip]
pub const STANDARD_NUMBER: &[Rule] = &[
    fatal("BR-64", |e| e.attribute(Attribute::SchemeId).is_some()),
];

fn has_unit(line: Element) -> bool {
    let mut quantities = line.kids(cbc::InvoicedQuantity).chain(line.kids(cbc::CreditedQuantity));
    quantities.any(|quantity| quantity.attribute(Attribute::UnitCode).is_some())
}

/// A price without a gross price holds.
fn gross_price_is_not_negative(line: Element) -> bool {
    let mut prices = line.down(&[cac::Price, cac::AllowanceCharge, cbc::BaseAmount]).peekable();
    prices.peek().is_none() || prices.any(|price| price.double() >= 0.0)
}

fn has_vat_category(line: Element) -> bool {
    let mut categories = line.down(&[cac::Item, cac::ClassifiedTaxCategory]);
    categories.any(|category| is_vat(category) && category.has(&[cbc::ID]))
}
