//! Rules of Peppol BIS Billing that XRechnung has taken over, in both syntaxes.

use super::{DEBITS, head, means, only_text, only_text_node};
use crate::invoice::{Attribute, Name, Syntax, blank, cac, cbc, cn, inv, ram, rsm, udt};
use crate::validate::Edition;
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{Context, Outcome, Told, Where, every, inside, shown};
use crate::validate::engine::{fatal, fatal_told, holds, needs, on, on_if, only, warning_told};
use crate::validate::number::{date, normalize, normalized_is, round2};
use rust_decimal::Decimal;
use std::cmp::Ordering;

#[rustfmt::skip]
pub const UBL_EMPTY: &[Context] = &[
    on_if(&[every()], is_empty, &[
        only(Edition::January2026, fatal("PEPPOL-EN16931-R008", |_| false)),
        // A reference to an order needs its number by the schema, also where only the seller has given it one.
        only(Edition::August2026, fatal("PEPPOL-EN16931-R008", |leaf|
            leaf.is(cbc::ID) && leaf.parent().is_some_and(|parent| parent.is(cac::OrderReference)))),
    ]),
];

#[rustfmt::skip]
pub const UBL: &[Context] = &[
    on(&[inside(&[cn::CreditNote]), inside(&[inv::Invoice])], &[
        needs("PEPPOL-EN16931-R001", &[cbc::ProfileID]),
        fatal("PEPPOL-EN16931-R053", |invoice|
            invoice.kids(cac::TaxTotal).filter(|total| total.has(&[cac::TaxSubtotal])).count() == 1),
        fatal("PEPPOL-EN16931-R054", |invoice|
            invoice.kids(cac::TaxTotal).filter(|total| !total.has(&[cac::TaxSubtotal])).count()
                == usize::from(invoice.has(&[cbc::TaxCurrencyCode]))),
        fatal("PEPPOL-EN16931-R055", |invoice| !invoice.has(&[cbc::TaxCurrencyCode])
            || has_both_taxes(invoice, |tax| tax <= 0.0)
            || has_both_taxes(invoice, |tax| tax >= 0.0)),
    ]),
    on(&[inside(&[cbc::TaxCurrencyCode])], &[
        fatal_told("PEPPOL-EN16931-R005", |code| {
            let invoiced = code.parent().and_then(|invoice| invoice.kid(cbc::DocumentCurrencyCode));
            holds(!are_same(Some(code), invoiced)?)
        }),
    ]),
    on(&[inside(&[cac::AccountingCustomerParty, cac::Party])], &[
        needs("PEPPOL-EN16931-R010", &[cbc::EndpointID]),
    ]),
    on(&[inside(&[cac::AccountingSupplierParty, cac::Party])], &[
        needs("PEPPOL-EN16931-R020", &[cbc::EndpointID]),
    ]),
    on_if(ALLOWANCES, |part| part.has(&[cbc::MultiplierFactorNumeric]) && !part.has(&[cbc::BaseAmount]), &[
        fatal("PEPPOL-EN16931-R041", |_| false),
    ]),
    on_if(ALLOWANCES, |part| !part.has(&[cbc::MultiplierFactorNumeric]) && part.has(&[cbc::BaseAmount]), &[
        fatal("PEPPOL-EN16931-R042", |_| false),
    ]),
    on(ALLOWANCES, &[
        fatal_told("PEPPOL-EN16931-R040", |part|
            is_percentage(part, cbc::Amount, cbc::BaseAmount, cbc::MultiplierFactorNumeric)),
        fatal_told("PEPPOL-EN16931-R043", |part| indicates_in_words(part, &[cbc::ChargeIndicator])),
    ]),
    on_if(&[inside(&[cac::PaymentMeans])], |payment| means(payment, &[cbc::PaymentMeansCode], &DEBITS), &[
        needs("PEPPOL-EN16931-R061", &[cac::PaymentMandate, cbc::ID]),
    ]),
    on_if(&[inside(&[inv::Invoice, cac::InvoiceLine, cac::InvoicePeriod, cbc::StartDate]),
            inside(&[cn::CreditNote, cac::CreditNoteLine, cac::InvoicePeriod, cbc::StartDate])],
        |begin| !head(begin).begins.is_empty(), &[
        fatal_told("PEPPOL-EN16931-R110", |begin| holds(compared_to_head(begin)?.is_some_and(Ordering::is_ge))),
    ]),
    on_if(&[inside(&[inv::Invoice, cac::InvoiceLine, cac::InvoicePeriod, cbc::EndDate]),
            inside(&[cn::CreditNote, cac::CreditNoteLine, cac::InvoicePeriod, cbc::EndDate])],
        |end| !head(end).ends.is_empty(), &[
        fatal_told("PEPPOL-EN16931-R111", |end| holds(compared_to_head(end)?.is_some_and(Ordering::is_le))),
    ]),
    on(&[inside(&[cac::InvoiceLine]), inside(&[cac::CreditNoteLine])], &[
        warning_told("PEPPOL-EN16931-R120", |line| match line.doc.syntax {
            Syntax::UblCreditNote => adds_up(line, &CREDITED),
            Syntax::UblInvoice | Syntax::Cii => adds_up(line, &INVOICED),
        }),
        fatal_told("PEPPOL-EN16931-R121", |line| is_above_zero(line, &[cac::Price, cbc::BaseQuantity])),
        fatal("PEPPOL-EN16931-R101", |line| !line.has(&[cac::DocumentReference])
            || line.equals(&[cac::DocumentReference, cbc::DocumentTypeCode], "130")),
    ]),
    on(&[inside(&[cac::Price, cac::AllowanceCharge])], &[
        fatal_told("PEPPOL-EN16931-R044", |discount|
            holds(normalized_is(only_text(discount, &[cbc::ChargeIndicator])?, "false"))),
        fatal_told("PEPPOL-EN16931-R046", |discount| match discount.has(&[cbc::BaseAmount]) {
            true => is_difference(discount.parent().map_or(Ok(None), |price| price.number(&[cbc::PriceAmount]))?,
                discount.number(&[cbc::BaseAmount])?, discount.number(&[cbc::Amount])?),
            false => holds(true),
        }),
    ]),
    on_if(&[inside(&[cac::Price, cbc::BaseQuantity])], |base| base.attribute(Attribute::UnitCode).is_some(), &[
        fatal("PEPPOL-EN16931-R130", has_unit_of_ubl_line),
    ]),
];

