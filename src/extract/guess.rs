//! An invoice guessed from its pages.
//!
//! In: [`Text`]. Out: an [`Invoice`] without syntax, each header value with its evidence (how surely, which
//! page, which box). Absent on purpose: lines, buyer, learning from suppliers. A value that cannot be read
//! with reason is left out: a gap is seen by a person, a wrong value is not.

mod certainty;
mod heads;
mod labels;
mod money;
mod seller;
mod sheet;
mod written;

pub use written::{amount, date, folded};

use super::class;
use crate::invoice::{Invoice, Term, bt};
use crate::recognise::Text;
use sheet::Guess;

/// Reads the header of an invoice.
pub fn guess(text: &Text) -> Invoice {
    let rows = sheet::rows(text);
    let mut invoice =
        Invoice { type_code: Some(class::type_code(&text.plain()).to_owned()), ..Invoice::default() };
    let it = &mut invoice;
    it.number = seen(it, bt(1), heads::number(&rows));
    it.issue_date = seen(it, bt(2), heads::issue_date(&rows));
    it.currency = seen(it, bt(5), currency::currency(&rows));
    it.due_date = seen(it, bt(9), heads::due_date(&rows));
    it.buyer_reference = seen(it, bt(10), heads::buyer_reference(&rows));
    it.order = seen(it, bt(13), heads::order(&rows));
    it.seller.name = seen(it, bt(27), seller::name(&rows));
    it.seller.vat_id = seen(it, bt(31), ids::vat_id(&rows));
    it.seller.tax_number = seen(it, bt(32), ids::tax_number(&rows));
    let giro = giro::giro(text);
    money::payment(it, &rows, giro.as_ref());
    money::money(it, &rows, giro.as_ref());
    certainty::settle(it);
    invoice
}

/// Notes where a value was read, and gives the value.
fn seen<T>(invoice: &mut Invoice, term: Term, guess: Option<Guess<T>>) -> Option<T> {
    let guess = guess?;
    invoice.evidence.insert(term, guess.evidence);
    Some(guess.value)
}
