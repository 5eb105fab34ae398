//! Reading a document into a [`Tree`], with the guards hostile documents call for.
//!
//! In: text. Out: [`Tree`], or an error that names what is wrong. Absent on purpose: DOCTYPE and entities of the
//! document's own, which are refused.

use super::{COMPOSED, Element, Given, Node, Span, Tree, blank};
use crate::error::{Error, Kind, Result};
use crate::invoice::names::{Attribute, Name, Space};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

const MAX_DEPTH: usize = 100;
const MAX_ATTRIBUTES: usize = 100;
const MAX_ELEMENTS: usize = 5_000_000;
/// Namespace declarations in force at one place.
const MAX_DECLARATIONS: usize = 200;

const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Reads a whole document.
pub fn parse(source: &str) -> Result<Tree<'_>> {
    if source.as_bytes().chunks(64).any(has_forbidden) {
        return Err(malformed("a control character", 0));
    }
    let mut reader = Reader::from_str(source);
    reader.config_mut().check_comments = true;
    let mut builder = Builder::over(source);
    loop {
        let start = reader.buffer_position();
        let event = reader.read_event().map_err(|_| malformed("broken markup", reader.error_position()))?;
        match event {
            Event::Start(tag) => builder.open(&tag, start)?,
            Event::Empty(tag) => {
                builder.open(&tag, start)?;
                builder.close();
            }
            Event::End(_) => builder.close(),
            Event::Text(text) => builder.text(&text.into_inner(), start)?,
            Event::CData(text) => builder.cdata(&text.into_inner(), start)?,
            Event::GeneralRef(reference) => builder.reference(&reference.into_inner(), start)?,
            Event::DocType(_) => return Err(doctype()),
            Event::Decl(_) if start > 0 => return Err(malformed("a second declaration", start)),
            Event::Comment(_) | Event::PI(_) => builder.divide(),
            Event::Decl(_) => {}
            Event::Eof => return builder.finish(),
        }
    }
}

struct Builder<'a> {
    tree: Tree<'a>,
    open: Vec<Open>,
    /// Prefixes in force, innermost last.
    declarations: Vec<Declaration>,
    /// `]]>` may only close CDATA; looked for in each text once it occurs anywhere.
    cdata_ends: bool,
}

#[derive(Clone, Copy)]
struct Declaration {
    prefix: Span,
    /// The prefix again, where it is short: nearly all are, and numbers compare at once.
    short: u64,
    uri: Span,
    space: Space,
    /// The namespace of `xsi:type` and its like.
    instance: bool,
}

struct Open {
    node: Node,
    last_child: Node,
    /// Length of `declarations` outside.
    declarations: usize,
}

impl<'a> Builder<'a> {
    fn over(source: &'a str) -> Self {
        let elements = Vec::with_capacity(source.len() / 32);
        let tree = Tree {
            source,
            composed: String::new(),
            elements,
            attributes: Vec::new(),
            divided: Vec::new(),
            mixed: Vec::new(),
            homeless: Vec::new(),
            typed: Vec::new(),
        };
        Self { tree, open: Vec::new(), declarations: Vec::new(), cdata_ends: source.contains("]]>") }
    }

    fn open(&mut self, tag: &BytesStart, at: u64) -> Result<()> {
        if self.open.is_empty() && !self.tree.elements.is_empty() {
            return Err(malformed("a second root element", at));
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(too_large(format!("elements are nested more than {MAX_DEPTH} deep")));
        }
        if self.tree.elements.len() >= MAX_ELEMENTS {
            return Err(too_large(format!("there are more than {MAX_ELEMENTS} elements")));
        }
        let outside = self.declarations.len();
        let attributes = self.tree.attributes.len();
        self.attributes(tag, at)?;
        let written = tag.name().into_inner();
        let name = self.name(written, at)?;
        let node = self.tree.elements.len() as Node;
        if name.space() == Space::Other && self.is_homeless(written) {
            self.tree.homeless.push(node);
        }
        let tag = self.span(written);
        self.tree.elements.push(Element {
            name,
            parent: self.open.last().map_or(0, |open| open.node),
            has_children: false,
            next: 0,
            text: Span::default(),
            tag,
            attributes: attributes as u32,
            attribute_count: (self.tree.attributes.len() - attributes) as u8,
        });
        self.link(node);
        self.open.push(Open { node, last_child: 0, declarations: outside });
        Ok(())
    }