#[rustfmt::skip]
pub const CII: &[Context] = &[
    on(&[inside(&[rsm::ExchangedDocumentContext])], &[
        needs("PEPPOL-EN16931-R001", &[ram::BusinessProcessSpecifiedDocumentContextParameter, ram::ID]),
    ]),
    on(&[inside(&[ram::ApplicableHeaderTradeSettlement])], &[
        fatal_told("PEPPOL-EN16931-R005", |settlement| holds(!settlement.has(&[ram::TaxCurrencyCode])
            || !are_same(settlement.only(&[ram::TaxCurrencyCode])?, settlement.only(&[ram::InvoiceCurrencyCode])?)?)),
        fatal("PEPPOL-EN16931-R053", |settlement| tax_totals_in(settlement, ram::InvoiceCurrencyCode).count() < 2),
        fatal("PEPPOL-EN16931-R054", |settlement|
            foreign_tax_totals(settlement) == usize::from(settlement.has(&[ram::TaxCurrencyCode]))),
        fatal("PEPPOL-EN16931-R055", tax_totals_have_same_sign),
    ]),
    on(&[inside(&[ram::BuyerTradeParty])], &[
        needs("PEPPOL-EN16931-R010", &[ram::URIUniversalCommunication, ram::URIID]),
    ]),
    on(&[inside(&[ram::SellerTradeParty])], &[
        needs("PEPPOL-EN16931-R020", &[ram::URIUniversalCommunication, ram::URIID]),
    ]),
    on_if(CII_ALLOWANCES, |part| part.has(&[ram::CalculationPercent]) && !part.has(&[ram::BasisAmount]), &[
        fatal("PEPPOL-EN16931-R041", |_| false),
    ]),
    on_if(CII_ALLOWANCES, |part| !part.has(&[ram::CalculationPercent]) && part.has(&[ram::BasisAmount]), &[
        fatal("PEPPOL-EN16931-R042", |_| false),
    ]),
    on(CII_ALLOWANCES, &[
        fatal_told("PEPPOL-EN16931-R040", |part|
            is_percentage(part, ram::ActualAmount, ram::BasisAmount, ram::CalculationPercent)),
        fatal_told("PEPPOL-EN16931-R043-1", |part| indicates_in_words(part, INDICATOR)),
    ]),
    on(&[inside(&[ram::AppliedTradeAllowanceCharge])], &[
        fatal_told("PEPPOL-EN16931-R043-2", |discount| indicates_in_words(discount, INDICATOR)),
    ]),
    on_if(&[inside(&[ram::SpecifiedTradeSettlementPaymentMeans])],
        |payment| means(payment, &[ram::TypeCode], &DEBITS), &[
        fatal("PEPPOL-EN16931-R061", |payment| payment.doc.all(ram::DirectDebitMandateID).any(|mandate|
            mandate.parent().is_some_and(|terms|
                terms.is(ram::SpecifiedTradePaymentTerms) && terms.parent() == payment.parent()))),
    ]),
    on_if(&[inside(&[rsm::SupplyChainTradeTransaction, ram::IncludedSupplyChainTradeLineItem,
        ram::SpecifiedLineTradeSettlement, ram::BillingSpecifiedPeriod, ram::StartDateTime])],
        |begin| !head(begin).begins.is_empty(), &[
        fatal("PEPPOL-EN16931-R110", |begin| is_beside_head(begin, Ordering::is_ge)),
    ]),
    on_if(&[inside(&[rsm::SupplyChainTradeTransaction, ram::IncludedSupplyChainTradeLineItem,
        ram::SpecifiedLineTradeSettlement, ram::BillingSpecifiedPeriod, ram::EndDateTime])],
        |end| !head(end).ends.is_empty(), &[
        fatal("PEPPOL-EN16931-R111", |end| is_beside_head(end, Ordering::is_le)),
    ]),
    on(&[inside(&[ram::IncludedSupplyChainTradeLineItem])], &[
        warning_told("PEPPOL-EN16931-R120", |line| adds_up(line, &BILLED)),
        fatal("PEPPOL-EN16931-R101", |line|
            !line.has(&[ram::SpecifiedLineTradeSettlement, ram::AdditionalReferencedDocument])
            || line.equals(TYPE_OF_OBJECT, "130")),
    ]),
    on(&[inside(&[ram::NetPriceProductTradePrice]), inside(&[ram::GrossPriceProductTradePrice])], &[
        fatal_told("PEPPOL-EN16931-R121", |price| is_above_zero(price, &[ram::BasisQuantity])),
    ]),
    on_if(&[inside(&[ram::NetPriceProductTradePrice, ram::BasisQuantity]),
            inside(&[ram::GrossPriceProductTradePrice, ram::BasisQuantity])],
        |base| base.attribute(Attribute::UnitCode).is_some(), &[
        fatal("PEPPOL-EN16931-R130", |base| base.ancestors().nth(2).is_some_and(|line|
            has_unit(base, line, &[ram::SpecifiedLineTradeDelivery, ram::BilledQuantity]))),
    ]),
];

