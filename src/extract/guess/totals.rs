//! The sums of a guessed invoice, proved against each other.
//!
//! In: rows. Out: [`Sums`]. Absent on purpose: lines of the invoice. A sum is believed for its label, and
//! much more when net + VAT = gross; sums that contradict each other are given with little confidence.

use super::sheet::{Guess, Row, Token};
use super::written::{amount, dotted_amount, rate, rate_number};
use crate::invoice::Amount;
use rust_decimal::{Decimal, RoundingStrategy};

/// Amounts of a document that are looked at: the last ones, sums stand at the end.
const MOST_AMOUNTS: usize = 200;
const MOST_OF_ONE_ROLE: usize = 30;
const MOST_RATES: usize = 8;
const MOST_IN_A_ROW: usize = 20;

#[derive(Debug, Clone, Default)]
pub struct Sums {
    pub net: Option<Guess<Amount>>,
    pub vat: Option<Guess<Amount>>,
    pub gross: Option<Guess<Amount>>,
    pub due: Option<Guess<Amount>>,
    pub breakdown: Vec<Share>,
}

/// BG-23 VAT breakdown, as far as it is printed.
#[derive(Debug, Clone)]
pub struct Share {
    pub rate: Decimal,
    pub base: Amount,
    pub tax: Guess<Amount>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Net,
    Vat,
    Gross,
    Due,
}

type Money = Guess<Amount>;

/// Everything on the pages that may be a sum.
#[derive(Debug, Default)]
struct Printed {
    all: Vec<Money>,
    net: Vec<Money>,
    vat: Vec<Money>,
    gross: Vec<Money>,
    due: Vec<Money>,
    rates: Vec<Decimal>,
    shares: Vec<Share>,
    /// Net, VAT and gross in one row, where they agree.
    triples: Vec<[Money; 3]>,
    /// Something was paid before: what is due is not the gross sum.
    prepaid: bool,
}

pub fn sums(rows: &[Row]) -> Sums {
    let printed = printed(rows);
    let mut sums = proved(&printed);
    sums.due = due(&printed, sums.gross.as_ref());
    sums.breakdown = breakdown(&printed, &sums);
    sums
}

fn printed(rows: &[Row]) -> Printed {
    let mut printed = Printed::default();
    for (number, row) in rows.iter().enumerate() {
        let monies = monies(row);
        for rate in rates(row).into_iter().take(MOST_RATES) {
            if !printed.rates.contains(&rate) {
                printed.rates.push(rate);
            }
            printed.shares.extend(share(rate, &monies));
        }
        printed.triples.extend(triple(&monies));
        printed.prepaid |= row.tokens.iter().any(|token| {
            ["abschlag", "anzahlung", "bereitsgezahlt", "gezahlt"]
                .iter()
                .any(|paid| token.folded.starts_with(paid))
        });
        match (role(&row.tokens), monies.last()) {
            (Some(role), Some(last)) => printed.of(role).push(last.clone()),
            (Some(_), None) => below(rows, number, &mut printed),
            (None, _) => {}
        }
        printed.all.extend(monies);
    }
    keep_last(&mut printed.all, MOST_AMOUNTS);
    for role in [Role::Net, Role::Vat, Role::Gross, Role::Due] {
        keep_last(printed.of(role), MOST_OF_ONE_ROLE);
    }
    printed.rates.truncate(MOST_RATES);
    printed.shares.truncate(MOST_RATES);
    printed.triples.truncate(MOST_AMOUNTS);
    add_up(&mut printed);
    printed
}

/// What is compared with everything else is bounded first.
fn keep_last(monies: &mut Vec<Money>, most: usize) {
    let early = monies.len().saturating_sub(most);
    monies.drain(..early);
}

impl Printed {
    fn of(&mut self, role: Role) -> &mut Vec<Money> {
        match role {
            Role::Net => &mut self.net,
            Role::Vat => &mut self.vat,
            Role::Gross => &mut self.gross,
            Role::Due => &mut self.due,
        }
    }
}

