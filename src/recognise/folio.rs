//! Printed page numbers: "Seite 2 von 3", "Blatt 2/3", "Page 2 of 3", "- 2 -".
//!
//! In: the words of a page. Out: [`Folio`], when there is one and only one. Absent on purpose: what follows from
//! a gap; `balance.rs` knows.

use super::{Page, Word};

/// The number printed on a page, and of how many where it says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Folio {
    pub number: u32,
    pub of: Option<u32>,
}

/// `None` where nothing is printed, or more than one number could be meant.
pub fn folio(page: &Page) -> Option<Folio> {
    let mut with_total: Vec<Folio> = Vec::new();
    let mut without: Vec<Folio> = Vec::new();
    for line in lines(page) {
        let margin = is_in_margin(page, line[0]);
        let tokens = tokens(&line);
        for found in labelled(&tokens) {
            match found.of {
                Some(_) => with_total.push(found),
                None if margin => without.push(found),
                None => {}
            }
        }
        if margin {
            without.extend(between_dashes(&tokens));
        }
    }
    only(with_total).or_else(|| only(without))
}

fn only(mut folios: Vec<Folio>) -> Option<Folio> {
    folios.dedup();
    match folios.as_slice() {
        [folio] => Some(*folio),
        _ => None,
    }
}

fn lines(page: &Page) -> Vec<Vec<&Word>> {
    let mut lines: Vec<Vec<&Word>> = Vec::new();
    for word in &page.words {
        match lines.last_mut() {
            Some(line) if line[0].line == word.line => line.push(word),
            _ => lines.push(vec![word]),
        }
    }
    lines
}

/// Head and foot of the page, where numbers without a total are page numbers.
fn is_in_margin(page: &Page, word: &Word) -> bool {
    const HEAD: f32 = 0.2;
    const FOOT: f32 = 0.85;
    (word.y < HEAD * page.height) || word.y + word.height > FOOT * page.height
}

/// What counts on a line: words, numbers, slashes and dashes; a badly read number is no number.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Number(u32),
    Slash,
    Dash,
    Word(String),
}

fn tokens(line: &[&Word]) -> Vec<Token> {
    const WELL_READ: f32 = 0.75;
    let mut tokens = Vec::new();
    for word in line {
        let mut letters = String::new();
        let mut digits = String::new();
        for c in word.text.chars().chain([' ']) {
            if !c.is_ascii_digit() && !digits.is_empty() {
                let number = digits.parse().ok().filter(|_| digits.len() <= 3 && word.confidence >= WELL_READ);
                tokens.push(number.map_or_else(|| Token::Word(digits.clone()), Token::Number));
                digits.clear();
            }
            if !c.is_alphabetic() && !letters.is_empty() {
                tokens.push(Token::Word(letters.to_lowercase()));
                letters.clear();
            }
            match c {
                c if c.is_ascii_digit() => digits.push(c),
                c if c.is_alphabetic() => letters.push(c),
                '/' | '|' => tokens.push(Token::Slash),
                '-' | '–' | '—' => tokens.push(Token::Dash),
                ' ' | ':' | '.' => {}
                other => tokens.push(Token::Word(other.to_string())),
            }
        }
    }
    tokens
}

/// "Seite 2", "Seite 2 von 3", "Page 2/3": at one end of its line, not in the middle of a sentence.
fn labelled(tokens: &[Token]) -> Vec<Folio> {
    const LABELS: [&str; 4] = ["seite", "blatt", "page", "pagina"];
    const POINTING: [&str; 16] = [
        "auf",
        "siehe",
        "vgl",
        "see",
        "on",
        "nächste",
        "folgende",
        "folgeseite",
        "weiter",
        "next",
        "der",
        "die",
        "ab",
        "bis",
        "je",
        "pro",
    ];
    let mut found = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let Token::Word(label) = token else { continue };
        let Some(Token::Number(number)) = tokens.get(place + 1) else { continue };
        if !LABELS.contains(&label.as_str()) || *number == 0 {
            continue;
        }
        let pointed = place.checked_sub(1).and_then(|before| tokens.get(before));
        if matches!(pointed, Some(Token::Word(word)) if POINTING.contains(&word.as_str())) {
            continue;
        }
        let (of, end) = match (tokens.get(place + 2), tokens.get(place + 3)) {
            (Some(Token::Slash), Some(Token::Number(of))) => (Some(*of), place + 4),
            (Some(Token::Word(word)), Some(Token::Number(of)))
                if ["von", "of", "v"].contains(&word.as_str()) =>
            {
                (Some(*of), place + 4)
            }
            _ => (None, place + 2),
        };
        let at_an_end = place == 0 || end == tokens.len();
        if at_an_end && of.is_none_or(|of| of >= *number) {
            found.push(Folio { number: *number, of });
        }
    }
    found
}

/// "- 2 -", alone on its line.
fn between_dashes(tokens: &[Token]) -> Option<Folio> {
    match tokens {
        [Token::Dash, Token::Number(number), Token::Dash] if *number > 0 => {
            Some(Folio { number: *number, of: None })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::PageKind;
    use super::*;

    #[test]
    fn printed_numbers_are_found_and_sentences_are_not() {
        let of = |number, of| Some(Folio { number, of });
        let rows = [
            ("Seite 2 von 3", of(2, Some(3))),
            ("Blatt 2/3", of(2, Some(3))),
            ("Page 2 of 3", of(2, Some(3))),
            ("Seite: 1 / 1", of(1, Some(1))),
            ("Rechnung Nr. 4711 Seite 1 von 2", of(1, Some(2))),
            ("- 2 -", of(2, None)),
            ("Seite 4", of(4, None)),
            ("weiter auf Seite 2", None),
            ("siehe Seite 3 von 4", None),
            ("Seite 3 von 2", None),
            ("Seite 4711", None),
            ("die Seite 2 des Vertrags", None),
            ("2 von 3 Lieferungen", None),
        ];
        for (text, expected) in rows {
            assert_eq!(folio(&page(text, 780.0)), expected, "{text}");
        }
        assert_eq!(folio(&page("Seite 4", 400.0)), None, "in the middle of the page a total is needed");
        assert_eq!(folio(&page("Seite 1 von 2", 400.0)), of(1, Some(2)));
    }

    fn page(text: &str, y: f32) -> Page {
        let mut page = Page::empty(1, PageKind::Ocr, (595.0, 842.0));
        for text in text.split(' ') {
            let text = text.to_owned();
            page.words.push(Word { text, x: 60.0, y, width: 20.0, height: 10.0, confidence: 0.95, line: 0 });
        }
        page
    }
}
