//! One suite over both queues; below it what only a broker can do to us.

#![allow(clippy::print_stdout, reason = "--nocapture shows the counts")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

#[path = "queue/embedded.rs"]
mod embedded_only;
#[path = "queue/broker.rs"]
mod rabbit_only;
#[path = "queue/tls.rs"]
mod tls;
#[path = "queue/trouble.rs"]
mod trouble;

use laufmappe::error::{Kind, Result};
use laufmappe::index::Index;
use laufmappe::job::{Channel, Clock, ContentHash, DocumentId, Job, Priority, Tenant};
use laufmappe::queue::{Certificates, Delivery, Depth, Embedded, LaneDepth, Queue, Rabbit, Slot};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::rabbit::{Broker, broker};
use tokio::sync::{RwLockReadGuard, RwLockWriteGuard};

/// Long enough for any machine; only a failure waits this long.
const PATIENCE: Duration = Duration::from_secs(60);
const NOW: Duration = Duration::ZERO;

macro_rules! on_both {
    ($($name:ident)*) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::Stand::embedded()).await;
            })*
        }
        mod rabbit {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(super::Stand::rabbit().await).await;
            })*
        }
    };
}

on_both! {
    a_job_that_is_done_is_gone
    urgent_comes_first
    tenants_take_turns
    a_job_nobody_finished_comes_back
    later_is_not_before_its_time
    ringing_brings_a_waiting_job_forward
    a_job_rung_for_while_it_is_worked_comes_once_more
    the_same_job_twice_does_no_harm
    an_idle_slot_wakes_up
    what_an_idle_slot_heard_but_did_not_take_is_free
    a_call_that_was_cut_off_loses_nothing
    a_thousand_jobs_each_exactly_once
    depth_counts_what_lies_where
    an_urgent_job_behind_a_long_backlog_is_the_next_one
    a_flood_of_urgent_jobs_leaves_half_to_normal
    every_message_ten_times_and_shuffled_does_no_harm
}

async fn a_job_that_is_done_is_gone(stand: Stand) {
    let queue = stand.queue().await;
    let job = stand.job(1);
    queue.publish(&job).await.unwrap();
    let mut slot = queue.slot().await.unwrap();
    let delivery = take(&mut slot).await;
    assert_eq!(delivery.job, job);
    assert!(!delivery.redelivered);
    slot.done(&delivery).await.unwrap();
    drop(slot);
    let mut slot = queue.slot().await.unwrap();
    assert!(slot.take(NOW).await.unwrap().is_none());
}

async fn urgent_comes_first(stand: Stand) {
    let queue = stand.queue().await;
    let lanes = [Priority::Backfill, Priority::Normal, Priority::Urgent];
    for (number, priority) in lanes.into_iter().enumerate() {
        queue.publish(&Job { priority, ..stand.job(number) }).await.unwrap();
    }
    let mut slot = queue.slot().await.unwrap();
    let mut order = Vec::new();
    for _ in lanes {
        let delivery = take(&mut slot).await;
        slot.done(&delivery).await.unwrap();
        order.push(delivery.job.priority);
    }
    assert_eq!(order, Priority::ALL);
}

async fn tenants_take_turns(stand: Stand) {
    let queue = stand.queue().await;
    for tenant in &stand.tenants {
        for number in 0..6 {
            queue.publish(&job(tenant, number)).await.unwrap();
        }
    }
    let mut slot = queue.slot().await.unwrap();
    let mut served = Vec::new();
    for _ in 0..12 {
        let delivery = take(&mut slot).await;
        slot.done(&delivery).await.unwrap();
        served.push(delivery.job.tenant);
    }
    for turn in served.chunks(2) {
        assert_ne!(turn[0], turn[1], "{served:?}");
    }
}

