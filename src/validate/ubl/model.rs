//! EN 16931 in UBL: what an invoice must say, and how its amounts belong together.
//!
//! In: the rows of the other files. Out: [`PATTERN`], in the order of the official book, as only the first
//! context that matches an element examines it.

use super::questions::{is_allowance, is_charge, is_vat};
use super::vat::{Exempt, Export, Igic, IntraCommunity, Ipsi, NotSubject, ReverseCharge, Standard, ZeroRated};
use super::{document, lines, parties, payment, totals, vat};
use crate::invoice::{cac, cbc, cn, inv};
use crate::validate::engine::{Context, Where, from, inside, on, on_if};

#[rustfmt::skip]
pub const PATTERN: &[Context] = &[
    on(&[inside(&[cac::AdditionalDocumentReference])], document::ATTACHMENT),
    on(&[from(&[inv::Invoice, cac::LegalMonetaryTotal, cbc::PayableAmount])], payment::AMOUNT_DUE),
    on(&[inside(&[cac::AccountingCustomerParty, cac::Party, cbc::EndpointID])], parties::BUYER_ENDPOINT),
    on(&[inside(&[cac::AccountingCustomerParty, cac::Party, cac::PostalAddress])], parties::BUYER_ADDRESS),
    on(&[inside(&[cac::PaymentMeans, cac::CardAccount, cbc::PrimaryAccountNumberID])], payment::CARD_NUMBER),
    on(&[inside(&[cac::Delivery, cac::DeliveryLocation, cac::Address])], parties::DELIVERY_ADDRESS),
    on_if(OF_INVOICE, is_allowance, totals::ALLOWANCE),
    on_if(OF_INVOICE, is_charge, totals::CHARGE),
    on(&[inside(&[cac::LegalMonetaryTotal])], totals::TOTALS),
    on(&[from(&[inv::Invoice]), from(&[cn::CreditNote])], document::INVOICE),
    on(&[inside(&[cac::InvoiceLine]), inside(&[cac::CreditNoteLine])], lines::LINE),
    on_if(OF_LINE, is_allowance, lines::ALLOWANCE),
    on_if(OF_LINE, is_charge, lines::CHARGE),
    on(&[inside(&[cac::InvoiceLine, cac::InvoicePeriod]), inside(&[cac::CreditNoteLine, cac::InvoicePeriod])],
        lines::PERIOD),
    on(&[inside(&[cac::InvoicePeriod])], document::PERIOD),
    on(&[inside(&[cac::AdditionalItemProperty])], lines::PROPERTY),
    on(&[
        inside(&[cac::InvoiceLine, cac::Item, cac::CommodityClassification, cbc::ItemClassificationCode]),
        inside(&[cac::CreditNoteLine, cac::Item, cac::CommodityClassification, cbc::ItemClassificationCode]),
    ], lines::CLASSIFICATION),
    on(&[
        inside(&[cac::InvoiceLine, cac::Item, cac::StandardItemIdentification, cbc::ID]),
        inside(&[cac::CreditNoteLine, cac::Item, cac::StandardItemIdentification, cbc::ID]),
    ], lines::STANDARD_NUMBER),
    on(&[inside(&[cac::PayeeParty])], parties::PAYEE),
    on_if(&[inside(&[cac::PaymentMeans, cac::PayeeFinancialAccount])], payment::is_exactly_transfer, payment::ACCOUNT),
    on(&[inside(&[cac::PaymentMeans])], payment::MEANS),
    on(&[inside(&[cac::BillingReference])], document::PRECEDING_INVOICE),
    on(&[inside(&[cac::AccountingSupplierParty])], parties::SELLER),
    on(&[inside(&[cac::AccountingSupplierParty, cac::Party, cbc::EndpointID])], parties::SELLER_ENDPOINT),
    on(&[inside(&[cac::AccountingSupplierParty, cac::Party, cac::PostalAddress])], parties::SELLER_ADDRESS),
    on(&[inside(&[cac::TaxRepresentativeParty])], parties::REPRESENTATIVE),
    on(&[inside(&[cac::TaxRepresentativeParty, cac::PostalAddress])], parties::REPRESENTATIVE_ADDRESS),
    on(&[from(&[inv::Invoice, cac::TaxTotal]), from(&[cn::CreditNote, cac::TaxTotal])], vat::TOTAL),
    on(&[inside(&[cac::TaxTotal, cac::TaxSubtotal])], vat::BREAKDOWN),
    on_if(&[inside(&[cac::PartyTaxScheme])], is_vat, parties::VAT_NUMBER),
    ReverseCharge::ROW, ReverseCharge::ALLOWANCE, ReverseCharge::CHARGE, ReverseCharge::LINE,
    Exempt::ROW, Exempt::ALLOWANCE, Exempt::CHARGE, Exempt::LINE,
    Export::ROW, Export::ALLOWANCE, Export::CHARGE, Export::LINE,
    IntraCommunity::ROW, IntraCommunity::ALLOWANCE, IntraCommunity::CHARGE, IntraCommunity::LINE,
    Igic::ROW, Igic::ALLOWANCE, Igic::CHARGE, Igic::LINE,
    Ipsi::ROW, Ipsi::ALLOWANCE, Ipsi::CHARGE, Ipsi::LINE,
    NotSubject::ROW, NotSubject::ALLOWANCE, NotSubject::CHARGE, NotSubject::LINE,
    Standard::ROW, Standard::ALLOWANCE, Standard::CHARGE, Standard::LINE,
    ZeroRated::ROW, ZeroRated::ALLOWANCE, ZeroRated::CHARGE, ZeroRated::LINE,
];

/// Allowances and charges on the whole invoice.
const OF_INVOICE: &[Where] =
    &[from(&[inv::Invoice, cac::AllowanceCharge]), from(&[cn::CreditNote, cac::AllowanceCharge])];

/// Allowances and charges on a line.
const OF_LINE: &[Where] =
    &[inside(&[cac::InvoiceLine, cac::AllowanceCharge]), inside(&[cac::CreditNoteLine, cac::AllowanceCharge])];
