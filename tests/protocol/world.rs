//! One document, one target, a few workers: what is tried, and what there is at one moment.
//!
//! Absent on purpose: the protocol itself; the variant hands it in, and for ours that is the function the program
//! runs. Time is counted in margins ([`TICK`]).

use laufmappe::filing::Class;
use laufmappe::filing::protocol::{Earlier, MARGIN, Step, Timing};
use std::time::Duration;

pub const TICK: Duration = MARGIN;

/// Ticks a lease lasts without renewing.
pub const LEASE: u8 = 2;
/// Messages we tell apart.
pub const BELLS: u8 = 2;
/// Requests under way we tell apart.
pub const FLIGHTS: usize = 2;
pub const WORKERS: usize = 3;

/// What is tried.
pub struct Variant {
    pub name: &'static str,
    pub workers: u8,
    /// What the target truly is.
    pub nature: Class,
    /// Ticks: how slow it truly is. `None`: a request may lie for ever and still have its effect.
    pub settles: Option<u8>,
    pub lags: u8,
    /// What its adapter says about it.
    pub timing: Timing,
    pub next: fn(Timing, Earlier) -> Step,
    /// Every write under a lease is checked against its token.
    pub fences: bool,
    /// The intent is noted before the effect.
    pub notes_intent: bool,
    /// The deadline is looked at before sending.
    pub minds_deadline: bool,
    /// The receipt is noted before the effect.
    pub receipt_first: bool,
    /// The sender is thanked before the ledger knows.
    pub thanks_first: bool,
    pub unparks: bool,
    pub sweeps: bool,
    pub restores: Restores,
    pub clock: Clock,
    /// Worlds in which the workers have changed places are one: fewer worlds, but a way that is hard to follow.
    pub alike: bool,
}

impl Variant {
    /// Ticks after which the age of an intent changes nothing any more.
    pub fn longest(&self) -> u8 {
        let step = |age: u8| (self.next)(self.timing, intent(age));
        let mut longest = ticks(self.timing.quiet() + self.timing.lag) + 1;
        while longest > 0 && step(longest - 1) == step(longest) {
            longest -= 1;
        }
        longest
    }
}

pub fn intent(age: u8) -> Earlier {
    Earlier::Intent { ago: TICK * u32::from(age), set_back: false }
}

/// What the ledger's clock does beside going on.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    Steady,
    IsSetBack,
    Leaps,
}

/// When an older ledger may be brought back, once.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Restores {
    Never,
    /// While requests are still under way.
    AnyTime,
    /// After a night: the target has settled and its search has caught up.
    WhenQuiet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct World {
    /// The sender has it and sends (again) until he is thanked.
    pub sender: bool,
    /// The door holds it in memory only.
    pub door: bool,
    pub state: State,
    /// Ticks since the newest intent without receipt.
    pub intent: Option<u8>,
    /// Who has the newest token, and how long the lease lasts.
    pub holder: Option<u8>,
    pub lease: u8,
    pub parked: bool,
    pub bells: u8,
    pub objects: u8,
    /// Ticks since the first object was created, as far as the search cares.
    pub age: u8,
    pub flights: [Flight; FLIGHTS],
    pub workers: [At; WORKERS],
    pub restored: bool,
}

/// The case in the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    Unknown,
    Open,
    Filed,
    Person,
}

/// A request under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Flight {
    /// Its worker still listens.
    Heard(u8, Rest),
    Unheard(Rest),
    None,
}

/// Ticks until it has had its effect or never will; `u8::MAX`: unbounded.
pub type Rest = u8;