async fn a_job_nobody_finished_comes_back(stand: Stand) {
    let queue = stand.queue().await;
    queue.publish(&stand.job(1)).await.unwrap();
    let mut dying = queue.slot().await.unwrap();
    let first = take(&mut dying).await;
    let mut other = queue.slot().await.unwrap();
    assert!(other.take(NOW).await.unwrap().is_none(), "one owner at a time");
    drop(dying);
    let second = take(&mut other).await;
    assert_eq!(second.job, first.job);
    assert!(second.redelivered);
    other.done(&second).await.unwrap();
}

async fn later_is_not_before_its_time(stand: Stand) {
    let queue = stand.queue().await;
    // More than one stay in the broker's waiting queues; the longest is put off first and holds nobody up.
    let waits = [600, 7, 2, 1].map(Duration::from_secs);
    for number in 0..waits.len() {
        queue.publish(&stand.job(number)).await.unwrap();
    }
    let mut slot = queue.slot().await.unwrap();
    let mut due = BTreeMap::new();
    for wait in waits {
        let delivery = take(&mut slot).await;
        due.insert(delivery.job.document.clone(), Instant::now() + wait);
        slot.later(&delivery, wait).await.unwrap();
    }
    let mut order = Vec::new();
    for _ in 1..waits.len() {
        let again = take(&mut slot).await;
        assert!(Instant::now() >= due[&again.job.document], "{:?}", again.job);
        slot.done(&again).await.unwrap();
        order.push(again.job);
    }
    assert_eq!(order, [3, 2, 1].map(|number| stand.job(number)));
    assert!(slot.take(NOW).await.unwrap().is_none());
}

async fn ringing_brings_a_waiting_job_forward(stand: Stand) {
    let queue = stand.queue().await;
    queue.publish(&stand.job(1)).await.unwrap();
    let mut slot = queue.slot().await.unwrap();
    let delivery = take(&mut slot).await;
    slot.later(&delivery, Duration::from_secs(3600)).await.unwrap();
    assert!(slot.take(NOW).await.unwrap().is_none());
    queue.publish(&stand.job(1)).await.unwrap();
    let again = take(&mut slot).await;
    slot.done(&again).await.unwrap();
}

async fn a_job_rung_for_while_it_is_worked_comes_once_more(stand: Stand) {
    let queue = stand.queue().await;
    let mut slot = queue.slot().await.unwrap();
    queue.publish(&stand.job(1)).await.unwrap();
    let first = take(&mut slot).await;
    queue.publish(&stand.job(1)).await.unwrap();
    slot.done(&first).await.unwrap();
    let second = take(&mut slot).await;
    assert_eq!(second.job, first.job);
    slot.done(&second).await.unwrap();
    assert!(slot.take(NOW).await.unwrap().is_none());
}

async fn the_same_job_twice_does_no_harm(stand: Stand) {
    let queue = stand.queue().await;
    for _ in 0..3 {
        queue.publish(&stand.job(1)).await.unwrap();
    }
    let mut slot = queue.slot().await.unwrap();
    let mut times = 0;
    while let Some(delivery) = slot.take(NOW).await.unwrap() {
        slot.done(&delivery).await.unwrap();
        times += 1;
    }
    assert!((1..=3).contains(&times), "{times} deliveries");
}

async fn an_idle_slot_wakes_up(stand: Stand) {
    let queue = stand.queue().await;
    let mut slot = queue.slot().await.unwrap();
    // The first call goes idle and stays subscribed, the second finds what came in between.
    assert!(slot.take(Duration::from_millis(200)).await.unwrap().is_none());
    queue.publish(&stand.job(1)).await.unwrap();
    let delivery = take(&mut slot).await;
    slot.done(&delivery).await.unwrap();
    let waiting = tokio::spawn(async move { take(&mut slot).await.job });
    tokio::time::sleep(Duration::from_millis(300)).await;
    queue.publish(&stand.job(2)).await.unwrap();
    assert_eq!(waiting.await.unwrap(), stand.job(2));
}

