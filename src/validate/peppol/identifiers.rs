//! Identifiers of parties: what each scheme demands of them, check digits included.
//!
//! In: an element with a scheme. Out: rows, the same in both syntaxes where nothing else is said. Absent on
//! purpose: whether somebody has the number.

use super::super::number::trim;
use super::{is_digits, is_integer};
use crate::invoice::Attribute::SchemeId;
use crate::validate::element::Element;
use crate::validate::engine::{Rule, fatal, warning};

/// The identifier names exactly this scheme.
pub fn is_of(id: Element, scheme: &str) -> bool {
    id.attribute(SchemeId) == Some(scheme)
}

#[rustfmt::skip]
pub mod rows {
    use super::*;

    pub const GLN: &[Rule] = &[fatal("PEPPOL-COMMON-R040", |id| is_gln(trim(id.text())))];
    pub const NORWAY: &[Rule] = &[fatal("PEPPOL-COMMON-R041", |id| is_norwegian(trim(id.text())))];
    pub const DENMARK: &[Rule] = &[fatal("PEPPOL-COMMON-R042", |id| is_danish(id.text()) || is_digits(id.text(), 8))];
    pub const DANISH_P: &[Rule] = &[fatal("PEPPOL-COMMON-R052", |id| is_digits(id.text(), 10))];
    pub const DANISH_SE: &[Rule] = &[fatal("PEPPOL-COMMON-R053", |id| is_danish(id.text()))];
    pub const BELGIUM: &[Rule] = &[fatal("PEPPOL-COMMON-R043", |id| is_belgian(trim(id.text())))];
    pub const ITALIAN_IPA: &[Rule] = &[warning("PEPPOL-COMMON-R044", |id| is_ipa_code(trim(id.text())))];
    pub const ITALIAN_TAX: &[Rule] = &[warning("PEPPOL-COMMON-R045", |id| is_codice_fiscale(trim(id.text())))];
    pub const ITALIAN_TAX_9907: &[Rule] = &[warning("PEPPOL-COMMON-R046", |id| is_codice_fiscale(trim(id.text())))];
    pub const ITALIAN_VAT: &[Rule] = &[warning("PEPPOL-COMMON-R047", |id| is_partita_iva(trim(id.text())))];
    pub const SWEDEN: &[Rule] = &[fatal("PEPPOL-COMMON-R049", |id| is_swedish(trim(id.text())))];
    pub const AUSTRALIA: &[Rule] =
        &[fatal("PEPPOL-COMMON-R050", |id| is_digits(trim(id.text()), 11) && is_australian(trim(id.text())))];
    /// In CII the number is not asked to be one.
    pub const AUSTRALIA_CII: &[Rule] = &[fatal("PEPPOL-COMMON-R050", |id| is_australian(trim(id.text())))];
    pub const DUTCH_KVK: &[Rule] = &[warning("PEPPOL-COMMON-R054", |id| is_digits(trim(id.text()), 8))];
    pub const DUTCH_OIN: &[Rule] = &[warning("PEPPOL-COMMON-R055", |id| is_digits(trim(id.text()), 20))];
    pub const DUTCH_VAT: &[Rule] = &[warning("PEPPOL-COMMON-R056-1", |id| is_dutch_vat(trim(id.text())))];
    pub const DUTCH_VAT_NUMBER: &[Rule] = &[warning("PEPPOL-COMMON-R056-2", |id| is_dutch_vat(trim(id.text())))];
    pub const DUTCH_BRANCH: &[Rule] = &[warning("PEPPOL-COMMON-R057", |id| is_digits(trim(id.text()), 12))];
    /// In CII the official test wants twenty digits.
    pub const DUTCH_BRANCH_CII: &[Rule] = &[warning("PEPPOL-COMMON-R057", |id| is_digits(trim(id.text()), 20))];
}

/// Digits only, the last one the check digit of GS1.
fn is_gln(text: &str) -> bool {
    let Some((check, digits)) = text.as_bytes().split_last() else { return false };
    if !is_digits(text, text.len()) {
        return false;
    }
    let weighed = digits.iter().rev().zip([3, 1].into_iter().cycle());
    let sum: u32 = weighed.map(|(digit, weight)| value(*digit) * weight).sum();
    (10 - sum % 10) % 10 == value(*check)
}

/// Nine digits, the last one a check digit modulo 11.
pub fn is_norwegian(text: &str) -> bool {
    let Some((check, digits)) = text.as_bytes().split_last() else { return false };
    let sum: u32 = digits.iter().rev().zip((2..8).cycle()).map(|(digit, weight)| value(*digit) * weight).sum();
    is_digits(text, 9) && text.bytes().any(|digit| digit != b'0') && (11 - sum % 11) % 11 == value(*check)
}

/// `DK` and eight digits; blanks are not forgiven.
fn is_danish(text: &str) -> bool {
    text.strip_prefix("DK").is_some_and(|number| is_digits(number, 8))
}

/// Ten digits, the last two 97 less the rest of the others.
fn is_belgian(text: &str) -> bool {
    let Some((number, check)) = is_digits(text, 10).then(|| text.split_at(8)) else { return false };
    let number: Option<u32> = number.parse().ok();
    number.is_some_and(|number| check.parse() == Ok(97 - number % 97))
}

