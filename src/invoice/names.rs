//! Element and attribute names as small numbers.
//!
//! In: a namespace and a local name. Out: [`Name`]. Written in code as in the documents: `cac::InvoiceLine`.
//! The names themselves stand in [`super::vocabulary`]. Absent on purpose: prefixes of the document, which
//! mean nothing.

use super::vocabulary;

use vocabulary::COUNTS;
pub use vocabulary::Space;

/// An element name: namespace and local name, comparable at the price of a number. The names of a namespace
/// follow one another; behind them stands one for all its names we do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name(u16);

const UNKNOWN: u16 = u16::MAX;
pub(super) const SLOTS: usize = 2048;

impl Name {
    /// One more than the largest number a name has; the size of a table by name.
    pub const COUNT: usize = first_of(Space::ALL.len()) as usize;

    /// The name in its place among those of its namespace; any beyond them is the unknown one.
    pub(super) const fn new(space: Space, local: u16) -> Self {
        let known = COUNTS[space as usize];
        Self(first_of(space as usize) + if local < known { local } else { known })
    }

    /// A name we do not know is equal only to other unknown names of its namespace.
    pub fn find(space: Space, local: &str) -> Self {
        let first = FIRST[space as usize];
        let unknown = Self(first + COUNTS[space as usize]);
        let Some((locals, slots)) = space.known() else { return unknown };
        let mut slot = slot_of(local.as_bytes());
        loop {
            let number = slots[slot];
            if number == UNKNOWN {
                return unknown;
            }
            if locals[number as usize] == local {
                return Self(first + number);
            }
            slot = (slot + 1) % SLOTS;
        }
    }

    /// A name as it is usually written, `cac:InvoiceLine`.
    pub fn parse(qualified: &str) -> Option<Self> {
        let (prefix, local) = qualified.split_once(':')?;
        let name = Self::find(Space::with_prefix(prefix)?, local);
        name.is_known().then_some(name)
    }

    /// A place in a table of [`Name::COUNT`].
    pub fn number(self) -> usize {
        usize::from(self.0)
    }

    pub fn is_known(self) -> bool {
        !Space::ALL.iter().any(|space| self.0 + 1 == FIRST[*space as usize + 1])
    }

    pub fn space(self) -> Space {
        let mut spaces = Space::ALL.iter().rev();
        spaces.find(|space| FIRST[**space as usize] <= self.0).copied().unwrap_or(Space::Other)
    }

    /// With its usual prefix, as in `cac:InvoiceLine`; `*` for a name we do not know.
    pub fn qualified(self) -> &'static str {
        let space = self.space();
        let local = usize::from(self.0 - FIRST[space as usize]);
        space.qualified().get(local).copied().unwrap_or("*")
    }

    /// Without prefix, as in `InvoiceLine`; `*` for a name we do not know.
    pub fn local(self) -> &'static str {
        self.qualified().split_once(':').map_or("*", |(_, local)| local)
    }

    /// The number as the unknown name of a namespace, if it is one.
    pub fn unknown(number: usize) -> Option<Name> {
        let name = Name(u16::try_from(number).ok()?);
        (number < Self::COUNT && !name.is_known()).then_some(name)
    }

    /// Every name we know.
    pub fn all() -> impl Iterator<Item = Name> {
        (0..Self::COUNT as u16).map(Name).filter(|name| name.is_known())
    }
}

/// Number of the first name of each namespace, and behind them all.
static FIRST: [u16; Space::ALL.len() + 1] = {
    let mut first = [0; Space::ALL.len() + 1];
    let mut space = 0;
    while space <= Space::ALL.len() {
        first[space] = first_of(space);
        space += 1;
    }
    first
};

const fn first_of(space: usize) -> u16 {
    let (mut first, mut before) = (0, 0);
    while before < space {
        first += COUNTS[before] + 1;
        before += 1;
    }
    first
}

/// Cheap and good enough: length and a few letters tell our names apart.
const fn slot_of(local: &[u8]) -> usize {
    let len = local.len();
    if len == 0 {
        return 0;
    }
    let mut mix = len as u32;
    mix = mix.wrapping_mul(0x9E37_79B1) ^ local[0] as u32;
    mix = mix.wrapping_mul(0x9E37_79B1) ^ local[len / 4] as u32;
    mix = mix.wrapping_mul(0x9E37_79B1) ^ local[len / 3] as u32;
    mix = mix.wrapping_mul(0x9E37_79B1) ^ local[len / 2] as u32;
    mix = mix.wrapping_mul(0x9E37_79B1) ^ local[len - 1 - len / 4] as u32;
    mix = mix.wrapping_mul(0x9E37_79B1) ^ local[len - 1] as u32;
    mix = mix.wrapping_mul(0x9E37_79B1);
    (mix >> 16) as usize % SLOTS
}

/// Open addressing; built by the compiler.
pub(super) const fn slots(locals: &[&str]) -> [u16; SLOTS] {
    let mut slots = [UNKNOWN; SLOTS];
    let mut number = 0;
    while number < locals.len() {
        let mut slot = slot_of(locals[number].as_bytes());
        while slots[slot] != UNKNOWN {
            slot = (slot + 1) % SLOTS;
        }
        slots[slot] = number as u16;
        number += 1;
    }
    slots
}

