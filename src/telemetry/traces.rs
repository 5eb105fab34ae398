//! Traces over OTLP (HTTP, protobuf): what a collector gets to see.
//!
//! In: spans of the pipeline. Out: batches towards `{collector}/v1/traces`. The id of a trace is the id of its
//! document, so that all attempts of all workers stand in one trace, and whoever knows the document finds it. A
//! collector that is away costs nothing but spans: the queue is bounded, a thread of its own sends.

use crate::error::{Error, Kind, Result};
use crate::metrics::Measured;
use opentelemetry::trace::{SpanContext, TraceId, TracerProvider};
use opentelemetry::{KeyValue, Value};
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::error::OTelSdkResult;
use opentelemetry_sdk::trace::{
    BatchConfigBuilder, BatchSpanProcessor, SdkTracer, SdkTracerProvider, SpanData, SpanExporter,
};
use std::time::Duration;
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::registry::LookupSpan;

/// Spans that wait to be sent; further ones are dropped.
const WAITING: usize = 8192;
const AT_ONCE: usize = 512;
const EVERY: Duration = Duration::from_secs(2);
/// How long one batch may take.
const PATIENCE: Duration = Duration::from_secs(3);
const AT_THE_END: Duration = Duration::from_secs(2);
const LARGEST_ANSWER: usize = 64 << 10;

pub struct Sender(SdkTracerProvider);

impl Sender {
    pub fn end(self) {
        self.0.shutdown_with_timeout(AT_THE_END).ok();
    }
}

pub fn towards<S: Subscriber + for<'a> LookupSpan<'a>>(
    address: &str,
    worker: &str,
    measured: Measured,
) -> Result<(OpenTelemetryLayer<S, SdkTracer>, Sender)> {
    let wrong = |error: String| {
        Error::new(Kind::Settings, format!("traces cannot be sent: {error}"))
            .hint("LAUFMAPPE_TRACES is an address like http://collector:4318")
    };
    let address: url::Url = address.parse().map_err(|error: url::ParseError| wrong(error.to_string()))?;
    if !matches!(address.scheme(), "http" | "https") {
        return Err(wrong("only http and https are spoken".to_owned()));
    }
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(Client::new().map_err(wrong)?)
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", address.as_str().trim_end_matches('/')))
        .with_timeout(PATIENCE)
        .build()
        .map_err(|error| wrong(error.to_string()))?;
    let batches = BatchConfigBuilder::default()
        .with_max_queue_size(WAITING)
        .with_max_export_batch_size(AT_ONCE)
        .with_scheduled_delay(EVERY)
        .build();
    let processor =
        BatchSpanProcessor::builder(ByDocument { exporter, measured }).with_batch_config(batches).build();
    let resource = Resource::builder_empty()
        .with_service_name("laufmappe")
        .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
        .with_attribute(KeyValue::new("service.instance.id", worker.to_owned()))
        .build();
    let provider = SdkTracerProvider::builder().with_span_processor(processor).with_resource(resource).build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("laufmappe"))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false);
    Ok((layer, Sender(provider)))
}

/// Gives every span the trace of its document, and counts what was taken.
#[derive(Debug)]
struct ByDocument<E> {
    exporter: E,
    measured: Measured,
}

impl<E: SpanExporter> SpanExporter for ByDocument<E> {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        let count = batch.len() as u64;
        for span in &mut batch {
            if let Some(trace) = trace_of(&span.attributes) {
                let old = &span.span_context;
                let new =
                    SpanContext::new(trace, old.span_id(), old.trace_flags(), false, old.trace_state().clone());
                span.span_context = new;
            }
        }
        let sent = self.exporter.export(batch).await;
        match &sent {
            Ok(()) => self.measured.spans(count, 0),
            Err(_) => self.measured.spans(0, count),
        }
        sent
    }

    fn shutdown_with_timeout(&self, timeout: Duration) -> OTelSdkResult {
        self.exporter.shutdown_with_timeout(timeout)
    }

    fn set_resource(&mut self, resource: &Resource) {
        self.exporter.set_resource(resource);
    }
}

/// `d` and 24 hex digits of a document: eight zeros and the same digits.
fn trace_of(attributes: &[KeyValue]) -> Option<TraceId> {
    let document = attributes.iter().find(|attribute| attribute.key.as_str() == "document")?;
    let Value::String(document) = &document.value else { return None };
    let trace = document.as_str().strip_prefix('d').and_then(|hex| TraceId::from_hex(hex).ok())?;
    (trace != TraceId::INVALID).then_some(trace)
}

/// Sends from the exporter's own thread; waiting there is nobody's loss.
#[derive(Debug)]
struct Client {
    http: reqwest::Client,
    runtime: tokio::runtime::Runtime,
}

impl Client {
    fn new() -> std::result::Result<Self, String> {
        // Somebody else may have been first; then the provider is there already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(PATIENCE)
            .build()
            .map_err(|error| error.without_url().to_string())?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { http, runtime })
    }

    async fn exchange(&self, request: Request<Bytes>) -> std::result::Result<Response<Bytes>, HttpError> {
        let mut answer = self.http.execute(request.try_into()?).await?.error_for_status()?;
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if body.len() + chunk.len() > LARGEST_ANSWER {
                return Err("the collector's answer is too long".into());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response::builder().status(answer.status()).body(body.into())?)
    }
}

#[async_trait::async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> std::result::Result<Response<Bytes>, HttpError> {
        self.runtime.block_on(self.exchange(request))
    }
}
