//! All paths of a context as one tree of steps, walked along the document once.
//!
//! In: paths and an element. Out: [`Hits`]. Absent on purpose: what a hit means to people.

use super::{Row, Test};
use crate::invoice::{Attribute, Name, Node};
use crate::validate::element::{Doc, Element};

/// Steps from the context (state 0) to where a row looks.
pub struct Trie {
    states: Vec<State>,
}

#[derive(Default)]
struct State {
    /// Children by name, sorted.
    named: Vec<(Name, usize)>,
    /// Children of any name.
    any: Option<usize>,
    /// Elements at any depth below.
    deep: Vec<(Name, usize)>,
    /// Rows that look at this place.
    rows: Vec<usize>,
    /// Rows that look at an attribute of this place.
    attributes: Vec<(Attribute, usize)>,
    /// Rows that look at an attribute of this place and of everything in it.
    deep_attributes: Vec<(Attribute, usize)>,
}

impl Default for Trie {
    fn default() -> Self {
        Self { states: vec![State::default()] }
    }
}

impl Trie {
    /// Adds the paths of a row.
    pub fn add(&mut self, row: usize, paths: &'static str) -> Result<(), &'static str> {
        let mut depth = 0;
        let divides = |c: char| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            c == '|' && depth == 0
        };
        paths.split(divides).try_for_each(|path| self.add_path(row, path.trim()))
    }

    fn add_path(&mut self, row: usize, path: &'static str) -> Result<(), &'static str> {
        let mut places = vec![0];
        let mut rest = path;
        if path.matches("//").count() > 1 {
            return Err("more than one //");
        }
        loop {
            let (deep, from) = match rest.strip_prefix("//") {
                Some(rest) => (true, rest),
                None => (false, rest),
            };
            let (step, behind) = from.split_at(from.find('/').unwrap_or(from.len()));
            let choice = step.strip_prefix('(').and_then(|step| step.strip_suffix(')')).unwrap_or(step);
            let mut next = Vec::new();
            for place in places {
                for name in choice.split('|') {
                    match name.strip_prefix('@') {
                        Some(_) if !behind.is_empty() => return Err("a step behind an attribute"),
                        Some(name) => self.add_attribute(row, place, deep, name)?,
                        None => next.push(self.step(place, deep, name)?),
                    }
                }
            }
            if behind.is_empty() {
                next.iter().for_each(|place| self.states[*place].rows.push(row));
                return Ok(());
            }
            places = next;
            rest = if behind.starts_with("//") { behind } else { &behind[1..] };
        }
    }

    fn add_attribute(&mut self, row: usize, place: usize, deep: bool, name: &str) -> Result<(), &'static str> {
        let attribute = Attribute::find(name).ok_or("an attribute nobody knows")?;
        let state = &mut self.states[place];
        let rows = if deep { &mut state.deep_attributes } else { &mut state.attributes };
        rows.push((attribute, row));
        Ok(())
    }

