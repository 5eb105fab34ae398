//! Making the tables, and bringing them up to date.
//!
//! In: a connection. Out: tables of the newest version, or a refusal. Additive only: a running worker of the
//! version before goes on beside the new one.

use crate::error::{Error, Kind, Result};
use crate::ledger::answers::{field, wrong};
use sqlx::{Connection, PgConnection};

const MIGRATIONS: [(i32, &str); 2] =
    [(1, include_str!("../migrations/0001_ledger.sql")), (2, include_str!("../migrations/0002_at_scale.sql"))];
const NEWEST: i32 = MIGRATIONS[MIGRATIONS.len() - 1].0;
/// Of the advisory lock under which the tables are made.
const MIGRATING: i64 = 0x6c61_7566_6d61_7070;

/// Makes the tables, or brings them up to date; workers that start together wait for each other.
pub(super) async fn migrate(connection: &mut PgConnection) -> Result<()> {
    let mut work = connection.begin().await.map_err(wrong)?;
    let lock = sqlx::query("select pg_advisory_xact_lock($1)").bind(MIGRATING);
    lock.execute(&mut *work).await.map_err(wrong)?;
    let sql = "select to_regclass('ledger_schema') is not null as made";
    let made = sqlx::query(sql).fetch_one(&mut *work).await.map_err(wrong)?;
    if !field::<bool>(&made, "made")? {
        let sql = "create table ledger_schema (version integer primary key, applied timestamptz default now())";
        sqlx::query(sql).execute(&mut *work).await.map_err(wrong)?;
    }
    let sql = "select coalesce(max(version), 0) as version from ledger_schema";
    let row = sqlx::query(sql).fetch_one(&mut *work).await.map_err(wrong)?;
    let version: i32 = field(&row, "version")?;
    if version > NEWEST {
        let text = format!("the database has tables of version {version}, this program knows {NEWEST}");
        return Err(Error::new(Kind::Version, text).hint("start the newer program version"));
    }
    for (number, sql) in MIGRATIONS {
        if number > version {
            sqlx::raw_sql(sql).execute(&mut *work).await.map_err(wrong)?;
            let note = sqlx::query("insert into ledger_schema (version) values ($1)").bind(number);
            note.execute(&mut *work).await.map_err(wrong)?;
        }
    }
    work.commit().await.map_err(wrong)
}
