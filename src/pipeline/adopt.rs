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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filing::{FilingKey, item};
    use crate::job::{Arrival, Channel, DocumentId, Kind, Priority};
    use jiff::Timestamp;
    use serde_json::json;

    const ORIGINAL: &[u8] = b"Rechnung 4711";

    fn document(source: &str, second: i64) -> Document {
        let (tenant, content): (crate::job::Tenant, _) = ("koeln".parse().unwrap(), ContentHash::of(ORIGINAL));
        let arrival = Arrival {
            channel: Channel::Upload,
            source: source.to_owned(),
            at: Timestamp::from_second(second).unwrap(),
            batch: None,
            scan: None,
            priority: Priority::Normal,
        };
        Document {
            id: DocumentId::of_arrival(&tenant, Channel::Upload, source, &content),
            tenant,
            content,
            size: ORIGINAL.len() as u64,
            kind: Kind::UblInvoice,
            name: "rechnung.xml".into(),
            arrival,
            part_of: None,
            annexes: Vec::new(),
            repeats: None,
        }
    }

    fn metadata(document: &Document) -> Vec<u8> {
        serde_json::to_vec(&json!({ "schema": "laufmappe-metadata/1", "document": document })).unwrap()
    }

    fn is_adopted(original: &[u8], metadata_there: &[u8]) -> bool {
        let ours = document("eingang-1", 2_000);
        let filing = Filing {
            key: FilingKey::of(&ours, "akte"),
            file: "20.1".into(),
            case: "4711".into(),
            title: "Rechnung".into(),
            items: vec![
                item("original.xml", "application/xml", ORIGINAL.to_vec()),
                item(METADATA, "application/json", metadata(&ours)),
            ],
        };
        let files = [("original.xml", original), (METADATA, metadata_there)];
        let files = files.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).to_vec();
        is_of_an_earlier_life(&Stored { location: "akte/4711".into(), files }, &filing, &ours)
    }

    #[test]
    fn only_the_same_document_received_at_another_time_is_adopted() {
        let earlier = metadata(&document("eingang-1", 1_000));
        assert!(is_adopted(ORIGINAL, &earlier));
        assert!(!is_adopted(b"Rechnung 4712", &earlier), "another original");
        assert!(!is_adopted(ORIGINAL, &metadata(&document("eingang-2", 1_000))), "another arrival");
        let mut changed: serde_json::Value =
            serde_json::from_slice(&metadata(&document("eingang-1", 2_000))).unwrap();
        changed["title"] = "Mahnung".into();
        assert!(!is_adopted(ORIGINAL, &serde_json::to_vec(&changed).unwrap()), "ours, changed by somebody");
        assert!(!is_adopted(ORIGINAL, b"<html>Bitte anmelden</html>"), "no metadata");
    }
}
