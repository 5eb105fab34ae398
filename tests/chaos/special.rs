//! Single disturbances of the catalogue, each alone and with a measure of its own.

use crate::books::Books;
use crate::dice::Dice;
use crate::fleet::Fleet;
use crate::post::{Mix, Piece, poison, poison_invoice};
use crate::proxy::{Counts, Rates, runtime};
use crate::referee;
use crate::town::{Mode, Town, broker, turn, wait_until};
use crate::wish;
use std::path::Path;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(180);
/// The deadline of a worker that is told to stop, with a little room.
const DEADLINE: Duration = Duration::from_secs(15);
const CLOCK: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/// T-06.
#[test]
fn every_message_ten_times_and_shuffled_files_once() {
    let _turn = turn();
    let town = Town::new(Mode::Scaled, Rates::NONE, 6);
    let post = town.post(Mix { papers: 0.0, ..Mix::of(24) }, 24);
    let mut dice = Dice::of(town.seed, "shuffle");
    let mut paths: Vec<_> = post.pieces.iter().map(|piece| piece.path.to_str().unwrap()).collect();
    let mut hand_in = |dice: &mut Dice| {
        dice.shuffle(&mut paths);
        let mut arguments = vec!["submit"];
        arguments.extend(&paths);
        let ran = town.run(&arguments);
        assert_eq!(ran.code, 0, "{}", ran.errors);
    };
    for _ in 0..5 {
        hand_in(&mut dice);
    }
    let fleet = Fleet::start(&town, 2, 2);
    for _ in 0..5 {
        hand_in(&mut dice);
    }
    assert!(town.wait_settled(PATIENCE), "not everything was settled in time");
    fleet.end();
    let verdict = referee::judge(&town, &post.pieces);
    println!("{verdict}");
    assert!(verdict.is_clean());
    assert_nothing_was_done_twice(&town.proxy().counts());
}

/// T-08.
#[test]
fn when_all_queues_are_emptied_the_ledger_rings_again() {
    let _turn = turn();
    let town = Town::new(Mode::Scaled, Rates::NONE, 6);
    let post = town.post(Mix { papers: 0.0, ..Mix::of(60) }, 30);
    town.submit_all(&post);
    let fleet = Fleet::start(&town, 2, 1);
    wait_until("some were settled", || town.unsettled().is_some_and(|open| open < 50));
    purge_all_queues();
    let begun = Instant::now();
    // Twice the time between two looks into the ledger.
    let settled = town.wait_settled(Duration::from_secs(125));
    println!("all queues were emptied; everything was settled {:.0} s later", begun.elapsed().as_secs_f64());
    fleet.end();
    let verdict = referee::judge(&town, &post.pieces);
    println!("{verdict}");
    assert!(settled && verdict.is_clean());
}

/// T-14.
#[test]
fn without_a_broker_the_workers_ask_the_ledger() {
    let _turn = turn();
    let town = Town::new(Mode::Scaled, Rates::NONE, 6);
    let post = town.post(Mix::plain(60), 60);
    town.submit_all(&post);
    let fleet = Fleet::start(&town, 2, 1);
    wait_until("some were settled", || town.unsettled().is_some_and(|open| open < 50));
    broker().kill9();
    let (begun, open) = (Instant::now(), town.unsettled().unwrap());
    let settled = town.wait_settled(Duration::from_secs(60));
    let done = open - town.unsettled().unwrap();
    println!("without a broker {done} of {open} were settled in {:.0} s", begun.elapsed().as_secs_f64());
    broker().restart();
    let settled_with = settled || town.wait_settled(PATIENCE);
    fleet.end();
    let verdict = referee::judge(&town, &post.pieces);
    println!("{verdict}");
    assert!(settled_with && verdict.is_clean());
    assert!(settled, "nothing may depend on the broker");
}

