//! A page a clerk can read and print: the verdict first, then what is wrong, class by class, each with what
//! follows from it and what to do. Self-contained, without scripts, XHTML at the same time.

use super::legal::{self, Words};
use super::markup::{escape, line};
use super::told::{CLASSES, Told, class, place, severity, sides, told};
use super::{Examined, german};
use crate::job::{Language, german_day};
use crate::validate::{Recommendation, Report, Severity};

/// Rules shown of one class; further ones are counted.
const MOST: usize = 200;

/// One page for any number of documents, each on a sheet of its own.
pub fn page(examined: &[Examined]) -> String {
    let mut page = begin();
    for examined in examined {
        page.push_str(&sheet(examined));
    }
    page.push_str(END);
    page
}

/// The page up to its first sheet; [`END`] closes it.
pub fn begin() -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"de\" xmlns=\"http://www.w3.org/1999/xhtml\">\n{}<body>\n",
        head("Prüfprotokoll")
    )
}

pub const END: &str = "</body>\n</html>\n";

/// Head of a page of ours.
pub(super) fn head(title: &str) -> String {
    format!(
        "<head>\n<meta charset=\"utf-8\"/>\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <title>{}</title>\n<style>{STYLE}</style>\n</head>\n",
        escape(title)
    )
}

/// One document.
pub fn sheet(examined: &Examined) -> String {
    let report = examined.report;
    let told = told(report);
    let (mark, verdict) = verdict(report);
    let mut sheet = format!(
        "<article>\n<h1>Prüfprotokoll</h1>\n<p class=\"verdict {mark}\"><strong>{verdict}</strong></p>\n{}",
        facts(examined)
    );
    for class_here in CLASSES {
        let here: Vec<&Told> = told
            .iter()
            .filter(|told| class(told.finding) == class_here && told.finding.severity == Severity::Fatal)
            .collect();
        if !here.is_empty() {
            sheet.push_str(&section(legal::words(class_here), &here));
        }
    }
    let rest: Vec<&Told> = told.iter().filter(|told| told.finding.severity != Severity::Fatal).collect();
    if !rest.is_empty() {
        sheet.push_str(
            "<section>\n<h2>Warnungen und Hinweise</h2>\n<p>Sie stehen einer Annahme nicht entgegen.</p>\n",
        );
        sheet.push_str(&table(&rest));
        sheet.push_str("</section>\n");
    }
    sheet.push_str(&format!("<footer>{}</footer>\n</article>\n", legal::REMINDER));
    sheet
}

/// What to do with the invoice, in one sentence.
fn verdict(report: &Report) -> (&'static str, String) {
    match report.recommendation {
        Recommendation::Accept if report.warnings() == 0 => {
            ("good", "Annehmen: Die Prüfung hat keinen Fehler gefunden.".to_owned())
        }
        Recommendation::Accept => {
            let more = if report.warnings() == 1 { "eine Warnung" } else { "Warnungen" };
            ("good", format!("Annehmen: Die Prüfung hat keinen Fehler gefunden, nur {more}."))
        }
        Recommendation::Reject => {
            let faults = match report.fatal() {
                0 => "Die Rechnung konnte nicht geprüft werden.".to_owned(),
                1 => "Die Prüfung hat einen Fehler gefunden.".to_owned(),
                faults => format!("Die Prüfung hat {faults} Fehler gefunden."),
            };
            ("bad", format!("Nicht annehmen: {faults}"))
        }
        Recommendation::NotApplicable => ("none", "Keine Rechnung: nicht geprüft.".to_owned()),
    }
}

fn facts(examined: &Examined) -> String {
    let report = examined.report;
    let mut rows = vec![("Datei", line(examined.file))];
    if let Some(heading) = examined.heading {
        rows.extend(heading.number.clone().map(|number| ("Rechnung", number)));
        rows.extend(heading.issued.map(|day| ("Rechnungsdatum", german(day))));
        rows.extend(heading.seller.clone().map(|seller| ("Lieferant", seller)));
        rows.extend(heading.buyer.clone().map(|buyer| ("Empfänger", buyer)));
        rows.extend(heading.amount.clone().map(|amount| ("Betrag", amount)));
    }
    rows.extend(report.profile.as_deref().map(|profile| ("Profil", line(profile))));
    if !report.rule_sets.is_empty() {
        rows.push(("Geprüft nach", report.rule_sets.join("; ")));
    }
    rows.push(("Stand der Prüfung", german(german_day(examined.at))));
    rows.extend(examined.content.map(|hash| ("SHA-256", hash.hex())));
    let mut table = "<table class=\"facts\">\n".to_owned();
    for (name, value) in rows {
        table.push_str(&format!("<tr><th scope=\"row\">{name}</th><td>{}</td></tr>\n", escape(&value)));
    }
    table.push_str("</table>\n");
    table
}

fn section(words: &Words, told: &[&Told]) -> String {
    format!(
        "<section>\n<h2>{}</h2>\n<p>{}</p>\n<p><b>Was daraus folgt:</b> {}</p>\n<p><b>Nächster Schritt:</b> {}</p>\n{}</section>\n",
        words.de,
        words.meaning,
        words.consequence,
        words.next,
        table(told)
    )
}

