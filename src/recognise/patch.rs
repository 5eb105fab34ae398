//! Patch codes: four parallel bars by which scanners tell sheets apart.
//!
//! In: a picture. Out: the [`Patch`]es on it. Absent on purpose: every other code (zxing reads those), and what
//! a patch means.
//!
//! A patch is four bars with three spaces between them, over ten modules of 0.08 inch: narrow bars and spaces
//! one module, wide bars two and a half. Two bars are wide, which makes six patches. The bars lie along any
//! edge of the sheet, so a sheet that is fed upside down shows the same bars in opposite order.

use super::look;
use super::raster::Picture;
use image::GrayImage;

/// A patch that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Patch {
    pub sort: Sort,
    /// Left, top, width, height in pixels of the picture.
    pub area: [f32; 4],
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// Patch T, or patch 3: one is the other fed upside down. Both divide.
    Divides,
    /// Patch 1, 2, 4 or 6: they steer scanners and divide nothing.
    Steers,
    /// Bars like those of a patch, but one of them is missing or cut.
    Damaged,
}

/// The patches on a picture, from top to bottom.
pub fn patches(picture: &Picture) -> Vec<Patch> {
    let factor = (picture.dpi / COARSE).floor().max(1.0);
    let small = look::shrink_by(&picture.gray, factor as u32);
    let scan = Scan { per_inch: picture.dpi / factor, below: black(&small) };
    let mut found = Vec::new();
    for (trail, sort) in scan.trails(&Lines::across(&small)) {
        found.push(Patch { sort, area: trail.area(factor) });
    }
    for (trail, sort) in scan.trails(&Lines::down(&small)) {
        let [x, y, width, height] = trail.area(factor);
        found.push(Patch { sort, area: [y, x, height, width] });
    }
    found.sort_by(|a, b| a.area[1].total_cmp(&b.area[1]).then(a.area[0].total_cmp(&b.area[0])));
    found
}

/// Dots per inch at which a narrow bar still has eight.
const COARSE: f32 = 95.0;

/// Darker than this is print: half way between the paper and the darkest tenth of a percent.
fn black(gray: &GrayImage) -> u8 {
    let mut histogram = [0_usize; 256];
    for pixel in gray.as_raw() {
        histogram[usize::from(*pixel)] += 1;
    }
    let level = |share: f32| {
        let mut wanted = (gray.as_raw().len() as f32 * share) as usize;
        for (level, count) in histogram.iter().enumerate() {
            if wanted < *count {
                return level as u16;
            }
            wanted -= count;
        }
        255
    };
    ((level(0.6) + level(0.001)) / 2) as u8
}

/// The rows of a picture, or its columns as rows.
struct Lines {
    width: usize,
    pixels: Vec<u8>,
}

impl Lines {
    fn across(gray: &GrayImage) -> Self {
        Self { width: gray.width() as usize, pixels: gray.as_raw().clone() }
    }

    fn down(gray: &GrayImage) -> Self {
        let (width, height) = (gray.width() as usize, gray.height() as usize);
        let source = gray.as_raw();
        let mut pixels = Vec::with_capacity(source.len());
        for x in 0..width {
            pixels.extend((0..height).map(|y| source[y * width + x]));
        }
        Self { width: height, pixels }
    }
}

/// Stretch of one line that is all dark or all light, in pixels.
#[derive(Debug, Clone, Copy)]
struct Run {
    dark: bool,
    start: usize,
    length: usize,
}

/// Bars met on one line.
#[derive(Debug, Clone, Copy)]
struct Hit {
    from: usize,
    to: usize,
    sort: Sort,
}

/// The same bars, met on line after line.
#[derive(Debug, Clone)]
struct Trail {
    first: usize,
    last: usize,
    /// Where they stood on the last line.
    from: usize,
    to: usize,
    /// The furthest they reached.
    least: usize,
    most: usize,
    /// Lines that showed a patch that divides, one that steers, a damaged one.
    votes: [usize; 3],
}

