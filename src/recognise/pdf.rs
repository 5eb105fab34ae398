//! PDF: opened with what passwords there are, its pages read by layer or by picture.
//!
//! In: bytes and passwords. Out: [`Page`]s. Absent on purpose: scripts, forms, links, anything active.
//!
//! Two readers look at the same file: lopdf at its structure (encryption, embedded files, cutting), hayro at
//! what its pages show. A file in which they see different pages is refused, because what was read and what is
//! filed could differ.

use super::layer::Drawn;
use super::ocr::Engine;
use super::raster::{Picture, luma, too_large};
use super::{Page, PageKind, divider, look, page};
use crate::error::{Error, Kind, Result};
use hayro::hayro_interpret::{Context, InterpreterCache, InterpreterSettings, TransformExt, interpret_page};
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::page::Page as Sheet;
use hayro::kurbo::Rect;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use image::GrayImage;
use lopdf::{Document, LoadOptions};

/// An opened PDF: its structure, and the password that opened it (mostly the empty one).
pub struct Opened {
    pub structure: Document,
    password: String,
}

pub const MOST_PAGES: usize = 2_000;

/// Opens with the empty password, then with the others in their order.
pub fn open(bytes: &[u8], passwords: &[String]) -> Result<Opened> {
    if !bytes[..bytes.len().min(1024)].windows(5).any(|window| window == b"%PDF-") {
        return Err(damaged("the file does not begin as a PDF"));
    }
    let mut encrypted = false;
    for password in std::iter::once("").chain(passwords.iter().map(String::as_str)) {
        let options = LoadOptions {
            password: Some(password.to_owned()),
            max_decompressed_size: Some(64 << 20),
            ..LoadOptions::default()
        };
        match Document::load_mem_with_options(bytes, options) {
            Ok(structure) if !structure.trailer.has(b"Encrypt") || structure.was_encrypted() => {
                check_pages(&structure)?;
                return Ok(Opened { structure, password: password.to_owned() });
            }
            Ok(_) => encrypted = true,
            Err(lopdf::Error::Decryption(_) | lopdf::Error::InvalidPassword) => encrypted = true,
            Err(lopdf::Error::Decompress(lopdf::DecompressError::MemoryLimitExceeded { .. })) => {
                return Err(Error::new(Kind::TooLarge, "the PDF unpacks to more than it may"));
            }
            Err(_) if encrypted => {}
            Err(_) => return Err(damaged("the PDF is damaged or ends too early")),
        }
    }
    Err(locked())
}

fn check_pages(structure: &Document) -> Result<()> {
    if structure.catalog().is_err() {
        return Err(damaged("the PDF has lost its catalog"));
    }
    match structure.page_iter().take(MOST_PAGES + 1).count() {
        0 if says_it_has_none(structure) => {
            Err(Error::new(Kind::NoPages, "the PDF has no page").hint("ask the sender for the document"))
        }
        0 => Err(damaged("the PDF has lost its pages")),
        pages if pages > MOST_PAGES => {
            Err(Error::new(Kind::TooLarge, format!("the PDF has more than {MOST_PAGES} pages"))
                .hint("divide it and send its parts"))
        }
        _ => Ok(()),
    }
}

/// The page tree is there and it is empty.
fn says_it_has_none(structure: &Document) -> bool {
    let tree = structure.catalog().and_then(|catalog| catalog.get_deref(b"Pages", structure));
    let tree = tree.and_then(|tree| tree.as_dict());
    let kids = tree.and_then(|tree| tree.get_deref(b"Kids", structure)).and_then(|kids| kids.as_array());
    kids.is_ok_and(Vec::is_empty)
}

fn damaged(text: &str) -> Error {
    Error::new(Kind::Damaged, text).hint("ask the sender to send it again")
}

fn locked() -> Error {
    Error::new(Kind::Encrypted, "the PDF is encrypted")
        .hint("ask for it without a password, or store the password in the settings")
}

