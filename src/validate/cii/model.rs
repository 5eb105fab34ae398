//! EN 16931 in CII: what an invoice must say, and how its amounts belong together.

use crate::invoice::ram;
use crate::validate::engine::{Context, fatal_told, holds, inside, on};

#[rustfmt::skip]
pub const PATTERN: &[Context] = &[
    on(&[inside(&[ram::AdditionalReferencedDocument])], &[
        fatal_told("BR-52", |e| holds(e.speaks(&[ram::IssuerAssignedID])?)),
    ]),
];
