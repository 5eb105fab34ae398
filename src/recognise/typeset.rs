//! Words as text operators of a PDF, short enough to vanish beside the image.
//!
//! In: the words of a page. Out: operators between BT and ET. Absent on purpose: where the page lies and
//! whether anything is seen.
//!
//! A line has one baseline and one size, like a printed one, so that marking it with the mouse looks right; a
//! word that stands out (another size, a raised number) has its own. Words follow each other in one operator
//! as long as they end where they should.

use super::glyphless::{Alphabet, Letter, SPACE};
use super::{Page, Word};
use std::io::Write;

/// Points in one unit of text space; places are whole numbers of it.
pub const UNIT: f32 = 0.2;

pub fn font_name(place: usize) -> String {
    format!("Lm{place}")
}

/// Writes all words. `scale`: from the space of the words to that of the page, across and down.
pub fn words(out: &mut Vec<u8>, page: &Page, scale: (f32, f32), alphabet: &Alphabet) {
    let mut pen = Pen::default();
    for line in page.words.chunk_by(|a, b| a.line == b.line) {
        let line: Vec<Placed> =
            line.iter().filter_map(|word| Placed::of(word, page.skew, scale, alphabet)).collect();
        pen.line(out, &line);
    }
}

/// A word in units along and below the first line of the page, its letters ready.
struct Placed {
    letters: Vec<Letter>,
    left: f32,
    width: f32,
    /// Width at size 1, unstretched.
    natural: f32,
    /// Size and baseline its letters suggest; words of dots and dashes suggest nothing.
    looks: Option<(f32, f32)>,
    bottom: f32,
    height: f32,
}

impl Placed {
    fn of(word: &Word, skew: f32, (across, down): (f32, f32), alphabet: &Alphabet) -> Option<Self> {
        let letters: Vec<Letter> = word.text.chars().filter_map(|c| alphabet.letter(c)).collect();
        let natural = natural_width(&letters);
        let (width, height) = (word.width * across / UNIT, word.height * down / UNIT);
        if natural <= 0.0 || !width.is_finite() || !height.is_finite() {
            return None;
        }
        let (x, y) = (word.x * across / UNIT + width / 2.0, word.y * down / UNIT + height / 2.0);
        let (sin, cos) = skew.to_radians().sin_cos();
        let (along, below) = (x * cos + y * sin, y * cos - x * sin);
        let bottom = below + height / 2.0;
        let looks = looks(&word.text, bottom, height);
        Some(Self { letters, left: along - width / 2.0, width, natural, looks, bottom, height })
    }
}

fn natural_width(letters: &[Letter]) -> f32 {
    letters.iter().map(|letter| f32::from(letter.width)).sum::<f32>() / 1000.0
}

/// Size and baseline from the box of a word, by which letters rise and which hang.
fn looks(text: &str, bottom: f32, height: f32) -> Option<(f32, f32)> {
    const X_HEIGHT: f32 = 0.52;
    const RISE: f32 = 0.72;
    const HANG: f32 = 0.21;
    let hangs = text
        .contains(['g', 'j', 'p', 'q', 'y', 'Q', ',', ';', '(', ')', '[', ']', '{', '}', '/', '|', '§', 'ß']);
    let rises = |c: char| c.is_uppercase() || c.is_numeric() || "bdfhkltßiäöü()[]{}/|€$%&§!?".contains(c);
    let letters = text.chars().any(char::is_alphanumeric);
    let tall = if text.chars().any(rises) { RISE } else { X_HEIGHT };
    let hang = if hangs { HANG } else { 0.0 };
    let size = height / (tall + hang);
    letters.then_some((size, bottom - hang * size))
}

/// What the page is told so far, so that it is told once.
#[derive(Default)]
struct Pen {
    font: Option<(usize, i32)>,
    /// Percent.
    stretch: i32,
    /// Start of the line the operators count from.
    start: (i32, i32),
    /// Where the next letter goes, along the line.
    at: f32,
    /// Inside a list of strings, and inside a string of it.
    in_list: bool,
    in_string: bool,
}

