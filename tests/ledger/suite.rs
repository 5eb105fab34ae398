//! What every ledger does; each row runs over both backends.

use super::story::*;
use laufmappe::error::Kind as ErrorKind;
use laufmappe::job::*;
use laufmappe::ledger::*;
use std::collections::HashSet;
use std::time::Duration;

on_both! {
    an_arrival_is_noted_once
    the_same_content_again_names_the_first
    tenants_are_apart
    a_case_ends_settled
    two_claimants_get_one_case
    a_lease_that_ran_out_is_lost_to_the_next
    a_lease_can_be_held_longer
    attempts_count_unless_handed_back
    a_lease_given_up_is_worth_nothing
    a_division_is_all_or_nothing
    parts_known_before_are_left_as_they_are
    open_is_what_nobody_has_and_nobody_settled
    history_is_in_order
    what_is_noted_while_it_is_read_ends_nothing
    what_is_exported_verifies
    fifty_at_once_leave_no_gap
    fifty_at_once_receive_one_document
    nobody_notes_what_has_its_own_method
    a_thousand_parts_are_one_division
    a_person_gives_a_case_back_from_clearing
}

async fn an_arrival_is_noted_once(ledger: &dyn Ledger) {
    let first = document("a");
    let received = ledger.receive(first.clone()).await.unwrap();
    assert_eq!(received, Received::New(first.clone()));
    let mut again = first.clone();
    again.name = "another label".into();
    assert_eq!(ledger.receive(again).await.unwrap(), Received::Known(first.clone()));
    assert_eq!(ledger.history(&first.tenant, &first.id).await.unwrap().len(), 1);
    let summaries = ledger.summaries(None).await.unwrap();
    assert_eq!(summaries, [Summary::of(first)]);
}

async fn the_same_content_again_names_the_first(ledger: &dyn Ledger) {
    let first = document_of("koeln", "a", "same");
    let whole = document_of("koeln", "b", "same");
    ledger.receive(first.clone()).await.unwrap();
    let noted = ledger.receive(whole.clone()).await.unwrap();
    assert_eq!(noted.document().repeats, Some(first.id.clone()));

    // A document does not repeat the whole it was cut from, but it repeats its equal sister.
    let batch = document("stapel");
    ledger.receive(batch.clone()).await.unwrap();
    let lease = claim(ledger, &batch, "w", LONG).await;
    let parts = vec![part_of(&batch, 1, "stapel"), part_of(&batch, 2, "stapel"), part_of(&batch, 3, "same")];
    let noted = ledger.divide(&lease, parts.clone(), division(&parts)).await.unwrap();
    let repeats: Vec<_> = noted.iter().map(|part| part.repeats.clone()).collect();
    assert_eq!(repeats, [None, Some(parts[0].id.clone()), Some(first.id)]);
    let again = document_of("koeln", "d", "stapel");
    assert_eq!(ledger.receive(again).await.unwrap().document().repeats, Some(batch.id));
}

async fn tenants_are_apart(ledger: &dyn Ledger) {
    let here = document_of("koeln", "a", "same");
    let there = document_of("bonn", "a", "same");
    let third = document_of("koeln-x", "a", "same");
    for document in [&here, &there, &third] {
        let noted = ledger.receive(document.clone()).await.unwrap();
        assert_eq!(noted.document().repeats, None);
    }
    assert!(ledger.history(&there.tenant, &here.id).await.unwrap().is_empty());
    let foreign = ledger.claim(&there.tenant, &here.id, "w", LONG).await.unwrap();
    assert!(matches!(foreign, Claim::Unknown));
    assert_eq!(ledger.summaries(Some(&there.tenant)).await.unwrap(), [Summary::of(there.clone())]);
    let names: Vec<_> = ledger.tenants().await.unwrap().into_iter().map(String::from).collect();
    assert_eq!(names, ["bonn", "koeln", "koeln-x"]);
    for document in [&here, &there, &third] {
        assert_eq!(ledger.history(&document.tenant, &document.id).await.unwrap()[0].number, 1);
    }
    assert_eq!(ledger.head(&tenant("essen")).await.unwrap(), None);
    assert!(ledger.export(&tenant("essen")).await.unwrap().is_empty());
}

