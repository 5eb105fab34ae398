//! The fonts of invisible text: letters with a width and a meaning, but no shape.
//!
//! In: the characters of a document. Out: embedded TrueType fonts of one byte a letter, which every reader can
//! map back to Unicode. Absent on purpose: outlines; nothing of these fonts is ever painted.

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Which letter stands for which character. ASCII and Latin-1 keep their code in the first font; every other
/// character gets a free one, in the order of its first appearance.
#[derive(Default)]
pub struct Alphabet {
    others: BTreeMap<char, Letter>,
    order: Vec<char>,
}

/// A code in one of the fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Letter {
    pub font: usize,
    pub code: u8,
}

/// Codes of the first font that Latin-1 does not use, and of every further font.
const FREE_IN_FIRST: std::ops::RangeInclusive<u8> = 0x80..=0x9f;
const FREE_IN_OTHERS: std::ops::RangeInclusive<u8> = 0x20..=0xff;
const FIRST_CODE: u8 = 0x20;

impl Alphabet {
    pub fn learn(&mut self, text: &str) {
        for c in text.chars().filter(|c| !is_latin_1(*c) && has_meaning(*c)) {
            if !self.others.contains_key(&c) {
                self.others.insert(c, place(self.order.len()));
                self.order.push(c);
            }
        }
    }

    /// The letter of a character; `None` for what has no meaning (control characters).
    pub fn letter(&self, c: char) -> Option<Letter> {
        match u8::try_from(u32::from(c)) {
            Ok(code) if is_latin_1(c) => Some(Letter { font: 0, code }),
            _ => self.others.get(&c).copied(),
        }
    }

    /// Adds the fonts to a document, in their order.
    pub fn add_to(&self, target: &mut Document) -> lopdf::Result<Vec<ObjectId>> {
        let mut meanings: Vec<BTreeMap<u8, char>> = vec![BTreeMap::new()];
        for c in &self.order {
            if let Some(letter) = self.others.get(c) {
                if letter.font == meanings.len() {
                    meanings.push(BTreeMap::new());
                }
                meanings[letter.font].insert(letter.code, *c);
            }
        }
        let program = Stream::new(dictionary! { "Length1" => program().len() as i64 }, program());
        let program = packed(target, program)?;
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
        let widths: Vec<Object> = WIDTHS.iter().map(|class| i64::from(width_of(*class)).into()).collect();
        let widths = target.add_object(widths);
        let mut fonts = Vec::with_capacity(meanings.len());
        for (place, meanings) in meanings.iter().enumerate() {
            let map = packed(target, Stream::new(Dictionary::new(), unicode_map(place, meanings)))?;
            fonts.push(target.add_object(dictionary! {
                "Type" => "Font",
                "Subtype" => "TrueType",
                "BaseFont" => NAME,
                "FirstChar" => i64::from(FIRST_CODE),
                "LastChar" => 255,
                "Widths" => widths,
                "FontDescriptor" => descriptor,
                "ToUnicode" => map,
            }));
        }
        Ok(fonts)
    }
}

fn is_latin_1(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{ff}')
}

/// Control characters mean nothing on a page, and some values may not stand in a map to Unicode.
fn has_meaning(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{feff}' | '\u{fffe}' | '\u{ffff}')
}

/// Where the `number`th character beyond Latin-1 (from 0) finds its letter.
fn place(number: usize) -> Letter {
    let mut left = number;
    let mut font = 0;
    loop {
        let free = if font == 0 { FREE_IN_FIRST } else { FREE_IN_OTHERS };
        match free.into_iter().nth(left) {
            Some(code) => return Letter { font, code },
            None if font == 0 => left -= FREE_IN_FIRST.len(),
            None => left -= FREE_IN_OTHERS.len(),
        }
        font += 1;
    }
}

