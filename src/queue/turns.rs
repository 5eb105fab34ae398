//! Whose turn it is: the one rule of fairness between priorities, shared by both queues.
//!
//! In: what was served. Out: the order in which to look next. Absent on purpose: tenants (they take turns within
//! a priority, where the lanes are), counts, the clock.
//!
//! Urgent before normal before backfill, except that
//!  · after an urgent job the next look goes to normal first, so that urgent gets at most every second job while
//!    normal waits,
//!  · after [`BACKFILL_EVERY`] − 1 jobs of others backfill is looked at first.
//!
//! A priority with nothing waiting is passed over, so nobody is held back for somebody who is not there, and one
//! urgent job behind any number of normal ones is the next.

use crate::job::Priority;

/// Backfill gets at least every so manieth job while it waits.
const BACKFILL_EVERY: u32 = 16;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Turns {
    after_urgent: bool,
    since_backfill: u32,
}

impl Turns {
    /// The order in which to look for the next job.
    pub fn order(self) -> [Priority; 3] {
        use Priority::{Backfill, Normal, Urgent};
        let (first, second) = if self.after_urgent { (Normal, Urgent) } else { (Urgent, Normal) };
        match self.since_backfill + 1 >= BACKFILL_EVERY {
            true => [Backfill, first, second],
            false => [first, second, Backfill],
        }
    }

    /// A job of this priority was handed out.
    pub fn served(&mut self, priority: Priority) {
        self.after_urgent = match priority {
            Priority::Urgent => true,
            Priority::Normal => false,
            // It takes nobody's turn: what came before decides between the other two.
            Priority::Backfill => self.after_urgent,
        };
        self.since_backfill = match priority {
            Priority::Backfill => 0,
            Priority::Urgent | Priority::Normal => self.since_backfill.saturating_add(1),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is served, one letter each, when so many jobs wait in each priority.
    fn serve(turns: &mut Turns, mut waiting: [usize; 3], jobs: usize) -> String {
        let mut served = String::new();
        for _ in 0..jobs {
            let place = |priority: Priority| Priority::ALL.iter().position(|other| *other == priority).unwrap();
            let next = turns.order().into_iter().find(|priority| waiting[place(*priority)] > 0);
            let Some(priority) = next else { break };
            waiting[place(priority)] -= 1;
            turns.served(priority);
            served.push(['u', 'n', 'b'][place(priority)]);
        }
        served
    }

    #[test]
    fn nobody_starves_and_nobody_waits_for_the_absent() {
        let many = 1000;
        for (waiting, expected) in [
            ([1, 1, 1], "unb"),
            ([1, many, 0], "unnnnnnnnnnnnnnnnnnn"),
            ([many, many, 0], "unununununununununun"),
            ([many, 2, 0], "ununuuuuuuuuuuuuuuuu"),
            ([many, 0, 0], "uuuuuuuuuuuuuuuuuuuu"),
            ([0, 3, 2], "nnnbb"),
            ([0, many, many], "nnnnnnnnnnnnnnnbnnnn"),
            ([many, 0, many], "uuuuuuuuuuuuuuubuuuu"),
            ([many, many, many], "unununununununubnunu"),
        ] {
            assert_eq!(serve(&mut Turns::default(), waiting, 20), expected, "{waiting:?}");
        }
    }

    #[test]
    fn an_urgent_job_behind_a_long_backlog_is_the_next_one() {
        for already in 0..100 {
            let mut turns = Turns::default();
            serve(&mut turns, [0, already, 0], already);
            assert_eq!(serve(&mut turns, [1, 1000, 0], 1), "u", "after {already} normal jobs");
        }
    }

    #[test]
    fn shares_hold_from_any_moment() {
        for begun in 0..64 {
            let mut turns = Turns::default();
            serve(&mut turns, [1000; 3], begun);
            let served = serve(&mut turns, [1000; 3], 160);
            let count = |letter| served.chars().filter(|other| *other == letter).count();
            assert!(count('u') <= 80 && count('n') >= 74 && count('b') >= 10, "{served}");
            assert!(!served.contains("uu"), "{served}");
        }
    }
}
