//! A queue of the few jobs of one command, for a house in which no worker runs.
//!
//! In: jobs. Out: those of the chosen documents and of the parts that come out of them; what else rings stays in
//! the ledger for a worker. Absent on purpose: lasting longer than the command.

use crate::error::Result;
use crate::job::{DocumentId, Job};
use crate::ledger::{Event, Ledger};
use crate::queue::{Delivery, Depth, LaneDepth, Queue, Slot};
use async_trait::async_trait;
use std::collections::{HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;

pub struct Handful {
    inner: Arc<Inner>,
}

struct Inner {
    ledger: Arc<dyn Ledger>,
    desk: Mutex<Desk>,
    news: Notify,
}

#[derive(Default)]
struct Desk {
    chosen: HashSet<DocumentId>,
    waiting: VecDeque<Job>,
    resting: u64,
    next: u64,
}

impl Handful {
    pub fn of(ledger: Arc<dyn Ledger>, jobs: Vec<Job>) -> Handful {
        let chosen = jobs.iter().map(|job| job.document.clone()).collect();
        let desk = Desk { chosen, waiting: jobs.into(), ..Desk::default() };
        Handful { inner: Arc::new(Inner { ledger, desk: Mutex::new(desk), news: Notify::new() }) }
    }
}

#[async_trait]
impl Queue for Handful {
    async fn publish(&self, job: &Job) -> Result<()> {
        if self.inner.is_ours(job).await? {
            self.inner.add(job.clone());
        }
        Ok(())
    }

    async fn slot(&self) -> Result<Box<dyn Slot>> {
        Ok(Box::new(Place { inner: Arc::clone(&self.inner) }))
    }

    async fn depth(&self) -> Result<Depth> {
        let desk = self.inner.desk();
        Ok(Depth { ready: desk.waiting.len() as u64, delayed: desk.resting, ..Depth::default() })
    }

    async fn lanes(&self) -> Result<Vec<LaneDepth>> {
        Ok(Vec::new())
    }
}

impl Inner {
    fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, job: Job) {
        let mut desk = self.desk();
        if !desk.waiting.contains(&job) {
            desk.waiting.push_back(job);
        }
        drop(desk);
        self.news.notify_one();
    }

    /// Chosen, or a part of a chosen one.
    async fn is_ours(&self, job: &Job) -> Result<bool> {
        if self.desk().chosen.contains(&job.document) {
            return Ok(true);
        }
        let history = self.ledger.history(&job.tenant, &job.document).await?;
        let whole = history.iter().find_map(|entry| match &entry.event {
            Event::Received { received } => received.part_of.as_ref().map(|part| part.whole.clone()),
            _ => None,
        });
        let mut desk = self.desk();
        let ours = whole.is_some_and(|whole| desk.chosen.contains(&whole));
        if ours {
            desk.chosen.insert(job.document.clone());
        }
        Ok(ours)
    }

    fn next(&self) -> Option<Delivery> {
        let mut desk = self.desk();
        let job = desk.waiting.pop_front()?;
        desk.next += 1;
        Some(Delivery { job, tag: desk.next, lane: 0, redelivered: false })
    }
}

struct Place {
    inner: Arc<Inner>,
}

#[async_trait]
impl Slot for Place {
    async fn take(&mut self, wait: Duration) -> Result<Option<Delivery>> {
        if let Some(delivery) = self.inner.next() {
            return Ok(Some(delivery));
        }
        tokio::time::timeout(wait, self.inner.news.notified()).await.ok();
        Ok(self.inner.next())
    }

    async fn done(&mut self, _: &Delivery) -> Result<()> {
        Ok(())
    }

    async fn later(&mut self, delivery: &Delivery, wait: Duration) -> Result<()> {
        let (inner, job) = (Arc::clone(&self.inner), delivery.job.clone());
        inner.desk().resting += 1;
        tokio::spawn(async move {
            tokio::time::sleep(wait).await;
            inner.desk().resting -= 1;
            inner.add(job);
        });
        Ok(())
    }
}
