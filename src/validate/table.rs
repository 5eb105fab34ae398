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
//! UBL-CR-001<TAB>warning<TAB>absent<TAB>ext:UBLExtensions
//! UBL-SR-01<TAB>fatal<TAB>once<TAB>cac:ContractDocumentReference
//! UBL-DT-08<TAB>warning<TAB>absent<TAB>cbc:ID/@schemeName
//! CII-SR-999<TAB>warning<TAB>absent<TAB>ram:A//ram:B<TAB>2026-08-31
//! UBL-SR-44<TAB>fatal<TAB>special
//! ```
//!
//! A path begins below the element; `//` before a name means any depth; `@name` at the end is an attribute.
//! A last column names the only edition that has the row.

use super::Severity;
use super::element::Element;
use super::engine::Broken;

/// The rows of one context.
pub struct Table {
    rows: Vec<Row>,
}

/// One restriction.
pub struct Row {
    pub id: &'static str,
    pub severity: Severity,
    /// The only edition that has it.
    pub only: Option<super::Edition>,
}

impl Table {
    /// Tells every row that is broken at this element.
    pub fn examine(&self, element: Element, find: &mut dyn FnMut(&'static str, Severity, Broken)) {
        let _ = (element, find, &self.rows);
    }

    pub fn rows(&self) -> &[Row] {
        &self.rows
    }
}

/// What is said about a row.
pub fn wording(id: &str) -> Option<&'static super::texts::Wording> {
    let _ = id;
    None
}
