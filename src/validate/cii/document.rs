//! EN 16931 in CII: the invoice as a whole, what it refers to, and its periods.

use super::questions::{header, in_settlement, somewhere};
use super::vat::{
    Category, Exempt, Export, Igic, IntraCommunity, Ipsi, NotSubject, ReverseCharge, Standard, ZeroRated,
};
use crate::invoice::{Attribute, Name, blank, ram, rsm, udt};
use crate::validate::Edition::January2026;
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{Broken, Outcome, Rule, Told, compare, fatal, fatal_told, holds, needs, only};
use crate::validate::number::{double, round2};

#[rustfmt::skip]
pub const INVOICE: &[Rule] = &[
    fatal_told("BR-01", |e| holds(e.speaks(&[
        rsm::ExchangedDocumentContext, ram::GuidelineSpecifiedDocumentContextParameter, ram::ID,
    ])?)),
    fatal_told("BR-02", |e| holds(e.speaks(&[rsm::ExchangedDocument, ram::ID])?)),
    fatal_told("BR-03", has_issue_date),
    fatal_told("BR-04", |e| holds(e.speaks(&[rsm::ExchangedDocument, ram::TypeCode])?)),
    fatal_told("BR-05", |e| holds(e.speaks(CURRENCY)?)),
    fatal_told("BR-06", |e| holds(e.speaks(SELLER_NAME)?)),
    fatal_told("BR-07", |e| holds(e.speaks(BUYER_NAME)?)),
    needs("BR-08", SELLER_ADDRESS),
    fatal_told("BR-09", |e| holds(e.speaks(SELLER_COUNTRY)?)),
    needs("BR-10", BUYER_ADDRESS),
    fatal_told("BR-11", |e| holds(e.speaks(BUYER_COUNTRY)?)),
    fatal("BR-16", |e| e.doc.all(ram::IncludedSupplyChainTradeLineItem).next().is_some()),
    fatal_told("BR-62", |e| electronic_address_has_scheme(e, SELLER)),
    fatal_told("BR-63", |e| electronic_address_has_scheme(e, BUYER)),
    fatal_told("BR-CO-15", total_with_vat),
    only(January2026, fatal_told("BR-CO-25", says_when_to_pay)),
    Standard::LISTED, ZeroRated::LISTED, Exempt::LISTED, ReverseCharge::LISTED, IntraCommunity::LISTED,
    Export::LISTED, NotSubject::LISTED, Igic::LISTED, Ipsi::LISTED,
    fatal("BR-B-01", |e| !has_category(e, "B") || e.doc.all(ram::CountryID).all(|country| country.text() == "IT")),
    fatal("BR-B-02", |e| !has_category(e, "B") || !has_category(e, "S")),
];

#[rustfmt::skip]
pub const DELIVERY: &[Rule] = &[
    fatal_told("BR-57", |e| {
        let path = &[ram::ShipToTradeParty, ram::PostalTradeAddress, ram::CountryID];
        holds(!e.has(&path[..2]) || e.speaks(path)?)
    }),
];

#[rustfmt::skip]
pub const SUPPORTING_DOCUMENT: &[Rule] = &[
    fatal_told("BR-52", |e| holds(e.speaks(&[ram::IssuerAssignedID])?)),
];

#[rustfmt::skip]
pub const PRECEDING_INVOICE: &[Rule] = &[
    fatal_told("BR-55", |e| holds(e.speaks(&[ram::IssuerAssignedID])?)),
];

#[rustfmt::skip]
pub const PERIOD: &[Rule] = &[
    fatal("BR-29", ends_after_start),
    fatal("BR-CO-19", has_start_or_end),
];

const TRANSACTION: Name = rsm::SupplyChainTradeTransaction;
const AGREEMENT: Name = ram::ApplicableHeaderTradeAgreement;
const CURRENCY: &[Name] = &[TRANSACTION, ram::ApplicableHeaderTradeSettlement, ram::InvoiceCurrencyCode];
const SELLER: &[Name] = &[TRANSACTION, AGREEMENT, ram::SellerTradeParty];
const SELLER_NAME: &[Name] = &[TRANSACTION, AGREEMENT, ram::SellerTradeParty, ram::Name];
const SELLER_ADDRESS: &[Name] = &[TRANSACTION, AGREEMENT, ram::SellerTradeParty, ram::PostalTradeAddress];
const SELLER_COUNTRY: &[Name] =
    &[TRANSACTION, AGREEMENT, ram::SellerTradeParty, ram::PostalTradeAddress, ram::CountryID];
