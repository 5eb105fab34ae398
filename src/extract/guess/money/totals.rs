//! The sums of a guessed invoice, proved against each other.
//!
//! In: labelled amounts, lines, what a GiroCode asks for. Out: [`Sums`]. Every way to read net, VAT and gross
//! from the amounts gets points for what speaks for it: labels, net + VAT = gross, the rate, the lines. The
//! reading with most points wins. Absent on purpose: what is due; see `owed`.

use super::amounts::{Money, cents, digits_of, nearly, tax_of};
use super::labelled::{Hole, Labelled};
use super::roles::Role;
use super::shares::{Found, Index, exempt, index, shares};
use super::verdict::{Sums, told};
use rust_decimal::Decimal;

/// Amounts of one role that are compared; the last ones.
const MOST_OF_A_ROLE: usize = 12;
/// Readings that are compared.
const MOST_READINGS: usize = 4_000;
/// VAT is at most this share of the net, in percent.
const HIGHEST_VAT: i64 = 28;

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
pub struct Reading {
    pub net: Option<Decimal>,
    pub vat: Option<Decimal>,
    pub gross: Decimal,
    pub shares: Vec<Found>,
    points: i32,
}

pub fn sums(all: &[Labelled], holes: &[Hole], hints: &Hints) -> Sums {
    let sheet = Sheet { all, holes, index: index(all), hints };
    let mut readings = sheet.readings();
    for reading in &mut readings {
        reading.points = sheet.points(reading);
    }
    let Some(best) = readings.iter().max_by_key(|reading| (reading.points, reading.gross.abs())) else {
        return Sums::default();
    };
    let others = readings.iter().filter(|other| other.gross != best.gross);
    let rival = others.map(|other| other.points).max().is_some_and(|points| points + 3 > best.points);
    told(&sheet, best, rival)
}

/// Everything the readings are made from.
pub struct Sheet<'a> {
    pub all: &'a [Labelled],
    pub holes: &'a [Hole],
    pub index: Index,
    pub hints: &'a Hints,
}

