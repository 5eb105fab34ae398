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
//! | redirect, 401, 403, 404, other 4xx, a page instead of an answer | refused | refused |

use crate::error::{Error, Kind, Result};
use reqwest::{Client, RequestBuilder, Response, StatusCode, header, redirect};
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

/// What a request may leave behind in the target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    None,
    Possible,
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
pub async fn send(request: RequestBuilder, effect: Effect, target: &str) -> Result<Response> {
    request.send().await.map_err(|error| broken(&error, effect, target))
}

/// The whole body, or `None` when it is longer than `limit` bytes.
pub async fn body(mut response: Response, limit: usize, target: &str) -> Result<Option<Vec<u8>>> {
    if response.content_length().is_some_and(|announced| announced > limit as u64) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(None) => return Ok(Some(bytes)),
            Ok(Some(chunk)) if bytes.len() + chunk.len() > limit => return Ok(None),
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Err(error) => return Err(broken(&error, Effect::None, target)),
        }
    }
}

/// A request that got no (whole) answer. Addresses carry labels of documents and stay out of the text.
fn broken(error: &reqwest::Error, effect: Effect, target: &str) -> Error {
    if error.is_connect() {
        return Error::new(Kind::Unavailable, format!("target {target} cannot be reached"))
            .hint("check that it runs, its address, the network and its certificate");
    }
    if error.is_builder() {
        return Error::new(Kind::Internal, format!("a request to target {target} could not be built"));
    }
    let what = if error.is_timeout() { "did not answer in time" } else { "cut the connection" };
    ambiguous(format!("target {target} {what}"), effect)
}

fn ambiguous(text: String, effect: Effect) -> Error {
    match effect {
        Effect::None => Error::new(Kind::Unavailable, text),
        Effect::Possible => Error::new(Kind::Unknown, format!("{text}; the request may have had its effect")),
    }
}

/// An answer that is not the one we hoped for.
pub fn unexpected(status: StatusCode, effect: Effect, target: &str) -> Error {
    let text = format!("target {target} answers {}", status.as_u16());
    let refused = |hint: &str| Error::new(Kind::Refused, text.clone()).hint(hint);
    match status.as_u16() {
        200..=299 => {
            refused("this is no WebDAV answer, perhaps a login page: check the address in the settings")
        }
        300..=399 => refused("redirects are not followed: write the final address into the settings"),
        401 => refused("check user and password file of this target"),
        403 => refused("the user of this target lacks a permission"),
        404 | 405 | 410 | 501 => refused("check the address of this target: nothing we can file into is there"),
        409 | 423 | 429 => Error::new(Kind::Unavailable, text),
        507 => Error::new(Kind::Unavailable, text).hint("the target is full: make room there"),
        408 | 500..=599 => ambiguous(text, effect),
        _ => refused("the log of the target says why"),
    }
}
