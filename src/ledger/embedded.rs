//! The embedded ledger: a journal file as the truth, an index beside it for looking up, one process.
//!
//! In: a folder of its own and an index. Out: [`Ledger`]. Every answer waits until what it rests on is on the
//! disk. Absent on purpose: SQL, other processes; leases live in memory and end with the process.

mod desk;
mod figures;
mod import;
mod pause;

pub use pause::PauseFile;

use super::alike::{Arrivals, EARLIER, are_noted_in_one_go, is_division, is_noted_under_a_lease, job};
use super::cases::Cases;
use super::journal::{Journal, Lines, Ticket};
use super::line::{Chains, Parts, Sealed, line};
use super::recovery::{self, Placed};
use super::{
    Claim, Entry, Event, ImportLines, Lease, Ledger, Load, Parked, Pause, Received, Rest, Ring, Statement,
    Summary,
};
use crate::error::{Error, Kind, Result};
use crate::index::{Index, own_folder};
use crate::job::{Clock, ContentHash, Document, DocumentId, Job, Tenant};
use async_trait::async_trait;
use desk::{Desk, Held, after};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// See the module. Cheap to clone; all clones are one ledger.
#[derive(Clone)]
pub struct Embedded {
    inner: Arc<Inner>,
}

struct Inner {
    folder: PathBuf,
    journal: Arc<Journal>,
    cases: Cases,
    desk: Mutex<Desk>,
    clock: Clock,
    actor: String,
    repaired: Option<String>,
    _lock: File,
}

impl Embedded {
    /// Opens (and creates) the ledger in `folder`; brings the index up to the journal, or makes it anew.
    pub fn open(folder: &Path, index: &Index, clock: Clock, actor: &str) -> Result<Embedded> {
        let lock = own_folder(folder, &folder.join("lock"))?;
        let cases = Cases::open(index)?;
        let path = folder.join("journal");
        if !path.exists() {
            if cases.reach()?.is_some() {
                let text =
                    format!("the journal {} is missing, but the index knows its entries", path.display());
                return Err(Error::new(Kind::Altered, text).hint("restore the journal from its backup"));
            }
            Journal::create(&path)?;
        }
        let journal = Arc::new(Journal::open(&path)?);
        let mut inner = Inner {
            folder: folder.to_owned(),
            journal,
            cases,
            desk: Mutex::default(),
            clock,
            actor: actor.to_owned(),
            repaired: None,
            _lock: lock,
        };
        let (chains, said) = inner.follow_journal()?;
        inner.desk = Mutex::new(Desk { chains, ..Desk::default() });
        inner.repaired = (!said.is_empty()).then(|| said.join("; "));
        Ok(Embedded { inner: Arc::new(inner) })
    }

    /// What had to be put right when the ledger was opened, for people.
    pub fn repaired(&self) -> Option<String> {
        self.inner.repaired.clone()
    }

    /// Makes the index anew from the journal, checking every entry. Answers how many there are.
    pub async fn rebuild(&self) -> Result<u64> {
        self.run(Inner::rebuild).await
    }

    /// Disk and locks block; async callers wait without holding up the others.
    async fn run<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Inner) -> Result<T> + Send + 'static,
    {
        let inner = Arc::clone(&self.inner);
        let done = tokio::task::spawn_blocking(move || work(&inner)).await;
        done.unwrap_or_else(|_| {
            self.inner.cases.distrust();
            Err(Error::new(Kind::Storage, "the index of the ledger failed in the middle of its work")
                .hint("stop the program and run `laufmappe rebuild`; the journal is not affected"))
        })
    }
}

#[async_trait]
impl Ledger for Embedded {
    async fn receive(&self, document: Document) -> Result<Received> {
        self.run(move |inner| inner.receive(document)).await
    }

    async fn claim(
        &self,
        tenant: &Tenant,
        document: &DocumentId,
        worker: &str,
        time: Duration,
    ) -> Result<Claim> {
        let (tenant, document, worker) = (tenant.clone(), document.clone(), worker.to_owned());
        self.run(move |inner| inner.claim(tenant, document, worker, time)).await
    }

