//! Peppol BIS Billing 3 in CII: rules for everybody.

use super::super::number::{normalized_is, trim};
use super::identifiers::{is_dutch_vat, is_of, rows};
use super::ubl::{computed, is_billing, told_close, total};
use super::{is_digits, is_one_of, number_or, party};
use crate::invoice::Attribute::{CurrencyId, Format, MimeCode, SchemeId, UnitCode};
use crate::invoice::{Name, ram, rsm, udt};
use crate::validate::Severity;
use crate::validate::codes::{
    ALLOWANCE_REASONS, ATTACHMENT_TYPES, CHARGE_REASONS, PEPPOL_ADDRESS_SCHEMES_CII, PEPPOL_CURRENCIES_CII,
    attribute_is, coded,
};
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{Context, Where, fatal, fatal_told, holds, inside, never, on, on_if, warning};
use rust_decimal::Decimal;

#[rustfmt::skip]
pub const PATTERN: &[Context] = &[
    on(&[inside(&[rsm::ExchangedDocumentContext])], &[
        fatal("PEPPOL-EN16931-R001", |context| context.has(PROCESS)),
        fatal("PEPPOL-EN16931-R007", |context| is_one_of(context, PROCESS, PROCESSES)),
        fatal("PEPPOL-EN16931-R004", |context| {
            is_billing(context.text_of(&[ram::GuidelineSpecifiedDocumentContextParameter, ram::ID]))
        }),
    ]),
    on(&[inside(&[ram::ApplicableHeaderTradeAgreement])], &[
        fatal("PEPPOL-EN16931-R003", |agreement| {
            agreement.has(&[ram::BuyerReference])
                || agreement.has(&[ram::BuyerOrderReferencedDocument, ram::IssuerAssignedID])
        }),
        fatal("PEPPOL-EN16931-R006", |agreement| references(agreement, "130") <= 1),
        fatal("PEPPOL-EN16931-R080", |agreement| references(agreement, "50") <= 1),
    ]),
    on(&[inside(&[ram::ApplicableHeaderTradeSettlement])], &[
        fatal("PEPPOL-EN16931-R005", |settlement| {
            let invoice = settlement.text_of(&[ram::InvoiceCurrencyCode]).unwrap_or_default();
            let accounting = settlement.text_of(&[ram::TaxCurrencyCode]);
            accounting.is_none_or(|accounting| trim(accounting) != trim(invoice))
        }),
        fatal("PEPPOL-EN16931-R053", |settlement| {
            let codes = || settlement.kids(ram::InvoiceCurrencyCode);
            vat_totals(settlement).filter(|total| codes().any(|code| currency(*total) == Some(code.text()))).count() == 1
        }),
        fatal("PEPPOL-EN16931-R054", |settlement| {
            let codes = || settlement.kids(ram::InvoiceCurrencyCode);
            let differs = |total: &Element| {
                currency(*total).is_some_and(|currency| codes().any(|code| code.text() != currency))
            };
            vat_totals(settlement).filter(differs).count() == usize::from(settlement.has(&[ram::TaxCurrencyCode]))
        }),
        fatal("PEPPOL-EN16931-R055", tax_totals_agree_in_sign),
    ]),
    on(&[inside(&[rsm::ExchangedDocument])], &[
        fatal("PEPPOL-EN16931-R002", |document| {
            document.count(&[ram::IncludedNote]) <= 1 && !document.has(&[ram::IncludedNote, ram::SubjectCode])
        }),
    ]),
    on(&[inside(&[ram::BuyerTradeParty])], &[
        fatal("PEPPOL-EN16931-R010", |buyer| buyer.has(ADDRESS)),
    ]),
    on(&[inside(&[ram::SellerTradeParty])], &[
        fatal("PEPPOL-EN16931-R020", |seller| seller.has(ADDRESS)),
    ]),
    on_if(ALLOWANCE, |allowance| allowance.has(RATE) && !allowance.has(BASE), &[
        fatal("PEPPOL-EN16931-R041", |_| false),
    ]),
    on_if(ALLOWANCE, |allowance| !allowance.has(RATE) && allowance.has(BASE), &[
        fatal("PEPPOL-EN16931-R042", |_| false),
    ]),
    on(ALLOWANCE, &[
        fatal_told("PEPPOL-EN16931-R040", |allowance| {
            let (Some(base), Some(rate)) = (allowance.number(BASE)?, allowance.number(RATE)?) else { return holds(true) };
            let computed = base.checked_mul(rate).ok_or(Undecided)? / Decimal::ONE_HUNDRED;
            told_close(computed, number_or(allowance, &[ram::ActualAmount], Decimal::ZERO)?)
        }),
        fatal("PEPPOL-EN16931-R043", |allowance| is_one_of(allowance, INDICATOR, &["true", "false"])),
    ]),
    on(&[inside(&[ram::AppliedTradeAllowanceCharge])], &[
        fatal("PEPPOL-EN16931-R043", |allowance| is_one_of(allowance, INDICATOR, &["true", "false"])),
    ]),
    on_if(&[inside(&[ram::SpecifiedTradeSettlementPaymentMeans])], is_direct_debit, &[
        fatal("PEPPOL-EN16931-R061", |means| {
            let mandate: &[Name] = &[ram::SpecifiedTradePaymentTerms, ram::DirectDebitMandateID];
            means.parent().is_some_and(|settlement| settlement.has(mandate))
        }),
    ]),
    on_if(&[inside(LINE_START)], |start| has_period(start, ram::StartDateTime), &[
        fatal("PEPPOL-EN16931-R110", |start| is_within(start, ram::StartDateTime, |line, invoice| line >= invoice)),
    ]),
    on_if(&[inside(LINE_END)], |end| has_period(end, ram::EndDateTime), &[
        fatal("PEPPOL-EN16931-R111", |end| is_within(end, ram::EndDateTime, |line, invoice| line <= invoice)),
    ]),
    on(&[inside(&[ram::IncludedSupplyChainTradeLineItem])], &[
        fatal_told("PEPPOL-EN16931-R120", |line| {
            told_close(line_amount(line)?, number_or(line, LINE_TOTAL, Decimal::ZERO)?)
        }),
        fatal("PEPPOL-EN16931-R100", |line| {
            let settlements = line.kids(ram::SpecifiedLineTradeSettlement);
            settlements.map(|settlement| references(settlement, "130")).sum::<usize>() <= 1
        }),
        fatal("PEPPOL-EN16931-R101", |line| {
            let reference: &[Name] = &[ram::SpecifiedLineTradeSettlement, ram::AdditionalReferencedDocument];
            !line.has(reference)
                || line.down(reference).any(|document| document.equals(&[ram::TypeCode], "130"))
        }),
    ]),
    on(&[inside(&[ram::NetPriceProductTradePrice]), inside(&[ram::GrossPriceProductTradePrice])], &[
        fatal_told("PEPPOL-EN16931-R121", |price| {
            holds(price.number(&[ram::BasisQuantity])?.is_none_or(|quantity| quantity > Decimal::ZERO))
        }),
    ]),
    on_if(&[
        inside(&[ram::NetPriceProductTradePrice, ram::BasisQuantity]),
        inside(&[ram::GrossPriceProductTradePrice, ram::BasisQuantity]),
    ], |quantity| quantity.attribute(UnitCode).is_some(), &[
        fatal("PEPPOL-EN16931-R130", has_unit_of_line),
    ]),
    on_if(IDENTIFIERS, |id| is_of(id, "0088"), rows::GLN),
    on_if(IDENTIFIERS, |id| is_of(id, "0192"), rows::NORWAY),
    on_if(IDENTIFIERS, |id| is_of(id, "0184"), rows::DENMARK),
    on_if(IDENTIFIERS, |id| is_of(id, "0096"), rows::DANISH_P),
    on_if(IDENTIFIERS, |id| is_of(id, "0198"), rows::DANISH_SE),
    on_if(IDENTIFIERS, |id| is_of(id, "0208"), rows::BELGIUM),
    on_if(IDENTIFIERS, |id| is_of(id, "0201"), rows::ITALIAN_IPA),
    on_if(IDENTIFIERS, |id| is_of(id, "0210"), rows::ITALIAN_TAX),
    on_if(&[inside(&[ram::URIID])], |id| is_of(id, "9907"), rows::ITALIAN_TAX_9907),
    on_if(IDENTIFIERS, |id| is_of(id, "0211"), rows::ITALIAN_VAT),
    on_if(IDENTIFIERS, |id| is_of(id, "0007"), rows::SWEDEN),
    on_if(IDENTIFIERS, |id| is_of(id, "0151"), rows::AUSTRALIA_CII),
    on_if(IDENTIFIERS, |id| is_of(id, "0106"), rows::DUTCH_KVK),
    on_if(IDENTIFIERS, |id| is_of(id, "0190"), rows::DUTCH_OIN),
    on_if(IDENTIFIERS, |id| is_of(id, "9944"), rows::DUTCH_VAT),
    on_if(&[inside(&[ram::SpecifiedTaxRegistration])], |registration| vat_number(registration).is_some(), &[
        warning("PEPPOL-COMMON-R056-2",
            |registration| vat_number(registration).is_some_and(|number| is_dutch_vat(&number))),
    ]),
    on_if(IDENTIFIERS, |id| is_of(id, "0217"), rows::DUTCH_BRANCH_CII),
];