async fn a_case_ends_settled(ledger: &dyn Ledger) {
    let filed = document("filed");
    let cleared = document("cleared");
    let last = way_to_the_drawer(filed.content).len() - 1;
    for (document, events) in [(&filed, way_to_the_drawer(filed.content)), (&cleared, vec![clearing()])] {
        ledger.receive(document.clone()).await.unwrap();
        let lease = claim(ledger, document, "w", LONG).await;
        for event in events {
            let entry = ledger.note(&lease, event.clone()).await.unwrap();
            assert_eq!((entry.event, entry.actor.as_str()), (event, "test"));
        }
        let claimed = ledger.claim(&document.tenant, &document.id, "w", LONG).await.unwrap();
        assert!(matches!(claimed, Claim::Settled));
        let late = ledger.note(&lease, failed("late")).await;
        assert_eq!(late.map_err(|error| error.kind), Err(ErrorKind::LeaseLost));
    }
    let summaries = ledger.summaries(None).await.unwrap();
    let first = &summaries[0];
    assert_eq!((first.state, first.warnings, first.attempts), (State::Filed, 3, 1));
    assert_eq!(first.filed, [("akte".to_owned(), filed.content)]);
    assert_eq!(first.rule.as_deref(), Some("rechnungen"));
    assert_eq!(summaries[1].state, State::Clearing);
    assert_eq!(summaries[1].clearing.as_ref().unwrap().owner, "Poststelle");
    assert_eq!(ledger.history(&filed.tenant, &filed.id).await.unwrap().len(), 2 + last + 1);
    let unknown = ledger.claim(&filed.tenant, &document("never").id, "w", LONG).await.unwrap();
    assert!(matches!(unknown, Claim::Unknown));
}

async fn two_claimants_get_one_case(ledger: &dyn Ledger) {
    let document = document("a");
    ledger.receive(document.clone()).await.unwrap();
    let (tenant, id) = (&document.tenant, &document.id);
    let (one, two) = tokio::join!(ledger.claim(tenant, id, "w1", LONG), ledger.claim(tenant, id, "w2", LONG));
    let (mut won, mut lost) = (0, 0);
    for claim in [one.unwrap(), two.unwrap()] {
        match claim {
            Claim::Yours(lease, history) => {
                won += 1;
                assert_eq!((lease.token, lease.attempt), (1, 1));
                assert!(matches!(history.last().unwrap().event, Event::Claimed { token: 1, .. }));
            }
            Claim::Taken => lost += 1,
            other => panic!("{other:?}"),
        }
    }
    assert_eq!((won, lost), (1, 1));
}

async fn a_lease_that_ran_out_is_lost_to_the_next(ledger: &dyn Ledger) {
    let document = document("a");
    ledger.receive(document.clone()).await.unwrap();
    let first = claim(ledger, &document, "w1", Duration::ZERO).await;
    // Nobody else came: the first may still write.
    ledger.note(&first, failed("slow")).await.unwrap();
    let second = claim(ledger, &document, "w2", LONG).await;
    assert_eq!((second.token, second.attempt), (2, 2));

    let parts = [part_of(&document, 1, "part")];
    let lost = [
        ledger.note(&first, failed("stale")).await.map(|_| ()),
        ledger.note(&first, Event::Closed).await.map(|_| ()),
        ledger.renew(&first, LONG).await,
        ledger.hand_back(&first, Rest::For(Duration::ZERO)).await,
        ledger.give_up(&first, Duration::ZERO).await,
        ledger.divide(&first, parts.to_vec(), division(&parts)).await.map(|_| ()),
    ];
    for answer in lost {
        assert_eq!(answer.map_err(|error| error.kind), Err(ErrorKind::LeaseLost));
    }
    assert_eq!(ledger.history(&document.tenant, &document.id).await.unwrap().len(), 4);
    assert!(ledger.history(&document.tenant, &parts[0].id).await.unwrap().is_empty());
    ledger.note(&second, Event::Closed).await.unwrap();
}

async fn a_lease_can_be_held_longer(ledger: &dyn Ledger) {
    let document = document("a");
    ledger.receive(document.clone()).await.unwrap();
    let lease = claim(ledger, &document, "w1", Duration::ZERO).await;
    ledger.renew(&lease, Duration::MAX).await.unwrap();
    let other = ledger.claim(&document.tenant, &document.id, "w2", LONG).await.unwrap();
    assert!(matches!(other, Claim::Taken));
    ledger.renew(&lease, Duration::ZERO).await.unwrap();
    assert_eq!(claim(ledger, &document, "w2", LONG).await.token, 2);
}

