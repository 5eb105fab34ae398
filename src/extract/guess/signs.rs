//! Labels found on the pages, and the values they name.
//!
//! In: rows. Out: a [`View`]: cells, blocks and [`Sign`]s; and the value beside or below a sign. Absent on
//! purpose: how a value of a kind is read; whoever asks brings the reader.

use super::catalogue::{self, Kind, LONGEST};
use super::cells::{self, Block, Cell, NARROW, WIDE};
use super::names;
use super::sheet::{Row, Token};

/// The pages as they are looked at for heads and parties.
pub struct View<'a> {
    pub rows: &'a [Row],
    pub cells: Vec<Cell<'a>>,
    pub blocks: Vec<Block>,
    /// From top to bottom, from left to right.
    pub signs: Vec<Sign>,
}

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

/// Where a value stood as seen from its label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// Behind it in the same cell.
    Right,
    /// In the next cell of the row.
    Across,
    Below,
}

/// A value with the words it was read from.
pub struct Named<'a, T> {
    pub value: T,
    pub tokens: &'a [Token],
    pub position: Position,
    pub row: usize,
    /// Its first word in the row.
    pub start: usize,
}

impl<'a> View<'a> {
    pub fn new(rows: &'a [Row]) -> Self {
        let cells = cells::cells(rows, NARROW);
        let blocks = cells::blocks(&cells);
        let mut view = Self { rows, cells, blocks, signs: Vec::new() };
        view.signs = signs(&view);
        view
    }

    /// "gemäß Rechnung Nr. 17": the paper a sentence refers to, not the one it stands on.
    pub fn refers(&self, sign: &Sign) -> bool {
        const REFERS: [&str; 12] =
            ["gemass", "laut", "lt", "zu", "zur", "unserer", "ihrer", "aus", "mit", "per", "siehe", "vorherige"];
        let before = sign.start.checked_sub(1).map(|before| &self.rows[sign.row].tokens[before]);
        let own = matches!(sign.kind, Kind::Number | Kind::Issued);
        own && before.is_some_and(|before| REFERS.contains(&before.folded.as_str()))
    }

