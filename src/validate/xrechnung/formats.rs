//! Formats the national rules ask for, matched by hand.
//!
//! In: texts. Out: yes or no. A blank is one of XML: space, tab, line feed, carriage return; a no-break space
//! is a letter like any other. Absent on purpose: whether an address or an account exists.

use crate::validate::number::trim;

const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// `name@host.domain`: one `@`, no blank inside, and in the host part labels divided by single dots.
pub fn is_email(text: &str) -> bool {
    let text = trim(text);
    let Some((name, host)) = text.split_once('@') else { return false };
    let labels = host.contains('.') && host.split('.').all(|label| !label.is_empty());
    !name.is_empty() && labels && !host.contains('@') && !text.contains(BLANKS)
}

/// At least three digits, whatever stands between them.
pub fn is_telephone(text: &str) -> bool {
    text.bytes().filter(u8::is_ascii_digit).take(3).count() == 3
}

/// `scheme:…`: a letter, one more letter, digit, `+`, `.` or `-` at least, a colon. A blank before it is not
/// forgiven.
pub fn is_url(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else { return false };
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-');
    scheme.len() > 1
        && scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme.bytes().all(letters)
}

/// An account number of ISO 13616 whose check digits are right; blanks in it do not count. The number that is
/// divided may have seventy digits, so it is divided digit by digit. Small letters are allowed behind the check
/// digits and stand for other numbers than capital ones, as in the official test.
pub fn is_iban(text: &str) -> bool {
    let account = || text.bytes().filter(|byte| !BLANKS.contains(&char::from(*byte)));
    let shape = account().enumerate().all(|(at, byte)| match at {
        0 | 1 => byte.is_ascii_uppercase(),
        2 | 3 => byte.is_ascii_digit(),
        _ => at < 34 && byte.is_ascii_alphanumeric(),
    });
    if !shape || account().count() < 4 {
        return false;
    }
    let turned = account().skip(4).chain(account().take(4));
    let rest = turned.fold(0, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        _ => (rest * 100 + u32::from(byte - 55)) % 97,
    });
    rest == 1
}

/// `2026-11-21`.
pub fn is_date_of_ubl(text: &str) -> bool {
    let text = trim(text).as_bytes();
    let written =
        |(at, byte): (usize, &u8)| if matches!(at, 4 | 7) { *byte == b'-' } else { byte.is_ascii_digit() };
    text.len() == 10 && text.iter().enumerate().all(written)
}

