//! One line of the ledger and what it means.

use crate::job::{Clearing, ContentHash, Document, DocumentId, Sheets, Tenant};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One entry. Its hash is the SHA-256 of its canonical body, which names the hash of the entry before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Schema version.
    pub v: u32,
    pub tenant: Tenant,
    /// From 1, without gaps, per tenant.
    pub number: u64,
    /// Hash of the entry before; absent in the first.
    pub previous: Option<ContentHash>,
    /// UTC.
    pub at: Timestamp,
    /// Program and version, or the person.
    pub actor: String,
    pub document: DocumentId,
    pub event: Event,
}

impl Entry {
    /// 2: a scan names operator, device and sheets (`received`) and its transfer note (`intended`).
    /// 3: an arrival has a priority (`received`), a case waits for a target (`released`), a
    /// person states what he found (`reopened`), `handed-to-reader`.
    pub const VERSION: u32 = 3;
}

/// What can happen to a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum Event {
    /// It arrived, or was cut from a batch, mail or archive.
    Received { received: Box<Document> },
    /// A worker took it.
    Claimed { worker: String, attempt: u32, token: u64 },
    /// A worker gave it back before an end; a counted attempt stays counted. `waits_for`: it is parked until
    /// this target is back (since version 3).
    Released {
        worker: String,
        counted: bool,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        waits_for: Option<String>,
    },
    /// A confined reader is about to get it (since version 3). Noted from the third attempt on only: who dies
    /// before, dies of what our own process does with it.
    HandedToReader,
    /// It was read. `reading`: the rendition in the store.
    Recognised { reading: ContentHash, version: String, pages: u32, by_ocr: u32 },
    /// It was checked. `report`: the rendition in the store.
    Validated {
        report: ContentHash,
        profile: Option<String>,
        fatal: u32,
        warnings: u32,
        recommendation: String,
    },
    /// It was decided. `decision`: the rendition in the store.
    Routed { decision: ContentHash, rule: String, rules_version: String },
    /// We are about to file it. `filing`: the rendition in the store that lists exactly what. `transfer`: the
    /// transfer note of a scan (since version 2).
    Intended {
        target: String,
        key: String,
        filing: ContentHash,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        transfer: Option<ContentHash>,
    },
    /// It lies in the target, read back and compared. `receipt`: the rendition in the store.
    Filed { target: String, key: String, receipt: ContentHash, adopted: bool },
    /// An attempt failed; what follows depends on the kind.
    Failed { kind: String, text: String },
    /// Settled: it lies in every target.
    Closed,
    /// Settled: it became these parts.
    Divided { parts: Vec<DocumentId>, sheets: Option<Sheets> },
    /// Settled for now: a person has it.
    InClearing { clearing: Clearing },
    /// A person gave it back from clearing; attempts are counted anew. `statement`: what he found in a target
    /// that cannot be asked (since version 3).
    Reopened {
        by: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        statement: Option<Statement>,
    },
}

/// What a person found in the target of the last intent without receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Statement {
    /// It lies there.
    Filed,
    /// It does not lie there, and no request is under way any more: earlier intents count no more.
    NotFound,
}

/// State of a case: the fold of its entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    Open,
    Filed,
    Divided,
    Clearing,
}

impl State {
    /// The state after one more event.
    pub fn after(self, event: &Event) -> State {
        match event {
            Event::Closed => State::Filed,
            Event::Divided { .. } => State::Divided,
            Event::InClearing { .. } => State::Clearing,
            Event::Reopened { .. } => State::Open,
            Event::Received { .. }
            | Event::Claimed { .. }
            | Event::Released { .. }
            | Event::HandedToReader
            | Event::Recognised { .. }
            | Event::Validated { .. }
            | Event::Routed { .. }
            | Event::Intended { .. }
            | Event::Filed { .. }
            | Event::Failed { .. } => self,
        }
    }

    pub fn is_settled(self) -> bool {
        self != State::Open
    }
}

/// One line about a document: for tables and JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    pub document: Document,
    pub state: State,
    pub attempts: u32,
    /// Name of the routing rule that decided.
    pub rule: Option<String>,
    pub fatal: u32,
    pub warnings: u32,
    /// Where it lies: target, and the receipt in the store.
    pub filed: Vec<(String, ContentHash)>,
    pub clearing: Option<Clearing>,
    pub parts: Vec<DocumentId>,
    pub sheets: Option<Sheets>,
    /// The target it is parked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_for: Option<String>,
}

impl Summary {
    /// A document that has just been received.
    pub fn of(document: Document) -> Self {
        Self {
            document,
            state: State::Open,
            attempts: 0,
            rule: None,
            fatal: 0,
            warnings: 0,
            filed: Vec::new(),
            clearing: None,
            parts: Vec::new(),
            sheets: None,
            waits_for: None,
        }
    }

    /// Takes in one more event: the fold that both ledgers and the verifier share.
    pub fn take_in(&mut self, event: &Event) {
        self.state = self.state.after(event);
        match event {
            Event::Claimed { attempt, .. } => (self.attempts, self.waits_for) = (*attempt, None),
            Event::Released { counted, waits_for, .. } => {
                self.attempts -= u32::from(!counted && self.attempts > 0);
                self.waits_for.clone_from(waits_for);
            }
            Event::Validated { fatal, warnings, .. } => (self.fatal, self.warnings) = (*fatal, *warnings),
            Event::Routed { rule, .. } => self.rule = Some(rule.clone()),
            Event::Filed { target, receipt, .. } => self.filed.push((target.clone(), *receipt)),
            Event::InClearing { clearing } => self.clearing = Some(clearing.clone()),
            Event::Reopened { .. } => (self.attempts, self.clearing) = (0, None),
            Event::Divided { parts, sheets } => (self.parts, self.sheets) = (parts.clone(), *sheets),
            Event::Received { .. }
            | Event::HandedToReader
            | Event::Recognised { .. }
            | Event::Intended { .. }
            | Event::Failed { .. }
            | Event::Closed => {}
        }
        if self.state.is_settled() {
            self.waits_for = None;
        }
    }
}
