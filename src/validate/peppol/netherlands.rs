//! The Netherlands: the seller is there, and for some rules the buyer or the tax representative, too.

use super::{is_one_of, party};
use crate::invoice::Attribute::SchemeId;
use crate::invoice::{Name, blank, cac, cbc, cn, inv, ram, rsm};
use crate::validate::element::Element;
use crate::validate::engine::{Context, Told, Where, fatal, fatal_told, from, holds, inside, on_if};
use rust_decimal::Decimal;

#[rustfmt::skip]
pub const UBL: &[Context] = &[
    on_if(&[inside(&[cbc::CreditNoteTypeCode])], is_from_netherlands, &[
        fatal("NL-R-001",
            |code| code.root().has(&[cac::BillingReference, cac::InvoiceDocumentReference, cbc::ID])),
    ]),
    on_if(&[inside(&[cac::AccountingSupplierParty, cac::Party, cac::PostalAddress])], is_from_netherlands, &[
        fatal("NL-R-002", |address| is_complete(address, ADDRESS)),
    ]),
    on_if(&[inside(&[cac::AccountingSupplierParty, cac::Party, cac::PartyLegalEntity, cbc::CompanyID])],
        is_from_netherlands, &[
        fatal("NL-R-003", is_kvk_or_oin),
    ]),
    on_if(&[inside(&[cac::AccountingCustomerParty, cac::Party, cac::PostalAddress])], is_dutch, &[
        fatal("NL-R-004", |address| is_complete(address, ADDRESS)),
    ]),
    on_if(&[inside(&[cac::AccountingCustomerParty, cac::Party, cac::PartyLegalEntity, cbc::CompanyID])], is_dutch, &[
        fatal("NL-R-005", is_kvk_or_oin),
    ]),
    on_if(&[inside(&[cac::TaxRepresentativeParty, cac::PostalAddress])], is_dutch_representative, &[
        fatal("NL-R-006", |address| is_complete(address, ADDRESS)),
    ]),
    on_if(&[inside(&[cac::LegalMonetaryTotal])], is_from_netherlands, &[
        fatal_told("NL-R-007", |totals| {
            let amount = totals.number(&[cbc::PayableAmount])?;
            let root = totals.root();
            let is_due = is_due(amount, root.is(inv::Invoice), root.is(cn::CreditNote));
            holds(!is_due || totals.doc.all(cac::PaymentMeans).next().is_some())
        }),
    ]),
    on_if(&[inside(&[cac::PaymentMeans])], is_dutch, &[
        fatal("NL-R-008", |means| is_one_of(means, &[cbc::PaymentMeansCode], MEANS)),
    ]),
    on_if(&[inside(&[cac::OrderLineReference, cbc::LineID])], is_from_netherlands, &[
        fatal("NL-R-009", |line| {
            let mut orders = party::head(line).filter(|child| child.is(cac::OrderReference));
            orders.any(|order| order.has(&[cbc::ID]))
        }),
    ]),
];

#[rustfmt::skip]
pub const CII: &[Context] = &[
    on_if(&[from(&[rsm::CrossIndustryInvoice, rsm::ExchangedDocument])], is_dutch_credit, &[
        fatal("NL-R-001", |document| {
            let invoice: &[Name] = &[ram::InvoiceReferencedDocument, ram::IssuerAssignedID];
            document.doc.all(ram::ApplicableHeaderTradeSettlement).any(|settlement| settlement.has(invoice))
        }),
    ]),
    on_if(SELLER_ADDRESS, is_from_netherlands, &[
        fatal("NL-R-002", |address| is_complete(address, ADDRESS_CII)),
    ]),
    on_if(SELLER_NUMBER, is_from_netherlands, &[
        fatal("NL-R-003", is_kvk_or_oin),
    ]),
    on_if(BUYER_ADDRESS, is_dutch, &[
        fatal("NL-R-004", |address| is_complete(address, ADDRESS_CII)),
    ]),
    on_if(BUYER_NUMBER, is_dutch, &[
        fatal("NL-R-005", is_kvk_or_oin),
    ]),
    on_if(REPRESENTATIVE_ADDRESS, is_dutch_representative, &[
        fatal("NL-R-006", |address| is_complete(address, ADDRESS_CII)),
    ]),
    on_if(&[inside(&[ram::ApplicableHeaderTradeSettlement, ram::SpecifiedTradeSettlementHeaderMonetarySummation])],
        is_from_netherlands, &[
        fatal_told("NL-R-007", is_payable),
    ]),
    on_if(&[inside(&[ram::ApplicableHeaderTradeSettlement, ram::SpecifiedTradeSettlementPaymentMeans])], is_dutch, &[
        fatal("NL-R-008", |means| is_one_of(means, &[ram::TypeCode], MEANS)),
    ]),
    on_if(&[inside(&[ram::SpecifiedLineTradeAgreement, ram::BuyerOrderReferencedDocument, ram::LineID])],
        is_from_netherlands, &[
        fatal("NL-R-009", |line| {
            let order: &[Name] = &[ram::BuyerOrderReferencedDocument, ram::IssuerAssignedID];
            party::agreement(line).is_some_and(|agreement| agreement.has(order))
        }),
    ]),
];

