//! What many workers need of every ledger: bells, parking, several events in one go, figures, pause, import.
//! Each row runs over both backends.

use super::story::*;
use laufmappe::error::Kind as ErrorKind;
use laufmappe::job::*;
use laufmappe::ledger::*;
use std::collections::HashSet;
use std::time::Duration;

on_both! {
    who_receives_rings_himself_and_nobody_rings_at_once_again
    a_case_given_back_is_due_when_it_has_rested
    a_bell_is_answered_once_whoever_asks
    a_case_whose_worker_died_is_due
    what_is_parked_is_neither_due_nor_counted_until_released
    released_cases_come_in_order_of_arrival_and_once
    a_claim_ends_the_parking
    several_events_are_noted_in_one_go
    figures_of_a_tenant
    a_pause_lasts_until_it_is_ended
    an_import_gives_the_same_ledger
    an_import_that_was_altered_leaves_nothing
    an_import_into_a_ledger_with_entries_is_refused
}

async fn given_back(ledger: &dyn Ledger, name: &str, rest: Rest) -> Document {
    let document = document(name);
    ledger.receive(document.clone()).await.unwrap();
    let lease = claim(ledger, &document, "w", LONG).await;
    ledger.hand_back(&lease, rest).await.unwrap();
    document
}

fn parked_for(target: &str) -> Rest {
    Rest::Until(target.to_owned())
}

async fn who_receives_rings_himself_and_nobody_rings_at_once_again(ledger: &dyn Ledger) {
    let batch = document("stapel");
    ledger.receive(batch.clone()).await.unwrap();
    let lease = claim(ledger, &batch, "w", LONG).await;
    let parts = vec![part_of(&batch, 1, "one"), part_of(&batch, 2, "two")];
    ledger.divide(&lease, parts.clone(), division(&parts)).await.unwrap();
    assert!(ledger.due(Ring::Overdue, 9).await.unwrap().is_empty());
    assert!(ledger.due(Ring::All, 9).await.unwrap().is_empty());
    assert_eq!(ledger.open(9).await.unwrap().len(), 2);
}

async fn a_case_given_back_is_due_when_it_has_rested(ledger: &dyn Ledger) {
    let resting = given_back(ledger, "resting", Rest::For(LONG)).await;
    let second = given_back(ledger, "second", Rest::For(Duration::ZERO)).await;
    let third = document("third");
    ledger.receive(third.clone()).await.unwrap();
    let lease = claim(ledger, &third, "w", LONG).await;
    ledger.give_up(&lease, Duration::ZERO).await.unwrap();
    let soon = given_back(ledger, "soon", Rest::For(Duration::from_secs(3))).await;

    assert_eq!(ledger.due(Ring::All, 1).await.unwrap(), [Job::of(&second)]);
    assert_eq!(ledger.due(Ring::Overdue, 9).await.unwrap(), [Job::of(&third)]);
    assert!(ledger.due(Ring::All, 9).await.unwrap().is_empty());
    tokio::time::sleep(Duration::from_millis(3100)).await;
    assert_eq!(ledger.due(Ring::Overdue, 9).await.unwrap(), [Job::of(&soon)]);
    // A ring is no claim, and a claim ends the rest.
    let lease = claim(ledger, &resting, "w", LONG).await;
    assert_eq!(lease.attempt, 1);
    ledger.hand_back(&lease, Rest::For(Duration::ZERO)).await.unwrap();
    assert_eq!(ledger.due(Ring::Overdue, 9).await.unwrap(), [Job::of(&resting)]);
    assert!(ledger.due(Ring::Overdue, 0).await.unwrap().is_empty());
}

async fn a_bell_is_answered_once_whoever_asks(ledger: &dyn Ledger) {
    for number in 0..60 {
        given_back(ledger, &format!("scan {number}"), Rest::For(Duration::ZERO)).await;
    }
    let asked = (0..12).map(|_| ledger.due(Ring::All, 20));
    let answers: Vec<_> =
        futures_util::future::join_all(asked).await.into_iter().flat_map(Result::unwrap).collect();
    let different: HashSet<_> = answers.iter().map(|job| job.document.clone()).collect();
    assert_eq!(different.len(), answers.len(), "one was answered twice");
    // Rows that were locked just then may be left for the next to ask.
    let rest = ledger.due(Ring::All, 60).await.unwrap();
    assert_eq!(answers.len() + rest.len(), 60);
}

