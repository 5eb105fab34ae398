//! Laufmappe reads, checks, routes and files what comes into a German town hall.
//!
//! The rooms in reading order; `tests/architecture.rs` holds who may name whom.

#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")
)]

pub mod cli;
pub mod error;
pub mod extract;
pub mod filing;
pub mod index;
pub mod intake;
pub mod invoice;
pub mod job;
pub mod ledger;
pub mod queue;
pub mod recognise;
pub mod route;
pub mod sandbox;
pub mod store;
pub mod validate;
