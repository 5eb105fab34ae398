//! XRechnung: what German administrations ask for beyond EN 16931.
//!
//! In: an [`Element`]. Out: the rule books of KoSIT for both syntaxes, with the rules they take over from Peppol
//! (`peppol`), those of the Extension (`extension`) and of procurement of clean vehicles (`cvd`). Absent on
//! purpose: the choice of the rules; an identifier chooses them in `rules/profiles.toml`.

mod cii;
mod cvd;
mod extension;
pub(super) mod formats;
mod peppol;
mod ubl;

use super::element::{Element, Kept, Undecided};
use super::engine::{Book, Outcome, Pattern, Told, holds};
use super::number::normalized_is;
use super::profile::identifier_path;
use crate::invoice::{Name, Node, blank, cac, cbc, ram, rsm};
use rust_decimal::Decimal;

pub static UBL: Book = Book::of(ubl_patterns);
pub static CII: Book = Book::of(cii_patterns);

fn ubl_patterns() -> Vec<Pattern> {
    vec![peppol::UBL_EMPTY, peppol::UBL, ubl::PATTERN, extension::UBL, cvd::UBL]
}

fn cii_patterns() -> Vec<Pattern> {
    vec![peppol::CII, peppol::CII_EMPTY, peppol::CII_PRICE, cii::PATTERN, extension::CII, cvd::CII]
}

/// VAT categories that ask for an identifier of the seller.
const TAXED: [&str; 8] = ["S", "Z", "E", "AE", "K", "G", "L", "M"];
const TYPES: [&str; 8] = ["326", "380", "384", "389", "381", "875", "876", "877"];
const TRANSFERS: [&str; 2] = ["30", "58"];
const CARDS: [&str; 3] = ["48", "54", "55"];
const SEPA_TRANSFER: [&str; 1] = ["58"];
const SEPA_DEBIT: [&str; 1] = ["59"];
const DEBITS: [&str; 2] = ["49", "59"];
const CORRECTION: [&str; 1] = ["384"];

/// `path[boolean(normalize-space(.))]`: some element there has more than blanks.
fn given(element: Element, path: &[Name]) -> bool {
    element.down(path).any(has_text)
}

fn has_text(element: Element) -> bool {
    !blank(element.text()) || !element.is_leaf()
}

/// `normalize-space(path)`: the text of the only element there, empty where there is none.
fn only_text<'d>(element: Element<'d>, path: &[Name]) -> Result<&'d str, Undecided> {
    Ok(element.only(path)?.map_or("", Element::text))
}

/// `normalize-space(path) = codes`.
fn is_one_of(element: Element, path: &[Name], codes: &[&str]) -> Result<bool, Undecided> {
    let text = only_text(element, path)?;
    Ok(codes.iter().any(|code| normalized_is(text, code)))
}

/// The same as part of a context, where what cannot be told does not match.
fn means(element: Element, path: &[Name], codes: &[&str]) -> bool {
    is_one_of(element, path, codes) == Ok(true)
}

/// The only text there has the format; the empty one where there is none.
fn matching(element: Element, path: &[Name], format: fn(&str) -> bool) -> Told {
    let text = only_text(element, path)?;
    Ok(if format(text) { Outcome::Holds } else { Outcome::found(text) })
}

/// `text()` where the official test needs a single one: a comment that divides the text breaks it off.
fn only_text_node<'d>(element: Element<'d>) -> Result<Option<&'d str>, Undecided> {
    match element.text_nodes()[..] {
        [] => Ok(None),
        [text] => Ok(Some(text)),
        _ => Err(Undecided),
    }
}

/// What rules about single lines ask of the head of the document; looked up once.
pub struct Head {
    extension: bool,
    vehicles: bool,
    /// By how much an amount may miss what was computed.
    slack: Decimal,
    /// Where the invoicing period (BG-14) says when it begins and ends.
    begins: Vec<Node>,
    ends: Vec<Node>,
}

impl Head {
    pub fn of(root: Element) -> Self {
        let at = if root.is_cii() { &HEAD_OF_CII } else { &HEAD_OF_UBL };
        let nodes = |path: &[Name]| root.down(path).map(|found| found.node).collect();
        Self {
            extension: is_specified(root, EXTENSION),
            vehicles: is_specified(root, VEHICLES),
            slack: if root.equals(at.currency, "HUF") { Decimal::new(5, 1) } else { Decimal::new(2, 2) },
            begins: nodes(at.begin),
            ends: nodes(at.end),
        }
    }
}

