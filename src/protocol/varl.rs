//! The report format of the official validator (VARL 1), so that programs made for it read ours.
//!
//! Steps are called as there: `val-xml`, `val-xsd`, `val-sch.1` (EN 16931), `val-sch.2` (XRechnung). Rules of
//! our own that are no errors stand in `val-laufmappe` as information, because there they do not exist.

use super::markup::{escape, line};
use super::told::sides;
use super::{Examined, html, scenarios};
use crate::validate::{Finding, Recommendation, Report, Severity, catalogue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::collections::HashSet;
use std::sync::LazyLock;

/// A whole `rep:report`.
pub fn varl(examined: &Examined) -> String {
    let report = examined.report;
    let steps = steps(report);
    let matched = matched(report);
    let valid = matched.is_some() && steps.iter().all(|step| step.valid());
    let mut xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rep:report xmlns:rep=\"http://www.xoev.de/de/validator/varl/1\" \
         xmlns:s=\"http://www.xoev.de/de/validator/framework/1/scenarios\" varlVersion=\"1.0.0\" valid=\"{valid}\">\n"
    );
    xml.push_str(&format!(
        "<rep:engine><rep:name>Laufmappe {}</rep:name></rep:engine>\n",
        env!("CARGO_PKG_VERSION")
    ));
    xml.push_str(&format!("<rep:timestamp>{}</rep:timestamp>\n", examined.at));
    xml.push_str(&identification(examined));
    match matched {
        Some(scenario) => {
            xml.push_str(&format!("<rep:scenarioMatched>{scenario}\n"));
            steps.iter().for_each(|step| xml.push_str(&step.xml()));
            xml.push_str("</rep:scenarioMatched>\n");
        }
        None => {
            xml.push_str("<rep:noScenarioMatched>");
            steps.iter().filter(|step| step.id == XML).for_each(|step| xml.push_str(&step.xml()));
            xml.push_str("</rep:noScenarioMatched>\n");
        }
    }
    let assessment = if accepts(report) { "accept" } else { "reject" };
    xml.push_str(&format!(
        "<rep:assessment><rep:{assessment}><rep:explanation>\
         <html xmlns=\"http://www.w3.org/1999/xhtml\" data-report-type=\"report\">{}<body>{}</body></html>\
         </rep:explanation></rep:{assessment}></rep:assessment>\n</rep:report>\n",
        html::head("Prüfprotokoll"),
        html::sheet(examined)
    ));
    xml
}

/// Whether the recommendation is to accept.
pub fn accepts(report: &Report) -> bool {
    match report.recommendation {
        Recommendation::Accept => true,
        Recommendation::Reject | Recommendation::NotApplicable => false,
    }
}

/// Whether the official validator would have broken off here as well, instead of coming to a verdict.
pub fn broken_off(report: &Report) -> bool {
    report.findings.iter().any(|finding| matches!(finding.id.as_str(), "LM-UNDECIDED" | "LM-BROKEN-OFF"))
}

fn identification(examined: &Examined) -> String {
    let hash = examined.content.map(|hash| STANDARD.encode(hash.bytes())).unwrap_or_default();
    format!(
        "<rep:documentIdentification><rep:documentHash><rep:hashAlgorithm>SHA-256</rep:hashAlgorithm>\
         <rep:hashValue>{hash}</rep:hashValue></rep:documentHash><rep:documentReference>{}</rep:documentReference>\
         </rep:documentIdentification>\n",
        escape(&line(examined.file))
    )
}

/// The scenario, where one matches: the syntax is known and so is the profile.
fn matched(report: &Report) -> Option<String> {
    let none = |id: &str| matches!(id, "LM-PROFILE" | "LM-SCENARIO" | "LM-ROOT");
    let unknown = report.findings.iter().any(|finding| none(&finding.id));
    let (Some(syntax), Some(profile), false) = (report.syntax, &report.profile, unknown) else { return None };
    Some(scenarios::scenario(profile, syntax))
}

const XML: &str = "val-xml";

struct Step<'a> {
    id: &'static str,
    resource: &'static str,
    findings: Vec<&'a Finding>,
}

/// The steps that were taken, in their order.
fn steps(report: &Report) -> Vec<Step<'_>> {
    let step = |id, resource| Step { id, resource, findings: Vec::new() };
    let mut steps = [
        step(XML, "XML"),
        step("val-xsd", "XML Schema"),
        step("val-sch.1", scenarios::EUROPEAN),
        step("val-sch.2", scenarios::NATIONAL),
        step("val-laufmappe", "Laufmappe"),
    ];
    for finding in &report.findings {
        steps[step_of(finding)].findings.push(finding);
    }
    let national = report.profile.as_deref().is_some_and(|profile| profile.starts_with("XRechnung"));
    let taken = |step: &Step| match step.id {
        "val-sch.2" => national || !step.findings.is_empty(),
        "val-laufmappe" => !step.findings.is_empty(),
        _ => true,
    };
    steps.into_iter().filter(taken).collect()
}

fn step_of(finding: &Finding) -> usize {
    match finding.id.as_str() {
        "LM-XML" | "LM-KIND" | "LM-SIZE" | "LM-PDF" => 0,
        id if id.starts_with("LM-XSD") => 1,
        // It says which rule could not be decided, in words only.
        "LM-UNDECIDED" | "LM-BROKEN-OFF" | "LM-MANY" | "LM-ROOT" | "LM-PROFILE" | "LM-SCENARIO" => 2,
        id if id.starts_with("LM-") => 4,
        id if NATIONAL_IDS.contains(id) => 3,
        _ => 2,
    }
}

