//! What the database says about many cases at once: whose bell is due, what waits for which target, how the
//! tenants stand; and the pause of all workers.
//!
//! In: the pool. Out: jobs and figures, each from one statement. Absent on purpose: entries; a bell is no event.

use super::case::storable;
use crate::error::{Error, Kind, Result};
use crate::job::{Job, Priority, Tenant};
use crate::ledger::alike::job;
use crate::ledger::answers::{field, number, parsed, whole, within, wrong};
use crate::ledger::bells::{DOUBLINGS, FIRST_RING, LAST_RING, SPARE};
use crate::ledger::{Load, Parked, Pause, Ring};
use jiff::Timestamp;
use sqlx::postgres::{PgPool, PgRow};
use std::time::Duration;

pub(super) async fn open(pool: &PgPool, limit: usize) -> Result<Vec<Job>> {
    let sql = "select tenant, document, priority from case_state
         where not settled and (lease_until is null or lease_until <= now())
         order by position limit $1";
    let rows = within(async { sqlx::query(sql).bind(at_most(limit)).fetch_all(pool).await.map_err(wrong) });
    rows.await?.iter().map(job_in).collect()
}

/// Marks and answers in one statement; rows that another worker is just marking or claiming are left to him.
macro_rules! rings_when {
    ($is_time:literal, $order:literal) => {
        concat!(
            "with due as (
                select tenant, document, position, priority from case_state
                where not settled and parked_for is null and ",
            $is_time,
            " and (lease_until is null or lease_until <= now())
                order by ",
            $order,
            " limit $1 for update skip locked
            ), rung as (
                update case_state set rings = rings + 1, quiet_until = now() + $2 * interval '1 second',
                    ring_after = now() + least($3 * power(2, least(rings, $4)), $5) * interval '1 second'
                from due where case_state.tenant = due.tenant and case_state.document = due.document
            ) select tenant, document, priority from due order by position"
        )
    };
}

pub(super) async fn due(pool: &PgPool, ring: Ring, limit: usize) -> Result<Vec<Job>> {
    let sql = match ring {
        // Few are overdue: found by that, then put in order, and not the other way round.
        Ring::Overdue => rings_when!("ring_after <= now()", "position + 0"),
        Ring::All => rings_when!("(quiet_until is null or quiet_until <= now())", "position"),
    };
    let query = sqlx::query(sql).bind(at_most(limit)).bind(SPARE.as_secs_f64()).bind(FIRST_RING.as_secs_f64());
    let query = query.bind(DOUBLINGS as i32).bind(LAST_RING.as_secs_f64());
    let rows = within(async { query.fetch_all(pool).await.map_err(wrong) }).await?;
    rows.iter().map(job_in).collect()
}

pub(super) async fn parked(pool: &PgPool) -> Result<Vec<Parked>> {
    let sql = "select tenant, parked_for, count(*) as cases,
            (extract(epoch from min(parked_at)) * 1000000)::bigint as oldest
         from case_state where parked_for is not null and not settled
         group by tenant, parked_for order by tenant, parked_for";
    let rows = within(async { sqlx::query(sql).fetch_all(pool).await.map_err(wrong) }).await?;
    let row = |row: &PgRow| {
        Ok(Parked {
            tenant: parsed(row, "tenant")?,
            target: field(row, "parked_for")?,
            cases: whole(row, "cases")?,
            oldest: time(row, "oldest")?,
        })
    };
    rows.iter().map(row).collect()
}

pub(super) async fn unpark(pool: &PgPool, tenant: &Tenant, target: &str, limit: usize) -> Result<Vec<Job>> {
    // One after the other, so that each sees what the one before has let go.
    let turn = "select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 0))";
    let sql = "with on_their_way as (
            select count(*) as cases from case_state
            where tenant = $1 and released_for = $2 and not settled and quiet_until > now()
        ), free as (
            select tenant, document, position, priority from case_state
            where tenant = $1 and parked_for = $2 and not settled
              and (lease_until is null or lease_until <= now())
            order by position limit (select greatest($3 - cases, 0) from on_their_way) for update skip locked
        ), rung as (
            update case_state set parked_for = null, parked_at = null, released_for = $2, rings = 1,
                quiet_until = now() + $4 * interval '1 second', ring_after = now() + $5 * interval '1 second'
            from free where case_state.tenant = free.tenant and case_state.document = free.document
        ) select tenant, document, priority from free order by position";
    let turn = sqlx::query(turn).bind(tenant.as_str()).bind(storable(target));
    let query = sqlx::query(sql).bind(tenant.as_str()).bind(storable(target)).bind(at_most(limit));
    let query = query.bind(SPARE.as_secs_f64()).bind(FIRST_RING.as_secs_f64());
    let released = async {
        let mut transaction = pool.begin().await.map_err(wrong)?;
        turn.execute(&mut *transaction).await.map_err(wrong)?;
        let rows = query.fetch_all(&mut *transaction).await.map_err(wrong)?;
        transaction.commit().await.map_err(wrong)?;
        Ok(rows)
    };
    within(released).await?.iter().map(job_in).collect()
}

