//! The ledger: one suite over both backends, then what only the embedded one can suffer.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "--nocapture shows the counts")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

/// Each row is a test of both backends.
macro_rules! on_both {
    ($($name:ident)*) => {
        mod on_embedded {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() { super::$name(&*crate::story::embedded().await.ledger).await })*
        }
        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() { super::$name(&*crate::story::postgres().await.ledger).await })*
        }
    };
}

#[path = "ledger/crash.rs"]
mod crash;
#[path = "ledger/database.rs"]
mod database;
#[path = "ledger/full.rs"]
mod full;
#[path = "ledger/journal.rs"]
mod journal;
#[path = "ledger/old.rs"]
mod old;
#[path = "ledger/outage.rs"]
mod outage;
#[path = "ledger/power.rs"]
mod power;
#[path = "ledger/rot.rs"]
mod rot;
#[path = "ledger/scale.rs"]
mod scale;
#[path = "ledger/story.rs"]
mod story;
#[path = "ledger/suite.rs"]
mod suite;
mod support;
