//! The queues at the broker, by name: a contract with whoever else publishes or looks.
//!
//! | name | what |
//! |---|---|
//! | `laufmappe.<tenant>.urgent` `.normal` `.backfill` | the lanes |
//! | `laufmappe.later.<seconds>` | jobs of all tenants that wait; then the broker puts them back on their lane |
//! | exchange `laufmappe.later.<seconds>` | leads to the queue of that name; the routing key is the lane |
//! | `laufmappe.poison` | messages nobody can read, with the reason as a header |
//! | `laufmappe.parked` | for operators who take jobs aside by hand |
//!
//! All queues are quorum queues, all messages persistent. Attempts are counted in the ledger; the broker's own
//! limit only stops what would circle for ever.
//!
//! The waiting queues move messages on at least once. That costs the broker a process per queue, and a hundred
//! of those starting at once can fail (rabbitmq-server issue 16652), so they are few and shared: all messages in
//! one wait equally long, nobody is overtaken. A job whose time ends while the broker is starting can be three
//! minutes late (`dead_letter_worker_publisher_confirm_timeout`): the broker may try before its exchanges are
//! there, and then again only after that time.
//!
//! Seen with RabbitMQ 3.10: a broker killed within about five seconds after a queue was first declared can forget
//! its content, and the queue then answers nobody. A lane that does not answer is left alone until it does
//! ([`super::Broker::fell_silent`]). `rabbitmqctl delete_queue` repairs it; the next connection declares it anew
//! and the ledger's sweeper rings again for its jobs.

use super::link::{failed, within};
use crate::error::{Error, Kind, Result};
use crate::job::{Priority, Tenant};
use futures_util::future::try_join_all;
use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, ExchangeKind};

pub const POISON: &str = "laufmappe.poison";
pub const PARKED: &str = "laufmappe.parked";

/// Seconds still to wait after this stay in a waiting queue.
pub const WAIT_HEADER: &str = "laufmappe-wait";
/// Why a message lies in the poison queue, and where it came from.
pub const REASON_HEADER: &str = "laufmappe-reason";
pub const FROM_HEADER: &str = "laufmappe-from";

/// How long the waiting queues hold a message (seconds). A longer time is several stays.
pub const STAYS: [u32; 4] = [1, 5, 30, 300];

const DELIVERY_LIMIT: i32 = 1000;

pub fn lane(tenant: &Tenant, priority: Priority) -> String {
    format!("laufmappe.{tenant}.{}", priority.name())
}

/// Name of the queue and of the exchange in front of it.
pub fn waiting(seconds: u32) -> String {
    format!("laufmappe.later.{seconds}")
}

/// The next stay of a job that has to wait `seconds`, and the seconds left after it: the longest stay that is
/// not too long, so that nothing comes late, and what is left comes next, so that nothing comes early.
pub fn stay(seconds: u32) -> (u32, u32) {
    let fitting = STAYS.iter().rev().find(|stay| **stay <= seconds);
    let stay = *fitting.unwrap_or(&STAYS[0]);
    (stay, seconds.saturating_sub(stay))
}

/// Declares everything; what exists already stays as it is.
pub async fn declare(channel: &Channel, tenants: &[Tenant]) -> Result<()> {
    declare_queue(channel, POISON, quorum()).await?;
    declare_queue(channel, PARKED, quorum()).await?;
    for seconds in STAYS {
        declare_waiting(channel, seconds).await?;
    }
    for tenant in tenants {
        for priority in Priority::ALL {
            declare_queue(channel, &lane(tenant, priority), lane_arguments()).await?;
        }
    }
    Ok(())
}

async fn declare_waiting(channel: &Channel, seconds: u32) -> Result<()> {
    let name = waiting(seconds);
    let options = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    let nothing = FieldTable::default;
    let exchange = channel.exchange_declare(short(&name), ExchangeKind::Fanout, options, nothing());
    within(exchange).await.map_err(|error| refused(&name, error))?;
    declare_queue(channel, &name, waiting_arguments(seconds)).await?;
    let options = QueueBindOptions::default();
    let bound = channel.queue_bind(short(&name), short(&name), short(""), options, nothing());
    within(bound).await.map_err(|error| refused(&name, error))
}

