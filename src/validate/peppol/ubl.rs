//! Peppol BIS Billing 3 in UBL: rules for everybody.

use super::super::number::{normalized_is, trim};
use super::identifiers::{is_of, rows};
use super::{day, given, is_close, is_day, is_one_of, number_or, only_text, party, single};
use crate::invoice::Attribute::{CurrencyId, MimeCode, SchemeId, UnitCode};
use crate::invoice::{Name, blank, cac, cbc, cn, inv};
use crate::validate::codes::{
    ALLOWANCE_REASONS, ATTACHMENT_TYPES, CHARGE_REASONS, PEPPOL_ADDRESS_SCHEMES, PEPPOL_CREDIT_NOTE_TYPES,
    PEPPOL_CURRENCIES, PEPPOL_INVOICE_TYPES, TAX_POINTS_UBL, attribute_is, coded,
};
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{
    Context, Told, Where, compare, equal, every, fatal, fatal_told, from, holds, inside, on, on_if,
};
use crate::validate::number::round2;
use crate::validate::ubl::codes::AMOUNTS;
use rust_decimal::Decimal;

const INVOICES: &[Where] = &[inside(&[inv::Invoice]), inside(&[cn::CreditNote])];

/// No element is empty.
pub const EMPTY: &[Context] = &[on_if(
    &[every()],
    |element| element.is_leaf() && blank(element.text()),
    &[fatal("PEPPOL-EN16931-R008", |_| false)],
)];

#[rustfmt::skip]
pub const CREDIT_NOTE: &[Context] = &[
    on(&[inside(&[cn::CreditNote])], &[
        fatal("PEPPOL-EN16931-R080", |note| references(note, "50") <= 1),
    ]),
];

