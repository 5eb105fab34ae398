//! A light tree of an XML document, with the guards hostile documents call for.
//!
//! In: text. Out: [`Tree`]: elements in one list in document order, text as places in the source, known names
//! as numbers. Absent on purpose: DOCTYPE and entities (refused), comments, processing instructions, and text
//! that stands beside child elements (noted in [`Tree::mixed`], no invoice has such).

mod builder;

use super::names::{Attribute, Name};
use crate::error::Result;

pub struct Tree<'a> {
    source: &'a str,
    /// Text that does not stand in the source as it is meant (references, CDATA, line ends).
    composed: String,
    elements: Vec<Element>,
    attributes: Vec<Given>,
    /// Where a comment divides the text of an element, in bytes of it; rare.
    divided: Vec<(Node, u32)>,
    /// Elements that hold both text and elements, in document order; rare.
    pub mixed: Vec<Node>,
    /// Elements without a namespace, in document order; rare.
    homeless: Vec<Node>,
    /// What `xsi:type` says: namespace and name; rare.
    typed: Vec<(Node, Span, Span)>,
}

/// Number of an element; the root is 0.
pub type Node = u32;

/// Kept small: a large invoice has a million of them.
struct Element {
    name: Name,
    attribute_count: u8,
    /// The first child follows its parent at once.
    has_children: bool,
    /// The root is its own parent.
    parent: Node,
    /// Next sibling; 0 for none.
    next: Node,
    text: Span,
    /// As written, with its prefix.
    tag: Span,
    attributes: u32,
}

/// An attribute as it was given.
struct Given {
    attribute: Attribute,
    name: Span,
    value: Span,
}

/// A piece of `source`, or of `composed`.
#[derive(Clone, Copy, Default)]
struct Span {
    start: u32,
    /// In bytes; the highest bit says that it is a piece of `composed`.
    len: u32,
}

const COMPOSED: u32 = 1 << 31;

impl Span {
    fn len(self) -> u32 {
        self.len & !COMPOSED
    }

    fn is_composed(self) -> bool {
        self.len & COMPOSED != 0
    }
}

impl<'a> Tree<'a> {
    pub fn parse(source: &'a str) -> Result<Self> {
        builder::parse(source)
    }

    pub fn name(&self, node: Node) -> Name {
        self.elements[node as usize].name
    }

    pub fn text(&self, node: Node) -> &str {
        self.slice(self.elements[node as usize].text)
    }

    /// How many elements there are; their numbers are in document order.
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// A document has at least its root.
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// The element around this one; none around the root.
    pub fn parent(&self, node: Node) -> Option<Node> {
        (node != 0).then(|| self.elements[node as usize].parent)
    }

    /// First child element of any name.
    pub fn first_child(&self, node: Node) -> Option<Node> {
        self.elements[node as usize].has_children.then_some(node + 1)
    }

    /// The next element within the same parent.
    pub fn next_sibling(&self, node: Node) -> Option<Node> {
        Some(self.elements[node as usize].next).filter(|next| *next != 0)
    }

    /// The name as it was written, with the prefix the document chose.
    pub fn tag(&self, node: Node) -> &str {
        self.slice(self.elements[node as usize].tag)
    }

    /// Whether an element stands in any namespace, known or not.
    pub fn has_namespace(&self, node: Node) -> bool {
        self.homeless.binary_search(&node).is_err()
    }

    /// Namespace and name of the type `xsi:type` gives an element. Of an undeclared prefix nothing is known.
    pub fn instance_type(&self, node: Node) -> Option<(&str, &str)> {
        let first = self.typed.partition_point(|(typed, ..)| *typed < node);
        let (typed, uri, name) = self.typed.get(first)?;
        (*typed == node).then(|| (self.slice(*uri), self.slice(*name)))
    }

    /// The text of an element as XPath's `text()` sees it: a comment inside divides it.
    pub fn text_nodes(&self, node: Node) -> Vec<&str> {
        let mut rest = self.text(node);
        let mut nodes = Vec::new();
        let mut before = 0;
        for (_, at) in self.divided.iter().filter(|(divided, _)| *divided == node) {
            let Some((head, tail)) = rest.split_at_checked((*at - before) as usize) else { break };
            nodes.push(head);
            rest = tail;
            before = *at;
        }
        nodes.push(rest);
        nodes.retain(|text| !text.is_empty());
        nodes
    }

    pub fn attribute(&self, node: Node, name: Attribute) -> Option<&str> {
        let own = self.given(node);
        own.iter().find(|given| given.attribute == name).map(|given| self.slice(given.value))
    }

    /// All attributes but namespace declarations: which, name as written, value.
    pub fn attributes(&self, node: Node) -> impl Iterator<Item = (Attribute, &str, &str)> {
        let given = self.given(node).iter();
        given.map(|given| (given.attribute, self.slice(given.name), self.slice(given.value)))
    }

    /// Which attributes there are, namespace declarations apart.
    pub fn attribute_names(&self, node: Node) -> impl Iterator<Item = Attribute> {
        self.given(node).iter().map(|given| given.attribute)
    }

    fn given(&self, node: Node) -> &[Given] {
        let element = &self.elements[node as usize];
        let first = element.attributes as usize;
        self.attributes.get(first..first + element.attribute_count as usize).unwrap_or_default()
    }

    /// The name as a step of a path. One nobody knows is shown as it was written, cut to a length that fits a
    /// message.
    pub fn step(&self, node: Node) -> String {
        let name = self.name(node);
        if name.is_known() {
            return name.qualified().to_owned();
        }
        self.tag(node).chars().take(80).collect()
    }

    pub fn children(&self, node: Node, name: Name) -> impl Iterator<Item = Node> {
        let mut next = self.first_child(node).unwrap_or_default();
        std::iter::from_fn(move || {
            while next != 0 {
                let this = next;
                next = self.elements[this as usize].next;
                if self.elements[this as usize].name == name {
                    return Some(this);
                }
            }
            None
        })
    }

    pub fn child(&self, node: Node, name: Name) -> Option<Node> {
        self.children(node, name).next()
    }

    fn slice(&self, span: Span) -> &str {
        let text = if span.is_composed() { &self.composed } else { self.source };
        text.get(span.start as usize..(span.start + span.len()) as usize).unwrap_or_default()
    }
}

/// Blank in the sense of XML: a no-break space is not.
pub fn blank(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'))
}
