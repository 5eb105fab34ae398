//! The counter: e-invoices in, reports out, over HTTP. Nothing is kept.
//!
//! `POST /v1/validate` answers in JSON; `POST` anywhere else as the daemon of the official validator does, with
//! the same status codes and report format, so that programs made for it need a new address only. Requests are
//! bounded in size, time and number; who comes too much is told to come again.

use super::listen::{self, Patience};
use super::openapi;
use crate::clearing;
use crate::error::{Error, Kind, Result};
use crate::examine::{Examination, Examiner};
use crate::job::{Bilingual, Clock, Language, german_day};
use crate::protocol::{Examined, html, json, scenarios, text, varl};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use jiff::Timestamp;
use jiff::civil::Date;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::{Semaphore, SemaphorePermit, watch};

/// Largest body (bytes): more than the largest invoice the examiner reads.
pub const LARGEST_BODY: u64 = 64 << 20;
/// Memory for the bodies of all requests in hand (MiB); who finds no place comes again.
const MEMORY: usize = 512;
/// A body comes within this time.
const BODY_WITHIN: Duration = Duration::from_secs(30);
/// An answer is given within this time.
const ANSWER_WITHIN: Duration = Duration::from_secs(120);
/// When to come again (seconds).
const AGAIN: &str = "2";

const PATIENCE: Patience = Patience {
    connections: 512,
    headers: Duration::from_secs(10),
    life: Duration::from_secs(600),
    end: Duration::from_secs(30),
};

struct Counter {
    examiner: Arc<Examiner>,
    clock: Clock,
    memory: Semaphore,
    /// Documents without a name so far.
    unnamed: AtomicU64,
}

/// Listens; the second value ends when `told` turned true and everything in hand is answered.
pub async fn serve(
    address: SocketAddr,
    examiner: Arc<Examiner>,
    clock: Clock,
    told: watch::Receiver<bool>,
) -> Result<(SocketAddr, impl Future<Output = ()>)> {
    let listener = listen::bind(address).await?;
    let bound = listener.local_addr()?;
    let counter = Counter { examiner, clock, memory: Semaphore::new(MEMORY), unnamed: AtomicU64::new(0) };
    let router = Router::new()
        .route("/v1/validate", post(validate).fallback(not_allowed))
        .route("/openapi.json", get(openapi::page).fallback(not_allowed))
        .route("/server/health", any(health))
        .route("/server/config", any(config))
        .fallback(as_the_official_daemon)
        .with_state(Arc::new(counter));
    Ok((bound, listen::answer(listener, router, PATIENCE, told)))
}

/// `POST /v1/validate?date=2026-11-02&format=json&file=name`
async fn validate(State(counter): State<Arc<Counter>>, uri: Uri, headers: HeaderMap, body: Body) -> Response {
    match validated(&counter, &uri, &headers, body).await {
        Ok(response) => response,
        Err(error) => in_json(&error),
    }
}

async fn validated(counter: &Counter, uri: &Uri, headers: &HeaderMap, body: Body) -> Result<Response> {
    let now = (counter.clock)();
    let asked = Asked::of(uri, now)?;
    let examination = counter.examine(&asked.file, asked.day, headers, body).await?;
    let heading = match asked.shape {
        Shape::Html | Shape::Varl => examination.heading(),
        Shape::Json | Shape::Text => None,
    };
    let examined = Examined {
        file: &asked.file,
        content: Some(examination.content),
        at: now,
        report: &examination.report,
        heading: heading.as_ref(),
    };
    let (media_type, written) = match asked.shape {
        Shape::Json => ("application/json", json::line(&examined)),
        Shape::Text => ("text/plain; charset=utf-8", text::text(&examined, Language::De)),
        Shape::Html => ("text/html; charset=utf-8", html::page(&[examined])),
        Shape::Varl => ("application/xml", varl::varl(&examined)),
    };
    Ok(([(header::CONTENT_TYPE, media_type)], written).into_response())
}

#[derive(Clone, Copy)]
enum Shape {
    Json,
    Text,
    Html,
    Varl,
}

/// What a request to `/v1/validate` asks for.
struct Asked {
    day: Date,
    shape: Shape,
    file: String,
}

impl Asked {
    fn of(uri: &Uri, now: Timestamp) -> Result<Self> {
        let mut asked = Self { day: german_day(now), shape: Shape::Json, file: String::new() };
        for (key, value) in url::form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()) {
            match (key.as_ref(), value.as_ref()) {
                ("date", day) => {
                    asked.day = day.parse().map_err(|_| {
                        Error::new(Kind::Usage, format!("date={day} is no day")).hint("write it as 2026-11-02")
                    })?;
                }
                ("format", "json") => asked.shape = Shape::Json,
                ("format", "text") => asked.shape = Shape::Text,
                ("format", "html") => asked.shape = Shape::Html,
                ("format", "varl") => asked.shape = Shape::Varl,
                ("format", other) => {
                    return Err(Error::new(Kind::Usage, format!("format={other} is no format"))
                        .hint("choose json, text, html or varl"));
                }
                ("file", name) => asked.file = name.chars().take(255).collect(),
                (other, _) => {
                    return Err(Error::new(Kind::Usage, format!("{other}= means nothing here"))
                        .hint("use date, format or file"));
                }
            }
        }
        Ok(asked)
    }
}

