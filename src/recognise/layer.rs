//! The text layer of a born-digital PDF page: visible glyphs, grouped into words and lines.
//!
//! In: what the interpreter draws. Out: [`Word`]s, or the reason to look at the picture instead; and how many
//! words nobody sees (invisible, transparent, covered, in the colour of the paper, outside the page, clipped).

use super::lines::{Glyph, words};
use super::raster::{Picture, luma, too_many_pixels};
use super::wordlike::{is_text, readable};
use super::{Unseen, Word};
use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, LumaData, Paint,
    SoftMask,
};
use hayro::kurbo::{Affine, BezPath, Point, Rect, Shape};
use image::{GrayImage, imageops};

/// What hides the glyphs that nobody sees.
#[derive(Default)]
struct UnseenGlyphs {
    hidden: Vec<Glyph>,
    pale: Vec<Glyph>,
    outside: Vec<Glyph>,
    clipped: Vec<Glyph>,
}

/// An area with its brightness; `None` where it has no single one.
struct Ground {
    area: Rect,
    luma: Option<u8>,
}

struct Group {
    opaque: bool,
    invisible: bool,
}

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
    /// Share of the page that these cover together.
    pictured: f64,
    paths: usize,
    unseen: UnseenGlyphs,
    /// What was filled or shown so far, the last on top.
    grounds: Vec<Ground>,
    clips: Vec<Rect>,
    /// Groups around what is drawn now, and how much of it they let through.
    groups: Vec<Group>,
    /// Comparisons of glyphs with what lies above and below them.
    compared: usize,
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
        const LARGE_PICTURE: f64 = 0.25;
        const MUCH_TEXT: usize = 100;
        let words = words(&self.glyphs);
        let unknown = self.unknown as f32 / (self.unknown + self.glyphs.len()).max(1) as f32;
        // An image over most of a page with a few words on top is a scan with a stamp or a covering note.
        let pictured = self.sheets > 0 || self.pictured > LARGE_PICTURE;
        let few = if pictured { MUCH_TEXT } else { 3 };
        (words.len() >= few && unknown <= 0.05 && is_text(&words)).then_some(words)
    }

    /// Words that nobody sees, by reason.
    pub fn unseen(&self) -> Unseen {
        let count = |glyphs: &[Glyph]| words(glyphs).len() as u32;
        Unseen {
            hidden: count(&self.unseen.hidden),
            pale: count(&self.unseen.pale),
            outside: count(&self.unseen.outside),
            clipped: count(&self.unseen.clipped),
        }
    }

    /// There is something besides text that could be a code: an image, or a drawing of many parts.
    pub fn may_show_a_code(&self) -> bool {
        const MODULES: usize = 150;
        self.other_images > 0 || self.sheets > 0 || self.paths > MODULES
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
            self.unseen.hidden.append(&mut self.glyphs);
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
        let lost = matches!(mode, DrawMode::Invisible)
            || is_transparent(&props.paint)
            || self.groups.iter().any(|group| group.invisible);
        let brightness = brightness(&props.paint);
        for positioned in run.glyphs() {
            let place = props.transform * positioned.transform();
            let origin = place * Point::ORIGIN;
            if self.drawn_glyphs() > MOST_GLYPHS {
                return;
            }
            let advance = match &**positioned {
                hayro::hayro_interpret::font::Glyph::Outline(glyph) => glyph.advance_width(),
                hayro::hayro_interpret::font::Glyph::Type3(glyph) => glyph.advance_width(),
            };
            let next = place * Point::new(f64::from(advance.unwrap_or(500.0)), 0.0);
            let up = place * Point::new(0.0, 1000.0);
            let text = positioned.as_unicode().and_then(readable);
            let known = text.is_some();
            let glyph = Glyph {
                text: text.unwrap_or_default(),
                origin,
                advance: (next.x - origin.x, next.y - origin.y),
                size: (up - origin).hypot(),
            };
            let middle = middle(&glyph, up - origin);
            let place = if lost {
                &mut self.unseen.hidden
            } else if !self.sees(origin) {
                &mut self.unseen.outside
            } else if self.clips.last().is_some_and(|clip| !clip.contains(middle)) {
                &mut self.unseen.clipped
            } else if self.fades(brightness, middle) {
                &mut self.unseen.pale
            } else {
                self.unknown += usize::from(!known);
                &mut self.glyphs
            };
            if known {
                place.push(glyph);
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
            self.pictured += share;
        }
        let frame = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let area = self.within_clip(props.transform.transform_rect_bbox(frame));
        let plain = props.blend_mode == BlendMode::Normal && props.soft_mask.is_none() && self.is_opaque();
        if share < PAGE
            && plain
            && is_straight(props.transform)
            && self.lies_on_text(area)
            && has_no_holes(&image)
        {
            self.cover(area);
        }
        self.ground(area, None);
    }

    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.paths += 1;
        let bounds = props.transform.transform_rect_bbox(path.bounding_box());
        let area = self.within_clip(bounds);
        let filled = !matches!(mode, DrawMode::Stroke(_) | DrawMode::Invisible);
        let box_like = path.area().abs() >= 0.95 * path.bounding_box().area();
        let opaque = props.blend_mode == BlendMode::Normal && props.soft_mask.is_none() && self.is_opaque();
        let brightness = brightness(&props.paint).filter(|_| opaque && box_like);
        match mode {
            DrawMode::Stroke(stroke) => {
                // A thick stroke is a bar.
                let thick = f64::from(stroke.line_width) * props.transform.determinant().abs().sqrt();
                if thick >= 6.0 && bounds.height().min(bounds.width()) < thick {
                    let half = thick / 2.0;
                    self.ground(self.within_clip(bounds.inflate(half, half)), None);
                }
            }
            _ if filled => {
                if brightness.is_some() {
                    self.cover(area);
                }
                self.ground(area, brightness);
            }
            _ => {}
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        let area = self.within_clip(clip.path.bounding_box());
        self.clips.push(area);
    }

    fn pop_clip(&mut self) {
        self.clips.pop();
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend: BlendMode) {
        let opaque = opacity > 0.9 && mask.is_none() && blend == BlendMode::Normal;
        self.groups.push(Group { opaque, invisible: opacity < 0.05 });
    }

    fn pop_transparency_group(&mut self) {
        self.groups.pop();
    }
}

