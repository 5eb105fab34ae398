//! A place at the broker that works one job at a time, on a channel of its own.
//!
//! In: messages of anybody. Out: jobs; what is no job goes to the poison queue, with its reason. Absent on
//! purpose: prefetching. While messages lie in the lanes they are fetched one by one, so that the order holds
//! and a job never waits behind one that is being worked here while other slots are free. Only an idle slot
//! subscribes to the lanes (the bell), and it hangs up as soon as a job has come.

use super::link::{failed, within};
use super::topology::{self, short};
use super::{Broker, header, job_properties, message, persistent};
use crate::error::{Error, Kind, Result};
use crate::job::{Job, Priority, Tenant};
use crate::queue::{Delivery, Slot};
use async_trait::async_trait;
use futures_util::future::try_join_all;
use futures_util::stream::{SelectAll, select_all};
use futures_util::{Stream, StreamExt};
use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicGetOptions, BasicNackOptions,
    BasicQosOptions,
};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Acker, Channel, message::Delivery as Message};
use std::collections::HashMap;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Nobody waits longer than this for a job in one call.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

pub struct RabbitSlot {
    broker: Arc<Broker>,
    channel: Option<Channel>,
    bell: Option<Bell>,
    /// Stays set when a call is cut off while messages are on their way: only a new channel is certain to hold
    /// none of them.
    cut_off: bool,
    /// The tenant to be asked first, for each priority.
    turn: [usize; Priority::ALL.len()],
    held: HashMap<u64, Held>,
    last_tag: u64,
}

/// A job in our hands, as the broker knows it.
struct Held {
    broker: Arc<Broker>,
    acker: Acker,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.broker.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

/// What comes from one lane, with its number.
type Lane = Pin<Box<dyn Stream<Item = (usize, lapin::Result<Message>)> + Send + Sync>>;

/// The lanes an idle slot listens to.
struct Bell {
    consumers: Vec<ShortString>,
    messages: SelectAll<Lane>,
}

#[async_trait]
impl Slot for RabbitSlot {
    async fn take(&mut self, wait: Duration) -> Result<Option<Delivery>> {
        let deadline = Instant::now() + wait.min(LONGEST_WAIT);
        let taken = self.take_until(deadline).await;
        self.keep_nothing_unless(taken)
    }

    async fn done(&mut self, delivery: &Delivery) -> Result<()> {
        let held = self.give_out(delivery)?;
        let settled = acknowledge(&held.acker).await;
        self.keep_nothing_unless(settled)
    }

    async fn later(&mut self, delivery: &Delivery, wait: Duration) -> Result<()> {
        let held = self.give_out(delivery)?;
        self.cut_off = true;
        let seconds = u32::try_from(wait.as_millis().div_ceil(1000)).unwrap_or(u32::MAX);
        let settled = match self.put_off(&delivery.job, self.lane(delivery.lane).1, seconds).await {
            Ok(()) => acknowledge(&held.acker).await,
            Err(error) => Err(error),
        };
        self.cut_off = false;
        self.keep_nothing_unless(settled)
    }
}

impl RabbitSlot {
    pub fn new(broker: Arc<Broker>) -> Self {
        Self {
            broker,
            channel: None,
            bell: None,
            cut_off: false,
            turn: [0; Priority::ALL.len()],
            held: HashMap::new(),
            last_tag: 0,
        }
    }

    async fn take_until(&mut self, deadline: Instant) -> Result<Option<Delivery>> {
        loop {
            let channel = self.open(deadline).await?;
            if self.bell.is_none() {
                self.cut_off = true;
                let found = self.fetch(&channel).await?;
                if found.is_none() {
                    self.bell = Some(listen(&channel, &self.lanes()).await?);
                }
                self.cut_off = false;
                if found.is_some() {
                    return Ok(found);
                }
            }
            let Some(bell) = &mut self.bell else { continue };
            let Ok(rung) = timeout_at(deadline, bell.messages.next()).await else { return Ok(None) };
            let (lane, message) = rung.ok_or_else(|| gone("it ended our subscription"))?;
            let message = message.map_err(|error| failed("waiting for jobs", Some(error)))?;
            self.cut_off = true;
            let found = self.answer_the_bell(&channel, lane, message).await?;
            self.cut_off = false;
            if found.is_some() {
                return Ok(found);
            }
        }
    }

