//! What both syntaxes need to read fields out of a tree.
//!
//! In: a [`Tree`] and a path of names. Out: text, numbers, dates, and the places they stood at. What cannot
//! be read is noted as [`Misread`] and left out.

use super::names::{Attribute, Name};
use super::tree::{Node, Tree, blank};
use super::{Amount, Embedded, Identifier, Misread, Place, Places, Term};
use base64::Engine;
use jiff::civil::Date;
use std::borrow::Cow;

/// Groups that repeat (lines, allowances, attributes …), all together.
const MAX_GROUPS: usize = 500_000;
/// Characters of a misread value that are kept.
const MAX_FOUND: usize = 200;

/// An element, and where it is in the list of places.
#[derive(Clone, Copy)]
pub struct At {
    pub node: Node,
    pub place: Place,
}

pub struct Reading<'t> {
    pub tree: &'t Tree<'t>,
    pub places: Places,
    pub misread: Vec<Misread>,
    groups: usize,
}

impl<'t> Reading<'t> {
    pub fn of(tree: &'t Tree<'t>, root: Name) -> (Self, At) {
        let places = Places(vec![(0, Cow::Borrowed(root.qualified()), 1)]);
        (Self { tree, places, misread: Vec::new(), groups: 0 }, At { node: 0, place: Place(0) })
    }

    /// More groups than we read: the invoice is incomplete and must not be used.
    pub fn overflowed(&self) -> bool {
        self.groups > MAX_GROUPS
    }

    /// The first child of this name.
    pub fn one(&mut self, at: At, name: Name) -> Option<At> {
        let node = self.tree.child(at.node, name)?;
        Some(self.enter(at, node, name, 1))
    }

    /// The first element down a path of first children.
    pub fn down(&mut self, at: At, path: &[Name]) -> Option<At> {
        let mut at = at;
        for name in path {
            at = self.one(at, *name)?;
        }
        Some(at)
    }

    /// All children of this name.
    pub fn each(&mut self, at: At, name: Name) -> Vec<At> {
        let mut found = Vec::new();
        let tree = self.tree;
        for (number, node) in (1..).zip(tree.children(at.node, name)) {
            self.groups += 1;
            if self.overflowed() {
                break;
            }
            found.push(self.enter(at, node, name, number));
        }
        found
    }

    fn enter(&mut self, parent: At, node: Node, name: Name, number: u32) -> At {
        let place = Place(self.places.0.len() as u32);
        self.places.0.push((parent.place.0, Cow::Borrowed(name.qualified()), number));
        At { node, place }
    }

    /// The first element that ends the path, whichever way leads to it.
    pub fn leaf(&self, node: Node, path: &[Name]) -> Option<Node> {
        let Some((first, rest)) = path.split_first() else { return Some(node) };
        self.tree.children(node, *first).find_map(|child| self.leaf(child, rest))
    }

    pub fn has(&self, at: At, path: &[Name]) -> bool {
        self.leaf(at.node, path).is_some()
    }

    pub fn text(&self, at: At, path: &[Name]) -> Option<String> {
        self.leaf(at.node, path).map(|leaf| self.tree.text(leaf).to_owned())
    }

    pub fn attribute(&self, at: At, path: &[Name], name: Attribute) -> Option<String> {
        self.tree.attribute(self.leaf(at.node, path)?, name).map(str::to_owned)
    }

    pub fn identifier(&self, at: At, path: &[Name]) -> Option<Identifier> {
        self.leaf(at.node, path).map(|leaf| self.identifier_at(leaf))
    }

    pub fn identifier_at(&self, leaf: Node) -> Identifier {
        let scheme = self.tree.attribute(leaf, Attribute::SchemeId).map(str::to_owned);
        Identifier { value: self.tree.text(leaf).to_owned(), scheme }
    }

    pub fn amount(&mut self, at: At, path: &[Name], term: Term) -> Option<Amount> {
        let leaf = self.leaf(at.node, path)?;
        self.amount_at(at, leaf, term)
    }

    pub fn amount_at(&mut self, at: At, leaf: Node, term: Term) -> Option<Amount> {
        let text = self.tree.text(leaf);
        let read = trim(text).parse().ok();
        self.or_misread(at, leaf, term, read)
    }

    /// An amount that stands once; a second one leaves open which is meant.
    pub fn only(&mut self, at: At, leaf: Node, term: Term, earlier: &mut Option<Amount>, seen: &mut bool) {
        if std::mem::replace(seen, true) {
            *earlier = None;
            let tree = self.tree;
            self.note(at, term, tree.text(leaf));
        } else {
            *earlier = self.amount_at(at, leaf, term);
        }
    }

