//! EN 16931 in CII: what an invoice must say, and how its amounts belong together.
//!
//! In: the rows of the other files. Out: [`PATTERN`], in the order of the official book, as only the first
//! context that matches an element examines it. Within a category the order does not matter: its contexts are
//! about different elements.

use super::document::{DELIVERY, INVOICE, PRECEDING_INVOICE, SUPPORTING_DOCUMENT};
use super::lines::{says_false, says_true};
use super::parties::is_vat_number;
use super::payment::is_of_transfer;
use super::totals::is_in_invoice_currency;
use super::vat::{
    BREAKDOWN, Category, Exempt, Export, Igic, IntraCommunity, Ipsi, NotSubject, ReverseCharge, Standard,
    ZeroRated,
};
use super::{document, lines, parties, payment, totals};
use crate::invoice::{ram, rsm};
use crate::validate::engine::{Context, Where, from, inside, on, on_if};

#[rustfmt::skip]
pub const PATTERN: &[Context] = &[
    on(&[inside(&[ram::DesignatedProductClassification])], lines::CLASSIFICATION),
    on(&[inside(&[ram::AdditionalReferencedDocument])], SUPPORTING_DOCUMENT),
    on(&[inside(&[ram::ApplicableTradeSettlementFinancialCard])], payment::CARD),
    on_if(ACCOUNT, is_of_transfer, payment::ACCOUNT),
    on(&[from(&[
        rsm::CrossIndustryInvoice, rsm::SupplyChainTradeTransaction, ram::ApplicableHeaderTradeDelivery,
    ])], DELIVERY),
    on_if(INDICATOR, says_false, totals::ALLOWANCE),
    on_if(INDICATOR, says_true, totals::CHARGE),
    on(&[inside(&[ram::SpecifiedTradeSettlementHeaderMonetarySummation])], totals::TOTALS),
    on(&[from(&[rsm::CrossIndustryInvoice])], INVOICE),
    on(&[inside(&[ram::IncludedSupplyChainTradeLineItem])], lines::LINE),
    on_if(LINE_INDICATOR, says_false, lines::ALLOWANCE),
    on_if(LINE_INDICATOR, says_true, lines::CHARGE),
    on(&[inside(&[ram::SpecifiedLineTradeSettlement, ram::BillingSpecifiedPeriod])], lines::PERIOD),
    on(&[inside(&[ram::ApplicableHeaderTradeSettlement, ram::BillingSpecifiedPeriod])], document::PERIOD),
    on(&[inside(&[ram::ApplicableProductCharacteristic])], lines::CHARACTERISTIC),
    on(&[inside(&[ram::PayeeTradeParty])], parties::PAYEE),
    on(&[inside(&[ram::SpecifiedTradeSettlementPaymentMeans])], payment::MEANS),
    on(&[from(&[
        rsm::CrossIndustryInvoice, rsm::SupplyChainTradeTransaction, ram::ApplicableHeaderTradeSettlement,
        ram::InvoiceReferencedDocument,
    ])], PRECEDING_INVOICE),
    on(&[inside(&[ram::SellerTradeParty])], parties::SELLER),
    on(&[inside(&[ram::SellerTaxRepresentativeTradeParty])], parties::REPRESENTATIVE),
    on_if(TAX_TOTAL, is_in_invoice_currency, totals::TAX_TOTAL),
    on_if(&[inside(&[ram::SpecifiedTaxRegistration, ram::ID])], is_vat_number, parties::VAT_NUMBER),
    ReverseCharge::ROW, ReverseCharge::ALLOWANCE, ReverseCharge::CHARGE, ReverseCharge::LINE,
    Igic::ROW, Igic::ALLOWANCE, Igic::CHARGE, Igic::LINE,
    Ipsi::ROW, Ipsi::ALLOWANCE, Ipsi::CHARGE, Ipsi::LINE,
    Exempt::ROW, Exempt::ALLOWANCE, Exempt::CHARGE, Exempt::LINE,
    Export::ROW, Export::ALLOWANCE, Export::CHARGE, Export::LINE,
    IntraCommunity::ROW, IntraCommunity::ALLOWANCE, IntraCommunity::CHARGE, IntraCommunity::LINE,
    NotSubject::ROW, NotSubject::ALLOWANCE, NotSubject::CHARGE, NotSubject::LINE,
    Standard::ROW, Standard::ALLOWANCE, Standard::CHARGE, Standard::LINE,
    ZeroRated::ROW, ZeroRated::ALLOWANCE, ZeroRated::CHARGE, ZeroRated::LINE,
    on(&[inside(&[ram::ApplicableHeaderTradeSettlement, ram::ApplicableTradeTax])], BREAKDOWN),
];

const ACCOUNT: &[Where] =
    &[inside(&[ram::SpecifiedTradeSettlementPaymentMeans, ram::PayeePartyCreditorFinancialAccount])];
const INDICATOR: &[Where] = &[inside(&[
    ram::ApplicableHeaderTradeSettlement,
    ram::SpecifiedTradeAllowanceCharge,
    ram::ChargeIndicator,
])];
const LINE_INDICATOR: &[Where] =
    &[inside(&[ram::SpecifiedLineTradeSettlement, ram::SpecifiedTradeAllowanceCharge, ram::ChargeIndicator])];
const TAX_TOTAL: &[Where] =
    &[inside(&[ram::SpecifiedTradeSettlementHeaderMonetarySummation, ram::TaxTotalAmount])];
