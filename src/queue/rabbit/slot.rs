//! A place at the broker that works one job at a time, on a channel of its own.
//!
//! In: messages of anybody. Out: jobs; what is no job goes to the poison queue, with its reason. Absent on
//! purpose: prefetching. While messages lie in the lanes they are fetched one by one, so that the order holds
//! and a job never waits behind one that is being worked here while other slots are free. Only an idle slot
//! subscribes to the lanes ([`super::bell`]), and it hangs up as soon as a job has come.
//!
//! A lane whose queue does not answer is left alone until it does ([`Broker::fell_silent`]). If it falls silent
//! just while an idle slot is subscribed, what rings next can be stuck for as long as the broker itself waits for
//! that queue (RabbitMQ 3.10: 65 seconds).
//!
//! A job that is held longer than the broker's `consumer_timeout` (RabbitMQ: 30 minutes unless set) is taken back:
//! the broker closes the channel, the job comes again, and `done` answers [`Kind::Unavailable`]. The ledger
//! knows better (lease, attempts): no attempt is counted here.

use super::bell::{self, Bell, SPEAKS};
use super::link::{CLOSED_WELL, failed, within};
use super::topology::{self, short};
use super::{Broker, Opened, header, job_properties, lanes, message, persistent};
use crate::error::{Error, Kind, Result};
use crate::job::{Job, Priority};
use crate::queue::turns::Turns;
use crate::queue::{Delivery, Slot};
use async_trait::async_trait;
use lapin::options::{BasicAckOptions, BasicGetOptions, BasicNackOptions, BasicQosOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Acker, Channel, Connection, message::Delivery as Message};
use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::time::{Instant, timeout, timeout_at};

/// Nobody waits longer than this for a job in one call.
const LONGEST_WAIT: Duration = Duration::from_secs(24 * 60 * 60);

/// A slot that found nothing looks again so often, for so long, before it subscribes: subscribing to all lanes
/// and back costs the broker more.
const LOOK: Duration = Duration::from_millis(10);
const LOOKING: Duration = Duration::from_millis(80);

/// A slot that does not listen to all lanes asks so often whether the others speak again.
const DEAF: Duration = Duration::from_secs(1);

pub struct RabbitSlot {
    broker: Arc<Broker>,
    channel: Option<Channel>,
    /// The connection our channel belongs to.
    generation: u64,
    connection: Weak<Connection>,
    bell: Option<Bell>,
    idle_since: Option<Instant>,
    /// Stays set when a call is cut off while messages are on their way: only a new channel is certain to hold
    /// none of them.
    cut_off: bool,
    turns: Turns,
    first: lanes::First,
    held: HashMap<u64, Held>,
    last_tag: u64,
}

/// A job in our hands, as the broker knows it.
struct Held {
    broker: Arc<Broker>,
    acker: Acker,
    /// A connection that is given up lasts a little longer for those who hold something on it.
    _connection: Option<Arc<Connection>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        self.broker.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Drop for RabbitSlot {
    fn drop(&mut self) {
        self.hang_up();
    }
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
        let settled = match self.put_off(&delivery.job, self.broker.lanes.get(delivery.lane).1, seconds).await {
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
            generation: 0,
            connection: Weak::new(),
            bell: None,
            idle_since: None,
            cut_off: false,
            turns: Turns::default(),
            first: [0; Priority::ALL.len()],
            held: HashMap::new(),
            last_tag: 0,
        }
    }

