//! The text layer of a born-digital PDF page: visible glyphs, grouped into words and lines.
//!
//! In: what the interpreter draws. Out: [`Word`]s, or the reason to look at the picture instead. Absent on
//! purpose: text that nobody sees (invisible, transparent, outside the page, under an image).

use super::Word;
use super::lines::{Glyph, words};
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
