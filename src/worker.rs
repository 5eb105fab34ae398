//! The worker: takes a job, runs the pipeline, settles it.
//!
//! In: deliveries of the queue. Out: every case filed, divided, in clearing, or handed back for later.
//! Absent on purpose: any knowledge of documents. This is the only code that knows what *later* means.

use crate::clearing;
use crate::error::{Again, Error, Kind, Result};
use crate::faults;
use crate::job::{DocumentId, Job};
use crate::ledger::{Claim, Entry, Event, Lease};
use crate::pipeline::{self, Case, Services, Settled};
use crate::queue::{Delivery, Queue, Slot};
use futures_util::FutureExt;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// A document whose reader died this often is isolated.
const LARGEST_CRASHES: usize = 2;
/// A case that was claimed this often without an end is isolated: it may be what kills the workers.
const LARGEST_CLAIMS: u32 = 5;
/// How long a case rests before its second, third and further visit to something that is down.
const RESTS: [Duration; 4] =
    [Duration::from_secs(5), Duration::from_secs(30), Duration::from_secs(120), Duration::from_secs(300)];
/// How often a worker that ends when nothing is left visits something that is down.
const PATIENT_VISITS: usize = 1;
/// How long a job rests whose case somebody else is working on.
const TAKEN: Duration = Duration::from_secs(5);
const WAIT: Duration = Duration::from_millis(500);
const SWEEP: Duration = Duration::from_secs(60);
const SWEPT_AT_ONCE: usize = 1000;
const BROKER_REST: Duration = Duration::from_secs(2);

#[derive(Debug, Clone)]
pub struct Options {
    /// Name in ledger and logs.
    pub name: String,
    /// Documents worked on at the same time.
    pub slots: usize,
    /// How long a case is ours without renewing.
    pub lease: Duration,
    pub ends: Ends,
}

/// When a worker ends by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    /// When it is told to.
    WhenTold,
    /// When nothing is left to do.
    WhenEmpty,
}

/// What happened to one job; for progress, tallies and metrics.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Filed,
    InClearing,
    /// Into so many parts.
    Divided(usize),
    Later,
}

/// Called after each job.
pub type Observer = Arc<dyn Fn(&DocumentId, &Step) + Send + Sync>;

pub struct Worker {
    pub services: Arc<Services>,
    pub queue: Arc<dyn Queue>,
    pub options: Options,
    pub observer: Observer,
    rests: Mutex<HashMap<DocumentId, usize>>,
    left: Mutex<HashMap<DocumentId, Error>>,
    busy: AtomicUsize,
}

impl Worker {
    pub fn new(
        services: Arc<Services>,
        queue: Arc<dyn Queue>,
        options: Options,
        observer: Observer,
    ) -> Arc<Self> {
        let (rests, left, busy) = (Mutex::default(), Mutex::default(), AtomicUsize::new(0));
        Arc::new(Self { services, queue, options, observer, rests, left, busy })
    }

    /// Works until told to stop (`stop` turns true: jobs in hand are finished first), until nothing is left,
    /// or until our own house is not in order (`Err`). A worker that ends when nothing is left gives up
    /// waiting for what stays away; the documents it left open are an `Err`, too.
    pub async fn run(self: Arc<Self>, stop: watch::Receiver<bool>) -> Result<()> {
        let (halt, halted) = watch::channel(false);
        self.sweep().await.or_else(unavailable)?;
        let mut slots = JoinSet::new();
        for _ in 0..self.options.slots.max(1) {
            slots.spawn(Arc::clone(&self).work(stop.clone(), halted.clone()));
        }
        let sweeper = tokio::spawn(Arc::clone(&self).keep_sweeping(halted.clone()));
        let mut outcome = Ok(());
        while let Some(ended) = slots.join_next().await {
            let ended = ended.unwrap_or_else(|error| {
                Err(Error::new(Kind::Internal, format!("a slot of the worker ended badly: {error}")))
            });
            if let Err(error) = ended {
                tracing::error!(kind = error.kind.slug(), "the worker stops: {error}");
                halt.send_replace(true);
                outcome = Err(error);
            }
        }
        halt.send_replace(true);
        sweeper.abort();
        outcome.and_then(|()| self.nothing_left_open())
    }

    fn nothing_left_open(&self) -> Result<()> {
        let left = locked(&self.left);
        match left.values().next() {
            Some(error) => Err(Error {
                text: format!("{} documents wait, because {}", left.len(), error.text),
                ..error.clone()
            }),
            None => Ok(()),
        }
    }

