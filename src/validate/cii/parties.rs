//! EN 16931 in CII: seller, payee and tax representative, and what identifies them.

use super::questions::{has_scheme, header, is_registered};
use crate::invoice::{Name, blank, ram};
use crate::validate::codes::VAT_PREFIXES;
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{Rule, Told, fatal, fatal_told, holds, needs};

#[rustfmt::skip]
pub const SELLER: &[Rule] = &[
    fatal("BR-CO-26", |e| e.has(&[ram::ID]) || e.has(&[ram::GlobalID])
        || e.has(&[ram::SpecifiedLegalOrganization, ram::ID]) || is_registered(e, &["VA"])),
];

#[rustfmt::skip]
pub const PAYEE: &[Rule] = &[
    fatal("BR-17", |e| e.has(&[ram::Name])
        && !is_shared_with_seller(e, &[ram::Name])
        && !is_shared_with_seller(e, &[ram::ID])
        && !is_shared_with_seller(e, &[ram::SpecifiedLegalOrganization, ram::ID])),
];

#[rustfmt::skip]
pub const REPRESENTATIVE: &[Rule] = &[
    needs("BR-18", &[ram::Name]),
    needs("BR-19", &[ram::PostalTradeAddress]),
    needs("BR-20", &[ram::PostalTradeAddress, ram::CountryID]),
    fatal_told("BR-56", has_vat_number),
];

#[rustfmt::skip]
pub const VAT_NUMBER: &[Rule] = &[
    fatal("BR-CO-09", begins_with_country),
];

/// `ram:SpecifiedTaxRegistration/ram:ID` with the VAT identifier of a party.
pub fn is_vat_number(id: Element) -> bool {
    has_scheme(id, &["VA"])
}

/// The seller of the invoice has one of the payee's texts at this path.
fn is_shared_with_seller(payee: Element, path: &[Name]) -> bool {
    let mut sellers = header(payee, ram::ApplicableHeaderTradeAgreement)
        .flat_map(|agreement| agreement.kids(ram::SellerTradeParty));
    sellers
        .any(|seller| seller.down(path).any(|element| payee.down(path).any(|own| own.text() == element.text())))
}

fn has_vat_number(party: Element) -> Told {
    let path = &[ram::SpecifiedTaxRegistration, ram::ID];
    let mut numbers = party.down(path).filter(|id| is_vat_number(*id));
    let number = numbers.next();
    if numbers.next().is_some() { Err(Undecided) } else { holds(number.is_some_and(|id| !blank(id.text()))) }
}

/// The first two characters are the country of issue; Greece writes EL.
fn begins_with_country(id: Element) -> bool {
    let text = id.text();
    let prefix = text.char_indices().nth(2).map_or(text, |(end, _)| &text[..end]);
    VAT_PREFIXES.lists(prefix)
}