pub(super) async fn load(pool: &PgPool, window: Duration) -> Result<Vec<Load>> {
    let sql = "with waiting as (
            select tenant, count(*) as open, count(*) filter (where lease_until > now()) as leased,
                count(parked_for) as parked, min(received_at) as oldest
            from case_state where not settled group by tenant
        ), cleared as (
            select tenant, count(*) as clearing from case_state where clearing group by tenant
        ), done as (
            select tenant, count(*) as settled, sum(settled_at - claimed_at) as busy,
                count(distinct settled_by) as workers
            from case_state where settled_at > now() - $1 * interval '1 microsecond' group by tenant
        )
        select tenant, number, coalesce(open, 0) as open, coalesce(leased, 0) as leased,
            coalesce(parked, 0) as parked, coalesce(clearing, 0) as clearing,
            (extract(epoch from clock_timestamp() - oldest) * 1000000)::bigint as oldest,
            coalesce(settled, 0) as settled, coalesce(extract(epoch from busy) * 1000000, 0)::bigint as busy,
            coalesce(workers, 0) as workers
        from head left join waiting using (tenant) left join cleared using (tenant) left join done using (tenant)
        where number > 0 order by tenant";
    let window = number(window.min(LONGEST_WINDOW).as_micros())?;
    let rows = within(async { sqlx::query(sql).bind(window).fetch_all(pool).await.map_err(wrong) }).await?;
    let row = |row: &PgRow| {
        let oldest: Option<i64> = field(row, "oldest")?;
        Ok(Load {
            tenant: parsed(row, "tenant")?,
            open: whole(row, "open")?,
            leased: whole(row, "leased")?,
            parked: whole(row, "parked")?,
            clearing: whole(row, "clearing")?,
            oldest_open: oldest.map(|age| Duration::from_micros(age.max(0) as u64)),
            settled: whole(row, "settled")?,
            busy: Duration::from_micros(field::<i64>(row, "busy")?.max(0) as u64),
            workers: whole(row, "workers")?,
            entries: whole(row, "number")?,
        })
    };
    rows.iter().map(row).collect()
}

/// A longer window is this one.
const LONGEST_WINDOW: Duration = Duration::from_secs(100 * 366 * 24 * 60 * 60);

pub(super) async fn pause(pool: &PgPool, by: &str) -> Result<()> {
    let query = sqlx::query("insert into pause (by) values ($1) on conflict do nothing").bind(storable(by));
    within(async { query.execute(pool).await.map_err(wrong) }).await.map(|_| ())
}

pub(super) async fn resume(pool: &PgPool) -> Result<()> {
    within(async { sqlx::query("delete from pause").execute(pool).await.map_err(wrong) }).await.map(|_| ())
}

pub(super) async fn paused(pool: &PgPool) -> Result<Option<Pause>> {
    let sql = "select by, (extract(epoch from since) * 1000000)::bigint as since from pause";
    let row = within(async { sqlx::query(sql).fetch_optional(pool).await.map_err(wrong) }).await?;
    row.map(|row| Ok(Pause { by: field(&row, "by")?, since: time(&row, "since")? })).transpose()
}

fn job_in(row: &PgRow) -> Result<Job> {
    let priority: Option<String> = field(row, "priority")?;
    let known = Priority::ALL.into_iter().find(|known| priority.as_deref() == Some(known.name()));
    Ok(job(parsed(row, "tenant")?, parsed(row, "document")?, known.unwrap_or_default()))
}

fn time(row: &PgRow, name: &str) -> Result<Timestamp> {
    Timestamp::from_microsecond(field(row, name)?)
        .map_err(|error| Error::new(Kind::Altered, format!("the database holds no time of ours: {error}")))
}

fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
