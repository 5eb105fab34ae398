//! VAT by rate: which amounts are the tax on which.
//!
//! In: labelled amounts. Out: [`Found`] shares, each a base and the tax it gives at a printed rate. Absent on
//! purpose: choosing among them; see `totals`.

use super::amounts::{Money, cents, tax_in, tax_of};
use super::labelled::{Hole, Labelled};
use super::roles::Role;
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::ops::Bound;

/// Shares of one rate that are compared.
const MOST_OF_A_RATE: usize = 5;
const MOST_RATES: usize = 4;
/// Amounts that are tried as tax; the last ones, sums stand at the end.
const MOST_TAXES: usize = 80;

/// A base, its rate, the tax.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    pub rate: Decimal,
    pub base: Decimal,
    pub tax: Decimal,
    /// Where the base is printed; else it follows from gross and tax.
    pub base_at: Option<Money>,
    pub tax_at: Money,
    /// Base is more than a likely value.
    pub base_known: bool,
    /// Both stand in one row.
    pub one_row: bool,
    /// The tax is exactly what the base gives, and enough to be no chance.
    pub exact: bool,
    pub repaired: bool,
}

impl Found {
    /// How much it proves.
    pub fn points(&self) -> i32 {
        if self.rate.is_zero() {
            return 2;
        }
        let mut points = match (self.exact, self.tax.abs() >= Decimal::ONE) {
            (true, true) => 6,
            (true, false) | (false, true) => 3,
            (false, false) => 1,
        };
        points += i32::from(self.one_row);
        points -= 2 * i32::from(self.repaired) + i32::from(self.base_at.is_none());
        points
    }
}

/// Amounts by value.
pub type Index = BTreeMap<Decimal, Vec<usize>>;

pub fn index(all: &[Labelled]) -> Index {
    let mut index = Index::new();
    for (place, labelled) in all.iter().enumerate() {
        index.entry(labelled.money.value).or_default().push(place);
    }
    index
}

/// The shares of every rate, the likeliest first; rates in the order of the page.
pub fn shares(all: &[Labelled], holes: &[Hole], index: &Index) -> Vec<Vec<Found>> {
    let mut by_rate: Vec<Vec<Found>> = Vec::new();
    let taxes: Vec<usize> = (0..all.len()).filter(|place| may_be_tax(&all[*place])).collect();
    for place in &taxes[taxes.len().saturating_sub(MOST_TAXES)..] {
        for rate in &all[*place].rates {
            let mut found = of_tax(all, index, *place, *rate);
            match by_rate.iter_mut().find(|shares| shares[0].rate == *rate) {
                Some(shares) => shares.append(&mut found),
                None if found.is_empty() => {}
                None => by_rate.push(found),
            }
        }
    }
    for share in unread(all, holes, index) {
        match by_rate.iter_mut().find(|shares| shares[0].rate == share.rate) {
            Some(shares) => shares.push(share),
            None => by_rate.push(vec![share]),
        }
    }
    for shares in &mut by_rate {
        shares.sort_by_key(|share| std::cmp::Reverse((share.points(), share.tax_at.row)));
        let mut seen: Vec<(Decimal, Decimal)> = Vec::new();
        shares.retain(|share| {
            let new = !seen.contains(&(share.base, share.tax));
            seen.push((share.base, share.tax));
            new
        });
        shares.truncate(MOST_OF_A_RATE);
    }
    by_rate.truncate(MOST_RATES);
    by_rate
}

fn may_be_tax(labelled: &Labelled) -> bool {
    let other = matches!(
        labelled.label.map(|label| label.role),
        Some(
            Role::Aside
                | Role::Carry
                | Role::Tender
                | Role::Paid
                | Role::Due
                | Role::Net
                | Role::NetAndGross
                | Role::Base
                | Role::Credit
        )
    );
    !labelled.item && !other && !labelled.rates.is_empty() && !labelled.money.value.is_zero()
}

fn of_tax(all: &[Labelled], index: &Index, place: usize, rate: Decimal) -> Vec<Found> {
    let tax = &all[place];
    let mut found = Vec::new();
    for base in bases(tax.money.value, rate, index) {
        found.extend(with_base(all, place, base, rate));
    }
    found.extend(contained(all, index, place, rate));
    found.extend(mended(all, place, rate));
    found
}

/// Amounts without VAT: fees and expenses that are passed on, or a row of the rate 0.
pub fn exempt(all: &[Labelled]) -> Vec<Found> {
    let free = |labelled: &&Labelled| {
        labelled.is(Role::Exempt) && labelled.money.sound && !labelled.money.value.is_zero()
    };
    let found = all.iter().rev().filter(free).take(MOST_OF_A_RATE).map(|labelled| Found {
        rate: Decimal::ZERO,
        base: labelled.money.value,
        tax: Decimal::new(0, 2),
        base_at: Some(labelled.money.clone()),
        tax_at: labelled.money.clone(),
        base_known: true,
        one_row: false,
        exact: true,
        repaired: false,
    });
    found.collect()
}

/// Amounts whose tax is this one, within a cent (within two where lines were rounded one by one).
fn bases(tax: Decimal, rate: Decimal, index: &Index) -> Vec<usize> {
    let at = |tax: Decimal| cents(tax * Decimal::ONE_HUNDRED / rate);
    let slack = Decimal::new(25, 3);
    let (low, high) = (at(tax - slack), at(tax + slack));
    let range = (Bound::Included(low.min(high)), Bound::Included(low.max(high)));
    index.range(range).flat_map(|(_, places)| places.iter().copied()).take(40).collect()
}

