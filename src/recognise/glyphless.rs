//! The fonts of invisible text: letters with a width and a meaning, but no shape.
//!
//! In: the characters of a document. Out: embedded TrueType fonts of one byte a letter, which every reader can
//! map back to Unicode. Absent on purpose: outlines; nothing of these fonts is ever painted.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Which letter stands for which character. ASCII comes first; every other character gets a place in the order
/// of its first appearance, and a further font when one is full.
pub struct Alphabet {
    places: BTreeMap<char, Letter>,
    /// The characters of each font, by code from [`FIRST_CODE`] on.
    fonts: Vec<Vec<char>>,
}

/// A code in one of the fonts, and its width in thousandths of its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    pub font: usize,
    pub code: u8,
    pub width: u16,
}

pub const SPACE: Letter = Letter { font: 0, code: b' ', width: 250 };

const FIRST_CODE: u8 = b' ';
const MOST_IN_A_FONT: usize = 0x100 - FIRST_CODE as usize;

impl Alphabet {
    pub fn new() -> Self {
        let mut alphabet = Self { places: BTreeMap::new(), fonts: vec![Vec::new()] };
        (' '..='~').for_each(|c| alphabet.give_place(c));
        alphabet
    }

    pub fn learn(&mut self, text: &str) {
        for c in text.chars().filter(|c| has_meaning(*c)) {
            if !self.places.contains_key(&c) {
                self.give_place(c);
            }
        }
    }

    fn give_place(&mut self, c: char) {
        if self.fonts.last().is_none_or(|font| font.len() == MOST_IN_A_FONT) {
            self.fonts.push(Vec::new());
        }
        let number = self.fonts.len() - 1;
        let font = &mut self.fonts[number];
        self.places.insert(c, Letter { font: number, code: FIRST_CODE + font.len() as u8, width: width(c) });
        font.push(c);
    }

    /// The letter of a character; `None` for what has no meaning (control characters).
    pub fn letter(&self, c: char) -> Option<Letter> {
        self.places.get(&c).copied()
    }

    /// Adds the fonts to a document, in their order.
    pub fn add_to(&self, target: &mut Document) -> lopdf::Result<Vec<ObjectId>> {
        self.fonts.iter().enumerate().map(|(place, font)| add_font(target, place, font)).collect()
    }
}

/// Control characters mean nothing on a page, and some values may not stand in a map to Unicode.
fn has_meaning(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

fn add_font(target: &mut Document, place: usize, characters: &[char]) -> lopdf::Result<ObjectId> {
    let widths: Vec<u16> = characters.iter().map(|c| width(*c)).collect();
    let program = program(&widths);
    let program = packed(target, Stream::new(dictionary! { "Length1" => program.len() as i64 }, program))?;
    let descriptor = target.add_object(dictionary! {
        "Type" => "FontDescriptor",
        "FontName" => NAME,
        "Flags" => SYMBOLIC,
        "FontBBox" => vec![0.into(), DESCENT.into(), i64::from(WIDEST).into(), ASCENT.into()],
        "ItalicAngle" => 0,
        "Ascent" => ASCENT,
        "Descent" => DESCENT,
        "CapHeight" => 720,
        "StemV" => 80,
        "FontFile2" => program,
    });
    let map = packed(target, Stream::new(Dictionary::new(), unicode_map(place, characters)))?;
    Ok(target.add_object(dictionary! {
        "Type" => "Font",
        "Subtype" => "TrueType",
        "BaseFont" => NAME,
        "FirstChar" => i64::from(FIRST_CODE),
        "LastChar" => i64::from(FIRST_CODE) + characters.len() as i64 - 1,
        "Widths" => widths.into_iter().map(|width| Object::Integer(i64::from(width))).collect::<Vec<_>>(),
        "FontDescriptor" => descriptor,
        "ToUnicode" => map,
    }))
}

const NAME: &str = "LaufmappeUnsichtbar";
const SYMBOLIC: i64 = 4;
/// A line box as most text fonts have it.
pub const ASCENT: i64 = 750;
pub const DESCENT: i64 = -250;
const WIDEST: u16 = 850;

fn packed(target: &mut Document, mut stream: Stream) -> lopdf::Result<ObjectId> {
    stream.compress()?;
    Ok(target.add_object(stream))
}

/// Maps the codes of one font to Unicode.
fn unicode_map(place: usize, characters: &[char]) -> Vec<u8> {
    const MOST_AT_ONCE: usize = 100;
    const ASCII: usize = 95;
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n/CMapName /Lm def /CMapType 2 def\n\
         1 begincodespacerange <00> <ff> endcodespacerange\n",
    );
    let mut characters: Vec<(usize, &char)> = characters.iter().enumerate().collect();
    if place == 0 {
        map.push_str("1 beginbfrange <20> <7e> <0020> endbfrange\n");
        characters.drain(..ASCII);
    }
    for some in characters.chunks(MOST_AT_ONCE) {
        writeln!(map, "{} beginbfchar", some.len()).ok();
        for (number, c) in some {
            write!(map, "<{:02x}> <", usize::from(FIRST_CODE) + number).ok();
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(map, "{unit:04x}").ok();
            }
            map.push_str(">\n");
        }
        map.push_str("endbfchar\n");
    }
    map.push_str("endcmap CMapName currentdict /CMap defineresource pop end end");
    map.into_bytes()
}

