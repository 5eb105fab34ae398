//! T-01, T-02, T-07, T-16, T-33: many workers on RabbitMQ, PostgreSQL and WebDAV, while everything is killed.

use crate::dice::Dice;
use crate::fleet::Fleet;
use crate::killer::{Kill, Killer};
use crate::post::{Mix, Post};
use crate::proxy::{Counts, Rates};
use crate::referee::{self, Verdict};
use crate::town::{Mode, Town, turn};
use crate::wish;
use std::collections::BTreeMap;
use std::process::Child;
use std::time::{Duration, Instant};

/// How long everything may take when nobody is killed any more.
const SETTLE: Duration = Duration::from_secs(240);

#[test]
fn nothing_is_lost_and_nothing_doubled_while_everything_is_killed() {
    let _turn = turn();
    let mut town = Town::new(Mode::Scaled, Rates::BAD, 6);
    if let Some(fault) = wish::<String>("CHAOS_FAULT") {
        town = town.with_fault(&fault);
    }
    let mix =
        Mix { papers: wish("CHAOS_PAPERS").unwrap_or(0.01), ..Mix::of(wish("CHAOS_DOCUMENTS").unwrap_or(60)) };
    let verdict = disturb(&town, mix, wish("CHAOS_WORKERS").unwrap_or(4));
    assert!(verdict.is_clean(), "CHAOS_SEED={}", town.seed);
}

/// The whole run: intake goes on, workers work, somebody is killed every second until everything is settled.
pub fn disturb(town: &Town, mix: Mix, workers: usize) -> Verdict {
    let post = town.post(mix, 50.min(mix.documents / 6 + 1));
    let every = Duration::from_secs_f64(wish("CHAOS_SECONDS_PER_KILL").unwrap_or(1.0));
    let before = post.batches.len() / 4 + 1;
    let begun = Instant::now();
    for batch in &post.batches[..before] {
        assert!(town.submit(batch), "nobody is killed yet");
    }
    let mut fleet = Fleet::start(town, workers, 1);
    let mut killer = Killer::new(town.seed, every, town.proxy());
    let mut intake = Intake::new(town, &post, before);
    let mut ended_by_themselves = 0;
    let mut asked = Instant::now();
    loop {
        killer.tick(&mut fleet);
        ended_by_themselves += fleet.care(false);
        let all_in = intake.tick();
        std::thread::sleep(Duration::from_millis(20));
        if all_in && asked.elapsed() > Duration::from_millis(1_500) {
            asked = Instant::now();
            if town.unsettled() == Some(0) {
                break;
            }
            // Kills cannot go on for ever where a fault is wished that forgets documents.
            let most = Duration::from_secs(60) + every.max(Duration::from_secs(1)) * mix.documents as u32;
            if begun.elapsed() > most {
                break;
            }
        }
    }
    let kills = killer.stop(&mut fleet);
    let disturbed = begun.elapsed();
    let settled = town.wait_settled(SETTLE);
    let whole = begun.elapsed();
    for ended in fleet.end() {
        assert!(ended.status.success(), "told to stop, a worker ends well");
    }
    let verdict = referee::judge(town, &post.pieces);
    let counts = town.proxy().counts();
    report(&verdict, &kills, &counts, intake.killed, ended_by_themselves);
    let rate = mix.documents as f64 / whole.as_secs_f64();
    println!(
        "seconds {:.0} (disturbed {:.0}), {rate:.1} documents per second, all settled: {settled}\n",
        whole.as_secs_f64(),
        disturbed.as_secs_f64()
    );
    verdict
}

pub fn report(verdict: &Verdict, kills: &BTreeMap<Kill, usize>, counts: &Counts, intake: usize, ended: usize) {
    println!("CHAOS_SEED={}", crate::seed());
    print!("{verdict}");
    println!("kills                {kills:?}, {intake} of the intake; {ended} workers ended by themselves");
    let share = 100.0 * counts.struck as f64 / counts.attempts.max(1) as f64;
    let faults: Vec<_> = counts.faults.iter().map(|(fault, count)| format!("{fault} {count}")).collect();
    println!("requests             {}, most at once {}", counts.requests, counts.most_at_once);
    println!("filings struck       {} of {} attempts ({share:.0} %)", counts.struck, counts.attempts);
    println!("faults               {}", faults.join(", "));
}

/// Hands in the rest, batch by batch; is killed itself, and repeats what was not said to be safe.
struct Intake<'a> {
    town: &'a Town,
    post: &'a Post,
    next: usize,
    dice: Dice,
    running: Option<(Child, Option<Instant>)>,
    killed: usize,
}

impl<'a> Intake<'a> {
    fn new(town: &'a Town, post: &'a Post, next: usize) -> Self {
        Self { town, post, next, dice: Dice::of(town.seed, "intake"), running: None, killed: 0 }
    }

    /// `true` when everything is in.
    fn tick(&mut self) -> bool {
        if let Some((child, dies)) = &mut self.running {
            if let Some(status) = child.try_wait().unwrap() {
                self.next += usize::from(status.success());
                self.running = None;
            } else if dies.is_some_and(|at| at <= Instant::now()) {
                child.kill().unwrap();
                child.wait().unwrap();
                self.killed += 1;
                self.running = None;
            }
            return false;
        }
        let Some(batch) = self.post.batches.get(self.next) else { return true };
        let dies = self.dice.chance(0.5).then(|| Instant::now() + self.dice.time(20..700));
        self.running = Some((self.town.start(&["submit", batch.to_str().unwrap()]), dies));
        false
    }
}