fn with_base(all: &[Labelled], place: usize, base: usize, rate: Decimal) -> Option<Found> {
    let (tax, base) = (&all[place], &all[base]);
    let never = matches!(
        base.label.map(|label| label.role),
        Some(Role::Vat | Role::Aside | Role::Carry | Role::Tender)
    );
    // The base stands in front of its tax, where the head or the sum of the row does not say otherwise.
    let told = tax.is(Role::Vat) && base.is_one_of(&[Role::Base, Role::Net]);
    let behind = base.money.row == tax.money.row && base.money.start >= tax.money.start;
    if never || behind && !told {
        return None;
    }
    let off = (tax_of(base.money.value, rate) - tax.money.value).abs();
    Some(Found {
        rate,
        base: base.money.value,
        tax: tax.money.value,
        one_row: base.money.row == tax.money.row,
        exact: off.is_zero(),
        repaired: !base.money.sound || !tax.money.sound,
        base_at: Some(base.money.clone()),
        tax_at: tax.money.clone(),
        base_known: true,
    })
}

/// "Darin enthalten 19 % MwSt 31,93": the base is not printed.
fn contained(all: &[Labelled], index: &Index, place: usize, rate: Decimal) -> Option<Found> {
    let tax = &all[place];
    let value = tax.money.value;
    let at = |tax: Decimal| cents(tax * (Decimal::ONE_HUNDRED + rate) / rate);
    let slack = Decimal::new(6, 3);
    let (low, high) = (at(value - slack), at(value + slack));
    let range = (Bound::Included(low.min(high)), Bound::Included(low.max(high)));
    let mut places = index.range(range).flat_map(|(_, places)| places);
    let gross = places.find(|gross| {
        let gross = &all[**gross];
        let labelled = gross.is(Role::Gross) || gross.is(Role::Due);
        labelled && gross.money.sound && tax_in(gross.money.value, rate) == value
    })?;
    let base = all[*gross].money.value - value;
    if index.contains_key(&base) {
        return None;
    }
    Some(Found {
        rate,
        base,
        tax: value,
        base_at: None,
        tax_at: tax.money.clone(),
        base_known: true,
        one_row: false,
        exact: true,
        repaired: !tax.money.sound,
    })
}

/// In a row of base, tax and gross one of them may be damaged: the two others and the rate say what it was.
fn mended(all: &[Labelled], place: usize, rate: Decimal) -> Vec<Found> {
    let tax = &all[place];
    let row = tax.money.row;
    let from = all[..place].iter().rposition(|other| other.money.row != row).map_or(0, |last| last + 1);
    let beside: Vec<&Labelled> = all[from..].iter().take_while(|other| other.money.row == row).collect();
    let mut found = Vec::new();
    for gross in beside.iter().filter(|gross| gross.money.start > tax.money.start) {
        let base = gross.money.value - tax.money.value;
        let near = beside.iter().find(|base| base.money.start < tax.money.start);
        let Some(near) = near.filter(|near| near.money.value != base) else { continue };
        if tax_of(base, rate) == tax.money.value && tax.money.value.abs() >= Decimal::ONE {
            found.push(Found {
                rate,
                base,
                tax: tax.money.value,
                base_at: Some(near.money.clone()),
                tax_at: tax.money.clone(),
                base_known: true,
                one_row: true,
                exact: true,
                repaired: true,
            });
        }
    }
    for (number, base) in beside.iter().enumerate() {
        for gross in &beside[number + 1..] {
            let value = gross.money.value - base.money.value;
            let between = tax.money.start > base.money.start && tax.money.start < gross.money.start;
            if between
                && value != tax.money.value
                && tax_of(base.money.value, rate) == value
                && value.abs() >= Decimal::ONE
            {
                found.push(Found {
                    rate,
                    base: base.money.value,
                    tax: value,
                    base_at: Some(base.money.clone()),
                    tax_at: tax.money.clone(),
                    base_known: true,
                    one_row: true,
                    exact: true,
                    repaired: true,
                });
            }
        }
    }
    found
}

/// The tax was not read, or read wrongly: net, rate and gross say what it was.
fn unread(all: &[Labelled], holes: &[Hole], index: &Index) -> Vec<Found> {
    let taxes = all.iter().filter(|tax| tax.is(Role::Vat) && !tax.item).map(|tax| (&tax.rates, &tax.money));
    let missing = holes.iter().filter(|hole| hole.role == Role::Vat).map(|hole| (&hole.rates, &hole.at));
    let of = |role: Role| {
        all.iter().rev().filter(move |sum| sum.is(role) && sum.money.sound && !sum.item).take(MOST_OF_A_RATE)
    };
    let mut found = Vec::new();
    for (rates, at) in taxes.chain(missing).take(MOST_TAXES) {
        for rate in rates {
            for net in of(Role::Net) {
                for gross in of(Role::Gross).chain(of(Role::Due)) {
                    let tax = gross.money.value - net.money.value;
                    let known = index.contains_key(&tax) || tax.abs() < Decimal::ONE;
                    if !known && tax_of(net.money.value, *rate) == tax {
                        found.push(Found {
                            rate: *rate,
                            base: net.money.value,
                            tax,
                            base_at: Some(net.money.clone()),
                            tax_at: at.clone(),
                            base_known: true,
                            one_row: false,
                            exact: true,
                            repaired: true,
                        });
                    }
                }
            }
        }
    }
    found
}
