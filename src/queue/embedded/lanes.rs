//! The lanes of the embedded queue in one tree of the index, and who holds what.
//!
//! In: jobs. Out: the next job, held by whoever took it. Absent on purpose: waiting, and syncing on its own.
//!
//! A document stands in one place only: ready or delayed. What a slot has taken keeps its place in the tree and
//! is held in memory, so a process that dies has given everything back. Ringing for a document that
//!  · is ready changes nothing (or moves it to a more urgent lane),
//!  · waits for later brings it forward,
//!  · is being worked lets it come once more afterwards.
//!
//! Keys of the tree (numbers big-endian):
//!
//! | key | value |
//! |---|---|
//! | `r` priority tenant 0 number | 1 if a slot had it before, else 0; job |
//! | `l` due (ms) number | 0; job |
//! | `d` tenant 0 document | the key above under which it stands |
//! | `p` number | bytes nobody can read |

use super::super::message;
use crate::error::{Error, Result};
use crate::index::{Index, Tree, kind_of};
use crate::job::{Clock, Job, Priority, Tenant};
use crate::queue::turns::Turns;
use crate::queue::{Delivery, Depth, LaneDepth};
use sled::{Batch, IVec};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::Instant;

const TREE: &str = "queue";

/// When a target is back, thousands may be due; one call moves this many and lets others in between.
const WOKEN_AT_ONCE: usize = 1000;

/// A job in somebody's hands. Let go (slot dropped, call cancelled), it is ready again.
pub struct Held {
    lanes: Arc<Lanes>,
    key: IVec,
    job: Job,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.lanes.state().taken.remove(&self.key);
        self.lanes.news.notify_one();
    }
}

pub enum Next {
    Job(Held, Delivery),
    /// The next delayed job is due in this time, if there is one.
    Nothing {
        due: Option<Duration>,
    },
}

pub struct Lanes {
    tree: Tree,
    index: Index,
    /// Time of opening (ms since 1970), and the counter that runs from there.
    opened_at: u64,
    since: Instant,
    state: Mutex<State>,
    /// Something became ready, or due earlier.
    pub news: Notify,
}

#[derive(Default)]
struct State {
    /// The last number given to a place; grows, so that a lane keeps the order of arrival.
    number: u64,
    /// Count of writes that a publisher waits for.
    written: u64,
    /// Keys of the jobs in somebody's hands.
    taken: HashSet<IVec>,
    /// Rung for while in somebody's hands, by document key.
    again: HashMap<Vec<u8>, Job>,
    turns: Turns,
    /// The tenant served last in each lane.
    served: [Option<String>; Priority::ALL.len()],
    tag: u64,
}

impl State {
    fn next_number(&mut self) -> u64 {
        self.number += 1;
        self.number
    }
}

impl Lanes {
    /// The clock is asked once; from then on time is counted.
    pub fn open(index: &Index, clock: &Clock) -> Result<Self> {
        let tree = index.tree(TREE)?;
        let opened_at = u64::try_from(clock().as_millisecond()).unwrap_or(0);
        let state = State { number: highest_number(&tree)?, ..State::default() };
        let (since, state) = (Instant::now(), Mutex::new(state));
        Ok(Self { tree, index: index.clone(), opened_at, since, state, news: Notify::new() })
    }

    /// Puts a job on its lane; answers the number of the write. It lasts once a sync has answered as much.
    pub fn add(&self, job: &Job) -> Result<u64> {
        let mut state = self.state();
        state.written += 1;
        let written = state.written;
        let document = document_key(job);
        let mut batch = Batch::default();
        if let Some((place, standing)) = self.standing(&document)? {
            if state.taken.contains(&place) {
                state.again.insert(document, job.clone());
                return Ok(written);
            }
            let ready = place.first() == Some(&READY);
            if ready && standing.priority <= job.priority {
                return Ok(written);
            }
            batch.remove(place);
        }
        self.put_ready(&mut batch, &mut state, job)?;
        self.tree.apply_batch(batch).map_err(wrong)?;
        Ok(written)
    }

    /// Everything written before is on the disk; answers the number of the last such write.
    pub fn sync(&self) -> Result<u64> {
        let written = self.state().written;
        self.index.sync()?;
        Ok(written)
    }

