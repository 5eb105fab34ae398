//! EN 16931 in UBL: the official rules of CEN for this syntax.

mod codes;
mod model;
mod syntax;

use super::engine::{Book, Pattern};

/// EN 16931 in UBL.
pub static BOOK: Book = Book::of(patterns);

fn patterns() -> Vec<Pattern> {
    vec![model::PATTERN, syntax::pattern(), codes::NOTES, codes::PATTERN]
}