    /// One slot: one job at a time.
    async fn work(self: Arc<Self>, stop: watch::Receiver<bool>, halted: watch::Receiver<bool>) -> Result<()> {
        let mut slot: Option<Box<dyn Slot>> = None;
        while !*stop.borrow() && !*halted.borrow() {
            let worked = match &mut slot {
                Some(slot) => self.one(slot.as_mut()).await,
                None => self.queue.slot().await.map(|opened| {
                    slot = Some(opened);
                    Worked::Yes
                }),
            };
            match worked {
                Ok(Worked::Yes) => {}
                Ok(Worked::NothingLeft) => break,
                Err(error) if error.kind.again() == Again::Later => {
                    tracing::warn!(kind = error.kind.slug(), "the queue is not there: {error}");
                    slot = None;
                    tokio::time::sleep(BROKER_REST).await;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn one(&self, slot: &mut dyn Slot) -> Result<Worked> {
        let Some(delivery) = slot.take(WAIT).await? else { return self.when_nothing_came().await };
        let job = &delivery.job;
        let Options { name, lease, .. } = &self.options;
        let ledger = &self.services.ledger;
        if faults::wished("ack-early") {
            slot.done(&delivery).await?;
        }
        faults::reach("before", "claimed");
        let claim = ledger.claim(&job.tenant, &job.document, name, *lease).await;
        faults::reach("after", "claimed");
        match claim {
            Ok(Claim::Settled) => slot.done(&delivery).await?,
            Ok(Claim::Taken) => slot.later(&delivery, TAKEN).await?,
            Ok(Claim::Unknown) => {
                tracing::warn!(document = %job.document, tenant = %job.tenant, "no such document in the ledger");
                slot.done(&delivery).await?;
            }
            Ok(Claim::Yours(lease, history)) => self.perform(slot, &delivery, &lease, &history).await?,
            Err(error) if error.kind.again() == Again::Later => {
                tracing::warn!(kind = error.kind.slug(), "the ledger is not there: {error}");
                slot.later(&delivery, RESTS[0]).await?;
            }
            Err(error) => return Err(error),
        }
        Ok(Worked::Yes)
    }

    async fn when_nothing_came(&self) -> Result<Worked> {
        if self.options.ends == Ends::WhenTold || self.busy.load(Ordering::SeqCst) > 0 {
            return Ok(Worked::Yes);
        }
        let depth = self.queue.depth().await?;
        if depth.ready + depth.delayed > 0 {
            return Ok(Worked::Yes);
        }
        let left = locked(&self.left).len();
        if self.services.ledger.open(left + 1).await?.len() <= left {
            return Ok(Worked::NothingLeft);
        }
        self.sweep().await?;
        Ok(Worked::Yes)
    }

    /// Runs the pipeline on a claimed case, holding the lease meanwhile, and settles it.
    async fn perform(
        &self,
        slot: &mut dyn Slot,
        delivery: &Delivery,
        lease: &Lease,
        history: &[Entry],
    ) -> Result<()> {
        let _working = Working::begin(&self.busy);
        let Some(document) = document_of(history) else {
            return Err(Error::new(Kind::Altered, format!("case {} has no receipt entry", lease.document)));
        };
        let services = &self.services;
        let case = Case { document, lease, history, ledger: services.ledger.as_ref(), store: &services.store };
        let started = Instant::now();
        let outcome = if lease.attempt > LARGEST_CLAIMS {
            Err(Error::new(Kind::Crashed, format!("{} attempts began and none ended", lease.attempt - 1)))
        } else {
            tokio::select! {
                outcome = AssertUnwindSafe(pipeline::process(&case, services)).catch_unwind() => {
                    outcome.unwrap_or_else(|_| Err(Error::new(Kind::Internal, "the program itself failed here")))
                }
                lost = self.hold(lease) => Err(lost),
            }
        };
        let milliseconds = started.elapsed().as_millis() as u64;
        match outcome {
            Ok(settled) => {
                tracing::info!(document = %document.id, tenant = %document.tenant, milliseconds, outcome = name_of(&settled), "settled");
                self.settled(slot, delivery, settled).await
            }
            Err(error) => {
                tracing::warn!(document = %document.id, tenant = %document.tenant, milliseconds, kind = error.kind.slug(), attempt = lease.attempt, "not settled");
                self.failed(slot, delivery, &case, error).await
            }
        }
    }

    /// Renews the lease for as long as the work takes; ends only when the lease is lost.
    async fn hold(&self, lease: &Lease) -> Error {
        loop {
            tokio::time::sleep(self.options.lease / 3).await;
            match self.services.ledger.renew(lease, self.options.lease).await {
                Ok(()) => {}
                // The ledger may be back before the lease runs out; every write checks the token anyway.
                Err(error) if error.kind == Kind::Unavailable => {}
                Err(error) => return error,
            }
        }
    }

    async fn settled(&self, slot: &mut dyn Slot, delivery: &Delivery, settled: Settled) -> Result<()> {
        let step = match settled {
            Settled::Filed => Step::Filed,
            Settled::InClearing(_) => Step::InClearing,
            Settled::Divided(parts) => {
                for part in &parts {
                    self.queue.publish(&Job::of(part)).await?;
                }
                Step::Divided(parts.len())
            }
        };
        locked(&self.rests).remove(&delivery.job.document);
        faults::reach("before", "acknowledged");
        slot.done(delivery).await?;
        faults::reach("after", "acknowledged");
        (self.observer)(&delivery.job.document, &step);
        Ok(())
    }

    /// The one place that decides what an error means for the job.
    async fn failed(
        &self,
        slot: &mut dyn Slot,
        delivery: &Delivery,
        case: &Case<'_>,
        error: Error,
    ) -> Result<()> {
        match error.kind.again() {
            Again::Never => self.clear(slot, delivery, case, &error).await,
            Again::Counted => {
                let failed = Event::Failed { kind: error.kind.slug().to_owned(), text: error.text.clone() };
                let crashes = crashes(case.history) + 1;
                if crashes >= LARGEST_CRASHES || case.lease.attempt > LARGEST_CLAIMS {
                    return self.clear(slot, delivery, case, &error).await;
                }
                case.ledger.note(case.lease, failed).await?;
                case.ledger.give_up(case.lease).await?;
                self.put_off(slot, delivery, RESTS[0]).await
            }
            Again::Later => {
                // A lost lease cannot be handed back, and a ledger that is away lets it run out.
                if let Err(second) = case.ledger.hand_back(case.lease).await {
                    tracing::warn!(document = %case.document.id, kind = second.kind.slug(), "the lease runs out by itself");
                }
                match self.next_rest(&delivery.job.document) {
                    Some(rest) => self.put_off(slot, delivery, rest).await,
                    None => {
                        locked(&self.left).insert(delivery.job.document.clone(), error);
                        slot.done(delivery).await
                    }
                }
            }
            Again::Stop => {
                case.ledger.hand_back(case.lease).await.ok();
                slot.later(delivery, RESTS[0]).await.ok();
                Err(error)
            }
        }
    }

    async fn clear(
        &self,
        slot: &mut dyn Slot,
        delivery: &Delivery,
        case: &Case<'_>,
        error: &Error,
    ) -> Result<()> {
        let settled = case.clear(clearing::of(error)).await?;
        self.settled(slot, delivery, settled).await
    }

    async fn put_off(&self, slot: &mut dyn Slot, delivery: &Delivery, rest: Duration) -> Result<()> {
        slot.later(delivery, rest).await?;
        (self.observer)(&delivery.job.document, &Step::Later);
        Ok(())
    }

    /// How long the case rests now; `None`: this worker waits no longer, the ledger keeps the case open.
    fn next_rest(&self, document: &DocumentId) -> Option<Duration> {
        let mut rests = locked(&self.rests);
        let count = rests.entry(document.clone()).or_default();
        *count += 1;
        match self.options.ends {
            Ends::WhenEmpty if *count > PATIENT_VISITS => None,
            Ends::WhenEmpty | Ends::WhenTold => Some(RESTS[(*count - 1).min(RESTS.len() - 1)]),
        }
    }

    async fn keep_sweeping(self: Arc<Self>, mut halted: watch::Receiver<bool>) {
        while !*halted.borrow() {
            tokio::select! {
                () = tokio::time::sleep(SWEEP) => {}
                _ = halted.changed() => {}
            }
            if let Err(error) = self.sweep().await {
                tracing::warn!(kind = error.kind.slug(), "sweeping failed: {error}");
            }
        }
    }

    /// The ledger is the truth, the queue a doorbell: when nothing waits in the queue, whatever the ledger
    /// still holds open rings again.
    async fn sweep(&self) -> Result<()> {
        if faults::wished("sweep-never") {
            return Ok(());
        }
        let depth = self.queue.depth().await?;
        if depth.ready + depth.delayed > 0 {
            return Ok(());
        }
        for job in self.services.ledger.open(SWEPT_AT_ONCE).await? {
            if !locked(&self.left).contains_key(&job.document) {
                self.queue.publish(&job).await?;
            }
        }
        Ok(())
    }
}

enum Worked {
    Yes,
    NothingLeft,
}

/// Counts a slot as busy for as long as it lives. (Between a delivery and its claim the case is open and
/// unleased, so that nobody believes then either that nothing is left.)
struct Working<'a>(&'a AtomicUsize);

impl<'a> Working<'a> {
    fn begin(busy: &'a AtomicUsize) -> Self {
        busy.fetch_add(1, Ordering::SeqCst);
        Self(busy)
    }
}

impl Drop for Working<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn document_of(history: &[Entry]) -> Option<&crate::job::Document> {
    history.iter().find_map(|entry| match &entry.event {
        Event::Received { received } => Some(received.as_ref()),
        _ => None,
    })
}

/// Attempts that failed since the case was received or given back by a person.
fn crashes(history: &[Entry]) -> usize {
    let events = history.iter().rev().map(|entry| &entry.event);
    events
        .take_while(|event| !matches!(event, Event::Reopened { .. }))
        .filter(|event| matches!(event, Event::Failed { .. }))
        .count()
}

fn name_of(settled: &Settled) -> &'static str {
    match settled {
        Settled::Filed => "filed",
        Settled::InClearing(_) => "clearing",
        Settled::Divided(_) => "divided",
    }
}

/// A queue or ledger that is away at the start is waited for like one that goes away later.
fn unavailable(error: Error) -> Result<()> {
    if error.kind.again() == Again::Later { Ok(()) } else { Err(error) }
}
