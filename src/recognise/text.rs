//! Text as it stands on pages.

use crate::job::ContentHash;
use serde::{Deserialize, Serialize};

/// What reading a document gave: its text and the files that were embedded in it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Reading {
    pub text: Text,
    /// Files embedded in a PDF (label, SHA-256 in the content store, bytes).
    pub embedded: Vec<EmbeddedFile>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmbeddedFile {
    /// A label, never a path.
    pub name: String,
    pub content: ContentHash,
    /// Bytes.
    pub size: u64,
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Text {
    pub pages: Vec<Page>,
}

impl Text {
    /// All words in reading order, lines separated by line feeds, pages by form feeds.
    pub fn plain(&self) -> String {
        self.pages.iter().map(Page::plain).collect::<Vec<_>>().join("\u{c}")
    }
}

/// What a page turned out to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageKind {
    /// The text layer of a born-digital page was good and was taken.
    Layer,
    /// The image was read by OCR.
    Ocr,
    /// No ink worth reading.
    Blank,
    /// A separator sheet, with its payload.
    Separator(String),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// Page of the source, from 1.
    pub number: u32,
    pub kind: PageKind,
    /// Degrees clockwise (0, 90, 180, 270) by which the page was turned to stand upright. Everything below
    /// is given as it stands then.
    #[serde(default)]
    pub turned: u16,
    /// Points (1/72 inch).
    pub width: f32,
    /// Points (1/72 inch).
    pub height: f32,
    /// In reading order.
    pub words: Vec<Word>,
}

impl Page {
    pub fn plain(&self) -> String {
        let mut plain = String::new();
        let mut line = None;
        for word in &self.words {
            match line {
                Some(same) if same == word.line => plain.push(' '),
                Some(_) => plain.push('\n'),
                None => {}
            }
            line = Some(word.line);
            plain.push_str(&word.text);
        }
        plain
    }
}

/// One word, its box in points from the top left corner of the page, and how surely it was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Word {
    pub text: String,
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    /// 0 to 1; a text layer counts as 1.
    pub confidence: f32,
    /// Number of the line on its page, growing from top to bottom.
    pub line: u32,
}