/// T-15.
#[test]
fn while_the_dms_is_away_documents_wait_in_order_and_no_attempt_is_burned() {
    let _turn = turn();
    const SLOTS: usize = 2;
    let town = Town::new(Mode::Scaled, Rates::NONE, 6);
    let post = town.post(Mix::plain(40), 40);
    let fleet = Fleet::start(&town, SLOTS, 1);
    town.proxy().down();
    town.submit_all(&post);
    let away = Duration::from_secs(wish("CHAOS_SECONDS_AWAY").unwrap_or(25));
    std::thread::sleep(away);
    town.proxy().up();
    let up = Instant::now();
    let settled = town.wait_settled(PATIENCE);
    let took = up.elapsed();
    fleet.end();
    let (verdict, books) = referee::judge_with_books(&town, &post.pieces);
    let counts = town.proxy().counts();
    let first = counts.complete.first().map(|(at, _)| at.duration_since(up)).unwrap_or_default();
    let burned: u64 = books.cases.values().map(|story| story.attempts.saturating_sub(1)).sum();
    let displaced = furthest_displaced(&counts, &books);
    println!(
        "DMS away for {} s: {burned} attempts burned, {} claims for 40 documents, first filing {:.1} s after its \
         return, all {:.1} s after, most at once {}, displaced by at most {displaced}\n{verdict}",
        away.as_secs(),
        verdict.claims,
        first.as_secs_f64(),
        took.as_secs_f64(),
        counts.most_since_up
    );
    assert!(settled && verdict.is_clean());
    assert_eq!(burned, 0, "attempts");
    assert!(first < Duration::from_secs(30), "the flow resumes");
    assert!(counts.most_since_up <= SLOTS + 1, "no thundering herd");
    assert!(displaced <= 3 * SLOTS, "in order of arrival, but for what is worked on side by side");
    assert!(verdict.claims <= 40 * 3, "nobody runs in circles");
}

/// How far from its place in the order of arrival a document was filed.
fn furthest_displaced(counts: &Counts, books: &Books) -> usize {
    let mut order: Vec<u64> = Vec::new();
    for (_, key) in &counts.complete {
        order.extend(books.of_key(key).map(|story| story.arrived));
    }
    let mut sorted = order.clone();
    sorted.sort_unstable();
    let place = |arrived: &u64| sorted.iter().position(|other| other == arrived).unwrap();
    order.iter().enumerate().map(|(filed, arrived)| filed.abs_diff(place(arrived))).max().unwrap_or(0)
}

/// T-24.
#[test]
fn clocks_that_are_wrong_or_jump_by_a_day_change_nothing() {
    assert!(Path::new(CLOCK).exists(), "install the package faketime (.ci/install tests)");
    let _turn = turn();
    let town = Town::new(Mode::Scaled, Rates::NONE, 6);
    let post = town.post(Mix { papers: 0.0, ..Mix::of(60) }, 60);
    town.submit_all(&post);
    let jumping = town.folder().join("clock");
    std::fs::write(&jumping, "+0").unwrap();
    let mut workers = Vec::new();
    for (number, offset) in ["-1h", "+1h", ""].into_iter().enumerate() {
        let name = format!("worker-{number}");
        let mut command = town.command(&["worker", "--concurrency", "1", "--name", &name]);
        command.env("LD_PRELOAD", CLOCK).env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        match offset {
            "" => command.env("FAKETIME_TIMESTAMP_FILE", &jumping).env("FAKETIME_NO_CACHE", "1"),
            offset => command.env("FAKETIME", offset),
        };
        workers.push(town.start_of(command));
    }
    for jump in ["+1d", "-1d", "+0"] {
        std::thread::sleep(Duration::from_millis(1_500));
        std::fs::write(&jumping, jump).unwrap();
    }
    let settled = town.wait_settled(PATIENCE);
    for worker in &mut workers {
        worker.kill().unwrap();
        worker.wait().unwrap();
    }
    let verdict = referee::judge(&town, &post.pieces);
    println!("{verdict}");
    assert!(settled && verdict.is_clean());
    assert_nothing_was_done_twice(&town.proxy().counts());
}

/// T-24, in one process: tomorrow's post, worked on yesterday.
#[test]
fn one_process_works_on_when_its_clock_runs_backwards() {
    let _turn = turn();
    let town = Town::new(Mode::EmbeddedFolder, Rates::NONE, 6);
    let post = town.post(Mix { papers: 0.0, ..Mix::of(12) }, 12);
    let shifted = |offset: &str, arguments: &[&str]| {
        let mut command = town.command(arguments);
        command.env("LD_PRELOAD", CLOCK).env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("FAKETIME", offset);
        crate::town::ran(command)
    };
    let submitted = shifted("+1d", &["submit", post.batches[0].to_str().unwrap()]);
    assert_eq!(submitted.code, 0, "{}", submitted.errors);
    let worked = shifted("-1d", &["worker", "--until-empty"]);
    assert_eq!(worked.code, 0, "{}", worked.errors);
    let verdict = referee::judge(&town, &post.pieces);
    println!("{verdict}");
    assert!(verdict.is_clean());
}

