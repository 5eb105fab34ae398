//! The queue at a RabbitMQ broker, for workers on any number of machines.
//!
//! In: jobs. Out: jobs, by priority and tenant in turn. Absent on purpose: retries (the worker decides), the
//! management interface, and lapin's automatic recovery.
//!
//! Publishing and consuming have a connection each: a broker short of disk or memory stops reading from those
//! who publish, and acknowledgements must still reach it.

mod bell;
mod lanes;
mod link;
mod slot;
mod tls;
mod topology;

pub use tls::Certificates;

use super::message;
use super::{Depth, LaneDepth, Queue, Slot};
use crate::error::{Error, Kind, Result};
use crate::job::{Job, Tenant};
use async_trait::async_trait;
use lanes::Lanes;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Connection};
use link::{ANSWER, Address, Link, failed, within};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::timeout;
use topology::short;

/// How soon a silent lane is tried again: first after the first, then with doubled pauses up to the second.
const FIRST_TRIAL: Duration = Duration::from_secs(1);
const LONGEST_TRIAL: Duration = Duration::from_secs(30);

/// How often a publisher that waits for its confirmation looks whether the broker raised an alarm meanwhile.
const ALARM_LOOK: Duration = Duration::from_millis(100);

/// The queue at a broker.
#[derive(Clone)]
pub struct Rabbit {
    broker: Arc<Broker>,
}

impl Rabbit {
    /// Connects (`amqp://` or `amqps://`, the latter with these certificates) and declares the queues of these
    /// tenants.
    ///
    /// From then on a broker that is away is [`Kind::Unavailable`] at every call and is connected again by a
    /// later one; the caller simply goes on calling.
    pub async fn connect(url: &str, certificates: &Certificates, tenants: &[Tenant]) -> Result<Self> {
        let rabbit = Self::at(url, certificates, tenants)?;
        rabbit.broker.consuming.connection().await?;
        Ok(rabbit)
    }

    /// As [`Rabbit::connect`], for whoever can work without a broker: nobody is called yet.
    pub fn at(url: &str, certificates: &Certificates, tenants: &[Tenant]) -> Result<Self> {
        let address = Address::read(url, certificates)?;
        if tenants.is_empty() {
            return Err(Error::new(Kind::Settings, "a queue at the broker needs a tenant to work for")
                .hint("name the tenants in the settings"));
        }
        let tenants: Arc<[Tenant]> = tenants.into();
        let broker = Broker {
            publishing: Link::new("publishing", address.clone(), tenants.clone()),
            consuming: Link::new("consuming", address, tenants.clone()),
            lanes: Lanes::of(tenants),
            publisher: Mutex::new(None),
            in_flight: AtomicU64::new(0),
        };
        Ok(Self { broker: Arc::new(broker) })
    }

    /// Does the broker answer, and are our queues there?
    pub async fn probe(&self) -> Result<()> {
        self.broker.count(&[topology::POISON.to_owned()]).await.map(|_| ())
    }
}

impl std::fmt::Debug for Rabbit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Rabbit")
    }
}

#[async_trait]
impl Queue for Rabbit {
    /// [`Kind::Unavailable`]: the job is not at the broker. [`Kind::Unknown`]: it may be.
    async fn publish(&self, job: &Job) -> Result<()> {
        let lane = topology::lane(&job.tenant, job.priority);
        self.broker.publish("", &lane, &message::write(job)?, job_properties(FieldTable::default())).await
    }

    async fn slot(&self) -> Result<Box<dyn Slot>> {
        Ok(Box::new(slot::RabbitSlot::new(self.broker.clone())))
    }

    /// `ready` counts the lanes of our tenants; `delayed` and `poison` are shared by all tenants of the broker.
    /// `in_flight` counts the slots of this process only: the broker tells it nobody without its management
    /// interface. A job offered to a waiting slot at this very moment is in none of the counts.
    async fn depth(&self) -> Result<Depth> {
        Ok(Depth {
            ready: self.broker.sum(self.broker.lanes.names()).await?,
            in_flight: self.broker.in_flight.load(Ordering::Relaxed),
            delayed: self.broker.sum(&topology::STAYS.map(topology::waiting)).await?,
            poison: self.broker.sum(&[topology::POISON.to_owned()]).await?,
        })
    }

