//! Restrictions of a syntax as data: elements and attributes that must not be there, or at most once.
//!
//! In: `rules/syntax/*.tsv`. Out: [`Context`]s with a [`Table`] each. Absent on purpose: rules that compute; a
//! row `special` names one that stands in code.
//!
//! A file is read once, at the first document. Lines:
//!
//! ```text
//! # comment
//! @ /ubl:Invoice | /cn:CreditNote            a context: places, alternatives divided by |
//! @ cac:TaxCategory ? guard_name             the same with a guard that stands in code
//! @ *Amount ? guard_name                     every element whose local name ends so
//! UBL-CR-001<TAB>warning<TAB>absent<TAB>ext:UBLExtensions
//! UBL-SR-01<TAB>fatal<TAB>once<TAB>cac:ContractDocumentReference
//! UBL-DT-08<TAB>warning<TAB>absent<TAB>cbc:ID/@schemeName
//! CII-SR-999<TAB>warning<TAB>absent<TAB>ram:A//ram:B<TAB>2026-08-31
//! UBL-SR-44<TAB>fatal<TAB>special
//! ```
//!
//! Tests: `absent`; `once`, at most one; `present`, at least one; `single`, exactly one; `never`, the official
//! test cannot fail, its path is not read; `special`, a rule in code under this id, or under the name that
//! stands in the place of the path. A rule without an id of its own takes that of the row.
//!
//! A path begins below the element. A step is a name, `*`, or one of several: `(cac:A|cac:B)`; `//` before a
//! step means any depth and stands once in a path at most; `@name` at the end is an attribute, `//@name` one of
//! the element itself or of anything in it. Several paths are divided by `|`. A last column names the only
//! edition that has the row; behind a context it names the only edition that has the context.

mod sheet;
mod trie;
mod words;

use super::element::Element;
use super::engine::{Broken, Context, Pattern, Rule, Where, on_only, on_table, only};
use super::{Edition, Severity};
use sheet::{Lines, Sheet};
use trie::{Hits, Trie};

pub use words::wording;

/// A predicate of an official context that stands in code.
pub type Guard = fn(Element) -> bool;

/// Every file, for the texts of its rows, and whose rules it holds.
const FILES: &[(&str, &str)] = &[
    ("EN 16931", include_str!("../../rules/syntax/ubl.tsv")),
    ("EN 16931", include_str!("../../rules/syntax/cii.tsv")),
    ("Factur-X", include_str!("../../rules/syntax/facturx-minimum.tsv")),
    ("Factur-X", include_str!("../../rules/syntax/facturx-basic-wl.tsv")),
    ("Factur-X", include_str!("../../rules/syntax/facturx-basic.tsv")),
    ("Factur-X", include_str!("../../rules/syntax/facturx-en16931.tsv")),
    ("Factur-X", include_str!("../../rules/syntax/facturx-shared.tsv")),
];

/// One pattern from a file, its contexts in the order of the file. Lives as long as the program: to be called
/// once for a file. What cannot be read makes every test fail that looks at a document.
pub fn contexts(
    file: &'static str,
    specials: &'static [(&'static str, Rule)],
    guards: &'static [(&'static str, Guard)],
) -> Pattern {
    let (contexts, faults) = build(file, specials, guards);
    debug_assert!(faults.is_empty(), "{faults:#?}");
    Box::leak(contexts.into_boxed_slice())
}

fn build(
    file: &'static str,
    specials: &'static [(&'static str, Rule)],
    guards: &'static [(&'static str, Guard)],
) -> (Vec<Context>, Vec<String>) {
    let Sheet { contexts, mut faults } = Sheet::read(file);
    let contexts = contexts.into_iter().map(|lines| context(lines, specials, guards, &mut faults)).collect();
    (contexts, faults)
}

fn context(
    lines: Lines,
    specials: &'static [(&'static str, Rule)],
    guards: &'static [(&'static str, Guard)],
    faults: &mut Vec<String>,
) -> Context {
    let mut rules = Vec::new();
    for special in lines.specials {
        let known = specials.iter().find(|(name, _)| *name == special.name).map(|(_, rule)| *rule);
        let asked =
            |rule: &Rule| rule.id.is_empty() || (rule.id == special.id && rule.severity == special.severity);
        match known.filter(asked) {
            Some(rule) => {
                let rule = rule.called(special.id, special.severity);
                rules.push(special.only.map_or(rule, |edition| only(edition, rule)));
            }
            None => faults.push(format!("{}: no such rule in code", special.name)),
        }
    }
    let guard = lines.guard.map(|wanted| {
        let known = guards.iter().find(|(name, _)| *name == wanted).map(|(_, guard)| *guard);
        known.unwrap_or_else(|| {
            faults.push(format!("{wanted}: no such guard in code"));
            |_| false
        })
    });
    let places: &'static [Where] = Box::leak(lines.places.into_boxed_slice());
    let table: &'static Table = Box::leak(Box::new(Table::of(lines.context, lines.rows, faults)));
    let context = on_table(places, guard, Box::leak(rules.into_boxed_slice()), table);
    match lines.only {
        Some(edition) => on_only(edition, context),
        None => context,
    }
}

/// The rows of one context.
pub struct Table {
    rows: Vec<Row>,
    trie: Trie,
    /// Rows that ask for something.
    asking: Vec<usize>,
}

/// One restriction.
#[derive(Clone, Copy)]
pub struct Row {
    pub id: &'static str,
    pub severity: Severity,
    pub test: Test,
    /// As it stands in the file.
    pub path: &'static str,
    /// The only edition that has it.
    pub only: Option<Edition>,
}

/// How often there may be something at the end of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Test {
    Absent,
    /// At most one.
    Once,
    /// At least one.
    Present,
    /// Exactly one.
    Single,
    /// The official test cannot fail.
    Never,
}

impl Table {
    fn of(context: &'static str, rows: Vec<Row>, faults: &mut Vec<String>) -> Self {
        let mut trie = Trie::default();
        for (number, row) in rows.iter().enumerate() {
            if row.test != Test::Never
                && let Err(fault) = trie.add(number, row.path)
            {
                faults.push(format!("{}: {fault}", row.id));
            }
        }
        if rows.len() > Hits::MOST {
            faults.push(format!("{context}: more than {} rows", Hits::MOST));
        }
        let asks = |row: &Row| matches!(row.test, Test::Present | Test::Single);
        let asking = (0..rows.len()).filter(|number| asks(&rows[*number])).collect();
        Self { rows, trie, asking }
    }

    /// Tells every row that is broken at this element. All paths are walked at once, so the price is that of
    /// the elements on them, not of the rows.
    pub fn examine(&self, element: Element, find: &mut dyn FnMut(&'static str, Severity, Broken)) {
        if self.rows.is_empty() {
            return;
        }
        let mut hits = Hits::of(&self.rows);
        self.trie.walk(element, &mut hits);
        for number in &self.asking {
            hits.expect(*number);
        }
        hits.broken.sort_unstable_by_key(|hit| hit.row);
        for hit in &hits.broken {
            let row = self.rows[hit.row];
            if row.only.is_none_or(|only| only == element.doc.edition) {
                find(row.id, row.severity, Broken { expected: None, found: hit.shown(element.doc) });
            }
        }
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}

#[cfg(test)]
mod tests;
