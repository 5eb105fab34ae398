//! One element of the examined document, asked in the words of the rule books.
//!
//! In: a [`Tree`]. Out: [`Element`], a place in it that can be passed around like a number. Absent on purpose:
//! the invoice model. The official tests speak about elements, so our rules do, too.

use super::Edition;
use super::engine::Fault;
use super::number;
use crate::invoice::{Attribute, Name, Node, Syntax, Tree, blank};
use rust_decimal::Decimal;
use std::any::Any;
use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;

/// The document under examination, and what several rules compute from it once.
pub struct Doc<'t> {
    pub tree: &'t Tree<'t>,
    pub syntax: Syntax,
    /// The edition of the rule books in force on the day of receipt.
    pub edition: Edition,
    /// Put in on purpose by a test; none in earnest.
    pub fault: Option<&'t Fault>,
    by_name: ByName,
    kept: [OnceCell<Box<dyn Any>>; Kept::COUNT],
    /// The child of a name that was counted last under a parent, and its position.
    counted: RefCell<HashMap<(Node, Name), (Node, u32)>>,
}

/// What books ask of the whole document and keep for the rest of the examination, each in a place of its own.
#[derive(Clone, Copy)]
pub enum Kept {
    /// Sums of UBL.
    UblSums,
    /// Sums of CII.
    CiiSums,
    /// The units of a CII invoice.
    CiiUnits,
    /// The head, for the national rules.
    NationalHead,
}

impl Kept {
    const COUNT: usize = Kept::NationalHead as usize + 1;
}

/// Elements of one name, in document order: the first, and after each the next.
struct ByName {
    first: Vec<Node>,
    next: Vec<Node>,
}

const NONE: Node = Node::MAX;

impl<'t> Doc<'t> {
    pub fn of(tree: &'t Tree<'t>, syntax: Syntax, edition: Edition) -> Self {
        Self {
            tree,
            syntax,
            edition,
            fault: None,
            by_name: ByName::of(tree),
            kept: [const { OnceCell::new() }; Kept::COUNT],
            counted: RefCell::default(),
        }
    }

    pub fn root(&self) -> Element<'_> {
        Element { doc: self, node: 0 }
    }

    /// The answer kept in a place, computed at the first question. A place holds one kind of answer; asking it
    /// for another would be a fault of the program, which ends the examination without a verdict.
    pub fn once<T: 'static>(&self, place: Kept, compute: impl FnOnce() -> T) -> &T {
        let kept = self.kept[place as usize].get_or_init(|| Box::new(compute()));
        kept.downcast_ref().unwrap_or_else(|| unreachable!("a place holds one kind of answer"))
    }

    /// `//name`: all elements of this name, in document order.
    pub fn all(&self, name: Name) -> impl Iterator<Item = Element<'_>> {
        let lists = &self.by_name;
        let mut following = lists.first[name.number()];
        std::iter::from_fn(move || {
            let node = following;
            if node == NONE {
                return None;
            }
            following = lists.next[node as usize];
            Some(Element { doc: self, node })
        })
    }
}

impl Doc<'_> {
    /// No element of this name anywhere. Most questions are about what is not there, and end here.
    fn lacks(&self, name: Name) -> bool {
        self.by_name.first[name.number()] == NONE
    }
}

impl ByName {
    fn of(tree: &Tree) -> Self {
        let mut lists = ByName { first: vec![NONE; Name::COUNT], next: vec![NONE; tree.len()] };
        for node in (0..tree.len() as Node).rev() {
            let first = &mut lists.first[tree.name(node).number()];
            lists.next[node as usize] = *first;
            *first = node;
        }
        lists
    }
}

/// The official test would break off here, or the numbers are beyond what we can hold. Never counts as holding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undecided;

#[derive(Clone, Copy)]
pub struct Element<'d> {
    pub doc: &'d Doc<'d>,
    pub node: Node,
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.node == other.node
    }
}

impl<'d> Element<'d> {
    fn at(self, node: Node) -> Self {
        Self { doc: self.doc, node }
    }

    pub fn name(self) -> Name {
        self.doc.tree.name(self.node)
    }

    pub fn is(self, name: Name) -> bool {
        self.name() == name
    }

    pub fn is_cii(self) -> bool {
        self.doc.syntax == Syntax::Cii
    }

