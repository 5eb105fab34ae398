//! The queue path against a bare consumer of the same broker, in one run: messages per second and their ratio.
//!
//! In: a RabbitMQ of our own. Out: a table. Both sides move the same messages (bytes) through quorum queues with
//! publisher confirms and one acknowledgement each; ours goes through [`Queue`] and [`Slot`] as a worker does.
//!
//! `cargo bench --bench queue` (or `--profile dev`); `LAUFMAPPE_BENCH_JOBS` sets how many messages per round.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a measurement may fail loudly")]
#![allow(clippy::print_stdout, reason = "it prints what it measured")]

#[path = "../tests/support/rabbit.rs"]
#[allow(dead_code, reason = "tests use more of it")]
mod rabbit;
#[path = "../tests/support/watchdog.rs"]
#[allow(dead_code, reason = "tests use more of it")]
mod watchdog;

use futures_util::StreamExt;
use lapin::options::*;
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection};
use laufmappe::job::{Channel as Door, ContentHash, DocumentId, Job, Priority, Tenant};
use laufmappe::queue::{Certificates, Queue, Rabbit};
use rabbit::Broker;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

const QUEUE: &str = "bare";
/// Publishers at the same time, each waiting for every confirmation.
const PUBLISHERS: usize = 8;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure());
}

async fn measure() {
    let jobs = std::env::var("LAUFMAPPE_BENCH_JOBS").ok().and_then(|text| text.parse().ok()).unwrap_or(3000);
    let broker = tokio::task::block_in_place(Broker::start);
    let tenants: Vec<Tenant> = ["stadt", "werke"].map(|name| name.parse().unwrap()).to_vec();
    let rabbit = Arc::new(Rabbit::connect(&broker.url(), &Certificates::default(), &tenants).await.unwrap());
    let bare = Bare::open(&broker.url()).await;
    let jobs: Arc<Vec<Job>> = Arc::new((0..jobs).map(|number| job(&tenants, number)).collect());
    // Both sides once without counting, so that neither meets a cold broker.
    bare.round(&jobs[..500.min(jobs.len())].to_vec().into(), 1, 32, false).await;
    ours(&rabbit, &jobs[..500.min(jobs.len())].to_vec().into(), 1, false).await;

    println!(
        "{} messages of {} bytes, {PUBLISHERS} publishers with confirms",
        jobs.len(),
        body(&jobs[0]).len()
    );
    println!("{:34} {:>9} {:>9} {:>9}", "messages per second", "publish", "take", "both");
    let mut rates = Vec::new();
    // So many slots hold as many jobs as one bare consumer with that prefetch.
    for (consumers, prefetch, slots) in [(1, 1, 1), (2, 1, 2), (4, 1, 4), (1, 32, 32)] {
        let rate = rates_of(async |together| bare.round(&jobs, consumers, prefetch, together).await).await;
        row(&format!("bare, {consumers} consumers, prefetch {prefetch}"), &rate);
        rates.push(rate);
        let rate = rates_of(async |together| ours(&rabbit, &jobs, slots, together).await).await;
        row(&format!("ours, {slots} slots"), &rate);
        rates.push(rate);
    }
    println!();
    println!("{:34} {:>9} {:>9} {:>9}", "ours / bare (%)", "publish", "take", "both");
    for (name, ours, bare) in [
        ("1 slot / 1 consumer", 1, 0),
        ("2 slots / 2 consumers", 3, 2),
        ("4 slots / 4 consumers", 5, 4),
        ("4 slots / 1 with prefetch 32", 5, 6),
        ("32 slots / 1 with prefetch 32", 7, 6),
    ] {
        let ratio = |place: usize| 100.0 * rates[ours][place] / rates[bare][place];
        row(name, &[ratio(0), ratio(1), ratio(2)]);
    }
    drop((bare, rabbit));
    tokio::task::block_in_place(|| drop(broker));
}

/// Publishing alone, taking alone, and both at the same time.
async fn rates_of(round: impl AsyncFn(bool) -> [f64; 2]) -> [f64; 3] {
    let [publish, take] = round(false).await;
    let [both, _] = round(true).await;
    [publish, take, both]
}

fn row(name: &str, figures: &[f64; 3]) {
    println!("{name:34} {:>9.0} {:>9.0} {:>9.0}", figures[0], figures[1], figures[2]);
}

/// One after the other: rates of publishing and of taking. Together: the rate of the whole, twice.
async fn in_order<P: Future<Output = ()>, T: Future<Output = ()>>(
    jobs: usize,
    together: bool,
    publish: P,
    take: T,
) -> [f64; 2] {
    let rate = |begun: Instant| jobs as f64 / begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    if together {
        futures_util::future::join(publish, take).await;
        return [rate(begun); 2];
    }
    publish.await;
    let published = rate(begun);
    let begun = Instant::now();
    take.await;
    [published, rate(begun)]
}