impl Counter {
    async fn examine(&self, file: &str, day: Date, headers: &HeaderMap, body: Body) -> Result<Examination> {
        let _place = self.place(&body)?;
        let bytes = whole(headers, body).await?;
        let examined = tokio::time::timeout(ANSWER_WITHIN, self.examiner.examine(file, bytes.to_vec(), day));
        examined.await.map_err(|_| busy())?
    }

    /// Room for the body before it is read; a body of unknown length may be the largest.
    fn place(&self, body: &Body) -> Result<SemaphorePermit<'_>> {
        let announced = body.size_hint().upper().unwrap_or(LARGEST_BODY);
        if announced > LARGEST_BODY {
            return Err(too_large());
        }
        let needed = announced.div_ceil(1 << 20).max(1) as u32;
        self.memory.try_acquire_many(needed).map_err(|_| busy())
    }

    /// The last part of the address names the document, as there.
    fn named(&self, path: &str) -> String {
        match path.rsplit('/').next() {
            Some(name) if !name.is_empty() => name.chars().take(255).collect(),
            _ => format!("supplied_instance_{}", self.unnamed.fetch_add(1, Ordering::Relaxed) + 1),
        }
    }
}

/// The body, within its time and size.
async fn whole(headers: &HeaderMap, body: Body) -> Result<Bytes> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if kind.trim_start().to_ascii_lowercase().starts_with("multipart") {
        return Err(Error::new(Kind::Usage, "forms are not read").hint("send the invoice itself as the body"));
    }
    let read = axum::body::to_bytes(body, LARGEST_BODY as usize);
    let bytes = match tokio::time::timeout(BODY_WITHIN, read).await {
        Ok(Ok(bytes)) => bytes,
        Ok(Err(error)) if is_too_long(&error) => return Err(too_large()),
        Ok(Err(_)) => return Err(Error::new(Kind::Usage, "the body ended too early").hint("send it again")),
        Err(_) => {
            return Err(Error::new(
                Kind::Overtime,
                format!("the body did not come within {} s", BODY_WITHIN.as_secs()),
            )
            .hint("send it again"));
        }
    };
    if bytes.is_empty() {
        return Err(Error::new(Kind::Usage, "the body is empty").hint("send the invoice as the body"));
    }
    Ok(bytes)
}

fn is_too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.to_string() == "length limit exceeded" {
            return true;
        }
        cause = error.source();
    }
    false
}

fn too_large() -> Error {
    Error::new(Kind::TooLarge, format!("the body is larger than {} MiB", LARGEST_BODY >> 20))
        .hint("no invoice needs that; look at the document by hand")
}

fn busy() -> Error {
    Error::new(Kind::Unavailable, "too many requests are in hand")
        .hint(format!("come again in {AGAIN} seconds"))
}

fn status_of(error: &Error) -> StatusCode {
    match error.kind {
        Kind::Overtime => StatusCode::REQUEST_TIMEOUT,
        kind => StatusCode::from_u16(kind.http_status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

/// An error of `/v1`: what happened in plain German, the next step, and the detail for whoever looks into it.
fn in_json(error: &Error) -> Response {
    let (text, next) = words(error);
    let kind = error.kind.slug();
    let detail = error.to_string();
    let said = serde_json::json!({ "error": { "kind": kind, "text": text, "next": next, "detail": detail } });
    failed(error, "application/json", said.to_string())
}

/// A request has other reasons to fail than a document.
fn words(error: &Error) -> (Bilingual, Bilingual) {
    let (text, next) = match error.kind {
        Kind::Usage => (
            ("Die Anfrage ist nicht zu verstehen.", "The request cannot be understood."),
            (
                "Bitte Inhalt und Adresse prüfen; /openapi.json beschreibt beides.",
                "Check body and address; /openapi.json describes both.",
            ),
        ),
        Kind::TooLarge => (
            ("Der Inhalt der Anfrage ist zu groß.", "The body of the request is too large."),
            (
                "Bitte das Dokument von Hand ansehen; keine Rechnung ist so groß.",
                "Look at the document by hand; no invoice is that large.",
            ),
        ),
        Kind::Overtime => (
            (
                "Der Inhalt der Anfrage kam nicht rechtzeitig an.",
                "The body of the request did not come in time.",
            ),
            ("Bitte noch einmal senden.", "Send it again."),
        ),
        Kind::Unavailable => (
            ("Der Prüfdienst hat gerade zu viel zu tun.", "The service is too busy now."),
            ("Bitte in einigen Sekunden noch einmal senden.", "Send it again in a few seconds."),
        ),
        _ => {
            let words = clearing::of(error);
            return (words.text, words.next);
        }
    };
    (Bilingual::new(text.0, text.1), Bilingual::new(next.0, next.1))
}

fn failed(error: &Error, media_type: &'static str, said: String) -> Response {
    let status = status_of(error);
    tracing::info!(status = status.as_u16(), kind = error.kind.slug(), "not examined");
    let mut response = (status, [(header::CONTENT_TYPE, media_type)], said).into_response();
    if status == StatusCode::SERVICE_UNAVAILABLE {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static(AGAIN));
    }
    // What is left of a body nobody reads must not be taken for the next request.
    response.headers_mut().insert(header::CONNECTION, header::HeaderValue::from_static("close"));
    response
}

/// Every other address: a document to examine, or a person looking what this is.
async fn as_the_official_daemon(
    State(counter): State<Arc<Counter>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Body,
) -> Response {
    match method {
        Method::POST => official(&counter, &uri, &headers, body).await,
        Method::GET | Method::HEAD if uri.path() == "/" => {
            ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], WELCOME).into_response()
        }
        Method::GET | Method::HEAD => (StatusCode::NOT_FOUND, "Not found").into_response(),
        _ => not_allowed(method).await,
    }
}