    /// The name as written, with the prefix the document chose: XPath's `name()`.
    pub fn tag(self) -> &'d str {
        self.doc.tree.tag(self.node)
    }

    pub fn root(self) -> Self {
        self.at(0)
    }

    pub fn parent(self) -> Option<Self> {
        self.doc.tree.parent(self.node).map(|node| self.at(node))
    }

    /// Some element around this one has the name.
    pub fn within(self, name: Name) -> bool {
        self.ancestors().any(|element| element.is(name))
    }

    /// Parent first, root last; the element itself is not among them.
    pub fn ancestors(self) -> impl Iterator<Item = Self> {
        std::iter::successors(self.parent(), |element| element.parent())
    }

    /// Child elements of any name.
    pub fn children(self) -> impl Iterator<Item = Self> {
        let tree = self.doc.tree;
        let first = tree.first_child(self.node);
        std::iter::successors(first, move |node| tree.next_sibling(*node)).map(move |node| self.at(node))
    }

    /// Children of this name.
    pub fn kids(self, name: Name) -> impl Iterator<Item = Self> {
        self.children().filter(move |child| child.is(name))
    }

    /// First child of this name.
    pub fn kid(self, name: Name) -> Option<Self> {
        self.kids(name).next()
    }

    /// `a/b/c`: every element at the end of a path, in document order. The empty path is the element itself.
    pub fn down(self, path: &[Name]) -> Down<'d, '_> {
        let lacking = path.last().is_some_and(|last| self.doc.lacks(*last));
        let first = if lacking { None } else { self.doc.tree.first_child(self.node) };
        let first = first.unwrap_or(NONE);
        Down { path, above: self, next: first, node: self.node, level: 0, begun: false }
    }

    /// First element at the end of a path.
    pub fn first(self, path: &[Name]) -> Option<Self> {
        if path.last().is_some_and(|last| self.doc.lacks(*last)) {
            return None;
        }
        self.first_at(path)
    }

    fn first_at(self, path: &[Name]) -> Option<Self> {
        let Some((name, rest)) = path.split_first() else { return Some(self) };
        self.kids(*name).find_map(|child| child.first_at(rest))
    }

    /// `.//*`, in document order.
    pub fn everything_below(self) -> impl Iterator<Item = Self> {
        (self.node + 1..self.end()).map(move |node| self.at(node))
    }

    /// Number of the first element behind this one and all that is in it.
    fn end(self) -> Node {
        let mut element = self;
        loop {
            if let Some(next) = self.doc.tree.next_sibling(element.node) {
                return next;
            }
            match element.parent() {
                Some(parent) => element = parent,
                None => return self.doc.tree.len() as Node,
            }
        }
    }

    /// `exists(path)`.
    pub fn has(self, path: &[Name]) -> bool {
        self.first(path).is_some()
    }

    pub fn count(self, path: &[Name]) -> usize {
        self.down(path).count()
    }

    /// At most one element at the end of a path; where the official test needs a single value, two break it off.
    pub fn only(self, path: &[Name]) -> Result<Option<Self>, Undecided> {
        let mut found = self.down(path);
        let first = found.next();
        if found.next().is_some() { Err(Undecided) } else { Ok(first) }
    }

    pub fn is_leaf(self) -> bool {
        self.doc.tree.first_child(self.node).is_none()
    }

    /// Its own text as written; of an element with children what stands before the first of them.
    pub fn text(self) -> &'d str {
        self.doc.tree.text(self.node)
    }

    /// `text()`: pieces between comments.
    pub fn text_nodes(self) -> Vec<&'d str> {
        self.doc.tree.text_nodes(self.node)
    }

    pub fn attribute(self, attribute: Attribute) -> Option<&'d str> {
        self.doc.tree.attribute(self.node, attribute)
    }

    /// Text of the first element at the end of a path.
    pub fn text_of(self, path: &[Name]) -> Option<&'d str> {
        self.first(path).map(Element::text)
    }

    /// `normalize-space(path) != ''`: the only element there has more than blanks.
    pub fn speaks(self, path: &[Name]) -> Result<bool, Undecided> {
        Ok(self.only(path)?.is_some_and(|element| !blank(element.text()) || !element.is_leaf()))
    }

    /// Some element there has exactly this text.
    pub fn equals(self, path: &[Name], text: &str) -> bool {
        self.down(path).any(|element| element.text() == text)
    }

    /// `xs:decimal(path)`.
    pub fn number(self, path: &[Name]) -> Result<Option<Decimal>, Undecided> {
        self.only(path)?.map(Element::decimal).transpose()
    }

    /// `xs:decimal(.)`.
    pub fn decimal(self) -> Result<Decimal, Undecided> {
        number::decimal(self.text()).ok_or(Undecided)
    }

    /// `number(.)`: what is no number compares with nothing.
    pub fn double(self) -> f64 {
        number::double(self.text())
    }

    /// XPath with positions, names under their usual prefixes: `/cn:CreditNote[1]/cac:TaxTotal[2]`.
    pub fn location(self) -> String {
        let mut steps = vec![(self.doc.tree.step(self.node), self.position())];
        steps.extend(self.ancestors().map(|around| (self.doc.tree.step(around.node), around.position())));
        steps.iter().rev().map(|(name, position)| format!("/{name}[{position}]")).collect()
    }

    /// Which of the children of this name it is. Findings mostly follow one another down the document, so
    /// counting goes on where it last stopped; else thousands of findings among thousands of lines take long.
    fn position(self) -> u32 {
        let Some(parent) = self.parent() else { return 1 };
        let mut counted = self.doc.counted.borrow_mut();
        let last = counted.get(&(parent.node, self.name())).filter(|(node, _)| *node <= self.node);
        let (mut element, mut position) = match last {
            Some((node, position)) => (self.at(*node), *position),
            None => (parent.kid(self.name()).unwrap_or(self), 1),
        };
        while element.node < self.node {
            let Some(next) = self.doc.tree.next_sibling(element.node) else { break };
            element = self.at(next);
            position += u32::from(element.is(self.name()));
        }
        counted.insert((parent.node, self.name()), (self.node, position));
        position
    }
}

