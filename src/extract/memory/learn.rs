//! What a correction teaches: who the supplier is, where the value stands, what it looks like.
//!
//! In: the page, the invoice as it was guessed, the values a person gave. Out: what a [`Lesson`](super::Lesson)
//! holds. Absent on purpose: keeping it.

use super::{Identity, Place};
use crate::error::{Error, Kind, Result};
use crate::extract::guess::sheet::{self, Row, Token};
use crate::extract::guess::{amount, folded};
use crate::invoice::checks::iban as is_iban;
use crate::invoice::{Amount, Invoice, Term, bt};
use crate::recognise::Text;
use jiff::civil::Date;

/// A value of which a person says: this is right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    pub term: Term,
    /// Dates and amounts in the notation of the model (`2026-12-01`, `119.00`).
    pub value: String,
}

/// Terms whose values are the same on every invoice of a supplier.
const CONSTANT: [u16; 5] = [27, 31, 32, 84, 86];
const DATES: [u16; 2] = [2, 9];
const AMOUNTS: [u16; 5] = [109, 110, 112, 113, 115];
const TEXTS: [u16; 7] = [1, 5, 10, 11, 12, 13, 44];
/// A value read less surely is nothing to know a supplier by.
const SURE: f32 = 0.85;

impl Correction {
    /// `BT-9=2026-12-01`; dates and amounts may also be written as on paper.
    pub fn read(written: &str) -> Result<Self> {
        let wrong = |what: &str| {
            Error::new(Kind::Usage, format!("{written:?}: {what}"))
                .hint("write the term and its right value, such as BT-1=4711 or BT-9=2026-12-01")
        };
        let (term, value) = written.split_once('=').ok_or_else(|| wrong("there is no '='"))?;
        let term: Term = term.trim().parse().map_err(|_| wrong("there is no such term"))?;
        let Term::Bt(number) = term else { return Err(wrong("only single values can be taught")) };
        let value = value.trim();
        let known = [&CONSTANT[..], &DATES, &AMOUNTS, &TEXTS].concat();
        if value.is_empty() || value.chars().count() > 200 || !known.contains(&number) {
            return Err(wrong("this value cannot be taught"));
        }
        let value = if DATES.contains(&number) {
            let date =
                value.parse::<Date>().ok().or_else(|| crate::extract::guess::date(&value.replace(' ', "")));
            date.ok_or_else(|| wrong("this is not a day"))?.to_string()
        } else if AMOUNTS.contains(&number) {
            let read = amount(value).or_else(|| value.parse::<Amount>().ok());
            read.ok_or_else(|| wrong("this is not an amount"))?.to_string()
        } else if [31, 84, 86].contains(&number) {
            let unspaced: String = value.chars().filter(|c| !c.is_whitespace()).collect();
            if number == 84 && !is_iban(&unspaced) {
                return Err(wrong("the check digits of this IBAN are wrong"));
            }
            unspaced.to_uppercase()
        } else {
            value.to_owned()
        };
        Ok(Self { term, value })
    }
}

/// Who the supplier is and where the corrected values stand.
pub fn learn(text: &Text, guessed: &Invoice, corrections: &[Correction]) -> Result<(Identity, Vec<Place>)> {
    let identity = identity(guessed, corrections);
    if !identity.is_enough() {
        return Err(Error::new(Kind::Usage, "the supplier cannot be recognised by this page")
            .hint("give what he is known by as well: BT-31 (VAT id), BT-84 (IBAN), or BT-27 and BT-32"));
    }
    let rows = sheet::rows(text);
    let mut places = Vec::new();
    for correction in corrections {
        let Term::Bt(number) = correction.term else { continue };
        if CONSTANT.contains(&number) {
            continue;
        }
        let place = standing(&rows, correction).ok_or_else(|| {
            Error::new(
                Kind::Usage,
                format!("{} = {:?} stands nowhere on the pages", correction.term, correction.value),
            )
            .hint("give the value as it is printed; a value that is not printed cannot be learnt")
        })?;
        places.push(place);
    }
    Ok((identity, places))
}

