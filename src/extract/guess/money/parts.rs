//! What a line of an invoice says beside its total.
//!
//! In: a row and the head of its table. Out: [`Parts`]: number, quantity, unit, price, rate, name, and whether
//! quantity × price gives the total. Absent on purpose: finding the lines.

use super::amounts::{Money, bare_rate, cents, digits_of, nearly, rates};
use super::columns::{Head, Holds};
use super::sheet::{Row, Token, text};
use super::written::folded;
use rust_decimal::Decimal;

/// Numbers of a row that are tried as quantity and price.
const MOST_NUMBERS: usize = 10;

/// A number of a row with every way it may be meant.
#[derive(Debug, Clone)]
pub struct Number {
    place: usize,
    values: Vec<Decimal>,
    holds: Option<Holds>,
}

/// What a row says beside its total.
#[derive(Debug)]
pub struct Parts<'a> {
    head: &'a Head,
    pub id: Option<String>,
    first: usize,
    pub numbers: Vec<Number>,
    discount: Option<Decimal>,
}

impl<'a> Parts<'a> {
    pub fn of(row: &Row, front: usize, head: &'a Head, amounts: &[Money]) -> Self {
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
            let whole = amounts
                .iter()
                .find(|money| money.end > money.start + 1 && money.start <= place && place < money.end);
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

    pub fn has_both(&self) -> bool {
        self.held(Holds::Quantity).is_some() && self.held(Holds::Price).is_some()
    }

    pub fn quantity(&self) -> Option<Decimal> {
        self.held(Holds::Quantity).and_then(|number| number.values.first().copied())
    }

    pub fn price(&self) -> Option<Decimal> {
        self.held(Holds::Price).and_then(|number| number.values.first().copied())
    }

    /// Quantity and price whose product is the total, first of all where their columns are.
    pub fn proof(&self, total: Decimal) -> Option<(Decimal, Decimal)> {
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
    pub fn restored_quantity(&self, total: Decimal) -> Option<(Decimal, Decimal)> {
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
    pub fn restored_total(&self, row: &Row, number: usize, place: usize) -> Option<Money> {
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
    pub fn name(&self, row: &Row, front: usize) -> String {
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

    pub fn unit(&self, row: &Row, front: usize) -> Option<String> {
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

    pub fn rate(&self, row: &Row) -> Option<Decimal> {
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
