//! Greece: the seller is there, and for two rules the buyer, too.

use super::super::number::{decimal, double, trim};
use super::identifiers::{is_greek, is_of};
use super::{only_text, party, single};
use crate::invoice::{blank, cac, cbc, cn, inv};
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{Context, Told, fatal, fatal_told, from, holds, inside, on_if, warning};
use rust_decimal::Decimal;

#[rustfmt::skip]
pub const SENDER: &[Context] = &[
    on_if(&[from(&[inv::Invoice, cbc::ID]), from(&[cn::CreditNote, cbc::ID])], is_from_greece, &[
        fatal("GR-R-001-1", |id| !id.text().is_empty() && id.text().split('|').count() == 6),
        fatal("GR-R-001-2", |id| is_tax_number_of_seller(id, segment(id, 0))),
        fatal("GR-R-001-3", |id| is_issue_date(id, segment(id, 1))),
        fatal_told("GR-R-001-4", |id| is_positive_integer(segment(id, 2))),
        fatal("GR-R-001-5", |id| DOCUMENT_TYPES.contains(&segment(id, 3))),
        fatal("GR-R-001-6", |id| !segment(id, 4).is_empty()),
        fatal("GR-R-001-7", |id| !segment(id, 5).is_empty()),
    ]),
    on_if(&[inside(&[cac::AccountingSupplierParty, cac::Party])], is_from_greece, &[
        fatal_told("GR-R-002", |seller| holds(!only_text(seller, &[cac::PartyName, cbc::Name])?.is_empty())),
        warning("GR-S-011", has_vat_number),
    ]),
    on_if(&[inside(&[cac::AccountingSupplierParty, cac::Party, cac::PartyTaxScheme, cbc::CompanyID])], is_vat_number, &[
        fatal("GR-R-003", |number| is_greek_vat(number.text())),
    ]),
    on_if(&[from(&[inv::Invoice]), from(&[cn::CreditNote])], has_seat_in_greece, &[
        fatal("GR-R-004-1", |invoice| documents(invoice, MARK) == 1),
        warning("GR-S-008-1", |invoice| documents(invoice, URL) == 1),
        fatal("GR-R-008-2", |invoice| documents(invoice, URL) <= 1),
    ]),
    on_if(&[inside(&[cac::AdditionalDocumentReference, cbc::ID])], is_mark, &[
        fatal("GR-R-004-2", |mark| mark.text().starts_with(|first: char| matches!(first, '1'..='9'))),
    ]),
    on_if(&[inside(&[cac::AdditionalDocumentReference])], is_url, &[
        fatal_told("GR-R-008-3", |url| {
            holds(!blank(only_text(url, &[cac::Attachment, cac::ExternalReference, cbc::URI])?))
        }),
    ]),
    on_if(&[inside(&[cac::AccountingCustomerParty, cac::Party])], is_from_greece, &[
        fatal_told("GR-R-005", |buyer| holds(!only_text(buyer, &[cac::PartyName, cbc::Name])?.is_empty())),
    ]),
    on_if(&[inside(&[cac::AccountingSupplierParty, cac::Party, cbc::EndpointID])], is_of_greek_seller, &[
        fatal("GR-R-009", |id| is_of(id, "9933") && is_greek(id.text())),
    ]),
];

#[rustfmt::skip]
pub const BOTH: &[Context] = &[
    on_if(&[inside(&[cac::AccountingCustomerParty, cac::Party])], are_greek, &[
        fatal("GR-R-006", has_vat_number),
    ]),
    on_if(&[inside(&[cac::AccountingCustomerParty, cac::Party, cbc::EndpointID])], are_greek, &[
        fatal("GR-R-010", |id| is_of(id, "9933") && is_greek(id.text())),
    ]),
];

const DOCUMENT_TYPES: &[&str] = &["1.1", "1.6", "2.1", "2.4", "5.1", "5.2"];
/// Descriptions of the registration number of the tax authority, and of the address to verify an invoice.
const MARK: &str = "##M.AR.K##";
const URL: &str = "##INVOICE|URL##";

fn names_greece(country: &str) -> bool {
    party::names(country, "GR") || party::names(country, "EL")
}

fn is_from_greece(element: Element) -> bool {
    names_greece(party::seller_country(element))
}

fn are_greek(element: Element) -> bool {
    is_from_greece(element) && names_greece(party::accounting_country(party::buyer(element)))
}

fn has_seat_in_greece(element: Element) -> bool {
    party::address_country(party::seller(element)) == "GR" && is_from_greece(element)
}

fn is_of_greek_seller(id: Element) -> bool {
    names_greece(party::accounting_country(party::seller(id)))
}

/// Segments of an invoice number stand between bars; a missing one is empty.
fn segment(id: Element<'_>, number: usize) -> &str {
    id.text().split('|').nth(number).unwrap_or_default()
}

/// The tax number of the seller, or of its tax representative.
fn is_tax_number_of_seller(id: Element, segment: &str) -> bool {
    let is_same = |number: Element| party::letters(party::after(number.text(), 2), 9) == segment;
    let mut representatives = id.doc.all(cac::TaxRepresentativeParty);
    trim(segment).chars().count() == 9
        && is_greek(segment)
        && (party::seller(id).is_some_and(|seller| party::vat_numbers(seller).any(is_same))
            || representatives.any(|party| party::vat_numbers(party).any(is_same)))
}

/// The day of issue as `02/11/2026`.
fn is_issue_date(id: Element, segment: &str) -> bool {
    let issued = id.root().text_of(&[cbc::IssueDate]).unwrap_or_default();
    let mut issued = issued.split('-');
    let (year, month, day) = (issued.next(), issued.next(), issued.next());
    let mut given = segment.split('/');
    let same = given.next() == day && given.next() == month && given.next() == year;
    let two = |text: Option<&str>| text.is_some_and(|text| super::is_digits(text, 2));
    let century = year.is_some_and(|year| year.starts_with("19") || year.starts_with("20"));
    same && two(day) && two(month) && century
}

fn is_positive_integer(segment: &str) -> Told {
    if blank(segment) || double(segment).is_nan() {
        return holds(false);
    }
    if !super::is_integer(segment) {
        return Err(Undecided);
    }
    holds(decimal(segment).is_some_and(|number| number >= Decimal::ZERO))
}

/// Exactly one VAT identifier, and it is Greek.
fn has_vat_number(party: Element) -> bool {
    let number = single(party::tax_numbers(party, "VAT"));
    number.is_ok_and(|number| number.is_some_and(|number| is_greek_vat(number.text())))
}

fn is_vat_number(number: Element) -> bool {
    let registration = number.parent();
    let is_vat = |registration: Element| super::is_one_of(registration, &[cac::TaxScheme, cbc::ID], &["VAT"]);
    registration.is_some_and(is_vat) && is_from_greece(number)
}

fn is_greek_vat(number: &str) -> bool {
    party::letters(number, 2) == "EL" && is_greek(party::after(number, 2))
}

fn documents(invoice: Element, description: &str) -> usize {
    let documents = invoice.kids(cac::AdditionalDocumentReference);
    documents.filter(|document| document.equals(&[cbc::DocumentDescription], description)).count()
}

fn is_mark(id: Element) -> bool {
    let is_mark = |document: Element| document.equals(&[cbc::DocumentDescription], MARK);
    id.parent().is_some_and(is_mark) && has_seat_in_greece(id)
}

fn is_url(document: Element) -> bool {
    document.equals(&[cbc::DocumentDescription], URL) && is_from_greece(document)
}
