//! Every rule we have, for the page of rules and for the tests that watch over them.

use super::engine::Book;
use super::table::Test;
use super::{Edition, LegalClass, Severity, cii, facturx, guessed, own, peppol, ubl, wording, xrechnung};
use crate::invoice::Term;
use crate::job::Bilingual;

/// One rule of one book.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `en16931-ubl`, `en16931-cii`, `xrechnung-ubl` …
    pub book: &'static str,
    pub id: &'static str,
    pub severity: Severity,
    /// The only edition that has it; every one where none is named.
    pub only: Option<Edition>,
    pub terms: Vec<Term>,
    pub legal_class: LegalClass,
    pub text: Bilingual,
    /// The official test is always true.
    pub never_fires: bool,
    /// Stands in `rules/syntax`.
    pub is_table_row: bool,
}

/// All rows, in the order they are applied. An id may stand in several rows, where it asks the same of several
/// elements. `LM-XML`, `LM-ROOT`, `LM-SCENARIO`, `LM-PROFILE`, `LM-UNDECIDED`, `LM-MANY` and `LM-BROKEN-OFF` are
/// no rows: they say that reading, choosing a profile or checking came to no end. Nor are `LM-XSD-ELEMENT`,
/// `-MISSING`, `-VALUE`, `-ATTRIBUTE` and `-TEXT`: they follow from the tables in `rules/structure`.
pub fn catalogue() -> Vec<Entry> {
    let mut entries = Vec::new();
    for (name, book) in BOOKS {
        for context in (book.patterns)().into_iter().flatten() {
            for rule in context.rules {
                let never_fires = rule.never_fires();
                entries.push(Entry { never_fires, ..entry(name, rule.id, rule.severity, rule.only) });
            }
            for row in context.table.iter().flat_map(|table| table.rows()) {
                let never_fires = row.test == Test::Never;
                let entry = entry(name, row.id, row.severity, row.only);
                entries.push(Entry { never_fires, is_table_row: true, ..entry });
            }
        }
    }
    entries.extend(own::ROWS.iter().map(|row| entry("laufmappe", row.id, row.severity, None)));
    entries.extend(guessed::ROWS.iter().map(|row| entry("guessed", row.id, row.severity, None)));
    entries
}

/// Every book, by the name it has in the catalogue.
const BOOKS: &[(&str, &Book)] = &[
    ("en16931-ubl", &ubl::BOOK),
    ("en16931-cii", &cii::BOOK),
    ("xrechnung-ubl", &xrechnung::UBL),
    ("xrechnung-cii", &xrechnung::CII),
    ("peppol-ubl", &peppol::UBL),
    ("peppol-cii", &peppol::CII),
    ("facturx-minimum", &facturx::MINIMUM),
    ("facturx-basic-wl", &facturx::BASIC_WL),
    ("facturx-basic", &facturx::BASIC),
    ("facturx-en16931", &facturx::EN16931),
];

fn entry(book: &'static str, id: &'static str, severity: Severity, only: Option<Edition>) -> Entry {
    let (terms, legal_class, text) = wording(id);
    Entry { book, id, severity, only, terms, legal_class, text, never_fires: false, is_table_row: false }
}
