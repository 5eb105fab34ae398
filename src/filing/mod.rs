//! The drawers: one file per DMS, and the protocol that files exactly once.
//!
//! In: [`Filing`]. Out: [`Receipt`]. Absent on purpose: retries, waiting, the ledger (the pipeline notes the
//! intent before and the receipt after), and any idea of what the document says.

mod breaker;
mod folder;
pub mod http;
mod place;
mod settings;
mod webdav;

pub use breaker::{Breaker, is_open};
pub use folder::Folder;
pub use http::Patience;
pub use place::safe_name;
pub use settings::{TargetSettings, adapter};
pub use webdav::{Login, WebDav};

use crate::error::{Kind, Result};
use crate::faults;
use crate::job::{ContentHash, Document};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Files once: looks for what an earlier attempt may have left, and stores only if nothing is there.
///
/// The caller has noted its intent before, and notes the receipt after.
pub async fn file(adapter: &dyn Adapter, filing: &Filing) -> Result<Receipt> {
    if let Some(wrong) = wrong(filing) {
        return adapter.put(&wrong).await;
    }
    match adapter.find(filing).await? {
        Some(receipt) => Ok(receipt),
        None => match adapter.put(filing).await {
            Err(error) if error.kind == Kind::Unknown && faults::wished("receipt-without-read-back") => {
                Ok(Receipt::unseen(adapter.target(), filing))
            }
            answer => answer,
        },
    }
}

/// What is filed where a fault is wished.
fn wrong(filing: &Filing) -> Option<Filing> {
    let mut filing = filing.clone();
    if faults::wished("retry-without-probe") {
        filing.title.insert_str(0, &format!("{} ", faults::chance()));
        return Some(filing);
    }
    if faults::wished("original-left-out") {
        filing.items.remove(0);
        return Some(filing);
    }
    None
}

/// What makes a filing the same filing: `k` and 40 hex digits.
///
/// Derived from tenant, document (arrival), content and target, never from rules, clock or chance, so that
/// every later run computes it again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FilingKey(String);

impl FilingKey {
    pub fn of(document: &Document, target: &str) -> Self {
        let chance = if faults::wished("random-filing-key") { faults::chance() } else { String::new() };
        let target = &format!("{target}{chance}");
        let fields =
            ["filing", document.tenant.as_str(), document.id.as_str(), &document.content.hex(), target];
        Self(format!("k{}", &ContentHash::of_fields(&fields).hex()[..40]))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FilingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One document on its way into one drawer.
#[derive(Debug, Clone)]
pub struct Filing {
    pub key: FilingKey,
    /// Akte: a label; the adapter makes a safe name of it.
    pub file: String,
    /// Vorgang: a label; the adapter makes a safe name of it.
    pub case: String,
    /// The document's title: a label.
    pub title: String,
    /// Original first, then renditions and annexes, `metadata.json` last.
    pub items: Vec<Item>,
}

/// One file of a filing. `name` is already safe: made by us, `[a-z0-9.-]`, unique in its filing.
#[derive(Debug, Clone)]
pub struct Item {
    pub name: String,
    pub media_type: String,
    pub content: ContentHash,
    pub bytes: Vec<u8>,
}

/// An item with its hash.
pub fn item(name: &str, media_type: &str, bytes: Vec<u8>) -> Item {
    let content = ContentHash::of(&bytes);
    Item { name: name.to_owned(), media_type: media_type.to_owned(), content, bytes }
}

/// Ablagequittung: written after what was stored had been read back and compared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub target: String,
    pub key: FilingKey,
    /// Where it lies: path or address.
    pub location: String,
    /// Name and SHA-256 of every file as read back.
    pub items: Vec<(String, ContentHash)>,
    /// It was already there from an earlier attempt.
    pub adopted: bool,
}

impl Receipt {
    /// Of a filing that nobody read back: only where a fault is wished.
    pub fn unseen(target: &str, filing: &Filing) -> Self {
        Self::of(target, filing, String::new(), false)
    }

    /// To be called when every item has been read back and its hash compared.
    fn of(target: &str, filing: &Filing, location: String, adopted: bool) -> Self {
        Self {
            target: target.to_owned(),
            key: filing.key.clone(),
            location,
            items: filing.items.iter().map(|item| (item.name.clone(), item.content)).collect(),
            adopted,
        }
    }
}

/// How far a target helps against filing twice (see the module's protocol).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Class {
    /// Unique key or deterministic name: repeating is safe.
    A,
    /// A search that reads its own writes.
    B,
    /// A search that lags.
    C,
    /// Neither: a person looks after every unknown outcome.
    D,
}

/// A DMS.
#[async_trait]
pub trait Adapter: Send + Sync {
    /// Name of the target in the settings.
    fn target(&self) -> &str;

    fn class(&self) -> Class;

    /// Looks whether everything of this filing already lies in the target, bytes compared by hash.
    async fn find(&self, filing: &Filing) -> Result<Option<Receipt>>;

    /// Stores, reads back, compares, and only then answers.
    async fn put(&self, filing: &Filing) -> Result<Receipt>;

    /// Is the target there and are we allowed in? Changes nothing.
    async fn probe(&self) -> Result<()>;
}
