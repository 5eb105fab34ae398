//! One document, from the door to the drawer.
//!
//! In: a claimed case. Out: [`Settled`], with every step noted in the ledger. The slow step is kept, the pure
//! steps are recomputed after a crash, the irrevocable step notes first what exactly it is about to file.
//! Absent on purpose: retries and waiting; an error goes to the worker, which decides.

mod adopt;
mod case;
mod named;
mod paper;
mod rehearse;
mod statement;
mod transfer;

pub use case::{Case, Noted};
pub use named::named;
pub use paper::kept;
pub use rehearse::{Rehearsal, rehearse};
pub use statement::filed_by_statement;

use crate::error::{Error, Kind, Result};
use crate::extract::{Content, Memory};
use crate::filing::protocol::{self, Earlier, Step};
use crate::filing::{self, Adapter, Breaker, Class, Filing, Receipt};
use crate::job::{Clearing, Document, Tenant};
use crate::ledger::Ledger;
use crate::recognise::{self, Reading};
use crate::route::{self, Decision, Outcome, Routing, Shelf};
use crate::sandbox::Sandbox;
use crate::store::Store;
use crate::validate::{House, Report};
use crate::{extract, faults, intake, validate};
use paper::Plan;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tracing::Instrument;

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

impl Settled {
    /// The stable name in logs, metrics and traces.
    pub fn name(&self) -> &'static str {
        match self {
            Settled::Filed => "filed",
            Settled::InClearing(_) => "clearing",
            Settled::Divided(_) => "divided",
        }
    }
}

/// One measured stage of a document: its name and ids, never contents. `telemetry` reads it.
macro_rules! stage {
    ($name:literal, $document:expr $(, $field:ident)*) => {
        tracing::info_span!(
            $name, document = %$document.id, tenant = %$document.tenant $(, $field = tracing::field::Empty)*
        )
    };
}

/// Takes one document through every step that is still to be done.
pub async fn process(case: &Case<'_>, services: &Services) -> Result<Settled> {
    let span = stage!("case", case.document, attempt, outcome, kind);
    span.record("attempt", case.lease.attempt);
    let settled = steps(case, services).instrument(span.clone()).await;
    match &settled {
        Ok(settled) => span.record("outcome", settled.name()),
        Err(error) => span.record("kind", error.kind.slug()),
    };
    settled
}

async fn steps(case: &Case<'_>, services: &Services) -> Result<Settled> {
    let document = case.document;
    let desk = desk(services, &document.tenant)?;
    if let Some(plan) = case.intended()? {
        return file(case, &plan, desk).instrument(stage!("file", document)).await;
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
        let parts = cut(document, &bytes, &reading, &batch, services).await?;
        return case.divide(parts, Some(batch.sheets)).await;
    }

    let judged = judge(document, &bytes, &reading, desk, &services.store)?;
    case.note_report(&judged.report)?;
    case.note_decision(&judged.decision)?;
    match &judged.decision.outcome {
        Outcome::Clearing(clearing) => case.clear(clearing.clone()).await,
        Outcome::File(shelf) => {
            let plan = plan(case, &bytes, &reading, &judged, shelf, services).await?;
            file(case, &plan, desk).instrument(stage!("file", document)).await
        }
    }
}

/// What a document says, what is wrong with it, and where it goes.
struct Judged {
    content: Content,
    report: Report,
    decision: Decision,
    /// It is its XML, however its picture was made.
    is_e_invoice: bool,
}

fn judge(document: &Document, bytes: &[u8], reading: &Reading, desk: &Desk, store: &Store) -> Result<Judged> {
    let embedded = embedded(reading, store)?;
    let Document { name, kind, .. } = document;
    let source = extract::Source { name, kind: *kind, bytes, text: &reading.text, embedded: &embedded };
    let content = stage!("extract", document).in_scope(|| extract::content(&source, &desk.memory))?;
    let xml = extract::invoice_xml(&source)?;
    let report = stage!("validate", document).in_scope(|| examine(document, &content, xml, &desk.house));
    let decision =
        stage!("route", document).in_scope(|| route::decide(document, &content, &report, &desk.routing));
    Ok(Judged { content, report, decision, is_e_invoice: xml.is_some() })
}

