//! The invoice of EN 16931: what a document says, in the terms of the standard.
//!
//! In: XML bytes (UBL 2.1, UN/CEFACT CII) through [`read`], or values guessed from text. Out: [`Invoice`].
//! Absent on purpose: judging. What could not be read is a [`Misread`] beside the invoice, never an error.

mod amount;
mod model;
mod term;

pub use amount::Amount;
pub use model::*;
pub use term::{Term, bg, bt};
