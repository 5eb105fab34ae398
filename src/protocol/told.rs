//! The findings of a report as people read them: the gravest first, each rule once, however often it is broken.

use super::markup;
use crate::invoice::name_of;
use crate::job::Language;
use crate::validate::{Finding, LegalClass, Report, Severity};

/// A rule that is broken, and where first.
pub struct Told<'a> {
    pub finding: &'a Finding,
    /// Places beside the first.
    pub more: usize,
}

/// The gravest first; within a severity the classes in the order of their consequences, then as found.
pub fn told(report: &Report) -> Vec<Told<'_>> {
    let mut told: Vec<Told> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for finding in &report.findings {
        // Different words under one id are different things to say.
        let key = (finding.id.as_str(), finding.severity, finding.text.de.as_str());
        match known.get(&key) {
            Some(place) => {
                let told: &mut Told = &mut told[*place];
                told.more += 1;
            }
            None => {
                known.insert(key, told.len());
                told.push(Told { finding, more: 0 });
            }
        }
    }
    told.sort_by_key(|told| (told.finding.severity, rank(class(told.finding))));
    told
}

/// Reports of earlier versions name no class; most rules are rules of the standard.
pub fn class(finding: &Finding) -> LegalClass {
    finding.legal_class.unwrap_or(LegalClass::BusinessRule)
}

/// The order of consequences.
pub const CLASSES: [LegalClass; 3] = [LegalClass::Format, LegalClass::Content, LegalClass::BusinessRule];

fn rank(class: LegalClass) -> usize {
    match class {
        LegalClass::Format => 0,
        LegalClass::Content => 1,
        LegalClass::BusinessRule => 2,
    }
}

pub fn severity(severity: Severity, language: Language) -> &'static str {
    match (language, severity) {
        (Language::De, Severity::Fatal) => "Fehler",
        (Language::De, Severity::Warning) => "Warnung",
        (Language::De, Severity::Information) => "Hinweis",
        (Language::En, Severity::Fatal) => "error",
        (Language::En, Severity::Warning) => "warning",
        (Language::En, Severity::Information) => "information",
    }
}

/// Where it is, in the words of the standard: `Position 3: Nettobetrag der Position (BT-131)`.
pub fn place(finding: &Finding, language: Language) -> String {
    let named = |(de, en): (&'static str, &'static str)| if language == Language::De { de } else { en };
    let mut names = Vec::new();
    for term in &finding.terms {
        names.push(match name_of(*term).map(named) {
            Some(name) => format!("{name} ({term})"),
            None => term.to_string(),
        });
    }
    let names = names.join(", ");
    match (line_number(&finding.location), language) {
        (Some(number), Language::De) if names.is_empty() => format!("Position {number}"),
        (Some(number), Language::En) if names.is_empty() => format!("line {number}"),
        (Some(number), Language::De) => format!("Position {number}: {names}"),
        (Some(number), Language::En) => format!("line {number}: {names}"),
        (None, _) => names,
    }
}

/// Which line of the invoice a location lies in, counted from 1.
fn line_number(location: &str) -> Option<u32> {
    const LINES: [&str; 3] = ["InvoiceLine", "CreditNoteLine", "IncludedSupplyChainTradeLineItem"];
    for step in location.split('/') {
        let Some((name, number)) = step.trim_end_matches(']').split_once('[') else { continue };
        let local = name.rsplit_once(':').map_or(name, |(_, local)| local);
        if LINES.contains(&local) {
            return number.parse().ok();
        }
    }
    None
}

/// Expected and found, where the rule knows them; made harmless.
pub fn sides(finding: &Finding) -> [Option<String>; 2] {
    [&finding.expected, &finding.found].map(|side| side.as_deref().map(markup::line))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::tests::{finding, rejected};

    #[test]
    fn a_rule_is_told_once_and_errors_come_first() {
        let mut report = rejected();
        report.findings.insert(0, finding("BR-DE-19", Severity::Warning, LegalClass::BusinessRule));
        report.findings.push(finding("LM-X", Severity::Fatal, LegalClass::Format));
        let told = told(&report);
        let ids: Vec<_> = told.iter().map(|told| (told.finding.id.as_str(), told.more)).collect();
        assert_eq!(ids, [("LM-X", 0), ("BR-CO-10", 0), ("BR-DE-15", 0), ("BR-DE-19", 1)]);
    }

    #[test]
    fn places_have_names() {
        let finding = finding("BR-21", Severity::Fatal, LegalClass::Content);
        assert_eq!(place(&finding, Language::De), "Position 3: Käuferreferenz (Leitweg-ID) (BT-10)");
        assert_eq!(line_number("/Invoice[1]/cac:InvoiceLineReference[2]"), None);
        assert_eq!(line_number("/rsm:X[1]/ram:IncludedSupplyChainTradeLineItem[7]/ram:Y[1]"), Some(7));
        assert_eq!(line_number("/"), None);
    }
}
