//! Changed documents: well-formed, and wrong in one to three places, or only nearly wrong.

use laufmappe::invoice::{Attribute, Name};
use quick_xml::Reader;
use quick_xml::events::Event;

/// Small numbers by a rule, so that a failure can be repeated.
pub struct Chance(u64);

impl Chance {
    pub fn of(seed: u64) -> Self {
        let mut chance = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
        chance.below(7);
        chance
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit.max(1)
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }
}

#[derive(Clone)]
struct Element {
    name: String,
    attributes: Vec<(String, String)>,
    /// Written as in the file, escaped.
    parts: Vec<Part>,
}

#[derive(Clone)]
enum Part {
    Text(String),
    Element(Element),
}

const VALUES: &[&str] = &[
    "",
    " ",
    "0",
    "1",
    "-1",
    "+1.50",
    ".5",
    "1.",
    ".",
    "-",
    "1e3",
    "1,5",
    "NaN",
    "INF",
    "1 000",
    "\u{a0}1",
    " 7 ",
    "true",
    "false",
    "TRUE",
    "2026-11-21",
    " 2026-11-21",
    "2026-11-21Z",
    "2026-11-21+14:00",
    "2026-11-21+14:01",
    "2026-11-21-13:59",
    "2026-02-29",
    "2024-02-29",
    "2026-13-01",
    "2026-00-10",
    "26-11-21",
    "12026-11-21",
    "-0044-03-15",
    "0000-01-01",
    "2026-11-21T10:00:00",
    "2026-11-21T24:00:00",
    "10:00:00",
    "24:00:00",
    "24:00:01",
    "10:00:00.123Z",
    "10:00",
    "20261121",
    "QUJD",
    "QUI=",
    "QUJ",
    "Q UJ D",
    "QQ==",
    "QQ=",
    "QUJD=",
    "Q*==",
    "urn:x:y",
    "http://a b",
    "%zz",
    "http://[",
    "de",
    "de-DE",
    "deutschland",
    "x-klingon-long",
    "EUR",
    "EU",
    "EURO",
    "&#9;",
    "&#x31;",
    "<![CDATA[12]]>",
    "<!-- c -->5",
    "5<?p?>",
    "2026-<!-- c -->11-21",
    "\n2026-11-21\n",
    "ä",
    "#fragment",
    "a^b",
    "1001",
    " 1001 ",
    "6",
];

/// One to three changes.
pub fn changed(document: &str, chance: &mut Chance, others: &[String]) -> String {
    let mut root = read(document);
    for _ in 0..=chance.below(3) {
        change(&mut root, chance, others);
    }
    let mut text = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    write(&root, &mut text);
    text
}

fn change(root: &mut Element, chance: &mut Chance, others: &[String]) {
    match chance.below(12) {
        0 => {
            let parent = any(root, chance, true);
            let at = child(parent, chance);
            parent.parts.remove(at);
        }
        1 => {
            let parent = any(root, chance, true);
            let at = child(parent, chance);
            let copy = parent.parts[at].clone();
            parent.parts.insert(at, copy);
        }
        2 => {
            let parent = any(root, chance, true);
            let (one, other) = (child(parent, chance), child(parent, chance));
            parent.parts.swap(one, other);
        }
        3 => {
            let names: Vec<&str> = Name::all().map(Name::qualified).collect();
            let element = any(root, chance, false);
            let prefix = element.name.split_once(':').map_or("", |(prefix, _)| prefix).to_owned();
            let known = *chance.one(&names);
            let (usual, local) = known.split_once(':').unwrap();
            if usual == prefix || chance.below(4) == 0 {
                element.name = if prefix.is_empty() { local.to_owned() } else { format!("{prefix}:{local}") };
            }
        }
        4..=6 => {
            let leaf = any_leaf(root, chance);
            let value = *chance.one(VALUES);
            // libxml2 alone passes over characters that Base64 does not have.
            let packed =
                |value: &str| value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/= ".contains(&byte));
            if !leaf.name.ends_with("BinaryObject") || packed(value) {
                leaf.parts = vec![Part::Text(value.to_owned())];
            }
        }
        7 => {
            let element = any_leaf(root, chance);
            if !element.attributes.is_empty() {
                let at = chance.below(element.attributes.len());
                if chance.below(2) == 0 {
                    element.attributes.remove(at);
                } else {
                    element.attributes[at].1 = attribute_value(chance);
                }
            }
        }
        8 => {
            let name = *chance.one(&[
                "currencyID",
                "unitCode",
                "schemeID",
                "schemeURI",
                "languageID",
                "listID",
                "listAgencyID",
                "listURI",
                "mimeCode",
                "format",
                "filename",
                "name",
                "uri",
                "unknown",
                "xml:lang",
            ]);
            assert!(Attribute::find("currencyID").is_some());
            let value = attribute_value(chance);
            let element = any(root, chance, false);
            if element.attributes.iter().all(|(own, _)| own != name) {
                element.attributes.push((name.to_owned(), value));
            }
        }
        9 => {
            let text = (*chance.one(&["x", " ", "&#160;", "<!-- c -->", "<?p?>", "<![CDATA[ ]]>"])).to_owned();
            let element = any(root, chance, false);
            // Not into a value: see `padded_date`, and above for Base64.
            if element.name.ends_with("BinaryObject") {
                return;
            }
            if element.parts.iter().any(|part| matches!(part, Part::Element(_))) || !text.contains(' ') {
                let at = chance.below(element.parts.len() + 1);
                element.parts.insert(at, Part::Text(text));
            }
        }
        10 => {
            // An element from elsewhere, or from another document.
            let other: &String = chance.one(others);
            let mut other = read(other);
            let found = any(&mut other, chance, false).clone();
            let element = any(root, chance, true);
            let at = chance.below(element.parts.len() + 1);
            element.parts.insert(at, Part::Element(found));
        }
        _ => {
            let element = any(root, chance, false);
            let foreign = "<y:foreign xmlns:y=\"urn:y\"><y:inner/></y:foreign>".to_owned();
            element.parts.push(Part::Text(foreign));
        }
    }
}

