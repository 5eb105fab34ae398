//! What an outcome means for the job: the one place that decides it.
//!
//! In: how the pipeline ended. Out: the case settled, resting, parked or in clearing, and only then the message
//! acknowledged.

use super::isolation::Past;
use super::{Ends, Seen, Step, Worker, locked};
use crate::clearing;
use crate::error::{Again, Error, Kind, Result};
use crate::faults;
use crate::job::{ContentHash, Job};
use crate::ledger::{Event, Rest};
use crate::pipeline::{Case, Settled};
use crate::queue::{Delivery, Slot};
use std::time::Duration;

/// How long a case rests before its second, third and further try when something was not there. What is down for
/// longer has a breaker of its own, so that nobody needs to rest for long.
pub(super) const RESTS: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(30),
    Duration::from_secs(60),
];
/// After so many rests a worker that ends by itself leaves the case open.
const PATIENT_RESTS: usize = 2;

impl Worker {
    pub(super) async fn settled(
        &self,
        slot: &mut dyn Slot,
        delivery: &Delivery,
        settled: Settled,
        took: Duration,
    ) -> Result<()> {
        let step = match settled {
            Settled::Filed => Step::Filed,
            Settled::InClearing(_) => Step::InClearing,
            Settled::Divided(parts) => {
                for part in &parts {
                    // The parts stand in the ledger; where the bell cannot be rung now, it rings later.
                    if let Err(error) = self.queue.publish(&Job::of(part)).await {
                        tracing::warn!(document = %part.id, kind = error.kind.slug(), "not rung: {error}");
                    }
                }
                Step::Divided(parts.len())
            }
        };
        faults::reach("before", "acknowledged");
        slot.done(delivery).await?;
        faults::reach("after", "acknowledged");
        let Job { tenant, document, .. } = &delivery.job;
        (self.observer)(&Seen::Settled { document, tenant, step: &step, took });
        Ok(())
    }

    pub(super) async fn failed(
        &self,
        slot: &mut dyn Slot,
        delivery: &Delivery,
        case: &Case<'_>,
        past: Past,
        error: Error,
        took: Duration,
    ) -> Result<()> {
        match error.kind.again() {
            Again::Never => self.clear(slot, delivery, case, &error, took).await,
            Again::Counted if past.isolates() || past.isolates_after_crash() => {
                self.clear(slot, delivery, case, &error, took).await
            }
            Again::Counted => {
                let failed = Event::Failed { kind: error.kind.slug().to_owned(), text: error.text.clone() };
                let rest = rest_of(case, past.crashes);
                case.ledger.note(case.lease, failed).await?;
                case.ledger.give_up(case.lease, rest).await?;
                self.later(slot, delivery, &error, rest).await
            }
            Again::Later => self.put_aside(slot, delivery, case, past, error).await,
            Again::Stop => {
                case.ledger.hand_back(case.lease, Rest::For(RESTS[1])).await.ok();
                slot.later(delivery, RESTS[1]).await.ok();
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
        took: Duration,
    ) -> Result<()> {
        let settled = case.clear(clearing::of(error)).await?;
        self.settled(slot, delivery, settled, took).await
    }

    /// Neither document nor program is the reason: the attempt does not count. What waits for a target that is not
    /// there is parked in the ledger and needs no message; the rest comes again by itself.
    async fn put_aside(
        &self,
        slot: &mut dyn Slot,
        delivery: &Delivery,
        case: &Case<'_>,
        past: Past,
        error: Error,
    ) -> Result<()> {
        if error.kind == Kind::LeaseLost {
            let (document, tenant) = (&case.document.id, &case.document.tenant);
            (self.observer)(&Seen::LeaseLost { document, tenant });
        }
        let rest = error.rest.unwrap_or_else(|| rest_of(case, past.rests));
        let away = error.target.clone().filter(|target| self.is_away(case, target, &error));
        let until = away.clone().map_or(Rest::For(rest), Rest::Until);
        let handed_back = case.ledger.hand_back(case.lease, until).await;
        if let Err(second) = &handed_back {
            // A lost lease cannot be handed back, and a ledger that is away lets it run out.
            tracing::warn!(document = %case.document.id, kind = second.kind.slug(), "the lease runs out by itself");
        }
        if let (Some(target), Ok(())) = (&away, &handed_back) {
            slot.done(delivery).await?;
            let (document, tenant) = (&case.document.id, &case.document.tenant);
            (self.observer)(&Seen::Parked { document, tenant, target, kind: error.kind });
            return Ok(());
        }
        if self.options.ends == Ends::WhenEmpty && past.rests >= PATIENT_RESTS {
            locked(&self.left).insert(delivery.job.document.clone(), error);
            return slot.done(delivery).await;
        }
        self.later(slot, delivery, &error, rest).await
    }

    async fn later(
        &self,
        slot: &mut dyn Slot,
        delivery: &Delivery,
        error: &Error,
        rest: Duration,
    ) -> Result<()> {
        slot.later(delivery, rest).await?;
        let Job { tenant, document, .. } = &delivery.job;
        let (target, kind) = (error.target.as_deref(), error.kind);
        (self.observer)(&Seen::Later { document, tenant, target, kind, rest });
        Ok(())
    }
}

/// Growing, and not the same for all: what failed together does not come again together.
fn rest_of(case: &Case<'_>, earlier: usize) -> Duration {
    let rest = RESTS[earlier.min(RESTS.len() - 1)];
    let fields = ["rest", case.document.id.as_str(), &case.lease.token.to_string()];
    let share = u32::from(ContentHash::of_fields(&fields).bytes()[0]);
    rest * (1024 + share) / 1024
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_grow() {
        assert!(RESTS.is_sorted());
    }
}
