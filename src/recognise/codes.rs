//! Machine-readable codes on a page: QR, Code 128, Data Matrix.
//!
//! In: a picture. Out: [`Code`]s with their places, and whether one was seen that could not be read. Absent on
//! purpose: what a code means; `divider.rs` knows which ones divide a batch.

use super::raster::Picture;
use super::{Code, Symbology, look};
use image::{GrayImage, imageops};
use zxingcpp::{Barcode, BarcodeFormat, ImageFormat, ImageView};

/// What a look for codes gave.
#[derive(Debug, Default)]
pub struct Seen {
    /// In an order that does not depend on chance; areas in points of the page as it lies.
    pub codes: Vec<Code>,
    /// There is a QR code, but its check digits fail.
    pub unreadable: bool,
    /// Degrees clockwise (0, 90, 180, 270) that bring the first code upright.
    pub lying: u16,
}

/// `points` are width and height of the page as it lies.
pub fn seen(picture: &Picture, points: (f32, f32)) -> Seen {
    // Printed codes have dots of a quarter millimetre; more than 300 dots per inch only cost time.
    let factor = (picture.dpi / 300.0).round().max(1.0) as u32;
    let smaller = (factor > 1).then(|| look::shrink_by(&picture.gray, factor));
    let gray = smaller.as_ref().unwrap_or(&picture.gray);
    let dpi = picture.dpi / factor as f32;
    let seen = seen_in(gray, dpi, points);
    if !seen.unreadable {
        return seen;
    }
    // Noise and thin ink spoil dots that are right on average.
    let again = [imageops::blur(gray, 1.2), look::shrink_by(gray, 2)];
    let read = again.iter().zip([dpi, dpi / 2.0]).map(|(gray, dpi)| seen_in(gray, dpi, points));
    read.into_iter().find(|again| !again.codes.is_empty()).unwrap_or(seen)
}

fn seen_in(gray: &GrayImage, dpi: f32, points: (f32, f32)) -> Seen {
    let mut seen = Seen::default();
    for barcode in barcodes(gray) {
        match code(&barcode, gray, points) {
            Some(code) => {
                if seen.codes.is_empty() {
                    seen.lying = upright_after(barcode.orientation());
                }
                seen.codes.push(code);
            }
            None => seen.unreadable |= is_large_qr(&barcode, gray, dpi),
        }
    }
    seen.unreadable &= seen.codes.is_empty();
    seen.codes.sort_by(|a, b| a.text.cmp(&b.text).then(a.area[1].total_cmp(&b.area[1])));
    seen
}

/// Specks and letters look like a small code that fails; three eyes of a large one hardly come by chance.
fn is_large_qr(barcode: &Barcode, gray: &GrayImage, dpi: f32) -> bool {
    const LARGE: f32 = 0.6;
    let place = barcode.position();
    let (across, down) = (place.top_right.x - place.top_left.x, place.top_right.y - place.top_left.y);
    let side = (across as f32).hypot(down as f32);
    barcode.symbology() == BarcodeFormat::QRCode
        && side >= LARGE * dpi
        && side <= gray.width().max(gray.height()) as f32
}

fn upright_after(orientation: i32) -> u16 {
    match (orientation.rem_euclid(360) + 45) / 90 {
        1 => 270,
        2 => 180,
        3 => 90,
        _ => 0,
    }
}

fn barcodes(gray: &GrayImage) -> Vec<Barcode> {
    let Ok(view) = ImageView::from_slice(gray.as_raw(), gray.width(), gray.height(), ImageFormat::Lum) else {
        return Vec::new();
    };
    zxingcpp::read()
        .formats([BarcodeFormat::QRCode, BarcodeFormat::Code128, BarcodeFormat::DataMatrix])
        .try_harder(true)
        .try_rotate(true)
        .try_invert(false)
        .return_errors(true)
        .max_number_of_symbols(12)
        .from(&view)
        .unwrap_or_default()
}

fn code(barcode: &Barcode, gray: &GrayImage, (width, height): (f32, f32)) -> Option<Code> {
    const LONGEST: usize = 1_000;
    let symbology = match barcode.symbology() {
        BarcodeFormat::QRCode => Symbology::Qr,
        BarcodeFormat::Code128 => Symbology::Code128,
        BarcodeFormat::DataMatrix => Symbology::DataMatrix,
        _ => return None,
    };
    if !barcode.is_valid() {
        return None;
    }
    let place = barcode.position();
    let corners = [place.top_left, place.top_right, place.bottom_right, place.bottom_left];
    let (across, down) = (width / gray.width().max(1) as f32, height / gray.height().max(1) as f32);
    let x = corners.iter().map(|corner| corner.x as f32 * across);
    let y = corners.iter().map(|corner| corner.y as f32 * down);
    let (left, right) = (x.clone().fold(f32::MAX, f32::min), x.fold(0.0, f32::max));
    let (top, bottom) = (y.clone().fold(f32::MAX, f32::min), y.fold(0.0, f32::max));
    Some(Code {
        symbology,
        text: barcode.text().chars().take(LONGEST).collect(),
        area: [left, top, right - left, bottom - top],
    })
}
