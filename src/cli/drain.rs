//! `laufmappe drain`: Wartungspause. Workers finish what they have and take nothing; intake goes on.

use super::{ALL_FILED, SOME_IN_CLEARING, house, language};
use crate::error::Result;
use crate::job::Language;
use crate::ledger::{Ledger, Load};
use crate::settings::Settings;
use std::time::{Duration, Instant};

const LOOK: Duration = Duration::from_millis(500);
/// A worker that was just about to claim a case when the pause began has claimed it by then.
const QUIET: u32 = 4;
/// Rates are not asked here.
const MOMENT: Duration = Duration::from_secs(1);

/// Begins the pause and returns when nobody has a case any more, or when the time is over.
pub async fn begin(settings: &Settings, by: &str, wait: Duration, tongue: Language) -> Result<u8> {
    let house = house::open(settings).await?;
    house.ledger.pause(by).await?;
    language::say(match tongue {
        Language::De => "Wartungspause: Angefangenes wird fertig, Neues bleibt liegen; angenommen wird weiter.",
        Language::En => "Pause: work in hand is finished, nothing new is taken; intake goes on.",
    });
    let (begun, mut quiet) = (Instant::now(), 0);
    loop {
        let busy = busy(house.ledger.as_ref()).await?;
        quiet = if busy.is_empty() { quiet + 1 } else { 0 };
        if quiet == QUIET {
            language::say(match tongue {
                Language::De => "Niemand arbeitet mehr. `laufmappe drain --end` beendet die Pause.",
                Language::En => "Nobody works any more. `laufmappe drain --end` ends the pause.",
            });
            return Ok(ALL_FILED);
        }
        if begun.elapsed() >= wait && quiet == 0 {
            for load in &busy {
                language::say(&match tongue {
                    Language::De => {
                        format!("Mandant {}: {} Dokumente noch in Arbeit", load.tenant, load.leased)
                    }
                    Language::En => format!("tenant {}: {} documents still at work", load.tenant, load.leased),
                });
            }
            return Ok(SOME_IN_CLEARING);
        }
        tokio::time::sleep(LOOK).await;
    }
}

pub async fn end(settings: &Settings, tongue: Language) -> Result<u8> {
    let house = house::open(settings).await?;
    let was = house.ledger.paused().await?;
    house.ledger.resume().await?;
    language::say(match (was.is_some(), tongue) {
        (true, Language::De) => "Die Wartungspause ist zu Ende; die Worker nehmen wieder Arbeit.",
        (true, Language::En) => "The pause is over; workers take work again.",
        (false, Language::De) => "Es war keine Wartungspause.",
        (false, Language::En) => "There was no pause.",
    });
    Ok(ALL_FILED)
}

async fn busy(ledger: &dyn Ledger) -> Result<Vec<Load>> {
    let mut loads = ledger.load(MOMENT).await?;
    loads.retain(|load| load.leased > 0);
    Ok(loads)
}
