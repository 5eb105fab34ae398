//! A DMS in memory of any of the four classes, and an adapter that says which class it is.
//!
//! Its time is the ledger's: a request has its effect late, and the search shows it late, by the clock that the
//! waits are counted by, so that a slow machine changes nothing.

use super::stand::Fate;
use async_trait::async_trait;
use jiff::Timestamp;
use laufmappe::error::{Error, Kind, Result};
use laufmappe::filing::protocol::Timing;
use laufmappe::filing::{self, Adapter, Class, Filing, FilingKey, Receipt};
use laufmappe::job::Clock;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

/// What the target promises. It keeps its word: see [`LATE`] and [`SHOWS_AFTER`].
pub const TIMING: Timing =
    Timing { call: Duration::from_secs(20), settle: Duration::from_secs(30), lag: Duration::from_secs(60) };
const LATE: Duration = Duration::from_secs(28);
const SHOWS_AFTER: Duration = Duration::from_secs(55);

/// How a storing ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum End {
    Well,
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

/// How the first and the second storing of a document end, by the number of the document; all others end well.
pub type Ends = fn(usize) -> [End; 2];

pub struct Dms {
    pub nature: Class,
    clock: Clock,
    ends: Ends,
    shelf: Mutex<Shelf>,
}

#[derive(Default)]
struct Shelf {
    /// What lies there, and from when on.
    objects: Vec<(Receipt, Timestamp)>,
    /// Which document it is, in the order they came, and how many storings were begun.
    puts: HashMap<FilingKey, (usize, usize)>,
}

impl Dms {
    pub fn new(nature: Class, clock: Clock, ends: Ends) -> Self {
        Self { nature, clock, ends, shelf: Mutex::default() }
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap()
    }

    fn store(&self, receipt: Receipt, from: Timestamp) {
        self.shelf().objects.push((receipt, from));
    }

    fn search(&self, key: &FilingKey) -> Vec<Receipt> {
        let shows = if self.nature == Class::C { SHOWS_AFTER } else { Duration::ZERO };
        let now = (self.clock)();
        let shelf = self.shelf();
        let hits = shelf.objects.iter().filter(|(receipt, from)| receipt.key == *key && *from + shows <= now);
        let mut hits: Vec<_> = hits.map(|(receipt, _)| receipt.clone()).collect();
        match self.nature {
            // Under one key there is one thing.
            Class::A => hits.truncate(1),
            Class::B | Class::C => {}
            Class::D => hits.clear(),
        }
        hits
    }

    /// Objects in the end, per key.
    pub fn counts(&self) -> HashMap<FilingKey, usize> {
        let mut counts = HashMap::new();
        for (receipt, _) in &self.shelf().objects {
            let count = counts.entry(receipt.key.clone()).or_default();
            *count = if self.nature == Class::A { 1 } else { *count + 1 };
        }
        counts
    }

    /// Storings begun.
    pub fn puts(&self, key: &FilingKey) -> usize {
        self.shelf().puts.get(key).map_or(0, |(_, puts)| *puts)
    }

    fn next_end(&self, key: &FilingKey) -> End {
        let mut shelf = self.shelf();
        let number = shelf.puts.len();
        let (number, puts) = shelf.puts.entry(key.clone()).or_insert((number, 0));
        *puts += 1;
        (self.ends)(*number).get(*puts - 1).copied().unwrap_or(End::Well)
    }
}

/// A wrong word about the class is the negative control.
pub struct Said {
    pub dms: Arc<Dms>,
    pub class: Class,
    pub fate: Arc<Fate>,
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
        TIMING
    }

    async fn find(&self, filing: &Filing) -> Result<Option<Receipt>> {
        let look = async {
            let hit = filing::only_one("akte", filing, self.dms.search(&filing.key))?;
            Ok(hit.map(|hit| Receipt { adopted: true, ..hit }))
        };
        self.fate.around(look).await
    }

    async fn put(&self, filing: &Filing) -> Result<Receipt> {
        self.fate.around(self.end(filing)).await
    }

    async fn probe(&self) -> Result<()> {
        Ok(())
    }
}

impl Said {
    async fn end(&self, filing: &Filing) -> Result<Receipt> {
        let receipt = Receipt {
            target: "akte".to_owned(),
            key: filing.key.clone(),
            location: "dms:1".to_owned(),
            items: filing.items.iter().map(|item| (item.name.clone(), item.content)).collect(),
            adopted: false,
        };
        let now = (self.dms.clock)();
        let unknown = |text| Err(Error::new(Kind::Unknown, text));
        match self.dms.next_end(&filing.key) {
            End::Well => self.dms.store(receipt.clone(), now),
            End::AnswerLost => {
                self.dms.store(receipt, now);
                return unknown("the answer was lost");
            }
            End::Late => {
                self.dms.store(receipt, now + LATE);
                return unknown("no answer in time");
            }
            End::Lost => return unknown("the connection was cut"),
            End::Away => return Err(Error::new(Kind::Unavailable, "nobody answers")),
            End::DiesBefore => self.fate.die().await,
            End::DiesAfter => {
                self.dms.store(receipt.clone(), now);
                self.fate.die().await;
            }
        }
        Ok(receipt)
    }
}