/// Calls `work` with the number of pages and with what reads one of them (from 1).
pub fn read<T>(
    bytes: Vec<u8>,
    opened: Opened,
    work: impl FnOnce(u32, &mut dyn FnMut(u32) -> Result<Page>) -> Result<T>,
) -> Result<T> {
    use hayro::hayro_syntax::LoadPdfError;
    let pdf = Pdf::new_with_password(bytes, &opened.password).map_err(|error| match error {
        LoadPdfError::Decryption(_) => locked(),
        LoadPdfError::Invalid => damaged("the pages of the PDF cannot be found"),
    })?;
    let sheets = pdf.pages();
    let total = sheets.len();
    if total != opened.structure.page_iter().count() {
        return Err(damaged("the page tree of the PDF contradicts itself"));
    }
    let mut eyes = Eyes { cache: InterpreterCache::new(), rendering: RenderCache::new(), engine: None };
    // Its pages are counted; holding the structure while reading would double the memory.
    drop(opened);
    work(total as u32, &mut |number| {
        let sheet = sheets.get((number as usize).wrapping_sub(1));
        let sheet = sheet.ok_or_else(|| Error::new(Kind::Internal, format!("the PDF has no page {number}")))?;
        eyes.page(number, sheet)
    })
}

/// What is kept from page to page.
struct Eyes<'a> {
    cache: InterpreterCache<'a>,
    rendering: RenderCache<'a>,
    engine: Option<Engine>,
}

impl<'a> Eyes<'a> {
    fn page(&mut self, number: u32, sheet: &'a Sheet<'a>) -> Result<Page> {
        let (width, height) = size(number, sheet)?;
        let mut drawn = self.drawn(sheet, width, height);
        if let Some((width, height)) = drawn.oversized {
            return Err(too_large(width, height));
        }
        let unseen = drawn.unseen();
        let page = |kind, words| Page { words, unseen, ..Page::empty(number, kind, (width, height)) };
        if drawn.is_empty() {
            return Ok(page(PageKind::Blank, Vec::new()));
        }
        if let Some(words) = drawn.good_words() {
            // A printed separator sheet has few words; a page of nothing but text needs no look at its picture.
            const FEW: usize = 90;
            if words.len() > FEW && !drawn.may_show_a_code() {
                return Ok(page(PageKind::Layer, words));
            }
            let picture = self.rendered(sheet, width, height, 200.0);
            let divider = divider::look(&picture, (width, height), look::ink(&picture.gray, picture.dpi));
            let kind = divider.kind_with(&words).unwrap_or(PageKind::Layer);
            let words = if matches!(kind, PageKind::Separator(_)) { Vec::new() } else { words };
            return Ok(Page { begins: divider.begins(), codes: divider.codes, ..page(kind, words) });
        }
        let picture = match drawn.scan() {
            Some(scan) if (100.0..=1200.0).contains(&scan.dpi) => scan,
            _ => self.rendered(sheet, width, height, 300.0),
        };
        let read = page::read(number, picture, (width, height), &mut self.engine)?;
        Ok(Page { unseen, ..read })
    }

    fn drawn(&self, sheet: &'a Sheet<'a>, width: f32, height: f32) -> Drawn {
        let mut drawn = Drawn::on(width, height);
        let frame = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let transform = sheet.initial_transform(true).to_kurbo();
        let settings = InterpreterSettings::default();
        let mut context = Context::new(transform, frame, &self.cache, sheet.xref(), settings);
        interpret_page(sheet, &mut context, &mut drawn);
        drawn
    }

    /// The picture of a page, with fewer dots where the page is large.
    fn rendered(&self, sheet: &'a Sheet<'a>, width: f32, height: f32, dpi: f32) -> Picture {
        const MOST_PIXELS: f32 = 40e6;
        let inches = width * height / (72.0 * 72.0);
        let dpi = dpi.min((MOST_PIXELS / inches).sqrt());
        let scale = dpi / 72.0;
        let size = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
        let settings = InterpreterSettings::default();
        let pixmap = hayro::render(sheet, &self.rendering, &settings, &RenderSettings::default(), &size);
        let (across, down) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
        let gray = pixmap.data_as_u8_slice().chunks_exact(4).map(|c| luma(c[0], c[1], c[2])).collect();
        let gray = GrayImage::from_raw(across, down, gray).unwrap_or_else(|| GrayImage::new(1, 1));
        Picture { gray, dpi }
    }
}

/// Width and height in points as shown, bounded before anything is drawn.
fn size(number: u32, sheet: &Sheet<'_>) -> Result<(f32, f32)> {
    const LONGEST: f32 = 14_400.0;
    let (width, height) = sheet.render_dimensions();
    let sane = |side: f32| side.is_finite() && (1.0..=LONGEST).contains(&side);
    if sane(width) && sane(height) {
        return Ok((width, height));
    }
    let text = format!("page {number} measures {width:.0} x {height:.0} points");
    Err(Error::new(Kind::TooLarge, text).hint("ask for a PDF whose pages are at most 5 metres long"))
}
