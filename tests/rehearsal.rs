//! A case is given back only when its cause is gone; where nobody but a person can find out, his finding counts.
//! One target of class D in memory, through the real worker and pipeline.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use async_trait::async_trait;
use laufmappe::error::{Error, Kind, Result};
use laufmappe::filing::protocol::Timing;
use laufmappe::filing::{Adapter, Class, Filing, Receipt};
use laufmappe::index::Index;
use laufmappe::intake;
use laufmappe::job::{Channel, Document, Job, Tenant};
use laufmappe::ledger::{self, Claim, Entry, Event, Ledger, Rest, State, Statement, Summary};
use laufmappe::pipeline::{self, Case, Desk, Rehearsal, Services};
use laufmappe::queue::{self, Queue};
use laufmappe::route::Routing;
use laufmappe::sandbox::{Limits, Sandbox};
use laufmappe::store::Store;
use laufmappe::worker::{Ends, Options, Worker};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tempfile::TempDir;
use tokio::sync::watch;

const SECOND: Duration = Duration::from_secs(1);

/// A DMS that cannot be asked.
#[derive(Default)]
struct Dms {
    /// Keys in the order they were stored.
    stored: Mutex<Vec<String>>,
    begun: AtomicUsize,
    /// It takes everything and nobody hears the answer.
    mute: AtomicBool,
    away: AtomicBool,
}

struct Drawer(Arc<Dms>);

#[async_trait]
impl Adapter for Drawer {
    fn target(&self) -> &str {
        "akte"
    }

    fn class(&self) -> Class {
        Class::D
    }

    fn timing(&self) -> Timing {
        Timing { call: SECOND, settle: SECOND, lag: SECOND }
    }

    async fn find(&self, _: &Filing) -> Result<Option<Receipt>> {
        panic!("it cannot be asked")
    }

    async fn put(&self, filing: &Filing) -> Result<Receipt> {
        self.0.begun.fetch_add(1, Ordering::SeqCst);
        if self.0.mute.load(Ordering::SeqCst) {
            return Err(Error::new(Kind::Unknown, "the answer was lost"));
        }
        self.0.stored.lock().unwrap().push(filing.key.to_string());
        Ok(Receipt {
            target: "akte".to_owned(),
            key: filing.key.clone(),
            location: "dms:1".to_owned(),
            items: Vec::new(),
            adopted: false,
        })
    }

    async fn probe(&self) -> Result<()> {
        match self.0.away.load(Ordering::SeqCst) {
            true => Err(Error::new(Kind::Unavailable, "nobody answers")),
            false => Ok(()),
        }
    }
}

struct Stand {
    _folder: TempDir,
    services: Arc<Services>,
    queue: Arc<dyn Queue>,
    dms: Arc<Dms>,
    document: Document,
}

impl Stand {
    /// One invoice, whose filing nobody knows the outcome of.
    async fn unclear() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(&folder.path().join("index")).unwrap();
        let clock: laufmappe::job::Clock = Arc::new(jiff::Timestamp::now);
        let ledger = ledger::Embedded::open(folder.path(), &index, clock.clone(), "test").unwrap();
        let queue = queue::Embedded::open(&index, &clock).unwrap();
        let store = Store::open(&folder.path().join("content")).unwrap();
        let dms = Arc::new(Dms::default());
        let drawer: Box<dyn Adapter> = Box::new(Drawer(Arc::clone(&dms)));
        let adapters = BTreeMap::from([("akte".to_owned(), drawer)]);
        let desk = Desk::of(Routing::built_in().unwrap(), Vec::new(), adapters);
        let program = Path::new(env!("CARGO_BIN_EXE_laufmappe")).to_owned();
        let services = Arc::new(Services {
            ledger: Arc::new(ledger),
            store,
            sandbox: Sandbox::new(program, Limits::default()),
            passwords: Vec::new(),
            desks: BTreeMap::from([(tenant(), desk)]),
        });
        let document = arrive(&services).await;
        let stand = Self { _folder: folder, services, queue: Arc::new(queue), dms, document };
        stand.dms.mute.store(true, Ordering::SeqCst);
        while stand.work().await.state == State::Open {}
        stand.dms.mute.store(false, Ordering::SeqCst);
        assert_eq!(stand.summary().await.clearing.unwrap().reason, "unclear");
        assert_eq!(stand.dms.begun.load(Ordering::SeqCst), 1);
        stand
    }

    fn ledger(&self) -> &dyn Ledger {
        self.services.ledger.as_ref()
    }

    async fn history(&self) -> Vec<Entry> {
        self.ledger().history(&tenant(), &self.document.id).await.unwrap()
    }

    async fn summary(&self) -> Summary {
        self.ledger().summaries(None).await.unwrap().remove(0)
    }

    async fn work(&self) -> Summary {
        self.queue.publish(&Job::of(&self.document)).await.unwrap();
        let options = Options {
            name: "worker".to_owned(),
            slots: 1,
            lease: SECOND * 5,
            grace: SECOND,
            reserve: None,
            ends: Ends::WhenEmpty,
        };
        let (_stop, told) = watch::channel(false);
        let (services, queue) = (Arc::clone(&self.services), Arc::clone(&self.queue));
        Worker::new(services, queue, options, Arc::new(|_| {})).run(told).await.ok();
        self.summary().await
    }

    /// What would become of it, had a person said this.
    async fn rehearse(&self, statement: Option<Statement>) -> Result<Rehearsal> {
        let mut history = self.history().await;
        let last = history.last().unwrap().clone();
        history.push(Entry { event: Event::Reopened { by: "x".to_owned(), statement }, ..last });
        pipeline::rehearse(&history, &self.services).await
    }
}

