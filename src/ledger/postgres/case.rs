//! One case in the database: its row, its lease, its entries.
//!
//! In: a transaction. Out: the case, locked until it ends. Absent on purpose: appending entries. What follows
//! from a claim or an end for bells and figures, a trigger of the table does, whichever program version it was.

use crate::error::{Error, Kind, Result};
use crate::faults;
use crate::job::{ContentHash, DocumentId, Tenant};
use crate::ledger::alike::{LONGEST_LEASE, lease_lost};
use crate::ledger::answers::{field, number, parsed, summary, text, whole, wrong};
use crate::ledger::{Entry, Lease, Rest, Summary};
use sqlx::PgConnection;
use std::time::Duration;

/// A case, locked until the transaction ends.
pub(super) struct CaseRow {
    pub summary: Summary,
    pub token: u64,
    /// Somebody has a lease, run out or not.
    lent: bool,
    /// Somebody has a lease that did not run out.
    pub taken: bool,
}

impl CaseRow {
    pub async fn lock(
        work: &mut PgConnection,
        tenant: &Tenant,
        document: &DocumentId,
    ) -> Result<Option<CaseRow>> {
        let sql = "select summary, token, lease_until is not null as lent,
                coalesce(lease_until > clock_timestamp(), false) as taken
             from case_state where tenant = $1 and document = $2 for update";
        let query = sqlx::query(sql).bind(tenant.as_str()).bind(document.as_str());
        let Some(row) = query.fetch_optional(work).await.map_err(wrong)? else { return Ok(None) };
        let token = whole(&row, "token")?;
        let (lent, taken) = (field(&row, "lent")?, field(&row, "taken")?);
        Ok(Some(CaseRow { summary: summary(&row)?, token, lent, taken }))
    }
}

/// The case as held by this very lease. One that ran out is good until somebody else claims the case.
pub(super) async fn held(work: &mut PgConnection, lease: &Lease) -> Result<CaseRow> {
    let case = CaseRow::lock(work, &lease.tenant, &lease.document).await?;
    let free = faults::wished("no-fencing");
    case.filter(|case| free || (case.lent && case.token == lease.token)).ok_or_else(|| lease_lost(lease))
}

/// Writes the state of a case; with `ends` its lease ends.
pub(super) async fn keep(work: &mut PgConnection, lease: &Lease, summary: &Summary, ends: bool) -> Result<()> {
    let sql = "update case_state set summary = $3, settled = $4,
            lease_owner = case when $5 then null else lease_owner end,
            lease_until = case when $5 then null else lease_until end
         where tenant = $1 and document = $2";
    let query = sqlx::query(sql).bind(lease.tenant.as_str()).bind(lease.document.as_str());
    let query = query.bind(text(summary)?).bind(summary.state.is_settled()).bind(ends);
    query.execute(work).await.map_err(wrong)?;
    Ok(())
}

/// Lends a case that was claimed; from now on by the database's clock.
pub(super) async fn lend(
    work: &mut PgConnection,
    lease: &Lease,
    summary: &Summary,
    time: Duration,
) -> Result<()> {
    let sql = "update case_state set summary = $3, token = $4, lease_owner = $5,
            lease_until = clock_timestamp() + $6 * interval '1 microsecond'
         where tenant = $1 and document = $2";
    let query = sqlx::query(sql).bind(lease.tenant.as_str()).bind(lease.document.as_str());
    let query = query.bind(text(summary)?).bind(number(lease.token)?).bind(storable(&lease.worker));
    query.bind(microseconds(time)?).execute(work).await.map_err(wrong)?;
    Ok(())
}

/// Lends it longer. Answers whether it is held by this very lease.
pub(super) async fn lend_longer(work: &mut PgConnection, lease: &Lease, time: Duration) -> Result<bool> {
    let sql = "update case_state set lease_until = clock_timestamp() + $4 * interval '1 microsecond'
         where tenant = $1 and document = $2 and token = $3 and lease_until is not null";
    let query = sqlx::query(sql).bind(lease.tenant.as_str()).bind(lease.document.as_str());
    let query = query.bind(number(lease.token)?).bind(microseconds(time)?);
    Ok(query.execute(work).await.map_err(wrong)?.rows_affected() == 1 || faults::wished("no-fencing"))
}

/// Ends a lease before the end of its case, and says until when the bell stays quiet.
pub(super) async fn release(
    work: &mut PgConnection,
    lease: &Lease,
    summary: &Summary,
    rest: &Rest,
) -> Result<()> {
    let sql = "update case_state set summary = $3, lease_owner = null, lease_until = null, rings = 0,
            parked_for = $4, parked_at = case when $4::text is null then null else clock_timestamp() end,
            quiet_until = clock_timestamp() + $5 * interval '1 microsecond',
            ring_after = clock_timestamp() + $5 * interval '1 microsecond'
         where tenant = $1 and document = $2";
    let (target, rest) = match rest {
        Rest::For(rest) => (None, *rest),
        Rest::Until(target) => (Some(storable(target)), Duration::ZERO),
    };
    let query = sqlx::query(sql).bind(lease.tenant.as_str()).bind(lease.document.as_str());
    let query = query.bind(text(summary)?).bind(target).bind(microseconds(rest)?);
    query.execute(work).await.map_err(wrong)?;
    Ok(())
}

/// A text of the database holds no zero.
pub(super) fn storable(text: &str) -> String {
    text.replace('\0', "")
}

fn microseconds(time: Duration) -> Result<i64> {
    number(time.min(LONGEST_LEASE).as_micros())
}

pub(super) async fn entries(
    work: &mut PgConnection,
    tenant: &Tenant,
    document: &DocumentId,
) -> Result<Vec<Entry>> {
    let sql = "select number, hash, body from entry where tenant = $1 and document = $2 order by number";
    let query = sqlx::query(sql).bind(tenant.as_str()).bind(document.as_str());
    let mut entries = Vec::new();
    for row in query.fetch_all(work).await.map_err(wrong)? {
        let body: String = field(&row, "body")?;
        if ContentHash::of(body.as_bytes()) != parsed(&row, "hash")? {
            let number: i64 = field(&row, "number")?;
            let text = format!("tenant {tenant}, entry {number}: the body does not have its hash");
            return Err(Error::new(Kind::Altered, text).hint("restore the database from its backup"));
        }
        entries.push(Entry::read(&body)?);
    }
    Ok(entries)
}