#[rustfmt::skip]
pub const CII_EMPTY: &[Context] = &[
    // The name as written: with another prefix the element must not be empty.
    on_if(&[every()], |leaf| is_empty(leaf) && leaf.tag() != "ram:ApplicableHeaderTradeDelivery", &[
        fatal("PEPPOL-EN16931-R008", |_| false),
    ]),
];

#[rustfmt::skip]
pub const CII_PRICE: &[Context] = &[
    on(&[inside(&[rsm::SupplyChainTradeTransaction, ram::IncludedSupplyChainTradeLineItem,
        ram::SpecifiedLineTradeAgreement, ram::GrossPriceProductTradePrice])], &[
        fatal("PEPPOL-EN16931-R044", |gross| !gross.has(&[ram::AppliedTradeAllowanceCharge, ram::ActualAmount])
            || gross.equals(&[ram::AppliedTradeAllowanceCharge, ram::ChargeIndicator, udt::Indicator], "false")),
        fatal_told("PEPPOL-EN16931-R046", net_price_is_right),
    ]),
];

const ALLOWANCES: &[Where] = &[
    inside(&[inv::Invoice, cac::AllowanceCharge]),
    inside(&[inv::Invoice, cac::InvoiceLine, cac::AllowanceCharge]),
    inside(&[cn::CreditNote, cac::AllowanceCharge]),
    inside(&[cn::CreditNote, cac::CreditNoteLine, cac::AllowanceCharge]),
];
const CII_ALLOWANCES: &[Where] = &[inside(&[ram::SpecifiedTradeAllowanceCharge])];
const TYPE_OF_OBJECT: &[Name] =
    &[ram::SpecifiedLineTradeSettlement, ram::AdditionalReferencedDocument, ram::TypeCode];