fn tenant() -> Tenant {
    "musterstadt".parse().unwrap()
}

async fn arrive(services: &Services) -> Document {
    let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/post/01-xrechnung-ubl.xml");
    let tenant = tenant();
    let source = intake::Source {
        tenant: &tenant,
        channel: Channel::Folder,
        source: "rechnung.xml",
        name: "rechnung.xml",
        batch: None,
        scan: None,
        priority: None,
    };
    let bytes = std::fs::read(sample).unwrap();
    let document = intake::arrive(&services.store, &source, &bytes, jiff::Timestamp::now()).unwrap();
    services.ledger.receive(document).await.unwrap().document().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_did_not_find_is_filed_once_more_and_not_without_his_word() {
    let stand = Stand::unclear().await;
    let head = stand.ledger().head(&tenant()).await.unwrap();
    assert_eq!(stand.rehearse(None).await.map_err(|error| error.kind), Err(Kind::Unclear));
    assert_eq!(stand.rehearse(Some(Statement::NotFound)).await, Ok(Rehearsal::Filed));
    stand.dms.away.store(true, Ordering::SeqCst);
    let away = stand.rehearse(Some(Statement::NotFound)).await;
    assert_eq!(away.map_err(|error| error.kind), Err(Kind::Unavailable), "nothing is proved meanwhile");
    stand.dms.away.store(false, Ordering::SeqCst);
    assert_eq!(stand.ledger().head(&tenant()).await.unwrap(), head, "a rehearsal notes nothing");
    assert_eq!(stand.dms.begun.load(Ordering::SeqCst), 1, "and files nothing");

    assert!(stand.ledger().reopen(&tenant(), &stand.document.id, "Frau Muster", None).await.unwrap());
    while stand.work().await.state == State::Open {}
    assert_eq!(stand.summary().await.clearing.unwrap().reason, "unclear", "without his word it is no use");
    assert_eq!(stand.dms.begun.load(Ordering::SeqCst), 1);

    let said = Some(Statement::NotFound);
    assert!(stand.ledger().reopen(&tenant(), &stand.document.id, "Frau Muster", said).await.unwrap());
    while stand.work().await.state == State::Open {}
    assert_eq!(stand.summary().await.state, State::Filed);
    assert_eq!(stand.dms.stored.lock().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_found_is_filed_in_his_name_and_never_again() {
    let stand = Stand::unclear().await;
    let (ledger, id) = (stand.ledger(), &stand.document.id);
    assert!(ledger.reopen(&tenant(), id, "Frau Muster", Some(Statement::Filed)).await.unwrap());
    let Claim::Yours(lease, history) = ledger.claim(&tenant(), id, "Frau Muster", SECOND * 30).await.unwrap()
    else {
        panic!("it is ours")
    };
    let case = Case::of(&stand.document, &lease, &history, ledger, &stand.services.store);
    pipeline::filed_by_statement(&case, "Akte 20.1, Nr. 4711").await.unwrap();
    ledger.hand_back(&lease, Rest::For(Duration::ZERO)).await.unwrap();
    while stand.work().await.state == State::Open {}
    let summary = stand.summary().await;
    assert_eq!((summary.state, summary.filed.len()), (State::Filed, 1));
    let receipt: Receipt = pipeline::kept(&stand.services.store, &summary.filed[0].1).unwrap();
    assert_eq!(receipt.location, "Akte 20.1, Nr. 4711");
    assert_eq!(stand.dms.begun.load(Ordering::SeqCst), 1);
    let lines = ledger.export(&tenant()).await.unwrap();
    assert!(ledger::verify_lines(lines.into_iter()).is_ok());
}
