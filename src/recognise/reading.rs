//! The child's side of reading: some pages of a document, and on the first visit what is embedded in it.
//!
//! In: [`ReadQuestion`] and the bytes. Out: [`ReadAnswer`] and the embedded files.

use super::ocr::Engine;
use super::raster::Images;
use super::{Origin, Page, embedded, origin, page, pdf};
use crate::error::{Error, Kind, Result};
use crate::job;
use crate::sandbox::Answer;
use serde::{Deserialize, Serialize};
use serde_json::Value;

#[derive(Serialize, Deserialize)]
pub struct ReadQuestion {
    pub kind: job::Kind,
    pub passwords: Vec<String>,
    /// First page to read, from 1, and how many from there.
    pub first: u32,
    pub most: u32,
}

#[derive(Serialize, Deserialize)]
pub struct ReadAnswer {
    /// Pages of the whole document.
    pub total: u32,
    pub pages: Vec<Page>,
    /// Labels of the embedded files, whose bytes are the blobs; with the first page only.
    pub embedded: Vec<String>,
    /// What the file says about its making; with the first page only.
    #[serde(default)]
    pub origin: Option<Origin>,
}

/// Task "read".
pub fn perform_read(question: Value, blobs: Vec<Vec<u8>>) -> Answer {
    let question: ReadQuestion = understood(question)?;
    let bytes = only(blobs)?;
    let (answer, files) = match question.kind {
        job::Kind::Pdf => read_pdf(&question, bytes)?,
        _ => (read_images(&question, bytes)?, Vec::new()),
    };
    Ok((told(&answer)?, files))
}

fn read_pdf(question: &ReadQuestion, bytes: Vec<u8>) -> Result<(ReadAnswer, Vec<Vec<u8>>)> {
    let opened = pdf::open(&bytes, &question.passwords)?;
    let files = if question.first == 1 { embedded::files(&opened.structure)? } else { Vec::new() };
    let read = pdf::read(bytes, &opened, question.first, question.most)?;
    let (embedded, files) = files.into_iter().unzip();
    let origin = (question.first == 1).then(|| origin::of_pdf(&opened.structure));
    Ok((ReadAnswer { total: read.total, pages: read.pages, embedded, origin }, files))
}

/// Task "embedded": the files in a PDF and nothing of its pages.
pub fn perform_embedded(question: Value, blobs: Vec<Vec<u8>>) -> Answer {
    let passwords: Vec<String> = understood(question)?;
    let opened = pdf::open(&only(blobs)?, &passwords)?;
    let (names, files): (Vec<String>, _) = embedded::files(&opened.structure)?.into_iter().unzip();
    Ok((told(&names)?, files))
}

fn read_images(question: &ReadQuestion, bytes: Vec<u8>) -> Result<ReadAnswer> {
    let is_first_tiff = question.first == 1 && question.kind == job::Kind::Tiff;
    let origin = is_first_tiff.then(|| origin::of_tiff(&bytes));
    let mut images = Images::open(question.kind, bytes)?;
    let mut engine: Option<Engine> = None;
    let mut pages = Vec::new();
    let total = images.count();
    let last = total.min(question.first.saturating_add(question.most) - 1);
    for number in question.first..=last {
        let raster = images.page(number)?;
        let points = raster.points();
        pages.push(page::read(number, raster.picture()?, points, &mut engine)?);
    }
    Ok(ReadAnswer { total, pages, embedded: Vec::new(), origin })
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