/// T-25 and T-26.
#[test]
fn workers_that_are_told_to_stop_under_load_leave_nothing_behind_and_nothing_to_redo() {
    let _turn = turn();
    let town = Town::new(Mode::Scaled, Rates::NONE, 6);
    let mut post = town.post(Mix::plain(150), 150);
    let folder = post.batches[0].clone();
    post.pieces.extend((0..4).map(|number| crate::post::scan(&folder, number)));
    town.submit_all(&post);
    let mut fleet = Fleet::start(&town, 1, 1);
    let mut ends = Vec::new();
    wait_until("some were settled", || town.unsettled().is_some_and(|open| open < 145));
    for _ in 0..7 {
        fleet.add();
    }
    std::thread::sleep(Duration::from_secs(4));
    for _ in 0..7 {
        std::thread::sleep(Duration::from_millis(300));
        ends.push(fleet.tell_to_stop(0));
    }
    let settled = town.wait_settled(PATIENCE);
    ends.extend(fleet.end());
    let slowest = ends.iter().map(|end| end.took).max().unwrap();
    let (verdict, books) = referee::judge_with_books(&town, &post.pieces);
    let burned: u64 = books.cases.values().map(|story| story.attempts.saturating_sub(1)).sum();
    let claims = verdict.claims;
    println!(
        "1 → 8 → 1 workers: slowest end {:.1} s, {claims} claims for 154 documents, {burned} attempts burned\n{verdict}",
        slowest.as_secs_f64()
    );
    assert!(ends.iter().all(|end| end.status.success()), "told to stop, a worker ends well");
    assert!(slowest < DEADLINE, "in time");
    assert!(settled && verdict.is_clean());
    assert_eq!(burned, 0, "attempts");
    assert_nothing_was_done_twice(&town.proxy().counts());
}

/// T-27: far more waits than can be worked on; what is worked on is bounded by the slots, whatever waits.
#[test]
fn a_slow_dms_and_a_long_queue_cost_no_memory() {
    let _turn = turn();
    const SLOTS: usize = 2;
    let slow = Rates { pause: Duration::from_millis(40), ..Rates::NONE };
    let town = Town::new(Mode::Scaled, slow, 6);
    let post = town.post(Mix::plain(200), 200);
    town.submit_all(&post);
    let fleet = Fleet::start(&town, 1, SLOTS);
    wait_until("some were settled", || town.unsettled().is_some_and(|open| open < 192));
    let memory = |fleet: &Fleet<'_>| resident(fleet.ids()[0]);
    let early = memory(&fleet);
    std::thread::sleep(Duration::from_secs(12));
    let late = memory(&fleet);
    let most = town.proxy().counts().most_at_once;
    town.proxy().set(Rates::NONE);
    let settled = town.wait_settled(PATIENCE);
    fleet.end();
    let verdict = referee::judge(&town, &post.pieces);
    println!("200 wait: memory {early} KiB, 12 s later {late} KiB, most at once {most}\n{verdict}");
    assert!(settled && verdict.is_clean());
    assert!(most <= SLOTS, "the DMS never sees more than the slots");
    assert!(late <= early + early / 10 + 4_096, "memory grew from {early} to {late} KiB");
}

