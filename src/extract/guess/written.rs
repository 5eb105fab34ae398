//! Numbers and dates as people write them.
//!
//! In: words. Out: exact values, or nothing where the writing could mean two things. Absent on purpose: any
//! idea of what the number is for.

use crate::invoice::Amount;
use jiff::civil::Date;
use rust_decimal::Decimal;

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

/// A date in one piece of writing, blanks left out: `03.11.2026`, `3.11.26`, `3.November2026`, `2026-11-03`.
pub fn date(joined: &str) -> Option<Date> {
    let text = joined.trim_matches(|c: char| "(),;:".contains(c)).trim_end_matches('.');
    if let [year, month, day] = text.split('-').collect::<Vec<_>>()[..] {
        return if year.len() == 4 { civil(year, month, day) } else { None };
    }
    if let [day, month, year] = text.split(['.', '/']).collect::<Vec<_>>()[..]
        && !month.contains(char::is_alphabetic)
    {
        return if year.len() == 4 || year.len() == 2 { civil(year, month, day) } else { None };
    }
    let start = text.find(|c: char| c.is_alphabetic())?;
    let end = text.rfind(|c: char| c.is_alphabetic() || c == '.' && !text.ends_with('.'))?;
    let after = text.get(end..)?.chars().next()?.len_utf8();
    let (day, month, year) = (text.get(..start)?, text.get(start..end + after)?, text.get(end + after..)?);
    let month = month_number(&folded(month))?;
    if year.len() == 4 { civil(year, month, day.trim_end_matches('.')) } else { None }
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    let plain = |text: &str, longest: usize| {
        !text.is_empty() && text.len() <= longest && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    if !plain(year, 4) || !plain(month, 2) || !plain(day, 2) {
        return None;
    }
    let written: i16 = year.parse().ok()?;
    let year = if year.len() == 2 { 2000 + written } else { written };
    if !(1990..=2100).contains(&year) {
        return None;
    }
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

fn month_number(name: &str) -> Option<&'static str> {
    const MONTHS: [(&str, &str); 12] = [
        ("januar", "1"),
        ("februar", "2"),
        ("marz", "3"),
        ("april", "4"),
        ("mai", "5"),
        ("juni", "6"),
        ("juli", "7"),
        ("august", "8"),
        ("september", "9"),
        ("oktober", "10"),
        ("november", "11"),
        ("dezember", "12"),
    ];
    let whole = MONTHS.iter().find(|(month, _)| *month == name);
    let short = || MONTHS.iter().find(|(month, _)| name.len() >= 3 && month.starts_with(name));
    whole.or_else(short).map(|(_, number)| *number)
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
    fn dates() {
        let rows = [
            ("03.11.2026", Some("2026-11-03")),
            ("3.11.26", Some("2026-11-03")),
            ("2026-11-03", Some("2026-11-03")),
            ("03/11/2026", Some("2026-11-03")),
            ("3.November2026", Some("2026-11-03")),
            ("3November2026", Some("2026-11-03")),
            ("3.März2026", Some("2026-03-03")),
            ("3.Nov.2026", Some("2026-11-03")),
            ("3.Nov2026", Some("2026-11-03")),
            ("(03.11.2026)", Some("2026-11-03")),
            ("03.11.2026,", Some("2026-11-03")),
            ("29.02.2024", Some("2024-02-29")),
            ("29.02.2026", None),
            ("31.04.2026", None),
            ("03.13.2026", None),
            ("3.11.", None),
            ("03.11.1889", None),
            ("123.11.2026", None),
            ("3.Foo2026", None),
            ("November2026", None),
            ("12-34-56", None),
            ("", None),
            ("...", None),
            ("ä", None),
            ("1.ä2026", None),
        ];
        for (word, expected) in rows {
            assert_eq!(date(word).map(|date| date.to_string()).as_deref(), expected, "{word:?}");
        }
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