    async fn renew(&self, lease: &Lease, time: Duration) -> Result<()> {
        let lease = lease.clone();
        self.run(move |inner| inner.renew(&lease, time)).await
    }

    async fn hand_back(&self, lease: &Lease, rest: Rest) -> Result<()> {
        let lease = lease.clone();
        self.run(move |inner| inner.release(&lease, false, rest)).await
    }

    async fn give_up(&self, lease: &Lease, rest: Duration) -> Result<()> {
        let lease = lease.clone();
        self.run(move |inner| inner.release(&lease, true, Rest::For(rest))).await
    }

    async fn note(&self, lease: &Lease, event: Event) -> Result<Entry> {
        is_noted_under_a_lease(&event)?;
        let lease = lease.clone();
        self.run(move |inner| inner.note(&lease, event)).await
    }

    async fn note_all(&self, lease: &Lease, events: Vec<Event>) -> Result<()> {
        let ends = are_noted_in_one_go(&events)?;
        let lease = lease.clone();
        let events = events.into_iter().map(|event| (lease.document.clone(), event)).collect();
        self.run(move |inner| inner.under(&lease, events, ends).map(|_| ())).await
    }

    async fn divide(&self, lease: &Lease, parts: Vec<Document>, event: Event) -> Result<Vec<Document>> {
        is_division(lease, &parts, &event)?;
        let lease = lease.clone();
        self.run(move |inner| inner.divide(&lease, parts, event)).await
    }

    async fn reopen(
        &self,
        tenant: &Tenant,
        document: &DocumentId,
        by: &str,
        statement: Option<Statement>,
    ) -> Result<bool> {
        let (tenant, document, by) = (tenant.clone(), document.clone(), by.to_owned());
        self.run(move |inner| inner.reopen(&tenant, document, Event::Reopened { by, statement })).await
    }

    async fn history(&self, tenant: &Tenant, document: &DocumentId) -> Result<Vec<Entry>> {
        let (tenant, document) = (tenant.clone(), document.clone());
        self.run(move |inner| {
            inner.quiet_desk()?;
            inner.history(&tenant, &document)
        })
        .await
    }

    async fn open(&self, limit: usize) -> Result<Vec<Job>> {
        self.run(move |inner| inner.open_jobs(limit)).await
    }

    async fn due(&self, ring: Ring, limit: usize) -> Result<Vec<Job>> {
        self.run(move |inner| inner.due(ring, limit)).await
    }

    async fn parked(&self) -> Result<Vec<Parked>> {
        self.run(Inner::parked).await
    }

    async fn unpark(&self, tenant: &Tenant, target: &str, limit: usize) -> Result<Vec<Job>> {
        let (tenant, target) = (tenant.clone(), target.to_owned());
        self.run(move |inner| inner.unpark(&tenant, &target, limit)).await
    }

    async fn load(&self, window: Duration) -> Result<Vec<Load>> {
        self.run(move |inner| inner.load(window)).await
    }

    async fn pause(&self, by: &str) -> Result<()> {
        let by = by.to_owned();
        self.run(move |inner| inner.pause(&by)).await
    }

    async fn resume(&self) -> Result<()> {
        self.run(Inner::resume).await
    }

    async fn paused(&self) -> Result<Option<Pause>> {
        self.run(Inner::paused).await
    }

    async fn import(&self, lines: ImportLines) -> Result<u64> {
        self.run(move |inner| inner.import(lines)).await
    }

    async fn summaries(&self, tenant: Option<&Tenant>) -> Result<Vec<Summary>> {
        let tenant = tenant.cloned();
        self.run(move |inner| {
            inner.quiet_desk()?;
            inner.cases.summaries(tenant.as_ref())
        })
        .await
    }

    async fn export(&self, tenant: &Tenant) -> Result<Vec<String>> {
        let tenant = tenant.clone();
        self.run(move |inner| inner.export(&tenant)).await
    }

