//! The lines of a guessed invoice.
//!
//! In: rows and their amounts. Out: [`Item`]s. A line is believed when quantity × price gives its total, and
//! all of them when they add up to a sum of the invoice. Absent on purpose: that comparison; see `totals`.

use super::amounts::Money;
use super::columns::{Head, Holds, head};
use super::headless::above_sums;
use super::labelled::names_sums;
use super::parts::Parts;
use super::roles::{Role, label};
use super::sheet::{Row, text};
use rust_decimal::Decimal;

pub const MOST_ITEMS: usize = 2_000;
/// Rows below a line in which its description goes on.
const MOST_CONTINUED: usize = 6;

/// One line of an invoice.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    pub row: usize,
    pub id: Option<String>,
    pub name: String,
    pub quantity: Option<Decimal>,
    pub unit: Option<String>,
    pub price: Option<Decimal>,
    pub rate: Option<Decimal>,
    pub total: Money,
    /// Quantity × price gives the total.
    pub proved: bool,
    /// Quantity or total was put right by arithmetic.
    pub repaired: bool,
}

/// The lines of all tables with a head, else of the column of amounts above the sums.
pub fn items(rows: &[Row], amounts: &[Vec<Money>]) -> Vec<Item> {
    let mut items = under_heads(rows, amounts);
    if items.is_empty() {
        items = above_sums(rows, amounts);
    }
    items.truncate(MOST_ITEMS);
    items
}

fn under_heads(rows: &[Row], amounts: &[Vec<Money>]) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut table: Option<Head> = None;
    let (mut ended, mut silent, mut fresh) = (false, 0, false);
    for number in 0..rows.len() {
        if table.as_ref().is_some_and(|table| number <= table.row) {
            continue;
        }
        if let Some(head) = head(rows, number, |row| amounts[row].iter().any(|money| money.sound)) {
            if head.of(Holds::Total).is_some()
                && !(ended && !items.is_empty() && head.of(Holds::Name).is_none())
            {
                // Below a head that is printed again stands what was carried over.
                fresh = !items.is_empty();
                (table, ended, silent) = (Some(head), false, 0);
            }
            continue;
        }
        let Some(head) = &table else { continue };
        if ended {
            continue;
        }
        if amounts[number].is_empty() && names_sums(&rows[number]) {
            ended = true;
            continue;
        }
        if carried(&rows[number], &amounts[number], fresh) {
            continue;
        }
        if ends(&rows[number], &amounts[number]) {
            ended = true;
            continue;
        }
        match item(rows, number, &amounts[number], head) {
            Some(item) => {
                items.push(item);
                (silent, fresh) = (0, false);
            }
            None => {
                silent += 1;
                // The page goes on with something else; a table on the next page brings its own head.
                ended = silent > 14;
                if silent <= MOST_CONTINUED {
                    go_on(&mut items, &rows[number], number, head, &amounts[number]);
                }
            }
        }
        if items.len() >= MOST_ITEMS {
            break;
        }
    }
    items
}

/// "Zwischensumme 46.484,60" right below the head of the next page.
fn carried(row: &Row, amounts: &[Money], fresh: bool) -> bool {
    let ([last], true) = (amounts, fresh) else { return false };
    label(&row.tokens[..last.start]).is_some_and(|label| !label.strong || label.role == Role::Carry)
}

/// A row with a sum of the invoice.
fn ends(row: &Row, amounts: &[Money]) -> bool {
    let Some(last) = amounts.last() else { return false };
    let front = &row.tokens[..last.start];
    // an item has its quantity in front of the words or between words and price; a sum has only words
    label(front).is_some_and(|label| match label.role {
        Role::Net | Role::Gross | Role::NetAndGross => label.strong || amounts.len() == 1,
        Role::Vat | Role::Due => amounts.len() <= 2,
        _ => false,
    })
}

/// The line in this row, where it has a total in the right column.
fn item(rows: &[Row], number: usize, amounts: &[Money], head: &Head) -> Option<Item> {
    let row = &rows[number];
    let column = head.of(Holds::Total)?;
    let in_column =
        |left: f32, right: f32| head.under(left, right) == Some(Holds::Total) && right > column.left - 12.0;
    let found = amounts.iter().rfind(|money| in_column(money.left, money.right));
    let place = row.tokens.iter().rposition(|token| {
        in_column(token.x, token.x + token.width) && token.text.chars().any(|c| c.is_ascii_digit())
    });
    let front = found.map(|money| money.start).or(place)?;
    let said = label(&row.tokens[..front]).map(|label| label.role);
    if said == Some(Role::Carry) {
        return None;
    }
    let parts = Parts::of(row, front, head, amounts);
    if found.is_none() && !parts.has_both() {
        return None;
    }
    let mut total = match found {
        Some(money) => money.clone(),
        None => parts.restored_total(row, number, place?)?,
    };
    if !total.sound && found.is_some() && parts.has_both() && parts.proof(total.value).is_none() {
        total = parts.restored_total(row, number, front)?;
    }
    let proof = parts.proof(total.value);
    let restored = if proof.is_none() { parts.restored_quantity(total.value) } else { None };
    if !total.sound && proof.is_none() {
        return None;
    }
    let name = parts.name(row, front);
    // The words of a line may sound like a sum ("Stromsteuer", "Stundensatz"); then only its product counts.
    let sum = said.is_some_and(|role| !matches!(role, Role::Charge | Role::Exempt));
    if proof.is_none() && (sum || name.is_empty() && parts.numbers.is_empty()) {
        return None;
    }
    let (quantity, price) = match (proof, restored) {
        (Some((quantity, price)), _) => (Some(quantity), Some(price)),
        (None, Some((quantity, price))) => (Some(quantity), Some(price)),
        (None, None) => (parts.quantity(), parts.price()),
    };
    Some(Item {
        row: number,
        id: parts.id.clone(),
        name,
        quantity,
        unit: parts.unit(row, front),
        price,
        rate: parts.rate(row),
        proved: proof.is_some(),
        repaired: restored.is_some() || !total.sound,
        total,
    })
}

/// Text below a line that belongs to its description.
fn go_on(items: &mut [Item], row: &Row, number: usize, head: &Head, amounts: &[Money]) {
    let Some(item) = items.last_mut() else { return };
    let page_break = number > item.row + MOST_CONTINUED;
    let Some(name) = head.of(Holds::Name) else { return };
    if page_break || !amounts.is_empty() || label(&row.tokens).is_some() {
        return;
    }
    let next = head
        .columns
        .iter()
        .filter(|column| column.left > name.left + 1.0)
        .map(|column| column.left)
        .fold(f32::MAX, f32::min);
    let inside =
        row.tokens.iter().all(|token| token.x > name.left - 25.0 && token.x + token.width < next + 120.0);
    if inside && item.name.len() < 300 {
        item.name = format!("{} {}", item.name, text(&row.tokens)).trim().to_owned();
    }
}
