//! Amounts of money as they stand on the pages.
//!
//! In: rows. Out: [`Money`] row by row, each with its place, and whether it was written so that it can only be
//! this amount. Absent on purpose: what an amount is for.

use super::sheet::{Guess, Row, Token};
use super::written::{amount, dotted_amount, rate, rate_number};
use crate::invoice::{Amount, Evidence};
use rust_decimal::{Decimal, RoundingStrategy};

/// Of one row, no more amounts are looked at.
const MOST_IN_A_ROW: usize = 20;
/// Of one document, no more amounts are looked at; the first ones go, sums stand at the end.
const MOST: usize = 3_000;
/// Rates of VAT printed as a bare number ("19", "7,00") in a table: Germany, then its neighbours.
const BARE_RATES: [&str; 18] = [
    "19", "7", "16", "5", "20", "10", "13", "21", "9", "6", "8.1", "2.6", "3.8", "7.7", "2.5", "22", "23", "25",
];

/// An amount on a page.
#[derive(Debug, Clone, PartialEq)]
pub struct Money {
    pub value: Decimal,
    pub evidence: Evidence,
    pub row: usize,
    /// Tokens of its row: from, to (excluded).
    pub start: usize,
    pub end: usize,
    /// Points.
    pub left: f32,
    pub right: f32,
    /// Nothing had to be mended to read it. What was mended counts only where arithmetic proves it.
    pub sound: bool,
}

impl Money {
    pub fn guess(&self, confidence: f32) -> Guess<Amount> {
        let mut evidence = self.evidence.clone();
        evidence.confidence *= confidence;
        Guess { value: Amount::new(self.value), evidence }
    }
}

/// The amounts of every row, from left to right.
pub fn amounts(rows: &[Row]) -> Vec<Vec<Money>> {
    let writes = writes(rows);
    let mut found: Vec<Vec<Money>> = Vec::with_capacity(rows.len());
    for (number, row) in rows.iter().enumerate() {
        found.push(of_row(number, row, writes));
    }
    let mut count: usize = found.iter().map(Vec::len).sum();
    for monies in &mut found {
        if count <= MOST {
            break;
        }
        count -= monies.len();
        monies.clear();
    }
    found
}

/// How the document writes its amounts.
#[derive(Debug, Clone, Copy, Default)]
struct Writes {
    /// `12.50`: far more of them than with a comma.
    points: bool,
    /// `1.234,56` or `1234,56` stands somewhere: a blank between digits parts two numbers.
    unparted: bool,
}

fn writes(rows: &[Row]) -> Writes {
    let (mut points, mut commas, mut unparted) = (0, 0, false);
    for token in rows.iter().flat_map(|row| &row.tokens) {
        if amount(&token.text).is_some_and(|_| token.text.rfind(',') > token.text.rfind('.')) {
            commas += 1;
            let digits = token.text.bytes().filter(u8::is_ascii_digit).count();
            unparted |= digits > 5 && !token.text.starts_with('-');
        } else if dotted_amount(&token.text).is_some() {
            points += 1;
        }
    }
    Writes { points: points > 3 * commas, unparted }
}

fn of_row(number: usize, row: &Row, writes: Writes) -> Vec<Money> {
    let mut monies: Vec<Money> = Vec::new();
    let mut place = 0;
    while place < row.tokens.len() && monies.len() < MOST_IN_A_ROW {
        let found = signed(&row.tokens, place, writes)
            .or_else(|| joined(&row.tokens[place..], writes))
            .or_else(|| alone(&row.tokens, place, writes.points).map(|value| (value, 1, true)))
            .or_else(|| mended(&row.tokens, place).map(|value| (value, 1, false)));
        let Some((value, used, sound)) = found else {
            place += 1;
            continue;
        };
        let tokens = &row.tokens[place..place + used];
        let (first, last) = (&tokens[0], &tokens[used - 1]);
        monies.push(Money {
            value: value.value(),
            evidence: Guess::new((), 1.0, tokens).evidence,
            row: number,
            start: place,
            end: place + used,
            left: first.x,
            right: last.x + last.width,
            sound,
        });
        place += used;
    }
    monies
}

