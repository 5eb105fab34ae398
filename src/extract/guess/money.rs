//! Money and account of a guessed invoice, put into the model.
//!
//! In: rows and the GiroCode. Out: totals, VAT breakdown, lines and payment of the invoice, with evidence.
//! Absent on purpose: reading; every part has its own file.

mod amounts;
mod bank;
mod columns;
mod currency;
mod giro;
mod headless;
mod iban;
mod ids;
mod labelled;
mod lines;
mod owed;
mod parts;
mod roles;
mod shares;
mod totals;
mod verdict;

use super::{labels, sheet, written};

use super::seen;
use crate::invoice::{
    Amount, CreditTransfer, Evidence, Invoice, Item as Article, Line, Payment, VatBreakdown, bg, bt,
};
use crate::recognise::Text;
use amounts::amounts;
use giro::Giro;
use iban::iban;
use labelled::{Labelled, holes, labelled};
use lines::Item;
use owed::owed;
use roles::Role;
use rust_decimal::Decimal;
use sheet::Row;
use totals::{Hints, sums};
use verdict::Sums;

/// Everything that is money, or says where it goes and who is taxed.
pub fn read(invoice: &mut Invoice, text: &Text, rows: &[Row]) {
    invoice.currency = seen(invoice, bt(5), currency::currency(rows));
    invoice.seller.vat_id = seen(invoice, bt(31), ids::vat_id(rows));
    invoice.seller.tax_number = seen(invoice, bt(32), ids::tax_number(rows));
    let giro = giro::giro(text);
    payment(invoice, rows, giro.as_ref());
    money(invoice, rows, giro.as_ref());
}

/// BG-17: account, bank and holder.
fn payment(invoice: &mut Invoice, rows: &[Row], giro: Option<&Giro>) {
    let mut account = iban(rows);
    let mut provider = bank::bic(rows, account.as_ref());
    if let Some(giro) = giro {
        account = giro.confirm(account, Some(&giro.account));
        provider = giro.confirm(provider, giro.provider.as_ref());
    }
    if account.is_none() && provider.is_none() {
        return;
    }
    let account = seen(invoice, bt(84), account);
    let provider = seen(invoice, bt(86), provider);
    let name = seen(invoice, bt(85), bank::holder(rows));
    let transfer = CreditTransfer { account, provider, name, ..CreditTransfer::default() };
    invoice.payment.push(Payment { transfers: vec![transfer], ..Payment::default() });
}

/// BG-22 totals, BG-23 VAT breakdown, BG-25 lines.
fn money(invoice: &mut Invoice, rows: &[Row], giro: Option<&Giro>) {
    let amounts = amounts(rows);
    let items = lines::items(rows, &amounts);
    let all = labelled(rows, &amounts, &items);
    let asked = giro.and_then(|giro| giro.amount);
    let mut hints = Hints { lines: line_sums(&items, &all), giro: asked, ..Hints::default() };
    (hints.reverse, hints.exempt) = without_vat(rows);
    let holes = holes(rows, &amounts);
    let sums = sums(&all, &holes, &hints);
    let owed = owed(&all, &holes, sums.gross.as_ref(), asked);
    extras(invoice, &all, &items, &sums);
    let named = all.iter().any(|sum| {
        let whole = sum.is_one_of(&[Role::Net, Role::Gross, Role::NetAndGross]) && sum.is_strong() && !sum.item;
        whole && hints.lines.first() == Some(&sum.money.value)
    });
    invoice.lines = items.into_iter().map(|item| line(item, sums.lines || named)).collect();
    invoice.totals.without_vat = seen(invoice, bt(109), sums.net);
    invoice.totals.vat = seen(invoice, bt(110), sums.vat);
    invoice.totals.with_vat = seen(invoice, bt(112), sums.gross);
    invoice.totals.paid = seen(invoice, bt(113), owed.paid);
    invoice.totals.rounding = seen(invoice, bt(114), owed.rounding);
    invoice.totals.due = seen(invoice, bt(115), owed.due);
    for share in sums.breakdown {
        let mut row = VatBreakdown { category: Some(share.category.to_owned()), ..VatBreakdown::default() };
        if let Some(base) = share.base {
            row.evidence.insert(bt(116), base.evidence);
            row.base = Some(base.value);
        }
        row.evidence.insert(bt(117), share.tax.evidence.clone());
        row.evidence.insert(bt(119), share.tax.evidence.clone());
        row.rate = Some(Amount::new(share.rate));
        row.tax = seen(invoice, bg(23), Some(share.tax));
        invoice.vat.push(row);
    }
}

