//! One connection to the broker that is made again after it was lost.
//!
//! In: the broker's address. Out: a living connection, or an error at once. Absent on purpose: a loop of its own
//! and lapin's recovery (which can fall silent for ever): whoever needs the connection next makes it again, not
//! sooner than the backoff allows.

use super::tls::{self, Certificates};
use super::topology::{self, short};
use crate::error::{Error, Kind, Result};
use crate::job::Tenant;
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{Connection, ConnectionProperties};
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// Longest time for one answer of the broker.
pub const ANSWER: Duration = Duration::from_secs(10);

/// A half-open connection is noticed after two of these.
const HEARTBEAT_SECONDS: u16 = 10;

const FIRST_BACKOFF: Duration = Duration::from_millis(200);
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

/// A connection that is given up lasts at most so long for those who still hold a job on it.
const RETIREMENT: Duration = Duration::from_secs(30);
const RETIREMENT_LOOK: Duration = Duration::from_millis(100);

/// AMQP's code for "nothing went wrong".
pub const CLOSED_WELL: u16 = 200;

pub struct Link {
    name: &'static str,
    address: Address,
    tenants: Arc<[Tenant]>,
    state: Mutex<State>,
    /// Which connection it is, counted.
    generation: AtomicU64,
}

#[derive(Default)]
struct State {
    connection: Option<Arc<Connection>>,
    failures: u32,
    not_before: Option<Instant>,
}

impl Link {
    pub fn new(name: &'static str, address: Address, tenants: Arc<[Tenant]>) -> Self {
        Self { name, address, tenants, state: Mutex::default(), generation: AtomicU64::new(0) }
    }

    /// Changes when the connection is not to be used for anything new.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    /// The connection, with all queues declared; made anew when it was lost.
    pub async fn connection(&self) -> Result<Arc<Connection>> {
        let mut state = self.state.lock().await;
        if let Some(connection) = &state.connection {
            if connection.status().connected() {
                return Ok(connection.clone());
            }
            tracing::warn!(link = self.name, broker = %self.address.shown, "connection to the broker lost");
            state.connection = None;
        }
        if state.not_before.is_some_and(|time| Instant::now() < time) {
            return Err(self.address.unreachable("it was tried a moment ago"));
        }
        match self.connect().await {
            Ok(connection) => {
                tracing::info!(link = self.name, broker = %self.address.shown, "connected to the broker");
                let connection = Arc::new(connection);
                *state = State { connection: Some(connection.clone()), ..State::default() };
                Ok(connection)
            }
            Err(error) => {
                let backoff = FIRST_BACKOFF * 2_u32.pow(state.failures.min(10));
                state.failures = state.failures.saturating_add(1);
                state.not_before = Some(Instant::now() + backoff.min(LONGEST_BACKOFF));
                Err(error)
            }
        }
    }

    /// How long until it makes sense to ask for the connection (again).
    pub async fn pause(&self) -> Duration {
        let state = self.state.lock().await;
        state.not_before.map_or(Duration::ZERO, |time| time.saturating_duration_since(Instant::now()))
    }

    /// The connection is not to be trusted any more, or queues are missing: the next caller gets a new one and
    /// declares again. Channels that still use the old one are left in peace.
    pub async fn forget(&self) {
        self.state.lock().await.connection = None;
    }

    /// Like [`Link::forget`], but whoever has no job in hand moves to the new connection, and the old one (if it is
    /// still this one) is closed as soon as nobody holds a job on it, or after a while.
    pub async fn retire(&self, generation: u64) {
        let mut state = self.state.lock().await;
        let moved =
            self.generation.compare_exchange(generation, generation + 1, Ordering::Relaxed, Ordering::Relaxed);
        if moved.is_err() {
            return;
        }
        let Some(connection) = state.connection.take() else { return };
        tokio::spawn(async move {
            let begun = Instant::now();
            while Arc::strong_count(&connection) > 1 && begun.elapsed() < RETIREMENT {
                tokio::time::sleep(RETIREMENT_LOOK).await;
            }
            close(&connection).await;
        });
    }

    /// A connection that belongs to nobody else.
    pub async fn dial(&self, name: &str) -> Result<Connection> {
        let name = format!("laufmappe {name}");
        let options = ConnectionProperties::default().with_connection_name(name.as_str().into());
        let tls = self.address.certificates.read()?;
        let dialled = tls::connect(self.address.uri.clone(), options, tls);
        match timeout(ANSWER, dialled).await {
            Ok(Ok(connection)) => Ok(connection),
            Ok(Err(error)) => Err(self.address.refused(&error)),
            Err(_) => Err(self.address.unreachable("no answer")),
        }
    }

    async fn connect(&self) -> Result<Connection> {
        let connection = self.dial(self.name).await?;
        let channel = within(connection.create_channel()).await;
        let channel = channel.map_err(|error| failed("opening a channel", error))?;
        topology::declare(&channel, &self.tenants).await?;
        Ok(connection)
    }
}

pub async fn close(connection: &Connection) {
    let closed = connection.close(CLOSED_WELL, short("no longer needed"));
    let _ = timeout(ANSWER, closed).await;
}

/// Where the broker is and who we are there. Only `shown` may be seen.
#[derive(Clone)]
pub struct Address {
    uri: AMQPUri,
    certificates: Certificates,
    /// Scheme, host, port and virtual host.
    pub shown: String,
}

