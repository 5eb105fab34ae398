//! The Extension of XRechnung: sub invoice lines, payments by third parties, schemes for digital health
//! applications. These rules stand beside those of EN 16931 they replace; the profile lowers those.

use super::{given, head};
use crate::invoice::{Attribute, cac, cbc, inv, ram, rsm};
use crate::validate::codes::{ADDRESS_SCHEMES, IDENTIFIER_SCHEMES, List};
use crate::validate::element::{Element, Undecided};
use crate::validate::engine::{Context, Told, equal, from, inside};
use crate::validate::engine::{fatal, fatal_told, holds, on_if, warning, warning_told};
use crate::validate::number::{decimals_as_written, round2, trim};
use rust_decimal::Decimal;

#[rustfmt::skip]
pub const UBL: &[Context] = &[
    on_if(&[inside(&[cbc::EmbeddedDocumentBinaryObject])], is_extension, &[
        fatal("BR-DEX-01", has_allowed_type),
    ]),
    on_if(&[from(&[inv::Invoice])], is_extension, &[
        warning_told("BR-DEX-02", |invoice| holds(lines_add_up(invoice)? && sub_lines_add_up(invoice)?)),
        fatal("BR-DEX-03", |invoice| invoice.doc.all(cac::SubInvoiceLine).all(|line|
            line.kids(cac::Item).all(|item| item.count(&[cac::ClassifiedTaxCategory]) == 1))),
    ]),
    on_if(&[inside(&[cac::LegalMonetaryTotal])], is_extension, &[
        fatal_told("BR-DEX-09", due_is_right),
    ]),
    on_if(&[inside(&[cac::PartyIdentification, cbc::ID])], has_scheme, &[
        fatal("BR-DEX-04", |id| is_listed(&IDENTIFIER_SCHEMES, id) || is_creditor_id(id)),
    ]),
    on_if(&[inside(&[cac::PartyLegalEntity, cbc::CompanyID])], has_scheme, &[
        fatal("BR-DEX-05", |id| is_listed(&IDENTIFIER_SCHEMES, id)),
    ]),
    on_if(&[inside(&[cac::StandardItemIdentification, cbc::ID])], has_scheme, &[
        fatal("BR-DEX-06", |id| is_listed(&IDENTIFIER_SCHEMES, id)),
    ]),
    on_if(&[inside(&[cbc::EndpointID])], has_scheme, &[
        fatal("BR-DEX-07", |id| is_listed(&ADDRESS_SCHEMES, id)),
    ]),
    on_if(&[inside(&[cac::DeliveryLocation, cbc::ID])], has_scheme, &[
        fatal("BR-DEX-08", |id| is_listed(&IDENTIFIER_SCHEMES, id)),
    ]),
    on_if(&[from(&[inv::Invoice, cac::PrepaidPayment])], is_extension, &[
        fatal("BR-DEX-10", |payment| given(payment, &[cbc::ID])),
        fatal("BR-DEX-11", |payment| given(payment, &[cbc::PaidAmount])),
        fatal("BR-DEX-12", |payment| given(payment, &[cbc::InstructionID])),
        fatal_told("BR-DEX-13", |payment| {
            let paid = payment.only(&[cbc::PaidAmount])?;
            holds(paid.is_none_or(|paid| decimals_as_written(paid.text()) <= 2))
        }),
        fatal("BR-DEX-14", is_in_currency_of_invoice),
    ]),
];

#[rustfmt::skip]
pub const CII: &[Context] = &[
    on_if(&[from(&[rsm::CrossIndustryInvoice, rsm::SupplyChainTradeTransaction, ram::IncludedSupplyChainTradeLineItem,
        ram::AssociatedDocumentLineDocument])], is_extension, &[
        warning("BR-DEX-15", |line| line.doc.all(ram::ParentLineID).next().is_none()),
    ]),
    on_if(&[inside(&[ram::GlobalID])], |id| has_scheme(id)
        && !id.within(ram::SpecifiedTradeProduct) && !id.within(ram::ShipToTradeParty), &[
        fatal("BR-DEX-04", |id| is_listed(&IDENTIFIER_SCHEMES, id)),
    ]),
    on_if(&[inside(&[ram::ID])], |id| has_scheme(id) && !id.within(ram::SpecifiedTaxRegistration), &[
        fatal("BR-DEX-05", |id| is_listed(&IDENTIFIER_SCHEMES, id)),
    ]),
    on_if(&[inside(&[ram::SpecifiedTradeProduct, ram::GlobalID])], has_scheme, &[
        fatal("BR-DEX-06", |id| is_listed(&IDENTIFIER_SCHEMES, id)),
    ]),
    on_if(&[inside(&[ram::URIUniversalCommunication, ram::URIID])], has_scheme, &[
        fatal("BR-DEX-07", |id| is_listed(&ADDRESS_SCHEMES, id)),
    ]),
    on_if(&[inside(&[ram::ApplicableHeaderTradeDelivery, ram::ShipToTradeParty, ram::GlobalID])], has_scheme, &[
        fatal("BR-DEX-08", |id| is_listed(&IDENTIFIER_SCHEMES, id)),
    ]),
    on_if(&[inside(&[ram::AttachmentBinaryObject])], is_extension, &[
        fatal("BR-DEX-01", has_allowed_type),
    ]),
];

