//! A searchable copy as a whole: what it says of itself, and what an archive asks of it (PDF/A-2b, PDF/A-3b
//! with attachments).
//!
//! In: pages, and what is known of the source. Out: the bytes of a PDF that depend on nothing else. Absent on
//! purpose: dates (the same document gives the same copy), forms, signatures, scripts, anything active.
//!
//! The copy is called PDF/A only when every page was put together here from parts that were looked at; pages
//! taken over as they were may hold anything, so a copy with one of them makes no such claim.

use super::attached::Attachment;
use super::colour;
use crate::error::{Error, Kind, Result};
use crate::job::ContentHash;
use lopdf::{
    Dictionary, Document, Object, ObjectId, ObjectStreamConfig, SaveOptions, Stream, StringFormat, dictionary,
};
use sha2::{Digest, Sha256};
use std::collections::HashSet;

pub struct Book {
    pub target: Document,
    /// The page tree, written last.
    pub root: ObjectId,
    /// Some page shows colours.
    pub coloured: bool,
    /// Nothing so far speaks against calling it PDF/A.
    pub fits_archive: bool,
    /// Drawings of pages that were put together here, each of its page alone.
    pub drawings: HashSet<ObjectId>,
    cmyk: Option<ObjectId>,
}

/// What the copy was made of.
pub struct Origin {
    pub content: ContentHash,
    /// It carries an electronic signature.
    pub signed: bool,
}

impl Book {
    pub fn new() -> Self {
        let mut target = Document::with_version("1.7");
        let root = target.new_object_id();
        Self { target, root, coloured: false, fits_archive: true, drawings: HashSet::new(), cmyk: None }
    }

    /// Pages of a PDF as they were, which may hold anything.
    pub fn of_pages_as_they_are((target, kids): (Document, Vec<ObjectId>)) -> (Self, Vec<ObjectId>) {
        let root = target.catalog().and_then(|catalog| catalog.get(b"Pages")).and_then(Object::as_reference);
        let root = root.unwrap_or_default();
        let book =
            Self { target, root, coloured: true, fits_archive: false, drawings: HashSet::new(), cmyk: None };
        (book, kids)
    }

    /// Adds what a page draws.
    pub fn drawing(&mut self, operators: Vec<u8>) -> ObjectId {
        let id = self.target.add_object(Stream::new(Dictionary::new(), operators));
        self.drawings.insert(id);
        id
    }

    /// Puts one page in the place of another.
    pub fn replace(&mut self, page: ObjectId, by: ObjectId) -> Result<()> {
        let new = self.target.get_dictionary(by).map_err(not_written)?.clone();
        self.target.set_object(page, new);
        self.target.objects.remove(&by);
        Ok(())
    }

    /// The profile of images in four inks.
    pub fn cmyk(&mut self) -> Result<ObjectId> {
        if let Some(id) = self.cmyk {
            return Ok(id);
        }
        let id = self.packed(dictionary! { "N" => 4 }, colour::cmyk())?;
        self.cmyk = Some(id);
        Ok(id)
    }

    fn packed(&mut self, entries: Dictionary, bytes: Vec<u8>) -> Result<ObjectId> {
        let mut stream = Stream::new(entries, bytes);
        stream.compress().map_err(not_written)?;
        Ok(self.target.add_object(stream))
    }

    /// The finished copy. The catalog and the page tree stand already.
    pub fn sealed(mut self, origin: &Origin, attachments: Vec<Attachment>) -> Result<Vec<u8>> {
        let level = match (self.fits_archive, attachments.is_empty()) {
            (false, _) => None,
            (true, true) => Some(2),
            (true, false) => Some(3),
        };
        let entries = dictionary! { "Type" => "Metadata", "Subtype" => "XML" };
        // Unpacked, so that what the copy is can be read with the simplest means.
        let packet = packet(origin, level).into_bytes();
        let metadata = self.target.add_object(Stream::new(entries, packet).with_compression(false));
        let intent = if level.is_some() { Some(self.intent()?) } else { None };
        let files = self.attach(attachments)?;
        let catalog = self.target.catalog_mut().map_err(not_written)?;
        catalog.set("Metadata", metadata);
        catalog.set("ViewerPreferences", dictionary! { "DisplayDocTitle" => true });
        if let Some(intent) = intent {
            catalog.set("OutputIntents", vec![intent]);
        }
        if !files.is_empty() {
            let names: Vec<Object> = files.iter().flat_map(|(name, id)| [name.clone(), (*id).into()]).collect();
            catalog.set("Names", dictionary! { "EmbeddedFiles" => dictionary! { "Names" => names } });
            catalog.set("AF", files.into_iter().map(|(_, id)| id.into()).collect::<Vec<Object>>());
        }
        let info = self.target.add_object(dictionary! { "Title" => Object::string_literal(TITLE) });
        self.target.trailer.set("Info", info);
        self.written(origin)
    }