/// The TrueType program: one empty glyph for each code, found under its code.
fn program(widths: &[u16]) -> Vec<u8> {
    let glyphs = widths.len() as u16 + 1;
    let tables: [(&[u8; 4], Vec<u8>); 7] = [
        (b"cmap", character_map(widths.len() as u16)),
        // No outline has any length; some readers refuse a table without bytes.
        (b"glyf", vec![0; 4]),
        (b"head", head()),
        (b"hhea", horizontal_head(glyphs)),
        (b"hmtx", horizontal_metrics(widths)),
        (b"loca", vec![0; 2 * (usize::from(glyphs) + 1)]),
        (b"maxp", [&VERSION_1[..], &glyphs.to_be_bytes(), &[0; 8], &2_u16.to_be_bytes(), &[0; 16]].concat()),
    ];
    let count = tables.len() as u16;
    let mut file = VERSION_1.to_vec();
    // Search range, entry selector and range shift for seven tables.
    for number in [count, 64, 2, 16 * count - 64] {
        file.extend(number.to_be_bytes());
    }
    let mut offset = (12 + 16 * tables.len()) as u32;
    for (name, table) in &tables {
        file.extend(*name);
        for number in [checksum(table), offset, table.len() as u32] {
            file.extend(number.to_be_bytes());
        }
        offset += table.len().next_multiple_of(4) as u32;
    }
    for (_, table) in &tables {
        file.extend(table);
        file.resize(file.len().next_multiple_of(4), 0);
    }
    let adjustment = 0xb1b0_afba_u32.wrapping_sub(checksum(&file));
    let head = file.windows(4).position(|four| four == MAGIC.to_be_bytes());
    if let Some(place) = head.and_then(|magic| file.get_mut(magic - 4..magic)) {
        place.copy_from_slice(&adjustment.to_be_bytes());
    }
    file
}

const VERSION_1: [u8; 4] = [0, 1, 0, 0];
const MAGIC: u32 = 0x5f0f_3cf5;

fn checksum(table: &[u8]) -> u32 {
    let mut sum = 0_u32;
    for four in table.chunks(4) {
        let mut word = [0; 4];
        word[..four.len()].copy_from_slice(four);
        sum = sum.wrapping_add(u32::from_be_bytes(word));
    }
    sum
}

