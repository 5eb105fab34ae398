//! Papers for the tests of the eyes: made here, down to the byte, so that no test needs a file.

use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::Pdf;
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};
use image::{ExtendedColorType, GrayImage, ImageEncoder, Luma, imageops};
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat, dictionary};
use zxingcpp::BarcodeFormat;

/// Where this project lies.
pub const HOME: &str = env!("CARGO_MANIFEST_DIR");

pub const A4: (f32, f32) = (595.0, 842.0);

/// Lines of a letter, 24 points apart, the first baseline 100 points below the top edge.
pub const LETTER: &[&str] = &[
    "Stadtwerke Grünstedt GmbH",
    "Herrn Jörg Müller, Schulstraße 40",
    "Rechnung Nummer 3517992",
    "Wir berechnen für Lieferung und Leistung",
    "Gesamtbetrag 1.234,56 € zahlbar bis Freitag",
    "Mit freundlichen Grüßen",
];

/// What a page shows.
pub enum Show<'a> {
    Text(&'a [&'a str]),
    /// Text that is there but cannot be seen.
    Hidden(&'a [&'a str]),
    /// A JPEG over the whole page.
    Scan(&'a GrayImage),
    /// A JPEG of 200 by 200 points in the lower half of the page.
    Picture(&'a GrayImage),
    /// What the page description says, word for word. `F` is the font.
    Drawing(&'a str),
}

/// A PDF with these pages, each showing several things one over the other.
pub fn pdf(pages: &[&[Show<'_>]]) -> Document {
    let mut document = Document::with_version("1.7");
    let root = document.new_object_id();
    let font = document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
    });
    let kids: Vec<Object> = pages.iter().map(|shows| page(&mut document, root, font, shows).into()).collect();
    document.set_object(
        root,
        dictionary! {
            "Type" => "Pages", "Count" => kids.len() as i64, "Kids" => kids,
            "Resources" => dictionary! { "Font" => dictionary! { "F" => font } },
            "MediaBox" => vec![0.into(), 0.into(), Object::Real(A4.0), Object::Real(A4.1)],
        },
    );
    let catalog = document.add_object(dictionary! { "Type" => "Catalog", "Pages" => root });
    document.trailer.set("Root", catalog);
    document
}

fn page(document: &mut Document, root: ObjectId, font: ObjectId, shows: &[Show<'_>]) -> ObjectId {
    let mut content = Vec::new();
    let mut images = Dictionary::new();
    for show in shows {
        match show {
            Show::Text(lines) => content.extend(text(lines, 0)),
            Show::Hidden(lines) => content.extend(text(lines, 3)),
            Show::Scan(scan) => {
                let place = [A4.0, A4.1, 0.0, 0.0];
                content.extend(shown(document, &mut images, scan, place));
            }
            Show::Drawing(drawing) => content.extend(format!("q {drawing} Q\n").into_bytes()),
            Show::Picture(picture) => {
                content.extend(shown(document, &mut images, picture, [200.0, 200.0, 200.0, 150.0]));
            }
        }
    }
    let contents = document.add_object(Stream::new(Dictionary::new(), content));
    let mut page = dictionary! { "Type" => "Page", "Parent" => root, "Contents" => contents };
    if !images.is_empty() {
        page.set("Resources", dictionary! { "Font" => dictionary! { "F" => font }, "XObject" => images });
    }
    document.add_object(page)
}

/// Width, height and lower left corner in points.
fn shown(document: &mut Document, images: &mut Dictionary, gray: &GrayImage, place: [f32; 4]) -> Vec<u8> {
    let name = format!("Im{}", images.len());
    let image = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
        "Width" => i64::from(gray.width()), "Height" => i64::from(gray.height()), "Filter" => "DCTDecode",
    };
    images.set(name.clone(), document.add_object(Stream::new(image, jpeg(gray))));
    let [width, height, left, bottom] = place;
    format!("q {width} 0 0 {height} {left} {bottom} cm /{name} Do Q\n").into_bytes()
}

fn text(lines: &[&str], mode: u8) -> Vec<u8> {
    let mut content = format!("BT {mode} Tr /F 14 Tf 24 TL 70 {} Td\n", A4.1 - 100.0).into_bytes();
    for line in lines {
        let (codes, _, _) = encoding_rs::WINDOWS_1252.encode(line);
        content.push(b'<');
        content.extend(codes.iter().flat_map(|code| format!("{code:02X}").into_bytes()));
        content.extend(b"> Tj T*\n");
    }
    content.extend(b"ET\n");
    content
}

pub fn saved(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

/// Adds a file to a PDF and returns its specification.
pub fn embed(document: &mut Document, name: &str, bytes: &[u8]) -> ObjectId {
    let mut stream = Stream::new(dictionary! { "Type" => "EmbeddedFile" }, bytes.to_vec());
    stream.compress().unwrap();
    let stream = document.add_object(stream);
    let name = Object::String(name.as_bytes().to_vec(), StringFormat::Literal);
    document.add_object(dictionary! {
        "Type" => "Filespec", "F" => name.clone(), "UF" => name,
        "EF" => dictionary! { "F" => stream, "UF" => stream },
    })
}

/// A letter as a scanner sees it: gray paper, gray ink.
pub fn scan(lines: &[&str], dpi: f32) -> GrayImage {
    let pdf = Pdf::new(saved(self::pdf(&[&[Show::Text(lines)]]))).unwrap();
    let size = PixmapSettings { x_scale: dpi / 72.0, y_scale: dpi / 72.0, bg_color: WHITE };
    let settings = InterpreterSettings::default();
    let cache = RenderCache::new();
    let shown = hayro::render(&pdf.pages()[0], &cache, &settings, &RenderSettings::default(), &size);
    let (width, height) = (u32::from(shown.width()), u32::from(shown.height()));
    let bytes = shown.data_as_u8_slice();
    GrayImage::from_fn(width, height, |x, y| {
        let ink = bytes[4 * (y * width + x) as usize];
        Luma([30 + (u16::from(ink) * 205 / 255) as u8])
    })
}

/// Turned clockwise by a small angle around the middle.
pub fn askew(gray: &GrayImage, degrees: f32) -> GrayImage {
    let (sin, cos) = degrees.to_radians().sin_cos();
    let (middle_x, middle_y) = (gray.width() as f32 / 2.0, gray.height() as f32 / 2.0);
    GrayImage::from_fn(gray.width(), gray.height(), |x, y| {
        let (dx, dy) = (x as f32 - middle_x, y as f32 - middle_y);
        let from = (dx * cos + dy * sin + middle_x, -dx * sin + dy * cos + middle_y);
        imageops::interpolate_bilinear(gray, from.0, from.1).unwrap_or(Luma([235]))
    })
}

pub fn blank(like: &GrayImage) -> GrayImage {
    GrayImage::from_fn(like.width(), like.height(), |x, y| Luma([233 + ((x * 31 + y * 17) % 5) as u8]))
}

pub fn code(format: BarcodeFormat, payload: &str) -> GrayImage {
    let code = zxingcpp::create(format).from_str(payload).unwrap();
    let scale = if format == BarcodeFormat::QRCode { 12 } else { 4 };
    let code = code.to_image_with(&zxingcpp::write().scale(scale)).unwrap();
    GrayImage::from_raw(code.width() as u32, code.height() as u32, code.data()).unwrap()
}

/// A sheet with a code in its middle.
pub fn sheet(format: BarcodeFormat, payload: &str, like: &GrayImage) -> GrayImage {
    let code = code(format, payload);
    let mut sheet = GrayImage::from_pixel(like.width(), like.height(), Luma([240]));
    let left = (sheet.width() - code.width()) / 2;
    imageops::overlay(&mut sheet, &code, i64::from(left), 700);
    sheet
}

pub fn jpeg(gray: &GrayImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, 80);
    encoder.encode(gray.as_raw(), gray.width(), gray.height(), ExtendedColorType::L8).unwrap();
    bytes
}

/// A JPEG whose camera says how it was held (EXIF orientation).
pub fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend([orientation, 0, 0, 0, 0, 0, 0, 0]);
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

pub fn png(gray: &GrayImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    image::codecs::png::PngEncoder::new(&mut bytes)
        .write_image(gray.as_raw(), gray.width(), gray.height(), ExtendedColorType::L8)
        .unwrap();
    bytes
}

/// A PNG that only says how large it is.
pub fn png_of_size(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    header.extend([8, 0, 0, 0, 0]);
    for (name, body) in [(b"IHDR", header), (b"IDAT", vec![0x78, 0x9c, 3, 0, 0, 0, 0, 1]), (b"IEND", vec![])] {
        bytes.extend((body.len() as u32).to_be_bytes());
        let chunk = [name.as_slice(), &body].concat();
        bytes.extend(&chunk);
        bytes.extend(crc(&chunk).to_be_bytes());
    }
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// How a bilevel TIFF is written.
#[derive(Clone, Copy, PartialEq)]
pub enum Fill {
    HighestFirst,
    LowestFirst,
}

/// A bilevel TIFF, black is zero, one strip a page.
pub fn tiff(pages: &[GrayImage], dpi: u32, fill: Fill) -> Vec<u8> {
    let mut bytes = b"II*\0\0\0\0\0".to_vec();
    let mut link = 4;
    for gray in pages {
        let strip = bytes.len() as u32;
        for row in gray.rows() {
            let row: Vec<u8> = row.map(|pixel| u8::from(pixel.0[0] > 128)).collect();
            for eight in row.chunks(8) {
                let byte = eight.iter().enumerate().fold(0, |byte, (place, bit)| byte | bit << (7 - place));
                bytes.push(if fill == Fill::LowestFirst { u8::reverse_bits(byte) } else { byte });
            }
        }
        let length = bytes.len() as u32 - strip;
        let resolution = bytes.len() as u32;
        bytes.extend(dpi.to_le_bytes());
        bytes.extend(1_u32.to_le_bytes());
        let place = bytes.len() as u32;
        bytes[link..link + 4].copy_from_slice(&place.to_le_bytes());
        let fill = if fill == Fill::LowestFirst { 2 } else { 1 };
        let tags = [
            (256, 4, gray.width()),
            (257, 4, gray.height()),
            (258, 3, 1),
            (259, 3, 1),
            (262, 3, 1),
            (266, 3, fill),
            (273, 4, strip),
            (277, 3, 1),
            (278, 4, gray.height()),
            (279, 4, length),
            (282, 5, resolution),
            (283, 5, resolution),
        ];
        bytes.extend((tags.len() as u16).to_le_bytes());
        for (tag, kind, value) in tags {
            let (tag, kind): (u16, u16) = (tag, kind);
            bytes.extend(tag.to_le_bytes());
            bytes.extend(kind.to_le_bytes());
            bytes.extend(1_u32.to_le_bytes());
            bytes.extend(value.to_le_bytes());
        }
        link = bytes.len();
        bytes.extend([0; 4]);
    }
    bytes
}

/// How the strips of a TIFF are packed: the tags 258 (bits), 259 (packing), 262 (what zero means), 277 (samples).
#[derive(Clone, Copy)]
pub struct Strips {
    pub bits: u16,
    pub packing: u16,
    pub zero: u16,
    pub samples: u16,
    pub rows: u32,
}

/// A TIFF of one page from strips that are packed already.
pub fn tiff_of_strips(width: u32, height: u32, dpi: u32, how: Strips, strips: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"II*\0\0\0\0\0".to_vec();
    let mut offsets = Vec::new();
    for strip in strips {
        offsets.push(bytes.len() as u32);
        bytes.extend(strip);
    }
    let resolution = bytes.len() as u32;
    bytes.extend([dpi.to_le_bytes(), 1_u32.to_le_bytes()].concat());
    let lengths: Vec<u32> = strips.iter().map(|strip| strip.len() as u32).collect();
    let mut lists = Vec::new();
    for list in [&offsets, &lengths] {
        lists.push(if list.len() == 1 { list[0] } else { bytes.len() as u32 });
        if list.len() > 1 {
            bytes.extend(list.iter().flat_map(|number| number.to_le_bytes()));
        }
    }
    let count = strips.len() as u32;
    let tags = [
        (256_u16, 4_u16, 1, width),
        (257, 4, 1, height),
        (258, 3, 1, u32::from(how.bits)),
        (259, 3, 1, u32::from(how.packing)),
        (262, 3, 1, u32::from(how.zero)),
        (273, 4, count, lists[0]),
        (277, 3, 1, u32::from(how.samples)),
        (278, 4, 1, how.rows),
        (279, 4, count, lists[1]),
        (282, 5, 1, resolution),
        (283, 5, 1, resolution),
    ];
    let place = (bytes.len() as u32).to_le_bytes();
    bytes[4..8].copy_from_slice(&place);
    bytes.extend((tags.len() as u16).to_le_bytes());
    for (tag, kind, count, value) in tags {
        bytes.extend(
            [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat(),
        );
    }
    bytes.extend([0; 4]);
    bytes
}

/// Group 4, in strips of so many rows.
pub fn fax_strips(gray: &GrayImage, rows: u32) -> Vec<Vec<u8>> {
    let width = gray.width() as u16;
    let lines: Vec<_> = gray.rows().collect();
    let strips = lines.chunks(rows as usize).map(|strip| {
        let mut encoder = fax::encoder::Encoder::new(fax::VecWriter::new());
        for row in strip {
            let pixels =
                row.clone().map(|pixel| if pixel.0[0] > 128 { fax::Color::White } else { fax::Color::Black });
            let Ok(()) = encoder.encode_line(pixels, width);
        }
        let Ok(writer) = encoder.finish();
        writer.finish()
    });
    strips.collect()
}

/// JPEG, in strips of so many rows (a multiple of eight).
pub fn jpeg_strips(gray: &GrayImage, rows: u32) -> Vec<Vec<u8>> {
    let tops = (0..gray.height()).step_by(rows as usize);
    let strips = tops.map(|top| {
        let height = rows.min(gray.height() - top);
        jpeg(&imageops::crop_imm(gray, 0, top, gray.width(), height).to_image())
    });
    strips.collect()
}

/// Makes the last image of a TIFF point to the first one as the next.
pub fn looped(mut tiff: Vec<u8>) -> Vec<u8> {
    let first: [u8; 4] = tiff[4..8].try_into().unwrap();
    let end = tiff.len();
    tiff[end - 4..].copy_from_slice(&first);
    tiff
}

/// A TIFF of one image from its parts: strips one after the other, tags (number, kind, values) as they are.
pub fn tiff_of(width: u32, height: u32, strips: &[Vec<u8>], more: &[(u16, u16, Vec<u32>)]) -> Vec<u8> {
    let mut bytes = b"II*\0\0\0\0\0".to_vec();
    let mut places = Vec::new();
    for strip in strips {
        places.push(bytes.len() as u32);
        bytes.extend(strip);
    }
    let lengths = strips.iter().map(|strip| strip.len() as u32).collect();
    let mut tags = vec![(256, 4, vec![width]), (257, 4, vec![height]), (273, 4, places), (279, 4, lengths)];
    tags.extend(more.iter().cloned());
    tags.sort_by_key(|tag| tag.0);
    let mut directory = (tags.len() as u16).to_le_bytes().to_vec();
    for (tag, kind, values) in tags {
        let count = if kind == 5 { values.len() / 2 } else { values.len() };
        let body: Vec<u8> = match kind {
            3 => values.iter().flat_map(|value| (*value as u16).to_le_bytes()).collect(),
            _ => values.iter().flat_map(|value| value.to_le_bytes()).collect(),
        };
        directory.extend(tag.to_le_bytes());
        directory.extend(kind.to_le_bytes());
        directory.extend((count as u32).to_le_bytes());
        if body.len() <= 4 {
            directory.extend(body.iter().chain(&[0; 4]).take(4));
        } else {
            directory.extend((bytes.len() as u32).to_le_bytes());
            bytes.extend(body);
        }
    }
    let place = (bytes.len() as u32).to_le_bytes();
    bytes[4..8].copy_from_slice(&place);
    bytes.extend(directory);
    bytes.extend([0; 4]);
    bytes
}
