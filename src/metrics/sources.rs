//! What stands behind a worker, asked: queue, ledger, disk, memory.
//!
//! In: the shared services. Out: one [`Look`] for all windows. Each source is asked at most every few seconds, however
//! often somebody scrapes, and answers within its time or counts as away: a dead broker costs one short wait, and no
//! question is asked again before the last one has come back or was called off.

use crate::error::{Error, Kind, Result};
use crate::job::{Clock, Tenant};
use crate::ledger::{Ledger, Load, Parked, Pause};
use crate::queue::{Depth, LaneDepth, Queue};
use crate::reserve::Reserve;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinHandle;

/// How long a source may think.
const LIMIT: Duration = Duration::from_millis(1500);
/// How long an answer is good.
const FRESH: Duration = Duration::from_secs(5);
/// A question that is this old is called off.
const CALLED_OFF: Duration = Duration::from_secs(30);
/// What is settled within this time tells the rate.
const WINDOW: Duration = Duration::from_secs(300);

#[derive(Debug, Clone)]
pub struct QueueLoad {
    pub depth: Depth,
    pub lanes: Vec<LaneDepth>,
}

#[derive(Debug, Clone)]
pub struct LedgerLoad {
    pub tenants: Vec<Load>,
    pub parked: Vec<ParkedFor>,
    pub paused: Option<Pause>,
}

/// Cases that wait for a target, and how long the first of them has waited.
#[derive(Debug, Clone)]
pub struct ParkedFor {
    pub tenant: Tenant,
    pub target: String,
    pub cases: u64,
    pub oldest: Duration,
}

/// Bytes where the data folder lies, and what is too little for work, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    pub free: u64,
    pub whole: u64,
    pub short: Option<String>,
}

/// Why a source said nothing: the slug of an error, or that it took too long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Away(pub &'static str);

/// What was seen at one moment.
#[derive(Debug, Clone)]
pub struct Look {
    pub queue: std::result::Result<QueueLoad, Away>,
    pub ledger: std::result::Result<LedgerLoad, Away>,
    pub room: std::result::Result<Room, Away>,
    /// Resident memory of this process (bytes).
    pub memory: Option<u64>,
}

impl Look {
    fn nothing() -> Self {
        let away = Away("not asked yet");
        Self { queue: Err(away), ledger: Err(away), room: Err(away), memory: None }
    }
}

pub struct Sources {
    ledger: Arc<dyn Ledger>,
    queue: Arc<dyn Queue>,
    reserve: Reserve,
    clock: Clock,
    asking: tokio::sync::Mutex<Asking>,
    seen: Mutex<Arc<Look>>,
}

#[derive(Default)]
struct Asking {
    at: Option<Instant>,
    queue: Question<QueueLoad>,
    ledger: Question<LedgerLoad>,
    room: Question<Room>,
}

impl Sources {
    pub fn new(ledger: Arc<dyn Ledger>, queue: Arc<dyn Queue>, reserve: Reserve, clock: Clock) -> Self {
        Self {
            ledger,
            queue,
            reserve,
            clock,
            asking: tokio::sync::Mutex::default(),
            seen: Mutex::new(Arc::new(Look::nothing())),
        }
    }

    /// What was seen last.
    pub fn seen(&self) -> Arc<Look> {
        Arc::clone(&self.seen.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Looks, unless somebody has just looked. Whoever comes while another looks waits for the same answer.
    pub async fn look(&self) -> Arc<Look> {
        let mut asking = self.asking.lock().await;
        if asking.at.is_some_and(|at| at.elapsed() < FRESH) {
            return self.seen();
        }
        let Asking { queue, ledger, room, .. } = &mut *asking;
        let (queue, ledger, room) = tokio::join!(
            queue.answer(|| tokio::spawn(queue_load(Arc::clone(&self.queue)))),
            ledger.answer(|| tokio::spawn(ledger_load(Arc::clone(&self.ledger), Arc::clone(&self.clock)))),
            room.answer(|| {
                let reserve = self.reserve.clone();
                tokio::task::spawn_blocking(move || room_in(&reserve))
            }),
        );
        let look = Arc::new(Look { queue, ledger, room, memory: memory() });
        asking.at = Some(Instant::now());
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Arc::clone(&look);
        look
    }
}

/// One question at a time to one source.
struct Question<T>(Option<(Instant, JoinHandle<Result<T>>)>);

impl<T> Default for Question<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T: Send + 'static> Question<T> {
    async fn answer(&mut self, ask: impl FnOnce() -> JoinHandle<Result<T>>) -> std::result::Result<T, Away> {
        let (asked, answer) = self.0.get_or_insert_with(|| (Instant::now(), ask()));
        if asked.elapsed() > CALLED_OFF {
            answer.abort();
        }
        let Ok(answer) = tokio::time::timeout(LIMIT, answer).await else {
            return Err(Away("no answer in time"));
        };
        self.0 = None;
        match answer {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(Away(error.kind.slug())),
            Err(_) => Err(Away("no answer in time")),
        }
    }
}

async fn queue_load(queue: Arc<dyn Queue>) -> Result<QueueLoad> {
    Ok(QueueLoad { depth: queue.depth().await?, lanes: queue.lanes().await? })
}

async fn ledger_load(ledger: Arc<dyn Ledger>, clock: Clock) -> Result<LedgerLoad> {
    let tenants = ledger.load(WINDOW).await?;
    let now = clock();
    let parked = ledger.parked().await?.into_iter().map(|Parked { tenant, target, cases, oldest }| {
        let oldest = now.duration_since(oldest).unsigned_abs();
        ParkedFor { tenant, target, cases, oldest }
    });
    Ok(LedgerLoad { tenants, parked: parked.collect(), paused: ledger.paused().await? })
}

/// Blocks where the file system does.
fn room_in(reserve: &Reserve) -> Result<Room> {
    let (whole, free) = reserve
        .disk()
        .ok_or_else(|| Error::new(Kind::Storage, "the file system of the data folder tells no space"))?;
    Ok(Room { free, whole, short: reserve.check_work().err().map(|short| short.text) })
}

fn memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes << 10)
}