/// How many messages lie ready in each of these queues; asked all at once, answered in order.
pub async fn count(
    channel: &Channel,
    names: impl Iterator<Item = &str>,
) -> std::result::Result<Vec<u64>, Option<lapin::Error>> {
    let ask = |name: &str| {
        let options = QueueDeclareOptions { passive: true, durable: true, ..QueueDeclareOptions::default() };
        channel.queue_declare(short(name), options, FieldTable::default())
    };
    let queues = within(try_join_all(names.map(ask))).await?;
    Ok(queues.iter().map(|queue| u64::from(queue.message_count())).collect())
}

async fn declare_queue(channel: &Channel, name: &str, arguments: FieldTable) -> Result<()> {
    let declared = channel.queue_declare(short(name), QueueDeclareOptions::durable(), arguments);
    within(declared).await.map(|_| ()).map_err(|error| refused(name, error))
}

fn quorum() -> FieldTable {
    let mut arguments = FieldTable::default();
    text(&mut arguments, "x-queue-type", "quorum");
    arguments
}

fn lane_arguments() -> FieldTable {
    let mut arguments = quorum();
    text(&mut arguments, "x-dead-letter-exchange", "");
    text(&mut arguments, "x-dead-letter-routing-key", POISON);
    arguments.insert("x-delivery-limit".into(), AMQPValue::LongInt(DELIVERY_LIMIT));
    arguments
}

/// Without a routing key of its own, a message goes back under the one it came with: its lane.
fn waiting_arguments(seconds: u32) -> FieldTable {
    let mut arguments = quorum();
    let milliseconds = i64::from(seconds) * 1000;
    arguments.insert("x-message-ttl".into(), AMQPValue::LongLongInt(milliseconds));
    text(&mut arguments, "x-dead-letter-exchange", "");
    text(&mut arguments, "x-dead-letter-strategy", "at-least-once");
    text(&mut arguments, "x-overflow", "reject-publish");
    arguments
}

fn text(arguments: &mut FieldTable, name: &str, value: &str) {
    arguments.insert(name.into(), AMQPValue::LongString(value.into()));
}

pub fn short(name: &str) -> ShortString {
    name.into()
}

/// Somebody deleted the queue we asked for.
pub fn is_missing(error: &Option<lapin::Error>) -> bool {
    code(error) == Some(404)
}

/// The broker itself failed over what we asked, and ends the connection.
pub fn is_internal(error: &Option<lapin::Error>) -> bool {
    code(error) == Some(541)
}

/// 404 and 406 speak of one queue; anything else of the broker.
fn refused(name: &str, error: Option<lapin::Error>) -> Error {
    match code(&error) {
        Some(404) => Error::new(Kind::Unavailable, format!("the broker has no queue {name}")),
        Some(406) => Error::new(Kind::Settings, format!("queue {name} exists with other properties"))
            .hint("empty and delete it at the broker, then start again; jobs come back from the ledger"),
        _ => failed(&format!("declaring {name}"), error),
    }
}

fn code(error: &Option<lapin::Error>) -> Option<u16> {
    match error.as_ref()?.kind() {
        lapin::ErrorKind::ProtocolError(error) => Some(error.get_id()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stays_add_up_to_the_time_and_never_to_less() {
        let rows = [
            (1, vec![1]),
            (5, vec![5]),
            (7, vec![5, 1, 1]),
            (30, vec![30]),
            (37, vec![30, 5, 1, 1]),
            (60, vec![30, 30]),
            (299, [vec![30; 9], vec![5; 5], vec![1; 4]].concat()),
            (900, vec![300, 300, 300]),
        ];
        for (seconds, expected) in rows {
            let mut stays = Vec::new();
            let mut left = seconds;
            while left > 0 {
                let (next, rest) = stay(left);
                stays.push(next);
                left = rest;
            }
            assert_eq!(stays, expected, "{seconds} s");
            assert_eq!(stays.iter().sum::<u32>(), seconds);
        }
    }
}