async fn a_case_whose_worker_died_is_due(ledger: &dyn Ledger) {
    let document = given_back(ledger, "a", Rest::For(Duration::ZERO)).await;
    assert_eq!(ledger.due(Ring::Overdue, 9).await.unwrap().len(), 1);
    let lease = claim(ledger, &document, "dies", LONG).await;
    assert!(ledger.due(Ring::All, 9).await.unwrap().is_empty(), "somebody has it");
    ledger.renew(&lease, Duration::ZERO).await.unwrap();
    assert_eq!(ledger.due(Ring::Overdue, 9).await.unwrap(), [Job::of(&document)]);
}

async fn what_is_parked_is_neither_due_nor_counted_until_released(ledger: &dyn Ledger) {
    let first = given_back(ledger, "first", parked_for("akte")).await;
    given_back(ledger, "second", parked_for("akte")).await;
    given_back(ledger, "third", parked_for("archiv")).await;
    assert!(ledger.due(Ring::All, 9).await.unwrap().is_empty());
    assert!(ledger.due(Ring::Overdue, 9).await.unwrap().is_empty());
    assert_eq!(ledger.open(9).await.unwrap().len(), 3, "parked is not settled");
    let parked = ledger.parked().await.unwrap();
    let told: Vec<_> = parked.iter().map(|parked| (parked.target.as_str(), parked.cases)).collect();
    assert_eq!(told, [("akte", 2), ("archiv", 1)]);
    assert!(parked.iter().all(|parked| parked.tenant == first.tenant));
    let history = ledger.history(&first.tenant, &first.id).await.unwrap();
    let given_back = Event::Released { worker: "w".into(), counted: false, waits_for: Some("akte".into()) };
    assert_eq!(history.last().unwrap().event, given_back);
    assert_eq!(ledger.parked().await.unwrap()[0].oldest, history.last().unwrap().at.max(parked[0].oldest));
    let summary = ledger.summaries(None).await.unwrap().remove(0);
    assert_eq!((summary.attempts, summary.waits_for.as_deref()), (0, Some("akte")));
}

async fn released_cases_come_in_order_of_arrival_and_once(ledger: &dyn Ledger) {
    let names = ["a", "b", "c", "d"];
    for name in names {
        ledger.receive(document(name)).await.unwrap();
    }
    // Parked in another order than they arrived.
    for name in ["c", "a", "d", "b"] {
        let lease = claim(ledger, &document(name), "w", LONG).await;
        ledger.hand_back(&lease, parked_for("akte")).await.unwrap();
    }
    let jobs = names.map(|name| Job::of(&document(name)));
    let (koeln, bonn) = (tenant("koeln"), tenant("bonn"));
    assert!(ledger.unpark(&bonn, "akte", 9).await.unwrap().is_empty());
    assert!(ledger.unpark(&koeln, "archiv", 9).await.unwrap().is_empty());
    assert_eq!(ledger.unpark(&koeln, "akte", 1).await.unwrap(), jobs[..1]);
    assert!(ledger.unpark(&koeln, "akte", 1).await.unwrap().is_empty(), "one is on its way");
    let (one, two) = tokio::join!(ledger.unpark(&koeln, "akte", 3), ledger.unpark(&koeln, "akte", 3));
    let both: Vec<_> = one.unwrap().into_iter().chain(two.unwrap()).collect();
    assert_eq!(both, jobs[1..3], "no more than three on their way, whoever releases them");
    // Who is claimed makes room.
    claim(ledger, &document("b"), "w", LONG).await;
    assert_eq!(ledger.unpark(&koeln, "akte", 3).await.unwrap(), jobs[3..]);
    assert!(ledger.parked().await.unwrap().is_empty());
    // The caller rings; the ledger comes back to it later only.
    assert!(ledger.due(Ring::All, 9).await.unwrap().is_empty());
}

