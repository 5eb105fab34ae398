//! What is measured while documents are worked on: durations of the stages, cases in hand.
//!
//! In: spans that end (from `telemetry`). Out: instruments. They exist before the settings are read, so that nothing
//! is missed.

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Duration;

/// The stages of a document, in their order; spans of these names are measured.
pub const STAGES: [&str; 5] = ["recognise", "extract", "validate", "route", "file"];

/// Upper ends of the classes (seconds): an e-invoice takes milliseconds, a batch of scans minutes.
const SECONDS: [f64; 15] =
    [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0];

pub(super) fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ByStage {
    stage: &'static str,
}

#[derive(Debug, Clone)]
pub struct Measured {
    stages: Family<ByStage, Histogram, fn() -> Histogram>,
    in_flight: Gauge,
    spans_sent: Counter,
    spans_dropped: Counter,
}

impl Default for Measured {
    fn default() -> Self {
        let stages = Family::new_with_constructor(seconds as fn() -> Histogram);
        for stage in STAGES {
            drop(stages.get_or_create(&ByStage { stage }));
        }
        Self {
            stages,
            in_flight: Gauge::default(),
            spans_sent: Counter::default(),
            spans_dropped: Counter::default(),
        }
    }
}

impl Measured {
    #[rustfmt::skip]
    pub(super) fn register(&self, registry: &mut Registry) {
        registry.register("stage_duration_seconds", "How long a stage took", self.stages.clone());
        registry.register("documents_in_flight", "Cases this worker has in hand", self.in_flight.clone());
        registry.register("spans_sent", "Spans a collector took", self.spans_sent.clone());
        registry.register("spans_dropped", "Spans no collector took", self.spans_dropped.clone());
    }

    /// A stage ended; names that are no stage are left out.
    pub fn stage(&self, name: &str, took: Duration) {
        if let Some(stage) = STAGES.into_iter().find(|stage| *stage == name) {
            self.stages.get_or_create(&ByStage { stage }).observe(took.as_secs_f64());
        }
    }

    pub fn begun(&self) {
        self.in_flight.inc();
    }

    pub fn ended(&self) {
        self.in_flight.dec();
    }

    pub fn spans(&self, sent: u64, dropped: u64) {
        self.spans_sent.inc_by(sent);
        self.spans_dropped.inc_by(dropped);
    }
}