/// Where the head of the document stands.
struct HeadPaths {
    currency: &'static [Name],
    begin: &'static [Name],
    end: &'static [Name],
}

const HEAD_OF_UBL: HeadPaths = HeadPaths {
    currency: &[cbc::DocumentCurrencyCode],
    begin: &[cac::InvoicePeriod, cbc::StartDate],
    end: &[cac::InvoicePeriod, cbc::EndDate],
};

const HEAD_OF_CII: HeadPaths = HeadPaths {
    currency: &[
        rsm::SupplyChainTradeTransaction,
        ram::ApplicableHeaderTradeSettlement,
        ram::InvoiceCurrencyCode,
    ],
    begin: &[
        rsm::SupplyChainTradeTransaction,
        ram::ApplicableHeaderTradeSettlement,
        ram::BillingSpecifiedPeriod,
        ram::StartDateTime,
    ],
    end: &[
        rsm::SupplyChainTradeTransaction,
        ram::ApplicableHeaderTradeSettlement,
        ram::BillingSpecifiedPeriod,
        ram::EndDateTime,
    ],
};

const EXTENSION: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0";
const VEHICLES: &str = "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#compliant#urn:xeinkauf.de:kosit:xrechnung:cvd_0.9";

fn head<'d>(element: Element<'d>) -> &'d Head {
    element.doc.once(Kept::NationalHead, || Head::of(element.root()))
}

/// The Extension, or the procurement of clean vehicles, is named exactly, in one piece.
fn is_specified(root: Element, identifier: &str) -> bool {
    let pieces = |given: Element| given.text().contains(identifier) && given.text_nodes().contains(&identifier);
    root.down(identifier_path(root.doc.syntax)).any(pieces)
}

/// BR-DE-18 over all notes that stand first in their payment terms.
fn discounts_are_readable<'d, Notes: Iterator<Item = &'d str>>(notes: impl Fn() -> Notes) -> Told {
    for terms in notes() {
        for line in formats::discounts(terms) {
            if !formats::is_discount(line) {
                return Ok(Outcome::found(line));
            }
            // The official test cannot compare the ends of two notes.
            if notes().filter(|terms| !terms.is_empty()).count() > 1 {
                return Err(Undecided);
            }
            if !formats::break_follows_discounts(terms) {
                return holds(false);
            }
        }
    }
    holds(true)
}

/// An account behind a code that asks for an IBAN. Only the blanks are taken out before.
fn account_is_right(element: Element, path: &[Name]) -> Told {
    let account = only_text(element, path)?;
    match formats::is_iban(account) {
        true => holds(true),
        false => Ok(Outcome::found(account)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn discounts(notes: &[&str]) -> Result<bool, Undecided> {
        let told = discounts_are_readable(|| notes.iter().copied());
        told.map(|outcome| matches!(outcome, Outcome::Holds))
    }

    #[test]
    fn every_discount_is_complete_and_a_line_break_follows() {
        assert_eq!(discounts(&[]), Ok(true));
        assert_eq!(discounts(&["zahlbar bis 1. Mai"]), Ok(true));
        assert_eq!(discounts(&["#SKONTO#TAGE=14#PROZENT=2.00#\n"]), Ok(true));
        assert_eq!(discounts(&["#SKONTO#TAGE=14#PROZENT=2.00#"]), Ok(false));
        assert_eq!(discounts(&["#SKONTO#TAGE=14#PROZENT=2.00#\n#SKONTO#TAGE=30#PROZENT=1#\n"]), Ok(false));
    }

    #[test]
    fn ends_of_two_notes_cannot_be_compared() {
        assert_eq!(discounts(&["#SKONTO#TAGE=14#PROZENT=2.00#\n", "netto"]), Err(Undecided));
        assert_eq!(discounts(&["#SKONTO#TAGE=14#PROZENT=2.00#\n", ""]), Ok(true));
        assert_eq!(discounts(&["#SKONTO", "netto"]), Ok(false));
    }
}
