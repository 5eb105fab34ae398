//! Check digits: IBAN, BIC, Leitweg-ID, VAT identifiers, GTIN.
//!
//! In: text as written. Out: whether the check digits are right. Absent on purpose: whether the account, the
//! office or the firm exists.

mod vat_id;

pub use vat_id::{VatId, vat_id};

/// A well-formed IBAN with right check digits; blanks are allowed.
pub fn iban(text: &str) -> bool {
    let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = packed.as_bytes();
    let shaped = (15..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_uppercase)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
    let german_length = !packed.starts_with("DE") || packed.len() == 22;
    shaped && german_length && mod97(bytes[4..].iter().chain(&bytes[..4])) == Some(1)
}

/// Leitweg-ID: coarse address, fine address where there is one, check digits (ISO 7064 MOD 97-10).
pub fn leitweg_id(text: &str) -> bool {
    let characters: Vec<u8> = text.trim().bytes().filter(|byte| *byte != b'-').collect();
    looks_like_leitweg_id(text) && mod97(&characters) == Some(1)
}

/// Built like a Leitweg-ID, whatever its check digits.
pub fn looks_like_leitweg_id(text: &str) -> bool {
    let parts: Vec<&str> = text.trim().split('-').collect();
    let (coarse, fine, check) = match parts[..] {
        [coarse, check] => (coarse, None, check),
        [coarse, fine, check] => (coarse, Some(fine), check),
        _ => return false,
    };
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    (2..=12).contains(&coarse.len())
        && digits(coarse)
        && fine.is_none_or(|fine| {
            (1..=30).contains(&fine.len()) && fine.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })
        && check.len() == 2
        && digits(check)
}

/// Remainder by 97 of the number that digits and letters (A = 10 … Z = 35) write one after the other.
fn mod97<'a>(characters: impl IntoIterator<Item = &'a u8>) -> Option<u32> {
    let mut remainder = 0;
    for character in characters {
        let value = char::from(*character).to_digit(36)?;
        remainder = (remainder * if value < 10 { 10 } else { 100 } + value) % 97;
    }
    Some(remainder)
}

/// German VAT identifier: `DE` and nine digits, the last by ISO 7064 MOD 11,10.
pub fn german_vat_id(text: &str) -> bool {
    text.trim_start().starts_with("DE") && vat_id(text) == VatId::Right
}

/// A business identifier code (ISO 9362): firm, country, place, and a branch where there is one.
pub fn bic(text: &str) -> bool {
    let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bytes = packed.as_bytes();
    matches!(bytes.len(), 8 | 11)
        && bytes[..4].iter().all(u8::is_ascii_alphanumeric)
        && bytes[4..6].iter().all(u8::is_ascii_uppercase)
        && bytes[6..].iter().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

/// A trade item number (GS1 GTIN) of 8, 12, 13 or 14 digits with its right check digit.
pub fn gtin(text: &str) -> bool {
    let text = text.trim();
    if !matches!(text.len(), 8 | 12 | 13 | 14) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let backward = text.bytes().rev().enumerate();
    let sum: u32 = backward.map(|(at, byte)| u32::from(byte - b'0') * if at % 2 == 1 { 3 } else { 1 }).sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn right_ibans_are_told_from_wrong_ones() {
        for text in ["DE89370400440532013000", "DE89 3704 0044 0532 0130 00", "AT611904300234573201"] {
            assert!(iban(text), "{text}");
        }
        for text in ["", "DE88370400440532013000", "DE8937040044053201300", "de89370400440532013000", "12345"] {
            assert!(!iban(text), "{text}");
        }
    }

    #[test]
    fn right_leitweg_ids_are_told_from_wrong_ones() {
        for text in ["04011000-1234512345-06", "992-90009-96", "09564000-NUE0001-49", "991-33333TEST-33"] {
            assert!(leitweg_id(text), "{text}");
        }
        for text in ["04011000-1234512345-07", "992-90009", "BESTELLUNG-12", "1-2-3-4", ""] {
            assert!(!leitweg_id(text), "{text}");
        }
        assert!(looks_like_leitweg_id("04011000-1234512345-07") && !looks_like_leitweg_id("4711"));
    }

    #[test]
    fn right_bics_and_gtins_are_told_from_wrong_ones() {
        for text in ["DEUTDEFF", "DEUTDEFF500", "MARKDEF1100"] {
            assert!(bic(text), "{text}");
        }
        for text in ["", "DEUTDEF", "DEUT12FF", "deutdeff", "DEUTDEFF5000"] {
            assert!(!bic(text), "{text}");
        }
        for text in ["4006381333931", "96385074", "036000291452", "10614141000415"] {
            assert!(gtin(text), "{text}");
        }
        for text in ["4006381333932", "9638507", "", "400638133393X"] {
            assert!(!gtin(text), "{text}");
        }
    }

    #[test]
    fn right_german_vat_ids_are_told_from_wrong_ones() {
        for text in ["DE136695976", "DE 136 695 976"] {
            assert!(german_vat_id(text), "{text}");
        }
        for text in ["DE136695977", "DE036695976", "ATU12345678", "DE13669597", ""] {
            assert!(!german_vat_id(text), "{text}");
        }
    }
}
