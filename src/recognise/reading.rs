//! The child's side of reading: a document is opened once, then its pages are read as they are asked for.
//!
//! In: [`OpenQuestion`] and the bytes, then page numbers (from 1). Out: [`OpenAnswer`] and the embedded files, then
//! [`Page`]s.

use super::ocr::Engine;
use super::raster::Images;
use super::{Origin, Page, embedded, origin, page, pdf};
use crate::error::{Error, Kind, Result};
use crate::job;
use crate::sandbox::{Answer, Tell};
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize)]
pub struct OpenQuestion {
    pub kind: job::Kind,
    pub passwords: Vec<String>,
    /// Whether this child gives the embedded files and tells the origin, too.
    pub embedded: bool,
}

#[derive(Serialize, Deserialize)]
pub struct OpenAnswer {
    /// Pages of the whole document.
    pub total: u32,
    /// Labels of the embedded files, whose bytes are the blobs.
    pub embedded: Vec<String>,
    /// What the file says about its making.
    #[serde(default)]
    pub origin: Option<Origin>,
}

/// Task "read".
pub fn perform_read(question: Value, blobs: Vec<Vec<u8>>, tell: &mut Tell<'_>) -> Result<()> {
    let question: OpenQuestion = understood(question)?;
    let bytes = only(blobs)?;
    match question.kind {
        job::Kind::Pdf => read_pdf(&question, bytes, tell),
        _ => read_images(&question, bytes, tell),
    }
}

fn read_pdf(question: &OpenQuestion, bytes: Vec<u8>, tell: &mut Tell<'_>) -> Result<()> {
    let opened = pdf::open(&bytes, &question.passwords)?;
    let files = if question.embedded { embedded::files(&opened.structure)? } else { Vec::new() };
    let (embedded, files): (Vec<String>, Vec<Vec<u8>>) = files.into_iter().unzip();
    let origin = question.embedded.then(|| origin::of_pdf(&opened.structure));
    let open = |total| OpenAnswer { total, embedded, origin };
    pdf::read(bytes, opened, |total, read| answer_pages(open(total), files, read, tell))
}

fn read_images(question: &OpenQuestion, bytes: Vec<u8>, tell: &mut Tell<'_>) -> Result<()> {
    let is_tiff = question.embedded && question.kind == job::Kind::Tiff;
    let origin = is_tiff.then(|| origin::of_tiff(&bytes));
    let mut images = Images::open(question.kind, bytes)?;
    let mut engine: Option<Engine> = None;
    let opened = OpenAnswer { total: images.count(), embedded: Vec::new(), origin };
    let mut read = |number| {
        let raster = images.page(number)?;
        let points = raster.points();
        page::read(number, raster.picture()?, points, &mut engine)
    };
    answer_pages(opened, Vec::new(), &mut read, tell)
}

/// Tells that the document is open, then gives page after page until nobody asks any more.
fn answer_pages(
    opened: OpenAnswer,
    files: Vec<Vec<u8>>,
    read: &mut dyn FnMut(u32) -> Result<Page>,
    tell: &mut Tell<'_>,
) -> Result<()> {
    let mut wanted = tell((told(&opened)?, files));
    while let Some(number) = wanted {
        let number: u32 = understood(number)?;
        wanted = tell((told(&read(number)?)?, Vec::new()));
    }
    Ok(())
}

/// Task "embedded": the files in a PDF and nothing of its pages.
pub fn perform_embedded(question: Value, blobs: Vec<Vec<u8>>) -> Answer {
    let passwords: Vec<String> = understood(question)?;
    let opened = pdf::open(&only(blobs)?, &passwords)?;
    let (names, files): (Vec<String>, _) = embedded::files(&opened.structure)?.into_iter().unzip();
    Ok((told(&names)?, files))
}

/// The question of a task.
pub fn understood<Q: for<'de> Deserialize<'de>>(question: Value) -> Result<Q> {
    serde_json::from_value(question)
        .map_err(|error| Error::new(Kind::Internal, format!("a question makes no sense: {error}")))
}

/// The answer of a task.
pub fn told<A: Serialize>(answer: &A) -> Result<Value> {
    serde_json::to_value(answer)
        .map_err(|error| Error::new(Kind::Internal, format!("an answer cannot be written: {error}")))
}

/// The document, the only blob of a question.
pub fn only(mut blobs: Vec<Vec<u8>>) -> Result<Vec<u8>> {
    match (blobs.pop(), blobs.is_empty()) {
        (Some(bytes), true) if bytes.is_empty() => Err(Error::new(Kind::Empty, "the document is empty")),
        (Some(bytes), true) => Ok(bytes),
        _ => Err(Error::new(Kind::Internal, "a question comes with one document")),
    }
}
