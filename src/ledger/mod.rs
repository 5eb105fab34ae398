//! The ledger: what happened, append only, hash-chained per tenant. It is the truth; queues and indexes can
//! be rebuilt from it.
//!
//! In: [`Event`]s. Out: [`Entry`]s, and the state of a case as the fold of its entries. Absent on purpose:
//! contents, names of people, amounts; renditions (reading, report, decision) are named by their hash.

mod alike;
mod answers;
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

pub use embedded::Embedded;
pub use entry::{Entry, Event, State, Summary};
pub use line::Head;
pub use postgres::Postgres;
pub use prefix::{chains_of_journal, entry_of_line};
pub use verify::{Verified, verify_lines};

use crate::error::Result;
use crate::job::{ContentHash, Document, DocumentId, Job, Tenant};
use async_trait::async_trait;
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
    async fn hand_back(&self, lease: &Lease) -> Result<()>;

    /// Gives the case back unfinished; the attempt counts.
    async fn give_up(&self, lease: &Lease) -> Result<()>;

    /// Appends one event under a lease. An event that settles the case ends the lease. Receiving, claiming,
    /// giving back and dividing are not noted here: they have methods of their own.
    async fn note(&self, lease: &Lease, event: Event) -> Result<Entry>;

    /// Notes the parts of a divided document and the division itself, all or nothing; ends the lease.
    /// Parts that are known already are left as they are. Answers the parts as noted.
    async fn divide(&self, lease: &Lease, parts: Vec<Document>, event: Event) -> Result<Vec<Document>>;

    /// Gives a document back from clearing, in a person's name; `false` when it does not lie in clearing.
    async fn reopen(&self, tenant: &Tenant, document: &DocumentId, by: &str) -> Result<bool>;

    /// Everything about one document, oldest first.
    async fn history(&self, tenant: &Tenant, document: &DocumentId) -> Result<Vec<Entry>>;

    /// Documents that are neither settled nor leased: what the sweeper publishes again. At most `limit`.
    async fn open(&self, limit: usize) -> Result<Vec<Job>>;

    /// One line per document, in order of receipt.
    async fn summaries(&self, tenant: Option<&Tenant>) -> Result<Vec<Summary>>;

    /// All entries of a tenant as journal lines (see `FORMAT.md`), oldest first, for offline verification.
    async fn export(&self, tenant: &Tenant) -> Result<Vec<String>>;

    /// The tenants that have entries.
    async fn tenants(&self) -> Result<Vec<Tenant>>;

    /// Hash of the newest entry of a tenant.
    async fn head(&self, tenant: &Tenant) -> Result<Option<ContentHash>>;
}
