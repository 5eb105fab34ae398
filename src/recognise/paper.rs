//! A page that is one image, as a PDF page.
//!
//! In: [`Raster`]s, or the bytes of a JPEG. Out: objects in a PDF. Absent on purpose: making the image worse;
//! bilevel stays one bit, JPEG stays the JPEG it was, everything else is packed without loss.

use super::raster::{Pixels, Raster};
use crate::error::{Error, Kind, Result};
use image::ExtendedColorType;
use image::ImageEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::metadata::Orientation;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

/// Adds a page that shows the image. `jpeg`: the bytes the image was decoded from, if it was one.
pub fn add(target: &mut Document, root: ObjectId, raster: &Raster, jpeg: Option<&[u8]>) -> Result<ObjectId> {
    let (width, height) = raster.points();
    let image = match jpeg.and_then(|jpeg| as_it_was(raster, jpeg)) {
        Some(image) => image,
        None => packed(raster)?,
    };
    let image = target.add_object(image);
    let [a, b, c, d, e, f] = placement(raster.orientation, width, height);
    let show = format!("q {a:.2} {b:.2} {c:.2} {d:.2} {e:.2} {f:.2} cm /Im Do Q\n");
    let contents = target.add_object(Stream::new(Dictionary::new(), show.into_bytes()));
    Ok(target.add_object(dictionary! {
        "Type" => "Page",
        "Parent" => root,
        "MediaBox" => vec![0.into(), 0.into(), Object::Real(width), Object::Real(height)],
        "Resources" => dictionary! { "XObject" => dictionary! { "Im" => image } },
        "Contents" => contents,
    }))
}

/// Where the corners of the image lie on the page, as a PDF matrix.
fn placement(orientation: Orientation, width: f32, height: f32) -> [f32; 6] {
    match orientation {
        Orientation::NoTransforms => [width, 0.0, 0.0, height, 0.0, 0.0],
        Orientation::Rotate90 => [0.0, -height, width, 0.0, 0.0, height],
        Orientation::Rotate180 => [-width, 0.0, 0.0, -height, width, height],
        Orientation::Rotate270 => [0.0, height, -width, 0.0, width, 0.0],
        Orientation::FlipHorizontal => [-width, 0.0, 0.0, height, width, 0.0],
        Orientation::FlipVertical => [width, 0.0, 0.0, -height, 0.0, height],
        Orientation::Rotate90FlipH => [0.0, -height, -width, 0.0, width, height],
        Orientation::Rotate270FlipH => [0.0, height, width, 0.0, 0.0, 0.0],
    }
}

/// The JPEG itself, where its colours mean the same in a PDF.
fn as_it_was(raster: &Raster, jpeg: &[u8]) -> Option<Stream> {
    let space = match (components(jpeg)?, &raster.pixels) {
        (1, Pixels::Gray(_)) => "DeviceGray",
        (3, Pixels::Rgb(_)) => "DeviceRGB",
        _ => return None,
    };
    let mut image = image_dictionary(raster, space, 8);
    image.set("Filter", "DCTDecode");
    Some(Stream::new(image, jpeg.to_vec()).with_compression(false))
}

/// Number of colour components in the frame header.
fn components(jpeg: &[u8]) -> Option<u8> {
    let mut rest = jpeg.get(2..)?;
    loop {
        let (marker, length) = (rest.get(..2)?, u16::from_be_bytes(rest.get(2..4)?.try_into().ok()?));
        match marker {
            [0xff, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf] => return rest.get(9).copied(),
            [0xff, _] => rest = rest.get(2 + usize::from(length)..)?,
            _ => return None,
        }
    }
}

fn packed(raster: &Raster) -> Result<Stream> {
    let (width, height) = (raster.width, raster.height);
    match &raster.pixels {
        Pixels::Bilevel(rows) => one_bit(raster, rows.clone()),
        Pixels::Gray(gray) if gray.iter().all(|pixel| matches!(pixel, 0 | 255)) => {
            let rows = gray.chunks(width as usize).flat_map(|row| row.chunks(8).map(byte_of)).collect();
            one_bit(raster, rows)
        }
        Pixels::Gray(gray) => {
            deflated(raster, "DeviceGray", 1, png(gray, width, height, ExtendedColorType::L8)?)
        }
        Pixels::Rgb(rgb) => deflated(raster, "DeviceRGB", 3, png(rgb, width, height, ExtendedColorType::Rgb8)?),
    }
}

fn byte_of(pixels: &[u8]) -> u8 {
    let mut byte = 0;
    for (place, pixel) in pixels.iter().enumerate() {
        byte |= (pixel & 1) << (7 - place);
    }
    byte
}

fn one_bit(raster: &Raster, rows: Vec<u8>) -> Result<Stream> {
    let mut stream = Stream::new(image_dictionary(raster, "DeviceGray", 1), rows);
    stream.compress().map_err(|error| not_packed(&error.to_string()))?;
    Ok(stream)
}

fn deflated(raster: &Raster, space: &str, colours: i64, bytes: Vec<u8>) -> Result<Stream> {
    let mut image = image_dictionary(raster, space, 8);
    image.set("Filter", "FlateDecode");
    image.set("DecodeParms", dictionary! {
        "Predictor" => 15, "Colors" => colours, "BitsPerComponent" => 8, "Columns" => i64::from(raster.width),
    });
    Ok(Stream::new(image, bytes).with_compression(false))
}

/// The body of a PNG is exactly what a PDF calls Flate with PNG predictors.
fn png(samples: &[u8], width: u32, height: u32, colour: ExtendedColorType) -> Result<Vec<u8>> {
    let mut file = Vec::new();
    PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Adaptive)
        .write_image(samples, width, height, colour)
        .map_err(|error| not_packed(&error.to_string()))?;
    let mut body = Vec::with_capacity(file.len());
    let mut rest = file.get(8..).unwrap_or_default();
    while let Some((head, tail)) = rest.split_at_checked(8) {
        let length = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
        let Some((chunk, next)) = tail.split_at_checked(length) else { break };
        if &head[4..] == b"IDAT" {
            body.extend_from_slice(chunk);
        }
        rest = next.get(4..).unwrap_or_default();
    }
    Ok(body)
}

fn not_packed(why: &str) -> Error {
    Error::new(Kind::Internal, format!("packing an image failed: {why}"))
}

fn image_dictionary(raster: &Raster, space: &str, bits: i64) -> Dictionary {
    dictionary! {
        "Type" => "XObject",
        "Subtype" => "Image",
        "Width" => i64::from(raster.width),
        "Height" => i64::from(raster.height),
        "ColorSpace" => Object::Name(space.into()),
        "BitsPerComponent" => bits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_header_tells_the_components() {
        let jpeg = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xc0, 0, 17, 8, 0, 16, 0, 16, 3, 1];
        assert_eq!(components(&jpeg), Some(3));
        assert_eq!(components(&jpeg[..12]), None);
        assert_eq!(components(b"\xff\xd8garbage"), None);
    }

    #[test]
    fn eight_pixels_make_a_byte_and_the_rest_is_padded() {
        assert_eq!(byte_of(&[255, 0, 255, 255]), 0b1011_0000);
    }
}
