//! What waits for a target goes on when the target works again: a probe proves it, then cases flow in order of
//! arrival, one first, then twice as many each time, as long as nothing fails.
//!
//! In: parked cases of the ledger and the breakers of our desks. Out: rings. Every worker does this for itself; the
//! ledger releases each case to one of them, and no more while some are still on their way: however many workers ring
//! side by side, cases overtake each other by a few places at most.

use super::{Ends, Seen, Worker, locked};
use crate::error::{Error, Kind, Result};
use crate::filing::{Adapter, Breaker};
use crate::job::Tenant;
use crate::ledger::Parked;
use crate::pipeline::Case;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

const EVERY: Duration = Duration::from_secs(1);
/// As often while cases flow freely.
const FLOWING: Duration = Duration::from_millis(250);
/// On their way at the same time, for each slot.
const FLOW_PER_SLOT: usize = 4;
const PROBING: Duration = Duration::from_secs(10);
/// So long we wait to learn how it went with what was released.
const UNKNOWN: Duration = Duration::from_secs(30);
/// A worker that ends by itself waits for so many probes in vain.
const PATIENT_PROBES: u32 = 2;

/// How the flow to a target stands that cases wait for.
pub(super) type Flows = HashMap<(Tenant, String), Flow>;

#[derive(Debug, Clone, Copy)]
pub(super) struct Flow {
    /// So many may be on their way; zero: a probe has to prove first that it works.
    released: usize,
    /// When, and how many failures the breaker counted then.
    at: Instant,
    failures: u32,
    /// Probes in a row that failed, or that promised what the target did not keep.
    failed: u32,
}

impl Flow {
    fn of(released: usize, breaker: &Breaker, failed: u32) -> Self {
        Self { released, at: Instant::now(), failures: breaker.failures(), failed }
    }
}

impl Worker {
    /// Is the target itself what is not there, so that the case is parked? One outcome nobody knows is looked up
    /// soon; only when the breaker is open it waits, too.
    pub(super) fn is_away(&self, case: &Case<'_>, target: &str, error: &Error) -> bool {
        let desk = self.services.desks.get(&case.document.tenant);
        let open = desk.and_then(|desk| desk.breakers.get(target)).is_some_and(Breaker::is_open);
        error.rest.is_none() && (error.kind == Kind::Unavailable || (error.kind == Kind::Unknown && open))
    }

    pub(super) async fn watch_targets(self: Arc<Self>) {
        let mut was_open = HashMap::new();
        let mut looked: Option<Instant> = None;
        loop {
            let looks = looked.is_none_or(|at| at.elapsed() >= EVERY);
            let flowed = if looks {
                looked = Some(Instant::now());
                self.let_flow().await
            } else {
                self.let_flow_freely().await
            };
            if let Err(error) = flowed {
                tracing::warn!(
                    kind = error.kind.slug(),
                    "what waits for targets could not be looked after: {error}"
                );
            }
            self.tell_breakers(&mut was_open);
            tokio::time::sleep(if self.flowing_freely().is_empty() { EVERY } else { FLOWING }).await;
        }
    }

    /// Looks what waits, and lets it flow.
    async fn let_flow(&self) -> Result<()> {
        let parked = self.services.ledger.parked().await?;
        let waiting: Vec<_> =
            parked.into_iter().map(|Parked { tenant, target, .. }| (tenant, target)).collect();
        locked(&self.flows).retain(|key, _| waiting.contains(key));
        for key in waiting {
            self.let_flow_to(key).await?;
        }
        Ok(())
    }

    /// In between, where more than one case is on its way already.
    async fn let_flow_freely(&self) -> Result<()> {
        for key in self.flowing_freely() {
            self.let_flow_to(key).await?;
        }
        Ok(())
    }

    /// One case has to show first what a probe cannot.
    fn flowing_freely(&self) -> Vec<(Tenant, String)> {
        let flows = locked(&self.flows);
        flows.iter().filter(|(_, flow)| flow.released > 1).map(|(key, _)| key.clone()).collect()
    }