async fn a_claim_ends_the_parking(ledger: &dyn Ledger) {
    let document = given_back(ledger, "a", parked_for("akte")).await;
    let lease = claim(ledger, &document, "w", LONG).await;
    assert_eq!(lease.attempt, 1, "parking costs no attempt");
    assert!(ledger.parked().await.unwrap().is_empty());
    assert_eq!(ledger.summaries(None).await.unwrap()[0].waits_for, None);
    assert!(ledger.unpark(&document.tenant, "akte", 9).await.unwrap().is_empty());
    ledger.hand_back(&lease, parked_for("akte")).await.unwrap();
    assert_eq!(ledger.unpark(&document.tenant, "akte", 9).await.unwrap().len(), 1);
    // Released, claimed and parked again: the release counts once.
    let lease = claim(ledger, &document, "w", LONG).await;
    ledger.hand_back(&lease, parked_for("akte")).await.unwrap();
    assert_eq!(ledger.parked().await.unwrap()[0].cases, 1);
    let lease = claim(ledger, &document, "w", LONG).await;
    ledger.note(&lease, Event::Closed).await.unwrap();
    assert!(ledger.parked().await.unwrap().is_empty());
    assert!(ledger.due(Ring::All, 9).await.unwrap().is_empty());
}

async fn several_events_are_noted_in_one_go(ledger: &dyn Ledger) {
    let document = document("a");
    ledger.receive(document.clone()).await.unwrap();
    let lease = claim(ledger, &document, "w", LONG).await;
    let history = async || ledger.history(&document.tenant, &document.id).await.unwrap();
    ledger.note_all(&lease, vec![]).await.unwrap();
    let after_the_end = ledger.note_all(&lease, vec![Event::Closed, failed("x")]).await;
    assert_eq!(after_the_end.map_err(|error| error.kind), Err(ErrorKind::Internal));
    let own_method = ledger.note_all(&lease, vec![failed("x"), division(&[])]).await;
    assert_eq!(own_method.map_err(|error| error.kind), Err(ErrorKind::Internal));
    assert_eq!(history().await.len(), 2);

    let mut way = way_to_the_drawer(document.content);
    let end = way.split_off(3);
    ledger.note_all(&lease, way).await.unwrap();
    assert_eq!(history().await.len(), 5);
    ledger.note_all(&lease, end).await.unwrap();
    let noted: Vec<_> = history().await.into_iter().skip(2).map(|entry| entry.event).collect();
    assert_eq!(noted, way_to_the_drawer(document.content));
    let summary = ledger.summaries(None).await.unwrap().remove(0);
    assert_eq!((summary.state, summary.warnings, summary.filed.len()), (State::Filed, 3, 1));
    let late = ledger.note_all(&lease, vec![failed("late")]).await;
    assert_eq!(late.map_err(|error| error.kind), Err(ErrorKind::LeaseLost));
    verify_lines(ledger.export(&document.tenant).await.unwrap().into_iter()).unwrap();
}

async fn figures_of_a_tenant(ledger: &dyn Ledger) {
    assert!(ledger.load(LONG).await.unwrap().is_empty());
    tell(ledger).await;
    given_back(ledger, "parked", parked_for("akte")).await;
    let held = document("held");
    ledger.receive(held.clone()).await.unwrap();
    claim(ledger, &held, "w9", LONG).await;
    let loads = ledger.load(LONG).await.unwrap();
    let figures = |load: &Load| {
        let Load { open, leased, parked, clearing, settled, workers, entries, .. } = load.clone();
        (load.tenant.to_string(), [open, leased, parked, clearing, settled, workers, entries])
    };
    // Of koeln are open: a part of the batch, the parked one, the held one.
    let expected = [("bonn".to_owned(), [1, 0, 0, 0, 0, 0, 4]), ("koeln".to_owned(), [3, 1, 1, 1, 3, 2, 22])];
    assert_eq!(loads.iter().map(figures).collect::<Vec<_>>(), expected);
    assert!(loads.iter().all(|load| load.oldest_open.is_some_and(|age| age < LONG)));
    assert!(loads[1].busy < LONG);

    ledger.reopen(&tenant("koeln"), &cleared_in_the_story(), "Frau Muster", None).await.unwrap();
    let koeln = ledger.load(LONG).await.unwrap().remove(1);
    assert_eq!((koeln.open, koeln.clearing), (4, 0));
    assert_eq!(ledger.load(Duration::MAX).await.unwrap().len(), 2);
}

fn cleared_in_the_story() -> DocumentId {
    part_of(&document("stapel"), 2, "brief").id
}

