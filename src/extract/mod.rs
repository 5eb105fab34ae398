//! From a document and its text to what it says: an invoice or a letter.
//!
//! In: [`Document`], its bytes, its [`Reading`]. Out: [`Content`]. Absent on purpose: judging and any network.
//!
//! XML is the invoice; a page is only ever a guess. What a file is called never matters, only what it holds.

pub mod class;
pub mod guess;

use crate::error::{Error, Kind, Result};
use crate::invoice::{self, Invoice};
use crate::job::{Document, Kind as Format};
use crate::recognise::{EmbeddedFile, Reading};
use serde::{Deserialize, Serialize};

/// What a document says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// An e-invoice, or an invoice guessed from its page ([`Invoice::syntax`] is `None`).
    Invoice(Box<Invoice>),
    Letter(Letter),
}

/// Anything that is not an invoice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Letter {
    /// First meaningful line, a label for people.
    pub title: Option<String>,
    /// Words found on its pages.
    pub words: usize,
}

/// What the document says. `embedded` are the files of a PDF with their bytes.
pub fn content(
    document: &Document,
    bytes: &[u8],
    reading: &Reading,
    embedded: &[(EmbeddedFile, Vec<u8>)],
) -> Result<Content> {
    let name = &document.name;
    if let Some(xml) = invoice_xml(document, bytes, embedded)? {
        return Ok(Content::Invoice(Box::new(invoice::read(xml)?)));
    }
    match document.kind {
        Format::UblInvoice | Format::UblCreditNote | Format::Cii => {
            Err(Error::new(Kind::Internal, format!("{name} is an invoice and was not read")))
        }
        Format::Pdf | Format::Tiff | Format::Jpeg | Format::Png => Ok(page(reading)),
        Format::PlainText => Ok(Content::Letter(letter(&String::from_utf8_lossy(bytes)))),
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
pub fn invoice_xml<'a>(
    document: &Document,
    bytes: &'a [u8],
    embedded: &'a [(EmbeddedFile, Vec<u8>)],
) -> Result<Option<&'a [u8]>> {
    match document.kind {
        kind if kind.is_invoice_xml() => Ok(Some(bytes)),
        Format::Pdf => invoice_among(&document.name, embedded.iter().map(|(_, bytes)| bytes.as_slice())),
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
fn page(reading: &Reading) -> Content {
    let plain = reading.text.plain();
    if class::is_invoice(&plain) {
        return Content::Invoice(Box::new(guess::guess(&reading.text)));
    }
    Content::Letter(letter(&plain))
}

fn letter(plain: &str) -> Letter {
    Letter { title: title(plain), words: plain.split_whitespace().count() }
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
