//! How sure a value really is.
//!
//! In: an invoice whose values carry the confidence of their own reader and their marks. Out: the same with the
//! confidence that was measured for such values. Absent on purpose: changing a value.

use crate::invoice::Invoice;

/// Gives every value its final confidence.
pub fn settle(_invoice: &mut Invoice) {}
