//! HTTP for all adapters: one client, and one place that turns an answer into a [`Kind`].
//!
//! In: requests and answers. Out: answers, or an error that says whether the request may have had its effect.
//! Absent on purpose: retries, redirects, proxies from the environment, reading of unbounded bodies.
//!
//! | what happened | reading | writing |
//! |---|---|---|
//! | no connection | unavailable | unavailable |
//! | time-out, cut connection, 408, 5xx | unavailable | unknown: look before doing it again |
//! | 409, 423, 429 | unavailable | unavailable |
//! | 507: full | unavailable: a full store empties when somebody makes room, the documents wait in order | same |
//! | redirect, 401, 403, 404, 405, 410, 501, a page instead of an answer | unavailable | unavailable |
//! | other 4xx | refused | refused |
//!
//! A `Retry-After` of 429 and 503 becomes the rest of the error.
//!
//! Refused is what concerns this document. A changed password or a wrong address concerns all of them: they wait
//! in order until it is mended, instead of going to clearing one after the other.

use crate::error::{Error, Kind, Result};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::redirect;
// The only file that names the HTTP library; adapters take its nouns from here.
pub use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, header};
use std::time::Duration;

/// How long we wait for a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For the connection.
    pub connect: Duration,
    /// For one request with its whole answer.
    pub request: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), request: Duration::from_secs(120) }
    }
}

/// What was asked of whom, for the error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    pub target: &'a str,
    pub method: &'a str,
}

impl Asked<'_> {
    fn only_reads(self) -> bool {
        matches!(self.method, "GET" | "HEAD" | "OPTIONS" | "PROPFIND" | "REPORT" | "SEARCH")
    }
}

/// A client with time-outs, without redirects, with the certificates the system trusts.
pub fn client(patience: Patience) -> Result<Client> {
    // Somebody else may have been first; then the provider is there already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut headers = header::HeaderMap::new();
    headers.insert(header::ACCEPT_ENCODING, header::HeaderValue::from_static("identity"));
    Client::builder()
        .user_agent(concat!("laufmappe/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers)
        .redirect(redirect::Policy::none())
        .no_proxy()
        .connect_timeout(patience.connect)
        .timeout(patience.request)
        .pool_idle_timeout(Duration::from_secs(4))
        .build()
        .map_err(|error| {
            Error::new(Kind::Settings, format!("no HTTP client: {}", error.without_url()))
                .hint("check that the system's certificates are installed (package ca-certificates)")
        })
}

/// Sends one request. Only the head of the answer has been read afterwards.
pub async fn send(request: RequestBuilder, asked: Asked<'_>) -> Result<Response> {
    request.send().await.map_err(|error| broken(&error, asked))
}

/// The whole body, or `None` when it is longer than `limit` bytes.
pub async fn body(mut response: Response, limit: usize, asked: Asked<'_>) -> Result<Option<Vec<u8>>> {
    if response.content_length().is_some_and(|announced| announced > limit as u64) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(Some(bytes)),
            Ok(Some(chunk)) if bytes.len() + chunk.len() > limit => return Ok(None),
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Err(error) => return Err(broken(&error, asked)),
        }
    }
}

/// A request that got no (whole) answer. Addresses carry labels of documents and stay out of the text.
fn broken(error: &reqwest::Error, asked: Asked<'_>) -> Error {
    let Asked { target, method } = asked;
    if error.is_connect() {
        return Error::new(Kind::Unavailable, format!("target {target} cannot be reached"))
            .hint("check that it runs, its address, the network and its certificate");
    }
    if error.is_builder() {
        return Error::new(Kind::Internal, format!("a {method} request to target {target} could not be built"));
    }
    let what = if error.is_timeout() { "did not answer in time" } else { "cut the connection" };
    ambiguous(format!("target {target} {what} ({method})"), asked)
}

fn ambiguous(text: String, asked: Asked<'_>) -> Error {
    if asked.only_reads() {
        return Error::new(Kind::Unavailable, text);
    }
    Error::new(Kind::Unknown, format!("{text}; the request may have had its effect"))
}

/// Nobody keeps us away longer.
const LONGEST_REST: Duration = Duration::from_secs(3_600);

/// An answer that is not the one we hoped for.
pub fn refusal(answer: &Response, asked: Asked<'_>) -> Error {
    let error = unexpected(answer.status(), asked);
    let may_say_when = matches!(answer.status().as_u16(), 429 | 503);
    match retry_after(answer.headers()).filter(|_| may_say_when) {
        Some(rest) => error.after(rest),
        None => error,
    }
}

/// Seconds, or a date; that one is compared with the clock of the same server.
fn retry_after(headers: &header::HeaderMap) -> Option<Duration> {
    let text = |name: header::HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let wanted = text(header::RETRY_AFTER)?;
    let rest = match wanted.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let moment =
                |text: &str| -> Option<Timestamp> { rfc2822::DateTimeParser::new().parse_timestamp(text).ok() };
            let rest = moment(wanted)?.duration_since(moment(text(header::DATE)?)?);
            Duration::try_from(rest).ok()?
        }
    };
    Some(rest.min(LONGEST_REST))
}

/// As [`refusal`], where the status is all there is.
pub fn unexpected(status: StatusCode, asked: Asked<'_>) -> Error {
    let text = format!("target {} answers {} to {}", asked.target, status.as_u16(), asked.method);
    let closed = |hint: &str| Error::new(Kind::Unavailable, text.clone()).hint(hint);
    match status.as_u16() {
        200..=299 => {
            closed("this is no WebDAV answer, perhaps a login page: check the address in the settings")
        }
        300..=399 => closed("redirects are not followed: write the final address into the settings"),
        401 => closed("check user and password file of this target"),
        403 => closed("the user of this target lacks a permission"),
        404 | 405 | 410 | 501 => closed("check the address of this target: nothing we can file into is there"),
        409 | 423 | 429 => Error::new(Kind::Unavailable, text),
        507 => Error::new(Kind::Unavailable, text).hint("the target is full: make room there"),
        408 | 500..=599 => ambiguous(text, asked),
        _ => Error::new(Kind::Refused, text).hint("the log of the target says why"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_says_when_to_come_back() {
        #[rustfmt::skip]
        let rows = [
            (Some("7"), None, Some(7)), (Some(" 120 "), None, Some(120)), (Some("999999999"), None, Some(3_600)),
            (Some("18446744073709551616"), None, None), (Some("-5"), None, None), (Some(""), None, None), (None, None, None),
            (Some("Wed, 21 Oct 2026 07:28:30 GMT"), Some("Wed, 21 Oct 2026 07:28:00 GMT"), Some(30)),
            (Some("Wed, 21 Oct 2026 07:28:30 GMT"), Some("Wed, 21 Oct 2026 07:29:00 GMT"), None),
            (Some("Wed, 21 Oct 2026 07:28:30 GMT"), None, None), (Some("morgen"), Some("heute"), None),
        ];
        for (after, date, rest) in rows {
            let mut headers = header::HeaderMap::new();
            for (name, value) in [(header::RETRY_AFTER, after), (header::DATE, date)] {
                if let Some(value) = value {
                    headers.insert(name, value.parse().unwrap());
                }
            }
            assert_eq!(retry_after(&headers), rest.map(Duration::from_secs), "{after:?} {date:?}");
        }
    }
}