/// Width of a letter in thousandths of its size.
pub fn width(letter: Letter) -> u16 {
    let class = WIDTHS.get(usize::from(letter.code.wrapping_sub(FIRST_CODE)));
    class.map_or(0, |class| width_of(*class))
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
fn unicode_map(font: usize, meanings: &BTreeMap<u8, char>) -> Vec<u8> {
    let mut map = String::from(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n\
         /CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n\
         /CMapName /Adobe-Identity-UCS def /CMapType 2 def\n\
         1 begincodespacerange <00> <ff> endcodespacerange\n",
    );
    if font == 0 {
        map.push_str("2 beginbfrange <20> <7e> <0020> <a0> <ff> <00a0> endbfrange\n");
    }
    let meanings: Vec<_> = meanings.iter().collect();
    const MOST_AT_ONCE: usize = 100;
    for some in meanings.chunks(MOST_AT_ONCE) {
        writeln!(map, "{} beginbfchar", some.len()).ok();
        for (code, c) in some {
            write!(map, "<{code:02x}> <").ok();
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
fn program() -> Vec<u8> {
    let glyphs = WIDTHS.len() as u16 + 1;
    let tables: [(&[u8; 4], Vec<u8>); 7] = [
        (b"cmap", character_map()),
        // No outline has any length; some readers refuse a table without bytes.
        (b"glyf", vec![0; 4]),
        (b"head", head()),
        (b"hhea", horizontal_head(glyphs)),
        (b"hmtx", horizontal_metrics()),
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
fn character_map() -> Vec<u8> {
    let first = 0xf000 + u16::from(FIRST_CODE);
    let delta = 1_u16.wrapping_sub(first);
    let mut map = Vec::new();
    for number in [0, 1, 3, 0, 0, 12] {
        map.extend(u16::to_be_bytes(number));
    }
    let segments: [(u16, u16, u16); 2] = [(first, 0xf0ff, delta), (0xffff, 0xffff, 1)];
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

fn horizontal_metrics() -> Vec<u8> {
    let mut metrics = vec![0; 4];
    for class in WIDTHS {
        metrics.extend(width_of(*class).to_be_bytes());
        metrics.extend([0; 2]);
    }
    metrics
}

/// Few widths pack well; they are near those of the fonts most letters are written in.
fn width_of(class: u8) -> u16 {
    match class {
        b'1' => 250,
        b'2' => 340,
        b'3' => 500,
        b'4' => 556,
        b'5' => 690,
        _ => WIDEST,
    }
}

/// The class of each code from 0x20 on: 1 narrow to 6 wide.
const WIDTHS: &[u8; 224] = b"\
    11244651222412114444444444114444\
    65555546513546565655455655411134\
    24434414411316444423143533321242\
    42142644265262422112224626326235\
    12444414252442522422244122246664\
    55555565555511115566666465555554\
    44444463444411114444444444444343";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn latin_1_keeps_its_code_and_others_get_one_of_their_own() {
        let mut alphabet = Alphabet::default();
        alphabet.learn("Grüße für 5 € – „ł“\u{7}");
        let letter = |c| alphabet.letter(c).map(|letter| (letter.font, letter.code));
        let rows =
            [('G', Some((0, 0x47))), ('ü', Some((0, 0xfc))), ('€', Some((0, 0x80))), ('–', Some((0, 0x81)))];
        for (c, expected) in rows {
            assert_eq!(letter(c), expected, "{c:?}");
        }
        assert_eq!((letter('\u{7}'), letter('Ω')), (None, None));
    }

    #[test]
    fn no_two_characters_share_a_letter_however_many_there_are() {
        let mut alphabet = Alphabet::default();
        let many: String = ('\u{4e00}'..'\u{5000}').collect();
        alphabet.learn(&many);
        let letters: std::collections::HashSet<_> =
            many.chars().map(|c| alphabet.letter(c).map(|letter| (letter.font, letter.code))).collect();
        assert_eq!(letters.len(), many.chars().count());
    }

    #[test]
    fn the_program_sums_up_as_the_format_asks() {
        assert_eq!(checksum(&program()), 0xb1b0_afba);
    }
}
