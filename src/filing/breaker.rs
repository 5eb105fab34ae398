//! The circuit breaker of one target of one tenant: after several failures in a row nobody calls it any more, until
//! a probe has proved that it works again.
//!
//! In: how calls ended, and the time. Out: whether a call may go out. Absent on purpose: the probing itself and any
//! waiting (the worker does both), and the cases that wait meanwhile (the ledger keeps them in order).

use crate::error::{Error, Kind};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// So many failures in a row open it.
const LARGEST_FAILURES: u32 = 5;
/// Between two probes; doubles with each that fails.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(20);

/// See the module.
#[derive(Debug, Default)]
pub struct Breaker {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Failures since the last success.
    failures: u32,
    /// No probe before this time; `None`: the breaker is closed, calls go out.
    probe_at: Option<Instant>,
    /// Probes that failed in a row.
    probes: u32,
}

impl Breaker {
    pub fn is_open(&self) -> bool {
        self.state().probe_at.is_some()
    }

    /// Is it time to ask whether the target works? A closed breaker may always be asked.
    pub fn may_probe(&self, now: Instant) -> bool {
        self.state().probe_at.is_none_or(|at| now >= at)
    }

    /// Something was stored, or found where it belongs.
    pub fn succeeded(&self) {
        *self.state() = State::default();
    }

    /// A call ended with this error. What concerns one document only says nothing about the target. Answers `true`
    /// when this opened the breaker.
    pub fn failed(&self, kind: Kind, now: Instant) -> bool {
        let mut state = self.state();
        if !matches!(kind, Kind::Unavailable | Kind::Unknown) || state.probe_at.is_some() {
            return false;
        }
        state.failures += 1;
        let opens = state.failures >= LARGEST_FAILURES;
        if opens {
            state.probe_at = Some(now + pause(state.probes));
        }
        opens
    }

    /// A probe was answered well: calls go out, but the next failure opens it again at once. Answers `true` when
    /// this closed the breaker.
    pub fn probed_well(&self) -> bool {
        let mut state = self.state();
        let was_open = state.probe_at.take().is_some();
        if was_open {
            state.failures = LARGEST_FAILURES - 1;
            state.probes += 1;
        }
        was_open
    }

    /// A probe failed. Answers how many in a row. Opens the breaker where it was closed.
    pub fn probed_badly(&self, now: Instant) -> u32 {
        let mut state = self.state();
        state.probe_at = Some(now + pause(state.probes));
        state.probes += 1;
        state.probes
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn pause(probes: u32) -> Duration {
    (FIRST_PAUSE * 2_u32.pow(probes.min(4))).min(LONGEST_PAUSE)
}

/// What a call gets that does not go out.
pub fn is_open(target: &str) -> Error {
    Error::new(Kind::Unavailable, format!("target {target} did not work several times and is left alone"))
        .hint("it is probed every few seconds; what waits for it is filed in order when it works again")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn five_failures_in_a_row_open_it_and_a_good_probe_closes_it_on_probation() {
        let (breaker, now) = (Breaker::default(), Instant::now());
        for _ in 0..4 {
            assert!(!breaker.failed(Kind::Unavailable, now));
        }
        breaker.succeeded();
        for _ in 0..4 {
            assert!(!breaker.failed(Kind::Unknown, now));
        }
        assert!(breaker.failed(Kind::Unavailable, now) && breaker.is_open());
        assert!(!breaker.may_probe(now + 4 * SECOND) && breaker.may_probe(now + 5 * SECOND));
        assert_eq!(breaker.probed_badly(now + 5 * SECOND), 1);
        assert!(!breaker.may_probe(now + 9 * SECOND) && breaker.may_probe(now + 10 * SECOND));
        assert!(breaker.probed_well() && !breaker.is_open());
        assert!(breaker.failed(Kind::Unavailable, now), "on probation one failure is enough");
        breaker.probed_well();
        breaker.succeeded();
        assert!(!breaker.failed(Kind::Unavailable, now));
    }

    #[test]
    fn what_concerns_one_document_says_nothing_about_the_target() {
        let breaker = Breaker::default();
        for kind in [Kind::Refused, Kind::Conflict, Kind::Storage, Kind::LeaseLost] {
            for _ in 0..10 {
                assert!(!breaker.failed(kind, Instant::now()), "{kind:?}");
            }
        }
    }

    #[test]
    fn probes_are_never_more_than_twenty_seconds_apart() {
        let (breaker, mut now) = (Breaker::default(), Instant::now());
        for _ in 0..20 {
            breaker.probed_badly(now);
            now += LONGEST_PAUSE;
            assert!(breaker.may_probe(now));
        }
    }
}
