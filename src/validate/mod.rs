//! The examiner: is the invoice right, and what is wrong with it.
//!
//! In: [`Content`](crate::extract::Content). Out: [`Report`]. Absent on purpose: input, output, clock, locale.

mod report;

pub use report::{Finding, Recommendation, Report, Severity};
