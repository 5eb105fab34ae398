//! The rule engine: a rule is a row, the engine loops, locates and words.
//!
//! In: rows and the group they speak about. Out: findings. Absent on purpose: any rule.

use super::money::VatSums;
use super::present::trim;
use super::profile::{Profile, Set};
use super::{Finding, Severity};
use crate::invoice::{Amount, Invoice, Place, Syntax, Term, name_of};
use crate::job::Bilingual;
use rust_decimal::Decimal;
use std::collections::HashSet;

/// One report holds no more; the last finding then says so.
const MAX_FINDINGS: usize = 10_000;
/// Characters of a found value that are shown.
const MAX_SHOWN: usize = 200;

/// What a rule may look at besides its group.
pub struct Context<'i> {
    pub invoice: &'i Invoice,
    pub sums: VatSums<'i>,
    misread: HashSet<(Term, Place)>,
    padded: HashSet<(Term, Place)>,
}

impl<'i> Context<'i> {
    fn of(invoice: &'i Invoice) -> Self {
        // Blanks where a value should be count as missing.
        let written = invoice.misread.iter().filter(|misread| !trim(&misread.found).is_empty());
        let misread = written.map(|misread| (misread.term, misread.place));
        let misread = with_groups_around(invoice, misread);
        let padded = with_groups_around(invoice, invoice.padded.iter().copied());
        Self { invoice, sums: VatSums::of(invoice), misread, padded }
    }

    pub fn is_cii(&self) -> bool {
        self.invoice.syntax == Some(Syntax::Cii)
    }
}

/// The places, and every group around them; a rule asks from its group.
fn with_groups_around(
    invoice: &Invoice,
    places: impl Iterator<Item = (Term, Place)>,
) -> HashSet<(Term, Place)> {
    let mut around = HashSet::new();
    for (term, inner) in places {
        let mut place = inner;
        while around.insert((term, place)) && place != Place(0) {
            place = invoice.places.parent(place);
        }
    }
    around
}

/// One of the terms is among these, at this place.
fn any(of: &HashSet<(Term, Place)>, terms: &[Term], place: Place) -> bool {
    !of.is_empty() && terms.iter().any(|term| of.contains(&(*term, place)))
}

/// A rule about one group, as a row: id, terms, severity, texts and check stand in one place.
pub struct Rule<T: 'static> {
    pub id: &'static str,
    pub terms: &'static [Term],
    pub severity: Severity,
    words: Words,
    check: Check<T>,
}

enum Words {
    Own(&'static str, &'static str),
    /// "is given", from the name of the first term.
    Given,
    /// "has at most two decimals", from the name of the first term.
    Cents,
}

enum Check<T> {
    Present(fn(&T) -> bool),
    Cents(fn(&T) -> Option<Amount>),
    Test(fn(&Context, &T) -> Outcome),
}

/// The term is given.
pub const fn needs<T>(id: &'static str, terms: &'static [Term], check: fn(&T) -> bool) -> Rule<T> {
    Rule { id, terms, severity: Severity::Fatal, words: Words::Given, check: Check::Present(check) }
}

/// The amount was written with at most two decimals.
pub const fn cents<T>(id: &'static str, terms: &'static [Term], amount: fn(&T) -> Option<Amount>) -> Rule<T> {
    Rule { id, terms, severity: Severity::Fatal, words: Words::Cents, check: Check::Cents(amount) }
}

pub const fn fatal<T>(
    id: &'static str,
    terms: &'static [Term],
    de: &'static str,
    en: &'static str,
    test: fn(&Context, &T) -> Outcome,
) -> Rule<T> {
    Rule { id, terms, severity: Severity::Fatal, words: Words::Own(de, en), check: Check::Test(test) }
}

pub const fn warning<T>(
    id: &'static str,
    terms: &'static [Term],
    de: &'static str,
    en: &'static str,
    test: fn(&Context, &T) -> Outcome,
) -> Rule<T> {
    Rule { id, terms, severity: Severity::Warning, words: Words::Own(de, en), check: Check::Test(test) }
}

impl<T> Rule<T> {
    /// What holds in a correct invoice.
    pub fn text(&self) -> Bilingual {
        let (de, en) = self.terms.first().and_then(|term| name_of(*term)).unwrap_or_default();
        let term = self.terms.first().map(Term::to_string).unwrap_or_default();
        match self.words {
            Words::Own(de, en) => Bilingual::new(de, en),
            Words::Given => Bilingual::new(
                format!("Die Angabe „{de}“ ({term}) ist vorhanden."),
                format!("“{en}” ({term}) is given."),
            ),
            Words::Cents => Bilingual::new(
                format!("Die Angabe „{de}“ ({term}) hat höchstens zwei Nachkommastellen."),
                format!("“{en}” ({term}) has at most two decimals."),
            ),
        }
    }

    fn outcome(&self, context: &Context, subject: &T, place: Place) -> Outcome {
        match self.check {
            Check::Present(present) => present(subject).into(),
            Check::Cents(amount) => match amount(subject) {
                Some(amount) if amount.decimals() > 2 || any(&context.padded, self.terms, place) => {
                    Outcome::found(amount)
                }
                _ => Outcome::Holds,
            },
            Check::Test(test) => test(context, subject),
        }
    }
}

/// What a check says.
pub enum Outcome {
    Holds,
    Broken(Broken),
    /// The check itself came to no end (a sum beyond all numbers); never counts as holding.
    CannotTell,
}

#[derive(Default)]
pub struct Broken {
    pub expected: Option<String>,
    pub found: Option<String>,
    /// Where it is, if not at the group itself.
    pub place: Option<Place>,
}

