//! The examples a rule file carries: facts, and what the rules must make of them.
//!
//! In: the table `[[example]]`. Out: [`Facts`] with the expected answer. Absent on purpose: documents.

use super::condition::{classes, sorts, syntaxes, tenant_of};
use super::decision::{Decision, Outcome};
use super::facts::{Facts, NAMED, Sort};
use super::table::Section;
use crate::error::Result;
use crate::job::{Channel, ContentHash, DocumentId, Tenant};
use jiff::civil::{Date, date};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::fmt;

#[derive(Debug, Clone)]
pub(super) struct Example {
    pub facts: Facts,
    /// The rule that must match.
    pub rule: String,
    /// The Akte and the Vorgang that must come out, where the example names them.
    file: Option<String>,
    case: Option<String>,
}

/// An example that does not come out as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The file the example stands in.
    pub layer: String,
    pub expected: String,
    pub found: String,
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, example for {}: the rules give {}", self.layer, self.expected, self.found)
    }
}

impl Example {
    pub fn read(mut section: Section, layer: Option<&Tenant>) -> Result<Self> {
        let rule = section.needed("rule")?;
        let mut section = section.called(&format!("for {rule:?}"));
        let file = section.text("akte")?;
        let case = section.text("vorgang")?;
        let mut facts = Facts::read(&mut section, layer)?;
        facts.separator = separator(&mut section)?;
        section.close()?;
        Ok(Self { facts, rule, file, case })
    }

    /// What came out instead, if the decision is not the expected one.
    pub fn failure(&self, layer: &str, decision: &Decision) -> Option<Failed> {
        let failed = |found: String| {
            Some(Failed { layer: layer.to_owned(), expected: format!("{:?}", self.rule), found })
        };
        if decision.rule != self.rule {
            return failed(format!("{:?}", decision.rule));
        }
        let (file, case) = match &decision.outcome {
            Outcome::File(shelf) => (shelf.file.as_str(), shelf.case.as_str()),
            Outcome::Clearing(_) => ("", ""),
        };
        if self.file.as_deref().is_some_and(|expected| expected != file) {
            return failed(format!("the Akte {file:?}"));
        }
        if self.case.as_deref().is_some_and(|expected| expected != case) {
            return failed(format!("the Vorgang {case:?}"));
        }
        None
    }
}

/// What an example leaves open is said here.
const TENANT: &str = "beispielstadt";
const RECEIVED: Date = date(2026, 11, 2);

impl Facts {
    /// Facts as an example writes them: the words of the conditions, values by their term.
    fn read(section: &mut Section, layer: Option<&Tenant>) -> Result<Self> {
        let tenant = section.text("tenant")?;
        let tenant = match (tenant, layer) {
            (Some(named), _) => tenant_of(section, &named)?,
            (None, Some(layer)) => layer.clone(),
            (None, None) => tenant_of(section, TENANT)?,
        };
        let kind = section.needed("kind")?;
        let sort = sorts(section, &[kind])?;
        let syntax = section.texts("syntax")?.map(|words| syntaxes(section, &words)).transpose()?;
        let class = section.texts("art")?.map(|words| classes(section, "art", &words)).transpose()?;
        let document = example_id(&tenant, "document");
        let repeats = section.flag("doppelt")?.unwrap_or(false).then(|| example_id(&tenant, "earlier"));
        let received = match section.text("eingang")? {
            None => RECEIVED,
            Some(day) => day_of(section, "eingang", &day)?,
        };
        Ok(Self {
            document,
            name: section.text("name")?.unwrap_or_else(|| "beispiel.pdf".to_owned()),
            received,
            sort: sort.first().copied().unwrap_or(Sort::Unlesbar),
            syntax: syntax.and_then(|all| all.first().copied()),
            repeats,
            fatal: section.flag("fatal")?.unwrap_or(false),
            values: values(section)?,
            confidence: section.number("sicherheit")?,
            class: class.and_then(|all| all.first().copied()),
            class_confidence: section.number("art-sicherheit")?,
            class_words: section.texts("art-worte")?.unwrap_or_default(),
            separator: BTreeMap::new(),
            subject: section.text("betreff")?,
            tenant,
        })
    }
}

fn values(section: &mut Section) -> Result<BTreeMap<String, String>> {
    let mut values = BTreeMap::new();
    for named in NAMED {
        let Some(value) = section.text(named.key)? else { continue };
        if named.key == "BT-2" || named.key == "BT-9" {
            day_of(section, named.key, &value)?;
        }
        if (named.key == "BT-112" || named.key == "BT-115") && value.parse::<Decimal>().is_err() {
            return Err(section.wrong(format!("{} = {value:?} is not an amount", named.key)));
        }
        values.insert(named.key.to_owned(), value);
    }
    Ok(values)
}

fn separator(section: &mut Section) -> Result<BTreeMap<String, String>> {
    let mut said = BTreeMap::new();
    let Some(mut sheet) = section.section("trennblatt")? else { return Ok(said) };
    for key in ["office", "class"] {
        said.extend(sheet.text(key)?.map(|word| (key.to_owned(), word)));
    }
    sheet.close()?;
    Ok(said)
}

fn day_of(section: &Section, key: &str, text: &str) -> Result<Date> {
    text.parse().map_err(|_| section.wrong(format!("{key} = {text:?} is not a day such as \"2026-11-02\"")))
}

fn example_id(tenant: &Tenant, source: &str) -> DocumentId {
    let nothing = ContentHash::of(b"");
    DocumentId::of_arrival(tenant, Channel::Folder, source, &nothing)
}
