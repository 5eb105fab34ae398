//! EN 16931 in UBL: codes.
//!
//! Contexts hold wherever their elements stand, also in places the European model does not know.

use crate::invoice::Attribute::{CurrencyId, ListId, MimeCode, SchemeId, UnitCode};
use crate::invoice::{Attribute, Name, cac, cbc, cn, inv};
use crate::validate::codes::{
    ADDRESS_SCHEMES, ALLOWANCE_REASONS, ATTACHMENT_TYPES, CHARGE_REASONS, COUNTRIES, CREDIT_NOTE_TYPES,
    CURRENCIES, EXEMPTION_REASONS, IDENTIFIER_SCHEMES, INVOICE_TYPES, ITEM_CLASSIFICATIONS, OBJECT_SCHEMES,
    PAYMENT_MEANS, TAX_POINTS_UBL, UNITS, VAT_CATEGORIES, attribute_coded, attribute_is, coded,
    coded_in_any_case, indicates, subject_coded,
};
use crate::validate::element::Element;
use crate::validate::engine::{Context, Where, fatal, from, inside, on, on_if};
use crate::validate::number::trim;

/// The code lists of the official book.
#[rustfmt::skip]
pub const PATTERN: &[Context] = &[
    on(&[inside(&[cbc::InvoiceTypeCode])], &[
        fatal("BR-CL-01", |code| coded(&INVOICE_TYPES, code)),
    ]),
    on(&[inside(&[cbc::CreditNoteTypeCode])], &[
        fatal("BR-CL-01", |code| coded(&CREDIT_NOTE_TYPES, code)),
    ]),
    on(AMOUNTS, &[
        fatal("BR-CL-03", |amount| attribute_coded(&CURRENCIES, amount, CurrencyId)),
    ]),
    on(&[inside(&[cbc::DocumentCurrencyCode])], &[
        fatal("BR-CL-04", |code| coded(&CURRENCIES, code)),
    ]),
    on(&[inside(&[cbc::TaxCurrencyCode])], &[
        fatal("BR-CL-05", |code| coded(&CURRENCIES, code)),
    ]),
    on(&[inside(&[cac::InvoicePeriod, cbc::DescriptionCode])], &[
        fatal("BR-CL-06", |code| coded(&TAX_POINTS_UBL, code)),
    ]),
    on_if(&[inside(&[cac::AdditionalDocumentReference, cbc::ID]), inside(&[cac::DocumentReference, cbc::ID])],
        is_object_with_scheme, &[
        fatal("BR-CL-07", |id| attribute_coded(&OBJECT_SCHEMES, id, SchemeId)),
    ]),
    on_if(&[inside(&[cac::PartyIdentification, cbc::ID])], has_scheme, &[
        fatal("BR-CL-10", |id| attribute_coded(&IDENTIFIER_SCHEMES, id, SchemeId) || is_creditor(id)),
    ]),
    on_if(&[inside(&[cac::PartyLegalEntity, cbc::CompanyID])], has_scheme, &[
        fatal("BR-CL-11", |id| attribute_coded(&IDENTIFIER_SCHEMES, id, SchemeId)),
    ]),
    on_if(&[inside(&[cac::CommodityClassification, cbc::ItemClassificationCode])], |code| has(code, ListId), &[
        fatal("BR-CL-13", |code| attribute_coded(&ITEM_CLASSIFICATIONS, code, ListId)),
    ]),
    on(&[inside(&[cac::Country, cbc::IdentificationCode])], &[
        fatal("BR-CL-14", |code| coded(&COUNTRIES, code)),
    ]),
    on(&[inside(&[cac::OriginCountry, cbc::IdentificationCode])], &[
        fatal("BR-CL-15", |code| coded(&COUNTRIES, code)),
    ]),
    on(&[inside(&[cac::PaymentMeans, cbc::PaymentMeansCode])], &[
        fatal("BR-CL-16", |code| coded(&PAYMENT_MEANS, code)),
    ]),
    on(&[inside(&[cac::TaxCategory, cbc::ID])], &[
        fatal("BR-CL-17", |id| coded(&VAT_CATEGORIES, id)),
    ]),
    on(&[inside(&[cac::ClassifiedTaxCategory, cbc::ID])], &[
        fatal("BR-CL-18", |id| coded(&VAT_CATEGORIES, id)),
    ]),
    on_if(&[inside(REASON)], |reason| is_of(reason, false), &[
        fatal("BR-CL-19", |reason| coded(&ALLOWANCE_REASONS, reason)),
    ]),
    on_if(&[inside(REASON)], |reason| is_of(reason, true), &[
        fatal("BR-CL-20", |reason| coded(&CHARGE_REASONS, reason)),
    ]),
    on_if(&[inside(&[cac::StandardItemIdentification, cbc::ID])], has_scheme, &[
        fatal("BR-CL-21", |id| attribute_coded(&IDENTIFIER_SCHEMES, id, SchemeId)),
    ]),
    on(&[inside(&[cbc::TaxExemptionReasonCode])], &[
        fatal("BR-CL-22", |code| coded_in_any_case(&EXEMPTION_REASONS, code)),
    ]),
    on_if(&[inside(&[cbc::InvoicedQuantity]), inside(&[cbc::BaseQuantity]), inside(&[cbc::CreditedQuantity])],
        |quantity| has(quantity, UnitCode), &[
        fatal("BR-CL-23", |quantity| attribute_coded(&UNITS, quantity, UnitCode)),
    ]),
    on_if(&[inside(&[cbc::EmbeddedDocumentBinaryObject])], |file| has(file, MimeCode), &[
        fatal("BR-CL-24", |file| attribute_is(&ATTACHMENT_TYPES, file, MimeCode)),
    ]),
    on_if(&[inside(&[cbc::EndpointID])], has_scheme, &[
        fatal("BR-CL-25", |id| attribute_coded(&ADDRESS_SCHEMES, id, SchemeId)),
    ]),
    on_if(&[inside(&[cac::DeliveryLocation, cbc::ID])], has_scheme, &[
        fatal("BR-CL-26", |id| attribute_coded(&IDENTIFIER_SCHEMES, id, SchemeId)),
    ]),
];

