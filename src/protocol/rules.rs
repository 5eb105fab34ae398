//! The page of rules: every id the examiner knows, with what it says.

use super::legal;
use super::refusal;
use super::told::severity;
use crate::job::Language;
use crate::validate::{Edition, Entry, catalogue};
use std::collections::HashSet;

/// One line per rule: id, book, severity, edition, terms, text.
pub fn text(language: Language) -> String {
    let mut text = String::new();
    for entry in entries() {
        let columns = [
            entry.id,
            entry.book,
            severity(entry.severity, language),
            &edition(&entry, language),
            &terms(&entry),
            entry.text.in_language(language),
        ];
        text.push_str(&columns.join("\t"));
        text.push('\n');
    }
    for (id, de, en) in refusal::IDS.iter().chain(ENDS) {
        let said = if language == Language::De { de } else { en };
        text.push_str(&[*id, "laufmappe", "", "", "", *said].join("\t"));
        text.push('\n');
    }
    text
}

/// The same as a Markdown page, in both languages.
pub fn markdown() -> String {
    let mut page = "# Prüfregeln\n\nErzeugt mit `laufmappe rules list --markdown`; nicht von Hand ändern. Die Texte sagen, was in \
                    einer richtigen Rechnung gilt.\n"
        .to_owned();
    let mut book = "";
    for entry in entries() {
        if entry.book != book {
            book = entry.book;
            page.push_str(&format!(
                "\n## {book}\n\n| Regel | Schwere | Fassung | Angaben | Einordnung | Deutsch | English |\n|---|---|---|---|---|---|---|\n"
            ));
        }
        page.push_str(&format!(
            "| {} | {} | {} | {} | {} | {} | {} |\n",
            entry.id,
            severity(entry.severity, Language::De),
            edition(&entry, Language::De),
            terms(&entry),
            legal::words(entry.legal_class).de,
            cell(&entry.text.de),
            cell(&entry.text.en),
        ));
    }
    page.push_str("\n## Keine Regeln, sondern Gründe, warum eine Prüfung nicht zu Ende kam\n\n| Kennung | Deutsch | English |\n|---|---|---|\n");
    for (id, de, en) in refusal::IDS.iter().chain(ENDS) {
        page.push_str(&format!("| {id} | {} | {} |\n", cell(de), cell(en)));
    }
    page
}

/// Ids of the examiner that are no rules.
const ENDS: &[(&str, &str, &str)] = &[
    (
        "LM-XML",
        "Die Datei ist wohlgeformtes XML ohne Dokumenttyp-Definition.",
        "The file is well-formed XML without a document type definition.",
    ),
    (
        "LM-ROOT",
        "Die Datei ist eine Rechnung in UBL 2.1 oder UN/CEFACT CII.",
        "The file is an invoice in UBL 2.1 or UN/CEFACT CII.",
    ),
    (
        "LM-XSD-ELEMENT",
        "Jedes Element steht dort, wo der Aufbau es vorsieht.",
        "Every element stands where the structure has a place for it.",
    ),
    (
        "LM-XSD-MISSING",
        "Jedes Element, das der Aufbau verlangt, ist vorhanden.",
        "Every element the structure asks for is there.",
    ),
    (
        "LM-XSD-TEXT",
        "Text steht nur dort, wo der Aufbau ihn vorsieht.",
        "Text stands only where the structure has a place for it.",
    ),
    (
        "LM-XSD-VALUE",
        "Jeder Wert ist so geschrieben, wie der Aufbau es verlangt.",
        "Every value is written as the structure asks.",
    ),
    (
        "LM-XSD-ATTRIBUTE",
        "Jedes Attribut ist eines, das der Aufbau vorsieht.",
        "Every attribute is one the structure knows.",
    ),
    (
        "LM-PROFILE",
        "Die Spezifikationskennung (BT-24) nennt ein Regelwerk, das geprüft werden kann.",
        "The specification identifier (BT-24) names rules that can be checked.",
    ),
    (
        "LM-SCENARIO",
        "Das Regelwerk der Rechnung gehört zu denen, die die amtliche Prüfung annimmt.",
        "The rules of the invoice are among those the official validation accepts.",
    ),
    ("LM-UNDECIDED", "Jede Regel lässt sich entscheiden.", "Every rule can be decided."),
    (
        "LM-MANY",
        "Die Rechnung hat nicht mehr als 10000 Fehler.",
        "The invoice has no more than 10000 findings.",
    ),
    ("LM-BROKEN-OFF", "Die Prüfung kam zu Ende.", "The examination came to its end."),
];

/// Every rule once, though it may ask the same of several elements.
fn entries() -> Vec<Entry> {
    let mut seen = HashSet::new();
    let mut entries = catalogue();
    entries
        .retain(|entry| seen.insert((entry.book, entry.id, entry.severity, entry.only.map(Edition::from_day))));
    entries
}

fn edition(entry: &Entry, language: Language) -> String {
    match (entry.only, language) {
        (Some(edition), Language::De) => format!("nur {}", edition.from_day()),
        (Some(edition), Language::En) => format!("only {}", edition.from_day()),
        (None, _) => String::new(),
    }
}

fn terms(entry: &Entry) -> String {
    let terms: Vec<String> = entry.terms.iter().map(ToString::to_string).collect();
    terms.join(" ")
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('<', "&lt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_stands_on_both_pages() {
        let (text, page) = (text(Language::De), markdown());
        for entry in catalogue() {
            assert!(text.contains(&format!("{}\t{}\t", entry.id, entry.book)), "{}", entry.id);
            assert!(page.contains(&format!("| {} |", entry.id)), "{}", entry.id);
        }
        for line in text.lines() {
            assert_eq!(line.split('\t').count(), 6, "{line}");
        }
        for line in page.lines().filter(|line| line.starts_with("| ")) {
            assert!(matches!(line.replace("\\|", "").matches('|').count(), 4 | 8), "{line}");
        }
    }
}