fn is_extension(element: Element) -> bool {
    head(element).extension
}

fn has_scheme(id: Element) -> bool {
    is_extension(id) && id.attribute(Attribute::SchemeId).is_some()
}

/// The scheme is one of the list or one of those for digital health applications. An empty one passes, as in
/// the official test.
fn is_listed(list: &List, id: Element) -> bool {
    let scheme = trim(id.attribute(Attribute::SchemeId).unwrap_or_default());
    matches!(scheme, "" | "XR01" | "XR02" | "XR03") || list.has(id.doc.edition, scheme)
}

/// BT-90, with the seller or the payee.
fn is_creditor_id(id: Element) -> bool {
    let scheme = trim(id.attribute(Attribute::SchemeId).unwrap_or_default());
    scheme == "SEPA" && (id.within(cac::AccountingSupplierParty) || id.within(cac::PayeeParty))
}

/// What EN 16931 allows, and XML.
fn has_allowed_type(file: Element) -> bool {
    matches!(
        file.attribute(Attribute::MimeCode),
        Some(
            "application/pdf"
                | "image/png"
                | "image/jpeg"
                | "text/csv"
                | "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                | "application/vnd.oasis.opendocument.spreadsheet"
                | "application/xml"
        )
    )
}

fn lines_add_up(invoice: Element) -> Result<bool, Undecided> {
    for line in invoice.kids(cac::InvoiceLine).filter(|line| line.has(&[cac::SubInvoiceLine])) {
        if !adds_up(line)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn sub_lines_add_up(invoice: Element) -> Result<bool, Undecided> {
    for line in invoice.doc.all(cac::SubInvoiceLine).filter(|line| line.has(&[cac::SubInvoiceLine])) {
        if !adds_up(line)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The net amount of a line is the sum of those right below it.
fn adds_up(line: Element) -> Result<bool, Undecided> {
    let mut sum = Decimal::ZERO;
    for part in line.kids(cac::SubInvoiceLine) {
        let amount = part.number(&[cbc::LineExtensionAmount])?.unwrap_or_default();
        sum = sum.checked_add(amount).ok_or(Undecided)?;
    }
    Ok(line.number(&[cbc::LineExtensionAmount])? == Some(sum))
}

/// Due is the total with VAT less what was paid, plus what third parties are paid, plus the rounding.
fn due_is_right(totals: Element) -> Told {
    let rounding = totals.number(&[cbc::PayableRoundingAmount])?.unwrap_or_default();
    let prepaid = totals.number(&[cbc::PrepaidAmount])?.unwrap_or_default();
    let third_parties = third_party_payments(totals)?;
    let due = totals.number(&[cbc::PayableAmount])?;
    let total = totals.number(&[cbc::TaxInclusiveAmount])?;
    let due = due.map(|due| due.checked_sub(rounding).ok_or(Undecided)).transpose()?;
    let computed = total
        .map(|total| {
            total.checked_sub(prepaid).and_then(|rest| rest.checked_add(third_parties)).ok_or(Undecided)
        })
        .transpose()?;
    equal(computed.map(round2), due.map(round2))
}

fn third_party_payments(totals: Element) -> Result<Decimal, Undecided> {
    let Some(invoice) =
        totals.parent().filter(|invoice| given(*invoice, &[cac::PrepaidPayment, cbc::PaidAmount]))
    else {
        return Ok(Decimal::ZERO);
    };
    let mut sum = Decimal::ZERO;
    for payment in invoice.kids(cac::PrepaidPayment) {
        let paid = payment.number(&[cbc::PaidAmount])?.unwrap_or_default();
        sum = sum.checked_add(paid).ok_or(Undecided)?;
    }
    Ok(sum)
}

fn is_in_currency_of_invoice(payment: Element) -> bool {
    let mut paid = payment.kids(cbc::PaidAmount).filter_map(|amount| amount.attribute(Attribute::CurrencyId));
    // Not asked of the invoice itself, which may have many children.
    paid.any(|currency| {
        let mut currencies = payment.doc.all(cbc::DocumentCurrencyCode);
        currencies.any(|code| code.parent() == payment.parent() && code.text() == currency)
    })
}
