//! Amounts with what the page says about each: its role, and the rates beside it.
//!
//! In: rows, amounts, invoice lines. Out: [`Labelled`]. A role comes from the words in front of an amount, else
//! from the head of its column, else from the words above it. Absent on purpose: comparing amounts.

use super::amounts::{Money, bare_rate, rates, tax_of};
use super::lines::Item;
use super::roles::{Label, Role, label};
use super::sheet::{Row, Token};
use rust_decimal::Decimal;

/// Rows below the head of a table of sums that may belong to it.
const MOST_BELOW: usize = 9;
const MOST_RATES: usize = 6;

#[derive(Debug, Clone, PartialEq)]
pub struct Labelled {
    pub money: Money,
    pub label: Option<Label>,
    /// Rates printed in its row.
    pub rates: Vec<Decimal>,
    /// Belongs to a line of the invoice.
    pub item: bool,
    /// Stands in a row of a table of VAT rates.
    pub share: bool,
}

impl Labelled {
    pub fn is_one_of(&self, roles: &[Role]) -> bool {
        self.label.is_some_and(|label| roles.contains(&label.role))
    }

    /// Its words say without doubt what it is.
    pub fn is_strong(&self) -> bool {
        self.label.is_some_and(|label| label.strong)
    }

    pub fn is(&self, role: Role) -> bool {
        self.label.is_some_and(|label| label.role == role)
    }
}

/// A row that names a sum, with no amount that could be read.
#[derive(Debug, Clone, PartialEq)]
pub struct Hole {
    pub role: Role,
    pub rates: Vec<Decimal>,
    /// What was read of the amount.
    pub digits: String,
    /// Where it stands; the value means nothing.
    pub at: Money,
}

/// A column of a table of sums.
#[derive(Debug, Clone, Copy)]
struct Named {
    left: f32,
    right: f32,
    role: Option<Role>,
}

#[derive(Debug, Clone, Default)]
struct Heads {
    row: usize,
    columns: Vec<Named>,
}

/// Whether a row is the head of a table of sums.
pub fn names_sums(row: &Row) -> bool {
    sum_heads(0, row).is_some()
}

pub fn labelled(rows: &[Row], amounts: &[Vec<Money>], items: &[Item]) -> Vec<Labelled> {
    let mut all = Vec::new();
    let mut heads = Heads::default();
    let mut item_rows = items.iter().map(|item| item.row).peekable();
    for (number, row) in rows.iter().enumerate() {
        while item_rows.next_if(|item| *item < number).is_some() {}
        let item = item_rows.peek() == Some(&number);
        let monies = &amounts[number];
        if monies.iter().all(|money| !money.sound)
            && let Some(found) = sum_heads(number, row)
        {
            heads = found;
            continue;
        }
        if monies.is_empty() {
            continue;
        }
        let near =
            heads.columns.len() > 1 && number <= heads.row + MOST_BELOW && rows[heads.row].page == row.page;
        let labels = if near && !item { by_heads(&heads, monies) } else { None };
        let mut percents = row_rates(row, monies, labels.as_deref());
        if let (true, Some(above)) = (percents.is_empty(), words_above(rows, number)) {
            percents.extend(rates(above).into_iter().map(|(rate, _)| (rate, usize::MAX)));
        }
        let labels = labels.or_else(|| by_arithmetic(row, monies, &percents).filter(|_| !item));
        let share = labels.is_some() && !percents.is_empty() && !is_sum(row, monies);
        let labels = match labels {
            Some(labels) if share => labels.into_iter().map(as_share).collect(),
            Some(labels) => labels,
            None => by_words(rows, number, monies),
        };
        for (money, label) in monies.iter().zip(labels) {
            let label = if item { label.filter(|label| label.role == Role::Charge) } else { label };
            let others = percents.iter().filter(|(_, place)| !(money.start..money.end).contains(place));
            let rates = others.map(|(rate, _)| *rate).collect();
            all.push(Labelled { money: money.clone(), label, rates, item, share });
        }
    }
    all
}