/// Restricted code lists, and how dates are written.
#[rustfmt::skip]
pub const CODES: &[Context] = &[
    on_if(&[inside(&[ram::AttachmentBinaryObject])], |file| file.attribute(MimeCode).is_some(), &[
        fatal("PEPPOL-EN16931-CL001", |file| attribute_is(&ATTACHMENT_TYPES, file, MimeCode)),
    ]),
    on_if(&[inside(REASON)], |reason| is_reason_of(reason, "false"), &[
        fatal("PEPPOL-EN16931-CL002", |reason| coded(&ALLOWANCE_REASONS, reason)),
    ]),
    on_if(&[inside(REASON)], |reason| is_reason_of(reason, "true"), &[
        fatal("PEPPOL-EN16931-CL003", |reason| coded(&CHARGE_REASONS, reason)),
    ]),
    on_if(&[inside(&[ram::TaxTotalAmount])], |amount| currency(amount).is_some(), &[
        fatal("PEPPOL-EN16931-CL007", |amount| attribute_is(&PEPPOL_CURRENCIES_CII, amount, CurrencyId)),
    ]),
    // The official context names the document in a namespace where it is not.
    on(&[inside(&[rsm::ExchangedDocument, ram::TypeCode])], &[
        never("PEPPOL-EN16931-P0100", Severity::Fatal),
    ]),
    on(&[inside(&[udt::DateTimeString])], &[
        fatal("PEPPOL-EN16931-F001", |date| {
            let format = date.attribute(Format).unwrap_or_default();
            normalized_is(format, "102") && is_digits(date.text(), 8) && date.text().starts_with("20")
        }),
    ]),
    on(&[
        inside(&[ram::BuyerTradeParty, ram::URIUniversalCommunication, ram::URIID]),
        inside(&[ram::SellerTradeParty, ram::URIUniversalCommunication, ram::URIID]),
    ], &[
        fatal("PEPPOL-EN16931-CL008", |id| attribute_is(&PEPPOL_ADDRESS_SCHEMES_CII, id, SchemeId)),
    ]),
];

