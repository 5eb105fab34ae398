//! Words in rows, the way an eye goes over a page.
//!
//! In: [`Text`]. Out: [`Row`]s from top to bottom, their [`Token`]s from left to right. Absent on purpose: the
//! line numbers of the recogniser; a label and its value often belong to different blocks for it.

use super::written::{date, folded};
use crate::invoice::Evidence;
use crate::recognise::{Text, Word};
use jiff::civil::Date;

/// A word; one that held a label and a value (`Nr.:4711`) became two.
#[derive(Debug, Clone)]
pub struct Token {
    pub text: String,
    pub folded: String,
    pub page: u32,
    pub x: f32,
    pub y: f32,
    pub width: f32,
    pub height: f32,
    pub confidence: f32,
}

/// Tokens of one height on one page.
#[derive(Debug, Clone)]
pub struct Row {
    pub page: u32,
    /// Where it stands on its page, from 0 (top) to 1.
    pub depth: f32,
    pub tokens: Vec<Token>,
}

impl Row {
    /// The tokens from `start` up to the next gap in the row.
    pub fn cell(&self, start: usize) -> &[Token] {
        let rest = &self.tokens[start.min(self.tokens.len())..];
        let gap =
            rest.windows(2).position(|pair| pair[1].x - (pair[0].x + pair[0].width) > 1.5 * pair[0].height);
        &rest[..gap.map_or(rest.len(), |last| last + 1)]
    }
}

pub fn text(tokens: &[Token]) -> String {
    tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ")
}

/// Something read from tokens: how surely, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Guess<T> {
    pub value: T,
    pub evidence: Evidence,
}

impl<T> Guess<T> {
    /// `confidence` is what the finding is worth when every word was read perfectly.
    pub fn new(value: T, confidence: f32, tokens: &[Token]) -> Self {
        Self { value, evidence: evidence(confidence, tokens) }
    }

    /// The same with one more word for or against it.
    pub fn marked(mut self, mark: &'static str) -> Self {
        self.evidence.marks.push(mark.into());
        self
    }
}

fn evidence(confidence: f32, tokens: &[Token]) -> Evidence {
    let Some(first) = tokens.first() else { return Evidence { confidence, page: 1, ..Evidence::default() } };
    let (mut left, mut top) = (first.x, first.y);
    let (mut right, mut bottom, mut read) = (left, top, 1.0_f32);
    for token in tokens.iter().filter(|token| token.page == first.page) {
        left = left.min(token.x);
        top = top.min(token.y);
        right = right.max(token.x + token.width);
        bottom = bottom.max(token.y + token.height);
        read = read.min(token.confidence);
    }
    // A word read badly weakens the finding, but a proof stands above the reader's own doubts.
    let confidence = confidence * (0.5 + 0.5 * read.clamp(0.0, 1.0));
    Evidence { confidence, page: first.page, area: [left, top, right - left, bottom - top], marks: Vec::new() }
}

/// A date at `start`, written in up to five words, and how many words it took.
pub fn date_at(tokens: &[Token], start: usize) -> Option<(Date, usize)> {
    let mut joined = String::new();
    for (count, token) in (1..=5).zip(tokens.iter().skip(start)) {
        joined.push_str(&token.text);
        if let Some(date) = date(&joined) {
            return Some((date, count));
        }
    }
    None
}

/// All rows of all pages.
pub fn rows(text: &Text) -> Vec<Row> {
    let mut rows = Vec::new();
    for page in &text.pages {
        let mut tokens = Vec::new();
        for word in page.words.iter().filter(|word| has_place(word)) {
            split(word, page.number, &mut tokens);
        }
        let slope = slope(&page.words);
        let level = |token: &Token| middle(token) - slope * token.x;
        tokens.sort_by(|a, b| level(a).total_cmp(&level(b)));
        let mut open: Vec<Token> = Vec::new();
        let (mut heights, mut levels) = (0.0, 0.0);
        for token in tokens {
            let count = open.len() as f32;
            if !open.is_empty() && !on_row(heights / count, levels / count, level(&token), token.height) {
                rows.push(row(std::mem::take(&mut open), page.number, page.height));
                (heights, levels) = (0.0, 0.0);
            }
            heights += token.height;
            levels += level(&token);
            open.push(token);
        }
        if !open.is_empty() {
            rows.push(row(open, page.number, page.height));
        }
    }
    rows
}

