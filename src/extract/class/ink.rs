//! A page as one band of letters in which words are found even when they were read badly.
//!
//! In: a [`Page`]. Out: [`Ink`], which finds a phrase whether it was read with blanks or without, letter by
//! letter (`M A H N U N G`), parted at the end of a line, or with a letter wrong. Absent on purpose: meaning.

use super::super::guess::folded;
use crate::recognise::Page;

/// Letters of a page that are looked at. A page of invoices has 1,000 to 5,000.
const LONGEST_PAGE: usize = 20_000;

/// Folded letters of a page without blanks, and where words begin and end among them.
#[derive(Debug, Default)]
pub struct Ink {
    letters: Vec<char>,
    /// Index of the word each letter belongs to.
    word_of: Vec<usize>,
    starts: Vec<bool>,
    ends: Vec<bool>,
    pub words: Vec<Printed>,
    pub segments: Vec<Segment>,
    /// Height of the letters most words have (points); 0 without boxes.
    pub usual_height: f32,
}

/// A word as it was read.
#[derive(Debug)]
pub struct Printed {
    pub text: String,
    pub folded: String,
    pub segment: usize,
}

/// Words that stand together: a line, or the part of it before a wide gap.
#[derive(Debug, Default)]
pub struct Segment {
    /// First word and the one after the last.
    pub first: usize,
    pub end: usize,
    /// Height of its letters (points); 0 without boxes.
    pub height: f32,
    /// From 0 (top) to 1.
    pub depth: f32,
}

/// Where a phrase was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hit {
    pub first: usize,
    /// The last word, included.
    pub last: usize,
    pub errors: u32,
}

/// A phrase prepared for finding.
#[derive(Debug)]
pub struct Phrase {
    letters: Vec<char>,
    /// Wrong letters that are forgiven.
    errors: u32,
    pub begins_word: bool,
    ends_word: bool,
}

impl Phrase {
    /// `*` in front or behind: the word may go on there.
    pub fn new(written: &str) -> Self {
        let letters: Vec<char> = written.split_whitespace().map(folded).collect::<String>().chars().collect();
        // Short words are one letter away from other words, long ones are not.
        let errors = match letters.len() {
            0..=7 => 0,
            8..=12 => 1,
            13..=19 => 2,
            _ => 3,
        };
        Self { letters, errors, begins_word: !written.starts_with('*'), ends_word: !written.ends_with('*') }
    }
}

impl Ink {
    pub fn of(page: &Page) -> Self {
        let mut ink = Self::default();
        let mut heights = Vec::new();
        let mut before: Option<&crate::recognise::Word> = None;
        let mut open_hyphen = false;
        for word in &page.words {
            let same_line = before.is_some_and(|earlier| earlier.line == word.line);
            let together = same_line && before.is_some_and(|earlier| is_near(earlier, word));
            if !together {
                let depth = if page.height > 0.0 { (word.y / page.height).clamp(0.0, 1.0) } else { 0.0 };
                let first = ink.words.len();
                ink.segments.push(Segment { first, end: first, height: 0.0, depth });
            }
            before = Some(word);
            let text = folded(&word.text);
            let joined = open_hyphen && word.text.starts_with(char::is_lowercase);
            open_hyphen = word.text.ends_with(['-', '\u{ad}', '¬']) && !text.is_empty();
            ink.push(&word.text, text, joined);
            if word.height.is_finite() && word.height > 0.0 {
                heights.push(word.height);
            }
            if ink.letters.len() > LONGEST_PAGE {
                break;
            }
        }
        heights.sort_by(f32::total_cmp);
        ink.usual_height = heights.get(heights.len() / 2).copied().unwrap_or(0.0);
        ink.measure(page);
        ink
    }

    fn push(&mut self, text: &str, folded: String, joined: bool) {
        let word = self.words.len();
        if joined && let Some(last) = self.ends.last_mut() {
            *last = false;
        }
        let count = folded.chars().count();
        for (index, letter) in folded.chars().enumerate() {
            self.letters.push(letter);
            self.word_of.push(word);
            self.starts.push(index == 0 && !joined);
            self.ends.push(index + 1 == count);
        }
        let segment = self.segments.len().saturating_sub(1);
        self.words.push(Printed { text: text.to_owned(), folded, segment });
        if let Some(segment) = self.segments.last_mut() {
            segment.end = word + 1;
        }
    }

