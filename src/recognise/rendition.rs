//! The child's side of making new PDFs: the parts of a batch, and the searchable rendition of a scan.
//!
//! In: a document and what was read of it. Out: PDFs whose bytes depend on nothing else. Absent on purpose:
//! changing the document itself.

use super::raster::{Images, Raster};
use super::reading::{only, told, understood};
use super::{Page, PageKind, Section, Text, copy, overlay, paper, pdf};
use crate::error::{Error, Kind, Result};
use crate::job;
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
        let (part, _) = source.pages(&section.pages)?;
        parts.push(copy::bytes(part)?);
    }
    Ok((told(&parts.len())?, parts))
}

/// Task "searchable": the whole document with invisible text over the pages that OCR read.
pub fn perform_searchable(question: Value, blobs: Vec<Vec<u8>>) -> Answer {
    let question: SearchableQuestion = understood(question)?;
    let mut source = Source::open(question.kind, only(blobs)?, &question.passwords)?;
    let pages = &question.text.pages;
    let numbers: Vec<u32> = pages.iter().map(|page| page.number).collect();
    let (mut target, places) = source.pages(&numbers)?;
    add_text(&mut target, &places, pages);
    Ok((told(&1)?, vec![copy::bytes(target)?]))
}

fn add_text(target: &mut Document, places: &[ObjectId], pages: &[Page]) {
    let font = overlay::add_font(target);
    for (page, place) in pages.iter().zip(places) {
        if needs_text(page) {
            overlay::add(target, *place, page, font);
        }
    }
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
    Images { images: Images, jpeg: Option<Vec<u8>> },
}

impl Source {
    fn open(kind: job::Kind, bytes: Vec<u8>, passwords: &[String]) -> Result<Self> {
        if kind == job::Kind::Pdf {
            return Ok(Self::Pdf(Box::new(pdf::open(&bytes, passwords)?.structure)));
        }
        let jpeg = (kind == job::Kind::Jpeg).then(|| bytes.clone());
        Ok(Self::Images { images: Images::open(kind, bytes)?, jpeg })
    }

    /// A document of these pages, and their ids in it.
    fn pages(&mut self, numbers: &[u32]) -> Result<(Document, Vec<ObjectId>)> {
        if numbers.is_empty() {
            return Err(Error::new(Kind::NoPages, "a part without pages"));
        }
        match self {
            Self::Pdf(structure) => copy::pages(structure, numbers),
            Self::Images { images, jpeg } => {
                let mut target = Document::with_version("1.5");
                let root = target.new_object_id();
                let mut kids = Vec::with_capacity(numbers.len());
                for number in numbers {
                    let raster: Raster = images.page(*number)?;
                    kids.push(paper::add(&mut target, root, &raster, jpeg.as_deref())?);
                }
                Ok((copy::closed(target, root, &kids, None), kids))
            }
        }
    }
}