    async fn lanes(&self) -> Result<Vec<LaneDepth>> {
        let lanes = &self.broker.lanes;
        let counts = self.broker.count(lanes.names()).await?.into_iter().enumerate();
        let depths = counts.map(|(lane, ready)| {
            let (tenant, priority) = lanes.get(lane);
            LaneDepth { tenant: tenant.clone(), priority, ready }
        });
        Ok(depths.collect())
    }
}

struct Broker {
    publishing: Link,
    consuming: Link,
    lanes: Lanes,
    publisher: Mutex<Option<Publisher>>,
    /// Jobs in the hands of our slots.
    in_flight: AtomicU64,
}

#[derive(Clone)]
struct Publisher {
    connection: Arc<Connection>,
    channel: Channel,
}

/// A channel for reading, and its connection by number.
struct Opened {
    channel: Channel,
    connection: Arc<Connection>,
    generation: u64,
}

impl Broker {
    /// Returns when the broker has confirmed the message. The empty exchange takes the name of a queue as `key`.
    async fn publish(&self, exchange: &str, key: &str, body: &[u8], properties: BasicProperties) -> Result<()> {
        let publisher = self.publisher().await?;
        if publisher.connection.status().blocked() {
            return Err(
                Error::new(Kind::Unavailable, "the broker takes no messages at present").hint(ALARM_HINT)
            );
        }
        let options = BasicPublishOptions { mandatory: true, ..BasicPublishOptions::default() };
        let sent = async {
            let confirm =
                publisher.channel.basic_publish(short(exchange), short(key), options, body, properties);
            confirm.await?.await
        };
        let refused = |reason: &str| {
            Error::new(Kind::Unavailable, format!("the broker did not take a message for {key}: {reason}"))
        };
        let answer = tokio::select! {
            answer = timeout(ANSWER, sent) => answer,
            // It lies in the broker's way and may be taken after all when the alarm is over.
            () = blocked(&publisher.connection) => {
                return Err(lost(key, "the broker raised an alarm meanwhile").hint(ALARM_HINT));
            }
        };
        match answer {
            Ok(Ok(Confirmation::Ack(None))) => Ok(()),
            Ok(Ok(Confirmation::Ack(Some(_)) | Confirmation::Nack(Some(_)))) => {
                // Somebody deleted our queues: the next connection declares them again.
                self.publishing.forget().await;
                Err(refused("no such queue")
                    .hint("check that its tenant stands in the settings of this program"))
            }
            Ok(Ok(Confirmation::Nack(None))) => Err(refused("it said no")),
            Ok(Ok(Confirmation::NotRequested)) => {
                Err(Error::new(Kind::Internal, "the broker was not asked for confirmation"))
            }
            Ok(Err(error)) => Err(lost(key, &error.to_string())),
            Err(_) => {
                self.publishing.forget().await;
                Err(lost(key, "no confirmation came"))
            }
        }
    }

    async fn publisher(&self) -> Result<Publisher> {
        let connection = self.publishing.connection().await?;
        let mut publisher = self.publisher.lock().await;
        if let Some(current) = publisher.as_ref() {
            let same = Arc::ptr_eq(&current.connection, &connection);
            if same && current.channel.status().connected() {
                return Ok(current.clone());
            }
        }
        let opened = async {
            let channel = connection.create_channel().await?;
            channel.confirm_select(ConfirmSelectOptions::default()).await?;
            Ok(channel)
        };
        let channel = within(opened).await.map_err(|error| failed("opening a channel", error))?;
        let made = Publisher { connection, channel };
        *publisher = Some(made.clone());
        Ok(made)
    }

