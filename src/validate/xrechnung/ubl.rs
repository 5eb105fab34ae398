//! XRechnung in UBL: the national rules.

use super::formats::{is_date_of_ubl, is_email, is_telephone, is_url};
use super::{CARDS, CORRECTION, SEPA_DEBIT, SEPA_TRANSFER, TAXED, TRANSFERS, TYPES};
use super::{account_is_right, discounts_are_readable, given, is_one_of, matching, means, only_text_node};
use crate::invoice::{Attribute, Name, cac, cbc, cn, inv};
use crate::validate::element::Element;
use crate::validate::engine::warning_told;
use crate::validate::engine::{Context, Outcome, Told, Where, from, inside};
use crate::validate::engine::{fatal, fatal_told, holds, information, needs, never, on, on_if, on_only, only};
use crate::validate::{Edition, Severity};
use std::collections::HashSet;

#[rustfmt::skip]
pub const PATTERN: &[Context] = &[
    on(&[from(&[inv::Invoice]), from(&[cn::CreditNote])], &[
        needs("BR-DE-1", &[cac::PaymentMeans]),
        fatal("BR-DE-15", |invoice| given(invoice, &[cbc::BuyerReference])),
        fatal("BR-DE-16", |invoice| !is_taxed(invoice) || seller_can_be_taxed(invoice)),
        warning_told("BR-DE-17", |invoice| is_of_type(invoice, &TYPES)),
        fatal_told("BR-DE-18", |invoice| {
            let first_notes = || invoice.kids(cac::PaymentTerms).filter_map(|terms| terms.kid(cbc::Note));
            discounts_are_readable(|| first_notes().map(Element::text))
        }),
        // The scenarios already ask for one of the three identifiers.
        never("BR-DE-21", Severity::Warning),
        fatal("BR-DE-22", file_names_differ),
        warning_told("BR-DE-26", |invoice| match is_of_type(invoice, &CORRECTION)? {
            Outcome::Holds => holds(invoice.has(&[cac::BillingReference, cac::InvoiceDocumentReference])),
            Outcome::Broken(_) => holds(true),
        }),
        fatal("BR-DE-30", |invoice| !invoice.has(MANDATE) || has_creditor_id(invoice)),
        fatal("BR-DE-31", |invoice| !invoice.has(MANDATE)
            || invoice.has(&[cac::PaymentMeans, cac::PaymentMandate, cac::PayerFinancialAccount, cbc::ID])),
        information("BR-DE-TMP-32", |invoice| invoice.has(&[cac::Delivery, cbc::ActualDeliveryDate])
            || invoice.has(&[cac::InvoicePeriod])
            || lines(invoice).all(|line| line.has(&[cac::InvoicePeriod]))),
    ]),
    on(EXTERNAL, &[
        only(Edition::January2026, warning_told("BR-TMP-2", is_absolute)),
        only(Edition::August2026, fatal_told("BR-TMP-2", is_absolute)),
    ]),
    on_only(Edition::August2026, on(DATES, &[
        warning_told("BR-TMP-6", |date| holds(only_text_node(date)?.is_some_and(is_date_of_ubl))),
    ])),
    on(&[from(&[inv::Invoice, cac::AccountingSupplierParty]), from(&[cn::CreditNote, cac::AccountingSupplierParty])], &[
        needs("BR-DE-2", &[cac::Party, cac::Contact]),
    ]),
    on(&[from(&[inv::Invoice, cac::AccountingSupplierParty, cac::Party, cac::PostalAddress]),
         from(&[cn::CreditNote, cac::AccountingSupplierParty, cac::Party, cac::PostalAddress])], &[
        fatal("BR-DE-3", |address| given(address, &[cbc::CityName])),
        fatal("BR-DE-4", |address| given(address, &[cbc::PostalZone])),
    ]),
    on(&[from(&[inv::Invoice, cac::AccountingSupplierParty, cac::Party, cac::Contact]),
         from(&[cn::CreditNote, cac::AccountingSupplierParty, cac::Party, cac::Contact])], &[
        fatal("BR-DE-5", |contact| given(contact, &[cbc::Name])),
        fatal("BR-DE-6", |contact| given(contact, &[cbc::Telephone])),
        fatal("BR-DE-7", |contact| given(contact, &[cbc::ElectronicMail])),
        warning_told("BR-DE-27", |contact| matching(contact, &[cbc::Telephone], is_telephone)),
        warning_told("BR-DE-28", |contact| matching(contact, &[cbc::ElectronicMail], is_email)),
    ]),
    on(&[from(&[inv::Invoice, cac::AccountingCustomerParty, cac::Party, cac::PostalAddress]),
         from(&[cn::CreditNote, cac::AccountingCustomerParty, cac::Party, cac::PostalAddress])], &[
        fatal("BR-DE-8", |address| given(address, &[cbc::CityName])),
        fatal("BR-DE-9", |address| given(address, &[cbc::PostalZone])),
    ]),
    on(&[from(&[inv::Invoice, cac::Delivery, cac::DeliveryLocation, cac::Address]),
         from(&[cn::CreditNote, cac::Delivery, cac::DeliveryLocation, cac::Address])], &[
        fatal("BR-DE-10", |address| given(address, &[cbc::CityName])),
        fatal("BR-DE-11", |address| given(address, &[cbc::PostalZone])),
    ]),
    on_if(PAYMENT, |payment| means(payment, CODE, &TRANSFERS), &[
        warning_told("BR-DE-19", |payment| match is_one_of(payment, CODE, &SEPA_TRANSFER)? {
            true => account_is_right(payment, &[cac::PayeeFinancialAccount, cbc::ID]),
            false => holds(true),
        }),
        needs("BR-DE-23-a", &[cac::PayeeFinancialAccount]),
        fatal("BR-DE-23-b", |payment| !payment.has(&[cac::CardAccount]) && !payment.has(&[cac::PaymentMandate])),
    ]),
    on_if(PAYMENT, |payment| means(payment, CODE, &CARDS), &[
        needs("BR-DE-24-a", &[cac::CardAccount]),
        fatal("BR-DE-24-b", |payment|
            !payment.has(&[cac::PayeeFinancialAccount]) && !payment.has(&[cac::PaymentMandate])),
    ]),
    on_if(PAYMENT, |payment| means(payment, CODE, &SEPA_DEBIT), &[
        warning_told("BR-DE-20", |payment|
            account_is_right(payment, &[cac::PaymentMandate, cac::PayerFinancialAccount, cbc::ID])),
        needs("BR-DE-25-a", &[cac::PaymentMandate]),
        fatal("BR-DE-25-b", |payment| !payment.has(&[cac::PayeeFinancialAccount]) && !payment.has(&[cac::CardAccount])),
    ]),
    on(&[from(&[inv::Invoice, cac::TaxTotal, cac::TaxSubtotal]),
         from(&[cn::CreditNote, cac::TaxTotal, cac::TaxSubtotal])], &[
        fatal("BR-DE-14", |vat| given(vat, &[cac::TaxCategory, cbc::Percent])),
    ]),
];

