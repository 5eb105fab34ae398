//! VAT identifiers of the European Union and Northern Ireland: form and check digits.
//!
//! In: text as written. Out: [`VatId`]. Sources: the national algorithms as the Commission's VIES describes the
//! forms. Countries whose check digits are not published, or of which several exist, are asked for their form
//! only. Absent on purpose: whether the firm exists.

/// What the identifier itself tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VatId {
    Right,
    /// Not built like an identifier of its country.
    Malformed,
    WrongCheckDigits,
    /// Of a country whose identifiers we do not know.
    Unknown,
}

/// Tells of an identifier with its country in front; blanks, dots and dashes within are forgiven.
pub fn vat_id(text: &str) -> VatId {
    let packed: String = text.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | '-')).collect();
    let Some((country, rest)) = packed.split_at_checked(2) else { return VatId::Malformed };
    let Some((_, forms, check)) = COUNTRIES.iter().find(|(code, _, _)| *code == country) else {
        return VatId::Unknown;
    };
    if !forms.iter().any(|form| is_formed(rest, form)) {
        return VatId::Malformed;
    }
    if check(rest) { VatId::Right } else { VatId::WrongCheckDigits }
}

/// Country; forms with `9` for a digit, `A` for a letter, `X` for either, anything else for itself; check.
type Country = (&'static str, &'static [&'static str], fn(&str) -> bool);

#[rustfmt::skip]
const COUNTRIES: &[Country] = &[
    ("AT", &["U99999999"], |id| austrian(&digits(&id[1..]))),
    ("BE", &["0999999999", "1999999999"], |id| 97 - number(&id[..8]) % 97 == number(&id[8..])),
    ("BG", &["999999999", "9999999999"], |_| true),
    ("CY", &["99999999A"], |_| true),
    ("CZ", &["99999999", "999999999", "9999999999"], |_| true),
    ("DE", &["999999999"], |id| !id.starts_with('0') && mod_11_10(&digits(id))),
    ("DK", &["99999999"], |id| weighed(id, &[2, 7, 6, 5, 4, 3, 2, 1]).is_multiple_of(11)),
    ("EE", &["999999999"], |id| complement(weighed(id, &[3, 7, 1, 3, 7, 1, 3, 7]), 10) == last(id)),
    ("EL", &["999999999"], |id| weighed(id, &[256, 128, 64, 32, 16, 8, 4, 2]) % 11 % 10 == last(id)),
    ("ES", &["X9999999X"], |_| true),
    ("FI", &["99999999"], |id| complement(weighed(id, &[7, 9, 10, 5, 8, 4, 2]), 11) == last(id)),
    ("FR", &["XX999999999"], french),
    ("HR", &["99999999999"], |id| mod_11_10(&digits(id))),
    ("HU", &["99999999"], |id| complement(weighed(id, &[9, 7, 3, 1, 9, 7, 3]), 10) == last(id)),
    ("IE", &["9999999A", "9999999AA", "9X99999A"], |_| true),
    ("IT", &["99999999999"], |id| luhn(&digits(id))),
    ("LT", &["999999999", "999999999999"], |_| true),
    ("LU", &["99999999"], |id| number(&id[..6]) % 89 == number(&id[6..])),
    ("LV", &["99999999999"], |_| true),
    ("MT", &["99999999"], |id| 37 - weighed(id, &[3, 4, 6, 7, 8, 9]) % 37 == number(&id[6..]) as u32),
    ("NL", &["999999999B99"], dutch),
    ("PL", &["9999999999"], |id| weighed(id, &[6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == last(id)),
    ("PT", &["999999999"], |id| portuguese(weighed(id, &[9, 8, 7, 6, 5, 4, 3, 2])) == last(id)),
    ("RO", &["99", "999", "9999", "99999", "999999", "9999999", "99999999", "999999999", "9999999999"], romanian),
    ("SE", &["999999999999"], |id| luhn(&digits(&id[..10]))),
    ("SI", &["99999999"], |id| slovenian(weighed(id, &[8, 7, 6, 5, 4, 3, 2])) == Some(last(id))),
    ("SK", &["9999999999"], |id| number(id).is_multiple_of(11)),
    ("XI", &["999999999", "999999999999", "GD999", "HA999"], |_| true),
];

fn is_formed(text: &str, form: &str) -> bool {
    text.len() == form.len()
        && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
            b'9' => byte.is_ascii_digit(),
            b'A' => byte.is_ascii_uppercase(),
            b'X' => byte.is_ascii_digit() || byte.is_ascii_uppercase(),
            other => byte == other,
        })
}

fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|c| c.to_digit(10)).collect()
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or_default()
}

