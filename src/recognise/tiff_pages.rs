//! TIFF: its pages, previews left out, one decoded at a time.
//!
//! In: bytes. Out: [`Raster`]s. Absent on purpose: fax group 3, palettes and planes apart, which the decoder
//! does not read or reads wrongly; they are refused.

use super::raster::{Pixels, Raster, resolution, too_large, too_many_pixels, unpack};
use crate::error::{Error, Kind, Result};
use image::metadata::Orientation;
use std::io::Cursor;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

pub struct TiffPages {
    decoder: Decoder<Cursor<Vec<u8>>>,
    /// Places of the pages among the images of the file.
    pages: Vec<usize>,
}

const MOST_IMAGES: usize = 2_000;

impl TiffPages {
    pub fn open(mut bytes: Vec<u8>) -> Result<Self> {
        let strips = turned_strips(&bytes)?;
        turn_bits(&mut bytes, &strips);
        let mut decoder = open(bytes)?;
        let mut pages = Vec::new();
        for place in 0.. {
            if place == MOST_IMAGES {
                return Err(Error::new(Kind::TooLarge, format!("a TIFF of more than {MOST_IMAGES} pages"))
                    .hint("divide it and send its parts"));
            }
            if !is_preview(&mut decoder) {
                pages.push(place);
            }
            if !decoder.more_images() {
                break;
            }
            decoder.next_image().map_err(not_decoded)?;
        }
        if pages.is_empty() {
            return Err(Error::new(Kind::NoPages, "the TIFF has no page"));
        }
        Ok(Self { decoder, pages })
    }

    pub fn count(&self) -> u32 {
        self.pages.len() as u32
    }

    /// The decoder, standing at a page (from 1).
    pub fn at(&mut self, number: u32) -> Result<&mut Decoder<Cursor<Vec<u8>>>> {
        let place = self.pages.get((number as usize).wrapping_sub(1)).copied();
        let place =
            place.ok_or_else(|| Error::new(Kind::Internal, format!("the TIFF has no page {number}")))?;
        self.decoder.seek_to_image(place).map_err(not_decoded)?;
        Ok(&mut self.decoder)
    }

    pub fn page(&mut self, number: u32) -> Result<Raster> {
        let decoder = self.at(number)?;
        let (width, height) = decoder.dimensions().map_err(not_decoded)?;
        if too_many_pixels(width, height) {
            return Err(too_large(width, height));
        }
        let colour = decoder.colortype().map_err(not_decoded)?;
        let planes_apart = tag(decoder, Tag::PlanarConfiguration) == Some(2);
        if planes_apart && colour.num_samples() > 1 {
            return Err(unsupported("colour planes stored apart"));
        }
        let samples = bytes_of(decoder.read_image().map_err(not_decoded)?)?;
        let pixels = pixels(colour, samples, width as usize)?;
        let dpi = resolution(stated_resolution(decoder), width, height);
        Ok(Raster { width, height, pixels, dpi, orientation: orientation(decoder) })
    }
}

pub fn orientation(decoder: &mut Decoder<Cursor<Vec<u8>>>) -> Orientation {
    let orientation = tag(decoder, Tag::Orientation).and_then(|tag| u8::try_from(tag).ok());
    orientation.and_then(Orientation::from_exif).unwrap_or(Orientation::NoTransforms)
}

fn open(bytes: Vec<u8>) -> Result<Decoder<Cursor<Vec<u8>>>> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = 400 << 20;
    Decoder::new(Cursor::new(bytes)).map(|decoder| decoder.with_limits(limits)).map_err(not_decoded)
}

fn not_decoded(error: TiffError) -> Error {
    match error {
        TiffError::LimitsExceeded | TiffError::IntSizeError => {
            Error::new(Kind::TooLarge, "the TIFF needs more memory than allowed")
                .hint("scan it again with 300 dpi; at most 100 megapixels are read")
        }
        TiffError::UnsupportedError(_) => unsupported("a compression or colour that is not read"),
        TiffError::FormatError(_) | TiffError::IoError(_) | TiffError::UsageError(_) => {
            Error::new(Kind::Damaged, "the TIFF is damaged or ends too early").hint("send it again")
        }
    }
}

fn unsupported(what: &str) -> Error {
    Error::new(Kind::Unsupported, format!("the TIFF uses {what}")).hint("send it as PDF, or as TIFF with G4")
}

fn is_preview(decoder: &mut Decoder<Cursor<Vec<u8>>>) -> bool {
    tag(decoder, Tag::NewSubfileType).unwrap_or(0) & 1 != 0
}

