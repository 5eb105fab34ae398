//! The clerk: where a document goes, and why.
//!
//! In: [`Content`](crate::extract::Content), [`Report`](crate::validate::Report), the rules. Out:
//! [`Decision`]. Absent on purpose: input, output, clock. Every decision says *because*.

mod condition;
mod decision;
mod example;
mod facts;
mod rules;
mod table;
mod template;

pub use decision::{Decision, Outcome, Shelf};
pub use example::Failed;
pub use facts::{Facts, Sort};
pub use rules::Routing;

use crate::extract::Content;
use crate::job::Document;
use crate::validate::Report;

/// Where this document goes. [`Facts`] are all the rules look at, so that the decision can be made again
/// from them with [`Routing::decide`].
pub fn decide(document: &Document, content: &Content, report: &Report, routing: &Routing) -> Decision {
    routing.decide(&Facts::of(document, content, report))
}
