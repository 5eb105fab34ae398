//! `laufmappe drain`: Wartungspause. Workers finish what they have and take nothing; intake goes on.
//!
//! An embedded ledger belongs to the worker that runs there; the pause is begun and ended beside it.

use super::{ALL_FILED, SOME_IN_CLEARING, house, language};
use crate::error::{Error, Kind, Result};
use crate::job::{DocumentId, Language, Tenant};
use crate::ledger::{self, Event, Ledger, PauseFile, State};
use crate::settings::Settings;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

const LOOK: Duration = Duration::from_secs(1);
/// A worker that was just about to claim a case when the pause began has claimed it by then.
const QUIET: u32 = 3;
/// Rates are not asked here.
const MOMENT: Duration = Duration::from_secs(1);

/// Where the pause is kept.
enum Place {
    Ledger(Arc<dyn Ledger>),
    /// A worker holds the ledger in the data folder.
    Beside(PauseFile),
}

impl Place {
    async fn of(settings: &Settings) -> Result<Place> {
        match house::open(settings).await {
            Ok(house) => Ok(Place::Ledger(house.ledger)),
            Err(error) if is_held(settings, &error) => Ok(Place::Beside(PauseFile::of(&settings.data))),
            Err(error) => Err(error),
        }
    }

    async fn begin(&self, by: &str) -> Result<()> {
        match self {
            Place::Ledger(ledger) => ledger.pause(by).await,
            Place::Beside(file) => file.begin(by, house::clock()()),
        }
    }

    /// Answers whether there was a pause.
    async fn end(&self) -> Result<bool> {
        let was = match self {
            Place::Ledger(ledger) => ledger.paused().await?,
            Place::Beside(file) => file.read()?,
        };
        match self {
            Place::Ledger(ledger) => ledger.resume().await?,
            Place::Beside(file) => file.end()?,
        }
        Ok(was.is_some())
    }

    /// Documents that somebody works on.
    async fn busy(&self, settings: &Settings) -> Result<BTreeMap<Tenant, u64>> {
        let Place::Ledger(ledger) = self else { return claimed(settings) };
        let loads = ledger.load(MOMENT).await?;
        Ok(loads.into_iter().filter(|load| load.leased > 0).map(|load| (load.tenant, load.leased)).collect())
    }
}

fn is_held(settings: &Settings, error: &Error) -> bool {
    settings.ledger.is_none() && error.kind == Kind::Usage
}

/// What the worker that claimed last has not given back, by the journal.
fn claimed(settings: &Settings) -> Result<BTreeMap<Tenant, u64>> {
    let mut holders: HashMap<(Tenant, DocumentId), String> = HashMap::new();
    let mut newest = None;
    for line in ledger::chains_of_journal(&settings.data.join("journal"))?.values().flatten() {
        let entry = ledger::entry_of_line(line)?;
        let settled = State::Open.after(&entry.event).is_settled();
        let case = (entry.tenant, entry.document);
        match entry.event {
            Event::Claimed { worker, .. } => {
                newest = newest.max(Some((entry.at, worker.clone())));
                holders.insert(case, worker);
            }
            Event::Released { .. } => drop(holders.remove(&case)),
            _ if settled => drop(holders.remove(&case)),
            _ => {}
        }
    }
    let mut busy = BTreeMap::new();
    for ((tenant, _), worker) in holders {
        if newest.as_ref().is_some_and(|(_, last)| *last == worker) {
            *busy.entry(tenant).or_default() += 1;
        }
    }
    Ok(busy)
}

/// Begins the pause and returns when nobody has a case any more, or when the time is over.
pub async fn begin(settings: &Settings, by: &str, wait: Duration, tongue: Language) -> Result<u8> {
    let place = Place::of(settings).await?;
    place.begin(by).await?;
    language::say(match tongue {
        Language::De => "Wartungspause: Angefangenes wird fertig, Neues bleibt liegen; angenommen wird weiter.",
        Language::En => "Pause: work in hand is finished, nothing new is taken; intake goes on.",
    });
    let (begun, mut quiet) = (Instant::now(), 0);
    loop {
        let busy = place.busy(settings).await?;
        quiet = if busy.is_empty() { quiet + 1 } else { 0 };
        if quiet == QUIET {
            language::say(match tongue {
                Language::De => "Niemand arbeitet mehr. `laufmappe drain --end` beendet die Pause.",
                Language::En => "Nobody works any more. `laufmappe drain --end` ends the pause.",
            });
            return Ok(ALL_FILED);
        }
        if begun.elapsed() >= wait && quiet == 0 {
            for (tenant, count) in &busy {
                language::say(&match tongue {
                    Language::De => format!("Mandant {tenant}: {count} Dokumente noch in Arbeit"),
                    Language::En => format!("tenant {tenant}: {count} documents still at work"),
                });
            }
            return Ok(SOME_IN_CLEARING);
        }
        tokio::time::sleep(LOOK).await;
    }
}

pub async fn end(settings: &Settings, tongue: Language) -> Result<u8> {
    let was = Place::of(settings).await?.end().await?;
    language::say(match (was, tongue) {
        (true, Language::De) => "Die Wartungspause ist zu Ende; die Worker nehmen wieder Arbeit.",
        (true, Language::En) => "The pause is over; workers take work again.",
        (false, Language::De) => "Es war keine Wartungspause.",
        (false, Language::En) => "There was no pause.",
    });
    Ok(ALL_FILED)
}
