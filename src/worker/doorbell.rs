//! The ledger is the truth, the queue a doorbell: for what the ledger holds open and the queue forgot it rings again.
//!
//! While jobs wait in the queue, it rings only for what should have been worked long ago (a lost message); when
//! nothing waits, the queue may have been emptied, and it rings for everything. A broker in alarm takes no rings: then
//! idle slots take from the ledger.

use super::{Worker, locked};
use crate::error::Result;
use crate::faults;
use crate::ledger::Ring;
use std::sync::atomic::Ordering;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(15);
const AT_ONCE: usize = 1000;

impl Worker {
    pub(super) async fn keep_ringing(self: std::sync::Arc<Self>) {
        loop {
            tokio::time::sleep(EVERY).await;
            let rung = self.ring().await;
            self.mute.store(rung.is_err(), Ordering::Relaxed);
            if let Err(error) = rung {
                tracing::warn!(kind = error.kind.slug(), "ringing again failed: {error}");
            }
        }
    }

    pub(super) async fn ring(&self) -> Result<()> {
        if faults::wished("sweep-never") {
            return Ok(());
        }
        let depth = self.queue.depth().await?;
        let ring = if depth.ready == 0 { Ring::All } else { Ring::Overdue };
        // What cannot be rung would be kept from those who take it from the ledger.
        let mut at_once = if self.mute.load(Ordering::Relaxed) { 1 } else { AT_ONCE };
        loop {
            let jobs = self.services.ledger.due(ring, at_once).await?;
            for job in &jobs {
                if !locked(&self.left).contains_key(&job.document) {
                    self.queue.publish(job).await?;
                }
            }
            if jobs.len() < at_once {
                return Ok(());
            }
            at_once = AT_ONCE;
        }
    }
}
