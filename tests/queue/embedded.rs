//! The queue inside the process: what only a process and its disk can do to it.

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
    let hours = |hours: i64| -> Clock { Arc::new(move || jiff::Timestamp::from_second(3600 * hours).unwrap()) };
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
