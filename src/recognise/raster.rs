//! Images of pages: TIFF, JPEG and PNG, decoded one page at a time.
//!
//! In: bytes. Out: [`Raster`]s with resolution and orientation. Absent on purpose: what TIFF does differently,
//! which `tiff_pages.rs` knows.

use super::tiff_pages::TiffPages;
use crate::error::{Error, Kind, Result};
use crate::job;
use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, ImageDecoder, ImageFormat, ImageReader, Limits, imageops};
use std::io::Cursor;

/// One image as it is stored, before it is turned upright.
pub struct Raster {
    pub width: u32,
    pub height: u32,
    pub pixels: Pixels,
    /// Dots per inch, across and down.
    pub dpi: (f32, f32),
    /// What turns it upright.
    pub orientation: Orientation,
}

/// Rows from top to bottom without gaps; bilevel rows begin on a byte.
pub enum Pixels {
    /// Eight pixels a byte, the leftmost in the highest bit, 1 is white.
    Bilevel(Vec<u8>),
    Gray(Vec<u8>),
    Rgb(Vec<u8>),
}

/// A page for the eyes: upright as stored, gray, square pixels.
pub struct Picture {
    pub gray: GrayImage,
    /// Dots per inch.
    pub dpi: f32,
}

/// The images of a file.
pub enum Images {
    Single(ImageFormat, Vec<u8>),
    Tiff(Box<TiffPages>),
}

pub const MOST_PIXELS: u64 = 100_000_000;

impl Images {
    pub fn open(kind: job::Kind, bytes: Vec<u8>) -> Result<Self> {
        match kind {
            job::Kind::Jpeg => Ok(Self::Single(ImageFormat::Jpeg, bytes)),
            job::Kind::Png => Ok(Self::Single(ImageFormat::Png, bytes)),
            job::Kind::Tiff => Ok(Self::Tiff(Box::new(TiffPages::open(bytes)?))),
            _ => Err(Error::new(Kind::Unsupported, "this is not an image")),
        }
    }

    pub fn count(&self) -> u32 {
        match self {
            Self::Single(..) => 1,
            Self::Tiff(pages) => pages.count(),
        }
    }

    /// The page with this number, from 1.
    pub fn page(&mut self, number: u32) -> Result<Raster> {
        match self {
            Self::Single(format, bytes) => single(*format, bytes),
            Self::Tiff(pages) => pages.page(number),
        }
    }
}

impl Raster {
    /// Width and height in points, upright.
    pub fn points(&self) -> (f32, f32) {
        let across = self.width as f32 * 72.0 / self.dpi.0;
        let down = self.height as f32 * 72.0 / self.dpi.1;
        if is_on_its_side(self.orientation) { (down, across) } else { (across, down) }
    }

    pub fn picture(self) -> Result<Picture> {
        let (width, height, dpi, orientation) = (self.width, self.height, self.dpi, self.orientation);
        let gray = GrayImage::from_raw(width, height, self.into_gray())
            .ok_or_else(|| Error::new(Kind::Damaged, "the image has fewer pixels than it says"))?;
        let mut upright = DynamicImage::ImageLuma8(squared(gray, dpi));
        upright.apply_orientation(orientation);
        Ok(Picture { gray: upright.into_luma8(), dpi: dpi.0.max(dpi.1) })
    }

    fn into_gray(self) -> Vec<u8> {
        match self.pixels {
            Pixels::Gray(gray) => gray,
            Pixels::Rgb(rgb) => rgb.chunks_exact(3).map(|c| luma(c[0], c[1], c[2])).collect(),
            Pixels::Bilevel(rows) => unpack(&rows, self.width as usize, 1),
        }
    }
}

pub fn is_on_its_side(orientation: Orientation) -> bool {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => true,
        Orientation::NoTransforms
        | Orientation::Rotate180
        | Orientation::FlipHorizontal
        | Orientation::FlipVertical => false,
    }
}

/// Brightness the way the eye weighs it.
pub fn luma(red: u8, green: u8, blue: u8) -> u8 {
    ((u32::from(red) * 299 + u32::from(green) * 587 + u32::from(blue) * 114) / 1000) as u8
}

