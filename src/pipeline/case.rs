//! Vorgang: one claimed document, what the ledger knows of it, and how each step is noted.
//!
//! Renditions (reading, report, decision, filing plan, receipt) go into the content store; the ledger names
//! them by their hash. What pure steps found is noted together with the next thing that must be durable: an
//! attempt that ends before finds it again.

use super::Settled;
use super::paper::{Plan, keep, kept};
use crate::error::Result;
use crate::faults;
use crate::filing::protocol::Earlier;
use crate::filing::{FilingKey, Receipt};
use crate::job::{Clearing, Document, Sheets};
use crate::ledger::{Entry, Event, Lease, Ledger, Statement};
use crate::recognise::{self, PageKind, Reading};
use crate::route::Decision;
use crate::store::Store;
use crate::validate::{Recommendation, Report};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Told of every entry that was noted.
pub type Noted<'a> = dyn Fn(&Event) + Send + Sync + 'a;

pub struct Case<'a> {
    pub document: &'a Document,
    pub lease: &'a Lease,
    /// Everything known when it was claimed, oldest first; the claim is the last.
    pub history: &'a [Entry],
    pub ledger: &'a dyn Ledger,
    pub store: &'a Store,
    /// Told of every entry that was noted.
    noted: Option<&'a Noted<'a>>,
    /// Not before the claim was noted.
    claimed: Instant,
    /// What pure steps found, to be noted with what comes next.
    pending: Mutex<Vec<Event>>,
}

impl<'a> Case<'a> {
    /// A case that has just been claimed.
    pub fn of(
        document: &'a Document,
        lease: &'a Lease,
        history: &'a [Entry],
        ledger: &'a dyn Ledger,
        store: &'a Store,
    ) -> Self {
        let (claimed, pending) = (Instant::now(), Mutex::default());
        Self { document, lease, history, ledger, store, noted: None, claimed, pending }
    }

    /// The same case; from now on somebody is told of what it notes.
    #[must_use]
    pub fn telling(mut self, noted: &'a Noted<'a>) -> Self {
        self.noted = Some(noted);
        self
    }
}

