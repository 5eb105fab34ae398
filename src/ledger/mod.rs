//! The ledger: what happened, append only, hash-chained per tenant. It is the truth; queues and indexes can
//! be rebuilt from it.
//!
//! In: [`Event`]s. Out: [`Entry`]s, and the state of a case as the fold of its entries. Absent on purpose:
//! contents, names of people, amounts; renditions (reading, report, decision) are named by their hash.

mod alike;
mod answers;
mod bells;
mod cases;
mod draft;
mod embedded;
mod entry;
mod journal;
mod line;
mod postgres;
mod prefix;
mod recovery;
mod verify;

pub use embedded::{Embedded, PauseFile};
pub use entry::{Entry, Event, State, Statement, Summary};
pub use line::Head;
pub use postgres::Postgres;
pub use prefix::{chains_of_journal, entry_of_line};
pub use verify::{Noted, Verified, verify_against, verify_lines};

use crate::error::Result;
use crate::job::{ContentHash, Document, DocumentId, Job, Tenant};
use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// One owner at a time: who works a case, until when, under which fencing token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub tenant: Tenant,
    pub document: DocumentId,
    pub worker: String,
    /// Grows with every claim of the case; every write is checked against it.
    pub token: u64,
    /// How often the case was claimed without being given back, this claim included.
    pub attempt: u32,
}

/// The answer to a claim.
#[derive(Debug, Clone)]
pub enum Claim {
    /// Ours now, with everything known about the case so far.
    Yours(Lease, Vec<Entry>),
    /// Already filed, divided or in clearing.
    Settled,
    /// Somebody else works on it.
    Taken,
    /// The ledger does not know such a document.
    Unknown,
}

/// What receiving a document gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// The first time; the document as noted (with `repeats` filled in).
    New(Document),
    /// This very arrival was noted before.
    Known(Document),
}

impl Received {
    pub fn document(&self) -> &Document {
        match self {
            Received::New(document) | Received::Known(document) => document,
        }
    }
}

/// Until when a case rests that is given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rest {
    /// Not worth ringing sooner.
    For(Duration),
    /// Parked: not rung until [`Ledger::unpark`] releases it, or somebody claims it. The target's name.
    Until(String),
}

/// Which bells [`Ledger::due`] rings again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ring {
    /// Rung too long ago: 60 s, doubling with each ring up to 1 h.
    Overdue,
    /// The queue is known to be empty: those whose bell rang more than 10 s ago.
    All,
}

/// What waits for one target.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    pub tenant: Tenant,
    pub target: String,
    pub cases: u64,
    /// Since when the first of them is parked.
    pub oldest: Timestamp,
}

/// How a tenant stands: for metrics and forecast. All ages by the ledger's own clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Load {
    pub tenant: Tenant,
    /// Cases that are not settled: leased, parked, or neither.
    pub open: u64,
    pub leased: u64,
    pub parked: u64,
    /// Cases in clearing.
    pub clearing: u64,
    /// Since the oldest open case arrived.
    pub oldest_open: Option<Duration>,
    /// Cases settled within the window.
    pub settled: u64,
    /// Sum over those: from the last claim to the end.
    pub busy: Duration,
    /// Different workers that settled something within the window.
    pub workers: u64,
    /// Entries of the chain.
    pub entries: u64,
}

/// Wartungspause: workers finish what they have and take nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    pub by: String,
    pub since: Timestamp,
}

/// Lines of a journal or an export, without their line feeds.
pub type ImportLines = Box<dyn Iterator<Item = Result<String>> + Send>;

/// Every method that writes returns when the entry is durable.
#[async_trait]
pub trait Ledger: Send + Sync {
    /// Notes an arrival (or a part of one), once; fills in `repeats` when the same tenant has received the
    /// same bytes before in another document.
    async fn receive(&self, document: Document) -> Result<Received>;

    /// Takes a case for a while. Counts the attempt before any byte is touched. The history that comes with
    /// it ends with this claim.
    async fn claim(
        &self,
        tenant: &Tenant,
        document: &DocumentId,
        worker: &str,
        time: Duration,
    ) -> Result<Claim>;

