//! Arithmetic of invoices: exact, and rounded in one place.
//!
//! In: amounts. Out: sums, or `None` where a number grows beyond what we can hold. Absent on purpose: floats.

use super::engine::Context;
use crate::invoice::{AllowanceCharge, Amount, Invoice, Syntax};
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::HashMap;

/// Two decimals, half up toward plus infinity: 0.005 becomes 0.01, -0.005 becomes 0.00.
pub fn round2(value: Decimal) -> Decimal {
    round(value, 2)
}

/// No decimals, half up toward plus infinity.
pub fn round0(value: Decimal) -> Decimal {
    round(value, 0)
}

fn round(value: Decimal, decimals: u32) -> Decimal {
    let away = RoundingStrategy::MidpointAwayFromZero;
    let strategy = if value.is_sign_negative() { RoundingStrategy::MidpointTowardZero } else { away };
    value.round_dp_with_strategy(decimals, strategy)
}

/// Adds what is given; nothing adds up to zero.
pub fn sum<T>(items: &[T], amount: fn(&T) -> Option<Amount>) -> Option<Decimal> {
    let mut total = Decimal::ZERO;
    for amount in items.iter().filter_map(amount) {
        total = total.checked_add(amount.value())?;
    }
    Some(total)
}

/// `rate` percent of `base`, rounded.
pub fn percent(base: Decimal, rate: Decimal) -> Option<Decimal> {
    base.checked_mul(rate)?.checked_div(Decimal::ONE_HUNDRED).map(round2)
}

/// How far a VAT amount may be off where the official tests tolerate less than one currency unit.
pub type Slack = fn(Decimal, Decimal) -> bool;

/// BR-CO-17 tolerates a difference of exactly one unit in CII, not in UBL.
pub fn slack(cx: &Context) -> Slack {
    if cx.is_cii() { within_one } else { below_one }
}

pub fn below_one(expected: Decimal, found: Decimal) -> bool {
    expected.checked_sub(found).is_some_and(|difference| difference.abs() < Decimal::ONE)
}

fn within_one(expected: Decimal, found: Decimal) -> bool {
    expected.checked_sub(found).is_some_and(|difference| difference.abs() <= Decimal::ONE)
}

/// Lines plus charges minus allowances, per VAT category, and per category and rate; computed once, however
/// often it is asked. A total of `None` grew beyond what we can hold.
pub struct VatSums<'i> {
    by_category: HashMap<&'i str, Option<Decimal>>,
    by_rate: HashMap<(&'i str, Decimal), Option<Decimal>>,
}

impl<'i> VatSums<'i> {
    pub fn of(invoice: &'i Invoice) -> Self {
        let mut sums = Self { by_category: HashMap::new(), by_rate: HashMap::new() };
        for line in &invoice.lines {
            let category = category_of(invoice, line.vat_category.as_deref());
            sums.add(category, line.vat_rate, line.net.map(Amount::value));
        }
        for charge in &invoice.charges {
            let (category, amount) = part(invoice, charge);
            sums.add(category, charge.vat_rate, amount);
        }
        for allowance in &invoice.allowances {
            let (category, amount) = part(invoice, allowance);
            sums.add(category, allowance.vat_rate, amount.map(|amount| -amount));
        }
        sums
    }

    /// Zero where nothing has this category.
    pub fn of_category(&self, category: &str) -> Option<Decimal> {
        self.by_category.get(category).map_or(Some(Decimal::ZERO), |total| *total)
    }

    /// The outer `None` where nothing has this category and rate.
    pub fn of_rate(&self, category: &'i str, rate: Decimal) -> Option<Option<Decimal>> {
        self.by_rate.get(&(category, rate)).copied()
    }

    fn add(&mut self, category: &'i str, rate: Option<Amount>, amount: Option<Decimal>) {
        let amount = amount.unwrap_or(Decimal::ZERO);
        let add = |total: &mut Option<Decimal>| *total = total.and_then(|total| total.checked_add(amount));
        add(self.by_category.entry(category).or_insert(Some(Decimal::ZERO)));
        if let Some(rate) = rate {
            add(self.by_rate.entry((category, rate.value())).or_insert(Some(Decimal::ZERO)));
        }
    }
}

fn part<'i>(invoice: &'i Invoice, part: &'i AllowanceCharge) -> (&'i str, Option<Decimal>) {
    (category_of(invoice, part.vat_category.as_deref()), part.amount.map(Amount::value))
}

/// A VAT category code as the official tests compare it: UBL without blanks around it, CII as written.
pub fn category_of<'i>(invoice: &Invoice, code: Option<&'i str>) -> &'i str {
    let code = code.unwrap_or_default();
    if invoice.syntax == Some(Syntax::Cii) { code } else { code.trim_matches([' ', '\t', '\n', '\r']) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_half_up_toward_plus_infinity() {
        for (value, rounded) in
            [("0.005", "0.01"), ("-0.005", "0.00"), ("-0.006", "-0.01"), ("2.675", "2.68"), ("-2.675", "-2.67")]
        {
            assert_eq!(round2(value.parse().unwrap()), rounded.parse().unwrap(), "{value}");
        }
        assert_eq!(round0("0.4".parse().unwrap()), Decimal::ZERO);
    }

    #[test]
    fn a_sum_beyond_all_numbers_is_none() {
        let huge = [Amount::new(Decimal::MAX), Amount::new(Decimal::MAX)];
        assert_eq!(sum(&huge, |amount| Some(*amount)), None);
        assert_eq!(sum::<Amount>(&[], |amount| Some(*amount)), Some(Decimal::ZERO));
    }
}
