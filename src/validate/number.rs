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
    (value * 10.0 * 10.0 + 0.5).floor() / 100.0
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
    double(&value.to_string())
}

/// The exact value of a double beside a decimal, digit for digit: 99.1 as a double is a little less than 99.1.
/// `None` for what is no number, and where the digits go beyond what we can hold.
pub fn compare_exactly(double: f64, decimal: Decimal) -> Option<Ordering> {
    if !double.is_finite() {
        return None;
    }
    let bits = double.to_bits();
    let (sign, exponent) = (if double.is_sign_negative() { -1 } else { 1 }, (bits >> 52 & 0x7ff) as i32);
    let fraction = (bits & ((1 << 52) - 1)) as i128;
    // double = mantissa * 2^power, decimal = digits / 10^scale
    let (mantissa, power) =
        if exponent == 0 { (fraction, -1074) } else { (fraction | 1 << 52, exponent - 1075) };
    let shift =
        |value: i128, by: i32| 1i128.checked_shl(by as u32).and_then(|factor| value.checked_mul(factor));
    let left = (sign * mantissa).checked_mul(10i128.checked_pow(decimal.scale())?)?;
    let right = decimal.mantissa();
    match power {
        _ if left == 0 || right == 0 => Some(left.cmp(&right)),
        0.. => Some(shift(left, power)?.cmp(&right)),
        _ => {
            // Zeros at the end of the mantissa need not be shifted.
            let spare = (left.trailing_zeros() as i32).min(-power);
            Some((left >> spare).cmp(&shift(right, -power - spare)?))
        }
    }
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
    fn a_double_is_compared_digit_for_digit() {
        let beside = |double: f64, decimal: &str| compare_exactly(double, decimal.parse().unwrap());
        assert_eq!(beside(760.0, "760.00"), Some(Ordering::Equal));
        assert_eq!(beside(0.1, "0.1"), Some(Ordering::Greater));
        assert_eq!(beside(0.3, "0.3"), Some(Ordering::Less));
        assert_eq!(beside(-0.3, "-0.3"), Some(Ordering::Greater));
        assert_eq!(beside(1e20, "99999999999999999999.99"), Some(Ordering::Greater));
        assert_eq!(beside(0.0, "-1"), Some(Ordering::Greater));
        assert_eq!(beside(f64::NAN, "0"), None);
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
