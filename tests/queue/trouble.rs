//! A broker in trouble: alarms, lanes that do not answer, kills round after round, jobs held too long.

use super::*;

/// RabbitMQ 3.10 writes the names of new queues to the disk some seconds after it confirmed them.
const QUEUES_ARE_KNOWN: Duration = Duration::from_secs(6);

fn control(arguments: &[&str]) -> String {
    tokio::task::block_in_place(|| broker().control(arguments))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_short_of_memory_takes_nothing_new_but_lets_work_be_finished() {
    let alarm = ["set_vm_memory_high_watermark", "0"];
    let relief = ["set_vm_memory_high_watermark", "0.8"];
    back_pressure(&alarm, &relief).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_short_of_disk_takes_nothing_new_but_lets_work_be_finished() {
    let alarm = ["set_disk_free_limit", "100000GB"];
    let relief = ["set_disk_free_limit", "1MB"];
    back_pressure(&alarm, &relief).await;
}

async fn back_pressure(alarm: &[&str], relief: &[&str]) {
    let stand = Stand::rabbit_alone().await;
    let queue = stand.queue().await;
    let mut expected = BTreeSet::new();
    for number in 0..10 {
        queue.publish(&stand.job(number)).await.unwrap();
        expected.insert(stand.job(number).document);
    }
    let mut slot = queue.slot().await.unwrap();
    let held = take(&mut slot).await;
    control(alarm);
    let publish = async |number| {
        let begun = Instant::now();
        let error = queue.publish(&stand.job(number)).await.unwrap_err();
        assert!(error.to_string().contains("alarm"), "{error}");
        (error.kind, begun.elapsed())
    };
    // The broker says that it is in alarm when somebody publishes: what he published may come after all.
    let (first, took) = publish(10).await;
    assert!(matches!(first, Kind::Unknown | Kind::Unavailable) && took < Duration::from_secs(3), "{took:?}");
    for _ in 0..3 {
        let (kind, took) = publish(11).await;
        assert!(kind == Kind::Unavailable && took < Duration::from_millis(500), "{took:?}");
    }
    slot.done(&held).await.unwrap();
    expected.remove(&held.job.document);
    for _ in 0..4 {
        let delivery = take(&mut slot).await;
        slot.done(&delivery).await.unwrap();
        expected.remove(&delivery.job.document);
    }
    // Putting off needs the broker to take something: the job is given back instead.
    let delivery = take(&mut slot).await;
    assert_eq!(slot.later(&delivery, Duration::from_secs(1)).await.unwrap_err().kind, Kind::Unavailable);
    tokio::time::sleep(Duration::from_secs(2)).await;
    control(relief);
    let begun = Instant::now();
    again(async || queue.publish(&stand.job(12)).await).await;
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    expected.insert(stand.job(12).document);
    drop(slot);
    nothing_is_lost(&*queue, expected).await;
}

/// Its process still lives and answers nobody, as that of a queue whose content the broker forgot.
#[tokio::test(flavor = "multi_thread")]
async fn a_lane_that_does_not_answer_holds_nobody_up_and_nothing_back() {
    let stand = Stand::rabbit_alone().await;
    let rabbit = stand.connect().await;
    let [silent, other] = &stand.tenants;
    let process = format!("whereis('%2F_laufmappe.{silent}.normal')");
    let (mut busy, mut idle) = (rabbit.slot().await.unwrap(), rabbit.slot().await.unwrap());
    rabbit.publish(&job(other, 0)).await.unwrap();
    let held = take(&mut busy).await;
    rabbit.publish(&job(silent, 1)).await.unwrap();
    control(&["eval", &format!("sys:suspend({process}).")]);

    // An idle slot runs into it while it subscribes; urgent work reaches it there and must not stay there.
    let waiting = tokio::spawn(async move {
        let taken = loop {
            match idle.take(PATIENCE).await {
                Ok(taken) => break taken.expect("a job"),
                Err(error) => assert_eq!(error.kind, Kind::Unavailable),
            }
        };
        idle.done(&taken).await.unwrap();
        (idle, taken.job, Instant::now())
    });
    tokio::time::sleep(Duration::from_secs(2)).await;
    let urgent = Job { priority: Priority::Urgent, ..job(other, 2) };
    rabbit.publish(&urgent).await.unwrap();
    let begun = Instant::now();
    tokio::time::sleep(Duration::from_secs(10)).await;
    busy.done(&held).await.expect("who holds a job can finish it");
    let (idle, taken, came) = tokio::time::timeout(PATIENCE, waiting).await.expect("an answer").unwrap();
    assert_eq!(taken, urgent);
    println!("the job under a silent lane came after {:?}", came - begun);
    let mut slots = [busy, idle];

    // From now on everybody knows.
    let begun = Instant::now();
    for number in 10..30 {
        rabbit.publish(&job(other, number)).await.unwrap();
        let taken = again(async || slots[number % 2].take(PATIENCE).await).await.expect("a job");
        assert_eq!(taken.job, job(other, number));
        slots[number % 2].done(&taken).await.unwrap();
    }
    println!("20 jobs beside a silent lane took {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(slots[0].take(Duration::from_secs(1)).await.unwrap().is_none(), "an idle slot stays idle");

    control(&["eval", &format!("sys:resume({process}).")]);
    let begun = Instant::now();
    let back = again(async || slots[0].take(2 * PATIENCE).await).await.expect("the job of the silent lane");
    println!("the silent lane was heard {:?} after it spoke again", begun.elapsed());
    assert_eq!(back.job, job(silent, 1));
    slots[0].done(&back).await.unwrap();
    settles_at(&rabbit, Depth::default()).await;
}

/// Its process is gone: the broker ends the connection of everybody who asks for it.
#[tokio::test(flavor = "multi_thread")]
async fn a_lane_whose_process_died_takes_nobody_along() {
    let stand = Stand::rabbit_alone().await;
    let rabbit = stand.connect().await;
    let [dead, other] = &stand.tenants;
    rabbit.publish(&job(dead, 1)).await.unwrap();
    let process = format!("{{'%2F_laufmappe.{dead}.normal', node()}}");
    control(&["eval", &format!("ra:stop_server(quorum_queues, {process}).")]);
    let mut slot = rabbit.slot().await.unwrap();
    let _ = slot.take(Duration::from_secs(2)).await;
    let begun = Instant::now();
    for number in 10..20 {
        again(async || rabbit.publish(&job(other, number)).await).await;
        let taken = again(async || slot.take(PATIENCE).await).await.expect("a job");
        assert_eq!(taken.job, job(other, number));
        again(async || slot.done(&taken).await).await;
    }
    println!("10 jobs beside a dead lane took {:?}", begun.elapsed());
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    control(&["eval", &format!("ra:restart_server(quorum_queues, {process}).")]);
    let back = again(async || slot.take(2 * PATIENCE).await).await.expect("the job of the dead lane");
    assert_eq!(back.job, job(dead, 1));
    slot.done(&back).await.unwrap();
}

/// `LAUFMAPPE_TEST_KILLS` sets how many rounds of five seconds; without it there are two short ones.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_confirmed_survives_kills_round_after_round() {
    let rounds = std::env::var("LAUFMAPPE_TEST_KILLS").ok().map(|text| text.parse::<u32>().unwrap());
    let (rounds, pause) = rounds.map_or((2, 1), |rounds| (rounds, 5));
    let stand = Stand::rabbit_alone().await;
    let queue = stand.queue().await;
    tokio::time::sleep(QUEUES_ARE_KNOWN).await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let confirmed: Arc<Mutex<BTreeSet<DocumentId>>> = Arc::default();
    let mut publishers = Vec::new();
    for first in 0..2 {
        let (queue, confirmed, stopped) = (queue.clone(), confirmed.clone(), stopped.clone());
        let tenant = stand.tenants[first].clone();
        publishers.push(tokio::spawn(async move {
            let mut number = 0;
            while !*stopped.borrow() {
                let job = job(&tenant, number);
                match queue.publish(&job).await {
                    Ok(()) => {
                        confirmed.lock().unwrap().insert(job.document);
                        number += 1;
                    }
                    Err(error) => {
                        assert!(matches!(error.kind, Kind::Unavailable | Kind::Unknown), "{error}");
                        tokio::time::sleep(Duration::from_millis(50)).await;
                    }
                }
            }
        }));
    }
    let seen: Arc<Mutex<BTreeMap<DocumentId, u32>>> = Arc::default();
    let worker = tokio::spawn({
        let (queue, seen) = (queue.clone(), seen.clone());
        async move {
            let mut slot = queue.slot().await.unwrap();
            while !*stopped.borrow() {
                match slot.take(Duration::from_millis(200)).await {
                    Ok(Some(delivery)) => {
                        *seen.lock().unwrap().entry(delivery.job.document.clone()).or_default() += 1;
                        let _ = slot.done(&delivery).await;
                    }
                    Ok(None) => {}
                    Err(error) => assert_eq!(error.kind, Kind::Unavailable),
                }
            }
        }
    });
    for _ in 0..rounds {
        tokio::time::sleep(Duration::from_secs(pause)).await;
        tokio::task::block_in_place(|| {
            broker().kill9();
            broker().restart();
        });
    }
    tokio::time::sleep(Duration::from_secs(pause)).await;
    stop.send_replace(true);
    for task in publishers.into_iter().chain([worker]) {
        task.await.unwrap();
    }
    let confirmed = confirmed.lock().unwrap().clone();
    let seen = seen.lock().unwrap().clone();
    let twice = seen.values().filter(|times| **times > 1).count();
    let missing = confirmed.iter().filter(|document| !seen.contains_key(*document)).cloned().collect();
    nothing_is_lost(&*queue, missing).await;
    println!("{rounds} kills: {} confirmed, 0 lost, {twice} came more than once", confirmed.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_held_longer_than_the_broker_allows_comes_again() {
    let stand = Stand::rabbit_alone().await;
    control(&["eval", "application:set_env(rabbit, consumer_timeout, 2000)."]);
    let queue = stand.queue().await;
    queue.publish(&stand.job(1)).await.unwrap();
    let mut slow = queue.slot().await.unwrap();
    let held = take(&mut slow).await;
    tokio::time::sleep(Duration::from_secs(5)).await;
    control(&["eval", "application:set_env(rabbit, consumer_timeout, 1800000)."]);
    let mut other = queue.slot().await.unwrap();
    let again = take(&mut other).await;
    assert_eq!(again.job, held.job);
    assert!(again.redelivered);
    assert_eq!(slow.done(&held).await.unwrap_err().kind, Kind::Unavailable);
    // Who was too slow goes on with the next one.
    queue.publish(&stand.job(2)).await.unwrap();
    let next = take(&mut slow).await;
    assert_eq!(next.job, stand.job(2));
    slow.done(&next).await.unwrap();
    other.done(&again).await.unwrap();
    settles_at(&*queue, Depth::default()).await;
}
