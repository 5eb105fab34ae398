//! The bank of the account: BIC and holder.
//!
//! In: rows, the IBAN. Out: guesses. A BIC has no check digit: it must be labelled, built like one, and of the
//! country of the IBAN. Absent on purpose: knowing banks.

use super::ids::wrapped;
use super::labels::{beside, places};
use super::sheet::{Guess, Row, Token, text};
use crate::invoice::Evidence;
use std::collections::BTreeSet;

/// Below this confidence of the reader a BIC that stands there once is left out.
const WELL_READ: f32 = 0.6;
/// The same where its bank is written with O or Q, which are taken for each other.
const WELL_READ_ROUND: f32 = 0.7;

const LABELS: &[&str] = &[
    "bic",
    "biccode",
    "swiftbic",
    "bicswift",
    "swift",
    "swiftcode",
    "bicdeskreditinstituts",
    "bicswiftcode",
    "swiftbiccode",
];

/// BT-86 Payment service provider identifier: the one nearest to the account.
pub fn bic(rows: &[Row], account: Option<&Guess<String>>) -> Option<Guess<String>> {
    let mut found: Vec<Guess<String>> = Vec::new();
    for label in LABELS {
        for place in places(rows, label) {
            found.extend(beside(rows, place, read).or_else(|| wrapped(rows, place, read)));
        }
    }
    // One that was read well stands above what was read badly elsewhere.
    if found.iter().any(|bic| !read_badly(bic)) {
        found.retain(|bic| !read_badly(bic));
    }
    let country = account.and_then(|account| account.value.get(..2));
    let (right, wrong): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|bic| country.is_none_or(|country| bic.value.get(4..6) == Some(country)));
    let several = right.iter().any(|bic| right[0].value != bic.value) || !wrong.is_empty();
    let far = |bic: &Guess<String>| account.map_or(0.0, |account| apart(&bic.evidence, &account.evidence));
    let best = right.iter().min_by(|a, b| far(a).total_cmp(&far(b)))?.clone();
    // Nothing in a BIC tells that a letter is wrong: it was read clearly, or twice alike, or it is left out.
    let at =
        |bic: &Guess<String>| (bic.evidence.page, bic.evidence.area[0] as i32, bic.evidence.area[1] as i32);
    let places = right.iter().filter(|bic| bic.value == best.value).map(at).collect::<BTreeSet<_>>();
    let unlike = right.iter().any(|bic| alike(&bic.value, &best.value));
    if unlike || places.len() < 2 && read_badly(&best) {
        return None;
    }
    let best = if several { best.marked("several") } else { best };
    Some(if country.is_some() { best.marked("country") } else { best })
}

fn read_badly(bic: &Guess<String>) -> bool {
    bic.evidence.marks.iter().any(|mark| mark == "read-badly")
}

/// The same BIC, read in two ways.
fn alike(one: &str, other: &str) -> bool {
    let off = one.bytes().zip(other.bytes()).filter(|(a, b)| a != b).count();
    one.len() == other.len() && (1..=3).contains(&off)
}

/// Points between two places; another page is far away.
fn apart(one: &Evidence, other: &Evidence) -> f32 {
    let pages = one.page.abs_diff(other.page) as f32 * 2_000.0;
    pages + (one.area[1] - other.area[1]).abs() + 0.3 * (one.area[0] - other.area[0]).abs()
}

fn read(tokens: &[Token]) -> Option<Guess<String>> {
    let word = tokens.first()?.text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let (value, repaired) = put_right(word)?;
    if !is_likely(&value) {
        return None;
    }
    let guess = Guess::new(value, if repaired { 0.8 } else { 0.9 }, &tokens[..1]).marked("label");
    let guess = if repaired { guess.marked("repaired") } else { guess };
    let round = word.get(..4).is_some_and(|bank| bank.contains(['O', 'Q']));
    let least = if round { WELL_READ_ROUND } else { WELL_READ };
    Some(if tokens[0].confidence < least { guess.marked("read-badly") } else { guess })
}

/// The place of a bank is never written with O or I at its end, and S stands there with a digit of its region
/// (2S, 6S, S1): else a digit was misread. XXX is the main office.
fn is_likely(bic: &str) -> bool {
    let place = bic.get(6..8).unwrap_or_default();
    let office = bic.get(8..).unwrap_or_default();
    let misread = place.ends_with(['O', 'I'])
        || place.starts_with(['O', 'I'])
        || ["SS", "S5", "SW", "ES", "5S"].contains(&place);
    let main = office.bytes().filter(|byte| *byte == b'X').count();
    !(bic.get(4..6) == Some("DE") && misread) && main != 2
}

fn put_right(word: &str) -> Option<(String, bool)> {
    // The places of cooperative banks are a sign and a number: GENODEM1, GENODE61.
    let number = |c: char| if ['I', 'l', 'L'].contains(&c) { '1' } else { c };
    if let Some(rest) = word.strip_prefix("GENODE") {
        let mut place: String = rest.to_owned();
        if word.len() == 12 && ["I1", "1I", "l1"].contains(&&rest[1..3]) {
            place.replace_range(1..3, "1");
        }
        let second: Option<char> = place.chars().nth(1);
        let changed = second.map(number).filter(|now| Some(*now) != second);
        if let Some(now) = changed {
            place.replace_range(1..2, &now.to_string());
        }
        let value = format!("GENODE{place}");
        let repaired = value != word;
        return shaped(&value).then_some((value, repaired));
    }
    shaped(word).then(|| (word.to_owned(), false))
}

fn shaped(word: &str) -> bool {
    let Some((bank, place)) = word.split_at_checked(6) else { return false };
    let fits = bank.bytes().all(|byte| byte.is_ascii_uppercase());
    fits && [2, 5].contains(&place.len())
        && place.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// BT-85 Payment account name: behind its label.
pub fn holder(rows: &[Row]) -> Option<Guess<String>> {
    let labels =
        ["kontoinhaber", "kontoinhaberin", "zahlungsempfanger", "accountholder", "kontoname", "accountname"];
    labels.iter().flat_map(|label| places(rows, label)).find_map(|place| {
        let cell = rows[place.row].cell(place.end);
        let end =
            cell.iter().position(|token| ["iban", "bic", "bank", "konto"].contains(&token.folded.as_str()));
        let cell = &cell[..end.unwrap_or(cell.len())];
        let name = text(cell);
        let name = name.trim_matches(|c: char| c.is_whitespace() || ",;:·|".contains(c)).to_owned();
        let letters = name.chars().filter(|c| c.is_alphabetic()).count();
        (letters >= 3).then(|| Guess::new(name, 0.85, cell).marked("label"))
    })
}