async fn what_an_idle_slot_heard_but_did_not_take_is_free(stand: Stand) {
    let queue = stand.queue().await;
    let mut idle = queue.slot().await.unwrap();
    assert!(idle.take(Duration::from_millis(200)).await.unwrap().is_none());
    for (number, priority) in Priority::ALL.into_iter().enumerate() {
        queue.publish(&Job { priority, ..stand.job(number) }).await.unwrap();
    }
    // The broker offers all three lanes to the only slot that listens.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let first = take(&mut idle).await;
    assert_eq!(first.job.priority, Priority::Urgent);
    let mut other = queue.slot().await.unwrap();
    for expected in [Priority::Normal, Priority::Backfill] {
        let delivery = take(&mut other).await;
        assert_eq!(delivery.job.priority, expected);
        other.done(&delivery).await.unwrap();
    }
    idle.done(&first).await.unwrap();
}

async fn a_call_that_was_cut_off_loses_nothing(stand: Stand) {
    let queue = stand.queue().await;
    let mut slot = queue.slot().await.unwrap();
    let mut served = BTreeSet::new();
    for number in 0..40 {
        queue.publish(&stand.job(number)).await.unwrap();
    }
    // Cut off at forty different moments of a call.
    let mut moments = (0..40_u64).map(|step| Duration::from_micros(step * 150));
    while served.len() < 40 {
        let wait = moments.next().unwrap_or(PATIENCE);
        let Ok(taken) = tokio::time::timeout(wait, slot.take(PATIENCE)).await else { continue };
        let delivery = taken.unwrap().expect("a job");
        slot.done(&delivery).await.unwrap();
        served.insert(delivery.job.document);
    }
    let mut other = queue.slot().await.unwrap();
    assert!(other.take(NOW).await.unwrap().is_none());
}

async fn a_thousand_jobs_each_exactly_once(stand: Stand) {
    const JOBS: usize = 1000;
    let queue = stand.queue().await;
    let times: Arc<Mutex<BTreeMap<_, u32>>> = Arc::default();
    let mut slots = Vec::new();
    for _ in 0..4 {
        let mut slot = queue.slot().await.unwrap();
        let times = times.clone();
        slots.push(tokio::spawn(async move {
            let begun = Instant::now();
            while times.lock().unwrap().len() < JOBS && begun.elapsed() < 2 * PATIENCE {
                let Some(delivery) = slot.take(Duration::from_millis(200)).await.unwrap() else { continue };
                *times.lock().unwrap().entry(delivery.job.document.clone()).or_default() += 1;
                slot.done(&delivery).await.unwrap();
            }
        }));
    }
    let publishers = (0..4).map(|first| {
        let (queue, tenant) = (queue.clone(), stand.tenants[first % 2].clone());
        tokio::spawn(async move {
            for number in (first..JOBS).step_by(4) {
                queue.publish(&job(&tenant, number)).await.unwrap();
            }
        })
    });
    for task in publishers.chain(slots) {
        task.await.unwrap();
    }
    let times = times.lock().unwrap().clone();
    assert_eq!(times.len(), JOBS);
    assert!(times.values().all(|times| *times == 1));
    settles_at(&*queue, Depth::default()).await;
}

async fn depth_counts_what_lies_where(stand: Stand) {
    let queue = stand.queue().await;
    for number in 0..4 {
        queue.publish(&stand.job(number)).await.unwrap();
    }
    let mut slot = queue.slot().await.unwrap();
    let delivery = take(&mut slot).await;
    slot.later(&delivery, Duration::from_secs(600)).await.unwrap();
    let _held = take(&mut slot).await;
    settles_at(&*queue, Depth { ready: 2, in_flight: 1, delayed: 1, poison: 0 }).await;
}

