//! Iceland: the seller is there, and for two rules the buyer, too.

use super::{is_day, is_one_of, normalized_length, party, single};
use crate::invoice::Attribute::SchemeId;
use crate::invoice::{Name, cac, cbc, cn, inv};
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{Context, fatal, fatal_told, holds, inside, on_if, warning};

#[rustfmt::skip]
pub const UBL: &[Context] = &[
    on_if(&[inside(&[inv::Invoice]), inside(&[cn::CreditNote])], is_from_iceland, &[
        warning("IS-R-001", |invoice| {
            let types = &["380", "381"];
            is_one_of(invoice, &[cbc::InvoiceTypeCode], types) || is_one_of(invoice, &[cbc::CreditNoteTypeCode], types)
        }),
        fatal("IS-R-002", |invoice| {
            let number: &[Name] = &[cac::AccountingSupplierParty, cac::Party, cac::PartyLegalEntity, cbc::CompanyID];
            invoice.down(number).any(is_kennitala)
        }),
        fatal("IS-R-003", |invoice| {
            let address: &[Name] = &[cac::AccountingSupplierParty, cac::Party, cac::PostalAddress];
            has_street_and_zone(invoice, address)
        }),
        fatal_told("IS-R-006", |invoice| holds(has_account_of_twelve(invoice, "9")?)),
        fatal_told("IS-R-007", |invoice| holds(has_account_of_twelve(invoice, "42")?)),
        fatal_told("IS-R-008", |invoice| {
            let Some(deadline) = single(deadlines(invoice))? else { return holds(!has_deadline(invoice)) };
            holds(deadline.text().chars().count() == 10 && is_day(deadline.text()))
        }),
        fatal("IS-R-009", |invoice| !has_deadline(invoice) || invoice.has(&[cbc::DueDate])),
        fatal("IS-R-010", |invoice| {
            let is_later = |deadline: Element| invoice.kids(cbc::DueDate).any(|due| due.text() <= deadline.text());
            !has_deadline(invoice) || deadlines(invoice).any(is_later)
        }),
    ]),
    on_if(&[inside(&[inv::Invoice, cac::AccountingCustomerParty]), inside(&[cn::CreditNote, cac::AccountingCustomerParty])],
        is_icelandic, &[
        fatal("IS-R-004", |buyer| buyer.down(&[cac::Party, cac::PartyLegalEntity, cbc::CompanyID]).any(is_kennitala)),
        fatal("IS-R-005", |buyer| has_street_and_zone(buyer, &[cac::Party, cac::PostalAddress])),
    ]),
];

fn is_from_iceland(element: Element) -> bool {
    party::address_country(party::seller(element)) == "IS"
}

fn is_icelandic(element: Element) -> bool {
    is_from_iceland(element) && party::address_country(party::buyer(element)) == "IS"
}

/// A national number of Iceland.
fn is_kennitala(number: Element) -> bool {
    number.attribute(SchemeId) == Some("0196")
}

fn has_street_and_zone(element: Element, address: &[Name]) -> bool {
    let has = |name: Name| element.down(address).any(|address| address.kid(name).is_some());
    has(cbc::StreetName) && has(cbc::PostalZone)
}

/// Who is paid this way has an account number of twelve characters.
fn has_account_of_twelve(invoice: Element, code: &str) -> Result<bool, Undecided> {
    let means = || invoice.kids(cac::PaymentMeans).filter(|means| means.equals(&[cbc::PaymentMeansCode], code));
    let accounts = means().flat_map(|means| means.kids(cac::PayeeFinancialAccount));
    let number = single(accounts.flat_map(|account| account.kids(cbc::ID)))?;
    Ok(number.map_or(means().next().is_none(), |number| normalized_length(number.text()) == 12))
}

/// Documents that give the last day of payment before interest is due (eindagi).
fn deadline_documents(invoice: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    let documents = invoice.kids(cac::AdditionalDocumentReference);
    documents.filter(|document| document.equals(&[cbc::DocumentDescription], "EINDAGI"))
}

fn has_deadline(invoice: Element) -> bool {
    deadline_documents(invoice).next().is_some()
}

fn deadlines(invoice: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    deadline_documents(invoice).flat_map(|document| document.kids(cbc::ID))
}
