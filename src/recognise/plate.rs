//! Images inside a PDF, looked at and taken over as they are packed.
//!
//! In: image objects of a PDF. Out: the same bits in a [`Book`], under a head written anew. Absent on purpose:
//! packings and colours an archive does not take; such an image makes its page one that is taken over whole.

use super::book::Book;
use super::paper;
use lopdf::{Dictionary, Document, Object, ObjectId, Stream, StringFormat};
use std::collections::HashMap;

/// Images that stand in the book already, by their place in the source.
#[derive(Default)]
pub struct Plates {
    places: HashMap<ObjectId, ObjectId>,
}

impl Plates {
    /// The place of an image in the book, where it is put once.
    pub fn place(&mut self, book: &mut Book, source: &Document, image: ObjectId) -> Option<ObjectId> {
        if let Some(place) = self.places.get(&image) {
            return Some(*place);
        }
        let taken = taken(book, source, source.get_object(image).ok()?.as_stream().ok()?, Role::Shown)?;
        let place = book.target.add_object(taken);
        self.places.insert(image, place);
        Some(place)
    }
}

/// What an image is there for.
#[derive(Clone, Copy, PartialEq)]
enum Role {
    Shown,
    /// Says which pixels of another image are seen.
    Mask,
}

fn taken(book: &mut Book, source: &Document, image: &Stream, role: Role) -> Option<Stream> {
    let look = |key: &[u8]| image.dict.get_deref(key, source).ok();
    if [b"OC".as_slice(), b"F", b"SMaskInData"].iter().any(|key| look(key).is_some_and(|value| !is_zero(value)))
    {
        return None;
    }
    let mut head = Dictionary::new();
    head.set("Type", "XObject");
    head.set("Subtype", "Image");
    for key in [b"Width".as_slice(), b"Height", b"BitsPerComponent", b"ImageMask"] {
        if let Some(value) = look(key) {
            head.set(key, plain(value)?);
        }
    }
    for key in [b"Decode".as_slice(), b"Matte"] {
        if let Some(list) = look(key) {
            head.set(key, numbers(source, list)?);
        }
    }
    let stencil = look(b"ImageMask").is_some_and(|value| matches!(value, Object::Boolean(true)));
    let jpx = filters(source, image)?.last().is_some_and(|name| name == b"JPXDecode");
    if jpx {
        // Its colours stand inside.
        book.coloured = true;
        jpx_fits(&image.content).then_some(())?;
    }
    match look(b"ColorSpace") {
        Some(space) if !stencil => head.set("ColorSpace", colours(book, source, space, 0)?),
        None if !stencil && !jpx => return None,
        _ => {}
    }
    match look(b"Mask") {
        Some(Object::Array(keys)) => head.set("Mask", numbers(source, &Object::Array(keys.clone()))?),
        Some(Object::Stream(mask)) if role == Role::Shown => {
            let mask = taken(book, source, mask, Role::Mask)?;
            head.set("Mask", book.target.add_object(mask));
        }
        Some(_) => return None,
        None => {}
    }
    match look(b"SMask") {
        Some(Object::Stream(mask)) if role == Role::Shown => {
            let mask = taken(book, source, mask, Role::Mask)?;
            head.set("SMask", book.target.add_object(mask));
        }
        Some(Object::Null) | None => {}
        Some(_) => return None,
    }
    packed_as_it_was(book, source, image, head)
}

fn is_zero(value: &Object) -> bool {
    matches!(value, Object::Integer(0) | Object::Null)
}

fn plain(value: &Object) -> Option<Object> {
    matches!(value, Object::Integer(_) | Object::Boolean(_)).then(|| value.clone())
}

fn numbers(source: &Document, list: &Object) -> Option<Vec<Object>> {
    let number = |object: &Object| {
        let (_, object) = source.dereference(object).ok()?;
        object.as_float().ok().map(|_| object.clone())
    };
    list.as_array().ok()?.iter().map(number).collect()
}

/// The names of its packings, the outermost first.
fn filters(source: &Document, image: &Stream) -> Option<Vec<Vec<u8>>> {
    let name = |object: &Object| source.dereference(object).ok()?.1.as_name().ok().map(<[u8]>::to_vec);
    match image.dict.get_deref(b"Filter", source) {
        Ok(Object::Array(names)) => names.iter().map(name).collect(),
        Ok(single @ Object::Name(_)) => Some(vec![name(single)?]),
        Ok(_) => None,
        Err(_) => Some(Vec::new()),
    }
}

