//! Which rules an invoice asks for: its specification identifier (BT-24) and its syntax choose a profile, the
//! day of receipt chooses the edition of the rule books.
//!
//! A profile may be asked for by its name as well.
//!
//! In: `rules/profiles.toml`. Out: [`Profile`]. Absent on purpose: guessing what an unknown identifier means.

use super::Severity;
use super::element::Element;
use crate::invoice::{Name, Syntax, cbc, ram, rsm};
use jiff::civil::{Date, date};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The rule books as they were published together, by the day from which they are in force. Older editions
/// stay, so that an old verdict can be reproduced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
pub enum Edition {
    /// CEN 1.3.15, XRechnung Schematron 2.5.0.
    #[serde(rename = "2026-01-31")]
    January2026,
    /// CEN 1.3.16, XRechnung Schematron 2.6.0.
    #[serde(rename = "2026-08-31")]
    August2026,
}

impl Edition {
    pub const ALL: &'static [Edition] = &[Edition::January2026, Edition::August2026];
    pub const LATEST: Edition = Edition::August2026;

    /// First day the edition is in force.
    pub fn from_day(self) -> Date {
        match self {
            Edition::January2026 => date(2026, 1, 31),
            Edition::August2026 => date(2026, 8, 31),
        }
    }

    /// The edition in force on a day. Before the first one we know, that one.
    pub fn on(day: Date) -> Self {
        let begun = Self::ALL.iter().rev().find(|edition| edition.from_day() <= day);
        begun.copied().unwrap_or(Edition::January2026)
    }
}

/// A set of rules that is published together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Set {
    /// CEN: the rules of EN 16931.
    En16931,
    /// KoSIT: the national rules of XRechnung.
    Xrechnung,
    /// OpenPeppol: BIS Billing 3.
    Peppol,
    /// FNFE-MPE and FeRD: profiles of Factur-X and ZUGFeRD, in CII.
    FacturxMinimum,
    FacturxBasicWl,
    FacturxBasic,
    FacturxEn16931,
    /// Our own rules for every invoice.
    Laufmappe,
    /// Our own rules for invoices guessed from a page.
    Guessed,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub name: String,
    /// BT-24, exactly. A profile without one is reached by its name alone.
    #[serde(default)]
    pub id: String,
    pub syntaxes: Vec<Syntax>,
    #[serde(default)]
    compare: Compare,
    pub sets: Vec<Set>,
    /// The official validator has a scenario for it. Without one it refuses every document, and so do we.
    #[serde(default = "yes")]
    pub official: bool,
    /// Severities that differ from those of the rows.
    #[serde(default)]
    severity: BTreeMap<String, Severity>,
    /// Severities that differ from an edition on.
    #[serde(default)]
    since: Vec<Since>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Since {
    edition: Edition,
    severity: BTreeMap<String, Severity>,
}

/// How an identifier is compared; the official scenarios differ in what a comment inside of it does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Compare {
    /// The whole text.
    Value,
    /// Any of the pieces between comments.
    #[default]
    TextNodes,
}

fn yes() -> bool {
    true
}

/// What is known about a rule set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    set: Set,
    title: String,
    versions: Vec<Version>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Version {
    edition: Edition,
    version: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Profiles {
    set: Vec<Published>,
    profile: Vec<Profile>,
    /// For invoices whose identifier no profile has.
    unknown: Option<Profile>,
    /// For invoices guessed from a page.
    guessed: Option<Profile>,
}

/// A file that cannot be read leaves no profile: every invoice is then refused, and a test fails before.
static PROFILES: LazyLock<Profiles> =
    LazyLock::new(|| toml::from_str(include_str!("../../rules/profiles.toml")).unwrap_or_default());

static NONE: Profile = Profile {
    name: String::new(),
    id: String::new(),
    syntaxes: Vec::new(),
    compare: Compare::TextNodes,
    sets: Vec::new(),
    official: false,
    severity: BTreeMap::new(),
    since: Vec::new(),
};

/// The profile of an e-invoice; none where its identifier is unknown. Compared exactly, blanks included.
pub fn profile_of(root: Element) -> Option<&'static Profile> {
    let syntax = root.doc.syntax;
    PROFILES.profile.iter().find(|profile| profile.syntaxes.contains(&syntax) && profile.is_named(root))
}

/// The profile of a name for a syntax, whatever identifier an invoice has.
pub fn profile_named(name: &str, syntax: Syntax) -> Option<&'static Profile> {
    PROFILES.profile.iter().find(|profile| profile.name == name && profile.syntaxes.contains(&syntax))
}

/// Every profile an identifier or a name can ask for.
pub fn profiles() -> &'static [Profile] {
    &PROFILES.profile
}