/// T-10: documents that kill their reader. The same post without them is worked on beside it, by as many workers
/// of the same machine, so that whatever else slows the machine down slows both.
#[test]
fn poison_for_the_reader_holds_up_nobody_else() {
    let _turn = turn();
    const GOOD: usize = 198;
    let fault = format!("reader-aborts-on={}", crate::post::POISON);
    let measure = |poisons: usize| {
        let town = Town::new(Mode::Scaled, Rates::NONE, 6).with_fault(&fault);
        let mut post = town.post(Mix::plain(GOOD), GOOD);
        let folder = post.batches[0].clone();
        post.pieces.extend((0..poisons).map(|number| poison(&folder, number)));
        town.submit_all(&post);
        (town, post)
    };
    let towns = [measure(0), measure(2)];
    let begun = Instant::now();
    let fleets: Vec<_> = towns.iter().map(|(town, _)| Fleet::start(town, 1, 1)).collect();
    let settled = towns.iter().all(|(town, _)| town.wait_settled(PATIENCE));
    for fleet in fleets {
        fleet.end();
    }
    let mut took = Vec::new();
    for (poisons, (town, post)) in [0, 2].into_iter().zip(&towns) {
        let (verdict, books) = referee::judge_with_books(town, &post.pieces);
        assert!(settled && verdict.is_clean() && verdict.isolated == 0, "{verdict}");
        for story in books.cases.values().filter(|story| story.reason == "crashed") {
            assert!(
                story.failures.len() < 2 && story.claims <= 2,
                "{:?}, {} claims",
                story.failures,
                story.claims
            );
        }
        assert_eq!(verdict.clearing.get("crashed").copied().unwrap_or_default(), poisons);
        let counts = town.proxy().counts();
        took.push(counts.complete.last().map(|(at, _)| at.duration_since(begun)).unwrap_or_default());
    }
    println!(
        "{GOOD} good documents: {:.1} s alone, {:.1} s beside 1 % poison: throughput {:.0} %",
        took[0].as_secs_f64(),
        took[1].as_secs_f64(),
        100.0 * took[0].as_secs_f64() / took[1].as_secs_f64()
    );
}

/// T-11: a document that kills the whole worker while it is examined.
#[test]
fn poison_for_the_worker_ends_in_clearing_alone() {
    let deaths = die_over(poison_invoice);
    assert!(deaths <= 3, "{deaths} workers died over one e-invoice");
}

/// T-11 for a paper: our own process dies before a confined child reads it.
#[test]
fn poison_that_kills_the_worker_before_its_pages_are_read_ends_in_clearing_alone() {
    let deaths = die_over(|folder| poison(folder, 0));
    assert!(deaths <= 3, "{deaths} workers died over one paper");
}

/// How many workers died over one document.
fn die_over(poison: impl Fn(&Path) -> Piece) -> usize {
    let _turn = turn();
    let fault = format!("worker-aborts-on={}", crate::post::POISON);
    let town = Town::new(Mode::Scaled, Rates::NONE, 1).with_fault(&fault);
    let mut post = town.post(Mix::plain(20), 20);
    let folder = post.batches[0].clone();
    post.pieces.push(poison(&folder));
    town.submit_all(&post);
    let mut fleet = Fleet::start(&town, 2, 1);
    let (begun, mut deaths) = (Instant::now(), 0);
    while town.unsettled() != Some(0) && begun.elapsed() < PATIENCE {
        deaths += fleet.care(false);
        std::thread::sleep(Duration::from_millis(100));
    }
    fleet.end();
    let verdict = referee::judge(&town, &post.pieces);
    println!("one document killed {deaths} workers in {:.0} s\n{verdict}", begun.elapsed().as_secs_f64());
    assert!(verdict.is_clean() && verdict.isolated == 0);
    deaths
}

/// Every file was put and moved once: no redelivery did an outer thing again.
fn assert_nothing_was_done_twice(counts: &Counts) {
    let again: Vec<_> = counts.puts.iter().chain(&counts.moves).filter(|(_, times)| **times > 1).collect();
    assert!(again.is_empty(), "{} files were put or moved again, as {}", again.len(), again[0].0);
}

/// All of the broker's queues, of all tenants.
pub fn purge_all_queues() {
    let names = broker().control(&["list_queues", "--quiet", "--no-table-headers", "name"]);
    runtime().block_on(async {
        let properties = lapin::ConnectionProperties::default();
        let connection = lapin::Connection::connect(&broker().url(), properties).await.unwrap();
        let channel = connection.create_channel().await.unwrap();
        for name in names.lines() {
            channel
                .queue_purge(name.trim().into(), lapin::options::QueuePurgeOptions::default())
                .await
                .unwrap();
        }
    });
}

/// Memory a process holds (KiB).
fn resident(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}
