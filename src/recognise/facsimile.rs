//! Pages of a PDF that show images and lines and nothing else, put together anew.
//!
//! In: the structure of a PDF. Out: pages in a [`Book`] that show the same and hold nothing besides: no hidden
//! text of an earlier reader, no links, no fonts, nothing active. Absent on purpose: pages with visible text,
//! colours we cannot answer for, or notes that people see; they are taken over as they are ([`super::copy`]).

use super::book::Book;
use super::copy::inherited;
use super::paper::sides_fit;
use super::plate::Plates;
use lopdf::content::{Content, Operation};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

/// Adds the page to the book. `None`: it shows something else, and nothing was added.
pub fn add(book: &mut Book, plates: &mut Plates, source: &Document, id: ObjectId) -> Option<ObjectId> {
    const LONGEST: usize = 1 << 20;
    let page = source.get_dictionary(id).ok()?;
    if shows_notes(source, page) || page.has(b"UserUnit") {
        return None;
    }
    let media = corners(source, page, b"MediaBox")?;
    let crop = corners(source, page, b"CropBox").unwrap_or(media);
    for corners in [media, crop] {
        if !sides_fit((corners[2] - corners[0]).abs(), (corners[3] - corners[1]).abs()) {
            return None;
        }
    }
    let content = Content::decode(&source.get_page_content_with_limit(id, LONGEST).ok()?).ok()?;
    let resources = inherited(source, page, b"Resources").and_then(|it| source.dereference(it).ok());
    let resources = resources.and_then(|(_, it)| it.as_dict().ok()).cloned().unwrap_or_default();
    let mut drawing =
        Drawing { source, operations: Vec::new(), images: Vec::new(), hidden: false, coloured: false };
    drawing.draw(&content.operations, &resources, 0)?;
    let Drawing { operations, images, coloured, .. } = drawing;
    let mut named = Dictionary::new();
    for (place, image) in images.iter().enumerate() {
        named.set(format!("Im{place}"), plates.place(book, source, *image)?);
    }
    book.coloured |= coloured;
    let mut kept = dictionary! {
        "Type" => "Page",
        "Parent" => book.root,
        "MediaBox" => numbers(media),
        "Resources" => dictionary! { "XObject" => named },
    };
    let cut = crop.iter().zip(media).any(|(crop, media)| crop.to_bits() != media.to_bits());
    if cut {
        kept.set("CropBox", numbers(crop));
    }
    let turned = inherited(source, page, b"Rotate").and_then(|it| source.dereference(it).ok());
    let turned = turned.and_then(|(_, it)| it.as_i64().ok()).unwrap_or(0).rem_euclid(360);
    if matches!(turned, 90 | 180 | 270) {
        kept.set("Rotate", turned);
    }
    let content = Content { operations }.encode().ok()?;
    kept.set("Contents", book.drawing(content));
    Some(book.target.add_object(kept))
}

fn numbers(corners: [f32; 4]) -> Vec<Object> {
    corners.map(Object::Real).to_vec()
}

fn corners(source: &Document, page: &Dictionary, key: &[u8]) -> Option<[f32; 4]> {
    let (_, list) = source.dereference(inherited(source, page, key)?).ok()?;
    let mut corners = [0.0; 4];
    let list = list.as_array().ok().filter(|list| list.len() == 4)?;
    for (corner, number) in corners.iter_mut().zip(list) {
        *corner = source.dereference(number).ok()?.1.as_float().ok()?;
    }
    Some(corners)
}

/// Whether the page bears notes that people see. Links show nothing, and a field for a signature belongs to
/// the original.
fn shows_notes(source: &Document, page: &Dictionary) -> bool {
    const HIDDEN_OR_NOT_VIEWED: i64 = 2 | 32;
    let notes = page.get_deref(b"Annots", source).and_then(Object::as_array).map_or(&[][..], Vec::as_slice);
    notes.iter().any(|note| {
        let Some(note) = source.dereference(note).ok().and_then(|(_, note)| note.as_dict().ok()) else {
            return false;
        };
        let name = |key| note.get_deref(key, source).and_then(Object::as_name).unwrap_or_default();
        let flags = note.get_deref(b"F", source).and_then(Object::as_i64).unwrap_or(0);
        let silent = matches!(name(b"Subtype"), b"Link" | b"Popup")
            || name(b"FT") == b"Sig"
            || flags & HIDDEN_OR_NOT_VIEWED != 0;
        !silent
    })
}

struct Drawing<'a> {
    source: &'a Document,
    /// What is kept.
    operations: Vec<Operation>,
    images: Vec<ObjectId>,
    /// Text is not shown at the moment.
    hidden: bool,
    coloured: bool,
}

