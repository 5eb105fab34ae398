//! What a page is: an invoice, a reminder, an official notice, a letter …
//!
//! In: [`Text`]. Out: [`Classified`], with the words that decided it. Absent on purpose: what the document says.
//!
//! Every class collects evidence for and against it: its heading, its phrases, what stands in its tables. The
//! first page decides; what follows it (terms in small print, attachments) counts little.

mod ink;
mod weigh;
mod words;

use crate::recognise::Text;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Document class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Rechnung
    Invoice,
    /// Gutschrift, Stornorechnung
    CreditNote,
    /// Mahnung
    Reminder,
    /// Lieferschein
    DeliveryNote,
    /// Auftragsbestätigung
    OrderConfirmation,
    /// Angebot
    Offer,
    /// Bescheid
    Notice,
    /// Antrag
    Application,
    /// Schreiben
    Letter,
    Other,
}

impl Class {
    /// The page claims money in the way of an invoice; its fields are read.
    pub fn is_invoice(self) -> bool {
        matches!(self, Class::Invoice | Class::CreditNote)
    }
}

/// A class, how surely (0 to 1), and the words that decided it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classified {
    pub class: Class,
    pub confidence: f32,
    pub because: Vec<String>,
}

impl Classified {
    /// A text without pages, such as the body of a mail.
    pub fn plain_text() -> Self {
        Self { class: Class::Letter, confidence: 1.0, because: Vec::new() }
    }
}

/// The class of a document with pages.
pub fn of(text: &Text) -> Classified {
    weigh::classify(text)
}

/// BT-3 Invoice type code: 381 for a credit note, else 380.
pub fn type_code(class: Class) -> &'static str {
    if class == Class::CreditNote { "381" } else { "380" }
}

impl Class {
    pub const ALL: [Self; 10] = [
        Self::Invoice,
        Self::CreditNote,
        Self::Reminder,
        Self::DeliveryNote,
        Self::OrderConfirmation,
        Self::Offer,
        Self::Notice,
        Self::Application,
        Self::Letter,
        Self::Other,
    ];

    /// The word of the office.
    pub fn german(self) -> &'static str {
        match self {
            Self::Invoice => "Rechnung",
            Self::CreditNote => "Gutschrift",
            Self::Reminder => "Mahnung",
            Self::DeliveryNote => "Lieferschein",
            Self::OrderConfirmation => "Auftragsbestätigung",
            Self::Offer => "Angebot",
            Self::Notice => "Bescheid",
            Self::Application => "Antrag",
            Self::Letter => "Schreiben",
            Self::Other => "Sonstiges",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.german())
    }
}

#[cfg(test)]
mod tests;