    /// The state behind a step, made where there is none.
    fn step(&mut self, place: usize, deep: bool, name: &str) -> Result<usize, &'static str> {
        let new = self.states.len();
        let state = &mut self.states[place];
        let next = match name {
            "*" if deep => return Err("//* is everything"),
            "*" => *state.any.get_or_insert(new),
            _ => {
                let name = Name::parse(name).ok_or("a name nobody knows")?;
                let steps = if deep { &mut state.deep } else { &mut state.named };
                match steps.binary_search_by_key(&name, |(name, _)| *name) {
                    Ok(at) => steps[at].1,
                    Err(at) => {
                        steps.insert(at, (name, new));
                        new
                    }
                }
            }
        };
        if next == new {
            self.states.push(State::default());
        }
        Ok(next)
    }

    /// Walks down from the context element, only where a path leads on.
    pub fn walk(&self, context: Element, hits: &mut Hits) {
        self.visit(0, context, hits);
    }

    fn visit(&self, state: usize, element: Element, hits: &mut Hits) {
        let state = &self.states[state];
        for row in &state.rows {
            hits.add(Hit { row: *row, place: Some((element.node, None)) });
        }
        for (attribute, row) in &state.attributes {
            if element.attribute(*attribute).is_some() {
                hits.add(Hit { row: *row, place: Some((element.node, Some(*attribute))) });
            }
        }
        if !state.named.is_empty() || state.any.is_some() {
            for child in element.children() {
                if let Some(next) = next(&state.named, child.name()) {
                    self.visit(next, child, hits);
                }
                if let Some(next) = state.any {
                    self.visit(next, child, hits);
                }
            }
        }
        if !state.deep.is_empty() {
            self.search(state, element, hits);
        }
        if !state.deep_attributes.is_empty() {
            state.search_attributes(element, hits);
        }
    }

    /// Below the root the document itself knows where its names are; names it lacks then cost nothing.
    fn search(&self, state: &State, element: Element, hits: &mut Hits) {
        if element.parent().is_none() {
            for (name, next) in &state.deep {
                for found in element.doc.all(*name).filter(|found| found.node != element.node) {
                    self.visit(*next, found, hits);
                }
            }
            return;
        }
        for found in element.everything_below() {
            if let Some(next) = next(&state.deep, found.name()) {
                self.visit(next, found, hits);
            }
        }
    }
}

impl State {
    fn search_attributes(&self, element: Element, hits: &mut Hits) {
        let wanted = self.deep_attributes.iter().fold(0u64, |wanted, (attribute, _)| wanted | bit(*attribute));
        for found in std::iter::once(element).chain(element.everything_below()) {
            for given in element.doc.tree.attribute_names(found.node) {
                if bit(given) & wanted == 0 {
                    continue;
                }
                for (_, row) in self.deep_attributes.iter().filter(|(attribute, _)| *attribute == given) {
                    hits.add(Hit { row: *row, place: Some((found.node, Some(given))) });
                }
            }
        }
    }
}

fn next(steps: &[(Name, usize)], name: Name) -> Option<usize> {
    steps.binary_search_by_key(&name, |(name, _)| *name).ok().map(|at| steps[at].1)
}

fn bit(attribute: Attribute) -> u64 {
    1 << attribute as u64
}

/// What was found at one context element. Holds no memory of its own until a row is broken.
pub struct Hits<'t> {
    rows: &'t [Row],
    seen: [u64; WORDS],
    twice: [u64; WORDS],
    /// One for each broken row.
    pub broken: Vec<Hit>,
}

const WORDS: usize = 16;

pub struct Hit {
    pub row: usize,
    /// What is too much; none where something is missing.
    place: Option<(Node, Option<Attribute>)>,
}

impl<'t> Hits<'t> {
    /// Rows a context may have.
    pub const MOST: usize = WORDS * 64;

    pub fn of(rows: &'t [Row]) -> Self {
        Self { rows, seen: [0; WORDS], twice: [0; WORDS], broken: Vec::new() }
    }

    fn add(&mut self, hit: Hit) {
        let first = mark(&mut self.seen, hit.row);
        let too_much = match self.rows[hit.row].test {
            Test::Absent => first,
            Test::Once | Test::Single => !first && mark(&mut self.twice, hit.row),
            Test::Present | Test::Never => false,
        };
        if too_much {
            self.broken.push(hit);
        }
    }

    /// A row that asks for something is broken where nothing was found.
    pub fn expect(&mut self, row: usize) {
        if mark(&mut self.seen, row) {
            self.broken.push(Hit { row, place: None });
        }
    }
}

/// Sets the mark of a row; true when it was not set.
fn mark(marks: &mut [u64; WORDS], row: usize) -> bool {
    let (word, bit) = (&mut marks[row / 64], 1 << (row % 64));
    let first = *word & bit == 0;
    *word |= bit;
    first
}

impl Hit {
    /// XPath of what is too much.
    pub fn shown(&self, doc: &Doc) -> Option<String> {
        let (node, attribute) = self.place?;
        let location = Element { doc, node }.location();
        Some(match attribute {
            Some(attribute) => format!("{location}/@{}", attribute.as_str()),
            None => location,
        })
    }
}