async fn a_pause_lasts_until_it_is_ended(ledger: &dyn Ledger) {
    assert_eq!(ledger.paused().await.unwrap(), None);
    ledger.resume().await.unwrap();
    ledger.pause("Frau Muster").await.unwrap();
    let pause = ledger.paused().await.unwrap().unwrap();
    assert_eq!(pause.by, "Frau Muster");
    ledger.pause("somebody else").await.unwrap();
    assert_eq!(ledger.paused().await.unwrap(), Some(pause));
    ledger.resume().await.unwrap();
    assert_eq!(ledger.paused().await.unwrap(), None);
}

/// The story, and a parked case: as the lines of an export, tenant after tenant.
async fn a_story_elsewhere() -> (Place, Vec<String>) {
    let place = embedded().await;
    tell(&*place.ledger).await;
    given_back(&*place.ledger, "parked", parked_for("akte")).await;
    let mut lines = place.ledger.export(&tenant("koeln")).await.unwrap();
    lines.extend(place.ledger.export(&tenant("bonn")).await.unwrap());
    (place, lines)
}

fn handed_over(lines: Vec<String>) -> ImportLines {
    Box::new(lines.into_iter().map(Ok))
}

async fn an_import_gives_the_same_ledger(ledger: &dyn Ledger) {
    let (place, lines) = a_story_elsewhere().await;
    assert_eq!(ledger.import(handed_over(lines.clone())).await.unwrap(), 24);
    for name in ["koeln", "bonn"] {
        let name = tenant(name);
        assert_eq!(ledger.export(&name).await.unwrap(), place.ledger.export(&name).await.unwrap());
        assert_eq!(ledger.head(&name).await.unwrap(), place.ledger.head(&name).await.unwrap());
        let (there, here) = (place.ledger.summaries(Some(&name)).await, ledger.summaries(Some(&name)).await);
        assert_eq!(there.unwrap(), here.unwrap());
    }
    // It goes on from there: what waits, waits; the next claim has the next token.
    assert_eq!(ledger.parked().await.unwrap()[0].cases, 1);
    let koeln = ledger.load(LONG).await.unwrap().remove(1);
    assert_eq!((koeln.open, koeln.parked, koeln.clearing), (2, 1, 1));
    assert_eq!(ledger.due(Ring::Overdue, 9).await.unwrap().len(), 2);
    let other = document_of("bonn", "rechnung", "rechnung");
    let lease = claim(ledger, &other, "w", LONG).await;
    assert_eq!((lease.token, lease.attempt), (2, 1));
    ledger.note(&lease, Event::Closed).await.unwrap();
    verify_lines(ledger.export(&other.tenant).await.unwrap().into_iter()).unwrap();
}

async fn an_import_that_was_altered_leaves_nothing(ledger: &dyn Ledger) {
    let (_place, lines) = a_story_elsewhere().await;
    let mut changed = lines.clone();
    changed[7] = changed[7].replace("\"actor\":\"test\"", "\"actor\":\"tost\"");
    let mut missing = lines.clone();
    missing.remove(5);
    for spoilt in [changed, missing] {
        let refused = ledger.import(handed_over(spoilt)).await.unwrap_err();
        assert_eq!(refused.kind, ErrorKind::Altered, "{refused}");
        assert!(refused.text.contains("line "), "{refused}");
        assert!(ledger.tenants().await.unwrap().is_empty());
    }
    let cut: Vec<_> = lines.iter().cloned().map(Ok).take(3).collect();
    let failing = cut.into_iter().chain([Err(laufmappe::error::Error::new(ErrorKind::Storage, "unreadable"))]);
    assert!(ledger.import(Box::new(failing)).await.is_err());
    assert!(ledger.tenants().await.unwrap().is_empty());
    assert_eq!(ledger.import(handed_over(lines)).await.unwrap(), 24);
}

async fn an_import_into_a_ledger_with_entries_is_refused(ledger: &dyn Ledger) {
    let (_place, lines) = a_story_elsewhere().await;
    ledger.receive(document("here first")).await.unwrap();
    let refused = ledger.import(handed_over(lines)).await.unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Usage);
    assert_eq!(ledger.export(&tenant("koeln")).await.unwrap().len(), 1);
}
