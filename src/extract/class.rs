//! What a page is: an invoice, a reminder, an official notice, a letter …
//!
//! In: [`Text`]. Out: [`Classified`], with the words that decided it. Absent on purpose: what the document says.

use super::guess::{amount, folded};
use crate::recognise::Text;
use serde::{Deserialize, Serialize};

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
    let plain = text.plain();
    let class = match heading(&plain) {
        Some(Heading::Credit) => Class::CreditNote,
        Some(Heading::Invoice) => Class::Invoice,
        _ if is_invoice(&plain) => Class::Invoice,
        _ => Class::Letter,
    };
    Classified { class, confidence: 0.5, because: Vec::new() }
}

/// Lines in which a heading is looked for.
const HEADING_LINES: usize = 80;

/// Reads like an invoice or a credit note.
pub fn is_invoice(text: &str) -> bool {
    match heading(text) {
        Some(Heading::Invoice | Heading::Credit) => true,
        Some(Heading::Other) => false,
        None => names_invoice_number(text) && text.split_whitespace().any(|word| amount(word).is_some()),
    }
}

/// BT-3 Invoice type code: 381 for a credit note, else 380.
pub fn type_code(text: &str) -> &'static str {
    match heading(text) {
        Some(Heading::Credit) => "381",
        Some(Heading::Invoice | Heading::Other) | None => "380",
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Heading {
    Invoice,
    Credit,
    Other,
}

/// The first line that is a heading.
fn heading(text: &str) -> Option<Heading> {
    text.lines().filter(|line| !line.trim().is_empty()).take(HEADING_LINES).find_map(heading_of)
}

/// A heading is a short line that begins with its word; ordinals in front do not count.
fn heading_of(line: &str) -> Option<Heading> {
    let words: Vec<&str> = line.split_whitespace().collect();
    // R E C H N U N G
    if words.len() > 3 && words.iter().all(|word| word.chars().count() == 1) {
        return heading_word(&folded(&words.concat()), 1);
    }
    if words.len() > 12 {
        return None;
    }
    let mut rest = words.iter().skip_while(|word| is_ordinal(&folded(word)));
    let first = rest.next()?;
    let begins = first.chars().next().is_some_and(char::is_uppercase);
    let digits = words.iter().any(|word| word.contains(|c: char| c.is_ascii_digit()));
    match heading_word(&folded(first), words.len()) {
        // "Lieferschein 4711 vom 3.11." or "Angebot:" on an invoice is a reference.
        Some(Heading::Other) if digits && is_reference(&folded(first)) || first.ends_with(':') => None,
        found if begins => found,
        _ => None,
    }
}

fn is_ordinal(word: &str) -> bool {
    word.is_empty()
        || word.chars().all(|c| c.is_ascii_digit())
        || ["erste", "zweite", "dritte", "letzte", "ihre", "unsere"].contains(&word)
}

fn heading_word(word: &str, words: usize) -> Option<Heading> {
    const CREDIT: [&str; 7] = [
        "gutschrift",
        "stornorechnung",
        "rechnungskorrektur",
        "korrekturrechnung",
        "storno",
        "creditnote",
        "rechnungsgutschrift",
    ];
    const OTHER: [&str; 11] = [
        "mahnung",
        "zahlungserinnerung",
        "lieferschein",
        "angebot",
        "kostenvoranschlag",
        "auftragsbestatigung",
        "bestellung",
        "bestellbestatigung",
        "erinnerung",
        "mahnbescheid",
        "proformarechnung",
    ];
    const NO_INVOICE: [&str; 7] = [
        "berechnung",
        "umrechnung",
        "anrechnung",
        "verrechnung",
        "aufrechnung",
        "hochrechnung",
        "vorausberechnung",
    ];
    if CREDIT.contains(&word) {
        return Some(Heading::Credit);
    }
    if words <= 8 && (OTHER.contains(&word) || word.ends_with("bescheid")) {
        return Some(Heading::Other);
    }
    let invoice = word.ends_with("rechnung") && !NO_INVOICE.contains(&word) || word == "invoice";
    if invoice && words <= 6 { Some(Heading::Invoice) } else { None }
}

/// Documents an invoice refers to by number.
fn is_reference(word: &str) -> bool {
    ["lieferschein", "angebot", "bestellung", "auftragsbestatigung", "bestellbestatigung"].contains(&word)
}

fn names_invoice_number(text: &str) -> bool {
    let words: Vec<String> = text.split_whitespace().map(folded).collect();
    let label = |joined: &str| {
        ["rechnungsnummer", "rechnungsnr", "rechnungnr", "rechnungno", "invoiceno", "invoicenumber"]
            .iter()
            .any(|label| joined.starts_with(label))
    };
    words.iter().any(|word| label(word)) || words.windows(2).any(|pair| label(&pair.concat()))
}
