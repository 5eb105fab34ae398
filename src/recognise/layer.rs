//! The text layer of a born-digital PDF page: visible glyphs, grouped into words and lines.
//!
//! In: what the interpreter draws. Out: [`Word`]s, or the reason to look at the picture instead. Absent on
//! purpose: text that nobody sees (invisible, transparent, outside the page, under an image).

use super::Word;
use super::raster::{Picture, luma, too_many_pixels};
use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, LumaData, Paint,
    SoftMask,
};
use hayro::kurbo::{Affine, BezPath, Point, Rect};
use image::{GrayImage, imageops};

/// Everything that was drawn on one page, in points from the top left corner.
#[derive(Default)]
pub struct Drawn {
    width: f64,
    height: f64,
    glyphs: Vec<Glyph>,
    /// Visible glyphs whose character nobody knows.
    unknown: usize,
    /// Images that cover the page.
    sheets: usize,
    /// The first of them, if it lies straight on the page.
    sheet: Option<Picture>,
    other_images: usize,
    paths: usize,
    /// Width and height of an image that is larger than we decode.
    pub oversized: Option<(u32, u32)>,
}

struct Glyph {
    text: String,
    /// Start of the baseline.
    origin: Point,
    /// Vector to the start of the next glyph.
    advance: (f64, f64),
    /// Size of the font.
    size: f64,
}

