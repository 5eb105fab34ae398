//! The queue inside the process: lanes in one tree of the index, so that jobs survive a restart.
//!
//! In: jobs. Out: jobs, by priority and tenant in turn. Absent on purpose: other processes, and the truth: when
//! the index is lost, the ledger fills the queue again.

mod lanes;

use super::{Delivery, Depth, LaneDepth, Queue, Slot};
use crate::error::{Error, Kind, Result};
use crate::index::Index;
use crate::job::{Clock, Job};
use async_trait::async_trait;
use lanes::{Held, Lanes, Next, take_next};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Nobody waits longer than this for a job in one call.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// The queue of one process.
#[derive(Clone)]
pub struct Embedded {
    lanes: Arc<Lanes>,
    /// The last write that is known to be on the disk.
    on_disk: Arc<tokio::sync::Mutex<u64>>,
}

impl Embedded {
    /// The clock is asked once; from then on time is counted, so that setting the clock moves no job.
    pub fn open(index: &Index, clock: &Clock) -> Result<Self> {
        let lanes = Lanes::open(index, clock)?;
        Ok(Self { lanes: Arc::new(lanes), on_disk: Arc::default() })
    }
}

impl std::fmt::Debug for Embedded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Embedded")
    }
}

#[async_trait]
impl Queue for Embedded {
    async fn publish(&self, job: &Job) -> Result<()> {
        let job = job.clone();
        let written = on(&self.lanes, move |lanes| lanes.add(&job)).await?;
        self.lanes.news.notify_one();
        // Whoever waited here while another publisher synced finds his own write on the disk already.
        let mut on_disk = self.on_disk.lock().await;
        if *on_disk < written {
            *on_disk = on(&self.lanes, |lanes| lanes.sync()).await?;
        }
        Ok(())
    }

    async fn slot(&self) -> Result<Box<dyn Slot>> {
        Ok(Box::new(EmbeddedSlot { lanes: self.lanes.clone(), held: HashMap::new() }))
    }

    /// Counts by reading: for people and metrics, not for every job.
    async fn depth(&self) -> Result<Depth> {
        on(&self.lanes, |lanes| lanes.depth()).await
    }

    async fn lanes(&self) -> Result<Vec<LaneDepth>> {
        on(&self.lanes, |lanes| lanes.depths()).await
    }
}

struct EmbeddedSlot {
    lanes: Arc<Lanes>,
    held: HashMap<u64, Held>,
}

#[async_trait]
impl Slot for EmbeddedSlot {
    async fn take(&mut self, wait: Duration) -> Result<Option<Delivery>> {
        let lanes = self.lanes.clone();
        let deadline = Instant::now() + wait.min(LONGEST_WAIT);
        loop {
            // Listening starts before looking: what comes in between is not missed.
            let news = lanes.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            let due = match on(&lanes, take_next).await? {
                Next::Job(held, delivery) => {
                    self.held.insert(delivery.tag, held);
                    return Ok(Some(delivery));
                }
                Next::Nothing { due } => due,
            };
            let until = due.map_or(deadline, |due| deadline.min(Instant::now() + due));
            tokio::select! {
                () = news => {}
                () = tokio::time::sleep_until(until) => if until == deadline { return Ok(None) },
            }
        }
    }

    async fn done(&mut self, delivery: &Delivery) -> Result<()> {
        let held = self.give_out(delivery)?;
        on(&self.lanes, move |lanes| lanes.forget(held)).await
    }

    async fn later(&mut self, delivery: &Delivery, wait: Duration) -> Result<()> {
        let held = self.give_out(delivery)?;
        on(&self.lanes, move |lanes| lanes.put_off(held, wait)).await
    }
}

impl EmbeddedSlot {
    fn give_out(&mut self, delivery: &Delivery) -> Result<Held> {
        self.held.remove(&delivery.tag).ok_or_else(|| {
            let document = &delivery.job.document;
            Error::new(Kind::Internal, format!("this slot does not hold the job of {document}"))
        })
    }
}

/// Work that may wait for the disk runs beside the runtime's own threads.
async fn on<T: Send + 'static>(
    lanes: &Arc<Lanes>,
    work: impl FnOnce(&Arc<Lanes>) -> Result<T> + Send + 'static,
) -> Result<T> {
    let lanes = lanes.clone();
    let joined = tokio::task::spawn_blocking(move || work(&lanes)).await;
    joined.map_err(|error| Error::new(Kind::Internal, format!("work on the queue was cut off: {error}")))?
}