const CODE: &[Name] = &[cbc::PaymentMeansCode];
const MANDATE: &[Name] = &[cac::PaymentMeans, cac::PaymentMandate];

const PAYMENT: &[Where] =
    &[from(&[inv::Invoice, cac::PaymentMeans]), from(&[cn::CreditNote, cac::PaymentMeans])];

const EXTERNAL: &[Where] = &[
    from(&[inv::Invoice, cac::AdditionalDocumentReference, cac::Attachment, cac::ExternalReference]),
    from(&[cn::CreditNote, cac::AdditionalDocumentReference, cac::Attachment, cac::ExternalReference]),
];

/// Wherever in the document they stand.
const DATES: &[Where] = &[
    inside(&[cbc::IssueDate]),
    inside(&[cbc::DueDate]),
    inside(&[cbc::StartDate]),
    inside(&[cbc::EndDate]),
    inside(&[cbc::ActualDeliveryDate]),
    inside(&[cbc::TaxPointDate]),
    inside(&[cbc::PaymentDueDate]),
];

fn lines(invoice: Element) -> impl Iterator<Item = Element> {
    invoice.children().filter(|child| child.is(cac::InvoiceLine) || child.is(cac::CreditNoteLine))
}

/// A line, or an allowance or charge of the document, has one of the categories; codes are compared as written.
fn is_taxed(invoice: Element) -> bool {
    let taxed = |category: Element| TAXED.contains(&category.text());
    let indicated = |part: &Element| {
        part.equals(&[cbc::ChargeIndicator], "false") || part.equals(&[cbc::ChargeIndicator], "true")
    };
    let mut parts = invoice.kids(cac::AllowanceCharge).filter(indicated);
    parts.any(|part| part.down(&[cac::TaxCategory, cbc::ID]).any(taxed))
        || lines(invoice).any(|line| line.down(&[cac::Item, cac::ClassifiedTaxCategory, cbc::ID]).any(taxed))
}

fn seller_can_be_taxed(invoice: Element) -> bool {
    let number = &[cac::AccountingSupplierParty, cac::Party, cac::PartyTaxScheme, cbc::CompanyID];
    invoice.has(&[cac::TaxRepresentativeParty]) || given(invoice, number)
}

/// The type code (BT-3), of an invoice or of a credit note.
fn is_of_type(invoice: Element, codes: &[&str]) -> Told {
    let invoiced = is_one_of(invoice, &[cbc::InvoiceTypeCode], codes)?;
    if invoiced || is_one_of(invoice, &[cbc::CreditNoteTypeCode], codes)? {
        return holds(true);
    }
    Ok(match invoice.first(&[cbc::InvoiceTypeCode]).or_else(|| invoice.first(&[cbc::CreditNoteTypeCode])) {
        Some(code) => Outcome::found(code.text()),
        None => false.into(),
    })
}

/// No two attached documents have a file of the same name.
fn file_names_differ(invoice: Element) -> bool {
    let mut seen = HashSet::new();
    invoice.kids(cac::AdditionalDocumentReference).all(|document| {
        let files = || document.down(&[cac::Attachment, cbc::EmbeddedDocumentBinaryObject]);
        let names = || files().filter_map(|file| file.attribute(Attribute::FileName));
        let differ = !names().any(|name| seen.contains(name));
        seen.extend(names());
        differ
    })
}

/// BT-90, with the seller or with the payee.
fn has_creditor_id(invoice: Element) -> bool {
    let sepa = |id: Element| id.attribute(Attribute::SchemeId) == Some("SEPA");
    invoice.down(&[cac::AccountingSupplierParty, cac::Party, cac::PartyIdentification, cbc::ID]).any(sepa)
        || invoice.down(&[cac::PayeeParty, cac::PartyIdentification, cbc::ID]).any(sepa)
}

/// The address of a document elsewhere names how to get it; a missing one does not.
fn is_absolute(document: Element) -> Told {
    matching(document, &[cbc::URI], is_url)
}
