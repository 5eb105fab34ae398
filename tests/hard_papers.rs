//! Papers that are hard to read, read in this process: odd colours and codings, bad resolution, noise, layers that
//! lie. Each is read or refused with its kind.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail loudly")]
#![allow(dead_code, reason = "the papers are shared with other tests")]

mod paper;

use image::{GrayImage, ImageEncoder, Luma, imageops};
use laufmappe::error::{Kind, Result};
use laufmappe::job;
use laufmappe::recognise::{self, Page, PageKind, Symbology, Unseen};
use lopdf::{Document, Object, Stream, dictionary};
use paper::{A4, Fill, LETTER, Show};
use zxingcpp::BarcodeFormat;

fn read(kind: job::Kind, bytes: &[u8]) -> Result<Vec<Page>> {
    let question = serde_json::json!({"kind": kind, "passwords": [], "embedded": false});
    let (mut total, mut pages) = (0, Vec::new());
    recognise::perform_read(question, vec![bytes.to_vec()], &mut |(answer, _)| {
        match answer["total"].as_u64() {
            Some(count) => total = count,
            None => pages.push(serde_json::from_value(answer).unwrap()),
        }
        let read = pages.len() as u64;
        (read < total.min(10)).then(|| (read + 1).into())
    })?;
    Ok(pages)
}

fn page(kind: job::Kind, bytes: &[u8]) -> Page {
    read(kind, bytes).unwrap().remove(0)
}

fn pdf_page(shows: &[Show]) -> Page {
    page(job::Kind::Pdf, &paper::saved(paper::pdf(&[shows])))
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/paper/{name}", paper::HOME)).unwrap()
}

/// A PDF that shows a ready-made stream over the whole page.
fn pdf_with_stream(filter: &str, bytes: Vec<u8>) -> Vec<u8> {
    let mut document = paper::pdf(&[&[Show::Scan(&GrayImage::new(8, 8))]]);
    let image = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => 1000, "Height" => 330, "Filter" => filter,
        "ColorSpace" => "DeviceGray", "BitsPerComponent" => if filter == "JBIG2Decode" { 1 } else { 8 },
    };
    for object in document.objects.values_mut() {
        if object.as_stream().is_ok_and(|stream| stream.dict.has(b"ColorSpace")) {
            *object = Stream::new(image.clone(), bytes.clone()).into();
        }
    }
    moved(&mut document, "595 0 0 196 0 500 cm");
    paper::saved(document)
}

/// Puts the scan of a page to another place.
fn moved(document: &mut Document, place: &str) {
    let from = format!("{} 0 0 {} 0 0 cm", A4.0, A4.1);
    for object in document.objects.values_mut() {
        if let Ok(stream) = object.as_stream_mut()
            && let Ok(content) = String::from_utf8(stream.content.clone())
        {
            stream.set_content(content.replace(&from, place).into_bytes());
        }
    }
}

fn gray(dpi: f32) -> GrayImage {
    paper::scan(LETTER, dpi)
}

const SHORT: u16 = 3;

fn one(tag: u16, value: u32) -> (u16, u16, Vec<u32>) {
    (tag, SHORT, vec![value])
}

/// Size and strips of a letter, and what makes of it a TIFF with these bits, colours and planes.
fn tiff(bits: &[u32], colours: u32, planes: u32, strips: &[Vec<u8>], more: &[(u16, u16, Vec<u32>)]) -> Vec<u8> {
    let letter = gray(150.0);
    let (width, height) = letter.dimensions();
    let rows = height.div_ceil(strips.len() as u32 / if planes == 2 { bits.len() as u32 } else { 1 });
    let mut tags = vec![
        (258, SHORT, bits.to_vec()),
        one(259, 1),
        one(262, colours),
        one(277, bits.len() as u32),
        one(278, rows),
        (282, 5, vec![150, 1]),
        (283, 5, vec![150, 1]),
        one(284, planes),
    ];
    tags.extend(more.iter().cloned());
    paper::tiff_of(width, height, strips, &tags)
}

fn cmyk_tiff() -> Vec<u8> {
    let strip = gray(150.0).pixels().flat_map(|pixel| [0, 0, 0, 255 - pixel.0[0]]).collect();
    tiff(&[8, 8, 8, 8], 5, 1, &[strip], &[])
}

fn planar_tiff() -> Vec<u8> {
    let letter = gray(150.0);
    let half = letter.len() / 2 / letter.width() as usize * letter.width() as usize;
    let half = half + letter.width() as usize * (letter.height() as usize % 2);
    let plane =
        |change: u8| -> Vec<u8> { letter.pixels().map(|pixel| pixel.0[0].saturating_add(change)).collect() };
    let mut strips = Vec::new();
    for change in [0, 10, 20] {
        let plane = plane(change);
        strips.extend([plane[..half].to_vec(), plane[half..].to_vec()]);
    }
    tiff(&[8, 8, 8], 2, 2, &strips, &[])
}

