//! Images as they are stored: what can go into a PDF without being decoded.
//!
//! In: the bytes of a JPEG, PNG or TIFF, or a decoded [`Raster`]. Out: [`Stored`], ready for a PDF. Absent on
//! purpose: making an image worse; what cannot be taken over is packed anew without loss.

use super::raster::{Images, Pixels, Raster, jfif_density, png_density, resolution, too_many_pixels};
use super::tiff_pages::{TiffPages, orientation, stated_resolution, tag};
use super::{group4, jpeg};
use crate::error::{Error, Kind, Result};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::metadata::Orientation;
use image::{ExtendedColorType, ImageDecoder, ImageEncoder, ImageFormat, ImageReader};
use std::io::Cursor;
use tiff::tags::Tag;

pub struct Stored {
    pub width: u32,
    pub height: u32,
    /// Dots per inch, across and down.
    pub dpi: (f32, f32),
    /// What turns it upright.
    pub orientation: Orientation,
    pub colours: Colours,
    /// Bits a sample.
    pub bits: u8,
    pub packing: Packing,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Colours {
    Gray,
    Rgb,
    /// Four inks; stored as ink, or as what is left of the paper.
    Cmyk {
        inverted: bool,
    },
    /// Red, green and blue of each entry.
    Palette(Vec<u8>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// `plain`: three components are red, green and blue already.
    Jpeg { plain: bool },
    /// Group 4.
    Fax { black_is_one: bool },
    /// Flate with the predictors of PNG.
    Png,
}

impl Stored {
    /// Width and height in points, upright.
    pub fn points(&self) -> (f32, f32) {
        let across = self.width as f32 * 72.0 / self.dpi.0;
        let down = self.height as f32 * 72.0 / self.dpi.1;
        if super::raster::is_on_its_side(self.orientation) { (down, across) } else { (across, down) }
    }
}

/// The image of a page (from 1): as it is, or else decoded and packed anew.
pub fn page(images: &mut Images, number: u32) -> Result<Stored> {
    let taken = match images {
        Images::Single(ImageFormat::Jpeg, bytes) => jpeg_as_it_is(bytes),
        Images::Single(_, bytes) => png_as_it_is(bytes),
        Images::Tiff(pages) => tiff_as_it_is(pages, number)?,
    };
    match taken {
        Some(stored) => Ok(stored),
        None => packed(images.page(number)?),
    }
}

fn jpeg_as_it_is(bytes: &[u8]) -> Option<Stored> {
    let frame = jpeg::frame(bytes).filter(|frame| frame.common)?;
    let colours = match frame.components {
        1 => Colours::Gray,
        3 => Colours::Rgb,
        4 => Colours::Cmyk { inverted: frame.adobe },
        _ => return None,
    };
    let (width, height, orientation) = outside(ImageFormat::Jpeg, bytes)?;
    Some(Stored {
        width,
        height,
        dpi: resolution(jfif_density(bytes), width, height),
        orientation,
        colours,
        bits: 8,
        packing: Packing::Jpeg { plain: false },
        bytes: bytes.to_vec(),
    })
}

/// Size and orientation, without decoding a pixel.
fn outside(format: ImageFormat, bytes: &[u8]) -> Option<(u32, u32, Orientation)> {
    let mut decoder = ImageReader::with_format(Cursor::new(bytes), format).into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    (!too_many_pixels(width, height)).then_some((width, height, orientation))
}

/// The body of a PNG is exactly what a PDF calls Flate with PNG predictors.
fn png_as_it_is(bytes: &[u8]) -> Option<Stored> {
    let mut body = Vec::new();
    let mut palette = None;
    let mut head = None;
    for (name, chunk) in chunks(bytes) {
        match name {
            b"IHDR" => head = Some(*chunk.first_chunk::<13>()?),
            b"PLTE" => palette = Some(chunk.to_vec()),
            b"IDAT" => body.extend_from_slice(chunk),
            // Some pixels can be seen through.
            b"tRNS" => return None,
            _ => {}
        }
    }
    let [.., bits, kind, _, _, interlaced] = head?;
    let colours = match kind {
        0 => Colours::Gray,
        2 => Colours::Rgb,
        3 => Colours::Palette(palette?),
        _ => return None,
    };
    if interlaced != 0 {
        return None;
    }
    let (width, height, orientation) = outside(ImageFormat::Png, bytes)?;
    let dpi = resolution(png_density(bytes), width, height);
    Some(Stored { width, height, dpi, orientation, colours, bits, packing: Packing::Png, bytes: body })
}

/// Names and bodies, up to the first that is cut off.
fn chunks(png: &[u8]) -> impl Iterator<Item = (&[u8; 4], &[u8])> {
    let mut rest = png.get(8..).unwrap_or_default();
    std::iter::from_fn(move || {
        let (length, tail) = rest.split_first_chunk::<4>()?;
        let (name, tail) = tail.split_first_chunk::<4>()?;
        let (body, tail) = tail.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        rest = tail.get(4..).unwrap_or_default();
        Some((name, body))
    })
}

fn tiff_as_it_is(pages: &mut TiffPages, number: u32) -> Result<Option<Stored>> {
    const GROUP_4: u32 = 4;
    const JPEG: u32 = 7;
    let decoder = pages.at(number)?;
    let Ok((width, height)) = decoder.dimensions() else { return Ok(None) };
    if too_many_pixels(width, height) {
        return Err(super::raster::too_large(width, height));
    }
    let mut number_in = |name| tag(decoder, name);
    let compression = number_in(Tag::Compression);
    let photometric = number_in(Tag::PhotometricInterpretation);
    let rows = number_in(Tag::RowsPerStrip).unwrap_or(height).clamp(1, height.max(1));
    let uncompressed_parts = number_in(Tag::Unknown(T6_OPTIONS)).unwrap_or(0) != 0;
    let dpi = resolution(stated_resolution(decoder), width, height);
    let orientation = orientation(decoder);
    let tables = decoder.get_tag_u8_vec(Tag::JPEGTables).unwrap_or_default();
    let (Ok(offsets), Ok(lengths)) =
        (decoder.get_tag_u64_vec(Tag::StripOffsets), decoder.get_tag_u64_vec(Tag::StripByteCounts))
    else {
        return Ok(None);
    };
    let file = decoder.inner().get_ref();
    let mut strips = Vec::with_capacity(offsets.len());
    for (offset, length) in offsets.iter().zip(&lengths) {
        let range = usize::try_from(*offset).ok().zip(usize::try_from(offset.saturating_add(*length)).ok());
        let Some(strip) = range.and_then(|(from, to)| file.get(from..to)) else { return Ok(None) };
        strips.push(strip);
    }
    if strips.len() as u32 != height.div_ceil(rows) {
        return Ok(None);
    }
    let stored = match (compression, photometric) {
        (Some(GROUP_4), Some(colour @ (0 | 1))) if !uncompressed_parts => {
            let whole = match strips.as_slice() {
                [one] => Some(one.to_vec()),
                _ => group4::joined(&strips, width, height, rows),
            };
            let packing = Packing::Fax { black_is_one: colour == 1 };
            whole.map(|bytes| (Colours::Gray, 1, packing, bytes))
        }
        (Some(JPEG), Some(colour @ (1 | 2 | 5 | 6))) => {
            let whole = jpeg::joined(&tables, &strips, width, height, rows);
            whole.and_then(|bytes| {
                let frame = jpeg::frame(&bytes).filter(|frame| frame.common)?;
                let colours = match (colour, frame.components) {
                    (1, 1) => Colours::Gray,
                    (2 | 6, 3) => Colours::Rgb,
                    (5, 4) => Colours::Cmyk { inverted: false },
                    _ => return None,
                };
                Some((colours, 8, Packing::Jpeg { plain: matches!(colour, 2 | 5) }, bytes))
            })
        }
        _ => None,
    };
    Ok(stored.map(|(colours, bits, packing, bytes)| Stored {
        width,
        height,
        dpi,
        orientation,
        colours,
        bits,
        packing,
        bytes,
    }))
}

const T6_OPTIONS: u16 = 293;

fn packed(raster: Raster) -> Result<Stored> {
    let Raster { width, height, pixels, dpi, orientation } = raster;
    let (colours, bits, packing, bytes) = match pixels {
        Pixels::Bilevel(rows) => one_bit(&rows, width, height)?,
        Pixels::Gray(gray) if gray.iter().all(|pixel| matches!(pixel, 0 | 255)) => {
            let rows: Vec<u8> =
                gray.chunks(width as usize).flat_map(|row| row.chunks(8).map(byte_of)).collect();
            one_bit(&rows, width, height)?
        }
        Pixels::Gray(gray) => {
            (Colours::Gray, 8, Packing::Png, png(&gray, width, height, ExtendedColorType::L8)?)
        }
        Pixels::Rgb(rgb) => (Colours::Rgb, 8, Packing::Png, png(&rgb, width, height, ExtendedColorType::Rgb8)?),
    };
    Ok(Stored { width, height, dpi, orientation, colours, bits, packing, bytes })
}

fn byte_of(pixels: &[u8]) -> u8 {
    let mut byte = 0;
    for (place, pixel) in pixels.iter().enumerate() {
        byte |= (pixel & 1) << (7 - place);
    }
    byte
}

fn one_bit(rows: &[u8], width: u32, height: u32) -> Result<(Colours, u8, Packing, Vec<u8>)> {
    match group4::packed(rows, width) {
        Some(bytes) => Ok((Colours::Gray, 1, Packing::Fax { black_is_one: false }, bytes)),
        // Wider than any fax.
        None => {
            let gray = super::raster::unpack(rows, width as usize, 1);
            Ok((Colours::Gray, 8, Packing::Png, png(&gray, width, height, ExtendedColorType::L8)?))
        }
    }
}

fn png(samples: &[u8], width: u32, height: u32, colour: ExtendedColorType) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    PngEncoder::new_with_quality(&mut file, CompressionType::Default, FilterType::Adaptive)
        .write_image(samples, width, height, colour)
        .map_err(|error| Error::new(Kind::Internal, format!("packing an image failed: {error}")))?;
    Ok(chunks(&file).filter(|(name, _)| *name == b"IDAT").flat_map(|(_, body)| body.to_vec()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_pixels_make_a_byte_and_the_rest_is_padded() {
        assert_eq!(byte_of(&[255, 0, 255, 255]), 0b1011_0000);
    }

    #[test]
    fn a_png_that_is_cut_off_gives_the_chunks_before() {
        let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
        for body in [&b"ab"[..], b"cde"] {
            file.extend((body.len() as u32).to_be_bytes());
            file.extend(b"IDAT");
            file.extend(body);
            file.extend([0; 4]);
        }
        let bodies = |file: &[u8]| chunks(file).map(|(_, body)| body.to_vec()).collect::<Vec<_>>();
        assert_eq!(bodies(&file), [b"ab".to_vec(), b"cde".to_vec()]);
        assert_eq!(bodies(&file[..file.len() - 5]), [b"ab".to_vec()]);
        assert!(bodies(&file[..4]).is_empty());
    }
}
