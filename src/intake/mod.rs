//! The door: how documents come in, told apart by content.
//!
//! In: bytes with a source. Out: [`Document`]s whose bytes are in the store. Absent on purpose: reading
//! pages, ledger, queue. Names are labels; what a file is, its bytes say.

mod kind;
mod label;
mod plan;
pub mod unpack;
mod urgency;

pub use kind::kind;
pub use label::label;
pub use plan::{Part, Role, Share, plan};
pub use unpack::unpack;

use crate::error::{Error, Kind, Result};
use crate::job::{Arrival, Channel, ContentHash, Document, DocumentId, Priority, Scan, Tenant, german_day};
use crate::store::Store;
use jiff::Timestamp;

/// Largest single arrival we take (bytes).
pub const LARGEST_ARRIVAL: u64 = 200 * 1024 * 1024;

/// Where bytes came from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub tenant: &'a Tenant,
    pub channel: Channel,
    /// Stable under repetition: a path, a Message-ID, an upload id.
    pub source: &'a str,
    /// The name it came with, as it came.
    pub name: &'a str,
    pub batch: Option<&'a str>,
    /// What the scanning office said about a scan.
    pub scan: Option<&'a Scan>,
    /// What a person said; else the document tells.
    pub priority: Option<Priority>,
}

/// Keeps the original and says what arrived. The same bytes from the same source give the same document.
pub fn arrive(store: &Store, source: &Source, bytes: &[u8], at: Timestamp) -> Result<Document> {
    let size = bytes.len() as u64;
    if size > LARGEST_ARRIVAL {
        let text = format!("{} has {size} bytes, more than {LARGEST_ARRIVAL}", label(source.name));
        return Err(Error::new(Kind::TooLarge, text).hint("split it and send the parts"));
    }
    let content: ContentHash = store.put(bytes)?;
    let kind = kind(bytes);
    let priority = source.priority.unwrap_or_else(|| urgency::priority(kind, bytes, german_day(at)));
    Ok(Document {
        id: DocumentId::of_arrival(source.tenant, source.channel, source.source, &content),
        tenant: source.tenant.clone(),
        content,
        size,
        kind,
        name: label(source.name),
        arrival: Arrival {
            channel: source.channel,
            source: source.source.to_owned(),
            at,
            batch: source.batch.map(str::to_owned),
            scan: source.scan.map(labelled),
            priority,
        },
        part_of: None,
        annexes: Vec::new(),
        repeats: None,
    })
}

/// Names of people and devices are labels like any other.
fn labelled(scan: &Scan) -> Scan {
    let short = |name: &Option<String>| name.as_deref().map(label);
    Scan { operator: short(&scan.operator), device: short(&scan.device), sheets: scan.sheets }
}
