//! Check digits: IBAN, Leitweg-ID, German VAT identifier.
//!
//! In: text as written. Out: whether the check digits are right. Absent on purpose: whether the account, the
//! office or the firm exists.

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
    let packed: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let Some(digits) = packed.strip_prefix("DE") else { return false };
    let digits = digits.as_bytes();
    if digits.len() != 9 || !digits.iter().all(u8::is_ascii_digit) || digits[0] == b'0' {
        return false;
    }
    let mut product = 10;
    for digit in &digits[..8] {
        let sum = (u32::from(digit - b'0') + product) % 10;
        product = (if sum == 0 { 10 } else { sum }) * 2 % 11;
    }
    (11 - product) % 10 == u32::from(digits[8] - b'0')
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
    fn right_german_vat_ids_are_told_from_wrong_ones() {
        for text in ["DE136695976", "DE 136 695 976"] {
            assert!(german_vat_id(text), "{text}");
        }
        for text in ["DE136695977", "DE036695976", "ATU12345678", "DE13669597", ""] {
            assert!(!german_vat_id(text), "{text}");
        }
    }
}
