//! What the database answers, in our words: values of rows, and which kind of failure an error is.
//!
//! In: rows and errors of the driver. Out: our types and [`Error`]s that name the step to take. Absent on
//! purpose: SQL; addresses with passwords in texts.

use super::Summary;
use crate::error::{Error, Kind, Result};
use sqlx::postgres::{PgConnectOptions, PgRow};
use sqlx::{Decode, Postgres, Row, Type};
use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

/// For one transaction, or one page of reading.
const WORKING: Duration = Duration::from_secs(60);

/// For making the tables or taking in another ledger, which touch every row once.
const WORKING_HARD: Duration = Duration::from_secs(60 * 60);

/// A cut line can stay silent for ever: whoever waits longer does not know the outcome.
pub(super) async fn within<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    at_most(WORKING, work).await
}

pub(super) async fn within_an_hour<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    at_most(WORKING_HARD, work).await
}

async fn at_most<T>(time: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(time, work).await.unwrap_or_else(|_| {
        let text = format!("the database did not answer within {} s", time.as_secs());
        Err(Error::new(Kind::Unknown, text).hint("check the database and the network to it"))
    })
}

pub(super) fn field<'r, T>(row: &'r PgRow, name: &str) -> Result<T>
where
    T: Decode<'r, Postgres> + Type<Postgres>,
{
    row.try_get(name).map_err(wrong)
}

/// A text that must read as something of ours.
pub(super) fn parsed<T: FromStr>(row: &PgRow, name: &str) -> Result<T> {
    let text: &str = row.try_get(name).map_err(wrong)?;
    text.parse().map_err(|_| unreadable(name))
}

pub(super) fn whole(row: &PgRow, name: &str) -> Result<u64> {
    let value: i64 = field(row, name)?;
    u64::try_from(value).map_err(|_| unreadable(name))
}

pub(super) fn summary(row: &PgRow) -> Result<Summary> {
    let text: &str = row.try_get("summary").map_err(wrong)?;
    serde_json::from_str(text).map_err(|_| unreadable("summary"))
}

pub(super) fn text(summary: &Summary) -> Result<String> {
    serde_json::to_string(summary)
        .map_err(|error| Error::new(Kind::Internal, format!("a summary cannot be written: {error}")))
}

pub(super) fn number(value: impl TryInto<i64>) -> Result<i64> {
    value.try_into().map_err(|_| Error::new(Kind::Internal, "a number is larger than the database holds"))
}

fn unreadable(name: &str) -> Error {
    Error::new(Kind::Altered, format!("the database holds a {name} that nobody of us wrote"))
        .hint("restore the database from its backup, or use the program version that wrote it")
}

/// Before a commit: whatever the error is, nothing was written.
pub(super) fn wrong(error: sqlx::Error) -> Error {
    let kind = match &error {
        sqlx::Error::Database(said) => kind_of_code(said.code().as_deref().unwrap_or_default()),
        sqlx::Error::Io(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed
        | sqlx::Error::BeginFailed => Kind::Unavailable,
        sqlx::Error::Tls(_) | sqlx::Error::Configuration(_) => Kind::Settings,
        _ => Kind::Internal,
    };
    let hint = match kind {
        Kind::Settings => "check address, user, rights and TLS settings of the database",
        Kind::Unavailable => "check that the database runs, accepts connections and has free space",
        _ => "this is a mistake of the program; please report it",
    };
    Error::new(kind, format!("the database says: {}", said(&error))).hint(hint)
}

/// During a commit: a refusal is a refusal, but after a cut line nobody knows.
pub(super) fn commit_failed(error: sqlx::Error) -> Error {
    let refused = match &error {
        sqlx::Error::Database(said) => {
            let code = said.code().unwrap_or_default();
            !["57", "58", "08", "XX"].iter().any(|class| code.starts_with(class))
        }
        _ => false,
    };
    if refused {
        return wrong(error);
    }
    Error::new(Kind::Unknown, format!("the database may or may not have kept an entry: {}", said(&error)))
        .hint("the ledger is looked up before anything is done again")
}

/// The server's own sentence names tables and rights, never values; its DETAIL, which does, is left out.
fn said(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(said) => said.message().to_owned(),
        other => other.to_string(),
    }
}

fn kind_of_code(code: &str) -> Kind {
    match code {
        // Connection, resources, operator intervention, system error.
        code if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => Kind::Unavailable,
        // Serialisation, deadlock, lock not available, standby.
        "40001" | "40P01" | "55P03" | "25006" | "25P03" => Kind::Unavailable,
        // Login, unknown database or schema, missing rights.
        code if code.starts_with("28") || code.starts_with("3D") || code.starts_with("3F") => Kind::Settings,
        "42501" => Kind::Settings,
        _ => Kind::Internal,
    }
}

pub(super) fn at_host(error: Error, options: &PgConnectOptions) -> Error {
    let database = options.get_database().unwrap_or_default();
    let place = format!("{}:{}/{database}", options.get_host(), options.get_port());
    Error { text: format!("{place}: {}", error.text), ..error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_codes_say_who_must_act() {
        #[rustfmt::skip]
        let table = [
            ("08006", Kind::Unavailable), ("53100", Kind::Unavailable), ("53300", Kind::Unavailable),
            ("57P01", Kind::Unavailable), ("57014", Kind::Unavailable), ("40P01", Kind::Unavailable),
            ("25006", Kind::Unavailable), ("28P01", Kind::Settings), ("3D000", Kind::Settings),
            ("42501", Kind::Settings), ("23505", Kind::Internal), ("42P01", Kind::Internal), ("", Kind::Internal),
        ];
        for (code, kind) in table {
            assert_eq!(kind_of_code(code), kind, "{code}");
        }
    }

    #[test]
    fn a_line_cut_during_a_commit_leaves_the_outcome_open() {
        let cut = || sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        assert_eq!(wrong(cut()).kind, Kind::Unavailable);
        assert_eq!(commit_failed(cut()).kind, Kind::Unknown);
    }
}
