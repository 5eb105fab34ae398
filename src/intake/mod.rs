//! The door: how documents come in, told apart by content.
//!
//! In: bytes with a source. Out: [`Document`](crate::job::Document)s whose bytes are in the store. Absent on
//! purpose: reading pages, ledger, queue.