/// Everything that goes into the drawers, in the store.
async fn plan(
    case: &Case<'_>,
    bytes: &[u8],
    reading: &Reading,
    judged: &Judged,
    shelf: &Shelf,
    services: &Services,
) -> Result<Plan> {
    let (document, store) = (case.document, &services.store);
    let searchable = searchable(document, bytes, reading, services).await?;
    let Judged { content, report, decision, is_e_invoice } = judged;
    let mut plan = paper::Paper { document, content, report, decision }.plan(shelf, searchable, store)?;
    if !is_e_invoice && transfer::is_scan(reading) {
        let whole = case.history_of_whole().await?;
        plan.add_transfer(document, reading, case.history, &whole, store)?;
    }
    Ok(plan)
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
    case.note_that_it_is_read().await?;
    let reading = read_anew(document, bytes, services).await?;
    case.note_reading(&reading).await?;
    Ok(reading)
}

async fn read_anew(document: &Document, bytes: &[u8], services: &Services) -> Result<Reading> {
    let Services { sandbox, store, passwords, .. } = services;
    let span = stage!("recognise", document, pages, ocr_pages);
    let reading =
        recognise::read(sandbox, store, document.kind, bytes, passwords).instrument(span.clone()).await?;
    let pages = &reading.text.pages;
    span.record("pages", pages.len());
    span.record("ocr_pages", pages.iter().filter(|page| page.kind == recognise::PageKind::Ocr).count());
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
async fn cut(
    document: &Document,
    bytes: &[u8],
    reading: &Reading,
    batch: &recognise::Batch,
    services: &Services,
) -> Result<Vec<Document>> {
    let mut alarms = recognise::alarms(reading, batch);
    alarms.extend(recognise::foreign(batch, &document.tenant));
    if !alarms.is_empty() {
        return Err(recognise::stopped(&alarms));
    }
    if batch.sections.is_empty() {
        return Err(Error::new(Kind::NoPages, "the batch holds separator sheets and blank pages only"));
    }
    let Services { sandbox, passwords, .. } = services;
    let pieces = recognise::cut(sandbox, document.kind, bytes, passwords, batch).await?;
    let mut parts = Vec::new();
    for (section, piece) in batch.sections.iter().zip(&pieces) {
        let content = services.store.put(piece)?;
        let reading = paper::keep(&services.store, &recognise::part(reading, section))?;
        let number = parts.len() as u32 + 1;
        parts.push(paper::part(document, number, section, content, piece.len() as u64, reading));
    }
    if parts.len() != batch.sections.len() {
        return Err(Error::new(Kind::Internal, "the batch was cut into the wrong number of parts"));
    }
    Ok(parts)
}

/// The files embedded in a PDF, from the store.
fn embedded(reading: &Reading, store: &Store) -> Result<Vec<Vec<u8>>> {
    reading.embedded.iter().map(|file| store.get(&file.content)).collect()
}

/// Intent, effect, receipt: for every target that has no receipt yet.
async fn file(case: &Case<'_>, plan: &Plan, desk: &Desk) -> Result<Settled> {
    let missing: Vec<_> = plan.targets.iter().filter(|target| !case.has_receipt(target)).collect();
    for (number, target) in missing.iter().enumerate() {
        let adapter = adapter(desk, target)?;
        let filed = match desk.breakers.get(*target) {
            Some(breaker) => guarded(breaker, target, file_into(case, plan, target, adapter)).await,
            None => file_into(case, plan, target, adapter).await,
        };
        let receipt = filed?;
        if number + 1 == missing.len() {
            return case.note_last_receipt(&receipt).await;
        }
        case.note_receipt(&receipt).await?;
    }
    case.close().await
}

/// Nothing is asked of a target whose breaker is open; how it went otherwise, the breaker learns.
async fn guarded(
    breaker: &Breaker,
    target: &str,
    filing: impl Future<Output = Result<Receipt>>,
) -> Result<Receipt> {
    if breaker.is_open() {
        return Err(filing::is_open(target).at_target(target));
    }
    let filed = filing.await;
    match &filed {
        Ok(_) => breaker.succeeded(),
        Err(error) if error.target.is_some() => {
            breaker.failed(error.kind, Instant::now());
        }
        Err(_) => {}
    }
    filed
}

fn adapter<'a>(desk: &'a Desk, target: &str) -> Result<&'a dyn Adapter> {
    desk.adapters.get(target).map(AsRef::as_ref).ok_or_else(|| {
        Error::new(Kind::Settings, format!("the target {target} is not in the settings"))
            .hint("add it under the tenant's targets, or correct the routing rule")
    })
}

