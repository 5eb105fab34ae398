//! What the worker does when things go wrong around it: a drawer that panics, an outcome nobody knows, rules that
//! change between intent and receipt.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use async_trait::async_trait;
use laufmappe::error::{Error, Kind, Result};
use laufmappe::filing::protocol::Timing;
use laufmappe::filing::{Adapter, Class, Filing, Folder, Receipt};
use laufmappe::index::Index;
use laufmappe::intake;
use laufmappe::job::{Channel, Clock, DocumentId, Job, Tenant};
use laufmappe::ledger::{self, Event, Ledger, State, Summary};
use laufmappe::pipeline::{Desk, Services};
use laufmappe::queue::{self, Queue};
use laufmappe::route::Routing;
use laufmappe::sandbox::{Limits, Sandbox};
use laufmappe::store::Store;
use laufmappe::worker::{Ends, Options, Worker};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use support::house::samples;
use tempfile::TempDir;
use tokio::sync::watch;

/// What the drawer does the first times a document is put into it, before it works as it should.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Trouble {
    /// Our own mistake, always.
    Panics,
    /// Stored, but the answer is lost.
    AnswerIsLost,
    /// Not stored: the drawer is away.
    Away,
}

struct Shaky {
    folder: Folder,
    trouble: Trouble,
    /// Only documents whose title holds this word meet the trouble.
    meets: &'static str,
    troubles: usize,
    puts: Arc<AtomicUsize>,
}

#[async_trait]
impl Adapter for Shaky {
    fn target(&self) -> &str {
        "akte"
    }

    fn class(&self) -> Class {
        Class::A
    }

    fn timing(&self) -> Timing {
        self.folder.timing()
    }

    async fn find(&self, filing: &Filing) -> Result<Option<Receipt>> {
        self.folder.find(filing).await
    }

    async fn put(&self, filing: &Filing) -> Result<Receipt> {
        if !filing.title.contains(self.meets) {
            return self.folder.put(filing).await;
        }
        let earlier = self.puts.fetch_add(1, Ordering::SeqCst);
        match self.trouble {
            Trouble::Panics => panic!("our own mistake"),
            Trouble::AnswerIsLost if earlier < self.troubles => {
                self.folder.put(filing).await?;
                Err(Error::new(Kind::Unknown, "the answer was lost"))
            }
            Trouble::Away if earlier < self.troubles => Err(Error::new(Kind::Unavailable, "nobody answers")),
            Trouble::AnswerIsLost | Trouble::Away => self.folder.put(filing).await,
        }
    }

    async fn probe(&self) -> Result<()> {
        Ok(())
    }
}

/// An embedded house whose drawer is shaky.
struct Stand {
    folder: TempDir,
    ledger: Arc<dyn Ledger>,
    queue: Arc<dyn Queue>,
    store: Store,
    puts: Arc<AtomicUsize>,
}

