//! Edits of a base document: small changes by path, in the words of the document.
//!
//! A path begins below the root: `cac:TaxTotal/cac:TaxSubtotal[2]/cbc:TaxAmount`. Without a position a step means
//! the first. Fragments use the prefixes of the base.

use quick_xml::Reader;
use quick_xml::events::Event;

#[derive(Clone)]
pub enum Edit {
    /// Removes the element.
    Drop(&'static str),
    /// Replaces what is between its tags.
    Text(&'static str, String),
    /// Sets an attribute, `cbc:ID` + `schemeID`.
    Attribute(&'static str, &'static str, &'static str),
    /// Removes an attribute.
    NoAttribute(&'static str, &'static str),
    /// Puts a fragment as last child; the empty path is the root.
    Into(&'static str, String),
    /// Puts a fragment as first child.
    First(&'static str, String),
    Before(&'static str, String),
    After(&'static str, String),
}

pub fn drop(path: &'static str) -> Edit {
    Edit::Drop(path)
}

pub fn text(path: &'static str, text: impl Into<String>) -> Edit {
    Edit::Text(path, text.into())
}

pub fn attribute(path: &'static str, name: &'static str, value: &'static str) -> Edit {
    Edit::Attribute(path, name, value)
}

pub fn no_attribute(path: &'static str, name: &'static str) -> Edit {
    Edit::NoAttribute(path, name)
}

pub fn into(path: &'static str, fragment: impl Into<String>) -> Edit {
    Edit::Into(path, fragment.into())
}

pub fn first(path: &'static str, fragment: impl Into<String>) -> Edit {
    Edit::First(path, fragment.into())
}

pub fn before(path: &'static str, fragment: impl Into<String>) -> Edit {
    Edit::Before(path, fragment.into())
}

pub fn after(path: &'static str, fragment: impl Into<String>) -> Edit {
    Edit::After(path, fragment.into())
}

/// The base with all edits, one after the other. An edit whose path leads nowhere is a fault of the test.
pub fn apply(base: &str, edits: &[Edit]) -> String {
    let mut document = base.to_owned();
    for edit in edits {
        document = edit.applied(&document);
    }
    document
}

impl Edit {
    fn applied(&self, document: &str) -> String {
        match self {
            Edit::Drop(path) => {
                let found = find(document, path);
                splice(document, found.start, found.end, "")
            }
            Edit::Text(path, text) => {
                let (document, found) = open(document, path);
                splice(&document, found.inner, found.inner_end, text)
            }
            Edit::Attribute(path, name, value) => {
                let cleared = Edit::NoAttribute(path, name).applied(document);
                let found = find(&cleared, path);
                splice(&cleared, found.name_end, found.name_end, &format!(" {name}=\"{value}\""))
            }
            Edit::NoAttribute(path, name) => {
                let found = find(document, path);
                let tag = &document[found.start..found.inner];
                let Some(at) = tag.find(&format!(" {name}=\"")) else { return document.to_owned() };
                let value = at + name.len() + 3;
                let end = value + tag[value..].find('"').unwrap() + 1;
                splice(document, found.start + at, found.start + end, "")
            }
            Edit::Into(path, fragment) => {
                let (document, found) = open(document, path);
                splice(&document, found.inner_end, found.inner_end, fragment)
            }
            Edit::First(path, fragment) => {
                let (document, found) = open(document, path);
                splice(&document, found.inner, found.inner, fragment)
            }
            Edit::Before(path, fragment) => {
                let found = find(document, path);
                splice(document, found.start, found.start, fragment)
            }
            Edit::After(path, fragment) => {
                let found = find(document, path);
                splice(document, found.end, found.end, fragment)
            }
        }
    }
}

fn splice(document: &str, start: usize, end: usize, with: &str) -> String {
    format!("{}{with}{}", &document[..start], &document[end..])
}

/// Where an element stands, in bytes.
struct Found {
    start: usize,
    name_end: usize,
    inner: usize,
    inner_end: usize,
    end: usize,
}

/// The element, an empty tag first turned into a pair.
fn open(document: &str, path: &str) -> (String, Found) {
    let found = find(document, path);
    if found.inner != found.end {
        return (document.to_owned(), found);
    }
    let name = &document[found.start + 1..found.name_end];
    let tag = document[found.start..found.end].trim_end_matches("/>").trim_end();
    let paired = splice(document, found.start, found.end, &format!("{tag}></{name}>"));
    let found = find(&paired, path);
    (paired, found)
}

fn find(document: &str, path: &str) -> Found {
    let steps: Vec<(String, usize)> = path.split('/').filter(|step| !step.is_empty()).map(step).collect();
    let mut reader = Reader::from_str(document);
    // Elements open, how many of them lie on the path, and siblings of the wanted name seen on each level.
    let (mut depth, mut matched) = (0, 0);
    let mut seen = vec![0; steps.len() + 1];
    let mut hit: Option<Found> = None;
    loop {
        let start = reader.buffer_position() as usize;
        let event = reader.read_event().unwrap();
        let end = reader.buffer_position() as usize;
        match &event {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.name().into_inner().to_owned();
                let empty = matches!(event, Event::Empty(_));
                if hit.is_none() && depth == matched && is_wanted(&steps, &mut seen, depth, &name) {
                    if depth == steps.len() {
                        let name_end = start + 1 + name.len();
                        let found = Found { start, name_end, inner: end, inner_end: end, end };
                        if empty {
                            return found;
                        }
                        hit = Some(found);
                    }
                    if !empty {
                        matched += 1;
                        if let Some(next) = seen.get_mut(depth + 1) {
                            *next = 0;
                        }
                    }
                }
                if !empty {
                    depth += 1;
                }
            }
            Event::End(_) => {
                if depth == matched {
                    if let Some(found) = hit {
                        return Found { inner_end: start, end, ..found };
                    }
                    matched -= 1;
                }
                depth -= 1;
            }
            Event::Eof => panic!("no element at {path}"),
            _ => {}
        }
    }
}

/// The root is always wanted; below it the next step, in its number.
fn is_wanted(steps: &[(String, usize)], seen: &mut [usize], depth: usize, name: &str) -> bool {
    let Some((wanted, number)) = depth.checked_sub(1).and_then(|level| steps.get(level)) else {
        return depth == 0;
    };
    if wanted != name {
        return false;
    }
    seen[depth] += 1;
    seen[depth] == *number
}

/// `cac:TaxSubtotal[2]`.
fn step(step: &str) -> (String, usize) {
    match step.split_once('[') {
        Some((name, number)) => (name.to_owned(), number.trim_end_matches(']').parse().unwrap()),
        None => (step.to_owned(), 1),
    }
}

#[test]
fn edits_change_only_their_place() {
    let base = r#"<r><a x="1">p</a><b><c/><c>q</c></b></r>"#;
    for (edit, result) in [
        (drop("b/c"), r#"<r><a x="1">p</a><b><c>q</c></b></r>"#),
        (text("b/c[2]", "z"), r#"<r><a x="1">p</a><b><c/><c>z</c></b></r>"#),
        (text("b/c", "z"), r#"<r><a x="1">p</a><b><c>z</c><c>q</c></b></r>"#),
        (attribute("a", "x", "2"), r#"<r><a x="2">p</a><b><c/><c>q</c></b></r>"#),
        (no_attribute("a", "x"), r#"<r><a>p</a><b><c/><c>q</c></b></r>"#),
        (into("", "<d/>"), r#"<r><a x="1">p</a><b><c/><c>q</c></b><d/></r>"#),
        (first("b", "<d/>"), r#"<r><a x="1">p</a><b><d/><c/><c>q</c></b></r>"#),
        (before("b", "<d/>"), r#"<r><a x="1">p</a><d/><b><c/><c>q</c></b></r>"#),
        (after("a", "<d/>"), r#"<r><a x="1">p</a><d/><b><c/><c>q</c></b></r>"#),
    ] {
        assert_eq!(apply(base, &[edit]), result);
    }
}