impl Trail {
    fn hits(&self) -> usize {
        self.votes.iter().sum()
    }

    fn area(&self, factor: f32) -> [f32; 4] {
        let length = |from: usize, to: usize| (to - from) as f32 * factor;
        [
            self.least as f32 * factor,
            self.first as f32 * factor,
            length(self.least, self.most),
            length(self.first, self.last + 1),
        ]
    }
}

struct Scan {
    per_inch: f32,
    below: u8,
}

/// In inches, unless said otherwise.
const SHORTEST_BARS: f32 = 0.6;
const DAMAGED_BARS: f32 = 0.7;
/// Wider than any space between the bars.
const QUIET: f32 = 0.13;
const HOLE: f32 = 0.4;
/// A sheet printed smaller or larger is still read: from two thirds of the module to one and a half.
const MODULE: std::ops::RangeInclusive<f32> = 0.053..=0.125;

impl Scan {
    /// Bars long enough to be those of a patch.
    fn trails(&self, lines: &Lines) -> Vec<(Trail, Sort)> {
        let mut open: Vec<Trail> = Vec::new();
        let mut closed = Vec::new();
        let hole = (HOLE * self.per_inch) as usize;
        for (number, line) in lines.pixels.chunks_exact(lines.width.max(1)).enumerate() {
            let runs = self.runs(line);
            for hit in self.hits(&runs, lines.width) {
                self.follow(&mut open, number, hit);
            }
            let (going, ended) = open.into_iter().partition(|trail: &Trail| number - trail.last <= hole);
            open = going;
            closed.extend::<Vec<Trail>>(ended);
        }
        closed.extend(open);
        let mut trails = Vec::new();
        for trail in closed {
            if let Some(sort) = self.sort(&trail) {
                trails.push((trail, sort));
            }
        }
        trails
    }

    /// What most lines of a trail showed, if it is long and unbroken enough.
    fn sort(&self, trail: &Trail) -> Option<Sort> {
        const UNBROKEN: f32 = 0.55;
        let lines = (trail.last - trail.first + 1) as f32;
        let [divides, steers, damaged] = trail.votes;
        let whole = (divides + steers) as f32;
        if whole >= UNBROKEN * lines && whole >= SHORTEST_BARS * self.per_inch * UNBROKEN {
            let long = lines >= SHORTEST_BARS * self.per_inch;
            let clear = divides.max(steers) as f32 >= 0.8 * whole;
            return match (long, clear) {
                (true, true) if divides > steers => Some(Sort::Divides),
                (true, true) => Some(Sort::Steers),
                (true, false) => Some(Sort::Damaged),
                (false, _) => None,
            };
        }
        let seen = trail.hits() as f32;
        let long = lines >= DAMAGED_BARS * self.per_inch && seen >= 0.8 * lines;
        (long && damaged > 0).then_some(Sort::Damaged)
    }

    /// Adds a hit to the trail it continues, or begins one.
    fn follow(&self, open: &mut Vec<Trail>, number: usize, hit: Hit) {
        let drift = (0.03 * self.per_inch) as usize + 2;
        let vote = match hit.sort {
            Sort::Divides => 0,
            Sort::Steers => 1,
            Sort::Damaged => 2,
        };
        for trail in open.iter_mut() {
            // Bars that lie askew wander while a hole hides them: 3 degrees are a twentieth.
            let drift = drift + (number - trail.last) / 15;
            let near = trail.from.abs_diff(hit.from) <= drift && trail.to.abs_diff(hit.to) <= drift;
            if near && trail.last < number {
                (trail.last, trail.from, trail.to) = (number, hit.from, hit.to);
                (trail.least, trail.most) = (trail.least.min(hit.from), trail.most.max(hit.to));
                trail.votes[vote] += 1;
                return;
            }
        }
        let mut votes = [0; 3];
        votes[vote] = 1;
        let Hit { from, to, .. } = hit;
        open.push(Trail { first: number, last: number, from, to, least: from, most: to, votes });
    }