    async fn take_until(&mut self, deadline: Instant) -> Result<Option<Delivery>> {
        loop {
            let channel = self.open(deadline).await?;
            if self.bell.is_none() {
                let found = self.look(&channel).await?;
                if found.is_some() {
                    return Ok(found);
                }
                if self.idle_since.get_or_insert_with(Instant::now).elapsed() < LOOKING {
                    let next = Instant::now() + LOOK;
                    tokio::time::sleep_until(next.min(deadline)).await;
                    match next < deadline {
                        true => continue,
                        false => return Ok(None),
                    }
                }
                self.cut_off = true;
                let found = self.listen(&channel).await?;
                self.cut_off = false;
                if found.is_some() {
                    self.idle_since = None;
                    return Ok(found);
                }
            }
            let Some(bell) = &mut self.bell else { continue };
            let until = if bell.deaf_to > 0 { deadline.min(Instant::now() + DEAF) } else { deadline };
            let Ok(rung) = timeout_at(until, bell.rung()).await else {
                if self.broker.lanes.silent() < bell.deaf_to {
                    self.hang_up();
                }
                match until < deadline {
                    true => continue,
                    false => return Ok(None),
                }
            };
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
            && (self.generation == self.broker.consuming.generation() || !self.held.is_empty())
        {
            return Ok(channel.clone());
        }
        self.hang_up();
        // A caller who asks again and again while the broker is away is slowed down, not answered in circles.
        let pause = self.broker.consuming.pause().await;
        tokio::time::sleep_until(deadline.min(Instant::now() + pause)).await;
        let Opened { channel, connection, generation } = self.broker.channel().await?;
        within(channel.basic_qos(1, BasicQosOptions::default()))
            .await
            .map_err(|error| failed("limiting deliveries", error))?;
        self.channel = Some(channel.clone());
        self.generation = generation;
        self.connection = Arc::downgrade(&connection);
        Ok(channel)
    }

    async fn look(&mut self, channel: &Channel) -> Result<Option<Delivery>> {
        self.cut_off = true;
        let found = self.fetch(channel).await?;
        self.cut_off = false;
        if found.is_some() {
            self.idle_since = None;
        }
        Ok(found)
    }

    /// Fetches one job, in the order of turns. Every message that is fetched tells how many are left in its lane;
    /// all lanes are counted only when none is believed to hold anything, and every now and then.
    async fn fetch(&mut self, channel: &Channel) -> Result<Option<Delivery>> {
        let begun = Instant::now();
        if !self.broker.lanes.are_believed() {
            self.count(channel).await?;
        }
        loop {
            let Some(lane) = self.broker.lanes.next(self.turns, &self.first) else {
                if self.broker.lanes.counted_since(begun) {
                    return Ok(None);
                }
                self.count(channel).await?;
                continue;
            };
            if let Some(delivery) = self.ask(channel, lane).await? {
                return Ok(Some(delivery));
            }
        }
    }

    /// Asks one lane for a job.
    async fn ask(&mut self, channel: &Channel, lane: usize) -> Result<Option<Delivery>> {
        let name = short(self.broker.lanes.name(lane));
        let got = match timeout(SPEAKS, channel.basic_get(name, BasicGetOptions::default())).await {
            Ok(Ok(got)) => got,
            Ok(Err(error)) => return Err(self.unanswered(lane, Some(error)).await),
            Err(_) => return Err(self.unanswered(lane, None).await),
        };
        let left = got.as_ref().map_or(0, |message| u64::from(message.message_count));
        self.broker.lanes.left(lane, left);
        match got {
            Some(message) => self.accept(lane, message.delivery).await,
            None => Ok(None),
        }
    }

    async fn count(&self, channel: &Channel) -> Result<()> {
        let lanes = &self.broker.lanes;
        let answering = lanes.answering();
        let begun = Instant::now();
        let names = answering.iter().map(|lane| lanes.name(*lane));
        match topology::count(channel, names).await {
            Ok(counts) => lanes.counted(begun, &answering, &counts),
            Err(error) => return Err(self.broker.declared_anew(&error, "looking for jobs").await),
        }
        Ok(())
    }

    /// Subscribes to all lanes, if each of them answers when it is asked for a job. A lane that does not keeps the
    /// broker from serving this channel for a minute: what came from other lanes meanwhile would be stuck there.
    async fn listen(&mut self, channel: &Channel) -> Result<Option<Delivery>> {
        for lane in self.broker.lanes.in_turn(self.turns, &self.first) {
            if !self.broker.lanes.is_silent(lane)
                && let Some(delivery) = self.ask(channel, lane).await?
            {
                return Ok(Some(delivery));
            }
        }
        match bell::listen(channel, &self.broker.lanes).await {
            Ok(bell) => self.bell = Some(bell),
            Err((lane, error)) => return Err(self.unanswered(lane, error).await),
        }
        Ok(None)
    }

    /// This lane was asked and did not answer, or the broker stumbled over it.
    async fn unanswered(&self, lane: usize, error: Option<lapin::Error>) -> Error {
        if error.is_none() || topology::is_internal(&error) {
            self.broker.fell_silent(lane, self.generation).await;
        }
        self.broker.declared_anew(&error, "looking for jobs").await
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
            match bell::silence(channel, bell).await {
                Ok(rest) => come.extend(rest),
                Err((lane, error)) => return Err(self.unanswered(lane, error).await),
            }
        }
        self.idle_since = None;
        let order = self.broker.lanes.in_turn(self.turns, &self.first);
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
        let broker = self.broker.clone();
        let (tenant, priority) = broker.lanes.get(lane);
        let job = match message::read_of(tenant, &message.data) {
            Ok(job) => job,
            Err(reason) => {
                tracing::warn!(
                    reason = reason.slug(),
                    size = message.data.len(),
                    "message set aside as poison"
                );
                let from = broker.lanes.name(lane);
                self.set_aside(from, reason, &message).await?;
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
        let tenants = broker.lanes.tenants.len();
        self.first[lanes::place(priority)] = (lane % tenants + 1) % tenants;
        self.turns.served(priority);
        self.last_tag += 1;
        broker.in_flight.fetch_add(1, Ordering::Relaxed);
        let held = Held { broker, acker: message.acker, _connection: self.connection.upgrade() };
        self.held.insert(self.last_tag, held);
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

    /// Closing the channel gives everything back that it holds. Letting go of it is not enough: a question the
    /// broker has not answered yet keeps it open, and what comes then would lie there for ever.
    fn hang_up(&mut self) {
        self.bell = None;
        self.held.clear();
        self.cut_off = false;
        let Some(channel) = self.channel.take() else { return };
        if let Ok(runtime) = Handle::try_current() {
            runtime.spawn(async move { channel.close(CLOSED_WELL, short("slot closed")).await.ok() });
        }
    }
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
