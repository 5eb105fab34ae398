//! The four classes of targets, each through the real worker and pipeline: answers that are lost, requests that
//! have their effect late, searches that lag, workers that die in the middle. Nothing twice, nothing lost. The same
//! target with a protocol that is not its own must file twice, or this test proves nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

use async_trait::async_trait;
use laufmappe::error::{Error, Kind, Result};
use laufmappe::filing::protocol::Timing;
use laufmappe::filing::{self, Adapter, Class, Filing, FilingKey, Receipt};
use laufmappe::index::Index;
use laufmappe::intake;
use laufmappe::job::{Channel, DocumentId, Job, Tenant};
use laufmappe::ledger::{self, Event, Ledger, State, Summary};
use laufmappe::pipeline::{Desk, Services};
use laufmappe::queue::{self, Queue};
use laufmappe::route::Routing;
use laufmappe::sandbox::{Limits, Sandbox};
use laufmappe::store::Store;
use laufmappe::worker::{Ends, Options, Worker};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::{Notify, watch};

/// Every end of a first storing with every end of a second one.
const DOCUMENTS: usize = FIRST.len() * SECOND.len();

/// What the target promises. It keeps its word: see [`LATE`] and [`SHOWS_AFTER`].
const TIMING: Timing =
    Timing { call: Duration::from_secs(1), settle: Duration::from_secs(2), lag: Duration::from_secs(10) };
const LATE: Duration = Duration::from_millis(700);
const SHOWS_AFTER: Duration = Duration::from_secs(8);

/// What goes wrong with a storing.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// Nothing.
    None,
    /// Stored, and the answer is lost.
    AnswerLost,
    /// The answer is lost, and it is stored later.
    Late,
    /// Not stored, and nobody can tell.
    Lost,
    /// Not stored, and we know.
    Away,
    /// The worker dies before it is stored.
    DiesBefore,
    /// The worker dies when it is stored.
    DiesAfter,
}

/// How the first storing of a document ends.
const FIRST: [Fault; 7] = [
    Fault::None,
    Fault::AnswerLost,
    Fault::Late,
    Fault::Lost,
    Fault::Away,
    Fault::DiesBefore,
    Fault::DiesAfter,
];
/// And its second, if there is one.
const SECOND: [Fault; 4] = [Fault::Late, Fault::AnswerLost, Fault::None, Fault::Lost];

/// A DMS in memory.
struct Dms {
    nature: Class,
    shelf: Mutex<Shelf>,
    death: Notify,
}

#[derive(Default)]
struct Shelf {
    /// What lies there, and since when.
    objects: Vec<(Receipt, Instant)>,
    /// Which document it is, in the order they came, and how many storings were begun.
    puts: HashMap<FilingKey, (usize, usize)>,
}

impl Dms {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap()
    }

    /// Class A: under one key there is one thing.
    fn store(&self, receipt: Receipt) {
        let mut shelf = self.shelf();
        let there = shelf.objects.iter().any(|(other, _)| other.key == receipt.key);
        if self.nature != Class::A || !there {
            shelf.objects.push((receipt, Instant::now()));
        }
    }

    fn search(&self, filing: &Filing) -> Vec<Receipt> {
        let shown = |since: &Instant| self.nature != Class::C || since.elapsed() >= SHOWS_AFTER;
        let shelf = self.shelf();
        let hits = shelf.objects.iter().filter(|(receipt, since)| receipt.key == filing.key && shown(since));
        hits.map(|(receipt, _)| receipt.clone()).filter(|_| self.nature != Class::D).collect()
    }

    /// Objects per key.
    fn counts(&self) -> HashMap<FilingKey, usize> {
        let mut counts = HashMap::new();
        for (receipt, _) in &self.shelf().objects {
            *counts.entry(receipt.key.clone()).or_default() += 1;
        }
        counts
    }
}

/// The adapter says which class it is; a wrong word is the negative control.
struct Said {
    dms: Arc<Dms>,
    class: Class,
    timing: Timing,
}

#[async_trait]
impl Adapter for Said {
    fn target(&self) -> &str {
        "akte"
    }

    fn class(&self) -> Class {
        self.class
    }

    fn timing(&self) -> Timing {
        self.timing
    }

    async fn find(&self, filing: &Filing) -> Result<Option<Receipt>> {
        let hits = self.dms.search(filing);
        filing::only_one("akte", filing, hits).map(|hit| hit.map(|hit| Receipt { adopted: true, ..hit }))
    }

