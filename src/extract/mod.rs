//! From a document and its text to what it says: an invoice or a letter.
//!
//! In: [`Document`], its bytes, its [`Reading`]. Out: [`Content`]. Absent on purpose: judging and any network.
//!
//! XML is the invoice; a page is only ever a guess. What a file is called never matters, only what it holds.

pub mod class;
mod fields;
pub mod guess;
pub mod memory;

use crate::error::{Error, Kind, Result};
use crate::invoice::{self, Evidence, Invoice, bt};
use crate::job::Kind as Format;
use crate::recognise::Text;
pub use class::Classified;
pub use memory::Memory;
use serde::{Deserialize, Serialize};

pub use fields::{Field, Fields, breakdown, fields, lines};

/// What a document says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// An e-invoice, or an invoice guessed from its page ([`Invoice::syntax`] is `None`).
    Invoice(Box<Invoice>),
    Letter(Letter),
}

/// Anything that is not an invoice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    pub class: Classified,
    /// First meaningful line, a label for people.
    pub title: Option<String>,
    /// Words found on its pages.
    pub words: usize,
}

/// A document as it came, with what was read from its pages.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// A label for people.
    pub name: &'a str,
    pub kind: Format,
    pub bytes: &'a [u8],
    /// Its pages, where it has some.
    pub text: &'a Text,
    /// The files embedded in a PDF.
    pub embedded: &'a [Vec<u8>],
}

/// What the document says. `memory`: what is known about the suppliers of its tenant.
pub fn content(source: &Source, memory: &Memory) -> Result<Content> {
    let name = source.name;
    if let Some(xml) = invoice_xml(source)? {
        return Ok(Content::Invoice(Box::new(invoice::read(xml)?)));
    }
    match source.kind {
        Format::UblInvoice | Format::UblCreditNote | Format::Cii => {
            Err(Error::new(Kind::Internal, format!("{name} is an invoice and was not read")))
        }
        Format::Pdf | Format::Tiff | Format::Jpeg | Format::Png => Ok(page(source.text, memory)),
        Format::PlainText => Ok(Content::Letter(plain_letter(&String::from_utf8_lossy(source.bytes)))),
        Format::OtherXml => {
            Err(Error::new(Kind::Unsupported, format!("{name} is XML, but not an invoice in UBL or CII"))
                .hint("look what it is; an invoice must be sent as XRechnung or ZUGFeRD"))
        }
        Format::Empty => Err(Error::new(Kind::Empty, format!("{name} has no bytes")).hint("send it again")),
        Format::Mail | Format::Zip => {
            Err(Error::new(Kind::Unsupported, format!("{name} holds several files and was not divided"))
                .hint("send the files themselves"))
        }
        Format::Unknown => Err(Error::new(Kind::Unsupported, format!("{name} is of a kind we cannot read"))
            .hint("send it as PDF, TIFF, JPEG, PNG or as an e-invoice")),
    }
}

/// The e-invoice of a document: its own bytes, or the one file in a PDF that is an invoice. A document without
/// one has only pages, or nothing to do with invoices.
pub fn invoice_xml<'a>(source: &Source<'a>) -> Result<Option<&'a [u8]>> {
    match source.kind {
        kind if kind.is_invoice_xml() => Ok(Some(source.bytes)),
        Format::Pdf => invoice_among(source.name, source.embedded.iter().map(Vec::as_slice)),
        _ => Ok(None),
    }
}

/// The one invoice among the files of a PDF. Two that differ are nobody's guess to make.
pub fn invoice_among<'a>(name: &str, files: impl IntoIterator<Item = &'a [u8]>) -> Result<Option<&'a [u8]>> {
    let mut only: Option<&[u8]> = None;
    for bytes in files {
        if invoice::syntax_of(bytes).is_none() {
            continue;
        }
        if only.is_some_and(|earlier| earlier != bytes) {
            return Err(Error::new(Kind::Ambiguous, format!("{name} holds two different invoices as XML"))
                .hint("ask the sender which of them is meant, and for a file with one invoice"));
        }
        only = Some(bytes);
    }
    Ok(only)
}

/// Pages without XML: an invoice is guessed, everything else is a letter.
fn page(text: &Text, memory: &Memory) -> Content {
    let class = class::of(text);
    if class.class.is_invoice() {
        let mut invoice = guess::guess(text, class.class);
        memory.recall(text, &mut invoice);
        name_class(&mut invoice, class);
        return Content::Invoice(Box::new(invoice));
    }
    Content::Letter(letter_of(&text.plain(), class))
}

/// BT-3 Invoice type code is the class of the page, so it is as sure as that, and the same words speak for it.
fn name_class(invoice: &mut Invoice, class: Classified) {
    invoice.type_code = Some(class::type_code(class.class).to_owned());
    let marks = class.because.into_iter().map(Into::into).collect();
    let evidence = Evidence { confidence: class.confidence, page: 1, marks, ..Evidence::default() };
    invoice.evidence.insert(bt(3), evidence);
}

/// A text without pages, such as the body of a mail.
fn plain_letter(plain: &str) -> Letter {
    letter_of(plain, Classified::plain_text())
}

fn letter_of(plain: &str, class: Classified) -> Letter {
    Letter { class, title: title(plain), words: plain.split_whitespace().count() }
}

/// The subject, where one is named; else the first line long enough to mean something.
fn title(plain: &str) -> Option<String> {
    let subject = plain.lines().take(60).find_map(|line| {
        let line = line.trim();
        let subject = line.strip_prefix("Betreff:").or_else(|| line.strip_prefix("Betrifft:"))?.trim();
        if subject.is_empty() { None } else { Some(subject) }
    });
    let meaningful = |line: &&str| line.chars().filter(|c| c.is_alphabetic()).count() >= 5;
    let line = subject.or_else(|| plain.lines().map(str::trim).find(meaningful))?;
    Some(line.chars().filter(|c| !c.is_control()).take(120).collect())
}
