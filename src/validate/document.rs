//! EN 16931: the invoice as a whole and its totals.

use super::engine::{Context, Outcome, Rule, cents, compare, equal, fatal, needs};
use super::money::{round2, sum};
use super::present::Present;
use crate::invoice::{Address, Amount, Invoice, Place, Syntax, bg, bt};
use rust_decimal::Decimal;

#[rustfmt::skip]
pub const DOCUMENT: &[Rule<Invoice>] = &[
    needs("BR-01", &[bt(24)], |invoice| invoice.specification.present()),
    needs("BR-02", &[bt(1)], |invoice| invoice.number.present()),
    needs("BR-03", &[bt(2)], |invoice| invoice.issue_date.is_some()),
    needs("BR-04", &[bt(3)], |invoice| invoice.type_code.present()),
    needs("BR-05", &[bt(5)], |invoice| invoice.currency.present()),
    needs("BR-06", &[bt(27)], |invoice| invoice.seller.name.present()),
    needs("BR-07", &[bt(44)], |invoice| invoice.buyer.name.present()),
    needs("BR-08", &[bg(5)], |invoice| invoice.seller.address.is_some()),
    fatal("BR-09", &[bt(40)],
        "Die Anschrift des Verkäufers nennt ein Land (BT-40).",
        "The postal address of the seller names a country (BT-40).",
        |cx, invoice| has_country(cx, &invoice.seller.address)),
    needs("BR-10", &[bg(8)], |invoice| invoice.buyer.address.is_some()),
    fatal("BR-11", &[bt(55)],
        "Die Anschrift des Käufers nennt ein Land (BT-55).",
        "The postal address of the buyer names a country (BT-55).",
        |cx, invoice| has_country(cx, &invoice.buyer.address)),
    needs("BR-16", &[bg(25)], |invoice| !invoice.lines.is_empty()),
    fatal("BR-CO-15", &[bt(112), bt(109), bt(110)],
        "Rechnungsbetrag ohne Umsatzsteuer (BT-109) und Umsatzsteuer (BT-110) ergeben zusammen den Rechnungsbetrag mit Umsatzsteuer (BT-112).",
        "Total without VAT (BT-109) plus VAT (BT-110) make the total with VAT (BT-112).",
        with_vat),
];

#[rustfmt::skip]
pub const TOTALS: &[Rule<Invoice>] = &[
    needs("BR-12", &[bt(106)], |invoice| invoice.totals.line_net.is_some()),
    needs("BR-13", &[bt(109)], |invoice| invoice.totals.without_vat.is_some()),
    needs("BR-14", &[bt(112)], |invoice| invoice.totals.with_vat.is_some()),
    needs("BR-15", &[bt(115)], |invoice| invoice.totals.due.is_some()),
    cents("BR-DEC-09", &[bt(106)], |invoice| invoice.totals.line_net),
    cents("BR-DEC-10", &[bt(107)], |invoice| invoice.totals.allowances),
    cents("BR-DEC-11", &[bt(108)], |invoice| invoice.totals.charges),
    cents("BR-DEC-12", &[bt(109)], |invoice| invoice.totals.without_vat),
    cents("BR-DEC-14", &[bt(112)], |invoice| invoice.totals.with_vat),
    cents("BR-DEC-16", &[bt(113)], |invoice| invoice.totals.paid),
    cents("BR-DEC-17", &[bt(114)], |invoice| invoice.totals.rounding),
    cents("BR-DEC-18", &[bt(115)], |invoice| invoice.totals.due),
    fatal("BR-CO-10", &[bt(106), bt(131)],
        "Die Summe der Positionen (BT-106) ist die Summe aller Nettobeträge der Positionen (BT-131).",
        "The sum of line net amounts (BT-106) adds up all net amounts of the lines (BT-131).",
        |_, invoice| equal(sum(&invoice.lines, |line| line.net).map(round2), invoice.totals.line_net)),
    fatal("BR-CO-11", &[bt(107), bt(92)],
        "Die Summe der Nachlässe (BT-107) ist die Summe aller Nachlässe auf die Rechnung (BT-92).",
        "The sum of allowances (BT-107) adds up all allowances on the document (BT-92).",
        |_, invoice| match (&invoice.totals.allowances, invoice.allowances.as_slice()) {
            (None, []) => Outcome::Holds,
            (found, given) => equal(sum(given, |allowance| allowance.amount).map(round2), *found),
        }),
    fatal("BR-CO-12", &[bt(108), bt(99)],
        "Die Summe der Zuschläge (BT-108) ist die Summe aller Zuschläge auf die Rechnung (BT-99).",
        "The sum of charges (BT-108) adds up all charges on the document (BT-99).",
        |_, invoice| match (&invoice.totals.charges, invoice.charges.as_slice()) {
            (None, []) => Outcome::Holds,
            (found, given) => equal(sum(given, |charge| charge.amount).map(round2), *found),
        }),
    fatal("BR-CO-13", &[bt(109), bt(106), bt(107), bt(108)],
        "Der Rechnungsbetrag ohne Umsatzsteuer (BT-109) ist die Summe der Positionen (BT-106) ohne Nachlässe (BT-107) und mit Zuschlägen (BT-108).",
        "The total without VAT (BT-109) is the sum of lines (BT-106) less allowances (BT-107) plus charges (BT-108).",
        without_vat),
    fatal("BR-CO-16", &[bt(115), bt(112), bt(113), bt(114)],
        "Der fällige Betrag (BT-115) ist der Rechnungsbetrag mit Umsatzsteuer (BT-112) ohne schon Gezahltes (BT-113), mit Rundung (BT-114).",
        "The amount due (BT-115) is the total with VAT (BT-112) less what was paid (BT-113) plus rounding (BT-114).",
        due),
];

