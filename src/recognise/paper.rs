//! A page that is one image, as a PDF page.
//!
//! In: [`Stored`] images. Out: pages in a [`Book`]. Absent on purpose: making the image worse; bilevel stays
//! one bit, JPEG stays the JPEG it was, everything else is packed without loss.

use super::book::Book;
use super::stored::{Colours, Packing, Stored};
use crate::error::{Error, Kind, Result};
use image::metadata::Orientation;
use lopdf::{Dictionary, Object, ObjectId, Stream, StringFormat, dictionary};

/// Adds a page that shows the image.
pub fn add(book: &mut Book, stored: Stored) -> Result<ObjectId> {
    let (width, height) = stored.points();
    book.fits_archive &= sides_fit(width, height);
    let [a, b, c, d, e, f] = placement(stored.orientation, width, height);
    let image = image(book, stored)?;
    let image = book.target.add_object(image);
    let show = format!("q {a:.2} {b:.2} {c:.2} {d:.2} {e:.2} {f:.2} cm /Im Do Q\n");
    let contents = book.drawing(show.into_bytes());
    Ok(book.target.add_object(dictionary! {
        "Type" => "Page",
        "Parent" => book.root,
        "MediaBox" => vec![0.into(), 0.into(), hundredths(width), hundredths(height)],
        "Resources" => dictionary! { "XObject" => dictionary! { "Im" => image } },
        "Contents" => contents,
    }))
}

/// What an archive takes: from a millimetre to five metres.
pub fn sides_fit(width: f32, height: f32) -> bool {
    let sane = 3.0..=14_400.0;
    sane.contains(&width) && sane.contains(&height)
}

fn hundredths(points: f32) -> Object {
    Object::Real((points * 100.0).round() / 100.0)
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

fn image(book: &mut Book, stored: Stored) -> Result<Stream> {
    let mut image = dictionary! {
        "Type" => "XObject",
        "Subtype" => "Image",
        "Width" => i64::from(stored.width),
        "Height" => i64::from(stored.height),
        "BitsPerComponent" => i64::from(stored.bits),
    };
    let colours: i64 = match &stored.colours {
        Colours::Gray | Colours::Palette(_) => 1,
        Colours::Rgb => 3,
        Colours::Cmyk { .. } => 4,
    };
    match stored.colours {
        Colours::Gray => image.set("ColorSpace", "DeviceGray"),
        Colours::Rgb => {
            book.coloured = true;
            image.set("ColorSpace", "DeviceRGB");
        }
        Colours::Palette(entries) => {
            book.coloured = true;
            let last = (entries.len() / 3).saturating_sub(1) as i64;
            let entries = Object::String(entries, StringFormat::Hexadecimal);
            let space: Vec<Object> = vec!["Indexed".into(), "DeviceRGB".into(), last.into(), entries];
            image.set("ColorSpace", space);
        }
        Colours::Cmyk { inverted } => {
            let inks: Vec<Object> = vec!["ICCBased".into(), book.cmyk()?.into()];
            image.set("ColorSpace", inks);
            if inverted {
                image.set("Decode", [1, 0].repeat(4).into_iter().map(Object::Integer).collect::<Vec<_>>());
            }
        }
    }
    let (width, height) = (i64::from(stored.width), i64::from(stored.height));
    match stored.packing {
        Packing::Jpeg { plain } => {
            image.set("Filter", "DCTDecode");
            if plain {
                image.set("DecodeParms", dictionary! { "ColorTransform" => 0 });
            }
        }
        Packing::Fax { black_is_one } => {
            image.set("Filter", "CCITTFaxDecode");
            let mut how = dictionary! { "K" => -1, "Columns" => width, "Rows" => height };
            if black_is_one {
                how.set("BlackIs1", true);
            }
            image.set("DecodeParms", how);
        }
        Packing::Png => {
            image.set("Filter", "FlateDecode");
            image.set(
                "DecodeParms",
                dictionary! {
                    "Predictor" => 15, "Colors" => colours,
                    "BitsPerComponent" => i64::from(stored.bits), "Columns" => width,
                },
            );
        }
    }
    let mut stream = Stream::new(image, stored.bytes).with_compression(false);
    tighten(&mut stream)
        .map_err(|error| Error::new(Kind::Internal, format!("packing a page failed: {error}")))?;
    Ok(stream)
}

/// Fax streams of clean pages repeat themselves. A second packing around them, which leaves every bit as it
/// is, makes room for the text.
pub fn tighten(image: &mut Stream) -> lopdf::Result<()> {
    const WORTH_IT: usize = 50;
    let only_fax =
        image.dict.get(b"Filter").and_then(Object::as_name).is_ok_and(|name| name == b"CCITTFaxDecode");
    if !only_fax {
        return Ok(());
    }
    let mut outer = Stream::new(Dictionary::new(), std::mem::take(&mut image.content));
    let before = outer.content.len();
    outer.compress()?;
    if outer.dict.has(b"Filter") && outer.content.len() + before / WORTH_IT < before {
        let how = image.dict.remove(b"DecodeParms").unwrap_or(Object::Null);
        image.dict.set("Filter", vec![Object::from("FlateDecode"), "CCITTFaxDecode".into()]);
        image.dict.set("DecodeParms", vec![Object::Null, how]);
        image.set_content(outer.content);
    } else {
        image.set_content(outer.get_plain_content_with_limit(before)?);
    }
    Ok(())
}