impl Pen {
    fn line(&mut self, out: &mut Vec<u8>, line: &[Placed]) {
        let Some((size, base)) = self.common(line) else { return };
        let looks: Vec<(i32, i32)> = line.iter().map(|word| own_or(word, size, base)).collect();
        let usual = middle(line.iter().zip(&looks).map(|(word, (size, _))| stretch(word, *size)));
        let usual = usual.map_or(100, |stretch| stretch.round() as i32);
        let mut baseline = None;
        for (place, (word, (size, base))) in line.iter().zip(&looks).enumerate() {
            let most = most_width(word, *size, line.get(place + 1));
            let fits = |percent: &i32| {
                let width = word.natural * *size as f32 * *percent as f32 / 100.0;
                *percent > 0 && width <= most && (width - word.width).abs() <= TOLERANCE
            };
            let own = 100.0 * word.width.min(most) / (word.natural * *size as f32);
            let own = (own as i32).clamp(1, 2_000);
            let percent = [self.stretch, usual].into_iter().find(fits).unwrap_or(own);
            for (part, letters) in word.letters.chunk_by(|a, b| a.font == b.font).enumerate() {
                let font = letters.first().map_or(0, |letter| letter.font);
                self.turn_to(out, (font, *size), percent);
                if baseline != Some(*base) {
                    self.go_to(out, word.left, *base);
                    baseline = Some(*base);
                } else if part == 0 {
                    self.move_to(out, word.left);
                }
                self.show(out, letters);
            }
            let last = place + 1 == line.len();
            if !last && self.font.is_some_and(|(font, _)| font == SPACE.font) {
                self.show(out, &[SPACE]);
            }
        }
        self.close(out);
    }

    /// Size and baseline of most words of a line; a size near that of the line before is the same.
    fn common(&self, line: &[Placed]) -> Option<(i32, i32)> {
        let size = middle(line.iter().filter_map(|word| word.looks).map(|looks| looks.0));
        let base = middle(line.iter().filter_map(|word| word.looks).map(|looks| looks.1));
        let (size, base) = match (size, base) {
            (Some(size), Some(base)) => (size, base),
            _ => {
                let highest = line.iter().max_by(|a, b| a.height.total_cmp(&b.height))?;
                (highest.height, highest.bottom)
            }
        };
        let size = (size.round() as i32).clamp(SMALLEST, LARGEST);
        let size = match self.font {
            Some((_, before)) if (size - before).abs() * 12 <= before => before,
            _ => size,
        };
        Some((size, base.round() as i32))
    }

    fn turn_to(&mut self, out: &mut Vec<u8>, font: (usize, i32), percent: i32) {
        if self.font != Some(font) {
            self.close(out);
            write!(out, "/{} {} Tf ", font_name(font.0), font.1).ok();
            self.font = Some(font);
        }
        if self.stretch != percent {
            self.close(out);
            write!(out, "{percent} Tz ").ok();
            self.stretch = percent;
        }
    }

    /// Size along the line.
    fn size(&self) -> f32 {
        self.font.map_or(0.0, |(_, size)| size as f32 * self.stretch as f32 / 100.0)
    }

    fn go_to(&mut self, out: &mut Vec<u8>, left: f32, base: i32) {
        const SAME_MARGIN: f32 = 0.4 / UNIT;
        self.close(out);
        let margin = self.start.0;
        let left = if (left - margin as f32).abs() <= SAME_MARGIN { margin } else { left.round() as i32 };
        let place = (left, -base);
        write!(out, "{} {} Td", place.0 - self.start.0, place.1 - self.start.1).ok();
        self.start = place;
        self.at = left as f32;
    }

    /// Numbers in a list move the pen back by thousandths of the (stretched) size.
    fn move_to(&mut self, out: &mut Vec<u8>, left: f32) {
        const STEP: f32 = 20.0;
        let size = self.size();
        let back = ((self.at - left) * 1000.0 / STEP / size).round() * STEP;
        if back.abs() >= STEP {
            self.end_string(out);
            self.begin_list(out);
            write!(out, "{back:.0}").ok();
            self.at -= back / 1000.0 * size;
        }
    }

    fn show(&mut self, out: &mut Vec<u8>, letters: &[Letter]) {
        self.begin_list(out);
        if !self.in_string {
            out.push(b'(');
            self.in_string = true;
        }
        for letter in letters {
            if matches!(letter.code, b'(' | b')' | b'\\') {
                out.push(b'\\');
            }
            out.push(letter.code);
        }
        self.at += natural_width(letters) * self.size();
    }

