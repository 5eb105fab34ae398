//! TIFF: its pages, previews left out, one decoded at a time.
//!
//! In: bytes. Out: [`Raster`]s. Absent on purpose: tiles with planes apart, on which the decoder fails; they are
//! refused. Fax group 3 and palettes, which the decoder does not know, are read here with its help.

use super::fax::{self, Fax};
use super::raster::{Pixels, Raster, resolution, too_large, too_many_pixels, unpack};
use crate::error::{Error, Kind, Result};
use image::metadata::Orientation;
use std::io::Cursor;
use tiff::decoder::ifd::Value;
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

pub struct TiffPages {
    decoder: Decoder<Cursor<Vec<u8>>>,
    /// Places of the pages among the images of the file.
    pages: Vec<usize>,
    /// Where the directories of images with a palette stand in the file.
    palettes: Vec<u64>,
}

const MOST_IMAGES: usize = 2_000;

impl TiffPages {
    pub fn open(mut bytes: Vec<u8>) -> Result<Self> {
        let strips = turned_strips(&bytes)?;
        turn_bits(&mut bytes, &strips);
        let palettes = shown_as_gray(&mut bytes);
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
        Ok(Self { decoder, pages, palettes })
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
        self.at(number)?;
        let decoder = &mut self.decoder;
        let (width, height) = decoder.dimensions().map_err(not_decoded)?;
        if too_many_pixels(width, height) {
            return Err(too_large(width, height));
        }
        let directory = decoder.ifd_pointer().map(|pointer| pointer.0);
        let pixels = match tag(decoder, Tag::Compression) {
            Some(2 | 3) => faxed(decoder, width, height)?,
            _ if directory.is_some_and(|directory| self.palettes.contains(&directory)) => {
                painted(decoder, width as usize)?
            }
            _ => decoded(decoder, width as usize)?,
        };
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

fn decoded(decoder: &mut Decoder<Cursor<Vec<u8>>>, width: usize) -> Result<Pixels> {
    let colour = decoder.colortype().map_err(not_decoded)?;
    if tag(decoder, Tag::PlanarConfiguration) != Some(2) || colour.num_samples() < 2 {
        return pixels(colour, bytes_of(decoder.read_image().map_err(not_decoded)?)?, width);
    }
    if decoder.find_tag(Tag::TileWidth).ok().flatten().is_some() {
        return Err(unsupported("tiles with colour planes stored apart"));
    }
    let mut planes = DecodingResult::U8(Vec::new());
    decoder.read_image_to_buffer(&mut planes).map_err(not_decoded)?;
    let planes = bytes_of(planes)?;
    let bands = usize::from(colour.num_samples());
    let size = planes.len() / bands;
    let together = (0..size * bands).map(|place| planes[place % bands * size + place / bands]).collect();
    pixels(colour, together, width)
}

/// Fax of group 3: the strips, then rows.
fn faxed(decoder: &mut Decoder<Cursor<Vec<u8>>>, width: u32, height: u32) -> Result<Pixels> {
    let options = tag(decoder, Tag::Unknown(292)).unwrap_or(0);
    let (two_dimensions, uncompressed) = (options & 1 != 0, options & 2 != 0);
    if uncompressed {
        return Err(unsupported("fax with parts that are not compressed"));
    }
    let coding = match tag(decoder, Tag::Compression) {
        Some(2) => Fax::Modified,
        _ if two_dimensions => Fax::TwoDimensions,
        _ => Fax::OneDimension,
    };
    let offsets = decoder.get_tag_u64_vec(Tag::StripOffsets).map_err(not_decoded)?;
    let lengths = decoder.get_tag_u64_vec(Tag::StripByteCounts).map_err(not_decoded)?;
    let high = tag(decoder, Tag::RowsPerStrip).unwrap_or(height).clamp(1, height.max(1));
    let black_is_zero = tag(decoder, Tag::PhotometricInterpretation) == Some(1);
    let bytes = decoder.inner().get_ref();
    let mut rows = Vec::new();
    let mut left = height;
    for (offset, length) in offsets.into_iter().zip(lengths) {
        let range = usize::try_from(offset).ok().zip(usize::try_from(offset.saturating_add(length)).ok());
        let strip = range.and_then(|(from, to)| bytes.get(from..to.min(bytes.len())));
        let strip = strip.ok_or_else(damaged)?;
        rows.extend(fax::rows(strip, coding, width, high.min(left)).ok_or_else(damaged)?);
        left -= high.min(left);
        if left == 0 {
            break;
        }
    }
    if left > 0 {
        return Err(damaged());
    }
    if black_is_zero {
        rows.iter_mut().for_each(|byte| *byte = !*byte);
    }
    Ok(Pixels::Bilevel(rows))
}

fn damaged() -> Error {
    Error::new(Kind::Damaged, "the TIFF is damaged or ends too early").hint("send it again")
}

/// Numbers of colours, and the colours.
fn painted(decoder: &mut Decoder<Cursor<Vec<u8>>>, width: usize) -> Result<Pixels> {
    let ColorType::Gray(bits @ (1 | 2 | 4 | 8)) = decoder.colortype().map_err(not_decoded)? else {
        return Err(unsupported("a palette of more than 256 colours"));
    };
    let map = decoder.get_tag_u16_vec(Tag::ColorMap).map_err(not_decoded)?;
    let colours = 1_usize << bits;
    if map.len() < 3 * colours {
        return Err(damaged());
    }
    let samples = bytes_of(decoder.read_image().map_err(not_decoded)?)?;
    let samples = if bits == 8 { samples } else { unpack(&samples, width, usize::from(bits)) };
    // Narrow samples were spread over 0 to 255.
    let number = |sample: u8| usize::from(sample) * (colours - 1) / 255;
    let band = |sample: u8, band: usize| (map[band * colours + number(sample)] >> 8) as u8;
    Ok(Pixels::Rgb(samples.iter().flat_map(|sample| [0, 1, 2].map(|place| band(*sample, place))).collect()))
}

/// The decoder refuses palettes but reads the same samples as gray: says so in the directories of such images
/// and gives the places of these.
fn shown_as_gray(bytes: &mut [u8]) -> Vec<u64> {
    const PALETTE: u16 = 3;
    const GRAY: u16 = 1;
    let big_endian = bytes.starts_with(b"MM\0*");
    if !big_endian && !bytes.starts_with(b"II*\0") {
        return Vec::new();
    }
    let short = |bytes: &[u8], at: usize| -> Option<u16> {
        let two = bytes.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big_endian { u16::from_be_bytes(two) } else { u16::from_le_bytes(two) })
    };
    let long = |bytes: &[u8], at: usize| -> Option<usize> {
        let four = bytes.get(at..at.checked_add(4)?)?.try_into().ok()?;
        let number = if big_endian { u32::from_be_bytes(four) } else { u32::from_le_bytes(four) };
        usize::try_from(number).ok()
    };
    let mut found: Vec<u64> = Vec::new();
    let mut directory = long(bytes, 4).unwrap_or(0);
    for _ in 0..MOST_IMAGES {
        let Some(entries) = short(bytes, directory).filter(|_| directory != 0) else { break };
        for entry in 0..usize::from(entries) {
            let at = directory + 2 + 12 * entry;
            if short(bytes, at) == Some(262) && short(bytes, at + 8) == Some(PALETTE) {
                let gray = if big_endian { GRAY.to_be_bytes() } else { GRAY.to_le_bytes() };
                bytes[at + 8..at + 10].copy_from_slice(&gray);
                found.push(directory as u64);
            }
        }
        directory = long(bytes, directory + 2 + 12 * usize::from(entries)).unwrap_or(0);
    }
    found
}

fn not_decoded(error: TiffError) -> Error {
    match error {
        TiffError::LimitsExceeded | TiffError::IntSizeError => {
            Error::new(Kind::TooLarge, "the TIFF needs more memory than allowed")
                .hint("scan it again with 300 dpi; at most 100 megapixels are read")
        }
        TiffError::UnsupportedError(_) => unsupported("a compression or colour that is not read"),
        TiffError::FormatError(_) | TiffError::IoError(_) | TiffError::UsageError(_) => damaged(),
    }
}

fn unsupported(what: &str) -> Error {
    Error::new(Kind::Unsupported, format!("the TIFF uses {what}")).hint("send it as PDF, or as TIFF with G4")
}

/// A smaller version of another image, or a mask for it.
fn is_preview(decoder: &mut Decoder<Cursor<Vec<u8>>>) -> bool {
    tag(decoder, Tag::NewSubfileType).unwrap_or(0) & 0b101 != 0
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
    let across = number(decoder, Tag::XResolution)?;
    let down = number(decoder, Tag::YResolution)?;
    Some((across * per_inch, down * per_inch))
}

fn number(decoder: &mut Decoder<Cursor<Vec<u8>>>, name: Tag) -> Option<f32> {
    match decoder.find_tag(name).ok().flatten()? {
        Value::Rational(over, under) => Some(over as f32 / under as f32),
        Value::Float(number) => Some(number),
        Value::Short(number) => Some(f32::from(number)),
        _ => None,
    }
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