const INDICATOR: &[Name] = &[ram::ChargeIndicator, udt::Indicator];

fn is_empty(leaf: Element) -> bool {
    leaf.is_leaf() && blank(leaf.text())
}

/// `normalize-space(a/text()) = normalize-space(b/text())`.
fn are_same(one: Option<Element>, other: Option<Element>) -> Result<bool, Undecided> {
    let text = |element: Option<Element>| -> Result<String, Undecided> {
        let node = element.map_or(Ok(None), only_text_node)?;
        Ok(node.map(normalize).unwrap_or_default())
    };
    Ok(text(one)? == text(other)?)
}

/// In the currency of the invoice and in that of the VAT some tax total has the sign.
fn has_both_taxes(invoice: Element, sign: fn(f64) -> bool) -> bool {
    has_tax(invoice, cbc::TaxCurrencyCode, sign) && has_tax(invoice, cbc::DocumentCurrencyCode, sign)
}

fn has_tax(invoice: Element, code: Name, sign: fn(f64) -> bool) -> bool {
    let currency = invoice.text_of(&[code]).unwrap_or_default();
    invoice.down(&[cac::TaxTotal, cbc::TaxAmount]).any(|tax| {
        tax.attribute(Attribute::CurrencyId).is_some_and(|given| normalized_is(currency, given))
            && sign(tax.double())
    })
}

const TAX_TOTALS: &[Name] = &[ram::SpecifiedTradeSettlementHeaderMonetarySummation, ram::TaxTotalAmount];

/// Tax totals in the currency of this code, compared as written.
fn tax_totals_in<'d>(settlement: Element<'d>, code: Name) -> impl Iterator<Item = Element<'d>> {
    settlement.down(TAX_TOTALS).filter(move |tax| {
        let currency = tax.attribute(Attribute::CurrencyId);
        currency.is_some_and(|currency| settlement.equals(&[code], currency))
    })
}

fn foreign_tax_totals(settlement: Element) -> usize {
    let is_foreign = |tax: &Element| {
        let currency = tax.attribute(Attribute::CurrencyId);
        currency.is_some_and(|currency| {
            settlement.kids(ram::InvoiceCurrencyCode).any(|invoiced| invoiced.text() != currency)
        })
    };
    settlement.down(TAX_TOTALS).filter(is_foreign).count()
}

fn tax_totals_have_same_sign(settlement: Element) -> bool {
    let has = |code: Name, sign: fn(f64) -> bool| tax_totals_in(settlement, code).any(|tax| sign(tax.double()));
    let both = |sign: fn(f64) -> bool| has(ram::TaxCurrencyCode, sign) && has(ram::InvoiceCurrencyCode, sign);
    !settlement.has(&[ram::TaxCurrencyCode])
        || tax_totals_in(settlement, ram::InvoiceCurrencyCode).next().is_none()
        || both(|tax| tax < 0.0)
        || both(|tax| tax >= 0.0)
}