fn packed_as_it_was(
    book: &mut Book,
    source: &Document,
    image: &Stream,
    mut head: Dictionary,
) -> Option<Stream> {
    const ARCHIVED: [&[u8]; 8] = [
        b"ASCIIHexDecode",
        b"ASCII85Decode",
        b"FlateDecode",
        b"RunLengthDecode",
        b"CCITTFaxDecode",
        b"DCTDecode",
        b"JBIG2Decode",
        b"JPXDecode",
    ];
    const MOST_BYTES: usize = 300 << 20;
    let names = filters(source, image)?;
    if names.iter().any(|name| name == b"LZWDecode") || names.is_empty() {
        let mut stream = Stream::new(head, image.get_plain_content_with_limit(MOST_BYTES).ok()?);
        stream.compress().ok()?;
        return Some(stream);
    }
    if !names.iter().all(|name| ARCHIVED.contains(&name.as_slice())) {
        return None;
    }
    let hows = match image.dict.get_deref(b"DecodeParms", source) {
        Ok(Object::Array(hows)) => hows.clone(),
        Ok(single @ Object::Dictionary(_)) => vec![single.clone()],
        _ => Vec::new(),
    };
    let mut kept = Vec::with_capacity(hows.len());
    for how in &hows {
        kept.push(how_to_unpack(book, source, how)?);
    }
    let single = names.len() == 1;
    let mut names: Vec<Object> = names.into_iter().map(Object::Name).collect();
    if single {
        head.set("Filter", names.pop()?);
        if let Some(how) = kept.into_iter().next().filter(|how| *how != Object::Null) {
            head.set("DecodeParms", how);
        }
    } else {
        head.set("Filter", names);
        if !kept.is_empty() {
            head.set("DecodeParms", kept);
        }
    }
    let mut stream = Stream::new(head, image.content.clone()).with_compression(false);
    paper::tighten(&mut stream).ok()?;
    Some(stream)
}

fn how_to_unpack(book: &mut Book, source: &Document, how: &Object) -> Option<Object> {
    let (_, how) = source.dereference(how).ok()?;
    let Ok(how) = how.as_dict() else { return Some(Object::Null) };
    let mut kept = Dictionary::new();
    for (key, value) in how.iter() {
        match source.dereference(value).ok()?.1 {
            Object::Stream(shared) if key == b"JBIG2Globals" => {
                let mut shared =
                    Stream::new(Dictionary::new(), shared.get_plain_content_with_limit(16 << 20).ok()?);
                shared.compress().ok()?;
                kept.set(key.clone(), book.target.add_object(shared));
            }
            value @ (Object::Integer(_) | Object::Boolean(_)) => kept.set(key.clone(), value.clone()),
            _ => {}
        }
    }
    Some(Object::Dictionary(kept))
}

/// A colour space written anew; four inks that say nothing of themselves get our profile.
fn colours(book: &mut Book, source: &Document, space: &Object, depth: usize) -> Option<Object> {
    let (_, space) = source.dereference(space).ok()?;
    if let Ok(name) = space.as_name() {
        return device(book, name);
    }
    let parts = space.as_array().ok()?;
    let part = |place: usize| source.dereference(parts.get(place)?).ok().map(|(_, part)| part);
    match part(0)?.as_name().ok()? {
        b"ICCBased" => {
            let profile = part(1)?.as_stream().ok()?;
            let bytes = profile.get_plain_content_with_limit(4 << 20).ok()?;
            let (number, name) = match profile.dict.get_deref(b"N", source).ok()?.as_i64().ok()? {
                1 => (1, b"DeviceGray".as_slice()),
                3 => (3, b"DeviceRGB".as_slice()),
                4 => (4, b"DeviceCMYK".as_slice()),
                _ => return None,
            };
            if !is_profile(&bytes, number) {
                return device(book, name);
            }
            let mut head = Dictionary::new();
            head.set("N", number);
            let mut kept = Stream::new(head, bytes);
            kept.compress().ok()?;
            Some(vec![Object::from("ICCBased"), book.target.add_object(kept).into()].into())
        }
        name @ (b"CalGray" | b"CalRGB" | b"Lab") => {
            let mut kept = Dictionary::new();
            for (key, value) in part(1)?.as_dict().ok()?.iter() {
                match source.dereference(value).ok()?.1 {
                    list @ Object::Array(_) => kept.set(key.clone(), numbers(source, list)?),
                    number => kept.set(key.clone(), Object::Real(number.as_float().ok()?)),
                }
            }
            Some(vec![Object::Name(name.to_vec()), kept.into()].into())
        }
        b"Indexed" if depth == 0 => {
            let base = colours(book, source, part(1)?, 1)?;
            let entries = match part(3)? {
                Object::String(bytes, _) => bytes.clone(),
                Object::Stream(stream) => stream.get_plain_content_with_limit(4_096).ok()?,
                _ => return None,
            };
            let last = part(2)?.as_i64().ok()?;
            Some(
                vec![
                    Object::from("Indexed"),
                    base,
                    last.into(),
                    Object::String(entries, StringFormat::Hexadecimal),
                ]
                .into(),
            )
        }
        name => device(book, name),
    }
}

