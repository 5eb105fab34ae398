//! A protocol for the terminal.

use super::Examined;
use super::legal;
use super::markup::line;
use super::told::{class, place, severity, sides, told};
use crate::job::Language;
use crate::validate::{Recommendation, Report, Severity};

/// One line per document, and below it one or two per rule that is broken. Ends with a line break.
pub fn text(examined: &Examined, language: Language) -> String {
    let report = examined.report;
    let mut text = format!("{}: {}\n", line(examined.file), verdict(report, language));
    for told in told(report) {
        let finding = told.finding;
        let words = line(finding.text.in_language(language));
        text.push_str(&format!("  {} {}", severity(finding.severity, language), finding.id));
        if finding.severity == Severity::Fatal {
            text.push_str(&format!(" ({})", legal::words(class(finding)).name(language)));
        }
        text.push_str(&format!(": {words}\n"));
        let [expected, found] = sides(finding);
        let (wanted, got, more) = match language {
            Language::De => ("erwartet", "gefunden", "weitere Stellen"),
            Language::En => ("expected", "found", "more places"),
        };
        let mut details = vec![place(finding, language)];
        details.extend(expected.map(|expected| format!("{wanted} {expected}")));
        details.extend(found.map(|found| format!("{got} {found}")));
        details.push(line(&finding.location));
        if told.more > 0 {
            details.push(format!("+ {} {more}", told.more));
        }
        details.retain(|detail| !detail.is_empty() && detail != "/");
        if !details.is_empty() {
            text.push_str(&format!("    {}\n", details.join("; ")));
        }
    }
    text
}

fn verdict(report: &Report, language: Language) -> String {
    let said = match (language, report.recommendation) {
        (Language::De, Recommendation::Accept) => "annehmen",
        (Language::De, Recommendation::Reject) => "ablehnen",
        (Language::De, Recommendation::NotApplicable) => "keine Rechnung, nicht geprüft",
        (Language::En, Recommendation::Accept) => "accept",
        (Language::En, Recommendation::Reject) => "reject",
        (Language::En, Recommendation::NotApplicable) => "no invoice, not checked",
    };
    let mut facts: Vec<String> = report.profile.iter().map(|profile| line(profile)).collect();
    for (count, one, many) in counts(report, language) {
        match count {
            0 => {}
            1 => facts.push(format!("1 {one}")),
            count => facts.push(format!("{count} {many}")),
        }
    }
    if facts.is_empty() { said.to_owned() } else { format!("{said} ({})", facts.join(", ")) }
}

fn counts(report: &Report, language: Language) -> [(usize, &'static str, &'static str); 2] {
    match language {
        Language::De => [(report.fatal(), "Fehler", "Fehler"), (report.warnings(), "Warnung", "Warnungen")],
        Language::En => [(report.fatal(), "error", "errors"), (report.warnings(), "warning", "warnings")],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::tests::{accepted, examined, rejected};

    #[test]
    fn the_verdict_stands_first_in_both_languages() {
        let (good, bad) = (accepted(), rejected());
        assert_eq!(text(&examined("a.xml", &good, None), Language::De), "a.xml: annehmen (XRechnung 3.0)\n");
        let german = text(&examined("b.xml", &bad, None), Language::De);
        assert!(german.starts_with("b.xml: ablehnen (XRechnung 3.0, 2 Fehler, 1 Warnung)\n"), "{german}");
        assert!(german.contains("  Fehler BR-CO-10 (Inhaltsfehler): Die Käuferreferenz"), "{german}");
        assert!(german.contains("erwartet 150.00; gefunden 149.00; /ubl:Invoice[1]"), "{german}");
        let english = text(&examined("b.xml", &bad, None), Language::En);
        assert!(english.contains("reject (XRechnung 3.0, 2 errors, 1 warning)"), "{english}");
        assert!(english.contains("  warning BR-DE-19: The buyer reference"), "{english}");
    }
}