impl Drawing<'_> {
    /// Keeps what may stay. `None` at the first thing that may not.
    fn draw(&mut self, operations: &[Operation], resources: &Dictionary, depth: usize) -> Option<()> {
        // Readers need not remember more than this (a limit of PDF/A).
        const DEEPEST: usize = 24;
        let mut kept_modes = Vec::new();
        for operation in operations {
            match operation.operator.as_str() {
                "q" => {
                    kept_modes.push(self.hidden);
                    if kept_modes.len() + depth > DEEPEST {
                        return None;
                    }
                    self.operations.push(operation.clone());
                }
                "Q" => {
                    // One too many is an error of the page; readers pass over it.
                    if let Some(mode) = kept_modes.pop() {
                        self.hidden = mode;
                        self.operations.push(operation.clone());
                    }
                }
                "cm" | "re" | "m" | "l" | "c" | "v" | "y" | "h" | "f" | "f*" | "F" | "S" | "s" | "B" | "B*"
                | "b" | "b*" | "n" | "W" | "W*" | "w" | "J" | "j" | "M" | "d" | "i" | "g" | "G" => {
                    self.operations.push(operation.clone());
                }
                "rg" | "RG" => {
                    self.coloured = true;
                    self.operations.push(operation.clone());
                }
                "Tr" => self.hidden = operation.operands.first().and_then(|mode| mode.as_i64().ok()) == Some(3),
                "Tj" | "TJ" | "'" | "\"" if self.hidden => {}
                "BT" | "ET" | "Td" | "TD" | "Tm" | "T*" | "Tc" | "Tw" | "Tz" | "TL" | "Tf" | "Ts" | "BMC"
                | "EMC" | "MP" | "DP" | "BX" | "EX" | "ri" => {}
                "BDC" => {
                    let layer = operation.operands.first().and_then(|tag| tag.as_name().ok()) == Some(b"OC");
                    if layer {
                        return None;
                    }
                }
                "gs" => {
                    let state = self.resource(resources, b"ExtGState", operation)?;
                    changes_nothing(self.source, state.1.as_dict().ok()?).then_some(())?;
                }
                "Do" => self.show(operation, resources, depth + kept_modes.len())?,
                _ => return None,
            }
        }
        for mode in kept_modes.into_iter().rev() {
            self.hidden = mode;
            self.operations.push(Operation::new("Q", Vec::new()));
        }
        Some(())
    }

    fn resource<'r>(
        &'r self,
        resources: &'r Dictionary,
        kind: &[u8],
        operation: &Operation,
    ) -> Option<(Option<ObjectId>, &'r Object)> {
        let named = resources.get_deref(kind, self.source).ok()?.as_dict().ok()?;
        let name = operation.operands.first()?.as_name().ok()?;
        self.source.dereference(named.get(name).ok()?).ok()
    }

    fn show(&mut self, operation: &Operation, resources: &Dictionary, depth: usize) -> Option<()> {
        let (id, shown) = self.resource(resources, b"XObject", operation)?;
        let (id, shown) = (id?, shown.as_stream().ok()?.clone());
        match shown.dict.get_deref(b"Subtype", self.source).ok()?.as_name().ok()? {
            b"Image" => {
                let place = self.images.iter().position(|image| *image == id);
                let place = place.unwrap_or_else(|| {
                    self.images.push(id);
                    self.images.len() - 1
                });
                let name = Object::Name(format!("Im{place}").into_bytes());
                self.operations.push(Operation::new("Do", vec![name]));
                Some(())
            }
            b"Form" => self.form(&shown, resources, depth),
            _ => None,
        }
    }

    /// What a form draws, as if the page drew it itself.
    fn form(&mut self, form: &Stream, outer: &Dictionary, depth: usize) -> Option<()> {
        const LONGEST: usize = 1 << 20;
        const MOST_OPERATIONS: usize = 20_000;
        let active = [b"OC".as_slice(), b"Ref", b"PS"].iter().any(|key| form.dict.has(key));
        if active || depth > 8 || self.operations.len() > MOST_OPERATIONS {
            return None;
        }
        let number = |object: &Object| self.source.dereference(object).ok()?.1.as_float().ok();
        let list = |key: &[u8]| -> Option<Vec<f32>> {
            form.dict.get_deref(key, self.source).ok()?.as_array().ok()?.iter().map(number).collect()
        };
        let (matrix, window) = (list(b"Matrix"), list(b"BBox")?);
        let [left, bottom, right, top] = *window.first_chunk::<4>()?;
        let reals = |numbers: &[f32]| numbers.iter().map(|number| Object::Real(*number)).collect::<Vec<_>>();
        let resources = form.dict.get_deref(b"Resources", self.source).and_then(Object::as_dict);
        let resources = resources.unwrap_or(outer).clone();
        let content = Content::decode(&form.get_plain_content_with_limit(LONGEST).ok()?).ok()?;
        self.operations.push(Operation::new("q", Vec::new()));
        if let Some(matrix) = matrix {
            self.operations.push(Operation::new("cm", reals(matrix.first_chunk::<6>()?)));
        }
        let window = [left, bottom, right - left, top - bottom];
        for (operator, operands) in [("re", reals(&window)), ("W", Vec::new()), ("n", Vec::new())] {
            self.operations.push(Operation::new(operator, operands));
        }
        let hidden = self.hidden;
        self.draw(&content.operations, &resources, depth + 1)?;
        self.hidden = hidden;
        self.operations.push(Operation::new("Q", Vec::new()));
        Some(())
    }
}

/// A graphics state that leaves images and lines as they are.
fn changes_nothing(source: &Document, state: &Dictionary) -> bool {
    state.iter().all(|(key, value)| {
        let value = source.dereference(value).map(|(_, value)| value).unwrap_or(value);
        match key.as_slice() {
            b"Type" | b"OP" | b"op" | b"OPM" | b"SM" | b"SA" | b"FL" | b"RI" | b"AIS" | b"TK" => true,
            b"CA" | b"ca" => value.as_float().is_ok_and(|opacity| opacity >= 1.0),
            b"BM" => value.as_name().is_ok_and(|mode| matches!(mode, b"Normal" | b"Compatible")),
            b"SMask" => value.as_name().is_ok_and(|mask| mask == b"None"),
            _ => false,
        }
    })
}

/// Whether the document bears an electronic signature.
pub fn is_signed(source: &Document) -> bool {
    source.objects.values().any(|object| {
        object.as_dict().is_ok_and(|entries| entries.has(b"ByteRange") && entries.has(b"Contents"))
    })
}
