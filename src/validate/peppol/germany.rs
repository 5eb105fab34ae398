//! Germany: seller and buyer are both there. These are the rules of XRechnung, as Peppol asks them.

use super::super::number::trim;
use super::super::xrechnung::formats;
use super::{given, is_one_of, only_text, party};
use crate::invoice::Attribute::{FileName, SchemeId};
use crate::invoice::{Name, blank, cac, cbc, cn, inv};
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{
    Context, Outcome, Told, fatal, fatal_told, from, holds, on_if, warning, warning_told,
};

#[rustfmt::skip]
pub const UBL: &[Context] = &[
    on_if(&[from(&[inv::Invoice]), from(&[cn::CreditNote])], party::are_german, &[
        fatal("DE-R-001", |invoice| invoice.has(&[cac::PaymentMeans])),
        fatal("DE-R-015", |invoice| given(invoice, &[cbc::BuyerReference])),
        fatal("DE-R-016", |invoice| !is_taxed(invoice) || has_tax_number(invoice)),
        warning("DE-R-017", |invoice| has_type(invoice, TYPES)),
        fatal_told("DE-R-018", discounts_are_readable),
        fatal("DE-R-022", files_have_names_of_their_own),
        warning("DE-R-026", |invoice| {
            !has_type(invoice, &["384"]) || invoice.has(&[cac::BillingReference, cac::InvoiceDocumentReference])
        }),
        fatal("DE-R-030", |invoice| !invoice.has(MANDATE) || has_creditor(invoice)),
        fatal("DE-R-031", |invoice| {
            !invoice.has(MANDATE)
                || invoice.has(&[cac::PaymentMeans, cac::PaymentMandate, cac::PayerFinancialAccount, cbc::ID])
        }),
    ]),
    on_if(&[
        from(&[inv::Invoice, cac::AdditionalDocumentReference, cac::Attachment, cac::ExternalReference]),
        from(&[cn::CreditNote, cac::AdditionalDocumentReference, cac::Attachment, cac::ExternalReference]),
    ], party::are_german, &[
        warning_told("DE-R-T02", |reference| holds(formats::is_url(only_text(reference, &[cbc::URI])?))),
    ]),
    on_if(&[from(&[inv::Invoice, cac::AccountingSupplierParty]), from(&[cn::CreditNote, cac::AccountingSupplierParty])],
        party::are_german, &[
        fatal("DE-R-002", |seller| seller.has(&[cac::Party, cac::Contact])),
    ]),
    on_if(&[
        from(&[inv::Invoice, cac::AccountingSupplierParty, cac::Party, cac::PostalAddress]),
        from(&[cn::CreditNote, cac::AccountingSupplierParty, cac::Party, cac::PostalAddress]),
    ], party::are_german, &[
        fatal("DE-R-003", |address| given(address, &[cbc::CityName])),
        fatal("DE-R-004", |address| given(address, &[cbc::PostalZone])),
    ]),
    on_if(&[
        from(&[inv::Invoice, cac::AccountingSupplierParty, cac::Party, cac::Contact]),
        from(&[cn::CreditNote, cac::AccountingSupplierParty, cac::Party, cac::Contact]),
    ], party::are_german, &[
        fatal("DE-R-005", |contact| given(contact, &[cbc::Name])),
        fatal("DE-R-006", |contact| given(contact, &[cbc::Telephone])),
        fatal("DE-R-007", |contact| given(contact, &[cbc::ElectronicMail])),
        warning_told("DE-R-027", |contact| holds(formats::is_telephone(only_text(contact, &[cbc::Telephone])?))),
        warning_told("DE-R-028", |contact| holds(formats::is_email(only_text(contact, &[cbc::ElectronicMail])?))),
    ]),
    on_if(&[
        from(&[inv::Invoice, cac::AccountingCustomerParty, cac::Party, cac::PostalAddress]),
        from(&[cn::CreditNote, cac::AccountingCustomerParty, cac::Party, cac::PostalAddress]),
    ], party::are_german, &[
        fatal("DE-R-008", |address| given(address, &[cbc::CityName])),
        fatal("DE-R-009", |address| given(address, &[cbc::PostalZone])),
    ]),
    on_if(&[
        from(&[inv::Invoice, cac::Delivery, cac::DeliveryLocation, cac::Address]),
        from(&[cn::CreditNote, cac::Delivery, cac::DeliveryLocation, cac::Address]),
    ], party::are_german, &[
        fatal("DE-R-010", |address| given(address, &[cbc::CityName])),
        fatal("DE-R-011", |address| given(address, &[cbc::PostalZone])),
    ]),
    on_if(&[from(&[inv::Invoice, cac::PaymentMeans]), from(&[cn::CreditNote, cac::PaymentMeans])],
        |means| pays_by(means, &["30", "58"]), &[
        warning_told("DE-R-019", |means| {
            holds(!pays_by(means, &["58"]) || formats::is_iban(only_text(means, &[cac::PayeeFinancialAccount, cbc::ID])?))
        }),
        fatal("DE-R-023-1", |means| means.has(ACCOUNT)),
        fatal("DE-R-023-2", |means| !means.has(CARD) && !means.has(DEBIT)),
    ]),
    on_if(&[from(&[inv::Invoice, cac::PaymentMeans]), from(&[cn::CreditNote, cac::PaymentMeans])],
        |means| pays_by(means, &["48", "54", "55"]), &[
        fatal("DE-R-024-1", |means| means.has(CARD)),
        fatal("DE-R-024-2", |means| !means.has(ACCOUNT) && !means.has(DEBIT)),
    ]),
    on_if(&[from(&[inv::Invoice, cac::PaymentMeans]), from(&[cn::CreditNote, cac::PaymentMeans])],
        |means| pays_by(means, &["59"]), &[
        warning_told("DE-R-020", |means| {
            holds(formats::is_iban(only_text(means, &[cac::PaymentMandate, cac::PayerFinancialAccount, cbc::ID])?))
        }),
        fatal("DE-R-025-1", |means| means.has(DEBIT)),
        fatal("DE-R-025-2", |means| !means.has(ACCOUNT) && !means.has(CARD)),
    ]),
    on_if(&[
        from(&[inv::Invoice, cac::TaxTotal, cac::TaxSubtotal]),
        from(&[cn::CreditNote, cac::TaxTotal, cac::TaxSubtotal]),
    ], party::are_german, &[
        fatal("DE-R-014", |subtotal| given(subtotal, &[cac::TaxCategory, cbc::Percent])),
    ]),
];

