//! What can be asked of an invoice that was read from a page: the few values without which nobody can pay.

use super::engine::shown;
use super::number::{round2, trim};
use super::{Finding, Findings, Severity};
use crate::invoice::checks::iban;
use crate::invoice::{Invoice, bt};

/// Examines the invoice as it was guessed.
pub fn examine(invoice: &Invoice, findings: &mut Findings) {
    for row in ROWS {
        if let Some(broken) = (row.broken)(invoice) {
            findings.push(row.finding(invoice, broken));
        }
    }
}

/// One rule about the values on a page.
pub struct Row {
    pub id: &'static str,
    pub severity: Severity,
    broken: fn(&Invoice) -> Option<Broken>,
}

#[derive(Default)]
struct Broken {
    expected: Option<String>,
    found: Option<String>,
}

#[rustfmt::skip]
pub const ROWS: &[Row] = &[
    Row { id: "LM-GUESS-NUMBER", severity: Severity::Fatal, broken: |invoice| unless(present(&invoice.number)) },
    Row { id: "LM-GUESS-DATE", severity: Severity::Fatal, broken: |invoice| unless(invoice.issue_date.is_some()) },
    Row { id: "LM-GUESS-SELLER", severity: Severity::Warning, broken: |invoice| unless(present(&invoice.seller.name)) },
    Row { id: "LM-GUESS-TOTAL", severity: Severity::Fatal,
        broken: |invoice| unless(invoice.totals.with_vat.is_some() || invoice.totals.due.is_some()) },
    Row { id: "LM-GUESS-SUM", severity: Severity::Fatal, broken: does_not_add_up },
    Row { id: "LM-GUESS-IBAN", severity: Severity::Fatal, broken: wrong_account },
    Row { id: "LM-GUESS-ACCOUNT", severity: Severity::Fatal, broken: unknown_account },
];

impl Row {
    /// The place is the page where the first of the terms was read.
    fn finding(&self, invoice: &Invoice, broken: Broken) -> Finding {
        let (terms, legal_class, text) = super::wording(self.id);
        let page = terms.iter().find_map(|term| invoice.evidence.get(term)).map_or(1, |evidence| evidence.page);
        Finding {
            id: self.id.to_owned(),
            severity: self.severity,
            location: format!("page {page}"),
            terms,
            legal_class: Some(legal_class),
            text,
            expected: broken.expected,
            found: broken.found,
        }
    }
}

fn unless(holds: bool) -> Option<Broken> {
    (!holds).then(Broken::default)
}

fn present(text: &Option<String>) -> bool {
    text.as_deref().is_some_and(|text| !trim(text).is_empty())
}

/// Only where all three were read. A sum beyond all numbers does not add up.
fn does_not_add_up(invoice: &Invoice) -> Option<Broken> {
    let totals = &invoice.totals;
    let (net, vat, gross) = (totals.without_vat?, totals.vat?, totals.with_vat?);
    let expected = net.value().checked_add(vat.value()).map(round2);
    if expected == Some(gross.value()) {
        return None;
    }
    Some(Broken { expected: expected.map(shown), found: Some(gross.to_string()) })
}

fn wrong_account(invoice: &Invoice) -> Option<Broken> {
    let transfers = invoice.payment.iter().flat_map(|payment| &payment.transfers);
    let wrong = transfers.filter_map(|transfer| transfer.account.as_deref()).find(|account| !iban(account))?;
    Some(Broken { expected: None, found: Some(wrong.to_owned()) })
}

/// The reader knows this supplier by another account.
fn unknown_account(invoice: &Invoice) -> Option<Broken> {
    let evidence = invoice.evidence.get(&bt(84))?;
    if !evidence.marks.iter().any(|mark| mark == "contradiction") {
        return None;
    }
    let transfers = invoice.payment.iter().flat_map(|payment| &payment.transfers);
    Some(Broken { expected: None, found: transfers.filter_map(|transfer| transfer.account.clone()).next() })
}