/// `20261121`.
pub fn is_date_of_cii(text: &str) -> bool {
    let text = trim(text);
    text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Lines of payment terms that begin with `#`, blanks before it forgiven. Only a line feed divides lines.
pub fn discounts(terms: &str) -> impl Iterator<Item = &str> {
    terms.split('\n').map(trim).filter(|line| line.starts_with('#'))
}

/// `#SKONTO#TAGE=14#PROZENT=2.00#`, and before the last `#` optionally `#BASISBETRAG=100.00`.
pub fn is_discount(line: &str) -> bool {
    let Some(line) = line.strip_prefix("#SKONTO#TAGE=").and_then(|line| line.strip_suffix('#')) else {
        return false;
    };
    let mut parts = line.split('#');
    let days = parts.next().is_some_and(is_digits);
    let rate = parts.next().and_then(|part| part.strip_prefix("PROZENT=")).is_some_and(is_amount);
    let base = parts.next().is_none_or(|part| {
        let amount = part.strip_prefix("BASISBETRAG=");
        amount.is_some_and(|amount| is_amount(amount.strip_prefix('-').unwrap_or(amount)))
    });
    days && rate && base && parts.next().is_none()
}

/// Behind the last `#…#` follows a line break, at most blanks before it; where no line has a `#…#`, the terms
/// begin with one.
pub fn break_follows_discounts(terms: &str) -> bool {
    let mut behind = terms;
    let mut at = 0;
    for line in terms.split(['\n', '\r']) {
        if let (Some(first), Some(last)) = (line.find('#'), line.rfind('#'))
            && last - first > 1
        {
            behind = &terms[at + last + 1..];
        }
        at += line.len() + 1;
    }
    let blanks = behind.split(|letter| !BLANKS.contains(&letter)).next();
    blanks.is_some_and(|blanks| blanks.contains('\n'))
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Digits, a point, two digits.
fn is_amount(text: &str) -> bool {
    text.split_once('.').is_some_and(|(whole, cents)| is_digits(whole) && cents.len() == 2 && is_digits(cents))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(matches: fn(&str) -> bool, yes: &[&str], no: &[&str]) {
        for text in yes {
            assert!(matches(text), "{text:?}");
        }
        for text in no {
            assert!(!matches(text), "{text:?}");
        }
    }

    #[test]
    fn mail_addresses() {
        let yes = ["a@b.c", " kasse@stadt.example\n", "a.b+c@x.y.z", "ä'@ö.ü", "a\u{a0}b@c.d"];
        let no =
            ["", "@", "a@b", "@b.c", "a@.c", "a@b.", "a@b..c", "a b@c.d", "a@b@c.d", "a@b.c@d.e", "a@b .c"];
        all(is_email, &yes, &no);
    }

    #[test]
    fn telephone_numbers() {
        all(is_telephone, &["123", "+1-2/3", "n1n2n3n", "1\n2\n3"], &["", "12", "1x2", "١٢٣"]);
    }

    #[test]
    fn addresses_of_files() {
        all(
            is_url,
            &["ab:", "https://x.example/a b", "a1:x", "urn:x", "c+.-:"],
            &["", "a:", "1a:", "x", " ab:", "a b:c", "äb:", "/x:y", "www.x.example/a:b c/"],
        );
        assert!(is_url("www.x.example:b"), "a name and a colon look like a scheme");
    }

    #[test]
    fn accounts() {
        all(
            is_iban,
            &["DE75512108001245126199", "DE75 5121\t0800 1245 126199 ", "GB29NWBK60161331926819"],
            &[
                "",
                "DE",
                "DE75",
                "DE74512108001245126199",
                "de75512108001245126199",
                "DE75512108001245126199X",
                "DE7551210800124512619912345678901234",
                "DE75-5121-0800-1245-1261-99",
                "DE75\u{a0}512108001245126199",
            ],
        );
        // Small letters are other numbers: `a` is 42 where `A` is 10.
        assert!(!is_iban("GB29nwbk60161331926819"));
        let small = (0..100).map(|check| format!("XX{check:02}a")).filter(|account| is_iban(account)).count();
        let capital = (0..100).map(|check| format!("XX{check:02}A")).filter(|account| is_iban(account)).count();
        assert!((1..=2).contains(&small) && (1..=2).contains(&capital));
    }

    #[test]
    fn dates() {
        all(
            is_date_of_ubl,
            &["2026-11-21", " 2026-13-99\n"],
            &["", "2026-11-21Z", "2026-11-2", "20261121", "2026/11/21"],
        );
        all(is_date_of_cii, &["20261121", "\t20261399 "], &["", "2026112", "2026-11-21", "202611210"]);
    }

    #[test]
    fn discount_lines() {
        all(
            is_discount,
            &[
                "#SKONTO#TAGE=14#PROZENT=2.00#",
                "#SKONTO#TAGE=0#PROZENT=100.25#BASISBETRAG=-357.93#",
                "#SKONTO#TAGE=7#PROZENT=2.50#BASISBETRAG=0.00#",
            ],
            &[
                "#SKONTO#TAGE=14#PROZENT=2.00",
                "#SKONTO#TAGE=14#PROZENT=2.0#",
                "#SKONTO#TAGE=14#PROZENT=-2.00#",
                "#SKONTO#TAGE=#PROZENT=2.00#",
                "#SKONTO#TAGE=14#PROZENT=.00#",
                "#Skonto#TAGE=14#PROZENT=2.00#",
                "#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=1#",
                "#SKONTO#TAGE=14#PROZENT=2.00##",
                "#SKONTO #TAGE=14#PROZENT=2.00#",
                "#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=1.00#X#",
                "#SKONTO#TAGE=14#",
                "#VERZUG#TAGE=14#PROZENT=2.00#",
                "#",
            ],
        );
        let lines: Vec<&str> = discounts("Zahlbar sofort\r\n  #A#\r\n x #B#\n\u{a0}#C#\n#D").collect();
        assert_eq!(lines, ["#A#", "#D"]);
    }

    #[test]
    fn a_line_break_follows_the_last_discount() {
        all(
            break_follows_discounts,
            &["#A#\n", "#A#\r\n", "#A# \t\nText #1", "#A#\n#B#\n", "\n##", "#A# x #B#\n"],
            &["", "#A#", "#A# ", "#A#\n#B#", "#A# x\n", "Text\n", "#A#\r", "##\n", "#A#\u{a0}\n"],
        );
    }
}