    pub fn forget(&self, held: Held) -> Result<()> {
        let mut state = self.state();
        let document = document_key(&held.job);
        let mut batch = Batch::default();
        batch.remove(held.key.clone());
        match state.again.remove(&document) {
            Some(again) => self.put_ready(&mut batch, &mut state, &again)?,
            None => batch.remove(document),
        }
        self.tree.apply_batch(batch).map_err(wrong)
    }

    pub fn put_off(&self, held: Held, wait: Duration) -> Result<()> {
        let mut state = self.state();
        let document = document_key(&held.job);
        let mut batch = Batch::default();
        batch.remove(held.key.clone());
        match state.again.remove(&document) {
            Some(again) => self.put_ready(&mut batch, &mut state, &again)?,
            None => {
                let wait = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
                let place = later_key(self.now().saturating_add(wait), state.next_number());
                batch.insert(place.clone(), with_flag(NEVER_TAKEN, &held.job)?);
                batch.insert(document, place);
            }
        }
        self.tree.apply_batch(batch).map_err(wrong)?;
        drop(state);
        // Those who wait for a later time must look at theirs again.
        self.news.notify_waiters();
        Ok(())
    }

    fn put_ready(&self, batch: &mut Batch, state: &mut State, job: &Job) -> Result<()> {
        let place = ready_key(job, state.next_number());
        batch.insert(place.clone(), with_flag(NEVER_TAKEN, job)?);
        batch.insert(document_key(job), place);
        Ok(())
    }

    /// Where a document stands, and its job there.
    fn standing(&self, document: &[u8]) -> Result<Option<(IVec, Job)>> {
        let Some(place) = self.tree.get(document).map_err(wrong)? else { return Ok(None) };
        let Some(value) = self.tree.get(&place).map_err(wrong)? else { return Ok(None) };
        Ok(message::read(value.get(1..).unwrap_or_default()).ok().map(|job| (place, job)))
    }

    /// Delayed jobs whose time has come join their lanes; answers the time until the next one.
    fn wake_the_due(&self, state: &mut State) -> Result<Option<Duration>> {
        for _ in 0..WOKEN_AT_ONCE {
            let Some(found) = self.tree.scan_prefix([LATER]).next() else { return Ok(None) };
            let (key, value) = found.map_err(wrong)?;
            let due = number_at(&key, 1);
            let now = self.now();
            if due > now {
                return Ok(Some(Duration::from_millis(due - now)));
            }
            match message::read(value.get(1..).unwrap_or_default()) {
                Ok(job) => {
                    let mut batch = Batch::default();
                    batch.remove(key);
                    self.put_ready(&mut batch, state, &job)?;
                    self.tree.apply_batch(batch).map_err(wrong)?;
                }
                Err(_) => self.set_aside(state, &key, &value)?,
            }
        }
        Ok(Some(Duration::ZERO))
    }

    /// The first job of a lane that nobody holds, beginning with the tenant after the one served last.
    fn first_free(&self, state: &State, priority: Priority) -> Result<Option<(IVec, IVec)>> {
        let begin = vec![READY, lane(priority)];
        let end = vec![READY, lane(priority) + 1];
        let mut turn = begin.clone();
        if let Some(tenant) = &state.served[usize::from(lane(priority))] {
            turn.extend_from_slice(tenant.as_bytes());
            turn.push(1);
        }
        let others = self.tree.range((Bound::Included(turn.clone()), Bound::Excluded(end)));
        for found in others.chain(self.tree.range(begin..turn)) {
            let (key, value) = found.map_err(wrong)?;
            if !state.taken.contains(&key) {
                return Ok(Some((key, value)));
            }
        }
        Ok(None)
    }

    /// Moves bytes that are no job out of the way; they are kept for a person.
    fn set_aside(&self, state: &mut State, key: &IVec, value: &IVec) -> Result<()> {
        let mut place = vec![POISON];
        place.extend_from_slice(&state.next_number().to_be_bytes());
        let mut batch = Batch::default();
        batch.remove(key);
        batch.insert(place, value);
        self.tree.apply_batch(batch).map_err(wrong)
    }

    pub fn depth(&self) -> Result<Depth> {
        let count = |prefix: u8| -> Result<u64> {
            let mut number = 0;
            for found in self.tree.scan_prefix([prefix]).keys() {
                found.map_err(wrong)?;
                number += 1;
            }
            Ok(number)
        };
        let in_flight = self.state().taken.len() as u64;
        Ok(Depth {
            ready: count(READY)?.saturating_sub(in_flight),
            in_flight,
            delayed: count(LATER)?,
            poison: count(POISON)?,
        })
    }

