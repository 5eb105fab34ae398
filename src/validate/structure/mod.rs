//! The structure of the two syntaxes: order, number and types of elements and attributes.
//!
//! In: a document. Out: what is wrong with its structure; nothing for a document that is valid by the published
//! schemas. Absent on purpose: what values mean (that is for the rule books).
//!
//! The tree is walked once. Among the children of an element a pointer moves along the expected ones, so a valid
//! document costs little more than looking at it.

mod simple;
mod tables;
#[cfg(test)]
mod tests;
mod wording;

use super::Finding;
use super::element::Doc;
use crate::invoice::{Attribute, Name, Node, Space, Tree, blank};
use simple::Simple;
use tables::{Content, Slot, Table, Type};
use wording::{Fault, Flaw, Place};

/// Whoever reads two hundred findings asks for a new file.
const MAX_FINDINGS: usize = 200;
/// How many twins are passed to see what follows a misplaced element.
const MAX_TWINS: usize = 8;
/// Names that are offered for one place.
const MAX_OFFERED: usize = 5;

/// Everything in which the document differs from the structure of its syntax; nothing for a valid one.
pub fn examine(doc: &Doc) -> Vec<Finding> {
    let table = tables::of(doc.syntax);
    let mut walk = Walk { doc, tree: doc.tree, table, findings: Vec::new() };
    if let Some(root) = table.usual(doc.tree.name(0)) {
        walk.element(0, root);
    }
    walk.findings
}

struct Walk<'t> {
    doc: &'t Doc<'t>,
    tree: &'t Tree<'t>,
    table: &'static Table,
    findings: Vec<Finding>,
}

impl<'t> Walk<'t> {
    /// An element and all that is in it. The tree is never nested deeply, so calls may be.
    fn element(&mut self, node: Node, number: u16) {
        if self.is_full() {
            return;
        }
        let table = self.table;
        let kind = table.kind(number);
        self.attributes(node, kind);
        match kind.content {
            Content::Value(simple) => self.value(node, simple),
            Content::Sequence => self.sequence(node, table.slots(kind)),
            Content::Choice => self.choice(node, table.slots(kind)),
            Content::Foreign => self.foreign(node),
        }
    }

    fn is_full(&self) -> bool {
        self.findings.len() >= MAX_FINDINGS
    }

    fn note(&mut self, node: Node, fault: Fault) {
        if !self.is_full() {
            self.findings.push(wording::finding(self.doc, node, fault));
        }
    }

    fn value(&mut self, node: Node, simple: Simple) {
        match self.tree.first_child(node) {
            Some(child) => self.note(child, Fault::Element(Place::InsideValue)),
            None if simple.holds(self.tree.text(node)) => {}
            None => self.note(node, Fault::Value { simple, attribute: None, found: self.tree.text(node) }),
        }
    }

    /// Children in their order. After a misplaced one the pointer stays, so that one mistake is one finding.
    fn sequence(&mut self, node: Node, slots: &'static [Slot]) {
        self.no_text(node);
        // The first slot that may still be filled, and whether something stands in it already.
        let (mut at, mut begun) = (0, false);
        let mut next = self.tree.first_child(node);
        while let Some(child) = next.filter(|_| !self.is_full()) {
            next = self.tree.next_sibling(child);
            let name = self.tree.name(child);
            let ahead = slots[at..].iter().position(|slot| slot.name == name);
            let Some(slot) =
                ahead.map(|ahead| at + ahead).filter(|slot| !self.is_early(child, &slots[at..*slot]))
            else {
                self.misplaced(node, child, slots, offered(slots, at, begun));
                continue;
            };
            if slot > at {
                self.skipped(node, &slots[at + usize::from(begun)..slot]);
            }
            (at, begun) = if slots[slot].many { (slot, true) } else { (slot + 1, false) };
            self.element(child, slots[slot].kind);
        }
        self.skipped(node, slots.get(at + usize::from(begun)..).unwrap_or_default());
    }

    /// Slots that stayed empty. One whose element stands elsewhere has its finding there.
    fn skipped(&mut self, node: Node, slots: &'static [Slot]) {
        for slot in slots.iter().filter(|slot| slot.required) {
            if self.tree.child(node, slot.name).is_none() {
                self.note(node, Fault::Missing { names: &[slot.name] });
            }
        }
    }

    /// What follows belongs before this element: it stands too early, not the others too late.
    fn is_early(&self, child: Node, passed: &[Slot]) -> bool {
        if passed.is_empty() {
            return false;
        }
        let siblings =
            std::iter::successors(self.tree.next_sibling(child), |node| self.tree.next_sibling(*node));
        let mut others = siblings.take(MAX_TWINS).map(|node| self.tree.name(node));
        let follower = others.find(|name| *name != self.tree.name(child));
        follower.is_some_and(|follower| passed.iter().any(|slot| slot.name == follower))
    }

