//! Numbers that prove themselves: IBAN, BIC, VAT identifier, tax number.
//!
//! In: rows. Out: guesses. A number with a check digit is believed when the digits agree. Letters that
//! readers confuse with digits (O/0, S/5, I/1, B/8) are repaired only where the check then agrees.

use super::labels::{beside, places};
use super::sheet::{Guess, Row, Token};
use crate::invoice::checks;

/// Country and length of its IBANs: Germany and where its suppliers sit.
const LENGTHS: [(&str, usize); 18] = [
    ("DE", 22),
    ("AT", 20),
    ("CH", 21),
    ("LI", 21),
    ("NL", 18),
    ("BE", 16),
    ("LU", 20),
    ("FR", 27),
    ("IT", 27),
    ("ES", 24),
    ("PL", 28),
    ("CZ", 24),
    ("DK", 18),
    ("SE", 24),
    ("GB", 22),
    ("IE", 22),
    ("LT", 20),
    ("EE", 20),
];

/// Countries whose IBANs have only digits behind the country.
const DIGITS_ONLY: [&str; 10] = ["DE", "AT", "DK", "PL", "CZ", "ES", "BE", "SE", "LT", "EE"];

/// BT-84 Payment account identifier. Of several, the one in a sentence about paying.
pub fn iban(rows: &[Row]) -> Option<Guess<String>> {
    let words: Vec<(usize, &Token)> = rows
        .iter()
        .enumerate()
        .flat_map(|(row, content)| content.tokens.iter().map(move |token| (row, token)))
        .collect();
    let mut found: Vec<(bool, Guess<String>)> = Vec::new();
    for start in 0..words.len() {
        let Some((value, used, exact)) = iban_at(&words[start..]) else { continue };
        if found.iter().any(|(_, earlier)| earlier.value == value) {
            continue;
        }
        let tokens: Vec<Token> = words[start..start + used].iter().map(|(_, token)| (*token).clone()).collect();
        let row = words[start].0;
        let paying = rows[row.saturating_sub(1)..=row].iter().any(|row| row.tokens.iter().any(about_paying));
        found.push((paying, Guess::new(value, if exact { 0.99 } else { 0.9 }, &tokens)));
    }
    let several = found.len() > 1;
    let place = found.iter().position(|(paying, _)| *paying).unwrap_or(0);
    let (_, mut guess) = found.into_iter().nth(place)?;
    if several {
        guess.evidence.confidence *= 0.7;
    }
    Some(guess)
}

fn about_paying(token: &Token) -> bool {
    ["uberweis", "zahl", "ausgleich", "begleich", "betrag"].iter().any(|pay| token.folded.starts_with(pay))
}

/// The IBAN that begins here: value, words it took, and whether it stood there without a mistake.
fn iban_at(words: &[(usize, &Token)]) -> Option<(String, usize, bool)> {
    let (_, first) = words.first()?;
    let front = first.text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    let country = front.get(..2)?;
    let (_, length) = LENGTHS.iter().find(|(name, _)| *name == country)?;
    let mut joined = String::new();
    for (used, (_, token)) in (1..=12).zip(words) {
        joined.extend(token.text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()));
        if joined.len() > *length {
            return None;
        }
        if joined.len() == *length {
            let exact = is_iban(&joined);
            let value = if exact { Some(joined) } else { repaired_iban(&joined) };
            return value.map(|value| (value, used, exact));
        }
    }
    None
}

/// One text in ninety-seven passes the check by chance, so it must look like an IBAN of its country as well.
fn is_iban(text: &str) -> bool {
    let digits = |part: Option<&str>| part.is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let behind = if DIGITS_ONLY.iter().any(|country| text.starts_with(country)) { text.len() } else { 4 };
    digits(text.get(2..behind)) && checks::iban(text)
}

/// Repaired only for countries whose IBANs have no letters behind the country.
fn repaired_iban(text: &str) -> Option<String> {
    let (country, rest) = text.split_at_checked(2).filter(|(country, _)| DIGITS_ONLY.contains(country))?;
    Some(country.to_owned() + &digits(rest)).filter(|repaired| is_iban(repaired))
}

/// Letters that look like digits become those digits.
fn digits(text: &str) -> String {
    let digit = |c: char| match c {
        'O' => '0',
        'S' => '5',
        'I' => '1',
        'B' => '8',
        other => other,
    };
    text.chars().map(digit).collect()
}

