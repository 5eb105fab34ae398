//! The eyes: from bytes to words with their place and confidence.
//!
//! In: a document with pages (PDF, TIFF, JPEG, PNG). Out: [`Reading`]. Absent on purpose: any idea of what
//! the words mean. Everything that touches untrusted bytes runs in a confined child ([`crate::sandbox`]).

mod text;

pub use text::{EmbeddedFile, Page, PageKind, Reading, Text, Word};