    fn link(&mut self, node: Node) {
        let Some(parent) = self.open.last_mut() else { return };
        if parent.last_child == 0 {
            self.tree.elements[parent.node as usize].has_children = true;
            if !blank(self.tree.text(parent.node)) {
                self.tree.mixed.push(parent.node);
            }
        } else {
            self.tree.elements[parent.last_child as usize].next = node;
        }
        parent.last_child = node;
    }

    fn close(&mut self) {
        if let Some(open) = self.open.pop() {
            self.declarations.truncate(open.declarations);
        }
    }

    fn attributes(&mut self, tag: &BytesStart, at: u64) -> Result<()> {
        if tag.attributes_raw().is_empty() {
            return Ok(());
        }
        let (first, outside) = (self.tree.attributes.len(), self.declarations.len());
        let mut prefixed = false;
        let mut attributes = tag.attributes();
        for attribute in attributes.with_checks(false) {
            let attribute = attribute.map_err(|_| malformed("a broken attribute", at))?;
            let name = attribute.key.into_inner();
            if self.tree.attributes.len() - first + self.declarations.len() - outside >= MAX_ATTRIBUTES {
                return Err(too_large(format!("an element has more than {MAX_ATTRIBUTES} attributes")));
            }
            if self.is_given(name, first, outside) {
                return Err(malformed("an attribute given twice", at));
            }
            if name == "xmlns" || name.starts_with("xmlns:") {
                self.declare(name.strip_prefix("xmlns:").unwrap_or_default(), &attribute.value, at)?;
                continue;
            }
            let value = self.value(&attribute.value, at)?;
            let attribute = if name.contains(':') {
                prefixed = true;
                Attribute::Foreign
            } else {
                Attribute::find(name).unwrap_or(Attribute::Unknown)
            };
            let name = self.span(name);
            self.tree.attributes.push(Given { attribute, name, value });
        }
        if prefixed { self.place_foreign(first, at) } else { Ok(()) }
    }

    /// An attribute or namespace declaration of this name among those of the same tag.
    fn is_given(&self, name: &str, first: usize, outside: usize) -> bool {
        let declared = name.strip_prefix("xmlns").map(|rest| rest.strip_prefix(':').unwrap_or(rest));
        let mut given = self.tree.attributes[first..].iter();
        let mut declarations = self.declarations[outside..].iter();
        given.any(|given| self.tree.slice(given.name) == name)
            || declared.is_some_and(|prefix| declarations.any(|own| self.tree.slice(own.prefix) == prefix))
    }

    /// Prefixes may be declared after the attributes that use them.
    fn place_foreign(&mut self, first: usize, at: u64) -> Result<()> {
        for number in first..self.tree.attributes.len() {
            let given = &self.tree.attributes[number];
            let Some((prefix, local)) = self.tree.slice(given.name).split_once(':') else { continue };
            let attribute = match self.declaration(prefix) {
                _ if prefix == "xml" => Attribute::Xml,
                Some(declaration) if declaration.instance => Attribute::Instance,
                Some(_) => Attribute::Foreign,
                None => return Err(malformed("an undeclared prefix", at)),
            };
            let names_a_type = attribute == Attribute::Instance && local == "type";
            self.tree.attributes[number].attribute = attribute;
            if names_a_type {
                self.note_type(self.tree.attributes[number].value);
            }
        }
        Ok(())
    }

    /// Prefixes mean something only while the element is open, so the type is resolved at once.
    fn note_type(&mut self, value: Span) {
        let name = self.tree.slice(value);
        let start = name.len() - name.trim_start().len();
        let name = name.trim();
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        let start = value.start + start as u32 + (name.len() - local.len()) as u32;
        let local = Span { start, len: local.len() as u32 | value.len & COMPOSED };
        let uri = self.declaration(prefix).map_or(Span::default(), |declaration| declaration.uri);
        self.tree.typed.push((self.tree.elements.len() as Node, uri, local));
    }

    fn declare(&mut self, prefix: &str, uri: &str, at: u64) -> Result<()> {
        if self.declarations.len() >= MAX_DECLARATIONS {
            return Err(too_large(format!("more than {MAX_DECLARATIONS} namespaces are declared")));
        }
        let place = self.value(uri, at)?;
        let uri = self.tree.slice(place);
        let (space, instance) = (Space::of(uri), uri == INSTANCE);
        if uri.is_empty() && !prefix.is_empty() {
            return Err(malformed("a prefix declared as nothing", at));
        }
        if !prefix.is_empty() && !is_name(prefix) {
            return Err(malformed("a prefix that is no name", at));
        }
        let prefix = self.span(prefix);
        let short = short(self.tree.slice(prefix));
        self.declarations.push(Declaration { prefix, uri: place, short, space, instance });
        Ok(())
    }

