//! The sums of a guessed invoice, proved against each other.
//!
//! In: labelled amounts, lines, what a GiroCode asks for. Out: [`Sums`]. Every way to read net, VAT and gross
//! from the amounts gets points for what speaks for it: labels, net + VAT = gross, the rate, the lines. The
//! reading with most points wins. Absent on purpose: what is due; see `due`.

use super::amounts::Money;
use super::labelled::Labelled;
use super::roles::Role;
use super::shares::{Found, Index, index, shares};
use super::sheet::Guess;
use crate::invoice::Amount;
use rust_decimal::Decimal;

/// Amounts of one role that are compared; the last ones.
const MOST_OF_A_ROLE: usize = 12;
/// Readings that are compared.
const MOST_READINGS: usize = 4_000;

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
    pub base: Guess<Amount>,
    pub tax: Guess<Amount>,
    pub category: &'static str,
}

/// What stands beside the amounts.
#[derive(Debug, Clone, Default)]
pub struct Hints {
    /// Sums the lines may make: alone, and with discounts and charges of the document.
    pub lines: Vec<Decimal>,
    /// Amount of a GiroCode.
    pub giro: Option<Decimal>,
    /// The receiver owes the VAT (§ 13b UStG).
    pub reverse: bool,
    /// No VAT is charged (§ 19 UStG, § 4 UStG).
    pub exempt: bool,
}

/// One way to read the sums.
#[derive(Debug, Clone, Default)]
struct Reading {
    net: Option<Decimal>,
    vat: Option<Decimal>,
    gross: Decimal,
    shares: Vec<Found>,
    points: i32,
}

pub fn sums(all: &[Labelled], hints: &Hints) -> Sums {
    let sheet = Sheet { all, index: index(all), hints };
    let mut readings = sheet.readings();
    for reading in &mut readings {
        reading.points = sheet.points(reading);
    }
    let Some(best) = readings.iter().max_by_key(|reading| (reading.points, reading.gross.abs())) else {
        return Sums::default();
    };
    let rival = readings
        .iter()
        .filter(|other| other.gross != best.gross)
        .map(|other| other.points)
        .max()
        .is_some_and(|points| points + 3 > best.points);
    sheet.told(best, rival)
}

struct Sheet<'a> {
    all: &'a [Labelled],
    index: Index,
    hints: &'a Hints,
}

