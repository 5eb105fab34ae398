//! Questions that rules about different parts of a UBL invoice ask.
//!
//! In: elements. Out: yes and no, and sums. Absent on purpose: rules.

use crate::invoice::{Name, cac, cbc};
use crate::validate::element::{Element, Undecided};
use crate::validate::number::trim;
use rust_decimal::Decimal;

/// The tax of a category or of a registration is VAT, in large or small letters.
pub fn is_vat(e: Element) -> bool {
    e.kids(cac::TaxScheme).any(|scheme| code(scheme).eq_ignore_ascii_case("VAT"))
}

/// The identifier of a tax category or scheme, without blanks around it; empty where there is none.
pub fn code(e: Element<'_>) -> &str {
    e.kid(cbc::ID).map_or("", |id| trim(id.text()))
}

pub fn is_allowance(e: Element) -> bool {
    indicates(e, ["false", "0"])
}

pub fn is_charge(e: Element) -> bool {
    indicates(e, ["true", "1"])
}

fn indicates(e: Element, words: [&str; 2]) -> bool {
    e.kids(cbc::ChargeIndicator).any(|indicator| words.contains(&trim(indicator.text())))
}

/// `exists(//outer/path)`.
pub fn somewhere(e: Element, outer: Name, path: &[Name]) -> bool {
    e.doc.all(outer).any(|element| element.has(path))
}

/// A reason in words or as a code is there.
pub fn has_reason(e: Element) -> bool {
    e.has(&[cbc::AllowanceChargeReason]) || e.has(&[cbc::AllowanceChargeReasonCode])
}

/// The amounts of this name in the elements, added up.
pub fn sum<'d>(elements: impl Iterator<Item = Element<'d>>, amount: Name) -> Result<Decimal, Undecided> {
    let mut sum = Decimal::ZERO;
    for element in elements {
        if let Some(amount) = element.number(&[amount])? {
            sum = plus(sum, amount)?;
        }
    }
    Ok(sum)
}

pub fn plus(one: Decimal, other: Decimal) -> Result<Decimal, Undecided> {
    one.checked_add(other).ok_or(Undecided)
}

pub fn minus(one: Decimal, other: Decimal) -> Result<Decimal, Undecided> {
    one.checked_sub(other).ok_or(Undecided)
}

/// Less than one unit of the currency lies between two amounts, whatever their signs.
pub fn nearly(one: Decimal, other: Decimal) -> bool {
    one.abs() - Decimal::ONE < other && one.abs() + Decimal::ONE > other
}