impl Sheet<'_> {
    fn readings(&self) -> Vec<Reading> {
        let known = shares(self.all, self.holes, &self.index);
        let mut readings = self.by_labels(&known);
        readings.extend(self.without_vat());
        let sums = self.of(Role::Gross).into_iter().chain(self.of(Role::Due));
        let sound = sums.filter(|sum| sum.money.sound);
        readings.extend(sound.map(|sum| Reading { gross: sum.money.value, ..Reading::default() }));
        readings.extend(self.by_shares(&known));
        readings.truncate(MOST_READINGS);
        readings
    }

    /// The last amounts of a role.
    fn of(&self, role: Role) -> Vec<&Labelled> {
        let fits = |labelled: &&Labelled| labelled.is(role) && !labelled.money.value.is_zero();
        self.all.iter().rev().filter(fits).take(MOST_OF_A_ROLE).collect()
    }

    /// Every choice of one share per rate, or none of it.
    fn by_shares(&self, known: &[Vec<Found>]) -> Vec<Reading> {
        let mut choices: Vec<Vec<Found>> = vec![Vec::new()];
        let exempt = exempt(self.all);
        for of_rate in known.iter().chain(std::iter::once(&exempt)) {
            let mut more = choices.clone();
            for choice in &choices {
                for share in of_rate {
                    let mut longer = choice.clone();
                    longer.push(share.clone());
                    more.push(longer);
                }
            }
            choices = more;
        }
        let mut readings = Vec::new();
        for shares in choices.into_iter().filter(|choice| choice.iter().any(|share| !share.tax.is_zero())) {
            if readings.len() >= MOST_READINGS {
                break;
            }
            let base: Decimal = shares.iter().map(|share| share.base).sum();
            let vat: Decimal = shares.iter().map(|share| share.tax).sum();
            // A part without VAT is in net and gross alone.
            for net in self.of(Role::Net).into_iter().filter(|net| net.money.value.abs() > base.abs()) {
                let gross = net.money.value + vat;
                if self.index.contains_key(&gross) {
                    let net = Some(net.money.value);
                    readings.push(Reading { net, vat: Some(vat), gross, shares: shares.clone(), points: 0 });
                }
            }
            readings.push(Reading { net: Some(base), vat: Some(vat), gross: base + vat, shares, points: 0 });
        }
        readings
    }

    /// Two of net, VAT and gross by their labels, the third as the printed amount that is missing.
    fn by_labels(&self, known: &[Vec<Found>]) -> Vec<Reading> {
        let singles = self.of(Role::Vat);
        let mut taxes: Vec<Vec<&Labelled>> = singles.iter().map(|tax| vec![*tax]).collect();
        for (place, first) in singles.iter().enumerate() {
            taxes.extend(singles[place + 1..].iter().map(|second| vec![*first, *second]));
        }
        let values = |role: Role| self.of(role).into_iter().map(|sum| sum.money.value).collect::<Vec<_>>();
        let (nets, dues) = (values(Role::Net), values(Role::Due));
        let mut readings = Vec::new();
        let mut add = |net: Decimal, gross: Decimal, taxes: &[&Labelled]| {
            readings.extend(of_sums(net, gross, taxes, known));
        };
        for gross in values(Role::Gross).into_iter().chain(dues) {
            for taxes in &taxes {
                let net = gross - total(taxes);
                if self.index.contains_key(&net) || !of_taxes(net, taxes).is_empty() {
                    add(net, gross, taxes);
                }
            }
            for net in nets.iter().filter(|net| self.may_be_vat(gross - **net)) {
                add(*net, gross, &[]);
            }
        }
        for net in &nets {
            for taxes in &taxes {
                add(*net, *net + total(taxes), taxes);
            }
        }
        readings
    }

    /// Printed, and not only as something else.
    fn may_be_vat(&self, value: Decimal) -> bool {
        const NEVER: &[Role] =
            &[Role::Charge, Role::Allowance, Role::Paid, Role::Rounding, Role::Tender, Role::Due, Role::Carry];
        let places = [value, -value].into_iter().filter_map(|value| self.index.get(&value));
        places.flatten().any(|place| !self.all[*place].is_one_of(NEVER) && !self.all[*place].item)
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
            vat: Some(Decimal::new(0, 2)),
            gross: sum.money.value,
            ..Reading::default()
        };
        same.iter().map(reading).collect()
    }

    fn points(&self, reading: &Reading) -> i32 {
        let mut points = self.gross_points(reading.gross);
        if let (Some(net), Some(vat)) = (reading.net, reading.vat) {
            let several = reading.shares.len() > 1;
            let nets: &[Role] =
                if vat.is_zero() { &[Role::Net, Role::NetAndGross] } else { &[Role::Net, Role::Base] };
            points += self.printed(net, nets, several);
            points += self.printed(vat, &[Role::Vat], several || self.hints.reverse);
            points += 4 * i32::from(self.added_up(reading));
        }
        points += reading.shares.iter().map(Found::points).sum::<i32>();
        points += 5 * i32::from(self.makes(reading));
        points += 5 * i32::from(self.hints.giro == Some(reading.gross));
        points - self.contradictions(reading)
    }

    fn gross_points(&self, gross: Decimal) -> i32 {
        // What one rate comes to is not the sum of the invoice.
        let label = self.labelled(gross, &[Role::Gross, Role::NetAndGross]).filter(|label| !label.share);
        let due = self.labelled(gross, &[Role::Due]).is_some();
        let points = match label {
            Some(labelled) if labelled.is_strong() => 4,
            Some(_) => 3,
            None if due => 3,
            None if self.labelled(gross, &[Role::Tender]).is_some() => 1,
            None if self.index.contains_key(&gross) => -3 * i32::from(self.named_otherwise(gross)),
            None if self.misread(gross, &[Role::Gross, Role::NetAndGross, Role::Due]).is_some() => 1,
            None if self.hidden(gross) => -12,
            None => -4,
        };
        let times = self.index.get(&gross).map_or(0, Vec::len);
        points + i32::from(due && label.is_some()) + i32::from(times > 1)
    }

    /// Another amount is named as the sum.
    fn named_otherwise(&self, gross: Decimal) -> bool {
        let other = |sum: &Labelled| sum.is(Role::Gross) && sum.money.sound && sum.money.value != gross;
        self.all.iter().any(|sum| other(sum) && !sum.share && !sum.item)
    }

    /// Another amount is named without doubt as the sum, and this one stands nowhere.
    fn hidden(&self, gross: Decimal) -> bool {
        self.all.iter().any(|sum| {
            let named = sum.is(Role::Gross) && sum.is_strong() && sum.money.sound && !sum.share && !sum.item;
            named && sum.money.value != gross
        })
    }

    fn printed(&self, value: Decimal, roles: &[Role], several: bool) -> i32 {
        match self.labelled(value, roles) {
            Some(labelled) if labelled.money.sound && labelled.is_strong() => 3,
            Some(_) => 2,
            None if self.index.contains_key(&value) => 0,
            None if self.misread(value, roles).is_some() => 1,
            None if several => 0,
            None => -2,
        }
    }

    /// The best amount of this value with one of these roles.
    pub fn labelled(&self, value: Decimal, roles: &[Role]) -> Option<&Labelled> {
        let places = self.index.get(&value)?;
        let fitting = places.iter().map(|place| &self.all[*place]).filter(|labelled| labelled.is_one_of(roles));
        fitting.max_by_key(|sum| (sum.money.sound, !sum.share, sum.is_strong(), sum.money.row))
    }

    /// Where an amount of this role was read with one digit wrong, without its comma, or not at all.
    pub fn misread(&self, value: Decimal, roles: &[Role]) -> Option<&Money> {
        let digits = digits_of(value);
        let holes = self.holes.iter().filter(|hole| roles.contains(&hole.role));
        let holes = holes.filter(|hole| hole.digits.len() < 3 || nearly(&hole.digits, &digits));
        let wrong = self.all.iter().filter(|labelled| labelled.is_one_of(roles));
        let wrong = wrong.filter(|labelled| nearly(&digits_of(labelled.money.value), &digits));
        holes.map(|hole| &hole.at).chain(wrong.map(|wrong| &wrong.money)).next_back()
    }

    /// Net, VAT and gross are all printed, and agree.
    pub fn added_up(&self, reading: &Reading) -> bool {
        let (Some(net), Some(vat)) = (reading.net, reading.vat) else { return false };
        let sound = |value: &Decimal| {
            let places = self.index.get(value);
            places.is_some_and(|places| places.iter().any(|place| self.all[*place].money.sound))
        };
        let parts = reading.shares.len() > 1
            && reading.shares.iter().all(|share| share.tax_at.value == share.tax && share.tax_at.sound);
        let bases = parts
            && reading
                .shares
                .iter()
                .all(|share| share.base_at.as_ref().is_some_and(|base| base.value == share.base && base.sound));
        let printed = (bases || sound(&net)) && (parts || sound(&vat)) && sound(&reading.gross);
        !vat.is_zero() && net + vat == reading.gross && printed
    }

    /// The lines add up to net or gross.
    pub fn makes(&self, reading: &Reading) -> bool {
        self.hints.lines.iter().any(|sum| Some(*sum) == reading.net || *sum == reading.gross)
    }

    /// Labelled sums that this reading cannot explain.
    fn contradictions(&self, reading: &Reading) -> i32 {
        let larger = |role: Role, than: Decimal, strong: bool| {
            self.all.iter().any(|sum| {
                let counts = sum.is(role) && sum.is_strong() == strong && sum.money.sound;
                counts && !sum.share && !sum.item && sum.money.value.abs() > than.abs()
            })
        };
        let gross = larger(Role::Gross, reading.gross, true);
        let weak = larger(Role::Gross, reading.gross, false) || larger(Role::Tender, reading.gross, true);
        let net = reading.net.is_some_and(|net| larger(Role::Net, net, true));
        // VAT is charged, but this reading knows nothing of it.
        let charged = |vat: &&Labelled| vat.money.sound && !vat.item;
        let vat = reading.vat.is_none() && !self.hints.exempt && self.of(Role::Vat).iter().any(charged);
        4 * i32::from(gross) + 3 * i32::from(weak) + 2 * i32::from(net) + 3 * i32::from(vat)
    }
}