/// The names of the profiles, each once, in the order of the file.
pub fn names() -> Vec<&'static str> {
    let mut names: Vec<&str> = Vec::new();
    for profile in &PROFILES.profile {
        if !names.contains(&profile.name.as_str()) {
            names.push(&profile.name);
        }
    }
    names
}

/// What is examined where no profile is named.
pub fn unknown_profile() -> &'static Profile {
    PROFILES.unknown.as_ref().unwrap_or(&NONE)
}

/// What is examined where values were read from a page.
pub fn guessed_profile() -> &'static Profile {
    PROFILES.guessed.as_ref().unwrap_or(&NONE)
}

/// BT-24 as written, for people.
pub fn identifier(root: Element) -> Option<String> {
    let element = root.first(identifier_path(root.doc.syntax))?;
    Some(element.text().chars().take(300).collect())
}

pub fn identifier_path(syntax: Syntax) -> &'static [Name] {
    match syntax {
        Syntax::UblInvoice | Syntax::UblCreditNote => &[cbc::CustomizationID],
        Syntax::Cii => {
            &[rsm::ExchangedDocumentContext, ram::GuidelineSpecifiedDocumentContextParameter, ram::ID]
        }
    }
}

impl Profile {
    fn is_named(&self, root: Element) -> bool {
        !self.id.is_empty()
            && root.down(identifier_path(root.doc.syntax)).any(|element| match self.compare {
                Compare::Value => element.text() == self.id,
                Compare::TextNodes => element.text_nodes().contains(&self.id.as_str()),
            })
    }

    /// The severity this profile gives a rule; none where that of the row stays.
    pub fn severity_of(&self, rule: &str, edition: Edition) -> Option<Severity> {
        let later = self.since.iter().rev().filter(|since| since.edition <= edition);
        later.map(|since| &since.severity).chain([&self.severity]).find_map(|given| given.get(rule).copied())
    }

    pub fn uses(&self, set: Set) -> bool {
        self.sets.contains(&set)
    }
}

/// Titles and versions of the rule sets a profile applies.
pub fn rule_sets(profile: &Profile, edition: Edition) -> Vec<String> {
    let applied = PROFILES.set.iter().filter(|published| profile.uses(published.set));
    let titled = |published: &Published| {
        let in_force = published.versions.iter().rev().find(|version| version.edition <= edition)?;
        Some(format!("{} {}", published.title, in_force.version))
    };
    applied.filter_map(titled).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_complete() {
        let profiles: Profiles = toml::from_str(include_str!("../../rules/profiles.toml")).unwrap();
        assert!(profiles.unknown.is_some() && profiles.guessed.is_some());
        for profile in &profiles.profile {
            // An official scenario has an identifier.
            assert!(!(profile.official && profile.id.is_empty()), "{}", profile.name);
            assert!(!profile.name.is_empty() && !profile.syntaxes.is_empty(), "{}", profile.name);
            for edition in Edition::ALL {
                assert_eq!(rule_sets(profile, *edition).len(), profile.sets.len(), "{}", profile.name);
            }
        }
    }

    #[test]
    fn no_identifier_chooses_two_profiles() {
        for profile in &PROFILES.profile {
            for syntax in &profile.syntaxes {
                let same = |other: &&Profile| other.id == profile.id && other.syntaxes.contains(syntax);
                assert_eq!(PROFILES.profile.iter().filter(same).count(), 1, "{}", profile.name);
            }
        }
    }

    #[test]
    fn a_severity_may_differ_from_an_edition_on() {
        let of_cii = |profile: &&Profile| profile.name == "XRechnung 3.0" && profile.syntaxes == [Syntax::Cii];
        let profile = PROFILES.profile.iter().find(of_cii).unwrap();
        for (rule, january, august) in [
            ("CII-SR-465", None, Some(Severity::Fatal)),
            ("CII-SR-475", None, Some(Severity::Information)),
            ("CII-SR-452", Some(Severity::Fatal), Some(Severity::Fatal)),
            ("BR-CL-24", None, None),
        ] {
            assert_eq!(profile.severity_of(rule, Edition::January2026), january, "{rule}");
            assert_eq!(profile.severity_of(rule, Edition::August2026), august, "{rule}");
        }
    }

    #[test]
    fn the_day_of_receipt_chooses_the_edition() {
        for (day, edition) in [
            (date(2020, 1, 1), Edition::January2026),
            (date(2026, 8, 30), Edition::January2026),
            (date(2026, 8, 31), Edition::August2026),
            (date(2030, 1, 1), Edition::LATEST),
        ] {
            assert_eq!(Edition::on(day), edition, "{day}");
        }
    }
}
