//! Which document is what kills the workers.
//!
//! In: the entries of a case. Out: whether it is isolated. Absent on purpose: the clearing itself.
//!
//! A worker that dies leaves a claim without an end. Whose fault that was nobody can know for certain: operations kill
//! workers too. So it matters what the worker was doing. While a document is filed or while a confined child reads it,
//! the document hardly ever is the reason; while our own process examines and decides, it may well be. Where pages are
//! read, it is noted from the third attempt on when the child begins: a worker that dies in the moment before does not
//! die by chance.

use crate::ledger::{Entry, Event};
use crate::pipeline::Case;

/// A document whose reader crashed, or at which our program failed, this often is isolated.
const LARGEST_CRASHES: usize = 2;
/// A document is isolated that was being examined when so many workers died.
const LARGEST_DEATHS: usize = 3;
/// The same for workers that died while its pages were read or while it was filed.
const LARGEST_OTHER_DEATHS: usize = 12;

/// What happened to a case since it was received or given back by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Past {
    /// Attempts that failed and were noted.
    pub crashes: usize,
    /// Workers that died while they examined it and decided.
    pub deaths: usize,
    /// Workers that died before the reader began, when that would have been noted.
    pub deaths_before_reading: usize,
    /// Workers that died while it was read or filed.
    pub other_deaths: usize,
    /// How often it was put aside in a row because something was not there.
    pub rests: usize,
}

impl Past {
    /// The last entry is the claim that is ours now.
    pub fn of(history: &[Entry]) -> Self {
        let begin =
            history.iter().rposition(|entry| matches!(entry.event, Event::Reopened { .. })).unwrap_or(0);
        let pages = history.iter().any(|entry| match &entry.event {
            Event::Received { received } => received.kind.has_pages() && received.part_of.is_none(),
            _ => false,
        });
        let mut past = Self::default();
        // From the first intent on nothing is examined any more.
        let mut read = !pages;
        let mut intended = history[..begin].iter().any(|entry| matches!(entry.event, Event::Intended { .. }));
        let mut claimed: Option<At> = None;
        for entry in &history[begin..] {
            match &entry.event {
                Event::Claimed { attempt, .. } => {
                    match claimed.take() {
                        Some(At::Examining) => past.deaths += 1,
                        Some(At::BeforeReading) => past.deaths_before_reading += 1,
                        Some(At::Elsewhere) => past.other_deaths += 1,
                        None => {}
                    }
                    // Older versions did not note when the reader began.
                    let finely = entry.v >= 3 && *attempt >= Case::NOTED_MORE_FINELY;
                    claimed = Some(match (read, intended) {
                        (_, true) => At::Elsewhere,
                        (true, false) => At::Examining,
                        (false, false) if finely => At::BeforeReading,
                        (false, false) => At::Elsewhere,
                    });
                }
                Event::HandedToReader => claimed = claimed.map(|_| At::Elsewhere),
                Event::Recognised { .. } => {
                    read = true;
                    claimed = claimed.map(|_| At::Examining);
                }
                Event::Intended { .. } => {
                    intended = true;
                    claimed = claimed.map(|_| At::Elsewhere);
                }
                Event::Failed { .. } => {
                    past.crashes += 1;
                    claimed = None;
                }
                Event::Released { counted, waits_for, .. } => {
                    past.rests = if *counted || waits_for.is_some() { 0 } else { past.rests + 1 };
                    claimed = None;
                }
                _ => {}
            }
        }
        past
    }

    /// Is the document to be isolated before anybody touches it again?
    pub fn isolates(self) -> bool {
        self.deaths >= LARGEST_DEATHS
            || self.deaths_before_reading > 0
            || self.other_deaths >= LARGEST_OTHER_DEATHS
    }

    /// Is it to be isolated after one more crash?
    pub fn isolates_after_crash(self) -> bool {
        self.crashes + 1 >= LARGEST_CRASHES
    }
}

