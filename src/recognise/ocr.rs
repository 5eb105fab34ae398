//! OCR: a picture in, words with boxes and confidence out. The engine is loaded once per child.
//!
//! Absent on purpose: dictionaries and corrections of our own.

use crate::error::{Error, Kind, Result};
use image::GrayImage;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tesseract::{PageSegMode, Tesseract};

pub struct Engine {
    loaded: Option<Tesseract>,
    /// Spent reading since somebody asked.
    spent: Duration,
}

/// What was read in one pass.
#[derive(Default)]
pub struct Seen {
    pub words: Vec<SeenWord>,
}

/// A word in pixels of the picture that was read.
pub struct SeenWord {
    pub text: String,
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
    /// 0 to 1.
    pub confidence: f32,
    /// Block, paragraph and line, as the engine counts them.
    pub line: (u32, u32, u32),
}

pub const LANGUAGE: &str = "deu";

impl Engine {
    pub fn load() -> Result<Self> {
        let engine = Tesseract::new(None, Some(LANGUAGE)).map_err(|_| {
            Error::new(Kind::Settings, format!("the OCR model {LANGUAGE:?} cannot be loaded"))
                .hint("install tesseract-ocr-deu, or point TESSDATA_PREFIX to its folder")
        })?;
        Ok(Self { loaded: Some(engine), spent: Duration::ZERO })
    }

    /// A page, or a part of one.
    pub fn read(&mut self, gray: &GrayImage, dpi: f32) -> Result<Seen> {
        self.seen(gray, dpi, PageSegMode::PsmAuto)
    }

    /// A picture of a single line.
    pub fn read_line(&mut self, gray: &GrayImage, dpi: f32) -> Result<Seen> {
        self.seen(gray, dpi, PageSegMode::PsmSingleLine)
    }

    fn seen(&mut self, gray: &GrayImage, dpi: f32, mode: PageSegMode) -> Result<Seen> {
        let begin = Instant::now();
        let table = self.table(gray, dpi.round() as i32, mode);
        self.spent += begin.elapsed();
        let table = table.map_err(|_| {
            Error::new(Kind::Crashed, "the OCR engine failed on a page")
                .hint("open the original and enter it by hand")
        })?;
        Ok(Seen { words: table.lines().filter_map(word).collect() })
    }

    /// Milliseconds spent reading since this was asked last.
    pub fn take_ms(&mut self) -> u32 {
        std::mem::take(&mut self.spent).as_millis().try_into().unwrap_or(u32::MAX)
    }

    fn table(
        &mut self,
        gray: &GrayImage,
        dpi: i32,
        mode: PageSegMode,
    ) -> std::result::Result<String, tesseract::TesseractError> {
        let mut engine = match self.loaded.take() {
            Some(engine) => engine,
            None => Tesseract::new(None, Some(LANGUAGE))?,
        };
        engine.set_page_seg_mode(mode);
        let (width, height) = (gray.width() as i32, gray.height() as i32);
        let mut engine =
            engine.set_frame(gray.as_raw(), width, height, 1, width)?.set_source_resolution(dpi).recognize()?;
        let table = engine.get_tsv_text(0)?;
        self.loaded = Some(engine);
        Ok(table)
    }
}

impl Seen {
    /// Mean over the characters of all words, 0 to 1; 0 without words.
    pub fn confidence(&self) -> f32 {
        let (mut sum, mut characters) = (0.0, 0.0);
        for word in &self.words {
            let length = word.text.chars().count() as f32;
            sum += word.confidence * length;
            characters += length;
        }
        if characters > 0.0 { sum / characters } else { 0.0 }
    }

    /// Most words of some length stand higher than wide: the page lies on its side, although it was read.
    pub fn lies_on_its_side(&self) -> bool {
        let long = self.words.iter().filter(|word| word.text.chars().count() >= 4);
        let (mut upright, mut lying) = (0, 0);
        for word in long {
            if word.height > 1.5 * word.width { lying += 1 } else { upright += 1 }
        }
        lying > upright
    }
}

/// One row of the engine's table: level, page, block, paragraph, line, word, box, confidence, text.
fn word(row: &str) -> Option<SeenWord> {
    let cells: Vec<&str> = row.splitn(12, '\t').collect();
    let [level, _, block, paragraph, line, _, left, top, width, height, confidence, text] = cells[..] else {
        return None;
    };
    let confidence: f32 = confidence.parse().ok()?;
    if level != "5" || confidence < 0.0 || text.trim().is_empty() {
        return None;
    }
    Some(SeenWord {
        text: text.trim().to_owned(),
        left: left.parse().ok()?,
        top: top.parse().ok()?,
        width: width.parse().ok()?,
        height: height.parse().ok()?,
        confidence: (confidence / 100.0).min(1.0),
        line: (block.parse().ok()?, paragraph.parse().ok()?, line.parse().ok()?),
    })
}

/// Name and version of the OCR engine.
pub fn engine() -> Result<String> {
    let version = tesseract::plumbing::version().to_string_lossy();
    Ok(format!("tesseract {version}"))
}

/// The OCR models that are installed, by name.
pub fn languages() -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::new();
    for folder in model_folders() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let file = entry.file_name().to_string_lossy().into_owned();
            names.extend(file.strip_suffix(".traineddata").map(str::to_owned));
        }
    }
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Err(Error::new(Kind::Settings, "no OCR model is installed")
            .hint("install tesseract-ocr-deu, or point TESSDATA_PREFIX to its folder"));
    }
    Ok(names)
}

fn model_folders() -> Vec<PathBuf> {
    if let Some(folder) = std::env::var_os("TESSDATA_PREFIX") {
        return vec![PathBuf::from(folder)];
    }
    [
        "/usr/share/tesseract-ocr/5/tessdata",
        "/usr/share/tesseract-ocr/4.00/tessdata",
        "/usr/share/tessdata",
        "/usr/local/share/tessdata",
    ]
    .map(PathBuf::from)
    .to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_the_table_is_a_word_or_nothing() {
        let seen = word("5\t1\t2\t1\t3\t4\t118\t90\t300\t40\t96.5\tRechnung").unwrap();
        assert_eq!((seen.text.as_str(), seen.line), ("Rechnung", (2, 1, 3)));
        assert!((seen.confidence - 0.965).abs() < 1e-4);
        for row in ["4\t1\t2\t1\t3\t0\t1\t1\t1\t1\t-1\t", "5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t95\t ", "level\tpage"]
        {
            assert!(word(row).is_none(), "{row:?}");
        }
    }

    #[test]
    fn the_german_model_is_installed_and_the_engine_names_itself() {
        assert!(languages().unwrap().contains(&"deu".to_owned()));
        assert!(engine().unwrap().starts_with("tesseract "));
    }
}
