//! How well fields are read from layouts nobody tuned for: recorded readings with truth (`tests/corpus`), scored field by
//! field. The documents are made by `tests/corpus/make.py` and kept by `tests/corpus/record.py`.
//!
//! A value is right when it says the same as the truth, however it is written; a value given where the page shows none is
//! wrong. *Touchless*: every needed value the page shows is right and sure, and no sure one is wrong.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

use laufmappe::extract::{self, Content, Field, Fields, Source, class};
use laufmappe::job::Kind;
use laufmappe::recognise::{Code, Page, PageKind, Text, Word};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::{self, Display};

/// Floors, each a little below what was measured; raise them with the reading, never lower them for it.
const RIGHT: f64 = 0.90;
const PRECISION: f64 = 0.96;
const TOUCHLESS: f64 = 0.40;
const CLASSES: f64 = 0.95;
/// Of the values given as sure, at most one in a hundred is wrong.
const SURE: f64 = 0.99;
const WRONG_OF_SURE: f64 = 0.01;

const READINGS: &str = include_str!("corpus/readings.jsonl");
const TRUTHS: &str = include_str!("corpus/truth.jsonl");

/// Term, its name in the truth, and whether payment needs it.
const FIELDS: [(&str, &str, bool); 16] = [
    ("BT-1", "invoice_number", true),
    ("BT-2", "issue_date", true),
    ("BT-27", "seller_name", true),
    ("BT-31", "seller_vat_id", true),
    ("BT-32", "seller_tax_number", false),
    ("BT-84", "iban", true),
    ("BT-86", "bic", false),
    ("BT-44", "buyer_name", false),
    ("BT-10", "buyer_reference", false),
    ("BT-13", "order_number", false),
    ("BT-109", "net_total", true),
    ("BT-110", "vat_total", true),
    ("BT-112", "gross_total", true),
    ("BT-115", "amount_due", false),
    ("BT-9", "due_date", true),
    ("BT-5", "currency", false),
];

#[derive(Deserialize)]
struct Truth {
    id: String,
    layout: String,
    doc_class: String,
    fields: BTreeMap<String, Value>,
}

#[derive(Deserialize)]
struct Recorded {
    id: String,
    pages: Vec<RecordedPage>,
}

#[derive(Deserialize)]
struct RecordedPage {
    number: u32,
    kind: PageKind,
    size: (f32, f32),
    words: Vec<(String, f32, f32, f32, f32, f32, u32)>,
    codes: Vec<Code>,
}

impl Recorded {
    fn text(self) -> Text {
        let page = |page: RecordedPage| Page {
            words: page.words.into_iter().map(word).collect(),
            codes: page.codes,
            ..Page::empty(page.number, page.kind, page.size)
        };
        Text { pages: self.pages.into_iter().map(page).collect() }
    }
}

fn word((text, x, y, width, height, confidence, line): (String, f32, f32, f32, f32, f32, u32)) -> Word {
    Word { text, x, y, width, height, confidence, line }
}

#[derive(Default)]
struct Tally {
    known: u32,
    given: u32,
    right: u32,
    sure: u32,
    sure_and_wrong: u32,
}

#[derive(Default)]
struct Score {
    fields: BTreeMap<&'static str, Tally>,
    invoices: u32,
    touchless: u32,
    documents: u32,
    classes: u32,
    wrong: Vec<String>,
}

impl Score {
    fn sum(&self, part: fn(&Tally) -> u32) -> f64 {
        self.fields.values().map(|tally| f64::from(part(tally))).sum()
    }

    fn right(&self) -> f64 {
        self.sum(|tally| tally.right) / self.sum(|tally| tally.known)
    }

    fn precision(&self) -> f64 {
        self.sum(|tally| tally.right) / self.sum(|tally| tally.given)
    }

    fn touchless(&self) -> f64 {
        f64::from(self.touchless) / f64::from(self.invoices)
    }
}

impl Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "\n{:20}{:>7}{:>7}{:>7}{:>7}{:>16}",
            "field", "known", "given", "right", "sure", "sure and wrong"
        )?;
        for (name, tally) in &self.fields {
            let Tally { known, given, right, sure, sure_and_wrong } = tally;
            writeln!(f, "{name:20}{known:7}{given:7}{right:7}{sure:7}{sure_and_wrong:16}")?;
        }
        let (right, precision) = (self.right(), self.precision());
        writeln!(
            f,
            "right {right:.3}, precision {precision:.3}, touchless {}/{}",
            self.touchless, self.invoices
        )?;
        writeln!(f, "classes {}/{}", self.classes, self.documents)?;
        self.wrong.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn score() -> Score {
    let mut score = Score::default();
    let truths = TRUTHS.lines().map(|line| serde_json::from_str::<Truth>(line).unwrap());
    let readings = READINGS.lines().map(|line| serde_json::from_str::<Recorded>(line).unwrap());
    for (truth, reading) in truths.zip(readings) {
        assert_eq!(truth.id, reading.id, "the two files belong together");
        let text = reading.text();
        score.documents += 1;
        let class = serde_json::to_value(class::of(&text).class).unwrap();
        score.classes += u32::from(class == truth.doc_class.as_str());
        if ["invoice", "credit_note"].contains(&truth.doc_class.as_str()) {
            score.invoice(&truth, &header(&text));
        }
    }
    score
}