pub fn tag(decoder: &mut Decoder<Cursor<Vec<u8>>>, name: Tag) -> Option<u32> {
    decoder.find_tag_unsigned(name).ok().flatten()
}

/// Offsets and lengths of strips whose bits are stored lowest first, as some fax servers do; the decoder does
/// not look at that tag.
fn turned_strips(bytes: &[u8]) -> Result<Vec<(u64, u64)>> {
    let mut decoder = open(bytes.to_vec())?;
    let mut strips = Vec::new();
    for _ in 0..MOST_IMAGES {
        if tag(&mut decoder, Tag::FillOrder) == Some(2) {
            let offsets = decoder.get_tag_u64_vec(Tag::StripOffsets).map_err(not_decoded)?;
            let lengths = decoder.get_tag_u64_vec(Tag::StripByteCounts).map_err(not_decoded)?;
            strips.extend(offsets.into_iter().zip(lengths));
        }
        if !decoder.more_images() || decoder.next_image().is_err() {
            break;
        }
    }
    strips.sort_unstable();
    strips.dedup();
    Ok(strips)
}

fn turn_bits(bytes: &mut [u8], strips: &[(u64, u64)]) {
    for (offset, length) in strips {
        let range = usize::try_from(*offset).ok().zip(usize::try_from(offset.saturating_add(*length)).ok());
        if let Some(strip) = range.and_then(|(from, to)| bytes.get_mut(from..to)) {
            for byte in strip {
                *byte = byte.reverse_bits();
            }
        }
    }
}

pub fn stated_resolution(decoder: &mut Decoder<Cursor<Vec<u8>>>) -> Option<(f32, f32)> {
    let per_inch = match tag(decoder, Tag::ResolutionUnit) {
        Some(3) => 2.54,
        Some(1) => return None,
        _ => 1.0,
    };
    let across = decoder.get_tag_f32(Tag::XResolution).ok()?;
    let down = decoder.get_tag_f32(Tag::YResolution).ok()?;
    Some((across * per_inch, down * per_inch))
}

fn bytes_of(decoded: DecodingResult) -> Result<Vec<u8>> {
    match decoded {
        DecodingResult::U8(samples) => Ok(samples),
        DecodingResult::U16(samples) => Ok(samples.into_iter().map(|sample| (sample >> 8) as u8).collect()),
        _ => Err(unsupported("samples of more than 16 bits")),
    }
}

fn pixels(colour: ColorType, samples: Vec<u8>, width: usize) -> Result<Pixels> {
    let bands = usize::from(colour.num_samples());
    match colour {
        ColorType::Gray(1) => Ok(Pixels::Bilevel(samples)),
        ColorType::Gray(bits @ (2 | 4)) => Ok(Pixels::Gray(unpack(&samples, width, usize::from(bits)))),
        ColorType::Gray(8 | 16) => Ok(Pixels::Gray(samples)),
        ColorType::GrayA(8 | 16) | ColorType::Multiband { bit_depth: 8 | 16, .. } => {
            Ok(Pixels::Gray(samples.into_iter().step_by(bands).collect()))
        }
        ColorType::RGB(8 | 16) => Ok(Pixels::Rgb(samples)),
        ColorType::RGBA(8 | 16) => Ok(Pixels::Rgb(each(&samples, bands, |p| [p[0], p[1], p[2]]))),
        ColorType::YCbCr(8) => Ok(Pixels::Rgb(each(&samples, bands, ycbcr))),
        ColorType::CMYK(8) | ColorType::CMYKA(8) => Ok(Pixels::Rgb(each(&samples, bands, cmyk))),
        _ => Err(unsupported("a colour model that is not read")),
    }
}

fn each(samples: &[u8], bands: usize, rgb: impl Fn(&[u8]) -> [u8; 3]) -> Vec<u8> {
    samples.chunks_exact(bands).flat_map(rgb).collect()
}

fn ycbcr(pixel: &[u8]) -> [u8; 3] {
    let (y, cb, cr) = (f32::from(pixel[0]), f32::from(pixel[1]) - 128.0, f32::from(pixel[2]) - 128.0);
    [y + 1.402 * cr, y - 0.344_136 * cb - 0.714_136 * cr, y + 1.772 * cb].map(|band| band as u8)
}

fn cmyk(pixel: &[u8]) -> [u8; 3] {
    let black = 255 - u16::from(pixel[3]);
    [0, 1, 2].map(|band| ((255 - u16::from(pixel[band])) * black / 255) as u8)
}
