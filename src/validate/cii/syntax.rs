//! EN 16931 in CII, the pattern of the syntax: what CII could carry and an invoice does not use.
//!
//! In: `rules/syntax/cii.tsv`, and the rows and guards it names. Out: [`pattern`].

use crate::invoice::{Attribute, Name, Space, ram, rsm, udt};
use crate::validate::element::{Element, Kept};
use crate::validate::engine::{Pattern, Rule, fatal, warning};
use crate::validate::number::{normalize, normalized_is, trim};
use crate::validate::table::{self, Guard};
use std::sync::LazyLock;

static PATTERN: LazyLock<Pattern> =
    LazyLock::new(|| table::contexts(include_str!("../../../rules/syntax/cii.tsv"), SPECIALS, GUARDS));

/// The pattern, read from its file once.
pub fn pattern() -> Pattern {
    *PATTERN
}

const GUARDS: &[(&str, Guard)] = &[
    ("is_no_tax_total", |e| !e.is(ram::TaxTotalAmount)),
    ("is_day", |e| e.attribute(Attribute::Format) == Some("102")),
];

/// Rows the file calls special. Where an official test asks for the tax type or the document type, it compares
/// the text as it stands, blanks included, unless the row says otherwise.
#[rustfmt::skip]
const SPECIALS: &[(&str, Rule)] = &[
    special(fatal("CII-SR-046", |e| !e.has(&[ram::GlobalID])
        || e.kids(ram::GlobalID).any(|id| id.attribute(Attribute::SchemeId).is_some()))),
    special(fatal("CII-SR-090", |e| !e.has(&[ram::OriginTradeCountry])
        || e.count(&[ram::OriginTradeCountry, ram::ID]) == 1)),
    special(warning("CII-SR-119", only_discounts_on_the_price)),
    special(warning("CII-SR-474", |e| documents_typed(e, "130").count() <= 1)),

    special(warning("CII-SR-450", |e| !both(e, &[ram::BuyerTradeParty], ram::ID, ram::GlobalID))),
    special(warning("CII-SR-457", |e| documents(e, "50") <= 1)),
    special(warning("CII-SR-458", |e| documents(e, "130") <= 1)),
    special(warning("CII-SR-465", |e| !both(e, SELLER_CONTACT, ram::PersonName, ram::DepartmentName))),
    special(warning("CII-SR-466", |e| !both(e, BUYER_CONTACT, ram::PersonName, ram::DepartmentName))),
    special(warning("CII-SR-475", |e| supporting(e, ram::Name) <= 1)),
    special(warning("CII-SR-476", |e| supporting(e, ram::AttachmentBinaryObject) <= 1)),
    special(warning("CII-SR-449", |e| !both(e, &[ram::ShipToTradeParty], ram::ID, ram::GlobalID))),
    special(warning("CII-SR-451", |e| !both(e, &[ram::PayeeTradeParty], ram::ID, ram::GlobalID))),
    special(fatal("CII-SR-462", one_date_of_tax)),
    special(fatal("CII-SR-470", |e| e.kids(ram::SpecifiedTradeSettlementPaymentMeans).all(names_its_account))),
    special(warning("CII-SR-438", |e| !e.children().any(is_misplaced_statement))),
    special(fatal("CII-SR-467", |e| all_alike(e, ram::TypeCode))),
    special(fatal("CII-SR-468", |e| all_alike(e, ram::Information))),
    special(fatal("CII-SR-469", |e| payment_references(e) <= 1)),

    special(fatal("CII-DT-015", |e| !e.has(&[ram::URIID]) || additional(e, &["916"]))),
    special(fatal("CII-DT-018", |e| !e.has(&[ram::TypeCode]) || additional(e, &["50", "130", "916"]))),
    special(fatal("CII-DT-021", |e| !e.has(&[ram::Name]) || additional(e, &["916"]))),
    special(fatal("CII-DT-022", |e| !e.has(&[ram::AttachmentBinaryObject]) || additional(e, &["916"]))),
    special(fatal("CII-DT-024", |e| !e.has(&[ram::ReferenceTypeCode]) || additional(e, &["130"]))),
    special(fatal("CII-DT-027", |e| !e.has(&[ram::FormattedIssueDateTime]) || e.is(ram::InvoiceReferencedDocument))),
    special(fatal("CII-DT-033", |e| e.attribute(Attribute::UnitCode).is_none() || some_line_has_a_unit(e))),
    special(fatal("CII-DT-037", |e| !e.has(&[ram::TypeCode]) || e.equals(&[ram::TypeCode], "VAT"))),
    special(warning("CII-DT-041", |e| !e.has(&[ram::BasisAmount]) || e.within(ram::ApplicableHeaderTradeSettlement))),
    special(warning("CII-DT-052", |e| !e.has(&[ram::ExemptionReasonCode]) || e.is(ram::ApplicableTradeTax))),
    special(warning("CII-DT-098", |e| !e.has(&[ram::ExemptionReason]) || e.is(ram::ApplicableTradeTax))),
    special(warning("CII-DT-054", |e| !e.has(&[ram::TaxPointDate]) || e.within(ram::ApplicableHeaderTradeSettlement))),
    special(warning("CII-DT-058", |e| !e.has(&[ram::DueDateTypeCode]) || e.within(ram::ApplicableHeaderTradeSettlement))),
    special(fatal("CII-DT-097", |e| is_day(e.text()))),
];

