//! What stands where, as arrays.
//!
//! In: `rules/structure/*.tsv`. Out: [`Table`]. A file is read once, at the first document. Columns are divided by
//! tabs:
//!
//! ```text
//! # comment
//! value     udt:AmountType   decimal   currencyID!|listID=5305|listURI:uri    content, attributes
//! sequence  cac:CountryType  cbc:IdentificationCode? cbc:Name?                children in their order
//! choice    udt:DateType     udt:DateString udt:Date                          exactly one of them
//! foreign   ext:X                                                             one element of another namespace
//! elements  udt:CodeType     ram:TypeCode ram:StatusCode                      which type a name usually has
//! ```
//!
//! An attribute is optional, with `!` required; `:` names its type where that is not text, `=` its only value.
//! Required ones come first. A child stands exactly once, with `?` at most once, with `+` once or more, with `*`
//! any number of times; `ram:TypeCode=qdt:DocumentCodeType` has another type than the name usually has.

use super::simple::Simple;
use crate::invoice::{Attribute, Name, Space, Syntax};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The namespace of the types every schema knows.
const SCHEMA: &str = "http://www.w3.org/2001/XMLSchema";
const NONE: u16 = u16::MAX;

static UBL: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../../../rules/structure/ubl.tsv")));
static CII: LazyLock<Table> = LazyLock::new(|| Table::read(include_str!("../../../rules/structure/cii.tsv")));

pub fn of(syntax: Syntax) -> &'static Table {
    match syntax {
        Syntax::UblInvoice | Syntax::UblCreditNote => &UBL,
        Syntax::Cii => &CII,
    }
}

/// The structure of a syntax.
pub struct Table {
    types: Vec<Type>,
    slots: Vec<Slot>,
    attributes: Vec<Known>,
    /// By name; `NONE` for names without a type.
    usual: Vec<u16>,
    /// What could not be read; a test fails before.
    pub misread: Vec<&'static str>,
}

pub struct Type {
    /// As in the published schemas; one without a prefix is our own.
    name: &'static str,
    pub content: Content,
    slots: (u16, u16),
    attributes: (u16, u16),
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Content {
    Value(Simple),
    Sequence,
    Choice,
    Foreign,
}

/// A place for child elements.
pub struct Slot {
    pub name: Name,
    pub kind: u16,
    pub required: bool,
    pub many: bool,
}

/// An attribute a type knows.
pub struct Known {
    pub attribute: Attribute,
    pub simple: Simple,
    pub required: bool,
    pub fixed: Option<&'static str>,
}

impl Table {
    pub fn kind(&self, number: u16) -> &Type {
        &self.types[usize::from(number)]
    }

    pub fn slots(&self, kind: &Type) -> &[Slot] {
        &self.slots[usize::from(kind.slots.0)..usize::from(kind.slots.1)]
    }

    pub fn attributes(&self, kind: &Type) -> &[Known] {
        &self.attributes[usize::from(kind.attributes.0)..usize::from(kind.attributes.1)]
    }

    /// The type elements of this name usually have.
    pub fn usual(&self, name: Name) -> Option<u16> {
        self.usual.get(name.number()).copied().filter(|number| *number != NONE)
    }

    fn read(file: &'static str) -> Self {
        let lines = || file.lines().filter(|line| !line.starts_with('#')).map(Line::of);
        let types = lines().filter(|line| line.word != "elements").map(|line| line.name);
        let numbers: HashMap<&str, u16> = types.zip(0..).collect();
        let (types, slots, attributes, misread) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut table = Table { types, slots, attributes, usual: vec![NONE; Name::COUNT], misread };
        for line in lines().filter(|line| line.word == "elements") {
            for element in line.rest.split(' ') {
                match (Name::parse(element), numbers.get(line.name)) {
                    (Some(name), Some(number)) => table.usual[name.number()] = *number,
                    _ => table.misread.push(element),
                }
            }
        }
        for line in lines().filter(|line| line.word != "elements") {
            table.add(&line, &numbers);
        }
        table
    }

    fn add(&mut self, line: &Line, numbers: &HashMap<&str, u16>) {
        let (slots, attributes) = (self.slots.len() as u16, self.attributes.len() as u16);
        let content = match line.word {
            "sequence" => Content::Sequence,
            "choice" => Content::Choice,
            "foreign" => Content::Foreign,
            _ => Content::Value(self.value(line.rest)),
        };
        if matches!(content, Content::Sequence | Content::Choice) {
            for child in line.rest.split(' ') {
                match self.slot(child, numbers) {
                    Some(slot) => self.slots.push(slot),
                    None => self.misread.push(child),
                }
            }
        }
        let (slots, attributes) =
            ((slots, self.slots.len() as u16), (attributes, self.attributes.len() as u16));
        self.types.push(Type { name: line.name, content, slots, attributes });
    }

