//! Seller and buyer, and the country each of them is in.
//!
//! In: any element. Out: parties, and countries as two letters. An official test that would break off because a
//! VAT identifier is given twice goes on here with the first.

use super::super::number::{normalized_is, trim};
use crate::invoice::{Name, cac, cbc, ram};
use crate::validate::element::Element;

/// What stands before the seller. There the schema puts all that rules about single lines ask for.
pub fn head(element: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    element.root().children().take_while(|child| !child.is(cac::AccountingSupplierParty))
}

/// `cac:AccountingSupplierParty/cac:Party`.
pub fn seller(element: Element<'_>) -> Option<Element<'_>> {
    party(element, cac::AccountingSupplierParty)
}

/// `cac:AccountingCustomerParty/cac:Party`.
pub fn buyer(element: Element<'_>) -> Option<Element<'_>> {
    party(element, cac::AccountingCustomerParty)
}

fn party(element: Element<'_>, role: Name) -> Option<Element<'_>> {
    element.doc.all(role).find(|found| found.parent() == Some(element.root()))?.kid(cac::Party)
}

/// Agreement of a CII document; seller and buyer are in it.
pub fn agreement(element: Element<'_>) -> Option<Element<'_>> {
    element.doc.all(ram::ApplicableHeaderTradeAgreement).next()
}

pub fn settlement(element: Element<'_>) -> Option<Element<'_>> {
    element.doc.all(ram::ApplicableHeaderTradeSettlement).next()
}

/// Numbers of a party in a tax scheme, its name compared with blanks forgiven.
pub fn tax_numbers<'d>(party: Element<'d>, scheme: &'static str) -> impl Iterator<Item = Element<'d>> {
    let registrations = party.kids(cac::PartyTaxScheme).filter(move |registration| {
        registration.down(&[cac::TaxScheme, cbc::ID]).any(|id| normalized_is(id.text(), scheme))
    });
    registrations.flat_map(|registration| registration.kids(cbc::CompanyID))
}

/// The same, compared exactly.
pub fn vat_numbers(party: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    let registrations = party
        .kids(cac::PartyTaxScheme)
        .filter(|registration| registration.equals(&[cac::TaxScheme, cbc::ID], "VAT"));
    registrations.flat_map(|registration| registration.kids(cbc::CompanyID))
}

/// The first letters, as `substring(text, 1, count)`.
pub fn letters(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or(text, |(end, _)| &text[..end])
}

/// What follows the first letters.
pub fn after(text: &str, count: usize) -> &str {
    text.char_indices().nth(count).map_or("", |(start, _)| &text[start..])
}

const COUNTRY: &[Name] = &[cac::PostalAddress, cac::Country, cbc::IdentificationCode];
const COUNTRY_CII: &[Name] = &[ram::PostalTradeAddress, ram::CountryID];

/// Country of a party by its address, as written.
pub fn address_country<'d>(party: Option<Element<'d>>) -> &'d str {
    let Some(party) = party else { return "" };
    party.text_of(if party.is_cii() { COUNTRY_CII } else { COUNTRY }).unwrap_or_default()
}

/// The address of a party is in the country, however that is capitalised.
pub fn is_in(party: Option<Element>, country: &str) -> bool {
    trim(address_country(party)).eq_ignore_ascii_case(country)
}

pub fn are_german(element: Element) -> bool {
    is_in(seller(element), "DE") && is_in(buyer(element), "DE")
}

/// Country by VAT identifier, then by that of the tax representative, then by address.
pub fn seller_country(element: Element<'_>) -> &str {
    let representative = || {
        let found = element.doc.all(cac::TaxRepresentativeParty);
        found.into_iter().find_map(vat_country)
    };
    let by_number = seller(element).and_then(vat_country).or_else(representative);
    by_number.unwrap_or_else(|| address_country(seller(element)))
}

/// The same without the tax representative.
pub fn accounting_country(party: Option<Element<'_>>) -> &str {
    party.and_then(vat_country).unwrap_or_else(|| address_country(party))
}

/// The same in CII, where officially a scheme `VAT` is asked for, not the usual `VA`.
pub fn seller_country_cii(element: Element<'_>) -> &str {
    let Some(agreement) = agreement(element) else { return "" };
    let seller = agreement.kid(ram::SellerTradeParty);
    let representative = || agreement.kid(ram::SellerTaxRepresentativeTradeParty).and_then(vat_country_cii);
    let by_number = seller.and_then(vat_country_cii).or_else(representative);
    by_number.unwrap_or_else(|| address_country(seller))
}

fn vat_country(party: Element<'_>) -> Option<&str> {
    vat_numbers(party).map(|number| letters(number.text(), 2)).find(|country| !country.is_empty())
}

fn vat_country_cii(party: Element<'_>) -> Option<&str> {
    registered(party, "VAT").map(|number| letters(number.text(), 2)).find(|country| !country.is_empty())
}

/// Numbers of a party in CII in a tax scheme.
pub fn registered<'d>(party: Element<'d>, scheme: &'static str) -> impl Iterator<Item = Element<'d>> {
    use crate::invoice::Attribute::SchemeId;
    let numbers = party.kids(ram::SpecifiedTaxRegistration).flat_map(|registration| registration.kids(ram::ID));
    numbers.filter(move |number| number.attribute(SchemeId) == Some(scheme))
}

/// The two letters name the country, blanks around them forgiven.
pub fn names(letters: &str, country: &str) -> bool {
    trim(letters).eq_ignore_ascii_case(country)
}
