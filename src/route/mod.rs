//! The clerk: where a document goes, and why.
//!
//! In: [`Content`](crate::extract::Content), [`Report`](crate::validate::Report), the rules. Out:
//! [`Decision`]. Absent on purpose: input, output, clock. Every decision says *because*.

mod decision;

pub use decision::{Decision, Outcome, Shelf};
