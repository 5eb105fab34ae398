//! Everything that can happen to a [`World`], one step at a time.
//!
//! In: a world and a variant. Out: every world one step further.
//!
//! A worker that does nothing while time passes is frozen: nobody has to act, except that the target keeps to its
//! longest answer.

use super::world::{
    Act, At, BELLS, Clock, FLIGHTS, Flight, LEASE, Restores, State, Variant, WORKERS, World, intent, ticks,
};
use laufmappe::filing::Class;
use laufmappe::filing::protocol::{Earlier, Step};

impl World {
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
