//! What the rules may ask about a document: the facts, and nothing else.
//!
//! In: document, content, report. Out: [`Facts`], which can be written down and decided upon again. Absent on
//! purpose: everything no rule has a word for.

use crate::extract::Content;
use crate::extract::class::Class;
use crate::invoice::{Amount, Invoice, Syntax, bt};
use crate::job::{Document, DocumentId, Tenant};
use crate::validate::{Recommendation, Report};
use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything a decision rests on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Facts {
    pub tenant: Tenant,
    pub document: DocumentId,
    /// The name it came with: a label.
    pub name: String,
    /// Day of receipt in the town hall.
    pub received: Date,
    pub sort: Sort,
    pub syntax: Option<Syntax>,
    /// The earlier document with the same bytes.
    pub repeats: Option<DocumentId>,
    /// The examination found a fatal error or recommends to reject.
    pub fatal: bool,
    /// Header values by term (`BT-1`), as written, without blanks around them; absent means missing.
    pub values: BTreeMap<String, String>,
    /// Of a guessed invoice: the lowest confidence among its required values, 0 to 1.
    pub confidence: Option<Decimal>,
    /// What the document is; of an e-invoice by its type code.
    #[serde(default)]
    pub class: Option<Class>,
    /// Of a class told from the pages: how surely, 0 to 1.
    #[serde(default)]
    pub class_confidence: Option<Decimal>,
    /// Of a class told from the pages: the words that decided it.
    #[serde(default)]
    pub class_words: Vec<String>,
    /// What the separator sheet said: `office`, `class`.
    pub separator: BTreeMap<String, String>,
    /// First line of a letter.
    pub subject: Option<String>,
}

/// What kind of document it is, in the words of the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sort {
    ERechnung,
    /// An invoice read from its page.
    Geraten,
    Schreiben,
    /// Nothing on it could be read.
    Unlesbar,
}

impl Sort {
    pub const ALL: [Sort; 4] = [Sort::ERechnung, Sort::Geraten, Sort::Schreiben, Sort::Unlesbar];

    pub fn word(self) -> &'static str {
        match self {
            Sort::ERechnung => "e-rechnung",
            Sort::Geraten => "geraten",
            Sort::Schreiben => "schreiben",
            Sort::Unlesbar => "unlesbar",
        }
    }
}

/// A header value rules may name: its term (`BT-1`), its name for people, where the invoice keeps it.
#[derive(Debug)]
pub(super) struct Named {
    pub key: &'static str,
    pub de: &'static str,
    pub en: &'static str,
    value: fn(&Invoice) -> Option<String>,
}

#[rustfmt::skip]
pub(super) const NAMED: &[Named] = &[
    named("BT-1", "Rechnungsnummer", "invoice number", |i| i.number.clone()),
    named("BT-2", "Rechnungsdatum", "invoice date", |i| i.issue_date.map(|day| day.to_string())),
    named("BT-3", "Rechnungsart", "invoice type", |i| i.type_code.clone()),
    named("BT-5", "Währung", "currency", |i| i.currency.clone()),
    named("BT-9", "Fälligkeit", "due date", |i| i.due_date.map(|day| day.to_string())),
    named("BT-10", "Leitweg-ID", "Leitweg-ID", |i| i.buyer_reference.clone()),
    named("BT-11", "Projekt", "project", |i| i.project.clone()),
    named("BT-12", "Vertrag", "contract", |i| i.contract.clone()),
    named("BT-13", "Bestellnummer", "order number", |i| i.order.clone()),
    named("BT-19", "Buchungsreferenz", "accounting reference", |i| i.buyer_accounting.clone()),
    named("BT-27", "Lieferant", "supplier", |i| i.seller.name.clone()),
    named("BT-31", "USt-IdNr. des Lieferanten", "VAT identifier of the supplier", |i| i.seller.vat_id.clone().map(|id| unspaced(&id))),
    named("BT-32", "Steuernummer des Lieferanten", "tax number of the supplier", |i| i.seller.tax_number.clone()),
    named("BT-44", "Empfänger", "buyer", |i| i.buyer.name.clone()),
    named("BT-84", "IBAN", "IBAN", iban),
    named("BT-112", "Bruttobetrag", "total with VAT", |i| i.totals.with_vat.map(|amount| amount.to_string())),
    named("BT-115", "Zahlbetrag", "amount due", |i| i.totals.due.map(|amount| amount.to_string())),
];

const fn named(
    key: &'static str,
    de: &'static str,
    en: &'static str,
    value: fn(&Invoice) -> Option<String>,
) -> Named {
    Named { key, de, en, value }
}

fn unspaced(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn iban(invoice: &Invoice) -> Option<String> {
    let transfers = invoice.payment.iter().flat_map(|payment| &payment.transfers);
    transfers.filter_map(|transfer| transfer.account.as_deref()).map(unspaced).next()
}

/// The name of a term rules may ask for, by its text (`BT-1`).
pub(super) fn name_of(term: &str) -> Option<&'static Named> {
    NAMED.iter().find(|named| named.key == term)
}

/// What the machine must have read for sure before it files an invoice it guessed.
/// Each row is met by any one of its terms.
const REQUIRED: &[&[u16]] = &[&[1], &[2], &[27], &[112, 115]];