    /// The channel of this slot; a new one when the old one is gone (then everything it held is lost to us).
    async fn open(&mut self, deadline: Instant) -> Result<Channel> {
        if let Some(channel) = &self.channel
            && channel.status().connected()
            && !self.cut_off
        {
            return Ok(channel.clone());
        }
        self.hang_up();
        // A caller who asks again and again while the broker is away is slowed down, not answered in circles.
        let pause = self.broker.consuming.pause().await;
        tokio::time::sleep_until(deadline.min(Instant::now() + pause)).await;
        let channel = self.broker.channel().await?;
        within(channel.basic_qos(1, BasicQosOptions::default()))
            .await
            .map_err(|error| failed("limiting deliveries", error))?;
        self.channel = Some(channel.clone());
        Ok(channel)
    }

    /// Fetches one job, in the order of the lanes. Counting first is one round trip for all lanes, asking an empty
    /// lane for a job is one each; a job that was not counted yet rings the bell.
    async fn fetch(&mut self, channel: &Channel) -> Result<Option<Delivery>> {
        let names = self.lanes();
        let counts = match topology::count(channel, &names).await {
            Ok(counts) => counts,
            Err(error) => return Err(self.broker.declared_anew(&error, "looking for jobs").await),
        };
        for lane in self.lanes_in_turn() {
            for _ in 0..counts[lane] {
                let got = within(channel.basic_get(short(&names[lane]), BasicGetOptions::default())).await;
                let got = got.map_err(|error| failed("fetching a job", error))?;
                let Some(message) = got else { break };
                if let Some(delivery) = self.accept(lane, message.delivery).await? {
                    return Ok(Some(delivery));
                }
            }
        }
        Ok(None)
    }

    /// Hangs up, keeps the most urgent of what has come meanwhile and gives the rest back.
    async fn answer_the_bell(
        &mut self,
        channel: &Channel,
        lane: usize,
        message: Message,
    ) -> Result<Option<Delivery>> {
        let mut come = vec![(lane, message)];
        if let Some(bell) = self.bell.take() {
            come.extend(silence(channel, bell).await?);
        }
        let order = self.lanes_in_turn();
        come.sort_by_key(|(lane, _)| order.iter().position(|next| next == lane));
        let mut kept = None;
        for (lane, message) in come {
            if kept.is_none() {
                kept = self.accept(lane, message).await?;
            } else {
                let options = BasicNackOptions { requeue: true, ..BasicNackOptions::default() };
                let given_back = within(message.acker.nack(options)).await;
                given_back.map_err(|error| failed("giving a job back", error))?;
            }
        }
        Ok(kept)
    }

    /// A message becomes a job in our hands; or it is not for us (`None`) and has gone where it belongs.
    async fn accept(&mut self, lane: usize, message: Message) -> Result<Option<Delivery>> {
        let (tenant, priority) = self.lane(lane);
        let job = match message::read_of(tenant, &message.data) {
            Ok(job) => job,
            Err(reason) => {
                tracing::warn!(
                    reason = reason.slug(),
                    size = message.data.len(),
                    "message set aside as poison"
                );
                let from = topology::lane(tenant, priority);
                self.set_aside(&from, reason, &message).await?;
                acknowledge(&message.acker).await?;
                return Ok(None);
            }
        };
        let left = seconds_left(&message);
        if left > 0 {
            self.put_off(&job, priority, left).await?;
            acknowledge(&message.acker).await?;
            return Ok(None);
        }
        let tenants = self.broker.tenants.len();
        self.turn[lane / tenants] = (lane % tenants + 1) % tenants;
        self.last_tag += 1;
        self.broker.in_flight.fetch_add(1, Ordering::Relaxed);
        self.held.insert(self.last_tag, Held { broker: self.broker.clone(), acker: message.acker });
        Ok(Some(Delivery { job, tag: self.last_tag, lane, redelivered: message.redelivered }))
    }

    async fn set_aside(&self, from: &str, reason: message::Unreadable, message: &Message) -> Result<()> {
        let mut headers = header(topology::REASON_HEADER, AMQPValue::LongString(reason.slug().into()));
        headers.insert(topology::FROM_HEADER.into(), AMQPValue::LongString(from.into()));
        let mut properties = persistent(headers);
        if let Some(kind) = message.properties.content_type() {
            properties = properties.with_content_type(kind.clone());
        }
        self.broker.publish("", topology::POISON, &message.data, properties).await
    }

