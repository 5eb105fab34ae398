//! EN 16931 in UBL: what of the syntax an invoice does not use. The rows stand in `rules/syntax/ubl.tsv`; here
//! are those that compare.

use crate::invoice::{Attribute, Name, Node, cac, cbc, cn};
use crate::validate::element::Element;
use crate::validate::engine::{Outcome, Pattern, Rule, Told, fatal, fatal_told, warning};
use crate::validate::number::{decimals_as_written, trim};
use crate::validate::table::{Guard, contexts};
use std::sync::LazyLock;

pub fn pattern() -> Pattern {
    *PATTERN
}

static PATTERN: LazyLock<Pattern> =
    LazyLock::new(|| contexts(include_str!("../../../rules/syntax/ubl.tsv"), SPECIALS, GUARDS));

const GUARDS: &[(&str, Guard)] = &[
    ("allowance", |e| charge_indicator(e).is_some_and(|text| matches!(text, "false" | "0"))),
    ("charge", |e| charge_indicator(e).is_some_and(|text| matches!(text, "true" | "1"))),
];

fn charge_indicator<'d>(element: Element<'d>) -> Option<&'d str> {
    element.text_of(&[cbc::ChargeIndicator]).map(trim)
}

#[rustfmt::skip]
const SPECIALS: &[(&str, Rule)] = &[
    ("UBL-SR-42", fatal("UBL-SR-42", |e| e.count(&[cac::PartyTaxScheme]) <= 2)),
    ("UBL-SR-43", fatal("UBL-SR-43", scheme_only_of_invoiced_object)),
    ("UBL-DT-01", fatal("UBL-DT-01", |e| decimals_as_written(e.text()) <= 2 || is_price(e))),
    ("UBL-SR-53", fatal("UBL-SR-53", |e| e.has(&[cac::TaxScheme, cbc::ID]) && e.has(&[cbc::CompanyID]))),
    ("UBL-CR-002", warning("UBL-CR-002", |e| !e.has(&[cbc::UBLVersionID]) || e.equals(&[cbc::UBLVersionID], "2.1"))),
    ("UBL-CR-412", warning("UBL-CR-412", |e| e.is(cn::CreditNote) || !e.has(&[cac::PaymentMeans, cbc::PaymentDueDate]))),
    ("UBL-CR-665", warning("UBL-CR-665", |e| !documents(e).any(|document| !is_only_object(document) && has_scheme(document)))),
    ("UBL-CR-666", fatal("UBL-CR-666", |e| !objects(e).any(|object| object.has(&[cac::Attachment])))),
    ("UBL-CR-673", fatal("UBL-CR-673", |e| !objects(e).any(|object| object.has(&[cbc::DocumentDescription])))),
    ("UBL-DT-18", warning("UBL-DT-18", only_payment_means_are_named)),
    ("UBL-SR-04", fatal("UBL-SR-04", |e| e.kids(cac::AdditionalDocumentReference).filter(is_object).flat_map(|object| object.kids(cbc::ID)).count() <= 1)),
    ("UBL-SR-12", fatal("UBL-SR-12", |e| company_ids(e, cac::AccountingSupplierParty, is_vat) <= 1)),
    ("UBL-SR-13", fatal("UBL-SR-13", |e| company_ids(e, cac::AccountingSupplierParty, is_other_tax) <= 1)),
    ("UBL-SR-18", fatal("UBL-SR-18", |e| company_ids(e, cac::AccountingCustomerParty, is_vat) <= 1)),
    ("UBL-SR-29", fatal("UBL-SR-29", |e| e.doc.all(cac::PartyIdentification).map(creditor_ids).sum::<usize>() <= 1)),
    ("UBL-SR-44", fatal_told("UBL-SR-44", |e| all_alike(e, cbc::PaymentID))),
    ("UBL-SR-47", fatal_told("UBL-SR-47", |e| all_alike(e, cbc::PaymentMeansCode))),
    ("UBL-SR-19", fatal("UBL-SR-19", |e| is_not_the_seller(e) && e.count(&[cac::PartyName, cbc::Name]) <= 1)),
    ("UBL-SR-20", fatal("UBL-SR-20", |e| is_not_the_seller(e) && ids_besides_creditor(e) <= 1)),
    ("UBL-SR-21", fatal("UBL-SR-21", |e| is_not_the_seller(e) && e.count(&[cac::PartyLegalEntity, cbc::CompanyID]) <= 1)),
];

