//! The rule files: read, typed, layered, and shown to do what their examples say.
//!
//! In: texts in TOML. Out: [`Routing`]. Absent on purpose: reading files.
//!
//! The first text is the frame of the house, the later ones belong to tenants or departments. What a layer
//! pins comes before everything below it; what it does not pin comes after. So a lower layer can add and
//! never weaken.

use super::condition::{self, Condition};
use super::decision::{Decision, Outcome, Shelf};
use super::example::{Example, Failed};
use super::facts::Facts;
use super::table::Section;
use super::template::Template;
use crate::error::{Error, Kind, Result};
use crate::job::{Bilingual, Clearing, ContentHash, Tenant};
use std::collections::BTreeSet;

/// The frame this program brings along.
const FRAME: (&str, &str) = ("routing.toml", include_str!("../../rules/routing.toml"));

/// The routing rules in force.
#[derive(Debug, Clone)]
pub struct Routing {
    version: String,
    layers: Vec<Layer>,
    /// The frame's last rule, which always applies.
    default: Rule,
}

#[derive(Debug, Clone)]
struct Layer {
    name: String,
    /// Applies to this tenant only.
    tenant: Option<Tenant>,
    rules: Vec<Rule>,
    examples: Vec<Example>,
}

#[derive(Debug, Clone)]
struct Rule {
    name: String,
    pinned: bool,
    /// The rule applies when all conditions of one of these lists hold, or when there is no list.
    when: Vec<Vec<Condition>>,
    answer: Answer,
}

#[derive(Debug, Clone)]
enum Answer {
    File { targets: Vec<String>, file: Template, case: Template, title: Template, office: Template },
    Clearing { owner: String, text: [Template; 2], next: [Template; 2] },
}

impl Routing {
    /// Reads rule files (name and text), the frame first. Everything is checked: words, types, examples.
    pub fn load(texts: &[(&str, &str)]) -> Result<Self> {
        let routing = Self::read(texts)?;
        match routing.examples().as_slice() {
            [] => Ok(routing),
            failed => {
                let all: Vec<String> = failed.iter().map(ToString::to_string).collect();
                Err(Error::new(Kind::Settings, all.join("; "))
                    .hint("change the rules until every example holds, or correct the example"))
            }
        }
    }

    /// The frame this program brings along.
    pub fn built_in() -> Result<Self> {
        Self::load(&[FRAME])
    }

    /// The frame with one more layer (name and text) below it.
    pub fn with_layer(name: &str, text: &str) -> Result<Self> {
        Self::load(&[FRAME, (name, text)])
    }

    /// Names of the filing targets that rules name.
    pub fn targets(&self) -> BTreeSet<String> {
        let rules = self.layers.iter().flat_map(|layer| &layer.rules);
        let mut named = BTreeSet::new();
        for rule in rules.chain([&self.default]) {
            if let Answer::File { targets, .. } = &rule.answer {
                named.extend(targets.iter().cloned());
            }
        }
        named
    }

    /// The examples of all files that do not come out as written.
    ///
    /// A file's examples are tried with that file on top of those before it: what a tenant adds later does
    /// not make the frame's examples wrong.
    pub fn examples(&self) -> Vec<Failed> {
        let mut failed = Vec::new();
        for (place, layer) in self.layers.iter().enumerate() {
            for example in &layer.examples {
                let decision = self.decide_within(&example.facts, place + 1);
                failed.extend(example.failure(&layer.name, &decision));
            }
        }
        failed
    }

    /// Hash of the rule texts in force.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The decision on these facts; the same facts and the same rules always give the same.
    pub fn decide(&self, facts: &Facts) -> Decision {
        self.decide_within(facts, self.layers.len())
    }

    fn decide_within(&self, facts: &Facts, layers: usize) -> Decision {
        for rule in self.order(&facts.tenant, layers) {
            if let Some(because) = rule.because(facts) {
                return self.decision(rule, because, facts);
            }
        }
        let because = Bilingual::new("Keine andere Regel trifft zu.", "No other rule applies.");
        self.decision(&self.default, vec![because], facts)
    }

