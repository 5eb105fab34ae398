//! Kennzahlen: what operations see of a worker, and of the queue and the ledger behind it.
//!
//! In: what the worker tells, the measured stages, and at each scrape what queue, ledger and disk answer
//! ([`sources`]). Out: the text format of OpenMetrics or Prometheus. Absent on purpose: ids, names, contents. Labels
//! come from the settings and from our own enums only, so that their number is bounded.
//!
//! What counts is of two kinds. A worker's own: `laufmappe_…_total`, stages, in flight; add them up. Of the shared
//! house: `laufmappe_queue_…`, `laufmappe_ledger_…`, `laufmappe_parked_…`; every worker tells the same, take the
//! largest.

mod measured;
mod readings;
mod sources;

pub use measured::{Measured, STAGES};
pub use sources::{Away, LedgerLoad, Look, ParkedFor, QueueLoad, Room, Sources};

use crate::error::{Error, Kind, Result};
use crate::job::Tenant;
use crate::ledger::Event;
use crate::worker::{Seen, Step};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What stands in a label for whatever the settings do not name (a tenant or target that was taken out of them).
/// No tenant is called like this: names start with a letter.
pub const OTHER: &str = "_other";
/// How a case ends.
const OUTCOMES: [&str; 3] = ["filed", "divided", "clearing"];
/// Why a case went to a person: the kind of failure, or this where a routing rule said so.
const BY_RULE: &str = "rule";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByTenant {
    tenant: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByOutcome {
    tenant: String,
    outcome: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByKind {
    tenant: String,
    kind: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByTarget {
    tenant: String,
    target: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByResult {
    tenant: String,
    target: String,
    result: &'static str,
}

/// The tenants of the settings and their targets: the only ones that become labels.
#[derive(Debug, Clone, Default)]
pub struct Known(pub BTreeMap<Tenant, BTreeSet<String>>);

impl Known {
    fn tenant(&self, tenant: &Tenant) -> String {
        let known = self.0.contains_key(tenant);
        if known { tenant.as_str().to_owned() } else { OTHER.to_owned() }
    }

    fn target(&self, tenant: &Tenant, target: &str) -> ByTarget {
        let known = self.0.get(tenant).is_some_and(|targets| targets.contains(target));
        ByTarget {
            tenant: self.tenant(tenant),
            target: if known { target.to_owned() } else { OTHER.to_owned() },
        }
    }
}

/// The instruments of one worker.
pub struct Metrics {
    registry: Registry,
    sources: Arc<Sources>,
    known: Arc<Known>,
    settled: Family<ByOutcome, Counter>,
    put_off: Family<ByKind, Counter>,
    took: Family<ByOutcome, Histogram, fn() -> Histogram>,
    filings: Family<ByResult, Counter>,
    parked: Family<ByTarget, Counter>,
    breaker: Family<ByTarget, Gauge>,
    leases_lost: Family<ByTenant, Counter>,
    clearings: Family<ByKind, Counter>,
    pages: Family<ByTenant, Counter>,
    ocr_pages: Family<ByTenant, Counter>,
}

impl Metrics {
    /// `slots`: documents this worker works on at the same time.
    pub fn new(known: Known, slots: usize, sources: Arc<Sources>, measured: &Measured) -> Self {
        let known = Arc::new(known);
        let mut metrics = Self {
            registry: Registry::with_prefix("laufmappe"),
            sources: Arc::clone(&sources),
            known: Arc::clone(&known),
            settled: Family::default(),
            put_off: Family::default(),
            took: Family::new_with_constructor(measured::seconds),
            filings: Family::default(),
            parked: Family::default(),
            breaker: Family::default(),
            leases_lost: Family::default(),
            clearings: Family::default(),
            pages: Family::default(),
            ocr_pages: Family::default(),
        };
        metrics.register(slots);
        metrics.begin_at_zero();
        measured.register(&mut metrics.registry);
        metrics.registry.register_collector(Box::new(readings::Shown { sources, known }));
        metrics
    }

    #[rustfmt::skip]
    fn register(&mut self, slots: usize) {
        let registry = &mut self.registry;
        registry.register("documents_settled", "Cases this worker brought to an end", self.settled.clone());
        registry.register("documents_put_off", "Cases this worker gave back for later, by the kind of failure", self.put_off.clone());
        registry.register("document_duration_seconds", "From the claim of a case to its end", self.took.clone());
        registry.register("filings", "Calls of a filing target: a receipt, or the kind of failure", self.filings.clone());
        registry.register("documents_parked", "Cases this worker parked because their target is away", self.parked.clone());
        registry.register("breaker_open", "Circuit breaker of this worker towards a target: 0 closed, 1 open", self.breaker.clone());
        registry.register("leases_lost", "Cases another worker had taken over meanwhile", self.leases_lost.clone());
        registry.register("clearings", "Cases this worker handed to a person, by the kind of failure or 'rule'", self.clearings.clone());
        registry.register("pages", "Pages this worker read", self.pages.clone());
        registry.register("ocr_pages", "Pages this worker read by OCR", self.ocr_pages.clone());
        let working: Gauge = Gauge::default();
        working.set(i64::try_from(slots).unwrap_or(i64::MAX));
        registry.register("worker_slots", "Documents this worker works on at the same time", working);
    }

    /// A counter that begins with its first event hides that event from `increase()`.
    fn begin_at_zero(&self) {
        for (tenant, targets) in &self.known.0 {
            let tenant = tenant.as_str().to_owned();
            for outcome in OUTCOMES {
                let by = ByOutcome { tenant: tenant.clone(), outcome };
                drop(self.settled.get_or_create(&by));
                drop(self.took.get_or_create(&by));
            }
            for family in [&self.leases_lost, &self.pages, &self.ocr_pages] {
                drop(family.get_or_create(&ByTenant { tenant: tenant.clone() }));
            }
            for kind in [Kind::Refused.slug(), Kind::Conflict.slug(), BY_RULE] {
                drop(self.clearings.get_or_create(&ByKind { tenant: tenant.clone(), kind }));
            }
            for kind in [Kind::Unavailable.slug(), Kind::Unknown.slug(), Kind::Crashed.slug()] {
                drop(self.put_off.get_or_create(&ByKind { tenant: tenant.clone(), kind }));
            }
            for target in targets {
                let by = ByTarget { tenant: tenant.clone(), target: target.clone() };
                drop(self.parked.get_or_create(&by));
                drop(self.breaker.get_or_create(&by));
                for result in [RECEIPT, Kind::Unavailable.slug()] {
                    let by = ByResult { tenant: tenant.clone(), target: target.clone(), result };
                    drop(self.filings.get_or_create(&by));
                }
            }
        }
    }

    /// What the worker tells.
    pub fn take_in(&self, seen: &Seen<'_>) {
        match seen {
            Seen::Noted { tenant, event } => self.noted(tenant, event),
            Seen::Settled { tenant, step, took, .. } => {
                let outcome = match step {
                    Step::Filed => "filed",
                    Step::Divided(_) => "divided",
                    Step::InClearing => "clearing",
                };
                let by = ByOutcome { tenant: self.known.tenant(tenant), outcome };
                self.settled.get_or_create(&by).inc();
                self.took.get_or_create(&by).observe(took.as_secs_f64());
            }
            Seen::Later { tenant, target, kind, .. } => {
                let by = ByKind { tenant: self.known.tenant(tenant), kind: kind.slug() };
                self.put_off.get_or_create(&by).inc();
                if let Some(target) = target {
                    self.called(tenant, target, kind.slug());
                }
            }
            Seen::Parked { tenant, target, kind, .. } => {
                self.parked.get_or_create(&self.known.target(tenant, target)).inc();
                self.called(tenant, target, kind.slug());
            }
            Seen::LeaseLost { tenant, .. } => {
                self.leases_lost.get_or_create(&ByTenant { tenant: self.known.tenant(tenant) }).inc();
            }
            Seen::Breaker { tenant, target, open } => {
                self.breaker.get_or_create(&self.known.target(tenant, target)).set(i64::from(*open));
            }
        }
    }

    fn noted(&self, tenant: &Tenant, event: &Event) {
        match event {
            Event::Recognised { pages, by_ocr, .. } => {
                let by = ByTenant { tenant: self.known.tenant(tenant) };
                self.pages.get_or_create(&by).inc_by(u64::from(*pages));
                self.ocr_pages.get_or_create(&by).inc_by(u64::from(*by_ocr));
            }
            Event::Filed { target, .. } => self.called(tenant, target, RECEIPT),
            Event::InClearing { clearing } => {
                let kinds = Kind::ALL.iter().map(|kind| kind.slug());
                let kind = kinds.into_iter().find(|slug| *slug == clearing.reason).unwrap_or(BY_RULE);
                self.clearings.get_or_create(&ByKind { tenant: self.known.tenant(tenant), kind }).inc();
            }
            Event::Received { .. }
            | Event::Claimed { .. }
            | Event::Released { .. }
            | Event::Validated { .. }
            | Event::Routed { .. }
            | Event::Intended { .. }
            | Event::Failed { .. }
            | Event::Closed
            | Event::Divided { .. }
            | Event::HandedToReader
            | Event::Reopened { .. } => {}
        }
    }

    /// A filing target was called: a receipt, or the kind of its failure.
    fn called(&self, tenant: &Tenant, target: &str, result: &'static str) {
        let ByTarget { tenant, target } = self.known.target(tenant, target);
        self.filings.get_or_create(&ByResult { tenant, target, result }).inc();
    }

    /// What queue, ledger and disk say now (or said a moment ago).
    pub async fn look(&self) -> Arc<Look> {
        self.sources.look().await
    }

    /// Everything, as the one who asks can read it.
    pub async fn text(&self, format: Format) -> Result<String> {
        self.sources.look().await;
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)
            .map_err(|error| Error::new(Kind::Internal, format!("writing the metrics failed: {error}")))?;
        Ok(match format {
            Format::OpenMetrics => text,
            Format::Prometheus => plain(&text),
        })
    }
}

const RECEIPT: &str = "receipt";

/// Two dialects of the same thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    OpenMetrics,
    Prometheus,
}

impl Format {
    /// What the client asks for in its `Accept`.
    pub fn asked_for(accept: &str) -> Self {
        let open = accept.contains("application/openmetrics-text");
        if open { Self::OpenMetrics } else { Self::Prometheus }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
            Self::Prometheus => "text/plain; version=0.0.4; charset=utf-8",
        }
    }
}

/// OpenMetrics in the older dialect: there a counter is called as its sample is, and nothing marks the end.
fn plain(open: &str) -> String {
    let counters: BTreeSet<&str> =
        open.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.strip_suffix(" counter")).collect();
    let mut text = String::with_capacity(open.len());
    for line in open.lines().filter(|line| !line.starts_with("# UNIT") && *line != "# EOF") {
        let mut words = line.splitn(4, ' ');
        match (words.next(), words.next(), words.next(), words.next()) {
            (Some("#"), Some(what), Some(name), Some(rest)) if counters.contains(name) => {
                text.push_str(&format!("# {what} {name}_total {rest}\n"));
            }
            _ => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_is_called_as_its_sample_is() {
        let open = "# HELP a_b What it is.\n# TYPE a_b counter\na_b_total{x=\"y\"} 1\n# HELP c A c.\n# TYPE c gauge\nc 2\n# EOF\n";
        let plain = plain(open);
        assert!(
            plain.starts_with("# HELP a_b_total What it is.\n# TYPE a_b_total counter\na_b_total{"),
            "{plain}"
        );
        assert!(plain.ends_with("# TYPE c gauge\nc 2\n"), "{plain}");
    }

    #[test]
    fn only_the_settings_make_labels() {
        let stadt: Tenant = "stadt".parse().unwrap();
        let known = Known([(stadt.clone(), BTreeSet::from(["akte".to_owned()]))].into());
        assert_eq!(known.target(&stadt, "akte").target, "akte");
        assert_eq!(known.target(&stadt, "fremd").target, OTHER);
        assert_eq!(known.tenant(&"dorf".parse().unwrap()), OTHER);
    }

    #[test]
    fn who_asks_for_open_metrics_gets_it() {
        let prometheus = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.2";
        assert_eq!(Format::asked_for(prometheus), Format::OpenMetrics);
        assert_eq!(Format::asked_for("*/*"), Format::Prometheus);
    }
}
