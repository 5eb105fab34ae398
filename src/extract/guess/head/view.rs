//! The pages as they are looked at for heads and parties, and the values that labels name.
//!
//! In: rows. Out: a [`View`]: cells and [`Sign`]s; the value beside or below a sign, the lines of an address.
//! Absent on purpose: how a value of a kind is read; whoever asks brings the reader.

use super::catalogue::Kind;
use super::cells::{self, Cell, NARROW, WIDE};
use super::names;
use super::sheet::{Row, Token};
use super::signs::{Sign, signs};

/// The pages as they are looked at for heads and parties.
pub struct View<'a> {
    pub rows: &'a [Row],
    pub cells: Vec<Cell<'a>>,
    /// From top to bottom, from left to right.
    pub signs: Vec<Sign>,
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
        let mut view = Self { rows, cells, signs: Vec::new() };
        view.signs = signs(&view);
        view
    }

    /// "gemäß Rechnung Nr. 17": the paper a sentence refers to, not the one it stands on.
    pub fn refers(&self, sign: &Sign) -> bool {
        const REFERS: [&str; 12] = [
            "gemass",
            "laut",
            "lt",
            "zu",
            "zur",
            "unserer",
            "ihrer",
            "aus",
            "mit",
            "per",
            "siehe",
            "vorherige",
        ];
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
        let second = || sign.second.and_then(|row| self.right(sign, row, self.end_of_second(sign, row), &read));
        match (right, below) {
            (Some(right), Some(below)) => {
                if self.prefers_below(sign, &right, &below) {
                    Some(below)
                } else {
                    Some(right)
                }
            }
            (Some(right), None) => Some(right),
            (None, below) => {
                self.beyond(sign, &read).or_else(second).or(below).or_else(|| self.wrapped(sign, &read))
            }
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

    /// "Datum: 3.11.2026 · Rechnungsnummer:" ends its line, and the value begins the next one.
    fn wrapped<T>(
        &self,
        sign: &Sign,
        read: &impl Fn(&'a [Token]) -> Option<(T, usize)>,
    ) -> Option<Named<'a, T>> {
        let row = &self.rows[sign.row];
        let rest = &row.tokens[sign.end..];
        let ends = rest.iter().all(|token| token.folded.is_empty()) && sign.start > 2;
        let colon = row.tokens[sign.start..].iter().any(|token| token.text.ends_with(':'));
        let listed = self.signs.iter().any(|other| other.row == sign.row && other.end <= sign.start);
        let next = self.rows.get(sign.row + 1).filter(|next| next.page == row.page)?;
        let (first, begin) = (next.tokens.first()?, row.tokens.first()?);
        let close = (first.x - begin.x).abs() < first.height && first.y - begin.y < 2.2 * first.height;
        if !(ends && colon && listed && close) {
            return None;
        }
        let limit = self.next_sign(sign.row + 1, 0);
        let (value, used) = read(&next.tokens[..limit])?;
        let tokens = &next.tokens[..used];
        Some(Named { value, tokens, position: Position::Across, row: sign.row + 1, start: 0 })
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
            let Some(next) = other.tokens.get(start).filter(|_| number != row && other.page == label.page)
            else {
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

    fn below<T>(&self, sign: &Sign, read: &impl Fn(&'a [Token]) -> Option<(T, usize)>) -> Option<Named<'a, T>> {
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
            // wide words begin further left
            let from = below.tokens.partition_point(|token| token.x < left - 300.0);
            let mut words = below.tokens[from..].iter().take_while(|token| token.x < right);
            let Some(start) = words.position(|token| token.x + token.width > left).map(|under| from + under)
            else {
                continue;
            };
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
            let label = tokens.first().is_some_and(|first| {
                ["nummer", "name", "firma", "kundennummer"].contains(&first.folded.as_str())
            });
            names::is_address_form(tokens)
                || number && !tokens.iter().any(names::is_form)
                || label && tokens.len() <= 3
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

/// Between label and value: punctuation and small words.
fn is_filler(token: &Token) -> bool {
    ["", "nr", "no", "lautet", "ist", "der", "am", "vom", "den", "bis", "zum", "is", "on"]
        .contains(&token.folded.as_str())
}