/// Samples of 1, 2 or 4 bits, rows beginning on a byte, as whole bytes from 0 to 255.
pub fn unpack(rows: &[u8], width: usize, bits: usize) -> Vec<u8> {
    let per_byte = 8 / bits;
    let bytes_per_row = width.div_ceil(per_byte);
    // Every byte looked up instead of every bit shifted: a fifth of the time.
    let unpacked: Vec<[u8; 8]> = (0..=u8::MAX).map(|byte| samples_of(byte, bits)).collect();
    let mut samples = Vec::with_capacity(rows.len() * per_byte);
    for row in rows.chunks(bytes_per_row.max(1)) {
        let end = samples.len() + width;
        for byte in row {
            samples.extend_from_slice(&unpacked[usize::from(*byte)][..per_byte]);
        }
        // Beyond the end of the row, or where the last row is cut: paper.
        samples.resize(end, u8::MAX);
    }
    samples
}

fn samples_of(byte: u8, bits: usize) -> [u8; 8] {
    let most = (1_u16 << bits) - 1;
    let mut samples = [0; 8];
    for (place, sample) in samples.iter_mut().take(8 / bits).enumerate() {
        let shift = 8 - bits * (place + 1);
        *sample = (((u16::from(byte) >> shift) & most) * 255 / most) as u8;
    }
    samples
}

/// Fax pages have half as many rows as columns per inch.
fn squared(gray: GrayImage, (across, down): (f32, f32)) -> GrayImage {
    let dpi = across.max(down);
    let (width, height) = gray.dimensions();
    let square = ((width as f32 * dpi / across) as u32, (height as f32 * dpi / down) as u32);
    if (across - down).abs() < 0.05 * dpi || too_many_pixels(square.0, square.1) {
        return gray;
    }
    imageops::resize(&gray, square.0.max(1), square.1.max(1), imageops::FilterType::Triangle)
}

/// What the file says, unless it is one of the values that mean nothing; then a sheet of A4 is assumed where
/// the sides allow it.
pub fn resolution(stated: Option<(f32, f32)>, width: u32, height: u32) -> (f32, f32) {
    const A4_SHORT_INCHES: f32 = 8.27;
    const DEFAULT: f32 = 300.0;
    let plausible = 97.0..=1200.0;
    if let Some((across, down)) = stated
        && plausible.contains(&across)
        && plausible.contains(&down)
    {
        return (across, down);
    }
    let (short, long) = (width.min(height) as f32, width.max(height) as f32);
    let guess = short / A4_SHORT_INCHES;
    let like_a4 = (1.25..1.6).contains(&(long / short));
    let dpi = if like_a4 && (60.0..=1200.0).contains(&guess) { guess } else { DEFAULT };
    (dpi, dpi)
}

pub fn too_many_pixels(width: u32, height: u32) -> bool {
    u64::from(width) * u64::from(height) > MOST_PIXELS
}

pub fn too_large(width: u32, height: u32) -> Error {
    let millions = u64::from(width) * u64::from(height) / 1_000_000;
    Error::new(Kind::TooLarge, format!("an image of {width} x {height} pixels ({millions} megapixels)"))
        .hint("scan it again with 300 dpi; at most 100 megapixels are read")
}

