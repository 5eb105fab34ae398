//! Kills at random: one every so often, seeded, everything is started again.

use crate::dice::Dice;
use crate::fleet::Fleet;
use crate::proxy::Proxy;
use crate::town::{apache, broker, database};
use std::collections::BTreeMap;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kill {
    Worker,
    WorkerFrozen,
    Broker,
    Database,
    /// The DMS refuses connections for some seconds.
    DmsAway,
    /// The DMS itself is killed and started again.
    Dms,
}

#[rustfmt::skip]
const WEIGHTS: [(Kill, usize); 6] = [
    (Kill::Worker, 66), (Kill::WorkerFrozen, 10), (Kill::Broker, 5), (Kill::Database, 7), (Kill::DmsAway, 7),
    (Kill::Dms, 5),
];

/// A server that was killed is left alone for so long, lest it never come to work.
const PEACE: Duration = Duration::from_secs(25);

pub struct Killer<'a> {
    dice: Dice,
    every: Duration,
    proxy: &'a Proxy,
    next: Instant,
    /// Servers on their way back.
    returning: Vec<JoinHandle<()>>,
    last: BTreeMap<Kill, Instant>,
    dms_back: Option<Instant>,
    pub kills: BTreeMap<Kill, usize>,
}

impl<'a> Killer<'a> {
    pub fn new(seed: u64, every: Duration, proxy: &'a Proxy) -> Self {
        let now = Instant::now();
        // RabbitMQ 3.10 can forget a queue that was declared a few seconds ago (see `topology.rs`).
        let last = BTreeMap::from([(Kill::Broker, now - (PEACE - Duration::from_secs(8)))]);
        let (dice, kills) = (Dice::of(seed, "kills"), BTreeMap::new());
        Self { dice, every, proxy, next: now + every, returning: Vec::new(), last, dms_back: None, kills }
    }

    /// To be called often.
    pub fn tick(&mut self, fleet: &mut Fleet<'_>) {
        if self.dms_back.is_some_and(|at| at <= Instant::now()) {
            self.dms_back = None;
            self.proxy.up();
        }
        if Instant::now() < self.next {
            return;
        }
        if fleet.workers.is_empty() {
            return;
        }
        self.next = Instant::now().max(self.next + self.every);
        let kill = self.choose();
        *self.kills.entry(kill).or_default() += 1;
        self.last.insert(kill, Instant::now());
        let place = self.dice.below(fleet.workers.len());
        match kill {
            Kill::Worker => fleet.kill(place),
            Kill::WorkerFrozen => fleet.freeze(place, self.dice.time(5_000..12_000)),
            Kill::Broker => {
                self.returning.push(std::thread::spawn(|| {
                    broker().kill9();
                    broker().restart();
                }));
            }
            Kill::Database => {
                self.returning.push(std::thread::spawn(|| {
                    database().kill9();
                    database().start();
                }));
            }
            Kill::DmsAway => {
                self.proxy.down();
                self.dms_back = Some(Instant::now() + self.dice.time(1_500..5_000));
            }
            Kill::Dms => {
                apache().stop();
                self.returning.push(std::thread::spawn(|| apache().start()));
            }
        }
    }

    fn choose(&mut self) -> Kill {
        let kill = self.dice.one_of(&WEIGHTS);
        let rested = self.last.get(&kill).is_none_or(|last| last.elapsed() > PEACE);
        let own_peace = matches!(kill, Kill::Worker | Kill::WorkerFrozen);
        if own_peace || rested { kill } else { Kill::Worker }
    }

    /// Everything is there again.
    pub fn stop(mut self, fleet: &mut Fleet<'_>) -> BTreeMap<Kill, usize> {
        for returning in self.returning.drain(..) {
            returning.join().unwrap();
        }
        self.proxy.up();
        fleet.care(true);
        self.kills
    }
}
