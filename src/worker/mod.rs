//! The worker: takes a job, runs the pipeline, settles it.
//!
//! In: deliveries of the queue. Out: every case filed, divided, in clearing, or handed back for later.
//! Absent on purpose: any knowledge of documents. This is the only room that knows what *later* means.
//!
//! | file | what |
//! |---|---|
//! | here | slots: one job at a time each, under a lease that is held meanwhile; stopping, pausing |
//! | `settle` | what an outcome means for the job |
//! | `isolation` | which document is what kills workers |
//! | `doorbell` | rings for what the ledger holds open and the queue forgot |
//! | `targets` | what waits for a target goes on, in order, when a probe has proved that it works |
//! | `without_broker` | jobs straight from the ledger while the broker is away |
//! | `seen` | what is told to whoever counts |

mod doorbell;
mod isolation;
mod seen;
mod settle;
mod targets;
mod without_broker;

pub use seen::{Observer, Seen, Step};

use crate::error::{Again, Error, Kind, Result};
use crate::faults;
use crate::job::DocumentId;
use crate::ledger::{Claim, Entry, Event, Lease, Rest};
use crate::pipeline::{self, Case, Services, Settled};
use crate::queue::{Delivery, Queue, Slot};
use crate::reserve::Reserve;
use futures_util::FutureExt;
use isolation::Past;
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use targets::Flows;
use tokio::sync::watch;
use tokio::task::JoinSet;
use without_broker::LedgerSlot;

/// How long a job rests whose case somebody else is working on.
const TAKEN: Duration = Duration::from_secs(5);
/// How long a job rests whose entries in the ledger were altered: until somebody has restored them.
const ALTERED: Duration = Duration::from_secs(300);
const WAIT: Duration = Duration::from_millis(500);
const BROKER_REST: Duration = Duration::from_secs(2);
/// Between two looks while no job may be taken.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

#[derive(Debug, Clone)]
pub struct Options {
    /// Name in ledger and logs.
    pub name: String,
    /// Documents worked on at the same time.
    pub slots: usize,
    /// How long a case is ours without renewing.
    pub lease: Duration,
    /// How long jobs in hand may go on after we were told to stop; then they are handed back.
    pub grace: Duration,
    /// What must stay free, or no job is taken.
    pub reserve: Option<Reserve>,
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

pub struct Worker {
    pub services: Arc<Services>,
    pub queue: Arc<dyn Queue>,
    pub options: Options,
    pub observer: Observer,
    /// Cases a worker that ends by itself leaves open, and why.
    left: Mutex<HashMap<DocumentId, Error>>,
    busy: AtomicUsize,
    /// A person has ordered a pause.
    paused: AtomicBool,
    /// The broker takes no messages at present: what is not in its queues yet comes from the ledger.
    mute: AtomicBool,
    flows: Mutex<Flows>,
    /// Turns true when jobs in hand are to be handed back at once.
    abandon: watch::Sender<bool>,
}

impl Worker {
    pub fn new(
        services: Arc<Services>,
        queue: Arc<dyn Queue>,
        options: Options,
        observer: Observer,
    ) -> Arc<Self> {
        Arc::new(Self {
            services,
            queue,
            options,
            observer,
            left: Mutex::default(),
            busy: AtomicUsize::new(0),
            paused: AtomicBool::new(false),
            mute: AtomicBool::new(false),
            flows: Mutex::default(),
            abandon: watch::channel(false).0,
        })
    }

