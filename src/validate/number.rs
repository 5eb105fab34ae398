//! Arithmetic of invoices: exact, and rounded in one place.
//!
//! In: texts and decimals. Out: decimals, or `None` where a number is none or grows beyond what we can hold.
//! Floats occur only where the official tests compute with doubles.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use rust_decimal::{Decimal, RoundingStrategy};
use std::cmp::Ordering;

/// `xs:decimal`: blanks around it, a sign, digits, one point; no exponent.
pub fn decimal(text: &str) -> Option<Decimal> {
    let text = trim(text);
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !plain || !digits.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.strip_prefix('+').unwrap_or(text).parse().ok()
}

/// `xs:double` of an untyped text; `NaN` where it is none.
pub fn double(text: &str) -> f64 {
    let text = trim(text);
    match text {
        "INF" => f64::INFINITY,
        "-INF" => f64::NEG_INFINITY,
        _ if text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E')) => {
            text.parse().unwrap_or(f64::NAN)
        }
        _ => f64::NAN,
    }
}

/// Two decimals, half up toward plus infinity: 0.005 becomes 0.01, -0.005 becomes 0.00.
pub fn round2(value: Decimal) -> Decimal {
    round(value, 2)
}

/// No decimals, half up toward plus infinity.
pub fn round0(value: Decimal) -> Decimal {
    round(value, 0)
}

fn round(value: Decimal, decimals: u32) -> Decimal {
    let away = RoundingStrategy::MidpointAwayFromZero;
    let strategy = if value.is_sign_negative() { RoundingStrategy::MidpointTowardZero } else { away };
    value.round_dp_with_strategy(decimals, strategy)
}

/// `round(x * 10 * 10) div 100` in doubles, half up toward plus infinity.
pub fn round2_double(value: f64) -> f64 {
    round_double(value * 10.0 * 10.0) / 100.0
}

/// `round` of a double: half up toward plus infinity, and what is a little below zero becomes minus zero.
pub fn round_double(value: f64) -> f64 {
    let below = value.floor();
    match value - below {
        _ if value == 0.0 => value,
        _ if value > -0.5 && value < 0.0 => -0.0,
        rest if rest >= 0.5 => below + 1.0,
        _ => below,
    }
}

/// `text = sum` of an untyped text and a sum in doubles. The official engine tells minus zero from zero here; a
/// sum of nothing is an integer for it, and `-0` then counts as zero while `-0.00` does not.
pub fn is_double(text: &str, sum: Option<f64>) -> bool {
    match sum {
        Some(sum) => double(text).total_cmp(&sum).is_eq(),
        None => beside_zero(text).is_eq(),
    }
}

/// `text = 0`, `text > 0`, `text >= 0`: whole numbers compare as integers, others as doubles with their sign.
pub fn beside_zero(text: &str) -> Ordering {
    let value = double(text);
    let is_whole = !text.contains('.');
    if value == 0.0 && is_whole { Ordering::Equal } else { value.total_cmp(&0.0) }
}

/// `round(xs:decimal(double) * 100) div 100`: the exact value of a double in cents, half up toward plus infinity.
/// `None` for what is no number, and where the digits go beyond what we can hold.
pub fn cents_of_double(value: f64) -> Option<Decimal> {
    if !value.is_finite() {
        return None;
    }
    let bits = value.to_bits();
    let (exponent, fraction) = ((bits >> 52 & 0x7ff) as i32, (bits & ((1 << 52) - 1)) as i128);
    // value = mantissa * 2^power
    let (mantissa, power) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    let hundredfold = if value.is_sign_negative() { -100 * mantissa } else { 100 * mantissa };
    let cents = match power {
        0.. => hundredfold.checked_mul(1i128.checked_shl(power as u32)?)?,
        // Far below half a cent, and a larger shift would leave the integer.
        ..-120 => 0,
        _ => (2 * hundredfold + (1 << -power)) >> (1 - power),
    };
    Decimal::try_from_i128_with_scale(cents, 2).ok()
}

/// The nearest double, as `xs:double` of a decimal.
pub fn to_double(value: Decimal) -> f64 {
    if value.is_zero() { 0.0 } else { double(&value.to_string()) }
}

