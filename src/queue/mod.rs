//! The queue: what is to be done. A doorbell, not the truth: jobs carry ids, duplicates are harmless, and
//! every queue can be refilled from the ledger.
//!
//! In and out: [`Job`]s. Absent on purpose: retries (the worker decides), documents, the ledger.

mod embedded;
mod message;
mod rabbit;
mod turns;

pub use embedded::Embedded;
pub use rabbit::{Certificates, Rabbit};

use crate::error::Result;
use crate::job::{Job, Priority, Tenant};
use async_trait::async_trait;
use std::time::Duration;

/// A job that was handed to us and is ours until we answer (or our connection ends).
#[derive(Debug, Clone)]
pub struct Delivery {
    pub job: Job,
    /// Meaning belongs to the queue that delivered it.
    pub tag: u64,
    /// Which lane of the slot it came from; belongs to the queue that delivered it.
    pub lane: usize,
    pub redelivered: bool,
}

/// How much lies where (messages).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Depth {
    pub ready: u64,
    pub in_flight: u64,
    pub delayed: u64,
    /// Messages nobody can read; kept for a person.
    pub poison: u64,
}

/// How much lies ready in one lane (messages).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneDepth {
    pub tenant: Tenant,
    pub priority: Priority,
    pub ready: u64,
}

#[async_trait]
pub trait Queue: Send + Sync {
    /// Returns when the queue has taken the job durably (confirmed).
    async fn publish(&self, job: &Job) -> Result<()>;

    /// A place that works one job at a time.
    async fn slot(&self) -> Result<Box<dyn Slot>>;

    async fn depth(&self) -> Result<Depth>;

    /// What lies ready, lane by lane; a lane with nothing in it may be left out.
    async fn lanes(&self) -> Result<Vec<LaneDepth>>;
}

#[async_trait]
pub trait Slot: Send {
    /// The next job, urgent before normal before backfill, except that no priority is starved by another; tenants
    /// take turns. `None` when none came within `wait`.
    async fn take(&mut self, wait: Duration) -> Result<Option<Delivery>>;

    /// The job is settled in the ledger: forget it.
    async fn done(&mut self, delivery: &Delivery) -> Result<()>;

    /// Not now: bring it again after `wait`.
    async fn later(&mut self, delivery: &Delivery, wait: Duration) -> Result<()>;
}