fn palette_tiff(bits: u32) -> Vec<u8> {
    let letter = gray(150.0);
    let colours = 1_u32 << bits;
    // The darkest colour has the highest number.
    let number = |pixel: u8| (colours - 1) - (u32::from(pixel) * (colours - 1) + 127) / 255;
    let mut strip = Vec::new();
    for row in letter.rows() {
        let numbers: Vec<u32> = row.map(|pixel| number(pixel.0[0])).collect();
        for group in numbers.chunks(8 / bits as usize) {
            let byte = group
                .iter()
                .enumerate()
                .fold(0, |byte, (place, number)| byte | number << (8 - bits as usize * (place + 1)));
            strip.push(byte as u8);
        }
    }
    let level = |number: u32| 0xffff - number * 0xffff / (colours - 1);
    let map = (0..3).flat_map(|_| (0..colours).map(level)).collect();
    tiff(&[bits], 3, 1, &[strip], &[(320, SHORT, map)])
}

fn sixteen_bit_png() -> Vec<u8> {
    let letter = gray(150.0);
    let samples: Vec<u8> = letter.pixels().flat_map(|pixel| [0x55, pixel.0[0]]).collect();
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    encoder.write_image(&samples, letter.width(), letter.height(), image::ExtendedColorType::L16).unwrap();
    bytes
}

fn broken_xref() -> Vec<u8> {
    let mut bytes = paper::saved(paper::pdf(&[&[Show::Text(LETTER)]]));
    let place = bytes.windows(9).rposition(|window| window == b"startxref").unwrap();
    bytes[place + 9..].fill(b'7');
    bytes
}

