//! How urgent an arrival is when nobody said so: a cash discount (Skonto) is lost by waiting.
//!
//! In: the bytes of an e-invoice and its day of receipt. Out: [`Priority`]. Absent on purpose: judging; an
//! invoice that cannot be read is simply not urgent, and its reader says later what is wrong with it.

use crate::invoice::{self, Amount, Discount};
use crate::job::{Kind, Priority};
use jiff::ToSpan;
use jiff::civil::Date;

/// A discount that ends within so many days after receipt makes an invoice urgent: checking, approving and
/// paying take most of them.
const NEAR: i32 = 7;
/// Larger invoices are not read for this (bytes).
const LARGEST: usize = 1 << 20;
/// How XRechnung begins a discount in the payment terms.
const MARK: &[u8] = b"#SKONTO#TAGE=";

/// `day`: of receipt, in the town hall.
pub fn priority(kind: Kind, bytes: &[u8], day: Date) -> Priority {
    let offers =
        kind.is_invoice_xml() && bytes.len() <= LARGEST && bytes.windows(MARK.len()).any(|at| at == MARK);
    if offers && discounts(bytes).iter().any(|discount| is_near(discount, day)) {
        return Priority::Urgent;
    }
    Priority::Normal
}

fn discounts(bytes: &[u8]) -> Vec<Discount> {
    let Ok(invoice) = invoice::read(bytes) else { return Vec::new() };
    let due = invoice.totals.due.map(Amount::value);
    invoice::discounts(invoice.payment_terms.as_deref().unwrap_or_default(), due, invoice.issue_date)
}

/// It can still be taken, but not for long.
fn is_near(discount: &Discount, day: Date) -> bool {
    let Some(until) = discount.until else { return false };
    let last = day.checked_add(NEAR.days()).unwrap_or(day);
    (day..=last).contains(&until)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    /// Issued on 12 October 2026 with a discount for 14 days.
    const INVOICE: &str = include_str!("../../samples/post/01-xrechnung-ubl.xml");

    #[test]
    fn a_discount_that_ends_soon_makes_an_invoice_urgent() {
        let on = |day| priority(Kind::UblInvoice, INVOICE.as_bytes(), day);
        assert_eq!(on(date(2026, 10, 18)), Priority::Normal, "there is time");
        assert_eq!(on(date(2026, 10, 19)), Priority::Urgent);
        assert_eq!(on(date(2026, 10, 26)), Priority::Urgent, "the last day");
        assert_eq!(on(date(2026, 10, 27)), Priority::Normal, "it is lost");
    }

    #[test]
    fn whatever_cannot_be_read_is_not_urgent() {
        let on = |kind, text: &str| priority(kind, text.as_bytes(), date(2026, 10, 20));
        assert_eq!(on(Kind::UblInvoice, &INVOICE[..INVOICE.len() / 2]), Priority::Normal, "cut off");
        assert_eq!(on(Kind::Pdf, INVOICE), Priority::Normal, "no e-invoice");
        assert_eq!(on(Kind::UblInvoice, &INVOICE.replace("TAGE=14", "TAGE=999999")), Priority::Normal);
        assert_eq!(on(Kind::UblInvoice, &INVOICE.replace("2026-10-12", "gestern")), Priority::Normal);
        let large = INVOICE.replacen('\n', &"\n".repeat(LARGEST), 1);
        assert_eq!(on(Kind::UblInvoice, &large), Priority::Normal, "too large to be read at the door");
    }
}
