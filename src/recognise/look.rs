//! First looks at a picture, cheap before dear: is there ink at all, and how far is it askew?
//!
//! In: gray pictures. Out: numbers and pictures. Absent on purpose: cleaning and thresholding, which made
//! reading worse when it was measured.

use super::area::Area;
use image::{GrayImage, Luma};

/// Share of ink on the page; the border, specks and punch holes left out. A page that is mostly dark (print in
/// white, a photograph on a desk) counts as all ink.
pub fn ink(gray: &GrayImage, dpi: f32) -> f32 {
    const SPECK: usize = 4;
    let small = shrink(gray, dpi, LOOK);
    let (width, height) = small.dimensions();
    let border = (width / 20, height / 20);
    let inside = |x: u32, y: u32| {
        (border.0..width - border.0).contains(&x) && (border.1..height - border.1).contains(&y)
    };
    let dark = Dark::of(&small);
    if dark.paper < DARK_PAPER {
        return 1.0;
    }
    let mut inked = 0;
    for spot in spots(&dark) {
        if spot.len() >= SPECK && !is_punch_hole(&spot, width, height) {
            inked += spot.iter().filter(|(x, y)| inside(*x, *y)).count();
        }
    }
    inked as f32 / (width * height).max(1) as f32
}

/// The dark spots of a picture.
pub fn spots_of(gray: &GrayImage) -> Vec<Vec<(u32, u32)>> {
    spots(&Dark::of(gray))
}

/// Dots per inch of the first look.
const LOOK: f32 = 100.0;
const DARK_PAPER: u8 = 120;

/// Round, filled, as large as a finger nail, near the edge.
fn is_punch_hole(spot: &[(u32, u32)], width: u32, height: u32) -> bool {
    const SIDE: std::ops::RangeInclusive<u32> = 14..=36;
    const NEAR_EDGE: u32 = 90;
    let area = Area::around(spot);
    let (across, down) = (area.width(), area.height());
    let round = across.abs_diff(down) <= across.max(down) / 4;
    let filled = spot.len() as f32 >= 0.65 * (across * down) as f32;
    let at_edge = area.right < NEAR_EDGE
        || area.bottom < NEAR_EDGE
        || area.left + NEAR_EDGE > width
        || area.top + NEAR_EDGE > height;
    SIDE.contains(&across) && SIDE.contains(&down) && round && filled && at_edge
}

/// Dark pixels that touch each other, spot by spot.
fn spots(dark: &Dark<'_>) -> Vec<Vec<(u32, u32)>> {
    let (width, height) = dark.gray.dimensions();
    let mut seen = vec![false; (width * height) as usize];
    let mut spots = Vec::new();
    let mut waiting = Vec::new();
    for start_y in 0..height {
        for start_x in 0..width {
            let mut spot = Vec::new();
            waiting.push((start_x, start_y));
            while let Some((x, y)) = waiting.pop() {
                let place = (y * width + x) as usize;
                if seen[place] || !dark.at(x, y) {
                    continue;
                }
                seen[place] = true;
                spot.push((x, y));
                for near_y in y.saturating_sub(1)..=(y + 1).min(height - 1) {
                    for near_x in x.saturating_sub(1)..=(x + 1).min(width - 1) {
                        waiting.push((near_x, near_y));
                    }
                }
            }
            if !spot.is_empty() {
                spots.push(spot);
            }
        }
    }
    spots
}

/// Less ink than this is a blank page: the back of a sheet, with specks, creases and print showing through.
/// Measured: 51 of 52 blank pages up to 0.0001, every page with text 0.0016 and more. The bound lies low
/// because of a signature alone on its page: reading a blank page costs a second, losing a signed one more.
pub const BLANK: f32 = 0.0002;

