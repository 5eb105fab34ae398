//! One document, from the door to the drawer.
//!
//! In: a claimed case. Out: [`Settled`], with every step noted in the ledger. The slow step is kept, the pure
//! steps are recomputed after a crash, the irrevocable step notes first what exactly it is about to file.
//! Absent on purpose: retries and waiting; an error goes to the worker, which decides.

mod case;
mod paper;
mod transfer;

pub use case::Case;
pub use paper::kept;

use crate::error::{Error, Kind, Result};
use crate::extract::{Content, Memory};
use crate::filing::{self, Adapter, Breaker};
use crate::job::{Clearing, Document, Tenant};
use crate::ledger::Ledger;
use crate::recognise::{self, Reading};
use crate::route::{self, Outcome, Routing};
use crate::sandbox::Sandbox;
use crate::store::Store;
use crate::validate::{House, Report};
use crate::{extract, faults, intake, validate};
use paper::Plan;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What the steps work with.
pub struct Services {
    pub ledger: Arc<dyn Ledger>,
    pub store: Store,
    pub sandbox: Sandbox,
    /// Tried on encrypted PDFs.
    pub passwords: Vec<String>,
    /// One desk per tenant; nothing of one is reachable from another.
    pub desks: BTreeMap<Tenant, Desk>,
}

/// What belongs to one tenant: its rules and its drawers.
pub struct Desk {
    pub routing: Routing,
    /// What the examiner knows about the tenant.
    pub house: House,
    /// What is known about the suppliers of the tenant.
    pub memory: Memory,
    pub adapters: BTreeMap<String, Box<dyn Adapter>>,
    /// One for each adapter.
    pub breakers: BTreeMap<String, Breaker>,
}

impl Desk {
    /// `leitweg_ids` are the tenant's own; none where he has not told.
    pub fn of(
        routing: Routing,
        leitweg_ids: Vec<String>,
        adapters: BTreeMap<String, Box<dyn Adapter>>,
    ) -> Self {
        let breakers = adapters.keys().map(|target| (target.clone(), Breaker::default())).collect();
        Self { routing, house: House { leitweg_ids }, memory: Memory::default(), adapters, breakers }
    }
}

/// How a document ended. There is no fourth way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settled {
    Filed,
    InClearing(Clearing),
    /// It was a batch, mail or archive; its parts go their own way.
    Divided(Vec<Document>),
}

/// Takes one document through every step that is still to be done.
pub async fn process(case: &Case<'_>, services: &Services) -> Result<Settled> {
    let document = case.document;
    let desk = desk(services, &document.tenant)?;
    if let Some(plan) = case.intended()? {
        return file(case, &plan, desk).await;
    }

    let bytes = services.store.get(&document.content)?;
    faults::stumble("worker-aborts-on", &bytes);
    if document.kind.is_container() {
        let parts = intake::unpack(&services.sandbox, &services.store, document, &bytes).await?;
        return case.divide(parts, None).await;
    }

    let reading = read(case, &bytes, services).await?;
    check_count(document, &reading)?;
    if let Some(batch) = recognise::sections(&reading).filter(|_| document.part_of.is_none()) {
        return divide(case, &bytes, &reading, &batch, services).await;
    }

    let embedded = embedded(&reading, &services.store)?;
    let source = extract::Source {
        name: &document.name,
        kind: document.kind,
        bytes: &bytes,
        text: &reading.text,
        embedded: &embedded,
    };
    let content = extract::content(&source, &desk.memory)?;
    let xml = extract::invoice_xml(&source)?;
    let report = examine(document, &content, xml, &desk.house);
    case.note_report(&report).await?;
    let decision = route::decide(document, &content, &report, &desk.routing);
    case.note_decision(&decision).await?;

    match &decision.outcome {
        Outcome::Clearing(clearing) => case.clear(clearing.clone()).await,
        Outcome::File(shelf) => {
            let searchable = searchable(document, &bytes, &reading, services).await?;
            let paper = paper::Paper { document, content: &content, report: &report, decision: &decision };
            let mut plan = paper.plan(shelf, searchable, &services.store)?;
            // An e-invoice is its XML, however its picture was made.
            if xml.is_none() && transfer::is_scan(&reading) {
                let whole = case.history_of_whole().await?;
                plan.add_transfer(document, &reading, case.history, &whole, &services.store)?;
            }
            file(case, &plan, desk).await
        }
    }
}

fn desk<'a>(services: &'a Services, tenant: &Tenant) -> Result<&'a Desk> {
    services.desks.get(tenant).ok_or_else(|| {
        Error::new(Kind::Settings, format!("the tenant {tenant} is not in the settings of this worker"))
            .hint("add it to the settings file, or let a worker of that tenant take the job")
    })
}