/// Sums the lines may make: alone, and less discounts plus charges of the document.
fn line_sums(items: &[Item], all: &[Labelled]) -> Vec<Decimal> {
    if items.is_empty() {
        return Vec::new();
    }
    let sum: Decimal = items.iter().map(|item| item.total.value).sum();
    let extra = |role: Role| -> Decimal {
        let of = all.iter().filter(|labelled| labelled.is(role) && !labelled.item);
        of.map(|labelled| labelled.money.value.abs()).sum()
    };
    let (allowances, charges) = (extra(Role::Allowance), extra(Role::Charge));
    let mut sums = vec![sum, sum - allowances + charges, sum - allowances, sum + charges];
    // A credit note may print its lines without the minus of its sums.
    sums.extend(sums.clone().iter().map(|sum| -sum));
    sums.retain(|sum| !sum.is_zero());
    sums
}

/// BT-107 and BT-108, where the lines prove them.
fn extras(invoice: &mut Invoice, all: &[Labelled], items: &[Item], sums: &Sums) {
    let Some(net) = sums.net.as_ref().filter(|_| sums.lines).map(|net| net.value.value()) else { return };
    let lines: Decimal = items.iter().map(|item| item.total.value).sum();
    if items.is_empty() || lines == net {
        return;
    }
    let of = |role: Role| all.iter().filter(|labelled| labelled.is(role) && !labelled.item).collect::<Vec<_>>();
    let (allowances, charges) = (of(Role::Allowance), of(Role::Charge));
    let sum =
        |labelled: &[&Labelled]| labelled.iter().map(|labelled| labelled.money.value.abs()).sum::<Decimal>();
    if lines - sum(&allowances) + sum(&charges) != net {
        return;
    }
    for (number, extras) in [(107, allowances), (108, charges)] {
        let Some(last) = extras.last() else { continue };
        let mut guess = last.money.guess(0.95).marked("lines");
        guess.value = Amount::new(sum(&extras));
        let value = seen(invoice, bt(number), Some(guess));
        if number == 107 {
            invoice.totals.allowances = value;
        } else {
            invoice.totals.charges = value;
        }
    }
}

fn line(item: Item, added_up: bool) -> Line {
    let mut evidence: Evidence = item.total.evidence.clone();
    evidence.confidence = match (added_up, item.proved) {
        (true, true) => 0.99,
        (true, false) => 0.97,
        (false, true) => 0.95,
        (false, false) => 0.6,
    };
    for (mark, holds) in [("sums", added_up), ("product", item.proved), ("repaired", item.repaired)] {
        if holds {
            evidence.marks.push(mark.into());
        }
    }
    let mut line = Line {
        id: item.id,
        quantity: item.quantity.map(Amount::new),
        unit: item.unit,
        price: item.price.map(Amount::new),
        net: Some(Amount::new(item.total.value)),
        vat_rate: item.rate.map(Amount::new),
        item: Article { name: Some(item.name).filter(|name| !name.is_empty()), ..Article::default() },
        ..Line::default()
    };
    for number in [126, 129, 130, 131, 146, 152, 153] {
        line.evidence.insert(bt(number), evidence.clone());
    }
    line
}

/// Whether the receiver owes the VAT (§ 13b UStG), and whether none is charged (§ 19, § 4 UStG).
fn without_vat(rows: &[Row]) -> (bool, bool) {
    let (mut reverse, mut exempt) = (false, false);
    for row in rows {
        let joined: String = row.tokens.iter().map(|token| token.folded.as_str()).collect();
        let is = |words: &[&str]| words.iter().any(|word| joined.contains(word));
        reverse |= is(&["steuerschuldnerschaft", "13bustg", "reversecharge", "steuerschuldnerist", "13babs"])
            && !is(&["48bestg"]);
        exempt |= is(&[
            "kleinunternehmer",
            "19ustg",
            "19abs1ustg",
            "keineumsatzsteuer",
            "keinemwst",
            "umsatzsteuerbefreit",
            "umsatzsteuerfrei",
            "4nr",
        ]) || is(&["steuerfrei"]);
    }
    (reverse, exempt)
}
