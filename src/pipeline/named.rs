//! Which contents of the store an entry of the ledger needs: what a backup must hold.
//!
//! In: an event, and the store for the renditions that name further ones. Out: hashes. Absent on purpose:
//! `..` in the patterns below, so that whoever adds a field to an event is asked here.

use super::paper::{Plan, kept};
use crate::error::Result;
use crate::job::{ContentHash, Document};
use crate::ledger::Event;
use crate::recognise::EmbeddedFile;
use crate::store::Store;
use serde::Deserialize;

/// Every content the event names, and what the renditions among them name in their turn.
pub fn named(event: &Event, store: &Store) -> Result<Vec<ContentHash>> {
    Ok(match event {
        Event::Received { received } => of_document(received, store)?,
        Event::Recognised { reading, version: _, pages: _, by_ocr: _ } => of_reading(reading, store)?,
        Event::Validated { report, profile: _, fatal: _, warnings: _, recommendation: _ } => vec![*report],
        Event::Routed { decision, rule: _, rules_version: _ } => vec![*decision],
        Event::Intended { target: _, key: _, filing, transfer } => {
            let plan: Plan = kept(store, filing)?;
            let items = plan.items.iter().map(|item| item.content);
            items.chain([*filing]).chain(plan.transfer).chain(*transfer).collect()
        }
        Event::Filed { target: _, key: _, receipt, adopted: _ } => vec![*receipt],
        Event::Claimed { .. }
        | Event::Released { .. }
        | Event::HandedToReader
        | Event::Failed { .. }
        | Event::Closed
        | Event::Divided { .. }
        | Event::InClearing { .. }
        | Event::Reopened { .. } => Vec::new(),
    })
}

fn of_document(document: &Document, store: &Store) -> Result<Vec<ContentHash>> {
    let mut named = vec![document.content];
    named.extend(document.annexes.iter().map(|annex| annex.content));
    if let Some(part) = &document.part_of {
        named.push(part.content);
        if let Some(reading) = &part.reading {
            named.extend(of_reading(reading, store)?);
        }
    }
    Ok(named)
}

/// The files embedded in a PDF are kept beside its reading.
fn of_reading(reading: &ContentHash, store: &Store) -> Result<Vec<ContentHash>> {
    let read: Beside = kept(store, reading)?;
    Ok(read.embedded.iter().map(|file| file.content).chain([*reading]).collect())
}

/// What readings of every version have in common.
#[derive(Deserialize)]
struct Beside {
    #[serde(default)]
    embedded: Vec<EmbeddedFile>,
}
