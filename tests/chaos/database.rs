//! A PostgreSQL of our own that can be killed and started again over the same data.
//!
//! In: the Debian package postgresql. Out: addresses of fresh databases. Absent on purpose: sparing it.

use crate::support::watchdog::{Watchdog, folder, free_ports, hand_to, is_root};
use rustix::process::Pid;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(120);

pub struct Database {
    watchdog: Mutex<Watchdog>,
    programs: PathBuf,
    port: u16,
    data: PathBuf,
}

impl Database {
    pub fn start_new() -> Self {
        let programs = programs();
        let [port] = free_ports();
        let folder = folder("database");
        if is_root() {
            hand_to("postgres", &folder);
        }
        let data = folder.join("data").display().to_string();
        let program = |name: &str| programs.join(name).display().to_string();
        let init = ["-D", &data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"];
        let init = as_postgres(&program("initdb"), &init);
        let made = Command::new(&init[0]).args(&init[1..]).current_dir(&folder).output().unwrap();
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let place = folder.display().to_string();
        let port_text = port.to_string();
        let serve =
            ["-D", &data, "-k", &place, "-h", "127.0.0.1", "-p", &port_text, "-c", "max_connections=300"];
        let watchdog = Watchdog::over(&folder, &as_postgres(&program("postgres"), &serve), &[]);
        let database = Self { watchdog: Mutex::new(watchdog), programs, port, data: folder.join("data") };
        database.start();
        database
    }

    /// Starts it (again); it recovers by itself.
    pub fn start(&self) {
        let mut watchdog = self.watchdog.lock().unwrap();
        watchdog.start();
        let begun = Instant::now();
        while !self.is_ready() {
            assert!(begun.elapsed() < PATIENCE, "PostgreSQL did not start:\n{}", watchdog.output());
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// SIGKILL to the postmaster and everything it started; its children have sessions of their own.
    pub fn kill9(&self) {
        let watchdog = self.watchdog.lock();
        let postmaster = self.postmaster();
        let children = postmaster.map(children_of).unwrap_or_default();
        watchdog.unwrap().kill();
        for child in &children {
            rustix::process::kill_process(*child, rustix::process::Signal::KILL).ok();
        }
        // A successor does not start while one of them still holds the shared memory.
        let begun = Instant::now();
        while children.iter().any(|child| Path::new(&format!("/proc/{}", child.as_raw_nonzero())).exists()) {
            assert!(begun.elapsed() < PATIENCE, "children of PostgreSQL outlive it");
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn postmaster(&self) -> Option<Pid> {
        let text = std::fs::read_to_string(self.data.join("postmaster.pid")).ok()?;
        Pid::from_raw(text.lines().next()?.trim().parse().ok()?)
    }

    pub fn fresh(&self, name: &str) -> String {
        // Two that copy the template at once are in each other's way.
        static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
        let _turn = ONE_AT_A_TIME.lock();
        let sql = format!("create database \"{name}\" template template0");
        let port = self.port.to_string();
        let mut psql = Command::new(self.programs.join("psql"));
        psql.args(["-q", "-h", "127.0.0.1", "-p", &port, "-U", "postgres", "-c", &sql, "postgres"]);
        let done = psql.output().unwrap();
        assert!(done.status.success(), "{sql}: {}", String::from_utf8_lossy(&done.stderr));
        format!("postgres://postgres@127.0.0.1:{}/{name}?sslmode=disable", self.port)
    }

    fn is_ready(&self) -> bool {
        let port = self.port.to_string();
        let mut ask = Command::new(self.programs.join("pg_isready"));
        ask.args(["-q", "-h", "127.0.0.1", "-p", &port]).status().is_ok_and(|status| status.success())
    }
}

pub fn children_of(parent: Pid) -> Vec<Pid> {
    let wanted = format!("PPid:\t{}", parent.as_raw_nonzero());
    let mut found = Vec::new();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let id = entry.file_name().to_str().and_then(|name| name.parse().ok()).and_then(Pid::from_raw);
        let status = std::fs::read_to_string(entry.path().join("status")).unwrap_or_default();
        found.extend(id.filter(|_| status.lines().any(|line| line == wanted)));
    }
    found
}

/// PostgreSQL refuses to run as root.
fn as_postgres(program: &str, arguments: &[&str]) -> Vec<String> {
    let user: &[&str] = if is_root() { &["runuser", "-u", "postgres", "--"] } else { &[] };
    user.iter().chain([&program]).chain(arguments).map(|&word| word.to_owned()).collect()
}

fn programs() -> PathBuf {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> =
        versions.map(|version| version.path().join("bin")).filter(|bin| all_there(bin)).collect();
    found.sort();
    found.pop().expect("PostgreSQL is missing: install the package postgresql (.ci/install tests)")
}

fn all_there(bin: &Path) -> bool {
    ["initdb", "postgres", "psql", "pg_isready"].iter().all(|name| bin.join(name).exists())
}
