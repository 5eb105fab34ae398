//! `laufmappe status`: what became of every document, and how the house stands.

use super::house::{self, House};
use super::{ALL_FILED, Format, language, table};
use crate::error::{Error, Kind, Result};
use crate::job::{Language, Tenant, german_time};
use crate::ledger::{Load, Parked, Pause, State, Summary};
use crate::queue::{Depth, LaneDepth};
use crate::settings::Settings;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

/// `alone`: the summary without the table.
pub async fn status(
    settings: &Settings,
    tenant: Option<&str>,
    alone: bool,
    format: Format,
    tongue: Language,
) -> Result<u8> {
    let tenant = tenant.map(|name| settings.tenant(Some(name))).transpose()?;
    let house = house::open(settings).await?;
    let summaries = house.ledger.summaries(tenant.as_ref()).await?;
    if format == Format::Json && !alone {
        language::say(&table::json(&table::rows(&house, summaries)?)?);
        return Ok(ALL_FILED);
    }
    let standing = Standing::of(&house, tenant.as_ref(), &summaries).await?;
    if format == Format::Json {
        let json = serde_json::to_string_pretty(&standing);
        language::say(
            &json.map_err(|error| Error::new(Kind::Internal, format!("writing JSON failed: {error}")))?,
        );
        return Ok(ALL_FILED);
    }
    if !alone {
        language::say(&table::text(&table::rows(&house, summaries)?, tongue));
    }
    language::say(&standing.text(tongue));
    Ok(ALL_FILED)
}

/// How the house stands.
#[derive(Serialize)]
struct Standing {
    tenants: BTreeMap<Tenant, Of>,
    queue: Waiting,
    #[serde(skip_serializing_if = "Option::is_none")]
    paused: Option<Paused>,
}

/// How one tenant stands.
#[derive(Default, Serialize)]
struct Of {
    filed: u64,
    divided: u64,
    clearing: u64,
    open: u64,
    leased: u64,
    parked: Vec<Waits>,
    #[serde(skip_serializing_if = "Option::is_none")]
    oldest_open_s: Option<u64>,
    settled_last_hour: u64,
}

/// Cases that wait for a target.
#[derive(Serialize)]
struct Waits {
    target: String,
    cases: u64,
    since: jiff::Timestamp,
}

#[derive(Serialize)]
struct Waiting {
    ready: u64,
    in_flight: u64,
    delayed: u64,
    poison: u64,
    /// By urgency class.
    classes: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct Paused {
    by: String,
    since: jiff::Timestamp,
}

impl Standing {
    async fn of(house: &House, tenant: Option<&Tenant>, summaries: &[Summary]) -> Result<Standing> {
        let mut tenants: BTreeMap<Tenant, Of> = BTreeMap::new();
        for summary in summaries {
            tenants.entry(summary.document.tenant.clone()).or_default().count(summary.state);
        }
        let ours = |other: &Tenant| tenant.is_none_or(|tenant| tenant == other);
        for load in house.ledger.load(HOUR).await?.into_iter().filter(|load| ours(&load.tenant)) {
            let Load { tenant, leased, oldest_open, settled, .. } = load;
            let of = tenants.entry(tenant).or_default();
            (of.leased, of.settled_last_hour) = (leased, settled);
            of.oldest_open_s = oldest_open.map(|age| age.as_secs());
        }
        for Parked { tenant, target, cases, oldest } in house.ledger.parked().await? {
            if ours(&tenant) {
                tenants.entry(tenant).or_default().parked.push(Waits { target, cases, since: oldest });
            }
        }
        let lanes = house.queue.lanes().await?;
        let queue = Waiting::of(house.queue.depth().await?, lanes.iter().filter(|lane| ours(&lane.tenant)));
        let paused = house.ledger.paused().await?.map(|Pause { by, since }| Paused { by, since });
        Ok(Standing { tenants, queue, paused })
    }

    fn text(&self, tongue: Language) -> String {
        let mut lines = Vec::new();
        if let Some(Paused { by, since }) = &self.paused {
            let since = german_time(*since).strftime("%Y-%m-%d %H:%M");
            lines.push(match tongue {
                Language::De => format!("Wartungspause seit {since} Uhr (durch {by}): Worker nehmen nichts"),
                Language::En => format!("paused since {since} German time (by {by}): workers take nothing"),
            });
        }
        for (tenant, of) in &self.tenants {
            of.tell(tenant, &mut lines, tongue);
        }
        lines.push(self.queue.text(tongue));
        lines.join("\n")
    }
}

impl Of {
    fn count(&mut self, state: State) {
        match state {
            State::Open => self.open += 1,
            State::Filed => self.filed += 1,
            State::Divided => self.divided += 1,
            State::Clearing => self.clearing += 1,
        }
    }

    fn tell(&self, tenant: &Tenant, lines: &mut Vec<String>, tongue: Language) {
        let Of { filed, divided, clearing, open, leased, settled_last_hour, .. } = self;
        let oldest = match (self.oldest_open_s, tongue) {
            (Some(seconds), Language::De) => format!(", der älteste seit {}", age(seconds)),
            (Some(seconds), Language::En) => format!(", the oldest for {}", age(seconds)),
            (None, _) => String::new(),
        };
        lines.push(match tongue {
            Language::De => format!(
                "Mandant {tenant}: {filed} abgelegt, {divided} aufgeteilt, {clearing} in Klärung, {open} offen \
                 ({leased} in Arbeit{oldest}); in der letzten Stunde {settled_last_hour} erledigt"
            ),
            Language::En => format!(
                "Tenant {tenant}: {filed} filed, {divided} divided, {clearing} in clearing, {open} open \
                 ({leased} at work{oldest}); {settled_last_hour} settled within the last hour"
            ),
        });
        for Waits { target, cases, since } in &self.parked {
            let since = german_time(*since).strftime("%Y-%m-%d %H:%M");
            lines.push(match tongue {
                Language::De => format!("  {cases} warten auf das Ziel {target}, der älteste seit {since} Uhr"),
                Language::En => {
                    format!("  {cases} wait for the target {target}, the oldest since {since} German time")
                }
            });
        }
    }
}

impl Waiting {
    fn of<'a>(depth: Depth, lanes: impl Iterator<Item = &'a LaneDepth>) -> Waiting {
        let mut classes = BTreeMap::new();
        for lane in lanes {
            *classes.entry(lane.priority.name()).or_default() += lane.ready;
        }
        let Depth { ready, in_flight, delayed, poison } = depth;
        Waiting { ready, in_flight, delayed, poison, classes }
    }

    fn text(&self, tongue: Language) -> String {
        let Waiting { ready, delayed, poison, .. } = self;
        let class = |name: &str| self.classes.get(name).copied().unwrap_or_default();
        let (urgent, normal, backfill) = (class("urgent"), class("normal"), class("backfill"));
        match tongue {
            Language::De => format!(
                "Warteschlange: {ready} bereit ({urgent} eilig, {normal} normal, {backfill} nachrangig), \
                 {delayed} später, {poison} unlesbar"
            ),
            Language::En => format!(
                "Queue: {ready} ready ({urgent} urgent, {normal} normal, {backfill} backfill), {delayed} delayed, \
                 {poison} unreadable"
            ),
        }
    }
}

fn age(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7199 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}