/// Symbol encoding (3, 0), format 4: code 0x20 and following lie at 0xf020 and are the glyphs from 1 on.
fn character_map(codes: u16) -> Vec<u8> {
    let first = 0xf000 + u16::from(FIRST_CODE);
    let delta = 1_u16.wrapping_sub(first);
    let mut map = Vec::new();
    for number in [0, 1, 3, 0, 0, 12] {
        map.extend(u16::to_be_bytes(number));
    }
    let segments: [(u16, u16, u16); 2] = [(first, first + codes - 1, delta), (0xffff, 0xffff, 1)];
    for number in [4, 32, 0, 4, 4, 1, 0] {
        map.extend(u16::to_be_bytes(number));
    }
    map.extend(segments.iter().flat_map(|segment| segment.1.to_be_bytes()));
    map.extend([0; 2]);
    map.extend(segments.iter().flat_map(|segment| segment.0.to_be_bytes()));
    map.extend(segments.iter().flat_map(|segment| segment.2.to_be_bytes()));
    map.extend([0; 4]);
    map
}

fn head() -> Vec<u8> {
    let mut head = [&VERSION_1[..], &VERSION_1, &[0; 4], &MAGIC.to_be_bytes()].concat();
    // Flags, units per em.
    head.extend([0, 3, 0x03, 0xe8]);
    // Created and modified: never.
    head.extend([0; 16]);
    for number in [0, DESCENT as i16, WIDEST as i16, ASCENT as i16] {
        head.extend(number.to_be_bytes());
    }
    // Style, smallest readable size, direction, short offsets, format of glyphs.
    for number in [0_i16, 8, 2, 0, 0] {
        head.extend(number.to_be_bytes());
    }
    head
}

fn horizontal_head(glyphs: u16) -> Vec<u8> {
    let mut head = VERSION_1.to_vec();
    for number in [ASCENT as i16, DESCENT as i16, 0, WIDEST as i16, 0, 0, WIDEST as i16, 1, 0, 0] {
        head.extend(number.to_be_bytes());
    }
    head.extend([0; 10]);
    head.extend(glyphs.to_be_bytes());
    head
}

fn horizontal_metrics(widths: &[u16]) -> Vec<u8> {
    let mut metrics = vec![0; 4];
    for width in widths {
        metrics.extend(width.to_be_bytes());
        metrics.extend([0; 2]);
    }
    metrics
}

/// Few widths pack well; they are near those of the fonts most letters are written in.
fn width(c: char) -> u16 {
    match c {
        ' ' | '!' | '\'' | ',' | '.' | '/' | ':' | ';' | 'I' | '[' | '\\' | ']' | 'f' | 'i' | 'j' | 'l'
        | 't' | '|' => SPACE.width,
        '"' | '(' | ')' | '*' | '-' | '`' | 'r' | '{' | '}' | '„' | '“' | '”' | '’' | '‘' | '°' | '·' | '•' => {
            340
        }
        'J' | '^' | 'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' => 500,
        '%' | '@' | 'M' | 'W' | 'm' | '—' | '…' => WIDEST,
        'w' => 690,
        _ if c.is_uppercase() && c != 'L' && c != 'T' && c != 'Z' => 690,
        _ => 556,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ascii_keeps_its_code_and_others_get_one_of_their_own() {
        let mut alphabet = Alphabet::new();
        alphabet.learn("Grüße für 5 € – „ł“\u{7}");
        let letter = |c| alphabet.letter(c).map(|letter| (letter.font, letter.code));
        let rows =
            [('G', Some((0, 0x47))), ('ü', Some((0, 0x7f))), ('ß', Some((0, 0x80))), ('€', Some((0, 0x81)))];
        for (c, expected) in rows {
            assert_eq!(letter(c), expected, "{c:?}");
        }
        assert_eq!((letter('\u{7}'), letter('Ω')), (None, None));
        assert_eq!(alphabet.letter(' '), Some(SPACE));
    }

    #[test]
    fn no_two_characters_share_a_letter_however_many_there_are() {
        let mut alphabet = Alphabet::new();
        let many: String = ('\u{4e00}'..'\u{5000}').collect();
        alphabet.learn(&many);
        let letters: std::collections::HashSet<_> =
            many.chars().map(|c| alphabet.letter(c).map(|letter| (letter.font, letter.code))).collect();
        assert_eq!(letters.len(), many.chars().count());
    }

    #[test]
    fn the_program_sums_up_as_the_format_asks() {
        for count in [1, 95, 224] {
            assert_eq!(checksum(&program(&vec![556; count])), 0xb1b0_afba);
        }
    }
}