async fn attempts_count_unless_handed_back(ledger: &dyn Ledger) {
    let document = document("a");
    ledger.receive(document.clone()).await.unwrap();
    for (round, counted, attempts) in [(1, false, 0), (2, true, 1), (3, false, 1), (4, true, 2)] {
        let lease = claim(ledger, &document, "w", LONG).await;
        assert_eq!(lease.token, round);
        match counted {
            true => ledger.give_up(&lease, Duration::ZERO).await.unwrap(),
            false => ledger.hand_back(&lease, Rest::For(Duration::ZERO)).await.unwrap(),
        }
        assert_eq!(ledger.summaries(None).await.unwrap()[0].attempts, attempts, "round {round}");
    }
    assert_eq!(claim(ledger, &document, "w", LONG).await.attempt, 3);
}

async fn a_lease_given_up_is_worth_nothing(ledger: &dyn Ledger) {
    let document = document("a");
    ledger.receive(document.clone()).await.unwrap();
    let lease = claim(ledger, &document, "w", LONG).await;
    ledger.hand_back(&lease, Rest::For(Duration::ZERO)).await.unwrap();
    for answer in [ledger.hand_back(&lease, Rest::For(Duration::ZERO)).await, ledger.renew(&lease, LONG).await]
    {
        assert_eq!(answer.map_err(|error| error.kind), Err(ErrorKind::LeaseLost));
    }
    assert_eq!(ledger.open(9).await.unwrap().len(), 1);
}

async fn a_division_is_all_or_nothing(ledger: &dyn Ledger) {
    let batch = document("stapel");
    ledger.receive(batch.clone()).await.unwrap();
    let lease = claim(ledger, &batch, "w", LONG).await;
    let parts = vec![part_of(&batch, 1, "one"), part_of(&batch, 2, "two")];
    let noted = ledger.divide(&lease, parts.clone(), division(&parts)).await.unwrap();
    assert_eq!(noted, parts);
    let again = ledger.divide(&lease, parts.clone(), division(&parts)).await;
    assert_eq!(again.map_err(|error| error.kind), Err(ErrorKind::LeaseLost));
    assert!(matches!(ledger.claim(&batch.tenant, &batch.id, "w", LONG).await.unwrap(), Claim::Settled));

    let summaries = ledger.summaries(None).await.unwrap();
    assert_eq!(summaries[0].state, State::Divided);
    assert_eq!(summaries[0].parts, [parts[0].id.clone(), parts[1].id.clone()]);
    let order: Vec<_> = summaries.iter().map(|summary| summary.document.id.clone()).collect();
    assert_eq!(order, [batch.id, parts[0].id.clone(), parts[1].id.clone()]);
    assert_eq!(ledger.open(9).await.unwrap(), [Job::of(&parts[0]), Job::of(&parts[1])]);
}

async fn parts_known_before_are_left_as_they_are(ledger: &dyn Ledger) {
    let batch = document("stapel");
    let parts = vec![part_of(&batch, 1, "one"), part_of(&batch, 2, "two")];
    ledger.receive(batch.clone()).await.unwrap();
    ledger.receive(parts[0].clone()).await.unwrap();
    let part = claim(ledger, &parts[0], "w", LONG).await;
    ledger.note(&part, clearing()).await.unwrap();
    let lease = claim(ledger, &batch, "w", LONG).await;
    let twice = vec![parts[0].clone(), parts[1].clone(), parts[1].clone()];
    let noted = ledger.divide(&lease, twice.clone(), division(&parts)).await.unwrap();
    assert_eq!(noted, twice);
    assert_eq!(ledger.history(&batch.tenant, &parts[0].id).await.unwrap().len(), 3);
    assert_eq!(ledger.history(&batch.tenant, &parts[1].id).await.unwrap().len(), 1);
    assert_eq!(ledger.open(9).await.unwrap(), [Job::of(&parts[1])]);
}

async fn open_is_what_nobody_has_and_nobody_settled(ledger: &dyn Ledger) {
    let names = ["waiting", "leased", "expired", "given back", "settled"];
    let documents = names.map(document);
    for document in &documents {
        ledger.receive(document.clone()).await.unwrap();
    }
    claim(ledger, &documents[1], "w", LONG).await;
    claim(ledger, &documents[2], "w", Duration::ZERO).await;
    let lease = claim(ledger, &documents[3], "w", LONG).await;
    ledger.give_up(&lease, Duration::ZERO).await.unwrap();
    let lease = claim(ledger, &documents[4], "w", LONG).await;
    ledger.note(&lease, Event::Closed).await.unwrap();
    let expected = [0, 2, 3].map(|place| Job::of(&documents[place]));
    assert_eq!(ledger.open(9).await.unwrap(), expected);
    assert_eq!(ledger.open(2).await.unwrap(), expected[..2]);
    assert!(ledger.open(0).await.unwrap().is_empty());
}

