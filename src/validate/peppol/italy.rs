//! Italy: the seller is there.

use super::{is_one_of, only_text, party};
use crate::invoice::Attribute::SchemeId;
use crate::invoice::{cac, cbc, ram};
use crate::validate::element::Element;
use crate::validate::engine::{Context, Told, fatal, fatal_told, holds, inside, on_if};
use crate::validate::number::{normalized_is, trim};

#[rustfmt::skip]
pub const UBL: &[Context] = &[
    on_if(&[inside(&[cac::AccountingSupplierParty, cac::Party, cac::PartyTaxScheme])], is_italian_and_not_vat, &[
        fatal_told("IT-R-001", |number| holds(is_tax_number(only_text(number, &[cbc::CompanyID])?))),
    ]),
    on_if(&[inside(&[cac::AccountingSupplierParty, cac::Party])], is_italian, &[
        fatal("IT-R-002", |seller| seller.has(&[cac::PostalAddress, cbc::StreetName])),
        fatal("IT-R-003", |seller| seller.has(&[cac::PostalAddress, cbc::CityName])),
        fatal("IT-R-004", |seller| seller.has(&[cac::PostalAddress, cbc::PostalZone])),
    ]),
];

#[rustfmt::skip]
pub const CII: &[Context] = &[
    on_if(&[inside(&[ram::SellerTradeParty, ram::SpecifiedTaxRegistration])], is_italian, &[
        fatal_told("IT-R-001", is_registered),
    ]),
    on_if(&[inside(&[ram::SellerTradeParty])], is_italian, &[
        fatal("IT-R-002", |seller| seller.has(&[ram::PostalTradeAddress, ram::LineOne])),
        fatal("IT-R-003", |seller| seller.has(&[ram::PostalTradeAddress, ram::CityName])),
        fatal("IT-R-004", |seller| seller.has(&[ram::PostalTradeAddress, ram::PostcodeCode])),
    ]),
];

fn is_italian(element: Element) -> bool {
    let country =
        if element.is_cii() { party::seller_country_cii(element) } else { party::seller_country(element) };
    party::names(country, "IT")
}

fn is_italian_and_not_vat(registration: Element) -> bool {
    is_italian(registration) && !is_one_of(registration, &[cac::TaxScheme, cbc::ID], &["VAT"])
}

/// Eleven to sixteen capital letters and digits.
fn is_tax_number(text: &str) -> bool {
    let text = trim(text);
    (11..=16).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// Only a tax registration (BT-32) is asked, not a VAT identifier.
fn is_registered(registration: Element) -> Told {
    let is_local = |id: &Element| id.attribute(SchemeId).is_some_and(|scheme| normalized_is(scheme, "FC"));
    let has_other = |id: Element| id.attribute(SchemeId).is_some() && !is_local(&id);
    if registration.kids(ram::ID).any(has_other) {
        return holds(true);
    }
    let local = super::single(registration.kids(ram::ID).filter(is_local))?;
    holds(is_tax_number(local.map_or("", Element::text)))
}
