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

/// What a finding means in law (BMF letter of 15 October 2025 on e-invoices): only an invoice without format
/// errors is an e-invoice at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LegalClass {
    /// Formatfehler: the file is not in the structure the syntax asks for.
    Format,
    /// Geschäftsregelfehler: the structure is right, a rule of the standard is broken.
    BusinessRule,
    /// Inhaltsfehler: what § 14 UStG asks for is missing or wrong.
    Content,
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
    /// Reports of earlier versions have none.
    #[serde(default)]
    pub legal_class: Option<LegalClass>,
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
    /// Whether the document has the structure its syntax asks for; none where there is no known syntax.
    #[serde(default)]
    pub schema_valid: Option<bool>,
    pub findings: Vec<Finding>,
    pub recommendation: Recommendation,
}

impl Report {
    /// Of a document that is no invoice.
    pub fn not_applicable() -> Self {
        Self {
            syntax: None,
            profile: None,
            rule_sets: Vec::new(),
            schema_valid: None,
            findings: Vec::new(),
            recommendation: Recommendation::NotApplicable,
        }
    }

    pub fn fatal(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Fatal).count()
    }

    pub fn warnings(&self) -> usize {
        self.findings.iter().filter(|finding| finding.severity == Severity::Warning).count()
    }
}