    async fn tenants(&self) -> Result<Vec<Tenant>> {
        self.run(|inner| Ok(inner.quiet_desk()?.heads.into_keys().collect())).await
    }

    async fn head(&self, tenant: &Tenant) -> Result<Option<ContentHash>> {
        let tenant = tenant.clone();
        self.run(move |inner| Ok(inner.quiet_desk()?.heads.get(&tenant).map(|head| head.hash))).await
    }
}

impl Inner {
    fn receive(&self, document: Document) -> Result<Received> {
        let mut desk = self.desk()?;
        let arrivals = self.arrivals(vec![document])?;
        let events = arrivals.events();
        let mut received = arrivals.into_received();
        let ticket = match received.first() {
            Some(Received::New(document)) => self.append(&mut desk, &document.tenant, events)?.1,
            _ => self.journal.ticket(),
        };
        drop(desk);
        self.journal.wait(ticket)?;
        Ok(received.remove(0))
    }

    fn claim(&self, tenant: Tenant, document: DocumentId, worker: String, time: Duration) -> Result<Claim> {
        let mut desk = self.desk()?;
        let case = self.cases.case(&tenant, &document)?;
        let refused = match &case {
            None => Some(Claim::Unknown),
            Some(case) if case.summary.state.is_settled() => Some(Claim::Settled),
            Some(_) if desk.is_taken(&tenant, &document) => Some(Claim::Taken),
            Some(_) => None,
        };
        if let Some(refused) = refused {
            let ticket = self.journal.ticket();
            drop(desk);
            return self.journal.wait(ticket).map(|()| refused);
        }
        let Some(case) = case else { return Ok(Claim::Unknown) };
        let (token, attempt) = (case.token + 1, case.summary.attempts + 1);
        let event = Event::Claimed { worker: worker.clone(), attempt, token };
        let (claimed, ticket) = self.append(&mut desk, &tenant, vec![(document.clone(), event)])?;
        desk.leases.insert((tenant.clone(), document.clone()), Held { token, until: after(time) });
        desk.bells.forget(case.place);
        drop(desk);
        self.journal.wait(ticket)?;
        let mut history = self.history(&tenant, &document)?;
        history.retain(|entry| claimed.iter().any(|claimed| entry.number <= claimed.number));
        Ok(Claim::Yours(Lease { tenant, document, worker, token, attempt }, history))
    }

    fn renew(&self, lease: &Lease, time: Duration) -> Result<()> {
        let mut desk = self.desk()?;
        desk.held(lease)?.until = after(time);
        Ok(())
    }

    fn release(&self, lease: &Lease, counted: bool, rest: Rest) -> Result<()> {
        let mut desk = self.desk()?;
        desk.held(lease)?;
        let (rest, waits_for) = match rest {
            Rest::For(rest) => (Some(rest), None),
            Rest::Until(target) => (None, Some(target)),
        };
        let event = Event::Released { worker: lease.worker.clone(), counted, waits_for };
        let case = self.cases.case(&lease.tenant, &lease.document)?;
        let (_, ticket) = self.append(&mut desk, &lease.tenant, vec![(lease.document.clone(), event)])?;
        desk.leases.remove(&(lease.tenant.clone(), lease.document.clone()));
        if let (Some(rest), Some(case)) = (rest, case) {
            desk.bells.rest(case.place, rest, Instant::now());
        }
        drop(desk);
        self.journal.wait(ticket)
    }

    fn note(&self, lease: &Lease, event: Event) -> Result<Entry> {
        let settles = super::State::Open.after(&event).is_settled();
        let mut entries = self.under(lease, vec![(lease.document.clone(), event)], settles)?;
        Ok(entries.remove(0))
    }

    /// Appends under a lease and, where this ends it, gives up the lease in the same moment.
    fn under(&self, lease: &Lease, events: Vec<(DocumentId, Event)>, ends: bool) -> Result<Vec<Entry>> {
        let mut desk = self.desk()?;
        desk.held(lease)?;
        let (entries, ticket) = self.append(&mut desk, &lease.tenant, events)?;
        if ends {
            desk.leases.remove(&(lease.tenant.clone(), lease.document.clone()));
        }
        drop(desk);
        self.journal.wait(ticket)?;
        Ok(entries)
    }

