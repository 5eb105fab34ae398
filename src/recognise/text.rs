//! Text as it stands on pages.

use super::Origin;
use crate::job::ContentHash;
use serde::{Deserialize, Serialize};

/// What reading a document gave: its text and the files that were embedded in it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Reading {
    pub text: Text,
    /// Files embedded in a PDF (label, SHA-256 in the content store, bytes).
    pub embedded: Vec<EmbeddedFile>,
    /// What the file says about its making.
    #[serde(default)]
    pub origin: Origin,
    /// The OCR engine and its language, where it was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
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
    /// A separator sheet whose code could not be read, and what gave it away.
    UnreadSeparator(Trace),
}

/// What a separator sheet was recognised by, although nothing on it could be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trace {
    /// Bars of a patch that are damaged.
    Patch,
    /// A patch that divides nothing.
    OtherPatch,
    /// A code that cannot be read, on a page that is nearly empty.
    Code,
    /// Its title.
    Title,
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
    /// Degrees by which its lines fell to the right after turning; removed for reading.
    #[serde(default)]
    pub skew: f32,
    /// In reading order.
    pub words: Vec<Word>,
    /// Machine-readable codes that are no separators.
    #[serde(default)]
    pub codes: Vec<Code>,
    /// A sticker, patch or code on it says that a document begins here.
    #[serde(default)]
    pub begins: bool,
    /// Words of the text layer that nobody can see, and that were therefore left out.
    #[serde(default)]
    pub unseen: Unseen,
    /// Milliseconds the OCR engine took; 0 where it was not asked.
    #[serde(default)]
    pub ocr_ms: u32,
}

/// A code on a page, such as a GiroCode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Code {
    pub symbology: Symbology,
    /// What it says, at most 1,000 characters.
    pub text: String,
    /// Left, top, width, height in points from the top left corner of the upright page.
    pub area: [f32; 4],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Symbology {
    Qr,
    Code128,
    DataMatrix,
}

/// Words of a text layer that stand where no reader sees them, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Unseen {
    /// Drawn in the mode that shows nothing.
    pub hidden: u32,
    /// Drawn in the colour of the paper, or nearly so.
    pub pale: u32,
    /// Beyond the edge of the page.
    pub outside: u32,
    /// Cut away by a clipping path.
    pub clipped: u32,
}

impl Page {
    /// A page without words. Width and height in points.
    pub fn empty(number: u32, kind: PageKind, (width, height): (f32, f32)) -> Self {
        Self {
            number,
            kind,
            turned: 0,
            width,
            height,
            skew: 0.0,
            words: Vec::new(),
            codes: Vec::new(),
            begins: false,
            unseen: Unseen::default(),
            ocr_ms: 0,
        }
    }

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
