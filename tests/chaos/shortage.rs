//! A disk without room, a broker in alarm: what is told, and that it goes on by itself.

use crate::fleet::Fleet;
use crate::post::Mix;
use crate::proxy::Rates;
use crate::referee;
use crate::town::{Mode, Ran, Town, broker, turn};
use std::path::PathBuf;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(120);
/// MiB.
const DISK: u32 = 48;
/// Bytes; less than work needs.
const LEFT: u64 = 600 << 10;

#[test]
fn many_workers_on_a_full_disk_take_nothing_and_go_on_when_there_is_room() {
    let _turn = turn();
    let mut town = Town::new(Mode::Scaled, Rates::NONE, 6);
    town.put_data_on_a_small_disk(DISK);
    let post = town.post(Mix::plain(40), 20);
    assert!(town.submit(&post.batches[0]));

    town.disk().fill_but(LEFT);
    let refused = hand_in(&town, 1, &post.batches);
    assert!(refused.code != 0 && refused.output.is_empty(), "{}", refused.output);
    assert_says_what_to_do(&refused);
    let fleet = Fleet::start(&town, 2, 1);
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(town.unsettled(), Some(20), "nothing is worked on");
    assert_eq!(fleet.ids().len(), 2, "and nobody has ended");

    town.disk().make_room();
    assert_eq!(hand_in(&town, 1, &post.batches).code, 0);
    let settled = town.wait_settled(PATIENCE);
    fleet.end();
    let verdict = referee::judge(&town, &post.pieces);
    println!("{verdict}");
    assert!(settled && verdict.is_clean());
}

#[test]
fn one_process_on_a_full_disk_says_so_and_ends() {
    let _turn = turn();
    let mut town = Town::new(Mode::EmbeddedFolder, Rates::NONE, 6);
    town.put_data_on_a_small_disk(DISK);
    let post = town.post(Mix::plain(40), 20);
    assert!(town.submit(&post.batches[0]));

    town.disk().fill_but(LEFT);
    for arguments in [vec!["worker", "--until-empty"], vec!["run", post.batches[1].to_str().unwrap()]] {
        let ended = town.run(&arguments);
        assert_eq!(ended.code, 3, "{arguments:?}: {}{}", ended.output, ended.errors);
        assert_says_what_to_do(&ended);
    }
    assert_eq!(std::fs::read_dir(town.drawer()).unwrap().count(), 0, "nothing was filed");

    town.disk().make_room();
    assert_eq!(town.run(&["run", post.batches[1].to_str().unwrap()]).code, 0);
    let verdict = referee::judge(&town, &post.pieces);
    println!("{verdict}");
    assert!(verdict.is_clean());
}

#[test]
fn a_broker_in_alarm_stops_neither_intake_nor_work() {
    let _turn = turn();
    let town = Town::new(Mode::Scaled, Rates::NONE, 6);
    let post = town.post(Mix::plain(60), 20);
    assert!(town.submit(&post.batches[0]));
    let alarm = Alarm::raise();
    for batch in 1..3 {
        let taken = hand_in(&town, batch, &post.batches);
        assert_eq!(taken.code, 0, "safe in the ledger: {}", taken.errors);
    }
    let fleet = Fleet::start(&town, 2, 1);
    let settled = town.wait_settled(PATIENCE);
    drop(alarm);
    fleet.end();
    let verdict = referee::judge(&town, &post.pieces);
    println!("{verdict}");
    assert!(settled && verdict.is_clean());
}

/// The broker of this test is short of memory, until this is dropped.
struct Alarm;

impl Alarm {
    fn raise() -> Self {
        broker().control(&["set_vm_memory_high_watermark", "0"]);
        Self
    }
}

impl Drop for Alarm {
    fn drop(&mut self) {
        broker().control(&["set_vm_memory_high_watermark", "0.8"]);
    }
}

fn hand_in(town: &Town, number: usize, batches: &[PathBuf]) -> Ran {
    town.run(&["submit", batches[number].to_str().unwrap()])
}

fn assert_says_what_to_do(ran: &Ran) {
    for word in ["Nächster Schritt:", "MiB are free", "make room"] {
        assert!(ran.errors.contains(word), "no {word:?} in: {}", ran.errors);
    }
}