/// How far the lines of a page fall per point to the right, when it was not scanned quite straight: the middle
/// of what its longer lines say.
fn slope(words: &[Word]) -> f32 {
    const LONG: f32 = 90.0;
    let mut slopes: Vec<f32> = Vec::new();
    for line in words.chunk_by(|a, b| a.line == b.line) {
        let sound = |word: &&Word| has_place(word) && word.confidence > 0.5 && word.text.chars().count() > 2;
        let (Some(first), Some(last)) = (line.iter().find(sound), line.iter().rev().find(sound)) else {
            continue;
        };
        let (run, rise) = (last.x - first.x, last.y + last.height / 2.0 - first.y - first.height / 2.0);
        if run > LONG && rise.abs() < 0.06 * run {
            slopes.push(rise / run);
        }
    }
    slopes.sort_by(f32::total_cmp);
    let middle = slopes.get(slopes.len() / 2).copied().unwrap_or(0.0);
    if slopes.len() >= 3 && middle.abs() > 0.001 { middle } else { 0.0 }
}

/// Stands at the height of the row, give or take less than half of the smaller letters; a dash or a dot need
/// only stand within it.
fn on_row(height: f32, row: f32, level: f32, letters: f32) -> bool {
    let mark = letters < 0.4 * height;
    let slack = if mark { 0.4 * height } else { 0.45 * letters.min(height).max(1.0) };
    (level - row).abs() <= slack
}

/// A box that can be compared and written down.
fn has_place(word: &Word) -> bool {
    [word.x, word.y, word.width, word.height, word.confidence].iter().all(|number| number.is_finite())
}

fn middle(token: &Token) -> f32 {
    token.y + token.height / 2.0
}

fn row(mut tokens: Vec<Token>, page: u32, height: f32) -> Row {
    tokens.sort_by(|a, b| a.x.total_cmp(&b.x));
    let depth = tokens.first().map_or(0.0, |token| token.y / height.max(1.0));
    Row { page, depth, tokens }
}

/// A colon inside a word parts label from value, except in times and addresses; so does the end of a label that
/// is glued to its number ("Nr.4711", "vom03.11.2026").
fn split(word: &Word, page: u32, tokens: &mut Vec<Token>) {
    let parted = word.text.split_once(':').filter(|(label, value)| {
        let letters = label.chars().any(char::is_alphabetic);
        letters && !value.is_empty() && !value.starts_with('/')
    });
    let share = |part: &str| part.chars().count() as f32 / word.text.chars().count().max(1) as f32;
    let mut push = |text: &str, from: f32, width: f32| {
        tokens.push(Token {
            text: text.to_owned(),
            folded: folded(text),
            page,
            x: word.x + from * word.width,
            y: word.y,
            width: width * word.width,
            height: word.height,
            confidence: word.confidence,
        });
    };
    match parted.map(|(label, value)| (&word.text[..=label.len()], value)).or_else(|| glued(&word.text)) {
        Some((label, value)) => {
            let front = 1.0 - share(value);
            push(label, 0.0, front);
            push(value, front, 1.0 - front);
        }
        None => push(&word.text, 0.0, 1.0),
    }
}

/// A word that is a label and, without a gap, its value.
fn glued(word: &str) -> Option<(&str, &str)> {
    const ENDS: [&str; 10] =
        ["nr", "no", "nummer", "datum", "vom", "den", "bis", "zum", "rechnung", "gutschrift"];
    let digit = word.find(|c: char| c.is_ascii_digit())?;
    let front = word[..digit].trim_end_matches(['.', '#']);
    let dotted = front.len() < digit;
    let letters = folded(front);
    let plain = front.chars().all(|c| c.is_alphabetic() || c == '-' || c == '.');
    let sure = ENDS.iter().any(|end| letters == *end)
        || letters.len() > 6 && ENDS.iter().any(|end| letters.ends_with(end))
        || dotted && letters.len() > 3 && letters.ends_with("nr");
    (plain && sure && (dotted || front.chars().last().is_some_and(char::is_lowercase)))
        .then(|| word.split_at(digit))
}
