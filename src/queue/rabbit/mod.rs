//! The queue at a RabbitMQ broker, for workers on any number of machines.
//!
//! In: jobs. Out: jobs, urgent first, tenants in turn. Absent on purpose: retries (the worker decides), the
//! management interface, and lapin's automatic recovery.
//!
//! Publishing and consuming have a connection each: a broker short of disk or memory stops reading from those
//! who publish, and acknowledgements must still reach it.

mod link;
mod slot;
mod topology;

use super::message;
use super::{Depth, Queue, Slot};
use crate::error::{Error, Kind, Result};
use crate::job::{Job, Priority, Tenant};
use async_trait::async_trait;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Connection};
use link::{ANSWER, Address, Link, failed, within};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tokio::sync::Mutex;
use tokio::time::timeout;
use topology::short;

/// The queue at a broker.
#[derive(Clone)]
pub struct Rabbit {
    broker: Arc<Broker>,
}

impl Rabbit {
    /// Connects (`amqp://` or `amqps://`) and declares the queues of these tenants.
    ///
    /// From then on a broker that is away is [`Kind::Unavailable`] at every call and is connected again by a
    /// later one; the caller simply goes on calling.
    pub async fn connect(url: &str, tenants: &[Tenant]) -> Result<Self> {
        let address = Address::read(url)?;
        if tenants.is_empty() {
            return Err(Error::new(Kind::Settings, "a queue at the broker needs a tenant to work for")
                .hint("name the tenants in the settings"));
        }
        let tenants: Arc<[Tenant]> = tenants.into();
        let broker = Broker {
            publishing: Link::new("publishing", address.clone(), tenants.clone()),
            consuming: Link::new("consuming", address, tenants.clone()),
            tenants,
            publisher: Mutex::new(None),
            in_flight: AtomicU64::new(0),
        };
        broker.consuming.connection().await?;
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
        let mut lanes = Vec::new();
        for tenant in self.broker.tenants.iter() {
            lanes.extend(Priority::ALL.map(|priority| topology::lane(tenant, priority)));
        }
        Ok(Depth {
            ready: self.broker.count(&lanes).await?,
            in_flight: self.broker.in_flight.load(Ordering::Relaxed),
            delayed: self.broker.count(&topology::STAYS.map(topology::waiting)).await?,
            poison: self.broker.count(&[topology::POISON.to_owned()]).await?,
        })
    }
}

struct Broker {
    publishing: Link,
    consuming: Link,
    tenants: Arc<[Tenant]>,
    publisher: Mutex<Option<Publisher>>,
    /// Jobs in the hands of our slots.
    in_flight: AtomicU64,
}

#[derive(Clone)]
struct Publisher {
    connection: Arc<Connection>,
    channel: Channel,
}

impl Broker {
    /// Returns when the broker has confirmed the message. The empty exchange takes the name of a queue as `key`.
    async fn publish(&self, exchange: &str, key: &str, body: &[u8], properties: BasicProperties) -> Result<()> {
        let publisher = self.publisher().await?;
        if publisher.connection.status().blocked() {
            return Err(Error::new(Kind::Unavailable, "the broker takes no messages at present")
                .hint("it raised an alarm: give it disk space or memory"));
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
        match timeout(ANSWER, sent).await {
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
                if !publisher.connection.status().blocked() {
                    self.publishing.forget().await;
                }
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

    /// How many messages lie ready in these queues together.
    async fn count(&self, names: &[String]) -> Result<u64> {
        let channel = self.channel().await?;
        match topology::count(&channel, names).await {
            Ok(counts) => Ok(counts.iter().sum()),
            Err(error) => Err(self.declared_anew(&error, "counting messages").await),
        }
    }

    /// The failure of a reading; if it was that a queue is missing, the next connection declares all of them.
    async fn declared_anew(&self, error: &Option<lapin::Error>, doing: &str) -> Error {
        if topology::is_missing(error) {
            self.consuming.forget().await;
        }
        failed(doing, error.clone())
    }

    /// A fresh channel for reading.
    async fn channel(&self) -> Result<Channel> {
        let connection = self.consuming.connection().await?;
        match within(connection.create_channel()).await {
            Ok(channel) => Ok(channel),
            Err(error) => {
                self.consuming.forget().await;
                Err(failed("opening a channel", error))
            }
        }
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