/// The name at its place in the list; found by the compiler.
pub(super) const fn named(space: Space, locals: &[&str], local: &str) -> Name {
    let mut number = 0;
    while !same(locals[number].as_bytes(), local.as_bytes()) {
        number += 1;
    }
    Name::new(space, number as u16)
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

macro_rules! names {
    ($($space:ident $prefix:ident $uri:literal { $($local:ident)* })*) => {
        /// Namespaces we know.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Space { $($space,)* Other }

        /// How many names of each namespace we know.
        pub(super) const COUNTS: [u16; Space::ALL.len()] = [$($prefix::LOCALS.len() as u16,)* 0];

        impl Space {
            pub const ALL: &'static [Space] = &[$(Space::$space,)* Space::Other];

            pub fn of(uri: &str) -> Self {
                match uri {
                    $($uri => Space::$space,)*
                    _ => Space::Other,
                }
            }

            /// The namespace that usually has this prefix.
            pub fn with_prefix(prefix: &str) -> Option<Self> {
                $(if prefix == stringify!($prefix) { return Some(Space::$space); })*
                None
            }

            pub fn uri(self) -> &'static str {
                match self {
                    $(Space::$space => $uri,)*
                    Space::Other => "",
                }
            }

            pub(super) fn known(
                self,
            ) -> Option<(&'static [&'static str], &'static [u16; super::names::SLOTS])> {
                match self {
                    $(Space::$space => Some(($prefix::LOCALS, &$prefix::TABLE)),)*
                    Space::Other => None,
                }
            }

            pub(super) fn qualified(self) -> &'static [&'static str] {
                match self {
                    $(Space::$space => $prefix::QUALIFIED,)*
                    Space::Other => &[],
                }
            }
        }

        $(
            #[expect(non_upper_case_globals, reason = "element names are written as in the documents")]
            pub mod $prefix {
                use super::Space;
                use super::super::names::{Name, SLOTS, named, slots};

                $(pub const $local: Name = named(Space::$space, LOCALS, stringify!($local));)*
                pub(super) const LOCALS: &[&str] = &[$(stringify!($local)),*];
                pub(super) const QUALIFIED: &[&str] =
                    &[$(concat!(stringify!($prefix), ":", stringify!($local))),*];
                pub(super) static TABLE: [u16; SLOTS] = slots(LOCALS);
            }
        )*
    };
}
pub(super) use names;

macro_rules! attributes {
    ($($attribute:ident $name:literal)*) => {
        /// Attributes the two syntaxes know; all stand without a prefix.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Attribute {
            $($attribute,)*
            /// Without a prefix, and unknown.
            Unknown,
            /// `xsi:type`, `xsi:schemaLocation` …
            Instance,
            /// `xml:lang`, `xml:space` …
            Xml,
            /// With the prefix of any other namespace.
            Foreign,
        }

        impl Attribute {
            pub fn find(name: &str) -> Option<Self> {
                match name {
                    $($name => Some(Attribute::$attribute),)*
                    _ => None,
                }
            }

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Attribute::$attribute => $name,)*
                    Attribute::Unknown | Attribute::Instance | Attribute::Xml | Attribute::Foreign => "*",
                }
            }
        }
    };
}

attributes! {
    CharacterSetCode "characterSetCode"
    CurrencyCodeListVersionId "currencyCodeListVersionID"
    CurrencyId "currencyID"
    EncodingCode "encodingCode"
    FileName "filename"
    Format "format"
    LanguageId "languageID"
    LanguageLocaleId "languageLocaleID"
    ListAgencyId "listAgencyID"
    ListAgencyName "listAgencyName"
    ListId "listID"
    ListName "listName"
    ListSchemeUri "listSchemeURI"
    ListUri "listURI"
    ListVersionId "listVersionID"
    MimeCode "mimeCode"
    Name "name"
    SchemeAgencyId "schemeAgencyID"
    SchemeAgencyName "schemeAgencyName"
    SchemeDataUri "schemeDataURI"
    SchemeId "schemeID"
    SchemeName "schemeName"
    SchemeUri "schemeURI"
    SchemeVersionId "schemeVersionID"
    UnitCode "unitCode"
    UnitCodeListAgencyId "unitCodeListAgencyID"
    UnitCodeListAgencyName "unitCodeListAgencyName"
    UnitCodeListId "unitCodeListID"
    UnitCodeListVersionId "unitCodeListVersionID"
    Uri "uri"
}

#[cfg(test)]
mod tests {
    use super::super::vocabulary::{cac, cbc};
    use super::*;

    #[test]
    fn every_known_name_is_found_again() {
        let mut count = 0;
        for name in Name::all() {
            assert_eq!(Name::find(name.space(), name.local()), name);
            assert_eq!(Name::parse(name.qualified()), Some(name));
            assert!(name.number() < Name::COUNT && name.is_known());
            count += 1;
        }
        assert!(count > 1_400, "{count}");
    }

    #[test]
    fn unknown_names_are_told_apart_from_known_ones() {
        assert_ne!(Name::find(Space::Cbc, "Id"), cbc::ID);
        assert_ne!(Name::find(Space::Cac, "ID"), cbc::ID);
        assert_eq!(Name::find(Space::Cac, "Quatsch").qualified(), "*");
        assert_eq!(Name::parse("cac:Quatsch"), None);
        assert_eq!(cac::InvoiceLine.qualified(), "cac:InvoiceLine");
        assert_eq!(cac::InvoiceLine.local(), "InvoiceLine");
    }
}
