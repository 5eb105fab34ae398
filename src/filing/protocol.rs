//! The filing protocol: what may be done now, so that no target ever holds a document twice.
//!
//! In: class and timing of a target, and what the ledger knows of earlier intents. Out: the next [`Step`].
//! Absent on purpose: clock, waiting, input and output. The pipeline asks here before every effect, and so does
//! the model in `tests/protocol.rs`, which tries every order of crashes, late requests and lost leases.
//!
//! An *earlier intent* is one without receipt: its attempt may have stored, may still store, or never did.
//!
//! | class | no earlier intent | earlier intent |
//! |---|---|---|
//! | A | put | look, then put: repeating is safe at any time |
//! | B | look, then put | wait until the earlier request is dead (*quiet*), then look, then put |
//! | C | look, then put | wait until quiet and the search has caught up (*lag*), then look, then put |
//! | D | put | a person looks; never a second time |
//!
//! Quiet = call deadline + longest answer of the target + [`MARGIN`]. B and C look the first time, too: after the
//! restore of an older ledger the target knows more than we do.
//!
//! One attempt stores at most once. An outcome nobody knows ends the attempt; the next one begins here again.
//!
//! # Honest limits
//!
//! B and C rest on three bounds; A needs none of them, and D none but the ledger's memory.
//! - Nobody is frozen between the last look at his own clock and the sending for longer than *quiet*. The lease is
//!   renewed and the deadline checked before every step of a call, so that this is a window of instructions.
//! - The target keeps to the longest answer and the lag that its adapter declares.
//! - The clock of the ledger does not jump ahead between intent and claim. A clock set back only waits longer.

use super::Class;
use jiff::Timestamp;
use std::time::Duration;

/// For clocks that tick differently and for what lies in buffers.
pub const MARGIN: Duration = Duration::from_secs(5);

/// How slow a target may be. Declared by its adapter, and measured by whoever writes one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timing {
    /// Deadline of one look or one storing, whole answer included. We keep it.
    pub call: Duration,
    /// The longest a request may lie in the target before it has its effect, or never will.
    pub settle: Duration,
    /// The longest until what was stored shows in the target's search.
    pub lag: Duration,
}

impl Timing {
    /// So long after an intent its request has had its effect, or never will.
    pub fn quiet(self) -> Duration {
        self.call + self.settle + MARGIN
    }
}

/// What the ledger knows of earlier intents for one target that have no receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    Nothing,
    Intent {
        /// So much time has passed since the newest of them, at least.
        ago: Duration,
        /// The ledger's clock was set back meanwhile: what passed before and at that moment is not known.
        set_back: bool,
    },
}

impl Earlier {
    /// `times`: of the entries from the newest such intent to our claim, by the ledger's own clock, oldest first.
    /// `since_claim`: by a clock that only goes forward.
    ///
    /// A clock that was set back counts from there anew, so that it only ever makes us wait longer.
    pub fn along(times: &[Timestamp], since_claim: Duration) -> Self {
        if times.is_empty() {
            return Earlier::Nothing;
        }
        let mut ago = Duration::ZERO;
        let mut set_back = false;
        for pair in times.windows(2) {
            match Duration::try_from(pair[1].duration_since(pair[0])) {
                Ok(passed) => ago = ago.saturating_add(passed),
                Err(_) => (ago, set_back) = (Duration::ZERO, true),
            }
        }
        Earlier::Intent { ago: ago.saturating_add(since_claim), set_back }
    }
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Note the intent, then store.
    Put,
    /// Look; if nothing is there note the intent, then store.
    LookThenPut,
    /// Too early, even for looking. So much longer.
    Wait(Duration),
    /// Nobody but a person can find out.
    AskAPerson,
}

pub fn next(class: Class, timing: Timing, earlier: Earlier) -> Step {
    match (class, earlier) {
        (Class::A | Class::D, Earlier::Nothing) => Step::Put,
        (Class::B | Class::C, Earlier::Nothing) | (Class::A, Earlier::Intent { .. }) => Step::LookThenPut,
        (Class::B, Earlier::Intent { ago, .. }) => after(timing.quiet(), ago),
        (Class::C, Earlier::Intent { ago, .. }) => after(timing.quiet() + timing.lag, ago),
        (Class::D, Earlier::Intent { .. }) => Step::AskAPerson,
    }
}

fn after(whole: Duration, ago: Duration) -> Step {
    match whole.checked_sub(ago) {
        None | Some(Duration::ZERO) => Step::LookThenPut,
        Some(rest) => Step::Wait(rest),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    const TIMING: Timing = Timing { call: seconds(60), settle: seconds(30), lag: seconds(100) };

    fn intent(ago: u64) -> Earlier {
        Earlier::Intent { ago: seconds(ago), set_back: false }
    }

    #[test]
    fn each_class_has_its_next_step() {
        #[rustfmt::skip]
        let rows = [
            (Class::A, Earlier::Nothing, Step::Put), (Class::A, intent(0), Step::LookThenPut),
            (Class::B, Earlier::Nothing, Step::LookThenPut), (Class::B, intent(0), Step::Wait(seconds(95))),
            (Class::B, intent(94), Step::Wait(seconds(1))), (Class::B, intent(95), Step::LookThenPut), (Class::B, intent(9999), Step::LookThenPut),
            (Class::C, Earlier::Nothing, Step::LookThenPut), (Class::C, intent(95), Step::Wait(seconds(100))),
            (Class::C, intent(194), Step::Wait(seconds(1))), (Class::C, intent(195), Step::LookThenPut),
            (Class::D, Earlier::Nothing, Step::Put), (Class::D, intent(0), Step::AskAPerson), (Class::D, intent(9_999_999), Step::AskAPerson),
        ];
        for (class, earlier, step) in rows {
            assert_eq!(next(class, TIMING, earlier), step, "{class:?} {earlier:?}");
        }
    }

    #[test]
    fn a_clock_set_back_only_waits_longer() {
        #[rustfmt::skip]
        let rows: [(&[i64], u64, Earlier); 6] = [
            (&[], 9, Earlier::Nothing),
            (&[100], 2, intent(2)),
            (&[100, 130], 2, intent(32)),
            // A day back: the time before counts no more, and it goes on from there.
            (&[100_000, 100_090, 13_600], 3, Earlier::Intent { ago: seconds(3), set_back: true }),
            (&[100_000, 13_600, 13_640], 3, Earlier::Intent { ago: seconds(43), set_back: true }),
            (&[i64::from(i32::MAX), 0], 0, Earlier::Intent { ago: seconds(0), set_back: true }),
        ];
        for (times, since_claim, earlier) in rows {
            let times: Vec<_> = times.iter().map(|at| Timestamp::from_second(*at).unwrap()).collect();
            assert_eq!(Earlier::along(&times, seconds(since_claim)), earlier, "{times:?}");
        }
    }
}