/// The amounts of a row, from left to right.
fn monies(row: &Row) -> Vec<Money> {
    let is_currency = |token: &Token| ["€", "EUR", "Euro"].contains(&token.text.as_str());
    let mut monies: Vec<Money> = Vec::new();
    for (place, token) in row.tokens.iter().enumerate() {
        if monies.len() == MOST_IN_A_ROW {
            break;
        }
        let before = place.checked_sub(1).and_then(|before| row.tokens.get(before));
        let beside = before.into_iter().chain(row.tokens.get(place + 1)).any(is_currency);
        // 1 234,56 and "- 12,00" in two words
        let near = before.filter(|before| token.x - (before.x + before.width) < 0.5 * token.height);
        let front = near.map(|before| before.text.as_str()).filter(|front| {
            let thousands = front.len() <= 3 && front.bytes().all(|byte| byte.is_ascii_digit());
            thousands && token.text.find(',') == Some(3) || ["-", "−"].contains(front)
        });
        let joined = front.and_then(|front| amount(&format!("{}{}", front.trim(), token.text)));
        let alone = || amount(&token.text).or_else(|| dotted_amount(&token.text).filter(|_| beside));
        if let Some(value) = joined.or_else(alone) {
            let start = if joined.is_some() { place - 1 } else { place };
            monies.push(Guess::new(value, 1.0, &row.tokens[start..=place]));
        }
    }
    monies
}

/// The rates of a row: `19%` or `19 %`.
fn rates(row: &Row) -> Vec<Decimal> {
    let mut rates: Vec<Decimal> = row.tokens.iter().filter_map(|token| rate(&token.text)).collect();
    for pair in row.tokens.windows(2) {
        if pair[1].text.starts_with('%') {
            rates.extend(rate_number(&pair[0].text));
        }
    }
    rates
}

/// A row with rate, net and VAT whose arithmetic agrees.
fn share(rate: Decimal, monies: &[Money]) -> Option<Share> {
    for base in monies {
        for tax in monies {
            if is_tax(base.value, rate, tax.value) {
                let mut tax = tax.clone();
                tax.evidence.confidence *= 0.9;
                return Some(Share { rate, base: base.value, tax });
            }
        }
    }
    None
}

/// Three amounts next to each other in a row, the third being the sum of the others.
fn triple(monies: &[Money]) -> Option<[Money; 3]> {
    let agrees = |row: &&[Money]| {
        let [net, vat, gross] = row else { return false };
        is_part(vat, net) && net.value.value() + vat.value.value() == gross.value.value()
    };
    monies.windows(3).rfind(agrees)?.to_vec().try_into().ok()
}

/// The sums of a VAT table count as if they were printed below it.
fn add_up(printed: &mut Printed) {
    let mut shares: Vec<&Share> = Vec::new();
    for share in &printed.shares {
        if !shares.iter().any(|known| known.rate == share.rate) {
            shares.push(share);
        }
    }
    let [first, _, ..] = shares[..] else { return };
    let sum = |of: fn(&Share) -> Amount| Amount::new(shares.iter().map(|share| of(share).value()).sum());
    let tax = Guess { value: sum(|share| share.tax.value), evidence: first.tax.evidence.clone() };
    let base = Guess { value: sum(|share| share.base), evidence: first.tax.evidence.clone() };
    printed.vat.push(tax);
    printed.net.push(base);
}

/// Within two cents: VAT is sometimes rounded for every line.
fn is_tax(base: Amount, rate: Decimal, tax: Amount) -> bool {
    let exact = base.value() * rate / Decimal::ONE_HUNDRED;
    let rounded = exact.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    !tax.value().is_zero() && (rounded - tax.value()).abs() <= Decimal::new(2, 2)
}

/// What the words of a row say about its sum: the first word that says something decides.
fn role(tokens: &[Token]) -> Option<Role> {
    const NOT: [&str; 9] = [
        "skonto",
        "ubertrag",
        "einzelpreis",
        "rabatt",
        "anzahlung",
        "abschlag",
        "stundensatz",
        "nachlass",
        "versand",
    ];
    let words: Vec<&str> = tokens.iter().map(|token| token.folded.as_str()).collect();
    if words.iter().any(|word| NOT.iter().any(|not| word.starts_with(not))) {
        return None;
    }
    let joined = words.concat();
    if DUE_PHRASES.iter().any(|phrase| joined.contains(phrase)) {
        return Some(Role::Due);
    }
    let mut roles = words.iter().enumerate().filter_map(|(place, word)| Some((place, word_role(word)?)));
    let (place, first) = roles.next()?;
    match (first, roles.next()) {
        // "Summe netto", "Gesamt MwSt", but not "Gesamt inkl. MwSt"
        (Role::Gross, Some((next, role))) if next == place + 1 => Some(role),
        // "Nettobetrag zzgl. MwSt" is the net; "MwSt auf netto" is the VAT
        (first, _) => Some(first),
    }
}

