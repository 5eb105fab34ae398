//! xrechnung

pub(super) mod formats;

use super::engine::{Book, Pattern};

pub static UBL: Book = Book::of(ubl);
pub static CII: Book = Book::of(cii);

fn ubl() -> Vec<Pattern> {
    vec![]
}

fn cii() -> Vec<Pattern> {
    vec![]
}