/// An indicator is written as a word; `1` and `0` are none.
fn indicates_in_words(part: Element, path: &[Name]) -> Told {
    let text = part.only(path)?.map_or(Ok(None), only_text_node)?.unwrap_or_default();
    Ok(match normalized_is(text, "true") || normalized_is(text, "false") {
        true => Outcome::Holds,
        false => Outcome::found(text),
    })
}

/// The amount of an allowance or charge is the percentage of its base, where both are given.
fn is_percentage(part: Element, amount: Name, base: Name, percentage: Name) -> Told {
    if !part.has(&[base]) || !part.has(&[percentage]) {
        return holds(true);
    }
    let (Some(base), Some(percentage)) = (part.number(&[base])?, part.number(&[percentage])?) else {
        return Err(Undecided);
    };
    let amount = part.number(&[amount])?.unwrap_or_default();
    let computed = base.checked_mul(percentage).and_then(|product| product.checked_div(Decimal::ONE_HUNDRED));
    is_near(part, computed.ok_or(Undecided)?, amount)
}

/// Within the slack, its edge included.
fn is_near(element: Element, computed: Decimal, amount: Decimal) -> Told {
    let apart = computed.checked_sub(amount).ok_or(Undecided)?.abs();
    Ok(match apart <= head(element).slack {
        true => Outcome::Holds,
        false => Outcome::expected(shown(round2(computed)), amount),
    })
}

fn is_above_zero(element: Element, path: &[Name]) -> Told {
    Ok(match element.number(path)? {
        Some(quantity) if quantity <= Decimal::ZERO => Outcome::found(quantity),
        _ => Outcome::Holds,
    })
}

/// Net is gross less the discount; a missing one of the three is broken.
fn is_difference(net: Option<Decimal>, gross: Option<Decimal>, discount: Option<Decimal>) -> Told {
    let (Some(net), Some(gross), Some(discount)) = (net, gross, discount) else { return holds(false) };
    let computed = gross.checked_sub(discount).ok_or(Undecided)?;
    Ok(match net == computed {
        true => Outcome::Holds,
        false => Outcome::expected(shown(computed), net),
    })
}

/// Only the first amount of each discount is subtracted; the amounts of two discounts break the test off.
fn net_price_is_right(gross: Element) -> Told {
    if !gross.has(&[ram::ChargeAmount]) {
        return holds(true);
    }
    let net = gross
        .parent()
        .map_or(Ok(None), |agreement| agreement.number(&[ram::NetPriceProductTradePrice, ram::ChargeAmount]))?;
    let mut discounts =
        gross.kids(ram::AppliedTradeAllowanceCharge).filter_map(|discount| discount.kid(ram::ActualAmount));
    let discount = discounts.next().map_or(Ok(Decimal::ZERO), Element::decimal)?;
    if discounts.next().is_some() {
        return Err(Undecided);
    }
    is_difference(net, gross.number(&[ram::ChargeAmount])?, Some(discount))
}

/// The date of a line beside that of the head; none where the line has an empty one.
fn compared_to_head(day: Element) -> Result<Option<Ordering>, Undecided> {
    let head = head(day);
    let [limit] = (if day.is(cbc::StartDate) { &head.begins[..] } else { &head.ends[..] }) else {
        return Err(Undecided);
    };
    let Some(text) = only_text_node(day)? else { return Ok(None) };
    let limit = date(Element { doc: day.doc, node: *limit }.text()).ok_or(Undecided)?;
    Ok(Some(date(text).ok_or(Undecided)?.cmp(&limit)))
}

/// Dates of CII are compared as texts, any of the line with any of the head.
fn is_beside_head(day: Element, order: fn(Ordering) -> bool) -> bool {
    let limits = if day.is(ram::StartDateTime) { &head(day).begins } else { &head(day).ends };
    day.kids(udt::DateTimeString).any(|text| {
        let beside =
            |limit: &Element| limit.kids(udt::DateTimeString).any(|limit| order(text.text().cmp(limit.text())));
        limits.iter().map(|limit| Element { doc: day.doc, node: *limit }).any(|limit| beside(&limit))
    })
}

