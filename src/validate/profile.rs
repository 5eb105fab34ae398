//! Which rules an invoice asks for: its specification identifier (BT-24) and its syntax choose a profile.
//!
//! In: `rules/profiles.toml`. Out: [`Profile`]. Absent on purpose: guessing what an unknown identifier means.

use super::Severity;
use crate::invoice::{Invoice, Syntax};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A set of rules that is published together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Set {
    /// CEN: the rules of EN 16931.
    En16931,
    /// KoSIT: the national rules of XRechnung.
    Xrechnung,
    /// Our own rules for every invoice.
    Laufmappe,
    /// Our own rules for invoices guessed from a page.
    Guessed,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    pub name: String,
    /// BT-24, exactly.
    id: String,
    syntaxes: Vec<Syntax>,
    pub sets: Vec<Set>,
    /// Severities that differ from those of the rows.
    #[serde(default)]
    pub severity: BTreeMap<String, Severity>,
}

/// What is known about a rule set.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    set: Set,
    title: String,
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
    sets: Vec::new(),
    severity: BTreeMap::new(),
};

/// The profile of an invoice, and whether its identifier is one we know. Compared exactly, blanks included.
pub fn profile_of(invoice: &Invoice) -> (&'static Profile, bool) {
    let Some(syntax) = invoice.syntax else {
        return (PROFILES.guessed.as_ref().unwrap_or(&NONE), PROFILES.guessed.is_some());
    };
    let id = invoice.specification.as_deref().unwrap_or_default();
    let known = PROFILES.profile.iter().find(|profile| profile.id == id && profile.syntaxes.contains(&syntax));
    match known {
        Some(profile) => (profile, true),
        None => (PROFILES.unknown.as_ref().unwrap_or(&NONE), false),
    }
}

/// Titles and versions of the rule sets a profile applies.
pub fn rule_sets(profile: &Profile) -> Vec<String> {
    let applied = PROFILES.set.iter().filter(|published| profile.sets.contains(&published.set));
    applied.map(|published| format!("{} {}", published.title, published.version)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_complete() {
        let profiles: Profiles = toml::from_str(include_str!("../../rules/profiles.toml")).unwrap();
        assert!(profiles.unknown.is_some() && profiles.guessed.is_some());
        for profile in &profiles.profile {
            assert!(!profile.id.is_empty() && !profile.syntaxes.is_empty(), "{}", profile.name);
            assert_eq!(rule_sets(profile).len(), profile.sets.len(), "{}", profile.name);
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
}
