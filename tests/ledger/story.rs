//! Documents, ledgers and a story that tests tell.

use super::support;
use laufmappe::index::Index;
use laufmappe::job::*;
use laufmappe::ledger::*;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tempfile::TempDir;

pub const LONG: Duration = Duration::from_secs(600);

pub fn tenant(name: &str) -> Tenant {
    name.parse().unwrap()
}

/// A document of `koeln` with a content of its own.
pub fn document(source: &str) -> Document {
    document_of("koeln", source, source)
}

pub fn document_of(owner: &str, source: &str, content: &str) -> Document {
    let (tenant, content) = (tenant(owner), ContentHash::of(content.as_bytes()));
    Document {
        id: DocumentId::of_arrival(&tenant, Channel::Folder, source, &content),
        tenant,
        content,
        size: 4,
        kind: Kind::Pdf,
        name: format!("{source} \"ä\"\n\u{0}.pdf"),
        arrival: Arrival {
            channel: Channel::Folder,
            source: source.to_owned(),
            at: jiff::Timestamp::from_second(1_790_000_000).unwrap(),
            batch: None,
            scan: None,
            priority: Priority::Normal,
        },
        part_of: None,
        annexes: Vec::new(),
        repeats: None,
    }
}

pub fn part_of(whole: &Document, number: u32, content: &str) -> Document {
    let mut part = whole.clone();
    part.id = DocumentId::of_part(&whole.id, number);
    part.content = ContentHash::of(content.as_bytes());
    part.part_of = Some(PartOf {
        reading: None,
        whole: whole.id.clone(),
        content: whole.content,
        number,
        pages: Some((number, number)),
        separator: None,
    });
    part
}

pub fn division(parts: &[Document]) -> Event {
    Event::Divided { parts: parts.iter().map(|part| part.id.clone()).collect(), sheets: None }
}

pub fn failed(text: &str) -> Event {
    Event::Failed { kind: "crashed".into(), text: text.into() }
}

pub fn clearing() -> Event {
    Event::InClearing {
        clearing: Clearing {
            reason: "damaged".into(),
            text: Bilingual::new("Die Datei ist beschädigt.", "The file is damaged."),
            detail: None,
            owner: "Poststelle".into(),
            next: Bilingual::new("Neu anfordern.", "Ask for it again."),
        },
    }
}

pub async fn claim(ledger: &dyn Ledger, document: &Document, worker: &str, time: Duration) -> Lease {
    match ledger.claim(&document.tenant, &document.id, worker, time).await.unwrap() {
        Claim::Yours(lease, _) => lease,
        other => panic!("{worker} did not get the case: {other:?}"),
    }
}

/// A ledger in a place of its own, which goes with it.
pub struct Place {
    pub ledger: Arc<dyn Ledger>,
    _folder: Option<TempDir>,
}

pub async fn embedded() -> Place {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open_in(folder.path()).unwrap();
    Place { ledger: Arc::new(ledger), _folder: Some(folder) }
}

pub async fn postgres() -> Place {
    let url = tokio::task::spawn_blocking(support::postgres::fresh_database).await.unwrap();
    let ledger = Postgres::connect(&url, "test").await.unwrap();
    Place { ledger: Arc::new(ledger), _folder: None }
}

/// An embedded ledger with its index beside it.
pub fn open_in(folder: &Path) -> laufmappe::error::Result<Embedded> {
    let index = Index::open(&folder.join("index"))?;
    let clock: Clock = Arc::new(|| jiff::Timestamp::from_microsecond(1_790_000_123_456_789).unwrap());
    Embedded::open(&folder.join("ledger"), &index, clock, "test")
}

/// Everything a ledger can be asked, as text: two ledgers in one state answer the same.
pub async fn everything(ledger: &dyn Ledger) -> String {
    let mut said = String::new();
    for tenant in ledger.tenants().await.unwrap() {
        said += &format!("{tenant} {:?}\n", ledger.head(&tenant).await.unwrap());
        for line in ledger.export(&tenant).await.unwrap() {
            said += &format!("{line}\n");
        }
        for summary in ledger.summaries(Some(&tenant)).await.unwrap() {
            let history = ledger.history(&tenant, &summary.document.id).await.unwrap();
            said += &format!("{summary:?} {history:?}\n");
        }
    }
    said + &format!("{:?} {:?}", ledger.open(1000).await.unwrap(), ledger.summaries(None).await.unwrap())
}

/// A bit of everything: filed, divided, in clearing, given up, handed back, twice the same content.
pub async fn tell(ledger: &dyn Ledger) {
    let filed = document("rechnung");
    ledger.receive(filed.clone()).await.unwrap();
    let lease = claim(ledger, &filed, "w1", LONG).await;
    ledger.give_up(&lease, Duration::ZERO).await.unwrap();
    let lease = claim(ledger, &filed, "w2", LONG).await;
    for event in way_to_the_drawer(filed.content) {
        ledger.note(&lease, event).await.unwrap();
    }
    let batch = document("stapel");
    ledger.receive(batch.clone()).await.unwrap();
    let lease = claim(ledger, &batch, "w1", LONG).await;
    let parts = vec![part_of(&batch, 1, "rechnung"), part_of(&batch, 2, "brief")];
    ledger.divide(&lease, parts.clone(), division(&parts)).await.unwrap();

    let lease = claim(ledger, &parts[1], "w1", LONG).await;
    ledger.note(&lease, clearing()).await.unwrap();
    let other = document_of("bonn", "rechnung", "rechnung");
    ledger.receive(other.clone()).await.unwrap();
    let lease = claim(ledger, &other, "w1", LONG).await;
    ledger.note(&lease, failed("Zeile\n\u{2028}\u{0}ä")).await.unwrap();
    ledger.hand_back(&lease, Rest::For(Duration::ZERO)).await.unwrap();
}

pub fn way_to_the_drawer(hash: ContentHash) -> Vec<Event> {
    let (target, key) = ("akte".to_owned(), "k00".to_owned());

    vec![
        Event::Recognised { reading: hash, version: "1".into(), pages: 2, by_ocr: 1 },
        Event::Validated {
            report: hash,
            profile: Some("xrechnung".into()),
            fatal: 0,
            warnings: 3,
            recommendation: "accept".into(),
        },
        Event::Routed { decision: hash, rule: "rechnungen".into(), rules_version: "1".into() },
        Event::Intended { target: target.clone(), key: key.clone(), filing: hash, transfer: Some(hash) },
        Event::Filed { target, key, receipt: hash, adopted: false },
        Event::Closed,
    ]
}

/// Numbers that look like chance and are the same for the same seed.
pub struct Chance(pub u64);

impl Chance {
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit.max(1) as u64) as usize
    }
}

pub fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for found in std::fs::read_dir(from).unwrap() {
        let found = found.unwrap();
        match found.file_type().unwrap().is_dir() {
            true => copy_folder(&found.path(), &to.join(found.file_name())),
            false => drop(std::fs::copy(found.path(), to.join(found.file_name())).unwrap()),
        }
    }
}
