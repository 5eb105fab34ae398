//! The desk of the embedded ledger: where the chains stand, who holds what; and bringing the index in line with
//! the journal before anybody sits down.
//!
//! In: journal and index. Out: the desk, with the index behind it in order. Absent on purpose: events.

use super::Inner;
use crate::error::Result;
use crate::job::{DocumentId, Tenant};
use crate::ledger::Lease;
use crate::ledger::alike::{LONGEST_LEASE, lease_lost};
use crate::ledger::bells::Bells;
use crate::ledger::line::{Chains, Parts};
use crate::ledger::recovery::{self, Placed};
use std::collections::HashMap;
use std::sync::{Arc, MutexGuard};
use std::time::{Duration, Instant};

/// Whoever appends sits here: one at a time, and never while the disk is at work.
#[derive(Default)]
pub(super) struct Desk {
    pub chains: Chains,
    pub leases: HashMap<(Tenant, DocumentId), Held>,
    pub bells: Bells,
    /// The index does not follow the journal any more and is made to before anything else.
    pub stale: bool,
}

pub(super) struct Held {
    pub token: u64,
    pub until: Instant,
}

/// A journal up to this size (bytes) is checked whole before the first answer; of a larger one the part that
/// the index knows is checked beside the work.
const CHECKED_AT_ONCE: u64 = 64 << 20;

impl Inner {
    /// The desk, with the index behind it in order.
    pub(super) fn desk(&self) -> Result<MutexGuard<'_, Desk>> {
        let mut desk = self.desk.lock().unwrap_or_else(|poisoned| {
            self.desk.clear_poison();
            let mut desk = poisoned.into_inner();
            desk.stale = true;
            desk
        });
        desk.stale |= self.journal.heal()?;
        desk.stale |= self.cases.is_anew()?;
        if desk.stale {
            self.journal.wait(self.journal.ticket())?;
            desk.chains = self.follow_journal()?.0;
            // Places may have been given anew.
            desk.bells = Bells::default();
            for (key, held) in std::mem::take(&mut desk.leases) {
                if self.cases.case(&key.0, &key.1)?.is_some_and(|case| case.token == held.token) {
                    desk.leases.insert(key, held);
                }
            }
            desk.stale = false;
        }
        Ok(desk)
    }

    /// Where the chains stand, once all of it is on the disk.
    pub(super) fn quiet_desk(&self) -> Result<Chains> {
        let desk = self.desk()?;
        let chains = desk.chains.clone();
        let ticket = self.journal.ticket();
        drop(desk);
        self.journal.wait(ticket).map(|()| chains)
    }

    pub(super) fn rebuild(&self) -> Result<u64> {
        let mut desk = self.desk()?;
        self.journal.wait(self.journal.ticket())?;
        self.cases.clear()?;
        desk.stale = true;
        desk.chains = self.follow_journal()?.0;
        desk.stale = false;
        Ok(desk.chains.lines - 1)
    }

    /// Brings the index to the state the journal tells. Answers where the chains stand and what was odd.
    pub(super) fn follow_journal(&self) -> Result<(Chains, Vec<String>)> {
        self.cases.accept()?;
        let mut said = Vec::new();
        let path = &self.journal.path;
        let length = self.journal.length()?;
        let first = recovery::header(path, length)?;

        let (mut start, mut chains) =
            self.known(first, length)?.unwrap_or_else(|| (first, Chains { lines: 1, ..Chains::default() }));
        if start == first {
            if self.cases.reach()?.is_some() {
                said.push("the index did not fit the journal and was made anew".to_owned());
            }
            self.cases.clear()?;
        }
        let take_in = |entries: &[Placed], chains: &Chains| self.cases.take_in(entries, chains);
        let mut sound = recovery::replay(path, (start, length), &mut chains, take_in)?;
        if sound.began_earlier {
            (start, chains) = (first, Chains { lines: 1, ..Chains::default() });
            self.cases.clear()?;
            sound = recovery::replay(path, (start, length), &mut chains, take_in)?;
        }
        if sound.length < length {
            said.push(recovery::cut(&self.journal, sound.length, length)?);
        }
        self.journal.start_at(sound.length);
        Ok((chains, said))
    }

    /// Up to where the index can be believed, and the chains there; `None`: not at all.
    fn known(&self, first: u64, length: u64) -> Result<Option<(u64, Chains)>> {
        let Some(reach) = self.cases.reach()? else { return Ok(None) };
        if !self.cases.is_sound(&reach)? {
            return Ok(None);
        }
        let Ok(heads) = self.cases.heads() else { return Ok(None) };
        let end = reach.last.end();
        if end > length || !heads.values().any(|head| head.hash == reach.hash) {
            return Ok(None);
        }
        let Ok(line) = self.journal.read(reach.last) else { return Ok(None) };
        let parts = match Parts::of(&line) {
            Ok(parts) if parts.hash == reach.hash => parts,
            _ => return Ok(None),
        };
        let chains = Chains { lines: reach.lines, heads, unfinished: !parts.mark.ends() };
        if end <= CHECKED_AT_ONCE {
            let fits = recovery::check(&self.journal.path, (first, end)).is_ok_and(|found| found == chains);
            return Ok(fits.then_some((end, chains)));
        }
        self.check_beside_the_work(first, end);
        Ok(Some((end, chains)))
    }

    /// Damage found late stops the ledger: from then on every answer is that error.
    pub(super) fn check_beside_the_work(&self, start: u64, end: u64) {
        let path = self.journal.path.clone();
        let journal = Arc::downgrade(&self.journal);
        std::thread::spawn(move || {
            let found = recovery::check(&path, (start, end));
            if let (Err(error), Some(journal)) = (found, journal.upgrade()) {
                journal.stop(error);
            }
        });
    }
}

impl Desk {
    pub fn is_taken(&self, tenant: &Tenant, document: &DocumentId) -> bool {
        let held = self.leases.get(&(tenant.clone(), document.clone()));
        held.is_some_and(|held| held.until > Instant::now())
    }

    /// The case as held by this very lease. One that ran out is good until somebody else claims the case.
    pub fn held(&mut self, lease: &Lease) -> Result<&mut Held> {
        let held = self.leases.get_mut(&(lease.tenant.clone(), lease.document.clone()));
        held.filter(|held| held.token == lease.token).ok_or_else(|| lease_lost(lease))
    }
}

/// Leases run by the monotonic clock; nobody holds one for more than a year.
pub(super) fn after(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time.min(LONGEST_LEASE)).unwrap_or(now)
}
