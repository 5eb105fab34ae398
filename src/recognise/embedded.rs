//! Files embedded in a PDF, whatever their name and whatever the metadata says about them.
//!
//! In: the structure of a PDF. Out: labels and bytes. Absent on purpose: choosing; a second "factur-x.xml" is
//! for the reader of invoices to stumble over.

use crate::error::{Error, Kind, Result};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};
use std::collections::HashSet;

/// An embedded file and what the PDF says of it.
pub struct File<'a> {
    /// A label, never a path.
    pub name: String,
    pub bytes: Vec<u8>,
    pub stream: &'a Stream,
    pub specification: &'a Dictionary,
}

/// Label and bytes of every embedded file.
pub fn files(structure: &Document) -> Result<Vec<(String, Vec<u8>)>> {
    Ok(with_specifications(structure)?.into_iter().map(|file| (file.name, file.bytes)).collect())
}

/// Every embedded file in the order of name tree, associated files, attachments on pages.
pub fn with_specifications(structure: &Document) -> Result<Vec<File<'_>>> {
    let mut found = Found { structure, streams: HashSet::new(), files: Vec::new(), bytes: 0 };
    let catalog = structure.catalog().map_err(|_| damaged())?;
    if let Some(tree) = dictionary(structure, catalog, b"Names")
        && let Some(root) = dictionary(structure, tree, b"EmbeddedFiles")
    {
        found.name_tree(root, &mut HashSet::new(), 0)?;
    }
    found.associated(catalog)?;
    for page in structure.page_iter() {
        if let Ok(page) = structure.get_dictionary(page) {
            found.associated(page)?;
            found.attachments(page)?;
        }
    }
    Ok(found.files)
}

const MOST_FILES: usize = 100;
const MOST_BYTES: usize = 50 << 20;
const MOST_BYTES_TOGETHER: usize = 100 << 20;

struct Found<'a> {
    structure: &'a Document,
    streams: HashSet<ObjectId>,
    files: Vec<File<'a>>,
    bytes: usize,
}

impl<'a> Found<'a> {
    fn name_tree(&mut self, node: &'a Dictionary, seen: &mut HashSet<ObjectId>, depth: usize) -> Result<()> {
        const DEEPEST: usize = 32;
        if depth > DEEPEST {
            return Ok(());
        }
        for pair in list(self.structure, node, b"Names").chunks(2) {
            if let [name, specification] = pair {
                let name = name.as_str().map(text).unwrap_or_default();
                self.specification(specification, &name)?;
            }
        }
        for kid in list(self.structure, node, b"Kids") {
            let fresh = kid.as_reference().map_or(true, |id| seen.insert(id));
            if let (true, Some(node)) =
                (fresh, resolved(self.structure, kid).and_then(|kid| kid.as_dict().ok()))
            {
                self.name_tree(node, seen, depth + 1)?;
            }
        }
        Ok(())
    }

    fn associated(&mut self, owner: &'a Dictionary) -> Result<()> {
        match owner.get_deref(b"AF", self.structure) {
            Ok(Object::Array(specifications)) => {
                for specification in specifications {
                    self.specification(specification, "")?;
                }
                Ok(())
            }
            Ok(single @ Object::Dictionary(_)) => self.specification(single, ""),
            _ => Ok(()),
        }
    }

    fn attachments(&mut self, page: &'a Dictionary) -> Result<()> {
        for note in list(self.structure, page, b"Annots") {
            let note = resolved(self.structure, note).and_then(|note| note.as_dict().ok());
            if let Some(note) = note
                && let Ok(specification) = note.get(b"FS")
            {
                self.specification(specification, "")?;
            }
        }
        Ok(())
    }

    /// One file specification; most name the same stream twice (`F` and `UF`).
    fn specification(&mut self, specification: &'a Object, fallback: &str) -> Result<()> {
        let Some(specification) = resolved(self.structure, specification).and_then(|s| s.as_dict().ok()) else {
            return Ok(());
        };
        let Some(files) = dictionary(self.structure, specification, b"EF") else { return Ok(()) };
        let name = [b"UF".as_slice(), b"F"].iter().find_map(|key| {
            specification.get_deref(key, self.structure).ok().and_then(|name| name.as_str().ok())
        });
        let label = label(name.map(text).as_deref().unwrap_or(fallback));
        for (_, file) in files.iter() {
            let fresh = file.as_reference().map_or(true, |id| self.streams.insert(id));
            if let (true, Some(Object::Stream(stream))) = (fresh, resolved(self.structure, file)) {
                self.keep(label.clone(), specification, stream)?;
            }
        }
        Ok(())
    }

    fn keep(&mut self, name: String, specification: &'a Dictionary, stream: &'a Stream) -> Result<()> {
        let room = MOST_BYTES.min(MOST_BYTES_TOGETHER - self.bytes);
        let bytes = match stream.get_plain_content_with_limit(room) {
            Ok(bytes) => bytes,
            Err(lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. })) => {
                return Err(too_large(format!("embedded files of more than {} MB", room >> 20)));
            }
            Err(_) => return Err(damaged()),
        };
        if self.files.len() == MOST_FILES {
            return Err(too_large(format!("more than {MOST_FILES} embedded files")));
        }
        self.bytes += bytes.len();
        self.files.push(File { name, bytes, stream, specification });
        Ok(())
    }
}

fn damaged() -> Error {
    Error::new(Kind::Damaged, "a file embedded in the PDF cannot be taken out")
        .hint("ask the sender to send it again")
}

fn too_large(what: String) -> Error {
    Error::new(Kind::TooLarge, format!("the PDF holds {what}")).hint("ask for its parts one by one")
}

fn resolved<'a>(structure: &'a Document, object: &'a Object) -> Option<&'a Object> {
    structure.dereference(object).ok().map(|(_, object)| object)
}

fn dictionary<'a>(structure: &'a Document, owner: &'a Dictionary, key: &[u8]) -> Option<&'a Dictionary> {
    owner.get_deref(key, structure).ok().and_then(|object| object.as_dict().ok())
}

fn list<'a>(structure: &'a Document, owner: &'a Dictionary, key: &[u8]) -> &'a [Object] {
    owner.get_deref(key, structure).and_then(Object::as_array).map_or(&[], Vec::as_slice)
}

/// A PDF text string: UTF-16 or UTF-8 with its mark, else one byte a character.
fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xfe, 0xff, rest @ ..] => {
            let units = rest.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
            char::decode_utf16(units).map(|unit| unit.unwrap_or('\u{fffd}')).collect()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        // Not allowed, but common; whatever is no UTF-8 is read byte by byte.
        _ => match std::str::from_utf8(bytes) {
            Ok(text) => text.to_owned(),
            Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0.into_owned(),
        },
    }
}

/// A label for people: one line, not endless.
fn label(name: &str) -> String {
    const LONGEST: usize = 255;
    let label: String = name.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    if label.trim().is_empty() { "unnamed".to_owned() } else { label }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_every_encoding_and_become_labels() {
        let rows: [(&[u8], &str); 5] = [
            (b"factur-x.xml", "factur-x.xml"),
            (b"\xfe\xff\x00R\x00\xfc", "R\u{fc}"),
            (b"\xef\xbb\xbfB\xc3\xbccher", "B\u{fc}cher"),
            (b"B\xfccher", "B\u{fc}cher"),
            (b"a\nb\0", "ab"),
        ];
        for (bytes, expected) in rows {
            assert_eq!(label(&text(bytes)), expected);
        }
        assert_eq!(label(" \n"), "unnamed");
        assert_eq!(label(&"x".repeat(5_000)).len(), 255);
    }
}
