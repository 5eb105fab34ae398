//! Invisible text over a page image, so that the page can be searched and its words selected.
//!
//! In: [`Page`]s that were read by OCR. Out: content and resources in a PDF page. Absent on purpose: anything
//! that can be seen.

use super::Page;
use super::book::Book;
use super::copy::inherited;
use super::glyphless::Alphabet;
use super::typeset;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream};

/// Lays the words of `read` over the page `id` and turns it upright. The text comes before what the page
/// shows, so that whatever the page leaves behind cannot move it.
pub fn add(book: &mut Book, id: ObjectId, read: &Page, alphabet: &Alphabet, fonts: &[ObjectId]) {
    let target = &book.target;
    let Ok(page) = target.get_dictionary(id) else { return };
    let frame = Frame::of(target, page);
    let turned = (frame.rotate + read.turned) % 360;
    let text = text(read, &frame, alphabet);
    let resources = inherited(target, page, b"Resources").and_then(|it| target.dereference(it).ok());
    let mut resources = resources.and_then(|(_, it)| it.as_dict().ok()).cloned().unwrap_or_default();
    let named = resources.get_deref(b"Font", target).ok().and_then(|fonts| fonts.as_dict().ok());
    let mut named = named.cloned().unwrap_or_default();
    for (place, font) in fonts.iter().enumerate() {
        named.set(typeset::font_name(place), *font);
    }
    resources.set("Font", named);
    let contents = page.get(b"Contents").ok().cloned();
    let contents = with_text_before(book, contents, text);
    if let Ok(page) = book.target.get_dictionary_mut(id) {
        page.set("Resources", resources);
        page.set("Contents", contents);
        if turned != 0 || page.has(b"Rotate") {
            page.set("Rotate", i64::from(turned));
        }
    }
}

/// One stream where the page is ours, else a list of streams: a drawing of the source may belong to several
/// pages.
fn with_text_before(book: &mut Book, contents: Option<Object>, mut text: Vec<u8>) -> Object {
    let single = contents.as_ref().and_then(|contents| contents.as_reference().ok());
    let ours = single.filter(|id| book.drawings.remove(id));
    if let Some(Ok(drawing)) = ours.map(|id| book.target.get_object(id).and_then(Object::as_stream)) {
        text.extend_from_slice(&drawing.content);
    }
    let mut stream = Stream::new(Dictionary::new(), text);
    // Left as it is when packing fails: longer, but right.
    stream.compress().ok();
    if let Some(id) = ours {
        book.target.set_object(id, stream);
        return Object::Reference(id);
    }
    let mut parts = match (contents, single.and_then(|id| book.target.get_object(id).ok())) {
        (Some(Object::Array(parts)), _) => parts,
        (_, Some(Object::Array(parts))) => parts.clone(),
        (Some(Object::Reference(id)), _) => vec![Object::Reference(id)],
        _ => Vec::new(),
    };
    parts.insert(0, book.target.add_object(stream).into());
    Object::Array(parts)
}

/// The part of a page that is shown, in its own space.
pub struct Frame {
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

/// One matrix after another, as one.
fn chained([a, b, c, d, e, f]: [f32; 6], [g, h, i, j, k, l]: [f32; 6]) -> [f32; 6] {
    [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l]
}

fn text(read: &Page, frame: &Frame, alphabet: &Alphabet) -> Vec<u8> {
    let turned = (frame.rotate + read.turned) % 360;
    let (width, height) =
        if turned.is_multiple_of(180) { (frame.width, frame.height) } else { (frame.height, frame.width) };
    let scale = (width / read.width.max(1.0), height / read.height.max(1.0));
    // Lines of text run along the skew of the page.
    let (sin, cos) = read.skew.to_radians().sin_cos();
    let unit = typeset::UNIT;
    let along_lines = [cos * unit, -sin * unit, sin * unit, cos * unit, 0.0, height];
    let upright = before_turning(turned, width, height);
    let [a, b, c, d, e, f] =
        chained(chained(along_lines, upright), [1.0, 0.0, 0.0, 1.0, frame.left, frame.bottom]);
    let mut text = format!("q {a:.5} {b:.5} {c:.5} {d:.5} {e:.2} {f:.2} cm BT 3 Tr\n").into_bytes();
    typeset::words(&mut text, read, scale, alphabet);
    text.extend(b"ET Q\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

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
