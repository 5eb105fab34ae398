//! Cash discounts (Skonto) as XRechnung writes them into the payment terms (BT-20).
//!
//! In: an [`Invoice`]. Out: [`Discount`]s with day and amount. Absent on purpose: prose; a discount that is only
//! told in words is nobody's guess to make.

use super::{Amount, Invoice};
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

/// The discounts in the order they are written; a line that is not written as XRechnung asks for is left out.
pub fn discounts(invoice: &Invoice) -> Vec<Discount> {
    let lines = invoice.payment_terms.as_deref().unwrap_or_default().lines();
    lines.filter_map(|line| discount(invoice, line.trim())).collect()
}

/// `#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=100.00#`
fn discount(invoice: &Invoice, line: &str) -> Option<Discount> {
    let mut parts = line.strip_prefix("#SKONTO#")?.strip_suffix('#')?.split('#');
    let days: u16 = parts.next()?.strip_prefix("TAGE=")?.parse().ok()?;
    let percent: Decimal = parts.next()?.strip_prefix("PROZENT=")?.parse().ok()?;
    let base = match parts.next() {
        Some(base) => base.strip_prefix("BASISBETRAG=")?.parse().ok()?,
        None => invoice.totals.due.map(Amount::value)?,
    };
    if parts.next().is_some() {
        return None;
    }
    let amount = base.checked_mul(percent)?.checked_div(Decimal::ONE_HUNDRED)?;
    let until = invoice.issue_date.and_then(|date| date.checked_add(i64::from(days).days()).ok());
    let amount = amount.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    Some(Discount { days, percent, base, until, amount })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn days_and_amounts_follow_from_the_lines() {
        let mut invoice = Invoice { issue_date: Some(date(2026, 12, 20)), ..Invoice::default() };
        invoice.totals.due = "200.00".parse().ok();
        invoice.payment_terms = Some(
            "Bitte zahlen.\n#SKONTO#TAGE=14#PROZENT=2.25#\n#SKONTO#TAGE=7#PROZENT=3.00#BASISBETRAG=99.99#\n#SKONTO#PROZENT=2#\n".to_owned(),
        );
        let found = discounts(&invoice);
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].until, Some(date(2027, 1, 3)));
        assert_eq!(found[0].amount, Decimal::new(450, 2));
        assert_eq!(
            (found[1].days, found[1].base, found[1].amount),
            (7, Decimal::new(9999, 2), Decimal::new(300, 2))
        );
    }

    #[test]
    fn without_an_amount_there_is_nothing_to_take_off() {
        let terms = Some("#SKONTO#TAGE=14#PROZENT=2.00#".to_owned());
        assert!(discounts(&Invoice { payment_terms: terms, ..Invoice::default() }).is_empty());
        let terms = Some("#SKONTO#TAGE=99999999#PROZENT=2.00#BASISBETRAG=1#".to_owned());
        assert!(discounts(&Invoice { payment_terms: terms, ..Invoice::default() }).is_empty());
    }
}
