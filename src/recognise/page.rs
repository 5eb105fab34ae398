//! One page from its picture: blank, separator, or read; cheap looks before dear ones.
//!
//! In: [`Picture`]. Out: [`Page`]. Absent on purpose: where the picture came from.
//!
//! Boxes are given in the frame of the page as it stands upright: a page that lay on its side or upside down is
//! turned first ([`Page::turned`] says how far), small skew is removed for reading and put back into the boxes.

use super::ocr::{Engine, Seen};
use super::raster::Picture;
use super::{Code, Page, PageKind, Word, divider, look};
use crate::error::Result;
use image::imageops::{self, FilterType};

/// The page of a picture. `points` are its width and height as it is stored.
pub fn read(number: u32, picture: Picture, points: (f32, f32), engine: &mut Option<Engine>) -> Result<Page> {
    let (width, height) = points;
    let page = |kind| Page::empty(number, kind, points);
    let ink = if is_tiny(&picture) { 0.0 } else { look::ink(&picture.gray, picture.dpi) };
    if ink < look::BLANK {
        return Ok(page(PageKind::Blank));
    }
    let divider = divider::look(&picture, points, ink);
    if let Some(kind) = divider.kind() {
        return Ok(page(kind));
    }
    let engine = match engine {
        Some(engine) => engine,
        None => engine.insert(Engine::load()?),
    };
    let best = read_upright(turned_by(picture, divider.lying), engine)?;
    let turned = (best.turned + divider.lying) % 360;
    let (width, height) = if turned.is_multiple_of(180) { (width, height) } else { (height, width) };
    let skew = best.skew;
    let words = best.words((width, height));
    let kind = divider.kind_with(&words).unwrap_or(PageKind::Ocr);
    let begins = divider.begins();
    let codes = divider.codes.into_iter().map(|code| upright(code, turned, points)).collect();
    Ok(Page { turned, skew, words, codes, begins, ..Page::empty(number, kind, (width, height)) })
}

fn turned_by(picture: Picture, degrees: u16) -> Picture {
    let gray = match degrees {
        90 => imageops::rotate90(&picture.gray),
        180 => imageops::rotate180(&picture.gray),
        270 => imageops::rotate270(&picture.gray),
        _ => picture.gray,
    };
    Picture { gray, ..picture }
}

/// A code found on the page as it lay, on the page as it stands.
fn upright(code: Code, turned: u16, (width, height): (f32, f32)) -> Code {
    let [x, y, w, h] = code.area;
    let area = match turned {
        90 => [height - y - h, x, h, w],
        180 => [width - x - w, height - y - h, w, h],
        270 => [y, width - x - w, h, w],
        _ => code.area,
    };
    Code { area, ..code }
}

/// Too small for a single letter.
fn is_tiny(picture: &Picture) -> bool {
    const LETTER: u32 = 10;
    picture.gray.width() < LETTER || picture.gray.height() < LETTER
}

/// One attempt at a page.
struct Attempt {
    /// Degrees clockwise by which the picture was turned before reading.
    turned: u16,
    skew: f32,
    /// Pixels of the picture that was read.
    size: (u32, u32),
    seen: Seen,
}

/// Upright pages were read with 0.74 and more, turned ones with 0.27 to 0.38, when it was measured.
const DOUBTFUL: f32 = 0.60;
const SURE: f32 = 0.70;

/// Reads as it lies; only when that goes badly, turned as well. The surest attempt counts.
fn read_upright(picture: Picture, engine: &mut Engine) -> Result<Attempt> {
    let picture = at_reading_size(picture);
    let first = attempt(&picture, 0, engine)?;
    let sideways = first.seen.lies_on_its_side();
    let nothing = first.seen.words.is_empty();
    if nothing || (!sideways && first.seen.confidence() >= DOUBTFUL) {
        return Ok(first);
    }
    let turns: &[u16] = if sideways { &[270, 90] } else { &[180, 270, 90] };
    let mut best: Option<Attempt> = if sideways { None } else { Some(first) };
    for turned in turns {
        let next = attempt(&picture, *turned, engine)?;
        let sure = next.seen.confidence() >= SURE && !next.seen.lies_on_its_side();
        let better = best.as_ref().is_none_or(|best| next.seen.confidence() > best.seen.confidence() + 0.1);
        if better {
            best = Some(next);
        }
        if sure {
            break;
        }
    }
    match best {
        Some(best) => Ok(best),
        None => attempt(&picture, 0, engine),
    }
}

/// The engine reads best at about 300 dots per inch.
fn at_reading_size(picture: Picture) -> Picture {
    const READING: f32 = 300.0;
    let scale = READING / picture.dpi;
    if (0.8..1.1).contains(&scale) {
        return picture;
    }
    let (width, height) = picture.gray.dimensions();
    let scaled = ((width as f32 * scale) as u32, (height as f32 * scale) as u32);
    let most = 40_000_000;
    if scaled.0 == 0 || scaled.1 == 0 || u64::from(scaled.0) * u64::from(scaled.1) > most {
        return picture;
    }
    let gray = imageops::resize(&picture.gray, scaled.0, scaled.1, FilterType::Triangle);
    Picture { gray, dpi: READING }
}

fn attempt(picture: &Picture, turned: u16, engine: &mut Engine) -> Result<Attempt> {
    const WORTH_IT: f32 = 0.1;
    let turned_gray = match turned {
        90 => Some(imageops::rotate90(&picture.gray)),
        180 => Some(imageops::rotate180(&picture.gray)),
        270 => Some(imageops::rotate270(&picture.gray)),
        _ => None,
    };
    let gray = turned_gray.as_ref().unwrap_or(&picture.gray);
    let skew = look::skew(gray, picture.dpi);
    let (skew, gray) =
        if skew.abs() < WORTH_IT { (0.0, gray.clone()) } else { (skew, look::turned_back(gray, skew)) };
    let size = gray.dimensions();
    let seen = engine.read(&Picture { gray, dpi: picture.dpi })?;
    Ok(Attempt { turned, skew, size, seen })
}

impl Attempt {
    /// The words in points of the upright page.
    fn words(self, (page_width, page_height): (f32, f32)) -> Vec<Word> {
        let across = page_width / self.size.0.max(1) as f32;
        let down = page_height / self.size.1.max(1) as f32;
        let mut line = 0;
        let mut engine_line = None;
        let mut words = Vec::with_capacity(self.seen.words.len());
        for seen in self.seen.words {
            if engine_line.is_some_and(|before| before != seen.line) {
                line += 1;
            }
            engine_line = Some(seen.line);
            let (middle_x, middle_y) = look::place_before(
                seen.left + seen.width / 2.0,
                seen.top + seen.height / 2.0,
                self.size,
                self.skew,
            );
            words.push(Word {
                text: seen.text,
                x: (middle_x - seen.width / 2.0) * across,
                y: (middle_y - seen.height / 2.0) * down,
                width: seen.width * across,
                height: seen.height * down,
                confidence: seen.confidence,
                line,
            });
        }
        words
    }
}
