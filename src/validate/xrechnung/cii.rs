//! XRechnung in CII: the national rules.

use super::formats::{is_date_of_cii, is_email, is_telephone, is_url};
use super::{CARDS, CORRECTION, SEPA_DEBIT, SEPA_TRANSFER, TAXED, TRANSFERS, TYPES};
use super::{account_is_right, discounts_are_readable, given, has_text, is_one_of, matching, means};
use crate::invoice::{Attribute, Name, qdt, ram, rsm, udt};
use crate::validate::element::Element;
use crate::validate::engine::{Context, Outcome, Told, Where, from, inside};
use crate::validate::engine::{fatal, fatal_told, holds, information, needs, never, on, on_if, on_only, only};
use crate::validate::engine::{warning, warning_told};
use crate::validate::number::normalized_is;
use crate::validate::{Edition, Severity};
use std::collections::HashSet;

/// A place in the transaction: `/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/ram:…`.
macro_rules! trade {
    ($($name:ident)*) => { from(&[rsm::CrossIndustryInvoice, rsm::SupplyChainTradeTransaction $(, ram::$name)*]) };
}

#[rustfmt::skip]
pub const PATTERN: &[Context] = &[
    on(&[from(&[rsm::CrossIndustryInvoice])], &[
        fatal("BR-DE-30", |invoice| has_no_debit(invoice)
            || (invoice.has(MANDATE) || invoice.has(DEBITED)) && invoice.has(CREDITOR)),
        fatal("BR-DE-31", |invoice| has_no_debit(invoice)
            || (invoice.has(MANDATE) || invoice.has(CREDITOR)) && invoice.has(DEBITED)),
        needs("BR-DE-1", &[rsm::SupplyChainTradeTransaction, ram::ApplicableHeaderTradeSettlement,
            ram::SpecifiedTradeSettlementPaymentMeans]),
        fatal("BR-DE-15", |invoice| given(invoice, BUYER_REFERENCE)),
        fatal("BR-DE-16", |invoice| !is_taxed(invoice) || seller_can_be_taxed(invoice)),
        warning_told("BR-DE-17", |invoice| match is_one_of(invoice, TYPE, &TYPES)? {
            true => holds(true),
            false => Ok(invoice.text_of(TYPE).map_or(false.into(), Outcome::found)),
        }),
        fatal_told("BR-DE-18", |invoice| {
            let first_notes = || invoice.down(TERMS).filter_map(|terms| terms.kid(ram::Description));
            discounts_are_readable(|| first_notes().map(Element::text))
        }),
        fatal("BR-DE-22", file_names_differ),
        warning_told("BR-DE-26", |invoice| holds(!is_one_of(invoice, TYPE, &CORRECTION)? || invoice.has(PRECEDING))),
    ]),
    on(&[from(&[rsm::CrossIndustryInvoice, rsm::ExchangedDocumentContext])], &[
        // The scenarios already ask for one of the three identifiers.
        never("BR-DE-21", Severity::Warning),
    ]),
    on(&[trade!(ApplicableHeaderTradeAgreement SellerTradeParty)], &[
        needs("BR-DE-2", &[ram::DefinedTradeContact]),
    ]),
    on(&[trade!(ApplicableHeaderTradeAgreement SellerTradeParty PostalTradeAddress)], &[
        fatal("BR-DE-3", |address| given(address, &[ram::CityName])),
        fatal("BR-DE-4", |address| given(address, &[ram::PostcodeCode])),
    ]),
    on(&[trade!(ApplicableHeaderTradeAgreement SellerTradeParty DefinedTradeContact)], &[
        fatal("BR-DE-5", |contact| given(contact, &[ram::PersonName]) || given(contact, &[ram::DepartmentName])),
        fatal("BR-DE-6", |contact| given(contact, TELEPHONE)),
        fatal("BR-DE-7", |contact| given(contact, EMAIL)),
        warning_told("BR-DE-27", |contact| matching(contact, TELEPHONE, is_telephone)),
        warning_told("BR-DE-28", |contact| matching(contact, EMAIL, is_email)),
    ]),
    on(&[trade!(ApplicableHeaderTradeAgreement BuyerTradeParty PostalTradeAddress)], &[
        fatal("BR-DE-8", |address| given(address, &[ram::CityName])),
        fatal("BR-DE-9", |address| given(address, &[ram::PostcodeCode])),
    ]),
    on_if(&[trade!(ApplicableHeaderTradeAgreement AdditionalReferencedDocument)],
        |document| document.equals(&[ram::TypeCode], "916"), &[
        only(Edition::January2026, warning_told("BR-TMP-2", is_absolute)),
        only(Edition::August2026, fatal_told("BR-TMP-2", is_absolute)),
        only(Edition::August2026, warning("BR-TMP-4", |document| document.count(&[ram::Name]) < 2)),
        only(Edition::August2026, warning("BR-TMP-5", |document| document.count(&[ram::AttachmentBinaryObject]) < 2)),
    ]),
    on_only(Edition::August2026, on(DATES, &[
        warning("BR-TMP-7", |date| is_date_of_cii(date.text())
            && date.attribute(Attribute::Format).is_some_and(|format| normalized_is(format, "102"))),
    ])),
    on(&[trade!(ApplicableHeaderTradeDelivery ShipToTradeParty PostalTradeAddress)], &[
        fatal("BR-DE-10", |address| given(address, &[ram::CityName])),
        fatal("BR-DE-11", |address| given(address, &[ram::PostcodeCode])),
    ]),
    on_if(PAYMENT, |payment| means(payment, CODE, &TRANSFERS), &[
        warning_told("BR-DE-19", |payment| match is_one_of(payment, CODE, &SEPA_TRANSFER)? {
            true => account_is_right(payment, &[ram::PayeePartyCreditorFinancialAccount, ram::IBANID]),
            false => holds(true),
        }),
        needs("BR-DE-23-a", &[ram::PayeePartyCreditorFinancialAccount]),
        fatal("BR-DE-23-b", |payment|
            !payment.has(&[ram::ApplicableTradeSettlementFinancialCard]) && !is_debit(payment)),
    ]),
    on_if(PAYMENT, |payment| means(payment, CODE, &CARDS), &[
        needs("BR-DE-24-a", &[ram::ApplicableTradeSettlementFinancialCard]),
        fatal("BR-DE-24-b", |payment|
            !payment.has(&[ram::PayeePartyCreditorFinancialAccount]) && !is_debit(payment)),
    ]),
    on_if(PAYMENT, |payment| means(payment, CODE, &SEPA_DEBIT), &[
        warning_told("BR-DE-20", |payment|
            account_is_right(payment, &[ram::PayerPartyDebtorFinancialAccount, ram::IBANID])),
        fatal("BR-DE-25-a", is_debit),
        fatal("BR-DE-25-b", |payment| !payment.has(&[ram::PayeePartyCreditorFinancialAccount])
            && !payment.has(&[ram::PayeeSpecifiedCreditorFinancialInstitution])
            && !payment.has(&[ram::PayerSpecifiedDebtorFinancialInstitution])
            && !payment.has(&[ram::ApplicableTradeSettlementFinancialCard])),
    ]),
    on(&[trade!(ApplicableHeaderTradeSettlement ApplicableTradeTax)], &[
        fatal("BR-DE-14", |vat| given(vat, &[ram::RateApplicablePercent])),
    ]),
    on(&[trade!()], &[
        information("BR-DE-TMP-32", |trade|
            trade.has(DELIVERED)
            || trade.has(&[ram::ApplicableHeaderTradeSettlement, ram::BillingSpecifiedPeriod])
            || trade.kids(ram::IncludedSupplyChainTradeLineItem)
                .all(|line| line.has(&[ram::SpecifiedLineTradeSettlement, ram::BillingSpecifiedPeriod]))),
    ]),
    on(&[trade!(IncludedSupplyChainTradeLineItem)], &[
        fatal("BR-TMP-3", |line| match line.has(GROSS) && line.has(NET) {
            true => base_quantities_agree(line),
            false => true,
        }),
    ]),
];

