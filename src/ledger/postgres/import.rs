//! Taking in the entries of another ledger: page by page in one transaction, all or none.

use super::case::storable;
use super::chain::{begin, insert_entries};
use crate::error::{Error, Kind, Result};
use crate::job::{DocumentId, Job, Tenant};
use crate::ledger::alike::has_entries_already;
use crate::ledger::answers::{
    commit_failed, number, parsed, summary, text, whole, within, within_an_hour, wrong,
};
use crate::ledger::line::{Chains, HEADER, Sealed, fault};
use crate::ledger::{Entry, Event, ImportLines, State, Summary};
use sqlx::PgConnection;
use sqlx::postgres::PgPool;
use std::collections::BTreeMap;

/// Entries per statement.
const PAGE: usize = 1_000;

pub(super) async fn import(pool: &PgPool, lines: ImportLines) -> Result<u64> {
    within_an_hour(async {
        let mut work = pool.begin().await.map_err(wrong)?;
        let lock = "lock table head in share row exclusive mode";
        sqlx::query(lock).execute(&mut *work).await.map_err(wrong)?;
        let sql = "select tenant from head where number > 0 limit 1";
        if sqlx::query(sql).fetch_optional(&mut *work).await.map_err(wrong)?.is_some() {
            return Err(has_entries_already());
        }
        let mut chains = Chains::default();
        let mut entries = 0;
        let mut page = Vec::new();
        for line in lines {
            let line = line?;
            if chains.lines == 0 && line == HEADER {
                chains.lines = 1;
                continue;
            }
            page.push(sealed(&mut chains, &line)?);
            entries += 1;
            if page.len() == PAGE {
                within(insert(&mut work, &std::mem::take(&mut page))).await?;
            }
        }
        if chains.unfinished {
            return Err(fault(chains.lines, "", "lines that were written together end here unfinished"));
        }
        within(insert(&mut work, &page)).await?;
        work.commit().await.map_err(commit_failed)?;
        Ok(entries)
    })
    .await
}

fn sealed(chains: &mut Chains, line: &str) -> Result<Sealed> {
    let (tenant, parts) = chains.check(line.as_bytes())?;
    let entry = Entry::read(parts.body).map_err(|error| {
        let number = chains.heads.get(&tenant).map_or(0, |head| head.number);
        fault(chains.lines, &format!("tenant {tenant}, entry {number}"), &error.text)
    })?;
    Ok(Sealed { entry, body: parts.body.to_owned(), hash: parts.hash })
}

/// The part of a case that its row needs.
struct Row {
    summary: Summary,
    token: u64,
    received_at: Option<String>,
    parked_at: Option<String>,
    is_new: bool,
}

type Rows = BTreeMap<(Tenant, DocumentId), Row>;

async fn insert(work: &mut PgConnection, page: &[Sealed]) -> Result<()> {
    let mut by_tenant: BTreeMap<&Tenant, Vec<&Sealed>> = BTreeMap::new();
    for sealed in page {
        by_tenant.entry(&sealed.entry.tenant).or_default().push(sealed);
    }
    let mut rows = Rows::new();
    for (tenant, page) in by_tenant {
        begin(work, tenant).await?;
        insert_entries(work, tenant, &page).await?;
        known(work, tenant, &page, &mut rows).await?;
    }
    // The rows keep the order of arrival.
    let mut order = Vec::new();
    for sealed in page {
        let entry = &sealed.entry;
        let key = (entry.tenant.clone(), entry.document.clone());
        if let Event::Received { received } = &entry.event {
            let (summary, received_at) = (Summary::of((**received).clone()), Some(entry.at.to_string()));
            order.push(key.clone());
            rows.insert(key, Row { summary, token: 0, received_at, parked_at: None, is_new: true });
            continue;
        }
        let row = rows.get_mut(&key).ok_or_else(|| never_received(entry))?;
        row.summary.take_in(&entry.event);
        row.parked_at = row.summary.waits_for.as_ref().map(|_| entry.at.to_string());
        if let Event::Claimed { token, .. } = &entry.event {
            row.token = *token;
        }
    }
    for row in order.iter().filter_map(|key| rows.get(key)) {
        write_new(work, row).await?;
    }
    for row in rows.values().filter(|row| !row.is_new) {
        write(work, row).await?;
    }
    Ok(())
}

async fn known(work: &mut PgConnection, tenant: &Tenant, page: &[&Sealed], rows: &mut Rows) -> Result<()> {
    let ids: Vec<_> = page.iter().map(|sealed| sealed.entry.document.as_str()).collect();
    let sql =
        "select document, summary, token from case_state where tenant = $1 and document = any($2::text[])";
    let query = sqlx::query(sql).bind(tenant.as_str()).bind(ids);
    for row in query.fetch_all(work).await.map_err(wrong)? {
        let (summary, token) = (summary(&row)?, whole(&row, "token")?);
        let known = Row { summary, token, received_at: None, parked_at: None, is_new: false };
        rows.insert((tenant.clone(), parsed(&row, "document")?), known);
    }
    Ok(())
}

async fn write_new(work: &mut PgConnection, row: &Row) -> Result<()> {
    let sql = "insert into case_state
            (tenant, document, content, summary, settled, token, priority, received_at, parked_for, parked_at, clearing)
         values ($1, $2, $3, $4, $5, $6, $7, $8::timestamptz, $9, $10::timestamptz, $11)";
    let document = &row.summary.document;
    let query = sqlx::query(sql).bind(document.tenant.as_str()).bind(document.id.as_str());
    let query = query.bind(document.content.hex()).bind(text(&row.summary)?);
    let query = query.bind(row.summary.state.is_settled()).bind(number(row.token)?);
    let query = query.bind(Job::of(document).priority.name()).bind(row.received_at.clone());
    let query = query.bind(row.summary.waits_for.as_deref().map(storable)).bind(row.parked_at.clone());
    query.bind(row.summary.state == State::Clearing).execute(work).await.map_err(wrong)?;
    Ok(())
}

async fn write(work: &mut PgConnection, row: &Row) -> Result<()> {
    let document = &row.summary.document;
    let sql =
        "update case_state set summary = $3, settled = $4, token = $5 where tenant = $1 and document = $2";
    let query = sqlx::query(sql).bind(document.tenant.as_str()).bind(document.id.as_str());
    let query = query.bind(text(&row.summary)?).bind(row.summary.state.is_settled());
    query.bind(number(row.token)?).execute(&mut *work).await.map_err(wrong)?;
    // Then what the trigger took for something that happens now.
    let sql = "update case_state set parked_for = $3, parked_at = $4::timestamptz, clearing = $5,
            claimed_at = null, settled_at = null, settled_by = null
         where tenant = $1 and document = $2";
    let query = sqlx::query(sql).bind(document.tenant.as_str()).bind(document.id.as_str());
    let query = query.bind(row.summary.waits_for.as_deref().map(storable)).bind(row.parked_at.clone());
    query.bind(row.summary.state == State::Clearing).execute(work).await.map_err(wrong)?;
    Ok(())
}

fn never_received(entry: &Entry) -> Error {
    let Entry { tenant, number, document, .. } = entry;
    let text =
        format!("tenant {tenant}, entry {number} speaks of document {document}, which was never received");
    Error::new(Kind::Altered, text).hint("import the whole ledger of a tenant, from its first entry on")
}
