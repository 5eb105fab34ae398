//! A reply to the supplier: polite, plain, ready to send. Which invoice, what is wrong, what is asked for.
//!
//! In: a rejected document and whether it was posted. Out: text or HTML of bounded length; nothing for a
//! document that is accepted. Absent on purpose: blame, and anything only the town has to know.

use super::legal::{self, Words};
use super::markup::{escape, line};
use super::told::{CLASSES, Told, class, place, sides, told};
use super::{Examined, german, html};
use crate::job::Language;
use crate::validate::{Recommendation, Severity};

/// Points named of one class; whoever mends ten faults checks again anyway.
const MOST: usize = 10;

/// Whether the invoice is in the books already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Posting {
    Posted,
    NotPosted,
}

/// As text for a mail; subject first. None where there is nothing to ask for.
pub fn text(examined: &Examined, posting: Posting) -> Option<String> {
    let letter = Letter::of(examined, posting)?;
    let mut text = format!("Betreff: {}\n\n", letter.subject);
    for paragraph in &letter.opening {
        text.push_str(&format!("{paragraph}\n\n"));
    }
    for part in &letter.parts {
        text.push_str(&format!("{} ({})\n{}\n", part.title, part.words.de, part.words.meaning));
        for (number, point) in part.points.iter().enumerate() {
            text.push_str(&format!("  {}. {}\n", number + 1, point.rule));
            for detail in &point.details {
                text.push_str(&format!("     {detail}\n"));
            }
        }
        text.push_str(&format!("{}{}\n\n", part.rest, part.words.request));
    }
    text.push_str(&letter.closing.join("\n\n"));
    text.push('\n');
    Some(text)
}

/// As a page for the same.
pub fn html(examined: &Examined, posting: Posting) -> Option<String> {
    let letter = Letter::of(examined, posting)?;
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"de\" xmlns=\"http://www.w3.org/1999/xhtml\">\n{}<body>\n<article>\n<h1>{}</h1>\n",
        html::head(&letter.subject),
        escape(&letter.subject)
    );
    let paragraph = |text: &str| format!("<p>{}</p>\n", escape(text));
    letter.opening.iter().for_each(|text| page.push_str(&paragraph(text)));
    for part in &letter.parts {
        page.push_str(&format!(
            "<h2>{} ({})</h2>\n{}<ol>\n",
            part.title,
            part.words.de,
            paragraph(part.words.meaning)
        ));
        for point in &part.points {
            let details: Vec<String> = point.details.iter().map(|detail| escape(detail)).collect();
            page.push_str(&format!(
                "<li>{}<br/><small>{}</small></li>\n",
                escape(&point.rule),
                details.join("<br/>")
            ));
        }
        page.push_str(&format!("</ol>\n{}", paragraph(&format!("{}{}", part.rest, part.words.request))));
    }
    letter.closing.iter().for_each(|text| page.push_str(&paragraph(text)));
    page.push_str("</article>\n</body>\n</html>\n");
    Some(page)
}

struct Letter {
    subject: String,
    opening: Vec<String>,
    parts: Vec<Part>,
    closing: Vec<String>,
}

struct Part {
    title: &'static str,
    words: &'static Words,
    points: Vec<Point>,
    /// How many were not named.
    rest: String,
}

struct Point {
    rule: String,
    details: Vec<String>,
}

impl Letter {
    fn of(examined: &Examined, posting: Posting) -> Option<Self> {
        match examined.report.recommendation {
            Recommendation::Reject => {}
            Recommendation::Accept | Recommendation::NotApplicable => return None,
        }
        let named = named(examined);
        let told: Vec<Told> =
            told(examined.report).into_iter().filter(|told| told.finding.severity == Severity::Fatal).collect();
        let parts = CLASSES.iter().filter_map(|wanted| {
            let here: Vec<&Told> = told.iter().filter(|told| class(told.finding) == *wanted).collect();
            (!here.is_empty()).then(|| part(legal::words(*wanted), &here))
        });
        Some(Self {
            subject: format!("Bitte um eine berichtigte Rechnung: {named}"),
            opening: vec![
                "Sehr geehrte Damen und Herren,".to_owned(),
                format!(
                    "vielen Dank für Ihre {named}. Bei der Prüfung haben wir Punkte gefunden, \
                     deretwegen wir sie so nicht weiterbearbeiten können. Für jeden Punkt nennen wir, was in einer \
                     richtigen Rechnung gilt."
                ),
            ],
            parts: parts.collect(),
            closing: closing(posting),
        })
    }
}

/// The invoice as both sides know it.
fn named(examined: &Examined) -> String {
    let heading = examined.heading.cloned().unwrap_or_default();
    let mut named = match &heading.number {
        Some(number) => format!("Rechnung {number}"),
        None => "Rechnung".to_owned(),
    };
    if let Some(day) = heading.issued {
        named.push_str(&format!(" vom {}", german(day)));
    }
    if let Some(amount) = &heading.amount {
        named.push_str(&format!(" über {amount}"));
    }
    // Where it lies in our house is nobody's business.
    let file = examined.file.rsplit('/').next().unwrap_or_default();
    format!("{named} (Datei „{}“)", line(file))
}