/// Degrees by which lines of text fall to the right (clockwise); 0 where no angle stands out.
pub fn skew(gray: &GrayImage, dpi: f32) -> f32 {
    const WIDEST: i32 = 20;
    let small = shrink(gray, dpi, 75.0);
    let dark = Dark::of(&small);
    let points = dark.points(60_000);
    if points.len() < 200 {
        return 0.0;
    }
    let straight = sharpness(&points, small.height(), 0.0);
    let mut best = (straight, 0.0);
    for step in -WIDEST..=WIDEST {
        keep_sharper(&mut best, &points, small.height(), step as f32 * 0.25);
    }
    let coarse = best.1;
    for step in -4..=4 {
        keep_sharper(&mut best, &points, small.height(), coarse + step as f32 * 0.05);
    }
    if best.0 < straight * 1.02 { 0.0 } else { best.1 }
}

fn keep_sharper(best: &mut (f32, f32), points: &[(f32, f32)], height: u32, angle: f32) {
    let sharp = sharpness(points, height, angle);
    if sharp > best.0 {
        *best = (sharp, angle);
    }
}

/// How clearly rows of ink and rows of paper alternate when the page is turned back by an angle.
fn sharpness(points: &[(f32, f32)], height: u32, degrees: f32) -> f32 {
    let slope = degrees.to_radians().tan();
    let margin = height as f32 / 2.0;
    let mut rows = vec![0.0_f32; 2 * height as usize + 2];
    for (x, y) in points {
        let row = y - x * slope + margin;
        if let Some(count) = rows.get_mut(row.max(0.0) as usize) {
            *count += 1.0;
        }
    }
    rows.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum()
}

/// A picture full of single dark dots, which would keep the engine busy for minutes, without them; others as
/// they are. Worn paper and poor fax stay far below the bound.
pub fn calmed(gray: GrayImage) -> GrayImage {
    const RESTLESS: f32 = 0.004;
    let (width, height) = gray.dimensions();
    if width < 3 || height < 3 {
        return gray;
    }
    let dark = Dark::of(&gray);
    let mut dots = 0_usize;
    let mut looked = 0_usize;
    for y in (1..height - 1).step_by(4) {
        for x in 1..width - 1 {
            let alone = dark.at(x, y)
                && !(dark.at(x - 1, y) || dark.at(x + 1, y) || dark.at(x, y - 1) || dark.at(x, y + 1));
            dots += usize::from(alone);
        }
        looked += width as usize;
    }
    if dots as f32 <= RESTLESS * looked as f32 {
        return gray;
    }
    // What most of nine neighbours are.
    let mut calm = GrayImage::from_pixel(width, height, Luma([255]));
    for y in 1..height - 1 {
        for x in 1..width - 1 {
            let near = (y - 1..=y + 1).flat_map(|y| (x - 1..=x + 1).map(move |x| (x, y)));
            if near.filter(|(x, y)| dark.at(*x, *y)).count() >= 5 {
                calm.put_pixel(x, y, Luma([0]));
            }
        }
    }
    calm
}

/// Lines of text run from top to bottom: the page lies on its side. Straight columns of print stand out less than
/// lines do, so the difference is clear where there is text; without text there is no answer.
pub fn lines_run_down(gray: &GrayImage, dpi: f32) -> bool {
    const CLEARLY: f32 = 1.3;
    let small = shrink(gray, dpi, 75.0);
    let points = Dark::of(&small).points(20_000);
    if points.len() < 1_000 {
        return false;
    }
    let on_end: Vec<(f32, f32)> = points.iter().map(|(x, y)| (*y, *x)).collect();
    let sharpest = |points: &[(f32, f32)], height: u32| {
        (-6..=6).map(|step| sharpness(points, height, step as f32 * 0.5)).fold(0.0, f32::max)
    };
    let (across, down) = (sharpest(&points, small.height()), sharpest(&on_end, small.width()));
    down > CLEARLY * across
}