    /// Works until told to stop (`stop` turns true: jobs in hand are finished, or handed back when the grace is
    /// over), until nothing is left, or until our own house is not in order (`Err`). A worker that ends when
    /// nothing is left gives up waiting for what stays away; the documents it left open are an `Err`, too.
    pub async fn run(self: Arc<Self>, stop: watch::Receiver<bool>) -> Result<()> {
        let (halt, halted) = watch::channel(false);
        self.look_for_pause().await;
        self.ring().await.or_else(unavailable)?;
        let mut slots = JoinSet::new();
        for number in 0..self.options.slots.max(1) {
            slots.spawn(Arc::clone(&self).work(number, stop.clone(), halted.clone()));
        }
        let mut beside = JoinSet::new();
        beside.spawn(Arc::clone(&self).keep_ringing());
        beside.spawn(Arc::clone(&self).watch_targets());
        beside.spawn(Arc::clone(&self).keep_looking_for_pause());
        beside.spawn(Arc::clone(&self).end_grace(stop));
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
        beside.shutdown().await;
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

    async fn end_grace(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        told(&mut stop).await;
        tokio::time::sleep(self.options.grace).await;
        tracing::warn!("the grace is over: jobs in hand are handed back");
        self.abandon.send_replace(true);
        std::future::pending().await
    }

    /// One slot: one job at a time.
    async fn work(
        self: Arc<Self>,
        number: usize,
        stop: watch::Receiver<bool>,
        halted: watch::Receiver<bool>,
    ) -> Result<()> {
        let mut slot: Option<Box<dyn Slot>> = None;
        let mut without_broker = LedgerSlot::new(Arc::clone(&self.services.ledger));
        let mut broker_not_before = Instant::now();
        while !*stop.borrow() && !*halted.borrow() {
            if self.may_take_nothing(number)? {
                // What the broker gave us belongs to others meanwhile.
                slot = None;
                tokio::time::sleep(LOOK_AGAIN).await;
                continue;
            }
            let worked = match &mut slot {
                Some(slot) => self.one(slot.as_mut()).await,
                None if Instant::now() < broker_not_before => self.one(&mut without_broker).await,
                None => self.queue.slot().await.map(|opened| {
                    slot = Some(opened);
                    Worked::Yes
                }),
            };
            let worked = match worked {
                Ok(Worked::NothingCame) if self.mute.load(Ordering::Relaxed) => {
                    self.one(&mut without_broker).await
                }
                worked => worked,
            };
            match worked {
                Ok(Worked::Yes | Worked::NothingCame) => {}
                Ok(Worked::NothingLeft) => break,
                Err(error) if error.kind.again() == Again::Later => {
                    tracing::warn!(kind = error.kind.slug(), "the queue is not there: {error}");
                    if slot.take().is_none() {
                        tokio::time::sleep(WAIT).await;
                    }
                    broker_not_before = Instant::now() + BROKER_REST;
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// A person has ordered a pause, or disk or memory is short. A worker that ends by itself does not wait for
    /// room: it says what is missing.
    fn may_take_nothing(&self, slot: usize) -> Result<bool> {
        if self.paused.load(Ordering::Relaxed) {
            return Ok(true);
        }
        let checked = self.options.reserve.as_ref().map_or(Ok(()), Reserve::check_work);
        let Err(error) = checked else { return Ok(false) };
        if error.kind == Kind::Full && self.options.ends == Ends::WhenEmpty {
            return Err(error);
        }
        if slot == 0 {
            tracing::warn!(kind = error.kind.slug(), "no job is taken: {error}");
        }
        // A machine without memory to spare still works one document at a time.
        Ok(error.kind == Kind::Full || slot > 0)
    }

    async fn keep_looking_for_pause(self: Arc<Self>) {
        loop {
            tokio::time::sleep(LOOK_AGAIN).await;
            self.look_for_pause().await;
        }
    }

    /// While the ledger is away, the last order holds.
    async fn look_for_pause(&self) {
        let Ok(pause) = self.services.ledger.paused().await else { return };
        let was = self.paused.swap(pause.is_some(), Ordering::Relaxed);
        match (was, pause) {
            (false, Some(_)) => tracing::info!("pause: jobs in hand are finished, none is taken"),
            (true, None) => tracing::info!("the pause is over"),
            _ => {}
        }
    }

    async fn one(&self, slot: &mut dyn Slot) -> Result<Worked> {
        let Some(delivery) = slot.take(WAIT).await? else { return self.when_nothing_came().await };
        let job = &delivery.job;
        let Options { name, lease, .. } = &self.options;
        if faults::wished("ack-early") {
            slot.done(&delivery).await?;
        }
        faults::reach("before", "claimed");
        let claim = self.services.ledger.claim(&job.tenant, &job.document, name, *lease).await;
        faults::reach("after", "claimed");
        match claim {
            Ok(Claim::Settled) => slot.done(&delivery).await?,
            Ok(Claim::Taken) => slot.later(&delivery, TAKEN).await?,
            Ok(Claim::Unknown) => {
                tracing::warn!(document = %job.document, tenant = %job.tenant, "no such document in the ledger");
                slot.done(&delivery).await?;
            }
            Ok(Claim::Yours(lease, history)) => self.perform(slot, &delivery, &lease, &history).await?,
            Err(error) if error.kind == Kind::Altered => {
                tracing::error!(document = %job.document, tenant = %job.tenant, kind = error.kind.slug(), "refused: {error}");
                slot.later(&delivery, ALTERED).await?;
            }
            Err(error) if error.kind.again() == Again::Later => {
                tracing::warn!(kind = error.kind.slug(), "the ledger is not there: {error}");
                slot.later(&delivery, settle::RESTS[0]).await?;
            }
            Err(error) => return Err(error),
        }
        Ok(Worked::Yes)
    }

    async fn when_nothing_came(&self) -> Result<Worked> {
        if self.options.ends == Ends::WhenTold || self.busy.load(Ordering::SeqCst) > 0 {
            return Ok(Worked::NothingCame);
        }
        let depth = self.queue.depth().await?;
        if depth.ready + depth.delayed > 0 {
            return Ok(Worked::NothingCame);
        }
        self.leave_what_waits_for_targets_that_stay_away().await?;
        let left = locked(&self.left).len();
        if self.services.ledger.open(left + 1).await?.len() <= left {
            return Ok(Worked::NothingLeft);
        }
        self.ring().await?;
        Ok(Worked::NothingCame)
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
        let noted = |event: &Event| (self.observer)(&Seen::Noted { tenant: &lease.tenant, event });
        let ledger = services.ledger.as_ref();
        let case = Case::of(document, lease, history, ledger, &services.store).telling(&noted);
        let past = Past::of(history);
        let started = Instant::now();
        let outcome = if past.isolates() {
            let deaths = past.deaths + past.deaths_before_reading + past.other_deaths;
            Err(Error::new(Kind::Crashed, format!("{deaths} workers died while they had this document")))
        } else {
            let mut abandon = self.abandon.subscribe();
            tokio::select! {
                outcome = AssertUnwindSafe(pipeline::process(&case, services)).catch_unwind() => {
                    outcome.unwrap_or_else(|_| Err(Error::new(Kind::Internal, "the program itself failed here")))
                }
                lost = self.hold(lease) => Err(lost),
                () = told(&mut abandon) => return self.hand_back(slot, delivery, lease).await,
            }
        };
        let took = started.elapsed();
        let milliseconds = took.as_millis() as u64;
        match outcome {
            Ok(settled) => {
                tracing::info!(document = %document.id, tenant = %document.tenant, milliseconds, outcome = name_of(&settled), "settled");
                self.settled(slot, delivery, settled, took).await
            }
            Err(error) => {
                tracing::warn!(document = %document.id, tenant = %document.tenant, milliseconds, kind = error.kind.slug(), attempt = lease.attempt, "not settled");
                self.failed(slot, delivery, &case, past, error, took).await
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
                Err(error) if error.kind.again() == Again::Later && error.kind != Kind::LeaseLost => {}
                Err(error) => return error,
            }
        }
    }

    /// The grace is over: the case goes back as if it had not been taken, and so does the message.
    async fn hand_back(&self, slot: &mut dyn Slot, delivery: &Delivery, lease: &Lease) -> Result<()> {
        tracing::info!(document = %lease.document, tenant = %lease.tenant, "handed back unfinished");
        if let Err(error) = self.services.ledger.hand_back(lease, Rest::For(Duration::ZERO)).await {
            tracing::warn!(document = %lease.document, kind = error.kind.slug(), "the lease runs out by itself");
        }
        slot.later(delivery, Duration::ZERO).await
    }
}

enum Worked {
    Yes,
    NothingCame,
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

fn name_of(settled: &Settled) -> &'static str {
    match settled {
        Settled::Filed => "filed",
        Settled::InClearing(_) => "clearing",
        Settled::Divided(_) => "divided",
    }
}

/// Returns when it is true.
async fn told(order: &mut watch::Receiver<bool>) {
    if order.wait_for(|told| *told).await.is_err() {
        std::future::pending().await
    }
}

/// A queue or ledger that is away at the start is waited for like one that goes away later.
fn unavailable(error: Error) -> Result<()> {
    if error.kind.again() == Again::Later { Ok(()) } else { Err(error) }
}
