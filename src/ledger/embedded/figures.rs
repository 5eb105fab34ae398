//! What the embedded ledger says about many cases at once: whose bell is due, what waits for which target, how
//! the tenants stand.
//!
//! In: the open cases of the index, leases and bells at the desk. Out: jobs and figures. Absent on purpose:
//! entries; a bell is no event.

use super::{Desk, Inner};
use crate::error::Result;
use crate::job::{Job, Tenant};
use crate::ledger::alike::job;
use crate::ledger::cases::Waiting;
use crate::ledger::{Load, Parked, Ring};
use jiff::{SignedDuration, Timestamp};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

impl Inner {
    pub(super) fn due(&self, ring: Ring, limit: usize) -> Result<Vec<Job>> {
        let at_most = |_: &Desk| limit;
        self.rung(at_most, |desk, place, waiting| {
            waiting.target(desk, place).is_none() && desk.bells.is_due(place, ring, Instant::now())
        })
    }

    pub(super) fn unpark(&self, tenant: &Tenant, target: &str, limit: usize) -> Result<Vec<Job>> {
        let at_most =
            |desk: &Desk| limit.saturating_sub(desk.bells.on_their_way(tenant, target, Instant::now()));
        self.rung(at_most, |desk, place, waiting| {
            waiting.tenant == *tenant && waiting.target(desk, place) == Some(target)
        })
    }

    /// Rings for open cases that nobody has, in order of arrival, and marks them.
    fn rung(
        &self,
        at_most: impl FnOnce(&Desk) -> usize,
        is_wanted: impl Fn(&Desk, u64, &Waiting) -> bool,
    ) -> Result<Vec<Job>> {
        let mut desk = self.desk()?;
        let limit = at_most(&desk);
        let mut jobs = Vec::new();
        for found in self.cases.unsettled() {
            if jobs.len() == limit {
                break;
            }
            let (place, waiting) = found?;
            if !is_wanted(&desk, place, &waiting) || desk.is_taken(&waiting.tenant, &waiting.document) {
                continue;
            }
            match waiting.target(&desk, place).map(str::to_owned) {
                Some(target) => desk.bells.release(place, &waiting.tenant, &target, Instant::now()),
                None => desk.bells.ring(place, Instant::now()),
            }
            jobs.push(job(waiting.tenant, waiting.document, waiting.priority));
        }
        let ticket = self.journal.ticket();
        drop(desk);
        self.journal.wait(ticket).map(|()| jobs)
    }

    pub(super) fn parked(&self) -> Result<Vec<Parked>> {
        let desk = self.desk()?;
        let mut waiting: BTreeMap<(Tenant, String), (u64, Timestamp)> = BTreeMap::new();
        for found in self.cases.unsettled() {
            let (place, case) = found?;
            let Some((target, since)) = case.parked.clone() else { continue };
            if case.target(&desk, place).is_none() {
                continue;
            }
            let (cases, oldest) = waiting.entry((case.tenant, target)).or_insert((0, since));
            *cases += 1;
            *oldest = since.min(*oldest);
        }
        let row = |((tenant, target), (cases, oldest))| Parked { tenant, target, cases, oldest };
        Ok(waiting.into_iter().map(row).collect())
    }

    pub(super) fn load(&self, window: Duration) -> Result<Vec<Load>> {
        let desk = self.desk()?;
        let now = (self.clock)();
        let mut loads: BTreeMap<Tenant, Load> = BTreeMap::new();
        for (tenant, head) in &desk.chains.heads {
            let clearing = self.cases.in_clearing(tenant)?;
            loads.insert(tenant.clone(), Load { clearing, entries: head.number, ..nothing(tenant.clone()) });
        }
        for found in self.cases.unsettled() {
            let (place, case) = found?;
            let Some(load) = loads.get_mut(&case.tenant) else { continue };
            load.open += 1;
            load.leased += u64::from(desk.is_taken(&case.tenant, &case.document));
            load.parked += u64::from(case.target(&desk, place).is_some());
            let age = now.duration_since(case.since).try_into().unwrap_or_default();
            load.oldest_open = load.oldest_open.max(Some(age));
        }
        drop(desk);
        let window = SignedDuration::try_from(window).unwrap_or(SignedDuration::MAX);
        let mut workers: BTreeMap<Tenant, BTreeSet<String>> = BTreeMap::new();
        for done in self.cases.done(now.checked_sub(window).unwrap_or(Timestamp::MIN)) {
            let done = done?;
            let Some(load) = loads.get_mut(&done.tenant) else { continue };
            load.settled += 1;
            load.busy = load.busy.saturating_add(done.took);
            workers.entry(done.tenant).or_default().extend(done.worker);
        }
        for (tenant, names) in workers {
            loads.entry(tenant).and_modify(|load| load.workers = names.len() as u64);
        }
        Ok(loads.into_values().collect())
    }
}

impl Waiting {
    /// What it is parked for, unless it was released since.
    fn target(&self, desk: &Desk, place: u64) -> Option<&str> {
        let (target, _) = self.parked.as_ref()?;
        (!desk.bells.is_released(place)).then_some(target.as_str())
    }
}

fn nothing(tenant: Tenant) -> Load {
    let (open, leased, parked, clearing, settled, workers, entries) = (0, 0, 0, 0, 0, 0, 0);
    let (oldest_open, busy) = (None, Duration::ZERO);
    Load { tenant, open, leased, parked, clearing, oldest_open, settled, busy, workers, entries }
}
