//! What is known about suppliers: master data of the finance department and lessons from corrections.
//!
//! In: [`Entry`]s and rows of master data. Out: [`Memory`], which proves, completes or doubts what was read from a
//! page. Absent on purpose: where it is kept, and any statistics; a lesson is something a person said, and
//! forgetting it leaves no trace in what is read.

mod learn;
mod master;
mod recall;

pub use learn::{Correction, learn};
pub use master::suppliers;

use super::guess::{folded, sheet};
use crate::invoice::{Invoice, Term};
use crate::job::ContentHash;
use crate::recognise::Text;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What is known about the suppliers of one tenant. An empty memory changes nothing.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    suppliers: Vec<Supplier>,
}

/// What is the same on every invoice of a supplier.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Identity {
    /// BT-27 Seller name
    pub name: Option<String>,
    /// BT-31 Seller VAT identifier
    pub vat_id: Option<String>,
    /// BT-32 Seller tax registration identifier
    pub tax_number: Option<String>,
    /// BT-84 Payment account identifier
    pub ibans: Vec<String>,
    /// BT-86 Payment service provider identifier
    pub bic: Option<String>,
}

/// Where a value stood when a person corrected it, and what it looked like.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Place {
    pub term: Term,
    /// The words in front of it or above it, folded and without blanks; empty where it stands alone.
    pub label: String,
    /// Page, left and top (points) of a value without label.
    pub at: (u32, f32, f32),
    /// `RE-####/##`: digits may change, everything else stays.
    pub shape: String,
    /// Words the value is written in.
    pub words: usize,
}

/// A line of the book of lessons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub enum Entry {
    Learnt(Lesson),
    /// The lesson no longer counts.
    Forgotten {
        lesson: String,
        at: Timestamp,
        by: String,
    },
}

/// What one correction taught.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Lesson {
    /// `l` and twelve digits; the same correction of the same document is the same lesson.
    pub lesson: String,
    pub at: Timestamp,
    pub by: String,
    /// The file it was learnt from.
    pub document: ContentHash,
    pub identity: Identity,
    /// Terms a person gave a value for; an account among them may replace a known one.
    pub confirmed: Vec<Term>,
    pub places: Vec<Place>,
}

#[derive(Debug, Clone, PartialEq, Default)]
struct Supplier {
    identity: Identity,
    places: Vec<Place>,
}

impl Memory {
    /// `master`: what the finance department knows; `entries`: the book of lessons from its first line.
    pub fn of(master: Vec<Identity>, entries: &[Entry]) -> Self {
        let mut memory = Self::default();
        for identity in master {
            memory.suppliers.push(Supplier { identity, places: Vec::new() });
        }
        for lesson in standing(entries) {
            memory.take(lesson);
        }
        memory
    }

    /// Holds what is known against what was read from the page. The last to speak: its confidence is final.
    pub fn recall(&self, text: &Text, invoice: &mut Invoice) {
        if !self.is_empty() {
            recall::recall(self, &sheet::rows(text), invoice);
        }
    }

    pub fn is_empty(&self) -> bool {
        self.suppliers.is_empty()
    }

    fn take(&mut self, lesson: &Lesson) {
        let known = self.suppliers.iter_mut().find(|supplier| supplier.identity.is_same(&lesson.identity));
        let Some(supplier) = known else {
            self.suppliers.push(Supplier { identity: lesson.identity.clone(), places: lesson.places.clone() });
            return;
        };
        supplier.identity.add(&lesson.identity, &lesson.confirmed);
        for place in &lesson.places {
            supplier.places.retain(|earlier| earlier.term != place.term || earlier.label != place.label);
            // What was said last is tried first.
            supplier.places.insert(0, place.clone());
        }
    }
}

/// The lessons that were not forgotten.
pub fn standing(entries: &[Entry]) -> Vec<&Lesson> {
    let mut standing: Vec<&Lesson> = Vec::new();
    for entry in entries {
        match entry {
            Entry::Learnt(lesson) => {
                standing.retain(|earlier| earlier.lesson != lesson.lesson);
                standing.push(lesson);
            }
            Entry::Forgotten { lesson, .. } => standing.retain(|earlier| earlier.lesson != *lesson),
        }
    }
    standing
}

impl Identity {
    /// One key with check digits agrees, or two others do.
    fn is_same(&self, other: &Identity) -> bool {
        let same = |a: &Option<String>, b: &Option<String>| {
            a.as_deref().zip(b.as_deref()).is_some_and(|(a, b)| folded(a) == folded(b))
        };
        let differs = self.vat_id.is_some() && other.vat_id.is_some() && !same(&self.vat_id, &other.vat_id);
        let account = self.ibans.iter().any(|iban| other.ibans.contains(iban));
        let (name, tax_number) = (same(&self.name, &other.name), same(&self.tax_number, &other.tax_number));
        !differs
            && (same(&self.vat_id, &other.vat_id) || name && (account || tax_number) || account && tax_number)
    }

    /// What was not known is added. A known account is never exchanged silently: only when a person gave it.
    fn add(&mut self, other: &Identity, confirmed: &[Term]) {
        use crate::invoice::bt;
        let fill = |mine: &mut Option<String>, theirs: &Option<String>, number: u16| {
            if theirs.is_some() && (mine.is_none() || confirmed.contains(&bt(number))) {
                mine.clone_from(theirs);
            }
        };
        fill(&mut self.name, &other.name, 27);
        fill(&mut self.vat_id, &other.vat_id, 31);
        fill(&mut self.tax_number, &other.tax_number, 32);
        fill(&mut self.bic, &other.bic, 86);
        if self.ibans.is_empty() || confirmed.contains(&bt(84)) {
            for iban in &other.ibans {
                if !self.ibans.contains(iban) {
                    self.ibans.push(iban.clone());
                }
            }
        }
    }

    /// Enough to recognise a supplier by.
    fn is_enough(&self) -> bool {
        let weak = u8::from(self.name.is_some()) + u8::from(self.tax_number.is_some());
        self.vat_id.is_some() || !self.ibans.is_empty() || weak == 2
    }
}

#[cfg(test)]
mod tests;
