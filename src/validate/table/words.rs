//! What is said about the rows of the tables: made from the row itself.
//!
//! In: the files. Out: [`Wording`] by id. Absent on purpose: business terms; what must not be there has none.

use super::sheet::Sheet;
use super::{FILES, Row, Test};
use crate::job::Bilingual;
use crate::validate::LegalClass;
use crate::validate::texts::Wording;
use std::collections::HashMap;
use std::sync::LazyLock;

static WORDINGS: LazyLock<HashMap<&'static str, Wording>> = LazyLock::new(|| {
    let mut wordings = HashMap::new();
    for (rules, file) in FILES {
        for lines in Sheet::read(file).contexts {
            for row in &lines.rows {
                wordings.entry(row.id).or_insert_with(|| of(rules, row, lines.context));
            }
        }
    }
    wordings
});

/// What is said about a row.
pub fn wording(id: &str) -> Option<&'static Wording> {
    WORDINGS.get(id)
}

pub(super) fn of(rules: &str, row: &Row, context: &str) -> Wording {
    let (place, thing) = place_and_thing(context, row.path);
    let (article, de, en) = match thing.strip_prefix('@') {
        Some(name) => ("Das Attribut", name.to_owned(), format!("The attribute {name}")),
        None => ("Das Element", thing.clone(), format!("The element {thing}")),
    };
    let de = format!("{article} {}", de.replace('|', " oder "));
    let en = en.replace('|', " or ");
    let (inside_de, inside_en) = match place.as_str() {
        "" => (format!("in einer Rechnung nach {rules}"), format!("in an invoice of {rules}")),
        place => (
            format!("in einer Rechnung nach {rules} unter {}", place.replace('|', " oder ")),
            format!("under {} in an invoice of {rules}", place.replace('|', " or ")),
        ),
    };
    let text = match row.test {
        Test::Absent | Test::Never => Bilingual::new(
            format!("{de} kommt {inside_de} nicht vor."),
            format!("{en} does not occur {inside_en}."),
        ),
        Test::Once => Bilingual::new(
            format!("{de} kommt {inside_de} höchstens einmal vor."),
            format!("{en} occurs at most once {inside_en}."),
        ),
        Test::Present => Bilingual::new(
            format!("{de} kommt {inside_de} immer vor."),
            format!("{en} always occurs {inside_en}."),
        ),
        Test::Single => Bilingual::new(
            format!("{de} kommt {inside_de} genau einmal vor."),
            format!("{en} occurs exactly once {inside_en}."),
        ),
    };
    Wording { terms: Vec::new(), legal_class: LegalClass::Format, text }
}

/// Where a row looks, and for what: `cac:OrderReference`, `cbc:UUID`. The place is empty for what stands at the
/// root of the document, or anywhere.
fn place_and_thing(context: &str, path: &str) -> (String, String) {
    let context = context.split(" ? ").next().unwrap_or_default();
    let places: Vec<String> = context.split('|').filter_map(|place| named(place.trim())).collect();
    let place = places.join("|");
    let path = path.trim_start_matches("//").replace(['(', ')'], "").replace(" | ", "|");
    match path.rsplit_once('/') {
        None => (place, path),
        Some((inner, thing)) if place.is_empty() => (inner.trim_end_matches('/').to_owned(), thing.to_owned()),
        Some((inner, thing)) => (format!("{place}/{}", inner.trim_end_matches('/')), thing.to_owned()),
    }
}

/// How a place is named: the path, `…Amount` for names that end so, and of a path from the root its last step.
/// The root itself needs no name.
fn named(place: &str) -> Option<String> {
    if let Some(ending) = place.strip_prefix('*') {
        return Some(format!("…{ending}"));
    }
    match place.strip_prefix('/').filter(|path| !path.starts_with('/')) {
        Some(path) => path.rsplit_once('/').map(|(_, last)| last.to_owned()),
        None => Some(place.trim_start_matches("//").to_owned()),
    }
}