/// The quarter of the page, from edge to edge, that has most ink.
pub fn busiest_band(gray: &GrayImage, dpi: f32) -> GrayImage {
    const LEAST_INCHES: f32 = 2.0;
    let (width, height) = gray.dimensions();
    let high = (height / 4).max((LEAST_INCHES * dpi) as u32).min(height);
    let small = shrink(gray, dpi, 75.0);
    let step = (height / small.height().max(1)).max(1);
    let mut rows = vec![0_u32; small.height() as usize];
    for (_, y) in Dark::of(&small).points(usize::MAX) {
        if let Some(row) = rows.get_mut(y as usize) {
            *row += 1;
        }
    }
    let window = (high / step).max(1) as usize;
    let ink = |top: usize| rows.iter().skip(top).take(window).sum::<u32>();
    let mut best = (0, 0);
    for top in (0..rows.len().saturating_sub(window)).step_by(8) {
        if ink(top) > best.0 {
            best = (ink(top), top);
        }
    }
    let top = (best.1 as u32 * step).min(height - high);
    image::imageops::crop_imm(gray, 0, top, width, high).to_image()
}

/// Turns a picture counter-clockwise by small angles around its middle and makes it larger or smaller, in one
/// step; what comes in is white.
pub fn straightened(gray: &GrayImage, degrees: f32, scale: f32) -> GrayImage {
    if scale <= 0.5 {
        let factor = (1.0 / scale) as u32;
        return straightened(&shrink_by(gray, factor), degrees, scale * factor as f32);
    }
    const ONE: i64 = 1 << 16;
    let (columns, rows) = (i64::from(gray.width()), i64::from(gray.height()));
    let wide = |side: i64| ((side as f32 * scale) as u32).max(1);
    let (width, height) = (wide(columns), wide(rows));
    let (sin, cos) = (f64::from(degrees).to_radians().sin(), f64::from(degrees).to_radians().cos());
    let (sin, cos) = (sin / f64::from(scale), cos / f64::from(scale));
    let (from_middle, to_middle) = (middle(columns as f64, rows as f64), middle(width.into(), height.into()));
    let fixed = |number: f64| (number * ONE as f64) as i64;
    let (step_x, step_y) = (fixed(cos), fixed(sin));
    let source = gray.as_raw();
    let stride = columns as usize;
    let mut turned = vec![255_u8; width as usize * height as usize];
    for (y, row) in turned.chunks_exact_mut(width as usize).enumerate() {
        let (left, down) = (0.5 - to_middle.0, y as f64 + 0.5 - to_middle.1);
        let mut x_at = fixed(left * cos - down * sin + from_middle.0 - 0.5);
        let mut y_at = fixed(left * sin + down * cos + from_middle.1 - 0.5);
        for pixel in row {
            let (x, y) = (x_at >> 16, y_at >> 16);
            if x >= 0 && y >= 0 && x + 1 < columns && y + 1 < rows {
                let at = (y * columns + x) as usize;
                let (part_x, part_y) = (x_at & (ONE - 1), y_at & (ONE - 1));
                let between = |a: u8, b: u8| i64::from(a) * (ONE - part_x) + i64::from(b) * part_x;
                let upper = between(source[at], source[at + 1]) >> 16;
                let lower = between(source[at + stride], source[at + stride + 1]) >> 16;
                *pixel = ((upper * (ONE - part_y) + lower * part_y) >> 16) as u8;
            }
            x_at += step_x;
            y_at += step_y;
        }
    }
    GrayImage::from_raw(width, height, turned).unwrap_or_else(|| gray.clone())
}

fn middle(width: f64, height: f64) -> (f64, f64) {
    (width / 2.0, height / 2.0)
}

/// Where a point of the turned picture lies in the picture before.
pub fn place_before(x: f32, y: f32, (width, height): (u32, u32), degrees: f32) -> (f32, f32) {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (middle_x, middle_y) = (width as f32 / 2.0, height as f32 / 2.0);
    let (from_x, from_y) = (x - middle_x, y - middle_y);
    (from_x * cos - from_y * sin + middle_x, from_x * sin + from_y * cos + middle_y)
}

/// A smaller picture of about `wanted` dots per inch, by averaging whole blocks.
fn shrink(gray: &GrayImage, dpi: f32, wanted: f32) -> GrayImage {
    shrink_by(gray, (dpi / wanted).round().max(1.0) as u32)
}

