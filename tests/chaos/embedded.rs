//! T-03: everything in one process, which is killed every second and started again.

use crate::dice::Dice;
use crate::killer::Kill;
use crate::post::Mix;
use crate::proxy::Rates;
use crate::referee::{self, Verdict};
use crate::scaled::report;
use crate::town::{Mode, Town, turn};
use crate::wish;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// So often the program may try to finish when nobody kills it any more.
const LAST_RUNS: usize = 12;

#[test]
fn one_process_that_is_killed_every_second_loses_and_doubles_nothing() {
    let _turn = turn();
    let mut town = Town::new(Mode::Embedded, Rates::BAD, 6);
    if let Some(fault) = wish::<String>("CHAOS_FAULT") {
        town = town.with_fault(&fault);
    }
    let mix =
        Mix { papers: wish("CHAOS_PAPERS").unwrap_or(0.01), ..Mix::of(wish("CHAOS_DOCUMENTS").unwrap_or(40)) };
    let verdict = disturb(&town, mix);
    assert!(verdict.is_clean(), "CHAOS_SEED={}", town.seed);
}

#[test]
fn one_process_filing_into_a_folder_loses_and_doubles_nothing() {
    let _turn = turn();
    let town = Town::new(Mode::EmbeddedFolder, Rates::NONE, 6);
    let verdict = disturb(&town, Mix { papers: 0.0, ..Mix::of(40) });
    assert!(verdict.is_clean(), "CHAOS_SEED={}", town.seed);
}

/// Submitting and working take turns, since the house has one key; each is killed.
fn disturb(town: &Town, mix: Mix) -> Verdict {
    let post = town.post(mix, 25.min(mix.documents / 5 + 1));
    let every = Duration::from_secs_f64(wish("CHAOS_SECONDS_PER_KILL").unwrap_or(1.0));
    let mut dice = Dice::of(town.seed, "embedded");
    let (mut kills, mut killed_intake, mut next) = (BTreeMap::new(), 0, 0);
    let begun = Instant::now();
    let most = Duration::from_secs(30) + every * mix.documents as u32 * 2;
    let mut looked = Instant::now();
    while begun.elapsed() < most {
        let hand_in = next < post.batches.len() && dice.chance(0.3);
        let arguments = match hand_in {
            true => vec!["submit", post.batches[next].to_str().unwrap()],
            false => vec!["worker", "--concurrency", "2"],
        };
        let mut running = town.start(&arguments);
        // Now and then in the middle of starting, otherwise a second on average.
        let lives = if dice.chance(0.2) { dice.time(20..300) } else { dice.time(600..1_800) }
            .mul_f64(every.as_secs_f64());
        let dies = Instant::now() + lives;
        while running.try_wait().unwrap().is_none() && Instant::now() < dies {
            std::thread::sleep(Duration::from_millis(5));
        }
        match running.try_wait().unwrap() {
            Some(status) if hand_in => next += usize::from(status.success()),
            Some(status) => {
                assert!(status.success() || status.code() == Some(3), "a worker ended with {status}")
            }
            None => {
                running.kill().unwrap();
                running.wait().unwrap();
                if hand_in { killed_intake += 1 } else { *kills.entry(Kill::Worker).or_default() += 1 }
            }
        }
        if next == post.batches.len() && looked.elapsed() > Duration::from_secs(5) {
            looked = Instant::now();
            if town.unsettled() == Some(0) {
                break;
            }
        }
    }
    for batch in &post.batches[next..] {
        assert!(town.submit(batch), "nobody kills any more");
    }
    for _ in 0..LAST_RUNS {
        if town.run(&["worker", "--until-empty"]).code == 0 {
            break;
        }
    }
    let took = begun.elapsed().as_secs_f64();
    let verdict = referee::judge(town, &post.pieces);
    let counts = town.proxy.as_ref().map(crate::proxy::Proxy::counts).unwrap_or_default();
    report(&verdict, &kills, &counts, killed_intake, 0);
    println!("seconds {took:.0}, {:.1} documents per second\n", mix.documents as f64 / took);
    verdict
}