/// Walks the elements at the end of a path, depth first, without a stack: the way up is in the tree.
pub struct Down<'d, 'p> {
    path: &'p [Name],
    above: Element<'d>,
    /// The candidate on the current level, the parent of all candidates there, and how deep they lie.
    next: Node,
    node: Node,
    level: usize,
    begun: bool,
}

impl<'d> Iterator for Down<'d, '_> {
    type Item = Element<'d>;

    fn next(&mut self) -> Option<Element<'d>> {
        if self.path.is_empty() {
            return (!std::mem::replace(&mut self.begun, true)).then_some(self.above);
        }
        let tree = self.above.doc.tree;
        loop {
            if self.next == NONE {
                if self.level == 0 {
                    return None;
                }
                self.next = tree.next_sibling(self.node).unwrap_or(NONE);
                self.node = tree.parent(self.node).unwrap_or_default();
                self.level -= 1;
                continue;
            }
            let candidate = self.next;
            if tree.name(candidate) != self.path[self.level] {
                self.next = tree.next_sibling(candidate).unwrap_or(NONE);
            } else if self.level + 1 == self.path.len() {
                self.next = tree.next_sibling(candidate).unwrap_or(NONE);
                return Some(self.above.at(candidate));
            } else {
                self.node = candidate;
                self.next = tree.first_child(candidate).unwrap_or(NONE);
                self.level += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::invoice::{cac, cbc};

    const XML: &str = r#"<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
        xmlns:a="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
        xmlns:b="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
        <b:ID>7<!-- a comment -->8</b:ID><b:Note/>
        <a:TaxTotal><b:TaxAmount currencyID="EUR">1.50</b:TaxAmount><a:TaxSubtotal><a:TaxCategory><b:ID>S</b:ID></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>
        <a:TaxTotal><a:TaxSubtotal><a:TaxCategory><b:ID>E</b:ID><b:ID>Z</b:ID></a:TaxCategory></a:TaxSubtotal></a:TaxTotal>
        </Invoice>"#;

    fn with<T>(ask: impl FnOnce(Element) -> T) -> T {
        let tree = Tree::parse(XML).unwrap();
        let doc = Doc::of(&tree, Syntax::UblInvoice, Edition::LATEST);
        ask(doc.root())
    }

    #[test]
    fn a_path_finds_every_element_in_document_order() {
        let path = &[cac::TaxTotal, cac::TaxSubtotal, cac::TaxCategory, cbc::ID];
        let texts = with(|root| root.down(path).map(|id| id.text().to_owned()).collect::<Vec<_>>());
        assert_eq!(texts, ["S", "E", "Z"]);
        assert_eq!(with(|root| root.count(&[cac::TaxTotal])), 2);
        assert_eq!(with(|root| root.down(&[]).count()), 1);
        assert_eq!(with(|root| root.doc.all(cbc::ID).count()), 4);
    }

    #[test]
    fn the_location_has_usual_prefixes_and_positions() {
        let path = &[cac::TaxTotal, cac::TaxSubtotal, cac::TaxCategory, cbc::ID];
        let last = with(|root| root.down(path).last().unwrap().location());
        assert_eq!(last, "/ubl:Invoice[1]/cac:TaxTotal[2]/cac:TaxSubtotal[1]/cac:TaxCategory[1]/cbc:ID[2]");
    }

    #[test]
    fn two_where_one_is_asked_for_cannot_be_told() {
        assert_eq!(with(|root| root.number(&[cac::TaxTotal, cbc::TaxAmount])), Ok(Some(Decimal::new(150, 2))));
        assert!(with(|root| root.only(&[cac::TaxTotal]).is_err()));
        assert_eq!(with(|root| root.number(&[cbc::Note])), Err(Undecided));
        assert_eq!(with(|root| root.number(&[cbc::IssueDate])), Ok(None));
    }

    #[test]
    fn a_comment_divides_text_nodes_and_not_the_value() {
        assert_eq!(with(|root| root.text_of(&[cbc::ID]).map(str::to_owned)).as_deref(), Some("78"));
        let nodes = with(|root| root.kid(cbc::ID).unwrap().text_nodes().join("|"));
        assert_eq!(nodes, "7|8");
    }
}