fn attribute_value(chance: &mut Chance) -> String {
    let value = *chance.one(VALUES);
    if value.contains('<') { "X".to_owned() } else { value.to_owned() }
}

fn child(parent: &Element, chance: &mut Chance) -> usize {
    let children: Vec<usize> =
        (0..parent.parts.len()).filter(|at| matches!(parent.parts[*at], Part::Element(_))).collect();
    *chance.one(&children)
}

/// Some element; only one with children, if asked.
fn any<'e>(root: &'e mut Element, chance: &mut Chance, with_children: bool) -> &'e mut Element {
    let fits =
        |element: &Element| !with_children || element.parts.iter().any(|part| matches!(part, Part::Element(_)));
    pick(root, chance, &fits)
}

fn any_leaf<'e>(root: &'e mut Element, chance: &mut Chance) -> &'e mut Element {
    pick(root, chance, &|element| !element.parts.iter().any(|part| matches!(part, Part::Element(_))))
}

fn pick<'e>(root: &'e mut Element, chance: &mut Chance, fits: &dyn Fn(&Element) -> bool) -> &'e mut Element {
    let count = number_of(root, fits);
    assert!(count > 0, "a document with such an element");
    let mut wanted = chance.below(count);
    nth(root, &mut wanted, fits).unwrap()
}

fn number_of(element: &Element, fits: &dyn Fn(&Element) -> bool) -> usize {
    let below: usize = element
        .parts
        .iter()
        .map(|part| match part {
            Part::Element(child) => number_of(child, fits),
            Part::Text(_) => 0,
        })
        .sum();
    below + usize::from(fits(element))
}

fn nth<'e>(
    element: &'e mut Element,
    wanted: &mut usize,
    fits: &dyn Fn(&Element) -> bool,
) -> Option<&'e mut Element> {
    if fits(element) {
        if *wanted == 0 {
            return Some(element);
        }
        *wanted -= 1;
    }
    for part in &mut element.parts {
        if let Part::Element(child) = part
            && let Some(found) = nth(child, wanted, fits)
        {
            return Some(found);
        }
    }
    None
}

fn read(document: &str) -> Element {
    let mut reader = Reader::from_str(document);
    let mut open: Vec<Element> = Vec::new();
    loop {
        match reader.read_event().unwrap() {
            Event::Start(tag) => open.push(element(&tag)),
            Event::Empty(tag) => {
                let part = Part::Element(element(&tag));
                open.last_mut().unwrap().parts.push(part);
            }
            Event::End(_) => {
                let closed = open.pop().unwrap();
                match open.last_mut() {
                    Some(parent) => parent.parts.push(Part::Element(closed)),
                    None => return closed,
                }
            }
            Event::Text(text) => {
                if let Some(parent) = open.last_mut() {
                    parent.parts.push(Part::Text(text.into_inner().into_owned()));
                }
            }
            Event::CData(text) => {
                let text = format!("<![CDATA[{}]]>", text.into_inner());
                open.last_mut().unwrap().parts.push(Part::Text(text));
            }
            Event::GeneralRef(reference) => {
                let text = format!("&{};", reference.into_inner());
                open.last_mut().unwrap().parts.push(Part::Text(text));
            }
            Event::Eof => panic!("a document that ends early"),
            _ => {}
        }
    }
}

fn element(tag: &quick_xml::events::BytesStart) -> Element {
    let attributes = tag.attributes().map(|attribute| {
        let attribute = attribute.unwrap();
        (attribute.key.into_inner().to_owned(), attribute.value.into_owned())
    });
    let attributes = attributes.collect();
    Element { name: tag.name().into_inner().to_owned(), attributes, parts: Vec::new() }
}

/// A date or time with blanks around it, without them; libxml2 alone calls it wrong.
fn padded_date(element: &Element) -> Option<&str> {
    let [Part::Text(text)] = element.parts.as_slice() else { return None };
    let date = text.trim();
    let dated = date.len() >= 8 && date.bytes().filter(|byte| matches!(byte, b'-' | b':')).count() >= 2;
    (dated && date.len() < text.len()).then_some(date)
}

fn write(element: &Element, text: &mut String) {
    text.push_str(&format!("<{}", element.name));
    for (name, value) in &element.attributes {
        text.push_str(&format!(" {name}=\"{value}\""));
    }
    text.push('>');
    if let Some(date) = padded_date(element) {
        text.push_str(date);
        text.push_str(&format!("</{}>", element.name));
        return;
    }
    for part in &element.parts {
        match part {
            Part::Text(piece) => text.push_str(piece),
            Part::Element(child) => write(child, text),
        }
    }
    text.push_str(&format!("</{}>", element.name));
}
