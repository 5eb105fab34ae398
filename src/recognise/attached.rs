//! Attachments of a PDF that its searchable copy keeps.
//!
//! In: the structure of the source. Out: [`Attachment`]s with what the source says of them. Absent on purpose:
//! judging them; they are labels and bytes.

use super::embedded::{self, File};
use crate::error::Result;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};

pub struct Attachment {
    name: String,
    bytes: Vec<u8>,
    /// How it belongs to the document, in the words of the format ("Alternative").
    relation: Vec<u8>,
    media_type: Vec<u8>,
    /// When the source says it was last changed.
    modified: Option<Object>,
}

/// Every file embedded in the source.
pub fn attachments(source: &Document) -> Result<Vec<Attachment>> {
    Ok(embedded::with_specifications(source)?.into_iter().map(|file| of(source, file)).collect())
}

fn of(source: &Document, file: File<'_>) -> Attachment {
    const RELATIONS: [&[u8]; 5] = [b"Source", b"Data", b"Alternative", b"Supplement", b"Unspecified"];
    let named = |owner: &Dictionary, key| match owner.get_deref(key, source) {
        Ok(Object::Name(name)) => Some(name.clone()),
        _ => None,
    };
    let relation = named(file.specification, b"AFRelationship");
    let relation = relation.filter(|name| RELATIONS.contains(&name.as_slice()));
    let media_type = named(&file.stream.dict, b"Subtype").filter(|name| is_media_type(name));
    let modified = file.stream.dict.get_deref(b"Params", source).and_then(Object::as_dict);
    let modified = modified.and_then(|about| about.get_deref(b"ModDate", source)).ok();
    Attachment {
        relation: relation.unwrap_or_else(|| b"Unspecified".to_vec()),
        media_type: media_type.unwrap_or_else(|| guessed_type(&file.name, &file.bytes)),
        modified: modified.filter(|date| date.as_str().is_ok_and(is_date)).cloned(),
        name: file.name,
        bytes: file.bytes,
    }
}

fn is_media_type(name: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/+-._".contains(byte);
    name.len() <= 100 && name.iter().filter(|byte| **byte == b'/').count() == 1 && name.iter().all(plain)
}

fn is_date(text: &[u8]) -> bool {
    text.starts_with(b"D:") && text.len() <= 30 && text.is_ascii()
}

fn guessed_type(name: &str, bytes: &[u8]) -> Vec<u8> {
    let xml = name.to_ascii_lowercase().ends_with(".xml") || bytes.starts_with(b"<?xml");
    if xml { b"text/xml".to_vec() } else { b"application/octet-stream".to_vec() }
}

impl Attachment {
    /// Adds the file and its specification; the answer is the specification.
    pub fn add_to(self, target: &mut Document) -> lopdf::Result<ObjectId> {
        let mut about = dictionary! { "Size" => self.bytes.len() as i64 };
        if let Some(date) = self.modified {
            about.set("ModDate", date);
        }
        let mut stream = Stream::new(
            dictionary! { "Type" => "EmbeddedFile", "Subtype" => Object::Name(self.media_type), "Params" => about },
            self.bytes,
        );
        stream.compress()?;
        let stream = target.add_object(stream);
        let name = text(&self.name);
        Ok(target.add_object(dictionary! {
            "Type" => "Filespec",
            "F" => name.clone(),
            "UF" => name,
            "EF" => dictionary! { "F" => stream, "UF" => stream },
            "AFRelationship" => Object::Name(self.relation),
        }))
    }
}

/// A text string of a PDF: ASCII as it is, everything else in UTF-16.
fn text(text: &str) -> Object {
    if text.is_ascii() {
        return Object::String(text.as_bytes().to_vec(), StringFormat::Literal);
    }
    let units = std::iter::once(0xfeff).chain(text.encode_utf16());
    Object::String(units.flat_map(u16::to_be_bytes).collect(), StringFormat::Hexadecimal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_media_type_counts_as_one() {
        let rows = [
            ("text/xml", true),
            ("application/vnd.oasis.opendocument.text", true),
            ("xml", false),
            ("text/xml; charset=x", false),
            ("a/b/c", false),
        ];
        for (name, expected) in rows {
            assert_eq!(is_media_type(name.as_bytes()), expected, "{name}");
        }
        assert_eq!(guessed_type("Factur-X.XML", b""), b"text/xml");
        assert_eq!(guessed_type("bild", b"\x89PNG"), b"application/octet-stream");
    }
}
