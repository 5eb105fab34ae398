//! Separator sheets to print.
//!
//! In: what the documents behind the sheet belong to. Out: a PDF on A4; the same order gives the same bytes.
//! Absent on purpose: where it is written, and who may print for whom.
//!
//! The sheet says the same three times: patch T along both short edges, a large QR code, and Code 128 along
//! the long edge. It reads the same upside down.

use crate::error::{Error, Kind, Result};
use crate::job::Tenant;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use std::fmt::Write;
use zxingcpp::BarcodeFormat;

/// What the documents behind the sheet belong to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sheet {
    pub tenant: Tenant,
    pub office: Option<String>,
    pub class: Option<String>,
}

/// Which sides of a sheet carry the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sides {
    Front,
    Both,
}

impl Sheet {
    /// What the codes say: `LAUFMAPPE:1;tenant=…;office=…;class=…`.
    pub fn payload(&self) -> Result<String> {
        let mut payload = format!("LAUFMAPPE:1;tenant={}", self.tenant);
        for (key, german, value) in [("office", "Amt", &self.office), ("class", "Art", &self.class)] {
            if let Some(value) = value {
                write!(payload, ";{key}={}", checked(key, german, value)?).ok();
            }
        }
        Ok(payload)
    }
}

/// A value that comes out of the code as it went in.
fn checked<'a>(key: &str, german: &str, value: &'a str) -> Result<&'a str> {
    const LONGEST: usize = 60;
    let value = value.trim();
    let refuse = |de: &str, en: &str| {
        Error::new(Kind::Usage, format!("the {key} of a separator sheet {en}"))
            .hint("use a short name or a number")
            .in_particular(format!("{german}: {de}"), format!("{key}: it {en}."))
    };
    if value.is_empty() {
        return Err(refuse("Die Angabe ist leer.", "is empty"));
    }
    if value.chars().count() > LONGEST {
        return Err(refuse("Die Angabe ist länger als 60 Zeichen.", "is longer than 60 characters"));
    }
    if value.chars().any(|c| c.is_control() || c == ';') {
        return Err(refuse(
            "Strichpunkt und Steuerzeichen sind nicht erlaubt.",
            "holds a semicolon or a control character",
        ));
    }
    Ok(value)
}

/// The sheets as one PDF.
pub fn separator_sheets(sheet: &Sheet, copies: u32, sides: Sides) -> Result<Vec<u8>> {
    let drawing = drawing(sheet)?;
    let mut target = Document::with_version("1.7");
    let root = target.new_object_id();
    let fonts = [("F", "Helvetica"), ("B", "Helvetica-Bold")].map(|(name, font)| {
        let id = target.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => font, "Encoding" => "WinAnsiEncoding",
        });
        (name, id)
    });
    let mut named = Dictionary::new();
    for (name, id) in fonts {
        named.set(name, id);
    }
    let mut contents = Stream::new(Dictionary::new(), drawing);
    // Left as it is when packing fails: longer, but right.
    contents.compress().ok();
    let contents = target.add_object(contents);
    let pages = match sides {
        Sides::Front => copies,
        Sides::Both => copies.saturating_mul(2),
    };
    let mut kids: Vec<ObjectId> = Vec::new();
    for _ in 0..pages {
        kids.push(target.add_object(dictionary! {
            "Type" => "Page",
            "Parent" => root,
            "MediaBox" => vec![0.into(), 0.into(), Object::Real(WIDTH), Object::Real(HEIGHT)],
            "Resources" => dictionary! { "Font" => named.clone() },
            "Contents" => contents,
        }));
    }
    super::copy::bytes(super::copy::closed(target, root, &kids, None))
}

/// A4 in points.
const WIDTH: f32 = 595.276;
const HEIGHT: f32 = 841.89;
const INCH: f32 = 72.0;

fn drawing(sheet: &Sheet) -> Result<Vec<u8>> {
    let payload = sheet.payload()?;
    let mut page = Drawing::default();
    page.patch(HEIGHT - 0.4 * INCH, -1.0);
    page.patch(0.4 * INCH, 1.0);
    page.text("B", 34.0, 72.0, 670.0, "Trennblatt");
    page.text("B", 15.0, 72.0, 646.0, "Nicht ablegen, nicht lochen, nicht beschriften");
    let rows = [
        ("Mandant", Some(sheet.tenant.as_str())),
        ("Amt", sheet.office.as_deref()),
        ("Art", sheet.class.as_deref()),
    ];
    for (row, (name, value)) in rows.into_iter().enumerate() {
        let y = 608.0 - 24.0 * row as f32;
        page.text("F", 14.0, 72.0, y, name);
        page.text("B", 14.0, 150.0, y, value.unwrap_or("–"));
    }
    page.square_code(&payload, (150.0, 290.0), 220.0)?;
    page.stripes(&payload, (480.0, 160.0), (54.0, 530.0))?;
    let advice = [
        "Vor jeden Beleg ein Trennblatt legen; der Beleg endet am nächsten Trennblatt.",
        "Lage und Seite sind gleich: Das Blatt wird auch kopfstehend gelesen.",
        "Das Blatt kann immer wieder benutzt werden, solange die Codes sauber sind.",
    ];
    for (row, line) in advice.iter().enumerate() {
        page.text("F", 10.5, 72.0, 232.0 - 16.0 * row as f32, line);
    }
    page.text("F", 8.0, 72.0, 170.0, &payload);
    Ok(page.0)
}

