//! The workers of a town: started, killed, frozen, told to stop.

use crate::town::Town;
use rustix::process::{Pid, Signal, kill_process};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

pub struct Fleet<'a> {
    town: &'a Town,
    pub workers: Vec<Worker>,
    started: usize,
    /// How many there shall be.
    wanted: usize,
    last_added: Instant,
    arguments: Vec<String>,
}

pub struct Worker {
    child: Child,
    /// Frozen until then.
    thaws: Option<Instant>,
}

/// How one worker ended that was told to stop.
pub struct Ended {
    pub status: ExitStatus,
    pub took: Duration,
}

impl<'a> Fleet<'a> {
    /// `slots`: documents at the same time per worker.
    pub fn start(town: &'a Town, workers: usize, slots: usize) -> Self {
        let arguments = ["worker", "--concurrency", &slots.to_string()].map(str::to_owned).to_vec();
        let mut fleet =
            Self { town, workers: Vec::new(), started: 0, wanted: 0, last_added: Instant::now(), arguments };
        for _ in 0..workers {
            fleet.add();
        }
        fleet
    }

    pub fn add(&mut self) {
        self.wanted += 1;
        self.put_to_work();
    }

    fn put_to_work(&mut self) {
        self.started += 1;
        self.last_added = Instant::now();
        let name = format!("worker-{}", self.started);
        let mut arguments: Vec<&str> = self.arguments.iter().map(String::as_str).collect();
        arguments.extend(["--name", &name]);
        self.workers.push(Worker { child: self.town.start(&arguments), thaws: None });
    }

    /// SIGKILL, and another one in its place.
    pub fn kill(&mut self, place: usize) {
        let mut worker = self.workers.remove(place);
        worker.child.kill().unwrap();
        worker.child.wait().unwrap();
        self.put_to_work();
    }

    pub fn freeze(&mut self, place: usize, time: Duration) {
        let worker = &mut self.workers[place];
        worker.signal(Signal::STOP);
        worker.thaws = Some(Instant::now() + time);
    }

    /// Wakes those whose time has come, and replaces those that ended by themselves. Answers how many had.
    pub fn care(&mut self, now: bool) -> usize {
        for worker in &mut self.workers {
            if worker.thaws.is_some_and(|until| now || until <= Instant::now()) {
                worker.signal(Signal::CONT);
                worker.thaws = None;
            }
        }
        let before = self.workers.len();
        self.workers.retain_mut(|worker| worker.child.try_wait().unwrap().is_none());
        let ended = before - self.workers.len();
        // Who does not come up because a server is away is not started in circles.
        if self.workers.len() < self.wanted && self.last_added.elapsed() > Duration::from_millis(250) {
            self.put_to_work();
        }
        ended
    }

    pub fn ids(&self) -> Vec<u32> {
        self.workers.iter().map(|worker| worker.child.id()).collect()
    }

    /// SIGTERM to one.
    pub fn tell_to_stop(&mut self, place: usize) -> Ended {
        let mut worker = self.workers.remove(place);
        self.wanted -= 1;
        let begun = Instant::now();
        worker.signal(Signal::TERM);
        loop {
            if let Some(status) = worker.child.try_wait().unwrap() {
                return Ended { status, took: begun.elapsed() };
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// SIGTERM to all.
    pub fn end(mut self) -> Vec<Ended> {
        for worker in &self.workers {
            worker.signal(Signal::CONT);
            worker.signal(Signal::TERM);
        }
        let mut ended = Vec::new();
        while !self.workers.is_empty() {
            ended.push(self.tell_to_stop(0));
        }
        ended
    }
}

impl Worker {
    fn signal(&self, signal: Signal) {
        if let Some(id) = Pid::from_raw(self.child.id() as i32) {
            kill_process(id, signal).ok();
        }
    }
}

/// Nothing goes on when a test has failed.
impl Drop for Fleet<'_> {
    fn drop(&mut self) {
        for worker in &mut self.workers {
            worker.child.kill().ok();
            worker.child.wait().ok();
        }
    }
}
