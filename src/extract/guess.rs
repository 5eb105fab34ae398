//! An invoice guessed from its pages.
//!
//! In: [`Text`] and its class. Out: an [`Invoice`] without syntax, each value with
//! its evidence (how surely, which page, which box, what speaks for it). A value that cannot be read with reason
//! is left out: a gap is seen by a person, a wrong value is not.

mod certainty;
mod dates;
mod head;
pub(super) mod labels;
mod money;
pub(super) mod sheet;
mod written;

pub use written::{amount, date, folded};

use super::class::Class;
use crate::invoice::{Delivery, Invoice, Period, PrecedingInvoice, Term, bt};
use crate::recognise::Text;
use sheet::Guess;

/// Reads an invoice or a credit note.
pub fn guess(text: &Text, class: Class) -> Invoice {
    let rows = sheet::rows(text);
    let mut invoice = Invoice::default();
    let it = &mut invoice;
    head(it, head::read(text, &rows, class == Class::CreditNote));
    money::read(it, text, &rows);
    certainty::settle(it, text);
    invoice
}

/// Notes where a value was read, and gives the value.
fn seen<T>(invoice: &mut Invoice, term: Term, guess: Option<Guess<T>>) -> Option<T> {
    let guess = guess?;
    invoice.evidence.insert(term, guess.evidence);
    Some(guess.value)
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