    async fn let_flow_to(&self, key: (Tenant, String)) -> Result<()> {
        let (tenant, target) = &key;
        let Some(desk) = self.services.desks.get(tenant) else { return Ok(()) };
        let (Some(adapter), Some(breaker)) = (desk.adapters.get(target), desk.breakers.get(target)) else {
            return Ok(());
        };
        let flow = locked(&self.flows).get(&key).copied().unwrap_or_else(|| Flow::of(0, breaker, 0));
        if let Some(flow) = self.next_flow(flow, adapter.as_ref(), breaker).await {
            locked(&self.flows).insert(key.clone(), flow);
            self.release(&key, flow.released).await?;
        }
        Ok(())
    }

    /// `None`: nothing to do now.
    async fn next_flow(&self, flow: Flow, adapter: &dyn Adapter, breaker: &Breaker) -> Option<Flow> {
        if flow.released > 0 {
            return match breaker.failures() {
                0 => {
                    let most = FLOW_PER_SLOT * self.options.slots.max(1);
                    Some(Flow::of((2 * flow.released).min(most), breaker, 0))
                }
                failures if failures > flow.failures => {
                    breaker.probed_badly(Instant::now());
                    Some(Flow::of(0, breaker, flow.failed + 1))
                }
                // How it went is not known yet, or another worker knows.
                _ => (flow.at.elapsed() > UNKNOWN).then(|| Flow::of(0, breaker, flow.failed)),
            };
        }
        if !breaker.may_probe(Instant::now()) {
            return None;
        }
        let probed = tokio::time::timeout(PROBING, adapter.probe()).await;
        if let Ok(Ok(())) = probed {
            breaker.probed_well();
            return Some(Flow::of(1, breaker, flow.failed));
        }
        breaker.probed_badly(Instant::now());
        tracing::warn!(
            target_name = adapter.target(),
            failed = flow.failed + 1,
            "the target does not work yet"
        );
        Some(Flow::of(0, breaker, flow.failed + 1))
    }

    async fn release(&self, (tenant, target): &(Tenant, String), count: usize) -> Result<()> {
        if count == 0 {
            return Ok(());
        }
        let jobs = self.services.ledger.unpark(tenant, target, count).await?;
        if !jobs.is_empty() {
            tracing::info!(%tenant, target_name = target, cases = jobs.len(), "the target works: cases go on");
        }
        for job in &jobs {
            self.queue.publish(job).await?;
        }
        Ok(())
    }

    fn tell_breakers(&self, was_open: &mut HashMap<(Tenant, String), bool>) {
        for (tenant, desk) in &self.services.desks {
            for (target, breaker) in &desk.breakers {
                let open = breaker.is_open();
                let before = was_open.insert((tenant.clone(), target.clone()), open);
                if before.unwrap_or(false) != open {
                    tracing::warn!(%tenant, target_name = target, open, "circuit breaker");
                    (self.observer)(&Seen::Breaker { tenant, target, open });
                }
            }
        }
    }

    /// A worker that ends by itself does not wait for ever for a target that stays away.
    pub(super) async fn leave_what_waits_for_targets_that_stay_away(&self) -> Result<()> {
        if self.options.ends == Ends::WhenTold {
            return Ok(());
        }
        let away: Vec<(Tenant, String)> = locked(&self.flows)
            .iter()
            .filter(|(_, flow)| flow.failed >= PATIENT_PROBES)
            .map(|(key, _)| key.clone())
            .collect();
        if away.is_empty() {
            return Ok(());
        }
        for summary in self.services.ledger.summaries(None).await? {
            let waits = summary.waits_for.as_ref().is_some_and(|target| {
                away.iter().any(|(tenant, name)| *tenant == summary.document.tenant && name == target)
            });
            if let (true, Some(target)) = (waits, summary.waits_for) {
                let error = Error::new(Kind::Unavailable, format!("target {target} does not work"))
                    .hint("check the target; they are filed in order when it works again");
                locked(&self.left).insert(summary.document.id, error);
            }
        }
        Ok(())
    }
}
