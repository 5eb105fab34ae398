//! Numbers as people write them.
//!
//! In: words. Out: exact values, or nothing where the writing could mean two things. Absent on purpose: any
//! idea of what the number is for.

use crate::invoice::Amount;
use rust_decimal::Decimal;

pub use super::dates::date;

/// Small letters and digits only, umlauts without their dots: the form labels are compared in.
pub fn folded(word: &str) -> String {
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => folded.push('a'),
            'ö' => folded.push('o'),
            'ü' => folded.push('u'),
            'ß' => folded.push_str("ss"),
            c if c.is_alphanumeric() => folded.push(c),
            _ => {}
        }
    }
    folded
}

/// An amount of money in one word: `1.234,56`, `1234,56 €`, `-5,00`, `5,00-`, `12,-`, `1,234.56`.
///
/// A point before two digits alone (`3.11`) may be a date or a chapter: see [`dotted_amount`].
pub fn amount(word: &str) -> Option<Amount> {
    let (sign, digits, marked) = bare(word)?;
    let (whole, cents, grouping) = match digits.rsplit_once(',') {
        Some((whole, "-" | "--" | "–" | "—")) => (whole, "00", '.'),
        Some((whole, cents)) if cents.len() == 2 => (whole, cents, '.'),
        _ => {
            let (whole, cents) = digits.rsplit_once('.').filter(|(_, cents)| cents.len() == 2)?;
            if !whole.contains(',') && !marked {
                return None;
            }
            (whole, cents, ',')
        }
    };
    exact(sign, whole, cents, grouping)
}

/// `12.50`: an amount only where a currency stands beside it.
pub fn dotted_amount(word: &str) -> Option<Amount> {
    let (sign, digits, _) = bare(word)?;
    let (whole, cents) = digits.rsplit_once('.').filter(|(_, cents)| cents.len() == 2)?;
    exact(sign, whole, cents, ',')
}

/// Sign, number without sign and currency, and whether a currency was there.
fn bare(word: &str) -> Option<(&'static str, &str, bool)> {
    let trimmed = word.trim_matches(|c: char| "()*;:".contains(c)).trim_end_matches(['.']);
    let is_currency = |c: char| c == '€' || c == '$' || c.is_ascii_alphabetic();
    let unmarked = trimmed.trim_matches(is_currency).trim();
    let letters: String = trimmed.chars().filter(char::is_ascii_alphabetic).collect();
    if !["", "EUR", "Euro", "CHF", "USD", "GBP"].contains(&letters.as_str()) {
        return None;
    }
    let marked = unmarked.len() < trimmed.len();
    let is_minus = |c: char| c == '-' || c == '−' || c == '–';
    if let Some(digits) = unmarked.strip_prefix(is_minus) {
        return Some(("-", digits, marked));
    }
    match unmarked.strip_suffix(is_minus) {
        Some(digits) if !digits.ends_with([',', '-', '–']) => Some(("-", digits, marked)),
        _ => Some(("", unmarked.strip_prefix('+').unwrap_or(unmarked), marked)),
    }
}

fn exact(sign: &str, whole: &str, cents: &str, grouping: char) -> Option<Amount> {
    let groups: Vec<&str> = whole.split([grouping, '\'', ' ', '\u{a0}', '\u{202f}']).collect();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let grouped = groups.len() == 1 || groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3);
    if !grouped || !groups.iter().all(|group| digits(group)) || !digits(cents) || whole.len() > 15 {
        return None;
    }
    Decimal::from_str_exact(&format!("{sign}{}.{cents}", groups.concat())).ok().map(Amount::new)
}

/// `19%`, `7,00%` in one word.
pub fn rate(word: &str) -> Option<Decimal> {
    let number = word.trim_start_matches('(').trim_end_matches([')', ':', ',', '.', ';']).strip_suffix('%')?;
    rate_number(number)
}

/// The number in front of a `%` that stands alone.
pub fn rate_number(number: &str) -> Option<Decimal> {
    let rate = Decimal::from_str_exact(&number.trim().replace(',', ".")).ok()?.normalize();
    if rate > Decimal::ZERO && rate <= Decimal::from(30) && rate.scale() <= 1 { Some(rate) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts() {
        let rows = [
            ("1.234,56", Some("1234.56")),
            ("1234,56", Some("1234.56")),
            ("0,05", Some("0.05")),
            ("1.234.567,00", Some("1234567.00")),
            ("12,00€", Some("12.00")),
            ("€12,00", Some("12.00")),
            ("12,00EUR", Some("12.00")),
            ("-5,00", Some("-5.00")),
            ("5,00-", Some("-5.00")),
            ("−5,00", Some("-5.00")),
            ("12,-", Some("12.00")),
            ("12,--", Some("12.00")),
            ("1,234.56", Some("1234.56")),
            ("1'234,56", Some("1234.56")),
            ("(12,00)", Some("12.00")),
            ("12.50€", Some("12.50")),
            ("12,00*", Some("12.00")),
            ("12.50", None),
            ("03.11.2026", None),
            ("1.23,45", None),
            ("12.34,56", None),
            ("1234", None),
            ("12,345", None),
            ("12,5", None),
            ("12,00kg", None),
            ("A12,00", None),
            ("", None),
            (",", None),
            ("-", None),
            ("€", None),
            ("123456789012345678,00", None),
            ("١٢,٣٤", None),
        ];
        for (word, expected) in rows {
            assert_eq!(amount(word).map(|amount| amount.to_string()).as_deref(), expected, "{word:?}");
        }
        assert_eq!(dotted_amount("12.50").map(|amount| amount.to_string()).as_deref(), Some("12.50"));
    }

    #[test]
    fn rates() {
        for (word, expected) in [
            ("19%", Some("19")),
            ("7,00%", Some("7")),
            ("(19%)", Some("19")),
            ("10,7%", Some("10.7")),
            ("100%", None),
            ("%", None),
            ("19", None),
        ] {
            assert_eq!(rate(word).map(|rate| rate.to_string()).as_deref(), expected, "{word:?}");
        }
    }
}