const BUYER: &[Name] = &[TRANSACTION, AGREEMENT, ram::BuyerTradeParty];
const BUYER_NAME: &[Name] = &[TRANSACTION, AGREEMENT, ram::BuyerTradeParty, ram::Name];
const BUYER_ADDRESS: &[Name] = &[TRANSACTION, AGREEMENT, ram::BuyerTradeParty, ram::PostalTradeAddress];
const BUYER_COUNTRY: &[Name] =
    &[TRANSACTION, AGREEMENT, ram::BuyerTradeParty, ram::PostalTradeAddress, ram::CountryID];

/// Days are written as `20261121`; a date in another format is none.
pub fn is_day(date: &Element) -> bool {
    date.attribute(Attribute::Format) == Some("102")
}

fn has_issue_date(e: Element) -> Told {
    let mut dates = e.down(&[rsm::ExchangedDocument, ram::IssueDateTime, udt::DateTimeString]).filter(is_day);
    let date = dates.next();
    if dates.next().is_some() { Err(Undecided) } else { holds(date.is_some_and(|date| !blank(date.text()))) }
}

/// Only the first address of a party is asked for its scheme.
fn electronic_address_has_scheme(e: Element, party: &[Name]) -> Told {
    let Some(party) = e.first(party) else { return holds(true) };
    let Some(address) = party.kid(ram::URIUniversalCommunication) else { return holds(true) };
    let scheme = address.only(&[ram::URIID])?.and_then(|id| id.attribute(Attribute::SchemeId));
    holds(scheme.is_some_and(|scheme| !blank(scheme)))
}

/// The official test lets an invoice without VAT pass whose total is that without VAT, whatever the currency.
fn total_with_vat(e: Element) -> Told {
    let mut summations = e.doc.all(ram::SpecifiedTradeSettlementHeaderMonetarySummation);
    let summation = summations.next();
    if summations.next().is_some() {
        return Err(Undecided);
    }
    for currency in in_settlement(e, &[ram::InvoiceCurrencyCode]) {
        let Some(summation) = summation else { return holds(false) };
        let grand = summation.number(&[ram::GrandTotalAmount])?;
        let without = summation.number(&[ram::TaxBasisTotalAmount])?;
        if grand.is_some() && grand == without {
            continue;
        }
        let in_currency = |tax: &Element| tax.attribute(Attribute::CurrencyId) == Some(currency.text());
        let mut taxes = summation.kids(ram::TaxTotalAmount).filter(in_currency);
        let (Some(tax), None) = (taxes.next(), taxes.next()) else {
            return Ok(Outcome::Broken(Broken { expected: None, found: grand.map(|grand| grand.to_string()) }));
        };
        let tax = tax.decimal()?;
        let expected = without.map(|without| without.checked_add(tax).ok_or(Undecided)).transpose()?;
        let told = compare(expected.map(round2), grand, |expected, grand| expected == grand)?;
        if let Outcome::Broken(_) = told {
            return Ok(told);
        }
    }
    holds(true)
}

fn says_when_to_pay(e: Element) -> Told {
    let mut amounts = e.doc.all(ram::DuePayableAmount);
    let amount = amounts.next();
    if amounts.next().is_some() {
        return Err(Undecided);
    }
    let is_due = amount.is_some_and(|amount| double(amount.text()) > 0.0);
    let terms = ram::SpecifiedTradePaymentTerms;
    holds(!is_due || somewhere(e, terms, &[ram::DueDateDateTime]) || somewhere(e, terms, &[ram::Description]))
}

fn has_category(e: Element, code: &str) -> bool {
    e.doc.all(ram::CategoryCode).any(|category| category.text() == code)
}

pub fn has_start_or_end(period: Element) -> bool {
    period.has(&[ram::StartDateTime]) || period.has(&[ram::EndDateTime])
}

/// Days compare as texts, which is the same for eight digits. Dates in another format compare with nothing.
pub fn ends_after_start(period: Element) -> bool {
    let mut ends = days(period, ram::EndDateTime);
    !period.has(&[ram::StartDateTime])
        || !period.has(&[ram::EndDateTime])
        || ends.any(|end| days(period, ram::StartDateTime).any(|start| end >= start))
}

fn days(period: Element<'_>, name: Name) -> impl Iterator<Item = &str> {
    period.kids(name).flat_map(|moment| moment.kids(udt::DateTimeString)).filter(is_day).map(Element::text)
}

/// The invoice says when the supply took place, as a day or as a period.
pub fn has_delivery_date(e: Element) -> bool {
    let event = &[ram::ActualDeliverySupplyChainEvent, ram::OccurrenceDateTime, udt::DateTimeString];
    header(e, ram::ApplicableHeaderTradeDelivery).any(|delivery| delivery.has(event))
}

pub fn has_delivery_country(e: Element) -> bool {
    let country = &[ram::ShipToTradeParty, ram::PostalTradeAddress, ram::CountryID];
    header(e, ram::ApplicableHeaderTradeDelivery).any(|delivery| delivery.has(country))
}