    async fn put(&self, filing: &Filing) -> Result<Receipt> {
        let receipt = Receipt {
            target: "akte".to_owned(),
            key: filing.key.clone(),
            location: "dms:1".to_owned(),
            items: filing.items.iter().map(|item| (item.name.clone(), item.content)).collect(),
            adopted: false,
        };
        match self.fault(filing) {
            Fault::None => self.dms.store(receipt.clone()),
            Fault::AnswerLost => {
                self.dms.store(receipt);
                return Err(Error::new(Kind::Unknown, "the answer was lost"));
            }
            Fault::Late => {
                let dms = Arc::clone(&self.dms);
                tokio::spawn(async move {
                    tokio::time::sleep(LATE).await;
                    dms.store(receipt);
                });
                return Err(Error::new(Kind::Unknown, "no answer in time"));
            }
            Fault::Lost => return Err(Error::new(Kind::Unknown, "the connection was cut")),
            Fault::Away => return Err(Error::new(Kind::Unavailable, "nobody answers")),
            Fault::DiesBefore => self.die().await,
            Fault::DiesAfter => {
                self.dms.store(receipt.clone());
                self.die().await;
            }
        }
        Ok(receipt)
    }

    async fn probe(&self) -> Result<()> {
        Ok(())
    }
}

impl Said {
    fn fault(&self, filing: &Filing) -> Fault {
        let mut shelf = self.dms.shelf();
        let number = shelf.puts.len();
        let (number, puts) = shelf.puts.entry(filing.key.clone()).or_insert((number, 0));
        *puts += 1;
        match *puts {
            1 => FIRST[*number % FIRST.len()],
            2 => SECOND[*number / FIRST.len() % SECOND.len()],
            _ => Fault::None,
        }
    }

    /// The worker is killed, and this never returns.
    async fn die(&self) {
        self.dms.death.notify_one();
        std::future::pending::<()>().await;
    }
}

/// An embedded house whose drawer is that DMS.
struct Stand {
    folder: TempDir,
    ledger: Arc<dyn Ledger>,
    queue: Arc<dyn Queue>,
    store: Store,
    dms: Arc<Dms>,
    class: Class,
    timing: Timing,
}

impl Stand {
    /// A DMS of this nature, whose adapter says it is of that class.
    fn new(nature: Class, class: Class, timing: Timing) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(&folder.path().join("index")).unwrap();
        let clock: laufmappe::job::Clock = Arc::new(jiff::Timestamp::now);
        let ledger = ledger::Embedded::open(folder.path(), &index, clock.clone(), "test").unwrap();
        let queue = queue::Embedded::open(&index, &clock).unwrap();
        let store = Store::open(&folder.path().join("content")).unwrap();
        let dms = Arc::new(Dms { nature, shelf: Mutex::default(), death: Notify::new() });
        Self { folder, ledger: Arc::new(ledger), queue: Arc::new(queue), store, dms, class, timing }
    }

    async fn submit_all(&self) -> Vec<DocumentId> {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/post/01-xrechnung-ubl.xml");
        let bytes = std::fs::read(sample).unwrap();
        let mut ids = Vec::new();
        for number in 0..DOCUMENTS {
            let name = format!("rechnung-{number}.xml");
            let tenant = tenant();
            let source = intake::Source {
                tenant: &tenant,
                channel: Channel::Folder,
                source: &name,
                name: &name,
                batch: None,
                scan: None,
            };
            let document = intake::arrive(&self.store, &source, &bytes, jiff::Timestamp::now()).unwrap();
            let received = self.ledger.receive(document).await.unwrap();
            self.queue.publish(&Job::of(received.document())).await.unwrap();
            ids.push(received.document().id.clone());
        }
        ids
    }

    fn worker(&self, life: usize) -> Arc<Worker> {
        let said = Said { dms: Arc::clone(&self.dms), class: self.class, timing: self.timing };
        let adapters: BTreeMap<String, Box<dyn Adapter>> =
            BTreeMap::from([("akte".to_owned(), Box::new(said) as Box<dyn Adapter>)]);
        let desk = Desk::of(Routing::built_in().unwrap(), Vec::new(), adapters);
        let program = Path::new(env!("CARGO_BIN_EXE_laufmappe")).to_owned();
        let services = Services {
            ledger: Arc::clone(&self.ledger),
            store: self.store.clone(),
            sandbox: Sandbox::new(program, Limits::default()),
            passwords: Vec::new(),
            desks: BTreeMap::from([(tenant(), desk)]),
        };
        let options = Options {
            name: format!("worker-{life}"),
            slots: 2,
            lease: Duration::from_secs(2),
            ends: Ends::WhenEmpty,
        };
        Worker::new(Arc::new(services), Arc::clone(&self.queue), options, Arc::new(|_, _| {}))
    }

    /// Workers live and die until every document has its end.
    async fn work(&self) -> Vec<Summary> {
        let begun = Instant::now();
        for life in 0.. {
            let (_stop, told) = watch::channel(false);
            let mut working = tokio::spawn(self.worker(life).run(told));
            tokio::select! {
                () = self.dms.death.notified() => {
                    working.abort();
                    working.await.ok();
                }
                // Some documents have to wait longer than this worker does.
                _ = &mut working => tokio::time::sleep(Duration::from_millis(300)).await,
            }
            let all = self.ledger.summaries(None).await.unwrap();
            if all.iter().all(|summary| summary.state.is_settled()) {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(240), "no end: {:?}", self.folder.path());
        }
        // What is still on its way arrives.
        tokio::time::sleep(LATE * 2).await;
        self.ledger.summaries(None).await.unwrap()
    }

    async fn events(&self, id: &DocumentId) -> Vec<Event> {
        let history = self.ledger.history(&tenant(), id).await.unwrap();
        history.into_iter().map(|entry| entry.event).collect()
    }
}

