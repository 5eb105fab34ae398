//! The filing protocol, tried in every order of crashes, late requests, lagging searches, lost leases, lost bells,
//! parking and restored ledgers, with the very function the program runs. What is known to be bad must be found.
#![allow(clippy::print_stdout, reason = "--nocapture shows the counts")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

#[path = "protocol/acts.rs"]
mod acts;
#[path = "protocol/search.rs"]
mod search;
#[path = "protocol/world.rs"]
mod world;

use laufmappe::filing::Class;
use laufmappe::filing::protocol::{Earlier, Step, Timing, next};
use search::search;
use std::time::Duration;
use world::{Clock, Restores, TICK, Variant};

/// Ticks.
const CALL: u8 = 1;
const SETTLES: u8 = 2;
const LAGS: u8 = 2;

const TIMING: Timing = Timing {
    call: TICK,
    settle: Duration::from_secs(TICK.as_secs() * SETTLES as u64),
    lag: Duration::from_secs(TICK.as_secs() * LAGS as u64),
};

/// Our protocol for a target that is what its adapter says.
fn ours(name: &'static str, nature: Class) -> Variant {
    assert_eq!(TIMING.call, TICK * u32::from(CALL));
    Variant {
        name,
        workers: 2,
        nature,
        settles: Some(SETTLES),
        lags: if nature == Class::C { LAGS } else { 0 },
        timing: if nature == Class::C { TIMING } else { Timing { lag: Duration::ZERO, ..TIMING } },
        next: match nature {
            Class::A => |timing, earlier| next(Class::A, timing, earlier),
            Class::B => |timing, earlier| next(Class::B, timing, earlier),
            Class::C => |timing, earlier| next(Class::C, timing, earlier),
            Class::D => |timing, earlier| next(Class::D, timing, earlier),
        },
        fences: true,
        notes_intent: true,
        minds_deadline: true,
        receipt_first: false,
        thanks_first: false,
        unparks: true,
        sweeps: true,
        restores: Restores::Never,
        clock: Clock::IsSetBack,
        alike: true,
    }
}

/// Looks at once, whatever the class: intent, look-up and fence, and no patience.
fn impatient(_: Timing, earlier: Earlier) -> Step {
    match earlier {
        Earlier::Nothing => Step::Put,
        Earlier::Intent { .. } => Step::LookThenPut,
    }
}

fn always_put(_: Timing, _: Earlier) -> Step {
    Step::Put
}

/// Nothing is filed twice and nothing is lost, in at least so many worlds.
fn holds(variant: &Variant, at_least: usize) {
    let searched = search(variant);
    println!("{:<58} {:>9} worlds {:>10} steps", variant.name, searched.worlds, searched.steps);
    if let Some(wrong) = searched.wrong {
        panic!("{}: {}", variant.name, wrong.told());
    }
    assert!(searched.worlds >= at_least, "{}: only {} worlds", variant.name, searched.worlds);
}

/// It is found, and the shortest way to it is shown.
fn fails(variant: Variant, what: &str) {
    let variant = Variant { alike: false, ..variant };
    let searched = search(&variant);
    println!("{:<58} {:>9} worlds {:>10} steps", variant.name, searched.worlds, searched.steps);
    let wrong = searched.wrong.unwrap_or_else(|| panic!("{}: nothing was found", variant.name));
    println!("{}", wrong.told());
    assert_eq!(wrong.what, what, "{}", variant.name);
}

const TWICE: &str = "filed twice";
const LOST: &str = "no end is reached any more";

#[test]
fn a_unique_key_needs_no_bound_and_no_fence() {
    holds(&ours("A", Class::A), 50_000);
    let late = |name| Variant { settles: None, restores: Restores::AnyTime, ..ours(name, Class::A) };
    holds(&late("A, requests late without bound, older ledger"), 55_000);
    let reckless = late("V8: A, late without bound, older ledger, no fence");
    holds(&Variant { fences: false, minds_deadline: false, ..reckless }, 60_000);
    holds(&Variant { workers: 3, ..ours("A, three workers", Class::A) }, 320_000);
}

#[test]
fn a_search_that_reads_its_writes_needs_the_wait() {
    holds(&ours("V5: B, clock set back", Class::B), 130_000);
    let steady = |name| Variant { clock: Clock::Steady, ..ours(name, Class::B) };
    holds(&Variant { restores: Restores::WhenQuiet, ..steady("B, older ledger after a night") }, 105_000);
    holds(&Variant { workers: 3, ..steady("B, three workers") }, 400_000);
}

#[test]
fn a_search_that_lags_needs_the_longer_wait() {
    holds(&ours("V7: C, clock set back", Class::C), 420_000);
    let steady = Variant { clock: Clock::Steady, ..ours("C, older ledger after a night", Class::C) };
    holds(&Variant { restores: Restores::WhenQuiet, ..steady }, 270_000);
}

#[test]
fn a_target_that_cannot_be_asked_needs_a_person() {
    holds(&ours("V10: D", Class::D), 7_000);
    holds(&Variant { settles: None, ..ours("D, requests late without bound", Class::D) }, 5_500);
    holds(&Variant { workers: 3, ..ours("D, three workers", Class::D) }, 20_000);
}

#[test]
fn what_is_known_to_file_twice_is_found() {
    let b = || ours("", Class::B);
    fails(Variant { name: "V0: no intent, always put", next: always_put, notes_intent: false, ..b() }, TWICE);
    fails(Variant { name: "V1: intent, blind retry", next: always_put, ..b() }, TWICE);
    fails(Variant { name: "V2: B without a fence", fences: false, ..b() }, TWICE);
    fails(Variant { name: "V4: B without the wait", next: impatient, ..b() }, TWICE);
    fails(Variant { name: "V6: lags, and its adapter says B", nature: Class::C, lags: LAGS, ..b() }, TWICE);
    let blind = Variant { name: "retry without a look after the wait", next: put_after_the_wait, ..b() };
    fails(blind, TWICE);
    fails(Variant { name: "D, looked for in vain", nature: Class::D, ..b() }, TWICE);
}

fn put_after_the_wait(timing: Timing, earlier: Earlier) -> Step {
    match next(Class::B, timing, earlier) {
        Step::LookThenPut => Step::Put,
        step => step,
    }
}

#[test]
fn the_bounds_are_needed_and_the_model_sees_where_they_end() {
    let b = || ours("", Class::B);
    let slower = Variant { name: "B slower than its adapter says", settles: Some(SETTLES + 2), ..b() };
    fails(slower, TWICE);
    let frozen = Variant { name: "limit: B frozen between deadline and sending", minds_deadline: false, ..b() };
    fails(frozen, TWICE);
    let early = Variant { name: "B, older ledger while requests fly", restores: Restores::AnyTime, ..b() };
    fails(early, TWICE);
    fails(Variant { name: "limit: B, and the ledger's clock leaps", clock: Clock::Leaps, ..b() }, TWICE);
    let c = Variant { name: "C lags longer than its adapter says", lags: LAGS + 2, ..ours("", Class::C) };
    fails(c, TWICE);
}

#[test]
fn what_is_known_to_lose_is_found() {
    let a = || ours("", Class::A);
    fails(Variant { name: "the sender is thanked before the write", thanks_first: true, ..a() }, LOST);
    fails(Variant { name: "parked and never released", unparks: false, ..a() }, LOST);
    fails(Variant { name: "no sweeper, and a bell is lost", sweeps: false, ..a() }, LOST);
    let first = Variant { name: "the receipt before the effect", receipt_first: true, ..a() };
    fails(first, "noted as filed, and nothing lies there");
}
