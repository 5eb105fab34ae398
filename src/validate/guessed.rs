//! What can be asked of an invoice that was read from a page: the few values without which nobody can pay.

use super::engine::{Context, Outcome, Rule, equal, fatal, needs, warning};
use super::money::round2;
use super::present::Present;
use crate::invoice::checks::iban;
use crate::invoice::{Invoice, bt};

#[rustfmt::skip]
pub const DOCUMENT: &[Rule<Invoice>] = &[
    needs("LM-GUESS-NUMBER", &[bt(1)], |invoice| invoice.number.present()),
    needs("LM-GUESS-DATE", &[bt(2)], |invoice| invoice.issue_date.is_some()),
    warning("LM-GUESS-SELLER", &[bt(27)],
        "Der Name des Verkäufers ist auf der Seite zu lesen. Wenn nicht: bitte nachtragen.",
        "The name of the seller can be read on the page. If not: please add it.",
        |_, invoice| invoice.seller.name.present().into()),
    fatal("LM-GUESS-TOTAL", &[bt(112), bt(115)],
        "Der Rechnungsbetrag oder der fällige Betrag ist auf der Seite zu lesen. Wenn nicht: bitte nachtragen.",
        "The total or the amount due can be read on the page. If not: please add it.",
        |_, invoice| (invoice.totals.with_vat.is_some() || invoice.totals.due.is_some()).into()),
    fatal("LM-GUESS-SUM", &[bt(112), bt(109), bt(110)],
        "Netto und Umsatzsteuer ergeben zusammen den Rechnungsbetrag. Wenn nicht: mit der Seite vergleichen.",
        "Net and VAT make the total. If not: compare with the page.",
        adds_up),
    fatal("LM-GUESS-IBAN", &[bt(84)],
        "Die IBAN hat richtige Prüfziffern. Wenn nicht: mit der Seite vergleichen und vor der Zahlung nachfragen.",
        "The IBAN has right check digits. If not: compare with the page and ask before paying.",
        account),
];

/// Only where all three were read.
fn adds_up(_: &Context, invoice: &Invoice) -> Outcome {
    let totals = &invoice.totals;
    let (Some(net), Some(vat), Some(gross)) = (totals.without_vat, totals.vat, totals.with_vat) else {
        return Outcome::Holds;
    };
    equal(net.value().checked_add(vat.value()).map(round2), Some(gross))
}

fn account(_: &Context, invoice: &Invoice) -> Outcome {
    let transfers = invoice.payment.iter().flat_map(|payment| &payment.transfers);
    match transfers.filter_map(|transfer| transfer.account.as_deref()).find(|account| !iban(account)) {
        Some(wrong) => Outcome::found(wrong),
        None => Outcome::Holds,
    }
}