    async fn put_off(&self, job: &Job, priority: Priority, seconds: u32) -> Result<()> {
        let lane = topology::lane(&job.tenant, priority);
        let body = message::write(job)?;
        if seconds == 0 {
            return self.broker.publish("", &lane, &body, job_properties(FieldTable::default())).await;
        }
        let (stay, left) = topology::stay(seconds);
        let headers = header(topology::WAIT_HEADER, AMQPValue::LongLongInt(i64::from(left)));
        self.broker.publish(&topology::waiting(stay), &lane, &body, job_properties(headers)).await
    }

    fn give_out(&mut self, delivery: &Delivery) -> Result<Held> {
        let held = self.held.remove(&delivery.tag);
        held.filter(|held| held.acker.usable() && self.connected())
            .ok_or_else(|| gone("the connection was lost"))
    }

    fn connected(&self) -> bool {
        self.channel.as_ref().is_some_and(|channel| channel.status().connected())
    }

    /// After a failure nobody knows what this channel still holds; the broker takes all of it back.
    fn keep_nothing_unless<T>(&mut self, outcome: Result<T>) -> Result<T> {
        if outcome.is_err() {
            self.hang_up();
        }
        outcome
    }

    /// Closing the channel gives everything back that it holds.
    fn hang_up(&mut self) {
        self.bell = None;
        self.held.clear();
        self.channel = None;
        self.cut_off = false;
    }

    /// Lanes are numbered priority by priority, within one in the order of the tenants.
    fn lane(&self, lane: usize) -> (&Tenant, Priority) {
        let tenants = self.broker.tenants.len();
        (&self.broker.tenants[lane % tenants], Priority::ALL[lane / tenants])
    }

    fn lanes(&self) -> Vec<String> {
        let numbers = 0..Priority::ALL.len() * self.broker.tenants.len();
        numbers.map(|lane| self.lane(lane)).map(|(tenant, priority)| topology::lane(tenant, priority)).collect()
    }

    fn lanes_in_turn(&self) -> Vec<usize> {
        let tenants = self.broker.tenants.len();
        let mut lanes = Vec::new();
        for (priority, first) in self.turn.iter().enumerate() {
            lanes.extend((0..tenants).map(|step| priority * tenants + (first + step) % tenants));
        }
        lanes
    }
}

async fn listen(channel: &Channel, lanes: &[String]) -> Result<Bell> {
    let subscribe = |lane: &String| {
        let options = BasicConsumeOptions::default();
        channel.basic_consume(short(lane), ShortString::default(), options, FieldTable::default())
    };
    let subscribed = within(try_join_all(lanes.iter().map(subscribe))).await;
    let consumers = subscribed.map_err(|error| failed("waiting for jobs", error))?;
    let tags = consumers.iter().map(lapin::Consumer::tag).collect();
    let numbered = |(lane, consumer): (usize, lapin::Consumer)| -> Lane {
        Box::pin(consumer.map(move |message| (lane, message)))
    };
    let messages = select_all(consumers.into_iter().enumerate().map(numbered));
    Ok(Bell { consumers: tags, messages })
}

/// Ends the subscriptions; answers what had been delivered until then.
async fn silence(channel: &Channel, mut bell: Bell) -> Result<Vec<(usize, Message)>> {
    let cancel = |tag: &ShortString| channel.basic_cancel(tag.clone(), BasicCancelOptions::default());
    let cancelled = within(try_join_all(bell.consumers.iter().map(cancel))).await;
    cancelled.map_err(|error| failed("ending the wait for jobs", error))?;
    let rest = async {
        let mut come = Vec::new();
        while let Some((lane, message)) = bell.messages.next().await {
            come.push((lane, message?));
        }
        Ok(come)
    };
    within(rest).await.map_err(|error| failed("ending the wait for jobs", error))
}

/// That the broker got it is not certain; a job that comes again is found settled in the ledger.
async fn acknowledge(acker: &Acker) -> Result<()> {
    match within(acker.ack(BasicAckOptions::default())).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(gone("the connection was lost")),
        Err(error) => Err(failed("acknowledging a job", error)),
    }
}

fn seconds_left(message: &Message) -> u32 {
    let headers = message.properties.headers().as_ref();
    let value = headers.and_then(|headers| headers.inner().get(topology::WAIT_HEADER));
    let seconds = value.and_then(AMQPValue::as_long_long_int).unwrap_or(0);
    u32::try_from(seconds.max(0)).unwrap_or(u32::MAX)
}

fn gone(reason: &str) -> Error {
    Error::new(Kind::Unavailable, format!("the broker has taken the job back: {reason}"))
        .hint("the job comes again by itself")
}