async fn an_urgent_job_behind_a_long_backlog_is_the_next_one(stand: Stand) {
    let queue = stand.queue().await;
    for number in 0..60 {
        queue.publish(&stand.job(number)).await.unwrap();
    }
    let mut slot = queue.slot().await.unwrap();
    for number in 0..30 {
        let delivery = take(&mut slot).await;
        slot.done(&delivery).await.unwrap();
        assert_eq!(delivery.job, stand.job(number));
    }
    let urgent = Job { priority: Priority::Urgent, ..stand.job(100) };
    queue.publish(&urgent).await.unwrap();
    // As long as a document takes; a slot that takes hundreds a second counts the lanes only every now and then.
    tokio::time::sleep(Duration::from_millis(150)).await;
    assert_eq!(take(&mut slot).await.job, urgent);
}

async fn a_flood_of_urgent_jobs_leaves_half_to_normal(stand: Stand) {
    let queue = stand.queue().await;
    for number in 0..120 {
        let priority = Priority::ALL[(number / 40 + 2) % 3];
        let tenant = &stand.tenants[number % 2];
        queue.publish(&Job { priority, ..job(tenant, number) }).await.unwrap();
    }
    let mut slot = queue.slot().await.unwrap();
    let mut served = Vec::new();
    for _ in 0..64 {
        let delivery = take(&mut slot).await;
        slot.done(&delivery).await.unwrap();
        served.push(delivery.job);
    }
    let of = |priority| served.iter().filter(move |job| job.priority == priority).map(|job| &job.tenant);
    assert_eq!([30, 30, 4], Priority::ALL.map(|priority| of(priority).count()), "{served:?}");
    for priority in [Priority::Urgent, Priority::Normal] {
        assert_eq!(of(priority).filter(|tenant| **tenant == stand.tenants[0]).count(), 15);
    }
    let mut lanes = queue.lanes().await.unwrap();
    lanes.retain(|lane| lane.ready > 0);
    lanes.sort_by_key(|lane| (lane.priority, lane.tenant.clone()));
    let mut expected = Vec::new();
    for (priority, ready) in [(Priority::Urgent, 5), (Priority::Normal, 5), (Priority::Backfill, 18)] {
        let lane = |tenant: &Tenant| LaneDepth { tenant: tenant.clone(), priority, ready };
        expected.extend(stand.tenants.iter().map(lane));
    }
    expected.sort_by_key(|lane| (lane.priority, lane.tenant.clone()));
    assert_eq!(lanes, expected);
}

async fn every_message_ten_times_and_shuffled_does_no_harm(stand: Stand) {
    const JOBS: usize = 60;
    let queue = stand.queue().await;
    let publisher = tokio::spawn({
        let (queue, tenants) = (queue.clone(), stand.tenants.clone());
        async move {
            for step in 0..10 * JOBS {
                // 7 shares no divisor with 600: every number ten times, never twice in a row.
                let number = step * 7 % (10 * JOBS) / 10;
                queue.publish(&job(&tenants[number % 2], number)).await.unwrap();
            }
        }
    });
    let times: Arc<Mutex<BTreeMap<_, u32>>> = Arc::default();
    let mut slots = Vec::new();
    for _ in 0..3 {
        let (mut slot, times) = (queue.slot().await.unwrap(), times.clone());
        slots.push(tokio::spawn(async move {
            while let Some(delivery) = slot.take(Duration::from_secs(2)).await.unwrap() {
                *times.lock().unwrap().entry(delivery.job.document.clone()).or_default() += 1;
                slot.done(&delivery).await.unwrap();
            }
        }));
    }
    for task in std::iter::once(publisher).chain(slots) {
        task.await.unwrap();
    }
    let times = times.lock().unwrap().clone();
    assert_eq!(times.len(), JOBS);
    assert!(times.values().all(|times| (1..=10).contains(times)), "{times:?}");
    settles_at(&*queue, Depth::default()).await;
}

