//! Print that was passed over: the engine drops cells, single digits and whole lines where a page is divided into
//! columns, or takes several for one word, however clear they stand there.
//!
//! In: a picture and the words that were read on it. Out: areas with print under no clear word, each one line high,
//! and the words put where they belong. Absent on purpose: reading.

use super::area::Area;
use super::look;
use super::ocr::SeenWord;
use image::GrayImage;

/// Dots per inch of this look.
const LOOK: f32 = 100.0;

/// Lines of print that no word covers, in pixels of the picture, from top to bottom. None where there are so many
/// that this is no page of print.
pub fn gaps(gray: &GrayImage, dpi: f32, words: &[SeenWord]) -> Vec<Area> {
    const MOST: usize = 80;
    const DRAWING: usize = 200;
    let factor = (dpi / LOOK).round().max(1.0) as u32;
    let small = look::shrink_by(gray, factor);
    let covered = Cover::of(&small, words, factor);
    let mut rows: Vec<Area> = Vec::new();
    for spot in look::spots_of(&small) {
        let area = Area::around(&spot);
        if is_like_print(&spot, &area, &small) && !covered.most_of(&spot) {
            join(&mut rows, area);
        }
    }
    rows.retain(|row| stands_in_text(row, words, factor));
    if rows.len() > DRAWING {
        return Vec::new();
    }
    rows.sort_by_key(|row| (row.top, row.left));
    rows.iter().take(MOST).map(|row| row.grown(3, &small).times(factor)).collect()
}

/// Of words read less surely than this, half were wrong when it was measured; asking more gained nothing.
const DOUBTFUL: f32 = 0.6;

/// Which pixels lie under words that are not doubtful.
struct Cover {
    width: u32,
    under: Vec<bool>,
}

impl Cover {
    fn of(small: &GrayImage, words: &[SeenWord], factor: u32) -> Self {
        let (width, height) = small.dimensions();
        let mut under = vec![false; (width * height) as usize];
        for word in words.iter().filter(|word| word.confidence >= DOUBTFUL) {
            let area = in_look(word, factor).grown(1, small);
            for y in area.top..=area.bottom {
                let row = (y * width) as usize;
                under[row + area.left as usize..=row + area.right as usize].fill(true);
            }
        }
        Self { width, under }
    }

    fn most_of(&self, spot: &[(u32, u32)]) -> bool {
        let under = spot.iter().filter(|(x, y)| self.under[(y * self.width + x) as usize]).count();
        3 * under > spot.len()
    }
}

fn in_look(word: &SeenWord, factor: u32) -> Area {
    let scaled = |side: f32| (side.max(0.0) / factor as f32) as u32;
    Area {
        left: scaled(word.left),
        top: scaled(word.top),
        right: scaled(word.left + word.width),
        bottom: scaled(word.top + word.height),
    }
}

/// As high as letters are, and neither rule nor bar nor speck nor at the very edge.
fn is_like_print(spot: &[(u32, u32)], area: &Area, small: &GrayImage) -> bool {
    const HIGH: std::ops::RangeInclusive<u32> = 6..=30;
    const LONGEST: u32 = 300;
    let (wide, high) = (area.width(), area.height());
    let edge = small.width() / 40;
    let inside = area.left > edge
        && area.right + edge < small.width()
        && area.top > edge
        && area.bottom + edge < small.height();
    let solid = spot.len() as f32 > 0.75 * (wide * high) as f32 && wide.min(high) > 6;
    let rule = wide > 12 * high || (high > 6 * wide && high > 15);
    HIGH.contains(&high) && wide <= LONGEST && inside && !solid && !rule
}

/// Adds a spot to the row it continues.
fn join(rows: &mut Vec<Area>, area: Area) {
    const GAP: u32 = 25;
    let mut joined = area;
    // A spot between two rows makes them one.
    while let Some(place) = rows.iter().position(|row| row.in_line_with(&joined) && row.apart(&joined) <= GAP) {
        let row = rows.swap_remove(place);
        joined = joined.with(&row);
    }
    rows.push(joined);
}

/// A single character counts only beside words; longer rows count anywhere.
fn stands_in_text(row: &Area, words: &[SeenWord], factor: u32) -> bool {
    const CHARACTER: u32 = 14;
    const HIGHEST: u32 = 40;
    if row.height() > HIGHEST {
        return false;
    }
    row.width() > CHARACTER || words.iter().any(|word| in_look(word, factor).in_line_with(row))
}

