//! The rehearsal: what would become of a case if it were worked on now, by today's rules.
//!
//! In: the entries of a case that lies in clearing. Out: [`Rehearsal`], or the error it would meet. The same
//! steps as in earnest, with one difference: nothing is noted and nothing is filed; what is written into the
//! content store is what the work in earnest finds there. Absent on purpose: giving the case back; who asked
//! decides.

use super::paper::Plan;
use super::{Case, Desk, Services, check_count, cut, desk, judge, plan, read_anew, unclear};
use crate::error::{Error, Kind, Result};
use crate::filing::Class;
use crate::filing::protocol::{self, Step};
use crate::intake;
use crate::job::{Clearing, Document};
use crate::ledger::{Entry, Event, Lease};
use crate::recognise::{self, Reading};
use crate::route::Outcome;

/// How the case would end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rehearsal {
    /// Every target is there and takes it.
    Filed,
    /// Into so many parts, each with a case of its own.
    Divided(usize),
    InClearing(Clearing),
}

pub async fn rehearse(history: &[Entry], services: &Services) -> Result<Rehearsal> {
    let document = received(history)?;
    // A lease nobody gave: whatever were noted under it, the ledger would refuse.
    let (tenant, id, worker) = (document.tenant.clone(), document.id.clone(), "rehearsal".to_owned());
    let lease = Lease { tenant, document: id, worker, token: 0, attempt: 0 };
    let (ledger, store) = (services.ledger.as_ref(), &services.store);
    let case = Case::of(document, &lease, history, ledger, store);

    let desk = desk(services, &document.tenant)?;
    if let Some(plan) = case.intended()? {
        return would_be_filed(&case, &plan, desk).await;
    }
    let bytes = store.get(&document.content)?;
    if document.kind.is_container() {
        let parts = intake::unpack(&services.sandbox, store, document, &bytes).await?;
        return Ok(Rehearsal::Divided(parts.len()));
    }
    let reading = read(&case, &bytes, services).await?;
    check_count(document, &reading)?;
    if let Some(batch) = recognise::sections(&reading).filter(|_| document.part_of.is_none()) {
        let parts = cut(document, &bytes, &reading, &batch, services).await?;
        return Ok(Rehearsal::Divided(parts.len()));
    }
    let judged = judge(document, &bytes, &reading, desk, store)?;
    match &judged.decision.outcome {
        Outcome::Clearing(clearing) => Ok(Rehearsal::InClearing(clearing.clone())),
        Outcome::File(shelf) => {
            let plan = plan(&case, &bytes, &reading, &judged, shelf, services).await?;
            would_be_filed(&case, &plan, desk).await
        }
    }
}

fn received(history: &[Entry]) -> Result<&Document> {
    let found = history.iter().find_map(|entry| match &entry.event {
        Event::Received { received } => Some(received.as_ref()),
        _ => None,
    });
    found.ok_or_else(|| Error::new(Kind::Altered, "a case has no receipt entry"))
}

/// What was read is kept; what crashed is tried anew.
async fn read(case: &Case<'_>, bytes: &[u8], services: &Services) -> Result<Reading> {
    if !case.document.kind.has_pages() {
        return Ok(Reading::default());
    }
    match case.kept_reading().await? {
        Some(reading) => Ok(reading),
        None => read_anew(case.document, bytes, services).await,
    }
}

/// Every target that has no receipt yet lets us in, and nothing else lies where ours belongs.
async fn would_be_filed(case: &Case<'_>, plan: &Plan, desk: &Desk) -> Result<Rehearsal> {
    for target in &plan.targets {
        if case.has_receipt(target) {
            continue;
        }
        let adapter = super::adapter(desk, target)?;
        let there = |error: Error| error.at_target(target);
        let step = protocol::next(adapter.class(), adapter.timing(), case.earlier(target));
        if step == Step::AskAPerson {
            return Err(unclear(target));
        }
        // Every content is in the store and is what its hash says.
        let filing = plan.filing(case.document, target, case.store)?;
        adapter.probe().await.map_err(there)?;
        if adapter.class() != Class::D {
            super::look(case.document, &filing, adapter).await.map_err(there)?;
        }
    }
    Ok(Rehearsal::Filed)
}