/// At most one effect, and none before the protocol allows it and the intent is durable.
async fn file_into(case: &Case<'_>, plan: &Plan, target: &str, adapter: &dyn Adapter) -> Result<Receipt> {
    let (class, timing, earlier) = (adapter.class(), adapter.timing(), case.earlier(target));
    let step = protocol::next(class, timing, earlier);
    match step {
        Step::Wait(rest) => return Err(too_early(target, rest, earlier)),
        Step::AskAPerson => return Err(unclear(target)),
        Step::Put | Step::LookThenPut => {}
    }
    let there = |error: Error| error.at_target(target);
    let filing = filing::spoilt(plan.filing(case.document, target, case.store)?);
    if step == Step::LookThenPut
        && let Some(receipt) = look(case.document, &filing, adapter).await.map_err(there)?
    {
        return Ok(receipt);
    }
    if class == Class::D {
        // An intent costs a person's time here: none for a target that is not there.
        adapter.probe().await.map_err(there)?;
    }
    let begun = Instant::now();
    if class != Class::A {
        case.hold(timing.call + protocol::MARGIN).await?;
    }
    case.note_intent(target, &filing.key, plan).await?;
    if faults::wished("receipt-before-put") {
        case.note_last_receipt(&Receipt::unseen(target, &filing)).await?;
    }
    faults::reach("before", "put");
    let put = filing::put(adapter, &filing, begun).await;
    let receipt = adopted_or(put, case.document, &filing, adapter).await.map_err(there)?;
    faults::reach("after", "put");
    Ok(receipt)
}

/// Looks whether it lies there, from this life of the ledger or an earlier one.
async fn look(document: &Document, filing: &Filing, adapter: &dyn Adapter) -> Result<Option<Receipt>> {
    match filing::look(adapter, filing).await {
        Ok(found) => Ok(found),
        Err(error) => adopted_or(Err(error), document, filing, adapter).await.map(Some),
    }
}

/// Something else lies where this filing belongs: is it this very document?
async fn adopted_or(
    outcome: Result<Receipt>,
    document: &Document,
    filing: &Filing,
    adapter: &dyn Adapter,
) -> Result<Receipt> {
    match outcome {
        Err(conflict) if conflict.kind == Kind::Conflict => {
            adopt::of_an_earlier_life(adapter, filing, document).await?.ok_or(conflict)
        }
        outcome => outcome,
    }
}

fn too_early(target: &str, rest: Duration, earlier: Earlier) -> Error {
    let seconds = rest.as_millis().div_ceil(1_000);
    let mut text = format!("an earlier request to target {target} may still have its effect for {seconds} s");
    if matches!(earlier, Earlier::Intent { set_back: true, .. }) {
        text.push_str(" (the clock of the ledger was set back, so that the wait began anew)");
    }
    Error::new(Kind::Unknown, text).after(rest)
}

fn unclear(target: &str) -> Error {
    Error::new(Kind::Unclear, format!("an earlier filing in target {target} has no receipt"))
        .hint("look for the document in the target; it is never filed there a second time")
        .in_particular(format!("Ablageziel: {target}."), format!("Target: {target}."))
}
