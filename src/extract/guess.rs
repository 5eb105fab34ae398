//! An invoice guessed from its pages.
//!
//! In: [`Text`]. Out: an [`Invoice`] without syntax, each header value with its evidence (how surely, which
//! page, which box). Absent on purpose: lines, buyer, learning from suppliers. A value that cannot be read
//! with reason is left out: a gap is seen by a person, a wrong value is not.

mod bank;
mod certainty;
mod heads;
pub(super) mod labels;
mod seller;
pub(super) mod sheet;
mod totals;
mod written;

pub use written::{amount, date, folded};

use super::class;
use crate::invoice::{Amount, CreditTransfer, Invoice, Payment, Term, VatBreakdown, bg, bt};
use crate::recognise::Text;
use sheet::{Guess, Row};
use totals::Sums;

/// Reads the header of an invoice.
pub fn guess(text: &Text) -> Invoice {
    let rows = sheet::rows(text);
    let mut invoice =
        Invoice { type_code: Some(class::type_code(class::of(text).class).to_owned()), ..Invoice::default() };
    let it = &mut invoice;
    it.number = seen(it, bt(1), heads::number(&rows));
    it.issue_date = seen(it, bt(2), heads::issue_date(&rows));
    it.currency = seen(it, bt(5), currency(&rows));
    it.due_date = seen(it, bt(9), heads::due_date(&rows));
    it.buyer_reference = seen(it, bt(10), heads::buyer_reference(&rows));
    it.order = seen(it, bt(13), heads::order(&rows));
    it.seller.name = seen(it, bt(27), seller::name(&rows));
    it.seller.vat_id = seen(it, bt(31), bank::vat_id(&rows));
    it.seller.tax_number = seen(it, bt(32), bank::tax_number(&rows));
    payment(it, &rows);
    money(it, totals::sums(&rows));
    certainty::settle(it, text);
    invoice
}

/// Notes where a value was read, and gives the value.
fn seen<T>(invoice: &mut Invoice, term: Term, guess: Option<Guess<T>>) -> Option<T> {
    let guess = guess?;
    invoice.evidence.insert(term, guess.evidence);
    Some(guess.value)
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