/// An e-invoice by the rules of its day of receipt, a guessed one by what was read; a letter has no rules.
fn examine(document: &Document, content: &Content, xml: Option<&[u8]>, house: &House) -> Report {
    match (content, xml) {
        (Content::Invoice(_), Some(xml)) => validate::check_for(house, xml, document.arrival.day()),
        (Content::Invoice(invoice), None) => validate::check_guessed(invoice),
        (Content::Letter(_), _) => Report::not_applicable(),
    }
}

/// Reading is slow: what an earlier attempt (or an earlier arrival of the same bytes) read is kept.
async fn read(case: &Case<'_>, bytes: &[u8], services: &Services) -> Result<Reading> {
    let document = case.document;
    if !document.kind.has_pages() {
        return Ok(Reading::default());
    }
    if let Some(reading) = case.kept_reading().await? {
        return Ok(reading);
    }
    let Services { sandbox, store, passwords, .. } = services;
    let reading = recognise::read(sandbox, store, document.kind, bytes, passwords).await?;
    case.note_reading(&reading).await?;
    Ok(reading)
}

/// The sheets the operator counted are there.
fn check_count(document: &Document, reading: &Reading) -> Result<()> {
    let counted = document.arrival.scan.as_ref().and_then(|scan| scan.sheets);
    let counted = counted.filter(|_| document.part_of.is_none() && document.kind.has_pages());
    match counted.and_then(|sheets| recognise::count_differs(reading, sheets)) {
        Some(alarm) => Err(recognise::stopped(&[alarm])),
        None => Ok(()),
    }
}

/// A rendition for people to search; e-invoices and mail texts have no pages and need none.
async fn searchable(
    document: &Document,
    bytes: &[u8],
    reading: &Reading,
    services: &Services,
) -> Result<Option<Vec<u8>>> {
    if !document.kind.has_pages() {
        return Ok(None);
    }
    let Services { sandbox, passwords, .. } = services;
    recognise::searchable(sandbox, document.kind, bytes, passwords, &reading.text).await
}

/// Cuts a batch at its separator sheets; every page is accounted for or the batch stops.
async fn divide(
    case: &Case<'_>,
    bytes: &[u8],
    reading: &Reading,
    batch: &recognise::Batch,
    services: &Services,
) -> Result<Settled> {
    let mut alarms = recognise::alarms(reading, batch);
    alarms.extend(recognise::foreign(batch, &case.document.tenant));
    if !alarms.is_empty() {
        return Err(recognise::stopped(&alarms));
    }
    if batch.sections.is_empty() {
        return Err(Error::new(Kind::NoPages, "the batch holds separator sheets and blank pages only"));
    }
    let Services { sandbox, passwords, .. } = services;
    let pieces = recognise::cut(sandbox, case.document.kind, bytes, passwords, batch).await?;
    let mut parts = Vec::new();
    for (section, piece) in batch.sections.iter().zip(&pieces) {
        let content = services.store.put(piece)?;
        let reading = paper::keep(&services.store, &recognise::part(reading, section))?;
        let number = parts.len() as u32 + 1;
        parts.push(paper::part(case.document, number, section, content, piece.len() as u64, reading));
    }
    if parts.len() != batch.sections.len() {
        return Err(Error::new(Kind::Internal, "the batch was cut into the wrong number of parts"));
    }
    case.divide(parts, Some(batch.sheets)).await
}

/// The files embedded in a PDF, from the store.
fn embedded(reading: &Reading, store: &Store) -> Result<Vec<Vec<u8>>> {
    reading.embedded.iter().map(|file| store.get(&file.content)).collect()
}

/// Intent, effect, receipt: for every target that has no receipt yet.
async fn file(case: &Case<'_>, plan: &Plan, desk: &Desk) -> Result<Settled> {
    for target in &plan.targets {
        if case.has_receipt(target) {
            continue;
        }
        let adapter = desk.adapters.get(target).ok_or_else(|| {
            Error::new(Kind::Settings, format!("the target {target} is not in the settings"))
                .hint("add it under the tenant's targets, or correct the routing rule")
        })?;
        let filing = plan.filing(case.document, target, case.store)?;
        case.note_intent(target, &filing.key, plan).await?;
        if faults::wished("receipt-before-put") {
            case.note_receipt(&filing::Receipt::unseen(target, &filing)).await?;
        }
        faults::reach("before", "put");
        let receipt = filing::file(adapter.as_ref(), &filing).await?;
        faults::reach("after", "put");
        case.note_receipt(&receipt).await?;
    }
    case.close().await
}