static NATIONAL_IDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| {
    let national = |book: &str| book.starts_with("xrechnung") || book.starts_with("peppol");
    catalogue().iter().filter(|entry| national(entry.book)).map(|entry| entry.id).collect()
});

impl Step<'_> {
    /// As there: a warning makes a step invalid, though the document may be accepted.
    fn valid(&self) -> bool {
        self.findings.iter().all(|finding| level(finding) == "information")
    }

    fn xml(&self) -> String {
        let mut xml = format!(
            "<rep:validationStepResult id=\"{}\" valid=\"{}\">{}\n",
            self.id,
            self.valid(),
            scenarios::resource(self.resource)
        );
        for (number, finding) in self.findings.iter().enumerate() {
            xml.push_str(&format!(
                "<rep:message id=\"{}.{}\" level=\"{}\" xpathLocation=\"{}\" code=\"{}\">{}</rep:message>\n",
                self.id,
                number + 1,
                level(finding),
                escape(&finding.location),
                escape(&finding.id),
                escape(&message(finding)),
            ));
        }
        xml.push_str("</rep:validationStepResult>\n");
        xml
    }
}

fn level(finding: &Finding) -> &'static str {
    match finding.severity {
        Severity::Fatal => "error",
        Severity::Warning if finding.id.starts_with("LM-") => "information",
        Severity::Warning => "warning",
        Severity::Information => "information",
    }
}

/// `[BR-CO-10] … (erwartet 150.00, gefunden 149.00)`, as messages begin there.
fn message(finding: &Finding) -> String {
    let [expected, found] = sides(finding);
    let sides = [expected.map(|side| format!("erwartet {side}")), found.map(|side| format!("gefunden {side}"))];
    let sides: Vec<String> = sides.into_iter().flatten().collect();
    match sides.is_empty() {
        true => format!("[{}] {}", finding.id, finding.text.de),
        false => format!("[{}] {} ({})", finding.id, finding.text.de, sides.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoice::Tree;
    use crate::protocol::refusal;
    use crate::protocol::tests::{accepted, examined, finding, rejected};
    use crate::validate::LegalClass;

    #[test]
    fn a_rejected_invoice_reads_as_from_the_official_validator() {
        let report = rejected();
        let xml = varl(&examined("a.xml", &report, None));
        assert!(Tree::parse(&xml).is_ok(), "{xml}");
        for part in [
            "varlVersion=\"1.0.0\" valid=\"false\"",
            "<rep:timestamp>2026-11-02T08:00:00Z</rep:timestamp>",
            "<rep:hashAlgorithm>SHA-256</rep:hashAlgorithm><rep:hashValue>",
            "<rep:documentReference>a.xml</rep:documentReference>",
            "<rep:scenarioMatched><s:scenario><s:name>EN16931 XRechnung (UBL Invoice)</s:name>",
            "<rep:validationStepResult id=\"val-xsd\" valid=\"true\">",
            "<rep:validationStepResult id=\"val-sch.1\" valid=\"false\">",
            "<rep:message id=\"val-sch.1.1\" level=\"error\" xpathLocation=\"/ubl:Invoice[1]/cac:InvoiceLine[3]\" code=\"BR-CO-10\">[BR-CO-10] Die",
            " (erwartet 150.00, gefunden 149.00)</rep:message>",
            "<rep:assessment><rep:reject><rep:explanation><html xmlns=\"http://www.w3.org/1999/xhtml\" data-report-type=\"report\">",
        ] {
            assert!(xml.contains(part), "{part} is missing in {xml}");
        }
    }

    #[test]
    fn only_what_has_no_message_is_valid_and_our_own_hints_change_nothing() {
        let mut report = accepted();
        assert!(varl(&examined("a.xml", &report, None)).contains("valid=\"true\">\n<rep:engine>"));
        report.findings = vec![finding("LM-LEITWEG", Severity::Warning, LegalClass::BusinessRule)];
        let hinted = varl(&examined("a.xml", &report, None));
        assert!(hinted.contains("valid=\"true\">\n<rep:engine>") && hinted.contains("level=\"information\""));
        report.findings = vec![finding("BR-CL-23", Severity::Warning, LegalClass::BusinessRule)];
        let warned = varl(&examined("a.xml", &report, None));
        assert!(
            warned.contains("valid=\"false\">\n<rep:engine>")
                && warned.contains("<rep:assessment><rep:accept>")
        );
    }

    #[test]
    fn faults_of_the_structure_stand_in_the_step_of_the_schema() {
        let mut report = rejected();
        report.findings = vec![finding("LM-XSD-ELEMENT", Severity::Fatal, LegalClass::Format)];
        let xml = varl(&examined("a.xml", &report, None));
        assert!(xml.contains("<rep:message id=\"val-xsd.1\" level=\"error\""), "{xml}");
        assert!(xml.contains("<rep:validationStepResult id=\"val-sch.1\" valid=\"true\">"), "{xml}");
    }

    #[test]
    fn without_a_scenario_there_is_one_step_at_most() {
        let unreadable = refusal::too_large(10, 5);
        let xml = varl(&examined("a.xml", &unreadable, None));
        assert!(
            xml.contains("<rep:noScenarioMatched><rep:validationStepResult id=\"val-xml\" valid=\"false\">"),
            "{xml}"
        );
        let mut unknown = rejected();
        unknown.findings.push(finding("LM-PROFILE", Severity::Fatal, LegalClass::BusinessRule));
        let xml = varl(&examined("a.xml", &unknown, None));
        assert!(
            xml.contains("<rep:noScenarioMatched><rep:validationStepResult id=\"val-xml\" valid=\"true\">"),
            "{xml}"
        );
        assert_eq!(xml.matches("<rep:validationStepResult").count(), 1);
    }
}