    /// Whether an amount is in the currency of the invoice (`true`), in that of VAT accounting (`false`), or
    /// in neither. An amount without a currency counts for the invoice.
    pub fn currency_of(&self, leaf: Node, currency: Option<&str>, vat_currency: Option<&str>) -> Option<bool> {
        let Some(own) = self.tree.attribute(leaf, Attribute::CurrencyId).map(trim) else { return Some(true) };
        if currency.is_none_or(|currency| trim(currency) == own) {
            return Some(true);
        }
        vat_currency.is_some_and(|vat| trim(vat) == own).then_some(false)
    }

    /// An `xs:date`; a time zone is allowed and means nothing here.
    pub fn date(&mut self, at: At, path: &[Name], term: Term) -> Option<Date> {
        let leaf = self.leaf(at.node, path)?;
        let text = trim(self.tree.text(leaf));
        let (day, zone) = text.split_at_checked(10).unwrap_or((text, ""));
        let read = civil(day, true).filter(|_| zone.is_empty() || is_zone(zone));
        self.or_misread(at, leaf, term, read)
    }

    /// A date of format 102 (`20261121`); a format that is not named is taken for it.
    pub fn date102(&mut self, at: At, path: &[Name], term: Term) -> Option<Date> {
        let leaf = self.leaf(at.node, path)?;
        let format = self.tree.attribute(leaf, Attribute::Format);
        let read =
            civil(trim(self.tree.text(leaf)), false).filter(|_| matches!(format, None | Some("" | "102")));
        self.or_misread(at, leaf, term, read)
    }

    /// An `xs:boolean`.
    pub fn flag(&mut self, at: At, path: &[Name], term: Term) -> Option<bool> {
        let Some(leaf) = self.leaf(at.node, path) else {
            self.note(at, term, "");
            return None;
        };
        let read = match trim(self.tree.text(leaf)) {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        };
        self.or_misread(at, leaf, term, read)
    }

    /// BT-125: Base64, wherever it was broken into lines.
    pub fn embedded(&mut self, at: At, path: &[Name], term: Term) -> Option<Embedded> {
        let leaf = self.leaf(at.node, path)?;
        let read = unpacked(self.tree.text(leaf));
        let bytes = self.or_misread(at, leaf, term, read).unwrap_or_default();
        let attribute = |name| self.tree.attribute(leaf, name).map(str::to_owned);
        Some(Embedded {
            media_type: attribute(Attribute::MimeCode),
            file_name: attribute(Attribute::FileName),
            bytes,
        })
    }

    fn or_misread<T>(&mut self, at: At, leaf: Node, term: Term, read: Option<T>) -> Option<T> {
        if read.is_none() {
            let tree = self.tree;
            self.note(at, term, tree.text(leaf));
        }
        read
    }

    pub fn note(&mut self, at: At, term: Term, found: &str) {
        let found = found.chars().take(MAX_FOUND).collect();
        self.misread.push(Misread { term, place: at.place, found });
    }
}

/// Base64 may be broken into lines; only then it is copied before it is decoded.
fn unpacked(text: &str) -> Option<Vec<u8>> {
    let engine = base64::engine::general_purpose::STANDARD;
    if !text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return engine.decode(text).ok();
    }
    let mut packed = Vec::with_capacity(text.len());
    packed.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    engine.decode(packed).ok()
}

/// Without the white space of XML around it; a no-break space stays.
pub fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

/// Written, and not only blanks.
pub fn written(text: &Option<String>) -> bool {
    text.as_deref().is_some_and(|text| !blank(text))
}

fn civil(text: &str, dashes: bool) -> Option<Date> {
    let bytes = text.as_bytes();
    let digits: Vec<u8> = match (dashes, bytes) {
        (true, [y @ .., b'-', m1, m2, b'-', d1, d2]) if y.len() == 4 => {
            y.iter().chain([m1, m2, d1, d2]).copied().collect()
        }
        (false, bytes) if bytes.len() == 8 => bytes.to_vec(),
        _ => return None,
    };
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = |part: &[u8]| part.iter().fold(0i16, |sum, digit| sum * 10 + i16::from(digit - b'0'));
    Date::new(number(&digits[..4]), number(&digits[4..6]) as i8, number(&digits[6..]) as i8).ok()
}

/// `Z`, `+01:00`, `-05:30`.
fn is_zone(text: &str) -> bool {
    match text.as_bytes() {
        [b'Z'] => true,
        [b'+' | b'-', h1, h2, b':', m1, m2] => [h1, h2, m1, m2].iter().all(|digit| digit.is_ascii_digit()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_strictly() {
        let day = Date::new(2026, 11, 21).ok();
        assert_eq!(civil("2026-11-21", true), day);
        assert_eq!(civil("20261121", false), day);
        for text in ["2026-11-31", "26-11-21", "2026-1-21", "2026-11-2x", "", "2026/11/21"] {
            assert_eq!(civil(text, true), None, "{text}");
        }
        assert_eq!(civil("2026112", false), None);
        assert!(is_zone("Z") && is_zone("+01:00") && !is_zone("T00:00:00"));
    }
}
