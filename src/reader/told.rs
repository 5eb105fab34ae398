//! A document at the reading desk in plain words.
//!
//! In: [`Answer`]. Out: lines for a screen. Absent on purpose: the text itself; who wants it asks for JSON.

use super::{Answer, Balance, Value};
use crate::extract::class::Class;
use crate::extract::{Field, Fields};
use crate::invoice::{Term, name_of};
use crate::job::Language;
use crate::protocol::line;

/// Class, pages, values with how surely they were read. Ends with a line break.
pub fn text(answer: &Answer, language: Language) -> String {
    let class = &answer.class;
    let mut text = line(&answer.file);
    if answer.part > 1 || answer.sheets.separators > 0 {
        text += &match language {
            Language::De => format!(", Teil {}", answer.part),
            Language::En => format!(", part {}", answer.part),
        };
    }
    text += &format!(": {} ({})\n", name(class.name, language), percent(class.confidence));
    text += &format!("  {}\n", pages(answer, language));
    for (term, value) in &answer.fields {
        match value {
            Value::Single(field) => text += &said(term, field, language),
            Value::Rows(rows) => rows.iter().for_each(|row| text += &share(&row.fields, language)),
        }
    }
    answer.lines.iter().for_each(|row| text += &item(row));
    text
}

pub fn name(class: Class, language: Language) -> &'static str {
    let (german, english) = match class {
        Class::Invoice => ("Rechnung", "invoice"),
        Class::CreditNote => ("Gutschrift", "credit note"),
        Class::Reminder => ("Mahnung", "reminder"),
        Class::DeliveryNote => ("Lieferschein", "delivery note"),
        Class::OrderConfirmation => ("Auftragsbestätigung", "order confirmation"),
        Class::Offer => ("Angebot", "offer"),
        Class::Notice => ("Bescheid", "official notice"),
        Class::Application => ("Antrag", "application"),
        Class::Letter => ("Schreiben", "letter"),
        Class::Other => ("Sonstiges", "other"),
    };
    match language {
        Language::De => german,
        Language::En => english,
    }
}

fn percent(confidence: f64) -> String {
    format!("{:.0} %", (confidence * 100.0).floor())
}

/// Which pages of the file, and what was done to them.
fn pages(answer: &Answer, language: Language) -> String {
    let numbers: Vec<String> = answer.pages.iter().map(|page| (page.source_page + 1).to_string()).collect();
    let turned = answer.pages.iter().filter(|page| page.rotation != 0).count();
    let Balance { pages_in, separators, blanks, .. } = &answer.sheets;
    let numbers = numbers.join(", ");
    let mut said = match language {
        Language::De => format!("Seite {numbers} von {pages_in}"),
        Language::En => format!("page {numbers} of {pages_in}"),
    };
    let facts = match language {
        Language::De => {
            [(turned, "aufgerichtet"), (*separators as usize, "Trennblätter"), (*blanks as usize, "leer")]
        }
        Language::En => {
            [(turned, "turned upright"), (*separators as usize, "separators"), (*blanks as usize, "blank")]
        }
    };
    for (count, fact) in facts {
        if count > 0 {
            said += &format!("; {count} {fact}");
        }
    }
    said
}

fn said(term: &str, field: &Field, language: Language) -> String {
    let names = term.parse::<Term>().ok().and_then(name_of).unwrap_or(("", ""));
    let name = match language {
        Language::De => names.0,
        Language::En => names.1,
    };
    let sure = field.confidence.map(|sure| format!("  ({})", percent(sure))).unwrap_or_default();
    format!("  {term:<7} {name}: {}{sure}\n", line(&field.value))
}

fn share(row: &Fields, language: Language) -> String {
    let value = |term: &str| row.get(term).map_or("?", |field| field.value.as_str());
    let (rate, base, tax) = (value("BT-119"), value("BT-116"), value("BT-117"));
    match language {
        Language::De => format!("  BG-23   Umsatzsteuer {rate} %: {tax} auf {base}\n"),
        Language::En => format!("  BG-23   VAT {rate} %: {tax} on {base}\n"),
    }
}

fn item(row: &Fields) -> String {
    let value = |term: &str| row.get(term).map_or("–", |field| field.value.as_str());
    let (quantity, price, net) = (value("BT-129"), value("BT-146"), value("BT-131"));
    format!("  BG-25   {quantity} × {price} = {net}  {}\n", line(value("BT-153")))
}

#[cfg(test)]
mod tests {
    use super::super::{Class as Told, SourcePage};
    use super::*;
    use std::collections::BTreeMap;

    fn field(value: &str) -> Field {
        Field { value: value.to_owned(), confidence: Some(0.994), page: Some(1), area: None, marks: Vec::new() }
    }

    #[test]
    fn values_are_named_and_control_characters_do_not_reach_the_screen() {
        let page = |source_page, rotation| SourcePage {
            source_page,
            rotation,
            skew: 0.0,
            blank: false,
            separator: false,
            ocr_ms: 0,
        };
        let balance = Balance {
            pages_in: 5,
            filed: 3,
            separators: 1,
            blanks: 1,
            separator_pages: vec![0],
            blank_pages: vec![4],
        };
        let fields = BTreeMap::from([("BT-1".to_owned(), Value::Single(field("R\u{1b}[2J-1")))]);
        let lines = vec![Fields::from([("BT-131".to_owned(), field("5.00"))])];
        let class = Told { name: Class::Invoice, confidence: 0.97, because: Vec::new() };
        let answer = Answer {
            file: "stapel.tif".to_owned(),
            part: 1,
            class,
            pages: vec![page(1, 0), page(2, 90)],
            sheets: balance,
            fields,
            lines,
            text: String::new(),
        };
        let german = text(&answer, Language::De);
        let expected = "stapel.tif, Teil 1: Rechnung (97 %)\n  Seite 2, 3 von 5; 1 aufgerichtet; 1 Trennblätter; 1 leer\n  \
                        BT-1    Rechnungsnummer: R [2J-1  (99 %)\n  BG-25   – × – = 5.00  –\n";
        assert_eq!(german, expected);
        assert!(text(&answer, Language::En).starts_with("stapel.tif, part 1: invoice (97 %)\n"));
    }
}
