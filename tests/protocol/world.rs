//! One document, one target, a few workers, and everything that can happen to them, one step at a time.
//!
//! In: a [`World`] and a [`Variant`]. Out: every world one step further. Absent on purpose: the protocol itself;
//! the variant hands it in, and for ours that is the function the program runs.
//!
//! A worker that does nothing while time passes is frozen: nobody has to act, except that the target keeps to its
//! longest answer. Time is counted in margins ([`TICK`]).

use laufmappe::filing::Class;
use laufmappe::filing::protocol::{Earlier, MARGIN, Step, Timing};
use std::time::Duration;

pub const TICK: Duration = MARGIN;

/// Ticks a lease lasts without renewing.
const LEASE: u8 = 2;
/// Messages we tell apart.
const BELLS: u8 = 2;
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
    fn longest(&self) -> u8 {
        let step = |age: u8| (self.next)(self.timing, intent(age));
        let mut longest = ticks(self.timing.quiet() + self.timing.lag) + 1;
        while longest > 0 && step(longest - 1) == step(longest) {
            longest -= 1;
        }
        longest
    }
}

fn intent(age: u8) -> Earlier {
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

    /// Everything that can happen next.
    pub fn steps(&self, variant: &Variant, found: &mut Vec<(Act, World)>) {
        found.clear();
        self.world_steps(variant, found);
        for number in 0..FLIGHTS {
            self.flight_steps(variant, number, found);
        }
        for worker in 0..variant.workers {
            self.worker_steps(variant, worker, found);
        }
        for (_, world) in found {
            world.tidy(variant);
        }
    }

    /// Worlds that differ in nothing that matters become one.
    fn tidy(&mut self, variant: &Variant) {
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

    fn after(&self, change: impl FnOnce(&mut World)) -> World {
        let mut next = *self;
        change(&mut next);
        next
    }

    fn world_steps(&self, variant: &Variant, found: &mut Vec<(Act, World)>) {
        let must_act = |flight: &Flight| matches!(flight, Flight::Heard(_, 0) | Flight::Unheard(0));
        if !self.flights.iter().any(must_act) {
            found.push((Act::TimePasses, self.after(|next| next.pass(variant))));
        }
        if self.sender && !self.door {
            found.push((
                Act::DoorTakesIn,
                self.after(|next| (next.door, next.sender) = (true, !variant.thanks_first)),
            ));
        }
        if self.door {
            let write = |next: &mut World| {
                next.door = false;
                if next.state == State::Unknown {
                    (next.state, next.bells) = (State::Open, 1);
                }
            };
            found.push((Act::DoorWrites, self.after(write)));
            found.push((Act::DoorDies, self.after(|next| next.door = false)));
        }
        if self.sender && self.state != State::Unknown {
            found.push((Act::SenderIsThanked, self.after(|next| next.sender = false)));
        }
        let waits = self.state == State::Open && !self.parked && self.lease == 0;
        if waits && variant.sweeps && self.bells < BELLS {
            found.push((Act::Sweep, self.after(|next| next.bells += 1)));
        }
        if self.bells > 0 {
            found.push((Act::QueuePurged, self.after(|next| next.bells = 0)));
        }
        if self.intent.is_some_and(|age| age > 0) && variant.clock == Clock::IsSetBack {
            // What passed before counts no more: `Earlier::along`.
            found.push((Act::ClockSetBack, self.after(|next| next.intent = Some(0))));
        }
        if self.intent.is_some() && variant.clock == Clock::Leaps {
            found.push((Act::ClockLeaps, self.after(|next| next.intent = Some(variant.longest()))));
        }
        if self.parked && variant.unparks {
            found.push((Act::Unpark, self.after(|next| (next.parked, next.bells) = (false, 1))));
        }
        self.restore(variant, found);
    }

    /// All workers are stopped, the ledger is an older one; the target and what flies to it are as they are.
    fn restore(&self, variant: &Variant, found: &mut Vec<(Act, World)>) {
        let settled = self.flights.iter().all(|flight| *flight == Flight::None)
            && (self.objects == 0 || self.age >= variant.lags);
        let may = match variant.restores {
            Restores::Never => false,
            Restores::AnyTime => true,
            Restores::WhenQuiet => settled,
        };
        if !may || self.restored || self.state == State::Unknown {
            return;
        }
        for state in [State::Open, State::Unknown] {
            let restore = |next: &mut World| {
                // What the older ledger does not know is handed in again.
                (next.state, next.sender, next.door) = (state, state == State::Unknown, false);
                (next.intent, next.holder, next.lease, next.parked, next.bells) = (None, None, 0, false, 0);
                next.flights = self.flights.map(Flight::unheard);
                (next.workers, next.restored) = ([At::Idle; WORKERS], true);
            };
            found.push((Act::OlderLedger(state), self.after(restore)));
        }
    }

    fn pass(&mut self, variant: &Variant) {
        let longest = variant.longest();
        let older = |age: &mut u8| *age = (*age + 1).min(longest);
        self.intent.iter_mut().for_each(older);
        self.lease = self.lease.saturating_sub(1);
        self.age = (self.age + u8::from(self.objects > 0)).min(variant.lags);
        for flight in &mut self.flights {
            if let Flight::Heard(_, rest) | Flight::Unheard(rest) = flight
                && *rest != u8::MAX
            {
                *rest -= 1;
            }
        }
        // Beyond its deadline a worker does not count any more; before its decision it does.
        let deadline = ticks(variant.timing.call) + 1;
        for worker in &mut self.workers {
            match worker {
                At::Claimed { earlier: Some(_), since } => older(since),
                At::Intending { since } | At::Sending { since } => *since = (*since + 1).min(deadline),
                _ => {}
            }
        }
    }

    fn flight_steps(&self, variant: &Variant, number: usize, found: &mut Vec<(Act, World)>) {
        let flight = self.flights[number];
        if flight == Flight::None {
            return;
        }
        let effect = |next: &mut World| {
            next.flights[number] = Flight::None;
            // Class A: under one name there is one thing.
            if variant.nature != Class::A || next.objects == 0 {
                next.objects += 1;
            }
        };
        if let Flight::Heard(worker, _) = flight {
            let answered = |next: &mut World| {
                effect(next);
                next.workers[usize::from(worker)] = At::HasReceipt;
            };
            found.push((Act::Effect(worker), self.after(answered)));
            found.push((Act::EffectUnheard(worker), self.after(effect)));
        } else {
            found.push((Act::LateEffect, self.after(effect)));
        }
        found.push((Act::NeverHappens, self.after(|next| next.flights[number] = Flight::None)));
    }

    fn worker_steps(&self, variant: &Variant, worker: u8, found: &mut Vec<(Act, World)>) {
        let at = self.workers[usize::from(worker)];
        let go = |to: At| self.after(|next| next.workers[usize::from(worker)] = to);
        if at == At::Idle {
            if self.bells > 0 && self.state == State::Open && self.lease == 0 && !self.parked {
                found.push((Act::Claim(worker), self.claim(worker)));
            }
            return;
        }
        found.push((Act::Crash(worker), self.leave(worker, |next| next.bells = (next.bells + 1).min(BELLS))));
        let ours = self.holder == Some(worker) && !self.has_ended();
        if ours && self.lease < LEASE {
            found.push((Act::Renew(worker), self.after(|next| next.lease = LEASE)));
        }
        match at {
            At::Idle => {}
            At::Claimed { earlier, since } => {
                let earlier = earlier.map_or(Earlier::Nothing, |age| intent(age + since));
                let next = match (variant.next)(variant.timing, earlier) {
                    Step::Put if variant.receipt_first => go(At::HasReceipt),
                    Step::Put => go(At::Intending { since: 0 }),
                    Step::LookThenPut => go(At::Looking),
                    Step::Wait(_) => self.hand_back(variant, worker),
                    Step::AskAPerson => go(At::Asking),
                };
                found.push((Act::Decide(worker), next));
            }
            At::Looking => self.look(variant, worker, found),
            At::Intending { since } if !variant.notes_intent => {
                found.push((Act::NoteIntent(worker), go(At::Sending { since })));
            }
            At::Intending { since } => {
                let note = |next: &mut World| {
                    next.intent = Some(0);
                    next.workers[usize::from(worker)] = At::Sending { since };
                };
                self.write(variant, worker, Act::NoteIntent(worker), note, found);
            }
            At::Sending { since } => self.send(variant, worker, since, found),
            At::Waiting => {
                found.push((Act::AnswerLost(worker), self.hand_back(variant, worker)));
                found.push((Act::Park(worker), self.park(variant, worker)));
            }
            At::HasReceipt => {
                let note = |next: &mut World| {
                    next.state = State::Filed;
                    next.workers[usize::from(worker)] =
                        if variant.receipt_first { At::Intending { since: 0 } } else { At::Thanking };
                };
                self.write(variant, worker, Act::NoteReceipt(worker), note, found);
            }
            At::Asking => {
                let note = |next: &mut World| {
                    next.state = State::Person;
                    next.workers[usize::from(worker)] = At::Thanking;
                };
                self.write(variant, worker, Act::HandToPerson(worker), note, found);
            }
            At::Thanking => found.push((Act::Acknowledge(worker), go(At::Idle))),
        }
    }

    fn claim(&self, worker: u8) -> World {
        self.after(|next| {
            next.bells -= 1;
            (next.holder, next.lease) = (Some(worker), LEASE);
            next.workers[usize::from(worker)] = At::Claimed { earlier: self.intent, since: 0 };
        })
    }

    fn look(&self, variant: &Variant, worker: u8, found: &mut Vec<(Act, World)>) {
        let go = |to: At| self.after(|next| next.workers[usize::from(worker)] = to);
        let there = self.objects > 0 && variant.nature != Class::D;
        let surely = variant.nature != Class::C || self.age >= variant.lags;
        if there {
            found.push((Act::LookFinds(worker), go(At::HasReceipt)));
        }
        if !there || !surely {
            found.push((Act::LookFindsNothing(worker), go(At::Intending { since: 0 })));
        }
        found.push((Act::LookFails(worker), self.hand_back(variant, worker)));
        found.push((Act::Park(worker), self.park(variant, worker)));
    }

    fn send(&self, variant: &Variant, worker: u8, since: u8, found: &mut Vec<(Act, World)>) {
        if variant.minds_deadline && since > ticks(variant.timing.call) {
            found.push((Act::OutOfTime(worker), self.hand_back(variant, worker)));
            return;
        }
        // The world holds so many requests; a worker that finds it full waits.
        if let Some(free) = self.flights.iter().position(|flight| *flight == Flight::None) {
            let send = |next: &mut World| {
                next.flights[free] = Flight::Heard(worker, variant.settles.unwrap_or(u8::MAX));
                next.workers[usize::from(worker)] = At::Waiting;
            };
            found.push((Act::Send(worker), self.after(send)));
        }
    }

    /// A write under a lease: refused when the token is an old one.
    fn write(
        &self,
        variant: &Variant,
        worker: u8,
        act: Act,
        change: impl FnOnce(&mut World),
        found: &mut Vec<(Act, World)>,
    ) {
        if variant.fences && (self.holder != Some(worker) || self.has_ended()) {
            found.push((Act::LeaseLost(worker), self.leave(worker, |_| {})));
        } else {
            found.push((act, self.after(change)));
        }
    }

    /// The attempt ends without an end; the case rings again.
    fn hand_back(&self, variant: &Variant, worker: u8) -> World {
        self.leave(worker, |next| {
            if next.holder == Some(worker) || !variant.fences {
                (next.holder, next.lease) = (None, 0);
            }
            next.bells = (next.bells + 1).min(BELLS);
        })
    }

    /// As before, and it does not ring until it is released.
    fn park(&self, variant: &Variant, worker: u8) -> World {
        let mut next = self.hand_back(variant, worker);
        if self.holder == Some(worker) {
            (next.parked, next.bells) = (true, self.bells);
        }
        next
    }

    fn leave(&self, worker: u8, change: impl FnOnce(&mut World)) -> World {
        self.after(|next| {
            next.workers[usize::from(worker)] = At::Idle;
            for flight in &mut next.flights {
                if matches!(flight, Flight::Heard(of, _) if *of == worker) {
                    *flight = flight.unheard();
                }
            }
            change(next);
        })
    }
}

impl Flight {
    fn unheard(self) -> Self {
        match self {
            Flight::Heard(_, rest) | Flight::Unheard(rest) => Flight::Unheard(rest),
            Flight::None => Flight::None,
        }
    }
}

pub fn ticks(time: Duration) -> u8 {
    u8::try_from(time.as_secs() / TICK.as_secs()).expect("the model counts to 255")
}
