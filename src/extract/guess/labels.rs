//! Labels and the values beside or below them.
//!
//! In: rows. Out: the value a label names. Absent on purpose: knowing which labels there are; every field
//! brings its own list, folded and without blanks (`rechnungsnr` finds "Rechnungs - Nr.:" as well).

use super::sheet::{Row, Token};

/// Words a label may be written in.
const LONGEST_LABEL: usize = 5;
/// Rows below a label in which its value may stand.
const ROWS_BELOW: usize = 2;

/// Where a label stands in its row: from, to (excluded).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub row: usize,
    pub start: usize,
    pub end: usize,
}

/// All places of a label, from top to bottom.
pub fn places(rows: &[Row], label: &str) -> Vec<Place> {
    let mut places = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        for start in 0..row.tokens.len() {
            if let Some(end) = ends(&row.tokens, start, label) {
                places.push(Place { row: number, start, end });
            }
        }
    }
    places
}

/// Where the label that begins at `start` ends.
fn ends(tokens: &[Token], start: usize, label: &str) -> Option<usize> {
    let mut rest = label;
    for (end, token) in (start + 1..).zip(tokens.iter().skip(start).take(LONGEST_LABEL)) {
        if end == start + 1 && token.folded.is_empty() {
            return None;
        }
        rest = rest.strip_prefix(token.folded.as_str())?;
        if rest.is_empty() {
            return Some(end);
        }
    }
    None
}

/// Looks to the right of a label and then below it: `read` is offered the tokens that begin there.
pub fn beside<'a, T>(rows: &'a [Row], place: Place, read: impl Fn(&'a [Token]) -> Option<T>) -> Option<T> {
    let row = &rows[place.row];
    let mut right = place.end;
    while row.tokens.get(right).is_some_and(is_filler) {
        right += 1;
    }
    if let Some(value) = read(&row.tokens[right..]) {
        return Some(value);
    }
    let (first, last) = (&row.tokens[place.start], &row.tokens[place.end - 1]);
    for below in rows[place.row + 1..].iter().take(ROWS_BELOW).take_while(|below| below.page == row.page) {
        let under = below
            .tokens
            .iter()
            .position(|token| token.x + token.width > first.x - first.height && token.x < last.x + last.width);
        if let Some(value) = under.and_then(|start| read(&below.tokens[start..])) {
            return Some(value);
        }
    }
    None
}

/// Between label and value: punctuation and small words.
fn is_filler(token: &Token) -> bool {
    ["", "nr", "no", "lautet", "ist", "der", "am", "vom"].contains(&token.folded.as_str())
}
