//! What only the ledger in PostgreSQL can suffer: other hands in the tables, other versions, cut lines.

use super::story::*;
use super::support::postgres::fresh_database;
use laufmappe::error::Kind as ErrorKind;
use laufmappe::ledger::*;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

async fn fresh() -> String {
    tokio::task::spawn_blocking(fresh_database).await.unwrap()
}

pub async fn run(url: &str, sql: &str) -> Result<(), String> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await;
    done.map(|_| ()).map_err(|error| error.to_string())
}

#[tokio::test]
async fn entries_are_never_changed_or_deleted() {
    let url = fresh().await;
    let ledger = Postgres::connect(&url, "test").await.unwrap();
    tell(&ledger).await;
    for sql in ["update entry set body = ''", "delete from entry", "truncate entry"] {
        let refused = run(&url, sql).await.unwrap_err();
        assert!(refused.contains("never changed"), "{sql}: {refused}");
    }
}

#[tokio::test]
async fn whoever_changes_one_nevertheless_is_found() {
    let url = fresh().await;
    let ledger = Postgres::connect(&url, "test").await.unwrap();
    tell(&ledger).await;
    let document = document("rechnung");
    run(&url, "alter table entry disable trigger all").await.unwrap();
    let sql = "update entry set body = replace(body, 'w2', 'w3') where tenant = 'koeln' and number = 4";
    run(&url, sql).await.unwrap();
    let history = ledger.history(&document.tenant, &document.id).await.unwrap_err();
    assert_eq!(history.kind, ErrorKind::Altered);
    assert!(history.text.contains("entry 4"), "{history}");
    let lines = ledger.export(&document.tenant).await.unwrap();
    let found = verify_lines(lines.into_iter()).unwrap_err();
    assert!(found.text.contains("line 4, tenant koeln, entry 4"), "{found}");
}

#[tokio::test]
async fn the_bytes_in_the_table_have_the_hash_beside_them() {
    let url = fresh().await;
    let ledger = Postgres::connect(&url, "test").await.unwrap();
    tell(&ledger).await;
    let mut connection = PgConnection::connect(&url).await.unwrap();
    let sql = "select count(*) filter (where encode(sha256(convert_to(body, 'UTF8')), 'hex') = hash), count(*) from entry";
    let (same, all): (i64, i64) = sqlx::query_as(sql).fetch_one(&mut connection).await.unwrap();
    assert_eq!((same, all), (21, 21));
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_start_together_make_the_tables_once_and_share_one_chain() {
    let url = fresh().await;
    let starts = (0..4).map(|_| Postgres::connect(&url, "test"));
    let workers: Vec<_> =
        futures_util::future::join_all(starts).await.into_iter().map(Result::unwrap).collect();
    let work = (0..60).map(|number| {
        let ledger = &workers[number % 4];
        async move {
            let document = document(&format!("scan {}", number / 2));
            ledger.receive(document.clone()).await.unwrap();
            let answer = ledger.claim(&document.tenant, &document.id, "w", LONG).await.unwrap();
            if let Claim::Yours(lease, _) = answer {
                ledger.note(&lease, Event::Closed).await.unwrap();
            }
        }
    });
    futures_util::future::join_all(work).await;
    let lines = workers[0].export(&tenant("koeln")).await.unwrap();
    assert_eq!(verify_lines(lines.into_iter()).unwrap().entries, 90);
}

#[tokio::test]
async fn tables_of_a_newer_program_are_left_alone() {
    let url = fresh().await;
    drop(Postgres::connect(&url, "test").await.unwrap());
    run(&url, "insert into ledger_schema (version) values (99)").await.unwrap();
    let refused = Postgres::connect(&url, "test").await.map(|_| ()).unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Version);
    assert!(refused.text.contains("99"), "{refused}");
}

#[tokio::test]
async fn who_must_act_is_told_and_no_password_with_it() {
    let url = fresh().await;
    let nowhere = "postgres://me:hunter2@127.0.0.1:1/x?sslmode=disable";
    let missing = url.replace("/test_", "/missing_").replace("postgres@", "postgres:hunter2@");
    for (url, kind) in [
        ("not a url", ErrorKind::Settings),
        (nowhere, ErrorKind::Unavailable),
        (missing.as_str(), ErrorKind::Settings),
        (&format!("{url}&sslmode=require"), ErrorKind::Settings),
    ] {
        let refused = Postgres::connect(url, "test").await.map(|_| ()).unwrap_err();
        assert_eq!(refused.kind, kind, "{url}: {refused}");
        assert!(!refused.to_string().contains("hunter2"), "{refused}");
    }
}

#[tokio::test]
async fn cut_lines_heal_and_nothing_counts_twice() {
    let url = fresh().await;
    let ledger = Postgres::connect(&url, "test").await.unwrap();
    tell(&ledger).await;
    let before = everything(&ledger).await;
    let cut = "select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and pid <> pg_backend_pid()";
    run(&url, cut).await.unwrap();
    assert_eq!(everything(&ledger).await, before);
    assert!(matches!(ledger.receive(document("rechnung")).await.unwrap(), Received::Known(_)));
}
