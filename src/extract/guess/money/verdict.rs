//! The sums that won, as values with their evidence.
//!
//! In: the best reading. Out: [`Sums`]; each value says by its marks what proved it. Absent on purpose: choosing.

use super::amounts::Money;
use super::roles::Role;
use super::shares::Found;
use super::sheet::Guess;
use super::totals::{Reading, Sheet};
use crate::invoice::Amount;
use rust_decimal::Decimal;

#[derive(Debug, Clone, Default)]
pub struct Sums {
    pub net: Option<Guess<Amount>>,
    pub vat: Option<Guess<Amount>>,
    pub gross: Option<Guess<Amount>>,
    pub breakdown: Vec<Share>,
    /// The lines add up to net or gross.
    pub lines: bool,
}

/// BG-23 VAT breakdown, as far as it is printed.
#[derive(Debug, Clone)]
pub struct Share {
    pub rate: Decimal,
    /// Not where only its tax is printed and several fit.
    pub base: Option<Guess<Amount>>,
    pub tax: Guess<Amount>,
    pub category: &'static str,
}

const GROSS: &[Role] = &[Role::Gross, Role::NetAndGross, Role::Due, Role::Tender, Role::Net];

/// What speaks for a reading.
struct Proof<'a> {
    sheet: &'a Sheet<'a>,
    reading: &'a Reading,
    marks: Vec<&'static str>,
    /// Independent proofs.
    count: usize,
    rival: bool,
    /// The gross sum is named as such.
    named: bool,
}

pub fn told(sheet: &Sheet, reading: &Reading, rival: bool) -> Sums {
    let proof = Proof::of(sheet, reading, rival);
    let several = reading.shares.len() > 1;
    let charged = reading.vat.is_some_and(|vat| !vat.is_zero());
    let bases = several && reading.shares.iter().all(|share| share.base_at.is_some());
    // "darin enthalten 19 % MwSt. 407,76": the net is what is left.
    let contained = charged
        && proof.named
        && !reading.shares.is_empty()
        && reading.shares.iter().all(|share| share.exact && share.base_at.is_none() && !share.repaired);
    let nets: &[Role] = if charged {
        &[Role::Net, Role::NetAndGross, Role::Base]
    } else {
        &[Role::Net, Role::NetAndGross, Role::Base, Role::Gross]
    };
    Sums {
        net: reading.net.and_then(|net| proof.give(net, nets, bases || contained)),
        vat: reading.vat.and_then(|vat| proof.give(vat, &[Role::Vat], several || !charged)),
        gross: proof.give(reading.gross, GROSS, false),
        breakdown: proof.breakdown(),
        lines: sheet.makes(reading),
    }
}

impl<'a> Proof<'a> {
    fn of(sheet: &'a Sheet<'a>, reading: &'a Reading, rival: bool) -> Self {
        let bases: Decimal = reading.shares.iter().map(|share| share.base).sum();
        let telling = reading.shares.iter().any(|share| share.exact && share.tax.abs() >= Decimal::ONE);
        let proofs = [
            ("sums", sheet.added_up(reading)),
            ("rate", telling && reading.net == Some(bases)),
            ("lines", sheet.makes(reading)),
            ("giro", sheet.hints.giro == Some(reading.gross)),
        ];
        let mut marks: Vec<&'static str> = proofs.iter().filter(|proof| proof.1).map(|proof| proof.0).collect();
        let count = marks.len();
        if rival {
            marks.push("several");
        }
        let named =
            sheet.labelled(reading.gross, GROSS).is_some() || sheet.misread(reading.gross, GROSS).is_some();
        if !named {
            marks.push("nameless");
        }
        Self { sheet, reading, marks, count, rival, named }
    }

