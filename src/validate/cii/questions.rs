//! Questions that rules about different parts of a CII invoice ask.
//!
//! In: elements. Out: yes and no, and the few places everybody needs. Absent on purpose: rules.

use crate::invoice::{Attribute, Name, ram, rsm, udt};
use crate::validate::element::Element;
use crate::validate::number::trim;

/// `/rsm:CrossIndustryInvoice/rsm:SupplyChainTradeTransaction/name`, without walking past every line.
pub fn header(e: Element, name: Name) -> impl Iterator<Item = Element> {
    e.doc.all(name).filter(|element| element.parent().is_some_and(is_transaction))
}

fn is_transaction(e: Element) -> bool {
    e.is(rsm::SupplyChainTradeTransaction) && e.parent().is_some_and(|root| root.parent().is_none())
}

/// What stands at the end of a path in the header settlement.
pub fn in_settlement<'d>(e: Element<'d>, path: &[Name]) -> impl Iterator<Item = Element<'d>> {
    header(e, ram::ApplicableHeaderTradeSettlement).flat_map(move |settlement| settlement.down(path))
}

/// `exists(//outer/path)`.
pub fn somewhere(e: Element, outer: Name, path: &[Name]) -> bool {
    e.doc.all(outer).any(|element| element.has(path))
}

/// The tax of a category is VAT, in large or small letters.
pub fn is_vat(tax: Element) -> bool {
    tax.kids(ram::TypeCode).any(|code| code.text().eq_ignore_ascii_case("VAT"))
}

/// The allowance or charge says that it is none; every way the schema has of saying so.
pub fn is_allowance(e: Element) -> bool {
    indicates(e, ["false", "0"])
}

pub fn is_charge(e: Element) -> bool {
    indicates(e, ["true", "1"])
}

fn indicates(e: Element, words: [&str; 2]) -> bool {
    e.down(&[ram::ChargeIndicator, udt::Indicator]).any(|indicator| words.contains(&trim(indicator.text())))
}

/// A registration of the party with one of these schemes: `VA` is the VAT identifier, `FC` the tax number.
pub fn is_registered(party: Element, schemes: &[&str]) -> bool {
    party.down(&[ram::SpecifiedTaxRegistration, ram::ID]).any(|id| has_scheme(id, schemes))
}

pub fn has_scheme(id: Element, schemes: &[&str]) -> bool {
    id.attribute(Attribute::SchemeId).is_some_and(|scheme| schemes.contains(&scheme))
}

/// Its currency is one of the codes at the end of a path in the header settlement.
pub fn is_in_currency(amount: Element, path: &[Name]) -> bool {
    let Some(currency) = amount.attribute(Attribute::CurrencyId) else { return false };
    in_settlement(amount, path).any(|code| code.text() == currency)
}

/// A reason in words or as a code is there.
pub fn has_reason(e: Element) -> bool {
    e.has(&[ram::Reason]) || e.has(&[ram::ReasonCode])
}
