//! T-13: the network between the workers and the broker, then the database, is gone for a while without a word.

use crate::fleet::Fleet;
use crate::post::Mix;
use crate::proxy::Rates;
use crate::referee;
use crate::town::{Mode, Town, turn};
use crate::wire::Wire;
use crate::wish;
use std::time::{Duration, Instant};

/// Longer than the broker's heartbeat lets a silent connection live.
const CUT: u64 = 25;
const PATIENCE: Duration = Duration::from_secs(180);

#[test]
fn a_network_that_is_cut_loses_and_doubles_nothing() {
    let _turn = turn();
    let mut town = Town::new(Mode::Scaled, Rates::NONE, 6);
    let (broker, ledger) = town.put_wires_between();
    let away = Duration::from_secs(wish("CHAOS_SECONDS_AWAY").unwrap_or(CUT));
    let post = town.post(Mix::plain(240), 60);
    let mut batches = post.batches.iter();
    let mut hand_in = || assert!(batches.next().is_none_or(|batch| town.submit(batch)));
    hand_in();
    let fleet = Fleet::start(&town, 2, 1);

    hand_in();
    cut(&town, &broker, "broker", away);
    hand_in();
    cut(&town, &ledger, "ledger", away);
    hand_in();
    let settled = town.wait_settled(PATIENCE);
    fleet.end();
    let verdict = referee::judge(&town, &post.pieces);
    println!("{verdict}");
    assert!(settled && verdict.is_clean() && verdict.isolated == 0);
}

/// Cut while there is work, mended after a while; prints how soon the work went on.
fn cut(town: &Town, wire: &Wire, what: &str, away: Duration) {
    wire.cut();
    std::thread::sleep(away);
    let before = town.proxy().counts().complete.len();
    wire.mend();
    let mended = Instant::now();
    while town.proxy().counts().complete.len() == before && mended.elapsed() < PATIENCE {
        if town.unsettled() == Some(0) {
            println!("{what} away for {} s: all had been settled meanwhile", away.as_secs());
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let seconds = mended.elapsed().as_secs_f64();
    println!("{what} away for {} s: the next document was filed {seconds:.1} s after", away.as_secs());
}
