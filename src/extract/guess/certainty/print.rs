//! How well the words of a value were printed and read.
//!
//! In: [`Text`]. Out: marks: a text layer or a scan, how surely the worst word and the page were read, whether the
//! value stands there twice, and whether another of its kind does. Absent on purpose: what the value means.

use super::{LADDERS, reached};
use crate::invoice::{Evidence, checks};
use crate::recognise::{Page, PageKind, Text};

/// The value was not read from an image.
pub const LAYER: &str = "layer";
/// Shorter values stand somewhere again by chance.
const SHORTEST: usize = 5;
/// Places where an id may begin that are looked at.
const MOST_STARTS: usize = 2000;

pub struct Print<'a> {
    pages: &'a [Page],
    /// Of each page, the mean confidence of its words.
    means: Vec<f32>,
    /// Letters and digits of all pages, without blanks.
    letters: String,
}

impl<'a> Print<'a> {
    pub fn of(text: &'a Text) -> Self {
        let mean = |page: &Page| {
            let sum: f32 = page.words.iter().map(|word| word.confidence).sum();
            sum / page.words.len().max(1) as f32
        };
        let words = text.pages.iter().flat_map(|page| &page.words);
        Self {
            pages: &text.pages,
            means: text.pages.iter().map(mean).collect(),
            letters: words.map(|word| letters(&word.text)).collect(),
        }
    }

    /// `written`: the value as it may stand on the pages again.
    pub fn mark(&self, evidence: &mut Evidence, written: Option<&String>) {
        let place = self.pages.iter().position(|page| page.number == evidence.page);
        if let Some(place) = place {
            if self.pages[place].kind == PageKind::Layer {
                evidence.marks.push(LAYER.into());
            }
            let worst = worst(&self.pages[place], evidence.area);
            let steps = [reached(LADDERS[1], worst), reached(LADDERS[2], self.means[place])];
            evidence.marks.extend(steps.into_iter().flatten().map(Into::into));
        }
        let Some(written) = written.map(|written| letters(written)) else { return };
        if self.stands_twice(&written) {
            evidence.marks.push("twice".into());
        }
        if self.has_rival(&written) {
            evidence.marks.push("rival".into());
        }
    }

    fn stands_twice(&self, value: &str) -> bool {
        value.len() >= SHORTEST && self.letters.matches(value).nth(1).is_some()
    }
}

impl Print<'_> {
    /// Another VAT id beside a VAT id (the buyer's, mostly), another account beside an account.
    fn has_rival(&self, value: &str) -> bool {
        let right: fn(&str) -> bool = match value.len() {
            11 if checks::german_vat_id(value) => checks::german_vat_id,
            22 if checks::iban(value) => checks::iban,
            _ => return false,
        };
        let starts =
            self.letters.match_indices("DE").take(MOST_STARTS).map(|(start, _)| &self.letters[start..]);
        let account = |rest: &str| rest.get(..22).is_some_and(checks::iban);
        starts
            .filter(|rest| value.len() == 22 || !account(rest))
            .any(|rest| rest.get(..value.len()).is_some_and(|other| other != value && right(other)))
    }
}

/// The confidence of the word in the area that was read worst; that of no word is none.
fn worst(page: &Page, [left, top, width, height]: [f32; 4]) -> f32 {
    let inside = page.words.iter().filter(|word| {
        let (x, y) = (word.x + word.width / 2.0, word.y + word.height / 2.0);
        (left..=left + width).contains(&x) && (top..=top + height).contains(&y)
    });
    inside.map(|word| word.confidence).reduce(f32::min).unwrap_or_default()
}

fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::recognise::Word;

    fn word(text: &str, x: f32, confidence: f32) -> Word {
        Word { text: text.to_owned(), x, y: 100.0, width: 40.0, height: 10.0, confidence, line: 1 }
    }

    fn marks(kind: PageKind, written: Option<&str>) -> Vec<String> {
        let words =
            vec![word("RE-2026-7", 50.0, 0.91), word("Hof", 200.0, 0.97), word("RE-2026-7", 300.0, 0.97)];
        let text = Text { pages: vec![Page { words, ..Page::empty(1, kind, (595.0, 842.0)) }] };
        let mut evidence = Evidence { page: 1, area: [50.0, 100.0, 40.0, 10.0], ..Evidence::default() };
        Print::of(&text).mark(&mut evidence, written.map(str::to_owned).as_ref());
        evidence.marks.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn another_id_of_its_kind_is_a_rival() {
        let page = |texts: &[&str]| {
            let words = texts.iter().map(|text| word(text, 50.0, 0.97)).collect();
            Text { pages: vec![Page { words, ..Page::empty(1, PageKind::Ocr, (595.0, 842.0)) }] }
        };
        let account = ["DE02", "1203", "0000", "0000", "2020", "51"];
        let cases: [(&[&str], &str, bool); 4] = [
            (&["DE136695976", "DE811907980"], "DE136695976", true),
            (&["DE136695976", "DE811907981"], "DE136695976", false),
            (&account, "DE136695976", false),
            (&account, "DE89370400440532013000", true),
        ];
        for (texts, value, rival) in cases {
            let text = page(texts);
            assert_eq!(Print::of(&text).has_rival(value), rival, "{texts:?}");
        }
    }

    #[test]
    fn a_value_has_the_marks_of_its_words() {
        assert_eq!(marks(PageKind::Ocr, None), ["word-90", "page-95"]);
        assert_eq!(marks(PageKind::Layer, None), ["layer", "word-90", "page-95"]);
    }

    #[test]
    fn a_value_that_stands_there_twice_was_read_twice() {
        assert!(marks(PageKind::Ocr, Some("RE 2026 7")).contains(&"twice".to_owned()));
        assert!(!marks(PageKind::Ocr, Some("Hof")).contains(&"twice".to_owned()), "too short to tell");
        assert!(!marks(PageKind::Ocr, Some("RE-2026-8")).contains(&"twice".to_owned()));
    }
}
