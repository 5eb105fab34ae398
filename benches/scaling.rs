//! Scaling: e-invoices from the queue to the drawer with 1, 2 and 4 workers, on RabbitMQ and PostgreSQL of our own.
//!
//! Out, for a folder tree and for WebDAV (Apache): documents per second, CPU per document of the workers and of the
//! servers, and how busy the machine was. Near 100 % of all cores the machine is the ceiling; below, it is the disk or a
//! server that makes the others wait.
//!
//! `LAUFMAPPE_BENCH_DOCUMENTS`: how many per round (300).

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark prints, and may fail loudly"
)]

#[path = "../tests/support/mod.rs"]
mod support;

use rustix::process::{Pid, Signal, kill_process};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Child;
use std::sync::OnceLock;
use std::time::{Duration, Instant};
use support::apache::Apache;
use support::house::{House, samples};
use support::postgres::fresh_database;
use support::rabbit::broker;

/// The share of our own programs and of the servers (names as the kernel knows them).
const GROUPS: [(&str, &[&str]); 4] = [
    ("workers", &["laufmappe"]),
    ("RabbitMQ", &["beam.smp"]),
    ("PostgreSQL", &["postgres"]),
    ("Apache", &["apache2"]),
];
const PATIENCE: Duration = Duration::from_secs(600);

fn main() {
    let documents = std::env::var("LAUFMAPPE_BENCH_DOCUMENTS").ok().and_then(|text| text.parse().ok());
    let documents: usize = documents.unwrap_or(300);
    println!("{documents} e-invoices per round, {} cores", std::thread::available_parallelism().unwrap());
    println!(
        "{:8} {:>7} {:>9} {:>10} {:>10} {:>10} {:>10} {:>7}",
        "target", "workers", "per s", "workers", "RabbitMQ", "PostgreSQL", "Apache", "busy"
    );
    for webdav in [false, true] {
        let mut alone = None;
        for workers in [1, 2, 4] {
            let per_second = round(documents, workers, webdav);
            let alone = *alone.get_or_insert(per_second);
            println!("{:16} {:.2} times as fast as one worker", "", per_second / alone);
        }
    }
}

fn round(documents: usize, workers: usize, webdav: bool) -> f64 {
    let house = House::shared(&broker().url(), &fresh_database());
    if webdav {
        let (apache, settings) = (apache(), house.folder().join("laufmappe.toml"));
        let password = house.folder().join("password");
        std::fs::write(&password, Apache::PASSWORD).unwrap();
        let drawer = format!("runde-{}-{workers}", std::process::id());
        let place = apache.root().join(&drawer);
        std::fs::create_dir(&place).unwrap();
        support::watchdog::hand_to("www-data", &place);
        let target = format!(
            "[work]\nlease = 60\n[tenants.standard.targets.akte]\nkind = 'webdav'\nurl = '{}{drawer}/'\nuser = '{}'\n\
             password-file = '{}'\n",
            apache.url(),
            Apache::USER,
            password.display()
        );
        std::fs::write(settings, target).unwrap();
    }
    let post = house.folder().join("post");
    write_post(&post, documents);
    assert_eq!(house.laufmappe(&["drain", "--by", "bench"]).code, 0);
    assert_eq!(house.laufmappe(&["submit", post.to_str().unwrap()]).code, 0);
    let fleet: Vec<Child> = (0..workers).map(|_| house.start(&["worker", "--concurrency", "1"])).collect();
    // They are up, look for the pause and take nothing.
    std::thread::sleep(Duration::from_secs(3));

    let (begun, before, machine) = (Instant::now(), used(), busy());
    assert_eq!(house.laufmappe(&["drain", "--end"]).code, 0);
    while open(&house) > 0 {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(500));
    }
    let seconds = begun.elapsed().as_secs_f64();
    let (after, machine_after) = (used(), busy());
    for mut worker in fleet {
        kill_process(Pid::from_child(&worker), Signal::TERM).unwrap();
        assert!(worker.wait().unwrap().success());
    }

    let target = if webdav { "WebDAV" } else { "folder" };
    print!("{target:8} {workers:>7} {:>9.1}", documents as f64 / seconds);
    for (name, _) in GROUPS {
        let milliseconds = 1000.0 * (after[name] - before[name]) / documents as f64;
        print!(" {:>7.1} ms", milliseconds);
    }
    let (working, whole) = (machine_after.0 - machine.0, machine_after.1 - machine.1);
    println!(" {:>5.0} %", 100.0 * working / whole);
    documents as f64 / seconds
}

/// Valid e-invoices, half UBL and half CII, each with a number of its own.
fn write_post(folder: &Path, documents: usize) {
    std::fs::create_dir_all(folder).unwrap();
    let read = |name: &str| std::fs::read_to_string(samples().join(name)).unwrap();
    let originals =
        [(read("02-gutschrift-ubl.xml"), "G-26-00187"), (read("03-rechnung-cii.xml"), "2026/10/3371")];
    for number in 0..documents {
        let (text, old) = &originals[number % 2];
        assert!(text.contains(old));
        let text = text.replacen(old, &format!("SK-{number:06}"), 1);
        std::fs::write(folder.join(format!("{number:06}.xml")), text).unwrap();
    }
}

fn apache() -> &'static Apache {
    static APACHE: OnceLock<Apache> = OnceLock::new();
    APACHE.get_or_init(Apache::start_new)
}

fn open(house: &House) -> u64 {
    let said = house.laufmappe(&["status", "--summary", "--format", "json"]);
    let status: serde_json::Value = serde_json::from_str(&said.output).unwrap();
    status["tenants"]["standard"]["open"].as_u64().unwrap()
}

/// Seconds of CPU that each group has used so far.
fn used() -> BTreeMap<&'static str, f64> {
    let mut used: BTreeMap<_, f64> = GROUPS.iter().map(|(group, _)| (*group, 0.0)).collect();
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let Ok(text) = std::fs::read_to_string(entry.path().join("stat")) else { continue };
        let (Some(from), Some(to)) = (text.find('('), text.rfind(')')) else { continue };
        let name = &text[from + 1..to];
        let Some((group, _)) = GROUPS.iter().find(|(_, names)| names.contains(&name)) else { continue };
        let fields: Vec<&str> = text[to + 2..].split(' ').collect();
        // utime and stime of itself and of children that have ended.
        let ticks: f64 = fields[11..15].iter().map(|field| field.parse::<f64>().unwrap()).sum();
        *used.get_mut(group).unwrap() += ticks / TICKS;
    }
    used
}

/// Of the kernel, for programs; the same on every Linux.
const TICKS: f64 = 100.0;

/// Time all cores worked, and all there was (ticks).
fn busy() -> (f64, f64) {
    let text = std::fs::read_to_string("/proc/stat").unwrap();
    let fields: Vec<f64> =
        text.lines().next().unwrap().split_whitespace().skip(1).map(|field| field.parse().unwrap()).collect();
    let whole: f64 = fields[..8].iter().sum();
    (whole - fields[3] - fields[4], whole)
}