impl Case<'_> {
    /// From this attempt on it is noted when the reader begins.
    pub const NOTED_MORE_FINELY: u32 = 3;

    /// What an earlier attempt was about to file. From then on nothing is decided anew.
    pub(super) fn intended(&self) -> Result<Option<Plan>> {
        for entry in self.history.iter().rev() {
            if let Event::Intended { filing, .. } = &entry.event {
                return kept(self.store, filing).map(Some);
            }
        }
        Ok(None)
    }

    pub(super) fn has_receipt(&self, wanted: &str) -> bool {
        self.history.iter().any(|entry| matches!(&entry.event, Event::Filed { target, .. } if target == wanted))
    }

    /// Intents for this target, which has no receipt: how long ago by the ledger's own clock.
    pub(super) fn earlier(&self, wanted: &str) -> Earlier {
        let is_intent =
            |entry: &Entry| matches!(&entry.event, Event::Intended { target, .. } if target == wanted);
        // What a person looked for and did not find counts no more.
        let denied = |entry: &Entry| {
            matches!(&entry.event, Event::Reopened { statement: Some(Statement::NotFound), .. })
        };
        let since = self.history.iter().rposition(denied).unwrap_or_default();
        let newest = self.history[since..].iter().rposition(is_intent);
        let entries = newest.map_or(&[][..], |newest| &self.history[since + newest..]);
        let times: Vec<_> = entries.iter().map(|entry| entry.at).collect();
        Earlier::along(&times, self.claimed.elapsed())
    }

    /// The lease lasts at least so long from now on.
    pub(super) async fn hold(&self, time: Duration) -> Result<()> {
        self.ledger.renew(self.lease, time).await
    }

    /// What was read already: cut from the batch, by an earlier attempt, or from the same bytes before.
    pub(super) async fn kept_reading(&self) -> Result<Option<Reading>> {
        if let Some(reading) = self.document.part_of.as_ref().and_then(|part| part.reading) {
            return kept(self.store, &reading).map(Some);
        }
        if let Some(reading) = self.reading_in(self.history)? {
            return Ok(Some(reading));
        }
        match &self.document.repeats {
            Some(earlier) => self.reading_in(&self.ledger.history(&self.document.tenant, earlier).await?),
            None => Ok(None),
        }
    }

    /// Entries of the batch this document was cut from.
    pub(super) async fn history_of_whole(&self) -> Result<Vec<Entry>> {
        match &self.document.part_of {
            Some(part) => self.ledger.history(&self.document.tenant, &part.whole).await,
            None => Ok(Vec::new()),
        }
    }

    fn reading_in(&self, history: &[Entry]) -> Result<Option<Reading>> {
        for entry in history.iter().rev() {
            match &entry.event {
                Event::Recognised { reading, version, .. } if version == recognise::VERSION => {
                    return kept(self.store, reading).map(Some);
                }
                // A part of a batch was read with the batch.
                Event::Received { received } => {
                    if let Some(reading) = received.part_of.as_ref().and_then(|part| part.reading) {
                        return kept(self.store, &reading).map(Some);
                    }
                }
                _ => {}
            }
        }
        Ok(None)
    }

    /// Before a confined reader gets it; only where earlier attempts ended in nobody knows what.
    pub(super) async fn note_that_it_is_read(&self) -> Result<()> {
        if self.lease.attempt < Self::NOTED_MORE_FINELY {
            Ok(())
        } else {
            self.note(Event::HandedToReader).await
        }
    }

    pub(super) async fn note_reading(&self, reading: &Reading) -> Result<()> {
        let pages = &reading.text.pages;
        self.note(Event::Recognised {
            reading: keep(self.store, reading)?,
            version: recognise::VERSION.to_owned(),
            pages: pages.len() as u32,
            by_ocr: pages.iter().filter(|page| page.kind == PageKind::Ocr).count() as u32,
        })
        .await
    }

    pub(super) fn note_report(&self, report: &Report) -> Result<()> {
        let recommendation = match report.recommendation {
            Recommendation::Accept => "accept",
            Recommendation::Reject => "reject",
            Recommendation::NotApplicable => "not-applicable",
        };
        self.note_later(Event::Validated {
            report: keep(self.store, report)?,
            profile: report.profile.clone(),
            fatal: report.fatal() as u32,
            warnings: report.warnings() as u32,
            recommendation: recommendation.to_owned(),
        });
        Ok(())
    }

    pub(super) fn note_decision(&self, decision: &Decision) -> Result<()> {
        self.note_later(Event::Routed {
            decision: keep(self.store, decision)?,
            rule: decision.rule.clone(),
            rules_version: decision.rules_version.clone(),
        });
        Ok(())
    }

    pub(super) async fn note_intent(&self, target: &str, key: &FilingKey, plan: &Plan) -> Result<()> {
        if faults::wished("no-intent") {
            return Ok(());
        }
        self.note(Event::Intended {
            target: target.to_owned(),
            key: key.to_string(),
            filing: keep(self.store, plan)?,
            transfer: plan.transfer,
        })
        .await
    }

    pub(super) async fn note_receipt(&self, receipt: &Receipt) -> Result<()> {
        self.note(self.filed(receipt)?).await
    }

    /// The receipt of the last target that was missing, and the end, in one go.
    pub(super) async fn note_last_receipt(&self, receipt: &Receipt) -> Result<Settled> {
        self.note_later(self.filed(receipt)?);
        self.close().await
    }

    fn filed(&self, receipt: &Receipt) -> Result<Event> {
        Ok(Event::Filed {
            target: receipt.target.clone(),
            key: receipt.key.to_string(),
            receipt: keep(self.store, receipt)?,
            adopted: receipt.adopted,
        })
    }

    pub(super) async fn close(&self) -> Result<Settled> {
        self.note(Event::Closed).await?;
        Ok(Settled::Filed)
    }

    /// Hands the case to a person.
    pub async fn clear(&self, clearing: Clearing) -> Result<Settled> {
        self.note(Event::InClearing { clearing: clearing.clone() }).await?;
        Ok(Settled::InClearing(clearing))
    }

    pub(super) async fn divide(&self, parts: Vec<Document>, sheets: Option<Sheets>) -> Result<Settled> {
        let ids = parts.iter().map(|part| part.id.clone()).collect();
        let event = Event::Divided { parts: ids, sheets };
        let parts = if faults::wished("divided-without-parts") { Vec::new() } else { parts };
        faults::reach("before", "divided");
        let parts = self.ledger.divide(self.lease, parts, event).await?;
        faults::reach("after", "divided");
        Ok(Settled::Divided(parts))
    }

    fn note_later(&self, event: Event) {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }

    /// Durable when it returns, and with it everything that was to be noted later.
    async fn note(&self, event: Event) -> Result<()> {
        let mut events = std::mem::take(&mut *self.pending.lock().unwrap_or_else(PoisonError::into_inner));
        events.push(event);
        events.iter().for_each(|event| faults::reach("before", &faults::step(event)));
        self.ledger.note_all(self.lease, events.clone()).await?;
        events.iter().for_each(|event| faults::reach("after", &faults::step(event)));
        if let Some(noted) = self.noted {
            events.iter().for_each(noted);
        }
        Ok(())
    }
}
