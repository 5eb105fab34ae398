//! EN 16931 in CII: the official rules of CEN for this syntax.
//!
//! In: the elements of a document. Out: [`BOOK`]. `model` has the contexts of the model in the official order;
//! their rows stand by topic in the files beside it. Absent on purpose: national rules.

mod codes;
mod document;
mod lines;
mod model;
mod parties;
mod payment;
mod questions;
mod sums;
mod syntax;
mod totals;
mod vat;

use super::engine::{Book, Pattern};

/// EN 16931 in CII.
pub static BOOK: Book = Book::of(patterns);

fn patterns() -> Vec<Pattern> {
    vec![model::PATTERN, syntax::pattern(), codes::PATTERN]
}
