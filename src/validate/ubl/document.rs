//! EN 16931 in UBL: the invoice as a whole, its references and its period.

use super::sums::sums;
use super::totals::{is_in, with_vat};
use super::vat::{
    self, Exempt, Export, Igic, IntraCommunity, Ipsi, NotSubject, ReverseCharge, Standard, ZeroRated,
};
use crate::invoice::{Name, cac, cbc};
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{Rule, Told, fatal, fatal_told, holds, needs, never, only};
use crate::validate::number::date;
use crate::validate::{Edition, Severity};

#[rustfmt::skip]
pub const INVOICE: &[Rule] = &[
    fatal_told("BR-01", |e| holds(e.speaks(&[cbc::CustomizationID])?)),
    fatal_told("BR-02", |e| holds(e.speaks(&[cbc::ID])?)),
    fatal_told("BR-03", |e| holds(e.speaks(&[cbc::IssueDate])?)),
    fatal_told("BR-04", |e| holds(e.speaks(&[cbc::InvoiceTypeCode])? || e.speaks(&[cbc::CreditNoteTypeCode])?)),
    fatal_told("BR-05", |e| holds(e.speaks(&[cbc::DocumentCurrencyCode])?)),
    fatal_told("BR-06", |e| holds(e.speaks(SELLER_NAME)?)),
    fatal_told("BR-07", |e| holds(e.speaks(BUYER_NAME)?)),
    needs("BR-08", &[cac::AccountingSupplierParty, cac::Party, cac::PostalAddress]),
    needs("BR-10", &[cac::AccountingCustomerParty, cac::Party, cac::PostalAddress]),
    fatal("BR-16", |e| e.has(&[cac::InvoiceLine]) || e.has(&[cac::CreditNoteLine])),
    fatal_told("BR-53", has_tax_in_its_currency),
    ReverseCharge::BREAKDOWN, ReverseCharge::LINE_PARTIES,
    ReverseCharge::ALLOWANCE_PARTIES, ReverseCharge::CHARGE_PARTIES,
    fatal("BR-CO-03", |e| !e.has(&[cbc::TaxPointDate]) || !e.has(&[cac::InvoicePeriod, cbc::DescriptionCode])),
    fatal_told("BR-CO-15", with_vat),
    needs("BR-CO-18", &[cac::TaxTotal, cac::TaxSubtotal]),
    never("BR-DEC-13", Severity::Fatal),
    never("BR-DEC-15", Severity::Fatal),
    Exempt::BREAKDOWN, Exempt::LINE_PARTIES, Exempt::ALLOWANCE_PARTIES, Exempt::CHARGE_PARTIES,
    Export::BREAKDOWN, Export::LINE_PARTIES, Export::ALLOWANCE_PARTIES, Export::CHARGE_PARTIES,
    IntraCommunity::BREAKDOWN, IntraCommunity::LINE_PARTIES,
    IntraCommunity::ALLOWANCE_PARTIES, IntraCommunity::CHARGE_PARTIES,
    fatal_told("BR-IC-11", vat::intra_community_has_date),
    fatal_told("BR-IC-12", vat::intra_community_has_country),
    Igic::BREAKDOWN, Igic::LINE_PARTIES, Igic::ALLOWANCE_PARTIES, Igic::CHARGE_PARTIES,
    Ipsi::BREAKDOWN, Ipsi::LINE_PARTIES, Ipsi::ALLOWANCE_PARTIES, Ipsi::CHARGE_PARTIES,
    NotSubject::BREAKDOWN, NotSubject::LINE_PARTIES, NotSubject::ALLOWANCE_PARTIES, NotSubject::CHARGE_PARTIES,
    fatal("BR-O-11", |e| !vat::breaks_down_not_subject(e) || !vat::breaks_down_other(e)),
    fatal("BR-O-12", |e| !vat::breaks_down_not_subject(e) || !sums(e).other_line),
    fatal("BR-O-13", |e| !vat::breaks_down_not_subject(e) || !sums(e).other_allowance),
    fatal("BR-O-14", |e| !vat::breaks_down_not_subject(e) || !sums(e).other_charge),
    Standard::BREAKDOWN, Standard::LINE_PARTIES, Standard::ALLOWANCE_PARTIES, Standard::CHARGE_PARTIES,
    ZeroRated::BREAKDOWN, ZeroRated::LINE_PARTIES, ZeroRated::ALLOWANCE_PARTIES, ZeroRated::CHARGE_PARTIES,
    fatal("BR-B-01", |e| !sums(e).split_payment || e.doc.all(cbc::IdentificationCode).all(|code| code.text() == "IT")),
    only(Edition::January2026, fatal("BR-B-02", |e| !has_category(e, "B", ROW) || !has_category(e, "S", NO_ROW))),
    only(Edition::August2026, fatal("BR-B-02", |e| !has_category(e, "B", ROW) || !has_category(e, "S", ROW))),
];

#[rustfmt::skip]
pub const ATTACHMENT: &[Rule] = &[
    fatal_told("BR-52", |e| holds(e.speaks(&[cbc::ID])?)),
];

#[rustfmt::skip]
pub const PRECEDING_INVOICE: &[Rule] = &[
    needs("BR-55", &[cac::InvoiceDocumentReference, cbc::ID]),
];

#[rustfmt::skip]
pub const PERIOD: &[Rule] = &[
    fatal_told("BR-29", ends_after_it_starts),
    fatal("BR-CO-19", |e| e.has(&[cbc::StartDate]) || e.has(&[cbc::EndDate]) || e.has(&[cbc::DescriptionCode])),
];

const SELLER_NAME: &[Name] =
    &[cac::AccountingSupplierParty, cac::Party, cac::PartyLegalEntity, cbc::RegistrationName];
const BUYER_NAME: &[Name] =
    &[cac::AccountingCustomerParty, cac::Party, cac::PartyLegalEntity, cbc::RegistrationName];

/// The code of a row of the VAT breakdown.
const ROW: &[Name] = &[cac::TaxTotal, cac::TaxSubtotal, cac::TaxCategory, cbc::ID];
/// Where the January edition looks for it by mistake: no row has an identifier of its own.
const NO_ROW: &[Name] = &[cac::TaxTotal, cac::TaxSubtotal, cbc::ID];

/// A row, an allowance or charge on the invoice, or a line has exactly this category.
fn has_category(root: Element, code: &str, row: &[Name]) -> bool {
    let lines = || root.doc.all(cac::ClassifiedTaxCategory);
    root.equals(row, code)
        || root.equals(&[cac::AllowanceCharge, cac::TaxCategory, cbc::ID], code)
        || lines().any(|category| category.equals(&[cbc::ID], code))
}

/// Where VAT is to be stated in another currency, some total is.
fn has_tax_in_its_currency(root: Element) -> Told {
    let Some(currency) = root.only(&[cbc::TaxCurrencyCode])? else { return holds(true) };
    let mut totals = root.doc.all(cac::TaxTotal);
    holds(totals.any(|total| total.kids(cbc::TaxAmount).any(|tax| is_in(tax, currency.text()))))
}

/// Where both days are given, a period does not end before it starts.
pub fn ends_after_it_starts(period: Element) -> Told {
    let (Some(start), Some(end)) = (period.only(&[cbc::StartDate])?, period.only(&[cbc::EndDate])?) else {
        return holds(true);
    };
    let (Some(start), Some(end)) = (date(start.text()), date(end.text())) else { return Err(Undecided) };
    holds(end >= start)
}
