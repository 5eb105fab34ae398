//! An invoice guessed from its pages.
//!
//! In: [`Text`]. Out: an [`Invoice`] without syntax, each header value with its evidence (how surely, which
//! page, which box). Absent on purpose: lines, learning from suppliers. A value that cannot be read
//! with reason is left out: a gap is seen by a person, a wrong value is not.

mod bank;
mod certainty;
mod head;
mod labels;
mod sheet;
mod totals;
mod written;

pub use written::{amount, date, folded};

use super::class;
use crate::invoice::{
    Amount, CreditTransfer, Delivery, Evidence, Invoice, Payment, Period, PrecedingInvoice, Term, VatBreakdown,
    bg, bt,
};
use crate::recognise::Text;
use sheet::{Guess, Row};
use totals::Sums;

/// Reads the header of an invoice.
pub fn guess(text: &Text) -> Invoice {
    let rows = sheet::rows(text);
    let mut invoice =
        Invoice { type_code: Some(class::type_code(&text.plain()).to_owned()), ..Invoice::default() };
    let it = &mut invoice;
    let credit = it.type_code.as_deref() == Some("381");
    head(it, head::read(text, &rows, credit));
    it.currency = seen(it, bt(5), currency(&rows));
    it.seller.vat_id = seen(it, bt(31), bank::vat_id(&rows));
    it.seller.tax_number = seen(it, bt(32), bank::tax_number(&rows));
    payment(it, &rows);
    money(it, totals::sums(&rows));
    certainty::settle(it);
    invoice
}

/// Notes where a value was read, and gives the value.
fn seen<T>(invoice: &mut Invoice, term: Term, guess: Option<Guess<T>>) -> Option<T> {
    let guess = guess?;
    invoice.evidence.insert(term, guess.evidence);
    Some(guess.value)
}

/// Every value on the pages that could be meant by a term of the head (BT-1, 2, 9, 10, 13, 27, 44), best first: for
/// whoever knows more about the supplier than one page says.
pub fn candidates(text: &Text, term: Term) -> Vec<(String, Evidence)> {
    let rows = sheet::rows(text);
    head::candidates(text, &rows, term).into_iter().map(|guess| (guess.value, guess.evidence)).collect()
}

fn head(it: &mut Invoice, head: head::Header) {
    it.number = seen(it, bt(1), head.number);
    it.issue_date = seen(it, bt(2), head.issue_date);
    it.due_date = seen(it, bt(9), head.due_date);
    it.buyer_reference = seen(it, bt(10), head.buyer_reference);
    it.project = seen(it, bt(11), head.project);
    it.contract = seen(it, bt(12), head.contract);
    it.order = seen(it, bt(13), head.order);
    it.payment_terms = seen(it, bt(20), head.payment_terms);
    if let Some(number) = seen(it, bt(25), head.preceding) {
        it.preceding.push(PrecedingInvoice { number: Some(number), ..PrecedingInvoice::default() });
    }
    it.seller.name = seen(it, bt(27), head.seller);
    it.buyer.name = seen(it, bt(44), head.buyer);
    if let Some(date) = seen(it, bt(72), head.delivered) {
        it.delivery = Some(Delivery { date: Some(date), ..Delivery::default() });
    }
    if let Some(period) = head.period {
        it.evidence.insert(bt(74), period.evidence.clone());
        let (start, end) = seen(it, bt(73), Some(period)).unzip();
        it.period = Some(Period { start, end, ..Period::default() });
    }
}

/// BT-5: the currency whose sign or code stands on the page; two of them are no answer.
fn currency(rows: &[Row]) -> Option<Guess<String>> {
    let mut found: Option<Guess<String>> = None;
    for token in rows.iter().flat_map(|row| &row.tokens) {
        let is = |code: &str| token.text.trim_matches(|c: char| !c.is_alphabetic()) == code;
        let code = if token.text.contains('€') || is("EUR") || is("Euro") {
            "EUR"
        } else if is("CHF") {
            "CHF"
        } else if is("USD") || token.text.starts_with('$') {
            "USD"
        } else {
            continue;
        };
        match &found {
            Some(earlier) if earlier.value != code => return None,
            Some(_) => {}
            None => found = Some(Guess::new(code.to_owned(), 0.95, std::slice::from_ref(token))),
        }
    }
    found
}

fn payment(invoice: &mut Invoice, rows: &[Row]) {
    let Some(account) = seen(invoice, bt(84), bank::iban(rows)) else { return };
    let provider = seen(invoice, bt(86), bank::bic(rows));
    let transfer = CreditTransfer { account: Some(account), provider, ..CreditTransfer::default() };
    invoice.payment.push(Payment { transfers: vec![transfer], ..Payment::default() });
}

fn money(invoice: &mut Invoice, sums: Sums) {
    invoice.totals.without_vat = seen(invoice, bt(109), sums.net);
    invoice.totals.vat = seen(invoice, bt(110), sums.vat);
    invoice.totals.with_vat = seen(invoice, bt(112), sums.gross);
    invoice.totals.due = seen(invoice, bt(115), sums.due);
    for share in sums.breakdown {
        let tax = seen(invoice, bg(23), Some(share.tax));
        invoice.vat.push(VatBreakdown {
            base: Some(share.base),
            tax,
            category: Some("S".to_owned()),
            rate: Some(Amount::new(share.rate)),
            ..VatBreakdown::default()
        });
    }
}
