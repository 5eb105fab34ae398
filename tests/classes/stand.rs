//! An embedded house whose workers die where a test wants it, and whose time runs fast.

use super::dms::{Dms, Ends, Said};
use async_trait::async_trait;
use laufmappe::error::Result;
use laufmappe::filing::{Adapter, Class};
use laufmappe::index::Index;
use laufmappe::intake;
use laufmappe::job::{Channel, Clock, ContentHash, Document, DocumentId, Job, Tenant};
use laufmappe::ledger::{self, Claim, Entry, Event, Lease, Ledger, Received, Rest, Summary};
use laufmappe::pipeline::{Desk, Services};
use laufmappe::queue::{self, Delivery, Depth, Queue, Slot};
use laufmappe::route::Routing;
use laufmappe::sandbox::{Limits, Sandbox};
use laufmappe::store::Store;
use laufmappe::worker::{Options, Worker};
use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tokio::sync::{Notify, watch};

/// The ledger's clock runs so much faster than ours, and all rests are so much shorter.
const HASTE: u32 = 20;

/// When the worker dies: at the `at`th thing it does to ledger, queue or target, before or after it is done.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Death {
    pub at: usize,
    pub after: bool,
}

#[derive(Default)]
pub struct Fate {
    death: Option<Death>,
    done: AtomicUsize,
    dead: Notify,
}

impl Fate {
    /// One thing the worker does.
    pub async fn around<T>(&self, work: impl Future<Output = T>) -> T {
        let number = self.done.fetch_add(1, Ordering::SeqCst);
        let dies = |after| self.death == Some(Death { at: number, after });
        if dies(false) {
            self.die().await;
        }
        let done = work.await;
        if dies(true) {
            self.die().await;
        }
        done
    }

    /// The worker is killed, and this never returns.
    pub async fn die(&self) {
        self.dead.notify_one();
        std::future::pending::<()>().await;
    }
}

pub struct Stand {
    _folder: TempDir,
    pub ledger: Arc<dyn Ledger>,
    queue: Arc<dyn Queue>,
    store: Store,
    pub dms: Arc<Dms>,
    class: Class,
    fate: Arc<Fate>,
}

impl Stand {
    /// A DMS of this nature, whose adapter says it is of that class.
    pub fn new(nature: Class, class: Class, ends: Ends, death: Option<Death>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(&folder.path().join("index")).unwrap();
        let (begun, since) = (jiff::Timestamp::now(), Instant::now());
        let clock: Clock = Arc::new(move || begun + since.elapsed() * HASTE);
        let ledger = ledger::Embedded::open(folder.path(), &index, Arc::clone(&clock), "test").unwrap();
        let queue = queue::Embedded::open(&index, &clock).unwrap();
        let store = Store::open(&folder.path().join("content")).unwrap();
        let fate = Arc::new(Fate { death, ..Fate::default() });
        Self {
            _folder: folder,
            ledger: Arc::new(Mortal { inner: ledger, fate: Arc::clone(&fate) }),
            queue: Arc::new(Mortal { inner: queue, fate: Arc::clone(&fate) }),
            store,
            dms: Arc::new(Dms::new(nature, clock, ends)),
            class,
            fate,
        }
    }

    pub async fn submit(&self, documents: usize) -> Vec<DocumentId> {
        let sample = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/post/01-xrechnung-ubl.xml");
        let sample = std::fs::read_to_string(sample).unwrap();
        let mut ids = Vec::new();
        for number in 0..documents {
            let (name, tenant) = (format!("rechnung-{number}.xml"), tenant());
            // The same bytes twice would go to a person.
            let invoice = sample.replace("GL-2026-0412", &format!("GL-2026-{}", 1_000 + number));
            let source = intake::Source {
                tenant: &tenant,
                channel: Channel::Folder,
                source: &name,
                name: &name,
                batch: None,
                scan: None,
                priority: None,
            };
            let document =
                intake::arrive(&self.store, &source, invoice.as_bytes(), jiff::Timestamp::now()).unwrap();
            let received = self.ledger.receive(document).await.unwrap();
            ids.push(received.document().id.clone());
        }
        ids
    }

    fn worker(&self, life: usize) -> Arc<Worker> {
        let (dms, fate) = (Arc::clone(&self.dms), Arc::clone(&self.fate));
        let said: Box<dyn Adapter> = Box::new(Said { dms, class: self.class, fate });
        let adapters = BTreeMap::from([("akte".to_owned(), said)]);
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
            lease: Duration::from_secs(1),
            grace: Duration::from_secs(1),
            reserve: None,
            ends: laufmappe::worker::Ends::WhenEmpty,
        };
        Worker::new(Arc::new(services), Arc::clone(&self.queue), options, Arc::new(|_| {}))
    }

    /// Workers live and die until every document has its end. Answers how often they did something.
    pub async fn work(&self) -> usize {
        let begun = Instant::now();
        for life in 0.. {
            // The bells of the dead ring again.
            for job in self.ledger.open(1_000).await.unwrap() {
                self.queue.publish(&job).await.unwrap();
            }
            let (_stop, told) = watch::channel(false);
            let mut working = tokio::spawn(self.worker(life).run(told));
            tokio::select! {
                () = self.fate.dead.notified() => {
                    working.abort();
                    working.await.ok();
                }
                // Some documents have to wait longer than this worker does.
                _ = &mut working => tokio::time::sleep(Duration::from_millis(100)).await,
            }
            let all = self.ledger.summaries(None).await.unwrap();
            if all.iter().all(|summary| summary.state.is_settled()) {
                break;
            }
            assert!(begun.elapsed() < Duration::from_secs(240), "no end");
        }
        self.fate.done.load(Ordering::SeqCst)
    }

    pub async fn events(&self, id: &DocumentId) -> Vec<Event> {
        let history = self.ledger.history(&tenant(), id).await.unwrap();
        history.into_iter().map(|entry| entry.event).collect()
    }
}