async fn history_is_in_order(ledger: &dyn Ledger) {
    let (document, other) = (document("a"), document("b"));
    ledger.receive(document.clone()).await.unwrap();
    ledger.receive(other.clone()).await.unwrap();
    let lease = claim(ledger, &document, "w", LONG).await;
    // More than the embedded index keeps in one piece.
    for number in 0..150 {
        ledger.note(&lease, failed(&number.to_string())).await.unwrap();
    }
    let history = ledger.history(&document.tenant, &document.id).await.unwrap();
    let numbers: Vec<_> = history.iter().map(|entry| entry.number).collect();
    let expected: Vec<_> = [1].into_iter().chain(3..=153).collect();
    assert_eq!(numbers, expected);
    assert!(history.is_sorted_by_key(|entry| entry.at));
    for (number, entry) in history[2..].iter().enumerate() {
        assert_eq!(entry.event, failed(&number.to_string()));
    }
    assert_eq!(ledger.history(&other.tenant, &other.id).await.unwrap().len(), 1);
}

async fn what_is_noted_while_it_is_read_ends_nothing(ledger: &dyn Ledger) {
    let document = document("a");
    ledger.receive(document.clone()).await.unwrap();
    let lease = claim(ledger, &document, "w", LONG).await;
    let before = ledger.summaries(None).await.unwrap();
    ledger.note(&lease, Event::HandedToReader).await.unwrap();
    assert_eq!(ledger.summaries(None).await.unwrap(), before);
    ledger.note(&lease, Event::Closed).await.unwrap();
    let history = ledger.history(&document.tenant, &document.id).await.unwrap();
    assert_eq!(history[2].event, Event::HandedToReader);
}

async fn what_is_exported_verifies(ledger: &dyn Ledger) {
    tell(ledger).await;
    let mut entries = 0;
    for tenant in ledger.tenants().await.unwrap() {
        let lines = ledger.export(&tenant).await.unwrap();
        let verified = verify_lines(lines.clone().into_iter()).unwrap();
        assert_eq!(verified.entries, lines.len() as u64);
        let head = &verified.heads[&tenant];
        assert_eq!(Some(head.hash), ledger.head(&tenant).await.unwrap());
        assert_eq!(head.number, lines.len() as u64);
        for part in 0..lines.len() {
            let mut missing = lines.clone();
            missing.remove(part);
            let cut = part + 1 == lines.len();
            assert_eq!(verify_lines(missing.into_iter()).is_ok(), cut, "only a cut end goes unnoticed");
        }
        entries += lines.len();
    }
    assert_eq!(entries, 21);
}

async fn fifty_at_once_leave_no_gap(ledger: &dyn Ledger) {
    let work = (0..50).map(|number| async move {
        let document = document(&format!("scan {number}"));
        ledger.receive(document.clone()).await.unwrap();
        let lease = claim(ledger, &document, "w", LONG).await;
        ledger.note(&lease, failed("x")).await.unwrap();
        ledger.note(&lease, Event::Closed).await.unwrap();
    });
    futures_util::future::join_all(work).await;
    let verified = verify_lines(ledger.export(&tenant("koeln")).await.unwrap().into_iter()).unwrap();
    assert_eq!(verified.heads[&tenant("koeln")].number, 200);
    assert!(ledger.summaries(None).await.unwrap().iter().all(|summary| summary.state == State::Filed));
    assert!(ledger.open(9).await.unwrap().is_empty());
}

async fn fifty_at_once_receive_one_document(ledger: &dyn Ledger) {
    let work = (0..50).map(|_| async move { ledger.receive(document("a")).await.unwrap() });
    let answers = futures_util::future::join_all(work).await;
    let new = answers.iter().filter(|answer| matches!(answer, Received::New(_))).count();
    assert_eq!(new, 1);
    assert_eq!(ledger.export(&tenant("koeln")).await.unwrap().len(), 1);
}