/// A picture as many times smaller, by averaging whole blocks.
pub fn shrink_by(gray: &GrayImage, factor: u32) -> GrayImage {
    if factor <= 1 {
        return gray.clone();
    }
    let (width, height) = (gray.width() / factor, gray.height() / factor);
    let (columns, rows) = ((width * factor) as usize, factor as usize);
    let stride = gray.width() as usize;
    // Down first, over whole rows at once, then across: a quarter of the time of block after block.
    let mut sums = vec![0_u32; columns];
    let mut small = Vec::with_capacity((width * height) as usize);
    for band in gray.as_raw().chunks_exact((stride * rows).max(1)).take(height as usize) {
        sums.fill(0);
        for row in band.chunks_exact(stride) {
            for (sum, pixel) in sums.iter_mut().zip(row) {
                *sum += u32::from(*pixel);
            }
        }
        let blocks = sums.chunks_exact(factor as usize);
        small.extend(blocks.map(|block| (block.iter().sum::<u32>() / (factor * factor)) as u8));
    }
    GrayImage::from_raw(width, height, small)
        .filter(|small| !small.is_empty())
        .unwrap_or_else(|| GrayImage::new(width.max(1), height.max(1)))
}

/// The pixels that are clearly darker than the paper.
struct Dark<'a> {
    gray: &'a GrayImage,
    paper: u8,
    below: u8,
}

impl<'a> Dark<'a> {
    fn of(gray: &'a GrayImage) -> Self {
        const CLEARLY: u8 = 70;
        let mut histogram = [0_u32; 256];
        for pixel in gray.as_raw() {
            histogram[usize::from(*pixel)] += 1;
        }
        let mut brighter = (gray.as_raw().len() / 3) as u32;
        let mut paper = 255_u8;
        while paper > 0 && histogram[usize::from(paper)] < brighter {
            brighter -= histogram[usize::from(paper)];
            paper -= 1;
        }
        Self { gray, paper, below: paper.saturating_sub(CLEARLY) }
    }

    fn at(&self, x: u32, y: u32) -> bool {
        self.gray.get_pixel(x, y).0[0] < self.below
    }