/// The rates of a row and the tokens they stand in. A bare number counts where no `%` is printed, and not where
/// it is an amount with a name of its own.
fn row_rates(row: &Row, monies: &[Money], labels: Option<&[Option<Label>]>) -> Vec<(Decimal, usize)> {
    let mut found = rates(row);
    if labels.is_none() && !found.is_empty() {
        return found;
    }
    for (place, token) in row.tokens.iter().enumerate() {
        let Some(rate) = bare_rate(&token.text) else { continue };
        let amount = monies.iter().position(|money| (money.start..money.end).contains(&place));
        let free = match (amount, labels) {
            (None, _) => true,
            (Some(amount), Some(labels)) => labels[amount].is_none(),
            (Some(_), None) => monies.len() > 3,
        };
        if free && found.len() < MOST_RATES {
            found.push((rate, place));
        }
    }
    found
}

/// Three amounts of a row that are net, VAT and gross by their arithmetic: of one rate, or the sum of all.
fn by_arithmetic(row: &Row, monies: &[Money], rates: &[(Decimal, usize)]) -> Option<Vec<Option<Label>>> {
    let count = monies.len();
    if !(3..=5).contains(&count) {
        return None;
    }
    let sum = is_sum(row, monies);
    let own = |vat: usize, place: usize| (monies[vat].start..monies[vat].end).contains(&place);
    for slack in [Decimal::ZERO, Decimal::new(1, 2)] {
        for order in orders(count) {
            let [net, vat, gross] = order;
            let [n, v, g] = order.map(|place| monies[place].value);
            let taxed =
                || rates.iter().any(|(rate, place)| (tax_of(n, *rate) - v).abs() <= slack && !own(vat, *place));
            let adds = n + v == g && !v.is_zero() && v.abs() < n.abs();
            // Without a rate only the usual order tells net from tax.
            if adds && (sum && net < vat && vat < gross || taxed()) {
                let mut labels = vec![None; count];
                for (place, role) in [(net, Role::Net), (vat, Role::Vat), (gross, Role::Gross)] {
                    labels[place] = Some(Label { role, strong: true });
                }
                return Some(labels);
            }
        }
    }
    None
}

/// Every choice of net, VAT and gross among so many amounts, the usual order first.
fn orders(count: usize) -> Vec<[usize; 3]> {
    let mut orders = Vec::new();
    for a in 0..count {
        for b in (0..count).filter(|b| *b != a) {
            orders.extend((0..count).filter(|c| *c != a && *c != b).map(|c| [a, b, c]));
        }
    }
    orders.sort_by_key(|[net, vat, gross]| !(net < vat && vat < gross));
    orders
}

/// "Summe 37.511,37 6.878,71 44.390,08" at the end of a table of rates.
fn is_sum(row: &Row, monies: &[Money]) -> bool {
    let front = monies.first().map_or(0, |first| first.start);
    label(&row.tokens[..front]).is_some_and(|label| label.role == Role::Gross)
}

/// What a sum is called in the row of one rate.
fn as_share(label: Option<Label>) -> Option<Label> {
    label.map(|label| match label.role {
        Role::Net => Label { role: Role::Base, ..label },
        Role::Gross | Role::Due => Label { role: Role::Gross, strong: false },
        _ => label,
    })
}

/// A row of at least two names for sums and no amounts.
fn sum_heads(number: usize, row: &Row) -> Option<Heads> {
    let mut columns: Vec<Named> = Vec::new();
    let mut start = 0;
    while start < row.tokens.len() {
        let cell = row.cell(start);
        let length = cell.len().max(1);
        let percent = cell.iter().any(|token| token.text.contains('%') || token.folded.contains("satz"));
        // "MwSt. 19 %" holds the tax of that rate, "MwSt. %" the rates.
        let percent = percent && !cell.iter().any(|token| token.text.bytes().any(|byte| byte.is_ascii_digit()));
        if let (Some(first), Some(last)) = (cell.first(), cell.last()) {
            let role = label(cell).map(|label| label.role).filter(|_| !percent);
            columns.push(Named { left: first.x, right: last.x + last.width, role });
        }
        start += length;
    }
    let named = columns
        .iter()
        .filter(|column| matches!(column.role, Some(Role::Net | Role::Vat | Role::Gross | Role::Due)))
        .count();
    let other = columns.iter().filter(|column| column.role.is_none()).count();
    (named >= 2 && other <= 3).then_some(Heads { row: number, columns })
}

