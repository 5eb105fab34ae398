//! Code lists.
//!
//! In: files in `rules/lists/`, each with version and source in its head. Out: [`List`]. Codes are compared
//! exactly, small and capital letters apart; blanks around a code are forgiven, blanks within are not.

use super::Edition;
use super::element::Element;
use super::number::trim;
use crate::invoice::{Attribute, Name};
use std::collections::HashSet;
use std::sync::LazyLock;

/// A list of codes as it was published.
pub struct List {
    pub title: &'static str,
    pub version: &'static str,
    pub source: &'static str,
    /// What each edition of the rules has.
    codes: [HashSet<&'static str>; Edition::ALL.len()],
}

impl List {
    /// The newest edition has it; blanks around it are forgiven.
    pub fn lists(&self, code: &str) -> bool {
        self.has(Edition::LATEST, code)
    }

    /// This edition has it; blanks around it are forgiven.
    pub fn has(&self, edition: Edition, code: &str) -> bool {
        self.has_exactly(edition, trim(code))
    }

    /// This edition has exactly this code.
    pub fn has_exactly(&self, edition: Edition, code: &str) -> bool {
        self.codes[edition as usize].contains(code)
    }

    /// Three lines of head (`# title`, `# version: …`, `# source: …`), then codes between blanks. Codes that not
    /// every edition has stand behind `from 2026-08-31:` or `before 2026-08-31:`.
    fn read(file: &'static str) -> Self {
        let head = |start: &str| file.lines().find_map(|line| line.strip_prefix(start)).unwrap_or_default();
        let mut codes = [const { None }; Edition::ALL.len()];
        for edition in Edition::ALL {
            codes[*edition as usize] = Some(of_edition(file, *edition).collect());
        }
        let codes = codes.map(Option::unwrap_or_default);
        Self { title: head("# "), version: head("# version: "), source: head("# source: "), codes }
    }
}

/// The codes one edition has, in the order of the file.
fn of_edition(file: &'static str, edition: Edition) -> impl Iterator<Item = &'static str> {
    let day = edition.from_day().to_string();
    let lines = file.lines().filter(|line| !line.starts_with('#'));
    let in_force = lines.filter_map(move |line| match line.split_once(": ") {
        None => Some(line),
        Some((when, codes)) => {
            let since = when.strip_prefix("from ").is_some_and(|since| day.as_str() >= since);
            let until = when.strip_prefix("before ").is_some_and(|until| day.as_str() < until);
            (since || until).then_some(codes)
        }
    });
    in_force.flat_map(str::split_whitespace)
}

/// The text of an element is a code of the list.
pub fn coded(list: &List, element: Element) -> bool {
    list.has(element.doc.edition, element.text())
}

/// An attribute is there and its value is a code of the list.
pub fn attribute_coded(list: &List, element: Element, attribute: Attribute) -> bool {
    element.attribute(attribute).is_some_and(|code| list.has(element.doc.edition, code))
}

/// An attribute is there and its value is a code of the list; here the official test forgives no blanks.
pub fn attribute_is(list: &List, element: Element, attribute: Attribute) -> bool {
    element.attribute(attribute).is_some_and(|code| list.has_exactly(element.doc.edition, code))
}

/// A code of the list, however it is capitalised.
pub fn coded_in_any_case(list: &List, element: Element) -> bool {
    coded(list, element) || list.has(element.doc.edition, &element.text().to_uppercase())
}

/// `path = true()` or `path = false()`: some element there says so, in one of the ways a schema allows.
pub fn indicates(element: Element, path: &[Name], wanted: bool) -> bool {
    let words = if wanted { ["true", "1"] } else { ["false", "0"] };
    element.down(path).any(|indicator| words.contains(&trim(indicator.text())))
}

/// In UBL a note names its subject as `#AAI#text`. The official test asks whether the three characters occur
/// anywhere in the list written out, so that `A A` passes.
pub fn subject_coded(note: Element) -> bool {
    let subject = note.text().split_once('#').and_then(|(_, after)| after.split_once('#'));
    match subject {
        Some((subject, _)) if subject.chars().count() == 3 => {
            NOTE_SUBJECTS_UBL.has(note.doc.edition, subject) || WRITTEN_OUT.contains(subject)
        }
        _ => true,
    }
}

static WRITTEN_OUT: LazyLock<String> = LazyLock::new(|| {
    let file = include_str!("../../rules/lists/note-subjects-ubl.txt");
    let codes: Vec<&str> = of_edition(file, Edition::LATEST).collect();
    format!(" {} ", codes.join(" "))
});

macro_rules! lists {
    ($($name:ident $file:literal)*) => {
        $(pub static $name: LazyLock<List> =
            LazyLock::new(|| List::read(include_str!(concat!("../../rules/lists/", $file, ".txt"))));)*

        /// Every list, for the page of rules and for the tests.
        pub fn code_lists() -> Vec<&'static List> {
            vec![$(&*$name),*]
        }
    };
}

lists! {
    ADDRESS_SCHEMES "address-schemes"
    ALLOWANCE_REASONS "allowance-reasons"
    ATTACHMENT_TYPES "attachment-types"
    CHARGE_REASONS "charge-reasons"
    COUNTRIES "countries"
    CREDIT_NOTE_TYPES "credit-note-type-codes"
    CURRENCIES "currencies"
    EXEMPTION_REASONS "exemption-reasons"
    IDENTIFIER_SCHEMES "identifier-schemes"
    INVOICE_TYPES "invoice-type-codes"
    ITEM_CLASSIFICATIONS "item-classifications"
    NOTE_SUBJECTS_CII "note-subjects-cii"
    NOTE_SUBJECTS_UBL "note-subjects-ubl"
    OBJECT_SCHEMES "object-schemes"
    PAYMENT_MEANS "payment-means"
    PEPPOL_ADDRESS_SCHEMES "peppol-address-schemes"
    PEPPOL_ADDRESS_SCHEMES_CII "peppol-address-schemes-cii"
    PEPPOL_CREDIT_NOTE_TYPES "peppol-credit-note-type-codes"
    PEPPOL_CURRENCIES "peppol-currencies"
    PEPPOL_CURRENCIES_CII "peppol-currencies-cii"
    PEPPOL_INVOICE_TYPES "peppol-invoice-type-codes"
    TAX_POINTS_CII "tax-points-cii"
    TAX_POINTS_UBL "tax-points-ubl"
    UNITS "units"
    VAT_CATEGORIES "vat-categories"
    VAT_PREFIXES "vat-prefixes"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_a_head_and_codes() {
        for list in code_lists() {
            assert!(
                !list.title.is_empty() && !list.version.is_empty() && !list.source.is_empty(),
                "{}",
                list.title
            );
            for codes in &list.codes {
                assert!(codes.len() > 2, "{}", list.title);
                assert!(codes.iter().all(|code| !code.contains(':')), "{}", list.title);
            }
        }
    }

    #[test]
    fn an_edition_has_its_own_codes() {
        let (old, new) = (Edition::January2026, Edition::August2026);
        assert!(CURRENCIES.has(old, "BGN") && !CURRENCIES.has(new, "BGN"));
        assert!(CURRENCIES.has(new, "XCG") && !CURRENCIES.has(old, "XCG"));
        assert!(INVOICE_TYPES.has(old, "502") && CREDIT_NOTE_TYPES.has(new, "502"));
        assert!(CURRENCIES.has(old, " EUR\n") && !CURRENCIES.has(old, "EUR USD") && !CURRENCIES.has(old, ""));
    }
}
