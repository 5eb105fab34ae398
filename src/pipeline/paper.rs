//! What goes into a drawer: the original, its renditions, its annexes and `metadata.json`.
//!
//! Everything is put into the store and listed in a [`Plan`] before the first intent is noted, so that a later
//! attempt files the very same bytes, whatever rules or program are in force by then.

use super::transfer::Transfer;
use crate::error::{Error, Kind, Result};
use crate::extract::{self, Content};
use crate::filing::{self, Filing, FilingKey};
use crate::invoice::Invoice;
use crate::job::{Bilingual, ContentHash, Document, DocumentId, PartOf};
use crate::ledger::Entry;
use crate::protocol::{Examined, Heading, html};
use crate::recognise::{Reading, Section};
use crate::route::{Decision, Shelf};
use crate::store::Store;
use crate::validate::Report;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The file that says what the document is.
pub const METADATA: &str = "metadata.json";

/// What will be filed, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub targets: Vec<String>,
    pub file: String,
    pub case: String,
    pub title: String,
    pub items: Vec<PlannedItem>,
    /// The transfer note among them, where the document came as a scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transfer: Option<ContentHash>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedItem {
    pub name: String,
    pub media_type: String,
    pub content: ContentHash,
}

impl Plan {
    /// Adds the transfer note, which names the hash of everything that was filed before it.
    pub fn add_transfer(
        &mut self,
        document: &Document,
        reading: &Reading,
        history: &[Entry],
        whole: &[Entry],
        store: &Store,
    ) -> Result<()> {
        let filed = self.items.iter().map(|item| (item.name.clone(), item.content)).collect();
        let transfer = Transfer { document, reading, history, whole, filed };
        let note = transfer.note();
        let json = keep_for_people(store, &note)?;
        self.transfer = Some(json);
        self.items.push(planned("transfervermerk.json", "application/json", json));
        self.items.push(planned("transfervermerk.html", "text/html", store.put(note.page().as_bytes())?));
        Ok(())
    }

    pub fn filing(&self, document: &Document, target: &str, store: &Store) -> Result<Filing> {
        let mut items = Vec::new();
        for item in &self.items {
            items.push(filing::item(&item.name, &item.media_type, store.get(&item.content)?));
        }
        Ok(Filing {
            key: FilingKey::of(document, target),
            file: self.file.clone(),
            case: self.case.clone(),
            title: self.title.clone(),
            items,
        })
    }
}

/// A document that has been decided.
pub struct Paper<'a> {
    pub document: &'a Document,
    pub content: &'a Content,
    pub report: &'a Report,
    pub decision: &'a Decision,
}

impl Paper<'_> {
    pub fn plan(&self, shelf: &Shelf, searchable: Option<Vec<u8>>, store: &Store) -> Result<Plan> {
        let mut items = Vec::new();
        let (extension, media_type) = self.document.kind.format();
        items.push(planned(&format!("original.{extension}"), media_type, self.document.content));
        if let Some(pdf) = searchable {
            items.push(planned("durchsuchbar.pdf", "application/pdf", store.put(&pdf)?));
        }
        for (number, annex) in self.document.annexes.iter().enumerate() {
            let (extension, media_type) = annex.kind.format();
            items.push(planned(&format!("anlage-{}.{extension}", number + 1), media_type, annex.content));
        }
        if let Content::Invoice(invoice) = self.content {
            items.push(planned("pruefbericht.json", "application/json", keep_for_people(store, self.report)?));
            items.push(planned(
                "pruefprotokoll.html",
                "text/html",
                store.put(self.protocol(invoice).as_bytes())?,
            ));
        }
        items.push(planned(METADATA, "application/json", keep_for_people(store, &self.metadata(shelf))?));
        Ok(Plan {
            targets: shelf.targets.clone(),
            file: shelf.file.clone(),
            case: shelf.case.clone(),
            title: shelf.title.clone(),
            items,
            transfer: None,
        })
    }

    /// For the clerk. The moment of receipt stands in it, so that a second run writes the same page.
    fn protocol(&self, invoice: &Invoice) -> String {
        let document = self.document;
        html::page(&[Examined {
            file: &document.name,
            content: Some(document.content),
            at: document.arrival.at,
            report: self.report,
            heading: Some(&Heading::of_invoice(invoice)),
        }])
    }

    fn metadata<'a>(&'a self, shelf: &'a Shelf) -> Metadata<'a> {
        let document = self.document;
        Metadata {
            schema: "laufmappe-metadata/1",
            document,
            title: &shelf.title,
            office: &shelf.office,
            file: &shelf.file,
            case: &shelf.case,
            guessed: matches!(self.content, Content::Invoice(invoice) if invoice.syntax.is_none()),
            fields: match self.content {
                Content::Invoice(invoice) => extract::fields(invoice),
                Content::Letter(_) => BTreeMap::new(),
            },
            class: match self.content {
                Content::Invoice(_) => None,
                Content::Letter(letter) => Some(&letter.class),
            },
            profile: self.report.profile.as_deref(),
            rule_sets: &self.report.rule_sets,
            fatal: self.report.fatal(),
            warnings: self.report.warnings(),
            rule: &self.decision.rule,
            rules_version: &self.decision.rules_version,
            because: &self.decision.because,
            filed_by: concat!("laufmappe ", env!("CARGO_PKG_VERSION")),
        }
    }
}

