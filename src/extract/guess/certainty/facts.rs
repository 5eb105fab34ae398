//! What the values of an invoice say about each other.
//!
//! In: [`Invoice`]. Out: marks. Absent on purpose: what a single reader already knows of its own value.

use crate::invoice::{Amount, Evidence, Invoice, Term, bt};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// Most invoices are due within so many days.
const LONGEST_TERM: i32 = 120;

/// Each fact: the terms it speaks of, and its mark.
#[derive(Debug, Default)]
pub struct Facts {
    found: Vec<(&'static [Term], &'static str)>,
}

const DATES: &[Term] = &[Term::Bt(2), Term::Bt(9)];
const SUMS: &[Term] = &[Term::Bt(109), Term::Bt(110), Term::Bt(112), Term::Bt(115), Term::Bg(23)];
const GROSS: &[Term] = &[Term::Bt(112), Term::Bt(115)];
const LINES: &[Term] = &[Term::Bt(109), Term::Bt(112), Term::Bt(131)];
const NAMES: &[Term] = &[Term::Bt(27), Term::Bt(44)];
const SELLER: &[Term] = &[Term::Bt(27)];
const NUMBERS: &[Term] = &[Term::Bt(1), Term::Bt(13), Term::Bt(10)];
const NUMBER: &[Term] = &[Term::Bt(1)];

/// Names and numbers as they are written, by term: what may stand on the pages again, letter by letter.
pub fn written(invoice: &Invoice) -> BTreeMap<Term, String> {
    let transfer = invoice.payment.iter().flat_map(|payment| &payment.transfers).next();
    let texts = [
        (1, invoice.number.as_ref()),
        (10, invoice.buyer_reference.as_ref()),
        (13, invoice.order.as_ref()),
        (27, invoice.seller.name.as_ref()),
        (31, invoice.seller.vat_id.as_ref()),
        (32, invoice.seller.tax_number.as_ref()),
        (44, invoice.buyer.name.as_ref()),
        (84, transfer.and_then(|transfer| transfer.account.as_ref())),
        (86, transfer.and_then(|transfer| transfer.provider.as_ref())),
    ];
    texts.into_iter().filter_map(|(number, text)| Some((bt(number), text?.clone()))).collect()
}

impl Facts {
    pub fn of(invoice: &Invoice) -> Self {
        let mut facts = Self::default();
        facts.dates(invoice);
        facts.sums(invoice);
        facts.names(invoice);
        facts.numbers(invoice);
        facts
    }

    pub fn mark(&self, term: Term, evidence: &mut Evidence) {
        for (terms, mark) in &self.found {
            if terms.contains(&term) && !evidence.marks.iter().any(|known| known == mark) {
                evidence.marks.push((*mark).into());
            }
        }
    }

    fn note(&mut self, terms: &'static [Term], mark: &'static str, holds: bool) {
        if holds {
            self.found.push((terms, mark));
        }
    }

    fn dates(&mut self, invoice: &Invoice) {
        let (Some(issued), Some(due)) = (invoice.issue_date, invoice.due_date) else { return };
        let days = issued.until(due).map_or(i32::MAX, |span| span.get_days());
        self.note(DATES, "same-day", days == 0);
        self.note(DATES, "in-order", (1..=LONGEST_TERM).contains(&days));
        self.note(DATES, "out-of-order", !(0..=LONGEST_TERM).contains(&days));
    }