/// `- 12,00`, `-€ 12,00`, `−EUR 1 234,56`: the minus stands by itself or before the currency.
fn signed(tokens: &[Token], place: usize, writes: Writes) -> Option<(Amount, usize, bool)> {
    let (sign, next) = (&tokens[place], tokens.get(place + 1)?);
    let behind = sign.text.strip_prefix(MINUS)?;
    let most = if behind.is_empty() { 0.6 } else { 1.2 };
    let near = next.x - (sign.x + sign.width) <= most * next.height.min(sign.height.max(next.height * 0.7));
    if !near || !["", "€", "EUR", "Euro", "CHF", "USD", "GBP", "$", "£"].contains(&behind) {
        return None;
    }
    let (value, used, sound) = joined(&tokens[place + 1..], writes).or_else(|| {
        alone(tokens, place + 1, writes.points || !behind.is_empty()).map(|value| (value, 1, true))
    })?;
    let positive = value.value().is_sign_positive();
    positive.then(|| (Amount::new(-value.value()), used + 1, sound))
}

fn alone(tokens: &[Token], place: usize, points: bool) -> Option<Amount> {
    let token = &tokens[place];
    if percent_follows(tokens, place) {
        return None;
    }
    let plain = amount(&token.text);
    if plain.is_some() {
        return plain;
    }
    let before = place.checked_sub(1).and_then(|before| tokens.get(before));
    let beside = before.into_iter().chain(tokens.get(place + 1)).any(is_currency);
    dotted_amount(&token.text).filter(|_| beside || points)
}

fn percent_follows(tokens: &[Token], place: usize) -> bool {
    tokens.get(place + 1).is_some_and(|next| next.text.starts_with('%'))
}

pub fn is_currency(token: &Token) -> bool {
    ["€", "EUR", "Euro", "CHF", "USD", "GBP", "$", "£", "Fr."].contains(&token.text.as_str())
}

/// An amount that fell apart: `1 234,56`, `12 345 678,90`, `35. 440,97`, `37.511 37`, `12, 50`.
fn joined(tokens: &[Token], writes: Writes) -> Option<(Amount, usize, bool)> {
    if let Some((value, used)) = parted(tokens, writes) {
        return Some((value, used, true));
    }
    let [first, second, ..] = tokens else { return None };
    if !close(first, second, 0.6) || percent_follows(tokens, 1) {
        return None;
    }
    let (front, back) = (first.text.as_str(), second.text.as_str());
    let number = front.strip_prefix(MINUS).unwrap_or(front);
    let back = back.trim_end_matches(['€', '|', '*']);
    let grouped = number.split('.').all(digits) && number.len() <= 7;
    let point = number.strip_suffix('.').is_some_and(digits) && back.find([',', '.']) == Some(3);
    if point {
        return amount(&format!("{}{back}", front.trim_end_matches('.'))).map(|value| (value, 2, true));
    }
    let cents = back.strip_prefix(',').unwrap_or(back);
    let torn = front.ends_with(',') && digits(back) && back.len() == 2
        || back.starts_with(',') && digits(cents) && cents.len() == 2 && grouped;
    if torn {
        return amount(&format!("{}{back}", front)).map(|value| (value, 2, true));
    }
    let lost = number.contains('.') && grouped && digits(back) && back.len() == 2;
    if lost { amount(&format!("{front},{back}")).map(|value| (value, 2, false)) } else { None }
}

