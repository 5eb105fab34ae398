//! The parent's side: how many children there may be at once, and what each may use.
//!
//! In: a question. Out: its answer, or an error that says how the child ended. Absent on purpose: a child that
//! outlives its document. What has read hostile bytes may serve whoever wrote them, so it never sees the bytes
//! of anybody else, of the same tenant or another: within one document it answers many questions, and then ends.
//! Absent, too: children that wait with the engine loaded. Measured, starting takes 15 ms of CPU and loading the
//! engine 45 ms, against 500 to 1,600 ms for a page; a waiting child would move that cost, not save it, and
//! would waste it on every document whose text needs no engine.

use super::confine::{Allowance, Confinement, SHARE};
use super::probe;
use super::talk::Talk;
use crate::error::Result;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// What one child may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Address space (bytes).
    pub memory: u64,
    /// CPU seconds until its first answer; further answers bring a tenth each on top.
    pub cpu: u64,
    /// Wall clock of one answer; the child is killed after it.
    pub wall: Duration,
    /// Largest answer read (bytes).
    pub answer: u64,
}

/// Enough for reading a long scanned document; hostile ones run into it.
impl Default for Limits {
    fn default() -> Self {
        Self { memory: 3 << 29, cpu: 120, wall: Duration::from_secs(300), answer: 256 << 20 }
    }
}

/// Starts confined children of one program. Its clones share its places: together they never run more children
/// at once than there are places, however many documents are worked on.
#[derive(Debug, Clone)]
pub struct Sandbox {
    /// The program to start: our own binary; it is called as `PROGRAM child`.
    pub program: PathBuf,
    pub limits: Limits,
    places: Arc<Semaphore>,
}

/// The right to run one child.
#[derive(Debug)]
pub struct Place {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Sandbox {
    /// With one place per core: a child computes on one thread.
    pub fn new(program: PathBuf, limits: Limits) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self::with_places(program, limits, cores)
    }

    pub fn with_places(program: PathBuf, limits: Limits, places: usize) -> Self {
        Self { program, limits, places: Arc::new(Semaphore::new(places.max(1))) }
    }

    /// Waits for its turn.
    pub async fn place(&self) -> Place {
        Place { _permit: Arc::clone(&self.places).acquire_owned().await.ok() }
    }

    /// A place that is idle after a while, for work that somebody else is doing already.
    pub async fn idle_place(&self, after: Duration) -> Option<Place> {
        tokio::time::sleep(after).await;
        Arc::clone(&self.places).try_acquire_owned().ok().map(|permit| Place { _permit: Some(permit) })
    }

    /// Asks a fresh child one question. `Err` kinds: whatever the task answered;
    /// [`Crashed`](crate::error::Kind::Crashed) when the child died; [`Overtime`](crate::error::Kind::Overtime)
    /// when it ran out of time; [`TooLarge`](crate::error::Kind::TooLarge) when its answer is larger than allowed.
    pub async fn ask<Q: Serialize + Sync, A: DeserializeOwned>(
        &self,
        task: &'static str,
        question: &Q,
        blobs: &[&[u8]],
    ) -> Result<(A, Vec<Vec<u8>>)> {
        let place = self.place().await;
        let mut talk = self.talk(&place, 1)?;
        let answer = talk.begin(task, question, blobs).await;
        talk.end().await;
        answer
    }

    /// A fresh child that answers up to `most` questions about one document.
    pub fn talk(&self, _place: &Place, most: u64) -> Result<Talk> {
        let cpu = self.limits.cpu;
        let further = most.saturating_sub(1).saturating_mul(cpu) / SHARE;
        let most_cpu = cpu.saturating_add(further);
        Talk::start(&self.program, self.limits, Allowance { memory: self.limits.memory, cpu, most_cpu })
    }

    /// Which walls stand around a child on this machine.
    pub async fn confinement(&self) -> Result<Confinement> {
        let place = self.place().await;
        let mut talk = self.talk(&place, 1)?;
        let answer = talk.begin::<_, Value>(probe::TASK, &json!({ "try": "nothing" }), &[]).await;
        let confinement = talk.confinement();
        talk.end().await;
        answer.map(|_| confinement)
    }
}
