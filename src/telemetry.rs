//! Logs, measured stages and traces: one set of spans and events, three readers.
//!
//! In: spans and events of all rooms. Out: log lines on standard error, durations in [`Measured`], and where a
//! collector is named ([`traces`]) spans over OTLP. Absent on purpose: names, amounts, contents; what other
//! libraries say below `info` (a broker's library writes frames, and a frame may hold a password).

mod traces;

use crate::error::{Error, Kind, Result};
use crate::metrics::Measured;
use std::io::IsTerminal;
use std::time::Instant;
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

/// What is wanted.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// Which logs, as `LAUFMAPPE_LOG` says it.
    pub logs: String,
    pub json: bool,
    /// Address of a collector (OTLP over HTTP); none: no traces.
    pub collector: Option<String>,
    /// Name of this worker in traces.
    pub worker: String,
}

/// Lives as long as the program: its end sends what spans are left.
pub struct Telemetry {
    pub measured: Measured,
    traces: Option<traces::Sender>,
}

impl Telemetry {
    /// Spans that wait are sent, for as long as that takes less than two seconds.
    pub fn end(self) {
        if let Some(traces) = self.traces {
            traces.end();
        }
    }
}

/// Begins logging and measuring; called once, first of all.
pub fn start(wishes: &Wishes) -> Result<Telemetry> {
    // The place in the code and nothing else: a panic's message may quote a document.
    std::panic::set_hook(Box::new(|panicked| {
        let place = panicked.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panic");
    }));
    let measured = Measured::default();
    let (layer, traces) = match &wishes.collector {
        None => (None, None),
        Some(address) => {
            let (layer, sender) = traces::towards(address, &wishes.worker, measured.clone())?;
            (Some(layer.with_filter(filter_fn(is_stage))), Some(sender))
        }
    };
    let logs = EnvFilter::try_new(&wishes.logs).map_err(|error| {
        Error::new(Kind::Settings, format!("LAUFMAPPE_LOG is not understood: {error}"))
            .hint("write a level (info, debug) or pairs like laufmappe=debug,warn")
    })?;
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let lines = match wishes.json {
        true => lines.json().flatten_event(true).with_span_list(false).boxed(),
        false => lines.boxed(),
    };
    tracing_subscriber::registry()
        .with(Stopwatch(measured.clone()).with_filter(filter_fn(is_stage)))
        .with(layer)
        .with(lines.with_filter(logs.and(filter_fn(may_be_logged))))
        .try_init()
        .map_err(|error| Error::new(Kind::Internal, format!("logging began twice: {error}")))?;
    Ok(Telemetry { measured, traces })
}

/// Ours at every level; of others nothing below `info`, whatever the filter says.
fn may_be_logged(metadata: &Metadata<'_>) -> bool {
    let ours = metadata.target().split("::").next() == Some("laufmappe");
    ours || *metadata.level() <= LevelFilter::INFO
}

/// Spans of the pipeline: a case and its stages.
fn is_stage(metadata: &Metadata<'_>) -> bool {
    metadata.is_span() && metadata.target().starts_with("laufmappe::pipeline")
}

/// Takes the time of spans.
struct Stopwatch(Measured);

/// The span of a whole case; the others are stages.
const CASE: &str = "case";

struct Running(Instant);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Stopwatch {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if attributes.metadata().name() == CASE {
            self.0.begun();
        }
        if let Some(span) = context.span(id) {
            span.extensions_mut().insert(Running(Instant::now()));
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        let Some(span) = context.span(&id) else { return };
        let Some(Running(since)) = span.extensions_mut().remove::<Running>() else { return };
        if span.name() == CASE {
            self.0.ended();
            return;
        }
        self.0.stage(span.name(), since.elapsed());
    }
}
