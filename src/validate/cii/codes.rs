//! EN 16931 in CII: codes.
//!
//! Contexts hold wherever their elements stand, also in places the European model does not know.

use crate::invoice::Attribute::{CurrencyId, ListId, MimeCode, SchemeId, UnitCode};
use crate::invoice::{Attribute, Name, ram, rsm, udt};
use crate::validate::codes::{
    ADDRESS_SCHEMES, ALLOWANCE_REASONS, ATTACHMENT_TYPES, CHARGE_REASONS, COUNTRIES, CREDIT_NOTE_TYPES,
    CURRENCIES, EXEMPTION_REASONS, IDENTIFIER_SCHEMES, INVOICE_TYPES, ITEM_CLASSIFICATIONS, NOTE_SUBJECTS_CII,
    OBJECT_SCHEMES, PAYMENT_MEANS, TAX_POINTS_CII, UNITS, VAT_CATEGORIES, attribute_coded, attribute_is, coded,
    coded_in_any_case, indicates,
};
use crate::validate::element::Element;
use crate::validate::engine::{Context, fatal, inside, on, on_if};

/// The code lists of the official book.
#[rustfmt::skip]
pub const PATTERN: &[Context] = &[
    on(&[inside(&[rsm::ExchangedDocument, ram::TypeCode])], &[
        fatal("BR-CL-01", |code| coded(&INVOICE_TYPES, code) || coded(&CREDIT_NOTE_TYPES, code)),
    ]),
    on_if(&[inside(&[ram::TaxTotalAmount])], |amount| has(amount, CurrencyId), &[
        fatal("BR-CL-03", |amount| attribute_coded(&CURRENCIES, amount, CurrencyId)),
    ]),
    on(&[inside(&[ram::InvoiceCurrencyCode])], &[
        fatal("BR-CL-04", |code| coded(&CURRENCIES, code)),
    ]),
    on(&[inside(&[ram::TaxCurrencyCode])], &[
        fatal("BR-CL-05", |code| coded(&CURRENCIES, code)),
    ]),
    on(&[inside(&[ram::DueDateTypeCode])], &[
        fatal("BR-CL-06", |code| coded(&TAX_POINTS_CII, code)),
    ]),
    on(&[inside(&[ram::ReferenceTypeCode])], &[
        fatal("BR-CL-07", |code| coded(&OBJECT_SCHEMES, code)),
    ]),
    on(&[inside(&[ram::SubjectCode])], &[
        fatal("BR-CL-08", |code| coded(&NOTE_SUBJECTS_CII, code)),
    ]),
    on_if(&[inside(&[ram::GlobalID])], is_about_a_party, &[
        fatal("BR-CL-10", |id| attribute_coded(&IDENTIFIER_SCHEMES, id, SchemeId)),
    ]),
    on_if(&[inside(&[ram::ID])], |id| has(id, SchemeId) && !id.within(ram::SpecifiedTaxRegistration), &[
        fatal("BR-CL-11", |id| attribute_coded(&IDENTIFIER_SCHEMES, id, SchemeId)),
    ]),
    on_if(&[inside(&[ram::ClassCode])], |code| has(code, ListId), &[
        fatal("BR-CL-13", |code| attribute_coded(&ITEM_CLASSIFICATIONS, code, ListId)),
    ]),
    on(&[inside(&[ram::CountryID])], &[
        fatal("BR-CL-14", |code| coded(&COUNTRIES, code)),
    ]),
    on(&[inside(&[ram::OriginTradeCountry, ram::ID])], &[
        fatal("BR-CL-15", |code| coded(&COUNTRIES, code)),
    ]),
    on(&[inside(&[ram::SpecifiedTradeSettlementPaymentMeans, ram::TypeCode])], &[
        fatal("BR-CL-16", |code| coded(&PAYMENT_MEANS, code)),
    ]),
    on(&[inside(&[ram::CategoryTradeTax, ram::CategoryCode])], &[
        fatal("BR-CL-17", |code| coded(&VAT_CATEGORIES, code)),
    ]),
    on(&[inside(&[ram::ApplicableTradeTax, ram::CategoryCode])], &[
        fatal("BR-CL-18", |code| coded(&VAT_CATEGORIES, code)),
    ]),
    on_if(&[inside(REASON)], |reason| is_of(reason, false), &[
        fatal("BR-CL-19", |reason| coded(&ALLOWANCE_REASONS, reason)),
    ]),
    on_if(&[inside(REASON)], |reason| is_of(reason, true), &[
        fatal("BR-CL-20", |reason| coded(&CHARGE_REASONS, reason)),
    ]),
    on_if(&[inside(&[ram::SpecifiedTradeProduct, ram::GlobalID])], |id| has(id, SchemeId), &[
        fatal("BR-CL-21", |id| attribute_coded(&IDENTIFIER_SCHEMES, id, SchemeId)),
    ]),
    on(&[inside(&[ram::ExemptionReasonCode])], &[
        fatal("BR-CL-22", |code| coded_in_any_case(&EXEMPTION_REASONS, code)),
    ]),
    on_if(&[inside(&[ram::BasisQuantity]), inside(&[ram::BilledQuantity])], |quantity| has(quantity, UnitCode), &[
        fatal("BR-CL-23", |quantity| attribute_coded(&UNITS, quantity, UnitCode)),
    ]),
    on_if(&[inside(&[ram::AttachmentBinaryObject])], |file| has(file, MimeCode), &[
        fatal("BR-CL-24", |file| attribute_is(&ATTACHMENT_TYPES, file, MimeCode)),
    ]),
    on_if(&[inside(&[ram::URIUniversalCommunication, ram::URIID])], |id| has(id, SchemeId), &[
        fatal("BR-CL-25", |id| attribute_coded(&ADDRESS_SCHEMES, id, SchemeId)),
    ]),
    on_if(&[inside(&[ram::ApplicableHeaderTradeDelivery, ram::ShipToTradeParty, ram::GlobalID])],
        |id| has(id, SchemeId), &[
        fatal("BR-CL-26", |id| attribute_coded(&IDENTIFIER_SCHEMES, id, SchemeId)),
    ]),
];

const REASON: &[Name] = &[ram::SpecifiedTradeAllowanceCharge, ram::ReasonCode];

fn has(element: Element, attribute: Attribute) -> bool {
    element.attribute(attribute).is_some()
}

/// Neither the identifier of a product nor that of a place of delivery, and it names its scheme.
fn is_about_a_party(id: Element) -> bool {
    has(id, SchemeId) && !id.within(ram::SpecifiedTradeProduct) && !id.within(ram::ShipToTradeParty)
}

/// The reason of a charge, or of an allowance.
fn is_of(reason: Element, charge: bool) -> bool {
    let indicator = &[ram::ChargeIndicator, udt::Indicator];
    reason.parent().is_some_and(|parent| indicates(parent, indicator, charge))
}