fn tenant() -> Tenant {
    "standard".parse().unwrap()
}

/// Whatever the worker does to it may be the last thing it does.
struct Mortal<T> {
    inner: T,
    fate: Arc<Fate>,
}

#[async_trait]
impl Ledger for Mortal<ledger::Embedded> {
    async fn claim(
        &self,
        tenant: &Tenant,
        document: &DocumentId,
        worker: &str,
        time: Duration,
    ) -> Result<Claim> {
        self.fate.around(self.inner.claim(tenant, document, worker, time)).await
    }

    async fn hand_back(&self, lease: &Lease, rest: Rest) -> Result<()> {
        let rest = match rest {
            Rest::For(rest) => Rest::For(rest / HASTE),
            other @ Rest::Until(_) => other,
        };
        self.fate.around(self.inner.hand_back(lease, rest)).await
    }

    async fn give_up(&self, lease: &Lease, rest: Duration) -> Result<()> {
        self.fate.around(self.inner.give_up(lease, rest / HASTE)).await
    }

    async fn note(&self, lease: &Lease, event: Event) -> Result<Entry> {
        self.fate.around(self.inner.note(lease, event)).await
    }

    async fn note_all(&self, lease: &Lease, events: Vec<Event>) -> Result<()> {
        self.fate.around(self.inner.note_all(lease, events)).await
    }

    // What changes nothing, and what no worker does to one document.

    async fn renew(&self, lease: &Lease, time: Duration) -> Result<()> {
        self.inner.renew(lease, time).await
    }

    async fn receive(&self, document: Document) -> Result<Received> {
        self.inner.receive(document).await
    }

    async fn divide(&self, lease: &Lease, parts: Vec<Document>, event: Event) -> Result<Vec<Document>> {
        self.inner.divide(lease, parts, event).await
    }

    async fn reopen(
        &self,
        tenant: &Tenant,
        document: &DocumentId,
        by: &str,
        statement: Option<ledger::Statement>,
    ) -> Result<bool> {
        self.inner.reopen(tenant, document, by, statement).await
    }

    async fn history(&self, tenant: &Tenant, document: &DocumentId) -> Result<Vec<Entry>> {
        self.inner.history(tenant, document).await
    }

    async fn open(&self, limit: usize) -> Result<Vec<Job>> {
        self.inner.open(limit).await
    }

    async fn due(&self, ring: ledger::Ring, limit: usize) -> Result<Vec<Job>> {
        self.inner.due(ring, limit).await
    }

    async fn parked(&self) -> Result<Vec<ledger::Parked>> {
        self.inner.parked().await
    }

    async fn unpark(&self, tenant: &Tenant, target: &str, limit: usize) -> Result<Vec<Job>> {
        self.inner.unpark(tenant, target, limit).await
    }

    async fn load(&self, window: Duration) -> Result<Vec<ledger::Load>> {
        self.inner.load(window).await
    }

    async fn pause(&self, by: &str) -> Result<()> {
        self.inner.pause(by).await
    }

    async fn resume(&self) -> Result<()> {
        self.inner.resume().await
    }

    async fn paused(&self) -> Result<Option<ledger::Pause>> {
        self.inner.paused().await
    }

    async fn import(&self, lines: ledger::ImportLines) -> Result<u64> {
        self.inner.import(lines).await
    }

    async fn summaries(&self, tenant: Option<&Tenant>) -> Result<Vec<Summary>> {
        self.inner.summaries(tenant).await
    }

    async fn export(&self, tenant: &Tenant) -> Result<Vec<String>> {
        self.inner.export(tenant).await
    }

    async fn tenants(&self) -> Result<Vec<Tenant>> {
        self.inner.tenants().await
    }

    async fn head(&self, tenant: &Tenant) -> Result<Option<ContentHash>> {
        self.inner.head(tenant).await
    }
}

#[async_trait]
impl Queue for Mortal<queue::Embedded> {
    async fn publish(&self, job: &Job) -> Result<()> {
        self.inner.publish(job).await
    }

    async fn slot(&self) -> Result<Box<dyn Slot>> {
        Ok(Box::new(MortalSlot { inner: self.inner.slot().await?, fate: Arc::clone(&self.fate) }))
    }

    async fn depth(&self) -> Result<Depth> {
        self.inner.depth().await
    }

    async fn lanes(&self) -> Result<Vec<queue::LaneDepth>> {
        self.inner.lanes().await
    }
}

struct MortalSlot {
    inner: Box<dyn Slot>,
    fate: Arc<Fate>,
}

#[async_trait]
impl Slot for MortalSlot {
    async fn take(&mut self, wait: Duration) -> Result<Option<Delivery>> {
        self.inner.take(wait).await
    }

    async fn done(&mut self, delivery: &Delivery) -> Result<()> {
        self.fate.around(self.inner.done(delivery)).await
    }

    async fn later(&mut self, delivery: &Delivery, wait: Duration) -> Result<()> {
        self.fate.around(self.inner.later(delivery, wait / HASTE)).await
    }
}
