//! The ledger in PostgreSQL: any number of workers on any number of machines.
//!
//! In: the address of a database. Out: [`Ledger`]. All SQL is here and in `migrations/`. Time is the
//! database's time; workers' clocks are never asked. Absent on purpose: retries; the worker decides.
//!
//! Order of locks: first the case, then the tenant's head. Nobody waits for a case while holding a head, so
//! no two transactions wait for each other.

use super::alike::{Arrivals, EARLIER, LONGEST_LEASE, is_division, is_noted_under_a_lease, job, lease_lost};
use super::answers::{at_host, commit_failed, field, number, parsed, summary, text, whole, within, wrong};
use super::line::{Head, Sealed, line};
use super::{Claim, Entry, Event, Lease, Ledger, Received, Summary};
use crate::error::{Error, Kind, Result};
use crate::faults;
use crate::job::{ContentHash, Document, DocumentId, Job, Tenant};
use async_trait::async_trait;
use jiff::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection, PgConnection, Transaction};
use std::collections::HashMap;
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

const MIGRATIONS: [(i32, &str); 1] = [(1, include_str!("migrations/0001_ledger.sql"))];
const NEWEST: i32 = MIGRATIONS[MIGRATIONS.len() - 1].0;
/// Of the advisory lock under which the tables are made.
const MIGRATING: i64 = 0x6c61_7566_6d61_7070;