const TYPE: &[Name] = &[rsm::ExchangedDocument, ram::TypeCode];
const CODE: &[Name] = &[ram::TypeCode];
const TELEPHONE: &[Name] = &[ram::TelephoneUniversalCommunication, ram::CompleteNumber];
const EMAIL: &[Name] = &[ram::EmailURIUniversalCommunication, ram::URIID];
const GROSS: &[Name] =
    &[ram::SpecifiedLineTradeAgreement, ram::GrossPriceProductTradePrice, ram::BasisQuantity];
const NET: &[Name] = &[ram::SpecifiedLineTradeAgreement, ram::NetPriceProductTradePrice, ram::BasisQuantity];

/// BT-72, below the transaction.
const DELIVERED: &[Name] =
    &[ram::ApplicableHeaderTradeDelivery, ram::ActualDeliverySupplyChainEvent, ram::OccurrenceDateTime];
const BUYER_REFERENCE: &[Name] =
    &[rsm::SupplyChainTradeTransaction, ram::ApplicableHeaderTradeAgreement, ram::BuyerReference];
const PRECEDING: &[Name] =
    &[rsm::SupplyChainTradeTransaction, ram::ApplicableHeaderTradeSettlement, ram::InvoiceReferencedDocument];
const TERMS: &[Name] =
    &[rsm::SupplyChainTradeTransaction, ram::ApplicableHeaderTradeSettlement, ram::SpecifiedTradePaymentTerms];