    /// Dark and light in turn; what is thinner than a hair counts with what surrounds it.
    fn runs(&self, line: &[u8]) -> Vec<Run> {
        let hair = (0.02 * self.per_inch).max(1.0) as usize;
        let mut runs: Vec<Run> = Vec::new();
        for (place, pixel) in line.iter().enumerate() {
            let dark = *pixel < self.below;
            match runs.last_mut() {
                Some(run) if run.dark == dark => run.length += 1,
                _ => runs.push(Run { dark, start: place, length: 1 }),
            }
        }
        let mut clean: Vec<Run> = Vec::with_capacity(runs.len());
        for run in runs {
            match clean.last_mut() {
                Some(last) if last.dark == run.dark || run.length <= hair => last.length += run.length,
                _ => clean.push(run),
            }
        }
        clean
    }

    /// Places on a line where four bars stand alone, or three and a gap for the fourth.
    fn hits(&self, runs: &[Run], width: usize) -> Vec<Hit> {
        let inches = |run: &Run| run.length as f32 / self.per_inch;
        let quiet = |run: Option<&Run>| match run {
            Some(run) => {
                !run.dark && (inches(run) >= QUIET || run.start == 0 || run.start + run.length == width)
            }
            None => true,
        };
        let mut hits = Vec::new();
        for (place, run) in runs.iter().enumerate() {
            if !run.dark || !quiet(place.checked_sub(1).and_then(|before| runs.get(before))) {
                continue;
            }
            for count in [7, 5] {
                let Some(bars) = runs.get(place..place + count) else { continue };
                if !quiet(runs.get(place + count)) {
                    continue;
                }
                let widths: Vec<f32> = bars.iter().map(inches).collect();
                let sort = if count == 7 { four(&widths) } else { three(&widths) };
                if let Some(sort) = sort {
                    let last = &bars[count - 1];
                    hits.push(Hit { from: run.start, to: last.start + last.length, sort });
                    break;
                }
            }
        }
        hits
    }
}

/// Bars and spaces in turn, in inches. Ink that runs makes bars wider and spaces narrower by the same amount.
fn four(widths: &[f32]) -> Option<Sort> {
    let total: f32 = widths.iter().sum();
    let module = total / 10.0;
    if !MODULE.contains(&module) {
        return None;
    }
    let modules: Vec<f32> = widths.iter().map(|width| width / module).collect();
    let spaces = [modules[1], modules[3], modules[5]];
    let run = 1.0 - spaces.iter().sum::<f32>() / 3.0;
    let even = spaces.iter().all(|space| (space + run - 1.0).abs() <= 0.3);
    if !even || run.abs() > 0.5 {
        return None;
    }
    let mut wide = [false; 4];
    for (place, is_wide) in wide.iter_mut().enumerate() {
        // The bars together have seven modules; what ran is shared among them.
        let bar = modules[2 * place] - 0.75 * run;
        *is_wide = match bar {
            bar if (0.6..1.5).contains(&bar) => false,
            bar if (2.0..3.0).contains(&bar) => true,
            _ => return None,
        };
    }
    match wide {
        [false, true, false, true] | [true, false, true, false] => Some(Sort::Divides),
        _ if wide.iter().filter(|is_wide| **is_wide).count() == 2 => Some(Sort::Steers),
        _ => None,
    }
}

