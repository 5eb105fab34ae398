//! Who sent it: the seller's name.
//!
//! In: rows. Out: the name with most reasons. Reasons are the sender's line above the address, a legal form
//! in letterhead or footer, and the holder of the account. Absent on purpose: any list of names.

use super::labels::places;
use super::sheet::{Guess, Row, Token, text};
use super::written::folded;

/// Candidates that are compared with each other.
const MOST_CANDIDATES: usize = 40;

/// BT-27 Seller name
pub fn name(rows: &[Row]) -> Option<Guess<String>> {
    let mut candidates = sender_lines(rows);
    candidates.extend(account_holders(rows));
    candidates.extend(legal_forms(rows));
    candidates.extend(first_line(rows));
    candidates.truncate(MOST_CANDIDATES);
    let mut best: Option<Guess<String>> = None;
    for candidate in &candidates {
        let agreeing = candidates.iter().filter(|other| same(&other.value, &candidate.value)).count();
        let mut guess = candidate.clone();
        let bonus = 0.08 * (agreeing - 1) as f32;
        guess.evidence.confidence = (guess.evidence.confidence + bonus).min(0.95);
        if best.as_ref().is_none_or(|best| guess.evidence.confidence > best.evidence.confidence) {
            best = Some(guess);
        }
    }
    best
}

fn same(a: &str, b: &str) -> bool {
    let (a, b) = (folded(a), folded(b));
    a.starts_with(&b) || b.starts_with(&a)
}

/// "Firma · Weg 1 · 12345 Ort", small above the address or as a letterhead.
fn sender_lines(rows: &[Row]) -> Vec<Guess<String>> {
    let mut found = Vec::new();
    for (number, row) in rows.iter().enumerate().filter(|(_, row)| row.page == 1 && row.depth < 0.45) {
        let Some(town) = post_code(&row.tokens) else { continue };
        let front = &row.tokens[..town];
        let separators: Vec<usize> = (0..town).filter(|place| separates(&front[*place])).collect();
        match separators[..] {
            [first, _, ..] => {
                let whole = if is_mark(&front[first]) { first } else { first + 1 };
                // one word alone may be a motto ("Meisterbetrieb")
                found.extend(candidate(&front[..whole], if whole == 1 { 0.6 } else { 0.85 }));
            }
            // an address alone: the name stands above it
            [_] if number > 0 && row.depth < 0.2 => {
                found.extend(candidate(rows[number - 1].cell(0), 0.6));
            }
            _ => {}
        }
    }
    found
}

/// Place of a post code with a town behind it.
fn post_code(tokens: &[Token]) -> Option<usize> {
    let is_code = |token: &Token| {
        let code = token.text.strip_prefix("D-").unwrap_or(&token.text);
        code.len() == 5 && code.bytes().all(|byte| byte.is_ascii_digit())
    };
    let is_town = |token: &Token| token.text.starts_with(char::is_uppercase);
    tokens.windows(2).position(|pair| is_code(&pair[0]) && is_town(&pair[1]))
}

fn separates(token: &Token) -> bool {
    is_mark(token) || token.text.ends_with([',', '·', '•', '|', ';'])
}

/// A word that is nothing but a separator.
fn is_mark(token: &Token) -> bool {
    token.folded.is_empty() && token.text.contains(['·', '•', '|', '-', '–', '—', '*', '∙', '+', '.', '»', ','])
}

fn account_holders(rows: &[Row]) -> Vec<Guess<String>> {
    let mut found = Vec::new();
    for place in places(rows, "kontoinhaber").into_iter().chain(places(rows, "zahlungsempfanger")) {
        let cell = rows[place.row].cell(place.end);
        let end = cell.iter().position(|token| ["iban", "bic", "bank"].contains(&token.folded.as_str()));
        found.extend(candidate(&cell[..end.unwrap_or(cell.len())], 0.75));
    }
    found
}

/// A cell that holds a legal form, near the top or the bottom of the first page.
fn legal_forms(rows: &[Row]) -> Vec<Guess<String>> {
    const FORMS: [&str; 19] = [
        "GmbH", "mbH", "gGmbH", "AG", "KG", "OHG", "oHG", "GbR", "UG", "KGaA", "SE", "eG", "e.G.", "e.K.",
        "e.Kfr.", "e.V.", "mbB", "AöR", "PartG",
    ];
    let mut found = Vec::new();
    for row in rows.iter().filter(|row| row.page == 1 && (row.depth < 0.3 || row.depth > 0.85)) {
        let mut start = 0;
        while start < row.tokens.len() {
            let cell = row.cell(start);
            let form = cell
                .iter()
                .rposition(|token| FORMS.contains(&token.text.trim_end_matches([',', ';', '·', ':'])));
            if let Some(form) = form.filter(|form| *form > 0) {
                let begin = cell[..form].iter().rposition(is_mark).map_or(0, |mark| mark + 1);
                found.extend(candidate(&cell[begin..=form], if row.depth < 0.3 { 0.75 } else { 0.7 }));
            }
            start += cell.len().max(1);
        }
    }
    found
}

/// The topmost line, when it is nothing but words.
fn first_line(rows: &[Row]) -> Option<Guess<String>> {
    let row = rows.iter().find(|row| row.page == 1 && row.tokens.iter().any(|token| token.folded.len() > 2))?;
    let cell = row.cell(0);
    let words =
        cell.iter().all(|token| !token.text.contains(|c: char| c.is_ascii_digit() || c == ':' || c == '@'));
    let telling = ["rechnung", "gutschrift", "invoice", "seite", "kopie", "original"];
    let heading = cell.iter().any(|token| telling.contains(&token.folded.as_str()));
    if words && !heading && row.depth < 0.2 { candidate(cell, 0.45) } else { None }
}

/// Receivers are towns; what begins like one did not send us an invoice, but for its enterprises.
fn candidate(tokens: &[Token], confidence: f32) -> Option<Guess<String>> {
    const RECEIVERS: [&str; 9] = [
        "stadt",
        "gemeinde",
        "landkreis",
        "kreis",
        "landeshauptstadt",
        "markt",
        "verbandsgemeinde",
        "samtgemeinde",
        "an",
    ];
    const FORMS_OF_FIRMS: [&str; 4] = ["gmbh", "ag", "kg", "aor"];
    let first = tokens.first()?;
    let firm = tokens.iter().any(|token| FORMS_OF_FIRMS.contains(&token.folded.as_str()));
    if RECEIVERS.contains(&first.folded.as_str()) && !firm {
        return None;
    }
    let trim = |c: char| c.is_whitespace() || ",;:·•|*".contains(c);
    let name = text(tokens).trim_matches(trim).to_owned();
    let letters = name.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 3 || name.chars().count() > 100 {
        return None;
    }
    Some(Guess::new(name, confidence, tokens))
}
