//! Pages as they are typed, for tests that need words with places and no picture.

use laufmappe::recognise::{Page, PageKind, Word};

/// A page as it is typed: a blank is a narrow gap, several blanks are a wide one.
pub fn page(number: u32, typed: &str) -> Page {
    let mut words = Vec::new();
    for (line, text) in (0u32..).zip(typed.lines()) {
        let mut column = 0;
        for piece in text.split(' ') {
            let length = piece.chars().count();
            if length > 0 {
                words.push(Word {
                    text: piece.to_owned(),
                    x: 40.0 + 6.0 * column as f32,
                    y: 30.0 + 14.0 * line as f32,
                    width: 6.0 * length as f32,
                    height: 10.0,
                    confidence: 1.0,
                    line,
                });
            }
            column += length + 1;
        }
    }
    Page { words, ..Page::empty(number, PageKind::Layer, (595.0, 842.0)) }
}
