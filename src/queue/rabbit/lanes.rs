//! The lanes of our tenants at the broker: their numbers and names, how much is believed to lie in each, and
//! which of them does not answer. Shared by all slots of a process.
//!
//! In: what the broker said. Out: which lanes are worth asking, in which order. Absent on purpose: the asking.
//!
//! What is believed is only a hint (other processes take from the same lanes): it saves a slot from counting
//! before every job. It is never older than [`BELIEVED`] while work goes on.

use super::topology;
use crate::job::{Priority, Tenant};
use crate::queue::turns::Turns;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How long a count is believed: an urgent job that comes into a busy queue is seen no later.
const BELIEVED: Duration = Duration::from_millis(100);

/// The tenant to be asked first, for each priority.
pub type First = [usize; Priority::ALL.len()];

pub struct Lanes {
    pub tenants: Arc<[Tenant]>,
    names: Vec<String>,
    state: Mutex<State>,
}

struct State {
    /// Messages believed to lie ready in each lane.
    believed: Vec<u64>,
    counted_at: Option<Instant>,
    /// Lanes whose queue does not answer: one of them would hold up all the others.
    silent: HashSet<usize>,
}

impl Lanes {
    pub fn of(tenants: Arc<[Tenant]>) -> Self {
        let priorities = Priority::ALL.into_iter();
        let names: Vec<_> = priorities
            .flat_map(|priority| tenants.iter().map(move |tenant| topology::lane(tenant, priority)))
            .collect();
        let state = State { believed: vec![0; names.len()], counted_at: None, silent: HashSet::new() };
        Self { tenants, names, state: Mutex::new(state) }
    }

    /// Lanes are numbered priority by priority, within one in the order of the tenants.
    pub fn get(&self, lane: usize) -> (&Tenant, Priority) {
        let tenants = self.tenants.len();
        (&self.tenants[lane % tenants], Priority::ALL[lane / tenants])
    }

    pub fn name(&self, lane: usize) -> &str {
        &self.names[lane]
    }

    /// All of them, silent or not.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    pub fn answering(&self) -> Vec<usize> {
        let state = self.state();
        (0..self.names.len()).filter(|lane| !state.silent.contains(lane)).collect()
    }

    pub fn are_believed(&self) -> bool {
        self.state().counted_at.is_some_and(|at| at.elapsed() < BELIEVED)
    }

    /// Whether somebody began to count after this moment.
    pub fn counted_since(&self, begun: Instant) -> bool {
        self.state().counted_at.is_some_and(|at| at >= begun)
    }

    /// These lanes were counted, beginning at this moment.
    pub fn counted(&self, begun: Instant, lanes: &[usize], counts: &[u64]) {
        let mut state = self.state();
        for (lane, count) in lanes.iter().zip(counts) {
            state.believed[*lane] = *count;
        }
        state.counted_at = Some(begun);
    }

    /// So much was left in a lane when somebody took from it.
    pub fn left(&self, lane: usize, count: u64) {
        self.state().believed[lane] = count;
    }

    /// The lane to ask next, of those believed to hold something: by priority in turn, then by tenant in turn.
    /// What it is asked for is no longer believed to lie there, so that several slots do not all ask for one job.
    pub fn next(&self, turns: Turns, first: &First) -> Option<usize> {
        let in_turn = self.in_turn(turns, first);
        let mut state = self.state();
        let worth = |lane: &usize| state.believed[*lane] > 0 && !state.silent.contains(lane);
        let lane = in_turn.into_iter().find(worth)?;
        state.believed[lane] -= 1;
        Some(lane)
    }

    /// All lanes: by priority in turn, then by tenant in turn.
    pub fn in_turn(&self, turns: Turns, first: &First) -> Vec<usize> {
        let tenants = self.tenants.len();
        let mut lanes = Vec::with_capacity(self.names.len());
        for row in turns.order().map(place) {
            lanes.extend((0..tenants).map(|step| row * tenants + (first[row] + step) % tenants));
        }
        lanes
    }

    pub fn is_silent(&self, lane: usize) -> bool {
        self.state().silent.contains(&lane)
    }

    /// How many do not answer.
    pub fn silent(&self) -> usize {
        self.state().silent.len()
    }

    /// True if nobody knew it before.
    pub fn fell_silent(&self, lane: usize) -> bool {
        let mut state = self.state();
        state.believed[lane] = 0;
        state.silent.insert(lane)
    }

    pub fn speaks_again(&self, lane: usize) {
        let mut state = self.state();
        state.silent.remove(&lane);
        state.counted_at = None;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub fn place(priority: Priority) -> usize {
    match priority {
        Priority::Urgent => 0,
        Priority::Normal => 1,
        Priority::Backfill => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn believed_jobs_are_asked_for_once_and_in_turn() {
        let tenants: Vec<Tenant> = ["stadt", "werke"].map(|name| name.parse().unwrap()).to_vec();
        let lanes = Lanes::of(tenants.into());
        assert_eq!(lanes.name(3), "laufmappe.werke.normal");
        assert_eq!(lanes.get(3), (&"werke".parse().unwrap(), Priority::Normal));
        lanes.counted(Instant::now(), &lanes.answering(), &[0, 0, 2, 1, 0, 1]);
        let first = [0, 1, 0];
        assert_eq!(lanes.next(Turns::default(), &first), Some(3));
        assert_eq!(lanes.next(Turns::default(), &first), Some(2));
        assert!(lanes.fell_silent(2));
        assert!(!lanes.fell_silent(2));
        assert_eq!(lanes.next(Turns::default(), &first), Some(5));
        assert_eq!(lanes.next(Turns::default(), &first), None);
        assert_eq!(lanes.answering(), [0, 1, 3, 4, 5]);
        assert!(lanes.are_believed());
        lanes.speaks_again(2);
        assert_eq!(lanes.answering().len(), 6);
        assert!(!lanes.are_believed());
    }
}