/// BT-89, BT-90, BT-91: CII has no group for a direct debit (BG-19), one of them stands for it.
const MANDATE: &[Name] = &[
    rsm::SupplyChainTradeTransaction,
    ram::ApplicableHeaderTradeSettlement,
    ram::SpecifiedTradePaymentTerms,
    ram::DirectDebitMandateID,
];
const CREDITOR: &[Name] =
    &[rsm::SupplyChainTradeTransaction, ram::ApplicableHeaderTradeSettlement, ram::CreditorReferenceID];
const DEBITED: &[Name] = &[
    rsm::SupplyChainTradeTransaction,
    ram::ApplicableHeaderTradeSettlement,
    ram::SpecifiedTradeSettlementPaymentMeans,
    ram::PayerPartyDebtorFinancialAccount,
    ram::IBANID,
];

const PAYMENT: &[Where] = &[trade!(ApplicableHeaderTradeSettlement SpecifiedTradeSettlementPaymentMeans)];

/// Wherever in the document they stand.
const DATES: &[Where] =
    &[inside(&[udt::DateTimeString]), inside(&[udt::DateString]), inside(&[qdt::DateTimeString])];

fn has_no_debit(invoice: Element) -> bool {
    !invoice.has(MANDATE) && !invoice.has(CREDITOR) && !invoice.has(DEBITED)
}

/// A direct debit is described: in the head of the settlement, or in these payment means.
fn is_debit(payment: Element) -> bool {
    // Looked up by name: a search from the root would pass every payment for every payment.
    let named = |name: Name, inside: Name| {
        let mut found = payment.doc.all(name);
        found.any(|id| id.parent().is_some_and(|parent| parent.is(inside)))
    };
    named(ram::DirectDebitMandateID, ram::SpecifiedTradePaymentTerms)
        || named(ram::CreditorReferenceID, ram::ApplicableHeaderTradeSettlement)
        || payment.has(&[ram::PayerPartyDebtorFinancialAccount, ram::IBANID])
}

/// The official test looks only at the lines; for allowances and charges it compares their whole group with
/// `VAT`. Codes are compared as written.
fn is_taxed(invoice: Element) -> bool {
    let taxes = || {
        invoice.down(&[
            rsm::SupplyChainTradeTransaction,
            ram::IncludedSupplyChainTradeLineItem,
            ram::SpecifiedLineTradeSettlement,
            ram::ApplicableTradeTax,
        ])
    };
    let taxed = |tax: Element| tax.down(&[ram::CategoryCode]).any(|code| TAXED.contains(&code.text()));
    taxes().any(taxed) && taxes().any(|tax| tax.equals(&[ram::TypeCode], "VAT"))
}

fn seller_can_be_taxed(invoice: Element) -> bool {
    let is_tax_number = |id: Element| {
        let scheme = id.attribute(Attribute::SchemeId).unwrap_or_default();
        has_text(id) && (normalized_is(scheme, "VA") || normalized_is(scheme, "FC"))
    };
    let mut agreements = invoice.down(&[rsm::SupplyChainTradeTransaction, ram::ApplicableHeaderTradeAgreement]);
    agreements.any(|agreement| {
        agreement.has(&[ram::SellerTaxRepresentativeTradeParty])
            || agreement
                .down(&[ram::SellerTradeParty, ram::SpecifiedTaxRegistration, ram::ID])
                .any(is_tax_number)
    })
}

/// No two documents beside each other have a file of the same name.
fn file_names_differ(invoice: Element) -> bool {
    let mut seen = HashSet::new();
    invoice.doc.all(ram::AdditionalReferencedDocument).all(|document| {
        let around = document.parent().map(|parent| parent.node);
        let names = || {
            let files = document.kids(ram::AttachmentBinaryObject);
            files.filter_map(|file| file.attribute(Attribute::FileName)).map(|name| (around, name))
        };
        let differ = !names().any(|name| seen.contains(&name));
        seen.extend(names());
        differ
    })
}

/// An address of a document elsewhere, where there is one, names how to get it.
fn is_absolute(document: Element) -> Told {
    match document.has(&[ram::URIID]) {
        true => matching(document, &[ram::URIID], is_url),
        false => holds(true),
    }
}

/// Base quantities of gross and net price are the same, as written, and so are their units where both have one.
fn base_quantities_agree(line: Element) -> bool {
    let same = line.down(GROSS).any(|gross| line.equals(NET, gross.text()));
    let units =
        |path: &'static [Name]| line.down(path).filter_map(|quantity| quantity.attribute(Attribute::UnitCode));
    let has_both = units(GROSS).next().is_some() && units(NET).next().is_some();
    same && (!has_both || units(GROSS).any(|gross| units(NET).any(|net| gross == net)))
}
