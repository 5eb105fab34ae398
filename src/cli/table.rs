//! The table of what became of every document, for people and as JSON for machines.

use super::house::House;
use super::language;
use crate::error::{Error, Kind, Result};
use crate::filing::Receipt;
use crate::job::{Document, Kind as DocumentKind, Language};
use crate::ledger::{State, Summary};
use crate::pipeline;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::Path;

const WIDTH_WITHOUT_TERMINAL: u16 = 160;

/// One document, and where it lies.
#[derive(Serialize)]
pub struct Row {
    #[serde(flatten)]
    pub summary: Summary,
    /// As the receipts name them: paths or addresses.
    locations: Vec<String>,
}

/// Looks the places up in the receipts.
pub fn rows(house: &House, summaries: Vec<Summary>) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for summary in each_part_behind_its_whole(summaries) {
        let mut locations = Vec::new();
        for (_, receipt) in &summary.filed {
            let receipt: Receipt = pipeline::kept(&house.store, receipt)?;
            locations.push(receipt.location);
        }
        rows.push(Row { summary, locations });
    }
    Ok(rows)
}

fn each_part_behind_its_whole(mut summaries: Vec<Summary>) -> Vec<Summary> {
    let part_of = |summary: &Summary| summary.document.part_of.as_ref().map(|part| part.whole.clone());
    let mut ordered: Vec<Summary> = Vec::new();
    let (mut parts, wholes) = summaries.drain(..).partition::<Vec<_>, _>(|summary| part_of(summary).is_some());
    parts.sort_by_key(|summary| summary.document.part_of.as_ref().map(|part| part.number));
    let mut waiting: Vec<Summary> = wholes.into_iter().rev().collect();
    while let Some(next) = waiting.pop() {
        let (ours, others) =
            parts.into_iter().partition::<Vec<_>, _>(|part| part_of(part).as_ref() == Some(&next.document.id));
        parts = others;
        ordered.push(next);
        waiting.extend(ours.into_iter().rev());
    }
    // Parts whose whole was not asked for.
    ordered.extend(parts);
    ordered
}

pub fn text(rows: &[Row], tongue: Language) -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    if !std::io::stdout().is_terminal() {
        table.set_width(WIDTH_WITHOUT_TERMINAL);
    }
    table.set_header(match tongue {
        Language::De => ["Eingang", "Art", "Ergebnis", "Regel / Grund", "Wo es liegt / was zu tun ist"],
        Language::En => ["Arrival", "Kind", "Outcome", "Rule / reason", "Where it lies / what to do"],
    });
    for row in rows {
        let summary = &row.summary;
        table.add_row([
            arrival(summary, tongue),
            kind(&summary.document, tongue).to_owned(),
            language::state(tongue, summary.state).to_owned(),
            reason(summary),
            place(row, tongue),
        ]);
    }
    format!("{table}\n{}", balance(rows, tongue))
}

/// All of it, one JSON array.
pub fn json(rows: &[Row]) -> Result<String> {
    serde_json::to_string_pretty(rows)
        .map_err(|error| Error::new(Kind::Internal, format!("writing JSON failed: {error}")))
}

/// What arrived must be what was filed, divided, lies in clearing or is still open.
fn balance(rows: &[Row], tongue: Language) -> String {
    let mut states: BTreeMap<State, usize> = BTreeMap::new();
    for row in rows {
        *states.entry(row.summary.state).or_default() += 1;
    }
    let count = |state| states.get(&state).copied().unwrap_or_default();
    let arrived = rows.iter().filter(|row| row.summary.document.part_of.is_none()).count();
    let parts = rows.len() - arrived;
    let (filed, divided) = (count(State::Filed), count(State::Divided));
    let (clearing, open) = (count(State::Clearing), count(State::Open));
    match tongue {
        Language::De => format!(
            "{arrived} Eingänge, {parts} Teile daraus = {filed} abgelegt + {clearing} in Klärung + \
             {divided} aufgeteilt + {open} in Arbeit"
        ),
        Language::En => format!(
            "{arrived} arrivals, {parts} parts of them = {filed} filed + {clearing} in clearing + \
             {divided} divided + {open} open"
        ),
    }
}

