//! What a worker tells about its jobs while it works: for progress, tallies and metrics.
//!
//! Out: one [`Seen`] at a time, ids and numbers only. Absent on purpose: counting.

use crate::error::Kind;
use crate::job::{DocumentId, Tenant};
use crate::ledger::Event;
use std::sync::Arc;
use std::time::Duration;

/// What happened to one job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    Filed,
    InClearing,
    /// Into so many parts.
    Divided(usize),
}

#[derive(Debug, Clone)]
pub enum Seen<'a> {
    /// An entry of its case was noted.
    Noted { tenant: &'a Tenant, event: &'a Event },
    /// The case has come to an end.
    Settled { document: &'a DocumentId, tenant: &'a Tenant, step: &'a Step, took: Duration },
    /// The case was put aside for a while.
    Later { document: &'a DocumentId, tenant: &'a Tenant, target: Option<&'a str>, kind: Kind, rest: Duration },
    /// The case waits until a target works again.
    Parked { document: &'a DocumentId, tenant: &'a Tenant, target: &'a str, kind: Kind },
    /// Another worker had taken the case over.
    LeaseLost { document: &'a DocumentId, tenant: &'a Tenant },
    /// A breaker has opened or closed.
    Breaker { tenant: &'a Tenant, target: &'a str, open: bool },
}

/// Called for each; it must not block.
pub type Observer = Arc<dyn Fn(&Seen<'_>) + Send + Sync>;