/// Business processes (BT-23) that are approved.
const PROCESSES: &[&str] =
    &["urn:fdc:peppol.eu:2017:poacc:billing:01:1.0", "urn:peppol:bis:billing_with_response"];
const PROCESS: &[Name] = &[ram::BusinessProcessSpecifiedDocumentContextParameter, ram::ID];

const IDENTIFIERS: &[Where] = &[inside(&[ram::URIID]), inside(&[ram::ID]), inside(&[ram::GlobalID])];
const ALLOWANCE: &[Where] = &[inside(&[ram::SpecifiedTradeAllowanceCharge])];
const ADDRESS: &[Name] = &[ram::URIUniversalCommunication, ram::URIID];
const RATE: &[Name] = &[ram::CalculationPercent];
const BASE: &[Name] = &[ram::BasisAmount];
const INDICATOR: &[Name] = &[ram::ChargeIndicator, udt::Indicator];
const REASON: &[Name] = &[ram::SpecifiedTradeAllowanceCharge, ram::ReasonCode];
const LINE_START: &[Name] = &[
    rsm::SupplyChainTradeTransaction,
    ram::IncludedSupplyChainTradeLineItem,
    ram::SpecifiedLineTradeSettlement,
    ram::BillingSpecifiedPeriod,
    ram::StartDateTime,
];
const LINE_END: &[Name] = &[
    rsm::SupplyChainTradeTransaction,
    ram::IncludedSupplyChainTradeLineItem,
    ram::SpecifiedLineTradeSettlement,
    ram::BillingSpecifiedPeriod,
    ram::EndDateTime,
];
const LINE_TOTAL: &[Name] = &[
    ram::SpecifiedLineTradeSettlement,
    ram::SpecifiedTradeSettlementLineMonetarySummation,
    ram::LineTotalAmount,
];

