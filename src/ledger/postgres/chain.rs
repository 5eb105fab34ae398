//! A tenant's chain in the database: appending entries, and what is known of documents that arrive.
//!
//! In: events, in a transaction. Out: entries. Absent on purpose: the state of cases beyond their beginning.

use crate::error::{Error, Kind, Result};
use crate::job::{ContentHash, Document, DocumentId, Job, Tenant};
use crate::ledger::alike::{Arrivals, EARLIER};
use crate::ledger::answers::{number, parsed, summary, text, whole, wrong};
use crate::ledger::bells::{FIRST_RING, SPARE};
use crate::ledger::line::{Head, Sealed};
use crate::ledger::{Entry, Event, Summary};
use jiff::Timestamp;
use sqlx::PgConnection;
use std::collections::HashMap;

/// A tenant's chain, locked until the transaction ends.
pub(super) struct Chain {
    pub tenant: Tenant,
    head: Option<Head>,
    at: Timestamp,
    actor: String,
}

impl Chain {
    pub async fn of(work: &mut PgConnection, tenant: &Tenant, actor: &str) -> Result<Chain> {
        // The time is asked only when the chain is ours, so that it never runs backwards along it.
        let sql = "with ours as materialized (select number, hash from head where tenant = $1 for update)
             select number, hash,
                 to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as now
             from ours";
        let mut row = sqlx::query(sql).bind(tenant.as_str()).fetch_optional(&mut *work).await.map_err(wrong)?;
        if row.is_none() {
            begin(work, tenant).await?;
            row = sqlx::query(sql).bind(tenant.as_str()).fetch_optional(&mut *work).await.map_err(wrong)?;
        }
        let row = row.ok_or_else(|| Error::new(Kind::Altered, format!("the head of {tenant} vanished")))?;
        let head = match whole(&row, "number")? {
            0 => None,
            number => Some(Head { number, hash: parsed(&row, "hash")? }),
        };
        Ok(Chain { tenant: tenant.clone(), head, at: parsed(&row, "now")?, actor: actor.to_owned() })
    }

    /// Appends the events and, for documents received, their cases.
    pub async fn append(
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
        if !sealed.is_empty() {
            insert_entries(work, &self.tenant, &sealed.iter().collect::<Vec<_>>()).await?;
            insert_cases(work, &self.tenant, &sealed).await?;
        }
        Ok(sealed.into_iter().map(|sealed| sealed.entry).collect())
    }
}

/// The head of a tenant without entries.
pub(super) async fn begin(work: &mut PgConnection, tenant: &Tenant) -> Result<()> {
    let first = "insert into head (tenant, number) values ($1, 0) on conflict do nothing";
    sqlx::query(first).bind(tenant.as_str()).execute(work).await.map_err(wrong)?;
    Ok(())
}

/// Inserts the next entries of a tenant; the last of them is its head.
pub(super) async fn insert_entries(work: &mut PgConnection, tenant: &Tenant, sealed: &[&Sealed]) -> Result<()> {
    let mut numbers = Vec::new();
    let (mut documents, mut hashes, mut previous, mut bodies) = (vec![], vec![], vec![], vec![]);
    for sealed in sealed {
        numbers.push(number(sealed.entry.number)?);
        documents.push(sealed.entry.document.as_str());
        hashes.push(sealed.hash.hex());
        previous.push(sealed.entry.previous.map(|hash| hash.hex()));
        bodies.push(sealed.body.as_str());
    }
    let last = (numbers.last().copied(), hashes.last().cloned());
    let sql = "with added as (
             insert into entry (tenant, number, document, hash, previous, body)
             select $1, * from unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
         ) update head set number = $7, hash = $8 where tenant = $1";
    let query = sqlx::query(sql).bind(tenant.as_str()).bind(numbers).bind(documents);
    let query = query.bind(hashes).bind(previous).bind(bodies).bind(last.0).bind(last.1);
    query.execute(work).await.map_err(wrong)?;
    Ok(())
}

async fn insert_cases(work: &mut PgConnection, tenant: &Tenant, sealed: &[Sealed]) -> Result<()> {
    let (mut documents, mut contents, mut summaries, mut priorities) = (vec![], vec![], vec![], vec![]);
    for sealed in sealed {
        if let Event::Received { received } = &sealed.entry.event {
            documents.push(received.id.as_str());
            contents.push(received.content.hex());
            summaries.push(text(&Summary::of((**received).clone()))?);
            priorities.push(Job::of(received).priority.name());
        }
    }
    if documents.is_empty() {
        return Ok(());
    }
    // Whoever receives rings for it himself.
    let sql =
        "insert into case_state (tenant, document, content, summary, priority, rings, quiet_until, ring_after)
         select $1, document, content, summary, priority, 1,
                clock_timestamp() + $6 * interval '1 second', clock_timestamp() + $7 * interval '1 second'
         from unnest($2::text[], $3::text[], $4::text[], $5::text[])
              with ordinality as part(document, content, summary, priority, place)
         order by place";
    let query = sqlx::query(sql).bind(tenant.as_str()).bind(documents).bind(contents).bind(summaries);
    let query = query.bind(priorities).bind(SPARE.as_secs() as i64).bind(FIRST_RING.as_secs() as i64);
    query.execute(work).await.map_err(wrong)?;
    Ok(())
}

/// What is known already about documents that arrive. The tenant's head is locked.
pub(super) async fn arrivals(
    work: &mut PgConnection,
    tenant: &Tenant,
    documents: Vec<Document>,
) -> Result<Arrivals> {
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