    /// How many messages lie ready in each of these queues.
    async fn count(&self, names: &[String]) -> Result<Vec<u64>> {
        let Opened { channel, .. } = self.channel().await?;
        match topology::count(&channel, names.iter().map(String::as_str)).await {
            Ok(counts) => Ok(counts),
            Err(error) => Err(self.declared_anew(&error, "counting messages").await),
        }
    }

    async fn sum(&self, names: &[String]) -> Result<u64> {
        Ok(self.count(names).await?.iter().sum())
    }

    /// The failure of a reading; if it was that a queue is missing, the next connection declares all of them.
    async fn declared_anew(&self, error: &Option<lapin::Error>, doing: &str) -> Error {
        if topology::is_missing(error) {
            self.consuming.forget().await;
        }
        failed(doing, error.clone())
    }

    /// A fresh channel for reading.
    async fn channel(&self) -> Result<Opened> {
        let generation = self.consuming.generation();
        let connection = self.consuming.connection().await?;
        match within(connection.create_channel()).await {
            Ok(channel) => Ok(Opened { channel, connection, generation }),
            Err(error) => {
                self.consuming.forget().await;
                Err(failed("opening a channel", error))
            }
        }
    }

    /// The queue of a lane answers nobody, or the broker fails over it and ends connections that ask. From now on
    /// no slot asks it; the connection that still has a question to it is given up; somebody on a connection
    /// of his own tries until the lane speaks again.
    async fn fell_silent(self: &Arc<Self>, lane: usize, generation: u64) {
        self.consuming.retire(generation).await;
        if self.lanes.fell_silent(lane) {
            tracing::warn!(
                lane = self.lanes.name(lane),
                "a lane at the broker does not answer; it is left alone"
            );
            tokio::spawn(try_until_it_speaks(Arc::downgrade(self), lane));
        }
    }

    async fn speaks(&self, lane: usize) -> Result<()> {
        let connection = self.consuming.dial("trying a silent lane").await?;
        let channel = within(connection.create_channel()).await;
        let channel = channel.map_err(|error| failed("opening a channel", error))?;
        let name = self.lanes.name(lane);
        let heard =
            bell::subscribe(&channel, name).await.map_err(|error| failed("asking a silent lane", error));
        link::close(&connection).await;
        heard.map(|_| ())
    }
}

async fn try_until_it_speaks(broker: Weak<Broker>, lane: usize) {
    let mut pause = FIRST_TRIAL;
    loop {
        tokio::time::sleep(pause).await;
        pause = LONGEST_TRIAL.min(2 * pause);
        // The queue was closed: nobody waits for this lane any more.
        let Some(broker) = broker.upgrade() else { return };
        match broker.speaks(lane).await {
            Ok(()) => {
                tracing::info!(lane = broker.lanes.name(lane), "a silent lane answers again");
                return broker.lanes.speaks_again(lane);
            }
            Err(error) => tracing::debug!(lane = broker.lanes.name(lane), "still silent: {error}"),
        }
    }
}

const ALARM_HINT: &str = "it raised an alarm: give it disk space or memory";

/// Ends when the broker stops reading from this connection.
async fn blocked(connection: &Connection) {
    while !connection.status().blocked() {
        tokio::time::sleep(ALARM_LOOK).await;
    }
}

fn lost(key: &str, reason: &str) -> Error {
    Error::new(Kind::Unknown, format!("a message for {key} may not have reached the broker: {reason}"))
        .hint("publish it again; a job that comes twice does no harm")
}

fn job_properties(headers: FieldTable) -> BasicProperties {
    persistent(headers).with_content_type(message::CONTENT_TYPE.into()).with_type(message::TYPE.into())
}

fn persistent(headers: FieldTable) -> BasicProperties {
    BasicProperties::default().with_delivery_mode(2).with_headers(headers)
}

fn header(name: &str, value: AMQPValue) -> FieldTable {
    let mut headers = FieldTable::default();
    headers.insert(name.into(), value);
    headers
}