    /// A sum with its place on the page; `computed` ones need none of their own.
    fn give(&self, value: Decimal, roles: &[Role], computed: bool) -> Option<Guess<Amount>> {
        let labelled = self.sheet.labelled(value, roles);
        let strong = labelled.is_some_and(|labelled| labelled.is_strong());
        let mut marks = self.marks.clone();
        if strong {
            marks.push("label");
        }
        let money = match labelled.map(|labelled| &labelled.money).or_else(|| self.printed(value)) {
            Some(money) if money.sound => money,
            // What had to be mended is worth nothing alone.
            Some(_) if self.count == 0 => return None,
            Some(money) => {
                marks.push("repaired");
                money
            }
            None => {
                let proved = !computed && self.count > 0 && !self.reading.shares.is_empty();
                let misread = if proved { self.sheet.misread(value, roles) } else { None };
                marks.push(if misread.is_some() { "repaired" } else { "added" });
                misread.or_else(|| self.beside().filter(|_| computed))?
            }
        };
        let repaired = marks.contains(&"repaired");
        // Amounts without a name may agree by chance.
        let worth = match (self.count, self.named || self.count > 2) {
            (2.., true) if repaired => 0.97,
            (2.., true) => 0.99,
            (1, true) => 0.96,
            (1.., false) => 0.85,
            (0, _) if labelled.is_some() => 0.6,
            (0, _) => 0.4,
        };
        Some(self.weighed(money, value, worth, &marks))
    }

    /// The value anywhere on the pages.
    fn printed(&self, value: Decimal) -> Option<&Money> {
        let places = self.sheet.index.get(&value)?;
        let monies = places.iter().map(|place| &self.sheet.all[*place].money);
        monies.max_by_key(|money| (money.sound, money.row))
    }

    /// Where a sum that is not printed would be looked for.
    fn beside(&self) -> Option<&Money> {
        let tax = self.reading.shares.first().map(|share| &share.tax_at);
        let gross =
            || self.sheet.labelled(self.reading.gross, &[Role::Gross, Role::NetAndGross, Role::Due, Role::Net]);
        tax.or_else(|| gross().map(|labelled| &labelled.money))
    }

    fn weighed(&self, money: &Money, value: Decimal, worth: f32, marks: &[&'static str]) -> Guess<Amount> {
        let mut guess = money.guess(worth);
        guess.value = Amount::new(value);
        // A proof stands above the reader's own doubts.
        if self.count >= 2 {
            guess.evidence.confidence = worth;
        }
        if self.rival {
            guess.evidence.confidence *= 0.8;
        }
        marks.iter().fold(guess, |guess, mark| guess.marked(mark))
    }

    fn breakdown(&self) -> Vec<Share> {
        let (Some(net), Some(vat)) = (self.reading.net, self.reading.vat) else { return Vec::new() };
        let category = match (self.sheet.hints.reverse, vat.is_zero()) {
            (true, true) => "AE",
            (false, true) => "E",
            (_, false) => "S",
        };
        if vat.is_zero() {
            let base = self.give(net, &[Role::Net, Role::NetAndGross, Role::Gross], true);
            let tax = self.give(vat, &[Role::Vat], true);
            return tax.map(|tax| Share { rate: Decimal::ZERO, base, tax, category }).into_iter().collect();
        }
        let mut shares: Vec<&Found> = self.reading.shares.iter().collect();
        shares.sort_by_key(|share| share.tax_at.row);
        let category = |share: &Found| if share.rate.is_zero() { "E" } else { category };
        shares.into_iter().map(|share| self.share(share, category(share))).collect()
    }

    fn share(&self, share: &Found, category: &'static str) -> Share {
        // The breakdown is right or wrong as a whole.
        let repaired = self.reading.shares.iter().any(|share| share.repaired);
        let mut marks = self.marks.clone();
        if repaired {
            marks.push("repaired");
        }
        let worth = match self.count {
            2.. if repaired => 0.97,
            2.. => 0.99,
            _ => 0.9,
        };
        let base_at = share.base_at.as_ref().unwrap_or(&share.tax_at);
        let base = share.base_known.then(|| self.weighed(base_at, share.base, worth, &marks));
        Share { rate: share.rate, base, tax: self.weighed(&share.tax_at, share.tax, worth, &marks), category }
    }
}
