//! Cash discounts (Skonto) as XRechnung writes them into the payment terms (BT-20).
//!
//! In: the terms, and what they refer to. Out: [`Discount`]s with day and amount. Absent on purpose: prose; a
//! discount that is only told in words is nobody's guess to make.

use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::{Decimal, RoundingStrategy};

/// One offer: pay by a day, take off an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discount {
    /// Days after the date of the invoice (BT-2).
    pub days: u16,
    pub percent: Decimal,
    /// What the percentage is of: as written, else the amount due (BT-115).
    pub base: Decimal,
    /// Last day to pay; none where the invoice has no date.
    pub until: Option<Date>,
    /// What may be taken off, in the currency of the invoice (BT-5), rounded to cents.
    pub amount: Decimal,
}

/// The discounts in the order they are written. `due` is BT-115, `issued` BT-2. A line that is not written as
/// XRechnung asks for is left out.
pub fn discounts(terms: &str, due: Option<Decimal>, issued: Option<Date>) -> Vec<Discount> {
    terms.lines().filter_map(|line| discount(line.trim(), due, issued)).collect()
}

/// `#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=100.00#`
fn discount(line: &str, due: Option<Decimal>, issued: Option<Date>) -> Option<Discount> {
    let mut parts = line.strip_prefix("#SKONTO#")?.strip_suffix('#')?.split('#');
    let days: u16 = parts.next()?.strip_prefix("TAGE=")?.parse().ok()?;
    let percent: Decimal = parts.next()?.strip_prefix("PROZENT=")?.parse().ok()?;
    let base = match parts.next() {
        Some(base) => base.strip_prefix("BASISBETRAG=")?.parse().ok()?,
        None => due?,
    };
    if parts.next().is_some() {
        return None;
    }
    let amount = base.checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)?;
    let until = issued.and_then(|date| date.checked_add(i64::from(days).days()).ok());
    let amount = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    Some(Discount { days, percent, base, until, amount })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_and_amounts_follow_from_the_lines() {
        let terms = "Bitte zahlen.\n#SKONTO#TAGE=14#PROZENT=2.25#\n#SKONTO#TAGE=7#PROZENT=3.00#BASISBETRAG=99.99#\n#SKONTO#PROZENT=2#\n";
        let found = discounts(terms, Some(Decimal::new(20000, 2)), Some(date(2026, 12, 20)));
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].until, Some(date(2027, 1, 3)));
        assert_eq!(found[0].amount, Decimal::new(450, 2));
        let second = (found[1].days, found[1].base, found[1].amount);
        assert_eq!(second, (7, Decimal::new(9999, 2), Decimal::new(300, 2)));
    }

    #[test]
    fn without_an_amount_there_is_nothing_to_take_off() {
        assert!(discounts("#SKONTO#TAGE=14#PROZENT=2.00#", None, None).is_empty());
        assert!(discounts("#SKONTO#TAGE=99999999#PROZENT=2.00#BASISBETRAG=1#", None, None).is_empty());
        assert_eq!(discounts("#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=1#", None, None).len(), 1);
    }
}