fn is_direct_debit(means: Element) -> bool {
    is_one_of(means, &[ram::TypeCode], &["49", "59"])
}

/// Additional documents of a type.
fn references(element: Element, code: &str) -> usize {
    let documents = element.kids(ram::AdditionalReferencedDocument);
    documents.filter(|document| document.equals(&[ram::TypeCode], code)).count()
}

fn currency(amount: Element<'_>) -> Option<&str> {
    amount.attribute(CurrencyId)
}

fn vat_totals(settlement: Element<'_>) -> impl Iterator<Item = Element<'_>> {
    let sums = settlement.kids(ram::SpecifiedTradeSettlementHeaderMonetarySummation);
    sums.flat_map(|sums| sums.kids(ram::TaxTotalAmount))
}

/// VAT in the accounting currency and in that of the invoice are both negative, or both are not.
fn tax_totals_agree_in_sign(settlement: Element) -> bool {
    let some = |code: Name, negative: bool| {
        vat_totals(settlement).any(|total| {
            let named = settlement.kids(code).any(|code| currency(total) == Some(code.text()));
            let amount = total.double();
            named && if negative { amount < 0.0 } else { amount >= 0.0 }
        })
    };
    let both = |negative| some(ram::TaxCurrencyCode, negative) && some(ram::InvoiceCurrencyCode, negative);
    !settlement.has(&[ram::TaxCurrencyCode]) || both(true) || both(false)
}

/// First or last days of the invoicing period (BG-14).
fn periods(element: Element<'_>, day: Name) -> impl Iterator<Item = Element<'_>> {
    let periods =
        party::settlement(element).into_iter().flat_map(|found| found.kids(ram::BillingSpecifiedPeriod));
    periods.flat_map(move |period| period.kids(day))
}

fn has_period(element: Element, day: Name) -> bool {
    periods(element, day).next().is_some()
}

/// Days are compared as they are written.
fn is_within(element: Element, day: Name, is_in_order: fn(&str, &str) -> bool) -> bool {
    element.kids(udt::DateTimeString).any(|line| {
        let mut days = periods(element, day).flat_map(|day| day.kids(udt::DateTimeString));
        days.any(|invoice| is_in_order(line.text(), invoice.text()))
    })
}

/// Quantity × (price ÷ base quantity) + charges − allowances.
fn line_amount(line: Element) -> Result<Decimal, Undecided> {
    let sum = |charge: &str| {
        let some = line.kids(ram::SpecifiedLineTradeSettlement);
        let some = some.flat_map(|settlement| settlement.kids(ram::SpecifiedTradeAllowanceCharge));
        let some = some.filter(|allowance| is_one_of(*allowance, INDICATOR, &[charge]));
        total(some.flat_map(|allowance| allowance.kids(ram::ActualAmount)))
    };
    let (agreement, price) = (ram::SpecifiedLineTradeAgreement, ram::NetPriceProductTradePrice);
    let amount = number_or(line, &[agreement, price, ram::ChargeAmount], Decimal::ZERO)?;
    let quantity = number_or(line, &[ram::SpecifiedLineTradeDelivery, ram::BilledQuantity], Decimal::ONE)?;
    let base = line.number(&[agreement, price, ram::BasisQuantity])?;
    computed(quantity, amount, base, sum("true")?, sum("false")?)
}

/// The price is for the unit that was invoiced.
fn has_unit_of_line(base: Element) -> bool {
    let line = base.parent().and_then(Element::parent).and_then(Element::parent);
    let quantity: &[Name] = &[ram::SpecifiedLineTradeDelivery, ram::BilledQuantity];
    let same = |quantity: Element| quantity.attribute(UnitCode) == base.attribute(UnitCode);
    line.is_some_and(|line| line.down(quantity).any(same))
}

fn is_reason_of(reason: Element, charge: &str) -> bool {
    reason.parent().is_some_and(|parent| is_one_of(parent, INDICATOR, &[charge]))
}

/// A VAT identifier that begins as one of the Netherlands: all text of its registration.
fn vat_number(registration: Element) -> Option<String> {
    let is_vat = registration.kids(ram::ID).any(|id| is_of(id, "VA"));
    let text: String = registration.children().map(Element::text).collect();
    let number = trim(&text);
    (is_vat && number.starts_with("NL")).then(|| number.to_owned())
}