    /// Holds the case longer; [`crate::error::Kind::LeaseLost`] when another worker has it. A lease that ran
    /// out may still be renewed and written under as long as nobody else has claimed the case.
    async fn renew(&self, lease: &Lease, time: Duration) -> Result<()>;

    /// Gives the case back unfinished, and the attempt with it: it does not count.
    async fn hand_back(&self, lease: &Lease, rest: Rest) -> Result<()>;

    /// Gives the case back unfinished; the attempt counts.
    async fn give_up(&self, lease: &Lease, rest: Duration) -> Result<()>;

    /// Appends one event under a lease. An event that settles the case ends the lease. Receiving, claiming,
    /// giving back and dividing are not noted here: they have methods of their own.
    async fn note(&self, lease: &Lease, event: Event) -> Result<Entry>;

    /// Several events in one go: all or none. Only the last may settle the case; then the lease ends.
    async fn note_all(&self, lease: &Lease, events: Vec<Event>) -> Result<()>;

    /// Notes the parts of a divided document and the division itself, all or nothing; ends the lease.
    /// Parts that are known already are left as they are. Answers the parts as noted.
    async fn divide(&self, lease: &Lease, parts: Vec<Document>, event: Event) -> Result<Vec<Document>>;

    /// Gives a document back from clearing, in a person's name; `false` when it does not lie in clearing.
    /// `statement`: what he found in a target that cannot be asked.
    async fn reopen(
        &self,
        tenant: &Tenant,
        document: &DocumentId,
        by: &str,
        statement: Option<Statement>,
    ) -> Result<bool>;

    /// Everything about one document, oldest first.
    async fn history(&self, tenant: &Tenant, document: &DocumentId) -> Result<Vec<Entry>>;

    /// Documents that are neither settled nor leased, whether they rest, are parked or neither: is anything
    /// left? At most `limit`.
    async fn open(&self, limit: usize) -> Result<Vec<Job>>;

    /// Open cases nobody has, that neither rest nor are parked, oldest first, at most `limit`. They are marked
    /// as rung, so that the next call (of any worker) does not answer them again before their next time.
    /// Whoever receives or divides rings by himself: to the ledger those bells have just rung.
    async fn due(&self, ring: Ring, limit: usize) -> Result<Vec<Job>>;

    /// What waits for which target.
    async fn parked(&self) -> Result<Vec<Parked>>;

    /// Releases parked cases in order of arrival, so that at most `limit` of them are on their way, whoever
    /// released them: rung within the last 10 s and not claimed yet. The caller rings for them; rings that get lost are
    /// made up for by [`Ledger::due`].
    async fn unpark(&self, tenant: &Tenant, target: &str, limit: usize) -> Result<Vec<Job>>;

    /// One row per tenant that has entries.
    async fn load(&self, window: Duration) -> Result<Vec<Load>>;

    /// Begins a pause; one that is on already stays as it is.
    async fn pause(&self, by: &str) -> Result<()>;

    async fn resume(&self) -> Result<()>;

    async fn paused(&self) -> Result<Option<Pause>>;

    /// Entries of an export or journal into a ledger without entries: hashes and chains are checked, bodies
    /// kept bit for bit, all or none. Answers how many.
    async fn import(&self, lines: ImportLines) -> Result<u64>;

    /// One line per document, in order of receipt.
    async fn summaries(&self, tenant: Option<&Tenant>) -> Result<Vec<Summary>>;

    /// All entries of a tenant as journal lines (see `FORMAT.md`), oldest first, for offline verification.
    async fn export(&self, tenant: &Tenant) -> Result<Vec<String>>;

    /// The tenants that have entries.
    async fn tenants(&self) -> Result<Vec<Tenant>>;

    /// Hash of the newest entry of a tenant.
    async fn head(&self, tenant: &Tenant) -> Result<Option<ContentHash>>;
}
