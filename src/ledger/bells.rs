//! When which bell is rung again, in the embedded ledger; the times are those of PostgreSQL, too.
//!
//! In: cases by the place of their receipt. Out: whether one is due. Kept in memory: after a restart every bell
//! is due. Absent on purpose: the cases themselves, and whether somebody has them.

use super::Ring;
use super::alike::LONGEST_LEASE;
use crate::job::Tenant;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// So long after it rang for the first time, a bell rings again; then after twice as long, and so on.
pub(super) const FIRST_RING: Duration = Duration::from_secs(60);
/// How often the time doubles: up to 64 minutes, of which [`LAST_RING`] is left.
pub(super) const DOUBLINGS: u32 = 6;
pub(super) const LAST_RING: Duration = Duration::from_secs(60 * 60);
/// A bell that rang so recently is not rung again, even if the queue is known to be empty.
pub(super) const SPARE: Duration = Duration::from_secs(10);

#[derive(Debug, Default)]
pub(super) struct Bells {
    by_place: HashMap<u64, Bell>,
    /// Parked by their entries, but released since: whose, and for what.
    released: HashMap<u64, (Tenant, String)>,
}

#[derive(Debug)]
struct Bell {
    quiet_until: Instant,
    ring_after: Instant,
    /// How often it rang since somebody had the case.
    rings: u32,
}

impl Bells {
    pub fn is_due(&self, place: u64, ring: Ring, now: Instant) -> bool {
        self.by_place.get(&place).is_none_or(|bell| match ring {
            Ring::Overdue => bell.ring_after <= now,
            Ring::All => bell.quiet_until <= now,
        })
    }

    /// It rings now: for the first time, or once more.
    pub fn ring(&mut self, place: u64, now: Instant) {
        let rings = self.by_place.get(&place).map_or(0, |bell| bell.rings);
        let pause = (FIRST_RING * 2_u32.pow(rings.min(DOUBLINGS))).min(LAST_RING);
        let bell = Bell { quiet_until: now + SPARE, ring_after: now + pause, rings: rings + 1 };
        self.by_place.insert(place, bell);
    }

    pub fn rest(&mut self, place: u64, rest: Duration, now: Instant) {
        let end = now.checked_add(rest.min(LONGEST_LEASE)).unwrap_or(now);
        self.by_place.insert(place, Bell { quiet_until: end, ring_after: end, rings: 0 });
    }

    pub fn is_released(&self, place: u64) -> bool {
        self.released.contains_key(&place)
    }

    /// How many were released for a target a moment ago, and nobody has claimed them yet.
    pub fn on_their_way(&self, tenant: &Tenant, target: &str, now: Instant) -> usize {
        let is_young = |place: &u64| self.by_place.get(place).is_some_and(|bell| bell.quiet_until > now);
        let ours = self.released.iter().filter(|(_, (owner, parked))| owner == tenant && parked == target);
        ours.filter(|(place, _)| is_young(place)).count()
    }

    pub fn release(&mut self, place: u64, tenant: &Tenant, target: &str, now: Instant) {
        self.released.insert(place, (tenant.clone(), target.to_owned()));
        self.by_place.remove(&place);
        self.ring(place, now);
    }

    /// Somebody has it: nothing that was said about its bell counts any more.
    pub fn forget(&mut self, place: u64) {
        self.by_place.remove(&place);
        self.released.remove(&place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_between_rings_doubles_up_to_an_hour() {
        let mut bells = Bells::default();
        let mut now = Instant::now();
        assert!(bells.is_due(1, Ring::Overdue, now));
        for seconds in [60, 120, 240, 480, 960, 1920, 3600, 3600] {
            bells.ring(1, now);
            let pause = Duration::from_secs(seconds);
            assert!(!bells.is_due(1, Ring::Overdue, now + pause - SPARE), "{seconds}");
            assert!(bells.is_due(1, Ring::Overdue, now + pause), "{seconds}");
            assert!(!bells.is_due(1, Ring::All, now), "{seconds}");
            assert!(bells.is_due(1, Ring::All, now + SPARE), "{seconds}");
            now += pause;
        }
    }

    #[test]
    fn who_rests_is_not_rung_even_if_the_queue_is_empty() {
        let mut bells = Bells::default();
        let now = Instant::now();
        bells.rest(1, Duration::from_secs(300), now);
        assert!(!bells.is_due(1, Ring::All, now + Duration::from_secs(299)));
        assert!(bells.is_due(1, Ring::All, now + Duration::from_secs(300)));
        bells.rest(1, Duration::MAX, now);
        assert!(!bells.is_due(1, Ring::All, now + Duration::from_secs(300)));
        bells.forget(1);
        assert!(bells.is_due(1, Ring::All, now));
    }
}
