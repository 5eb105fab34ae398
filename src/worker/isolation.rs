//! Which document is what kills the workers.
//!
//! In: the entries of a case. Out: whether it is isolated. Absent on purpose: the clearing itself.
//!
//! A worker that dies leaves a claim without an end. Whose fault that was nobody can know for certain: operations kill
//! workers too. So it matters what the worker was doing. While a document is filed or while a confined child reads it,
//! the document hardly ever is the reason; while our own process examines and decides, it may well be.

use crate::ledger::{Entry, Event};

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
        let mut read = !pages;
        let mut claimed: Option<At> = None;
        for entry in &history[begin..] {
            match &entry.event {
                Event::Claimed { .. } => {
                    match claimed.take() {
                        Some(At::Examining) => past.deaths += 1,
                        Some(At::Elsewhere) => past.other_deaths += 1,
                        None => {}
                    }
                    claimed = Some(if read { At::Examining } else { At::Elsewhere });
                }
                Event::Recognised { .. } => {
                    read = true;
                    claimed = claimed.map(|_| At::Examining);
                }
                Event::Intended { .. } | Event::Filed { .. } => claimed = claimed.map(|_| At::Elsewhere),
                Event::Failed { .. } => {
                    past.crashes += 1;
                    claimed = None;
                }
                Event::Released { counted, .. } => {
                    past.rests = if *counted { 0 } else { past.rests + 1 };
                    claimed = None;
                }
                _ => {}
            }
        }
        past
    }

    /// Is the document to be isolated before anybody touches it again?
    pub fn isolates(self) -> bool {
        self.deaths >= LARGEST_DEATHS || self.other_deaths >= LARGEST_OTHER_DEATHS
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
    Elsewhere,
}
