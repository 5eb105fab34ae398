//! Chance that can be repeated: the same seed throws the same numbers.

use std::ops::Range;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Dice of their own for another purpose under the same seed.
    pub fn of(seed: u64, purpose: &str) -> Self {
        let mut dice = Self(seed);
        for byte in purpose.bytes() {
            dice.0 ^= u64::from(byte);
            dice.next();
        }
        dice
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// True in so many cases of one million.
    pub fn chance(&mut self, share: f64) -> bool {
        (self.next() % 1_000_000) < (share * 1_000_000.0) as u64
    }

    pub fn time(&mut self, milliseconds: Range<u64>) -> Duration {
        let span = milliseconds.end - milliseconds.start;
        Duration::from_millis(milliseconds.start + self.next() % span.max(1))
    }

    /// One of several, by weight.
    pub fn one_of<T: Copy>(&mut self, choices: &[(T, usize)]) -> T {
        let all: usize = choices.iter().map(|(_, weight)| weight).sum();
        let mut rest = self.below(all);
        for (choice, weight) in choices {
            if rest < *weight {
                return *choice;
            }
            rest -= weight;
        }
        choices[0].0
    }

    pub fn shuffle<T>(&mut self, things: &mut [T]) {
        for place in (1..things.len()).rev() {
            things.swap(place, self.below(place + 1));
        }
    }
}