fn table(told: &[&Told]) -> String {
    let mut table = "<table class=\"findings\">\n<thead><tr><th scope=\"col\">Das muss gelten</th><th scope=\"col\">Wo</th>\
                     <th scope=\"col\">Erwartet</th><th scope=\"col\">Gefunden</th></tr></thead>\n<tbody>\n"
        .to_owned();
    for told in told.iter().take(MOST) {
        table.push_str(&row(told));
    }
    table.push_str("</tbody>\n</table>\n");
    if told.len() > MOST {
        table.push_str(&format!("<p>und {} weitere Regeln</p>\n", told.len() - MOST));
    }
    table
}

fn row(told: &Told) -> String {
    let finding = told.finding;
    let [expected, found] = sides(finding).map(|side| escape(&side.unwrap_or_else(|| "–".to_owned())));
    let more = match told.more {
        0 => String::new(),
        1 => "<br/>und eine weitere Stelle".to_owned(),
        more => format!("<br/>und {more} weitere Stellen"),
    };
    let (place, location) = match (place(finding, Language::De), line(&finding.location)) {
        (place, location) if place.is_empty() && location == "/" => ("ganze Datei".to_owned(), String::new()),
        found => found,
    };
    format!(
        "<tr><td>{}<br/><small>{} · {}</small></td><td>{}{more}<br/><code>{}</code></td><td>{expected}</td><td>{found}</td></tr>\n",
        escape(&line_of(&finding.text.de)),
        severity(finding.severity, Language::De),
        escape(&finding.id),
        escape(&place),
        escape(&location),
    )
}

/// Our own sentences may be longer than a value.
fn line_of(text: &str) -> String {
    const LONGEST: usize = 600;
    text.chars().take(LONGEST).collect()
}

const STYLE: &str = "
@page { size: A4; margin: 18mm; }
body { font-family: sans-serif; font-size: 11pt; line-height: 1.4; color: #111; background: #fff; margin: 0 auto; max-width: 210mm; padding: 8mm; }
article + article { break-before: page; border-top: 1px solid #999; }
h1 { font-size: 16pt; margin: 0 0 3mm; }
h2 { font-size: 13pt; margin: 7mm 0 2mm; }
p { margin: 1mm 0; }
.verdict { font-size: 13pt; border: 2px solid #444; border-left-width: 8px; padding: 3mm; margin: 0 0 4mm; }
.good { border-color: #1a7a2e; }
.bad { border-color: #b00020; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; }
.facts th { width: 38mm; font-weight: normal; color: #444; vertical-align: top; }
.facts td { overflow-wrap: anywhere; }
.findings { table-layout: fixed; font-size: 10pt; margin-top: 2mm; }
.findings th, .findings td { border: 1px solid #888; padding: 1.5mm; vertical-align: top; overflow-wrap: anywhere; }
.findings th:nth-child(1) { width: 38%; }
.findings th:nth-child(2) { width: 32%; }
.findings thead { background: #eee; }
.findings tr { break-inside: avoid; }
code { font-size: 8pt; color: #444; }
small, footer { color: #444; }
footer { margin-top: 7mm; font-size: 9pt; border-top: 1px solid #999; padding-top: 2mm; }
@media print { body { padding: 0; max-width: none; } article + article { border-top: 0; } }
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::tests::{accepted, examined, finding, rejected};
    use crate::validate::LegalClass;

    #[test]
    fn the_verdict_comes_first_and_then_the_classes_with_what_follows() {
        let report = rejected();
        let page = page(&[examined("a.xml", &report, None)]);
        let places = [
            "Nicht annehmen: Die Prüfung hat 2 Fehler gefunden.",
            "<h2>Inhaltsfehler</h2>",
            "<h2>Geschäftsregelfehler</h2>",
            "<h2>Warnungen und Hinweise</h2>",
            legal::REMINDER,
        ]
        .map(|text| page.find(text).unwrap_or_else(|| panic!("{text} is missing")));
        assert!(places.is_sorted(), "{places:?}");
        assert!(page.contains("Position 3: Käuferreferenz (Leitweg-ID) (BT-10)"));
        for forbidden in ["<script", "http://", "https://", "url(", "@import"] {
            assert!(!page.replace("http://www.w3.org/1999/xhtml", "").contains(forbidden), "{forbidden}");
        }
    }

    #[test]
    fn several_documents_are_several_sheets_of_one_page() {
        let (good, bad) = (accepted(), rejected());
        let page = page(&[examined("a.xml", &good, None), examined("b.xml", &bad, None)]);
        assert_eq!(page.matches("<article>").count(), 2);
        assert_eq!(page.matches("<html").count(), 1);
        assert!(page.contains("Annehmen: Die Prüfung hat keinen Fehler gefunden."));
    }

    #[test]
    fn a_thousand_findings_stay_readable() {
        let mut report = rejected();
        for number in 0..1_000 {
            report.findings.push(finding(&format!("X-{number}"), Severity::Fatal, LegalClass::Format));
            report.findings.push(finding("Y", Severity::Fatal, LegalClass::Format));
        }
        let sheet = sheet(&examined("a.xml", &report, None));
        assert!(sheet.contains("und 801 weitere Regeln") && sheet.contains("und 999 weitere Stellen"));
        assert!(sheet.len() < 300_000, "{}", sheet.len());
    }
}