/// VAT categories that ask for a tax number of the seller.
const TAXED: &[&str] = &["S", "Z", "E", "AE", "K", "G", "L", "M"];
const TYPES: &[&str] = &["326", "380", "384", "389", "381", "875", "876", "877"];
const MANDATE: &[Name] = &[cac::PaymentMeans, cac::PaymentMandate];
const ACCOUNT: &[Name] = &[cac::PayeeFinancialAccount];
const CARD: &[Name] = &[cac::CardAccount];
const DEBIT: &[Name] = &[cac::PaymentMandate];

fn is_taxed(invoice: Element) -> bool {
    let taxed = |category: Element| TAXED.contains(&category.text());
    let by_word = |allowance: &Element| {
        allowance.equals(&[cbc::ChargeIndicator], "false") || allowance.equals(&[cbc::ChargeIndicator], "true")
    };
    let item: &[Name] = &[cac::Item, cac::ClassifiedTaxCategory, cbc::ID];
    let mut lines =
        invoice.children().filter(|child| child.is(cac::InvoiceLine) || child.is(cac::CreditNoteLine));
    let mut allowances = invoice.kids(cac::AllowanceCharge).filter(by_word);
    allowances.any(|allowance| allowance.down(&[cac::TaxCategory, cbc::ID]).any(taxed))
        || lines.any(|line| line.down(item).any(taxed))
}

fn has_tax_number(invoice: Element) -> bool {
    let number: &[Name] = &[cac::AccountingSupplierParty, cac::Party, cac::PartyTaxScheme, cbc::CompanyID];
    invoice.has(&[cac::TaxRepresentativeParty]) || given(invoice, number)
}

fn has_type(invoice: Element, types: &[&str]) -> bool {
    is_one_of(invoice, &[cbc::InvoiceTypeCode], types) || is_one_of(invoice, &[cbc::CreditNoteTypeCode], types)
}

fn pays_by(means: Element, codes: &[&str]) -> bool {
    is_one_of(means, &[cbc::PaymentMeansCode], codes) && party::are_german(means)
}

/// A creditor identifier for direct debits (BT-90), of the seller or of the payee.
fn has_creditor(invoice: Element) -> bool {
    let seller: &[Name] = &[cac::AccountingSupplierParty, cac::Party, cac::PartyIdentification, cbc::ID];
    let payee: &[Name] = &[cac::PayeeParty, cac::PartyIdentification, cbc::ID];
    let is_creditor = |id: Element| id.attribute(SchemeId) == Some("SEPA");
    invoice.down(seller).any(is_creditor) || invoice.down(payee).any(is_creditor)
}

/// Lines about cash discount in the first note of each payment terms are written as XRechnung wants them.
fn discounts_are_readable(invoice: Element) -> Told {
    let notes = || invoice.kids(cac::PaymentTerms).filter_map(|terms| terms.kid(cbc::Note)).map(Element::text);
    for terms in notes() {
        for line in formats::discounts(terms) {
            if !formats::is_discount(line) {
                return Ok(Outcome::found(line));
            }
            // The official test cannot compare the ends of two notes.
            if notes().filter(|terms| !blank(terms)).count() > 1 {
                return Err(Undecided);
            }
            if !formats::break_follows_discounts(terms) {
                return Ok(Outcome::found(trim(terms)));
            }
        }
    }
    holds(true)
}

/// No attached file has the name of an earlier one.
fn files_have_names_of_their_own(invoice: Element) -> bool {
    let names = invoice.kids(cac::AdditionalDocumentReference).flat_map(|document| {
        let files =
            document.kids(cac::Attachment).flat_map(|file| file.kids(cbc::EmbeddedDocumentBinaryObject));
        files.filter_map(|file| file.attribute(FileName)).map(move |name| (document.node, name))
    });
    let mut seen = std::collections::HashMap::new();
    for (document, name) in names {
        if *seen.entry(name).or_insert(document) != document {
            return false;
        }
    }
    true
}