/// A path below the working folder is shorter without it.
fn from_here(location: &str) -> &str {
    let here = std::env::current_dir().unwrap_or_default();
    let below = Path::new(location).strip_prefix(here).ok().and_then(Path::to_str);
    below.unwrap_or(location)
}

/// Who clears a document needs its id.
fn arrival(summary: &Summary, tongue: Language) -> String {
    let label = label(&summary.document, tongue);
    match summary.state {
        State::Clearing => format!("{label}\n  {}", summary.document.id),
        State::Open | State::Filed | State::Divided => label,
    }
}

fn label(document: &Document, tongue: Language) -> String {
    let Some(part) = &document.part_of else { return document.name.clone() };
    let word = match tongue {
        Language::De => "Teil",
        Language::En => "part",
    };
    let pages = match (part.pages, tongue) {
        (Some((first, last)), _) if first == last => format!(", S. {first}"),
        (Some((first, last)), Language::De) => format!(", S. {first}–{last}"),
        (Some((first, last)), Language::En) => format!(", pp. {first}–{last}"),
        (None, _) => String::new(),
    };
    format!("  └ {word} {}{pages}: {}", part.number, document.name)
}

fn kind(document: &Document, tongue: Language) -> &'static str {
    match (document.kind, tongue) {
        (DocumentKind::UblInvoice, _) => "XRechnung/UBL",
        (DocumentKind::UblCreditNote, Language::De) => "UBL-Gutschrift",
        (DocumentKind::UblCreditNote, Language::En) => "UBL credit note",
        (DocumentKind::Cii, _) => "CII",
        (DocumentKind::OtherXml, _) => "XML",
        (DocumentKind::Pdf, _) => "PDF",
        (DocumentKind::Tiff, _) => "TIFF",
        (DocumentKind::Jpeg, _) => "JPEG",
        (DocumentKind::Png, _) => "PNG",
        (DocumentKind::Mail, Language::De) => "E-Mail",
        (DocumentKind::Mail, Language::En) => "mail",
        (DocumentKind::Zip, _) => "ZIP",
        (DocumentKind::PlainText, _) => "Text",
        (DocumentKind::Empty, Language::De) => "leer",
        (DocumentKind::Empty, Language::En) => "empty",
        (DocumentKind::Unknown, Language::De) => "unbekannt",
        (DocumentKind::Unknown, Language::En) => "unknown",
    }
}

fn reason(summary: &Summary) -> String {
    match (&summary.clearing, &summary.rule) {
        (Some(clearing), _) if summary.state == State::Clearing => clearing.reason.clone(),
        (_, Some(rule)) => rule.clone(),
        _ => String::new(),
    }
}

fn place(row: &Row, tongue: Language) -> String {
    let summary = &row.summary;
    if let (State::Clearing, Some(clearing)) = (summary.state, &summary.clearing) {
        let (text, next) = (clearing.text.in_language(tongue), clearing.next.in_language(tongue));
        return format!("{}: {text} → {next}", clearing.owner);
    }
    if let Some(sheets) = &summary.sheets {
        return match tongue {
            Language::De => format!(
                "{} Seiten = {} abgelegt + {} Trennblätter + {} leer",
                sheets.pages_in, sheets.filed, sheets.separators, sheets.blanks
            ),
            Language::En => format!(
                "{} pages = {} filed + {} separators + {} blank",
                sheets.pages_in, sheets.filed, sheets.separators, sheets.blanks
            ),
        };
    }
    if summary.state == State::Divided {
        return match tongue {
            Language::De if summary.parts.len() == 1 => "in 1 Teil".to_owned(),
            Language::De => format!("in {} Teile", summary.parts.len()),
            Language::En if summary.parts.len() == 1 => "into 1 part".to_owned(),
            Language::En => format!("into {} parts", summary.parts.len()),
        };
    }
    row.locations.iter().map(|location| from_here(location)).collect::<Vec<_>>().join("\n")
}
