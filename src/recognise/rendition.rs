//! The child's side of making new PDFs: the parts of a batch, and the searchable rendition of a scan.
//!
//! In: a document and what was read of it. Out: PDFs whose bytes depend on nothing else. Absent on purpose:
//! changing the document itself; making PDF/A of pages that were born digital (they are searchable already).

use super::attached::{Attachment, attachments};
use super::book::{Book, Origin};
use super::glyphless::Alphabet;
use super::plate::Plates;
use super::raster::Images;
use super::reading::{only, told, understood};
use super::{Page, PageKind, Section, Text, copy, facsimile, overlay, paper, pdf, stored};
use crate::error::{Error, Kind, Result};
use crate::job::{self, ContentHash};
use crate::sandbox::Answer;
use lopdf::{Document, ObjectId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize)]
pub struct CutQuestion {
    pub kind: job::Kind,
    pub passwords: Vec<String>,
    pub sections: Vec<Section>,
}

#[derive(Serialize, Deserialize)]
pub struct SearchableQuestion {
    pub kind: job::Kind,
    pub passwords: Vec<String>,
    pub text: Text,
}

/// Task "cut": one PDF for each section.
pub fn perform_cut(question: Value, blobs: Vec<Vec<u8>>) -> Answer {
    let question: CutQuestion = understood(question)?;
    let mut source = Source::open(question.kind, only(blobs)?, &question.passwords)?;
    let mut parts = Vec::with_capacity(question.sections.len());
    for section in &question.sections {
        check(&section.pages)?;
        parts.push(copy::bytes(match &mut source {
            Source::Pdf(structure) => copy::pages(structure, &section.pages)?.0,
            Source::Images(images) => images_bound(images, &section.pages)?.0.target,
        })?);
    }
    Ok((told(&parts.len())?, parts))
}

/// Task "searchable": the whole document with invisible text over the pages that OCR read.
pub fn perform_searchable(question: Value, blobs: Vec<Vec<u8>>) -> Answer {
    let question: SearchableQuestion = understood(question)?;
    let bytes = only(blobs)?;
    let content = ContentHash::of(&bytes);
    let pages = &question.text.pages;
    let numbers: Vec<u32> = pages.iter().map(|page| page.number).collect();
    check(&numbers)?;
    let source = Source::open(question.kind, bytes, &question.passwords)?;
    let (mut book, places, origin, attachments) = match source {
        Source::Pdf(structure) => {
            let origin = Origin { content, signed: facsimile::is_signed(&structure) };
            let attachments = attachments(&structure)?;
            let (book, places) = pdf_bound(&structure, pages, &numbers)?;
            (book, places, origin, attachments)
        }
        Source::Images(mut images) => {
            let (book, places) = images_bound(&mut images, &numbers)?;
            (book, places, Origin { content, signed: false }, Vec::<Attachment>::new())
        }
    };
    add_text(&mut book, &places, pages)?;
    Ok((told(&1)?, vec![book.sealed(&origin, attachments)?]))
}

fn check(numbers: &[u32]) -> Result<()> {
    if numbers.is_empty() {
        return Err(Error::new(Kind::NoPages, "a part without pages"));
    }
    Ok(())
}

fn add_text(book: &mut Book, places: &[ObjectId], pages: &[Page]) -> Result<()> {
    let mut alphabet = Alphabet::new();
    for word in pages.iter().filter(|page| needs_text(page)).flat_map(|page| &page.words) {
        alphabet.learn(&word.text);
    }
    if !pages.iter().any(needs_text) {
        return Ok(());
    }
    let fonts = alphabet
        .add_to(&mut book.target)
        .map_err(|error| Error::new(Kind::Internal, format!("packing a font failed: {error}")))?;
    for (page, place) in pages.iter().zip(places) {
        if needs_text(page) {
            overlay::add(book, *place, page, &alphabet, &fonts);
        }
    }
    Ok(())
}

/// Whether the text of a page is known only to us.
pub fn needs_text(page: &Page) -> bool {
    match page.kind {
        PageKind::Ocr | PageKind::UnreadSeparator(_) => !page.words.is_empty(),
        PageKind::Layer | PageKind::Blank | PageKind::Separator(_) => false,
    }
}

/// Where pages are taken from.
enum Source {
    Pdf(Box<Document>),
    Images(Images),
}

impl Source {
    fn open(kind: job::Kind, bytes: Vec<u8>, passwords: &[String]) -> Result<Self> {
        if kind == job::Kind::Pdf {
            return Ok(Self::Pdf(Box::new(pdf::open(&bytes, passwords)?.structure)));
        }
        Ok(Self::Images(Images::open(kind, bytes)?))
    }
}

/// A document of these images, and the ids of its pages.
fn images_bound(images: &mut Images, numbers: &[u32]) -> Result<(Book, Vec<ObjectId>)> {
    let mut book = Book::new();
    let mut kids = Vec::with_capacity(numbers.len());
    for number in numbers {
        let stored = stored::page(images, *number)?;
        kids.push(paper::add(&mut book, stored)?);
    }
    book.target = copy::closed(book.target, book.root, &kids, None);
    Ok((book, kids))
}

/// A document of all pages of a PDF: scanned ones are put together anew, the others taken over as they are.
fn pdf_bound(source: &Document, read: &[Page], numbers: &[u32]) -> Result<(Book, Vec<ObjectId>)> {
    let ids = source.get_pages();
    let mut plates = Plates::default();
    let mut book = Book::new();
    let mut scans = Vec::with_capacity(read.len());
    for page in read {
        let scanned = page.kind != PageKind::Layer;
        let id = ids.get(&page.number).copied().filter(|_| scanned);
        scans.push(id.and_then(|id| facsimile::add(&mut book, &mut plates, source, id)));
    }
    if let Some(kids) = scans.iter().copied().collect::<Option<Vec<ObjectId>>>() {
        book.target = copy::closed(book.target, book.root, &kids, None);
        return Ok((book, kids));
    }
    let (mut book, kids) = Book::of_pages_as_they_are(copy::pages(source, numbers)?);
    let mut plates = Plates::default();
    for ((page, scan), kid) in read.iter().zip(scans).zip(&kids) {
        let id = ids.get(&page.number).copied().filter(|_| scan.is_some());
        if let Some(again) = id.and_then(|id| facsimile::add(&mut book, &mut plates, source, id)) {
            book.replace(*kid, again)?;
        }
    }
    book.target.prune_objects();
    Ok((book, kids))
}