/// `xs:date`, as the moment it begins; a date without a time zone is taken as one of UTC.
pub fn date(text: &str) -> Option<DateTime> {
    let text = trim(text);
    let (day, zone) = text.split_at_checked(10)?;
    let written =
        |(at, byte): (usize, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
    if !day.bytes().enumerate().all(written) {
        return None;
    }
    let begin = day.parse::<Date>().ok()?.at(0, 0, 0, 0);
    begin.checked_sub(SignedDuration::from_mins(zone_minutes(zone)?)).ok()
}

/// Minutes east of Greenwich: none, `Z`, `+02:00`.
fn zone_minutes(zone: &str) -> Option<i64> {
    let sign = match zone.bytes().next() {
        None => return Some(0),
        Some(b'Z') if zone.len() == 1 => return Some(0),
        Some(b'+') => 1,
        Some(b'-') => -1,
        Some(_) => return None,
    };
    let (hours, minutes) = zone[1..].split_once(':')?;
    let digits = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    let (true, true) = (digits(hours), digits(minutes)) else { return None };
    Some(sign * (hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?))
}

/// Characters after the first point, as written: `string-length(substring-after(text, '.'))`.
pub fn decimals_as_written(text: &str) -> usize {
    text.split_once('.').map_or(0, |(_, after)| after.chars().count())
}

/// Without the blanks of XML around it; a no-break space stays.
pub fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

/// `normalize-space(text) = wanted`, without building the normalized text.
pub fn normalized_is(text: &str, wanted: &str) -> bool {
    let mut words = words(text);
    let mut expected = wanted.split(' ');
    loop {
        match (words.next(), expected.next()) {
            (None, None) => return true,
            // Nothing normalizes to the empty text, which splits into one empty piece.
            (None, Some("")) => return wanted.is_empty(),
            (word, piece) if word == piece => {}
            _ => return false,
        }
    }
}

/// `normalize-space`.
pub fn normalize(text: &str) -> String {
    words(text).collect::<Vec<_>>().join(" ")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split([' ', '\t', '\n', '\r']).filter(|word| !word.is_empty())
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "these doubles are meant to the last bit")]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_half_up_toward_plus_infinity() {
        for (value, rounded) in
            [("0.005", "0.01"), ("-0.005", "0.00"), ("-0.006", "-0.01"), ("2.675", "2.68"), ("-2.675", "-2.67")]
        {
            assert_eq!(round2(value.parse().unwrap()), rounded.parse().unwrap(), "{value}");
        }
        assert_eq!(round0("0.4".parse().unwrap()), Decimal::ZERO);
    }

    #[test]
    fn decimals_are_read_as_the_schema_writes_them() {
        for text in ["1", "-1.50", "+.5", " 7. ", "0000012.10"] {
            assert!(decimal(text).is_some(), "{text}");
        }
        for text in ["", " ", ".", "1e3", "1,5", "1_000", "--1", "NaN", "\u{a0}1"] {
            assert_eq!(decimal(text), None, "{text}");
        }
        assert_eq!(double("1e3"), 1000.0);
        assert!(double("inf").is_nan() && double("").is_nan());
    }

    #[test]
    fn doubles_are_rounded_by_their_exact_value() {
        let cents = |value: f64| cents_of_double(value).map(|cents| cents.to_string());
        for (value, rounded) in [
            (1.005, "1.00"),
            (0.125, "0.13"),
            (-0.125, "-0.12"),
            (1e15, "1000000000000000.00"),
            (1e-300, "0.00"),
        ] {
            assert_eq!(cents(value).as_deref(), Some(rounded), "{value}");
        }
        assert_eq!(cents(0.1 + 0.2).as_deref(), Some("0.30"));
        assert_eq!((cents(f64::NAN), cents(1e300)), (None, None));
        assert_eq!(to_double(Decimal::new(9910, 2)), 99.1);
    }

    #[test]
    fn dates_begin_where_their_zone_says() {
        assert!(date("2026-11-21") == date(" 2026-11-21Z ") && date("2026-11-21").is_some());
        assert!(date("2026-11-21+02:00") < date("2026-11-21") && date("2026-11-21-05:30") > date("2026-11-21"));
        for text in
            ["", "2026-13-01", "20261121", "2026-11-21+2", "2026-11-21T00:00", "21.11.2026", "2026-1é-2"]
        {
            assert_eq!(date(text), None, "{text}");
        }
    }

    #[test]
    fn minus_zero_is_told_from_zero_where_the_official_engine_does() {
        for (text, ordering) in [
            ("0", Ordering::Equal),
            ("0.00", Ordering::Equal),
            ("-0", Ordering::Equal),
            ("-0.00", Ordering::Less),
            ("0.01", Ordering::Greater),
            ("-1", Ordering::Less),
        ] {
            assert_eq!(beside_zero(text), ordering, "{text}");
        }
        assert!(is_double("-0", None) && !is_double("-0.0", None));
        assert!(
            is_double("-0.00", Some(-0.0)) && !is_double("0.00", Some(-0.0)) && is_double(" 1.50 ", Some(1.5))
        );
        assert_eq!(round_double(0.49999999999999994), 0.0);
        assert!(round_double(-0.4).is_sign_negative() && round_double(-0.5).is_sign_positive());
        assert_eq!((round_double(2.5), round_double(-2.5), round_double(-2.6)), (3.0, -2.0, -3.0));
    }

    #[test]
    fn decimals_count_as_written() {
        for (text, count) in [("1", 0), ("1.", 0), ("1.000", 3), ("1.0 ", 2), ("1.2.3", 3)] {
            assert_eq!(decimals_as_written(text), count, "{text}");
        }
    }

    #[test]
    fn texts_compare_normalized() {
        assert!(normalized_is(" VAT\n", "VAT") && normalized_is("a  b", "a b") && normalized_is(" ", ""));
        assert!(!normalized_is("a b", "ab") && !normalized_is("", "x") && !normalized_is("x y", "x"));
        assert_eq!(normalize("\t a \n b "), "a b");
    }
}