#[test]
fn every_coding_a_scanner_or_fax_server_writes_is_read() {
    use job::Kind::{Jpeg, Pdf, Png, Tiff};
    let letter = gray(150.0);
    let sixteen = tiff(&[16], 1, 1, &[letter.pixels().flat_map(|pixel| [0x55, pixel.0[0]]).collect()], &[]);
    let rows: Vec<(&str, job::Kind, Vec<u8>)> = vec![
        ("fax group 3, one dimension", Tiff, sample("fax-1d.tif")),
        ("fax group 3, two dimensions", Tiff, sample("fax-2d.tif")),
        ("fax runs without marks", Tiff, sample("fax-modified.tif")),
        ("a palette of 256 colours", Tiff, palette_tiff(8)),
        ("a palette of 16 colours", Tiff, palette_tiff(4)),
        ("a palette of 2 colours", Tiff, palette_tiff(1)),
        ("colour planes apart", Tiff, planar_tiff()),
        ("CMYK", Tiff, cmyk_tiff()),
        ("16 bit", Tiff, sixteen),
        ("CMYK", Jpeg, sample("cmyk.jpg")),
        ("16 bit", Png, sixteen_bit_png()),
        ("JBIG2", Pdf, pdf_with_stream("JBIG2Decode", sample("letter.jb2"))),
        ("JPEG 2000", Pdf, pdf_with_stream("JPXDecode", sample("letter.jp2"))),
        ("a table of places that is wrong", Pdf, broken_xref()),
        ("upside down", Jpeg, paper::jpeg(&imageops::rotate180(&gray(200.0)))),
    ];
    for (what, kind, bytes) in rows {
        let pages = read(kind, &bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
        let plain = pages[0].plain();
        assert!(plain.contains("3517992") && plain.contains("1.234,56"), "{what} ({kind:?}): {plain}");
    }
}

#[test]
fn the_resolution_a_tiff_states_is_the_size_of_its_page() {
    let fax = page(job::Kind::Tiff, &sample("fax-1d.tif"));
    assert!(
        (fax.width - 360.0).abs() < 1.0 && (fax.height - 118.8).abs() < 1.0,
        "{} x {}",
        fax.width,
        fax.height
    );
    // A fax in standard resolution has half as many rows as columns per inch.
    let letter = gray(200.0);
    let (width, height) = (letter.width(), letter.height() / 2);
    let squeezed = imageops::thumbnail(&letter, width, height);
    let tags =
        [(258, SHORT, vec![8]), one(259, 1), one(262, 1), (282, 5, vec![200, 1]), (283, 5, vec![100, 1])];
    let squeezed = paper::tiff_of(width, height, &[squeezed.into_raw()], &tags);
    let page = page(job::Kind::Tiff, &squeezed);
    assert!((page.width - A4.0).abs() < 2.0 && (page.height - A4.1).abs() < 2.0);
    assert!(page.plain().contains("3517992"), "{}", page.plain());
}

#[test]
fn a_picture_for_the_screen_is_read_as_well_as_can_be() {
    let page = page(job::Kind::Jpeg, &paper::jpeg(&gray(72.0)));
    assert_eq!(page.kind, PageKind::Ocr);
    assert!((page.width - A4.0).abs() < 10.0);
    let read = ["Stadtwerke", "Rechnung", "Nummer", "Lieferung", "Gesamtbetrag"];
    let found = read.iter().filter(|word| page.plain().contains(**word)).count();
    assert!(found >= 3, "{}", page.plain());
}

fn noise(width: u32, height: u32, dot: u32, share: u32) -> GrayImage {
    GrayImage::from_fn(width, height, |x, y| {
        let mut state = (x / dot).wrapping_mul(0x9e37_79b9) ^ (y / dot).wrapping_mul(0x85eb_ca6b);
        state ^= state >> 15;
        state = state.wrapping_mul(0x2c1b_3c6d);
        state ^= state >> 12;
        Luma([if state % 100 < share { 0 } else { 255 }])
    })
}

#[test]
fn noise_and_paper_without_print_end() {
    let dull = GrayImage::from_pixel(1240, 1754, Luma([251]));
    assert_eq!(page(job::Kind::Png, &paper::png(&dull)).kind, PageKind::Blank);
    for (dot, share) in [(1, 50), (2, 20), (3, 30), (8, 50)] {
        let page = page(job::Kind::Png, &paper::png(&noise(1240, 1754, dot, share)));
        assert_eq!((page.turned % 90, page.number), (0, 1), "dots of {dot}");
    }
}

#[test]
fn what_is_too_large_or_broken_says_so() {
    use job::Kind::{Png, Tiff};
    let letter = paper::tiff(&[gray(75.0), gray(75.0)], 75, Fill::HighestFirst);
    let mut torn = sample("fax-1d.tif");
    torn[4_000..4_300].fill(0xff);
    let mut lost = sample("fax-1d.tif");
    lost[100..5_800].fill(0);
    let no_colours = tiff(&[8], 3, 1, &[gray(150.0).into_raw()], &[]);
    let rows: Vec<(&str, job::Kind, Vec<u8>, Kind)> = vec![
        ("600 dpi of A0", Png, paper::png_of_size(19_866, 28_087), Kind::TooLarge),
        ("a TIFF without a byte", Tiff, Vec::new(), Kind::Empty),
        ("a TIFF that goes in a circle", Tiff, paper::looped(letter), Kind::Damaged),
        ("a fax that was lost", Tiff, lost, Kind::Damaged),
        ("a palette without colours", Tiff, no_colours, Kind::Damaged),
    ];
    for (what, kind, bytes, expected) in rows {
        assert_eq!(read(kind, &bytes).map(|_| ()).map_err(|error| error.kind), Err(expected), "{what}");
    }
    // Lines of a fax that arrived damaged are left white.
    assert!(read(Tiff, &torn).unwrap()[0].plain().contains("Stadtwerke"));
}

#[test]
fn words_that_nobody_sees_are_counted_by_reason() {
    let line = |before: &str, text: &str, y: u32| format!("{before} BT /F 14 Tf 70 {y} Td ({text}) Tj ET");
    let rows: Vec<(&str, String, Unseen)> = vec![
        (
            "mode 3",
            line("", "x", 0).replace("/F 14 Tf 70 0 Td (x)", "3 Tr /F 14 Tf 70 500 Td (nur fuer Maschinen)"),
            Unseen { hidden: 3, ..Unseen::default() },
        ),
        ("white on paper", line("1 g", "weisse Schrift", 500), Unseen { pale: 2, ..Unseen::default() }),
        (
            "nearly white on paper",
            line("0.95 g", "fast weisse Schrift", 500),
            Unseen { pale: 3, ..Unseen::default() },
        ),
        (
            "black on black",
            line("0 g 60 490 300 30 re f", "schwarz auf schwarz", 500),
            Unseen { pale: 3, ..Unseen::default() },
        ),
        (
            "white on a dark bar",
            line("0 0 0.5 rg 60 490 300 30 re f 1 g", "gut zu sehen", 500),
            Unseen::default(),
        ),
        ("gray on paper", line("0.6 g", "gut zu lesen", 500), Unseen::default()),
        (
            "below the edge",
            line("", "unter dem Rand", 0).replace("70 0 Td", "70 -90 Td"),
            Unseen { outside: 3, ..Unseen::default() },
        ),
        (
            "clipped",
            line("0 0 50 50 re W n", "weg geschnitten", 500),
            Unseen { clipped: 2, ..Unseen::default() },
        ),
        ("inside its clip", line("60 480 400 40 re W n", "noch zu sehen", 500), Unseen::default()),
        (
            "under a white bar",
            format!("{} 1 g 60 480 400 40 re f", line("", "unter dem Balken", 500)),
            Unseen { hidden: 3, ..Unseen::default() },
        ),
        (
            "under a transparent group's edge only",
            format!("{} 60 480 400 40 re S", line("", "im Rahmen", 500)),
            Unseen::default(),
        ),
    ];
    for (what, drawing, expected) in rows {
        let page = pdf_page(&[Show::Text(LETTER), Show::Drawing(&drawing)]);
        assert_eq!((&page.kind, page.unseen), (&PageKind::Layer, expected), "{what}");
        let shown = expected == Unseen::default();
        assert_eq!(page.words.len() > LETTER.join(" ").split(' ').count(), shown, "{what}: {}", page.plain());
    }
}

#[test]
fn the_layer_of_a_scanner_is_read_again_and_counted() {
    let scan = gray(200.0);
    let layer = ["Rechnung Nummer 9999999", "Gesamtbetrag 9.999,99"];
    for shows in [[Show::Scan(&scan), Show::Hidden(&layer)], [Show::Text(&layer), Show::Scan(&scan)]] {
        let page = pdf_page(&shows);
        assert_eq!((&page.kind, page.unseen.hidden), (&PageKind::Ocr, 5));
        assert!(page.plain().contains("3517992") && !page.plain().contains("9999999"), "{}", page.plain());
        assert!(page.ocr_ms > 0);
    }
}

#[test]
fn a_covering_note_over_a_large_picture_does_not_hide_what_the_picture_says() {
    // Two lines of text above a scan that fills half of the page.
    let receipt = imageops::crop_imm(&gray(200.0), 0, 150, 1654, 500).to_image();
    let mut document = paper::pdf(&[&[
        Show::Drawing("BT /F 14 Tf 70 780 Td (Anbei der Beleg mit der Bitte um Erstattung) Tj ET"),
        Show::Scan(&receipt),
    ]]);
    moved(&mut document, "540 0 0 300 20 300 cm");
    let page = page(job::Kind::Pdf, &paper::saved(document));
    assert_eq!(page.kind, PageKind::Ocr);
    assert!(page.plain().contains("Erstattung") && page.plain().contains("3517992"), "{}", page.plain());
}

#[test]
fn codes_are_told_with_their_place_on_the_upright_page() {
    let payload = "BCD\n002\n1\nSCT\n\nStadtwerke\nDE89370400440532013000\nEUR1.00";
    let code = paper::code(BarcodeFormat::QRCode, payload);
    let mut letter = gray(200.0);
    imageops::overlay(&mut letter, &code, 900, 1_200);
    let expected = [900.0, 1_200.0, code.width() as f32, code.height() as f32].map(|side| side * 0.36);
    let pdf = paper::saved(paper::pdf(&[&[Show::Picture(&code), Show::Text(LETTER)]]));
    let layer = page(job::Kind::Pdf, &pdf);
    assert_eq!((&layer.kind, layer.codes.len()), (&PageKind::Layer, 1));
    for turned in [
        letter.clone(),
        imageops::rotate90(&letter),
        imageops::rotate180(&letter),
        imageops::rotate270(&letter),
    ] {
        let page = page(job::Kind::Png, &paper::png(&turned));
        let [code] = &page.codes[..] else { panic!("{:?}", page.codes) };
        assert_eq!((code.symbology, code.text.as_str()), (Symbology::Qr, payload));
        for (found, expected) in code.area.iter().zip(expected) {
            // The quiet zone belongs to the picture of a code, not to its area.
            assert!(
                (found - expected).abs() < 40.0,
                "turned {}: {:?}, expected {expected:?}",
                page.turned,
                code.area
            );
        }
    }
}

#[test]
fn a_pdf_of_ten_thousand_pages_is_refused() {
    let mut document = paper::pdf(&[&[Show::Text(LETTER)]]);
    let tree = document.catalog().unwrap().get(b"Pages").and_then(Object::as_reference).unwrap();
    let page = document.get_dictionary(document.get_pages()[&1]).unwrap().clone();
    let kids: Vec<Object> = (0..10_000).map(|_| document.add_object(page.clone()).into()).collect();
    document.get_dictionary_mut(tree).unwrap().set("Kids", kids);
    let read = read(job::Kind::Pdf, &paper::saved(document));
    assert_eq!(read.map(|_| ()).map_err(|error| error.kind), Err(Kind::TooLarge));
}
