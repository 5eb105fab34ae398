//! Prüfbericht: findings and what they add up to.

use crate::invoice::{Syntax, Term};
use crate::job::Bilingual;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    Fatal,
    Warning,
    Information,
}

/// Feststellung: one rule that does not hold at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Official rule id, or `LM-…` for a rule of our own.
    pub id: String,
    pub severity: Severity,
    /// XPath with positions, or `page 1` for guessed invoices.
    pub location: String,
    pub terms: Vec<Term>,
    /// What holds in a correct invoice.
    pub text: Bilingual,
    pub expected: Option<String>,
    pub found: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recommendation {
    Accept,
    Reject,
    /// Nothing to check (a letter).
    NotApplicable,
}

/// Prüfbericht of one document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    pub syntax: Option<Syntax>,
    /// Name of the profile the specification identifier (BT-24) chose.
    pub profile: Option<String>,
    /// Rule sets that were applied, with version.
    pub rule_sets: Vec<String>,
    pub findings: Vec<Finding>,
    pub recommendation: Recommendation,
}

impl Report {
    pub fn fatal(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Fatal).count()
    }

    pub fn warnings(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Warning).count()
    }
}
