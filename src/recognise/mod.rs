//! The eyes: from bytes to words with their place and confidence.
//!
//! In: a document with pages (PDF, TIFF, JPEG, PNG). Out: [`Reading`], the parts of a batch, a searchable
//! rendition. Absent on purpose: any idea of what the words mean. Everything that touches untrusted bytes runs
//! in a confined child ([`crate::sandbox`]): this page asks, the `perform_…` functions answer there.

mod area;
mod balance;
mod codes;
mod copy;
mod divider;
mod embedded;
mod fax;
mod folio;
mod gaps;
mod layer;
mod lines;
mod look;
mod ocr;
mod overlay;
mod page;
mod paper;
mod patch;
mod pdf;
mod printing;
mod raster;
mod reading;
mod rendition;
mod sections;
mod stripes;
mod text;
mod tiff_pages;
mod wordlike;

use crate::error::{Error, Kind, Result};
use crate::job;
use crate::sandbox::Sandbox;
use crate::store::Store;
use reading::{ReadAnswer, ReadQuestion};
use rendition::{CutQuestion, SearchableQuestion};

pub use balance::{Alarm, alarms, count_differs, stopped};
pub use ocr::{engine, languages};
pub use printing::{Sheet, Sides, separator_sheets};
pub use reading::{perform_embedded, perform_read};
pub use rendition::{perform_cut, perform_searchable};
pub use sections::{Batch, Section, part, sections};
pub use text::{Code, EmbeddedFile, Page, PageKind, Reading, Symbology, Text, Trace, Unseen, Word};

/// Version of what [`read`] gives; results are kept under it.
pub const VERSION: &str = "eyes-2";

/// Pages one child reads, so that its limits do not depend on the length of the document.
const PAGES_AT_ONCE: u32 = 10;

/// What a document shows, nothing kept: its text, and the files embedded in it (label and bytes).
#[derive(Debug, Default)]
pub struct Sight {
    pub text: Text,
    pub files: Vec<(String, Vec<u8>)>,
}

/// Reads a document. Files embedded in it are kept in the store.
pub async fn read(
    sandbox: &Sandbox,
    store: &Store,
    kind: job::Kind,
    bytes: &[u8],
    passwords: &[String],
) -> Result<Reading> {
    let sight = see(sandbox, kind, bytes, passwords).await?;
    let mut embedded = Vec::with_capacity(sight.files.len());
    for (name, bytes) in sight.files {
        embedded.push(keep(store, name, bytes).await?);
    }
    Ok(Reading { text: sight.text, embedded })
}

/// Reads a document and keeps nothing.
pub async fn see(sandbox: &Sandbox, kind: job::Kind, bytes: &[u8], passwords: &[String]) -> Result<Sight> {
    check(kind, bytes)?;
    let mut sight = Sight::default();
    loop {
        let first = sight.text.pages.len() as u32 + 1;
        let question = ReadQuestion { kind, passwords: passwords.to_vec(), first, most: PAGES_AT_ONCE };
        let (answer, files): (ReadAnswer, _) = sandbox.ask("read", &question, &[bytes]).await?;
        sight.files.extend(answer.embedded.into_iter().zip(files));
        if answer.pages.is_empty() {
            return Err(Error::new(Kind::NoPages, "the document has no page"));
        }
        sight.text.pages.extend(answer.pages);
        if sight.text.pages.len() as u32 >= answer.total {
            settle_doubts(&mut sight.text.pages);
            return Ok(sight);
        }
    }
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
