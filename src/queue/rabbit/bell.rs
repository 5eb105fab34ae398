//! The bell of an idle slot: subscriptions to all lanes that answer, ended as soon as one of them rang.
//!
//! In: a channel. Out: the first messages that come, with the number of their lane. Absent on purpose: working
//! while subscribed; what rings beside the first is given back by the slot.

use super::lanes::Lanes;
use super::topology::short;
use futures_util::future::join_all;
use futures_util::stream::SelectAll;
use futures_util::{Stream, StreamExt};
use lapin::options::{BasicCancelOptions, BasicConsumeOptions};
use lapin::types::{FieldTable, ShortString};
use lapin::{Channel, message::Delivery as Message};
use std::pin::Pin;
use std::time::Duration;
use tokio::time::timeout;

/// How long a lane may take to answer before it is called silent.
pub const SPEAKS: Duration = Duration::from_secs(5);

/// What comes from one lane, with its number.
type Lane = Pin<Box<dyn Stream<Item = (usize, lapin::Result<Message>)> + Send + Sync>>;

pub struct Bell {
    /// Lanes, and our subscription to each.
    consumers: Vec<(usize, ShortString)>,
    messages: SelectAll<Lane>,
    /// How many lanes there are that it does not listen to.
    pub deaf_to: usize,
}

impl Bell {
    /// The first that comes; `None` when the broker ended our subscriptions.
    pub async fn rung(&mut self) -> Option<(usize, lapin::Result<Message>)> {
        match self.consumers.is_empty() {
            // No lane answers at all: there is nothing to hear, and no reason to end the wait.
            true => std::future::pending().await,
            false => self.messages.next().await,
        }
    }
}

/// Subscribes to all lanes that answer, or names the one that did not. One after the other: the broker keeps an
/// answer back until it is done with the next question, so that a silent lane would silence those before it.
pub async fn listen(
    channel: &Channel,
    lanes: &Lanes,
) -> std::result::Result<Bell, (usize, Option<lapin::Error>)> {
    let answering = lanes.answering();
    let deaf_to = lanes.names().len() - answering.len();
    let mut bell = Bell { consumers: Vec::new(), messages: SelectAll::new(), deaf_to };
    for lane in answering {
        let consumer = subscribe(channel, lanes.name(lane)).await.map_err(|error| (lane, error))?;
        bell.consumers.push((lane, consumer.tag()));
        let numbered: Lane = Box::pin(consumer.map(move |message| (lane, message)));
        bell.messages.push(numbered);
    }
    Ok(bell)
}

/// A subscription, or the failure (`None`: no answer).
pub async fn subscribe(
    channel: &Channel,
    lane: &str,
) -> std::result::Result<lapin::Consumer, Option<lapin::Error>> {
    let options = BasicConsumeOptions::default();
    let asked = channel.basic_consume(short(lane), ShortString::default(), options, FieldTable::default());
    match timeout(SPEAKS, asked).await {
        Ok(answer) => answer.map_err(Some),
        Err(_) => Err(None),
    }
}

/// Ends the subscriptions; answers what had been delivered until then, or names the lane that did not answer.
pub async fn silence(
    channel: &Channel,
    mut bell: Bell,
) -> std::result::Result<Vec<(usize, Message)>, (usize, Option<lapin::Error>)> {
    let cancel = async |(lane, tag): &(usize, ShortString)| {
        let cancelled = channel.basic_cancel(tag.clone(), BasicCancelOptions::default());
        match timeout(SPEAKS, cancelled).await {
            Ok(answer) => answer.map_err(|error| (*lane, Some(error))),
            Err(_) => Err((*lane, None)),
        }
    };
    // All at once, answered in order: the first that is not answered holds up the others.
    for cancelled in join_all(bell.consumers.iter().map(cancel)).await {
        cancelled?;
    }
    let mut come = Vec::new();
    while let Some((lane, message)) = bell.messages.next().await {
        come.push((lane, message.map_err(|error| (lane, Some(error)))?));
    }
    Ok(come)
}