    fn sums(&mut self, invoice: &Invoice) {
        let totals = &invoice.totals;
        let value = |amount: Option<Amount>| amount.map(Amount::value);
        let (net, vat, gross) = (value(totals.without_vat), value(totals.vat), value(totals.with_vat));
        if let (Some(net), Some(vat), Some(gross)) = (net, vat, gross) {
            self.note(SUMS, "balanced", net + vat == gross);
            self.note(SUMS, "unbalanced", net + vat != gross);
        } else {
            self.note(SUMS, "incomplete", true);
        }
        let taxes: Option<Decimal> = invoice.vat.iter().map(|row| value(row.tax)).sum();
        if let (Some(taxes), Some(vat), false) = (taxes, vat, invoice.vat.is_empty()) {
            self.note(SUMS, "rates-add-up", taxes == vat);
        }
        self.note(SUMS, "without-rates", invoice.vat.is_empty());
        let due = value(totals.due);
        self.note(GROSS, "due-is-gross", due.is_some() && due == gross);
        self.note(GROSS, "due-differs", due.is_some() && gross.is_some() && due != gross);
        let lines: Option<Decimal> = invoice.lines.iter().map(|line| value(line.net)).sum();
        if let (Some(lines), false) = (lines, invoice.lines.is_empty()) {
            self.note(LINES, "lines-add-up", Some(lines) == net || Some(lines) == gross);
        }
    }

    fn names(&mut self, invoice: &Invoice) {
        let (seller, buyer) = (&invoice.seller.name, &invoice.buyer.name);
        self.note(NAMES, "same-name", seller.is_some() && seller == buyer);
        let known = invoice.seller.vat_id.is_some() || invoice.seller.tax_number.is_some();
        self.note(SELLER, "with-tax-id", known);
        let holder =
            invoice.payment.iter().flat_map(|payment| &payment.transfers).find_map(|to| to.name.as_ref());
        self.note(SELLER, "holder-agrees", holder.is_some() && holder == seller.as_ref());
    }

    fn numbers(&mut self, invoice: &Invoice) {
        let Some(number) = &invoice.number else { return };
        let twice = invoice.order.as_ref() == Some(number) || invoice.buyer_reference.as_ref() == Some(number);
        self.note(NUMBERS, "one-number-twice", twice);
        let digits = number.chars().filter(char::is_ascii_digit).count();
        self.note(NUMBER, "few-digits", digits < 4);
        self.note(NUMBER, "with-letters", number.chars().any(char::is_alphabetic));
        self.note(NUMBER, "with-signs", number.contains(['-', '/', '.']));
        self.note(NUMBER, "with-spaces", number.contains(' '));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn marks(invoice: &Invoice, term: Term) -> Vec<String> {
        let mut evidence = Evidence::default();
        Facts::of(invoice).mark(term, &mut evidence);
        evidence.marks.iter().map(ToString::to_string).collect()
    }

    fn amount(text: &str) -> Option<Amount> {
        Some(Amount::new(text.parse().unwrap()))
    }

    #[test]
    fn dates_have_an_order() {
        let cases = [
            (date(2026, 3, 1), date(2026, 3, 31), "in-order"),
            (date(2026, 3, 1), date(2026, 3, 1), "same-day"),
            (date(2026, 3, 1), date(2026, 2, 28), "out-of-order"),
            (date(2026, 3, 1), date(2027, 3, 1), "out-of-order"),
        ];
        for (issued, due, mark) in cases {
            let invoice = Invoice { issue_date: Some(issued), due_date: Some(due), ..Invoice::default() };
            assert_eq!(marks(&invoice, bt(2)), [mark], "{issued} {due}");
        }
        assert!(marks(&Invoice::default(), bt(2)).is_empty());
    }

    #[test]
    fn sums_balance_or_not() {
        let mut invoice = Invoice::default();
        invoice.totals.without_vat = amount("100.00");
        invoice.totals.vat = amount("19.00");
        assert!(marks(&invoice, bt(109)).contains(&"incomplete".to_owned()));
        invoice.totals.with_vat = amount("119.00");
        assert!(marks(&invoice, bt(109)).contains(&"balanced".to_owned()));
        invoice.totals.with_vat = amount("119.01");
        assert!(marks(&invoice, bt(109)).contains(&"unbalanced".to_owned()));
    }

    #[test]
    fn a_fact_marks_only_its_own_terms() {
        let invoice = Invoice { number: Some("17".to_owned()), ..Invoice::default() };
        assert_eq!(marks(&invoice, bt(1)), ["few-digits"]);
        assert!(marks(&invoice, bt(84)).is_empty());
    }
}
