//! One connection to the broker that is made again after it was lost.
//!
//! In: the broker's address. Out: a living connection, or an error at once. Absent on purpose: a loop of its own
//! and lapin's recovery (which can fall silent for ever): whoever needs the connection next makes it again, not
//! sooner than the backoff allows.

use super::topology;
use crate::error::{Error, Kind, Result};
use crate::job::Tenant;
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{Connection, ConnectionProperties};
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// Longest time for one answer of the broker.
pub const ANSWER: Duration = Duration::from_secs(10);

/// A half-open connection is noticed after two of these.
const HEARTBEAT_SECONDS: u16 = 10;

const FIRST_BACKOFF: Duration = Duration::from_millis(200);
const LONGEST_BACKOFF: Duration = Duration::from_secs(10);

pub struct Link {
    name: &'static str,
    address: Address,
    tenants: Arc<[Tenant]>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    connection: Option<Arc<Connection>>,
    failures: u32,
    not_before: Option<Instant>,
}

impl Link {
    pub fn new(name: &'static str, address: Address, tenants: Arc<[Tenant]>) -> Self {
        Self { name, address, tenants, state: Mutex::default() }
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

    async fn connect(&self) -> Result<Connection> {
        let name = format!("laufmappe {}", self.name);
        let options = ConnectionProperties::default().with_connection_name(name.as_str().into());
        let dialled = Connection::connect_uri(self.address.uri.clone(), options);
        let connection = match timeout(ANSWER, dialled).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => return Err(self.address.unreachable(&self.address.without_secrets(&error))),
            Err(_) => return Err(self.address.unreachable("no answer")),
        };
        let channel = within(connection.create_channel()).await;
        let channel = channel.map_err(|error| failed("opening a channel", error))?;
        topology::declare(&channel, &self.tenants).await?;
        Ok(connection)
    }
}

/// Where the broker is and who we are there. Only `shown` may be seen.
#[derive(Clone)]
pub struct Address {
    uri: AMQPUri,
    /// Scheme, host, port and virtual host.
    pub shown: String,
}

impl Address {
    /// Reads `amqp://` and `amqps://`. What is wrong is said without repeating it: it may be the password.
    pub fn read(url: &str) -> Result<Self> {
        let mut uri: AMQPUri = url.parse().map_err(|_| {
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
        Ok(Self { uri, shown })
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
        let address = Address::read("amqps://anna:s3cr%40t@broker.intern:5671/rechnung").unwrap();
        assert_eq!(address.shown, "amqps://broker.intern:5671/rechnung");
        let said = lapin::Error::from(std::io::Error::other("refused s3cr@t"));
        assert_eq!(address.without_secrets(&said), "IO error: refused …");
        let wrong = ["http://anna:s3cret@host", "amqp:s3cret", "s3cret", "amqp://anna:s3cret@host:port/"];
        for url in wrong {
            let error = Address::read(url).map(|_| ()).unwrap_err();
            assert_eq!(error.kind, Kind::Settings, "{url}");
            assert!(!error.to_string().contains("s3cret"), "{url}");
        }
    }

    #[tokio::test]
    async fn a_broker_that_is_away_is_not_asked_again_at_once() {
        let held = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let port = held.local_addr().unwrap().port();
        drop(held);
        let address = Address::read(&format!("amqp://anna:s3cret@127.0.0.1:{port}/%2f")).unwrap();
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
