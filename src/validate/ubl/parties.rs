//! EN 16931 in UBL: seller, buyer, payee and tax representative, and what identifies them.

use super::questions::is_vat;
use crate::invoice::{Attribute, Name, cac, cbc};
use crate::validate::Edition;
use crate::validate::codes::VAT_PREFIXES;
use crate::validate::element::Element;
use crate::validate::engine::{Rule, fatal, fatal_told, holds, needs};
use std::collections::HashSet;

#[rustfmt::skip]
pub const SELLER: &[Rule] = &[
    fatal("BR-CO-26", |e| has_vat_number(e, &[cac::Party, cac::PartyTaxScheme])
        || e.has(&[cac::Party, cac::PartyIdentification, cbc::ID])
        || e.has(&[cac::Party, cac::PartyLegalEntity, cbc::CompanyID])),
];

#[rustfmt::skip]
pub const SELLER_ENDPOINT: &[Rule] = &[
    fatal("BR-62", |e| e.attribute(Attribute::SchemeId).is_some()),
];

#[rustfmt::skip]
pub const SELLER_ADDRESS: &[Rule] = &[
    fatal_told("BR-09", |e| holds(e.speaks(COUNTRY)?)),
];

#[rustfmt::skip]
pub const BUYER_ENDPOINT: &[Rule] = &[
    fatal("BR-63", |e| e.attribute(Attribute::SchemeId).is_some()),
];

#[rustfmt::skip]
pub const BUYER_ADDRESS: &[Rule] = &[
    fatal_told("BR-11", |e| holds(e.speaks(COUNTRY)?)),
];

#[rustfmt::skip]
pub const DELIVERY_ADDRESS: &[Rule] = &[
    needs("BR-57", COUNTRY),
];

#[rustfmt::skip]
pub const PAYEE: &[Rule] = &[
    fatal("BR-17", |e| e.has(&[cac::PartyName, cbc::Name])
        && !is_shared_with_seller(e, &[cac::PartyName, cbc::Name])
        && !is_shared_with_seller(e, &[cac::PartyIdentification, cbc::ID])),
];

#[rustfmt::skip]
pub const REPRESENTATIVE: &[Rule] = &[
    fatal_told("BR-18", |e| holds(e.speaks(&[cac::PartyName, cbc::Name])?)),
    needs("BR-19", &[cac::PostalAddress]),
    fatal("BR-56", |e| has_vat_number(e, &[cac::PartyTaxScheme])),
];

#[rustfmt::skip]
pub const REPRESENTATIVE_ADDRESS: &[Rule] = &[
    fatal_told("BR-20", |e| holds(e.speaks(COUNTRY)?)),
];

#[rustfmt::skip]
pub const VAT_NUMBER: &[Rule] = &[
    fatal_told("BR-CO-09", |e| holds(e.only(&[cbc::CompanyID])?.is_none_or(|id| begins_with_country(id.text())))),
];

const COUNTRY: &[Name] = &[cac::Country, cbc::IdentificationCode];

/// A registration for VAT at the end of the path has a number.
fn has_vat_number(e: Element, registration: &[Name]) -> bool {
    e.down(registration).any(|registered| is_vat(registered) && registered.has(&[cbc::CompanyID]))
}

/// The seller has one of the payee's texts at this path.
fn is_shared_with_seller(payee: Element, path: &[Name]) -> bool {
    let Some(root) = payee.parent() else { return false };
    let own: HashSet<&str> = payee.down(path).map(Element::text).collect();
    let mut sellers = root.down(&[cac::AccountingSupplierParty, cac::Party]);
    sellers.any(|seller| seller.down(path).any(|element| own.contains(element.text())))
}

/// The official test looks for the first two characters in a list that is one text with blanks between its
/// codes. So it also finds nothing at all, a single letter, and a letter beside a blank.
fn begins_with_country(number: &str) -> bool {
    let end = number.char_indices().nth(2).map_or(number.len(), |(end, _)| end);
    let prefix = &number[..end];
    match prefix.as_bytes() {
        [] | [b' ' | b'1' | b'A'..=b'Z'] | [b' ', b'1' | b'A'..=b'Z'] | [b'A'..=b'Z', b' '] => true,
        _ => VAT_PREFIXES.has_exactly(Edition::LATEST, prefix),
    }
}

/// The seller has a number for VAT or for another tax.
pub fn seller_is_registered(e: Element) -> bool {
    let number = &[cac::Party, cac::PartyTaxScheme, cbc::CompanyID];
    e.doc.all(cac::AccountingSupplierParty).any(|seller| seller.has(number))
}

pub fn seller_has_vat_number(e: Element) -> bool {
    let mut sellers = e.doc.all(cac::AccountingSupplierParty);
    sellers.any(|seller| has_vat_number(seller, &[cac::Party, cac::PartyTaxScheme]))
}

pub fn representative_has_vat_number(e: Element) -> bool {
    e.doc.all(cac::TaxRepresentativeParty).any(|party| has_vat_number(party, &[cac::PartyTaxScheme]))
}

pub fn buyer_has_vat_number(e: Element) -> bool {
    let mut buyers = e.doc.all(cac::AccountingCustomerParty);
    buyers.any(|buyer| has_vat_number(buyer, &[cac::Party, cac::PartyTaxScheme]))
}

pub fn buyer_has_register_number(e: Element) -> bool {
    let number = &[cac::Party, cac::PartyLegalEntity, cbc::CompanyID];
    e.doc.all(cac::AccountingCustomerParty).any(|buyer| buyer.has(number))
}
