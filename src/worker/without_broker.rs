//! Jobs straight from the ledger: the way to work while the broker is away.
//!
//! In: what the ledger holds due. Out: the same jobs, as a slot gives them. Absent on purpose: acknowledging and
//! putting off; the ledger keeps what is open, and until when it rests.

use crate::error::Result;
use crate::faults;
use crate::job::Job;
use crate::ledger::{Ledger, Ring};
use crate::queue::{Delivery, Slot};
use async_trait::async_trait;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// What is fetched at once is marked as rung for us: nobody else fetches it meanwhile.
const AT_ONCE: usize = 8;

pub struct LedgerSlot {
    ledger: Arc<dyn Ledger>,
    fetched: VecDeque<Job>,
}

impl LedgerSlot {
    pub fn new(ledger: Arc<dyn Ledger>) -> Self {
        Self { ledger, fetched: VecDeque::new() }
    }
}

#[async_trait]
impl Slot for LedgerSlot {
    async fn take(&mut self, wait: Duration) -> Result<Option<Delivery>> {
        if self.fetched.is_empty() && !faults::wished("sweep-never") {
            self.fetched.extend(self.ledger.due(Ring::All, AT_ONCE).await?);
        }
        match self.fetched.pop_front() {
            Some(job) => Ok(Some(Delivery { job, tag: 0, lane: 0, redelivered: false })),
            None => {
                tokio::time::sleep(wait).await;
                Ok(None)
            }
        }
    }

    async fn done(&mut self, _: &Delivery) -> Result<()> {
        Ok(())
    }

    async fn later(&mut self, _: &Delivery, _: Duration) -> Result<()> {
        Ok(())
    }
}