    /// What a prefix means here, innermost declaration first.
    fn declaration(&self, prefix: &str) -> Option<Declaration> {
        let short = short(prefix);
        let is_meant = |declaration: &&Declaration| {
            declaration.short == short && (short != LONG || self.tree.slice(declaration.prefix) == prefix)
        };
        self.declarations.iter().rev().find(is_meant).copied()
    }

    /// Neither a prefix nor a default namespace.
    fn is_homeless(&self, name: &str) -> bool {
        !name.contains(':') && self.declaration("").is_none_or(|default| default.uri.len() == 0)
    }

    fn space(&self, prefix: &str) -> Option<Space> {
        self.declaration(prefix).map(|declaration| declaration.space)
    }

    fn name(&self, name: &str, at: u64) -> Result<Name> {
        let (prefix, local) = match name.bytes().position(|byte| byte == b':') {
            Some(colon) => (&name[..colon], &name[colon + 1..]),
            None => ("", name),
        };
        let space = match self.space(prefix) {
            Some(space) => space,
            None if prefix.is_empty() => Space::Other,
            None => return Err(malformed("an undeclared prefix", at)),
        };
        let known = Name::find(space, local);
        if known.is_known() || is_name(local) {
            Ok(known)
        } else {
            Err(malformed("an element name that is none", at))
        }
    }

    /// An attribute's value: references resolved, line ends and tabs turned into blanks.
    fn value(&mut self, raw: &str, at: u64) -> Result<Span> {
        if raw.contains('<') {
            return Err(malformed("'<' in an attribute", at));
        }
        if !raw.contains(['&', '\t', '\n', '\r']) {
            return Ok(self.span(raw));
        }
        let start = self.tree.composed.len();
        let mut rest = raw;
        while let Some(special) = rest.find(['&', '\t', '\n', '\r']) {
            self.tree.composed.push_str(&rest[..special]);
            rest = &rest[special..];
            if let Some(reference) = rest.strip_prefix('&') {
                let end = reference.find(';').ok_or_else(|| malformed("a broken reference", at))?;
                self.tree.composed.push(resolve(&reference[..end], at)?);
                rest = &reference[end + 1..];
            } else {
                self.tree.composed.push(' ');
                rest = rest.strip_prefix("\r\n").unwrap_or(&rest[1..]);
            }
        }
        self.tree.composed.push_str(rest);
        let len = (self.tree.composed.len() - start) as u32;
        Ok(Span { start: start as u32, len: len | COMPOSED })
    }

    fn text(&mut self, text: &str, at: u64) -> Result<()> {
        if self.cdata_ends && text.contains("]]>") {
            return Err(malformed("']]>' outside CDATA", at));
        }
        if self.open.is_empty() && blank(text) {
            return Ok(());
        }
        self.cdata(text, at)
    }

    fn cdata(&mut self, text: &str, at: u64) -> Result<()> {
        let Some(open) = self.open.last() else { return Err(malformed("text outside the root element", at)) };
        let node = open.node;
        if open.last_child != 0 {
            if !blank(text) && self.tree.mixed.last() != Some(&node) {
                self.tree.mixed.push(node);
            }
            return Ok(());
        }
        if self.tree.elements[node as usize].text.len() == 0 && !text.contains('\r') {
            self.tree.elements[node as usize].text = self.span(text);
            return Ok(());
        }
        self.compose(node);
        let mut rest = text;
        while let Some(end) = rest.find('\r') {
            self.append(node, &rest[..end]);
            self.append(node, "\n");
            rest = rest[end + 1..].strip_prefix('\n').unwrap_or(&rest[end + 1..]);
        }
        self.append(node, rest);
        Ok(())
    }

    /// A comment or processing instruction: text goes on behind it as a node of its own.
    fn divide(&mut self) {
        let Some(open) = self.open.last() else { return };
        let before = self.tree.elements[open.node as usize].text.len();
        if open.last_child == 0 && before > 0 {
            self.tree.divided.push((open.node, before));
        }
    }

    fn reference(&mut self, reference: &str, at: u64) -> Result<()> {
        let meant = resolve(reference, at)?;
        let Some(open) = self.open.last() else { return Err(malformed("text outside the root element", at)) };
        let (node, has_children) = (open.node, open.last_child != 0);
        if has_children {
            return self.cdata(meant.encode_utf8(&mut [0; 4]), at);
        }
        self.compose(node);
        self.append(node, meant.encode_utf8(&mut [0; 4]));
        Ok(())
    }

