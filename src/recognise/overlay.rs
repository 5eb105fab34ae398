//! Invisible text over a page image, so that the page can be searched and its words selected.
//!
//! In: [`Page`]s that were read by OCR. Out: content and resources in a PDF page. Absent on purpose: anything
//! that can be seen.

use super::Page;
use super::copy::inherited;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use std::fmt::Write;

/// Adds the font that every overlay of a document uses.
pub fn add_font(target: &mut Document) -> ObjectId {
    let widths: Vec<Object> = WIDTHS.iter().map(|width| Object::Integer(i64::from(*width))).collect();
    target.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
        "FirstChar" => 32, "LastChar" => 255, "Widths" => widths,
    })
}

/// Lays the words of `read` over the page `id` and turns it upright. The text comes before what the page
/// shows, so that whatever the page leaves behind cannot move it.
pub fn add(target: &mut Document, id: ObjectId, read: &Page, font: ObjectId) {
    let Ok(page) = target.get_dictionary(id) else { return };
    let frame = Frame::of(target, page);
    let resources = inherited(target, page, b"Resources").and_then(|it| target.dereference(it).ok());
    let mut resources = resources.and_then(|(_, it)| it.as_dict().ok()).cloned().unwrap_or_default();
    let fonts = resources.get_deref(b"Font", target).ok().and_then(|fonts| fonts.as_dict().ok());
    let mut fonts = fonts.cloned().unwrap_or_default();
    fonts.set(FONT, font);
    resources.set("Font", fonts);
    let mut contents = match page.get(b"Contents") {
        Ok(Object::Array(parts)) => parts.clone(),
        Ok(Object::Reference(id)) => match target.get_object(*id) {
            Ok(Object::Array(parts)) => parts.clone(),
            _ => vec![Object::Reference(*id)],
        },
        _ => Vec::new(),
    };
    let mut text = Stream::new(Dictionary::new(), text(read, &frame).into_bytes());
    // Left as it is when packing fails: longer, but right.
    text.compress().ok();
    contents.insert(0, target.add_object(text).into());
    if let Ok(page) = target.get_dictionary_mut(id) {
        page.set("Resources", resources);
        page.set("Contents", contents);
        page.set("Rotate", i64::from((frame.rotate + read.turned) % 360));
    }
}

const FONT: &str = "LaufmappeText";

/// The part of a page that is shown, in its own space.
struct Frame {
    left: f32,
    bottom: f32,
    width: f32,
    height: f32,
    rotate: u16,
}

impl Frame {
    fn of(target: &Document, page: &Dictionary) -> Self {
        let media = rectangle(target, page, b"MediaBox").unwrap_or([0.0, 0.0, 595.0, 842.0]);
        let [left, bottom, right, top] = match rectangle(target, page, b"CropBox") {
            Some(crop) => {
                [crop[0].max(media[0]), crop[1].max(media[1]), crop[2].min(media[2]), crop[3].min(media[3])]
            }
            None => media,
        };
        let rotate = inherited(target, page, b"Rotate").and_then(|it| it.as_i64().ok()).unwrap_or(0);
        let rotate = u16::try_from(rotate.rem_euclid(360)).unwrap_or(0);
        let rotate = if rotate % 90 == 0 { rotate } else { 0 };
        Self { left, bottom, width: right - left, height: top - bottom, rotate }
    }
}

fn rectangle(target: &Document, page: &Dictionary, key: &[u8]) -> Option<[f32; 4]> {
    let (_, corners) = target.dereference(inherited(target, page, key)?).ok()?;
    let mut numbers = [0.0; 4];
    for (number, corner) in numbers.iter_mut().zip(corners.as_array().ok()?) {
        *number = target.dereference(corner).ok()?.1.as_float().ok()?;
    }
    let [a, b, c, d] = numbers;
    Some([a.min(c), b.min(d), a.max(c), b.max(d)])
}