fn part(words: &'static Words, told: &[&Told]) -> Part {
    let title = match words.de {
        "Formatfehler" => "Aufbau der Datei",
        "Inhaltsfehler" => "Angaben in der Rechnung",
        _ => "Regeln der E-Rechnung",
    };
    let rest = match told.len().saturating_sub(MOST) {
        0 => String::new(),
        1 => "Ein weiterer Punkt dieser Art ist hier nicht aufgeführt. ".to_owned(),
        rest => format!("{rest} weitere Punkte dieser Art sind hier nicht aufgeführt. "),
    };
    Part { title, words, points: told.iter().take(MOST).map(|told| point(told)).collect(), rest }
}

fn point(told: &Told) -> Point {
    let finding = told.finding;
    let [expected, found] = sides(finding);
    let mut details = vec![format!("Regel: {}", line(&finding.id))];
    let place = place(finding, Language::De);
    if !place.is_empty() {
        details.push(format!("Angabe: {}", line(&place)));
    }
    details.extend(expected.map(|expected| format!("Erwartet: {expected}")));
    details.extend(found.map(|found| format!("Gefunden: {found}")));
    if finding.location != "/" {
        details.push(format!("Stelle in der Datei: {}", line(&finding.location)));
    }
    if told.more > 0 {
        details.push(format!("Weitere Stellen: {}", told.more));
    }
    Point { rule: for_the_supplier(&finding.text.de), details }
}

/// What follows on `Wenn nicht:` or `Bitte` is advice for the clerk.
fn for_the_supplier(text: &str) -> String {
    let ends = [" Wenn nicht:", " Bitte ", "; bitte "].iter().filter_map(|advice| text.find(advice)).min();
    let mut rule = line(&text[..ends.unwrap_or(text.len())]);
    if !rule.ends_with(['.', '…']) {
        rule.push('.');
    }
    rule
}

fn closing(posting: Posting) -> Vec<String> {
    let state = match posting {
        Posting::Posted => {
            "Die bisherige Rechnung ist bei uns bereits gebucht. Bitte beziehen Sie sich in der berichtigten Rechnung \
             auf sie (Rechnungsart 384, vorausgegangene Rechnung BT-25), damit nichts doppelt bezahlt wird."
        }
        Posting::NotPosted => {
            "Die bisherige Rechnung haben wir nicht gebucht. Wir bearbeiten sie weiter, sobald die berichtigte Rechnung \
             da ist."
        }
    };
    let help = "Meist genügt es, diese Nachricht an den Hersteller Ihres Rechnungsprogramms weiterzugeben; er kennt \
                die Regeln an ihren Kennungen. Bei Rückfragen helfen wir gern.";
    [state, help, "Mit freundlichen Grüßen"].map(str::to_owned).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::tests::{examined, finding, hostile, rejected};
    use crate::protocol::{Heading, refusal};
    use crate::validate::LegalClass;

    #[test]
    fn the_letter_names_the_invoice_the_faults_and_what_is_asked_for() {
        let report = rejected();
        let heading = Heading {
            number: Some("4711".to_owned()),
            issued: Some("2026-11-02".parse().unwrap()),
            amount: Some("119,00 EUR".to_owned()),
            ..Heading::default()
        };
        let examined = examined("/srv/post/a.xml", &report, Some(&heading));
        let text = text(&examined, Posting::NotPosted).unwrap();
        for part in [
            "Betreff: Bitte um eine berichtigte Rechnung: Rechnung 4711 vom 02.11.2026 über 119,00 EUR (Datei „a.xml“)",
            "Angaben in der Rechnung (Inhaltsfehler)",
            "Regeln der E-Rechnung (Geschäftsregelfehler)",
            "  1. Die Käuferreferenz (BT-10) ist vorhanden.",
            "     Erwartet: 150.00",
            "haben wir nicht gebucht",
            "Mit freundlichen Grüßen",
        ] {
            assert!(text.contains(part), "{part} is missing in {text}");
        }
        assert!(!text.contains("BR-DE-19"), "a warning is no reason to write");
        assert!(!text.contains("  \n") && !text.contains("berichtigte  "));
        let posted = super::text(&examined, Posting::Posted).unwrap();
        assert!(posted.contains("bereits gebucht") && posted.contains("384"));
    }

    #[test]
    fn advice_for_the_clerk_stays_in_the_house() {
        let report = refusal::no_invoice_in_pdf();
        let text = text(&examined("scan.pdf", &report, None), Posting::NotPosted).unwrap();
        assert!(text.contains("sonstige Rechnung") && !text.contains("bitte eine XRechnung"), "{text}");
        assert_eq!(for_the_supplier("A stimmt. Wenn nicht: beim Absender nachfragen."), "A stimmt.");
    }

    #[test]
    fn a_letter_stays_a_letter() {
        let mut report = hostile();
        for number in 0..5_000 {
            report.findings.push(finding(&format!("X-{number}"), Severity::Fatal, LegalClass::Format));
        }
        let examined = examined("a.xml", &report, None);
        let text = text(&examined, Posting::NotPosted).unwrap();
        assert!(text.contains("4990 weitere Punkte dieser Art"));
        assert!(text.len() < 20_000, "{}", text.len());
        assert!(html(&examined, Posting::NotPosted).unwrap().len() < 40_000);
    }
}
