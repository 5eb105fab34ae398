//! Numbers that a heading names, not a label of its own: "Rechnung 2026-017", "Nr." among other labels.
//!
//! In: a [`View`]. Out: votes for BT-1. Absent on purpose: labels that say which number they name (`heads`).

use super::ballot::{self, Vote, reading};
use super::catalogue::Kind;
use super::cells::{self, Cell};
use super::heads::identifier;
use super::sheet::Token;
use super::signs::Sign;
use super::view::{Position, View};

const NUMBER: [&str; 4] = ["nr", "no", "nummer", "number"];

/// Votes of headings and of bare "Nr.".
pub fn numbers(view: &View) -> Vec<Vote<String>> {
    let mut votes = Vec::new();
    for cell in &view.cells {
        votes.extend((0..cell.tokens.len().min(3)).find_map(|place| of_heading(view, cell, place)));
    }
    votes.extend(bare(view));
    votes
}

fn of_heading(view: &View, cell: &Cell, place: usize) -> Option<Vote<String>> {
    let word = cell.tokens[place].folded.as_str();
    let before = place.checked_sub(1).map_or("", |before| cell.tokens[before].folded.as_str());
    let other = REFERS.contains(&before) || place > 1 && before == "ihre";
    let start = cell.start + place;
    if !is_heading(word) || other || view.sign_at(cell.row, start).is_some() || is_sum(view, cell) {
        return None;
    }
    // "Rechnung #", "Rechnung Nr. :"
    let marks = cell.tokens[place + 1..]
        .iter()
        .take_while(|token| token.folded.is_empty() || NUMBER.contains(&token.folded.as_str()))
        .count();
    let alone = place + 1 + marks == cell.tokens.len();
    let sign = Sign {
        kind: Kind::Number,
        exact: true,
        firm: true,
        row: cell.row,
        start: cell.start,
        end: start + 1 + marks,
        second: None,
    };
    let named = if alone {
        let named = view.value(&sign, identifier);
        // what stands below a heading is its number only where it stands there alone
        named.filter(|named| match named.position {
            Position::Below => is_column(view, &sign) && view.fills_cell(named),
            _ => named.tokens[0].x - cell.right < 14.0 * cell.height,
        })
    } else {
        None
    };
    let (value, tokens) = match named {
        Some(named) => (named.value, named.tokens),
        None if alone => {
            let rest = number_below(view, cell.row, start)?;
            let (value, used) = identifier(rest)?;
            (value, &rest[..used])
        }
        None => {
            let rest = &cell.tokens[place + 1..];
            // "Jahresrechnung 2022 Nr. 17"
            let number = rest.iter().take(3).position(|token| NUMBER.contains(&token.folded.as_str()));
            let rest = &rest[number.unwrap_or(0)..];
            let (value, used) = identifier(rest)?;
            (value, &rest[..used])
        }
    };
    let weight = match (alone, place) {
        (true, _) if marks > 0 => 0.75,
        (true, _) => 0.6,
        (false, 0) => 0.7,
        (false, _) => 0.5,
    };
    vote(value, tokens, weight, "heading")
}

const REFERS: [&str; 7] = ["zu", "zur", "der", "ihrer", "unserer", "ursprungliche", "zugehorige"];

fn is_heading(word: &str) -> bool {
    word.ends_with("rechnung") && !["berechnung", "umrechnung", "anrechnung", "verrechnung"].contains(&word)
        || ["gutschrift", "invoice", "rechnungskorrektur", "liquidation", "honorarnote"].contains(&word)
}

/// "abzüglich 1. Abschlagsrechnung vom 06.03.   -1.752,00": a row of the sums.
pub fn is_sum(view: &View, cell: &Cell) -> bool {
    let row = &view.rows[cell.row].tokens;
    let opens = row.first().is_some_and(|first| {
        let word = first.folded.as_str();
        word.starts_with("abz")
            || word.starts_with("minus")
            || word.is_empty() && first.text.starts_with(['-', '–', '.', '−'])
    });
    let closes = row.last().is_some_and(|last| {
        let money = |token: &Token| super::written::amount(&token.text).is_some();
        let unit = ["eur", "euro"].contains(&last.folded.as_str()) || last.text == "€";
        money(last) || unit && row.len() > 1 && money(&row[row.len() - 2])
    });
    cell.depth > 0.3 && (opens || closes)
}

/// Labels of other things stand beside it, or above and below it at the same edge.
fn is_column(view: &View, sign: &Sign) -> bool {
    let own = &view.rows[sign.row].tokens[sign.start];
    view.signs.iter().any(|other| {
        let first = &view.rows[other.row].tokens[other.start];
        if first.page != own.page {
            return false;
        }
        if other.row == sign.row {
            return other.start != sign.start && other.kind != Kind::Other;
        }
        let near = (first.x - own.x).abs() < first.height && (first.y - own.y).abs() < 8.0 * first.height;
        other.firm && near
    })
}

/// "Nr." or "Nummer" and nothing more, among the labels of the head.
fn bare(view: &View) -> Vec<Vote<String>> {
    let mut votes = Vec::new();
    for (number, cell) in view.cells.iter().enumerate() {
        let first = cell.tokens[0].folded.as_str();
        if cell.page != 1 || cell.depth > 0.45 || !NUMBER.contains(&first) {
            continue;
        }
        let marks = cell.tokens[1..].iter().take_while(|token| token.folded.is_empty()).count();
        // "Kunden-" above "Nr."
        let halved = view.cells[..number].iter().rev().take(12).any(|above| {
            let close = cell.level - above.level < 1.8 * cell.height && cell.level > above.level;
            close
                && (above.left - cell.left).abs() < cell.height
                && above.tokens.last().is_some_and(|last| last.text.ends_with('-'))
        });
        let sign = Sign {
            kind: Kind::Number,
            exact: true,
            firm: true,
            row: cell.row,
            start: cell.start,
            end: cell.start + 1 + marks,
            second: None,
        };
        if halved || !is_column(view, &sign) || super::issued::is_table_head(view, cell.row) {
            continue;
        }
        let Some(named) = view.value(&sign, identifier) else { continue };
        votes.extend(vote(named.value, named.tokens, 0.65, "bare"));
    }
    votes
}

/// "Rechnung" above "Nr. 4711", or above "Nummer" with the number below that.
fn number_below<'a>(view: &View<'a>, row: usize, token: usize) -> Option<&'a [Token]> {
    let label = &view.cells[cells::below(&view.cells, view.cell_number(row, token))?];
    let first = label.tokens.first().filter(|first| NUMBER.contains(&first.folded.as_str()))?;
    if label.tokens.len() > 1 {
        return Some(&label.tokens[1..]);
    }
    let below = cells::below(&view.cells, view.cell_number(label.row, label.start))?;
    let value = &view.cells[below];
    ((value.left - first.x).abs() < first.height).then_some(value.tokens)
}

fn vote(value: String, tokens: &[Token], weight: f32, mark: &'static str) -> Option<Vote<String>> {
    let digits = value.chars().filter(char::is_ascii_digit).count();
    let year = digits == 4 && value.len() == 4 && (value.starts_with("20") || value.starts_with("19"));
    if digits < 3 || year {
        return None;
    }
    let key = ballot::key(&value);
    Some(Vote::new(value, key, weight, tokens, &[mark, reading(tokens)]))
}