fn last(text: &str) -> u32 {
    digits(text).last().copied().unwrap_or_default()
}

/// The first digits, each times its weight.
fn weighed(text: &str, weights: &[u32]) -> u32 {
    digits(text).iter().zip(weights).map(|(digit, weight)| digit * weight).sum()
}

/// What is missing to the next multiple. Ten, which no digit can be, stays ten.
fn complement(sum: u32, modulus: u32) -> u32 {
    (modulus - sum % modulus) % modulus
}

/// ISO 7064 MOD 11,10.
fn mod_11_10(digits: &[u32]) -> bool {
    let Some((check, before)) = digits.split_last() else { return false };
    let mut product = 10;
    for digit in before {
        let sum = (digit + product) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    (11 - product) % 10 == *check
}

/// ISO 7812 (Luhn).
fn luhn(digits: &[u32]) -> bool {
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let backward = digits.iter().rev().enumerate();
    let sum: u32 = backward.map(|(at, digit)| if at % 2 == 1 { doubled(*digit) } else { *digit }).sum();
    sum.is_multiple_of(10)
}

/// Luhn of the first seven, and four more.
fn austrian(digits: &[u32]) -> bool {
    let [before @ .., check] = digits else { return false };
    let doubled = |digit: u32| if digit > 4 { digit * 2 - 9 } else { digit * 2 };
    let sum: u32 =
        before.iter().enumerate().map(|(at, digit)| if at % 2 == 1 { doubled(*digit) } else { *digit }).sum();
    complement(sum + 4, 10) == *check
}

/// The key is computed for most; keys with letters are older and only have a form.
fn french(id: &str) -> bool {
    let key = &id[..2];
    !key.bytes().all(|byte| byte.is_ascii_digit()) || (12 + 3 * (number(&id[2..]) % 97)) % 97 == number(key)
}

/// Since 2020 by MOD 97-10 over the whole identifier, before by eleven over its nine digits.
fn dutch(id: &str) -> bool {
    let mut remainder = 0;
    for character in "NL".chars().chain(id.chars()) {
        let value = character.to_digit(36).unwrap_or_default();
        remainder = (remainder * if value < 10 { 10 } else { 100 } + value) % 97;
    }
    remainder == 1 || weighed(id, &[9, 8, 7, 6, 5, 4, 3, 2]) % 11 == number(&id[8..9]) as u32
}

fn portuguese(sum: u32) -> u32 {
    match complement(sum, 11) {
        10 => 0,
        check => check,
    }
}

fn slovenian(sum: u32) -> Option<u32> {
    match 11 - sum % 11 {
        11 => None,
        10 => Some(0),
        check => Some(check),
    }
}

fn romanian(id: &str) -> bool {
    let padded = format!("{id:0>10}");
    weighed(&padded, &[7, 5, 3, 2, 1, 7, 5, 3, 2]) * 10 % 11 % 10 == last(&padded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_identifiers_are_told_from_wrong_ones() {
        // Published examples of the tax offices and of firms.
        for id in [
            "ATU13585627",
            "BE0428759497",
            "DE136695976",
            "DK13585628",
            "EE100931558",
            "EL094259216",
            "FI20774740",
            "FR40303265045",
            "HR33392005961",
            "HU12892312",
            "IT00743110157",
            "LU15027442",
            "MT11679112",
            "NL004495445B01",
            "PL8567346215",
            "PT501964843",
            "RO18547290",
            "SE123456789701",
            "SI50223054",
            "SK2022749619",
            "IE6433435F",
            "ESB58378431",
            "XI123456789",
            "DE 136 695 976",
        ] {
            assert_eq!(vat_id(id), VatId::Right, "{id}");
        }
        for id in [
            "ATU13585626",
            "BE0428759498",
            "DE136695977",
            "DK13585627",
            "EE100931559",
            "EL094259215",
            "FI20774741",
            "FR41303265045",
            "HR33392005962",
            "HU12892313",
            "IT00743110158",
            "LU15027443",
            "MT11679113",
            "NL123456789B14",
            "PL8567346216",
            "PT501964842",
            "RO18547291",
            "SE123456789101",
            "SI50223055",
            "SK2022749618",
            "DE036695976",
        ] {
            assert_eq!(vat_id(id), VatId::WrongCheckDigits, "{id}");
        }
        for id in ["", "D", "DE", "DE12345678", "ATU1234567", "de136695976", "NL123456789X12", "ÄÖ1"] {
            assert!(matches!(vat_id(id), VatId::Malformed | VatId::Unknown), "{id}");
        }
        assert_eq!(vat_id("CHE123456789"), VatId::Unknown);
        assert_eq!(vat_id("GB123456789"), VatId::Unknown);
    }
}
