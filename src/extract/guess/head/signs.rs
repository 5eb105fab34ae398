//! Labels found on the pages.
//!
//! In: rows and cells. Out: [`Sign`]s. Absent on purpose: the values they name (`view`).

use super::catalogue::{self, Kind, LONGEST};
use super::cells::{self, Cell};
use super::sheet::{Row, Token};
use super::view::View;
use super::written::folded;

/// A label on a page.
#[derive(Debug, Clone, Copy)]
pub struct Sign {
    pub kind: Kind,
    /// It stood there without a mistake.
    pub exact: bool,
    /// It stands where labels stand: at the beginning of a cell, or before a colon.
    pub firm: bool,
    pub row: usize,
    pub start: usize,
    /// Behind its last word, whatever belongs to it included.
    pub end: usize,
    /// The row of its second line, where it has one.
    pub second: Option<usize>,
}

/// All labels, from top to bottom.
pub fn signs(view: &View) -> Vec<Sign> {
    let mut signs: Vec<Sign> = Vec::new();
    for (number, row) in view.rows.iter().enumerate() {
        let mut start = 0;
        while start < row.tokens.len() {
            let Some(sign) = sign_from(view, number, row, start) else {
                start += 1;
                continue;
            };
            start = sign.end;
            signs.push(sign);
        }
    }
    signs.extend(two_lines(view, &signs));
    signs.sort_by_key(|sign| (sign.row, sign.start));
    signs
}

/// The longest label that begins here.
fn sign_from(view: &View, number: usize, row: &Row, start: usize) -> Option<Sign> {
    let tokens = &row.tokens;
    if tokens[start].folded.is_empty() {
        return None;
    }
    let mut joined = String::new();
    let mut best: Option<(Kind, bool, usize)> = None;
    let cell = view.cell_at(number, start);
    // "Kundennr.   Rechnungs-Nr." are two labels
    let most = LONGEST.min(cell.start + cell.tokens.len() - start);
    for (place, token) in tokens.iter().enumerate().skip(start).take(most) {
        let front = token.text.split_once('/').filter(|(front, _)| place > start || front.len() > 3);
        if let Some((front, _)) = front
            && let Some((kind, true)) = catalogue::kind_of(&format!("{joined}{}", folded(front)))
            && (place == start || front.len() > 1)
        {
            best = Some((kind, true, place + 1));
            break;
        }
        if token.folded.is_empty() {
            continue;
        }
        joined.push_str(&token.folded);
        // a damaged label never takes the place of a whole one
        if let Some((kind, exact)) = catalogue::kind_of(&joined)
            && (exact || best.is_none())
        {
            best = Some((kind, exact, place + 1));
        }
        if token.text.ends_with(':') || !catalogue::begins(&joined) {
            break;
        }
    }
    let (kind, exact, end) = best?;
    // "Lieferant GmbH" is a name
    if tokens.get(end).is_some_and(super::names::is_form) {
        return None;
    }
    let colon = tokens[end - 1].text.ends_with(':') || tokens.get(end).is_some_and(|next| next.text == ":");
    let opens = cell.start == start || tokens[start - 1].folded.is_empty();
    // "Steuerbevollmächtigter des Verkäufers:" is somebody else
    if matches!(kind, Kind::Seller | Kind::Buyer) && !opens {
        return None;
    }
    let closes = cell.start + cell.tokens.len() == end;
    let firm = colon || opens;
    // short words are labels only where labels stand
    let length: usize = tokens[start..end].iter().map(|token| token.folded.len()).sum();
    if length < 9 && !firm && !(closes && length > 3) {
        return None;
    }
    let end = end + absorbed(view.cell_at(number, end - 1), end);
    Some(Sign { kind, exact, firm, row: number, start, end, second: None })
}

/// Words behind a label that belong to it: its translation, a remark in brackets, "Nr.".
fn absorbed(cell: &Cell, end: usize) -> usize {
    const MORE: [&str; 6] = ["nr", "no", "nummer", "number", "lautet", "ist"];
    let tokens = &cell.tokens[(end - cell.start).min(cell.tokens.len())..];
    let is_digit = |token: &Token| token.text.contains(|c: char| c.is_ascii_digit());
    let mut used = 0;
    let mut last = &cell.tokens[end - cell.start - 1];
    while let Some(token) = tokens.get(used) {
        let bilingual = token.text == "/" || token.text == "|" || last.text.ends_with('/');
        if last.text.ends_with(':') {
            break;
        }
        if token.text.starts_with('(') {
            let closing = tokens[used..].iter().take(8).position(|token| token.text.contains(')'));
            let Some(closing) = closing.filter(|place| !tokens[used..=used + place].iter().any(is_digit))
            else {
                break;
            };
            used += closing + 1;
        } else if bilingual {
            let from = used + usize::from(token.folded.is_empty());
            let words = tokens[from..].iter().take(4).take_while(|token| {
                let letters = token.text.trim_end_matches([':', '.', ')']);
                !letters.is_empty() && letters.chars().all(|c| c.is_alphabetic() || "-/.#".contains(c))
            });
            let words = words.count();
            if words == 0 {
                break;
            }
            used = from + words;
        } else if token.folded.is_empty() && !is_digit(token) || MORE.contains(&token.folded.as_str()) {
            used += 1;
        } else {
            break;
        }
        last = &tokens[used - 1];
    }
    used
}

/// Labels whose second half stands in the line below: "Ihre / Bestellung", "Lieferschein- / Nr.".
fn two_lines(view: &View, known: &[Sign]) -> Vec<Sign> {
    let mut found = Vec::new();
    for (number, cell) in view.cells.iter().enumerate() {
        let short = cell.tokens.len() <= 3 && !cell.tokens.iter().any(|token| token.text.ends_with(':'));
        let is_sign = known
            .binary_search_by_key(&(cell.row, cell.start), |sign| (sign.row, sign.start))
            .is_ok_and(|place| known[place].exact && known[place].end == cell.start + cell.tokens.len());
        let joined: String = cell.tokens.iter().map(|token| token.folded.as_str()).collect();
        let whole = WHOLE.contains(&joined.as_str()) || signs_value(view, known, cell);
        if !short || whole || is_sign || joined.is_empty() || !catalogue::begins(&joined) {
            continue;
        }
        let Some(below) = cells::below(&view.cells, number).map(|below| &view.cells[below]) else { continue };
        let Some(next) = below.tokens.first().filter(|_| (below.left - cell.left).abs() < cell.height) else {
            continue;
        };
        if let Some((kind, exact)) = catalogue::kind_of(&format!("{joined}{}", next.folded)) {
            let end = cell.start + cell.tokens.len();
            let (row, start, second) = (cell.row, cell.start, Some(below.row));
            found.push(Sign { kind, exact, firm: true, row, start, end, second });
        }
    }
    found
}

/// Headings that are no first halves of a label.
const WHOLE: [&str; 7] = ["rechnung", "gutschrift", "invoice", "abrechnung", "beleg", "auftrag", "vertrag"];

/// The cell begins with a whole label and goes on with its value.
fn signs_value(view: &View, known: &[Sign], cell: &Cell) -> bool {
    let sign = known.binary_search_by_key(&(cell.row, cell.start), |sign| (sign.row, sign.start));
    sign.is_ok_and(|place| {
        let end = known[place].end.min(cell.start + cell.tokens.len());
        let behind = &view.rows[cell.row].tokens[end..cell.start + cell.tokens.len()];
        behind.iter().any(|token| token.text.contains(|c: char| c.is_ascii_digit()))
    })
}
