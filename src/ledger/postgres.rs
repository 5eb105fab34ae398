//! The ledger in PostgreSQL: any number of workers on any number of machines.
//!
//! In: the address of a database. Out: [`Ledger`]. All SQL is here and in `migrations/`. Time is the
//! database's time; workers' clocks are never asked. Absent on purpose: retries; the worker decides.
//!
//! Order of locks: first the case, then the tenant's head. Nobody waits for a case while holding a head, so
//! no two transactions wait for each other.

mod case;
mod chain;
mod figures;
mod import;
mod tables;

use super::alike::{are_noted_in_one_go, is_division, is_noted_under_a_lease, lease_lost};
use super::answers::{at_host, commit_failed, field, parsed, summary, within, within_an_hour, wrong};
use super::line::line;
use super::{
    Claim, Entry, Event, ImportLines, Lease, Ledger, Load, Parked, Pause, Received, Rest, Ring, State,
    Statement, Summary,
};
use crate::error::{Error, Kind, Result};
use crate::job::{ContentHash, Document, DocumentId, Job, Tenant};
use async_trait::async_trait;
use case::{CaseRow, entries, held, keep, lend, lend_longer, release};
use chain::{Chain, arrivals};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection, PgConnection, Transaction};
use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

type Work = Transaction<'static, sqlx::Postgres>;

/// See the module. Cheap to clone; all clones share their connections.
#[derive(Debug, Clone)]
pub struct Postgres {
    pool: PgPool,
    actor: String,
}

const CONNECTIONS: u32 = 8;
/// For a connection, whether new or free again.
const CONNECTING: Duration = Duration::from_secs(10);
/// Rows per page of reading.
const PAGE: i64 = 5_000;

/// What every session is set to, whatever the server's defaults are. A worker that was frozen in the middle
/// of a transaction must not hold up its tenant for long.
const SESSION: [(&str, &str); 5] = [
    ("synchronous_commit", "on"),
    ("default_transaction_isolation", "read committed"),
    ("statement_timeout", "55s"),
    ("lock_timeout", "30s"),
    ("idle_in_transaction_session_timeout", "20s"),
];

impl Postgres {
    /// Connects and brings the tables up to date. TLS is as the URL says (`sslmode`, `sslrootcert`).
    pub async fn connect(url: &str, actor: &str) -> Result<Postgres> {
        let options = PgConnectOptions::from_str(url).map_err(|_| {
            Error::new(Kind::Settings, "the address of the database is not a PostgreSQL URL")
                .hint("write postgres://user:password@host/database?sslmode=verify-full")
        })?;
        let options = options.application_name("laufmappe").options(SESSION);
        within_an_hour(async {
            let mut connection = PgConnection::connect_with(&options).await.map_err(wrong)?;
            tables::migrate(&mut connection).await?;
            connection.close().await.map_err(wrong)
        })
        .await
        .map_err(|error| at_host(error, &options))?;
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(CONNECTING)
            .connect_lazy_with(options);
        Ok(Postgres { pool, actor: actor.to_owned() })
    }

    /// Does `work` in one transaction; nothing of it counts unless all does.
    async fn transaction<T, F>(&self, work: impl FnOnce(Work) -> F) -> Result<T>
    where
        F: Future<Output = Result<(Work, T)>> + Send,
    {
        within(async {
            let begun = self.pool.begin().await.map_err(wrong)?;
            let (done, answer) = work(begun).await?;
            done.commit().await.map_err(commit_failed)?;
            Ok(answer)
        })
        .await
    }

    /// Appends under a lease; events that settle the case end it.
    async fn under(&self, lease: &Lease, events: Vec<Event>, ends: bool) -> Result<Vec<Entry>> {
        self.transaction(|mut work: Work| async move {
            let mut case = held(&mut work, lease).await?;
            let mut chain = Chain::of(&mut work, &lease.tenant, &self.actor).await?;
            events.iter().for_each(|event| case.summary.take_in(event));
            let events = events.into_iter().map(|event| (lease.document.clone(), event)).collect();
            let entries = chain.append(&mut work, events).await?;
            keep(&mut work, lease, &case.summary, ends).await?;
            Ok((work, entries))
        })
        .await
    }