/// Roles by column, where at least two amounts of the row stand under different names.
fn by_heads(heads: &Heads, monies: &[Money]) -> Option<Vec<Option<Label>>> {
    if monies.len() < 2 {
        return None;
    }
    let nearest = |money: &Money| {
        let middle = (money.left + money.right) / 2.0;
        let off = |column: &&Named| {
            let overlap = money.right.min(column.right) - money.left.max(column.left);
            if overlap > 0.0 { 0.0 } else { (middle - (column.left + column.right) / 2.0).abs() }
        };
        heads.columns.iter().min_by(|a, b| off(a).total_cmp(&off(b)))
    };
    let labels: Vec<Option<Label>> = monies
        .iter()
        .map(|money| nearest(money).and_then(|column| column.role).map(|role| Label { role, strong: true }))
        .collect();
    let mut roles: Vec<Role> = labels.iter().flatten().map(|label| label.role).collect();
    roles.dedup();
    (roles.len() >= 2).then_some(labels)
}

/// Roles by the words in front of each amount.
fn by_words(rows: &[Row], number: usize, monies: &[Money]) -> Vec<Option<Label>> {
    let row = &rows[number];
    let mut labels: Vec<Option<Label>> = Vec::new();
    let mut start = 0;
    for money in monies {
        labels.push(label(&row.tokens[start.min(money.start)..money.start]));
        start = money.end;
    }
    // "MwSt 19 % auf 100,00 € 19,00 €": the first is the base, the last the tax.
    if let [Some(first), rest @ ..] = &labels[..]
        && !rest.is_empty()
        && rest.iter().all(Option::is_none)
    {
        let first = *first;
        let last = labels.len() - 1;
        if matches!(first.role, Role::Vat | Role::Base) {
            labels[0] = Some(Label { role: Role::Base, strong: true });
            labels[last] = Some(Label { role: Role::Vat, strong: true });
        } else {
            labels[last] = Some(first);
        }
    }
    if let (true, Some(above), Some(last)) =
        (labels.iter().all(Option::is_none), words_above(rows, number), labels.last_mut())
    {
        *last = label(&above.tokens);
    }
    labels
}

/// The row of words right above a row of nothing but numbers.
fn words_above(rows: &[Row], number: usize) -> Option<&Row> {
    let row = &rows[number];
    let letters = |token: &Token| token.folded.chars().filter(|c| c.is_alphabetic()).count();
    let wordless = row.tokens.iter().all(|token| letters(token) < 4);
    let above =
        number.checked_sub(1).map(|above| &rows[above]).filter(|above| wordless && above.page == row.page)?;
    let (over, under) = (above.tokens.first()?, row.tokens.first()?);
    let text = above.tokens.iter().all(|token| super::written::amount(&token.text).is_none());
    let near = (under.y - over.y).abs() < 2.2 * under.height.max(over.height);
    (text && near).then_some(above)
}

/// Words of a row that names a sum and nothing else.
const MOST_WORDS_OF_A_HOLE: usize = 9;

/// The rows that name a sum and show no amount, because it was not read.
pub fn holes(rows: &[Row], amounts: &[Vec<Money>]) -> Vec<Hole> {
    let mut holes = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        if !amounts[number].is_empty() || row.tokens.len() > MOST_WORDS_OF_A_HOLE {
            continue;
        }
        let Some(label) = label(&row.tokens).filter(|label| label.strong) else { continue };
        let [.., last] = &row.tokens[..] else { continue };
        let rates: Vec<Decimal> = rates(row).into_iter().map(|(rate, _)| rate).collect();
        let digits =
            row.tokens.iter().rev().take(2).find(|token| token.text.len() > 2 && !token.text.contains('%'));
        let digits =
            digits.map_or("", |token| token.text.as_str()).chars().filter(char::is_ascii_digit).collect();
        let at = Money {
            value: Decimal::ZERO,
            evidence: super::sheet::Guess::new((), 1.0, std::slice::from_ref(last)).evidence,
            row: number,
            start: row.tokens.len() - 1,
            end: row.tokens.len(),
            left: last.x,
            right: last.x + last.width,
            sound: false,
        };
        holes.push(Hole { role: label.role, rates, digits, at });
    }
    holes
}
