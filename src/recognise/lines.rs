//! Glyphs on a page become words and lines.
//!
//! In: [`Glyph`]s in the order of drawing, which means nothing. Out: [`Word`]s from top to bottom and left to
//! right; text that runs down, upside down or up comes after the rest. Absent on purpose: columns; a row of a
//! table is one line.

use super::Word;
use hayro::kurbo::Point;

/// A character that can be seen.
pub struct Glyph {
    pub text: String,
    /// Start of the baseline.
    pub origin: Point,
    /// Vector to the start of the next glyph.
    pub advance: (f64, f64),
    /// Size of the font.
    pub size: f64,
}

pub fn words(glyphs: &[Glyph]) -> Vec<Word> {
    let mut all = Vec::new();
    let mut line = 0;
    for quarter in 0..4 {
        let mut seen: Vec<Placed> = glyphs.iter().filter_map(|glyph| Placed::of(glyph, quarter)).collect();
        seen.sort_by(|a, b| a.down.total_cmp(&b.down));
        for row in rows(seen) {
            let before = all.len();
            row_words(row, quarter, line, &mut all);
            line += u32::from(all.len() > before);
        }
    }
    all
}

/// A glyph in the frame of its writing direction: how far along the line, how far down the page.
struct Placed<'a> {
    text: &'a str,
    along: f64,
    down: f64,
    width: f64,
    size: f64,
}

impl<'a> Placed<'a> {
    /// `quarter`: the text runs right, down, left or up.
    fn of(glyph: &'a Glyph, quarter: u8) -> Option<Self> {
        let (dx, dy) = glyph.advance;
        let runs = match (dx.abs() >= dy.abs(), dx >= 0.0, dy >= 0.0) {
            (true, true, _) => 0,
            (true, false, _) => 2,
            (false, _, true) => 1,
            (false, _, false) => 3,
        };
        let (along, down) = match quarter {
            0 => (glyph.origin.x, glyph.origin.y),
            1 => (glyph.origin.y, -glyph.origin.x),
            2 => (-glyph.origin.x, -glyph.origin.y),
            _ => (-glyph.origin.y, glyph.origin.x),
        };
        let finite = along.is_finite() && down.is_finite() && glyph.size.is_finite();
        (runs == quarter && finite && glyph.size > 0.1).then(|| Self {
            text: &glyph.text,
            along,
            down,
            width: dx.hypot(dy),
            size: glyph.size,
        })
    }
}

/// Glyphs on the same baseline, from left to right.
fn rows(seen: Vec<Placed<'_>>) -> Vec<Vec<Placed<'_>>> {
    let mut rows: Vec<Vec<Placed>> = Vec::new();
    for glyph in seen {
        let same = rows
            .last()
            .and_then(|row| row.first())
            .is_some_and(|first| (glyph.down - first.down).abs() < 0.4 * glyph.size.min(first.size));
        match rows.last_mut() {
            Some(row) if same => row.push(glyph),
            _ => rows.push(vec![glyph]),
        }
    }
    for row in &mut rows {
        row.sort_by(|a, b| a.along.total_cmp(&b.along));
    }
    rows
}

/// Splits a row at spaces and gaps. Bold by printing twice is one print.
fn row_words(row: Vec<Placed<'_>>, quarter: u8, line: u32, words: &mut Vec<Word>) {
    const GAP: f64 = 0.18;
    let mut open: Option<OpenWord> = None;
    for glyph in row {
        if glyph.text.trim().is_empty() {
            words.extend(open.take().map(|word| word.closed(quarter, line)));
            continue;
        }
        if let Some(word) = &mut open {
            let twice = word.last == glyph.text && (glyph.along - word.last_along).abs() < 0.12 * glyph.size;
            if twice {
                continue;
            }
            let apart = glyph.along - word.end > GAP * glyph.size.max(word.size);
            if apart {
                words.extend(open.take().map(|word| word.closed(quarter, line)));
            }
        }
        open.get_or_insert_with(|| OpenWord::at(&glyph)).push(&glyph);
    }
    words.extend(open.map(|word| word.closed(quarter, line)));
}

struct OpenWord {
    text: String,
    start: f64,
    end: f64,
    down: f64,
    size: f64,
    last: String,
    last_along: f64,
}

impl OpenWord {
    fn at(glyph: &Placed<'_>) -> Self {
        let (start, down) = (glyph.along, glyph.down);
        Self { text: String::new(), start, end: start, down, size: 0.0, last: String::new(), last_along: start }
    }

    fn push(&mut self, glyph: &Placed<'_>) {
        self.text.push_str(glyph.text.trim());
        self.end = self.end.max(glyph.along + glyph.width);
        self.size = self.size.max(glyph.size);
        self.last = glyph.text.to_owned();
        self.last_along = glyph.along;
    }

    /// Back from the frame of the writing direction into the frame of the page.
    fn closed(self, quarter: u8, line: u32) -> Word {
        let (ascent, descent) = (0.78 * self.size, 0.22 * self.size);
        let (long, high) = (self.end - self.start, ascent + descent);
        let (x, y, width, height) = match quarter {
            0 => (self.start, self.down - ascent, long, high),
            1 => (-self.down - descent, self.start, high, long),
            2 => (-self.end, -self.down - descent, long, high),
            _ => (self.down - ascent, -self.end, high, long),
        };
        let [x, y, width, height] = [x, y, width, height].map(|number| number as f32);
        Word { text: self.text, x, y, width, height, confidence: 1.0, line }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn glyphs(text: &str, x: f64, y: f64) -> Vec<Glyph> {
        let glyph = |(place, c): (usize, char)| Glyph {
            text: c.to_string(),
            origin: Point::new(x + 5.0 * place as f64, y),
            advance: (5.0, 0.0),
            size: 10.0,
        };
        text.chars().enumerate().map(glyph).collect()
    }

    fn plain(words: &[Word]) -> Vec<(String, u32)> {
        words.iter().map(|word| (word.text.clone(), word.line)).collect()
    }

    #[test]
    fn glyphs_become_words_and_lines_whatever_the_order_of_drawing() {
        let mut page = glyphs("zweite Zeile", 50.0, 120.0);
        page.extend(glyphs("19,00", 200.0, 100.5));
        page.extend(glyphs("Netto", 50.0, 100.0));
        page.extend(glyphs("Netto", 50.3, 100.0));
        let expected = [("Netto", 0), ("19,00", 0), ("zweite", 1), ("Zeile", 1)];
        assert_eq!(plain(&words(&page)), expected.map(|(text, line)| (text.to_owned(), line)));
    }

    #[test]
    fn text_that_runs_upwards_is_read_after_the_rest_with_its_box_in_the_page() {
        let mut page = glyphs("oben", 50.0, 100.0);
        for (place, c) in "Rand".chars().enumerate() {
            let origin = Point::new(20.0, 400.0 - 5.0 * place as f64);
            page.push(Glyph { text: c.to_string(), origin, advance: (0.0, -5.0), size: 10.0 });
        }
        let words = words(&page);
        assert_eq!(plain(&words), [("oben".to_owned(), 0), ("Rand".to_owned(), 1)]);
        let rand = &words[1];
        assert!(rand.height > rand.width && (rand.y - 380.0).abs() < 0.1 && rand.x < 20.0, "{rand:?}");
    }
}
