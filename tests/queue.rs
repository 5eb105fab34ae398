//! One suite over both queues; below it what only a broker can do to us.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

mod support;

use lapin::options::{BasicGetOptions, BasicPublishOptions};
use lapin::types::AMQPValue;
use laufmappe::error::{Kind, Result};
use laufmappe::index::Index;
use laufmappe::job::{Channel, Clock, ContentHash, DocumentId, Job, Priority, Tenant};
use laufmappe::queue::{Delivery, Depth, Embedded, Queue, Rabbit, Slot};
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
    queue.publish(&stand.job(1)).await.unwrap();
    let mut slot = queue.slot().await.unwrap();
    let delivery = take(&mut slot).await;
    // More than one stay in the broker's waiting queues.
    let wait = Duration::from_secs(6);
    let begun = Instant::now();
    slot.later(&delivery, wait).await.unwrap();
    let again = take(&mut slot).await;
    assert!(begun.elapsed() >= wait);
    assert_eq!(again.job, delivery.job);
    slot.done(&again).await.unwrap();
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

mod embedded_only {
    use super::*;
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};

    const FOLDER: &str = "LAUFMAPPE_TEST_FOLDER";
    const CHILD: &str = "embedded_only::a_process_that_will_be_killed";

    #[tokio::test(flavor = "multi_thread")]
    async fn jobs_survive_a_killed_process() {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", CHILD, "--ignored", "--nocapture"])
            .env(FOLDER, folder.path())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut expected = BTreeSet::new();
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            if let Some(document) = line.unwrap().strip_prefix("confirmed ") {
                expected.insert(document.parse().unwrap());
            }
            if expected.len() == 200 {
                child.kill().unwrap();
            }
        }
        child.wait().unwrap();
        assert!(expected.len() >= 200);
        let queue = open_embedded(folder.path());
        let taken = nothing_is_lost(&queue, expected).await;
        assert!(taken.iter().any(|delivery| delivery.job.document == job(&tenant(), 0).document));
    }

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "not a test of its own: the process that the test above kills"]
    #[expect(clippy::print_stdout, reason = "tells the test what was confirmed")]
    async fn a_process_that_will_be_killed() {
        let queue = open_embedded(Path::new(&std::env::var(FOLDER).unwrap()));
        let mut slot = queue.slot().await.unwrap();
        let mut held = Vec::new();
        for number in 0..100_000 {
            let job = job(&tenant(), number);
            queue.publish(&job).await.unwrap();
            println!("confirmed {}", job.document);
            if number < 2 {
                held.push(take(&mut slot).await);
            }
            if number == 1 {
                slot.later(&held[1], Duration::from_secs(1)).await.unwrap();
            }
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_in_hand_or_put_off_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let hours =
            |hours: i64| -> Clock { Arc::new(move || jiff::Timestamp::from_second(3600 * hours).unwrap()) };
        let open = |clock: &Clock| Embedded::open(&Index::open(folder.path()).unwrap(), clock).unwrap();
        let queue = open(&hours(1));
        queue.publish(&job(&tenant(), 1)).await.unwrap();
        queue.publish(&job(&tenant(), 2)).await.unwrap();
        let mut slot = queue.slot().await.unwrap();
        let _in_hand = take(&mut slot).await;
        let put_off = take(&mut slot).await;
        slot.later(&put_off, Duration::from_secs(1800)).await.unwrap();
        drop((slot, queue));

        let queue = open(&hours(1));
        let mut slot = queue.slot().await.unwrap();
        let again = take(&mut slot).await;
        assert_eq!(again.job, job(&tenant(), 1));
        assert!(again.redelivered);
        slot.done(&again).await.unwrap();
        assert!(slot.take(NOW).await.unwrap().is_none(), "half an hour is not over");
        drop((slot, queue));

        let queue = open(&hours(2));
        let mut slot = queue.slot().await.unwrap();
        let due = take(&mut slot).await;
        assert_eq!(due.job, put_off.job);
        assert!(!due.redelivered);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_more_urgent_ring_moves_the_job() {
        let folder = tempfile::tempdir().unwrap();
        let queue = open_embedded(folder.path());
        let backfill = Job { priority: Priority::Backfill, ..job(&tenant(), 1) };
        let urgent = Job { priority: Priority::Urgent, ..job(&tenant(), 1) };
        for job in [&backfill, &job(&tenant(), 2), &urgent, &backfill] {
            queue.publish(job).await.unwrap();
        }
        let mut slot = queue.slot().await.unwrap();
        assert_eq!(take(&mut slot).await.job, urgent);
        assert_eq!(take(&mut slot).await.job, job(&tenant(), 2));
        assert!(slot.take(NOW).await.unwrap().is_none());
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn bytes_nobody_can_read_are_set_aside() {
        let folder = tempfile::tempdir().unwrap();
        let index = Index::open(folder.path()).unwrap();
        let tree = index.tree("queue").unwrap();
        tree.insert(b"r\x01stadt\0\0\0\0\0\0\0\0\x01", b"\0{broken".as_slice()).unwrap();
        tree.insert(b"l\0\0\0\0\0\0\0\x01\0\0\0\0\0\0\0\x02", b"".as_slice()).unwrap();
        let queue = Embedded::open(&index, &wall_clock()).unwrap();
        queue.publish(&job(&tenant(), 1)).await.unwrap();
        let mut slot = queue.slot().await.unwrap();
        let delivery = take(&mut slot).await;
        slot.done(&delivery).await.unwrap();
        assert!(slot.take(NOW).await.unwrap().is_none());
        assert_eq!(queue.depth().await.unwrap(), Depth { poison: 2, ..Depth::default() });
    }

    fn tenant() -> Tenant {
        "stadt".parse().unwrap()
    }
}

mod rabbit_only {
    use super::*;

    /// RabbitMQ 3.10 writes the names of new queues to the disk some seconds after it confirmed them.
    const QUEUES_ARE_KNOWN: Duration = Duration::from_secs(6);

    #[tokio::test(flavor = "multi_thread")]
    async fn jobs_survive_a_killed_broker() {
        let stand = Stand::rabbit_alone().await;
        let queue = stand.queue().await;
        tokio::time::sleep(QUEUES_ARE_KNOWN).await;
        let mut slot = queue.slot().await.unwrap();
        for number in [2000, 2001] {
            queue.publish(&stand.job(number)).await.unwrap();
        }
        let worked = take(&mut slot).await;
        let put_off = take(&mut slot).await;
        slot.later(&put_off, Duration::from_secs(1)).await.unwrap();
        let confirmed: Arc<Mutex<BTreeSet<DocumentId>>> = Arc::default();
        let publishers = (0..4).map(|first| {
            let (queue, confirmed, tenant) =
                (queue.clone(), confirmed.clone(), stand.tenants[first % 2].clone());
            tokio::spawn(async move {
                for number in (first..2000).step_by(4) {
                    let job = job(&tenant, number);
                    match queue.publish(&job).await {
                        Ok(()) => confirmed.lock().unwrap().insert(job.document),
                        Err(error) => return assert!(matches!(error.kind, Kind::Unavailable | Kind::Unknown)),
                    };
                }
            })
        });
        let publishers: Vec<_> = publishers.collect();
        while confirmed.lock().unwrap().len() < 200 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::task::block_in_place(|| broker().kill9());
        for publisher in publishers {
            publisher.await.unwrap();
        }
        let error = slot.done(&worked).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable);
        drop(slot);
        tokio::task::block_in_place(|| broker().restart());
        let mut expected = confirmed.lock().unwrap().clone();
        expected.extend([worked.job.document.clone(), put_off.job.document]);
        let taken = nothing_is_lost(&*queue, expected).await;
        let again = taken.iter().find(|delivery| delivery.job.document == worked.job.document);
        assert!(again.is_some_and(|delivery| delivery.redelivered));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_broker_killed_under_a_waiting_slot_is_unavailable_and_then_works_again() {
        let stand = Stand::rabbit_alone().await;
        let rabbit = stand.connect().await;
        tokio::time::sleep(QUEUES_ARE_KNOWN).await;
        let mut slot = rabbit.slot().await.unwrap();
        let waiting = tokio::spawn(async move {
            let answer = slot.take(2 * PATIENCE).await;
            (slot, answer)
        });
        tokio::time::sleep(Duration::from_millis(500)).await;
        tokio::task::block_in_place(|| broker().kill9());
        let (mut slot, answer) = tokio::time::timeout(PATIENCE, waiting).await.expect("an answer").unwrap();
        assert_eq!(answer.unwrap_err().kind, Kind::Unavailable);
        let away = [
            slot.take(NOW).await.map(|_| ()),
            rabbit.publish(&stand.job(1)).await,
            rabbit.probe().await,
            rabbit.depth().await.map(|_| ()),
        ];
        for answer in away {
            let error = answer.unwrap_err();
            assert_eq!(error.kind, Kind::Unavailable);
            assert!(!error.to_string().contains("guest"), "{error}");
        }
        tokio::task::block_in_place(|| broker().restart());
        again(async || rabbit.publish(&stand.job(1)).await).await;
        let delivery = again(async || slot.take(PATIENCE).await).await.expect("a job");
        assert_eq!(delivery.job, stand.job(1));
        slot.done(&delivery).await.unwrap();
        rabbit.probe().await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_broker_in_alarm_takes_nothing_new_but_lets_work_be_finished() {
        let stand = Stand::rabbit_alone().await;
        let queue = stand.queue().await;
        queue.publish(&stand.job(1)).await.unwrap();
        let mut slot = queue.slot().await.unwrap();
        let delivery = take(&mut slot).await;
        tokio::task::block_in_place(|| broker().control(&["set_vm_memory_high_watermark", "0"]));
        let first = queue.publish(&stand.job(2)).await.unwrap_err();
        assert!(matches!(first.kind, Kind::Unknown | Kind::Unavailable), "{first}");
        let second = queue.publish(&stand.job(2)).await.unwrap_err();
        assert_eq!(second.kind, Kind::Unavailable);
        slot.done(&delivery).await.unwrap();
        tokio::task::block_in_place(|| broker().control(&["set_vm_memory_high_watermark", "0.8"]));
        again(async || queue.publish(&stand.job(2)).await).await;
        let delivery = take(&mut slot).await;
        assert_eq!(delivery.job, stand.job(2));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_message_nobody_can_read_goes_to_poison_with_its_reason() {
        let stand = Stand::rabbit_alone().await;
        let queue = stand.queue().await;
        let lane = format!("laufmappe.{}.normal", stand.tenants[0]);
        let good = String::from_utf8(serde_json::to_vec(&stand.job(1)).unwrap()).unwrap();
        let rows = [
            (Vec::new(), "not-a-job"),
            (b"<xml/>".to_vec(), "not-a-job"),
            (vec![0xff; 3000], "too-large"),
            (good.replace("\"v\":1", "\"v\":2").into_bytes(), "unknown-version"),
            (good.replace(stand.tenants[0].as_str(), "fremd").into_bytes(), "foreign-tenant"),
        ];
        let raw = lapin::Connection::connect(&broker().url(), Default::default()).await.unwrap();
        let channel = raw.create_channel().await.unwrap();
        channel.confirm_select(Default::default()).await.unwrap();
        let mut slot = queue.slot().await.unwrap();
        for (body, reason) in rows {
            let options = BasicPublishOptions::default();
            let published =
                channel.basic_publish("".into(), lane.as_str().into(), options, &body, Default::default());
            published.await.unwrap().await.unwrap();
            // Good ones behind a bad one are not held up.
            queue.publish(&stand.job(1)).await.unwrap();
            let delivery = take(&mut slot).await;
            slot.done(&delivery).await.unwrap();
            let poison = channel.basic_get("laufmappe.poison".into(), BasicGetOptions { no_ack: true });
            let poison = poison.await.unwrap().expect("a message set aside");
            assert_eq!(poison.data, body);
            let headers = poison.properties.headers().as_ref().unwrap().inner();
            let header = |name: &str| match headers.get(name) {
                Some(AMQPValue::LongString(text)) => text.to_string(),
                other => panic!("{name}: {other:?}"),
            };
            assert_eq!(header("laufmappe-reason"), reason);
            assert_eq!(header("laufmappe-from"), lane);
        }
        settles_at(&*queue, Depth::default()).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_job_no_queue_takes_is_an_error() {
        let stand = Stand::rabbit().await;
        let queue = stand.queue().await;
        let foreign: Tenant = "niemands".parse().unwrap();
        let error = queue.publish(&job(&foreign, 1)).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable);
        queue.publish(&stand.job(1)).await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn deleted_queues_are_made_again() {
        let stand = Stand::rabbit().await;
        let queue = stand.queue().await;
        queue.publish(&stand.job(1)).await.unwrap();
        let mut slot = queue.slot().await.unwrap();
        let raw = lapin::Connection::connect(&broker().url(), Default::default()).await.unwrap();
        let channel = raw.create_channel().await.unwrap();
        for tenant in &stand.tenants {
            for class in ["urgent", "normal", "backfill"] {
                let name = format!("laufmappe.{tenant}.{class}");
                channel.queue_delete(name.as_str().into(), Default::default()).await.unwrap();
            }
        }
        assert_eq!(slot.take(NOW).await.unwrap_err().kind, Kind::Unavailable);
        assert_eq!(queue.publish(&stand.job(2)).await.unwrap_err().kind, Kind::Unavailable);
        again(async || queue.publish(&stand.job(2)).await).await;
        let delivery = again(async || slot.take(PATIENCE).await).await.expect("a job");
        assert_eq!(delivery.job, stand.job(2));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_certificate_is_trusted_if_its_authority_is() {
        let stand = Stand::rabbit().await;
        let error = Rabbit::connect(&broker().secure_url(), &stand.tenants).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable, "nobody knows this authority");
        // The machine's trusted authorities are read from where OpenSSL reads them: another process, other trust.
        let status = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "rabbit_only::a_process_with_other_trust", "--ignored"])
            .env("SSL_CERT_FILE", broker().authority())
            .env_remove("SSL_CERT_DIR")
            .env(URL, broker().secure_url())
            .output()
            .unwrap();
        assert!(status.status.success(), "{}", String::from_utf8_lossy(&status.stdout));
    }

    const URL: &str = "LAUFMAPPE_TEST_BROKER";

    #[tokio::test(flavor = "multi_thread")]
    #[ignore = "not a test of its own: the process that the test above starts"]
    async fn a_process_with_other_trust() {
        let tenants = ["stadt-hinter-tls".parse().unwrap()];
        let rabbit = Rabbit::connect(&std::env::var(URL).unwrap(), &tenants).await.unwrap();
        rabbit.publish(&job(&tenants[0], 1)).await.unwrap();
        let mut slot = rabbit.slot().await.unwrap();
        let delivery = take(&mut slot).await;
        slot.done(&delivery).await.unwrap();
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_wrong_password_is_said_without_saying_it() {
        let stand = Stand::rabbit().await;
        let url = broker().url().replace("guest:guest", "guest:s3cret");
        let error = Rabbit::connect(&url, &stand.tenants).await.unwrap_err();
        assert_eq!(error.kind, Kind::Unavailable);
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
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
        Rabbit::connect(&broker().url(), &self.tenants).await.unwrap()
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
