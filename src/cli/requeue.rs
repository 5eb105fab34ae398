//! `laufmappe requeue`: rings for every open case that nobody has; the queues are filled anew from the ledger.

use super::house::{self, House};
use super::{ALL_FILED, language};
use crate::error::Result;
use crate::job::{Job, Language, Tenant, german_time};
use crate::ledger::{Parked, Ring};
use crate::settings::Settings;
use std::collections::BTreeMap;

const AT_ONCE: usize = 1000;

/// `parked`: cases that wait for a target ring, too.
pub async fn requeue(settings: &Settings, tenant: Option<&str>, parked: bool, tongue: Language) -> Result<u8> {
    let tenant = tenant.map(|name| settings.tenant(Some(name))).transpose()?;
    let house = house::open(settings).await?;
    let mut rung: BTreeMap<Tenant, u64> = BTreeMap::new();
    // The ledger gives out whoever is due, of all tenants; a bell too many harms nobody.
    loop {
        let jobs = house.ledger.due(Ring::All, AT_ONCE).await?;
        if jobs.is_empty() {
            break;
        }
        ring(&house, &jobs, &mut rung).await?;
    }
    let waiting = house.ledger.parked().await?;
    let waiting: Vec<&Parked> =
        waiting.iter().filter(|row| tenant.as_ref().is_none_or(|tenant| *tenant == row.tenant)).collect();
    if parked {
        for row in &waiting {
            release(&house, row, &mut rung).await?;
        }
    }
    tell(&rung, tongue);
    for row in waiting.iter().filter(|_| !parked) {
        language::say(&left_alone(row, tongue));
    }
    Ok(ALL_FILED)
}

async fn release(house: &House, row: &Parked, rung: &mut BTreeMap<Tenant, u64>) -> Result<()> {
    // What was released before is still on its way.
    for limit in (AT_ONCE..).step_by(AT_ONCE) {
        let jobs = house.ledger.unpark(&row.tenant, &row.target, limit).await?;
        if jobs.is_empty() {
            return Ok(());
        }
        ring(house, &jobs, rung).await?;
    }
    Ok(())
}

async fn ring(house: &House, jobs: &[Job], rung: &mut BTreeMap<Tenant, u64>) -> Result<()> {
    for job in jobs {
        house.queue.publish(job).await?;
        *rung.entry(job.tenant.clone()).or_default() += 1;
    }
    Ok(())
}

fn tell(rung: &BTreeMap<Tenant, u64>, tongue: Language) {
    for (tenant, count) in rung {
        language::say(&match tongue {
            Language::De => format!("Mandant {tenant}: {count} Vorgänge in die Warteschlange gestellt"),
            Language::En => format!("tenant {tenant}: {count} cases put into the queue"),
        });
    }
    if rung.is_empty() {
        language::say(match tongue {
            Language::De => {
                "Nichts zu tun: Es gibt keinen offenen Vorgang, den niemand hat und der nicht ruht."
            }
            Language::En => "Nothing to do: there is no open case that nobody has and that does not rest.",
        });
    }
}

fn left_alone(row: &Parked, tongue: Language) -> String {
    let Parked { tenant, target, cases, oldest } = row;
    let since = german_time(*oldest).strftime("%Y-%m-%d %H:%M");
    match tongue {
        Language::De => format!(
            "Mandant {tenant}: {cases} Vorgänge warten auf das Ziel {target}, der älteste seit {since} Uhr. Sie \
             laufen von selbst weiter, wenn es wieder da ist; --parked stellt sie jetzt schon ein."
        ),
        Language::En => format!(
            "tenant {tenant}: {cases} cases wait for the target {target}, the oldest since {since} German time. \
             They go on by themselves when it is back; --parked puts them in now."
        ),
    }
}