/// The official CII test asks at the root and misses the country even where there is no address.
fn has_country(cx: &Context, address: &Option<Address>) -> Outcome {
    match address {
        Some(address) if cx.is_cii() => Outcome::from(address.country.present()).at(Place(0)),
        Some(address) => Outcome::from(address.country.present()).at(address.place),
        None => (!cx.is_cii()).into(),
    }
}

/// A missing side makes the official comparison false.
fn without_vat(cx: &Context, invoice: &Invoice) -> Outcome {
    let totals = &invoice.totals;
    let Some(net) = totals.line_net else { return Outcome::from(false) };
    if cx.invoice.syntax != Some(Syntax::Cii) && totals.allowances.is_none() && totals.charges.is_none() {
        // The UBL test compares without rounding here.
        return equal(Some(net.value()), totals.without_vat);
    }
    let less = net.value().checked_sub(value(totals.allowances));
    equal(less.and_then(|less| less.checked_add(value(totals.charges))).map(round2), totals.without_vat)
}

fn with_vat(cx: &Context, invoice: &Invoice) -> Outcome {
    let totals = &invoice.totals;
    if invoice.currency.is_none() && !cx.is_cii() {
        return Outcome::Holds;
    }
    // CII lets an invoice without VAT pass when both totals agree.
    let agree = totals.with_vat.is_some() && totals.with_vat == totals.without_vat;
    if cx.is_cii() && agree {
        return Outcome::Holds;
    }
    let (Some(without), Some(vat)) = (totals.without_vat, totals.vat) else { return Outcome::from(false) };
    equal(without.value().checked_add(vat.value()).map(round2), totals.with_vat)
}

/// UBL rounds the sides, CII does not.
fn due(cx: &Context, invoice: &Invoice) -> Outcome {
    let totals = &invoice.totals;
    let Some(with_vat) = totals.with_vat else { return Outcome::from(false) };
    let open = with_vat.value().checked_sub(value(totals.paid));
    if cx.is_cii() {
        return equal(open.and_then(|open| open.checked_add(value(totals.rounding))), totals.due);
    }
    let open = if totals.paid.is_some() { open.map(round2) } else { open };
    let Some(rounding) = totals.rounding else { return equal(open, totals.due) };
    let unrounded = totals.due.and_then(|due| due.value().checked_sub(rounding.value()));
    if unrounded.map(round2) == open {
        return Outcome::Holds;
    }
    compare(open.and_then(|open| open.checked_add(rounding.value())), totals.due, |_, _| false)
}

fn value(amount: Option<Amount>) -> Decimal {
    amount.map_or(Decimal::ZERO, Amount::value)
}
