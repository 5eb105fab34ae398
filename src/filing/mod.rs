//! The drawers: one file per DMS, and the protocol that files exactly once.
//!
//! In: [`Filing`]. Out: [`Receipt`]. Absent on purpose: retries, waiting, the ledger (the pipeline asks the
//! [`protocol`], notes the intent before and the receipt after), and any idea of what the document says.

mod breaker;
mod folder;
pub mod http;
mod place;
pub mod protocol;
mod settings;
mod webdav;

pub use breaker::{Breaker, is_open};
pub use folder::Folder;
pub use http::Patience;
pub use place::safe_name;
pub use settings::{TargetSettings, adapter};
pub use webdav::{Login, WebDav};

use crate::error::{Error, Kind, Result};
use crate::faults;
use crate::job::{Bilingual, ContentHash, Document};
use async_trait::async_trait;
use protocol::Timing;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Instant;

/// Looks for what an earlier attempt may have left, and stores only if nothing is there. Whether that is safe
/// now, the [`protocol`] says.
pub async fn file(adapter: &dyn Adapter, filing: &Filing) -> Result<Receipt> {
    match look(adapter, filing).await? {
        Some(receipt) => Ok(receipt),
        None => put(adapter, filing, Instant::now()).await,
    }
}

/// Looks whether it lies there, within the deadline of the target.
pub async fn look(adapter: &dyn Adapter, filing: &Filing) -> Result<Option<Receipt>> {
    let deadline = Instant::now() + adapter.timing().call;
    let looked = within(deadline, adapter.find(filing)).await;
    looked.unwrap_or_else(|| Err(overdue(Kind::Unavailable, adapter, "looking for")))
}

/// What lies in the place of this filing, within the deadline of the target.
pub async fn stored(adapter: &dyn Adapter, filing: &Filing) -> Result<Option<Stored>> {
    let deadline = Instant::now() + adapter.timing().call;
    let read = within(deadline, adapter.stored(filing)).await;
    read.unwrap_or_else(|| Err(overdue(Kind::Unavailable, adapter, "reading")))
}

/// Stores. `begun`: when the intent was about to be noted; from then on the deadline of the target runs.
pub async fn put(adapter: &dyn Adapter, filing: &Filing, begun: Instant) -> Result<Receipt> {
    let stored = within(begun + adapter.timing().call, adapter.put(filing)).await;
    match stored.unwrap_or_else(|| Err(overdue(Kind::Unknown, adapter, "storing"))) {
        Err(error) if error.kind == Kind::Unknown && faults::wished("receipt-without-read-back") => {
            Ok(Receipt::unseen(adapter.target(), filing))
        }
        stored => stored,
    }
}

/// `None`: not within the deadline. The clock is asked before every step of the call: a program that was frozen
/// sends nothing more when it is too late.
async fn within<T>(deadline: Instant, call: impl Future<Output = T>) -> Option<T> {
    let mut call = pin!(call);
    let minded = poll_fn(|context| {
        if Instant::now() >= deadline {
            return Poll::Ready(None);
        }
        call.as_mut().poll(context).map(Some)
    });
    tokio::time::timeout_at(deadline.into(), minded).await.unwrap_or_default()
}

fn overdue(kind: Kind, adapter: &dyn Adapter, doing: &str) -> Error {
    let seconds = adapter.timing().call.as_secs();
    let text = format!("{doing} a filing in target {} took longer than {seconds} s", adapter.target());
    Error::new(kind, text).hint("check how fast the target and the way to it are")
}

/// What a search by key gave. More than one object is an alarm for a person; nothing is ever deleted.
pub fn only_one(target: &str, filing: &Filing, mut hits: Vec<Receipt>) -> Result<Option<Receipt>> {
    let count = hits.len();
    if count > 1 {
        let text = format!("target {target} holds {count} objects with the key {}", filing.key);
        return Err(Error::new(Kind::Conflict, text)
            .hint("compare them in the target; nothing was added and nothing deleted")
            .in_particular(
                format!("Das Ablageziel {target} enthält dieses Dokument {count}-mal."),
                format!("The target {target} holds this document {count} times."),
            ));
    }
    Ok(hits.pop())
}