impl Drawn {
    pub fn on(width: f32, height: f32) -> Self {
        Self { width: f64::from(width), height: f64::from(height), ..Self::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.glyphs.is_empty() && self.unknown == 0 && self.nothing_but_text()
    }

    fn nothing_but_text(&self) -> bool {
        self.sheets == 0 && self.other_images == 0 && self.paths == 0
    }

    /// The scan, when the page is one image and nothing else that can be seen.
    pub fn scan(&mut self) -> Option<Picture> {
        let alone = self.sheets == 1 && self.other_images == 0 && self.paths == 0;
        let bare = self.glyphs.is_empty() && self.unknown == 0;
        if alone && bare { self.sheet.take() } else { None }
    }

    /// The words, if they are what a reader of the page would see.
    pub fn good_words(&self) -> Option<Vec<Word>> {
        let words = words(&self.glyphs);
        let unknown = self.unknown as f32 / (self.unknown + self.glyphs.len()).max(1) as f32;
        // A sheet image with a few words on top is a scan with a stamp of the scanner.
        let few = if self.sheets > 0 { 40 } else { 3 };
        let enough = words.len() >= few && long_words(&words) >= 3;
        (enough && unknown <= 0.05 && share_of_wordlike(&words) >= 0.7).then_some(words)
    }

    fn sees(&self, point: Point) -> bool {
        (0.0..=self.width).contains(&point.x) && (0.0..=self.height).contains(&point.y)
    }

    /// Share of the page that an image covers.
    fn share(&self, transform: Affine, width: u32, height: u32) -> f64 {
        let image = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let covered =
            transform.transform_rect_bbox(image).intersect(Rect::new(0.0, 0.0, self.width, self.height));
        covered.area() / (self.width * self.height).max(1.0)
    }

    /// The image ends where the page ends, so that places in it are places on the page.
    fn fits(&self, transform: Affine, width: u32, height: u32) -> bool {
        const NEAR: f64 = 0.005;
        let image = transform.transform_rect_bbox(Rect::new(0.0, 0.0, f64::from(width), f64::from(height)));
        let near = |edge: f64, expected: f64, side: f64| (edge - expected).abs() <= NEAR * side;
        near(image.x0, 0.0, self.width)
            && near(image.x1, self.width, self.width)
            && near(image.y0, 0.0, self.height)
            && near(image.y1, self.height, self.height)
    }

    fn sheet_image(&mut self, image: &Image<'_, '_>, transform: Affine) {
        self.sheets += 1;
        if self.sheets > 1 {
            self.sheet = None;
            return;
        }
        let mut sheet = None;
        match image {
            Image::Raster(raster) => raster.with_rgba(
                |colours, alpha| {
                    if alpha.is_none() {
                        sheet = gray_of(colours);
                    }
                },
                None,
            ),
            Image::Stencil(stencil) => stencil.with_stencil(
                |mask, paint| {
                    if is_dark(paint) {
                        sheet = stencil_of(mask);
                    }
                },
                None,
            ),
        }
        self.sheet = sheet.and_then(|gray| straight(gray, transform));
        let covers = matches!(image, Image::Raster(_)) && self.sheet.is_some();
        if !self.fits(transform, image.width(), image.height()) {
            self.sheet = None;
        }
        if covers {
            // What was drawn before lies under the scan.
            self.glyphs.clear();
            self.unknown = 0;
            self.paths = 0;
            self.other_images = 0;
        }
    }
}

fn gray_of(colours: ImageData) -> Option<GrayImage> {
    let (width, height) = (colours.width(), colours.height());
    let (across, down) = colours.scale_factors();
    if (across - 1.0).abs() > 0.01 || (down - 1.0).abs() > 0.01 {
        return None;
    }
    let gray = match colours {
        ImageData::Luma(luma) => luma.data,
        ImageData::Rgb(rgb) => rgb.data.chunks_exact(3).map(|c| luma(c[0], c[1], c[2])).collect(),
    };
    GrayImage::from_raw(width, height, gray)
}

fn stencil_of(mask: LumaData) -> Option<GrayImage> {
    let gray = mask.data.iter().map(|painted| 255 - painted).collect();
    GrayImage::from_raw(mask.width, mask.height, gray)
}

fn is_dark(paint: &Paint<'_>) -> bool {
    match paint {
        Paint::Color(color) => {
            let [red, green, blue, alpha] = color.to_rgba().to_rgba8();
            alpha > 200 && luma(red, green, blue) < 100
        }
        Paint::Pattern(_) => false,
    }
}

/// The image as it lies on the page, if it lies at right angles and is not mirrored.
fn straight(gray: GrayImage, transform: Affine) -> Option<Picture> {
    let [a, b, c, d, _, _] = transform.as_coeffs();
    let straight = b.abs() + c.abs() < 0.002 * (a.abs() + d.abs());
    let sideways = a.abs() + d.abs() < 0.002 * (b.abs() + c.abs());
    let (across, down) = if straight { (a, d) } else { (b, c) };
    if (across.abs() - down.abs()).abs() > 0.03 * across.abs().max(down.abs()) || across.abs() < 1e-6 {
        return None;
    }
    let dpi = (72.0 / across.abs()) as f32;
    let gray = match (straight, sideways) {
        (true, _) if a > 0.0 && d > 0.0 => gray,
        (true, _) if a < 0.0 && d < 0.0 => imageops::rotate180(&gray),
        (_, true) if b > 0.0 && c < 0.0 => imageops::rotate90(&gray),
        (_, true) if b < 0.0 && c > 0.0 => imageops::rotate270(&gray),
        _ => return None,
    };
    Some(Picture { gray, dpi })
}

impl<'a> Device<'a> for Drawn {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        const MOST_GLYPHS: usize = 500_000;
        if matches!(mode, DrawMode::Invisible) || is_transparent(&props.paint) {
            return;
        }
        for positioned in run.glyphs() {
            let place = props.transform * positioned.transform();
            let origin = place * Point::ORIGIN;
            if !self.sees(origin) || self.glyphs.len() > MOST_GLYPHS {
                continue;
            }
            let advance = match &**positioned {
                hayro::hayro_interpret::font::Glyph::Outline(glyph) => glyph.advance_width(),
                hayro::hayro_interpret::font::Glyph::Type3(glyph) => glyph.advance_width(),
            };
            let next = place * Point::new(f64::from(advance.unwrap_or(500.0)), 0.0);
            let up = place * Point::new(0.0, 1000.0);
            let text = positioned.as_unicode().and_then(readable);
            match text {
                Some(text) => self.glyphs.push(Glyph {
                    text,
                    origin,
                    advance: (next.x - origin.x, next.y - origin.y),
                    size: (up - origin).hypot(),
                }),
                None => self.unknown += 1,
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        const PAGE: f64 = 0.8;
        const DOT: f64 = 0.0005;
        let (width, height) = (image.width(), image.height());
        if too_many_pixels(width, height) {
            self.oversized = Some((width, height));
            return;
        }
        let share = self.share(props.transform, width, height);
        if share >= PAGE {
            self.sheet_image(&image, props.transform);
        } else if share > DOT {
            self.other_images += 1;
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.paths += 1;
    }

    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

fn is_transparent(paint: &Paint<'_>) -> bool {
    match paint {
        Paint::Color(color) => color.to_rgba().to_rgba8()[3] < 13,
        Paint::Pattern(_) => false,
    }
}

/// What a glyph says, ligatures taken apart; `None` for what no reader could type.
fn readable(said: BfString) -> Option<String> {
    let said = match said {
        BfString::Char(c) => c.to_string(),
        BfString::String(text) => text,
    };
    let mut text = String::new();
    for c in said.chars() {
        match c {
            '\u{fb00}' => text.push_str("ff"),
            '\u{fb01}' => text.push_str("fi"),
            '\u{fb02}' => text.push_str("fl"),
            '\u{fb03}' => text.push_str("ffi"),
            '\u{fb04}' => text.push_str("ffl"),
            '\u{fb05}' | '\u{fb06}' => text.push_str("st"),
            '\u{ad}' => text.push('-'),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            c if c.is_whitespace() => text.push(' '),
            '\u{fffd}' | '\u{e000}'..='\u{f8ff}' => return None,
            c if c.is_control() => return None,
            c => text.push(c),
        }
    }
    Some(text)
}

fn words(glyphs: &[Glyph]) -> Vec<Word> {
    let mut all = Vec::new();
    let mut line = 0;
    for quarter in 0..4 {
        let mut seen: Vec<Placed> = glyphs.iter().filter_map(|glyph| Placed::of(glyph, quarter)).collect();
        seen.sort_by(|a, b| a.down.total_cmp(&b.down));
        for row in rows(seen) {
            let before = all.len();
            row_words(row, quarter, line, &mut all);
            line += u32::from(all.len() > before);
        }
    }
    all
}

/// A glyph in the frame of its writing direction: how far along the line, how far down the page.
struct Placed<'a> {
    text: &'a str,
    along: f64,
    down: f64,
    width: f64,
    size: f64,
}

impl<'a> Placed<'a> {
    /// `quarter`: the text runs right, down, left or up.
    fn of(glyph: &'a Glyph, quarter: u8) -> Option<Self> {
        let (dx, dy) = glyph.advance;
        let runs = match (dx.abs() >= dy.abs(), dx >= 0.0, dy >= 0.0) {
            (true, true, _) => 0,
            (true, false, _) => 2,
            (false, _, true) => 1,
            (false, _, false) => 3,
        };
        let (along, down) = match quarter {
            0 => (glyph.origin.x, glyph.origin.y),
            1 => (glyph.origin.y, -glyph.origin.x),
            2 => (-glyph.origin.x, -glyph.origin.y),
            _ => (-glyph.origin.y, glyph.origin.x),
        };
        let finite = along.is_finite() && down.is_finite() && glyph.size.is_finite();
        (runs == quarter && finite && glyph.size > 0.1).then(|| Self {
            text: &glyph.text,
            along,
            down,
            width: dx.hypot(dy),
            size: glyph.size,
        })
    }
}

/// Glyphs on the same baseline, from left to right.
fn rows(seen: Vec<Placed<'_>>) -> Vec<Vec<Placed<'_>>> {
    let mut rows: Vec<Vec<Placed>> = Vec::new();
    for glyph in seen {
        let same = rows
            .last()
            .and_then(|row| row.first())
            .is_some_and(|first| (glyph.down - first.down).abs() < 0.4 * glyph.size.min(first.size));
        match rows.last_mut() {
            Some(row) if same => row.push(glyph),
            _ => rows.push(vec![glyph]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.along.total_cmp(&b.along));
    }
    rows
}

/// Splits a row at spaces and gaps. Bold by printing twice is one print.
fn row_words(row: Vec<Placed<'_>>, quarter: u8, line: u32, words: &mut Vec<Word>) {
    const GAP: f64 = 0.18;
    let mut open: Option<OpenWord> = None;
    for glyph in row {
        if glyph.text.trim().is_empty() {
            words.extend(open.take().map(|word| word.closed(quarter, line)));
            continue;
        }
        if let Some(word) = &mut open {
            let twice = word.last == glyph.text && (glyph.along - word.last_along).abs() < 0.12 * glyph.size;
            if twice {
                continue;
            }
            let apart = glyph.along - word.end > GAP * glyph.size.max(word.size);
            if apart {
                words.extend(open.take().map(|word| word.closed(quarter, line)));
            }
        }
        open.get_or_insert_with(|| OpenWord::at(&glyph)).push(&glyph);
    }
    words.extend(open.map(|word| word.closed(quarter, line)));
}

struct OpenWord {
    text: String,
    start: f64,
    end: f64,
    down: f64,
    size: f64,
    last: String,
    last_along: f64,
}

impl OpenWord {
    fn at(glyph: &Placed<'_>) -> Self {
        let (start, down) = (glyph.along, glyph.down);
        Self { text: String::new(), start, end: start, down, size: 0.0, last: String::new(), last_along: start }
    }

    fn push(&mut self, glyph: &Placed<'_>) {
        self.text.push_str(glyph.text.trim());
        self.end = self.end.max(glyph.along + glyph.width);
        self.size = self.size.max(glyph.size);
        self.last = glyph.text.to_owned();
        self.last_along = glyph.along;
    }

    /// Back from the frame of the writing direction into the frame of the page.
    fn closed(self, quarter: u8, line: u32) -> Word {
        let (ascent, descent) = (0.78 * self.size, 0.22 * self.size);
        let (long, high) = (self.end - self.start, ascent + descent);
        let (x, y, width, height) = match quarter {
            0 => (self.start, self.down - ascent, long, high),
            1 => (-self.down - descent, self.start, high, long),
            2 => (-self.end, -self.down - descent, long, high),
            _ => (self.down - ascent, -self.end, high, long),
        };
        let [x, y, width, height] = [x, y, width, height].map(|number| number as f32);
        Word { text: self.text, x, y, width, height, confidence: 1.0, line }
    }
}

fn long_words(words: &[Word]) -> usize {
    words.iter().filter(|word| word.text.chars().filter(|c| c.is_alphabetic()).count() >= 4).count()
}

/// Of the words with three letters and more: has a vowel, and no capital inside small letters. Words in
/// capitals and numbers are what they are.
fn share_of_wordlike(words: &[Word]) -> f32 {
    let (mut lettered, mut wordlike) = (0, 0);
    for word in words {
        let letters: Vec<char> = word.text.chars().filter(|c| c.is_alphabetic()).collect();
        if letters.len() < 3 || word.text.chars().any(|c| c.is_ascii_digit()) {
            continue;
        }
        lettered += 1;
        let vowel = letters.iter().any(|c| "aeiouyäöüAEIOUYÄÖÜéèàáíóúEÉ".contains(*c));
        let all_capital = letters.iter().all(|c| c.is_uppercase());
        wordlike += usize::from(vowel || (all_capital && letters.len() <= 5));
    }
    if lettered == 0 { 0.0 } else { wordlike as f32 / lettered as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyphs(text: &str, x: f64, y: f64) -> Vec<Glyph> {
        let glyph = |(place, c): (usize, char)| Glyph {
            text: c.to_string(),
            origin: Point::new(x + 5.0 * place as f64, y),
            advance: (5.0, 0.0),
            size: 10.0,
        };
        text.chars().enumerate().map(glyph).collect()
    }

    fn plain(words: &[Word]) -> Vec<(String, u32)> {
        words.iter().map(|word| (word.text.clone(), word.line)).collect()
    }

    #[test]
    fn glyphs_become_words_and_lines_whatever_the_order_of_drawing() {
        let mut page = glyphs("zweite Zeile", 50.0, 120.0);
        page.extend(glyphs("19,00", 200.0, 100.5));
        page.extend(glyphs("Netto", 50.0, 100.0));
        page.extend(glyphs("Netto", 50.3, 100.0));
        let expected = [("Netto", 0), ("19,00", 0), ("zweite", 1), ("Zeile", 1)];
        assert_eq!(plain(&words(&page)), expected.map(|(text, line)| (text.to_owned(), line)));
    }

    #[test]
    fn text_that_runs_upwards_is_read_after_the_rest_with_its_box_in_the_page() {
        let mut page = glyphs("oben", 50.0, 100.0);
        for (place, c) in "Rand".chars().enumerate() {
            let origin = Point::new(20.0, 400.0 - 5.0 * place as f64);
            page.push(Glyph { text: c.to_string(), origin, advance: (0.0, -5.0), size: 10.0 });
        }
        let words = words(&page);
        assert_eq!(plain(&words), [("oben".to_owned(), 0), ("Rand".to_owned(), 1)]);
        let rand = &words[1];
        assert!(rand.height > rand.width && (rand.y - 380.0).abs() < 0.1 && rand.x < 20.0, "{rand:?}");
    }

    #[test]
    fn ligatures_are_taken_apart_and_private_signs_are_unknown() {
        assert_eq!(readable(BfString::Char('\u{fb01}')).as_deref(), Some("fi"));
        assert_eq!(readable(BfString::Char('\u{a0}')).as_deref(), Some(" "));
        assert_eq!(readable(BfString::Char('\u{e001}')), None);
    }

    #[test]
    fn garbage_is_no_layer() {
        let mut drawn = Drawn::on(595.0, 842.0);
        drawn.glyphs = glyphs("xqz wrtk bcdf ghjk lmnp", 10.0, 10.0);
        assert!(drawn.good_words().is_none());
        drawn.glyphs = glyphs("Rechnung Nummer 17 vom heutigen Tage", 10.0, 10.0);
        assert_eq!(drawn.good_words().map(|words| words.len()), Some(6));
        drawn.unknown = 20;
        assert!(drawn.good_words().is_none());
        drawn.unknown = 0;
        drawn.sheets = 1;
        assert!(drawn.good_words().is_none());
    }
}