    /// The height of a segment is that of its middle word: single boxes are torn open by stamps and rules.
    fn measure(&mut self, page: &Page) {
        for segment in &mut self.segments {
            let words = page.words.get(segment.first..segment.end).unwrap_or_default();
            let tall = words.iter().filter(|word| word.text.chars().filter(|c| c.is_alphabetic()).count() >= 3);
            let mut heights: Vec<f32> =
                tall.map(|word| word.height).filter(|height| height.is_finite()).collect();
            heights.sort_by(f32::total_cmp);
            segment.height = heights.get(heights.len() / 2).copied().unwrap_or(0.0);
        }
    }

    /// Every place of the phrase, the best reading of each.
    pub fn find(&self, phrase: &Phrase) -> Vec<Hit> {
        let length = phrase.letters.len();
        if length == 0 || length > 64 {
            return Vec::new();
        }
        let mut hits: Vec<Hit> = Vec::new();
        approximate(&self.letters, &phrase.letters, phrase.errors, |end, errors| {
            let Some(hit) = self.hit(phrase, length, end, errors) else { return };
            match hits.last_mut() {
                Some(earlier) if earlier.last >= hit.first => {
                    if hit.errors < earlier.errors {
                        *earlier = hit;
                    }
                }
                _ => hits.push(hit),
            }
        });
        hits
    }

    /// A match that ends at letter `end` counts when it begins and ends where words do.
    fn hit(&self, phrase: &Phrase, length: usize, end: usize, errors: u32) -> Option<Hit> {
        if phrase.ends_word && !self.ends[end] {
            return None;
        }
        let exact = (end + 1).saturating_sub(length);
        if !phrase.begins_word {
            return Some(Hit { first: self.word_of[exact], last: self.word_of[end], errors });
        }
        let most = phrase.errors as usize;
        let around = exact.saturating_sub(most)..=(exact + most).min(end);
        let first = around
            .filter(|&at| self.starts[at])
            .map(|at| (distance(&self.letters[at..=end], &phrase.letters), at))
            .filter(|(errors, _)| *errors <= most)
            .min()?;
        Some(Hit { first: self.word_of[first.1], last: self.word_of[end], errors: first.0 as u32 })
    }

    /// What was found, as it stands there.
    pub fn written(&self, hit: Hit) -> String {
        let words: Vec<&str> = self.words[hit.first..=hit.last].iter().map(|word| word.text.as_str()).collect();
        words.join(" ")
    }
}

/// Part of the same piece of a line. Words without boxes are.
fn is_near(left: &crate::recognise::Word, right: &crate::recognise::Word) -> bool {
    let gap = right.x - (left.x + left.width);
    let height = left.height.max(right.height);
    height <= 0.0 || !gap.is_finite() || gap < 2.0 * height
}

/// Approximate search after Myers (1999): one step per letter, whatever the phrase. `found` is told the index
/// of the last letter and the number of errors.
fn approximate(letters: &[char], phrase: &[char], most: u32, mut found: impl FnMut(usize, u32)) {
    let last = 1_u64 << (phrase.len() - 1);
    let mut latin = [0_u64; 128];
    for (index, &letter) in phrase.iter().enumerate() {
        if let Some(mask) = latin.get_mut(letter as usize) {
            *mask |= 1 << index;
        }
    }
    let (mut plus, mut minus, mut errors) = (u64::MAX, 0_u64, phrase.len() as u32);
    for (index, &letter) in letters.iter().enumerate() {
        let equal = latin.get(letter as usize).copied().unwrap_or(0);
        let vertical = equal | minus;
        let horizontal = ((equal & plus).wrapping_add(plus) ^ plus) | equal;
        let (up, down) = (minus | !(horizontal | plus), plus & horizontal);
        if up & last != 0 {
            errors += 1;
        }
        if down & last != 0 {
            errors -= 1;
        }
        let (up, down) = (up << 1, down << 1);
        plus = down | !(vertical | up);
        minus = up & vertical;
        if errors <= most {
            found(index, errors);
        }
    }
}

/// Letters to change, to add or to leave out between two words.
fn distance(one: &[char], other: &[char]) -> usize {
    let mut above: Vec<usize> = (0..=other.len()).collect();
    for (row, a) in one.iter().enumerate() {
        let mut before = row;
        if let Some(first) = above.first_mut() {
            *first = row + 1;
        }
        for (column, b) in other.iter().enumerate() {
            let change = before + usize::from(a != b);
            before = above[column + 1];
            above[column + 1] = change.min(before + 1).min(above[column] + 1);
        }
    }
    above.last().copied().unwrap_or(0)
}
