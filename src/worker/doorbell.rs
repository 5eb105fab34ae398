//! The ledger is the truth, the queue a doorbell: for what the ledger holds open and the queue forgot it rings again.
//!
//! While jobs wait in the queue, it rings only for what should have been worked long ago (a lost message); when
//! nothing waits, the queue may have been emptied, and it rings for everything.

use super::{Worker, locked};
use crate::error::Result;
use crate::ledger::Ring;
use std::time::Duration;

const EVERY: Duration = Duration::from_secs(15);
const AT_ONCE: usize = 1000;

impl Worker {
    pub(super) async fn keep_ringing(self: std::sync::Arc<Self>) {
        loop {
            tokio::time::sleep(EVERY).await;
            if let Err(error) = self.ring().await {
                tracing::warn!(kind = error.kind.slug(), "ringing again failed: {error}");
            }
        }
    }

    pub(super) async fn ring(&self) -> Result<()> {
        let depth = self.queue.depth().await?;
        let ring = if depth.ready == 0 { Ring::All } else { Ring::Overdue };
        loop {
            let jobs = self.services.ledger.due(ring, AT_ONCE).await?;
            for job in &jobs {
                if !locked(&self.left).contains_key(&job.document) {
                    self.queue.publish(job).await?;
                }
            }
            if jobs.len() < AT_ONCE {
                return Ok(());
            }
        }
    }
}