/// Where a line has what its net amount is computed from.
struct Amounts {
    net: &'static [Name],
    quantity: &'static [Name],
    price: &'static [Name],
    /// The first that is there and not zero counts.
    bases: &'static [&'static [Name]],
    parts: &'static [Name],
    indicator: &'static [Name],
    amount: Name,
}

const INVOICED: Amounts = Amounts {
    net: &[cbc::LineExtensionAmount],
    quantity: &[cbc::InvoicedQuantity],
    price: &[cac::Price, cbc::PriceAmount],
    bases: &[&[cac::Price, cbc::BaseQuantity]],
    parts: &[cac::AllowanceCharge],
    indicator: &[cbc::ChargeIndicator],
    amount: cbc::Amount,
};
const CREDITED: Amounts = Amounts { quantity: &[cbc::CreditedQuantity], ..INVOICED };
const BILLED: Amounts = Amounts {
    net: &[
        ram::SpecifiedLineTradeSettlement,
        ram::SpecifiedTradeSettlementLineMonetarySummation,
        ram::LineTotalAmount,
    ],
    quantity: &[ram::SpecifiedLineTradeDelivery, ram::BilledQuantity],
    price: &[ram::SpecifiedLineTradeAgreement, ram::NetPriceProductTradePrice, ram::ChargeAmount],
    bases: &[
        &[ram::SpecifiedLineTradeAgreement, ram::NetPriceProductTradePrice, ram::BasisQuantity],
        &[ram::SpecifiedLineTradeAgreement, ram::GrossPriceProductTradePrice, ram::BasisQuantity],
    ],
    parts: &[ram::SpecifiedLineTradeSettlement, ram::SpecifiedTradeAllowanceCharge],
    indicator: INDICATOR,
    amount: ram::ActualAmount,
};

/// The net amount of a line is quantity times price for one, plus its charges, less its allowances.
fn adds_up(line: Element, amounts: &Amounts) -> Told {
    let net = line.number(amounts.net)?.unwrap_or_default();
    let quantity = line.number(amounts.quantity)?.unwrap_or(Decimal::ONE);
    let price = line.number(amounts.price)?.unwrap_or_default();
    let mut base = Decimal::ONE;
    for path in amounts.bases {
        if let Some(given) = line.number(path)?.filter(|given| !given.is_zero()) {
            base = given;
            break;
        }
    }
    let charges = round2(total(line, amounts, "true")?);
    let allowances = round2(total(line, amounts, "false")?);
    // The official engine divides to eighteen decimals.
    let computed = price.checked_div(base).and_then(|single| single.round_dp(18).checked_mul(quantity));
    let computed = computed.and_then(|computed| computed.checked_add(charges)?.checked_sub(allowances));
    is_near(line, computed.ok_or(Undecided)?, net)
}

/// Allowances or charges of a line.
fn total(line: Element, amounts: &Amounts, indicator: &str) -> Result<Decimal, Undecided> {
    let mut sum = Decimal::ZERO;
    for part in line.down(amounts.parts) {
        if normalized_is(only_text(part, amounts.indicator)?, indicator) {
            for amount in part.kids(amounts.amount) {
                sum = sum.checked_add(amount.decimal()?).ok_or(Undecided)?;
            }
        }
    }
    Ok(sum)
}

fn has_unit_of_ubl_line(base: Element) -> bool {
    let Some(line) = base.ancestors().nth(1) else { return false };
    let has_quantity = line.has(&[cbc::InvoicedQuantity]) || line.has(&[cbc::CreditedQuantity]);
    let quantity = match base.doc.syntax {
        Syntax::UblCreditNote => cbc::CreditedQuantity,
        Syntax::UblInvoice | Syntax::Cii => cbc::InvoicedQuantity,
    };
    !has_quantity || has_unit(base, line, &[quantity])
}

/// The quantity of the line is in the unit of the base quantity.
fn has_unit(base: Element, line: Element, quantity: &[Name]) -> bool {
    let unit = base.attribute(Attribute::UnitCode);
    line.down(quantity).any(|quantity| quantity.attribute(Attribute::UnitCode) == unit)
}