/// What a worker was doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Examining,
    BeforeReading,
    Elsewhere,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Arrival, Channel, ContentHash, Document, DocumentId, Kind, Priority};
    use jiff::Timestamp;

    fn past(kind: Kind, events: &[Event]) -> Past {
        let tenant: crate::job::Tenant = "koeln".parse().unwrap();
        let content = ContentHash::of(b"Rechnung");
        let id = DocumentId::of_arrival(&tenant, Channel::Upload, "1", &content);
        let (at, source) = (Timestamp::UNIX_EPOCH, "1".to_owned());
        let arrival = Arrival {
            channel: Channel::Upload,
            source,
            at,
            batch: None,
            scan: None,
            priority: Priority::Normal,
        };
        let received = Document {
            id: id.clone(),
            tenant: tenant.clone(),
            content,
            size: 8,
            kind,
            name: "1".into(),
            arrival,
            part_of: None,
            annexes: Vec::new(),
            repeats: None,
        };
        let mut history = Vec::new();
        for event in std::iter::once(&Event::Received { received: Box::new(received) }).chain(events) {
            let (tenant, document, event) = (tenant.clone(), id.clone(), event.clone());
            history.push(Entry {
                v: 3,
                tenant,
                number: 1,
                previous: None,
                at,
                actor: "a".into(),
                document,
                event,
            });
        }
        Past::of(&history)
    }

    fn claimed() -> Event {
        claimed_again(1)
    }

    fn claimed_again(attempt: u32) -> Event {
        Event::Claimed { worker: "w".into(), attempt, token: 1 }
    }

    fn released(counted: bool, target: Option<&str>) -> Event {
        Event::Released { worker: "w".into(), counted, waits_for: target.map(str::to_owned) }
    }

    fn failed() -> Event {
        Event::Failed { kind: "crashed".into(), text: "probe".into() }
    }

    fn intended() -> Event {
        let (target, key, filing) = ("akte".into(), "k".into(), ContentHash::of(b"plan"));
        Event::Intended { target, key, filing, transfer: None }
    }

    fn recognised() -> Event {
        Event::Recognised { reading: ContentHash::of(b""), version: "1".into(), pages: 1, by_ocr: 1 }
    }

    #[test]
    fn a_claim_without_an_end_is_a_death_and_it_matters_where() {
        let xml = Kind::UblInvoice;
        let three = past(xml, &[claimed(), claimed(), claimed(), claimed()]);
        assert!(three.deaths == 3 && three.isolates());
        assert!(!past(xml, &[claimed(), claimed(), claimed()]).isolates(), "the last claim is ours");
        let filing =
            past(xml, &[claimed(), intended(), claimed(), intended(), claimed(), intended(), claimed()]);
        assert!((filing.deaths, filing.other_deaths) == (0, 3) && !filing.isolates());
        let looking = past(xml, &[claimed(), intended(), claimed(), claimed(), claimed(), claimed()]);
        assert_eq!(
            (looking.deaths, looking.other_deaths),
            (0, 4),
            "a look before the next intent is no examining"
        );
        let reading = past(Kind::Tiff, &[claimed(), claimed(), claimed(), claimed()]);
        assert!((reading.deaths, reading.other_deaths) == (0, 3) && !reading.isolates());
        let read = past(Kind::Tiff, &[claimed(), recognised(), claimed(), claimed(), claimed()]);
        assert!(read.deaths == 3 && read.isolates());
    }

    #[test]
    fn a_death_before_the_reader_began_isolates_where_that_would_have_been_noted() {
        let finely = Case::NOTED_MORE_FINELY;
        let before = [claimed_again(1), claimed_again(2), claimed_again(finely), claimed_again(finely + 1)];
        let poison = past(Kind::Pdf, &before);
        assert!((poison.other_deaths, poison.deaths_before_reading) == (2, 1) && poison.isolates());
        assert!(!past(Kind::Pdf, &before[..3]).isolates(), "the last claim is ours");
        let mut while_read = before.to_vec();
        while_read.insert(3, Event::HandedToReader);
        let innocent = past(Kind::Pdf, &while_read);
        assert!((innocent.other_deaths, innocent.deaths_before_reading) == (3, 0) && !innocent.isolates());
    }

    #[test]
    fn what_was_given_back_is_no_death_and_rests_are_counted_in_a_row() {
        let rested = [claimed(), released(false, None), claimed(), released(false, None), claimed()];
        assert_eq!(past(Kind::Cii, &rested), Past { rests: 2, ..Past::default() });
        let parked = [claimed(), released(false, None), claimed(), released(false, Some("akte")), claimed()];
        assert_eq!(past(Kind::Cii, &parked), Past::default());
    }

    #[test]
    fn a_person_who_gives_it_back_begins_anew() {
        let crashed = [claimed(), failed(), released(true, None), claimed()];
        assert!(past(Kind::Pdf, &crashed).isolates_after_crash());
        let mut again = crashed.to_vec();
        again.extend([Event::Reopened { by: "Anna".into(), statement: None }, claimed()]);
        assert_eq!(past(Kind::Pdf, &again), Past::default());
    }
}