#[derive(Default)]
struct Drawing(Vec<u8>);

impl Drawing {
    fn box_at(&mut self, x: f32, y: f32, width: f32, height: f32) {
        self.0.extend(format!("{x:.3} {y:.3} {width:.3} {height:.3} re f\n").bytes());
    }

    /// Patch T across the page, inwards from an edge; `inwards` is the direction on the page.
    fn patch(&mut self, edge: f32, inwards: f32) {
        const BARS: [f32; 4] = [0.08, 0.2, 0.08, 0.2];
        let mut from = edge;
        for bar in BARS {
            let to = from + inwards * bar * INCH;
            self.box_at(72.0, from.min(to), WIDTH - 144.0, bar * INCH);
            from = to + inwards * 0.08 * INCH;
        }
    }

    /// A line in the encoding of the standard fonts; what it does not know becomes a question mark.
    fn text(&mut self, font: &str, size: f32, x: f32, y: f32, text: &str) {
        self.0.extend(format!("BT /{font} {size} Tf {x:.2} {y:.2} Td (").bytes());
        for c in text.chars() {
            match c {
                '(' | ')' | '\\' => self.0.extend([b'\\', c as u8]),
                '–' => self.0.push(0x96),
                ' '..='~' | '\u{a0}'..='\u{ff}' => self.0.push(c as u8),
                _ => self.0.push(b'?'),
            }
        }
        self.0.extend(b") Tj ET\n");
    }

    fn square_code(&mut self, payload: &str, (x, y): (f32, f32), side: f32) -> Result<()> {
        let (modules, width) = modules(payload, BarcodeFormat::QRCode, "ecLevel=Q")?;
        let module = side / width as f32;
        let rows = modules.len() / width;
        for (row, line) in modules.chunks_exact(width).enumerate() {
            let bottom = y + (rows - 1 - row) as f32 * module;
            for (start, length) in dark_runs(line) {
                self.box_at(x + start as f32 * module, bottom, length as f32 * module, module);
            }
        }
        Ok(())
    }

    /// Code 128, read upwards. It is left out where its stripes would be too fine for 200 dots per inch, or
    /// where it has no letters for the payload.
    fn stripes(&mut self, payload: &str, (x, y): (f32, f32), (wide, most): (f32, f32)) -> Result<()> {
        const FINEST: f32 = 0.72;
        const LONGEST: usize = 70;
        if !payload.is_ascii() || payload.len() > LONGEST {
            return Ok(());
        }
        let (modules, width) = modules(payload, BarcodeFormat::Code128, "")?;
        let module = (most / width as f32).min(1.4);
        if module < FINEST {
            return Ok(());
        }
        for (start, length) in dark_runs(&modules[..width]) {
            self.box_at(x, y + start as f32 * module, wide, length as f32 * module);
        }
        Ok(())
    }
}

/// Start and length of what is dark.
fn dark_runs(line: &[bool]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (place, _) in line.iter().enumerate().filter(|(_, dark)| **dark) {
        match runs.last_mut() {
            Some(run) if run.0 + run.1 == place => run.1 += 1,
            _ => runs.push((place, 1)),
        }
    }
    runs
}

/// The modules of a code row by row, dark ones true, and how many stand in a row.
fn modules(payload: &str, format: BarcodeFormat, options: &str) -> Result<(Vec<bool>, usize)> {
    let not_made =
        |error: zxingcpp::Error| Error::new(Kind::Internal, format!("making a code failed: {error}"));
    let code = zxingcpp::create(format).options(options).from_str(payload).map_err(not_made)?;
    let look = zxingcpp::write().scale(1).add_quiet_zones(false).add_hrt(false);
    let image = code.to_image_with(&look).map_err(not_made)?;
    let levels = image.data();
    let width = usize::try_from(image.width()).unwrap_or_default();
    if width == 0 || levels.is_empty() || levels.len() % width != 0 {
        return Err(Error::new(Kind::Internal, "a code came out empty"));
    }
    Ok((levels.iter().map(|level| *level < 128).collect(), width))
}

#[cfg(test)]
mod tests {
    use super::super::raster::{Picture, luma};
    use super::super::{PageKind, divider, look};
    use super::*;
    use hayro::hayro_interpret::InterpreterSettings;
    use hayro::hayro_syntax::Pdf;
    use hayro::vello_cpu::color::palette::css::WHITE;
    use hayro::{PixmapSettings, RenderCache, RenderSettings};
    use image::{GrayImage, imageops};

    fn sheet(office: &str, class: &str) -> Sheet {
        let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Sheet { tenant: "musterstadt".parse().unwrap(), office: some(office), class: some(class) }
    }