    /// An element that does not belong here. What is in it is examined where its type is known.
    fn misplaced(&mut self, parent: Node, child: Node, slots: &'static [Slot], offered: Vec<Name>) {
        let name = self.tree.name(child);
        let known = slots.iter().find(|slot| slot.name == name && name.is_known());
        let mut twins = self.tree.children(parent, name).take_while(|twin| *twin != child);
        let place = match known {
            None => Place::Unknown(offered),
            Some(slot) if !slot.many && twins.next().is_some() => Place::Doubled,
            Some(_) => Place::Misplaced(offered),
        };
        self.note(child, Fault::Element(place));
        if let Some(slot) = known {
            self.element(child, slot.kind);
        }
    }

    /// Exactly one of several.
    fn choice(&mut self, node: Node, slots: &'static [Slot]) {
        self.no_text(node);
        let Some(first) = self.tree.first_child(node) else {
            let names: Vec<Name> = slots.iter().map(|slot| slot.name).collect();
            return self.note(node, Fault::Missing { names: &names });
        };
        let chosen = slots.iter().find(|slot| slot.name == self.tree.name(first));
        match chosen {
            Some(slot) => self.element(first, slot.kind),
            None => self.misplaced(node, first, slots, slots.iter().map(|slot| slot.name).collect()),
        }
        let mut next = self.tree.next_sibling(first);
        while let Some(child) = next.filter(|_| !self.is_full()) {
            self.misplaced(node, child, if chosen.is_some() { &[] } else { slots }, Vec::new());
            next = self.tree.next_sibling(child);
        }
    }

    /// One element of any other namespace.
    fn foreign(&mut self, node: Node) {
        self.no_text(node);
        let Some(first) = self.tree.first_child(node) else { return self.note(node, Fault::NoExtension) };
        if self.tree.name(first).space() == Space::Ext || !self.tree.has_namespace(first) {
            self.note(first, Fault::Element(Place::NotForeign));
        } else {
            self.lax(first);
        }
        if let Some(second) = self.tree.next_sibling(first) {
            self.note(second, Fault::Element(Place::Unknown(Vec::new())));
        }
    }

    /// Inside of extensions only what we know is examined.
    fn lax(&mut self, node: Node) {
        if let Some(kind) = self.table.usual(self.tree.name(node)) {
            return self.element(node, kind);
        }
        let mut next = self.tree.first_child(node);
        while let Some(child) = next {
            self.lax(child);
            next = self.tree.next_sibling(child);
        }
    }

    /// Between elements stand blanks only, and in an element without elements nothing else.
    fn no_text(&mut self, node: Node) {
        let beside = match self.tree.first_child(node) {
            Some(_) => self.tree.mixed.binary_search(&node).is_ok(),
            None => !blank(self.tree.text(node)),
        };
        if beside {
            self.note(node, Fault::Text { found: self.tree.text(node) });
        }
    }

    fn attributes(&mut self, node: Node, kind: &'static Type) {
        let tree = self.tree;
        let expected = self.table.attributes(kind);
        for (attribute, written, value) in tree.attributes(node) {
            if attribute == Attribute::Instance {
                self.instance(node, kind, written, value);
                continue;
            }
            let Some(known) = expected.iter().find(|known| known.attribute == attribute) else {
                self.note(node, Fault::Attribute(Flaw::Unknown { written, expected }));
                continue;
            };
            let simple = known.simple;
            if !simple.holds(value) {
                self.note(node, Fault::Value { simple, attribute: Some(attribute), found: value });
            } else if let Some(fixed) = known.fixed.filter(|fixed| !simple::same_token(value, fixed)) {
                self.note(node, Fault::Attribute(Flaw::Fixed { attribute, fixed, found: value }));
            }
        }
        for known in expected.iter().take_while(|known| known.required) {
            if tree.attribute(node, known.attribute).is_none() {
                self.note(node, Fault::Attribute(Flaw::Missing { attribute: known.attribute }));
            }
        }
    }

    /// Attributes about the schema itself. No element of an invoice may be left out with `xsi:nil`, and a type may
    /// only be named that the element has anyway.
    fn instance(&mut self, node: Node, kind: &'static Type, written: &'t str, value: &str) {
        let (_, local) = written.split_once(':').unwrap_or(("", written));
        let fits = match local {
            "schemaLocation" => value.split_ascii_whitespace().all(|part| Simple::Uri.holds(part)),
            "noNamespaceSchemaLocation" => Simple::Uri.holds(value),
            "type" => self.tree.instance_type(node).is_some_and(|(uri, local)| {
                let name = self.tree.name(node);
                kind.is_called(name, uri, local)
            }),
            _ => false,
        };
        if !fits {
            self.note(node, Fault::Attribute(Flaw::Unknown { written, expected: &[] }));
        }
    }
}

/// What may stand at a place: everything up to the next that must.
fn offered(slots: &[Slot], at: usize, begun: bool) -> Vec<Name> {
    let mut names = Vec::new();
    for (number, slot) in slots.iter().enumerate().skip(at).take(MAX_OFFERED) {
        names.push(slot.name);
        if slot.required && !(begun && number == at) {
            break;
        }
    }
    names
}