/// Where a worker is. `Idle` stands last: so do the workers a variant does not have, when they are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum At {
    /// It knows the history as of the claim, and how many ticks ago that was.
    Claimed {
        earlier: Option<u8>,
        since: u8,
    },
    Looking,
    /// About to note the intent; the deadline runs.
    Intending {
        since: u8,
    },
    Sending {
        since: u8,
    },
    Waiting,
    HasReceipt,
    Asking,
    Thanking,
    Idle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    TimePasses,
    DoorTakesIn,
    DoorWrites,
    DoorDies,
    SenderIsThanked,
    Sweep,
    QueuePurged,
    ClockSetBack,
    ClockLeaps,
    Unpark,
    OlderLedger(State),
    Claim(u8),
    Decide(u8),
    Renew(u8),
    LookFinds(u8),
    LookFindsNothing(u8),
    LookFails(u8),
    NoteIntent(u8),
    Send(u8),
    OutOfTime(u8),
    Effect(u8),
    /// It has its effect, and the answer is lost.
    EffectUnheard(u8),
    /// So has a request nobody waits for any more.
    LateEffect,
    NeverHappens,
    AnswerLost(u8),
    NoteReceipt(u8),
    HandToPerson(u8),
    Acknowledge(u8),
    LeaseLost(u8),
    Park(u8),
    Crash(u8),
}

impl Act {
    /// Nobody needs this to happen.
    pub fn is_trouble(self) -> bool {
        matches!(
            self,
            Act::DoorDies
                | Act::QueuePurged
                | Act::ClockSetBack
                | Act::ClockLeaps
                | Act::OlderLedger(_)
                | Act::LookFails(_)
                | Act::EffectUnheard(_)
                | Act::NeverHappens
                | Act::Park(_)
                | Act::Crash(_)
        )
    }
}

impl World {
    pub fn new() -> Self {
        Self {
            sender: true,
            door: false,
            state: State::Unknown,
            intent: None,
            holder: None,
            lease: 0,
            parked: false,
            bells: 0,
            objects: 0,
            age: 0,
            flights: [Flight::None; FLIGHTS],
            workers: [At::Idle; WORKERS],
            restored: false,
        }
    }

    /// What must never be seen.
    pub fn is_wrong(&self) -> Option<&'static str> {
        if self.objects > 1 {
            return Some("filed twice");
        }
        if self.state == State::Filed && self.objects == 0 {
            return Some("noted as filed, and nothing lies there");
        }
        None
    }

    pub fn has_ended(&self) -> bool {
        matches!(self.state, State::Filed | State::Person)
    }

    /// Worlds that differ in nothing that matters become one.
    pub fn tidy(&mut self, variant: &Variant) {
        if self.has_ended() {
            (self.intent, self.holder, self.lease, self.parked, self.bells) = (None, None, 0, false, 0);
        }
        if variant.alike {
            self.sort_workers();
        }
        self.flights.sort_unstable();
    }

    /// Workers differ in nothing but their number.
    fn sort_workers(&mut self) {
        let mut order: [u8; WORKERS] = [0, 1, 2];
        order.sort_by_key(|of| (self.workers[usize::from(*of)], self.holder != Some(*of), self.listens(*of)));
        let new = |old: u8| order.iter().position(|of| *of == old).expect("each has a place") as u8;
        self.workers = order.map(|of| self.workers[usize::from(of)]);
        self.holder = self.holder.map(new);
        self.flights = self.flights.map(|flight| match flight {
            Flight::Heard(of, rest) => Flight::Heard(new(of), rest),
            other => other,
        });
    }

    fn listens(&self, worker: u8) -> Option<Rest> {
        self.flights.iter().find_map(|flight| match flight {
            Flight::Heard(of, rest) if *of == worker => Some(*rest),
            _ => None,
        })
    }
}

impl Flight {
    pub fn unheard(self) -> Self {
        match self {
            Flight::Heard(_, rest) | Flight::Unheard(rest) => Flight::Unheard(rest),
            Flight::None => Flight::None,
        }
    }
}

pub fn ticks(time: Duration) -> u8 {
    u8::try_from(time.as_secs() / TICK.as_secs()).expect("the model counts to 255")
}
