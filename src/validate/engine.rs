//! The rule engine: a rule is a row, the engine loops, locates and words.
//!
//! In: rule books and a document. Out: findings. Absent on purpose: any rule.
//!
//! A [`Book`] is a list of patterns, a [`Pattern`] a list of contexts, a [`Context`] a list of rows. As in the
//! official books, an element is examined in each pattern by the first context it matches, and by no other.

use super::element::{Doc, Element, Undecided};
use super::number::decimals_as_written;
use super::table::{Row, Table};
use super::{Edition, Severity};
use crate::invoice::{Name, Node};
use rust_decimal::Decimal;
use std::sync::OnceLock;

/// One rule about one element: id, severity and check stand in one row; terms and texts stand beside the id in
/// `rules/texts`.
#[derive(Clone, Copy)]
pub struct Rule {
    pub id: &'static str,
    pub severity: Severity,
    /// Only in this edition of the books; in every one where none is named.
    pub only: Option<Edition>,
    check: Check,
}

#[derive(Clone, Copy)]
pub enum Check {
    Holds(fn(Element) -> bool),
    Tells(fn(Element) -> Told),
    /// `exists(path)`.
    Exists(&'static [Name]),
    /// At most two decimals, as written; two elements cannot be told.
    Cents(&'static [Name]),
    /// The official test cannot fail; the row is there so that the book is complete.
    Never,
}

/// Holds, is broken, or cannot be told.
pub type Told = Result<Outcome, Undecided>;

pub enum Outcome {
    Holds,
    Broken(Broken),
}

#[derive(Default)]
pub struct Broken {
    pub expected: Option<String>,
    pub found: Option<String>,
}

impl Outcome {
    pub fn found(found: impl ToString) -> Self {
        Outcome::Broken(Broken { expected: None, found: Some(found.to_string()) })
    }

    pub fn expected(expected: impl ToString, found: impl ToString) -> Self {
        Outcome::Broken(Broken { expected: Some(expected.to_string()), found: Some(found.to_string()) })
    }
}

impl From<bool> for Outcome {
    fn from(holds: bool) -> Self {
        if holds { Outcome::Holds } else { Outcome::Broken(Broken::default()) }
    }
}

/// A check that tells by yes and no: `holds(a == b)`.
pub fn holds(holds: bool) -> Told {
    Ok(holds.into())
}

/// Both sides are the same number, and both are remembered. A missing side is broken, as a comparison with
/// nothing is false.
pub fn equal(expected: Option<Decimal>, found: Option<Decimal>) -> Told {
    compare(expected, found, |expected, found| expected == found)
}

/// Compares and remembers both sides.
pub fn compare(expected: Option<Decimal>, found: Option<Decimal>, same: fn(Decimal, Decimal) -> bool) -> Told {
    if let (Some(expected), Some(found)) = (expected, found)
        && same(expected, found)
    {
        return Ok(Outcome::Holds);
    }
    Ok(Outcome::Broken(Broken { expected: expected.map(shown), found: found.map(|found| found.to_string()) }))
}

/// At least two decimals, no needless zeros after them.
pub fn shown(value: Decimal) -> String {
    let value = value.normalize();
    if value.scale() < 2 { format!("{value:.2}") } else { value.to_string() }
}

const fn rule(id: &'static str, severity: Severity, check: Check) -> Rule {
    Rule { id, severity, only: None, check }
}

pub const fn fatal(id: &'static str, check: fn(Element) -> bool) -> Rule {
    rule(id, Severity::Fatal, Check::Holds(check))
}

pub const fn warning(id: &'static str, check: fn(Element) -> bool) -> Rule {
    rule(id, Severity::Warning, Check::Holds(check))
}

pub const fn information(id: &'static str, check: fn(Element) -> bool) -> Rule {
    rule(id, Severity::Information, Check::Holds(check))
}

/// A fatal rule that shows both sides, or that may come to no end.
pub const fn fatal_told(id: &'static str, check: fn(Element) -> Told) -> Rule {
    rule(id, Severity::Fatal, Check::Tells(check))
}

pub const fn warning_told(id: &'static str, check: fn(Element) -> Told) -> Rule {
    rule(id, Severity::Warning, Check::Tells(check))
}

/// Fatal: `exists(path)`.
pub const fn needs(id: &'static str, path: &'static [Name]) -> Rule {
    rule(id, Severity::Fatal, Check::Exists(path))
}

/// Fatal: at most two decimals, as written.
pub const fn cents(id: &'static str, path: &'static [Name]) -> Rule {
    rule(id, Severity::Fatal, Check::Cents(path))
}

/// The official test is always true.
pub const fn never(id: &'static str, severity: Severity) -> Rule {
    rule(id, severity, Check::Never)
}

/// A rule that only one edition of the books has.
pub const fn only(edition: Edition, rule: Rule) -> Rule {
    let Rule { id, severity, only: _, check } = rule;
    Rule { id, severity, only: Some(edition), check }
}

impl Rule {
    /// The same check under this id.
    pub fn called(self, id: &'static str, severity: Severity) -> Rule {
        Rule { id, severity, ..self }
    }

    /// The official test is always true.
    pub fn never_fires(&self) -> bool {
        matches!(self.check, Check::Never)
    }

    fn told(&self, element: Element) -> Told {
        if let Some(fault) = element.doc.fault.filter(|fault| fault.id == self.id) {
            return Err(fault.strike());
        }
        match self.check {
            Check::Holds(check) => holds(check(element)),
            Check::Tells(check) => check(element),
            Check::Exists(path) => holds(element.has(path)),
            Check::Cents(path) => match element.only(path)? {
                Some(amount) if decimals_as_written(amount.text()) > 2 => Ok(Outcome::found(amount.text())),
                _ => Ok(Outcome::Holds),
            },
            Check::Never => Ok(Outcome::Holds),
        }
    }
}

/// Which elements a context is about.
pub enum Where {
    /// `a/b`: the last name, inside the names before it.
    Inside(&'static [Name]),
    /// `/a/b`: the same, from the root of the document.
    From(&'static [Name]),
    /// Every element whose local name passes; asked once for each name, not for each element. Names we do not
    /// know are asked as `*`.
    Called(fn(&str) -> bool),
    /// Every element whose local name ends so.
    Ending(&'static str),
}

/// `a/b`, anywhere in the document.
pub const fn inside(path: &'static [Name]) -> Where {
    Where::Inside(path)
}

/// `/a/b`, from the root of the document.
pub const fn from(path: &'static [Name]) -> Where {
    Where::From(path)
}

/// Every element.
pub const fn every() -> Where {
    Where::Called(|_| true)
}

impl Where {
    fn may_be(&self, name: Name) -> bool {
        match self {
            Where::Inside(path) | Where::From(path) => path.last() == Some(&name),
            Where::Called(called) => called(name.local()),
            Where::Ending(ending) => name.local().ends_with(ending),
        }
    }

    /// The name itself fits already.
    fn is_around(&self, element: Element) -> bool {
        let (path, rooted) = match self {
            Where::Called(_) | Where::Ending(_) => return true,
            Where::Inside(path) => (path, false),
            Where::From(path) => (path, true),
        };
        let mut outward = path.iter().rev().skip(1);
        let mut around = element.parent();
        for name in &mut outward {
            match around {
                Some(parent) if parent.is(*name) => around = parent.parent(),
                _ => return false,
            }
        }
        !rooted || around.is_none()
    }
}

/// Elements, and the rules for them.
pub struct Context {
    places: &'static [Where],
    guard: Option<fn(Element) -> bool>,
    only: Option<Edition>,
    pub rules: &'static [Rule],
    /// Rows about what must not be there, from `rules/syntax`.
    pub table: Option<&'static Table>,
}

pub const fn on(places: &'static [Where], rules: &'static [Rule]) -> Context {
    Context { places, guard: None, only: None, rules, table: None }
}

/// Elements at these places for which the guard is true: a predicate of the official context.
pub const fn on_if(places: &'static [Where], guard: fn(Element) -> bool, rules: &'static [Rule]) -> Context {
    Context { places, guard: Some(guard), only: None, rules, table: None }
}

/// A context that only one edition of the books has.
pub const fn on_only(edition: Edition, context: Context) -> Context {
    let Context { places, guard, only: _, rules, table } = context;
    Context { places, guard, only: Some(edition), rules, table }
}

/// A context whose rows stand in `rules/syntax`.
pub const fn on_table(
    places: &'static [Where],
    guard: Option<fn(Element) -> bool>,
    rules: &'static [Rule],
    table: &'static Table,
) -> Context {
    Context { places, guard, only: None, rules, table: Some(table) }
}

impl Context {
    /// The same places with the wanted rules alone; none where no rule is left. Rows of a table are left out.
    /// Lives as long as the program.
    pub fn keeping(&self, wanted: impl Fn(&str) -> bool) -> Option<Context> {
        let rules: Vec<Rule> = self.rules.iter().filter(|rule| wanted(rule.id)).copied().collect();
        let Context { places, guard, only, .. } = *self;
        (!rules.is_empty()).then(|| Context {
            places,
            guard,
            only,
            rules: Box::leak(rules.into_boxed_slice()),
            table: None,
        })
    }

    fn is_about(&self, element: Element) -> bool {
        self.places.iter().any(|place| place.may_be(element.name()) && place.is_around(element))
            && self.guard.is_none_or(|guard| guard(element))
    }
}

/// Contexts of which the first that matches an element examines it.
pub type Pattern = &'static [Context];

/// A published set of rules for one syntax.
pub struct Book {
    /// All patterns, in the order of the official book.
    pub patterns: fn() -> Vec<Pattern>,
    compiled: [OnceLock<Compiled>; Edition::ALL.len()],
}

/// Told what is broken or cannot be told: id, severity, where, how.
pub type Find<'f> = dyn FnMut(&'static str, Severity, Element, Result<Broken, Undecided>) + 'f;

/// For each name the contexts that may be about it, pattern by pattern.
struct Compiled {
    /// Where the contexts of a name begin; those of the next name end them.
    starts: Vec<u32>,
    contexts: Vec<(u16, &'static Context)>,
}

impl Book {
    pub const fn of(patterns: fn() -> Vec<Pattern>) -> Self {
        Self { patterns, compiled: [const { OnceLock::new() }; Edition::ALL.len()] }
    }

    fn compiled(&self, edition: Edition) -> &Compiled {
        self.compiled[edition as usize].get_or_init(|| Compiled::of(&(self.patterns)(), edition))
    }
}

/// Applies books to every element, all in one walk; `find` is told what is broken, where, and what cannot be told.
pub fn examine(books: &[&Book], doc: &Doc, find: &mut Find) {
    let books: Vec<&Compiled> = books.iter().map(|book| book.compiled(doc.edition)).collect();
    for node in 0..doc.tree.len() as Node {
        let element = Element { doc, node };
        for book in &books {
            let mut examined = u16::MAX;
            for (pattern, context) in book.contexts(element.name()) {
                if *pattern == examined || !context.is_about(element) {
                    continue;
                }
                examined = *pattern;
                context.examine(element, find);
            }
        }
    }
}

impl Context {
    fn examine(&self, element: Element, find: &mut Find) {
        for rule in self.rules {
            if rule.only.is_some_and(|only| only != element.doc.edition) {
                continue;
            }
            match rule.told(element) {
                Ok(Outcome::Holds) => {}
                Ok(Outcome::Broken(broken)) => find(rule.id, rule.severity, element, Ok(broken)),
                Err(undecided) => find(rule.id, rule.severity, element, Err(undecided)),
            }
        }
        if let Some(table) = self.table {
            let struck = |row: &Row| element.doc.fault.filter(|fault| fault.id == row.id);
            if element.doc.fault.is_some()
                && let Some((row, fault)) = table.rows().iter().find_map(|row| Some((row, struck(row)?)))
            {
                find(row.id, row.severity, element, Err(fault.strike()));
            }
            table.examine(element, &mut |id, severity, broken| find(id, severity, element, Ok(broken)));
        }
    }
}

impl Compiled {
    fn of(patterns: &[Pattern], edition: Edition) -> Self {
        let mut by_name: Vec<Vec<(u16, &'static Context)>> = vec![Vec::new(); Name::COUNT];
        let unknown = (0..Name::COUNT).filter_map(Name::unknown);
        for name in Name::all().chain(unknown) {
            for (number, pattern) in (0..).zip(patterns) {
                for context in *pattern {
                    let in_force = context.only.is_none_or(|only| only == edition);
                    if in_force && context.places.iter().any(|place| place.may_be(name)) {
                        by_name[name.number()].push((number, context));
                    }
                }
            }
        }
        let mut compiled = Compiled { starts: vec![0], contexts: Vec::new() };
        for contexts in by_name {
            compiled.contexts.extend(contexts);
            compiled.starts.push(compiled.contexts.len() as u32);
        }
        compiled
    }

    fn contexts(&self, name: Name) -> &[(u16, &'static Context)] {
        let (start, end) = (self.starts[name.number()], self.starts[name.number() + 1]);
        &self.contexts[start as usize..end as usize]
    }
}

/// A fault put into one rule on purpose, to prove that trouble inside the examiner never ends in *accept*.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Id of the rule.
    pub id: String,
    pub how: HowItFails,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HowItFails {
    /// The rule comes to no end.
    CannotTell,
    /// The program breaks off inside the rule.
    Panics,
}

impl Fault {
    /// What a rule with this fault says.
    #[expect(clippy::panic, reason = "that is what the fault is for")]
    pub fn strike(&self) -> Undecided {
        match self.how {
            HowItFails::CannotTell => Undecided,
            HowItFails::Panics => panic!("a fault put in on purpose"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_sides_are_remembered() {
        let Ok(Outcome::Broken(broken)) = equal(Some(Decimal::new(1500, 1)), Some(Decimal::new(14900, 2)))
        else {
            panic!()
        };
        assert_eq!(broken.expected.as_deref(), Some("150.00"));
        assert_eq!(broken.found.as_deref(), Some("149.00"));
        assert!(matches!(equal(None, Some(Decimal::ZERO)), Ok(Outcome::Broken(_))));
    }
}