    async fn release(&self, lease: &Lease, counted: bool, rest: Rest) -> Result<()> {
        let waits_for = match &rest {
            Rest::For(_) => None,
            Rest::Until(target) => Some(target.clone()),
        };
        let event = Event::Released { worker: lease.worker.clone(), counted, waits_for };
        self.transaction(|mut work: Work| async move {
            let mut case = held(&mut work, lease).await?;
            let mut chain = Chain::of(&mut work, &lease.tenant, &self.actor).await?;
            case.summary.take_in(&event);
            chain.append(&mut work, vec![(lease.document.clone(), event)]).await?;
            release(&mut work, lease, &case.summary, &rest).await?;
            Ok((work, ()))
        })
        .await
    }
}

#[async_trait]
impl Ledger for Postgres {
    async fn receive(&self, document: Document) -> Result<Received> {
        self.transaction(|mut work: Work| async move {
            let mut chain = Chain::of(&mut work, &document.tenant, &self.actor).await?;
            let arrivals = arrivals(&mut work, &chain.tenant, vec![document]).await?;
            chain.append(&mut work, arrivals.events()).await?;
            let mut received = arrivals.into_received();
            Ok((work, received.remove(0)))
        })
        .await
    }

    async fn claim(
        &self,
        tenant: &Tenant,
        document: &DocumentId,
        worker: &str,
        time: Duration,
    ) -> Result<Claim> {
        self.transaction(|mut work: Work| async move {
            let Some(mut case) = CaseRow::lock(&mut work, tenant, document).await? else {
                return Ok((work, Claim::Unknown));
            };
            if case.summary.state.is_settled() {
                return Ok((work, Claim::Settled));
            }
            if case.taken {
                return Ok((work, Claim::Taken));
            }
            let (token, attempt) = (case.token + 1, case.summary.attempts + 1);
            let lease = Lease {
                tenant: tenant.clone(),
                document: document.clone(),
                worker: worker.to_owned(),
                token,
                attempt,
            };
            let event = Event::Claimed { worker: worker.to_owned(), attempt, token };
            case.summary.take_in(&event);
            let mut chain = Chain::of(&mut work, tenant, &self.actor).await?;
            chain.append(&mut work, vec![(document.clone(), event)]).await?;
            lend(&mut work, &lease, &case.summary, time).await?;
            let history = entries(&mut work, tenant, document).await?;
            Ok((work, Claim::Yours(lease, history)))
        })
        .await
    }

    async fn renew(&self, lease: &Lease, time: Duration) -> Result<()> {
        let held = within(async {
            let mut connection = self.pool.acquire().await.map_err(wrong)?;
            lend_longer(&mut connection, lease, time).await
        });
        if held.await? { Ok(()) } else { Err(lease_lost(lease)) }
    }

    async fn hand_back(&self, lease: &Lease, rest: Rest) -> Result<()> {
        self.release(lease, false, rest).await
    }

    async fn give_up(&self, lease: &Lease, rest: Duration) -> Result<()> {
        self.release(lease, true, Rest::For(rest)).await
    }

    async fn note(&self, lease: &Lease, event: Event) -> Result<Entry> {
        is_noted_under_a_lease(&event)?;
        let ends = State::Open.after(&event).is_settled();
        self.under(lease, vec![event], ends).await.map(|mut entries| entries.remove(0))
    }

    async fn note_all(&self, lease: &Lease, events: Vec<Event>) -> Result<()> {
        let ends = are_noted_in_one_go(&events)?;
        self.under(lease, events, ends).await.map(|_| ())
    }

    async fn divide(&self, lease: &Lease, parts: Vec<Document>, event: Event) -> Result<Vec<Document>> {
        is_division(lease, &parts, &event)?;
        self.transaction(|mut work: Work| async move {
            let mut case = held(&mut work, lease).await?;
            let mut chain = Chain::of(&mut work, &lease.tenant, &self.actor).await?;
            let arrivals = arrivals(&mut work, &lease.tenant, parts).await?;
            case.summary.take_in(&event);
            let mut events = arrivals.events();
            events.push((lease.document.clone(), event));
            chain.append(&mut work, events).await?;
            keep(&mut work, lease, &case.summary, true).await?;
            let received = arrivals.into_received();
            Ok((work, received.iter().map(|received| received.document().clone()).collect()))
        })
        .await
    }