/// Six letters or digits.
fn is_ipa_code(text: &str) -> bool {
    text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Sixteen characters in their places, or a number of eleven.
fn is_codice_fiscale(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let part = |from: usize, to: usize| letters[from..to].iter().collect::<String>();
    let alphabetic = |from: usize, to: usize| letters[from..to].iter().all(char::is_ascii_alphabetic);
    match letters.len() {
        11 => is_integer(text),
        16 => {
            alphabetic(0, 6)
                && is_integer(&part(6, 8))
                && alphabetic(8, 9)
                && is_integer(&part(9, 11))
                && is_integer(&part(14, 15))
                && alphabetic(15, 16)
        }
        _ => false,
    }
}

/// After `IT` eleven digits with a check digit; other countries are not asked.
fn is_partita_iva(text: &str) -> bool {
    let Some(number) = text.strip_prefix("IT").or_else(|| text.strip_prefix("it")) else { return true };
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let values = number.bytes().enumerate().map(|(at, digit)| match at % 2 {
        0 => value(digit),
        _ => doubled(value(digit)),
    });
    is_digits(number, 11) && values.sum::<u32>() % 10 == 0
}

/// Ten digits, the last one by Luhn.
fn is_swedish(text: &str) -> bool {
    is_digits(text, 10) && is_luhn_of_ten(text)
}

/// Digits only, the tenth the check digit of the nine before; what follows is not asked.
pub fn is_luhn_of_ten(text: &str) -> bool {
    if !is_digits(text, text.len()) || text.len() < 10 {
        return false;
    }
    let (digits, check) = (&text.as_bytes()[..9], text.as_bytes()[9]);
    let doubled = |digit: u32| digit * 2 % 10 + digit * 2 / 10;
    let values = digits.iter().rev().enumerate().map(|(at, digit)| match at % 2 {
        0 => doubled(value(*digit)),
        _ => value(*digit),
    });
    (10 - values.sum::<u32>() % 10) % 10 == value(check)
}

/// Weighed sum of the first eleven characters, divisible by 89; the first counts one less.
fn is_australian(text: &str) -> bool {
    const WEIGHTS: [i64; 11] = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
    let values =
        || text.chars().zip(WEIGHTS).map(|(letter, weight)| (i64::from(u32::from(letter)) - 48) * weight);
    values().count() == WEIGHTS.len() && (values().sum::<i64>() - 10) % 89 == 0
}

/// `NL123456789B12`.
pub fn is_dutch_vat(text: &str) -> bool {
    let parts = text.strip_prefix("NL").and_then(|rest| rest.split_once('B'));
    parts.is_some_and(|(number, branch)| is_digits(number, 9) && is_digits(branch, 2))
}

/// The ninth digit of a Greek tax number follows from the eight before; what follows is not asked.
pub fn is_greek(text: &str) -> bool {
    let digits: Vec<Option<u32>> = text.chars().take(9).map(|letter| letter.to_digit(10)).collect();
    let Some(digits): Option<Vec<u32>> = digits.into_iter().collect() else { return false };
    let sum: u32 = digits.iter().take(8).zip((1..9).rev()).map(|(digit, power)| digit << power).sum();
    digits.len() == 9 && sum % 11 % 10 == digits[8]
}

fn value(digit: u8) -> u32 {
    u32::from(digit.wrapping_sub(b'0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(holds: fn(&str) -> bool, yes: &[&str], no: &[&str]) {
        for text in yes {
            assert!(holds(text), "{text}");
        }
        for text in no {
            assert!(!holds(text), "{text}");
        }
    }

    #[test]
    fn check_digits() {
        all(is_gln, &["4099999000012", "0", "7300010000001"], &["", "4099999000013", "40 99999000012", "x"]);
        all(is_norwegian, &["974760673"], &["974760674", "97476067", "000000000", "97476067x"]);
        all(is_belgian, &["0202239951"], &["0202239952", "202239951", "020223995x"]);
        all(is_partita_iva, &["IT00743110157", "it00743110157", "FR1", ""], &["IT00743110158", "IT0074311015"]);
        all(is_swedish, &["5560360793"], &["5560360794", "55603607930", "556036-079", ""]);
        all(is_luhn_of_ten, &["5560360793", "55603607939"], &["556036079", "5560360790"]);
        all(is_australian, &["51824753556"], &["51824753557", "5182475355", ""]);
        all(is_greek, &["094019245", "0940192459"], &["094019246", "09401924", "09401924x", ""]);
    }

    #[test]
    fn shapes() {
        all(is_danish, &["DK12345678"], &["DK1234567", "dk12345678", " DK12345678", "12345678"]);
        all(is_ipa_code, &["UFABC1"], &["UFABC", "UFABC12", "UFAB-1"]);
        all(
            is_codice_fiscale,
            &["RSSMRA85T10A562S", "00743110157"],
            &["RSSMRA85T10A56", "0074311015x", "1SSMRA85T10A562S"],
        );
        all(
            is_dutch_vat,
            &["NL123456789B12"],
            &["NL123456789B1", "NL12345678B12", "nl123456789B12", "NL123456789C12"],
        );
    }
}