/// Takes everything there is; every expected document must be among it.
async fn nothing_is_lost(queue: &dyn Queue, mut expected: BTreeSet<DocumentId>) -> Vec<Delivery> {
    let mut slot = queue.slot().await.unwrap();
    let mut taken = Vec::new();
    let begun = Instant::now();
    while !expected.is_empty() {
        // Most wait for nothing; one that a starting broker tried to move too early comes minutes later.
        assert!(begun.elapsed() < 5 * PATIENCE, "{} confirmed jobs are lost", expected.len());
        match slot.take(Duration::from_secs(1)).await {
            Ok(Some(delivery)) => {
                expected.remove(&delivery.job.document);
                slot.done(&delivery).await.unwrap();
                taken.push(delivery);
            }
            Ok(None) => {}
            Err(error) => assert_eq!(error.kind, Kind::Unavailable),
        }
    }
    taken
}

/// A queue to test, with two tenants of its own.
struct Stand {
    tenants: [Tenant; 2],
    backend: Backend,
}

enum Backend {
    Embedded(tempfile::TempDir),
    Rabbit { _peace: Peace },
}

/// Held while a test runs: see [`Broker::shared`] and [`Broker::alone`].
#[expect(dead_code, reason = "held, never read")]
enum Peace {
    Shared(RwLockReadGuard<'static, ()>),
    Alone(RwLockWriteGuard<'static, ()>),
}

impl Stand {
    fn embedded() -> Self {
        Self { tenants: two_tenants(), backend: Backend::Embedded(tempfile::tempdir().unwrap()) }
    }

    async fn rabbit() -> Self {
        let broker: &Broker = tokio::task::spawn_blocking(broker).await.unwrap();
        let peace = Peace::Shared(broker.shared().await);
        Self { tenants: two_tenants(), backend: Backend::Rabbit { _peace: peace } }
    }

    async fn rabbit_alone() -> Self {
        let broker: &Broker = tokio::task::spawn_blocking(broker).await.unwrap();
        let peace = Peace::Alone(broker.alone().await);
        Self { tenants: two_tenants(), backend: Backend::Rabbit { _peace: peace } }
    }

    async fn queue(&self) -> Arc<dyn Queue> {
        match &self.backend {
            Backend::Embedded(folder) => Arc::new(open_embedded(folder.path())),
            Backend::Rabbit { .. } => Arc::new(self.connect().await),
        }
    }

    async fn connect(&self) -> Rabbit {
        Rabbit::connect(&broker().url(), &Certificates::default(), &self.tenants).await.unwrap()
    }

    fn job(&self, number: usize) -> Job {
        job(&self.tenants[0], number)
    }
}

fn open_embedded(folder: &Path) -> Embedded {
    Embedded::open(&Index::open(folder).unwrap(), &wall_clock()).unwrap()
}

fn wall_clock() -> Clock {
    Arc::new(jiff::Timestamp::now)
}

/// Names no other test of this process uses, so that tests can share a broker.
fn two_tenants() -> [Tenant; 2] {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    ["stadt", "werke"].map(|name| format!("{name}-{number}").parse().unwrap())
}

fn job(tenant: &Tenant, number: usize) -> Job {
    let content = ContentHash::of(&number.to_be_bytes());
    let document = DocumentId::of_arrival(tenant, Channel::Folder, "test", &content);
    Job { v: Job::VERSION, tenant: tenant.clone(), document, priority: Priority::Normal }
}

async fn take(slot: &mut Box<dyn Slot>) -> Delivery {
    slot.take(PATIENCE).await.unwrap().expect("a job")
}

/// Repeats what is unavailable, as a worker does.
async fn again<T>(mut call: impl AsyncFnMut() -> Result<T>) -> T {
    let begun = Instant::now();
    loop {
        match call().await {
            Ok(answer) => return answer,
            Err(error) => assert!(begun.elapsed() < PATIENCE, "{error}"),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// A broker counts with a little delay, and what waits or is poison for all tests together.
async fn settles_at(queue: &dyn Queue, expected: Depth) {
    let begun = Instant::now();
    loop {
        let depth = queue.depth().await.unwrap();
        let own = (depth.ready, depth.in_flight) == (expected.ready, expected.in_flight);
        if own && depth.delayed >= expected.delayed && depth.poison >= expected.poison {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "{depth:?} instead of {expected:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
