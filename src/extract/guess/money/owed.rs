//! What is due, and what was paid before.
//!
//! In: labelled amounts and the gross sum. Out: BT-115, BT-113, BT-114. gross − paid + rounding = due is the
//! proof; without earlier payments the gross sum is due. A receipt that was paid at the counter leaves nothing
//! due and says nothing.

use super::amounts::Money;
use super::labelled::{Hole, Labelled};
use super::roles::Role;
use super::sheet::Guess;
use crate::invoice::{Amount, Evidence};
use rust_decimal::Decimal;

const MOST_PAYMENTS: usize = 12;

#[derive(Debug, Clone, Default)]
pub struct Owed {
    pub due: Option<Guess<Amount>>,
    pub paid: Option<Guess<Amount>>,
    pub rounding: Option<Guess<Amount>>,
}

pub fn owed(all: &[Labelled], holes: &[Hole], gross: Option<&Guess<Amount>>, giro: Option<Decimal>) -> Owed {
    let of = |role: Role| -> Vec<&Labelled> {
        all.iter().filter(|labelled| labelled.is(role) && !labelled.money.value.is_zero()).collect()
    };
    let (dues, credits, mut payments) = (of(Role::Due), of(Role::Credit), of(Role::Paid));
    let early = payments.len().saturating_sub(MOST_PAYMENTS);
    payments.drain(..early);
    let Some(gross) = gross else { return labelled_only(&dues, giro) };
    let total = gross.value.value();
    payments.retain(|paid| paid.money.value != total || dues.iter().any(|due| due.money.value != total));
    let tender = of(Role::Tender).iter().any(|tender| tender.money.value.abs() >= total.abs());
    if tender && payments.is_empty() && giro.is_none() {
        return Owed::default();
    }
    let roundings = of(Role::Rounding);
    for rounding in roundings.iter().rev().map(|rounding| Some(*rounding)).chain([None]) {
        let rest = total + rounding.map_or(Decimal::ZERO, |rounding| rounding.money.value);
        if let Some(mut owed) = after_payments(all, &dues, &credits, &payments, rest, gross) {
            owed.rounding = rounding.map(|rounding| rounding.money.guess(0.97).marked("sums"));
            return checked(owed, giro);
        }
    }
    // What was paid could not be read, but what is left is named.
    let named = dues.iter().rposition(|due| due.money.value == total);
    if let Some(last) = dues.last().filter(|last| last.is_strong() && last.money.sound) {
        let from = named.map(|named| dues[named].money.row);
        let unread = |paid: &Money| from.is_some_and(|from| paid.row > from && paid.row < last.money.row);
        let taken = holes.iter().filter(|hole| hole.role == Role::Paid).map(|hole| &hole.at);
        let smaller = last.money.value.abs() < total.abs();
        if smaller && taken.chain(payments.iter().map(|paid| &paid.money)).any(unread) {
            return checked(Owed { due: Some(last.money.guess(0.6).marked("label")), ..Owed::default() }, giro);
        }
    }
    if let Some(due) = named.map(|named| dues[named]) {
        let mut guess = due.money.guess(1.0);
        guess.evidence.confidence = gross.evidence.confidence;
        guess.evidence.marks.clone_from(&gross.evidence.marks);
        return checked(Owed { due: Some(guess.marked("due")), ..Owed::default() }, giro);
    }
    if let Some(due) =
        dues.iter().rev().find(|due| due.label.is_some_and(|label| label.strong) && due.money.sound)
    {
        let confidence = if payments.is_empty() { 0.4 } else { 0.6 };
        return checked(
            Owed { due: Some(due.money.guess(confidence).marked("label")), ..Owed::default() },
            giro,
        );
    }
    // What was taken off above the sum is not in it any more.
    let place = |evidence: &Evidence| (evidence.page, evidence.area[1]);
    let open = payments.iter().any(|paid| place(&paid.money.evidence) >= place(&gross.evidence));
    if open {
        return Owed::default();
    }
    let mut due = gross.clone();
    due.evidence.marks.push("gross".into());
    checked(Owed { due: Some(due), ..Owed::default() }, giro)
}

/// gross − payments = an amount that is printed.
fn after_payments(
    all: &[Labelled],
    dues: &[&Labelled],
    credits: &[&Labelled],
    payments: &[&Labelled],
    rest: Decimal,
    gross: &Guess<Amount>,
) -> Option<Owed> {
    let mut sums: Vec<(Decimal, &Labelled)> =
        payments.iter().map(|paid| (paid.money.value.abs(), *paid)).collect();
    if let Some(last) = payments.last() {
        sums.push((payments.iter().map(|paid| paid.money.value.abs()).sum(), last));
        // a sum of payments below its parts
        sums.reverse();
    }
    let unpaid =
        dues.iter().rfind(|due| payments.is_empty() && due.money.value == rest && rest != gross.value.value());
    if let Some(due) = unpaid {
        let mut due = due.money.guess(1.0).marked("sums");
        due.evidence.confidence = gross.evidence.confidence;
        return Some(Owed { due: Some(due), ..Owed::default() });
    }
    let sign = if rest.is_sign_negative() { -Decimal::ONE } else { Decimal::ONE };
    for labelled in [true, false] {
        for (paid, at) in &sums {
            let value = rest - paid * sign;
            let printed = |amount: &&&Labelled| {
                amount.money.value.abs() == value.abs() && amount.money.row != at.money.row
            };
            let strong: Vec<&Labelled> = dues.iter().chain(credits).copied().collect();
            let any: Vec<&Labelled> = all
                .iter()
                .filter(|amount| amount.label.is_none() && !amount.item && amount.money.row > at.money.row)
                .collect();
            let found = if labelled { strong.iter().rfind(printed) } else { any.iter().rfind(printed) };
            if let Some(found) = found.filter(|found| !found.money.value.is_zero()) {
                let mut due = found.money.guess(1.0);
                due.value = Amount::new(value);
                due.evidence.confidence = if labelled { gross.evidence.confidence.max(0.97) } else { 0.9 };
                let mut paid_guess = at.money.guess(0.97);
                paid_guess.value = Amount::new(*paid);
                return Some(Owed {
                    due: Some(due.marked("paid")),
                    paid: Some(paid_guess.marked("sums")),
                    rounding: None,
                });
            }
        }
    }
    None
}

fn labelled_only(dues: &[&Labelled], giro: Option<Decimal>) -> Owed {
    let due = dues.iter().rfind(|due| due.money.sound).map(|due| due.money.guess(0.5).marked("label"));
    checked(Owed { due, ..Owed::default() }, giro)
}

/// A GiroCode asks for what is due.
fn checked(mut owed: Owed, giro: Option<Decimal>) -> Owed {
    if let (Some(due), Some(giro)) = (&mut owed.due, giro) {
        let agrees = due.value.value() == giro;
        let told = due.evidence.marks.iter().any(|mark| mark == "giro");
        if agrees {
            due.evidence.confidence = due.evidence.confidence.max(0.99);
        } else {
            due.evidence.confidence = due.evidence.confidence.min(0.3);
        }
        if !(agrees && told) {
            due.evidence.marks.push(if agrees { "giro".into() } else { "contradiction".into() });
        }
    }
    owed
}
