//! The lines of an invoice whose table has no head.
//!
//! In: rows and their amounts. Out: [`Item`]s: the amounts that stand in one column above the first sum. Absent
//! on purpose: tables with a head; see `lines`.

use super::amounts::Money;
use super::columns::Head;
use super::labelled::names_sums;
use super::lines::{Item, MOST_ITEMS};
use super::parts::Parts;
use super::roles::{Role, label};
use super::sheet::{Row, Token, text};
use rust_decimal::Decimal;

/// Points by which the right edges of one column may differ.
const ALIGNED: f32 = 23.0;
/// Rows without an amount between two lines, and between the last line of a page and the first of the next.
const SILENT: [usize; 2] = [3, 24];

/// The amounts that stand in one column above the first sum.
pub fn above_sums(rows: &[Row], amounts: &[Vec<Money>]) -> Vec<Item> {
    let sum = (0..rows.len()).find(|number| {
        let Some(last) = amounts[*number].last().filter(|money| money.sound) else { return false };
        label(&rows[*number].tokens[..last.start])
            .is_some_and(|label| matches!(label.role, Role::Net | Role::Gross | Role::NetAndGross))
    });
    let Some(sum) = sum else { return Vec::new() };
    let edge = amounts[sum].last().map(|money| money.right);
    let mut first: Vec<Item> = Vec::new();
    // The sums may stand at another edge than the lines, and the lines on several pages: then they must add up.
    for (edge, pages) in [(edge, false), (None, false), (edge, true), (None, true)] {
        let items = Column { rows, amounts, sum, pages }.items(edge);
        let total: Decimal = items.iter().map(|item| item.total.value).sum();
        let sums = amounts[sum..].iter().flatten().filter(|money| money.sound);
        if !items.is_empty() && sums.map(|money| money.value.abs()).any(|value| value == total.abs()) {
            return items;
        }
        if edge.is_some() && !pages {
            first = items;
        }
    }
    first
}

struct Column<'a> {
    rows: &'a [Row],
    amounts: &'a [Vec<Money>],
    sum: usize,
    /// Whether it may go on from the page before.
    pages: bool,
}

impl Column<'_> {
    /// The lines above the sum, whose totals end at `edge`, else where the last of them ends.
    fn items(&self, edge: Option<f32>) -> Vec<Item> {
        let none = Head::default();
        let mut edge = edge;
        let mut items: Vec<Item> = Vec::new();
        let mut silent = 0;
        let mut page = self.rows[self.sum].page;
        for number in (0..self.sum).rev() {
            let row = &self.rows[number];
            // What stands below the head of a table of sums is no line.
            if self.amounts[number].is_empty() && names_sums(row) {
                items.clear();
                continue;
            }
            let turned = row.page != page;
            if turned && !self.pages || silent > SILENT[usize::from(self.pages)] || items.len() >= MOST_ITEMS {
                break;
            }
            let last = self.amounts[number].last().filter(|money| money.sound && money.start > 0);
            let worded = last.is_some_and(|last| row.tokens[..last.start].iter().any(is_word));
            let aligned = |money: &&Money| edge.map_or(worded, |edge| (money.right - edge).abs() < ALIGNED);
            let Some(total) = last.filter(aligned) else {
                silent += 1;
                continue;
            };
            let said = label(&row.tokens[..total.start]).map(|label| label.role);
            // A sum that is carried over is no line either.
            if self.pages && said.is_some_and(|role| matches!(role, Role::Carry | Role::Net)) {
                continue;
            }
            if said.is_some_and(|role| !matches!(role, Role::Charge | Role::Allowance)) {
                break;
            }
            (silent, page) = (0, row.page);
            edge = edge.or(Some(total.right));
            items.push(headless(self.rows, number, total, &none, self.amounts));
        }
        items.reverse();
        items
    }
}

fn is_word(token: &Token) -> bool {
    token.text.chars().filter(|c| c.is_alphabetic()).count() > 2
}

fn headless(rows: &[Row], number: usize, total: &Money, none: &Head, amounts: &[Vec<Money>]) -> Item {
    let row = &rows[number];
    let words: Vec<Token> = row.tokens[..total.start].to_vec();
    // "2,25 x 3,99" above or below the line, or in it
    let mut proof = None;
    for beside in [number, number + 1, number.saturating_sub(1)] {
        let Some(other) = rows.get(beside).filter(|other| proof.is_none() && other.page == row.page) else {
            continue;
        };
        let end = if beside == number { total.start } else { other.tokens.len() };
        let times = other.tokens[..end].iter().any(|token| {
            ["x", "×", "à", "a", "á", "*", "@", "ä", "4", "je"].contains(&token.text.to_lowercase().as_str())
                || token.folded.ends_with('x')
        });
        if times && end <= 16 {
            proof = Parts::of(other, end, none, &amounts[beside]).proof(total.value);
        }
    }
    let letters = |token: &&Token| token.text.chars().any(char::is_alphabetic);
    let name = text(&words.iter().filter(letters).cloned().collect::<Vec<_>>());
    Item {
        row: number,
        id: None,
        name,
        quantity: proof.map(|(quantity, _)| quantity),
        unit: None,
        price: proof.map(|(_, price)| price),
        rate: None,
        total: total.clone(),
        proved: proof.is_some(),
        repaired: false,
    }
}