    /// Pinned rules from the frame down, then the others from the lowest layer up.
    fn order<'a>(&'a self, tenant: &'a Tenant, layers: usize) -> impl Iterator<Item = &'a Rule> {
        let applies = move |layer: &&Layer| layer.tenant.as_ref().is_none_or(|only| only == tenant);
        let layers = &self.layers[..layers.min(self.layers.len())];
        let pinned = layers.iter().filter(applies).flat_map(|layer| layer.rules.iter().filter(|r| r.pinned));
        let others =
            layers.iter().rev().filter(applies).flat_map(|layer| layer.rules.iter().filter(|r| !r.pinned));
        pinned.chain(others)
    }

    fn decision(&self, rule: &Rule, because: Vec<Bilingual>, facts: &Facts) -> Decision {
        Decision {
            rule: rule.name.clone(),
            rules_version: self.version.clone(),
            because,
            outcome: rule.outcome(facts),
        }
    }

    fn read(texts: &[(&str, &str)]) -> Result<Self> {
        let mut layers = Vec::new();
        for (place, (name, text)) in texts.iter().enumerate() {
            let layer = Layer::read(name, text)?;
            if place == 0 && layer.tenant.is_some() {
                return Err(Error::new(
                    Kind::Settings,
                    format!("{name} is the frame and applies to every tenant"),
                )
                .hint("take `tenant` away, or name this file after the frame"));
            }
            layers.push(layer);
        }
        names_are_unique(&layers)?;
        let default = layers.first_mut().and_then(|frame| frame.rules.pop_if(|rule| rule.when.is_empty()));
        let default = default.ok_or_else(|| {
            Error::new(Kind::Settings, "the frame of the routing rules has no default").hint(
                "end the first file with a rule without `when`, such as one for the clearing of the post room",
            )
        })?;
        let fields: Vec<&str> = texts.iter().flat_map(|(name, text)| [*name, *text]).collect();
        let version = ContentHash::of_fields(&fields).hex()[..12].to_owned();
        Ok(Self { version, layers, default })
    }
}

fn names_are_unique(layers: &[Layer]) -> Result<()> {
    for (place, layer) in layers.iter().enumerate() {
        for (number, rule) in layer.rules.iter().enumerate() {
            let here = layer.rules[..number].iter().any(|earlier| earlier.name == rule.name);
            let meets = |other: &&Layer| {
                other.tenant.is_none() || layer.tenant.is_none() || other.tenant == layer.tenant
            };
            let above = layers[..place].iter().filter(meets).flat_map(|other| &other.rules);
            if here || above.into_iter().any(|earlier| earlier.name == rule.name) {
                let text = format!("{}, rule {:?}: this name is taken", layer.name, rule.name);
                return Err(Error::new(Kind::Settings, text)
                    .hint("decisions name their rule; give it a name of its own"));
            }
        }
    }
    Ok(())
}

impl Layer {
    fn read(name: &str, text: &str) -> Result<Self> {
        let mut file = Section::read(name, text)?;
        let tenant = file.text("tenant")?;
        let tenant = tenant.map(|tenant| condition::tenant_of(&file, &tenant)).transpose()?;
        let targets = file.texts("targets")?.unwrap_or_default();
        let mut rules = Vec::new();
        for section in file.sections("rule")? {
            rules.push(Rule::read(section, &targets)?);
        }
        let mut examples = Vec::new();
        for section in file.sections("example")? {
            examples.push(Example::read(section, tenant.as_ref())?);
        }
        file.close()?;
        let layer = Self { name: name.to_owned(), tenant, rules, examples };
        layer.check()?;
        Ok(layer)
    }

    fn check(&self) -> Result<()> {
        let wrong = |rule: &Rule, what: &str| {
            Error::new(Kind::Settings, format!("{}, rule {:?}: {what}", self.name, rule.name))
        };
        for (place, rule) in self.rules.iter().enumerate() {
            if rule.when.is_empty() && place + 1 < self.rules.len() {
                return Err(
                    wrong(rule, "a rule without conditions hides all that follow").hint("move it to the end")
                );
            }
            if rule.when.is_empty() && rule.pinned {
                return Err(
                    wrong(rule, "a rule without conditions cannot be pinned").hint("take `pinned` away")
                );
            }
            if !self.examples.iter().any(|example| example.rule == rule.name) {
                return Err(wrong(rule, "there is no example").hint("add an [[example]] whose `rule` names it"));
            }
        }
        Ok(())
    }
}