impl Outcome {
    pub fn found(found: impl ToString) -> Self {
        Outcome::Broken(Broken { found: Some(found.to_string()), ..Broken::default() })
    }

    /// At another place than the group of the rule.
    pub fn at(self, place: Place) -> Self {
        match self {
            Outcome::Broken(broken) => Outcome::Broken(Broken { place: Some(place), ..broken }),
            Outcome::Holds | Outcome::CannotTell => self,
        }
    }
}

impl From<bool> for Outcome {
    fn from(holds: bool) -> Self {
        if holds { Outcome::Holds } else { Outcome::Broken(Broken::default()) }
    }
}

/// Both sides are the same number. A missing found value is broken, a missing expected one cannot be told.
pub fn equal(expected: Option<Decimal>, found: Option<Amount>) -> Outcome {
    compare(expected, found, |expected, found| expected == found)
}

/// Compares and remembers both sides.
pub fn compare(
    expected: Option<Decimal>,
    found: Option<Amount>,
    same: fn(Decimal, Decimal) -> bool,
) -> Outcome {
    let Some(expected) = expected else { return Outcome::CannotTell };
    if found.is_some_and(|found| same(expected, found.value())) {
        return Outcome::Holds;
    }
    Outcome::Broken(Broken {
        expected: Some(shown(expected)),
        found: found.map(|found| found.to_string()),
        place: None,
    })
}

/// At least two decimals, no needless zeros after them.
fn shown(value: Decimal) -> String {
    let value = value.normalize();
    if value.scale() < 2 { format!("{value:.2}") } else { value.to_string() }
}

/// One examination: the context, the profile and the findings so far.
pub struct Examination<'i> {
    pub context: Context<'i>,
    pub profile: &'i Profile,
    pub findings: Vec<Finding>,
    full: bool,
}

impl<'i> Examination<'i> {
    pub fn of(invoice: &'i Invoice, profile: &'i Profile) -> Self {
        Self { context: Context::of(invoice), profile, findings: Vec::new(), full: false }
    }

    pub fn uses(&self, set: Set) -> bool {
        self.profile.sets.contains(&set)
    }

    /// Applies a table to one group.
    pub fn apply<T>(&mut self, rules: &[Rule<T>], subject: &T, place: Place) {
        for rule in rules {
            let outcome = rule.outcome(&self.context, subject, place);
            if matches!(outcome, Outcome::Holds) {
                continue;
            }
            let given = matches!(rule.check, Check::Present(_));
            // `LM-READ` says so already.
            if given && any(&self.context.misread, rule.terms, place) {
                continue;
            }
            self.report(rule.id, rule.severity, rule.terms, || rule.text(), outcome, place);
        }
    }

    /// Turns an outcome into a finding, where it is one.
    pub fn report(
        &mut self,
        id: &str,
        severity: Severity,
        terms: &[Term],
        text: impl Fn() -> Bilingual,
        outcome: Outcome,
        place: Place,
    ) {
        let broken = match outcome {
            _ if self.full => return,
            Outcome::Holds => return,
            Outcome::Broken(broken) => broken,
            Outcome::CannotTell => {
                let location = self.location(terms, place);
                return self.push(undecided(id, location, terms));
            }
        };
        let location = self.location(terms, broken.place.unwrap_or(place));
        self.push(Finding {
            id: id.to_owned(),
            severity: self.profile.severity.get(id).copied().unwrap_or(severity),
            location,
            terms: terms.to_vec(),
            text: text(),
            expected: broken.expected,
            found: broken.found.map(|found| found.chars().take(MAX_SHOWN).collect()),
        });
    }

    fn push(&mut self, finding: Finding) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        } else {
            self.full = true;
            self.findings.push(too_many());
        }
    }

    /// XPath with positions; of a guessed invoice the page where the first of the terms was read.
    fn location(&self, terms: &[Term], place: Place) -> String {
        let invoice = self.context.invoice;
        if invoice.syntax.is_some() {
            return invoice.places.xpath(place);
        }
        let page = terms.iter().find_map(|term| invoice.evidence.get(term)).map_or(1, |evidence| evidence.page);
        format!("page {page}")
    }
}

fn undecided(id: &str, location: String, terms: &[Term]) -> Finding {
    Finding {
        id: "LM-UNDECIDED".to_owned(),
        severity: Severity::Fatal,
        location,
        terms: terms.to_vec(),
        text: Bilingual::new(
            format!("Die Regel {id} lässt sich prüfen; die Zahlen sind dafür zu groß. Bitte von Hand prüfen."),
            format!("Rule {id} can be checked; the numbers are too large for it. Please check by hand."),
        ),
        expected: None,
        found: None,
    }
}

fn too_many() -> Finding {
    Finding {
        id: "LM-MANY".to_owned(),
        severity: Severity::Fatal,
        location: "/".to_owned(),
        terms: Vec::new(),
        text: Bilingual::new(
            format!("Die Rechnung hat nicht mehr als {MAX_FINDINGS} Fehler; weitere werden nicht aufgeführt."),
            format!("The invoice has no more than {MAX_FINDINGS} findings; further ones are not listed."),
        ),
        expected: None,
        found: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_told_never_holds() {
        assert!(matches!(equal(None, Some(Amount::ZERO)), Outcome::CannotTell));
        assert!(matches!(equal(Some(Decimal::ZERO), None), Outcome::Broken(_)));
    }

    #[test]
    fn both_sides_are_remembered() {
        let Outcome::Broken(broken) = equal(Some(Decimal::new(1500, 1)), "149.00".parse().ok()) else {
            panic!()
        };
        assert_eq!(broken.expected.as_deref(), Some("150.00"));
        assert_eq!(broken.found.as_deref(), Some("149.00"));
    }
}
