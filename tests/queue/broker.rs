//! The queue at a real broker: kills, lost queues, foreign messages.

use super::*;
use lapin::options::{BasicGetOptions, BasicPublishOptions};
use lapin::types::AMQPValue;

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
        let (queue, confirmed, tenant) = (queue.clone(), confirmed.clone(), stand.tenants[first % 2].clone());
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
