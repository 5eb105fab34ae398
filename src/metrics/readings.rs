//! The table of what is read at each scrape from queue, ledger, disk and process: name, help, rows.
//!
//! A source that is away has no rows: yesterday's figures would look like today's. `laufmappe_source_up` says so.

use super::{Known, Look, Sources};
use crate::job::{Priority, Tenant};
use crate::ledger::Load;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::gauge::ConstGauge;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub(super) struct Shown {
    pub sources: Arc<Sources>,
    pub known: Arc<Known>,
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shown")
    }
}

impl Collector for Shown {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let look = self.sources.seen();
        for (name, help, rows) in READINGS {
            let rows = rows(&look, &self.known);
            if rows.is_empty() {
                continue;
            }
            let mut metric = encoder.encode_descriptor(name, help, None, MetricType::Gauge)?;
            for (labels, value) in rows {
                ConstGauge::new(value).encode(metric.encode_family(&labels)?)?;
            }
        }
        Ok(())
    }
}

type Labels = Vec<(&'static str, String)>;
type Rows = BTreeMap<Labels, f64>;
type Reading = (&'static str, &'static str, fn(&Look, &Known) -> Rows);

#[rustfmt::skip]
const READINGS: &[Reading] = &[
    ("build_info", "Version of the program; always 1.", |_, _| one(vec![("version", env!("CARGO_PKG_VERSION").to_owned())], 1.0)),
    ("source_up", "Whether a source of these figures answered in time.", |look, _| {
        let up = [("queue", look.queue.is_ok()), ("ledger", look.ledger.is_ok()), ("disk", look.room.is_ok())];
        up.into_iter().map(|(source, up)| (vec![("source", source.to_owned())], f64::from(u8::from(up)))).collect()
    }),
    ("queue_ready_jobs", "Jobs that wait for a worker.", lanes),
    ("queue_in_flight_jobs", "Jobs that workers have in hand.", |look, _| of_queue(look, |depth| depth.in_flight)),
    ("queue_delayed_jobs", "Jobs that rest until their time.", |look, _| of_queue(look, |depth| depth.delayed)),
    ("queue_poison_messages", "Messages nobody can read; a person looks.", |look, _| of_queue(look, |depth| depth.poison)),
    ("ledger_open_cases", "Cases that are not settled.", |look, known| of_ledger(look, known, |load| load.open as f64)),
    ("ledger_leased_cases", "Open cases a worker owns.", |look, known| of_ledger(look, known, |load| load.leased as f64)),
    ("ledger_parked_cases", "Open cases that wait for their target.", |look, known| of_ledger(look, known, |load| load.parked as f64)),
    ("ledger_clearing_cases", "Cases that wait for a person.", |look, known| of_ledger(look, known, |load| load.clearing as f64)),
    ("ledger_entries", "Entries of the chain.", |look, known| of_ledger(look, known, |load| load.entries as f64)),
    ("ledger_settled_cases", "Cases settled within the last five minutes.", |look, known| of_ledger(look, known, |load| load.settled as f64)),
    ("ledger_busy_seconds", "Work that went into the cases settled within the last five minutes.", |look, known| of_ledger(look, known, |load| load.busy.as_secs_f64())),
    ("ledger_active_workers", "Workers that settled a case within the last five minutes.", |look, known| largest_of_ledger(look, known, |load| load.workers as f64)),
    ("ledger_oldest_open_seconds", "Age of the oldest open case; 0 where nothing is open.", |look, known| {
        largest_of_ledger(look, known, |load| load.oldest_open.unwrap_or(Duration::ZERO).as_secs_f64())
    }),
    ("parked_cases", "Cases that wait for this target.", |look, known| parked(look, known, |row, so_far| so_far + row.cases as f64)),
    ("parked_oldest_seconds", "How long the first of them has waited.", |look, known| parked(look, known, |row, so_far| so_far.max(row.oldest.as_secs_f64()))),
    ("paused", "Whether workers take nothing (maintenance): 0 no, 1 yes.", |look, _| {
        look.ledger.as_ref().map_or_else(|_| Rows::new(), |ledger| one(Labels::new(), f64::from(u8::from(ledger.paused.is_some()))))
    }),
    ("disk_free_bytes", "Free space where the data folder lies.", |look, _| of_room(look, |room| room.free)),
    ("disk_size_bytes", "Size of the file system where the data folder lies.", |look, _| of_room(look, |room| room.whole)),
    ("resident_memory_bytes", "Memory of this process.", |look, _| look.memory.map_or_else(Rows::new, |bytes| one(Labels::new(), bytes as f64))),
];

fn one(labels: Labels, value: f64) -> Rows {
    Rows::from([(labels, value)])
}

/// Every known tenant and class has its row, so that an empty lane is 0 and not missing.
fn lanes(look: &Look, known: &Known) -> Rows {
    let Ok(queue) = &look.queue else { return Rows::new() };
    let labels =
        |tenant: String, priority: Priority| vec![("tenant", tenant), ("priority", priority.name().to_owned())];
    let mut rows = Rows::new();
    for tenant in known.0.keys() {
        for priority in Priority::ALL {
            rows.insert(labels(tenant.as_str().to_owned(), priority), 0.0);
        }
    }
    for lane in &queue.lanes {
        *rows.entry(labels(known.tenant(&lane.tenant), lane.priority)).or_default() += lane.ready as f64;
    }
    rows
}

fn of_queue(look: &Look, value: fn(&crate::queue::Depth) -> u64) -> Rows {
    look.queue.as_ref().map_or_else(|_| Rows::new(), |queue| one(Labels::new(), value(&queue.depth) as f64))
}

fn of_room(look: &Look, value: fn(&super::Room) -> u64) -> Rows {
    look.room.as_ref().map_or_else(|_| Rows::new(), |room| one(Labels::new(), value(room) as f64))
}

fn of_ledger(look: &Look, known: &Known, value: fn(&Load) -> f64) -> Rows {
    per_tenant(look, known, value, |so_far, more| so_far + more)
}

/// What cannot be added up: an age, and workers that work for several tenants.
fn largest_of_ledger(look: &Look, known: &Known, value: fn(&Load) -> f64) -> Rows {
    per_tenant(look, known, value, f64::max)
}

fn per_tenant(look: &Look, known: &Known, value: fn(&Load) -> f64, join: fn(f64, f64) -> f64) -> Rows {
    let Ok(ledger) = &look.ledger else { return Rows::new() };
    let labels = |tenant: String| vec![("tenant", tenant)];
    let mut rows: Rows =
        known.0.keys().map(|tenant: &Tenant| (labels(tenant.as_str().to_owned()), 0.0)).collect();
    for load in &ledger.tenants {
        let row = rows.entry(labels(known.tenant(&load.tenant))).or_default();
        *row = join(*row, value(load));
    }
    rows
}

fn parked(look: &Look, known: &Known, join: fn(&super::sources::ParkedFor, f64) -> f64) -> Rows {
    let Ok(ledger) = &look.ledger else { return Rows::new() };
    let labels =
        |tenant: &str, target: &str| vec![("tenant", tenant.to_owned()), ("target", target.to_owned())];
    let mut rows = Rows::new();
    for (tenant, targets) in &known.0 {
        rows.extend(targets.iter().map(|target| (labels(tenant.as_str(), target), 0.0)));
    }
    for parked in &ledger.parked {
        let by = known.target(&parked.tenant, &parked.target);
        let row = rows.entry(labels(&by.tenant, &by.target)).or_default();
        *row = join(parked, *row);
    }
    rows
}
