//! The four classes of targets, each through the real worker and pipeline: answers that are lost, requests that
//! have their effect late, searches that lag, workers that die at every point. Nothing twice, nothing lost. The
//! same targets under a protocol that is not theirs must file twice, or this test proves nothing.
#![allow(clippy::print_stdout, reason = "--nocapture shows the counts")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]

#[path = "classes/dms.rs"]
mod dms;
#[path = "classes/stand.rs"]
mod stand;

use dms::End;
use laufmappe::filing::{Class, FilingKey};
use laufmappe::ledger::{Event, State};
use stand::{Death, Stand};
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

const FIRST: [End; 7] =
    [End::Well, End::AnswerLost, End::Late, End::Lost, End::Away, End::DiesBefore, End::DiesAfter];
const SECOND: [End; 4] = [End::Late, End::AnswerLost, End::Well, End::Lost];

/// Every end of a first storing with every end of a second one.
const DOCUMENTS: usize = FIRST.len() * SECOND.len();

fn every_pair(number: usize) -> [End; 2] {
    [FIRST[number % FIRST.len()], SECOND[number / FIRST.len() % SECOND.len()]]
}

/// Documents filed, adopted and with a person.
#[derive(Debug, Default, PartialEq)]
struct Tally {
    filed: usize,
    adopted: usize,
    with_a_person: usize,
}

/// Every document has its end, and the DMS holds each at most once, and at least once if we say so.
async fn check(stand: &Stand, what: &str) -> Tally {
    let mut tally = Tally::default();
    let counts = stand.dms.counts();
    for summary in stand.ledger.summaries(None).await.unwrap() {
        let key = FilingKey::of(&summary.document, "akte");
        let (there, puts) = (counts.get(&key).copied().unwrap_or_default(), stand.dms.puts(&key));
        assert!(there <= 1, "{what}: filed {there} times");
        let events = stand.events(&summary.document.id).await;
        match summary.state {
            State::Filed => {
                tally.filed += 1;
                assert_eq!((there, summary.filed.len()), (1, 1), "{what}: said to be filed");
            }
            State::Clearing => {
                tally.with_a_person += 1;
                assert_eq!(stand.dms.nature, Class::D, "{what}: {:?}", summary.clearing);
                assert_eq!(summary.clearing.unwrap().reason, "unclear", "{what}");
                assert!(puts <= 1, "{what}: never a second time");
            }
            State::Open | State::Divided => panic!("{what}: it has no end"),
        }
        let count = |is: fn(&Event) -> bool| events.iter().filter(|event| is(event)).count();
        tally.adopted += count(|event| matches!(event, Event::Filed { adopted: true, .. }));
        let intents = count(|event| matches!(event, Event::Intended { .. }));
        assert!(intents >= puts, "{what}: {puts} storings and {intents} intents before them");
    }
    tally
}

async fn files_once(class: Class) {
    let stand = Stand::new(class, class, every_pair, None);
    stand.submit(DOCUMENTS).await;
    stand.work().await;
    let tally = check(&stand, &format!("{class:?}")).await;
    println!("{class:?}: {tally:?}");
    assert_eq!(tally.filed + tally.with_a_person, DOCUMENTS);
    assert_eq!((tally.with_a_person > 0, tally.adopted > 0), (class == Class::D, class != Class::D));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_unique_key_files_once() {
    files_once(Class::A).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_that_reads_its_writes_files_once() {
    files_once(Class::B).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_search_that_lags_files_once() {
    files_once(Class::C).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_target_that_cannot_be_asked_files_once_or_asks_a_person() {
    files_once(Class::D).await;
}

/// So many documents lie there more than once.
async fn doubles(nature: Class, said: Class) -> usize {
    let stand = Stand::new(nature, said, every_pair, None);
    stand.submit(DOCUMENTS).await;
    stand.work().await;
    let doubled = stand.dms.counts().into_values().filter(|count| *count > 1).count();
    println!("{nature:?} under the protocol of {said:?}: {doubled} of {DOCUMENTS} twice");
    doubled
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_another_protocol_it_is_filed_twice() {
    // Always stores, as nothing is ever found.
    assert!(doubles(Class::D, Class::A).await > 5);
    // Looks, and does not wait: neither for the late request nor for the search.
    assert!(doubles(Class::B, Class::A).await > 0);
    assert!(doubles(Class::C, Class::B).await > 0);
}

/// One document, one way it goes wrong, and a worker that dies at the given point.
async fn dies(class: Class, ends: dms::Ends, death: Option<Death>, what: &str) -> usize {
    let stand = Stand::new(class, class, ends, death);
    stand.submit(1).await;
    let done = stand.work().await;
    check(&stand, &format!("{class:?}, {what}, {death:?}")).await;
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_death_at_any_point_files_once() {
    const WAYS: [(&str, dms::Ends); 3] = [
        ("well", |_| [End::Well; 2]),
        ("answer lost", |_| [End::AnswerLost, End::Well]),
        ("late", |_| [End::Late, End::Late]),
    ];
    let (room, mut points) = (Arc::new(Semaphore::new(40)), 0);
    let mut running = JoinSet::new();
    for class in [Class::A, Class::B, Class::C, Class::D] {
        for (what, ends) in WAYS {
            let whole = dies(class, ends, None, what).await;
            points += whole;
            for at in 0..whole {
                for after in [false, true] {
                    let room = Arc::clone(&room);
                    running.spawn(async move {
                        let _place = room.acquire().await.unwrap();
                        dies(class, ends, Some(Death { at, after }), what).await;
                    });
                }
            }
        }
    }
    while let Some(done) = running.join_next().await {
        done.unwrap();
    }
    println!("{points} points, each before and after");
    assert!(points >= 100, "only {points} points");
}