/// What lies over and under the glyphs.
impl Drawn {
    /// Comparisons that are made at most; a page that needs more is drawn to tire us.
    const MOST_COMPARED: usize = 20_000_000;

    fn drawn_glyphs(&self) -> usize {
        let UnseenGlyphs { hidden, pale, outside, clipped } = &self.unseen;
        self.glyphs.len() + hidden.len() + pale.len() + outside.len() + clipped.len()
    }

    fn is_opaque(&self) -> bool {
        self.groups.iter().all(|group| group.opaque)
    }

    fn within_clip(&self, area: Rect) -> Rect {
        self.clips.last().map_or(area, |clip| area.intersect(*clip))
    }

    fn ground(&mut self, area: Rect, luma: Option<u8>) {
        const MOST_GROUNDS: usize = 20_000;
        const LETTER: f64 = 20.0;
        if area.area() >= LETTER && self.grounds.len() < MOST_GROUNDS {
            self.grounds.push(Ground { area, luma });
        }
    }

    /// In the colour of what lies under it, or nearly so.
    fn fades(&mut self, brightness: Option<u8>, place: Point) -> bool {
        const PAPER: u8 = 255;
        const NEARLY: u8 = 24;
        let Some(brightness) = brightness else { return false };
        if self.compared > Self::MOST_COMPARED {
            return false;
        }
        let under = self.grounds.iter().rposition(|ground| ground.area.contains(place));
        self.compared += self.grounds.len() - under.unwrap_or(0);
        let under = match under.and_then(|under| self.grounds.get(under)) {
            Some(ground) => ground.luma,
            None => Some(PAPER),
        };
        under.is_some_and(|under| under.abs_diff(brightness) < NEARLY)
    }

    fn lies_on_text(&mut self, area: Rect) -> bool {
        self.compared += self.glyphs.len();
        self.compared <= Self::MOST_COMPARED && self.glyphs.iter().any(|glyph| area.contains(glyph.origin))
    }

    /// What was drawn before in this area is not seen any more.
    fn cover(&mut self, area: Rect) {
        const LETTER: f64 = 20.0;
        if area.area() < LETTER || !self.lies_on_text(area) {
            return;
        }
        let up = |glyph: &Glyph| {
            let (dx, dy) = glyph.advance;
            let length = dx.hypot(dy).max(1e-6);
            hayro::kurbo::Vec2::new(dy / length, -dx / length) * glyph.size
        };
        let glyphs = std::mem::take(&mut self.glyphs);
        for glyph in glyphs {
            let covered = area.contains(middle(&glyph, up(&glyph)));
            if covered { self.unseen.hidden.push(glyph) } else { self.glyphs.push(glyph) }
        }
    }
}

/// The middle of a small letter.
fn middle(glyph: &Glyph, up: hayro::kurbo::Vec2) -> Point {
    let (dx, dy) = glyph.advance;
    glyph.origin + hayro::kurbo::Vec2::new(dx / 2.0, dy / 2.0) + up * 0.25
}

fn is_straight(transform: Affine) -> bool {
    let [a, b, c, d, _, _] = transform.as_coeffs();
    b.abs() + c.abs() < 0.002 * (a.abs() + d.abs()) || a.abs() + d.abs() < 0.002 * (b.abs() + c.abs())
}

fn has_no_holes(image: &Image<'_, '_>) -> bool {
    let mut whole = false;
    if let Image::Raster(raster) = image {
        raster.with_rgba(|_, alpha| whole = alpha.is_none(), None);
    }
    whole
}

/// Of a plain opaque colour.
fn brightness(paint: &Paint<'_>) -> Option<u8> {
    match paint {
        Paint::Color(color) => {
            let [red, green, blue, alpha] = color.to_rgba().to_rgba8();
            (alpha > 230).then(|| luma(red, green, blue))
        }
        Paint::Pattern(_) => None,
    }
}

fn is_transparent(paint: &Paint<'_>) -> bool {
    match paint {
        Paint::Color(color) => color.to_rgba().to_rgba8()[3] < 13,
        Paint::Pattern(_) => false,
    }
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