    fn divide(&self, lease: &Lease, parts: Vec<Document>, event: Event) -> Result<Vec<Document>> {
        let mut desk = self.desk()?;
        desk.held(lease)?;
        let arrivals = self.arrivals(parts)?;
        let mut events = arrivals.events();
        events.push((lease.document.clone(), event));
        let (_, ticket) = self.append(&mut desk, &lease.tenant, events)?;
        desk.leases.remove(&(lease.tenant.clone(), lease.document.clone()));
        drop(desk);
        self.journal.wait(ticket)?;
        Ok(arrivals.into_received().iter().map(|received| received.document().clone()).collect())
    }

    fn reopen(&self, tenant: &Tenant, document: DocumentId, reopened: Event) -> Result<bool> {
        let mut desk = self.desk()?;
        let case = self.cases.case(tenant, &document)?;
        if case.is_none_or(|case| case.summary.state != super::State::Clearing) {
            return Ok(false);
        }
        let (_, ticket) = self.append(&mut desk, tenant, vec![(document, reopened)])?;
        drop(desk);
        self.journal.wait(ticket).map(|()| true)
    }

    fn history(&self, tenant: &Tenant, document: &DocumentId) -> Result<Vec<Entry>> {
        let mut entries = Vec::new();
        for span in self.cases.entries(tenant, document)? {
            let line = self.journal.read(span)?;
            let parts = Parts::of(&line).map_err(|what| Error::new(Kind::Altered, what))?;
            entries.push(Entry::read(parts.body)?);
        }
        Ok(entries)
    }

    fn open_jobs(&self, limit: usize) -> Result<Vec<Job>> {
        let desk = self.desk()?;
        let mut jobs = Vec::new();
        for found in self.cases.unsettled() {
            if jobs.len() == limit {
                break;
            }
            let (_, waiting) = found?;
            if !desk.is_taken(&waiting.tenant, &waiting.document) {
                jobs.push(job(waiting.tenant, waiting.document, waiting.priority));
            }
        }
        let ticket = self.journal.ticket();
        drop(desk);
        self.journal.wait(ticket).map(|()| jobs)
    }

    fn export(&self, tenant: &Tenant) -> Result<Vec<String>> {
        self.quiet_desk()?;
        let end = self.journal.durable();
        let start = recovery::header(&self.journal.path, end)?;
        let mut chains = Chains { lines: 1, ..Chains::default() };
        let mut lines = Vec::new();
        for found in Lines::between(&self.journal.path, start, end)? {
            let found = found?;
            let (owner, parts) = chains.check(&found.bytes)?;
            if owner == *tenant {
                lines.push(line(&parts.hash, parts.body));
            }
        }
        Ok(lines)
    }

    fn arrivals(&self, documents: Vec<Document>) -> Result<Arrivals> {
        let mut arrivals = Arrivals::default();
        for document in documents {
            let known = self.cases.case(&document.tenant, &document.id)?;
            let earlier = self.cases.with_content(&document.tenant, &document.content, EARLIER)?;
            arrivals.add(document, known.map(|case| case.summary.document), &earlier);
        }
        Ok(arrivals)
    }