impl Address {
    /// Reads `amqp://` and `amqps://`. What is wrong is said without repeating it: it may be the password.
    pub fn read(url: &str, certificates: &Certificates) -> Result<Self> {
        // Without a host, what was meant for it would be read as the virtual host, which may be seen.
        let names_host =
            url.split_once("://").is_some_and(|(_, rest)| !rest.is_empty() && !rest.starts_with('/'));
        let uri = if names_host { url.parse::<AMQPUri>().ok() } else { None };
        let mut uri = uri.ok_or_else(|| {
            Error::new(Kind::Settings, "the address of the broker cannot be read")
                .hint("write amqps://user:password@host:5671/vhost, with special characters as %xx")
        })?;
        uri.query.heartbeat.get_or_insert(HEARTBEAT_SECONDS);
        let scheme = match uri.scheme {
            AMQPScheme::AMQP => "amqp",
            AMQPScheme::AMQPS => "amqps",
        };
        let place = &uri.authority;
        let shown = format!("{scheme}://{}:{}/{}", place.host, place.port, uri.vhost);
        if uri.scheme == AMQPScheme::AMQP && *certificates != Certificates::default() {
            return Err(Error::new(
                Kind::Settings,
                format!("certificates are set, but {shown} is not encrypted"),
            )
            .hint("write amqps:// in the address of the broker, or remove [broker] from the settings"));
        }
        certificates.read()?;
        Ok(Self { uri, certificates: certificates.clone(), shown })
    }

    /// A broker that wants to know who we are says so only through the alert that ends the connection.
    fn refused(&self, error: &lapin::Error) -> Error {
        let said = self.without_secrets(error);
        let unreachable = self.unreachable(&said);
        if said.contains("CertificateRequired") || (said.contains("alert") && !self.certificates.are_ours()) {
            return Error {
                text: format!("{}: it wants a certificate of ours", unreachable.text),
                ..unreachable
            }
            .hint("name a certificate it trusts and its key in the settings: [broker] certificate, key");
        }
        // The end of the connection may overtake the alert.
        if said.contains("reset") && self.uri.scheme == AMQPScheme::AMQPS && !self.certificates.are_ours() {
            return unreachable.hint(
                "check that it runs; if it wants to know who we are, name a certificate it trusts and its key in the \
                 settings: [broker] certificate, key",
            );
        }
        if said.contains("UnknownIssuer") {
            return unreachable.hint("name the file of its authority in the settings: [broker] ca");
        }
        unreachable
    }

    fn unreachable(&self, reason: &str) -> Error {
        Error::new(Kind::Unavailable, format!("the broker at {} cannot be reached: {reason}", self.shown))
            .hint("check that it runs, and its address, user, password and virtual host in the settings")
    }

    /// Whatever a library says, it does not say our password.
    fn without_secrets(&self, error: &lapin::Error) -> String {
        let password = &self.uri.authority.userinfo.password;
        let text = error.to_string();
        match password.is_empty() {
            true => text,
            false => text.replace(password.as_str(), "…"),
        }
    }
}

/// An answer of the broker, or `None` as the error when none came in time.
pub async fn within<T>(
    answer: impl Future<Output = lapin::Result<T>>,
) -> std::result::Result<T, Option<lapin::Error>> {
    match timeout(ANSWER, answer).await {
        Ok(answer) => answer.map_err(Some),
        Err(_) => Err(None),
    }
}

/// The broker did not do what we asked, and nothing of it matters if it did.
pub fn failed(doing: &str, error: Option<lapin::Error>) -> Error {
    let reason = error.map_or_else(|| "no answer".to_owned(), |error| error.to_string());
    Error::new(Kind::Unavailable, format!("{doing} at the broker failed: {reason}"))
        .hint("check that the broker runs; we connect again")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_never_shows_its_password() {
        let address =
            Address::read("amqps://anna:s3cr%40t@broker.intern:5671/rechnung", &Certificates::default())
                .unwrap();
        assert_eq!(address.shown, "amqps://broker.intern:5671/rechnung");
        let said = lapin::Error::from(std::io::Error::other("refused s3cr@t"));
        assert_eq!(address.without_secrets(&said), "IO error: refused …");
        let wrong = [
            "http://anna:s3cret@host",
            "amqp:s3cret",
            "s3cret",
            "amqp://anna:s3cret@host:port/",
            "amqp:/anna:s3cret@host",
            "amqp:///anna:s3cret@host",
        ];
        for url in wrong {
            let error = Address::read(url, &Certificates::default()).map(|_| ()).unwrap_err();
            assert_eq!(error.kind, Kind::Settings, "{url}");
            assert!(!error.to_string().contains("s3cret"), "{url}");
        }
    }

    #[tokio::test]
    async fn a_broker_that_is_away_is_not_asked_again_at_once() {
        let held = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        drop(held);
        let url = format!("amqp://anna:s3cret@127.0.0.1:{port}/%2f");
        let address = Address::read(&url, &Certificates::default()).unwrap();
        let link = Link::new("test", address, Arc::new([]));
        for _ in 0..2 {
            let error = link.connection().await.map(|_| ()).unwrap_err();
            assert_eq!(error.kind, Kind::Unavailable);
            assert!(!error.to_string().contains("s3cret"));
        }
        assert_eq!(link.state.lock().await.failures, 1);
        assert!(link.pause().await > Duration::ZERO);
    }
}