/// What is left of a patch when an outer bar is missing or two have run together.
fn three(widths: &[f32]) -> Option<Sort> {
    const NARROW: std::ops::RangeInclusive<f32> = 0.05..=0.12;
    const WIDE: std::ops::RangeInclusive<f32> = 0.15..=0.27;
    let bars = [widths[0], widths[2], widths[4]];
    let known = bars.iter().all(|bar| NARROW.contains(bar) || WIDE.contains(bar));
    let spaces = [widths[1], widths[3]].iter().all(|space| NARROW.contains(space) || WIDE.contains(space));
    let wide = bars.iter().filter(|bar| WIDE.contains(bar)).count();
    let close = widths[1] <= *NARROW.end() || widths[3] <= *NARROW.end();
    (known && spaces && close && (wide == 1 || wide == 2)).then_some(Sort::Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, imageops};

    /// Widths of the four bars in inches.
    const T: [f32; 4] = [0.08, 0.2, 0.08, 0.2];
    const ONE: [f32; 4] = [0.2, 0.2, 0.08, 0.08];
    const TWO: [f32; 4] = [0.2, 0.08, 0.08, 0.2];
    const THREE: [f32; 4] = [0.2, 0.08, 0.2, 0.08];
    const FOUR: [f32; 4] = [0.08, 0.2, 0.2, 0.08];
    const SIX: [f32; 4] = [0.08, 0.08, 0.2, 0.2];

    /// A sheet of A4 with bars `long` inches, from `x` and `y` (inches) downwards.
    fn sheet(dpi: f32, bars: [f32; 4], x: f32, y: f32, long: f32) -> Picture {
        let pixels = |inches: f32| (inches * dpi).round() as u32;
        let mut gray = GrayImage::from_pixel(pixels(8.27), pixels(11.69), Luma([245]));
        let mut top = y;
        for bar in bars {
            ink(&mut gray, (pixels(x), pixels(top)), (pixels(x + long), pixels(top + bar)), 20);
            top += bar + 0.08;
        }
        Picture { gray, dpi }
    }

    fn ink(gray: &mut GrayImage, (left, top): (u32, u32), (right, bottom): (u32, u32), level: u8) {
        for y in top..bottom.min(gray.height()) {
            for x in left..right.min(gray.width()) {
                gray.put_pixel(x, y, Luma([level]));
            }
        }
    }

    fn sorts(picture: &Picture) -> Vec<Sort> {
        patches(picture).iter().map(|patch| patch.sort).collect()
    }

    /// Grain, dust and specks, the same ones every time.
    fn dirty(picture: &mut Picture, seed: u32) {
        let mut state = seed;
        let mut chance = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            state >> 8
        };
        for pixel in picture.gray.pixels_mut() {
            pixel.0[0] = (i32::from(pixel.0[0]) + (chance() % 41) as i32 - 20).clamp(0, 255) as u8;
        }
        let (width, height) = picture.gray.dimensions();
        for _ in 0..400 {
            let (x, y) = (chance() % (width - 3), chance() % (height - 3));
            let level = if chance() % 2 == 0 { 10 } else { 250 };
            ink(&mut picture.gray, (x, y), (x + 2, y + 2), level);
        }
    }

    #[test]
    fn patch_t_is_read_at_any_resolution_skew_and_turn() {
        for dpi in [150.0, 200.0, 300.0, 400.0, 600.0] {
            for degrees in [0.0, -3.0, 1.4, 3.0_f32] {
                for turn in 0..4 {
                    if dpi > 300.0 && (degrees < 3.0 || turn > 1) {
                        continue;
                    }
                    let mut picture = sheet(dpi, T, 3.0, 0.4, 2.2);
                    picture.gray = look::straightened(&picture.gray, degrees, 1.0);
                    picture.gray = match turn {
                        1 => imageops::rotate90(&picture.gray),
                        2 => imageops::rotate180(&picture.gray),
                        3 => imageops::rotate270(&picture.gray),
                        _ => picture.gray,
                    };
                    assert_eq!(sorts(&picture), [Sort::Divides], "{dpi} dpi, {degrees} degrees, turn {turn}");
                }
            }
        }
    }

    #[test]
    fn the_other_patches_divide_nothing() {
        for (bars, sort) in [
            (ONE, Sort::Steers),
            (TWO, Sort::Steers),
            (THREE, Sort::Divides),
            (FOUR, Sort::Steers),
            (SIX, Sort::Steers),
        ] {
            assert_eq!(sorts(&sheet(200.0, bars, 3.0, 0.4, 2.2)), [sort], "{bars:?}");
        }
    }

    #[test]
    fn across_the_page_in_a_corner_and_short_bars_are_read() {
        for (x, y, long) in [(0.3, 0.3, 7.6), (0.25, 0.25, 0.8), (7.0, 10.4, 0.9), (3.0, 5.5, 2.0)] {
            for dpi in [150.0, 200.0, 300.0] {
                assert_eq!(sorts(&sheet(dpi, T, x, y, long)), [Sort::Divides], "{x} {y} {long} at {dpi} dpi");
            }
        }
    }

    #[test]
    fn specks_grain_bilevel_and_a_punch_hole_do_not_hide_it() {
        for dpi in [150.0, 200.0, 300.0] {
            for (seed, threshold) in [(1, None), (2, Some(90)), (3, Some(190))] {
                let mut picture = sheet(dpi, T, 3.0, 0.4, 2.2);
                picture.gray = imageops::blur(&picture.gray, dpi / 300.0);
                dirty(&mut picture, seed);
                if let Some(threshold) = threshold {
                    for pixel in picture.gray.pixels_mut() {
                        pixel.0[0] = if pixel.0[0] < threshold { 0 } else { 255 };
                    }
                }
                let (middle_x, middle_y) = (4.0 * dpi, 0.68 * dpi);
                for (x, y, pixel) in picture.gray.enumerate_pixels_mut() {
                    if (x as f32 - middle_x).hypot(y as f32 - middle_y) < 0.12 * dpi {
                        pixel.0[0] = if seed == 1 { 0 } else { 255 };
                    }
                }
                assert_eq!(sorts(&picture), [Sort::Divides], "{dpi} dpi, dirt {seed}");
            }
        }
    }

    #[test]
    fn a_patch_that_lost_a_bar_is_noticed() {
        let mut picture = sheet(200.0, T, 3.0, 0.4, 2.2);
        ink(&mut picture.gray, (500, 70), (1_100, 99), 245);
        assert_eq!(sorts(&picture), [Sort::Damaged], "the first bar is gone");
    }

    #[test]
    fn tables_barcodes_lines_of_text_and_bands_are_no_patch() {
        let blank = || sheet(200.0, T, 8.2, 0.4, 0.0);
        let mut table = blank();
        for row in 0..20 {
            ink(&mut table.gray, (150, 300 + 56 * row), (1_500, 303 + 56 * row), 20);
        }
        for column in [150, 300, 900, 1_200, 1_500] {
            ink(&mut table.gray, (column, 300), (column + 3, 1_364), 20);
        }
        let mut barcode = blank();
        for stripe in 0..60 {
            let left = 400 + 12 * stripe;
            ink(&mut barcode.gray, (left, 300), (left + 3 + stripe % 3 * 3, 420), 20);
        }
        let mut bands = blank();
        for (top, thick) in [(200, 60), (320, 60), (420, 60), (520, 60)] {
            ink(&mut bands.gray, (100, top), (1_500, top + thick), 20);
        }
        let mut text = blank();
        for line in 0..30 {
            for word in 0..9 {
                let (x, y) = (150 + 160 * word, 300 + 40 * line);
                ink(&mut text.gray, (x, y), (x + 130, y + 18), 20);
            }
        }
        let mut five = sheet(200.0, T, 3.0, 0.4, 2.2);
        ink(&mut five.gray, (600, 80 + 160 + 16), (1_040, 80 + 160 + 32), 20);
        for (name, picture) in
            [("table", table), ("barcode", barcode), ("bands", bands), ("text", text), ("five bars", five)]
        {
            assert_eq!(sorts(&picture), [], "{name}");
        }
    }
}
