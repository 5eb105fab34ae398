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
    let is_attribute = thing.starts_with('@');
    let name = thing.replace('@', "");
    let (kind_de, kind_en) =
        if is_attribute { ("Das Attribut", "The attribute") } else { ("Das Element", "The element") };
    let (at_de, at_en) = if is_attribute { (" an ", " on ") } else { (" unter ", " under ") };
    let inside =
        |at: &str, or: &str| if place.is_empty() { String::new() } else { at.to_owned() + &choice(&place, or) };
    let de = |holds: &str| {
        let (name, inside) = (choice(&name, " oder "), inside(at_de, " oder "));
        format!("{kind_de} {name} kommt in einer Rechnung nach {rules}{inside} {holds} vor.")
    };
    let en = |holds: &str| {
        let (name, inside) = (choice(&name, " or "), inside(at_en, " or "));
        format!("{kind_en} {name} {holds}{inside} in an invoice of {rules}.")
    };
    let text = match row.test {
        Test::Absent | Test::Never => Bilingual::new(de("nicht"), en("does not occur")),
        Test::Once if of_document(context) => {
            Bilingual::new(de("insgesamt höchstens einmal"), en("occurs at most once in all"))
        }
        Test::Once => Bilingual::new(de("jeweils höchstens einmal"), en("occurs at most once each time")),
        Test::Present => Bilingual::new(de("immer"), en("always occurs")),
        Test::Single => Bilingual::new(de("jeweils genau einmal"), en("occurs exactly once each time")),
    };
    Wording { terms: Vec::new(), legal_class: LegalClass::Format, text }
}

/// The context is the root, so what is counted is counted in the whole document.
fn of_document(context: &str) -> bool {
    context.starts_with('/')
        && !context.split('|').any(|place| place.trim().trim_start_matches('/').contains('/'))
}

/// `cac:A|cac:B/cac:C` in words: the choice is between the first steps.
fn choice(place: &str, or: &str) -> String {
    let Some(last) = place.rfind('|') else { return place.to_owned() };
    let words = |choice: &str| choice.replace('|', or);
    match place[last..].find('/') {
        Some(end) => format!("({}){}", words(&place[..last + end]), &place[last + end..]),
        None => words(place),
    }
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