const DUE_PHRASES: [&str; 9] = [
    "zuzahlen",
    "zuuberweisen",
    "offenerbetrag",
    "amountdue",
    "falligerbetrag",
    "zahlbetrag",
    "zahlungsbetrag",
    "restbetrag",
    "auszahlungsbetrag",
];

fn word_role(word: &str) -> Option<Role> {
    const NET: [&str; 4] = ["zwischensumme", "warenwert", "subtotal", "net"];
    const VAT: [&str; 6] = ["mwst", "ust", "vat", "steuer", "steuerbetrag", "ustbetrag"];
    const GROSS: [&str; 13] = [
        "gesamtbetrag",
        "rechnungsbetrag",
        "endbetrag",
        "endsumme",
        "gesamtsumme",
        "rechnungssumme",
        "gesamt",
        "total",
        "summe",
        "rechnungsendbetrag",
        "gesamtpreis",
        "gutschriftsbetrag",
        "gesamtforderung",
    ];
    if word.starts_with("netto") || word.ends_with("netto") || NET.contains(&word) {
        return Some(Role::Net);
    }
    let vat = ["mwst", "umsatzsteuer", "mehrwertsteuer"].iter().any(|start| word.starts_with(start));
    if vat || VAT.contains(&word) {
        return Some(Role::Vat);
    }
    if word.starts_with("brutto") || GROSS.contains(&word) {
        return Some(Role::Gross);
    }
    None
}

/// A header row ("Netto  MwSt  Gesamt") names the amounts of the row below it by their place.
fn below(rows: &[Row], number: usize, printed: &mut Printed) {
    let row = &rows[number];
    let names: Vec<(f32, Role)> = row
        .tokens
        .iter()
        .filter_map(|token| Some((token.x + token.width / 2.0, word_role(&token.folded)?)))
        .collect();
    let Some(next) = rows.get(number + 1).filter(|next| next.page == row.page && names.len() > 1) else {
        return;
    };
    // A row with a rate is one of several: a share, not the sum.
    if role(&next.tokens).is_some() || !rates(next).is_empty() {
        return;
    }
    for money in monies(next) {
        let middle = money.evidence.area[0] + money.evidence.area[2] / 2.0;
        let distance = |name: &&(f32, Role)| (name.0 - middle).abs();
        let nearest = names.iter().min_by(|a, b| distance(a).total_cmp(&distance(b)));
        if let Some((_, role)) = nearest {
            printed.of(*role).push(money);
        }
    }
}

/// Net, VAT and gross: in one row under a labelled sum, else labelled and agreeing, else agreeing with two
/// labels at a printed rate, else by rate alone, else as labelled.
fn proved(printed: &Printed) -> Sums {
    let gross: Vec<&Money> = printed.gross.iter().rev().chain(printed.due.iter().rev()).collect();
    let in_a_row =
        printed.triples.iter().filter(|[_, _, total]| gross.iter().any(|sum| sum.value == total.value));
    if let Some([net, vat, total]) = in_a_row.max_by_key(|[_, _, total]| total.value.value().abs()) {
        return found(net, vat, total, 0.97);
    }
    let vats = vats(printed);
    let anything = |_: &Money, _: &Money| true;
    let at_a_rate = |net: &Money, vat: &Money| {
        printed.rates.is_empty() || printed.rates.iter().any(|rate| is_tax(net.value, *rate, vat.value))
    };
    let sums = agreeing(&printed.net, &vats, &gross, 0.97, anything)
        .or_else(|| agreeing(&printed.all, &vats, &gross, 0.9, at_a_rate))
        .or_else(|| agreeing(&printed.net, &printed.all, &gross, 0.9, at_a_rate))
        .or_else(|| by_rate(printed));
    sums.unwrap_or_else(|| as_labelled(printed))
}

/// Nothing agrees: the labels alone, and little confidence where they contradict each other.
fn as_labelled(printed: &Printed) -> Sums {
    let labelled = if printed.gross.is_empty() { &printed.due } else { &printed.gross };
    let contradict = !printed.net.is_empty() && !printed.vat.is_empty() && !labelled.is_empty();
    let confidence = if contradict { 0.3 } else { 0.6 };
    let last = |monies: &[Money]| {
        monies.last().map(|money| Guess { evidence: weighed(money, confidence), value: money.value })
    };
    Sums { net: last(&printed.net), vat: last(&printed.vat), gross: last(labelled), ..Sums::default() }
}

