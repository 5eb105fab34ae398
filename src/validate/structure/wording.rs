//! What is said about a fault of the structure.
//!
//! In: a place and a [`Fault`]. Out: a [`Finding`] that says what holds in a correct invoice. Absent on purpose:
//! business terms; a misplaced element has none.

use super::simple::Simple;
use super::tables::Known;
use crate::invoice::{Attribute, Name, Node, Tree};
use crate::job::Bilingual;
use crate::validate::element::{Doc, Element};
use crate::validate::{Finding, LegalClass, MAX_SHOWN, Severity};

/// Characters of an unknown name that are shown.
const MAX_NAME: usize = 80;

/// One difference from the structure.
pub enum Fault<'f> {
    /// An element that does not belong where it stands.
    Element(Place),
    /// One of these is not there.
    Missing {
        names: &'f [Name],
    },
    NoExtension,
    Text {
        found: &'f str,
    },
    Value {
        simple: Simple,
        attribute: Option<Attribute>,
        found: &'f str,
    },
    Attribute(Flaw<'f>),
}

/// Why an element does not belong where it stands.
pub enum Place {
    /// The element around it does not know it; these could stand here.
    Unknown(Vec<Name>),
    /// It belongs elsewhere; these could stand here.
    Misplaced(Vec<Name>),
    Doubled,
    InsideValue,
    /// Of our own namespace, or of none, as an extension.
    NotForeign,
}

/// What is wrong with an attribute.
pub enum Flaw<'f> {
    Unknown {
        written: &'f str,
        expected: &'f [Known],
    },
    Missing {
        attribute: Attribute,
    },
    /// It may have one value only.
    Fixed {
        attribute: Attribute,
        fixed: &'f str,
        found: &'f str,
    },
}

/// Both texts, what could stand there and what stands there.
type Said = (String, String, Option<String>, Option<String>);

pub fn finding(doc: &Doc, node: Node, fault: Fault) -> Finding {
    let tree = doc.tree;
    let this = called(tree, node);
    let (id, (de, en, expected, found)) = match fault {
        Fault::Element(place) => {
            let around = tree.parent(node).map_or_else(|| "/".to_owned(), |parent| called(tree, parent));
            ("LM-XSD-ELEMENT", say_element(this, &around, &place))
        }
        Fault::Missing { names } => ("LM-XSD-MISSING", say_missing(&this, names)),
        Fault::NoExtension => ("LM-XSD-MISSING", say_no_extension(&this)),
        Fault::Text { found } => ("LM-XSD-TEXT", say_text(&this, found)),
        Fault::Value { simple, attribute, found } => {
            ("LM-XSD-VALUE", say_value(&this, simple, attribute, found))
        }
        Fault::Attribute(flaw) => ("LM-XSD-ATTRIBUTE", say_attribute(&this, &flaw)),
    };
    Finding {
        id: id.to_owned(),
        severity: Severity::Fatal,
        location: Element { doc, node }.location(),
        terms: Vec::new(),
        legal_class: Some(LegalClass::Format),
        text: Bilingual::new(de, en),
        expected,
        found,
    }
}

fn say_element(this: String, around: &str, place: &Place) -> Said {
    let (de, en, offered) = match place {
        Place::Unknown(offered) => (
            format!("In {around} stehen nur Elemente, die das Format dort vorsieht; {this} gehört nicht dazu."),
            format!("{around} holds only elements the format provides for; {this} is none of them."),
            listed(offered),
        ),
        Place::Misplaced(offered) => (
            format!("Die Elemente in {around} stehen in der Reihenfolge des Formats, auch {this}."),
            format!("The elements in {around} stand in the order of the format, {this} among them."),
            listed(offered),
        ),
        Place::Doubled => (
            format!("In {around} steht {this} höchstens einmal."),
            format!("{around} holds {this} at most once."),
            None,
        ),
        Place::InsideValue => (
            format!("In {around} steht ein Wert und kein weiteres Element."),
            format!("{around} holds a value and no further element."),
            None,
        ),
        Place::NotForeign => (
            format!("In {around} steht ein Element aus einem fremden Namensraum."),
            format!("{around} holds an element of a foreign namespace."),
            None,
        ),
    };
    (de, en, offered, Some(this))
}

