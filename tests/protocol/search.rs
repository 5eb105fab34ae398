//! Breadth-first search through every world that can be reached.
//!
//! In: a variant. Out: how many worlds there are, and the shortest way to something wrong. Two things are wrong: a
//! world that must never be seen, and one from which no end is reached any more though all trouble is over.

use super::world::{Act, Variant, World};
use std::collections::HashMap;
use std::fmt::Write;

pub struct Searched {
    pub worlds: usize,
    pub steps: usize,
    pub wrong: Option<Wrong>,
}

pub struct Wrong {
    pub what: &'static str,
    /// From the beginning.
    pub way: Vec<(Act, World)>,
}

/// Stops at the first thing that is wrong.
pub fn search(variant: &Variant) -> Searched {
    let mut worlds = vec![World::new()];
    let mut numbers = HashMap::from([(World::new(), 0_u32)]);
    // By which step from which world each was reached first.
    let mut reached = vec![(0_u32, Act::TimePasses)];
    // Steps without trouble, backwards: (to, from).
    let mut calm: Vec<(u32, u32)> = Vec::new();
    let (mut steps, mut found) = (0, Vec::new());
    let mut from = 0;
    while from < worlds.len() {
        worlds[from].steps(variant, &mut found);
        for (act, world) in &found {
            steps += 1;
            let number = *numbers.entry(*world).or_insert_with(|| {
                worlds.push(*world);
                reached.push((from as u32, *act));
                worlds.len() as u32 - 1
            });
            if !act.is_trouble() && number != from as u32 {
                calm.push((number, from as u32));
            }
            if let Some(what) = world.is_wrong() {
                let way = way(&worlds, &reached, number);
                return Searched { worlds: worlds.len(), steps, wrong: Some(Wrong { what, way }) };
            }
        }
        from += 1;
    }
    let wrong = stuck(&worlds, calm)
        .map(|number| Wrong { what: "no end is reached any more", way: way(&worlds, &reached, number) });
    Searched { worlds: worlds.len(), steps, wrong }
}

fn way(worlds: &[World], reached: &[(u32, Act)], number: u32) -> Vec<(Act, World)> {
    let mut way = Vec::new();
    let mut at = number;
    while at != 0 {
        let (from, act) = reached[at as usize];
        way.push((act, worlds[at as usize]));
        at = from;
    }
    way.reverse();
    way
}

/// The first world from which steps without trouble lead to no end.
fn stuck(worlds: &[World], mut calm: Vec<(u32, u32)>) -> Option<u32> {
    calm.sort_unstable();
    let mut ends = vec![false; worlds.len()];
    let mut open: Vec<u32> = Vec::new();
    for (number, world) in worlds.iter().enumerate() {
        if world.has_ended() {
            ends[number] = true;
            open.push(number as u32);
        }
    }
    while let Some(to) = open.pop() {
        let first = calm.partition_point(|(known, _)| *known < to);
        for (_, from) in calm[first..].iter().take_while(|(known, _)| *known == to) {
            if !ends[*from as usize] {
                ends[*from as usize] = true;
                open.push(*from);
            }
        }
    }
    ends.iter().position(|end| !end).map(|number| number as u32)
}

impl Wrong {
    pub fn told(&self) -> String {
        let mut text = format!("{} after {} steps:\n", self.what, self.way.len());
        for (number, (act, world)) in self.way.iter().enumerate() {
            let World { state, intent, objects, .. } = world;
            writeln!(
                text,
                "  {:>2}. {:<22} ledger {state:?}, intent {intent:?}, in the target {objects}",
                number + 1,
                format!("{act:?}")
            )
            .expect("a string takes it");
        }
        text
    }
}
