//! The reading desk: what a file with pages says, document by document; nothing is kept or filed.
//!
//! In: the bytes of a file. Out: [`Answer`]s, one for each document in it. Absent on purpose: ledger, store,
//! queue; the pipeline reads the same way and notes what it does.

mod told;

pub use told::text;

use crate::error::Result;
use crate::extract::{self, Content, Field, Fields, Memory, class};
use crate::intake;
use crate::recognise::{self, Page, PageKind, Reading, Sight, Text};
use crate::sandbox::Sandbox;
use serde::Serialize;
use std::collections::BTreeMap;

/// One document of a file.
#[derive(Debug, Clone, Serialize)]
pub struct Answer {
    pub file: String,
    /// From 1.
    pub part: u32,
    pub class: Class,
    /// Its pages; with the first part also the separator sheets and blank pages of the whole file.
    pub pages: Vec<SourcePage>,
    /// Counts of the whole file.
    pub sheets: Balance,
    pub fields: BTreeMap<String, Value>,
    /// BG-25
    pub lines: Vec<Fields>,
    pub text: String,
}

/// A header value, or the rows of the VAT breakdown (BG-23).
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Value {
    Single(Field),
    Rows(Vec<Row>),
}

#[derive(Debug, Clone, Serialize)]
pub struct Row {
    #[serde(flatten)]
    pub fields: Fields,
    /// Of the least sure of its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
}

#[derive(Debug, Clone, Serialize)]
pub struct Class {
    pub name: class::Class,
    pub confidence: f64,
    /// The words that decided it.
    pub because: Vec<String>,
}

/// A page of the file.
#[derive(Debug, Clone, Serialize)]
pub struct SourcePage {
    /// From 0.
    pub source_page: u32,
    /// Degrees clockwise by which it was turned to stand upright.
    pub rotation: u16,
    /// Degrees by which it lay askew.
    pub skew: f64,
    pub blank: bool,
    pub separator: bool,
    pub ocr_ms: u32,
}

/// Where the pages of the file went: in = filed + separators + blanks.
#[derive(Debug, Clone, Serialize)]
pub struct Balance {
    #[serde(rename = "in")]
    pub pages_in: u32,
    pub filed: u32,
    pub separators: u32,
    pub blanks: u32,
    /// From 0.
    pub separator_pages: Vec<u32>,
    /// From 0.
    pub blank_pages: Vec<u32>,
}

pub struct Reader {
    pub sandbox: Sandbox,
    /// Tried on encrypted PDFs.
    pub passwords: Vec<String>,
    /// What is known about the suppliers of the tenant that reads.
    pub memory: Memory,
}

impl Reader {
    /// A reader that knows no supplier.
    pub fn new(sandbox: Sandbox, passwords: Vec<String>) -> Self {
        Self { sandbox, passwords, memory: Memory::default() }
    }

    /// The words of a file with pages.
    pub async fn pages(&self, bytes: &[u8]) -> Result<Text> {
        let sight = recognise::see(&self.sandbox, intake::kind(bytes), bytes, &self.passwords).await?;
        Ok(sight.text)
    }

    /// Reads a file with pages. `file` is a label.
    pub async fn read(&self, file: &str, bytes: &[u8]) -> Result<Vec<Answer>> {
        let kind = intake::kind(bytes);
        let sight = recognise::see(&self.sandbox, kind, bytes, &self.passwords).await?;
        let (whole, files) = embedded_apart(sight);
        let balance = balance(&whole.text.pages);
        let batch = recognise::sections(&whole);
        let mut answers = Vec::new();
        let Some(batch) = batch else {
            let numbers: Vec<u32> = whole.text.pages.iter().map(|page| page.number).collect();
            let source = extract::Source { name: file, kind, bytes, text: &whole.text, embedded: &files };
            answers.push(answer(&source, &self.memory, 1, &numbers, &whole.text, &balance)?);
            return Ok(answers);
        };
        let alarms = recognise::alarms(&whole, &batch);
        if !alarms.is_empty() {
            return Err(recognise::stopped(&alarms));
        }
        for (part, section) in (1..).zip(&batch.sections) {
            let reading = recognise::part(&whole, section);
            let source = extract::Source { name: file, kind, bytes, text: &reading.text, embedded: &[] };
            answers.push(answer(&source, &self.memory, part, &section.pages, &whole.text, &balance)?);
        }
        Ok(answers)
    }
}

fn embedded_apart(sight: Sight) -> (Reading, Vec<Vec<u8>>) {
    let files = sight.files.into_iter().map(|(_, bytes)| bytes).collect();
    (Reading { text: sight.text, ..Reading::default() }, files)
}

/// `numbers`: the pages of the document in the whole file, from 1.
fn answer(
    source: &extract::Source,
    memory: &Memory,
    part: u32,
    numbers: &[u32],
    whole: &Text,
    balance: &Balance,
) -> Result<Answer> {
    let content = extract::content(source, memory)?;
    let class = class::of(source.text);
    let (fields, lines) = match &content {
        Content::Invoice(invoice) => (header(invoice), extract::lines(invoice)),
        Content::Letter(_) => (BTreeMap::new(), Vec::new()),
    };
    let pages = whole.pages.iter().filter(|page| numbers.contains(&page.number)).map(source_page);
    Ok(Answer {
        file: source.name.to_owned(),
        part,
        class: Class {
            name: class.class,
            confidence: (f64::from(class.confidence) * 1000.0).floor() / 1000.0,
            because: class.because,
        },
        pages: pages.collect(),
        sheets: balance.clone(),
        fields,
        lines,
        text: source.text.plain(),
    })
}

fn header(invoice: &crate::invoice::Invoice) -> BTreeMap<String, Value> {
    let mut fields: BTreeMap<String, Value> =
        extract::fields(invoice).into_iter().map(|(term, field)| (term, Value::Single(field))).collect();
    let rows: Vec<Row> = extract::breakdown(invoice).into_iter().map(row).collect();
    if !rows.is_empty() {
        fields.insert("BG-23".to_owned(), Value::Rows(rows));
    }
    fields
}

fn row(fields: Fields) -> Row {
    let confidence = fields.values().filter_map(|field| field.confidence).reduce(f64::min);
    Row { fields, confidence }
}

fn source_page(page: &Page) -> SourcePage {
    SourcePage {
        source_page: page.number.saturating_sub(1),
        rotation: page.turned,
        skew: (f64::from(page.skew) * 100.0).round() / 100.0,
        blank: page.kind == PageKind::Blank,
        separator: matches!(page.kind, PageKind::Separator(_) | PageKind::UnreadSeparator(_)),
        ocr_ms: page.ocr_ms,
    }
}

fn balance(pages: &[Page]) -> Balance {
    let numbers = |wanted: fn(&PageKind) -> bool| -> Vec<u32> {
        pages.iter().filter(|page| wanted(&page.kind)).map(|page| page.number.saturating_sub(1)).collect()
    };
    let separator_pages = numbers(|kind| matches!(kind, PageKind::Separator(_) | PageKind::UnreadSeparator(_)));
    let blank_pages = numbers(|kind| *kind == PageKind::Blank);
    let filed = numbers(|kind| matches!(kind, PageKind::Layer | PageKind::Ocr)).len() as u32;
    Balance {
        pages_in: pages.len() as u32,
        filed,
        separators: separator_pages.len() as u32,
        blanks: blank_pages.len() as u32,
        separator_pages,
        blank_pages,
    }
}