/// A row by its own id.
const fn special(rule: Rule) -> (&'static str, Rule) {
    (rule.id, rule)
}

const SELLER_CONTACT: &[Name] = &[ram::SellerTradeParty, ram::DefinedTradeContact];
const BUYER_CONTACT: &[Name] = &[ram::BuyerTradeParty, ram::DefinedTradeContact];
const PRICE: &[Name] = &[ram::GrossPriceProductTradePrice, ram::AppliedTradeAllowanceCharge];

/// Some discount and some amount, not necessarily together, or neither an indicator nor an amount.
fn only_discounts_on_the_price(agreement: Element) -> bool {
    let has = |name| agreement.down(PRICE).any(|change| change.kid(name).is_some());
    let indicators = || agreement.down(PRICE).flat_map(|change| change.kids(ram::ChargeIndicator));
    let discount = indicators().flat_map(|indicator| indicator.kids(udt::Indicator)).any(is_false);
    match has(ram::ActualAmount) {
        true => discount,
        false => !has(ram::ChargeIndicator),
    }
}

fn is_false(indicator: Element) -> bool {
    matches!(trim(indicator.text()), "false" | "0")
}

/// Some element there has the one child, and some has the other.
fn both(e: Element, path: &[Name], one: Name, other: Name) -> bool {
    let has = |name| e.down(path).any(|element| element.kid(name).is_some());
    has(one) && has(other)
}

/// Additional documents of a type.
fn documents(agreement: Element, code: &str) -> usize {
    agreement
        .kids(ram::AdditionalReferencedDocument)
        .filter(|document| document.equals(&[ram::TypeCode], code))
        .count()
}

/// What all supporting documents have together of a name.
fn supporting(agreement: Element, name: Name) -> usize {
    documents_typed(agreement, "916").map(|document| document.kids(name).count()).sum()
}

/// Additional documents of a type, blanks aside.
fn documents_typed<'d>(around: Element<'d>, code: &str) -> impl Iterator<Item = Element<'d>> {
    around.kids(ram::AdditionalReferencedDocument).filter(move |document| typed(*document, code))
}

/// In the whole document.
fn payment_references(invoice: Element) -> usize {
    let settlements = invoice.doc.all(ram::ApplicableHeaderTradeSettlement);
    settlements.flat_map(|settlement| settlement.kids(ram::PaymentReference)).count()
}

/// The type, blanks aside.
fn typed(element: Element, code: &str) -> bool {
    element.kids(ram::TypeCode).any(|typed| normalized_is(typed.text(), code))
}

/// It is an additional document of one of these types.
fn additional(document: Element, codes: &[&str]) -> bool {
    document.is(ram::AdditionalReferencedDocument)
        && codes.iter().any(|code| document.equals(&[ram::TypeCode], code))
}

/// BT-8 may be repeated in every breakdown, as long as it is the same.
fn one_date_of_tax(settlement: Element) -> bool {
    let mut codes = settlement.doc.all(ram::ApplicableTradeTax).flat_map(|tax| tax.kids(ram::DueDateTypeCode));
    codes.next().is_none_or(|first| codes.all(|code| code.text() == first.text()))
}

/// A credit transfer names the account in one of two ways.
fn names_its_account(means: Element) -> bool {
    let account = |name| means.has(&[ram::PayeePartyCreditorFinancialAccount, name]);
    !(typed(means, "30") || typed(means, "58")) || account(ram::IBANID) || account(ram::ProprietaryID)
}

/// Every payment instruction of the document says the same, blanks aside.
fn all_alike(invoice: Element, name: Name) -> bool {
    let mut said =
        invoice.doc.all(ram::SpecifiedTradeSettlementPaymentMeans).flat_map(|means| means.kids(name));
    let Some(first) = said.next() else { return true };
    let Some(second) = said.next() else { return true };
    let first = normalize(first.text());
    std::iter::once(second).chain(said).all(|other| normalized_is(other.text(), &first))
}

/// The schema knows this element only under another namespace.
fn is_misplaced_statement(child: Element) -> bool {
    let (_, local) = child.tag().split_once(':').unwrap_or(("", child.tag()));
    child.name().space() == Space::Ram && local == "ValuationBreakdownStatement"
}

const INVOICED: &[Name] = &[
    rsm::SupplyChainTradeTransaction,
    ram::IncludedSupplyChainTradeLineItem,
    ram::SpecifiedLineTradeDelivery,
    ram::BilledQuantity,
];

/// One unit at an invoiced quantity allows units at every quantity.
fn some_line_has_a_unit(quantity: Element) -> bool {
    *quantity.doc.once(Kept::CiiUnits, || {
        quantity.root().down(INVOICED).any(|invoiced| invoiced.attribute(Attribute::UnitCode).is_some())
    })
}

/// `YYYYMMDD`, blanks around it, any day up to 31.
fn is_day(text: &str) -> bool {
    let &[_, _, _, _, month_1, month_2, day_1, day_2] = trim(text).as_bytes() else { return false };
    trim(text).bytes().all(|byte| byte.is_ascii_digit())
        && matches!((month_1, month_2), (b'1', b'0'..=b'2') | (b'0', b'1'..=b'9'))
        && matches!((day_1, day_2), (b'3', b'0' | b'1') | (b'1' | b'2', _) | (b'0', b'1'..=b'9'))
}