async fn nobody_notes_what_has_its_own_method(ledger: &dyn Ledger) {
    let document = document("a");
    ledger.receive(document.clone()).await.unwrap();
    let lease = claim(ledger, &document, "w", LONG).await;
    let foreign = document_of("bonn", "b", "b");
    for event in [
        Event::Received { received: Box::new(document.clone()) },
        Event::Claimed { worker: "w".into(), attempt: 1, token: 9 },
        Event::Released { worker: "w".into(), counted: true, waits_for: None },
        division(&[]),
    ] {
        let answer = ledger.note(&lease, event).await;
        assert_eq!(answer.map_err(|error| error.kind), Err(ErrorKind::Internal));
    }
    for (parts, event) in
        [(vec![], Event::Closed), (vec![foreign], division(&[])), (vec![document.clone()], division(&[]))]
    {
        let answer = ledger.divide(&lease, parts, event).await;
        assert_eq!(answer.map_err(|error| error.kind), Err(ErrorKind::Internal));
    }
    assert_eq!(ledger.export(&document.tenant).await.unwrap().len(), 2);
}

async fn a_thousand_parts_are_one_division(ledger: &dyn Ledger) {
    let batch = document("stapel");
    ledger.receive(batch.clone()).await.unwrap();
    let lease = claim(ledger, &batch, "w", LONG).await;
    let parts: Vec<_> = (1..=1000).map(|number| part_of(&batch, number, &format!("{}", number / 2))).collect();
    let noted = ledger.divide(&lease, parts.clone(), division(&parts)).await.unwrap();
    assert_eq!(noted.iter().filter(|part| part.repeats.is_some()).count(), 499);
    let verified = verify_lines(ledger.export(&tenant("koeln")).await.unwrap().into_iter()).unwrap();
    assert_eq!(verified.entries, 1003);
    let order: Vec<_> = ledger.open(2000).await.unwrap().into_iter().map(|job| job.document).collect();
    assert_eq!(order, parts.iter().map(|part| part.id.clone()).collect::<Vec<_>>());
}

/// The same story leaves the same bodies on both, apart from time and what follows from it.
#[tokio::test(flavor = "multi_thread")]
async fn both_tell_the_same_story() {
    let (one, two) = (embedded().await, postgres().await);
    let mut told = Vec::new();
    for place in [&one, &two] {
        tell(&*place.ledger).await;
        let mut bodies = HashSet::new();
        for tenant in place.ledger.tenants().await.unwrap() {
            for line in place.ledger.export(&tenant).await.unwrap() {
                let mut entry = Entry::read(&line[line.find('{').unwrap()..]).unwrap();
                entry.at = jiff::Timestamp::UNIX_EPOCH;
                entry.previous = None;
                bodies.insert(serde_json::to_string(&entry).unwrap());
            }
        }
        let summaries = place.ledger.summaries(None).await.unwrap();
        told.push((bodies, summaries, place.ledger.open(99).await.unwrap()));
    }
    assert_eq!(told[0], told[1]);
    assert_eq!(told[0].0.len(), 21);
}

async fn a_person_gives_a_case_back_from_clearing(ledger: &dyn Ledger) {
    let document = document("cleared");
    ledger.receive(document.clone()).await.unwrap();
    let reopen = || ledger.reopen(&document.tenant, &document.id, "Frau Muster", None);
    assert!(!reopen().await.unwrap(), "it is open");
    let first = claim(ledger, &document, "w", LONG).await;
    assert!(!reopen().await.unwrap(), "somebody works on it");
    ledger.note(&first, clearing()).await.unwrap();
    assert!(ledger.open(10).await.unwrap().is_empty());

    assert!(reopen().await.unwrap());
    assert!(!reopen().await.unwrap(), "once is enough");
    assert_eq!(ledger.open(10).await.unwrap().len(), 1);
    let summary = ledger.summaries(None).await.unwrap().remove(0);
    assert_eq!((summary.state, summary.attempts, summary.clearing), (State::Open, 0, None));
    let second = claim(ledger, &document, "w", LONG).await;
    assert_eq!((second.attempt, second.token > first.token), (1, true), "attempts anew, the token grows on");
    ledger.note(&second, Event::Closed).await.unwrap();
    assert!(!reopen().await.unwrap(), "it is filed");
    let lines = ledger.export(&document.tenant).await.unwrap();
    assert!(verify_lines(lines.into_iter()).is_ok());
}