#[rustfmt::skip]
pub const PATTERN: &[Context] = &[
    on(INVOICES, &[
        fatal("PEPPOL-EN16931-R001", |invoice| invoice.has(&[cbc::ProfileID])),
        fatal("PEPPOL-EN16931-R007", |invoice| is_one_of(invoice, &[cbc::ProfileID], PROCESSES)),
        fatal("PEPPOL-EN16931-R002", |invoice| invoice.count(&[cbc::Note]) <= 1 || party::are_german(invoice)),
        fatal("PEPPOL-EN16931-R003",
            |invoice| invoice.has(&[cbc::BuyerReference]) || invoice.has(&[cac::OrderReference, cbc::ID])),
        fatal("PEPPOL-EN16931-R004", |invoice| is_billing(invoice.text_of(&[cbc::CustomizationID]))),
        fatal("PEPPOL-EN16931-R053", |invoice| tax_totals(invoice, true) == 1),
        fatal("PEPPOL-EN16931-R054",
            |invoice| tax_totals(invoice, false) == usize::from(invoice.has(&[cbc::TaxCurrencyCode]))),
        fatal("PEPPOL-EN16931-R055", tax_totals_agree_in_sign),
    ]),
    on(&[inside(&[cbc::TaxCurrencyCode])], &[
        fatal_told("PEPPOL-EN16931-R005", |currency| {
            let invoice = currency.parent().map_or(Ok(""), |parent| only_text(parent, &[cbc::DocumentCurrencyCode]))?;
            holds(trim(invoice) != trim(currency.text()))
        }),
    ]),
    on(&[inside(&[cac::AccountingCustomerParty, cac::Party])], &[
        fatal("PEPPOL-EN16931-R010", |party| party.has(&[cbc::EndpointID])),
    ]),
    on(&[inside(&[cac::AccountingSupplierParty, cac::Party])], &[
        fatal("PEPPOL-EN16931-R020", |party| party.has(&[cbc::EndpointID])),
    ]),
    on_if(ALLOWANCES, |allowance| allowance.has(RATE) && !allowance.has(BASE), &[
        fatal("PEPPOL-EN16931-R041", |_| false),
    ]),
    on_if(ALLOWANCES, |allowance| !allowance.has(RATE) && allowance.has(BASE), &[
        fatal("PEPPOL-EN16931-R042", |_| false),
    ]),
    on(ALLOWANCES, &[
        fatal_told("PEPPOL-EN16931-R040", |allowance| {
            let (Some(base), Some(rate)) = (allowance.number(BASE)?, allowance.number(RATE)?) else { return holds(true) };
            let computed = base.checked_mul(rate).ok_or(Undecided)? / Decimal::ONE_HUNDRED;
            told_close(computed, number_or(allowance, &[cbc::Amount], Decimal::ZERO)?)
        }),
        fatal("PEPPOL-EN16931-R043", |allowance| is_one_of(allowance, &[cbc::ChargeIndicator], &["true", "false"])),
    ]),
    on_if(&[inside(&[cac::PaymentMeans])], |means| is_one_of(means, &[cbc::PaymentMeansCode], &["49", "59"]), &[
        fatal("PEPPOL-EN16931-R061", |means| means.has(&[cac::PaymentMandate, cbc::ID])),
    ]),
    on_if(AMOUNTS, is_no_accounting_total, &[
        fatal("PEPPOL-EN16931-R051", |amount| {
            let currency = amount.attribute(CurrencyId);
            let mut codes = party::head(amount).filter(|child| child.is(cbc::DocumentCurrencyCode));
            codes.any(|code| Some(code.text()) == currency)
        }),
    ]),
    on_if(LINE_STARTS, |start| periods(start, cbc::StartDate).next().is_some(), &[
        fatal_told("PEPPOL-EN16931-R110", |start| in_order(single(periods(start, cbc::StartDate))?, Some(start))),
    ]),
    on_if(LINE_ENDS, |end| periods(end, cbc::EndDate).next().is_some(), &[
        fatal_told("PEPPOL-EN16931-R111", |end| in_order(Some(end), single(periods(end, cbc::EndDate))?)),
    ]),
    on(&[inside(&[cac::InvoiceLine]), inside(&[cac::CreditNoteLine])], &[
        fatal_told("PEPPOL-EN16931-R120", |line| {
            told_close(line_amount(line)?, number_or(line, &[cbc::LineExtensionAmount], Decimal::ZERO)?)
        }),
        fatal_told("PEPPOL-EN16931-R121", |line| {
            holds(line.number(PRICE_QUANTITY)?.is_none_or(|quantity| quantity > Decimal::ZERO))
        }),
        fatal("PEPPOL-EN16931-R100", |line| line.count(&[cac::DocumentReference]) <= 1),
        fatal("PEPPOL-EN16931-R101", |line| {
            !line.has(&[cac::DocumentReference])
                || line.equals(&[cac::DocumentReference, cbc::DocumentTypeCode], "130")
        }),
    ]),
    on(&[inside(&[cac::Price, cac::AllowanceCharge])], &[
        fatal("PEPPOL-EN16931-R044", |allowance| is_one_of(allowance, &[cbc::ChargeIndicator], &["false"])),
        fatal_told("PEPPOL-EN16931-R046", |allowance| {
            let Some(gross) = allowance.number(BASE)? else { return holds(true) };
            let price = allowance.parent().map_or(Ok(None), |price| price.number(&[cbc::PriceAmount]))?;
            let net = allowance.number(&[cbc::Amount])?.map(|amount| gross.checked_sub(amount).ok_or(Undecided));
            equal(net.transpose()?, price)
        }),
    ]),
    on_if(&[inside(&[cac::Price, cbc::BaseQuantity])], |quantity| quantity.attribute(UnitCode).is_some(), &[
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
    on_if(&[inside(&[cbc::EndpointID])], |id| is_of(id, "9907"), rows::ITALIAN_TAX_9907),
    on_if(IDENTIFIERS, |id| is_of(id, "0211"), rows::ITALIAN_VAT),
    on_if(IDENTIFIERS, |id| is_of(id, "0007"), rows::SWEDEN),
    on_if(IDENTIFIERS, |id| is_of(id, "0151"), rows::AUSTRALIA),
    on_if(IDENTIFIERS, |id| is_of(id, "0106"), rows::DUTCH_KVK),
    on_if(IDENTIFIERS, |id| is_of(id, "0190"), rows::DUTCH_OIN),
    on_if(IDENTIFIERS, |id| is_of(id, "9944"), rows::DUTCH_VAT),
    on_if(&[inside(&[cac::PartyTaxScheme, cbc::CompanyID])], is_dutch_vat_number, rows::DUTCH_VAT_NUMBER),
    on_if(IDENTIFIERS, |id| is_of(id, "0217"), rows::DUTCH_BRANCH),
];

/// Restricted code lists, and how dates are written.
#[rustfmt::skip]
pub const CODES: &[Context] = &[
    on_if(&[inside(&[cbc::EmbeddedDocumentBinaryObject])], |file| file.attribute(MimeCode).is_some(), &[
        fatal("PEPPOL-EN16931-CL001", |file| attribute_is(&ATTACHMENT_TYPES, file, MimeCode)),
    ]),
    on_if(&[inside(REASON)], |reason| is_reason_of(reason, "false"), &[
        fatal("PEPPOL-EN16931-CL002", |reason| coded(&ALLOWANCE_REASONS, reason)),
    ]),
    on_if(&[inside(REASON)], |reason| is_reason_of(reason, "true"), &[
        fatal("PEPPOL-EN16931-CL003", |reason| coded(&CHARGE_REASONS, reason)),
    ]),
    on(&[inside(&[cac::InvoicePeriod, cbc::DescriptionCode])], &[
        fatal("PEPPOL-EN16931-CL006", |code| coded(&TAX_POINTS_UBL, code)),
    ]),
    on(AMOUNTS, &[
        fatal("PEPPOL-EN16931-CL007", |amount| attribute_is(&PEPPOL_CURRENCIES, amount, CurrencyId)),
    ]),
    on(&[inside(&[cbc::InvoiceTypeCode])], &[
        fatal("PEPPOL-EN16931-P0100", |code| !has_process(code) || coded(&PEPPOL_INVOICE_TYPES, code)),
        fatal("PEPPOL-EN16931-P0112",
            |code| !["326", "384"].contains(&trim(code.text())) || party::are_german(code)),
    ]),
    on(&[inside(&[cbc::CreditNoteTypeCode])], &[
        fatal("PEPPOL-EN16931-P0101", |code| !has_process(code) || coded(&PEPPOL_CREDIT_NOTE_TYPES, code)),
    ]),
    on(DATES, &[
        fatal("PEPPOL-EN16931-F001", |date| date.text().chars().count() == 10 && is_day(date.text())),
    ]),
    on_if(&[inside(&[cbc::EndpointID])], |id| id.attribute(SchemeId).is_some(), &[
        fatal("PEPPOL-EN16931-CL008", |id| attribute_is(&PEPPOL_ADDRESS_SCHEMES, id, SchemeId)),
    ]),
    on_if(CATEGORY, |category| is_exempt_by(category, "VATEX-EU-G"), &[
        fatal("PEPPOL-EN16931-P0104", |category| is_one_of(category, &[cbc::ID], &["G"])),
    ]),
    on_if(CATEGORY, |category| is_exempt_by(category, "VATEX-EU-O"), &[
        fatal("PEPPOL-EN16931-P0105", |category| is_one_of(category, &[cbc::ID], &["O"])),
    ]),
    on_if(CATEGORY, |category| is_exempt_by(category, "VATEX-EU-IC"), &[
        fatal("PEPPOL-EN16931-P0106", |category| is_one_of(category, &[cbc::ID], &["K"])),
    ]),
    on_if(CATEGORY, |category| is_exempt_by(category, "VATEX-EU-AE"), &[
        fatal("PEPPOL-EN16931-P0107", |category| is_one_of(category, &[cbc::ID], &["AE"])),
    ]),
    on_if(CATEGORY, |category| is_exempt_by(category, "VATEX-EU-D"), &[
        fatal("PEPPOL-EN16931-P0108", |category| is_one_of(category, &[cbc::ID], &["E"])),
    ]),
    on_if(CATEGORY, |category| is_exempt_by(category, "VATEX-EU-F"), &[
        fatal("PEPPOL-EN16931-P0109", |category| is_one_of(category, &[cbc::ID], &["E"])),
    ]),
    on_if(CATEGORY, |category| is_exempt_by(category, "VATEX-EU-I"), &[
        fatal("PEPPOL-EN16931-P0110", |category| is_one_of(category, &[cbc::ID], &["E"])),
    ]),
    on_if(CATEGORY, |category| is_exempt_by(category, "VATEX-EU-J"), &[
        fatal("PEPPOL-EN16931-P0111", |category| is_one_of(category, &[cbc::ID], &["E"])),
    ]),
];

/// Business processes (BT-23) that are approved.
const PROCESSES: &[&str] = &[
    "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0",
    "urn:peppol:france:billing:regulated",
    "urn:peppol:france:billing:non-regulated",
    "urn:peppol:bis:billing_with_response",
];
const BILLING: &str = "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0";

const ALLOWANCES: &[Where] = &[
    inside(&[inv::Invoice, cac::AllowanceCharge]),
    inside(&[inv::Invoice, cac::InvoiceLine, cac::AllowanceCharge]),
    inside(&[cn::CreditNote, cac::AllowanceCharge]),
    inside(&[cn::CreditNote, cac::CreditNoteLine, cac::AllowanceCharge]),
];
const LINE_STARTS: &[Where] = &[
    from(&[inv::Invoice, cac::InvoiceLine, cac::InvoicePeriod, cbc::StartDate]),
    from(&[cn::CreditNote, cac::CreditNoteLine, cac::InvoicePeriod, cbc::StartDate]),
];
const LINE_ENDS: &[Where] = &[
    from(&[inv::Invoice, cac::InvoiceLine, cac::InvoicePeriod, cbc::EndDate]),
    from(&[cn::CreditNote, cac::CreditNoteLine, cac::InvoicePeriod, cbc::EndDate]),
];
const IDENTIFIERS: &[Where] =
    &[inside(&[cbc::EndpointID]), inside(&[cac::PartyIdentification, cbc::ID]), inside(&[cbc::CompanyID])];
const DATES: &[Where] = &[
    inside(&[cbc::IssueDate]),
    inside(&[cbc::DueDate]),
    inside(&[cbc::TaxPointDate]),
    inside(&[cbc::StartDate]),
    inside(&[cbc::EndDate]),
    inside(&[cbc::ActualDeliveryDate]),
];
const CATEGORY: &[Where] = &[inside(&[cac::TaxCategory])];
const REASON: &[Name] = &[cac::AllowanceCharge, cbc::AllowanceChargeReasonCode];
const RATE: &[Name] = &[cbc::MultiplierFactorNumeric];
const BASE: &[Name] = &[cbc::BaseAmount];
const PRICE_QUANTITY: &[Name] = &[cac::Price, cbc::BaseQuantity];

/// The identifier (BT-24) of Peppol BIS Billing, whatever follows it but a version.
pub fn is_billing(identifier: Option<&str>) -> bool {
    identifier.is_some_and(|identifier| trim(identifier).starts_with(BILLING) && !identifier.contains("::"))
}

/// Additional documents of a type.
fn references(invoice: Element, code: &str) -> usize {
    let documents = invoice.kids(cac::AdditionalDocumentReference);
    documents.filter(|document| document.equals(&[cbc::DocumentTypeCode], code)).count()
}

fn tax_totals(invoice: Element, broken_down: bool) -> usize {
    invoice.kids(cac::TaxTotal).filter(|total| total.has(&[cac::TaxSubtotal]) == broken_down).count()
}

/// VAT in the accounting currency and in that of the invoice are both positive or both negative.
fn tax_totals_agree_in_sign(invoice: Element) -> bool {
    if !invoice.has(&[cbc::TaxCurrencyCode]) {
        return true;
    }
    let some = |currency: Name, sign: fn(&f64) -> bool| {
        invoice.down(&[cac::TaxTotal, cbc::TaxAmount]).any(|amount| {
            let given = amount.attribute(CurrencyId);
            let named = invoice.kids(currency).any(|code| Some(trim(code.text())) == given);
            named && sign(&amount.double())
        })
    };
    let both = |sign| some(cbc::TaxCurrencyCode, sign) && some(cbc::DocumentCurrencyCode, sign);
    both(|amount| *amount <= 0.0) || both(|amount| *amount >= 0.0)
}

pub fn told_close(computed: Decimal, amount: Decimal) -> Told {
    let close = is_close(amount, computed)?;
    if close { holds(true) } else { compare(Some(round2(computed)), Some(amount), |_, _| false) }
}

/// All amounts but a total of VAT that is not broken down: that one is in the accounting currency.
fn is_no_accounting_total(amount: Element) -> bool {
    let within = |name: Name| amount.parent().filter(|parent| parent.is(name));
    !amount.is(cbc::TaxAmount)
        || within(cac::TaxSubtotal).is_some()
        || within(cac::TaxTotal).is_some_and(|total| total.has(&[cac::TaxSubtotal]))
}

/// First or last days of the invoicing period (BG-14).
fn periods(element: Element<'_>, day: Name) -> impl Iterator<Item = Element<'_>> {
    party::head(element).filter(|child| child.is(cac::InvoicePeriod)).flat_map(move |period| period.kids(day))
}

fn in_order(earlier: Option<Element>, later: Option<Element>) -> Told {
    let day_of = |element: Option<Element>| element.and_then(|element| day(element.text())).ok_or(Undecided);
    holds(day_of(earlier)? <= day_of(later)?)
}

/// Quantity × (price ÷ base quantity) + charges − allowances.
fn line_amount(line: Element) -> Result<Decimal, Undecided> {
    let is_invoice = line.root().is(inv::Invoice);
    let quantity: &[Name] = if is_invoice { &[cbc::InvoicedQuantity] } else { &[cbc::CreditedQuantity] };
    let sum = |charge: &str| {
        let some = line.kids(cac::AllowanceCharge);
        let some = some.filter(|allowance| is_one_of(*allowance, &[cbc::ChargeIndicator], &[charge]));
        total(some.flat_map(|allowance| allowance.kids(cbc::Amount)))
    };
    let price = number_or(line, &[cac::Price, cbc::PriceAmount], Decimal::ZERO)?;
    let quantity = number_or(line, quantity, Decimal::ONE)?;
    computed(quantity, price, line.number(PRICE_QUANTITY)?, sum("true")?, sum("false")?)
}

pub fn computed(
    quantity: Decimal,
    price: Decimal,
    base: Option<Decimal>,
    charges: Decimal,
    allowances: Decimal,
) -> Result<Decimal, Undecided> {
    let base = base.filter(|base| !base.is_zero()).unwrap_or(Decimal::ONE);
    let amount = price.checked_div(base).and_then(|price| quantity.checked_mul(price));
    let amount = amount.and_then(|amount| amount.checked_add(charges)?.checked_sub(allowances));
    amount.ok_or(Undecided)
}

/// The sum of some amounts, rounded to cents.
pub fn total<'d>(amounts: impl Iterator<Item = Element<'d>>) -> Result<Decimal, Undecided> {
    let mut sum = Decimal::ZERO;
    for amount in amounts {
        sum = sum.checked_add(amount.decimal()?).ok_or(Undecided)?;
    }
    Ok(round2(sum))
}

/// The price is for the unit that was invoiced.
fn has_unit_of_line(base: Element) -> bool {
    let Some(line) = base.parent().and_then(Element::parent) else { return true };
    let quantity = if base.root().is(inv::Invoice) { cbc::InvoicedQuantity } else { cbc::CreditedQuantity };
    let has_quantity = line.has(&[cbc::InvoicedQuantity]) || line.has(&[cbc::CreditedQuantity]);
    let same = |quantity: Element| quantity.attribute(UnitCode) == base.attribute(UnitCode);
    !has_quantity || line.kids(quantity).any(same)
}

fn is_dutch_vat_number(id: Element) -> bool {
    let is_vat = |registration: Element| is_one_of(registration, &[cac::TaxScheme, cbc::ID], &["VAT"]);
    trim(id.text()).starts_with("NL") && id.parent().is_some_and(is_vat)
}

/// One of the approved business processes is named.
fn has_process(element: Element) -> bool {
    let mut processes = party::head(element).filter(|child| child.is(cbc::ProfileID));
    processes.next().is_some_and(|process| PROCESSES.iter().any(|known| normalized_is(process.text(), known)))
}

/// The reason of a charge or of an allowance, which must be named by exactly this word.
fn is_reason_of(reason: Element, charge: &str) -> bool {
    reason.parent().is_some_and(|parent| parent.equals(&[cbc::ChargeIndicator], charge))
}

/// The reason of the exemption is this, however it is capitalised.
fn is_exempt_by(category: Element, code: &str) -> bool {
    given(category, &[cbc::TaxExemptionReasonCode])
        && only_text(category, &[cbc::TaxExemptionReasonCode])
            .is_ok_and(|given| given.eq_ignore_ascii_case(code))
}
