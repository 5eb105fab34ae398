//! Peppol BIS Billing 3: what the network asks for beyond EN 16931, and what it asks for country by country.
//!
//! In: an [`Element`]. Out: the rule books of OpenPeppol for both syntaxes, release 3.0.21. Absent on purpose:
//! self-billing, and PEPPOL-COMMON-R048, which is withdrawn.

mod cii;
mod denmark;
mod germany;
mod greece;
mod iceland;
mod identifiers;
mod italy;
mod netherlands;
mod norway;
mod party;
mod sweden;
mod ubl;

use super::element::{Element, Undecided};
use super::engine::{Book, Pattern};
use super::number::{decimal, normalized_is, trim};
use crate::invoice::{Name, blank};
use rust_decimal::Decimal;

pub static UBL: Book = Book::of(ubl_patterns);
pub static CII: Book = Book::of(cii_patterns);

fn ubl_patterns() -> Vec<Pattern> {
    vec![
        ubl::EMPTY,
        ubl::CREDIT_NOTE,
        ubl::PATTERN,
        norway::UBL,
        denmark::UBL,
        italy::UBL,
        sweden::UBL,
        greece::SENDER,
        greece::BOTH,
        iceland::UBL,
        netherlands::UBL,
        germany::UBL,
        ubl::CODES,
    ]
}

fn cii_patterns() -> Vec<Pattern> {
    vec![cii::PATTERN, norway::CII, denmark::CII, italy::CII, sweden::CII, netherlands::CII, cii::CODES]
}

/// `path[boolean(normalize-space(.))]`: some element there has more than blanks.
fn given(element: Element, path: &[Name]) -> bool {
    element.down(path).any(|found| !blank(found.text()) || !found.is_leaf())
}

/// The text of the only element there, empty where there is none.
fn only_text<'d>(element: Element<'d>, path: &[Name]) -> Result<&'d str, Undecided> {
    Ok(element.only(path)?.map_or("", Element::text))
}

/// `normalize-space(path) = codes`; what cannot be told is none of them.
fn is_one_of(element: Element, path: &[Name], codes: &[&str]) -> bool {
    only_text(element, path).is_ok_and(|text| codes.iter().any(|code| normalized_is(text, code)))
}

/// The only one, or none.
fn single<'d>(mut elements: impl Iterator<Item = Element<'d>>) -> Result<Option<Element<'d>>, Undecided> {
    let first = elements.next();
    if elements.next().is_some() { Err(Undecided) } else { Ok(first) }
}

/// `xs:decimal(path)`, and another number where there is none.
fn number_or(element: Element, path: &[Name], otherwise: Decimal) -> Result<Decimal, Undecided> {
    Ok(element.number(path)?.unwrap_or(otherwise))
}

/// What was computed misses the amount by two cents at most.
fn is_close(amount: Decimal, computed: Decimal) -> Result<bool, Undecided> {
    let distance = amount.checked_sub(computed).ok_or(Undecided)?;
    Ok(distance.abs() <= Decimal::new(2, 2))
}

/// All of them ASCII digits, and as many as wanted.
fn is_digits(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A whole number as schemas write it: blanks around it, a sign, digits.
fn is_integer(text: &str) -> bool {
    !text.contains('.') && decimal(text).is_some()
}

/// `normalize-space(path) != ''` about the only element there.
fn speaks(element: Element, path: &[Name]) -> Result<bool, Undecided> {
    Ok(!blank(only_text(element, path)?))
}

/// `string-length(normalize-space(text))`.
fn normalized_length(text: &str) -> usize {
    let words = || text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty());
    let letters: usize = words().map(|word| word.chars().count()).sum();
    letters + words().count().saturating_sub(1)
}

/// A calendar day as `xs:date` writes it, without time zone: `2026-11-21`.
fn is_day(text: &str) -> bool {
    day(text).is_some()
}

fn day(text: &str) -> Option<jiff::civil::Date> {
    let text = trim(text);
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let part = |range: std::ops::Range<usize>| text.get(range)?.parse::<i16>().ok();
    if !shape || text.starts_with("0000") {
        return None;
    }
    jiff::civil::Date::new(part(0..4)?, part(5..7)? as i8, part(8..10)? as i8).ok()
}
