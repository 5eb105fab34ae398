//! T-28: what is urgent (an invoice with Skonto) does not wait behind a long backlog, and does not starve it either.

use crate::books::Books;
use crate::fleet::Fleet;
use crate::post::{Mix, Post};
use crate::proxy::{Counts, Rates};
use crate::referee;
use crate::town::{Mode, Town, turn};
use crate::wish;
use std::collections::BTreeSet;
use std::path::Path;
use std::time::{Duration, Instant};

const SLOTS: usize = 2;
/// Documents of one folder.
const FOLDER: usize = 20;
const PATIENCE: Duration = Duration::from_secs(3_600);

#[test]
fn urgent_documents_overtake_a_backlog_and_do_not_starve_it() {
    let _turn = turn();
    let backlog: usize = wish("CHAOS_BACKLOG").unwrap_or(200);
    let town = Town::new(Mode::Scaled, Rates::NONE, 6);
    // Behind the backlog: single ones, then a whole folder at once.
    let singles = FOLDER;
    let post = town.post(Mix::plain(backlog + singles + 2 * FOLDER), FOLDER);
    let (normal, urgent) = post.batches.split_at(backlog / FOLDER);
    normal.iter().for_each(|folder| assert!(town.submit(folder)));
    let fleet = Fleet::start(&town, SLOTS, 1);

    let pieces: Vec<&Path> =
        post.pieces[backlog..backlog + singles].iter().map(|piece| piece.path.as_path()).collect();
    let mut handed_in = Vec::new();
    for piece in &pieces {
        handed_in.push((Instant::now(), hand_in_urgently(&town, piece)));
        std::thread::sleep(Duration::from_millis(100));
    }
    let flood = Instant::now();
    for folder in &urgent[1..] {
        hand_in_urgently(&town, folder);
    }
    let settled = town.wait_settled(PATIENCE);
    fleet.end();

    let (verdict, books) = referee::judge_with_books(&town, &post.pieces);
    println!("{verdict}");
    assert!(settled && verdict.is_clean());
    let order = filed(&town.proxy().counts(), &books, &post);
    let mut waits = Vec::new();
    let mut overtaken_by = Vec::new();
    for (piece, (begun, in_queue)) in pieces.iter().zip(&handed_in) {
        let (at, _) = order.iter().find(|(_, path)| path == piece).unwrap();
        waits.push(at.duration_since(*begun).as_secs_f64());
        let normals = order.iter().filter(|(other, path)| {
            other > in_queue && other < at && normal.iter().any(|folder| path.starts_with(folder))
        });
        overtaken_by.push(normals.count());
    }
    waits.sort_by(f64::total_cmp);
    let flooded: BTreeSet<&Path> = urgent[1..].iter().map(|folder| folder.as_path()).collect();
    let is_flood = |path: &Path| flooded.iter().any(|folder| path.starts_with(folder));
    let last = order.iter().filter(|(_, path)| is_flood(path)).map(|(at, _)| *at).max().unwrap();
    let meanwhile: Vec<_> = order.iter().filter(|(at, _)| *at > flood && *at <= last).collect();
    let normals = meanwhile.iter().filter(|(_, path)| !is_flood(path)).count();
    let share = 100 * normals / meanwhile.len();
    println!(
        "{backlog} normal documents before {singles} urgent ones: filed {:.2} s after (median), {:.2} s (slowest); \
         at most {} normal ones between. Beside {} urgent ones at once: {share} % of what was filed was normal",
        waits[singles / 2],
        waits[singles - 1],
        overtaken_by.iter().max().unwrap(),
        2 * FOLDER
    );
    assert!(overtaken_by.iter().all(|count| *count <= 4 * SLOTS), "{overtaken_by:?} before each");
    assert!(share >= 40, "normal documents starve: {share} %");
}

/// When it was in the queue.
fn hand_in_urgently(town: &Town, place: &Path) -> Instant {
    let ran = town.run(&["submit", "--priority", "urgent", place.to_str().unwrap()]);
    assert_eq!(ran.code, 0, "{}", ran.errors);
    Instant::now()
}

/// When each document was filed, in order.
fn filed<'a>(counts: &Counts, books: &Books, post: &'a Post) -> Vec<(Instant, &'a Path)> {
    let mut filed = Vec::new();
    for (at, key) in &counts.complete {
        let story = books.of_key(key).expect("every filing has a case");
        let piece = post.pieces.iter().find(|piece| piece.content == story.content).unwrap();
        filed.push((*at, piece.path.as_path()));
    }
    filed
}
