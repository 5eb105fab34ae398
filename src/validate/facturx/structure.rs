//! Factur-X: guards and rules that the tables of the profiles name.
//!
//! Codes are compared as they stand; a code that is empty or missing passes, other rows ask for it.

use crate::invoice::Attribute::{self, CurrencyId, Format, ListId, MimeCode, SchemeId, UnitCode};
use crate::invoice::{Name, ram, udt};
use crate::validate::codes::{
    ADDRESS_SCHEMES, ALLOWANCE_REASONS, ATTACHMENT_TYPES, CHARGE_REASONS, COUNTRIES, CREDIT_NOTE_TYPES,
    CURRENCIES, EXEMPTION_REASONS, IDENTIFIER_SCHEMES, INVOICE_TYPES, ITEM_CLASSIFICATIONS, List,
    NOTE_SUBJECTS_CII, OBJECT_SCHEMES, PAYMENT_MEANS, TAX_POINTS_CII, UNITS, VAT_CATEGORIES,
};
use crate::validate::element::Element;
use crate::validate::engine::{Rule, fatal, warning};
use crate::validate::number::trim;
use crate::validate::table::Guard;

#[rustfmt::skip]
pub const GUARDS: &[(&str, Guard)] = &[
    ("has_vat_number", |e| has_scheme(e, "VA")),
    ("has_tax_number", |e| has_scheme(e, "FC")),
    ("has_neither_number", |e| !has_scheme(e, "VA") && !has_scheme(e, "FC")),
    ("of_vat_number", |e| e.parent().is_some_and(|registration| has_scheme(registration, "VA"))),
    ("of_tax_number", |e| e.parent().is_some_and(|registration| has_scheme(registration, "FC"))),

    ("in_invoice_currency", |e| is_in(e, ram::InvoiceCurrencyCode)),
    ("in_tax_currency", |e| is_in(e, ram::TaxCurrencyCode)),
    ("in_neither_currency", |e| !is_in(e, ram::InvoiceCurrencyCode) && !is_in(e, ram::TaxCurrencyCode)),

    ("allowance", is_allowance),
    ("charge", is_charge),
    ("neither_allowance_nor_charge", |e| !is_allowance(e) && !is_charge(e)),
    ("of_allowance", |e| change(e).is_some_and(is_allowance)),
    ("of_charge", |e| change(e).is_some_and(is_charge)),
    ("of_either", |e| change(e).is_some_and(|change| is_allowance(change) || is_charge(change))),
    ("of_charge_without_list", |e| change(e).is_some_and(is_charge) && e.attribute(ListId).is_none()),
    ("of_charge_with_other_list", |e| change(e).is_some_and(is_charge) && e.attribute(ListId).is_some_and(|list| list != "5153")),

    ("support", |e| is_typed(e, SUPPORT)),
    ("tender", |e| is_typed(e, TENDER)),
    ("object", |e| is_typed(e, OBJECT)),
    ("neither_document", |e| ![SUPPORT, TENDER, OBJECT].iter().any(|code| is_typed(e, code))),
    ("of_support", |e| is_of(e, &[SUPPORT])),
    ("of_tender", |e| is_of(e, &[TENDER])),
    ("of_object", |e| is_of(e, &[OBJECT])),
    ("of_tender_or_support", |e| is_of(e, &[TENDER, SUPPORT])),
    ("of_object_or_tender", |e| is_of(e, &[OBJECT, TENDER])),
    ("of_document", |e| is_of(e, &[SUPPORT, TENDER, OBJECT])),
];

