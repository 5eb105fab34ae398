//! What a scan says about its making: device, program, person, time.
//!
//! In: an opened file. Out: [`Origin`], labels of one line. Absent on purpose: believing it; a file can say
//! anything, and whoever reads the transfer note is told so.

use lopdf::{Document, Object};
use serde::{Deserialize, Serialize};
use std::io::Cursor;
use tiff::decoder::{Decoder, Limits};
use tiff::tags::Tag;

/// Labels as they stand in the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Origin {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// As the file writes it; it need not be a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
}

/// The tags of the first image of a TIFF.
pub fn of_tiff(bytes: &[u8]) -> Origin {
    let mut limits = Limits::default();
    limits.ifd_value_size = 64 << 10;
    let Ok(decoder) = Decoder::new(Cursor::new(bytes)) else { return Origin::default() };
    let mut decoder = decoder.with_limits(limits);
    let mut tag = |tag: Tag| decoder.get_tag_ascii_string(tag).ok().and_then(|text| label(&text));
    let (make, model) = (tag(Tag::Make), tag(Tag::Model));
    let device = match (make, model) {
        (Some(make), Some(model)) if !model.starts_with(&make) => label(&format!("{make} {model}")),
        (make, model) => model.or(make),
    };
    Origin { device, program: tag(Tag::Software), person: tag(Tag::Artist), time: tag(Tag::DateTime) }
}

/// The information dictionary of a PDF.
pub fn of_pdf(structure: &Document) -> Origin {
    let Ok(facts) = structure.trailer.get_deref(b"Info", structure).and_then(Object::as_dict) else {
        return Origin::default();
    };
    let entry = |key: &[u8]| {
        let text = facts.get_deref(key, structure).ok()?;
        label(&lopdf::decode_text_string(text).ok()?)
    };
    Origin {
        device: entry(b"Creator"),
        program: entry(b"Producer"),
        person: None,
        time: entry(b"CreationDate"),
    }
}

/// One line of at most 120 characters.
fn label(text: &str) -> Option<String> {
    const LONGEST: usize = 120;
    let visible: String = text.chars().take(2_000).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let label: String = words.chars().take(LONGEST).collect();
    (!label.is_empty()).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lopdf::dictionary;

    #[test]
    fn labels_are_one_short_line() {
        assert_eq!(label(" Scanner\u{0}\n 7 "), Some("Scanner 7".to_owned()));
        assert_eq!(label("\u{7}\n"), None);
        assert_eq!(label(&"x".repeat(500)).unwrap().len(), 120);
    }

    #[test]
    fn a_pdf_names_its_scanner() {
        let mut structure = Document::with_version("1.5");
        let info = structure.add_object(dictionary! {
            "Creator" => Object::string_literal("ScanStation 9"), "Producer" => Object::string_literal("Kofax"),
        });
        structure.trailer.set("Info", info);
        let origin = of_pdf(&structure);
        assert_eq!(
            (origin.device.as_deref(), origin.program.as_deref()),
            (Some("ScanStation 9"), Some("Kofax"))
        );
        assert_eq!(of_tiff(b"II*\0garbage"), Origin::default());
    }
}
