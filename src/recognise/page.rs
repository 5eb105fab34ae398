//! One page from its picture: blank, separator, or read; cheap looks before dear ones.
//!
//! In: [`Picture`]. Out: [`Page`]. Absent on purpose: where the picture came from.
//!
//! Boxes are given in the frame of the page as it stands upright: a page that lay on its side or upside down is
//! turned first ([`Page::turned`] says how far), small skew is removed for reading and put back into the boxes.

use super::ocr::{Engine, Seen, SeenWord};
use super::raster::Picture;
use super::{Code, Page, PageKind, Word, divider, gaps, look};
use crate::error::Result;
use image::{GrayImage, imageops};
use std::borrow::Cow;

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
    let picture = Picture { gray: look::calmed(picture.gray), ..picture };
    let best = read_upright(turned_by(picture, divider.lying), engine)?;
    let ocr_ms = engine.take_ms();
    let turned = (best.turned + divider.lying) % 360;
    let (width, height) = if turned.is_multiple_of(180) { (width, height) } else { (height, width) };
    let skew = best.skew;
    let words = best.words((width, height));
    let kind = divider.kind_with(&words).unwrap_or(PageKind::Ocr);
    let begins = divider.begins();
    let codes = divider.codes.into_iter().map(|code| upright(code, turned, points)).collect();
    let page = Page::empty(number, kind, (width, height));
    Ok(Page { turned, skew, words, codes, begins, ocr_ms, ..page })
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
    /// Degrees by which lines fell to the right, and whether that was put right before reading.
    skew: f32,
    straightened: bool,
    /// Pixels of the picture that was read.
    size: (u32, u32),
    seen: Seen,
}

/// Upright pages were read with 0.74 and more, turned ones with 0.27 to 0.38, when it was measured.
const DOUBTFUL: f32 = 0.60;
const SURE: f32 = 0.70;

/// Reads as it lies; where that seems or turns out to be wrong, a sample of the page is read the other ways
/// round, and then all of it the way the sample went best.
fn read_upright(picture: Picture, engine: &mut Engine) -> Result<Attempt> {
    let lying = look::lines_run_down(&picture.gray, picture.dpi);
    let likely = if lying { surest_turn(&picture, &[270, 90], engine)? } else { None };
    let turned = likely.map_or(0, |(turned, _)| turned);
    let first = attempt(&picture, turned, engine)?;
    if first.seen.words.is_empty() || first.is_upright(DOUBTFUL) {
        return Ok(first);
    }
    let others: Vec<u16> = [180, 270, 90, 0].into_iter().filter(|other| *other != turned).collect();
    let best = match surest_turn(&picture, &others, engine)? {
        Some((turned, confidence)) if confidence > first.confidence() => {
            better(first, attempt(&picture, turned, engine)?)
        }
        _ => first,
    };
    if best.confidence() >= DOUBTFUL || !is_small(&picture) {
        return Ok(best);
    }
    // Nobody knows how large it was meant to be: perhaps a picture for the screen.
    let finer = Picture { dpi: picture.dpi / 2.5, ..picture };
    let turned = best.turned;
    Ok(better(best, attempt(&finer, turned, engine)?))
}

fn better(first: Attempt, second: Attempt) -> Attempt {
    if second.confidence() > first.confidence() { second } else { first }
}

/// Of some turns the one in which a sample is read best, if it is read at all well.
fn surest_turn(picture: &Picture, turns: &[u16], engine: &mut Engine) -> Result<Option<(u16, f32)>> {
    let mut best: Option<(u16, f32)> = None;
    for turned in turns {
        let gray = turned_gray(&picture.gray, *turned);
        let sample = look::busiest_band(&gray, picture.dpi);
        let sample = Picture { gray: sample, dpi: picture.dpi };
        let confidence = attempt(&sample, 0, engine)?.confidence();
        if confidence >= DOUBTFUL && best.is_none_or(|(_, before)| confidence > before) {
            best = Some((*turned, confidence));
        }
        if confidence >= SURE {
            break;
        }
    }
    Ok(best)
}