fn single(format: ImageFormat, bytes: &[u8]) -> Result<Raster> {
    if format == ImageFormat::Jpeg && !ends_as_jpeg(bytes) {
        return Err(Error::new(Kind::Damaged, "the JPEG image ends too early").hint("send it again"));
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(4 * MOST_PIXELS);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(not_decoded)?;
    let (width, height) = decoder.dimensions();
    if too_many_pixels(width, height) {
        return Err(too_large(width, height));
    }
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let decoded = DynamicImage::from_decoder(decoder).map_err(not_decoded)?;
    let stated = if format == ImageFormat::Jpeg { jfif_density(bytes) } else { png_density(bytes) };
    let dpi = resolution(stated, width, height);
    Ok(Raster { width, height, pixels: on_white(decoded), dpi, orientation })
}

fn not_decoded(error: image::ImageError) -> Error {
    match error {
        image::ImageError::Limits(_) => Error::new(Kind::TooLarge, "the image needs more memory than allowed")
            .hint("scan it again with 300 dpi; at most 100 megapixels are read"),
        image::ImageError::Unsupported(_) => {
            Error::new(Kind::Unsupported, "the image uses a feature that is not read").hint("send it as PDF")
        }
        _ => Error::new(Kind::Damaged, "the image is damaged").hint("send it again"),
    }
}

fn on_white(decoded: DynamicImage) -> Pixels {
    match decoded {
        DynamicImage::ImageLuma8(gray) => Pixels::Gray(gray.into_raw()),
        DynamicImage::ImageLuma16(_) => Pixels::Gray(decoded.into_luma8().into_raw()),
        DynamicImage::ImageRgb8(rgb) => Pixels::Rgb(rgb.into_raw()),
        other if other.color().has_alpha() => {
            let blend = |colour: u8, alpha: u8| {
                ((u16::from(colour) * u16::from(alpha) + 255 * (255 - u16::from(alpha))) / 255) as u8
            };
            let rgba = other.into_rgba8();
            let pixels = rgba.pixels().flat_map(|p| [0, 1, 2].map(|band| blend(p.0[band], p.0[3])));
            Pixels::Rgb(pixels.collect())
        }
        other => Pixels::Rgb(other.into_rgb8().into_raw()),
    }
}

/// Has an end of image after the last start of scan. The decoder itself fills what is missing with gray.
fn ends_as_jpeg(bytes: &[u8]) -> bool {
    let marker = |code: u8| bytes.windows(2).rposition(|pair| pair == [0xff, code]);
    matches!((marker(0xd9), marker(0xda)), (Some(end), Some(scan)) if end > scan)
}

pub fn jfif_density(bytes: &[u8]) -> Option<(f32, f32)> {
    let head = bytes.get(..18)?;
    let per_inch = match (&head[6..11], head[13]) {
        (b"JFIF\0", 1) => 1.0,
        (b"JFIF\0", 2) => 2.54,
        _ => return None,
    };
    let number = |at: usize| f32::from(u16::from_be_bytes([head[at], head[at + 1]])) * per_inch;
    Some((number(14), number(16)))
}

pub fn png_density(bytes: &[u8]) -> Option<(f32, f32)> {
    let mut rest = bytes.get(8..)?;
    loop {
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().ok()?) as usize;
        let (name, body) = (rest.get(4..8)?, rest.get(8..)?.get(..length)?);
        match name {
            b"pHYs" if length == 9 && body[8] == 1 => {
                let per_metre = |at: usize| body[at..at + 4].try_into().map(u32::from_be_bytes).ok();
                return Some((per_metre(0)? as f32 * 0.0254, per_metre(4)? as f32 * 0.0254));
            }
            b"IDAT" => return None,
            _ => rest = rest.get(12 + length..)?,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stated_resolution_counts_unless_it_means_nothing() {
        let rows = [
            (Some((300.0, 300.0)), (1000, 1000), 300.0),
            (Some((72.0, 72.0)), (2480, 3508), 300.0),
            (None, (1654, 2339), 200.0),
            (Some((96.0, 96.0)), (400, 90), 300.0),
            (Some((0.0, 0.0)), (2480, 3508), 300.0),
        ];
        for (stated, (width, height), expected) in rows {
            let (across, down) = resolution(stated, width, height);
            assert!((across - expected).abs() < 1.0 && (down - expected).abs() < 1.0, "{stated:?}");
        }
    }

    #[test]
    fn narrow_samples_become_bytes_row_by_row() {
        assert_eq!(unpack(&[0b1010_0000, 0b0100_0000], 3, 1), [255, 0, 255, 0, 255, 0]);
        assert_eq!(unpack(&[0b0001_1011], 4, 2), [0, 85, 170, 255]);
        assert_eq!(unpack(&[0x0f, 0xf0], 2, 4), [0, 255, 255, 0]);
    }

    #[test]
    fn a_jpeg_without_its_end_is_noticed() {
        let whole = [0xff, 0xd8, 0xff, 0xd9, 0xff, 0xda, 0x12, 0x34, 0xff, 0xd9];
        assert!(ends_as_jpeg(&whole));
        assert!(!ends_as_jpeg(&whole[..8]));
    }
}