#[derive(Serialize)]
struct Metadata<'a> {
    schema: &'static str,
    document: &'a Document,
    title: &'a str,
    office: &'a str,
    file: &'a str,
    case: &'a str,
    /// The fields were guessed from the text of a page.
    guessed: bool,
    fields: BTreeMap<String, extract::Field>,
    /// What the document is, how surely, and the words that decided it. An invoice says so in its BT-3.
    #[serde(skip_serializing_if = "Option::is_none")]
    class: Option<&'a extract::Classified>,
    profile: Option<&'a str>,
    rule_sets: &'a [String],
    fatal: usize,
    warnings: usize,
    rule: &'a str,
    rules_version: &'a str,
    because: &'a [Bilingual],
    filed_by: &'static str,
}

/// The `number`th part of a batch.
pub fn part(
    whole: &Document,
    number: u32,
    section: &Section,
    content: ContentHash,
    size: u64,
    reading: ContentHash,
) -> Document {
    Document {
        id: DocumentId::of_part(&whole.id, number),
        tenant: whole.tenant.clone(),
        content,
        size,
        kind: crate::job::Kind::Pdf,
        name: whole.name.clone(),
        arrival: whole.arrival.clone(),
        part_of: Some(PartOf {
            whole: whole.id.clone(),
            content: whole.content,
            number,
            pages: Some((section.first, section.last)),
            separator: section.separator.clone(),
            reading: Some(reading),
        }),
        annexes: Vec::new(),
        repeats: None,
    }
}

/// Puts a rendition into the store as JSON.
pub fn keep<T: Serialize>(store: &Store, rendition: &T) -> Result<ContentHash> {
    let bytes = serde_json::to_vec(rendition)
        .map_err(|error| Error::new(Kind::Internal, format!("writing a rendition failed: {error}")))?;
    store.put(&bytes)
}

/// A rendition that people may open: the same JSON on several lines.
fn keep_for_people<T: Serialize>(store: &Store, rendition: &T) -> Result<ContentHash> {
    let bytes = serde_json::to_vec_pretty(rendition)
        .map_err(|error| Error::new(Kind::Internal, format!("writing a rendition failed: {error}")))?;
    store.put(&bytes)
}

/// A rendition from the store.
pub fn kept<T: DeserializeOwned>(store: &Store, hash: &ContentHash) -> Result<T> {
    serde_json::from_slice(&store.get(hash)?).map_err(|error| {
        Error::new(Kind::Version, format!("the rendition {hash} cannot be read: {error}"))
            .hint("was it written by a newer version of the program?")
    })
}

fn planned(name: &str, media_type: &str, content: ContentHash) -> PlannedItem {
    PlannedItem { name: name.to_owned(), media_type: media_type.to_owned(), content }
}