    /// Moves the text of an element to the end of `composed`, where it can grow. Only its own text is written
    /// there until its first child opens, so it stays in one piece.
    fn compose(&mut self, node: Node) {
        let span = self.tree.elements[node as usize].text;
        if span.is_composed() {
            return;
        }
        let start = self.tree.composed.len() as u32;
        let end = span.start as usize + span.len() as usize;
        self.tree.composed.push_str(self.tree.source.get(span.start as usize..end).unwrap_or_default());
        self.tree.elements[node as usize].text = Span { start, len: span.len() | COMPOSED };
    }

    fn append(&mut self, node: Node, text: &str) {
        self.tree.composed.push_str(text);
        self.tree.elements[node as usize].text.len += text.len() as u32;
    }

    /// Where a piece of the source stands; a piece from elsewhere is copied.
    fn span(&mut self, piece: &str) -> Span {
        let start = (piece.as_ptr() as usize).wrapping_sub(self.tree.source.as_ptr() as usize);
        let inside = self.tree.source.get(start..start.saturating_add(piece.len()));
        if inside.is_some_and(|inside| std::ptr::eq(inside, piece)) {
            return Span { start: start as u32, len: piece.len() as u32 };
        }
        let start = self.tree.composed.len() as u32;
        self.tree.composed.push_str(piece);
        Span { start, len: piece.len() as u32 | COMPOSED }
    }

    fn finish(mut self) -> Result<Tree<'a>> {
        if !self.open.is_empty() || self.tree.elements.is_empty() {
            return Err(Error::new(Kind::Damaged, "the document ends before it is complete")
                .hint("ask the sender to send it again"));
        }
        self.tree.mixed.sort_unstable();
        self.tree.mixed.dedup();
        Ok(self.tree)
    }
}

/// What [`short`] gives for what is not.
const LONG: u64 = u64::MAX;

/// Up to seven bytes and their number as one number.
fn short(prefix: &str) -> u64 {
    if prefix.len() > 7 {
        return LONG;
    }
    prefix.bytes().fold(prefix.len() as u64, |packed, byte| packed << 8 | u64::from(byte))
}

/// A name without prefix, as far as ASCII goes.
fn is_name(local: &str) -> bool {
    let odd =
        |byte: u8| byte.is_ascii() && !byte.is_ascii_alphanumeric() && !matches!(byte, b'_' | b'-' | b'.');
    let starts_wrong = local.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '.'));
    !local.is_empty() && !starts_wrong && !local.bytes().any(odd)
}

/// Control characters that XML 1.0 does not know. Without a branch in the loop it runs over many bytes at once.
fn has_forbidden(bytes: &[u8]) -> bool {
    let forbidden = |byte: u8| (byte < b' ') & (byte != b'\t') & (byte != b'\n') & (byte != b'\r');
    bytes.iter().fold(false, |found, byte| found | forbidden(*byte))
}

fn resolve(reference: &str, at: u64) -> Result<char> {
    let number = match reference {
        "lt" => return Ok('<'),
        "gt" => return Ok('>'),
        "amp" => return Ok('&'),
        "quot" => return Ok('"'),
        "apos" => return Ok('\''),
        _ => reference.strip_prefix('#'),
    };
    let Some(number) = number else {
        return Err(Error::new(Kind::Forbidden, "the document uses an entity of its own")
            .hint("invoices need none; ask the sender for a plain XML file"));
    };
    let code = match number.strip_prefix('x') {
        Some(hex) if hex.bytes().all(|byte| byte.is_ascii_hexdigit()) => u32::from_str_radix(hex, 16).ok(),
        None if number.bytes().all(|byte| byte.is_ascii_digit()) => number.parse().ok(),
        _ => None,
    };
    let allowed = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{fffd}' | '\u{10000}'..);
    code.and_then(char::from_u32).filter(allowed).ok_or_else(|| malformed("a broken reference", at))
}

fn malformed(what: &str, at: u64) -> Error {
    Error::new(Kind::Damaged, format!("the XML is not well-formed: {what} at byte {at}"))
        .hint("ask the sender for the document as their program wrote it")
}

fn too_large(what: String) -> Error {
    Error::new(Kind::TooLarge, what).hint("no invoice needs that; look at the document by hand")
}

fn doctype() -> Error {
    Error::new(Kind::Forbidden, "the document has a DOCTYPE")
        .hint("invoices need none; ask the sender for a plain XML file")
}