impl Rule {
    fn read(mut section: Section, targets: &[String]) -> Result<Self> {
        let name = section.needed("name")?;
        let mut section = section.called(&format!("{name:?}"));
        if name.len() > 60 || !name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
            return Err(section
                .wrong("this name is not allowed")
                .hint("use small letters, digits and '-', at most 60"));
        }
        let pinned = section.flag("pinned")?.unwrap_or(false);
        let mut when = Vec::new();
        for conditions in section.sections("when")? {
            when.push(condition::read(conditions)?);
        }
        let answer = match (section.section("ablage")?, section.section("klaerung")?) {
            (Some(shelf), None) => Answer::file(shelf, targets)?,
            (None, Some(clearing)) => Answer::clearing(clearing)?,
            (Some(_), Some(_)) => return Err(section.wrong("a rule files or clears, not both")),
            (None, None) => {
                let wrong = section.wrong("neither [rule.ablage] nor [rule.klaerung]");
                section.close()?;
                return Err(wrong.hint("say where the document goes"));
            }
        };
        section.close()?;
        Ok(Self { name, pinned, when, answer })
    }

    /// One sentence per condition that held; `None` when the rule does not apply.
    fn because(&self, facts: &Facts) -> Option<Vec<Bilingual>> {
        if self.when.is_empty() {
            return Some(vec![Bilingual::new("Die Regel gilt immer.", "The rule always applies.")]);
        }
        let held = self.when.iter().find(|all| all.iter().all(|condition| condition.holds(facts)))?;
        Some(held.iter().map(|condition| condition.because(facts)).collect())
    }

    fn outcome(&self, facts: &Facts) -> Outcome {
        match &self.answer {
            Answer::File { targets, file, case, title, office } => Outcome::File(Shelf {
                targets: targets.clone(),
                file: file.levels(facts),
                case: case.label(facts),
                title: title.label(facts),
                office: office.label(facts),
            }),
            Answer::Clearing { owner, text, next } => Outcome::Clearing(Clearing {
                reason: self.name.clone(),
                text: Bilingual::new(text[0].label(facts), text[1].label(facts)),
                owner: owner.clone(),
                next: Bilingual::new(next[0].label(facts), next[1].label(facts)),
                detail: None,
            }),
        }
    }
}

impl Answer {
    fn file(mut shelf: Section, usual: &[String]) -> Result<Self> {
        let targets = shelf.texts("targets")?.unwrap_or_else(|| usual.to_vec());
        if targets.is_empty() {
            return Err(shelf
                .wrong("targets is missing")
                .hint("name a target here or at the head of the file"));
        }
        let file = template(&mut shelf, "akte")?;
        let case = template(&mut shelf, "vorgang")?;
        let title = template(&mut shelf, "titel")?;
        let office = template(&mut shelf, "amt")?;
        shelf.close()?;
        Ok(Answer::File { targets, file, case, title, office })
    }

    fn clearing(mut clearing: Section) -> Result<Self> {
        let owner = clearing.needed("owner")?;
        let text = both_languages(&mut clearing, "text")?;
        let next = both_languages(&mut clearing, "next")?;
        clearing.close()?;
        Ok(Answer::Clearing { owner, text, next })
    }
}

fn both_languages(section: &mut Section, key: &'static str) -> Result<[Template; 2]> {
    let texts = section.section(key)?;
    let mut texts = texts.ok_or_else(|| section.wrong(format!("{key}.de and {key}.en are missing")))?;
    let (de, en) = (texts.needed("de")?, texts.needed("en")?);
    let both = [Template::read_with_ids(&texts, "de", &de)?, Template::read_with_ids(&texts, "en", &en)?];
    texts.close()?;
    Ok(both)
}

fn template(section: &mut Section, key: &'static str) -> Result<Template> {
    let text = section.needed(key)?;
    Template::read(section, key, &text)
}