fn device(book: &mut Book, name: &[u8]) -> Option<Object> {
    match name {
        b"DeviceGray" => Some("DeviceGray".into()),
        b"DeviceRGB" => {
            book.coloured = true;
            Some("DeviceRGB".into())
        }
        b"DeviceCMYK" => Some(vec![Object::from("ICCBased"), book.cmyk().ok()?.into()].into()),
        _ => None,
    }
}

/// An ICC profile up to version 4 for so many colours, whole.
fn is_profile(bytes: &[u8], colours: i64) -> bool {
    let Some(head) = bytes.first_chunk::<128>() else { return false };
    let size = u32::from_be_bytes([head[0], head[1], head[2], head[3]]) as usize;
    let space: &[&[u8]] = match colours {
        1 => &[b"GRAY"],
        3 => &[b"RGB ", b"Lab "],
        _ => &[b"CMYK"],
    };
    size == bytes.len()
        && &head[36..40] == b"acsp"
        && (2..=4).contains(&head[8])
        && [b"scnr", b"mntr", b"prtr", b"spac"].iter().any(|class| &head[12..16] == *class)
        && space.contains(&&head[16..20])
}

/// What an archive asks of JPEG 2000: a whole file (not the bare stream), one, three or four colours of equal
/// depth, and a colour description it knows.
fn jpx_fits(file: &[u8]) -> bool {
    let Some(head) = boxes(file).find(|(name, _)| name == b"jp2h") else { return false };
    let mut size_fits = false;
    let mut descriptions = 0;
    let mut known = 0;
    for (name, body) in boxes(head.1) {
        match (&name, body) {
            (b"ihdr", [_, _, _, _, _, _, _, _, high, low, depth, ..]) => {
                let colours = u16::from_be_bytes([*high, *low]);
                size_fits = matches!(colours, 1 | 3 | 4) && *depth != 0xff && (depth & 0x7f) < 38;
            }
            (b"colr", [method, _, approximation, rest @ ..]) => {
                const CIE_JAB: &[u8] = &[0, 0, 0, 19];
                descriptions += 1;
                let jab = *method == 1 && rest.starts_with(CIE_JAB);
                known += u32::from(matches!(method, 1..=3) && !jab && *approximation <= 1);
            }
            _ => {}
        }
    }
    size_fits && descriptions == 1 && known == 1
}

/// Names and bodies of the boxes of a JPEG 2000 file.
fn boxes(file: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    let mut rest = file;
    std::iter::from_fn(move || {
        let (length, tail) = rest.split_first_chunk::<4>()?;
        let (name, tail) = tail.split_first_chunk::<4>()?;
        let length = match u32::from_be_bytes(*length) {
            0 => tail.len(),
            length => (length as usize).checked_sub(8)?,
        };
        let (body, tail) = tail.split_at_checked(length)?;
        rest = tail;
        Some((*name, body))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(name: &[u8; 4], body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat()
    }

    #[test]
    fn jpeg_2000_must_be_a_file_of_usual_colours() {
        let head = |colours: u8, depth: u8| [0, 0, 0, 9, 0, 0, 0, 9, 0, colours, depth, 7, 0, 0];
        let srgb = boxed(b"colr", &[1, 0, 0, 0, 0, 0, 16]);
        let jab = boxed(b"colr", &[1, 0, 0, 0, 0, 0, 19]);
        let file = |head: &[u8], colour: &[u8]| {
            let inner = [boxed(b"ihdr", head), colour.to_vec()].concat();
            [boxed(b"jP  ", &[13, 10, 0x87, 10]), boxed(b"jp2h", &inner)].concat()
        };
        let rows = [
            (file(&head(3, 7), &srgb), true),
            (file(&head(1, 7), &srgb), true),
            (file(&head(2, 7), &srgb), false),
            (file(&head(3, 255), &srgb), false),
            (file(&head(3, 7), &jab), false),
            (file(&head(3, 7), &[]), false),
            (b"\xff\x4f\xff\x51bare stream".to_vec(), false),
        ];
        for (file, expected) in rows {
            assert_eq!(jpx_fits(&file), expected, "{file:?}");
        }
    }

    #[test]
    fn only_a_whole_profile_is_one() {
        let profile = super::super::colour::srgb();
        assert!(is_profile(&profile, 3) && !is_profile(&profile, 1));
        assert!(!is_profile(&profile[..200], 3) && !is_profile(b"", 3));
    }
}