    /// At most about `most` of them, evenly picked, the border left out.
    fn points(&self, most: usize) -> Vec<(f32, f32)> {
        let (width, height) = self.gray.dimensions();
        let mut points = Vec::new();
        for y in height / 25..height - height / 25 {
            for x in width / 25..width - width / 25 {
                if self.at(x, y) {
                    points.push((x as f32, y as f32));
                }
            }
        }
        let step = points.len().div_ceil(most).max(1);
        points.into_iter().step_by(step).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// Bars like lines of text.
    fn page_of_lines() -> GrayImage {
        GrayImage::from_fn(1240, 1754, |x, y| {
            let on_line = y % 60 < 14 && (200..1500).contains(&y);
            let on_word = x % 90 < 70 && (150..1100).contains(&x);
            Luma([if on_line && on_word { 20 } else { 245 }])
        })
    }

    #[test]
    fn a_turned_page_shows_its_angle_and_comes_back_straight() {
        for degrees in [-3.0, -0.8, 0.5, 2.0_f32] {
            let askew = straightened(&page_of_lines(), -degrees, 1.0);
            let found = skew(&askew, 150.0);
            assert!((found - degrees).abs() <= 0.15, "turned by {degrees}, found {found}");
            assert!(skew(&straightened(&askew, found, 1.0), 150.0).abs() <= 0.15);
        }
        assert!(skew(&page_of_lines(), 150.0).abs() < 0.11);
    }

    #[test]
    fn a_page_on_its_side_shows_it_and_its_busiest_band_has_the_lines() {
        let page = page_of_lines();
        assert!(!lines_run_down(&page, 150.0));
        assert!(lines_run_down(&image::imageops::rotate90(&page), 150.0));
        assert!(!lines_run_down(&GrayImage::from_pixel(1240, 1754, Luma([250])), 150.0));
        let mut low = GrayImage::from_pixel(1240, 1754, Luma([245]));
        image::imageops::replace(
            &mut low,
            &image::imageops::crop_imm(&page, 0, 300, 1240, 300).to_image(),
            0,
            1200,
        );
        let band = busiest_band(&low, 150.0);
        assert_eq!(band.dimensions(), (1240, 438));
        assert!(ink(&band, 150.0) > 3.0 * ink(&low, 150.0));
    }

    #[test]
    fn dots_all_over_a_page_are_taken_away_and_the_lines_stay() {
        let mut restless = page_of_lines();
        assert_eq!(calmed(restless.clone()), restless, "a calm page stays as it is");
        for (x, y, pixel) in restless.enumerate_pixels_mut() {
            if (x * 7919 + y * 104_729) % 11 == 0 {
                *pixel = Luma([10]);
            }
        }
        let calm = calmed(restless);
        let lines = ink(&page_of_lines(), 150.0);
        assert!((ink(&calm, 150.0) - lines).abs() < 0.1 * lines);
        assert_eq!(calm.get_pixel(600, 40).0[0], 255);
    }

    #[test]
    fn a_picture_grows_and_shrinks_with_its_middle_in_the_middle() {
        for scale in [0.3, 0.5, 0.75, 1.5, 3.0_f32] {
            let other = straightened(&page_of_lines(), 0.0, scale);
            assert!((other.width() as f32 - 1240.0 * scale).abs() < 4.0, "{scale}");
            let dark = |gray: &GrayImage| {
                let place = gray.enumerate_pixels().find(|(_, _, pixel)| pixel.0[0] < 120).unwrap();
                (place.0 as f32 / gray.width() as f32, place.1 as f32 / gray.height() as f32)
            };
            let (before, after) = (dark(&page_of_lines()), dark(&other));
            assert!(
                (before.0 - after.0).abs() < 0.01 && (before.1 - after.1).abs() < 0.01,
                "{before:?} {after:?}"
            );
        }
    }

    #[test]
    fn a_point_is_found_again_after_turning_back() {
        let mut gray = GrayImage::from_pixel(400, 300, Luma([255]));
        for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            gray.put_pixel(300 + dx, 80 + dy, Luma([0]));
        }
        let turned = straightened(&gray, 4.0, 1.0);
        let darkest = turned.enumerate_pixels().min_by_key(|(_, _, pixel)| pixel.0[0]).unwrap();
        let (x, y) = place_before(darkest.0 as f32, darkest.1 as f32, gray.dimensions(), 4.0);
        assert!((x - 300.5).abs() < 1.5 && (y - 80.5).abs() < 1.5, "{x} {y}");
    }

    #[test]
    fn specks_borders_and_pale_print_from_behind_are_no_ink() {
        let lines = page_of_lines();
        assert!(ink(&lines, 150.0) > BLANK * 10.0);
        let mut inverted = lines.clone();
        image::imageops::invert(&mut inverted);
        assert!(ink(&inverted, 150.0) > BLANK * 10.0);
        let mut back = GrayImage::from_pixel(1240, 1754, Luma([240]));
        for (x, y, pixel) in back.enumerate_pixels_mut() {
            if lines.get_pixel(1239 - x, y).0[0] < 100 {
                *pixel = Luma([205]);
            }
            if x < 20 || (x * 7919 + y * 104_729) % 3_001 == 0 {
                *pixel = Luma([10]);
            }
        }
        assert!(ink(&back, 150.0) < BLANK, "{}", ink(&back, 150.0));
        for (x, y, pixel) in back.enumerate_pixels_mut() {
            let hole = |middle_y: u32| x.abs_diff(75).pow(2) + y.abs_diff(middle_y).pow(2) < 17 * 17;
            if hole(600) || hole(1_080) {
                *pixel = Luma([15]);
            }
        }
        assert!(ink(&back, 150.0) < BLANK, "{}", ink(&back, 150.0));
        let mut signed = back;
        for step in 0..400_u32 {
            let (x, y) = (600 + step / 2, (1_400.0 + 30.0 * (step as f32 / 12.0).sin()) as u32);
            for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (0, 2)] {
                signed.put_pixel(x + dx, y + dy, Luma([40]));
            }
        }
        assert!(ink(&signed, 150.0) > BLANK, "{}", ink(&signed, 150.0));
    }
}