    fn begin_list(&mut self, out: &mut Vec<u8>) {
        if !self.in_list {
            out.push(b'[');
            self.in_list = true;
        }
    }

    fn end_string(&mut self, out: &mut Vec<u8>) {
        if self.in_string {
            out.push(b')');
            self.in_string = false;
        }
    }

    fn close(&mut self, out: &mut Vec<u8>) {
        if self.in_list {
            self.end_string(out);
            out.extend(b"]TJ\n");
            self.in_list = false;
        }
    }
}

/// A word may end so far (in units) from where it should.
const TOLERANCE: f32 = 1.1 / UNIT;

/// How wide a word may be, so that readers still see the blank behind it.
fn most_width(word: &Placed, size: i32, next: Option<&Placed>) -> f32 {
    const BLANK: f32 = 0.2;
    let room = next.map(|next| next.left - word.left - BLANK * size as f32).filter(|room| *room > 0.0);
    room.map_or(f32::INFINITY, |room| room.max(0.6 * word.width))
}

fn stretch(word: &Placed, size: i32) -> f32 {
    100.0 * word.width / (word.natural * size as f32)
}

/// Two and a thousand points, in units.
const SMALLEST: i32 = 10;
const LARGEST: i32 = 5_000;

/// Those of the line, unless the word stands out.
fn own_or(word: &Placed, size: i32, base: i32) -> (i32, i32) {
    let Some((own_size, own_base)) = word.looks else { return (size, base) };
    let near_size = (0.75..=1.35).contains(&(own_size / size as f32));
    let near_base = (own_base - base as f32).abs() <= 0.25 * size as f32;
    if near_size && near_base {
        return (size, base);
    }
    ((own_size.round() as i32).clamp(SMALLEST, LARGEST), own_base.round() as i32)
}

fn middle(numbers: impl Iterator<Item = f32>) -> Option<f32> {
    let mut numbers: Vec<f32> = numbers.collect();
    numbers.sort_by(f32::total_cmp);
    numbers.get(numbers.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::PageKind;

    fn word(text: &str, x: f32, y: f32, width: f32, height: f32, line: u32) -> Word {
        Word { text: text.to_owned(), x, y, width, height, confidence: 1.0, line }
    }

    fn written(words: Vec<Word>) -> String {
        let mut alphabet = Alphabet::new();
        for word in &words {
            alphabet.learn(&word.text);
        }
        let page = Page { words, ..Page::empty(1, PageKind::Ocr, (595.0, 842.0)) };
        let mut out = Vec::new();
        super::words(&mut out, &page, (1.0, 1.0), &alphabet);
        String::from_utf8_lossy(&out).into_owned()
    }

    #[test]
    fn a_line_of_even_words_is_one_operator_with_blanks() {
        let even = |text: &str, x| {
            let natural: f32 = text.chars().map(|_| 0.556).sum();
            word(text, x, 100.0, natural * 10.0, 7.2, 0)
        };
        let text = written(vec![even("Haus", 70.0), even("und", 100.0), even("Hund", 120.0)]);
        assert_eq!(text.matches("TJ").count(), 1, "{text}");
        assert_eq!(text.matches(" )").count(), 2, "{text}");
    }

    #[test]
    fn a_word_that_stands_out_has_its_own_size_and_place() {
        let words = vec![
            word("Rechnung", 70.0, 100.0, 45.0, 9.3, 0),
            word("Nummer", 120.0, 100.0, 36.0, 7.2, 0),
            word("EILT", 200.0, 90.0, 90.0, 24.0, 0),
        ];
        let text = written(words);
        assert_eq!(text.matches(" Tf").count(), 2, "{text}");
    }

    #[test]
    fn brackets_and_rare_characters_are_kept() {
        let text =
            written(vec![word("(a\\b)", 70.0, 100.0, 30.0, 9.3, 0), word("€", 110.0, 100.0, 6.0, 7.0, 0)]);
        assert!(text.contains("(\\(a\\\\b\\) "), "{text}");
        assert_eq!(written(vec![word("\u{7}", 0.0, 0.0, 5.0, 5.0, 0)]), "");
    }
}
