//! A protocol for programs: one line of JSON. Fields are only ever added.

use super::Examined;
use crate::invoice::{Syntax, Term};
use crate::job::{Bilingual, ContentHash};
use crate::validate::{LegalClass, Recommendation, Severity};
use serde::Serialize;

/// One line, without its line break.
pub fn line(examined: &Examined) -> String {
    let report = examined.report;
    let findings = report.findings.iter().map(|finding| Finding {
        id: &finding.id,
        severity: finding.severity,
        location: &finding.location,
        terms: &finding.terms,
        legal_class: finding.legal_class,
        text: &finding.text,
        expected: finding.expected.as_deref(),
        found: finding.found.as_deref(),
    });
    let protocol = Protocol {
        file: examined.file,
        sha256: examined.content,
        syntax: report.syntax,
        profile: report.profile.as_deref(),
        rule_sets: &report.rule_sets,
        schema_valid: report.schema_valid,
        findings: findings.collect(),
        recommendation: report.recommendation,
    };
    // Nothing in here can fail to be written: no maps, no numbers beyond JSON.
    serde_json::to_string(&protocol).unwrap_or_default()
}

#[derive(Serialize)]
struct Protocol<'a> {
    file: &'a str,
    sha256: Option<ContentHash>,
    syntax: Option<Syntax>,
    profile: Option<&'a str>,
    rule_sets: &'a [String],
    schema_valid: Option<bool>,
    findings: Vec<Finding<'a>>,
    recommendation: Recommendation,
}

#[derive(Serialize)]
struct Finding<'a> {
    id: &'a str,
    severity: Severity,
    location: &'a str,
    terms: &'a [Term],
    legal_class: Option<LegalClass>,
    text: &'a Bilingual,
    expected: Option<&'a str>,
    found: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::tests::{examined, hostile, rejected};

    #[test]
    fn the_fields_stand_as_promised() {
        let report = rejected();
        let line = line(&examined("a.xml", &report, None));
        let start = r#"{"file":"a.xml","sha256":"#;
        assert!(line.starts_with(start), "{line}");
        assert!(line.contains(r#""syntax":"ubl-invoice","profile":"XRechnung 3.0","rule_sets":["#), "{line}");
        assert!(
            line.contains(r#""schema_valid":true,"findings":[{"id":"BR-CO-10","severity":"fatal","location":"#)
        );
        assert!(line.contains(r#""terms":["BT-10"],"legal_class":"content","text":{"de":"#), "{line}");
        assert!(line.contains(r#""expected":"150.00","found":"149.00"}"#), "{line}");
        assert!(line.ends_with(r#""recommendation":"reject"}"#), "{line}");
    }

    #[test]
    fn a_line_is_one_line() {
        let report = hostile();
        let line = line(&examined("a\nb", &report, None));
        assert!(!line.contains('\n'));
        assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok());
    }
}