/// Prices may have more decimals, and so may whatever stands in a price with a discount.
fn is_price(amount: Element) -> bool {
    let reduced = |around: Element| around.is(cac::Price) && around.has(&[cac::AllowanceCharge]);
    amount.name().local().ends_with("PriceAmount") || amount.ancestors().any(reduced)
}

/// Documents enclosed or referred to, wherever they stand.
fn documents(element: Element) -> impl Iterator<Item = Element> {
    element.doc.all(cac::AdditionalDocumentReference)
}

/// BT-18 Invoiced object identifier: a reference of type 130.
fn objects(element: Element) -> impl Iterator<Item = Element> {
    documents(element).filter(is_object)
}

fn is_object(document: &Element) -> bool {
    document.equals(&[cbc::DocumentTypeCode], "130")
}

/// Of type 130 and of no other.
fn is_only_object(document: Element) -> bool {
    document.has(&[cbc::DocumentTypeCode])
        && document.kids(cbc::DocumentTypeCode).all(|code| code.text() == "130")
}

fn has_scheme(document: Element) -> bool {
    document.kids(cbc::ID).any(|id| id.attribute(Attribute::SchemeId).is_some())
}

/// A credit note names the invoiced object by type 50, too.
fn scheme_only_of_invoiced_object(document: Element) -> bool {
    let credit_note = document.root().name().local() == "CreditNote";
    is_object(&document)
        || credit_note && document.equals(&[cbc::DocumentTypeCode], "50")
        || !has_scheme(document) && !document.has(&[cbc::DocumentTypeCode])
}

fn only_payment_means_are_named(element: Element) -> bool {
    let tree = element.doc.tree;
    let named = |node: &Node| tree.attribute_names(*node).any(|attribute| attribute == Attribute::Name);
    (0..tree.len() as Node).filter(named).all(|node| tree.name(node) == cbc::PaymentMeansCode)
}

/// How many numbers a party has in registrations with such a tax scheme.
fn company_ids(root: Element, party: Name, scheme: fn(Element) -> bool) -> usize {
    let path = [party, cac::Party, cac::PartyTaxScheme];
    let registrations = root.down(&path).filter(|registration| registration.kids(cac::TaxScheme).any(scheme));
    registrations.map(|registration| registration.count(&[cbc::CompanyID])).sum()
}

fn is_vat(scheme: Element) -> bool {
    in_capitals(scheme.text_of(&[cbc::ID]), "VAT")
}

fn is_other_tax(scheme: Element) -> bool {
    !is_vat(scheme)
}

/// `upper-case(text) = wanted`; without a text it is the empty one.
fn in_capitals(text: Option<&str>, wanted: &str) -> bool {
    text.unwrap_or_default().chars().flat_map(char::to_uppercase).eq(wanted.chars())
}

fn is_creditor_id(id: &Element) -> bool {
    in_capitals(id.attribute(Attribute::SchemeId), "SEPA")
}

fn creditor_ids(identification: Element) -> usize {
    identification.kids(cbc::ID).filter(is_creditor_id).count()
}

fn ids_besides_creditor(payee: Element) -> usize {
    payee.down(&[cac::PartyIdentification, cbc::ID]).filter(|id| !is_creditor_id(id)).count()
}

/// Elements of this name all say the same.
fn all_alike(element: Element, name: Name) -> Told {
    let mut all = element.doc.all(name).map(Element::text);
    let Some(first) = all.next() else { return Ok(Outcome::Holds) };
    Ok(match all.find(|text| *text != first) {
        Some(other) => Outcome::expected(first, other),
        None => Outcome::Holds,
    })
}

/// Some name of the payee differs from some name of the seller, as the official test compares them.
fn is_not_the_seller(payee: Element) -> bool {
    let Some(around) = payee.parent() else { return false };
    let seller = &[cac::AccountingSupplierParty, cac::Party, cac::PartyLegalEntity, cbc::RegistrationName];
    let mut names = payee.down(&[cac::PartyName, cbc::Name]);
    names.any(|name| around.down(seller).any(|other| other.text() != name.text()))
}
