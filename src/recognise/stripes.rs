//! Something on the page looks like a code, read or not: a row of stripes, or the square eye of a QR code.
//!
//! In: a picture. Out: yes or no. Absent on purpose: reading it. It is asked of nearly empty pages only.

use super::look;
use super::raster::Picture;
use image::GrayImage;

/// The picture with as few dots as are needed here.
pub fn coarse(picture: &Picture) -> Picture {
    let factor = (picture.dpi / FINE).floor().max(1.0);
    Picture { gray: look::shrink_by(&picture.gray, factor as u32), dpi: picture.dpi / factor }
}

/// Whether there are stripes of Code 128 (or the like), or an eye of a QR code, on a [`coarse`] picture.
pub fn like_a_code(picture: &Picture) -> bool {
    let (gray, per_inch) = (&picture.gray, picture.dpi);
    let turned = image::imageops::rotate90(gray);
    [gray, &turned].into_iter().any(|gray| has_stripes(gray, per_inch) || has_eye(gray, per_inch))
}

/// Dots per inch at which a stripe of a third of a millimetre still shows.
const FINE: f32 = 140.0;
const BELOW: u8 = 128;

/// Lengths of dark and light in turn, each with where it begins; the first one is light.
fn runs(line: &[u8]) -> Vec<(usize, usize)> {
    let mut runs = vec![(0, 0)];
    let mut dark = false;
    for (place, pixel) in line.iter().enumerate() {
        if (*pixel < BELOW) != dark {
            dark = !dark;
            runs.push((place, 0));
        }
        if let Some(run) = runs.last_mut() {
            run.1 += 1;
        }
    }
    runs
}

/// The same row of many thin stripes, over a quarter of an inch.
fn has_stripes(gray: &GrayImage, per_inch: f32) -> bool {
    const STRIPES: usize = 28;
    const THICKEST: f32 = 0.09;
    const HIGH: f32 = 0.22;
    let width = gray.width().max(1) as usize;
    let thick = (THICKEST * per_inch) as usize;
    // Where rows of stripes began on the lines before: place, lines met, last line.
    let mut rows: Vec<(usize, usize, usize)> = Vec::new();
    for (number, line) in gray.as_raw().chunks_exact(width).enumerate() {
        let mut start = None;
        let mut count = 0;
        let mut begun = Vec::new();
        for (place, length) in runs(line) {
            if (1..=thick).contains(&length) {
                start = start.or(Some(place));
                count += 1;
            } else {
                begun.extend(start.filter(|_| count >= STRIPES));
                (start, count) = (None, 0);
            }
        }
        begun.extend(start.filter(|_| count >= STRIPES));
        for place in begun {
            let near = |row: &&mut (usize, usize, usize)| row.0.abs_diff(place) <= 4 && number - row.2 <= 3;
            match rows.iter_mut().find(near) {
                Some(row) => *row = (place, row.1 + 1, number),
                None => rows.push((place, 1, number)),
            }
        }
        if rows.iter().any(|row| row.1 as f32 >= HIGH * per_inch) {
            return true;
        }
        rows.retain(|row| number - row.2 <= 3);
    }
    false
}

/// Dark, light, dark, light, dark in lengths 1, 1, 3, 1, 1, line after line: the corner of a QR code, or what a
/// tear has left of it.
fn has_eye(gray: &GrayImage, per_inch: f32) -> bool {
    let width = gray.width().max(1) as usize;
    let mut eyes: Vec<Eye> = Vec::new();
    for (number, line) in gray.as_raw().chunks_exact(width).enumerate() {
        for eye in runs(line).windows(5).skip(1).step_by(2) {
            let Some(module) = eye_module(eye, per_inch) else { continue };
            let middle = eye[2].0 + eye[2].1 / 2;
            let same = |known: &&mut Eye| {
                known.middle.abs_diff(middle) <= 3 && (known.module / module - 1.0).abs() < 0.25
            };
            match eyes.iter_mut().find(same) {
                Some(known) => (known.middle, known.last) = (middle, number),
                None => eyes.push(Eye { middle, module, first: number, last: number }),
            }
        }
        if eyes.iter().any(|eye| number - eye.last > 3 && eye.is_an_eye()) {
            return true;
        }
        eyes.retain(|eye| number - eye.last <= 3);
    }
    eyes.iter().any(Eye::is_an_eye)
}

/// The middle of an eye on the lines before, in pixels.
struct Eye {
    middle: usize,
    module: f32,
    first: usize,
    last: usize,
}

impl Eye {
    /// Three modules high, or what is left of that; the bars of a patch go on.
    fn is_an_eye(&self) -> bool {
        (1.8..=4.2).contains(&((self.last - self.first + 1) as f32 / self.module))
    }
}

/// Pixels of one module, if the five lengths are those of an eye.
fn eye_module(eye: &[(usize, usize)], per_inch: f32) -> Option<f32> {
    const SMALLEST: f32 = 0.022;
    const LARGEST: f32 = 0.15;
    let lengths: Vec<f32> = eye.iter().map(|(_, length)| *length as f32).collect();
    let module = lengths.iter().sum::<f32>() / 7.0;
    let fits = [1.0, 1.0, 3.0, 1.0, 1.0]
        .iter()
        .zip(&lengths)
        .all(|(modules, length)| (length / module - modules).abs() <= 0.45);
    let size = module / per_inch;
    (fits && (SMALLEST..=LARGEST).contains(&size)).then_some(module)
}