/// BT-86 Payment service provider identifier
pub fn bic(rows: &[Row]) -> Option<Guess<String>> {
    let read = |tokens: &[Token]| {
        let word = tokens.first()?.text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let (bank, place) = word.split_at_checked(6)?;
        let fits = bank.bytes().all(|byte| byte.is_ascii_uppercase())
            && [2, 5].contains(&place.len())
            && place.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        fits.then(|| Guess::new(word.to_owned(), 0.9, &tokens[..1]))
    };
    let labels = ["bic", "biccode", "swiftbic", "bicswift", "swift", "swiftcode"];
    labels.iter().flat_map(|label| places(rows, label)).find_map(|place| beside(rows, place, read))
}

/// BT-31 Seller VAT identifier: German with a right check digit, or labelled as such.
pub fn vat_id(rows: &[Row]) -> Option<Guess<String>> {
    let mut doubtful = None;
    for row in rows {
        if row.tokens.iter().any(|token| ["ihre", "kunden", "empfanger"].contains(&token.folded.as_str())) {
            continue;
        }
        for start in 0..row.tokens.len() {
            let Some((value, used)) = vat_id_at(&row.tokens[start..]) else { continue };
            let tokens = &row.tokens[start..start + used];
            if checks::german_vat_id(&value) {
                return Some(Guess::new(value, 0.97, tokens));
            }
            let labelled = row.tokens[..start].iter().rev().take(4).any(|token| {
                token.folded.starts_with("ust")
                    || token.folded.starts_with("umsatzsteuer")
                    || token.folded == "vat"
            });
            if labelled && doubtful.is_none() {
                doubtful = Some(Guess::new(value, 0.4, tokens));
            }
        }
    }
    doubtful
}

/// `DE` and nine digits, in up to five words, and not the beginning of an IBAN.
fn vat_id_at(tokens: &[Token]) -> Option<(String, usize)> {
    let mut joined = String::new();
    for (used, token) in (1..=5).zip(tokens) {
        let word = token.text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        if !word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        joined.push_str(word);
        if joined.len() < 2 || !joined.starts_with("DE") || joined.len() > 11 {
            return None;
        }
        if joined.len() == 11 {
            let goes_on = tokens.get(used).is_some_and(|next| {
                let near = next.x - (token.x + token.width) < token.height;
                near && next.text.len() <= 4 && next.text.bytes().all(|byte| byte.is_ascii_digit())
            });
            let value = format!("DE{}", digits(&joined[2..]));
            let whole = value[2..].bytes().all(|byte| byte.is_ascii_digit());
            return if goes_on || !whole { None } else { Some((value, used)) };
        }
    }
    None
}

/// BT-32 Seller tax registration identifier (Steuernummer): ten to thirteen digits beside its label.
pub fn tax_number(rows: &[Row]) -> Option<Guess<String>> {
    let read = |tokens: &[Token]| {
        let mut joined = String::new();
        let mut found = None;
        for (used, token) in (1..=5).zip(tokens) {
            let word = token.text.trim_matches(|c: char| ",;.()".contains(c));
            if word.is_empty() || !word.bytes().all(|byte| byte.is_ascii_digit() || byte == b'/') {
                break;
            }
            if used > 1 {
                joined.push(' ');
            }
            joined.push_str(word);
            let digits = joined.bytes().filter(u8::is_ascii_digit).count();
            if [10, 11, 13].contains(&digits) {
                found = Some(Guess::new(joined.clone(), 0.9, &tokens[..used]));
            }
        }
        found
    };
    let labels = ["steuernummer", "steuernr", "stnr", "stnummer", "steuernrn"];
    labels.iter().flat_map(|label| places(rows, label)).find_map(|place| beside(rows, place, read))
}

/// BT-85 Payment account name: behind its label.
pub fn holder(rows: &[Row]) -> Option<Guess<String>> {
    let labels =
        ["kontoinhaber", "zahlungsempfanger", "accountholder", "kontoname", "accountname", "empfanger"];
    labels[..5].iter().flat_map(|label| places(rows, label)).find_map(|place| {
        let cell = rows[place.row].cell(place.end);
        let end =
            cell.iter().position(|token| ["iban", "bic", "bank", "konto"].contains(&token.folded.as_str()));
        let cell = &cell[..end.unwrap_or(cell.len())];
        let name = super::sheet::text(cell);
        let name = name.trim_matches(|c: char| c.is_whitespace() || ",;:·|".contains(c)).to_owned();
        (name.chars().filter(|c| c.is_alphabetic()).count() >= 3)
            .then(|| Guess::new(name, 0.85, cell).marked("label"))
    })
}