    /// What lies ready in each lane, without what is in somebody's hands.
    pub fn depths(&self) -> Result<Vec<LaneDepth>> {
        let mut counts = BTreeMap::<(u8, Vec<u8>), u64>::new();
        for found in self.tree.scan_prefix([READY]).keys() {
            let key = found.map_err(wrong)?;
            if key.len() > 11 && !self.state().taken.contains(&key) {
                *counts.entry((key[1], key[2..key.len() - 9].to_vec())).or_default() += 1;
            }
        }
        let depths = counts.into_iter().filter_map(|((number, tenant), ready)| {
            let priority = Priority::ALL.into_iter().find(|priority| lane(*priority) == number)?;
            let tenant: Tenant = String::from_utf8(tenant).ok()?.parse().ok()?;
            Some(LaneDepth { tenant, priority, ready })
        });
        Ok(depths.collect())
    }

    /// Milliseconds since 1970, counted from the opening.
    fn now(&self) -> u64 {
        let passed = u64::try_from(self.since.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.opened_at.saturating_add(passed)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes the next job for a slot, by priority and tenant in turn.
pub fn take_next(lanes: &Arc<Lanes>) -> Result<Next> {
    let mut state = lanes.state();
    let due = lanes.wake_the_due(&mut state)?;
    for priority in state.turns.order() {
        while let Some((key, value)) = lanes.first_free(&state, priority)? {
            let Ok(job) = message::read(value.get(1..).unwrap_or_default()) else {
                lanes.set_aside(&mut state, &key, &value)?;
                continue;
            };
            let redelivered = value.first() == Some(&TAKEN_BEFORE);
            if !redelivered {
                lanes.tree.insert(&key, with_flag(TAKEN_BEFORE, &job)?).map_err(wrong)?;
            }
            state.turns.served(priority);
            state.served[usize::from(lane(priority))] = Some(job.tenant.as_str().to_owned());
            state.taken.insert(key.clone());
            state.tag += 1;
            let delivery =
                Delivery { job: job.clone(), tag: state.tag, lane: usize::from(lane(priority)), redelivered };
            return Ok(Next::Job(Held { lanes: lanes.clone(), key, job }, delivery));
        }
    }
    Ok(Next::Nothing { due })
}

const READY: u8 = b'r';
const LATER: u8 = b'l';
const DOCUMENT: u8 = b'd';
const POISON: u8 = b'p';

const NEVER_TAKEN: u8 = 0;
const TAKEN_BEFORE: u8 = 1;

fn lane(priority: Priority) -> u8 {
    match priority {
        Priority::Urgent => 0,
        Priority::Normal => 1,
        Priority::Backfill => 2,
    }
}

fn ready_key(job: &Job, number: u64) -> Vec<u8> {
    let mut key = vec![READY, lane(job.priority)];
    key.extend_from_slice(job.tenant.as_str().as_bytes());
    key.push(0);
    key.extend_from_slice(&number.to_be_bytes());
    key
}

fn later_key(due: u64, number: u64) -> Vec<u8> {
    let mut key = vec![LATER];
    key.extend_from_slice(&due.to_be_bytes());
    key.extend_from_slice(&number.to_be_bytes());
    key
}

fn document_key(job: &Job) -> Vec<u8> {
    let mut key = vec![DOCUMENT];
    key.extend_from_slice(job.tenant.as_str().as_bytes());
    key.push(0);
    key.extend_from_slice(job.document.as_str().as_bytes());
    key
}

fn with_flag(flag: u8, job: &Job) -> Result<Vec<u8>> {
    let mut value = vec![flag];
    value.extend_from_slice(&message::write(job)?);
    Ok(value)
}

fn number_at(key: &[u8], place: usize) -> u64 {
    let bytes = key.get(place..place + 8).and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u64::from_be_bytes)
}

fn highest_number(tree: &Tree) -> Result<u64> {
    let mut highest = 0;
    for prefix in [READY, LATER, POISON] {
        for key in tree.scan_prefix([prefix]).keys() {
            let key = key.map_err(wrong)?;
            highest = highest.max(number_at(&key, key.len().saturating_sub(8)));
        }
    }
    Ok(highest)
}

fn wrong(error: sled::Error) -> Error {
    Error::new(kind_of(&error), format!("reading or writing the queue failed: {error}"))
        .hint("check free space and permissions of the data folder")
}