/// Too few pixels for a page at a resolution that could be known.
fn is_small(picture: &Picture) -> bool {
    const SCREEN: u32 = 1_500_000;
    picture.dpi >= 200.0 && picture.gray.width().saturating_mul(picture.gray.height()) < SCREEN
}

fn turned_gray(gray: &GrayImage, turned: u16) -> Cow<'_, GrayImage> {
    match turned {
        90 => Cow::Owned(imageops::rotate90(gray)),
        180 => Cow::Owned(imageops::rotate180(gray)),
        270 => Cow::Owned(imageops::rotate270(gray)),
        _ => Cow::Borrowed(gray),
    }
}

fn attempt(picture: &Picture, turned: u16, engine: &mut Engine) -> Result<Attempt> {
    let mut gray = turned_gray(&picture.gray, turned);
    let skew = look::skew(&gray, picture.dpi);
    let straightened = skew.abs() >= WORTH_STRAIGHTENING;
    let scale = reading_scale(picture);
    if straightened || scale < 1.0 || scale > 1.0 {
        gray = Cow::Owned(look::straightened(&gray, if straightened { skew } else { 0.0 }, scale));
    }
    let dpi = picture.dpi * scale;
    let mut seen = engine.read(&gray, dpi)?;
    if seen.confidence() >= DOUBTFUL && !seen.lies_on_its_side() {
        let slope = if straightened { 0.0 } else { skew.to_radians().tan() };
        let found = passed_over(&gray, dpi, &seen, engine)?;
        gaps::put(&mut seen.words, found, slope);
    }
    Ok(Attempt { turned, skew, straightened, size: gray.dimensions(), seen })
}

/// Words on lines that the engine dropped when it divided the page.
fn passed_over(gray: &GrayImage, dpi: f32, seen: &Seen, engine: &mut Engine) -> Result<Vec<SeenWord>> {
    const CLEAR: f32 = 0.6;
    let mut found = Vec::new();
    for gap in gaps::gaps(gray, dpi, &seen.words) {
        let line = imageops::crop_imm(gray, gap.left, gap.top, gap.width(), gap.height()).to_image();
        for mut word in engine.read_line(&line, dpi)?.words {
            if word.confidence >= CLEAR && word.text.chars().any(char::is_alphanumeric) {
                word.left += gap.left as f32;
                word.top += gap.top as f32;
                found.push(word);
            }
        }
    }
    Ok(found)
}

/// The engine copes with less by itself, and every resampling costs it a little: reading got worse from 0.1 to
/// 0.9 degrees and better from 1.2 degrees on.
const WORTH_STRAIGHTENING: f32 = 1.0;

/// What brings a picture to the resolution at which the engine reads best, within bounds. Read at 200 dots per inch,
/// pages of 200 had 3.1 % of their characters wrong, made larger to 250 or to 300 2.7 %; 250 takes less time.
fn reading_scale(picture: &Picture) -> f32 {
    const COARSE: f32 = 225.0;
    const ENOUGH: f32 = 250.0;
    const FINE: f32 = 340.0;
    const USUAL: f32 = 300.0;
    const MOST_PIXELS: f32 = 40e6;
    let pixels = (picture.gray.width() as f32 * picture.gray.height() as f32).max(1.0);
    let scale = match picture.dpi {
        coarse if coarse < COARSE => ENOUGH / coarse,
        fine if fine > FINE => USUAL / fine,
        _ => 1.0,
    };
    scale.min((MOST_PIXELS / pixels).sqrt())
}

impl Attempt {
    /// 0 where the words stand on end: it was read, but sideways.
    fn confidence(&self) -> f32 {
        if self.seen.lies_on_its_side() { 0.0 } else { self.seen.confidence() }
    }

    fn is_upright(&self, sure: f32) -> bool {
        self.confidence() >= sure
    }

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
                if self.straightened { self.skew } else { 0.0 },
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