/// The labelled VAT amounts, and their sum where two rates are printed.
fn vats(printed: &Printed) -> Vec<Money> {
    let mut vats = printed.vat.clone();
    if let [first, second] = &printed.vat[..]
        && printed.rates.len() == 2
    {
        let mut sum = second.clone();
        sum.value = Amount::new(first.value.value() + second.value.value());
        vats.push(sum);
    }
    vats
}

/// VAT is smaller than its net and has the same sign (a credit note may print both negative).
fn is_part(vat: &Money, net: &Money) -> bool {
    let (vat, net) = (vat.value.value(), net.value.value());
    !vat.is_zero() && vat.abs() < net.abs() && vat.is_sign_negative() == net.is_sign_negative()
}

fn agreeing(
    nets: &[Money],
    vats: &[Money],
    gross: &[&Money],
    confidence: f32,
    plausible: impl Fn(&Money, &Money) -> bool,
) -> Option<Sums> {
    for total in gross {
        for vat in vats {
            for net in nets {
                let agree = net.value.value() + vat.value.value() == total.value.value();
                if agree && is_part(vat, net) && plausible(net, vat) {
                    return Some(found(net, vat, total, confidence));
                }
            }
        }
    }
    None
}

/// No label helps: the largest amount that is another one plus its VAT at a printed rate.
fn by_rate(printed: &Printed) -> Option<Sums> {
    let mut best: Option<Sums> = None;
    let largest = |best: &Option<Sums>| {
        best.as_ref().and_then(|sums| sums.gross.as_ref()).map(|gross| gross.value.value().abs())
    };
    for rate in &printed.rates {
        for net in &printed.all {
            for vat in printed.all.iter().filter(|vat| is_tax(net.value, *rate, vat.value)) {
                let total = Amount::new(net.value.value() + vat.value.value());
                let Some(total) = printed.all.iter().rev().find(|money| money.value == total) else { continue };
                if largest(&best).is_none_or(|earlier| total.value.value().abs() > earlier) {
                    best = Some(found(net, vat, total, 0.8));
                }
            }
        }
    }
    best
}

fn found(net: &Money, vat: &Money, gross: &Money, confidence: f32) -> Sums {
    let guess = |money: &Money| Some(Guess { evidence: weighed(money, confidence), value: money.value });
    Sums { net: guess(net), vat: guess(vat), gross: guess(gross), ..Sums::default() }
}

fn weighed(money: &Money, confidence: f32) -> crate::invoice::Evidence {
    let mut evidence = money.evidence.clone();
    evidence.confidence *= confidence;
    evidence
}

/// BT-115: what is labelled so; without earlier payments it is the gross sum.
fn due(printed: &Printed, gross: Option<&Money>) -> Option<Money> {
    if let Some(labelled) = printed.due.last() {
        let agrees = gross.is_some_and(|gross| gross.value == labelled.value);
        let confidence = if agrees { 0.97 } else { 0.7 };
        return Some(Guess { evidence: weighed(labelled, confidence), value: labelled.value });
    }
    let gross = gross.filter(|_| !printed.prepaid)?;
    Some(Guess { evidence: weighed(gross, 0.95), value: gross.value })
}

/// The printed rows of a VAT table when they make up the VAT; else the one rate that fits net and VAT.
fn breakdown(printed: &Printed, sums: &Sums) -> Vec<Share> {
    let (Some(net), Some(vat)) = (&sums.net, &sums.vat) else { return Vec::new() };
    let mut shares: Vec<Share> = Vec::new();
    for share in &printed.shares {
        if !shares.iter().any(|known| known.rate == share.rate) {
            shares.push(share.clone());
        }
    }
    let taxes: Decimal = shares.iter().map(|share| share.tax.value.value()).sum();
    if !shares.is_empty() && taxes == vat.value.value() {
        return shares;
    }
    let fitting = printed.rates.iter().find(|rate| is_tax(net.value, **rate, vat.value));
    fitting.map(|rate| Share { rate: *rate, base: net.value, tax: vat.clone() }).into_iter().collect()
}
