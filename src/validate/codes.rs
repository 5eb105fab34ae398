//! Code lists.
//!
//! In: files in `rules/lists/`, each with version and source in its head. Out: [`List`]. Codes are compared
//! exactly, small and capital letters apart; blanks around a code are forgiven, blanks within are not.

use super::number::trim;
use std::collections::HashSet;
use std::sync::LazyLock;

/// A list of codes as it was published.
pub struct List {
    pub title: &'static str,
    pub version: &'static str,
    pub source: &'static str,
    codes: HashSet<&'static str>,
}

impl List {
    pub fn contains(&self, code: &str) -> bool {
        self.codes.contains(code)
    }

    /// Three lines of head (`# title`, `# version: …`, `# source: …`), then codes between blanks.
    fn read(file: &'static str) -> Self {
        let head = |start: &str| file.lines().find_map(|line| line.strip_prefix(start)).unwrap_or_default();
        let codes =
            file.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace).collect();
        Self { title: head("# "), version: head("# version: "), source: head("# source: "), codes }
    }
}

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
    COUNTRIES "countries"
    CREDIT_NOTE_TYPES "credit-note-type-codes"
    CURRENCIES "currencies"
    INVOICE_TYPES "invoice-type-codes"
    UNITS "units"
    VAT_CATEGORIES "vat-categories"
    VAT_PREFIXES "vat-prefixes"
}

impl List {
    /// With blanks around it forgiven.
    pub fn lists(&self, code: &str) -> bool {
        self.contains(trim(code))
    }
}
