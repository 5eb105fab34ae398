//! The harness for "nothing lost, nothing twice": the real program, real servers, and everything that can be
//! killed is killed.
//!
//! # How to run
//!
//! `cargo test --test chaos` runs everything with small numbers. `make chaos` builds a release and runs the two
//! large ones (10,000 documents on four workers, then 1,000 in one process). With `-- --nocapture` each run
//! prints its count. Variables:
//!
//! | variable | what | default |
//! |---|---|---|
//! | `CHAOS_SEED` | of all chance: post, faults, kills | the clock; it is printed |
//! | `CHAOS_DOCUMENTS` | how many are handed in while everything is killed | 60 scaled, 40 embedded |
//! | `CHAOS_WORKERS` | workers at once | 4 |
//! | `CHAOS_SECONDS_PER_KILL` | seconds between two kills | 1 |
//! | `CHAOS_PAPERS` | share of PDFs, scans and letters | 0.01 |
//! | `CHAOS_FAULT` | a fault of `src/faults.rs`, as a control that must fail (debug builds) | none |
//! | `CHAOS_SECONDS_AWAY` | how long the DMS is away, or a wire cut, where that alone is tested | 25 |
//! | `CHAOS_BACKLOG` | documents before the urgent ones | 200 |
//! | `LAUFMAPPE_BINARY` | the program | the debug build of this test |
//!
//! The same seed gives the same post and the same order of kills and faults; what they hit depends on the
//! machine.
//!
//! # What is counted
//!
//! Three sides that know nothing of each other (`referee.rs`): what was handed in, what the exported ledger
//! says (read by `books.rs`, not by the program), and what lies in the DMS on disk, every file by its hash.
//!
//! * **lost**: said to be safe and not in the ledger; noted as filed and not in the DMS, or with other bytes;
//!   a part that was never noted; not settled when the killers had stopped and time enough had passed.
//! * **doubled**: two places in the DMS for one document or for the same bytes; anything noted after the end.
//! * **unexplained**: any other thing the sides do not agree about, or an end that this document should not
//!   have. Two ends are explained and counted by themselves: *isolated innocents* (workers died over the
//!   document, which nobody can tell from one that kills) and *other bytes* (the proxy showed other bytes when
//!   this filing was read back, so a person looks at it).
//! * **chain**: hashes and numbers of the ledger, by the program and by our own reading.
//!
//! A good run says `LOST 0, DOUBLED 0, UNEXPLAINED 0, CHAIN 0`.
//!
//! # Does the harness notice?
//!
//! `mutations.rs` breaks one invariant at a time and demands that the referee says so.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]
#![allow(clippy::print_stdout, reason = "--nocapture shows the counts")]

mod books;
mod crash_points;
mod database;
mod dice;
mod drawer;
mod embedded;
mod fleet;
mod killer;
mod mutations;
mod network;
mod post;
mod proxy;
mod referee;
mod scaled;
mod shortage;
mod special;
#[path = "../support/mod.rs"]
mod support;
mod town;
mod urgency;
mod wire;

use std::fmt::Debug;
use std::str::FromStr;
use std::sync::OnceLock;

/// The seed of this run.
pub fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| {
        let clock = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        let seed = wish("CHAOS_SEED").unwrap_or(clock.as_millis() as u64 % 1_000_000);
        println!("CHAOS_SEED={seed}");
        seed
    })
}

/// A variable of the table above.
pub fn wish<T: FromStr<Err: Debug>>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|error| panic!("{name}={text}: {error:?}")))
}
