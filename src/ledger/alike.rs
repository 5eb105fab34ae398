//! What both ledgers must decide alike: which document repeats which, which event is noted how, what is said
//! when a lease is lost.
//!
//! In: documents and events. Out: what to append. Absent on purpose: where entries are kept.

use super::{Event, Lease, Received, State};
use crate::error::{Error, Kind, Result};
use crate::faults;
use crate::job::{ContentHash, Document, DocumentId, Job, Priority, Tenant};
use std::collections::HashMap;
use std::time::Duration;

/// Documents being received in one go; a later one sees the earlier ones.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    received: Vec<Received>,
    places: HashMap<DocumentId, usize>,
    by_content: HashMap<ContentHash, Vec<DocumentId>>,
}

/// How many earlier documents of the same content are enough to decide: one of them may be the whole.
pub(super) const EARLIER: usize = 2;

/// Nobody holds a lease, or rests, longer.
pub(super) const LONGEST_LEASE: Duration = Duration::from_secs(366 * 24 * 60 * 60);

impl Arrivals {
    /// `known`: the same document as noted before. `earlier`: the first [`EARLIER`] with the same content.
    pub fn add(&mut self, mut document: Document, known: Option<Document>, earlier: &[DocumentId]) {
        let here = self.places.get(&document.id).map(|place| self.received[*place].document().clone());
        if let Some(known) = known.or(here) {
            self.received.push(Received::Known(known));
            return;
        }
        let here = self.by_content.entry(document.content).or_default();
        let whole = document.part_of.as_ref().map(|part| &part.whole);
        let another = |id: &&DocumentId| **id != document.id && Some(*id) != whole;
        if !faults::wished("skip-duplicate-check") {
            document.repeats = earlier.iter().chain(here.iter()).find(another).cloned();
        }
        here.push(document.id.clone());
        self.places.insert(document.id.clone(), self.received.len());
        self.received.push(Received::New(document));
    }

    /// The entries to append, in order.
    pub fn events(&self) -> Vec<(DocumentId, Event)> {
        let mut events = Vec::new();
        for received in &self.received {
            if let Received::New(document) = received {
                let event = Event::Received { received: Box::new(document.clone()) };
                events.push((document.id.clone(), event));
            }
        }
        events
    }

    pub fn into_received(self) -> Vec<Received> {
        self.received
    }
}

/// Events that a worker notes under its lease; the others have a method of their own.
pub(super) fn is_noted_under_a_lease(event: &Event) -> Result<()> {
    match event {
        Event::HandedToReader
        | Event::Recognised { .. }
        | Event::Validated { .. }
        | Event::Routed { .. }
        | Event::Intended { .. }
        | Event::Filed { .. }
        | Event::Failed { .. }
        | Event::Closed
        | Event::InClearing { .. } => Ok(()),
        Event::Received { .. }
        | Event::Claimed { .. }
        | Event::Released { .. }
        | Event::Divided { .. }
        | Event::Reopened { .. } => Err(Error::new(Kind::Internal, "this event is not noted by itself")),
    }
}

/// Events that are noted in one go: nothing comes after the one that settles the case. Answers whether the
/// last does.
pub(super) fn are_noted_in_one_go(events: &[Event]) -> Result<bool> {
    let settles = |event: &Event| State::Open.after(event).is_settled();
    for event in events {
        is_noted_under_a_lease(event)?;
    }
    let Some((last, before)) = events.split_last() else { return Ok(false) };
    if before.iter().any(settles) {
        return Err(Error::new(Kind::Internal, "nothing is noted after the end of a case"));
    }
    Ok(settles(last))
}

/// A division and its parts belong to the lease's tenant.
pub(super) fn is_division(lease: &Lease, parts: &[Document], event: &Event) -> Result<()> {
    if !matches!(event, Event::Divided { .. }) {
        return Err(Error::new(Kind::Internal, "a document is divided by a division only"));
    }
    if parts.iter().any(|part| part.tenant != lease.tenant || part.id == lease.document) {
        return Err(Error::new(Kind::Internal, format!("{} got a part that is not its own", lease.document)));
    }
    Ok(())
}

pub(super) fn lease_lost(lease: &Lease) -> Error {
    let text = format!("worker {} does not hold document {} any more", lease.worker, lease.document);
    Error::new(Kind::LeaseLost, text).hint("nothing was written; whoever holds the document goes on with it")
}

pub(super) fn job(tenant: Tenant, document: DocumentId, priority: Priority) -> Job {
    Job { v: Job::VERSION, tenant, document, priority }
}

/// Entries come into an empty ledger only.
pub(super) fn has_entries_already() -> Error {
    Error::new(Kind::Usage, "the ledger has entries already; nothing was imported")
        .hint("import into an empty data folder or an empty database")
}
