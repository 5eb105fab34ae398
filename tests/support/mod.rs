//! Servers of our own for tests: real ones, private to the test process, gone with it.

#![allow(dead_code, reason = "each test program uses the servers it needs")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

pub mod apache;
pub mod house;
pub mod mortal;
pub mod postgres;
pub mod rabbit;
pub mod small_disk;
pub mod watchdog;
pub mod window;