/// Officially a context of the business rules; no other context there is about notes.
#[rustfmt::skip]
pub const NOTES: &[Context] = &[
    on(&[from(&[inv::Invoice, cbc::Note]), from(&[cn::CreditNote, cbc::Note])], &[
        fatal("BR-CL-08", subject_coded),
    ]),
];

/// Every amount of an invoice.
pub const AMOUNTS: &[Where] = &[
    inside(&[cbc::Amount]),
    inside(&[cbc::BaseAmount]),
    inside(&[cbc::PriceAmount]),
    inside(&[cbc::TaxAmount]),
    inside(&[cbc::TaxableAmount]),
    inside(&[cbc::LineExtensionAmount]),
    inside(&[cbc::TaxExclusiveAmount]),
    inside(&[cbc::TaxInclusiveAmount]),
    inside(&[cbc::AllowanceTotalAmount]),
    inside(&[cbc::ChargeTotalAmount]),
    inside(&[cbc::PrepaidAmount]),
    inside(&[cbc::PayableRoundingAmount]),
    inside(&[cbc::PayableAmount]),
];

const REASON: &[Name] = &[cac::AllowanceCharge, cbc::AllowanceChargeReasonCode];

fn has(element: Element, attribute: Attribute) -> bool {
    element.attribute(attribute).is_some()
}

fn has_scheme(element: Element) -> bool {
    has(element, SchemeId)
}

/// The identifier of an invoiced object, and it names its scheme.
fn is_object_with_scheme(id: Element) -> bool {
    has_scheme(id) && id.parent().is_some_and(|reference| reference.equals(&[cbc::DocumentTypeCode], "130"))
}

/// Seller and payee may give their creditor identifier for direct debits (BT-90).
fn is_creditor(id: Element) -> bool {
    id.attribute(SchemeId).is_some_and(|scheme| trim(scheme) == "SEPA")
        && (id.within(cac::AccountingSupplierParty) || id.within(cac::PayeeParty))
}

/// The reason of a charge, or of an allowance.
fn is_of(reason: Element, charge: bool) -> bool {
    reason.parent().is_some_and(|parent| indicates(parent, &[cbc::ChargeIndicator], charge))
}
