//! Verfügung: what the routing rules decided.

use crate::job::{Bilingual, Clearing};
use serde::{Deserialize, Serialize};

/// Verfügung of the machine (never a human *Feststellung* or *Anordnung*).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// Name of the rule that matched.
    pub rule: String,
    /// Hash of the rule texts in force, so that the decision can be replayed.
    pub rules_version: String,
    /// The conditions that held, one sentence each.
    pub because: Vec<Bilingual>,
    pub outcome: Outcome,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    File(Shelf),
    Clearing(Clearing),
}

/// Where in the E-Akte a document is filed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shelf {
    /// Names of the filing targets in the settings.
    pub targets: Vec<String>,
    /// Akte.
    pub file: String,
    /// Vorgang.
    pub case: String,
    /// Title of the document: a label for people.
    pub title: String,
    /// Office that receives it.
    pub office: String,
}
