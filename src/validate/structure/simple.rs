//! Values of simple types, as XML Schema defines them.
//!
//! In: text as it stands in the document. Out: whether the type holds it. Absent on purpose: what the value is.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Simple {
    /// Any text.
    Text,
    /// One to three characters.
    Short,
    Decimal,
    Boolean,
    Date,
    Time,
    DateTime,
    Base64,
    Uri,
    Language,
}

const BLANK: [char; 4] = [' ', '\t', '\n', '\r'];

impl Simple {
    /// By the word the tables use.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "text" => Simple::Text,
            "short" => Simple::Short,
            "decimal" => Simple::Decimal,
            "boolean" => Simple::Boolean,
            "date" => Simple::Date,
            "time" => Simple::Time,
            "dateTime" => Simple::DateTime,
            "base64" => Simple::Base64,
            "uri" => Simple::Uri,
            "language" => Simple::Language,
            _ => return None,
        })
    }

    /// Blanks around a value count for none of the types.
    pub fn holds(self, text: &str) -> bool {
        let value = || text.trim_matches(BLANK);
        match self {
            Simple::Text => true,
            Simple::Short => {
                matches!(tokens(text).map(|token| token.chars().count() + 1).sum::<usize>(), 2..=4)
            }
            Simple::Decimal => is_decimal(value().as_bytes()),
            Simple::Boolean => matches!(value(), "true" | "false" | "1" | "0"),
            Simple::Date => date(value().as_bytes()).is_some_and(is_zone),
            Simple::Time => is_time(value().as_bytes()),
            Simple::DateTime => is_date_time(value().as_bytes()),
            Simple::Base64 => is_base64(text.as_bytes()),
            Simple::Uri => uri::is_uri(value()),
            Simple::Language => is_language(value()),
        }
    }
}

/// Equal once blanks are taken together.
pub fn same_token(one: &str, other: &str) -> bool {
    tokens(one).eq(tokens(other))
}

fn tokens(text: &str) -> impl Iterator<Item = &str> {
    text.split(BLANK).filter(|token| !token.is_empty())
}

/// `-1`, `+1.50`, `.5`, `1.`
fn is_decimal(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"+").or(value.strip_prefix(b"-")).unwrap_or(value);
    let (whole, rest) = digits(value);
    let (part, rest) = match rest.strip_prefix(b".") {
        Some(rest) => digits(rest),
        None => (&rest[..0], rest),
    };
    rest.is_empty() && !(whole.is_empty() && part.is_empty())
}

/// The digits at the beginning, and what follows.
fn digits(value: &[u8]) -> (&[u8], &[u8]) {
    let end = value.iter().position(|byte| !byte.is_ascii_digit());
    value.split_at(end.unwrap_or(value.len()))
}

/// Two digits and what follows.
fn two(value: &[u8]) -> Option<(u8, &[u8])> {
    match value {
        [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] => Some(((tens - b'0') * 10 + ones - b'0', rest)),
        _ => None,
    }
}

/// `2026-11-21`, and what follows it. There is no year 0, and more than four digits do not begin with 0.
fn date(value: &[u8]) -> Option<&[u8]> {
    let (year, rest) = digits(value.strip_prefix(b"-").unwrap_or(value));
    if year.len() < 4 || (year.len() > 4 && year[0] == b'0') || year == b"0000" {
        return None;
    }
    let year: i32 = std::str::from_utf8(year).ok()?.parse().ok()?;
    let (month, rest) = two(rest.strip_prefix(b"-")?)?;
    let (day, rest) = two(rest.strip_prefix(b"-")?)?;
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + u8::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    (1..=last).contains(&day).then_some(rest)
}

/// Nothing, `Z`, or up to fourteen hours to both sides.
fn is_zone(value: &[u8]) -> bool {
    match value {
        [] | b"Z" => true,
        [b'+' | b'-', rest @ ..] => {
            let Some((hours, rest)) = two(rest) else { return false };
            let Some((minutes, rest)) = rest.strip_prefix(b":").and_then(two) else { return false };
            rest.is_empty() && (hours < 14 && minutes < 60 || hours == 14 && minutes == 0)
        }
        _ => false,
    }
}

/// `23:59:59.9`, `24:00:00`, with a zone or without.
fn is_time(value: &[u8]) -> bool {
    let part = |value| -> Option<(u8, &[u8])> { two(value) };
    let Some((hour, rest)) = part(value) else { return false };
    let Some((minute, rest)) = rest.strip_prefix(b":").and_then(part) else { return false };
    let Some((second, rest)) = rest.strip_prefix(b":").and_then(part) else { return false };
    let (fraction, rest) = match rest.strip_prefix(b".") {
        Some(rest) => digits(rest),
        None => (b"0".as_slice(), rest),
    };
    let midnight = hour == 24 && minute == 0 && second == 0 && fraction.iter().all(|digit| *digit == b'0');
    let within = hour < 24 && minute < 60 && second < 60 && !rounds_up(second, fraction);
    !fraction.is_empty() && (within || midnight) && is_zone(rest)
}

