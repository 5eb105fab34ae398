//! The ledger: one suite over both backends, then what only the embedded one can suffer.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

#[path = "ledger/crash.rs"]
mod crash;
#[path = "ledger/database.rs"]
mod database;
#[path = "ledger/journal.rs"]
mod journal;
#[path = "ledger/story.rs"]
mod story;
#[path = "ledger/suite.rs"]
mod suite;
mod support;
