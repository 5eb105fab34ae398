//! The currency an invoice is written in (BT-5).
//!
//! In: rows. Out: the code whose sign or name stands beside amounts. Absent on purpose: taking the euro for
//! granted where nothing is printed.

use super::sheet::{Guess, Row, Token};
use super::written::{amount, dotted_amount, folded};

/// Code and how it is written.
#[rustfmt::skip]
const CURRENCIES: &[(&str, &[&str])] = &[
    ("EUR", &["€", "EUR", "Euro", "EURO"]),
    ("CHF", &["CHF", "SFr.", "Fr."]),
    ("USD", &["USD", "US$"]),
    ("GBP", &["GBP", "£"]),
    ("SEK", &["SEK"]),
    ("DKK", &["DKK"]),
    ("NOK", &["NOK"]),
    ("PLN", &["PLN"]),
    ("CZK", &["CZK"]),
];

/// Times more often another one must stand beside amounts to be believed.
const FAR_MORE: usize = 3;

pub fn currency(rows: &[Row]) -> Option<Guess<String>> {
    let mut found: Vec<(&'static str, usize, Token)> = Vec::new();
    for row in rows {
        let named = row
            .tokens
            .iter()
            .any(|token| folded(&token.text).ends_with("wahrung") || token.folded == "currency");
        for (place, token) in row.tokens.iter().enumerate() {
            let Some(code) = code(&row.tokens, place) else { continue };
            let weight = if named { 20 } else { 1 + usize::from(beside_amount(&row.tokens, place)) };
            match found.iter_mut().find(|known| known.0 == code) {
                Some(known) => known.1 += weight,
                None => found.push((code, weight, token.clone())),
            }
        }
    }
    found.sort_by_key(|known| std::cmp::Reverse(known.1));
    let (code, most, token) = found.first()?;
    let next = found.get(1).map_or(0, |other| other.1);
    if next * FAR_MORE > *most {
        return None;
    }
    let guess = Guess::new((*code).to_owned(), if next == 0 { 0.99 } else { 0.8 }, std::slice::from_ref(token));
    let guess = if *most >= 4 { guess.marked("beside") } else { guess };
    Some(if next > 0 { guess.marked("several") } else { guess })
}

fn code(tokens: &[Token], place: usize) -> Option<&'static str> {
    let token = &tokens[place];
    if token.text.contains('€') {
        return Some("EUR");
    }
    let bare = token.text.trim_matches(|c: char| c.is_ascii_digit() || "()[],.:;-–|*=".contains(c));
    let written =
        CURRENCIES.iter().find(|(_, names)| names.contains(&token.text.as_str()) || names.contains(&bare));
    // "$" alone is often a misread "§".
    let dollar = token.text.starts_with('$') && (token.text.len() > 3 || beside_amount(tokens, place));
    written.map(|(code, _)| *code).or(dollar.then_some("USD"))
}

fn beside_amount(tokens: &[Token], place: usize) -> bool {
    let is = |token: &Token| amount(&token.text).or_else(|| dotted_amount(&token.text)).is_some();
    let before = place.checked_sub(1).and_then(|before| tokens.get(before));
    before.into_iter().chain(tokens.get(place + 1)).chain(tokens.get(place)).any(is)
}
