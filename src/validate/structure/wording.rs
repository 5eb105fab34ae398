//! What is said about a fault of the structure.
//!
//! In: a place and a [`Fault`]. Out: a [`Finding`] that says what holds in a correct invoice. Absent on purpose:
//! business terms; a misplaced element has none.

use super::simple::Simple;
use super::tables::Known;
use crate::invoice::{Attribute, Name, Node, Tree};
use crate::job::Bilingual;
use crate::validate::{Finding, LegalClass, MAX_SHOWN, Severity};

/// One difference from the structure.
pub enum Fault<'f> {
    /// An element the one around it does not know.
    Unknown {
        parent: Node,
        offered: Vec<Name>,
    },
    /// A known element at the wrong place.
    Misplaced {
        parent: Node,
        offered: Vec<Name>,
    },
    Doubled {
        parent: Node,
    },
    /// An element where only a value may stand.
    InsideValue,
    /// An element of its own namespace, or of none, as an extension.
    NotForeign,
    /// One of these.
    Missing {
        names: &'f [Name],
    },
    NoExtension,
    Value {
        simple: Simple,
        attribute: Option<Attribute>,
        found: &'f str,
    },
    /// An attribute that may have one value only.
    Fixed {
        attribute: Attribute,
        fixed: &'f str,
        found: &'f str,
    },
    Attribute {
        written: &'f str,
        expected: &'f [Known],
    },
    NoAttribute {
        attribute: Attribute,
    },
    Text {
        found: &'f str,
    },
}

/// What one fault has to say.
struct Said {
    id: &'static str,
    de: String,
    en: String,
    expected: Option<String>,
    found: Option<String>,
}

pub fn finding(tree: &Tree, node: Node, fault: Fault) -> Finding {
    let said = say(tree, node, &fault);
    Finding {
        id: said.id.to_owned(),
        severity: Severity::Fatal,
        location: tree.location(node),
        terms: Vec::new(),
        legal_class: Some(LegalClass::Format),
        text: Bilingual::new(said.de, said.en),
        expected: said.expected,
        found: said.found.map(|found| found.chars().take(MAX_SHOWN).collect()),
    }
}

fn say(tree: &Tree, node: Node, fault: &Fault) -> Said {
    let this = called(tree, node);
    let around = |parent: &Node| called(tree, *parent);
    match fault {
        Fault::Unknown { parent, offered } => {
            let around = around(parent);
            let (de, en) = (
                format!("In {around} stehen nur Elemente, die dort vorgesehen sind; {this} gehört nicht dazu."),
                format!("In {around} stand only elements that are foreseen there; {this} is none of them."),
            );
            Said { id: "LM-XSD-ELEMENT", de, en, expected: listed(offered), found: Some(this) }
        }
        Fault::Misplaced { parent, offered } => {
            let around = around(parent);
            let (de, en) = (
                format!(
                    "Die Elemente in {around} stehen in der vorgeschriebenen Reihenfolge; {this} steht an seinem Platz darin."
                ),
                format!("The elements in {around} stand in the prescribed order; {this} has its place in it."),
            );
            Said { id: "LM-XSD-ELEMENT", de, en, expected: listed(offered), found: Some(this) }
        }
        Fault::Doubled { parent } => {
            let around = around(parent);
            let (de, en) = (
                format!("In {around} steht {this} höchstens einmal."),
                format!("In {around} stands {this} at most once."),
            );
            Said { id: "LM-XSD-ELEMENT", de, en, expected: None, found: Some(this) }
        }
        Fault::InsideValue => {
            let around = tree.parent(node).map_or_else(String::new, |parent| called(tree, parent));
            let (de, en) = (
                format!("In {around} steht ein Wert und kein weiteres Element."),
                format!("In {around} stands a value and no further element."),
            );
            Said { id: "LM-XSD-ELEMENT", de, en, expected: None, found: Some(this) }
        }
        Fault::NotForeign => Said {
            id: "LM-XSD-ELEMENT",
            de: "Eine Erweiterung (ext:ExtensionContent) enthält ein Element aus einem anderen Namensraum."
                .to_owned(),
            en: "An extension (ext:ExtensionContent) holds an element of another namespace.".to_owned(),
            expected: None,
            found: Some(this),
        },
        Fault::NoExtension => Said {
            id: "LM-XSD-MISSING",
            de: format!("In {this} steht ein Element aus einem anderen Namensraum."),
            en: format!("In {this} stands an element of another namespace."),
            expected: None,
            found: None,
        },
        Fault::Missing { names } => {
            let joined = |or: &str| names.iter().map(|name| name.qualified()).collect::<Vec<_>>().join(or);
            let de = format!("In {this} steht das Element {}.", joined(" oder "));
            let en = format!("In {this} stands the element {}.", joined(" or "));
            Said { id: "LM-XSD-MISSING", de, en, expected: listed(names), found: None }
        }
        Fault::Text { found } => Said {
            id: "LM-XSD-TEXT",
            de: format!("In {this} stehen nur Elemente und kein Text dazwischen."),
            en: format!("In {this} stand only elements and no text between them."),
            expected: None,
            found: Some(found.trim().to_owned()).filter(|found| !found.is_empty()),
        },
        _ => say_of_value(this, fault),
    }
}

fn say_of_value(this: String, fault: &Fault) -> Said {
    match fault {
        Fault::Value { simple, attribute, found } => {
            let (de, en, example) = described(*simple);
            let (de, en) = match attribute {
                Some(attribute) => (
                    format!("Das Attribut {} von {this} ist {de}.", attribute.as_str()),
                    format!("The attribute {} of {this} is {en}.", attribute.as_str()),
                ),
                None => (format!("Der Inhalt von {this} ist {de}."), format!("The content of {this} is {en}.")),
            };
            let found = Some((*found).to_owned());
            Said { id: "LM-XSD-VALUE", de, en, expected: Some(example.to_owned()), found }
        }
        Fault::Fixed { attribute, fixed, found } => Said {
            id: "LM-XSD-ATTRIBUTE",
            de: format!("Das Attribut {} von {this} lautet „{fixed}“ oder fehlt.", attribute.as_str()),
            en: format!("The attribute {} of {this} is “{fixed}” or absent.", attribute.as_str()),
            expected: Some((*fixed).to_owned()),
            found: Some((*found).to_owned()),
        },
        Fault::NoAttribute { attribute } => Said {
            id: "LM-XSD-ATTRIBUTE",
            de: format!("{this} hat das Attribut {}.", attribute.as_str()),
            en: format!("{this} has the attribute {}.", attribute.as_str()),
            expected: Some(attribute.as_str().to_owned()),
            found: None,
        },
        Fault::Attribute { written, expected } => {
            let written: String = written.chars().take(80).collect();
            let names: Vec<&str> = expected.iter().map(|known| known.attribute.as_str()).collect();
            Said {
                id: "LM-XSD-ATTRIBUTE",
                de: format!("{this} hat nur Attribute, die dort vorgesehen sind; {written} gehört nicht dazu."),
                en: format!("{this} has only attributes that are foreseen there; {written} is none of them."),
                expected: Some(names.join(", ")).filter(|names| !names.is_empty()),
                found: Some(written),
            }
        }
        _ => Said { id: "LM-XSD-ELEMENT", de: this.clone(), en: this, expected: None, found: None },
    }
}

/// The usual name of an element; one nobody knows as it was written.
fn called(tree: &Tree, node: Node) -> String {
    let name = tree.name(node);
    if name.is_known() { name.qualified().to_owned() } else { tree.tag(node).chars().take(80).collect() }
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
