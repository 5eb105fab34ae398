//! Code lists, and the rules that ask whether a code is in its list.
//!
//! In: files in `rules/lists/`, each with version and source in its head. Out: [`listed`]. Codes are compared
//! exactly, small and capital letters apart; blanks around a code are forgiven, blanks within are not.

use super::engine::{Context, Outcome, Rule, fatal};
use super::present::trim;
use crate::invoice::{Address, AllowanceCharge, Invoice, Line, Syntax, VatBreakdown, bt};
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
}

/// Holds where there is no code at all.
pub fn listed(list: &List, code: &Option<String>) -> Outcome {
    match code {
        Some(code) if !list.contains(trim(code)) => Outcome::found(code),
        _ => Outcome::Holds,
    }
}

#[rustfmt::skip]
pub const DOCUMENT: &[Rule<Invoice>] = &[
    fatal("BR-CL-01", &[bt(3)],
        "Die Rechnungsart (BT-3) steht in der Liste der Rechnungs- und Gutschriftsarten (UNTDID 1001).",
        "The invoice type code (BT-3) is in the list of invoice and credit note types (UNTDID 1001).",
        type_code),
    fatal("BR-CL-04", &[bt(5)],
        "Die Rechnungswährung (BT-5) ist eine Währung nach ISO 4217.",
        "The invoice currency (BT-5) is a currency of ISO 4217.",
        |_, invoice| listed(&CURRENCIES, &invoice.currency)),
];

#[rustfmt::skip]
pub const ADDRESS: &[Rule<Address>] = &[
    fatal("BR-CL-14", &[bt(40), bt(55), bt(69), bt(80)],
        "Das Land einer Anschrift ist ein Ländercode nach ISO 3166-1.",
        "The country of an address is a country code of ISO 3166-1.",
        |_, address| listed(&COUNTRIES, &address.country)),
];

#[rustfmt::skip]
pub const LINE: &[Rule<Line>] = &[
    fatal("BR-CL-18", &[bt(151)],
        "Die Umsatzsteuerkategorie der Position (BT-151) steht in der Liste der Kategorien (UNTDID 5305).",
        "The VAT category of the line (BT-151) is in the list of categories (UNTDID 5305).",
        |_, line| listed(&VAT_CATEGORIES, &line.vat_category)),
];

#[rustfmt::skip]
pub const ALLOWANCE_OR_CHARGE: &[Rule<AllowanceCharge>] = &[
    fatal("BR-CL-17", &[bt(95), bt(102)],
        "Die Umsatzsteuerkategorie des Nachlasses oder Zuschlags steht in der Liste der Kategorien (UNTDID 5305).",
        "The VAT category of the allowance or charge is in the list of categories (UNTDID 5305).",
        |_, part| listed(&VAT_CATEGORIES, &part.vat_category)),
];

/// The same list under two ids: CII counts the breakdown among the lines.
#[rustfmt::skip]
pub const BREAKDOWN: &[Rule<VatBreakdown>] = &[
    fatal("BR-CL-17", &[bt(118)],
        "Die Umsatzsteuerkategorie (BT-118) steht in der Liste der Kategorien (UNTDID 5305).",
        "The VAT category (BT-118) is in the list of categories (UNTDID 5305).",
        |cx, vat| if cx.is_cii() { Outcome::Holds } else { listed(&VAT_CATEGORIES, &vat.category) }),
    fatal("BR-CL-18", &[bt(118)],
        "Die Umsatzsteuerkategorie (BT-118) steht in der Liste der Kategorien (UNTDID 5305).",
        "The VAT category (BT-118) is in the list of categories (UNTDID 5305).",
        |cx, vat| if cx.is_cii() { listed(&VAT_CATEGORIES, &vat.category) } else { Outcome::Holds }),
];

/// UBL has a document of its own for credit notes, CII tells them apart by this code.
fn type_code(cx: &Context, invoice: &Invoice) -> Outcome {
    match cx.invoice.syntax {
        Some(Syntax::UblInvoice) => listed(&INVOICE_TYPES, &invoice.type_code),
        Some(Syntax::UblCreditNote) => listed(&CREDIT_NOTE_TYPES, &invoice.type_code),
        Some(Syntax::Cii) | None => match &invoice.type_code {
            Some(code) if !INVOICE_TYPES.contains(trim(code)) => listed(&CREDIT_NOTE_TYPES, &invoice.type_code),
            _ => Outcome::Holds,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_a_head_and_codes() {
        for list in code_lists() {
            assert!(!list.title.is_empty() && !list.version.is_empty() && !list.source.is_empty());
            assert!(list.codes.len() >= 10, "{}", list.title);
        }
    }

    #[test]
    fn codes_are_compared_exactly() {
        let holds = |code: &str| matches!(listed(&UNITS, &Some(code.to_owned())), Outcome::Holds);
        assert!(holds("KWH") && holds(" C62\n") && matches!(listed(&UNITS, &None), Outcome::Holds));
        assert!(!holds("kwh") && !holds("KWH C62") && !holds("") && !holds("\u{a0}KWH"));
    }
}
