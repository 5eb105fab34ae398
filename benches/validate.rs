//! From bytes to report against a bare `quick-xml` read of the same bytes, in one run: the ratio counts.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

use jiff::civil::date;
use laufmappe::validate;
use quick_xml::events::Event;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

const ROUNDS: usize = 9;
const PER_ROUND: usize = 200;

fn main() {
    for name in ["01-xrechnung-ubl.xml", "02-gutschrift-ubl.xml", "03-rechnung-cii.xml"] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/post").join(name);
        let bytes = std::fs::read(path).unwrap();
        // Both in turn, so that a drifting machine drifts under both.
        let mut rounds: Vec<(Duration, Duration)> =
            (0..ROUNDS).map(|_| (timed(|| whole(&bytes)), timed(|| bare(&bytes)))).collect();
        rounds.sort_by(|a, b| ratio(a).total_cmp(&ratio(b)));
        let median = &rounds[ROUNDS / 2];
        println!(
            "{name} ({} bytes): whole {:.3} ms, bare {:.3} ms, ratio {:.2} (min {:.2}, max {:.2})",
            bytes.len(),
            milliseconds(median.0),
            milliseconds(median.1),
            ratio(median),
            ratio(&rounds[0]),
            ratio(&rounds[ROUNDS - 1]),
        );
    }
}

fn whole(bytes: &[u8]) {
    black_box(validate::check(bytes, date(2026, 11, 2)));
}

fn bare(bytes: &[u8]) {
    let mut reader = quick_xml::Reader::from_reader(bytes);
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return,
            event => {
                black_box(event);
            }
        }
    }
}

fn timed(work: impl Fn()) -> Duration {
    let started = Instant::now();
    for _ in 0..PER_ROUND {
        work();
    }
    started.elapsed() / PER_ROUND as u32
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

fn ratio((whole, bare): &(Duration, Duration)) -> f64 {
    whole.as_secs_f64() / bare.as_secs_f64()
}
