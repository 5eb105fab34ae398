//! EN 16931 in UBL: what an invoice must say, and how its amounts belong together.

use crate::invoice::{cac, cbc};
use crate::validate::engine::{Context, inside, on, says};

#[rustfmt::skip]
pub const PATTERN: &[Context] = &[
    on(&[inside(&[cac::AdditionalDocumentReference])], &[
        says("BR-52", &[cbc::ID]),
    ]),
];