    fn slot(&self, child: &'static str, numbers: &HashMap<&str, u16>) -> Option<Slot> {
        let written = child.trim_end_matches(['?', '*', '+']);
        let mark = &child[written.len()..];
        let (name, kind) = written.split_once('=').unwrap_or((written, ""));
        let name = Name::parse(name)?;
        let kind = if kind.is_empty() { self.usual(name)? } else { *numbers.get(kind)? };
        Some(Slot { name, kind, required: matches!(mark, "" | "+"), many: matches!(mark, "*" | "+") })
    }

    fn value(&mut self, rest: &'static str) -> Simple {
        let (content, attributes) = rest.split_once('\t').unwrap_or((rest, ""));
        for written in attributes.split('|').filter(|written| !written.is_empty()) {
            let (head, fixed) =
                written.split_once('=').map_or((written, None), |(head, fixed)| (head, Some(fixed)));
            let required = head.ends_with('!');
            let (name, simple) =
                head.trim_end_matches('!').split_once(':').unwrap_or((head.trim_end_matches('!'), "text"));
            match (Attribute::find(name), Simple::named(simple)) {
                (Some(attribute), Some(simple)) => {
                    self.attributes.push(Known { attribute, simple, required, fixed })
                }
                _ => self.misread.push(written),
            }
        }
        Simple::named(content).unwrap_or_else(|| {
            self.misread.push(rest);
            Simple::Text
        })
    }
}

impl Type {
    /// Whether `xsi:type` on an element of this name may say so. A basic element of UBL has a type of its own,
    /// called after it; types we named with a dot have no name at all.
    pub fn is_called(&self, element: Name, uri: &str, local: &str) -> bool {
        match self.name.split_once(':') {
            Some(("xs", name)) => uri == SCHEMA && local == name,
            Some((prefix, name)) => {
                !name.contains('.')
                    && local == name
                    && Space::with_prefix(prefix).is_some_and(|space| space.uri() == uri)
            }
            None => uri == element.space().uri() && local.strip_suffix("Type") == Some(element.local()),
        }
    }
}

/// A line of a file.
struct Line {
    word: &'static str,
    name: &'static str,
    rest: &'static str,
}

impl Line {
    fn of(line: &'static str) -> Self {
        let (word, tail) = line.split_once('\t').unwrap_or((line, ""));
        let (name, rest) = tail.split_once('\t').unwrap_or((tail, ""));
        Self { word, name, rest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoice::{cac, cbc, ext, ram};

    #[test]
    fn every_name_and_every_type_is_known() {
        for (syntax, types) in [(Syntax::UblInvoice, 120), (Syntax::Cii, 150)] {
            let table = of(syntax);
            assert!(table.misread.is_empty(), "{:?}", table.misread);
            assert!(table.types.len() > types, "{}", table.types.len());
            for slot in &table.slots {
                assert!(slot.name.is_known() && usize::from(slot.kind) < table.types.len());
            }
        }
    }

    #[test]
    fn no_name_stands_twice_in_a_sequence() {
        for table in [of(Syntax::UblInvoice), of(Syntax::Cii)] {
            for kind in &table.types {
                let mut names: Vec<usize> = table.slots(kind).iter().map(|slot| slot.name.number()).collect();
                let count = names.len();
                names.sort_unstable();
                names.dedup();
                assert_eq!(names.len(), count, "{}", kind.name);
            }
        }
    }

    #[test]
    fn required_attributes_come_first() {
        for table in [of(Syntax::UblInvoice), of(Syntax::Cii)] {
            for kind in &table.types {
                assert!(table.attributes(kind).is_sorted_by_key(|known| !known.required), "{}", kind.name);
            }
        }
    }

    #[test]
    fn the_usual_type_of_a_name_can_be_overruled() {
        let (ubl, cii) = (of(Syntax::UblInvoice), of(Syntax::Cii));
        let content = |table: &Table, name| table.usual(name).map(|number| table.kind(number).content);
        assert_eq!(content(ubl, cbc::IssueDate), Some(Content::Value(Simple::Date)));
        assert_eq!(content(ubl, cac::Party), Some(Content::Sequence));
        assert_eq!(content(ubl, ext::ExtensionContent), Some(Content::Foreign));
        let kinds: std::collections::BTreeSet<u16> =
            cii.slots.iter().filter(|slot| slot.name == ram::TypeCode).map(|slot| slot.kind).collect();
        assert!(kinds.len() > 10);
    }
}