/// What the person who chose these targets should know before the first document.
pub fn warnings(adapters: &BTreeMap<String, Box<dyn Adapter>>) -> Vec<Bilingual> {
    adapters.values().filter_map(|adapter| warning(adapter.as_ref())).collect()
}

/// As [`warnings`], about one target.
pub fn warning(adapter: &dyn Adapter) -> Option<Bilingual> {
    let (target, timing) = (adapter.target(), adapter.timing());
    let wait = (timing.quiet() + timing.lag).as_secs();
    match adapter.class() {
        Class::A | Class::B => None,
        Class::C => Some(Bilingual::new(
            format!(
                "Ablageziel {target} (Klasse C): Seine Suche zeigt Neues verspätet. Nach einem unklaren Ausgang \
                 wartet ein Dokument {wait} s, bevor wieder gesucht und abgelegt wird."
            ),
            format!(
                "target {target} (class C): its search shows new things late. After an unknown outcome a document \
                 waits {wait} s before it is looked for and filed again."
            ),
        )),
        Class::D => Some(Bilingual::new(
            format!(
                "Ablageziel {target} (Klasse D): Es kann nicht gefragt werden, was schon dort liegt. Nach jedem \
                 unklaren Ausgang muss ein Mensch im DMS nachsehen."
            ),
            format!(
                "target {target} (class D): it cannot be asked what already lies there. After every unknown \
                 outcome a person has to look into the DMS."
            ),
        )),
    }
}

/// The filing as it is, unless a fault is wished.
pub fn spoilt(mut filing: Filing) -> Filing {
    if faults::wished("retry-without-probe") {
        filing.title.insert_str(0, &format!("{} ", faults::chance()));
    }
    if faults::wished("original-left-out") {
        filing.items.remove(0);
    }
    filing
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

/// What lies where a filing belongs, whatever bytes that are: a file for each of its items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stored {
    /// Where it lies: path or address.
    pub location: String,
    /// Name and bytes.
    pub files: Vec<(String, Vec<u8>)>,
}

impl Stored {
    /// More is not read of a file that should be this item.
    pub fn most_bytes(item: &Item) -> usize {
        const RENDITION: usize = 16 << 20;
        item.bytes.len().max(RENDITION)
    }

    /// For what was there before we came.
    pub fn adopt(&self, target: &str, filing: &Filing) -> Receipt {
        Receipt {
            target: target.to_owned(),
            key: filing.key.clone(),
            location: self.location.clone(),
            items: self.files.iter().map(|(name, bytes)| (name.clone(), ContentHash::of(bytes))).collect(),
            adopted: true,
        }
    }
}

/// How far a target helps against filing twice (see [`protocol`]).
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

    /// How slow it may be. Classes B and C file once only if this is true.
    fn timing(&self) -> Timing;

    /// Looks whether everything of this filing already lies in the target, bytes compared by hash. A search that
    /// gives several hits goes through [`only_one`].
    async fn find(&self, filing: &Filing) -> Result<Option<Receipt>>;

    /// What lies where this filing belongs, where [`Adapter::find`] says that it is something else; `None` when
    /// a file is missing. A target that cannot say so never gives back what an earlier life of the ledger filed.
    async fn stored(&self, _filing: &Filing) -> Result<Option<Stored>> {
        Ok(None)
    }

    /// Stores, reads back, compares, and only then answers. May be dropped in the middle, at its deadline.
    async fn put(&self, filing: &Filing) -> Result<Receipt>;

    /// Is the target there and are we allowed in? Changes nothing.
    async fn probe(&self) -> Result<()>;
}