/// Thousands parted by blanks. A letter of a typewriter is as wide as its blank, so the gap alone does not tell;
/// who writes `1.234,56` elsewhere does not write `1 234,56`.
fn parted(tokens: &[Token], writes: Writes) -> Option<(Amount, usize)> {
    let widest = if writes.unparted { 0.4 } else { 0.9 };
    let front = tokens.first()?.text.as_str();
    let bare = front.strip_prefix(MINUS).unwrap_or(front).trim_start_matches(['€', '$']);
    if !digits(bare) || bare.len() > 3 || bare.starts_with('0') {
        return None;
    }
    let mut whole = front.to_owned();
    for (used, pair) in (2..=4).zip(tokens.windows(2)) {
        let back = pair[1].text.trim_end_matches(['€', '|', '*']);
        if !close(&pair[0], &pair[1], widest) {
            return None;
        }
        if back.find([',', '.']) == Some(3) && !percent_follows(tokens, used - 1) {
            return amount(&format!("{whole}{back}")).map(|value| (value, used));
        }
        if back.len() != 3 || !digits(back) {
            return None;
        }
        whole.push_str(back);
    }
    None
}

const MINUS: [char; 3] = ['-', '−', '–'];

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The gap between two words is at most so many heights.
fn close(first: &Token, second: &Token, most: f32) -> bool {
    second.x - (first.x + first.width) <= most * second.height.min(first.height)
}

/// `1.234.56`, `12,5O`, `1:21`, `37.62`: what it says when look-alikes are put right.
fn mended(tokens: &[Token], place: usize) -> Option<Amount> {
    let text = tokens[place].text.as_str();
    let true_digits = text.bytes().filter(u8::is_ascii_digit).count();
    if true_digits == 0 || text.len() > 18 || percent_follows(tokens, place) {
        return None;
    }
    let put_right: String = text.chars().map(look_alike).collect();
    let put_right = put_right.trim_matches(['\'', '*', '|', '_', '=', '"', '„', '“', '€']);
    let put_right = put_right.trim_end_matches(['.', ',']);
    let (whole, cents) = put_right.rsplit_once([',', '.'])?;
    if cents.len() != 2 || whole.is_empty() {
        return None;
    }
    amount(&format!("{},{cents}", whole.replace(',', ".")))
}

fn look_alike(c: char) -> char {
    match c {
        'O' | 'o' | 'D' | 'Q' => '0',
        'l' | 'I' | 'ı' | 'i' | '!' | 'L' => '1',
        'Z' | 'z' => '2',
        'S' | 's' => '5',
        'B' => '8',
        'T' => '7',
        ':' | ';' => ',',
        other => other,
    }
}

/// The rates of a row with the token they end at: `19%`, `19 %`; in tables also the bare number.
pub fn rates(row: &Row) -> Vec<(Decimal, usize)> {
    let mut rates: Vec<(Decimal, usize)> = Vec::new();
    for (place, token) in row.tokens.iter().enumerate() {
        let apart = percent_follows(&row.tokens, place);
        let found = if apart { rate_number(&token.text) } else { rate(&token.text) };
        rates.extend(found.map(|rate| (rate, place + usize::from(apart))));
    }
    rates
}

/// A number that may be a rate though no `%` stands behind it.
pub fn bare_rate(text: &str) -> Option<Decimal> {
    let number = rate_number(text.trim_matches(|c: char| "()|*,.;".contains(c)))?;
    BARE_RATES.contains(&number.to_string().as_str()).then_some(number)
}

/// The tax a base gives at a rate.
pub fn tax_of(base: Decimal, rate: Decimal) -> Decimal {
    cents(base * rate / Decimal::ONE_HUNDRED)
}

/// The tax a gross amount holds at a rate.
pub fn tax_in(gross: Decimal, rate: Decimal) -> Decimal {
    cents(gross * rate / (Decimal::ONE_HUNDRED + rate))
}

pub fn cents(exact: Decimal) -> Decimal {
    exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero)
}

/// The same digits but for one that was lost or misread.
pub fn nearly(written: &str, digits: &str) -> bool {
    if written == digits {
        return true;
    }
    let same_length = written.len() == digits.len() && digits.len() >= 4;
    same_length && written.bytes().zip(digits.bytes()).filter(|(a, b)| a != b).count() == 1
}

/// The digits an amount is written with.
pub fn digits_of(amount: Decimal) -> String {
    format!("{amount:.2}").chars().filter(char::is_ascii_digit).collect()
}