/// From the upright page (points, upwards from the bottom left corner) to the page before it was turned
/// clockwise by `turned` degrees. `width` and `height` are those of the upright page.
fn before_turning(turned: u16, width: f32, height: f32) -> [f32; 6] {
    match turned {
        90 => [0.0, 1.0, -1.0, 0.0, height, 0.0],
        180 => [-1.0, 0.0, 0.0, -1.0, width, height],
        270 => [0.0, -1.0, 1.0, 0.0, 0.0, width],
        _ => [1.0, 0.0, 0.0, 1.0, 0.0, 0.0],
    }
}

fn text(read: &Page, frame: &Frame) -> String {
    let upright_is_shown = (frame.rotate + read.turned).is_multiple_of(180);
    let (width, height) =
        if upright_is_shown { (frame.width, frame.height) } else { (frame.height, frame.width) };
    let (across, down) = (width / read.width.max(1.0), height / read.height.max(1.0));
    let [a, b, c, d, e, f] = before_turning((frame.rotate + read.turned) % 360, width, height);
    let mut text = String::from("q\n");
    for matrix in [[1.0, 0.0, 0.0, 1.0, frame.left, frame.bottom], [a, b, c, d, e, f]] {
        let [a, b, c, d, e, f] = matrix;
        writeln!(text, "{a:.3} {b:.3} {c:.3} {d:.3} {e:.3} {f:.3} cm").ok();
    }
    text.push_str("BT\n3 Tr\n");
    for word in &read.words {
        let codes: Vec<u8> = word.text.chars().map(win_ansi).collect();
        let size = (word.height * down).clamp(1.0, 200.0);
        let natural = natural_width(&codes) * size;
        let stretch = (100.0 * word.width * across / natural.max(0.1)).clamp(5.0, 1_000.0);
        let x = word.x * across;
        let y = height - (word.y + word.height * 0.82) * down;
        write!(text, "/{FONT} {size:.2} Tf {stretch:.1} Tz 1 0 0 1 {x:.2} {y:.2} Tm <").ok();
        for code in codes {
            write!(text, "{code:02X}").ok();
        }
        text.push_str("> Tj\n");
    }
    text.push_str("ET\nQ\n");
    text
}

/// The code of a character in WinAnsi; what it does not have becomes a question mark.
fn win_ansi(c: char) -> u8 {
    let mut buffer = [0; 4];
    let (bytes, _, unmappable) = encoding_rs::WINDOWS_1252.encode(c.encode_utf8(&mut buffer));
    match bytes.as_ref() {
        [code] if !unmappable && *code >= 32 => *code,
        _ => b'?',
    }
}

/// Width of a text at size 1.
fn natural_width(codes: &[u8]) -> f32 {
    let widths =
        codes.iter().map(|code| WIDTHS.get(usize::from(*code).wrapping_sub(32)).copied().unwrap_or(556));
    widths.map(f32::from).sum::<f32>() / 1000.0
}

/// Helvetica in WinAnsi, codes 32 to 255 (thousandths of the size).
#[rustfmt::skip]
const WIDTHS: [u16; 224] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
    1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
    667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
    333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
    556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, 350,
    556, 350, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 350, 611, 350,
    350, 222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 350, 500, 667,
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333,
    400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,
    667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
    722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
    556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278,
    556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn german_characters_have_their_code() {
        let rows = [('A', 0x41), ('ä', 0xe4), ('ß', 0xdf), ('€', 0x80), ('„', 0x84), ('ł', b'?'), ('\n', b'?')];
        for (c, code) in rows {
            assert_eq!(win_ansi(c), code, "{c:?}");
        }
        assert!((natural_width(b"Ab ") - 1.501).abs() < 1e-4);
    }

    #[test]
    fn turning_back_leads_every_corner_home() {
        // The top left corner of the upright page (100 wide, 200 high) lay here before it was turned.
        let rows = [(0, (0.0, 200.0)), (90, (0.0, 0.0)), (180, (100.0, 0.0)), (270, (200.0, 100.0))];
        for (turned, expected) in rows {
            let [a, b, c, d, e, f] = before_turning(turned, 100.0, 200.0);
            let (x, y) = (0.0_f32, 200.0_f32);
            let before = (a * x + c * y + e, b * x + d * y + f);
            let near = (before.0 - expected.0).abs() < 0.01 && (before.1 - expected.1).abs() < 0.01;
            assert!(near, "{turned}: {before:?}");
        }
    }
}