    /// The next entries of a tenant; they count together or not at all.
    fn append(
        &self,
        desk: &mut Desk,
        tenant: &Tenant,
        events: Vec<(DocumentId, Event)>,
    ) -> Result<(Vec<Entry>, Ticket)> {
        let at = (self.clock)();
        let mut head = desk.chains.heads.get(tenant).cloned();
        let mut sealed = Vec::with_capacity(events.len());
        for (document, event) in events {
            let next = Sealed::after(head.as_ref(), tenant, at, &self.actor, document, event)?;
            head = Some(next.head());
            sealed.push(next);
        }
        let (spans, ticket) = self.journal.append(&sealed)?;
        desk.chains.lines += sealed.len() as u64;
        desk.chains.heads.extend(head.map(|head| (tenant.clone(), head)));

        let mut placed = Vec::with_capacity(sealed.len());
        for (sealed, span) in sealed.into_iter().zip(spans) {
            placed.push(Placed { entry: sealed.entry, hash: sealed.hash, span });
        }
        // Whoever receives rings for it himself.
        for placed in placed.iter().filter(|placed| matches!(placed.entry.event, Event::Received { .. })) {
            desk.bells.ring(placed.span.start, Instant::now());
        }
        // The entries stand in the journal: an index that cannot follow now is made to later.
        desk.stale |= self.cases.take_in(&placed, &desk.chains).is_err();
        Ok((placed.into_iter().map(|placed| placed.entry).collect(), ticket))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{Arrival, Channel, Kind as DocumentKind, Priority};
    use jiff::Timestamp;

    fn ledger(folder: &Path) -> Embedded {
        let index = Index::open(&folder.join("index")).unwrap();
        Embedded::open(&folder.join("ledger"), &index, Arc::new(|| Timestamp::UNIX_EPOCH), "test").unwrap()
    }

    fn document(source: &str) -> Document {
        let tenant: Tenant = "koeln".parse().unwrap();
        let content = ContentHash::of(source.as_bytes());
        let arrival = Arrival {
            channel: Channel::Upload,
            source: source.into(),
            at: Timestamp::UNIX_EPOCH,
            batch: None,
            scan: None,
            priority: Priority::Normal,
        };
        Document {
            id: DocumentId::of_arrival(&tenant, Channel::Upload, source, &content),
            tenant,
            content,
            size: 1,
            kind: DocumentKind::Pdf,
            name: source.into(),
            arrival,
            part_of: None,
            annexes: Vec::new(),
            repeats: None,
        }
    }

    #[tokio::test]
    async fn after_a_full_disk_it_goes_on_as_if_nothing_had_been_tried() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(folder.path());
        let (kept, tried) = (document("kept"), document("tried"));
        ledger.receive(kept.clone()).await.unwrap();
        let before = ledger.head(&kept.tenant).await.unwrap();
        {
            // An entry that is taken in but never written.
            let mut desk = ledger.inner.desk().unwrap();
            let event = Event::Received { received: Box::new(tried.clone()) };
            ledger.inner.append(&mut desk, &kept.tenant, vec![(tried.id.clone(), event)]).unwrap();
            ledger.inner.journal.fill_the_disk();
        }
        assert_eq!(ledger.head(&kept.tenant).await.unwrap(), before);
        assert!(ledger.history(&tried.tenant, &tried.id).await.unwrap().is_empty());
        assert!(matches!(ledger.receive(tried.clone()).await.unwrap(), Received::New(_)));
        assert_eq!(ledger.export(&kept.tenant).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn a_panic_at_the_desk_leaves_the_ledger_usable() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(folder.path());
        ledger.receive(document("a")).await.unwrap();
        let died = ledger
            .run(|inner| -> Result<()> {
                let _desk = inner.desk()?;
                panic!("as sled does");
            })
            .await;
        assert_eq!(died.map_err(|error| error.kind), Err(Kind::Storage));
        ledger.receive(document("b")).await.unwrap();
        assert_eq!(ledger.summaries(None).await.unwrap().len(), 2);
    }

    #[tokio::test]
    async fn damage_found_beside_the_work_stops_the_ledger() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = ledger(folder.path());
        ledger.receive(document("a")).await.unwrap();
        let path = folder.path().join("ledger/journal");
        let mut bytes = std::fs::read(&path).unwrap();
        bytes[200] ^= 1;
        std::fs::write(&path, &bytes).unwrap();
        ledger.inner.check_beside_the_work(20, bytes.len() as u64);
        let mut number = 0;
        let stopped = loop {
            match ledger.receive(document(&format!("{number}"))).await {
                Ok(_) => number += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(stopped.kind, Kind::Altered);
        assert!(stopped.text.contains("line 2"), "{stopped}");
        assert!(ledger.summaries(None).await.is_err());
    }
}
