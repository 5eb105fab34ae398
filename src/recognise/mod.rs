//! The eyes: from bytes to words with their place and confidence.
//!
//! In: a document with pages (PDF, TIFF, JPEG, PNG). Out: [`Reading`], the parts of a batch, a searchable
//! rendition. Absent on purpose: any idea of what the words mean. Everything that touches untrusted bytes runs
//! in a confined child ([`crate::sandbox`]): this page asks, the `perform_…` functions answer there.

mod area;
mod attached;
mod balance;
mod book;
mod codes;
mod colour;
mod copy;
mod divider;
mod embedded;
mod facsimile;
mod fax;
mod folio;
mod gaps;
mod glyphless;
mod group4;
mod jpeg;
mod layer;
mod lines;
mod look;
mod ocr;
mod origin;
mod overlay;
mod page;
mod pages;
mod paper;
mod patch;
mod pdf;
mod plate;
mod printing;
mod raster;
mod reading;
mod rendition;
mod sections;
mod stored;
mod stripes;
mod text;
mod tiff_pages;
mod typeset;
mod wordlike;

use crate::error::{Error, Kind, Result};
use crate::job;
use crate::sandbox::Sandbox;
use crate::store::Store;
use rendition::{CutQuestion, SearchableQuestion};

pub use balance::{Alarm, alarms, count_differs, foreign, remarks, stopped};
pub use ocr::{engine, languages};
pub use origin::Origin;
pub use printing::{Sheet, Sides, separator_sheets};
pub use reading::{perform_embedded, perform_read};
pub use rendition::{perform_cut, perform_searchable};
pub use sections::{Batch, Section, part, sections};
pub use text::{Code, EmbeddedFile, Page, PageKind, Reading, Symbology, Text, Trace, Unseen, Word};

/// Version of what [`read`] gives; results are kept under it.
pub const VERSION: &str = "eyes-2";

/// What a document shows, nothing kept: its text, and the files embedded in it (label and bytes).
#[derive(Debug, Default)]
pub struct Sight {
    pub text: Text,
    pub files: Vec<(String, Vec<u8>)>,
    /// What the file says about its making.
    pub origin: Origin,
    /// The OCR engine, where it was asked.
    pub engine: Option<String>,
}

/// Reads a document. Files embedded in it are kept in the store.
pub async fn read(
    sandbox: &Sandbox,
    store: &Store,
    kind: job::Kind,
    bytes: &[u8],
    passwords: &[String],
) -> Result<Reading> {
    let mut sight = see(sandbox, kind, bytes, passwords).await?;
    // What is kept depends on the document alone, not on how busy the machine was.
    sight.text.pages.iter_mut().for_each(|page| page.ocr_ms = 0);
    let mut embedded = Vec::with_capacity(sight.files.len());
    for (name, bytes) in sight.files {
        embedded.push(keep(store, name, bytes).await?);
    }
    Ok(Reading { text: sight.text, embedded, origin: sight.origin, engine: sight.engine })
}

/// Reads a document and keeps nothing. Its pages are read by several children at once where cores are idle; what
/// comes out does not depend on how many.
pub async fn see(sandbox: &Sandbox, kind: job::Kind, bytes: &[u8], passwords: &[String]) -> Result<Sight> {
    check(kind, bytes)?;
    let mut sight = pages::read(sandbox, kind, bytes, passwords).await?;
    settle_doubts(&mut sight.text.pages);
    if sight.text.pages.iter().any(|page| page.kind == PageKind::Ocr) {
        sight.engine = Some(format!("{}, {}", engine()?, ocr::LANGUAGE));
    }
    Ok(sight)
}

/// A page that is hardly more than its code is a separator sheet among separator sheets. Alone it is a ticket, a
/// label, a slip.
fn settle_doubts(pages: &mut [Page]) {
    let batch = pages.iter().any(|page| matches!(page.kind, PageKind::Separator(_)));
    let alone = pages.len() == 1;
    for page in pages {
        let doubtful = page.kind == PageKind::UnreadSeparator(Trace::Code);
        if doubtful && !batch && (alone || !page.codes.is_empty()) {
            page.kind = PageKind::Ocr;
        }
    }
}

/// The files embedded in a PDF, whose pages nobody asked for.
pub async fn embedded_files(sandbox: &Sandbox, bytes: &[u8], passwords: &[String]) -> Result<Vec<Vec<u8>>> {
    check(job::Kind::Pdf, bytes)?;
    let (_, files): (Vec<String>, _) = sandbox.ask("embedded", &passwords, &[bytes]).await?;
    Ok(files)
}

async fn keep(store: &Store, name: String, bytes: Vec<u8>) -> Result<EmbeddedFile> {
    let size = bytes.len() as u64;
    let store = store.clone();
    let kept = tokio::task::spawn_blocking(move || store.put(&bytes)).await;
    let content =
        kept.map_err(|_| Error::new(Kind::Internal, "keeping an embedded file was interrupted"))??;
    Ok(EmbeddedFile { name, content, size })
}

/// Cuts a batch: each section becomes a PDF of its own. The same batch gives the same bytes.
pub async fn cut(
    sandbox: &Sandbox,
    kind: job::Kind,
    bytes: &[u8],
    passwords: &[String],
    batch: &Batch,
) -> Result<Vec<Vec<u8>>> {
    check(kind, bytes)?;
    if batch.sections.is_empty() {
        return Ok(Vec::new());
    }
    let question = CutQuestion { kind, passwords: passwords.to_vec(), sections: batch.sections.clone() };
    let (count, parts): (usize, Vec<Vec<u8>>) = sandbox.ask("cut", &question, &[bytes]).await?;
    if parts.len() != batch.sections.len() || parts.len() != count {
        return Err(Error::new(Kind::Unbalanced, "a batch was cut into too few or too many parts"));
    }
    Ok(parts)
}

/// The document as a PDF that can be searched; `None` for a PDF that can be searched already. The same
/// document and text give the same bytes.
pub async fn searchable(
    sandbox: &Sandbox,
    kind: job::Kind,
    bytes: &[u8],
    passwords: &[String],
    text: &Text,
) -> Result<Option<Vec<u8>>> {
    check(kind, bytes)?;
    if kind == job::Kind::Pdf && !text.pages.iter().any(rendition::needs_text) {
        return Ok(None);
    }
    let question = SearchableQuestion { kind, passwords: passwords.to_vec(), text: text.clone() };
    let (_, mut rendered): (usize, Vec<Vec<u8>>) = sandbox.ask("searchable", &question, &[bytes]).await?;
    Ok(rendered.pop())
}

fn check(kind: job::Kind, bytes: &[u8]) -> Result<()> {
    if bytes.is_empty() {
        return Err(Error::new(Kind::Empty, "the document is empty").hint("ask the sender to send it again"));
    }
    if !kind.has_pages() {
        return Err(Error::new(Kind::Unsupported, "the document has no pages to read"));
    }
    Ok(())
}