async fn ours(rabbit: &Arc<Rabbit>, jobs: &Arc<Vec<Job>>, slots: usize, together: bool) -> [f64; 2] {
    let publish = async {
        let publishers = (0..PUBLISHERS).map(|first| {
            let (rabbit, jobs) = (rabbit.clone(), jobs.clone());
            tokio::spawn(async move {
                for job in jobs.iter().skip(first).step_by(PUBLISHERS) {
                    rabbit.publish(job).await.unwrap();
                }
            })
        });
        wait_for(publishers.collect()).await;
    };
    let take = async {
        let left = Arc::new(AtomicUsize::new(jobs.len()));
        let workers = (0..slots).map(|_| {
            let (rabbit, left) = (rabbit.clone(), left.clone());
            tokio::spawn(async move {
                let mut slot = rabbit.slot().await.unwrap();
                while left.load(Ordering::Relaxed) > 0 {
                    let Some(delivery) = slot.take(Duration::from_millis(100)).await.unwrap() else { continue };
                    slot.done(&delivery).await.unwrap();
                    left.fetch_sub(1, Ordering::Relaxed);
                }
            })
        });
        wait_for(workers.collect()).await;
    };
    in_order(jobs.len(), together, publish, take).await
}

async fn wait_for(tasks: Vec<tokio::task::JoinHandle<()>>) {
    for task in tasks {
        task.await.unwrap();
    }
}

/// What anybody would write with lapin alone.
struct Bare {
    publishing: Channel,
    consuming: Connection,
    _connection: Connection,
}

impl Bare {
    async fn open(url: &str) -> Self {
        let connection = Connection::connect(url, Default::default()).await.unwrap();
        let publishing = connection.create_channel().await.unwrap();
        publishing.confirm_select(Default::default()).await.unwrap();
        let mut arguments = FieldTable::default();
        arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
        publishing.queue_declare(QUEUE.into(), QueueDeclareOptions::durable(), arguments).await.unwrap();
        let consuming = Connection::connect(url, Default::default()).await.unwrap();
        Self { publishing, consuming, _connection: connection }
    }

    async fn round(&self, jobs: &Arc<Vec<Job>>, consumers: usize, prefetch: u16, together: bool) -> [f64; 2] {
        let publish = async {
            let publishers = (0..PUBLISHERS).map(|first| {
                let (channel, jobs) = (self.publishing.clone(), jobs.clone());
                tokio::spawn(async move {
                    for job in jobs.iter().skip(first).step_by(PUBLISHERS) {
                        let options = BasicPublishOptions { mandatory: true, ..Default::default() };
                        let properties = BasicProperties::default().with_delivery_mode(2);
                        let body = body(job);
                        let sent = channel.basic_publish("".into(), QUEUE.into(), options, &body, properties);
                        assert!(sent.await.unwrap().await.unwrap().is_ack());
                    }
                })
            });
            wait_for(publishers.collect()).await;
        };
        let take = async {
            let left = Arc::new(AtomicUsize::new(jobs.len()));
            let done = Arc::new(tokio::sync::Notify::new());
            let mut workers = Vec::new();
            for _ in 0..consumers {
                let channel = self.consuming.create_channel().await.unwrap();
                channel.basic_qos(prefetch, Default::default()).await.unwrap();
                let options = BasicConsumeOptions::default();
                let consumer = channel.basic_consume(QUEUE.into(), "".into(), options, FieldTable::default());
                let mut consumer = consumer.await.unwrap();
                let (left, done) = (left.clone(), done.clone());
                workers.push(tokio::spawn(async move {
                    while let Some(delivery) = consumer.next().await {
                        delivery.unwrap().ack(BasicAckOptions::default()).await.unwrap();
                        if left.fetch_sub(1, Ordering::Relaxed) == 1 {
                            done.notify_one();
                        }
                    }
                }));
            }
            done.notified().await;
            for worker in workers {
                worker.abort();
            }
        };
        in_order(jobs.len(), together, publish, take).await
    }
}

fn body(job: &Job) -> Vec<u8> {
    serde_json::to_vec(job).unwrap()
}

fn job(tenants: &[Tenant], number: usize) -> Job {
    let tenant = &tenants[number % tenants.len()];
    let content = ContentHash::of(&number.to_be_bytes());
    let document = DocumentId::of_arrival(tenant, Door::Folder, "bench", &content);
    Job { v: Job::VERSION, tenant: tenant.clone(), document, priority: Priority::Normal }
}