    async fn reopen(
        &self,
        tenant: &Tenant,
        document: &DocumentId,
        by: &str,
        statement: Option<Statement>,
    ) -> Result<bool> {
        self.transaction(|mut work: Work| async move {
            let case = CaseRow::lock(&mut work, tenant, document).await?;
            let Some(mut case) = case.filter(|case| case.summary.state == State::Clearing) else {
                return Ok((work, false));
            };
            let (tenant, document) = (tenant.clone(), document.clone());
            let lease = Lease { tenant, document, worker: by.to_owned(), token: case.token, attempt: 0 };
            let event = Event::Reopened { by: by.to_owned(), statement };
            case.summary.take_in(&event);
            let mut chain = Chain::of(&mut work, &lease.tenant, &self.actor).await?;
            chain.append(&mut work, vec![(lease.document.clone(), event)]).await?;
            keep(&mut work, &lease, &case.summary, true).await?;
            Ok((work, true))
        })
        .await
    }

    async fn history(&self, tenant: &Tenant, document: &DocumentId) -> Result<Vec<Entry>> {
        within(async {
            let mut connection = self.pool.acquire().await.map_err(wrong)?;
            entries(&mut connection, tenant, document).await
        })
        .await
    }

    async fn open(&self, limit: usize) -> Result<Vec<Job>> {
        figures::open(&self.pool, limit).await
    }

    async fn due(&self, ring: Ring, limit: usize) -> Result<Vec<Job>> {
        figures::due(&self.pool, ring, limit).await
    }

    async fn parked(&self) -> Result<Vec<Parked>> {
        figures::parked(&self.pool).await
    }

    async fn unpark(&self, tenant: &Tenant, target: &str, limit: usize) -> Result<Vec<Job>> {
        figures::unpark(&self.pool, tenant, target, limit).await
    }

    async fn load(&self, window: Duration) -> Result<Vec<Load>> {
        figures::load(&self.pool, window).await
    }

    async fn pause(&self, by: &str) -> Result<()> {
        figures::pause(&self.pool, by).await
    }

    async fn resume(&self) -> Result<()> {
        figures::resume(&self.pool).await
    }

    async fn paused(&self) -> Result<Option<Pause>> {
        figures::paused(&self.pool).await
    }

    async fn import(&self, lines: ImportLines) -> Result<u64> {
        import::import(&self.pool, lines).await
    }

    async fn summaries(&self, tenant: Option<&Tenant>) -> Result<Vec<Summary>> {
        let sql = "select position, summary from case_state
             where ($1::text is null or tenant = $1) and position > $2 order by position limit $3";
        let mut summaries = Vec::new();
        let mut after = 0_i64;
        loop {
            let query = sqlx::query(sql).bind(tenant.map(Tenant::as_str)).bind(after).bind(PAGE);
            let rows = within(async { query.fetch_all(&self.pool).await.map_err(wrong) }).await?;
            let Some(last) = rows.last() else { return Ok(summaries) };
            after = field(last, "position")?;
            for row in &rows {
                summaries.push(summary(row)?);
            }
        }
    }

    async fn export(&self, tenant: &Tenant) -> Result<Vec<String>> {
        let sql = "select number, hash, body from entry
             where tenant = $1 and number > $2 order by number limit $3";
        let mut lines = Vec::new();
        let mut after = 0_i64;
        loop {
            let query = sqlx::query(sql).bind(tenant.as_str()).bind(after).bind(PAGE);
            let rows = within(async { query.fetch_all(&self.pool).await.map_err(wrong) }).await?;
            let Some(last) = rows.last() else { return Ok(lines) };
            after = field(last, "number")?;
            for row in &rows {
                // Not compared here: whoever verifies must see the altered line as it stands.
                lines.push(line(&parsed(row, "hash")?, &field::<String>(row, "body")?));
            }
        }
    }

    async fn tenants(&self) -> Result<Vec<Tenant>> {
        let sql = "select tenant from head where number > 0 order by tenant";
        let rows = within(async { sqlx::query(sql).fetch_all(&self.pool).await.map_err(wrong) }).await?;
        rows.iter().map(|row| parsed(row, "tenant")).collect()
    }

    async fn head(&self, tenant: &Tenant) -> Result<Option<ContentHash>> {
        let query = sqlx::query("select hash from head where tenant = $1 and number > 0").bind(tenant.as_str());
        let row = within(async { query.fetch_optional(&self.pool).await.map_err(wrong) }).await?;
        row.map(|row| parsed(&row, "hash")).transpose()
    }
}