/// Seconds are read as a floating number, and so many nines make a minute of them.
fn rounds_up(second: u8, fraction: &[u8]) -> bool {
    second == 59 && fraction.len() > 14 && fraction.iter().take(15).all(|digit| *digit == b'9') && {
        let digits = std::str::from_utf8(fraction).unwrap_or_default();
        format!("59.{digits}").parse::<f64>().is_ok_and(|seconds| seconds >= 60.0)
    }
}

fn is_date_time(value: &[u8]) -> bool {
    date(value).and_then(|rest| rest.strip_prefix(b"T")).is_some_and(is_time)
}

/// Blanks may stand anywhere. Bits that the last characters leave over are zero.
fn is_base64(value: &[u8]) -> bool {
    let (mut count, mut padding, mut last) = (0_usize, 0_usize, b'A');
    for byte in value {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => {}
            b'=' => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => {
                count += 1;
                last = *byte;
            }
            _ => return false,
        }
    }
    match (count % 4, padding) {
        (0, 0) => true,
        (2, 2) => matches!(last, b'A' | b'Q' | b'g' | b'w'),
        (3, 1) => b"AEIMQUYcgkosw048".contains(&last),
        _ => false,
    }
}

/// `de`, `de-AT`, `i-klingon`.
fn is_language(value: &str) -> bool {
    let mut parts = value.split('-');
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let short = |part: &str| (1..=8).contains(&part.len());
    parts.next().is_some_and(|first| short(first) && letters(first))
        && parts.all(|part| short(part) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// References to resources as RFC 2396 has them. Characters that would be escaped on the way are welcome, and
/// every authority but one in brackets is also a path, so only the characters count.
mod uri {
    use core::net::Ipv6Addr;

    pub fn is_uri(value: &str) -> bool {
        let bytes = value.as_bytes();
        let mark = bytes.iter().position(|byte| b":/?#".contains(byte));
        let Some(end) = mark.filter(|at| bytes[*at] == b':') else { return is_path(bytes) };
        let rest = &bytes[end + 1..];
        // `scheme:` and `scheme:#part` name nothing.
        let names_something = !matches!(rest, [] | [b'#', ..]);
        let fits = if rest.first() == Some(&b'/') { is_path(rest) } else { is_tail(skip(rest, b":@/[]")) };
        is_scheme(&bytes[..end]) && names_something && fits
    }

    fn is_scheme(scheme: &[u8]) -> bool {
        let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
        scheme.first().is_some_and(u8::is_ascii_alphabetic) && scheme.iter().all(plain)
    }

    fn is_path(value: &[u8]) -> bool {
        let behind = value.strip_prefix(b"//").and_then(behind_address);
        value != b"//" && is_tail(skip(behind.unwrap_or(value), b":@/"))
    }

    /// What follows `user@[::1]:80`.
    fn behind_address(value: &[u8]) -> Option<&[u8]> {
        let end = value.iter().position(|byte| b"/?#".contains(byte)).unwrap_or(value.len());
        let (authority, rest) = value.split_at(end);
        let user = authority.iter().position(|byte| *byte == b'@');
        let host = user.map_or(authority, |at| &authority[at + 1..]);
        let user_fits = user.is_none_or(|at| skip(&authority[..at], b":").is_empty());
        let (address, port) = std::str::from_utf8(host).ok()?.strip_prefix('[')?.split_once(']')?;
        let port_fits = match port.strip_prefix(':') {
            Some(number) => number.is_empty() || number.parse::<u16>().is_ok(),
            None => port.is_empty(),
        };
        (user_fits && port_fits && address.parse::<Ipv6Addr>().is_ok()).then_some(rest)
    }

    /// `?query#fragment`.
    fn is_tail(value: &[u8]) -> bool {
        let value = value.strip_prefix(b"?").map_or(value, |query| skip(query, b":@/?[]"));
        value.strip_prefix(b"#").map_or(value, |fragment| skip(fragment, b":@/?[]")).is_empty()
    }

    /// What follows the longest run of plain characters, escapes and these.
    fn skip<'a>(mut value: &'a [u8], also: &[u8]) -> &'a [u8] {
        loop {
            value = match value {
                [b'%', high, low, rest @ ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => rest,
                [byte, rest @ ..] if is_plain(*byte) || also.contains(byte) => rest,
                _ => return value,
            };
        }
    }

    fn is_plain(byte: u8) -> bool {
        let escaped_anyway = byte <= b' ' || byte >= 0x7f || b"<>\"{}|\\^`".contains(&byte);
        byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte) || escaped_anyway
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[rustfmt::skip]
    fn values_of_every_type() {
        let rows: &[(Simple, &[&str], &[&str])] = &[
            (Simple::Text, &["", " ", "x", "\u{a0}"], &[]),
            (Simple::Short, &["K", "KGM", " KGM ", "K M", "äöü"], &["", " ", "KGMX", "KG M"]),
            (Simple::Decimal,
                &["1", "+1", "-1", "1.", ".5", "-.5", "-0", "+0", "00001", " 1\t", "\n1.50\r", "123456789012345678901234567890.5"],
                &["", " ", ".", "+", "-", "+.", "+-1", "- 1", "1-", "1,5", "1 000", "1.1.1", "1e3", "INF", "NaN", "0x1", "١", "1\u{200b}", "\u{a0}1"]),
            (Simple::Boolean, &["true", "false", "1", "0", " true ", "\ntrue"], &["", "TRUE", "True", "yes", "01", "-1", "tr ue", "true\u{200b}"]),
            (Simple::Date,
                &["2026-11-21", "2024-02-29", "2000-02-29", "-0004-02-29", "12026-01-01", "2147483647-01-01", "2026-11-21Z",
                    "2026-11-21+14:00", "2026-11-21-14:00", "2026-11-21+00:00", "2026-11-21+13:59", " 2026-11-21", "2026-11-21\n"],
                &["", "2026-02-29", "2026-02-30", "2100-02-29", "2026-13-01", "2026-00-01", "2026-01-00", "2026-04-31", "0000-01-01",
                    "02026-01-01", "226-01-01", "2147483648-01-01", "26-11-21", "20261121", "2026-1-1", "21.11.2026", "+2026-11-21",
                    "2026-11-21z", "2026-11-21 Z", "2026-11-21+14:01", "2026-11-21+15:00", "2026-11-21+1:00", "2026-11-21+0100",
                    "2026-11-21+12:60", "2026-11-21T00:00:00", "2026-11", "２０２６-11-21"]),
            (Simple::Time,
                &["10:00:00", "24:00:00", "24:00:00.0Z", "10:00:00.5", "10:00:00+01:00", "10:00:00.123456789012345678901234567890", " 10:00:00 "],
                &["", "10:00", "1:00:00", "10:00:60", "10:60:00", "25:00:00", "24:00:01", "24:00:00.001", "10:00:00.", "10:00:00,5",
                    "10:00:00+14:01", "23:59:59.99999999999999999999"]),
            (Simple::DateTime,
                &["2026-11-21T10:00:00", "2026-11-21T24:00:00", "2026-11-21T10:00:00.5+01:00", " 2026-11-21T10:00:00Z "],
                &["", "2026-11-21", "2026-11-21 10:00:00", "2026-11-21t10:00:00", "2026-02-30T10:00:00", "2026-11-21Z10:00:00", "20261121"]),
            (Simple::Base64,
                &["", " ", "AAAA", "AAA=", "AA==", "AAAA\n AAAA", "A A A A", "AA= =", "Zg==", "Zm8="],
                &["A", "AA", "AAA", "AAAAA", "A===", "====", "AA=A", "AAAA=", "AA==AAAA", "Zh==", "Zm9=", "A-_A", "AA_AA", "AAAAé"]),
            (Simple::Uri,
                &["", "a", "a b", "ä", "#", "?", "a?b?c", "http://x", "http://x y", "http://a:b/", "http://[::1]:80/x", "C:\\x", "mailto:a@b",
                    "9930", "%41", "urn:x", "x#[y]", "http://x?[y]", "<>", "///x", "//x"],
                &["%", "%zz", "100%", "a#b#c", "[", "a[b]", ":", "1:a", "://", "a:", "a:#b", "//", "http://", "http://[x]/", "http://x/[y]", "ä:b"]),
            (Simple::Language, &["de", "EN", "de-AT", "i-klingon", "de-1996", " de "], &["", "de_AT", "de-", "9930", "abcdefghi", "a1", "de AT"]),
        ];
        for (simple, good, bad) in rows {
            for text in *good {
                assert!(simple.holds(text), "{simple:?} {text:?}");
            }
            for text in *bad {
                assert!(!simple.holds(text), "{simple:?} {text:?}");
            }
        }
    }

    #[test]
    fn blanks_of_a_token_are_taken_together() {
        assert!(same_token(" ISO\t4217  3A\n", "ISO 4217 3A") && same_token("", " "));
        assert!(!same_token("ISO42173A", "ISO 4217 3A") && !same_token("6 6", "6"));
    }
}
