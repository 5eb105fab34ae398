//! The values of an invoice by business term, for people and programs that do not know our model.
//!
//! In: [`Invoice`]. Out: [`Field`]s. Absent on purpose: what only an e-invoice can say.

use crate::invoice::{Amount, Evidence, Invoice, Term, bt};
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;

/// A value; of a guessed one, how surely and where it was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Field {
    pub value: String,
    /// 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// From 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    /// Left, top, width, height (points) on the upright page.
    #[serde(rename = "box", skip_serializing_if = "Option::is_none")]
    pub area: Option<[f64; 4]>,
    /// What speaks for it or against it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<String>,
}

/// Values by the name of their term.
pub type Fields = BTreeMap<String, Field>;

impl Field {
    fn of(value: String, evidence: Option<&Evidence>) -> Self {
        Self {
            value,
            confidence: evidence.map(|evidence| rounded(evidence.confidence, 1000.0)),
            page: evidence.map(|evidence| evidence.page),
            area: evidence.map(|evidence| evidence.area.map(|length| rounded(length, 10.0))),
            marks: evidence
                .map_or_else(Vec::new, |evidence| evidence.marks.iter().map(ToString::to_string).collect()),
        }
    }
}

/// Measures are no money: a thousandth of certainty and a tenth of a point are all that means anything. Rounded
/// down, so that nothing looks surer than it is.
fn rounded(measure: f32, steps: f64) -> f64 {
    (f64::from(measure) * steps + 1e-3).floor() / steps
}

/// The header.
pub fn fields(invoice: &Invoice) -> Fields {
    let transfer = invoice.payment.iter().flat_map(|payment| &payment.transfers).next();
    let (seller, buyer, totals) = (&invoice.seller, &invoice.buyer, &invoice.totals);
    let (preceding, period) = (invoice.preceding.first(), invoice.period.as_ref());
    let terms = [
        (1, text(&invoice.number)),
        (2, date(invoice.issue_date)),
        (3, text(&invoice.type_code)),
        (5, text(&invoice.currency)),
        (9, date(invoice.due_date)),
        (10, text(&invoice.buyer_reference)),
        (11, text(&invoice.project)),
        (12, text(&invoice.contract)),
        (13, text(&invoice.order)),
        (20, text(&invoice.payment_terms)),
        (24, text(&invoice.specification)),
        (25, preceding.and_then(|preceding| preceding.number.clone())),
        (26, preceding.and_then(|preceding| date(preceding.issue_date))),
        (27, text(&seller.name)),
        (31, text(&seller.vat_id)),
        (32, text(&seller.tax_number)),
        (44, text(&buyer.name)),
        (72, invoice.delivery.as_ref().and_then(|delivery| date(delivery.date))),
        (73, period.and_then(|period| date(period.start))),
        (74, period.and_then(|period| date(period.end))),
        (84, transfer.and_then(|transfer| transfer.account.clone())),
        (85, transfer.and_then(|transfer| transfer.name.clone())),
        (86, transfer.and_then(|transfer| transfer.provider.clone())),
        (106, amount(totals.line_net)),
        (107, amount(totals.allowances)),
        (108, amount(totals.charges)),
        (109, amount(totals.without_vat)),
        (110, amount(totals.vat)),
        (111, amount(totals.vat_accounting)),
        (112, amount(totals.with_vat)),
        (113, amount(totals.paid)),
        (114, amount(totals.rounding)),
        (115, amount(totals.due)),
    ];
    named(&terms, &invoice.evidence)
}

/// BG-23 VAT breakdown, row by row.
pub fn breakdown(invoice: &Invoice) -> Vec<Fields> {
    let rows = invoice.vat.iter().map(|row| {
        let terms = [
            (116, amount(row.base)),
            (117, amount(row.tax)),
            (118, text(&row.category)),
            (119, amount(row.rate)),
        ];
        named(&terms, &row.evidence)
    });
    rows.collect()
}

/// BG-25 Invoice lines.
pub fn lines(invoice: &Invoice) -> Vec<Fields> {
    let rows = invoice.lines.iter().map(|line| {
        let terms = [
            (126, text(&line.id)),
            (129, amount(line.quantity)),
            (130, text(&line.unit)),
            (131, amount(line.net)),
            (146, amount(line.price)),
            (152, amount(line.vat_rate)),
            (153, text(&line.item.name)),
        ];
        named(&terms, &line.evidence)
    });
    rows.collect()
}

fn text(value: &Option<String>) -> Option<String> {
    value.clone()
}

fn amount(value: Option<Amount>) -> Option<String> {
    value.map(|amount| amount.to_string())
}

fn date(value: Option<Date>) -> Option<String> {
    value.map(|date| date.to_string())
}

fn named(terms: &[(u16, Option<String>)], evidence: &BTreeMap<Term, Evidence>) -> Fields {
    let present = terms.iter().filter_map(|(number, value)| Some((bt(*number), value.clone()?)));
    present.map(|(term, value)| (term.to_string(), Field::of(value, evidence.get(&term)))).collect()
}