    /// Colours that say nothing of themselves are meant like this.
    fn intent(&mut self) -> Result<Object> {
        let (name, parts, profile) =
            if self.coloured { ("sRGB", 3, colour::srgb()) } else { ("Gray", 1, colour::gray()) };
        let profile = self.packed(dictionary! { "N" => parts }, profile)?;
        Ok(Object::Dictionary(dictionary! {
            "Type" => "OutputIntent",
            "S" => "GTS_PDFA1",
            "OutputConditionIdentifier" => Object::string_literal(name),
            "DestOutputProfile" => profile,
        }))
    }

    /// Adds the files; their keys for the name tree are in order.
    fn attach(&mut self, attachments: Vec<Attachment>) -> Result<Vec<(Object, ObjectId)>> {
        let mut files = Vec::with_capacity(attachments.len());
        for (place, attachment) in attachments.into_iter().enumerate() {
            let id = attachment.add_to(&mut self.target).map_err(not_written)?;
            let key = Object::String(format!("{place:03}").into_bytes(), StringFormat::Literal);
            files.push((key, id));
        }
        Ok(files)
    }

    fn written(mut self, origin: &Origin) -> Result<Vec<u8>> {
        // What the copy is made of identifies it; the second half changes with what we make of it.
        let mut hasher = Sha256::new();
        for (id, object) in &self.target.objects {
            hasher.update(format!("{id:?}{object:?}"));
        }
        let made: [u8; 32] = hasher.finalize().into();
        let half = |bytes: &[u8]| Object::String(bytes[..16].to_vec(), StringFormat::Hexadecimal);
        self.target.trailer.set("ID", vec![half(origin.content.bytes()), half(&made)]);
        for object in self.target.objects.values_mut() {
            if let Object::Stream(stream) = object
                && stream.content.ends_with(b"\r")
            {
                // No packing minds a zero behind its end.
                stream.content.push(0);
                stream.dict.set("Length", stream.content.len() as i64);
            }
        }
        // Another packing of the objects ends otherwise.
        for level in [9, 6, 3] {
            let bytes = self.saved(level)?;
            if !bytes.windows(CLOUDED_END.len()).any(|window| window == CLOUDED_END) {
                return Ok(bytes);
            }
        }
        self.saved(0)
    }

    fn saved(&mut self, level: u32) -> Result<Vec<u8>> {
        let objects = ObjectStreamConfig { compression_level: level, ..ObjectStreamConfig::default() };
        let options = SaveOptions {
            use_object_streams: true,
            use_xref_streams: true,
            object_stream_config: objects,
            ..SaveOptions::default()
        };
        let mut bytes = Vec::new();
        self.target.save_with_options(&mut bytes, options).map_err(not_written)?;
        Ok(bytes)
    }
}

/// A stream whose last byte looks like a part of the line end behind it, which strict readers stumble over.
const CLOUDED_END: &[u8] = b"\r\nendstream";

fn not_written(error: impl std::fmt::Display) -> Error {
    Error::new(Kind::Internal, format!("writing a PDF failed: {error}"))
}

const TITLE: &str = "Durchsuchbare Kopie, kein Original";
const SIGNED: &str = "Das Original ist elektronisch signiert; die Signatur gilt nur dort.";

/// What the copy says of itself. The prefixes and names are those an archive knows.
fn packet(origin: &Origin, level: Option<u8>) -> String {
    let claim = level.map(|part| {
        format!(
            "<rdf:Description rdf:about=\"\" xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\">\
             <pdfaid:part>{part}</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>\n"
        )
    });
    let claim = claim.unwrap_or_default();
    let in_language = |name, text| {
        format!("<dc:{name}><rdf:Alt><rdf:li xml:lang=\"x-default\">{text}</rdf:li></rdf:Alt></dc:{name}>\n")
    };
    let title = in_language("title", TITLE);
    let signed = if origin.signed { in_language("description", SIGNED) } else { String::new() };
    let source = origin.content;
    format!(
        r#"<?xpacket begin="{BYTE_ORDER_MARK}" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
{claim}<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
{title}{signed}<dc:source>sha256:{source}</dc:source>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"#
    )
}

const BYTE_ORDER_MARK: char = '\u{feff}';

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_says_what_it_is_and_claims_no_more() {
        let content = ContentHash::of(b"original");
        for (signed, level, claims) in [(false, None, false), (true, Some(2), true), (true, Some(3), true)] {
            let origin = Origin { content, signed };
            let packet = packet(&origin, level);
            assert!(packet.contains(TITLE) && packet.contains(&content.hex()));
            assert_eq!(packet.contains("Signatur gilt nur dort"), signed);
            assert_eq!(packet.contains("pdfaid:part>"), claims);
        }
    }
}
