//! What an earlier life of our ledger filed.
//!
//! After an older ledger was restored, a target may know more than we do: documents that were filed after the backup
//! and are handed in again. They lie under the key we compute again, with the same original; only what we write
//! about them names another time of receipt. Such a filing is adopted, and never made a second time.
//!
//! In: a filing in whose place something else lies. Out: a receipt for it, when it is this very document.

use super::paper::METADATA;
use crate::error::Result;
use crate::filing::{self, Adapter, Filing, Receipt, Stored};
use crate::job::{ContentHash, Document};
use serde::Deserialize;

/// `None`: it is not this document, or it is of this life and was changed by somebody.
pub(super) async fn of_an_earlier_life(
    adapter: &dyn Adapter,
    filing: &Filing,
    document: &Document,
) -> Result<Option<Receipt>> {
    let stored = filing::stored(adapter, filing).await?;
    let stored = stored.filter(|stored| is_of_an_earlier_life(stored, filing, document));
    Ok(stored.map(|stored| stored.adopt(adapter.target(), filing)))
}

fn is_of_an_earlier_life(stored: &Stored, filing: &Filing, document: &Document) -> bool {
    let arrived = |content: &ContentHash| {
        *content == document.content || document.annexes.iter().any(|annex| annex.content == *content)
    };
    let what_arrived_is_the_same = filing.items.iter().filter(|item| arrived(&item.content)).all(|item| {
        let file = stored.files.iter().find(|(name, _)| *name == item.name);
        file.is_some_and(|(_, bytes)| ContentHash::of(bytes) == item.content)
    });
    let metadata = stored.files.iter().find(|(name, _)| name == METADATA);
    let metadata = metadata.and_then(|(_, bytes)| serde_json::from_slice::<Metadata>(bytes).ok());
    what_arrived_is_the_same
        && metadata.is_some_and(|Metadata { document: filed }| {
            (&filed.id, &filed.tenant, filed.content) == (&document.id, &document.tenant, document.content)
                && filed.arrival.at != document.arrival.at
        })
}

/// What matters here of what we wrote beside it.
#[derive(Deserialize)]
struct Metadata {
    document: Document,
}