impl Postgres {
    /// Connects and brings the tables up to date. TLS is as the URL says (`sslmode`, `sslrootcert`).
    pub async fn connect(url: &str, actor: &str) -> Result<Postgres> {
        let options = PgConnectOptions::from_str(url).map_err(|_| {
            Error::new(Kind::Settings, "the address of the database is not a PostgreSQL URL")
                .hint("write postgres://user:password@host/database?sslmode=verify-full")
        })?;
        let options = options.application_name("laufmappe").options(SESSION);
        within(async {
            let mut connection = PgConnection::connect_with(&options).await.map_err(wrong)?;
            migrate(&mut connection).await?;
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

    async fn end_lease(&self, lease: &Lease, event: Event) -> Result<Entry> {
        self.transaction(|mut work: Work| async move {
            let mut case = held(&mut work, lease).await?;
            let mut chain = Chain::of(&mut work, &lease.tenant, &self.actor).await?;
            case.summary.take_in(&event);
            let mut entries = chain.append(&mut work, vec![(lease.document.clone(), event)]).await?;
            keep(&mut work, lease, &case.summary, true).await?;
            Ok((work, entries.remove(0)))
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
            keep(&mut work, &lease, &case.summary, false).await?;
            lend(&mut work, &lease, time).await?;
            let history = entries(&mut work, tenant, document).await?;
            Ok((work, Claim::Yours(lease, history)))
        })
        .await
    }

    async fn renew(&self, lease: &Lease, time: Duration) -> Result<()> {
        self.transaction(|mut work: Work| async move {
            held(&mut work, lease).await?;
            lend(&mut work, lease, time).await?;
            Ok((work, ()))
        })
        .await
    }

    async fn hand_back(&self, lease: &Lease) -> Result<()> {
        let event = Event::Released { worker: lease.worker.clone(), counted: false };
        self.end_lease(lease, event).await.map(|_| ())
    }

    async fn give_up(&self, lease: &Lease) -> Result<()> {
        let event = Event::Released { worker: lease.worker.clone(), counted: true };
        self.end_lease(lease, event).await.map(|_| ())
    }

    async fn note(&self, lease: &Lease, event: Event) -> Result<Entry> {
        is_noted_under_a_lease(&event)?;
        if super::State::Open.after(&event).is_settled() {
            return self.end_lease(lease, event).await;
        }
        self.transaction(|mut work: Work| async move {
            let mut case = held(&mut work, lease).await?;
            let mut chain = Chain::of(&mut work, &lease.tenant, &self.actor).await?;
            case.summary.take_in(&event);
            let mut entries = chain.append(&mut work, vec![(lease.document.clone(), event)]).await?;
            keep(&mut work, lease, &case.summary, false).await?;
            Ok((work, entries.remove(0)))
        })
        .await
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

    async fn reopen(&self, tenant: &Tenant, document: &DocumentId, by: &str) -> Result<bool> {
        self.transaction(|mut work: Work| async move {
            let case = CaseRow::lock(&mut work, tenant, document).await?;
            let Some(mut case) = case.filter(|case| case.summary.state == super::State::Clearing) else {
                return Ok((work, false));
            };
            let (tenant, document) = (tenant.clone(), document.clone());
            let lease = Lease { tenant, document, worker: by.to_owned(), token: case.token, attempt: 0 };
            let event = Event::Reopened { by: by.to_owned() };
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
        let sql = "select tenant, document from case_state
             where not settled and (lease_until is null or lease_until <= clock_timestamp())
             order by position limit $1";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = within(async { sqlx::query(sql).bind(limit).fetch_all(&self.pool).await.map_err(wrong) });
        let mut jobs = Vec::new();
        for row in rows.await? {
            jobs.push(job(parsed(&row, "tenant")?, parsed(&row, "document")?));
        }
        Ok(jobs)
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

/// Makes the tables, or brings them up to date; workers that start together wait for each other.
async fn migrate(connection: &mut PgConnection) -> Result<()> {
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

/// A tenant's chain, locked until the transaction ends.
struct Chain {
    tenant: Tenant,
    head: Option<Head>,
    at: Timestamp,
    actor: String,
}

impl Chain {
    async fn of(work: &mut PgConnection, tenant: &Tenant, actor: &str) -> Result<Chain> {
        let sql = "select number, hash from head where tenant = $1 for update";
        let mut row = sqlx::query(sql).bind(tenant.as_str()).fetch_optional(&mut *work).await.map_err(wrong)?;
        if row.is_none() {
            let first = "insert into head (tenant, number) values ($1, 0) on conflict do nothing";
            sqlx::query(first).bind(tenant.as_str()).execute(&mut *work).await.map_err(wrong)?;
            row = sqlx::query(sql).bind(tenant.as_str()).fetch_optional(&mut *work).await.map_err(wrong)?;
        }
        let row = row.ok_or_else(|| Error::new(Kind::Altered, format!("the head of {tenant} vanished")))?;
        let head = match whole(&row, "number")? {
            0 => None,
            number => Some(Head { number, hash: parsed(&row, "hash")? }),
        };
        // Asked only now that the chain is ours, so that time never runs backwards along it.
        let now =
            "select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as now";
        let row = sqlx::query(now).fetch_one(&mut *work).await.map_err(wrong)?;
        Ok(Chain { tenant: tenant.clone(), head, at: parsed(&row, "now")?, actor: actor.to_owned() })
    }

    /// Appends the events and, for documents received, their cases.
    async fn append(
        &mut self,
        work: &mut PgConnection,
        events: Vec<(DocumentId, Event)>,
    ) -> Result<Vec<Entry>> {
        let mut sealed = Vec::with_capacity(events.len());
        for (document, event) in events {
            let next = Sealed::after(self.head.as_ref(), &self.tenant, self.at, &self.actor, document, event)?;
            self.head = Some(next.head());
            sealed.push(next);
        }
        if let (Some(head), false) = (&self.head, sealed.is_empty()) {
            insert_entries(work, &self.tenant, &sealed).await?;
            insert_cases(work, &self.tenant, &sealed).await?;
            sqlx::query("update head set number = $2, hash = $3 where tenant = $1")
                .bind(self.tenant.as_str())
                .bind(number(head.number)?)
                .bind(head.hash.hex())
                .execute(work)
                .await
                .map_err(wrong)?;
        }
        Ok(sealed.into_iter().map(|sealed| sealed.entry).collect())
    }
}

async fn insert_entries(work: &mut PgConnection, tenant: &Tenant, sealed: &[Sealed]) -> Result<()> {
    let mut numbers = Vec::new();
    let (mut documents, mut hashes, mut previous, mut bodies) = (vec![], vec![], vec![], vec![]);
    for sealed in sealed {
        numbers.push(number(sealed.entry.number)?);
        documents.push(sealed.entry.document.as_str());
        hashes.push(sealed.hash.hex());
        previous.push(sealed.entry.previous.map(|hash| hash.hex()));
        bodies.push(sealed.body.as_str());
    }
    let sql = "insert into entry (tenant, number, document, hash, previous, body)
         select $1, * from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])";
    let query = sqlx::query(sql).bind(tenant.as_str()).bind(numbers).bind(documents);
    query.bind(hashes).bind(previous).bind(bodies).execute(work).await.map_err(wrong)?;
    Ok(())
}

async fn insert_cases(work: &mut PgConnection, tenant: &Tenant, sealed: &[Sealed]) -> Result<()> {
    let (mut documents, mut contents, mut summaries) = (vec![], vec![], vec![]);
    for sealed in sealed {
        if let Event::Received { received } = &sealed.entry.event {
            documents.push(received.id.as_str());
            contents.push(received.content.hex());
            summaries.push(text(&Summary::of((**received).clone()))?);
        }
    }
    if documents.is_empty() {
        return Ok(());
    }
    let sql = "insert into case_state (tenant, document, content, summary)
         select $1, document, content, summary
         from unnest($2::text[], $3::text[], $4::text[]) with ordinality as part(document, content, summary, place)
         order by place";
    let query = sqlx::query(sql).bind(tenant.as_str()).bind(documents).bind(contents).bind(summaries);
    query.execute(work).await.map_err(wrong)?;
    Ok(())
}

/// What is known already about documents that arrive. The tenant's head is locked.
async fn arrivals(work: &mut PgConnection, tenant: &Tenant, documents: Vec<Document>) -> Result<Arrivals> {
    let ids: Vec<_> = documents.iter().map(|document| document.id.as_str()).collect();
    let sql = "select summary from case_state where tenant = $1 and document = any($2::text[])";
    let query = sqlx::query(sql).bind(tenant.as_str()).bind(ids);
    let mut known = HashMap::new();
    for row in query.fetch_all(&mut *work).await.map_err(wrong)? {
        let document = summary(&row)?.document;
        known.insert(document.id.clone(), document);
    }

    let contents: Vec<_> = documents.iter().map(|document| document.content.hex()).collect();
    let sql = "select wanted.content, found.document
         from (select distinct unnest($2::text[]) as content) as wanted,
              lateral (select document, position from case_state
                       where tenant = $1 and content = wanted.content order by position limit $3) as found
         order by found.position";
    let query = sqlx::query(sql).bind(tenant.as_str()).bind(contents).bind(EARLIER as i64);
    let mut earlier: HashMap<ContentHash, Vec<DocumentId>> = HashMap::new();
    for row in query.fetch_all(&mut *work).await.map_err(wrong)? {
        earlier.entry(parsed(&row, "content")?).or_default().push(parsed(&row, "document")?);
    }

    let mut arrivals = Arrivals::default();
    for document in documents {
        let (known, earlier) = (known.get(&document.id).cloned(), earlier.get(&document.content));
        arrivals.add(document, known, earlier.map_or(&[], Vec::as_slice));
    }
    Ok(arrivals)
}

/// A case, locked until the transaction ends.
struct CaseRow {
    summary: Summary,
    token: u64,
    /// Somebody has a lease, run out or not.
    lent: bool,
    /// Somebody has a lease that did not run out.
    taken: bool,
}

impl CaseRow {
    async fn lock(work: &mut PgConnection, tenant: &Tenant, document: &DocumentId) -> Result<Option<CaseRow>> {
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
async fn held(work: &mut PgConnection, lease: &Lease) -> Result<CaseRow> {
    let case = CaseRow::lock(work, &lease.tenant, &lease.document).await?;
    let free = faults::wished("no-fencing");
    case.filter(|case| free || (case.lent && case.token == lease.token)).ok_or_else(|| lease_lost(lease))
}

/// Writes the state of a case; with `ends` its lease ends.
async fn keep(work: &mut PgConnection, lease: &Lease, summary: &Summary, ends: bool) -> Result<()> {
    let sql = "update case_state set summary = $3, settled = $4, token = $5,
            lease_owner = case when $6 then null else lease_owner end,
            lease_until = case when $6 then null else lease_until end
         where tenant = $1 and document = $2";
    let query = sqlx::query(sql).bind(lease.tenant.as_str()).bind(lease.document.as_str());
    let query = query.bind(text(summary)?).bind(summary.state.is_settled()).bind(number(lease.token)?);
    query.bind(ends).execute(work).await.map_err(wrong)?;
    Ok(())
}

/// From now on by the database's clock.
async fn lend(work: &mut PgConnection, lease: &Lease, time: Duration) -> Result<()> {
    let sql = "update case_state set lease_owner = $3,
            lease_until = clock_timestamp() + $4 * interval '1 microsecond'
         where tenant = $1 and document = $2";
    let microseconds = number(time.min(LONGEST_LEASE).as_micros())?;
    let query = sqlx::query(sql).bind(lease.tenant.as_str()).bind(lease.document.as_str());
    query.bind(lease.worker.replace('\0', "")).bind(microseconds).execute(work).await.map_err(wrong)?;
    Ok(())
}

async fn entries(work: &mut PgConnection, tenant: &Tenant, document: &DocumentId) -> Result<Vec<Entry>> {
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
