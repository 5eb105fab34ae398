//! From a document and its text to what it says: an invoice or a letter.
//!
//! In: [`Document`](crate::job::Document), its bytes, its [`Reading`](crate::recognise::Reading). Out:
//! [`Content`]. Absent on purpose: judging and any network.

use crate::invoice::Invoice;
use serde::{Deserialize, Serialize};

/// What a document says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// An e-invoice, or an invoice guessed from its page ([`Invoice::syntax`] is `None`).
    Invoice(Box<Invoice>),
    Letter(Letter),
}

/// Anything that is not an invoice.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Letter {
    /// First meaningful line, a label for people.
    pub title: Option<String>,
    /// Words found on its pages.
    pub words: usize,
}