impl Stand {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("akte")).unwrap();
        let index = Index::open(&folder.path().join("index")).unwrap();
        let ledger = ledger::Embedded::open(folder.path(), &index, clock(), "test").unwrap();
        let queue = queue::Embedded::open(&index, &clock()).unwrap();
        let store = Store::open(&folder.path().join("content")).unwrap();
        Self { folder, ledger: Arc::new(ledger), queue: Arc::new(queue), store, puts: Arc::default() }
    }

    async fn submit(&self, name: &str) -> DocumentId {
        self.arrive(name, &std::fs::read(samples().join(name)).unwrap()).await
    }

    async fn arrive(&self, name: &str, bytes: &[u8]) -> DocumentId {
        let tenant = tenant();
        let source = intake::Source {
            tenant: &tenant,
            channel: Channel::Folder,
            source: name,
            name,
            batch: None,
            scan: None,
            priority: None,
        };
        let document = intake::arrive(&self.store, &source, bytes, jiff::Timestamp::now()).unwrap();
        let received = self.ledger.receive(document).await.unwrap();
        self.queue.publish(&Job::of(received.document())).await.unwrap();
        received.document().id.clone()
    }

    /// Works until nothing is left, with these rules and this trouble.
    async fn work(
        &self,
        routing: Routing,
        trouble: Trouble,
        meets: &'static str,
        troubles: usize,
    ) -> Result<()> {
        let folder = Folder::new("akte", &self.folder.path().join("akte"));
        let puts = Arc::clone(&self.puts);
        let adapter: Box<dyn Adapter> = Box::new(Shaky { folder, trouble, meets, troubles, puts });
        let desk = Desk::of(routing, Vec::new(), BTreeMap::from([("akte".to_owned(), adapter)]));
        let program = Path::new(env!("CARGO_BIN_EXE_laufmappe")).to_owned();
        let services = Services {
            ledger: Arc::clone(&self.ledger),
            store: self.store.clone(),
            sandbox: Sandbox::new(program, Limits::default()),
            passwords: Vec::new(),
            desks: BTreeMap::from([(tenant(), desk)]),
        };
        let options = Options {
            name: "worker".to_owned(),
            slots: 2,
            lease: Duration::from_secs(60),
            ends: Ends::WhenEmpty,
        };
        let (_stop, told) = watch::channel(false);
        let queue = Arc::clone(&self.queue);
        Worker::new(Arc::new(services), queue, options, Arc::new(|_, _| {})).run(told).await
    }

    async fn summary(&self, id: &DocumentId) -> Summary {
        let all = self.ledger.summaries(None).await.unwrap();
        all.into_iter().find(|summary| summary.document.id == *id).unwrap()
    }

    /// Works with a drawer that is as it should be.
    async fn work_calmly(&self) {
        self.work(Routing::built_in().unwrap(), Trouble::Away, "", 0).await.unwrap();
    }

    /// How often anything was read since the beginning, and how many pages by OCR.
    async fn read(&self) -> (usize, u32) {
        let (mut times, mut by_ocr) = (0, 0);
        for summary in self.ledger.summaries(None).await.unwrap() {
            for event in self.events(&summary.document.id).await {
                if let Event::Recognised { by_ocr: pages, .. } = event {
                    times += 1;
                    by_ocr += pages;
                }
            }
        }
        (times, by_ocr)
    }

    async fn events(&self, id: &DocumentId) -> Vec<Event> {
        let history = self.ledger.history(&tenant(), id).await.unwrap();
        history.into_iter().map(|entry| entry.event).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_costs_two_attempts_and_one_document_and_never_the_worker() {
    let stand = Stand::new();
    let bad = stand.submit("01-xrechnung-ubl.xml").await;
    let good = stand.submit("03-rechnung-cii.xml").await;
    stand.work(Routing::built_in().unwrap(), Trouble::Panics, "GL-2026-0412", 0).await.unwrap();
    let summary = stand.summary(&bad).await;
    assert_eq!((summary.state, summary.attempts), (State::Clearing, 2));
    assert_eq!(summary.clearing.unwrap().reason, "internal");
    assert_eq!(stand.summary(&good).await.state, State::Filed);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lost_answer_what_was_stored_is_adopted_and_nothing_is_stored_again() {
    let stand = Stand::new();
    let id = stand.submit("01-xrechnung-ubl.xml").await;
    stand.work(Routing::built_in().unwrap(), Trouble::AnswerIsLost, "", 1).await.unwrap();
    assert_eq!(stand.summary(&id).await.state, State::Filed);
    assert_eq!(stand.puts.load(Ordering::SeqCst), 1, "looked for, found, not put again");
    let adopted =
        stand.events(&id).await.iter().any(|event| matches!(event, Event::Filed { adopted: true, .. }));
    assert!(adopted);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_intended_is_filed_even_when_the_rules_have_changed_meanwhile() {
    const OTHERWISE: &str = r#"
tenant = "standard"
[[rule]]
name = "alles-ins-archiv"
[rule.when]
kind = "e-rechnung"
[rule.ablage]
targets = ["akte"]
akte = "99 Archiv"
vorgang = "Alles"
titel = "{BT-1}"
amt = "99 Archiv"
[[example]]
rule = "alles-ins-archiv"
kind = "e-rechnung"
"#;
    let stand = Stand::new();
    let id = stand.submit("01-xrechnung-ubl.xml").await;
    let away = stand.work(Routing::built_in().unwrap(), Trouble::Away, "", usize::MAX).await.unwrap_err();
    assert_eq!(away.kind, Kind::Unavailable);
    let summary = stand.summary(&id).await;
    assert_eq!((summary.state, summary.attempts), (State::Open, 0), "what is down costs no attempt");

    let other = Routing::with_layer("otherwise.toml", OTHERWISE).unwrap();
    stand.work(other, Trouble::Away, "", 0).await.unwrap();
    assert_eq!(stand.summary(&id).await.state, State::Filed);
    assert!(stand.folder.path().join("akte/60 Bauamt").is_dir(), "where the intent said");
    assert!(!stand.folder.path().join("akte/99 Archiv").exists());
    let decisions =
        stand.events(&id).await.iter().filter(|event| matches!(event, Event::Routed { .. })).count();
    assert_eq!(decisions, 1, "nothing is decided anew after the intent");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_page_is_read_twice_whatever_comes_again() {
    const SCAN: &str = "07-rechnung-scan.pdf";
    const BATCH: &str = "08-stapel-duplex.tif";
    let stand = Stand::new();
    stand.submit(SCAN).await;
    let away = stand.work(Routing::built_in().unwrap(), Trouble::Away, "", usize::MAX).await;
    assert_eq!(away.unwrap_err().kind, Kind::Unavailable);
    let (times, by_ocr) = stand.read().await;
    assert!(times == 1 && by_ocr > 0);

    stand.work_calmly().await;
    assert_eq!(stand.read().await, (1, by_ocr), "the next attempt");

    let scan = std::fs::read(samples().join(SCAN)).unwrap();
    for name in ["noch einmal.pdf", "und noch einmal.pdf"] {
        stand.arrive(name, &scan).await;
        stand.work_calmly().await;
        assert_eq!(stand.read().await, (1, by_ocr), "the same bytes: {name}");
    }

    stand.submit(BATCH).await;
    stand.work_calmly().await;
    let after_batch = stand.read().await;
    assert!(
        after_batch.0 == 2 && after_batch.1 > by_ocr,
        "a batch is read once, its parts never: {after_batch:?}"
    );

    stand.arrive("stapel noch einmal.tif", &std::fs::read(samples().join(BATCH)).unwrap()).await;
    let all = stand.ledger.summaries(None).await.unwrap();
    let part = all.into_iter().find(|summary| summary.document.part_of.is_some()).unwrap();
    let part = stand.store.get(&part.document.content).unwrap();
    stand.arrive("ein Teil allein.pdf", &part).await;
    stand.work_calmly().await;
    assert_eq!(stand.read().await, after_batch, "the batch again, and one of its parts alone");
}

fn tenant() -> Tenant {
    "standard".parse().unwrap()
}

fn clock() -> Clock {
    Arc::new(jiff::Timestamp::now)
}