    /// The words of each paragraph.
    pub fn paragraphs(&self) -> Vec<Vec<&'a Token>> {
        let lines = cells::cells(self.rows, WIDE);
        let blocks = cells::blocks(&lines);
        blocks.iter().map(|block| block.iter().flat_map(|line| lines[*line].tokens).collect()).collect()
    }

    /// The cell a word belongs to.
    pub fn cell_at(&self, row: usize, token: usize) -> &Cell<'a> {
        &self.cells[self.cell_number(row, token)]
    }

    pub fn cell_number(&self, row: usize, token: usize) -> usize {
        self.cells.partition_point(|cell| (cell.row, cell.start) <= (row, token)).saturating_sub(1)
    }

    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Sign> {
        self.signs.iter().filter(move |sign| sign.kind == kind)
    }

    /// The sign that begins at this word.
    pub fn sign_at(&self, row: usize, token: usize) -> Option<&Sign> {
        let place = self.signs.partition_point(|sign| (sign.row, sign.start) < (row, token));
        self.signs.get(place).filter(|sign| (sign.row, sign.start) == (row, token))
    }

    /// First word of the next sign in the row, or the end of the row.
    fn next_sign(&self, row: usize, from: usize) -> usize {
        let place = self.signs.partition_point(|sign| (sign.row, sign.start) < (row, from));
        let next = self.signs.get(place).filter(|sign| sign.row == row);
        next.map_or(self.rows[row].tokens.len(), |sign| sign.start)
    }

    /// The value of a sign: behind it, across a gap, or below.
    pub fn value<T>(
        &self,
        sign: &Sign,
        read: impl Fn(&'a [Token]) -> Option<(T, usize)>,
    ) -> Option<Named<'a, T>> {
        let right = self.right(sign, sign.row, sign.end, &read);
        if right.as_ref().is_some_and(|right| right.position == Position::Right) {
            return right;
        }
        let below = self.below(sign, &read);
        let second =
            || sign.second.and_then(|row| self.right(sign, row, self.end_of_second(sign, row), &read));
        match (right, below) {
            (Some(right), Some(below)) => {
                if self.prefers_below(sign, &right, &below) { Some(below) } else { Some(right) }
            }
            (Some(right), None) => Some(right),
            (None, below) => self.beyond(sign, &read).or_else(second).or(below),
        }
    }

    /// The second line of a label ends with the cell that stands under its first line.
    fn end_of_second(&self, sign: &Sign, row: usize) -> usize {
        let left = self.rows[sign.row].tokens[sign.start].x;
        let tokens = &self.rows[row].tokens;
        let first = tokens.iter().position(|token| token.x + token.width > left).unwrap_or(tokens.len());
        (first + 1).min(tokens.len())
    }

    fn right<T>(
        &self,
        sign: &Sign,
        row: usize,
        end: usize,
        read: &impl Fn(&'a [Token]) -> Option<(T, usize)>,
    ) -> Option<Named<'a, T>> {
        let tokens = &self.rows[row].tokens;
        let limit = self.next_sign(row, end);
        let mut start = end;
        while start < limit && is_filler(&tokens[start]) {
            start += 1;
        }
        let label = tokens.get(end.checked_sub(1)?)?;
        let first = tokens.get(start).filter(|_| start < limit)?;
        let height = label.height.max(first.height);
        let across = first.x - (label.x + label.width);
        if across > WIDEST * height || sign.row != row && sign.second != Some(row) {
            return None;
        }
        let (value, used) = read(&tokens[start..limit])?;
        let same_cell = self.cell_number(row, start) == self.cell_number(row, end - 1);
        let position = if same_cell { Position::Right } else { Position::Across };
        Some(Named { value, tokens: &tokens[start..start + used], position, row, start })
    }

    /// Columns may stand a little higher or lower than each other: the value beside a label that fell into the
    /// row above or below.
    fn beyond<T>(
        &self,
        sign: &Sign,
        read: &impl Fn(&'a [Token]) -> Option<(T, usize)>,
    ) -> Option<Named<'a, T>> {
        if self.next_sign(sign.row, sign.end) < self.rows[sign.row].tokens.len() {
            return None;
        }
        let (row, start) = self.neighbour(sign.row, sign.end - 1)?;
        let limit = self.next_sign(row, start);
        let (value, used) = read(&self.rows[row].tokens[start..limit])?;
        let tokens = &self.rows[row].tokens[start..start + used];
        Some(Named { value, tokens, position: Position::Across, row, start })
    }

    /// The word right of the last one of its cell, in a row above or below, that stands at the same height.
    pub fn neighbour(&self, row: usize, token: usize) -> Option<(usize, usize)> {
        let label = &self.rows[row].tokens[token];
        let cell = self.cell_at(row, token);
        if token + 1 != cell.start + cell.tokens.len() {
            return None;
        }
        let mut best: Option<(f32, usize, usize)> = None;
        for number in row.saturating_sub(2)..self.rows.len().min(row + 3) {
            let other = &self.rows[number];
            let start = other.tokens.partition_point(|other| other.x < label.x + label.width);
            let Some(next) = other.tokens.get(start).filter(|_| number != row && other.page == label.page) else {
                continue;
            };
            let shared = (label.y + label.height).min(next.y + next.height) - label.y.max(next.y);
            let gap = next.x - label.x - label.width;
            let level = shared >= 0.6 * label.height.min(next.height) && gap < 20.0 * label.height;
            if level && best.is_none_or(|(nearest, ..)| gap < nearest) {
                best = Some((gap, number, start));
            }
        }
        best.map(|(_, number, start)| (number, start))
    }

    fn below<T>(
        &self,
        sign: &Sign,
        read: &impl Fn(&'a [Token]) -> Option<(T, usize)>,
    ) -> Option<Named<'a, T>> {
        let row = &self.rows[sign.row];
        let (first, last) = (&row.tokens[sign.start], &row.tokens[sign.end - 1]);
        let height = first.height.max(last.height);
        let next = self.next_sign(sign.row, sign.end);
        let right = row.tokens.get(next).map_or(f32::INFINITY, |next| next.x - 0.3 * height);
        let (left, right) = (first.x - 0.6 * height, right.min(last.x + last.width + 0.6 * height));
        let level = first.y + first.height / 2.0;
        for number in sign.row + 1..self.rows.len().min(sign.row + 1 + ROWS_BELOW) {
            let below = &self.rows[number];
            let middle = |token: &Token| token.y + token.height / 2.0;
            let under = below.tokens.iter().position(|token| token.x + token.width > left && token.x < right);
            let Some(start) = under else { continue };
            if below.page != row.page || middle(&below.tokens[start]) - level > DEEPEST * height {
                return None;
            }
            let cell = self.cell_at(number, start);
            let whole = cell.right < right + 4.0 * height || cell.left > left - 6.0 * height;
            let start = if whole && cell.left > left - 6.0 * height { cell.start } else { start };
            if self.sign_at(number, start).is_some_and(|other| other.firm) {
                return None;
            }
            let limit = self.next_sign(number, start);
            if let Some((value, used)) = read(&below.tokens[start..limit]) {
                let tokens = &below.tokens[start..start + used];
                return Some(Named { value, tokens, position: Position::Below, row: number, start });
            }
            // one line of something else may lie between (the second line of a label)
            if sign.second != Some(number) {
                return None;
            }
        }
        None
    }

    /// A label above its value, in a row of other labels or far away from what stands to the right.
    fn prefers_below<T>(&self, sign: &Sign, right: &Named<T>, below: &Named<T>) -> bool {
        let tokens = &self.rows[sign.row].tokens;
        let (label, value) = (&tokens[sign.end - 1], &right.tokens[0]);
        let far = value.x - (label.x + label.width) > 6.0 * label.height.max(value.height);
        let first = &tokens[sign.start];
        let aligned = (below.tokens[0].x - first.x).abs() < first.height;
        far && aligned
    }

    /// The line a label of a person or firm names: behind it, below it, or across a gap. Lines that are no names
    /// themselves ("Herrn", a number) are passed over.
    pub fn name_line(&self, sign: &Sign) -> Option<&'a [Token]> {
        let cell = self.cell_at(sign.row, sign.start);
        let end = (sign.end - cell.start).min(cell.tokens.len());
        let rest = &cell.tokens[end..];
        if let Some(begin) = rest.iter().position(|token| !token.folded.is_empty()) {
            return Some(&rest[begin..]);
        }
        let passed = |tokens: &[Token]| {
            let number = tokens.iter().any(|token| token.text.contains(|c: char| c.is_ascii_digit()));
            let label = tokens.first().is_some_and(|first| ["nummer", "name", "firma", "kundennummer"].contains(&first.folded.as_str()));
            names::is_address_form(tokens) || number && !tokens.iter().any(names::is_form) || label && tokens.len() <= 3
        };
        let mut above = self.cell_number(sign.row, sign.start);
        for _ in 0..3 {
            let Some(next) = self.next_line(above) else { break };
            if !passed(self.cells[next].tokens) {
                return Some(self.cells[next].tokens);
            }
            above = next;
        }
        let next = cell.start + cell.tokens.len();
        let near = self.rows[sign.row].tokens.get(next)?.x - cell.right < 20.0 * cell.height;
        near.then(|| self.cell_at(sign.row, next).tokens)
    }

    /// The nearest cell below at the same left edge.
    fn next_line(&self, number: usize) -> Option<usize> {
        let cell = &self.cells[number];
        let height = cell.height.clamp(6.0, 14.0);
        let first = self.cells.partition_point(|other| other.row <= cell.row);
        let last = self.cells.partition_point(|other| other.row <= cell.row + 6);
        (first..last).find(|place| {
            let other = &self.cells[*place];
            let deep = other.level - cell.level;
            other.page == cell.page && deep < 3.4 * height && (other.left - cell.left).abs() < 1.3 * height
        })
    }

    /// The lines above a town that stand at its left edge and in its rhythm, from top to bottom, the town last.
    pub fn address_lines(&self, town: usize) -> Vec<usize> {
        let mut lines = vec![town];
        let mut pitch = f32::INFINITY;
        while lines.len() < 8 {
            let cell = &self.cells[lines[lines.len() - 1]];
            let height = cell.height.clamp(6.0, 14.0);
            let first = self.cells.partition_point(|other| other.row + 6 < cell.row);
            let last = self.cells.partition_point(|other| other.row < cell.row);
            let widest = if pitch.is_finite() { (1.45 * pitch).min(3.4 * height) } else { 3.4 * height };
            let above = (first..last).rev().find(|place| {
                let other = &self.cells[*place];
                let up = cell.level - other.level;
                let aligned = (other.left - self.cells[town].left).abs() < 1.3 * height;
                other.page == cell.page && up > 0.5 * height && up < widest && aligned
            });
            let Some(above) = above else { break };
            let up = cell.level - self.cells[above].level;
            if pitch.is_finite() && up < 0.6 * pitch {
                break;
            }
            pitch = if pitch.is_finite() { pitch.max(up) } else { up };
            lines.push(above);
        }
        lines.reverse();
        lines
    }

    /// Whether the words of a value are all there is in their cell.
    pub fn fills_cell<T>(&self, named: &Named<'a, T>) -> bool {
        let cell = self.cell_at(named.row, named.start);
        let end = named.start + named.tokens.len();
        cell.start == named.start && cell.start + cell.tokens.len() == end
    }
}

/// A value stands no more of its label's heights to the right than this.
const WIDEST: f32 = 40.0;
/// Rows below a label in which its value may stand, and how deep in heights of the label.
const ROWS_BELOW: usize = 4;
const DEEPEST: f32 = 3.6;

fn signs(view: &View) -> Vec<Sign> {
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
    for (place, token) in tokens.iter().enumerate().skip(start).take(LONGEST) {
        let front = token.text.split_once('/').filter(|(front, _)| place > start || front.len() > 3);
        if let Some((kind, exact)) = front.and_then(|(front, _)| {
            catalogue::kind_of(&format!("{joined}{}", super::written::folded(front)))
        }) {
            if exact && (place == start || front.is_some_and(|(front, _)| front.len() > 1)) {
                best = Some((kind, exact, place + 1));
                break;
            }
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
    let cell = view.cell_at(number, start);
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
            let Some(closing) = closing.filter(|place| !tokens[used..=used + place].iter().any(is_digit)) else {
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

/// Between label and value: punctuation and small words.
fn is_filler(token: &Token) -> bool {
    ["", "nr", "no", "lautet", "ist", "der", "am", "vom", "den", "bis", "zum", "is", "on"]
        .contains(&token.folded.as_str())
}