fn say_missing(this: &str, names: &[Name]) -> Said {
    let joined = |or: &str| names.iter().map(|name| name.qualified()).collect::<Vec<_>>().join(or);
    let de = format!("In {this} steht das Element {}.", joined(" oder "));
    let en = format!("{this} holds the element {}.", joined(" or "));
    (de, en, listed(names), None)
}

fn say_no_extension(this: &str) -> Said {
    let de = format!("In {this} steht ein Element aus einem fremden Namensraum.");
    (de, format!("{this} holds an element of a foreign namespace."), None, None)
}

fn say_text(this: &str, found: &str) -> Said {
    let de = format!("In {this} stehen nur Elemente und kein Text dazwischen.");
    let en = format!("{this} holds only elements and no text between them.");
    (de, en, None, Some(shown(found.trim())).filter(|found| !found.is_empty()))
}

fn say_value(this: &str, simple: Simple, attribute: Option<Attribute>, found: &str) -> Said {
    let (de, en, example) = described(simple);
    let (de, en) = match attribute {
        Some(attribute) => (
            format!("Das Attribut {} von {this} ist {de}.", attribute.as_str()),
            format!("The attribute {} of {this} is {en}.", attribute.as_str()),
        ),
        None => (format!("Der Inhalt von {this} ist {de}."), format!("The content of {this} is {en}.")),
    };
    (de, en, Some(example.to_owned()), Some(shown(found)))
}

fn say_attribute(this: &str, flaw: &Flaw) -> Said {
    match flaw {
        Flaw::Unknown { written, expected } => {
            let written: String = written.chars().take(MAX_NAME).collect();
            let names: Vec<&str> = expected.iter().map(|known| known.attribute.as_str()).collect();
            (
                format!("{this} hat nur Attribute, die das Format dort vorsieht; {written} gehört nicht dazu."),
                format!("{this} has only attributes the format provides for; {written} is none of them."),
                Some(names.join(", ")).filter(|names| !names.is_empty()),
                Some(written),
            )
        }
        Flaw::Missing { attribute } => {
            let name = attribute.as_str();
            let de = format!("{this} hat das Attribut {name}.");
            (de, format!("{this} has the attribute {name}."), Some(name.to_owned()), None)
        }
        Flaw::Fixed { attribute, fixed, found } => {
            let name = attribute.as_str();
            let de = format!("Das Attribut {name} von {this} lautet „{fixed}“ oder fehlt.");
            let en = format!("The attribute {name} of {this} is “{fixed}” or absent.");
            (de, en, Some((*fixed).to_owned()), Some(shown(found)))
        }
    }
}

/// A value may be a whole file.
fn shown(found: &str) -> String {
    found.chars().take(MAX_SHOWN).collect()
}

/// The usual name of an element; one nobody knows as it was written.
fn called(tree: &Tree, node: Node) -> String {
    let name = tree.name(node);
    if name.is_known() { name.qualified().to_owned() } else { tree.tag(node).chars().take(MAX_NAME).collect() }
}

fn listed(names: &[Name]) -> Option<String> {
    let names: Vec<&str> = names.iter().map(|name| name.qualified()).collect();
    Some(names.join(", ")).filter(|names| !names.is_empty())
}

/// A type for people, in both languages, with an example.
fn described(simple: Simple) -> (&'static str, &'static str, &'static str) {
    match simple {
        Simple::Text => ("ein Text", "a text", "Text"),
        Simple::Short => ("ein Kürzel mit einem bis drei Zeichen", "a code of one to three characters", "KGM"),
        Simple::Decimal => (
            "eine Zahl mit Punkt als Dezimalzeichen und ohne Tausenderzeichen",
            "a number with a point and without thousands separators",
            "1234.50",
        ),
        Simple::Boolean => ("„true“ oder „false“", "“true” or “false”", "true, false"),
        Simple::Date => {
            ("ein Datum in der Form Jahr-Monat-Tag", "a date in the form year-month-day", "2026-11-21")
        }
        Simple::Time => ("eine Uhrzeit mit Sekunden", "a time of day with seconds", "14:30:00"),
        Simple::DateTime => {
            ("ein Zeitpunkt aus Datum, T und Uhrzeit", "a date, a T and a time of day", "2026-11-21T14:30:00")
        }
        Simple::Base64 => ("eine Datei in Base64", "a file in Base64", "UkU="),
        Simple::Uri => ("eine Adresse (URI)", "an address (URI)", "https://example.org/"),
        Simple::Language => ("ein Sprachkürzel", "a language tag", "de"),
    }
}