/// Every document has its end, and the DMS holds each at most once.
async fn files_once(class: Class) {
    let stand = Stand::new(class, class, TIMING);
    let ids = stand.submit_all().await;
    let all = stand.work().await;
    assert_eq!(all.len(), ids.len(), "every arrival is known");
    let counts = stand.dms.counts();
    assert!(counts.values().all(|count| *count == 1), "{class:?}: filed twice: {counts:?}");
    let mut adopted = 0;
    for summary in &all {
        let key = FilingKey::of(&summary.document, "akte");
        let filed = summary.state == State::Filed;
        if filed {
            assert_eq!(counts.get(&key), Some(&1), "{class:?}: said to be filed");
            assert_eq!(summary.filed.len(), 1);
        } else {
            assert_eq!(class, Class::D, "{:?}", summary.clearing);
            assert_eq!(summary.clearing.as_ref().unwrap().reason, "unclear");
            assert_eq!(stand.dms.shelf().puts[&key].1, 1, "never a second time");
        }
        let events = stand.events(&summary.document.id).await;
        adopted += events.iter().filter(|event| matches!(event, Event::Filed { adopted: true, .. })).count();
        let intents = events.iter().filter(|event| matches!(event, Event::Intended { .. })).count();
        assert!(intents >= stand.dms.shelf().puts[&key].1, "an intent stands before every storing");
    }
    let with_a_person = all.iter().filter(|summary| summary.state == State::Clearing).count();
    println!(
        "{class:?}: {} filed ({adopted} of them adopted), {with_a_person} with a person",
        all.len() - with_a_person
    );
    assert_eq!(with_a_person > 0, class == Class::D);
    assert_eq!(adopted > 0, class != Class::D);
}

/// So many documents lie there more than once.
async fn doubles(nature: Class, said: Class, timing: Timing) -> usize {
    let stand = Stand::new(nature, said, timing);
    stand.submit_all().await;
    stand.work().await;
    let counts = stand.dms.counts();
    let doubled = counts.values().filter(|count| **count > 1).count();
    println!("{nature:?} filed into as if it were {said:?}: {doubled} of {DOCUMENTS} twice");
    doubled
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unique_key_files_once() {
    files_once(Class::A).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_that_reads_its_writes_files_once() {
    files_once(Class::B).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_that_lags_files_once() {
    files_once(Class::C).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_cannot_be_asked_files_once_or_asks_a_person() {
    files_once(Class::D).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_protocol_that_always_stores_files_twice() {
    assert!(doubles(Class::D, Class::A, TIMING).await > 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_look_without_the_wait_files_twice() {
    assert!(doubles(Class::C, Class::A, TIMING).await > 0);
}

fn tenant() -> Tenant {
    "standard".parse().unwrap()
}