impl Facts {
    pub fn of(document: &Document, content: &Content, report: &Report) -> Self {
        let mut facts = Self {
            tenant: document.tenant.clone(),
            document: document.id.clone(),
            name: short(&document.name),
            received: document.arrival.day(),
            sort: Sort::Unlesbar,
            syntax: None,
            repeats: document.repeats.clone(),
            fatal: report.fatal() > 0 || report.recommendation == Recommendation::Reject,
            values: BTreeMap::new(),
            confidence: None,
            class: None,
            class_confidence: None,
            class_words: Vec::new(),
            separator: BTreeMap::new(),
            subject: None,
        };
        if let Some(text) = document.part_of.as_ref().and_then(|part| part.separator.as_deref()) {
            facts.separator = separator(text);
        }
        match content {
            Content::Invoice(invoice) => facts.read_invoice(invoice),
            Content::Letter(letter) => {
                facts.subject = letter.title.as_deref().map(short).filter(|title| !title.is_empty());
                if letter.words > 0 || facts.subject.is_some() {
                    facts.sort = Sort::Schreiben;
                    let class = &letter.class;
                    facts.classify(
                        class.class,
                        Some(class.confidence),
                        class.because.iter().map(String::as_str),
                    );
                }
            }
        }
        facts
    }

    fn read_invoice(&mut self, invoice: &Invoice) {
        self.syntax = invoice.syntax;
        self.sort = if invoice.syntax.is_some() { Sort::ERechnung } else { Sort::Geraten };
        for named in NAMED {
            let value = (named.value)(invoice).map(|value| short(&value));
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                self.values.insert(named.key.to_owned(), value);
            }
        }
        let credit = self.value("BT-3") == Some("381") || invoice.syntax == Some(Syntax::UblCreditNote);
        let class = if credit { Class::CreditNote } else { Class::Invoice };
        if invoice.syntax.is_some() {
            self.classify(class, None, []);
            return;
        }
        self.confidence = Some(self.lowest_confidence(invoice));
        let evidence = invoice.evidence.get(&bt(3));
        let words = evidence.iter().flat_map(|evidence| &evidence.marks).map(AsRef::as_ref);
        self.classify(class, evidence.map(|evidence| evidence.confidence), words);
    }

    fn classify<'a>(
        &mut self,
        class: Class,
        confidence: Option<f32>,
        words: impl IntoIterator<Item = &'a str>,
    ) {
        self.class = Some(class);
        self.class_confidence = confidence.map(exact);
        self.class_words = words.into_iter().take(5).map(short).collect();
    }

    /// A value without evidence counts as not read at all; a missing value is no matter of confidence.
    fn lowest_confidence(&self, invoice: &Invoice) -> Decimal {
        let mut lowest = Decimal::ONE;
        for terms in REQUIRED {
            let read = terms.iter().map(|number| bt(*number)).filter(|term| self.has(&term.to_string()));
            let best =
                read.map(|term| invoice.evidence.get(&term).map_or(Decimal::ZERO, |e| exact(e.confidence)));
            lowest = lowest.min(best.max().unwrap_or(Decimal::ONE));
        }
        lowest
    }

    pub fn value(&self, term: &str) -> Option<&str> {
        self.values.get(term).map(String::as_str)
    }

    pub fn has(&self, term: &str) -> bool {
        self.values.contains_key(term)
    }

    /// BT-115 Amount due for payment, else BT-112 Invoice total amount with VAT.
    pub fn amount(&self) -> Option<Decimal> {
        let written = self.value("BT-115").or_else(|| self.value("BT-112"))?;
        written.parse::<Amount>().ok().map(Amount::value)
    }

    /// Year of BT-2 Invoice issue date, else of receipt.
    pub fn year(&self) -> i16 {
        let issued = self.value("BT-2").and_then(|day| day.parse::<Date>().ok());
        issued.unwrap_or(self.received).year()
    }
}

/// Three decimals, so that 0.7 stays 0.7; whatever is no share of one counts as nothing.
fn exact(confidence: f32) -> Decimal {
    if !(0.0..=1.0).contains(&confidence) {
        return Decimal::ZERO;
    }
    format!("{confidence:.3}").parse().unwrap_or_default()
}

/// `LAUFMAPPE:1;tenant=…;office=…;class=…`; any other text says nothing. The tenant was settled at the door.
fn separator(text: &str) -> BTreeMap<String, String> {
    let mut said = BTreeMap::new();
    let Some(fields) = text.trim().strip_prefix("LAUFMAPPE:1;") else { return said };
    for field in fields.split(';') {
        let Some((key, value)) = field.split_once('=') else { continue };
        let value = short(value);
        if matches!(key.trim(), "office" | "class") && !value.is_empty() {
            said.insert(key.trim().to_owned(), value);
        }
    }
    said
}

/// A label of one line and at most 200 characters.
fn short(text: &str) -> String {
    let line: String = text.chars().take(2_000).map(|c| if c.is_control() { ' ' } else { c }).collect();
    line.trim().chars().take(200).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_separator_sheet_says_office_and_class() {
        let said = separator("LAUFMAPPE:1;tenant=musterstadt;office=60;class=Rechnung;colour=blue");
        assert_eq!(said.get("office").map(String::as_str), Some("60"));
        assert_eq!(said.get("class").map(String::as_str), Some("Rechnung"));
        assert_eq!(said.len(), 2);
        for nothing in ["", "PATCHT", "LAUFMAPPE:2;office=60", "LAUFMAPPE:1;office=", "office=60"] {
            assert!(separator(nothing).is_empty(), "{nothing}");
        }
    }

    #[test]
    fn confidence_becomes_an_exact_share_of_one() {
        for (read, written) in
            [(0.7_f32, "0.700"), (0.599_6, "0.600"), (1.0, "1.000"), (f32::NAN, "0"), (1.1, "0"), (-0.1, "0")]
        {
            assert_eq!(exact(read).to_string(), written);
        }
    }

    #[test]
    fn labels_stay_short_and_on_one_line() {
        assert_eq!(short("  Müller\r\n\u{0} GmbH "), "Müller    GmbH");
        assert_eq!(short(&"x".repeat(5_000)).len(), 200);
    }
}
