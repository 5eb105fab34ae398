//! Some pages of a PDF as a PDF of their own.
//!
//! In: the structure of a PDF and page numbers. Out: a fresh structure with what these pages need to be shown.
//! Absent on purpose: outlines, forms, signatures, scripts, attachments, dates, random ids; the same pages give the same
//! bytes.

use crate::error::{Error, Kind, Result};
use lopdf::{Dictionary, Document, Object, ObjectId, dictionary};
use std::collections::{HashMap, HashSet, VecDeque};

/// A fresh document with these pages (from 1) in their order, and their ids in it.
pub fn pages(source: &Document, numbers: &[u32]) -> Result<(Document, Vec<ObjectId>)> {
    let all = source.get_pages();
    let mut wanted = Vec::with_capacity(numbers.len());
    for number in numbers {
        let page = all.get(number).copied();
        wanted.push(page.ok_or_else(|| Error::new(Kind::Internal, format!("the PDF has no page {number}")))?);
    }
    let mut target = Document::with_version(source.version.clone());
    let root = target.new_object_id();
    let mut copier = Copier {
        source,
        target,
        pages: all.into_values().collect(),
        places: HashMap::new(),
        waiting: VecDeque::new(),
    };
    let kids: Vec<ObjectId> = wanted.iter().map(|page| copier.place_of_page(*page)).collect();
    for (page, place) in wanted.iter().zip(&kids) {
        let page = copier.page(*page, root);
        copier.target.set_object(*place, page);
    }
    let layers = source.catalog().ok().and_then(|catalog| catalog.get(b"OCProperties").ok());
    let layers = layers.map(|layers| copier.object(layers));
    copier.finish();
    Ok((closed(copier.target, root, &kids, layers), kids))
}

/// Gives a document its page tree and catalog.
pub fn closed(mut target: Document, root: ObjectId, kids: &[ObjectId], layers: Option<Object>) -> Document {
    let list: Vec<Object> = kids.iter().map(|kid| Object::Reference(*kid)).collect();
    let tree = dictionary! { "Type" => "Pages", "Count" => list.len() as i64, "Kids" => list };
    target.set_object(root, tree);
    let mut catalog = dictionary! { "Type" => "Catalog", "Pages" => root };
    if let Some(layers) = layers {
        catalog.set("OCProperties", layers);
    }
    let catalog = target.add_object(catalog);
    target.trailer.set("Root", catalog);
    target
}

/// The bytes of a document.
pub fn bytes(mut document: Document) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    document
        .save_to(&mut bytes)
        .map_err(|error| Error::new(Kind::Internal, format!("writing a PDF failed: {error}")))?;
    Ok(bytes)
}

/// What a page takes over from the nodes above it.
const INHERITED: [&[u8]; 4] = [b"Resources", b"MediaBox", b"CropBox", b"Rotate"];

/// An entry of a page, its own or inherited.
pub fn inherited<'a>(source: &'a Document, page: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
    const DEEPEST: usize = 64;
    let mut node = page;
    for _ in 0..DEEPEST {
        if let Ok(value) = node.get(key) {
            return Some(value);
        }
        node = node.get_deref(b"Parent", source).ok()?.as_dict().ok()?;
    }
    None
}

struct Copier<'a> {
    source: &'a Document,
    target: Document,
    /// Every page of the source; one that is not wanted is not dragged along by a link to it.
    pages: HashSet<ObjectId>,
    places: HashMap<ObjectId, ObjectId>,
    waiting: VecDeque<ObjectId>,
}

impl Copier<'_> {
    /// A page wanted twice is copied twice.
    fn place_of_page(&mut self, page: ObjectId) -> ObjectId {
        let place = self.target.new_object_id();
        self.places.entry(page).or_insert(place);
        place
    }

    fn page(&mut self, id: ObjectId, root: ObjectId) -> Dictionary {
        const LEFT_BEHIND: [&[u8]; 10] = [
            b"Parent",
            b"B",
            b"StructParents",
            b"PieceInfo",
            b"Metadata",
            b"AA",
            b"AF",
            b"Thumb",
            b"Trans",
            b"PresSteps",
        ];
        let Ok(page) = self.source.get_dictionary(id) else {
            // The source names a page that is not there: it is shown blank, as readers do.
            return dictionary! { "Type" => "Page", "Parent" => root, "MediaBox" => a4() };
        };
        let mut copy = dictionary! { "Type" => "Page", "Parent" => root };
        for (key, value) in page.iter() {
            if !LEFT_BEHIND.contains(&key.as_slice()) && !INHERITED.contains(&key.as_slice()) {
                copy.set(key.clone(), self.object(value));
            }
        }
        for key in INHERITED {
            if let Some(value) = inherited(self.source, page, key) {
                copy.set(key, self.object(value));
            }
        }
        if !copy.has(b"MediaBox") {
            copy.set("MediaBox", a4());
        }
        copy
    }

    /// An object with its references led to the copies.
    fn object(&mut self, object: &Object) -> Object {
        match object {
            Object::Reference(id) => self.reference(*id),
            Object::Array(items) => Object::Array(items.iter().map(|item| self.object(item)).collect()),
            Object::Dictionary(entries) => Object::Dictionary(self.entries(entries)),
            Object::Stream(stream) => {
                let mut copy = stream.clone();
                copy.dict = self.entries(&stream.dict);
                copy.dict.set("Length", copy.content.len() as i64);
                Object::Stream(copy)
            }
            plain => plain.clone(),
        }
    }

    fn entries(&mut self, entries: &Dictionary) -> Dictionary {
        let mut copy = Dictionary::new();
        for (key, value) in entries.iter() {
            let active = matches!(key.as_slice(), b"JS" | b"AA");
            if !active && !self.is_signature(value) {
                copy.set(key.clone(), self.object(value));
            }
        }
        copy
    }

    /// A signature holds for the bytes of the source only.
    fn is_signature(&self, value: &Object) -> bool {
        let value = self.source.dereference(value).and_then(|(_, value)| value.as_dict());
        value.is_ok_and(|entries| entries.has(b"ByteRange"))
    }

    fn reference(&mut self, id: ObjectId) -> Object {
        if let Some(place) = self.places.get(&id) {
            return Object::Reference(*place);
        }
        if self.pages.contains(&id) || !self.source.has_object(id) {
            return Object::Null;
        }
        let place = self.target.new_object_id();
        self.places.insert(id, place);
        self.waiting.push_back(id);
        Object::Reference(place)
    }

    fn finish(&mut self) {
        while let Some(id) = self.waiting.pop_front() {
            let source = self.source;
            if let (Ok(object), Some(place)) = (source.get_object(id), self.places.get(&id).copied()) {
                let copy = self.object(object);
                self.target.set_object(place, copy);
            }
        }
    }
}

fn a4() -> Vec<Object> {
    [0, 0, 595, 842].map(Object::Integer).to_vec()
}