fn header(text: &Text) -> Fields {
    let source = Source { name: "page", kind: Kind::Tiff, bytes: b"x", text, embedded: &[] };
    match extract::content(&source, &extract::Memory::default()).unwrap() {
        Content::Invoice(invoice) => extract::fields(&invoice),
        Content::Letter(_) => Fields::new(),
    }
}

impl Score {
    fn invoice(&mut self, truth: &Truth, fields: &Fields) {
        self.invoices += 1;
        let mut touchless = true;
        for (term, name, needed) in FIELDS {
            let known = truth.fields.get(name).and_then(Value::as_str).map(|value| plain(name, value));
            let given = fields.get(term);
            let right = known.is_some() && given.map(|field| plain(name, &field.value)) == known;
            let sure = given.is_some_and(is_sure);
            let tally = self.fields.entry(name).or_default();
            tally.known += u32::from(known.is_some());
            tally.given += u32::from(given.is_some());
            tally.right += u32::from(right);
            tally.sure += u32::from(sure);
            tally.sure_and_wrong += u32::from(sure && !right);
            let settled = if known.is_some() { right && sure } else { !sure };
            touchless &= settled || !needed;
            if let (Some(field), false) = (given, right) {
                let Truth { id, layout, .. } = truth;
                let Field { value, confidence, marks, .. } = field;
                let wrong =
                    format!("{id} {layout} {name}: {value} for {known:?}, {confidence:?} {}", marks.join(" "));
                self.wrong.push(wrong);
            }
        }
        self.touchless += u32::from(touchless);
    }
}

fn is_sure(field: &Field) -> bool {
    field.confidence.is_some_and(|confidence| confidence >= SURE)
}

/// A value as it is compared: amounts by their worth, names and numbers without blanks and signs.
fn plain(name: &str, value: &str) -> String {
    let joined: String = value.split_whitespace().collect::<String>().to_uppercase();
    let kept = |keep: fn(&char) -> bool| joined.chars().filter(keep).collect::<String>();
    match name {
        "net_total" | "vat_total" | "gross_total" | "amount_due" => {
            value.parse::<Decimal>().map_or(joined, |amount| format!("{:.2}", amount.round_dp(2)))
        }
        "seller_name" | "buyer_name" => {
            joined.replace('ß', "SS").chars().filter(|c| c.is_alphanumeric()).collect()
        }
        "seller_tax_number" => kept(char::is_ascii_digit),
        "bic" => kept(char::is_ascii_alphanumeric).chars().take(8).collect(),
        "iban" | "seller_vat_id" => kept(char::is_ascii_alphanumeric),
        _ => joined,
    }
}

#[test]
fn fields_are_read_from_layouts_nobody_tuned_for() {
    let score = score();
    assert!(score.right() >= RIGHT, "{score}");
    assert!(score.precision() >= PRECISION, "{score}");
    assert!(score.touchless() >= TOUCHLESS, "{score}");
}

#[test]
fn classes_are_told_apart() {
    let score = score();
    assert!(f64::from(score.classes) >= CLASSES * f64::from(score.documents), "{score}");
}

#[test]
fn hardly_a_sure_value_is_wrong() {
    let score = score();
    let (sure, wrong) = (score.sum(|tally| tally.sure), score.sum(|tally| tally.sure_and_wrong));
    assert!(wrong <= WRONG_OF_SURE * sure, "{score}");
}

#[test]
fn values_are_compared_by_what_they_say() {
    let cases = [
        ("gross_total", "1234.5", "1234.50"),
        ("iban", "DE02 1203 0000 0000 2020 51", "DE02120300000000202051"),
        ("seller_tax_number", "201/113/40209", "20111340209"),
        ("seller_name", "Groß & Klein GmbH", "GROSSKLEINGMBH"),
        ("bic", "BYLADEM1001", "BYLADEM1"),
        ("invoice_number", "RE 2026-17", "RE2026-17"),
    ];
    for (name, value, said) in cases {
        assert_eq!(plain(name, value), said);
    }
}