fn total(taxes: &[&Labelled]) -> Decimal {
    taxes.iter().map(|tax| tax.money.value).sum()
}

/// Net and gross with the VAT between them, where it can be that.
fn of_sums(net: Decimal, gross: Decimal, taxes: &[&Labelled], known: &[Vec<Found>]) -> Option<Reading> {
    let vat = gross - net;
    let part = !vat.is_zero() && vat.is_sign_negative() == net.is_sign_negative();
    if !part || vat.abs() * Decimal::ONE_HUNDRED > net.abs() * Decimal::from(HIGHEST_VAT) {
        return None;
    }
    // So little is a fee that nobody names as one.
    if taxes.is_empty() && vat.abs() * Decimal::from(50) < net.abs() {
        return None;
    }
    let mut shares = of_taxes(net, taxes);
    if shares.is_empty() {
        shares = completed(known, net, vat);
    }
    Some(Reading { net: Some(net), vat: Some(vat), gross, shares, points: 0 })
}

/// Taxes with one rate each whose bases together are the net; the bases are not printed.
fn of_taxes(net: Decimal, taxes: &[&Labelled]) -> Vec<Found> {
    let (mut sum, mut slack) = (Decimal::ZERO, Decimal::ZERO);
    let mut shares: Vec<Found> = Vec::new();
    for tax in taxes {
        let [rate] = tax.rates[..] else { return Vec::new() };
        if shares.iter().any(|share| share.rate == rate) {
            return Vec::new();
        }
        let base = cents(tax.money.value * Decimal::ONE_HUNDRED / rate);
        sum += base;
        slack += Decimal::new(6, 3) * Decimal::ONE_HUNDRED / rate;
        shares.push(Found {
            rate,
            base,
            tax: tax.money.value,
            base_at: None,
            base_known: false,
            tax_at: tax.money.clone(),
            one_row: false,
            exact: true,
            repaired: !tax.money.sound,
        });
    }
    let fits = shares.len() > 1 && (sum - net).abs() <= slack;
    if let (true, [others @ .., last]) = (fits, &mut shares[..]) {
        last.base = net - others.iter().map(|share| share.base).sum::<Decimal>();
        return shares;
    }
    Vec::new()
}

/// One rate of two was read: what is left of net and VAT must be base and tax of the other.
fn completed(known: &[Vec<Found>], net: Decimal, vat: Decimal) -> Vec<Found> {
    for share in known.iter().flatten().filter(|share| share.exact && share.base_at.is_some()) {
        let (base, tax) = (net - share.base, vat - share.tax);
        let part = base.abs() < net.abs() && tax.abs() < vat.abs() && tax.abs() >= Decimal::ONE;
        let rates = [7, 19, 16, 5].map(Decimal::from);
        let rate = rates.into_iter().find(|rate| *rate != share.rate && tax_of(base, *rate) == tax);
        if let (true, Some(rate)) = (part, rate) {
            let rest = Found { rate, base, tax, repaired: true, one_row: false, ..share.clone() };
            return vec![share.clone(), rest];
        }
    }
    Vec::new()
}
