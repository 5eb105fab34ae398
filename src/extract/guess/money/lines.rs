//! The lines of a guessed invoice.
//!
//! In: rows and their amounts. Out: [`Item`]s. A line is believed when quantity × price gives its total, and
//! all of them when they add up to a sum of the invoice. Absent on purpose: that comparison; see `totals`.

use super::amounts::{Money, bare_rate, cents, digits_of, nearly, rates};
use super::columns::{Head, Holds, head};
use super::labelled::names_sums;
use super::roles::{Role, label};
use super::sheet::{Row, Token, text};
use super::written::folded;
use rust_decimal::Decimal;

const MOST_ITEMS: usize = 2_000;
/// Rows below a line in which its description goes on.
const MOST_CONTINUED: usize = 6;
/// Numbers of a row that are tried as quantity and price.
const MOST_NUMBERS: usize = 10;
/// Points by which amounts of one column may differ at their right edge.
const ALIGNED: f32 = 9.0;

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
    let (mut ended, mut silent) = (false, 0);
    for number in 0..rows.len() {
        if table.as_ref().is_some_and(|table| number <= table.row) {
            continue;
        }
        if let Some(head) = head(rows, number, |row| amounts[row].iter().any(|money| money.sound)) {
            if head.of(Holds::Total).is_some()
                && !(ended && !items.is_empty() && head.of(Holds::Name).is_none())
            {
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
        if ends(&rows[number], &amounts[number]) {
            ended = true;
            continue;
        }
        match item(rows, number, &amounts[number], head) {
            Some(item) => {
                items.push(item);
                silent = 0;
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

/// A number of a row with every way it may be meant.
#[derive(Debug, Clone)]
struct Number {
    place: usize,
    values: Vec<Decimal>,
    holds: Option<Holds>,
}

/// What a row says beside its total.
#[derive(Debug)]
struct Parts<'a> {
    head: &'a Head,
    id: Option<String>,
    first: usize,
    numbers: Vec<Number>,
    discount: Option<Decimal>,
}

impl<'a> Parts<'a> {
    fn of(row: &Row, front: usize, head: &'a Head, amounts: &[Money]) -> Self {
        let (mut id, mut first) = (None, 0);
        if let Some(token) = row.tokens.first().filter(|_| head.of(Holds::Position).is_some() && front > 0) {
            let plain = token.text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
            let under = head.under(token.x, token.x + token.width) == Some(Holds::Position);
            let short = plain.len() <= 6 && plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
            if under && short && !plain.is_empty() {
                (id, first) = (Some(plain.to_owned()), 1);
            }
        }
        let mut numbers: Vec<Number> = Vec::new();
        let mut discount = None;
        for (place, token) in row.tokens.iter().enumerate().take(front).skip(first) {
            // "4 629,32" is one number.
            let whole = amounts.iter().find(|money| money.end > money.start + 1 && money.start <= place && place < money.end);
            if whole.is_some_and(|money| money.start < place) {
                continue;
            }
            let values = whole.map_or_else(|| readings(&token.text), |money| vec![money.value.abs()]);
            if values.is_empty() {
                continue;
            }
            let right = whole.map_or(token.x + token.width, |money| money.right);
            let holds = head.under(token.x, right);
            if holds == Some(Holds::Discount) {
                discount = values.first().copied();
            } else if holds != Some(Holds::Article) || head.of(Holds::Quantity).is_none() {
                numbers.push(Number { place, values, holds });
            }
        }
        let early = numbers.len().saturating_sub(MOST_NUMBERS);
        numbers.drain(..early);
        Self { head, id, first, numbers, discount }
    }

    fn held(&self, holds: Holds) -> Option<&Number> {
        self.numbers.iter().rfind(|number| number.holds == Some(holds))
    }

    fn has_both(&self) -> bool {
        self.held(Holds::Quantity).is_some() && self.held(Holds::Price).is_some()
    }

    fn quantity(&self) -> Option<Decimal> {
        self.held(Holds::Quantity).and_then(|number| number.values.first().copied())
    }

    fn price(&self) -> Option<Decimal> {
        self.held(Holds::Price).and_then(|number| number.values.first().copied())
    }

    /// Quantity and price whose product is the total, first of all where their columns are.
    fn proof(&self, total: Decimal) -> Option<(Decimal, Decimal)> {
        if let (Some(quantity), Some(price)) = (self.held(Holds::Quantity), self.held(Holds::Price))
            && let Some(found) = self.product(quantity, price, total)
        {
            return Some(found);
        }
        for (place, first) in self.numbers.iter().enumerate() {
            for second in &self.numbers[place + 1..] {
                // A word of the description is no quantity where there is a column for it.
                let taken = |number: &Number| {
                    number.holds == Some(Holds::Name) && self.head.of(Holds::Quantity).is_some()
                };
                if taken(first) && taken(second) {
                    continue;
                }
                if let Some(found) = self.product(first, second, total) {
                    return Some(found);
                }
            }
        }
        None
    }

    fn product(&self, quantity: &Number, price: &Number, total: Decimal) -> Option<(Decimal, Decimal)> {
        for quantity in &quantity.values {
            for price in &price.values {
                if self.gives(*quantity, *price, total) {
                    return Some((*quantity, *price));
                }
            }
        }
        None
    }

    fn gives(&self, quantity: Decimal, price: Decimal, total: Decimal) -> bool {
        let Some(product) = quantity.checked_mul(price) else { return false };
        let off = |whole: Decimal| (cents(whole) - total.abs()).abs() <= Decimal::new(1, 2);
        // prices per hundred or thousand are printed without saying so
        let discounted = self
            .discount
            .and_then(|discount| product.checked_mul(Decimal::ONE - discount / Decimal::ONE_HUNDRED));
        !total.is_zero() && (off(product.abs()) || discounted.is_some_and(|less| off(less.abs())))
    }

    /// A digit that stood alone in its column is often lost: total and price say what it was.
    fn restored_quantity(&self, total: Decimal) -> Option<(Decimal, Decimal)> {
        let price = self.price().filter(|price| price.abs() >= Decimal::ONE)?;
        if self.head.of(Holds::Quantity).is_none() || total.is_zero() {
            return None;
        }
        let share =
            self.discount.map_or(Decimal::ONE, |discount| Decimal::ONE - discount / Decimal::ONE_HUNDRED);
        let exact = total.abs().checked_div(price.checked_mul(share)?)?;
        let quarter = Decimal::new(25, 2);
        let steps = exact.checked_div(quarter)?.round();
        let quantity = (steps * quarter).normalize();
        let small = quantity > Decimal::ZERO && quantity < Decimal::from(1_000);
        (small && self.gives(quantity, price, total)).then_some((quantity, price))
    }

    /// The total that quantity and price give, where the damaged one has the same digits.
    fn restored_total(&self, row: &Row, number: usize, place: usize) -> Option<Money> {
        let token = &row.tokens[place];
        let written: String = token.text.chars().filter(char::is_ascii_digit).collect();
        let share =
            self.discount.map_or(Decimal::ONE, |discount| Decimal::ONE - discount / Decimal::ONE_HUNDRED);
        for quantity in &self.held(Holds::Quantity)?.values {
            for price in &self.held(Holds::Price)?.values {
                let product = cents(quantity.checked_mul(*price)?.checked_mul(share)?);
                let digits = digits_of(product);
                if product > Decimal::ZERO && nearly(&written, &digits) {
                    return Some(Money {
                        value: product,
                        evidence: super::sheet::Guess::new((), 1.0, std::slice::from_ref(token)).evidence,
                        row: number,
                        start: place,
                        end: place + 1,
                        left: token.x,
                        right: token.x + token.width,
                        sound: false,
                    });
                }
            }
        }
        None
    }

    /// The words of the row that are not its numbers.
    fn name(&self, row: &Row, front: usize) -> String {
        let named = self.head.of(Holds::Name);
        let words: Vec<Token> = (self.first..front)
            .map(|place| &row.tokens[place])
            .filter(|token| {
                let under = self.head.under(token.x, token.x + token.width);
                let number = !readings(&token.text).is_empty();
                let mark = token.folded.is_empty();
                match named {
                    Some(_) => {
                        !matches!(
                            under,
                            Some(
                                Holds::Quantity
                                    | Holds::Price
                                    | Holds::Unit
                                    | Holds::Article
                                    | Holds::Discount
                                    | Holds::Rate
                            )
                        ) && !mark
                    }
                    None => !number && !mark,
                }
            })
            .cloned()
            .collect();
        text(&words)
    }

    fn unit(&self, row: &Row, front: usize) -> Option<String> {
        let by_column = row.tokens[..front].iter().find(|token| {
            self.head.of(Holds::Unit).is_some()
                && self.head.under(token.x, token.x + token.width) == Some(Holds::Unit)
                && token.text.chars().any(char::is_alphabetic)
        });
        let behind = self.held(Holds::Quantity).and_then(|number| row.tokens[..front].get(number.place + 1));
        by_column
            .map(|token| unit_code(&token.text))
            .or_else(|| behind.and_then(|token| known_unit(&token.text)))
    }

    fn rate(&self, row: &Row) -> Option<Decimal> {
        let percent = rates(row).into_iter().find(|(_, place)| {
            let token = &row.tokens[*place];
            self.head.under(token.x, token.x + token.width) == Some(Holds::Rate)
        });
        let bare = || {
            let mut tokens = row.tokens.iter();
            tokens.find_map(|token| {
                let under = self.head.under(token.x, token.x + token.width) == Some(Holds::Rate);
                bare_rate(&token.text).filter(|_| under)
            })
        };
        percent.map(|(rate, _)| rate).or_else(bare)
    }
}

/// What a word may mean as a number: `7,5`, `1.000` (thousand, or one), `0,2865`, `10x`.
fn readings(word: &str) -> Vec<Decimal> {
    let bare = word.trim_matches(|c: char| "()€$|*_'".contains(c)).trim_end_matches(['x', 'X', '.', ':', ',']);
    let unsigned = bare.strip_prefix(['-', '−']).unwrap_or(bare);
    let digits = unsigned.bytes().filter(u8::is_ascii_digit).count();
    let plain = unsigned.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',');
    if digits == 0 || digits > 12 || !plain || !unsigned.starts_with(|c: char| c.is_ascii_digit()) {
        return Vec::new();
    }
    let mut values: Vec<Decimal> = Vec::new();
    let mut try_reading = |text: String| {
        if let Ok(value) = Decimal::from_str_exact(&text)
            && !values.contains(&value)
        {
            values.push(value);
        }
    };
    match (unsigned.rfind(','), unsigned.rfind('.')) {
        (None, None) => try_reading(unsigned.to_owned()),
        (Some(comma), point) if point.is_none_or(|point| point < comma) => {
            try_reading(unsigned.replace('.', "").replace(',', "."));
        }
        (comma, Some(point)) => {
            if comma.is_none() && unsigned.len() - point == 4 {
                try_reading(unsigned.replace('.', ""));
            }
            try_reading(unsigned.replace(',', ""));
        }
        _ => {}
    }
    values
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

/// Without a head: the amounts that stand in one column above the first sum.
fn above_sums(rows: &[Row], amounts: &[Vec<Money>]) -> Vec<Item> {
    let sum = (0..rows.len()).find(|number| {
        let Some(last) = amounts[*number].last().filter(|money| money.sound) else { return false };
        label(&rows[*number].tokens[..last.start])
            .is_some_and(|label| matches!(label.role, Role::Net | Role::Gross | Role::NetAndGross))
    });
    let Some(sum) = sum else { return Vec::new() };
    let edge = amounts[sum].last().map_or(0.0, |money| money.right);
    let none = Head::default();
    let mut items: Vec<Item> = Vec::new();
    let mut silent = 0;
    for number in (0..sum).rev() {
        // What stands below the head of a table of sums is no line.
        if amounts[number].is_empty() && names_sums(&rows[number]) {
            items.clear();
            continue;
        }
        if rows[number].page != rows[sum].page || silent > 3 {
            break;
        }
        let total = amounts[number].last().filter(|money| (money.right - edge).abs() < ALIGNED + 14.0);
        let Some(total) = total.filter(|money| money.sound && money.start > 0) else {
            silent += 1;
            continue;
        };
        let front = &rows[number].tokens[..total.start];
        if label(front).is_some_and(|label| !matches!(label.role, Role::Charge | Role::Allowance)) {
            break;
        }
        silent = 0;
        items.push(headless(rows, number, total, &none, amounts));
    }
    items.reverse();
    items
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

#[rustfmt::skip]
const UNITS: &[(&str, &[&str])] = &[
    ("H87", &["stk", "stuck", "st", "stck", "pcs", "pc", "piece", "pieces", "stucke", "ea", "h87"]),
    ("HUR", &["std", "stunde", "stunden", "h", "hour", "hours", "hrs", "stdn", "hur"]),
    ("MIN", &["min", "minuten", "minute"]),
    ("DAY", &["tag", "tage", "day", "days", "pt", "personentag"]),
    ("MON", &["monat", "monate", "mon", "month", "months", "mt"]),
    ("ANN", &["jahr", "jahre", "year"]),
    ("MTR", &["m", "lfm", "meter", "lfdm", "mtr"]),
    ("MTK", &["m2", "qm", "m²", "mtk"]),
    ("MTQ", &["m3", "cbm", "m³", "mtq"]),
    ("KGM", &["kg", "kilo", "kgm"]),
    ("GRM", &["g", "gramm"]),
    ("TNE", &["t", "to", "tonne", "tonnen", "tne"]),
    ("LTR", &["l", "ltr", "liter"]),
    ("KMT", &["km", "kilometer"]),
    ("KWH", &["kwh"]),
    ("LS", &["psch", "pausch", "pauschal", "pauschale", "psch"]),
    ("PA", &["pack", "pck", "packung", "pkg"]),
    ("SET", &["set", "satz"]),
    ("KRT", &[]),
    ("CT", &["krt", "karton", "kt"]),
    ("RO", &["rolle", "rollen", "rll"]),
    ("PR", &["paar"]),
    ("BG", &["beutel", "sack"]),
    ("NAR", &["nacht", "nachte"]),
];

/// UN/ECE code of a unit, else the unit as printed.
fn unit_code(word: &str) -> String {
    known_unit(word).unwrap_or_else(|| word.trim_matches(['.', ',', '_', '|']).to_owned())
}

fn known_unit(word: &str) -> Option<String> {
    let lower = word.to_lowercase();
    let plain = folded(word);
    let is = |names: &[&str]| names.contains(&plain.as_str()) || names.contains(&lower.as_str());
    UNITS.iter().find(|(_, names)| is(names)).map(|(code, _)| (*code).to_owned())
}