    fn printed(sheet: &Sheet, dpi: f32) -> Picture {
        let pdf = Pdf::new(separator_sheets(sheet, 1, Sides::Front).unwrap()).unwrap();
        let scale = dpi / 72.0;
        let size = PixmapSettings { x_scale: scale, y_scale: scale, bg_color: WHITE };
        let (cache, settings) = (RenderCache::new(), InterpreterSettings::default());
        let pixmap = hayro::render(&pdf.pages()[0], &cache, &settings, &RenderSettings::default(), &size);
        let gray = pixmap.data_as_u8_slice().chunks_exact(4).map(|c| luma(c[0], c[1], c[2])).collect();
        let (across, down) = (u32::from(pixmap.width()), u32::from(pixmap.height()));
        Picture { gray: GrayImage::from_raw(across, down, gray).unwrap(), dpi }
    }

    fn found(picture: &Picture) -> divider::Divider {
        divider::look(picture, (WIDTH, HEIGHT), look::ink(&picture.gray, picture.dpi))
    }

    fn kind(picture: &Picture) -> Option<PageKind> {
        found(picture).kind()
    }

    /// Grain and specks, the same ones every time.
    fn dirty(picture: &mut Picture) {
        let mut state = 7_u32;
        for pixel in picture.gray.pixels_mut() {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let grain = (state >> 24) as i32 / 5 - 25;
            let speck = (state >> 8).is_multiple_of(3_000);
            pixel.0[0] =
                if speck { 0 } else { (i32::from(pixel.0[0]) * 8 / 10 + 40 + grain).clamp(0, 255) as u8 };
        }
    }

    #[test]
    fn what_was_printed_is_read_however_it_was_scanned() {
        for (office, class) in
            [("60", "rechnung"), ("Kämmerei", "Bußgeld"), ("", ""), (&"x".repeat(60), &"9".repeat(60))]
        {
            let sheet = sheet(office, class);
            let expected = Some(PageKind::Separator(sheet.payload().unwrap()));
            for dpi in [150.0, 200.0, 300.0] {
                for degrees in [-3.0, 0.0, 2.0_f32] {
                    let mut picture = printed(&sheet, dpi);
                    picture.gray = look::straightened(&picture.gray, degrees, 1.0);
                    dirty(&mut picture);
                    assert_eq!(kind(&picture), expected, "{office:?} at {dpi} dpi, {degrees} degrees");
                    picture.gray = imageops::rotate180(&picture.gray);
                    assert_eq!(kind(&picture), expected, "{office:?} upside down at {dpi} dpi");
                }
            }
        }
    }

    /// Strips or spots that nothing can be read under, one after the other.
    #[test]
    fn a_sheet_is_never_taken_for_a_page_and_never_for_another_sheet() {
        let whole = printed(&sheet("60", "rechnung"), 200.0);
        let payload = sheet("60", "rechnung").payload().unwrap();
        let (width, height) = whole.gray.dimensions();
        let (mut read, mut unread) = (0, 0);
        for seed in 0..60_u32 {
            let mut picture = Picture { gray: whole.gray.clone(), dpi: 200.0 };
            let mut state = seed * 97 + 1;
            let mut chance = |most: u32| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (state >> 8) % most
            };
            for _ in 0..=seed / 8 {
                let (x, y) = (chance(width - 200), chance(height - 200));
                let (w, h) = if seed % 2 == 0 {
                    (width, 20 + chance(120))
                } else {
                    (60 + chance(400), 60 + chance(400))
                };
                let level = if seed % 3 == 0 { 30 } else { 255 };
                for row in y..(y + h).min(height) {
                    for column in x..(x + w).min(width) {
                        picture.gray.put_pixel(column, row, image::Luma([level]));
                    }
                }
            }
            match found(&picture).kind_with(&[]) {
                Some(PageKind::Separator(found)) if found == payload => read += 1,
                Some(PageKind::Separator(other)) => panic!("damage {seed} made another sheet of it: {other}"),
                Some(_) => unread += 1,
                None => panic!("damage {seed} made a page of it"),
            }
        }
        assert!(read >= 40, "only {read} of 60 damaged sheets could be read, {unread} were noticed");
    }

    #[test]
    fn values_that_would_change_the_code_are_refused_in_german() {
        for office in ["a;class=b", "zwei\nZeilen", " ", &"x".repeat(61)] {
            let error = Sheet { office: Some(office.to_owned()), ..sheet("", "") }.payload().unwrap_err();
            assert_eq!(error.kind, Kind::Usage);
            assert!(error.particular.unwrap().de.starts_with("Amt: "), "{office:?}");
        }
    }

    #[test]
    fn the_same_order_gives_the_same_bytes() {
        let sheet = sheet("60", "");
        let make = || separator_sheets(&sheet, 2, Sides::Both).unwrap();
        assert_eq!(make(), make());
        assert_eq!(Document::load_mem(&make()).unwrap().get_pages().len(), 4);
    }
}