/// Rules without an id stand for many rows.
#[rustfmt::skip]
pub const SPECIALS: &[(&str, Rule)] = &[
    ("unused", warning("", |_| false)),

    ("one_vat_registration", fatal("", |e| at_most_one(e, REGISTRATION, |number| has_scheme(number, "VA")))),
    ("one_tax_registration", fatal("", |e| at_most_one(e, REGISTRATION, |number| has_scheme(number, "FC")))),
    ("one_total_in_invoice_currency", fatal("", |e| at_most_one(e, TOTAL, |total| is_in(total, ram::InvoiceCurrencyCode)))),
    ("one_total_in_tax_currency", fatal("", |e| at_most_one(e, TOTAL, |total| is_in(total, ram::TaxCurrencyCode)))),
    ("one_discount", fatal("", |e| at_most_one(e, ram::AppliedTradeAllowanceCharge, is_allowance))),

    ("code_guideline_minimum", fatal("", |e| is_one_of(e.text(), MINIMUM))),
    ("code_guideline_basic_wl", fatal("", |e| is_one_of(e.text(), BASIC_WL))),
    ("code_guideline_basic", fatal("", |e| is_one_of(e.text(), BASIC))),
    ("code_guideline_en16931", fatal("", |e| is_one_of(e.text(), EN16931))),
    ("code_type", fatal("", |e| listed(&INVOICE_TYPES, e, e.text()) || listed(&CREDIT_NOTE_TYPES, e, e.text()))),
    ("code_subject", fatal("", |e| listed(&NOTE_SUBJECTS_CII, e, e.text()))),
    ("code_country", fatal("", |e| listed(&COUNTRIES, e, e.text()))),
    ("code_currency", fatal("", |e| listed(&CURRENCIES, e, e.text()))),
    ("code_category", fatal("", |e| listed(&VAT_CATEGORIES, e, e.text()))),
    ("code_category_without_split_payment", fatal("", |e| listed(&VAT_CATEGORIES, e, e.text()) && e.text() != "B")),
    ("code_taxpoint", fatal("", |e| listed(&TAX_POINTS_CII, e, e.text()))),
    ("code_exemption", fatal("", |e| listed(&EXEMPTION_REASONS, e, e.text()))),
    ("code_allowance", fatal("", |e| listed(&ALLOWANCE_REASONS, e, e.text()))),
    ("code_charge", fatal("", |e| listed(&CHARGE_REASONS, e, e.text()))),
    ("code_means", fatal("", |e| listed(&PAYMENT_MEANS, e, e.text()))),
    ("code_support", fatal("", |e| is_one_of(e.text(), &[SUPPORT]))),
    ("code_tender", fatal("", |e| is_one_of(e.text(), &[TENDER]))),
    ("code_object", fatal("", |e| is_one_of(e.text(), &[OBJECT]))),
    ("code_object_scheme", fatal("", |e| listed(&OBJECT_SCHEMES, e, e.text()))),
    ("code_tax", fatal("", |e| is_one_of(e.text(), &["VAT"]))),
    ("format_format", fatal("", |e| is_one_of(given(e, Format), &["102"]))),
    ("schemeID_vat", fatal("", |e| is_one_of(given(e, SchemeId), &["VA"]))),
    ("schemeID_scheme", fatal("", |e| listed(&IDENTIFIER_SCHEMES, e, given(e, SchemeId)))),
    ("schemeID_address", fatal("", |e| listed(&ADDRESS_SCHEMES, e, given(e, SchemeId)))),
    ("currencyID_currency", fatal("", |e| listed(&CURRENCIES, e, given(e, CurrencyId)))),
    ("unitCode_unit", fatal("", |e| listed(&UNITS, e, given(e, UnitCode)))),
    ("mimeCode_attachment", fatal("", |e| listed(&ATTACHMENT_TYPES, e, given(e, MimeCode)))),
    ("listID_classification", fatal("", |e| listed(&ITEM_CLASSIFICATIONS, e, given(e, ListId)))),
];

const REGISTRATION: Name = ram::SpecifiedTaxRegistration;
const TOTAL: Name = ram::TaxTotalAmount;

/// BT-24 of the profiles, as Factur-X and as ZUGFeRD.
const MINIMUM: &[&str] = &["urn:factur-x.eu:1p0:minimum", "urn:zugferd.de:2p0:minimum"];
const BASIC_WL: &[&str] = &["urn:factur-x.eu:1p0:basicwl", "urn:zugferd.de:2p0:basicwl"];
const BASIC: &[&str] = &[
    "urn:cen.eu:en16931:2017#compliant#urn:factur-x.eu:1p0:basic",
    "urn:cen.eu:en16931:2017#compliant#urn:zugferd.de:2p0:basic",
];
const EN16931: &[&str] = &["urn:cen.eu:en16931:2017"];

/// Kinds of an additional document (BT-122, BT-17, BT-18).
const SUPPORT: &str = "916";
const TENDER: &str = "50";
const OBJECT: &str = "130";

/// Of the children of a name at most one is so.
fn at_most_one(element: Element, name: Name, is_so: fn(Element) -> bool) -> bool {
    element.kids(name).filter(|child| is_so(*child)).count() <= 1
}

fn has_scheme(registration: Element, scheme: &str) -> bool {
    registration.kids(ram::ID).any(|id| id.attribute(SchemeId) == Some(scheme))
}

/// The currency of an amount is the one the settlement names there.
fn is_in(amount: Element, currency: Name) -> bool {
    let settlement = amount.parent().and_then(Element::parent);
    let own = amount.attribute(CurrencyId);
    own.is_some_and(|own| settlement.is_some_and(|settlement| settlement.equals(&[currency], own)))
}

fn is_allowance(change: Element) -> bool {
    change.equals(&[ram::ChargeIndicator, udt::Indicator], "false")
}

fn is_charge(change: Element) -> bool {
    change.equals(&[ram::ChargeIndicator, udt::Indicator], "true")
}

/// The allowance or charge around an element.
fn change(element: Element) -> Option<Element> {
    let is_change = |around: &Element| {
        around.is(ram::SpecifiedTradeAllowanceCharge) || around.is(ram::AppliedTradeAllowanceCharge)
    };
    element.ancestors().find(is_change)
}

fn is_typed(document: Element, code: &str) -> bool {
    document.equals(&[ram::TypeCode], code)
}

/// The element stands in an additional document of one of these kinds.
fn is_of(element: Element, kinds: &[&str]) -> bool {
    element.parent().is_some_and(|document| kinds.iter().any(|code| is_typed(document, code)))
}

fn given(element: Element<'_>, attribute: Attribute) -> &str {
    element.attribute(attribute).unwrap_or_default()
}

fn is_one_of(code: &str, codes: &[&str]) -> bool {
    code.is_empty() || codes.contains(&code)
}

fn listed(list: &List, element: Element, code: &str) -> bool {
    code.is_empty() || (trim(code) == code && list.has(element.doc.edition, code))
}