const ADDRESS: &[Name] = &[cbc::StreetName, cbc::CityName, cbc::PostalZone];
const ADDRESS_CII: &[Name] = &[ram::LineOne, ram::CityName, ram::PostcodeCode];
const MEANS: &[&str] = &["30", "48", "49", "57", "58", "59"];
const CREDITS: &[&str] = &["81", "83", "381", "396", "532"];
const SELLER_ADDRESS: &[Where] =
    &[inside(&[ram::ApplicableHeaderTradeAgreement, ram::SellerTradeParty, ram::PostalTradeAddress])];
const BUYER_ADDRESS: &[Where] =
    &[inside(&[ram::ApplicableHeaderTradeAgreement, ram::BuyerTradeParty, ram::PostalTradeAddress])];
const REPRESENTATIVE_ADDRESS: &[Where] = &[inside(&[
    ram::ApplicableHeaderTradeAgreement,
    ram::SellerTaxRepresentativeTradeParty,
    ram::PostalTradeAddress,
])];
const SELLER_NUMBER: &[Where] = &[inside(&[
    ram::ApplicableHeaderTradeAgreement,
    ram::SellerTradeParty,
    ram::SpecifiedLegalOrganization,
    ram::ID,
])];
const BUYER_NUMBER: &[Where] = &[inside(&[
    ram::ApplicableHeaderTradeAgreement,
    ram::BuyerTradeParty,
    ram::SpecifiedLegalOrganization,
    ram::ID,
])];

fn is_from_netherlands(element: Element) -> bool {
    let seller = match element.is_cii() {
        true => of_agreement(element, ram::SellerTradeParty),
        false => party::seller(element),
    };
    party::is_in(seller, "NL")
}

fn is_dutch(element: Element) -> bool {
    let buyer = match element.is_cii() {
        true => of_agreement(element, ram::BuyerTradeParty),
        false => party::buyer(element),
    };
    is_from_netherlands(element) && party::is_in(buyer, "NL")
}

fn is_dutch_representative(address: Element) -> bool {
    is_from_netherlands(address) && party::is_in(address.parent(), "NL")
}

fn is_dutch_credit(document: Element) -> bool {
    is_from_netherlands(document) && is_one_of(document, &[ram::TypeCode], CREDITS)
}

fn of_agreement(element: Element<'_>, role: Name) -> Option<Element<'_>> {
    party::agreement(element)?.kid(role)
}

fn is_complete(address: Element, names: &[Name]) -> bool {
    names.iter().all(|name| address.kid(*name).is_some())
}

/// A number of the chamber of commerce or of an authority.
fn is_kvk_or_oin(number: Element) -> bool {
    let mut schemes = number.attribute(SchemeId).unwrap_or_default().split(' ');
    schemes.any(|scheme| matches!(scheme, "0106" | "0190")) && !blank(number.text())
}

/// The buyer has to pay.
fn is_due(amount: Option<Decimal>, is_invoice: bool, is_credit: bool) -> bool {
    let settled = amount.is_some_and(|amount| is_invoice && amount <= Decimal::ZERO);
    let owed = amount.is_some_and(|amount| is_credit && amount >= Decimal::ZERO);
    !settled && !owed
}

fn is_payable(totals: Element) -> Told {
    let is_credit = is_one_of(totals.root(), &[rsm::ExchangedDocument, ram::TypeCode], &["381"]);
    let amount = totals.number(&[ram::DuePayableAmount])?;
    let has_means =
        totals.parent().is_some_and(|parent| parent.has(&[ram::SpecifiedTradeSettlementPaymentMeans]));
    holds(!is_due(amount, !is_credit, is_credit) || has_means)
}