/// Puts words that were found later into the lines where they stand. `slope`: how far lines fall to the right.
pub fn put(words: &mut Vec<SeenWord>, mut found: Vec<SeenWord>, slope: f32) {
    // A line that is read once more may begin or end with a word that was clear before.
    found.retain(|word| !words.iter().any(|old| old.confidence >= DOUBTFUL && covers(old, word)));
    words.retain(|word| word.confidence >= DOUBTFUL || !found.iter().any(|better| covers(better, word)));
    let middle = |word: &SeenWord| word.top + word.height / 2.0 - (word.left + word.width / 2.0) * slope;
    for (number, mut word) in found.into_iter().enumerate() {
        let here = middle(&word);
        let beside = |other: &SeenWord| {
            let near = (middle(other) - here).abs() < 0.5 * other.height.max(word.height);
            near.then(|| (other.left - word.left).abs())
        };
        let nearest = words
            .iter()
            .enumerate()
            .filter_map(|(place, other)| beside(other).map(|apart| (place, apart)))
            .min_by(|a, b| a.1.total_cmp(&b.1));
        let place = match nearest {
            Some((place, _)) => {
                word.line = words[place].line;
                let after = words[place].left < word.left;
                // The first word of this line that stands further right.
                if after { place + 1 } else { place }
            }
            None => {
                word.line = (u32::MAX, number as u32, 0);
                words.iter().position(|other| middle(other) > here).unwrap_or(words.len())
            }
        };
        words.insert(place, word);
    }
}

/// Lies on most of the smaller of both.
fn covers(one: &SeenWord, other: &SeenWord) -> bool {
    let shared = |from: f32, long: f32, other_from: f32, other_long: f32| {
        ((from + long).min(other_from + other_long) - from.max(other_from)).max(0.0)
    };
    let across = shared(one.left, one.width, other.left, other.width);
    let down = shared(one.top, one.height, other.top, other.height);
    2.0 * across * down > (one.width * one.height).min(other.width * other.height)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    fn word(text: &str, left: f32, top: f32, confidence: f32, line: u32) -> SeenWord {
        let width = 60.0 * text.len() as f32 / 4.0;
        SeenWord { text: text.to_owned(), left, top, width, height: 30.0, confidence, line: (1, 1, line) }
    }

    /// Letters of 15 by 30 pixels at 300 dots per inch, a stroke, a space.
    fn page(words: &[SeenWord]) -> GrayImage {
        let mut page = GrayImage::from_pixel(2480, 1200, Luma([250]));
        for word in words {
            for x in 0..word.width as u32 {
                for y in 0..30 {
                    if x % 15 < 8 && (x % 30 < 15 || y % 12 < 6) {
                        page.put_pixel(word.left as u32 + x, word.top as u32 + y, Luma([20]));
                    }
                }
            }
        }
        page
    }

    #[test]
    fn print_under_no_clear_word_is_found_and_rules_and_specks_are_not() {
        let all = [
            word("Menge", 300.0, 300.0, 0.9, 1),
            word("Preis", 900.0, 300.0, 0.3, 1),
            word("Summe", 300.0, 500.0, 0.9, 2),
            word("7654", 1500.0, 500.0, 0.9, 2),
        ];
        let mut page = page(&all);
        for x in 200..2200 {
            for y in 400..404 {
                page.put_pixel(x, y, Luma([20]));
            }
        }
        page.put_pixel(1200, 800, Luma([0]));
        let read = |keep: &[usize]| -> Vec<(u32, u32)> {
            let words: Vec<SeenWord> = keep
                .iter()
                .map(|place| &all[*place])
                .map(|w| word(&w.text, w.left, w.top, w.confidence, 1))
                .collect();
            gaps(&page, 300.0, &words)
                .iter()
                .map(|area| (area.left.div_ceil(100), area.top.div_ceil(100)))
                .collect()
        };
        assert_eq!(read(&[0, 2, 3]), [(9, 3)], "nothing was read there");
        assert_eq!(read(&[0, 1, 2, 3]), [(9, 3)], "it was read badly");
        assert_eq!(read(&[0, 1, 2]), [(9, 3), (15, 5)]);
    }

    #[test]
    fn words_found_later_stand_in_their_line_and_replace_doubtful_ones() {
        let mut words = vec![
            word("Menge", 300.0, 300.0, 0.9, 1),
            word("Wert", 1500.0, 300.0, 0.9, 1),
            word("Summe", 300.0, 500.0, 0.9, 2),
            word("7,::", 1500.0, 500.0, 0.2, 2),
        ];
        let found = vec![
            word("Preis", 900.0, 304.0, 0.9, 0),
            word("7,50", 1500.0, 500.0, 0.8, 0),
            word("Zahlbar", 300.0, 700.0, 0.9, 0),
            word("Summ", 300.0, 500.0, 0.95, 0),
        ];
        put(&mut words, found, 0.0);
        let texts: Vec<&str> = words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["Menge", "Preis", "Wert", "Summe", "7,50", "Zahlbar"]);
        let lines: Vec<bool> = words.windows(2).map(|pair| pair[0].line == pair[1].line).collect();
        assert_eq!(lines, [true, true, false, true, false]);
    }
}