async fn official(counter: &Counter, uri: &Uri, headers: &HeaderMap, body: Body) -> Response {
    let now = (counter.clock)();
    let file = counter.named(uri.path());
    let examination = match counter.examine(&file, german_day(now), headers, body).await {
        Ok(examination) => examination,
        Err(error) => return failed(&error, "text/plain; charset=utf-8", error.to_string()),
    };
    let report = &examination.report;
    let status = match () {
        () if varl::broken_off(report) => StatusCode::UNPROCESSABLE_ENTITY,
        () if varl::accepts(report) => StatusCode::OK,
        () => StatusCode::NOT_ACCEPTABLE,
    };
    let heading = examination.heading();
    let content = Some(examination.content);
    let examined = Examined { file: &file, content, at: now, report, heading: heading.as_ref() };
    (status, [(header::CONTENT_TYPE, "application/xml")], varl::varl(&examined)).into_response()
}

async fn not_allowed(method: Method) -> Response {
    let said = format!("Method {method} not supported");
    (StatusCode::METHOD_NOT_ALLOWED, [(header::CONTENT_TYPE, "text/plain")], said).into_response()
}

/// `UP`, and what it costs; in the words of the official daemon.
async fn health() -> Response {
    let memory = Memory::now();
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<health xmlns=\"http://www.xoev.de/de/validator/framework/1/daemon\">\
         <status>UP</status><application><name>Laufmappe</name><version>{version}</version><build>{version}</build></application>\
         <memory><freeMemory>{}</freeMemory><maxMemory>{}</maxMemory><totalMemory>{}</totalMemory></memory></health>\n",
        memory.total.saturating_sub(memory.used),
        memory.machine,
        memory.total,
        version = env!("CARGO_PKG_VERSION"),
    );
    ([(header::CONTENT_TYPE, "application/xml")], xml).into_response()
}

/// Bytes: in use now, the most that was ever in use, and what the machine has. Zero where the system does not say.
struct Memory {
    used: u64,
    total: u64,
    machine: u64,
}

impl Memory {
    fn now() -> Self {
        let line = |file: &str, name: &str| {
            let text = std::fs::read_to_string(file).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            let kibibytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
            kibibytes.unwrap_or(0) << 10
        };
        Self {
            used: line("/proc/self/status", "VmRSS"),
            total: line("/proc/self/status", "VmHWM"),
            machine: line("/proc/meminfo", "MemTotal"),
        }
    }
}

async fn config(State(counter): State<Arc<Counter>>) -> Response {
    ([(header::CONTENT_TYPE, "application/xml")], scenarios::configuration((counter.clock)())).into_response()
}

const WELCOME: &str = "<!DOCTYPE html>
<html lang=\"de\"><head><meta charset=\"utf-8\"><title>Laufmappe: E-Rechnungen prüfen</title></head>
<body>
<h1>E-Rechnungen prüfen</h1>
<p>Eine Rechnung (XML, auch ZUGFeRD-PDF) als Inhalt einer POST-Anfrage an <code>/</code> schicken: Die Antwort ist
der Prüfbericht im amtlichen Format, mit Status 200 (annehmen) oder 406 (ablehnen).</p>
<p><code>POST /v1/validate</code> antwortet in JSON; mit <code>?format=html</code> als Seite zum Drucken.
Beschreibung: <a href=\"/openapi.json\">/openapi.json</a>.</p>
<pre>curl --data-binary @rechnung.xml -H 'Content-Type: application/xml' http://localhost:8080/</pre>
</body></html>
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_understood_or_refused() {
        let now = "2026-08-30T22:30:00Z".parse().unwrap();
        let asked = |query: &str| Asked::of(&format!("/v1/validate{query}").parse().unwrap(), now);
        assert_eq!(asked("").unwrap().day.to_string(), "2026-08-31");
        let day = asked("?date=2026-01-31&format=varl&file=a%20b.xml").unwrap();
        assert_eq!((day.day.to_string().as_str(), day.file.as_str()), ("2026-01-31", "a b.xml"));
        for wrong in ["?date=gestern", "?date=2026-02-30", "?format=pdf", "?datum=2026-01-31"] {
            assert_eq!(asked(wrong).err().unwrap().kind, Kind::Usage, "{wrong}");
        }
    }
}