impl Sheet<'_> {
    fn readings(&self) -> Vec<Reading> {
        let mut readings = self.by_shares();
        readings.extend(self.by_labels());
        readings.extend(self.without_vat());
        readings.extend(
            self.of(Role::Gross)
                .into_iter()
                .chain(self.of(Role::Due))
                .map(|gross| Reading { gross: gross.money.value, ..Reading::default() }),
        );
        readings.truncate(MOST_READINGS);
        readings
    }

    /// The last amounts of a role.
    fn of(&self, role: Role) -> Vec<&Labelled> {
        let strong = |labelled: &&Labelled| labelled.is(role) && !labelled.money.value.is_zero();
        self.all.iter().rev().filter(strong).take(MOST_OF_A_ROLE).collect()
    }

    /// Every choice of one share per rate, or none of it.
    fn by_shares(&self) -> Vec<Reading> {
        let mut choices: Vec<Vec<Found>> = vec![Vec::new()];
        for of_rate in shares(self.all, &self.index) {
            let mut more = choices.clone();
            for choice in &choices {
                for share in &of_rate {
                    let mut longer = choice.clone();
                    longer.push(share.clone());
                    more.push(longer);
                }
            }
            choices = more;
        }
        let mut readings = Vec::new();
        for shares in choices.into_iter().filter(|choice| !choice.is_empty()) {
            let base: Decimal = shares.iter().map(|share| share.base).sum();
            let vat: Decimal = shares.iter().map(|share| share.tax).sum();
            readings.push(Reading {
                net: Some(base),
                vat: Some(vat),
                gross: base + vat,
                shares: shares.clone(),
                points: 0,
            });
            // A part without VAT is in net and gross alone.
            for net in self.of(Role::Net).into_iter().filter(|net| net.money.value.abs() > base.abs()) {
                let gross = net.money.value + vat;
                if self.index.contains_key(&gross) {
                    let net = Some(net.money.value);
                    readings.push(Reading { net, vat: Some(vat), gross, shares: shares.clone(), points: 0 });
                }
            }
        }
        readings
    }

    /// Two of net, VAT and gross by their labels, the third as the printed amount that is missing.
    fn by_labels(&self) -> Vec<Reading> {
        let (nets, grosses) = (self.of(Role::Net), self.of(Role::Gross).into_iter().chain(self.of(Role::Due)));
        let mut taxes: Vec<Decimal> = self.of(Role::Vat).iter().map(|vat| vat.money.value).collect();
        let singles = taxes.clone();
        for (place, first) in singles.iter().enumerate() {
            taxes.extend(singles[place + 1..].iter().map(|second| first + second));
        }
        let mut readings = Vec::new();
        let mut push = |net: Decimal, vat: Decimal, gross: Decimal| {
            let part =
                !vat.is_zero() && vat.abs() < net.abs() && vat.is_sign_negative() == net.is_sign_negative();
            let high = vat.abs() * Decimal::from(100) <= net.abs() * Decimal::from(28);
            if part && high {
                readings.push(Reading { net: Some(net), vat: Some(vat), gross, ..Reading::default() });
            }
        };
        for gross in grosses.map(|gross| gross.money.value) {
            for vat in &taxes {
                if self.index.contains_key(&(gross - vat)) {
                    push(gross - vat, *vat, gross);
                }
            }
            for net in nets.iter().map(|net| net.money.value) {
                if self.index.contains_key(&(gross - net)) {
                    push(net, gross - net, gross);
                }
            }
        }
        for net in nets.iter().map(|net| net.money.value) {
            for vat in &taxes {
                push(net, *vat, net + vat);
            }
        }
        readings
    }

    /// Nothing is charged: net is gross.
    fn without_vat(&self) -> Vec<Reading> {
        let zero = self.all.iter().any(|vat| vat.is(Role::Vat) && vat.money.value.is_zero());
        let mut same = self.of(Role::NetAndGross);
        if zero || self.hints.reverse {
            same.extend(self.of(Role::Net));
            same.extend(self.of(Role::Gross));
        }
        let reading = |sum: &&Labelled| Reading {
            net: Some(sum.money.value),
            vat: Some(Decimal::ZERO),
            gross: sum.money.value,
            ..Reading::default()
        };
        same.iter().map(reading).collect()
    }

    fn points(&self, reading: &Reading) -> i32 {
        let mut points = self.gross_points(reading.gross);
        let vat = reading.vat.unwrap_or_default();
        if let Some(net) = reading.net {
            let net_role = if vat.is_zero() && self.labelled(net, &[Role::NetAndGross]).is_some() {
                Role::NetAndGross
            } else {
                Role::Net
            };
            points += self.printed(net, &[net_role, Role::Base], reading.shares.len() > 1);
            points += self.printed(vat, &[Role::Vat], reading.shares.len() > 1 || self.hints.reverse);
            if self.added_up(reading) {
                points += 4;
            }
        }
        points += reading.shares.iter().map(Found::points).sum::<i32>();
        if self.makes(&self.hints.lines, reading) {
            points += 5;
        }
        if self.hints.giro == Some(reading.gross) {
            points += 5;
        }
        points - self.contradictions(reading)
    }

    fn gross_points(&self, gross: Decimal) -> i32 {
        let label = self.labelled(gross, &[Role::Gross, Role::NetAndGross]);
        let due = self.labelled(gross, &[Role::Due]).is_some();
        let mut points = match label {
            Some(labelled) if labelled.label.is_some_and(|label| label.strong) => 4,
            Some(_) => 3,
            None if due => 3,
            None if self.labelled(gross, &[Role::Tender]).is_some() => 1,
            None if self.index.contains_key(&gross) => 0,
            None => -4,
        };
        points += i32::from(due && label.is_some());
        let times = self.index.get(&gross).map_or(0, Vec::len);
        points + i32::from(times > 1)
    }

    fn printed(&self, value: Decimal, roles: &[Role], several: bool) -> i32 {
        match self.labelled(value, roles) {
            Some(labelled) if !labelled.money.sound => 2,
            Some(labelled) if labelled.label.is_some_and(|label| label.strong) => 3,
            Some(_) => 2,
            None if self.index.contains_key(&value) => 0,
            None if several => 0,
            None => -2,
        }
    }

    /// The best amount of this value with one of these roles.
    fn labelled(&self, value: Decimal, roles: &[Role]) -> Option<&Labelled> {
        let places = self.index.get(&value)?;
        let fitting = places
            .iter()
            .map(|place| &self.all[*place])
            .filter(|labelled| labelled.label.is_some_and(|label| roles.contains(&label.role)));
        fitting.max_by_key(|labelled| {
            (labelled.money.sound, labelled.label.is_some_and(|label| label.strong), labelled.money.row)
        })
    }

    /// Net, VAT and gross are all printed, and agree.
    fn added_up(&self, reading: &Reading) -> bool {
        let (Some(net), Some(vat)) = (reading.net, reading.vat) else { return false };
        let sound = |value: &Decimal| {
            self.index.get(value).is_some_and(|places| places.iter().any(|place| self.all[*place].money.sound))
        };
        !vat.is_zero() && net + vat == reading.gross && [net, vat, reading.gross].iter().all(sound)
    }

    fn makes(&self, sums: &[Decimal], reading: &Reading) -> bool {
        sums.iter().any(|sum| Some(*sum) == reading.net || *sum == reading.gross)
    }

    /// Labelled sums that this reading cannot explain.
    fn contradictions(&self, reading: &Reading) -> i32 {
        let strong = |labelled: &&Labelled, role: Role| {
            labelled.is(role)
                && labelled.money.sound
                && labelled.label.is_some_and(|label| label.strong)
                && !labelled.share
        };
        let larger = |role: Role, value: Decimal| {
            self.all.iter().any(|labelled| strong(&labelled, role) && labelled.money.value.abs() > value.abs())
        };
        let known = |value: Decimal| reading.net == Some(value) || value == reading.gross;
        let gross = self.all.iter().any(|labelled| {
            strong(&labelled, Role::Gross)
                && labelled.money.value.abs() > reading.gross.abs()
                && !known(labelled.money.value)
        });
        let net = reading.net.is_some_and(|net| larger(Role::Net, net));
        // VAT is named and charged, but this reading knows nothing of it
        let vat = reading.vat.is_none()
            && self.of(Role::Vat).iter().any(|vat| vat.money.sound && !vat.item)
            && !self.hints.exempt;
        4 * i32::from(gross) + 2 * i32::from(net) + 3 * i32::from(vat)
    }

    /// The reading as values with their evidence.
    fn told(&self, reading: &Reading, rival: bool) -> Sums {
        let rate = reading.shares.iter().any(|share| share.exact && share.tax.abs() >= Decimal::ONE)
            && reading.shares.iter().map(|share| share.base).sum::<Decimal>()
                == reading.net.unwrap_or_default();
        let added = self.added_up(reading);
        let lines = self.makes(&self.hints.lines, reading);
        let giro = self.hints.giro == Some(reading.gross);
        let repaired = reading.shares.iter().any(|share| share.repaired);
        let mut marks: Vec<&'static str> = Vec::new();
        for (mark, holds) in [
            ("sums", added),
            ("rate", rate),
            ("lines", lines),
            ("giro", giro),
            ("several", rival),
            ("repaired", repaired),
        ] {
            if holds {
                marks.push(mark);
            }
        }
        let proofs = [added, rate, lines, giro].iter().filter(|proof| **proof).count();
        let give = |value: Decimal, roles: &[Role], allow: bool| {
            self.give(value, roles, &marks, proofs, allow, reading)
        };
        let several = reading.shares.len() > 1;
        let charged = reading.vat.is_some_and(|vat| !vat.is_zero());
        Sums {
            net: reading.net.and_then(|net| {
                let roles = [Role::Net, Role::NetAndGross, Role::Base, Role::Gross];
                give(
                    net,
                    &roles[..if charged { 3 } else { 4 }],
                    several && reading.shares.iter().all(|share| share.base_at.is_some()),
                )
            }),
            vat: reading.vat.and_then(|vat| give(vat, &[Role::Vat], several || !charged)),
            gross: give(
                reading.gross,
                &[Role::Gross, Role::NetAndGross, Role::Due, Role::Tender, Role::Net],
                false,
            ),
            breakdown: self.breakdown(reading, &marks, proofs),
            lines,
        }
    }

    /// A sum with its place on the page; `computed` sums of several rates need none of their own.
    fn give(
        &self,
        value: Decimal,
        roles: &[Role],
        marks: &[&'static str],
        proofs: usize,
        computed: bool,
        reading: &Reading,
    ) -> Option<Guess<Amount>> {
        let labelled = self.labelled(value, roles);
        let anywhere = || {
            let places = self.index.get(&value)?;
            places
                .iter()
                .rev()
                .map(|place| &self.all[*place])
                .max_by_key(|labelled| (labelled.money.sound, labelled.money.row))
        };
        let near = || reading.shares.first().map(|share| share.tax_at.clone());
        let (money, printed) = match labelled.or_else(anywhere) {
            Some(labelled) => (labelled.money.clone(), true),
            None if computed || proofs > 0 && !reading.shares.is_empty() && marks.contains(&"repaired") => {
                (near().or_else(|| self.all.last().map(|last| last.money.clone()))?, false)
            }
            None => return None,
        };
        let mut guess = money.guess(1.0);
        guess.value = Amount::new(value);
        let confidence: f32 = match (proofs, labelled.is_some()) {
            (2.., _) => 0.99,
            (1, true) => 0.97,
            (1, false) => 0.9,
            (0, true) => 0.6,
            (0, false) => 0.4,
        };
        guess.evidence.confidence =
            if proofs >= 2 { confidence } else { guess.evidence.confidence * confidence };
        for mark in marks {
            guess = guess.marked(mark);
        }
        if labelled.is_some_and(|labelled| labelled.label.is_some_and(|label| label.strong)) {
            guess = guess.marked("label");
        }
        if !printed {
            guess = guess.marked("added");
        }
        if printed && !money.sound && !marks.contains(&"repaired") {
            guess = guess.marked("repaired");
        }
        if marks.contains(&"several") {
            guess.evidence.confidence *= 0.8;
        }
        Some(guess)
    }

    fn breakdown(&self, reading: &Reading, marks: &[&'static str], proofs: usize) -> Vec<Share> {
        let category = if self.hints.reverse {
            "AE"
        } else if reading.vat.is_some_and(|vat| vat.is_zero()) {
            "E"
        } else {
            "S"
        };
        let share = |share: &Found| {
            let base_at = share.base_at.as_ref().unwrap_or(&share.tax_at);
            let guess = |money: &Money, value: Decimal| {
                let mut guess = money.guess(0.95);
                guess.value = Amount::new(value);
                if proofs >= 2 {
                    guess.evidence.confidence = 0.99;
                }
                marks.iter().fold(guess, |guess, mark| guess.marked(mark))
            };
            Share {
                rate: share.rate,
                base: guess(base_at, share.base),
                tax: guess(&share.tax_at, share.tax),
                category,
            }
        };
        let shares: Vec<Share> = reading.shares.iter().map(share).collect();
        if !shares.is_empty() {
            return shares;
        }
        let (Some(net), Some(vat)) = (reading.net, reading.vat) else { return Vec::new() };
        if vat.is_zero() {
            let at = |value| {
                self.give(value, &[Role::Net, Role::NetAndGross, Role::Gross], marks, proofs, true, reading)
            };
            let tax = self.give(vat, &[Role::Vat], marks, proofs, true, reading);
            return at(net)
                .zip(tax)
                .map(|(base, tax)| Share { rate: Decimal::ZERO, base, tax, category })
                .into_iter()
                .collect();
        }
        Vec::new()
    }
}