/// What was read surely, and what the person said.
fn identity(guessed: &Invoice, corrections: &[Correction]) -> Identity {
    let said =
        |number: u16| corrections.iter().find(|said| said.term == bt(number)).map(|said| said.value.clone());
    let sure = |number: u16, value: Option<String>| {
        let confident = guessed.evidence.get(&bt(number)).is_some_and(|evidence| evidence.confidence >= SURE);
        value.filter(|_| confident)
    };
    let transfer = guessed.payment.iter().flat_map(|payment| &payment.transfers).next();
    let account = said(84).or_else(|| sure(84, transfer.and_then(|transfer| transfer.account.clone())));
    Identity {
        name: said(27).or_else(|| sure(27, guessed.seller.name.clone())),
        vat_id: said(31).or_else(|| sure(31, guessed.seller.vat_id.clone())),
        tax_number: said(32).or_else(|| sure(32, guessed.seller.tax_number.clone())),
        ibans: account.into_iter().collect(),
        bic: said(86).or_else(|| sure(86, transfer.and_then(|transfer| transfer.provider.clone()))),
    }
}

/// Where the value stands: of several places the one with a label.
fn standing(rows: &[Row], correction: &Correction) -> Option<Place> {
    let mut found: Option<Place> = None;
    for (number, row) in rows.iter().enumerate() {
        for start in 0..row.tokens.len() {
            let Some(words) = written_at(&row.tokens, start, correction) else { continue };
            let label = label(rows, number, start);
            let first = &row.tokens[start];
            let place = Place {
                term: correction.term,
                at: (row.page, first.x, first.y),
                shape: shape(&sheet::text(&row.tokens[start..start + words])),
                words,
                label: label.unwrap_or_default(),
            };
            if found.as_ref().is_none_or(|earlier| earlier.label.is_empty() && !place.label.is_empty()) {
                found = Some(place);
            }
        }
    }
    found
}

/// How many words the value takes at this place, if it stands there.
fn written_at(tokens: &[Token], start: usize, correction: &Correction) -> Option<usize> {
    let Term::Bt(number) = correction.term else { return None };
    if DATES.contains(&number) {
        let (date, words) = sheet::date_at(tokens, start)?;
        return (date.to_string() == correction.value).then_some(words);
    }
    if AMOUNTS.contains(&number) {
        let read = amount(&tokens[start].text)?;
        let wanted = correction.value.parse::<Amount>().ok()?;
        return (read.value() == wanted.value()).then_some(1);
    }
    let wanted = folded(&correction.value);
    let mut joined = String::new();
    for (words, token) in (1..=6).zip(&tokens[start..]) {
        joined.push_str(&token.folded);
        if joined == wanted && !token.folded.is_empty() {
            return Some(words);
        }
    }
    None
}

/// The words in front of the value, else those above it.
fn label(rows: &[Row], number: usize, start: usize) -> Option<String> {
    let row = &rows[number];
    let front = words_of(&row.tokens[..start]);
    if front.is_some() {
        return front;
    }
    let value = &row.tokens[start];
    let above = rows[..number].iter().rev().take(2).filter(|above| above.page == row.page);
    above
        .filter_map(|above| {
            let over = |token: &Token| {
                token.x + token.width > value.x - value.height && token.x < value.x + value.width
            };
            let first = above.tokens.iter().position(over)?;
            let cell = above.cell(first);
            words_of(cell)
        })
        .next()
}

/// The last words before a gap, as a label: letters only, at most four.
fn words_of(tokens: &[Token]) -> Option<String> {
    let mut first = tokens.len();
    while let Some(token) = first.checked_sub(1).map(|index| &tokens[index]) {
        let far = tokens.get(first).is_some_and(|next| next.x - (token.x + token.width) > 1.5 * token.height);
        let digits = token.folded.chars().any(|c| c.is_ascii_digit());
        if far || digits || tokens.len() - first >= 4 {
            break;
        }
        first -= 1;
    }
    while tokens.get(first).is_some_and(|token| token.folded.is_empty()) {
        first += 1;
    }
    let joined: String = tokens.get(first..)?.iter().map(|token| token.folded.as_str()).collect();
    (joined.chars().count() >= 3).then_some(joined)
}

/// `RE-2026/17` is `RE-####/##`.
pub(super) fn shape(value: &str) -> String {
    value.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect()
}
