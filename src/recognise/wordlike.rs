//! Is a text layer text? What its glyphs say, and whether that looks like words.
//!
//! In: what a font claims, words. Out: characters, a verdict. Absent on purpose: where the words stand.

use super::Word;
use hayro::hayro_interpret::hayro_cmap::BfString;
use std::collections::HashSet;

/// The words read like a language, not like the letters of a font that lies about itself.
pub fn is_text(words: &[Word]) -> bool {
    const LONG_ENOUGH_TO_ASK: usize = 40;
    let lettered = words.iter().filter(|word| is_lettered(word)).count();
    let known: HashSet<String> =
        words.iter().map(|word| bare(&word.text)).filter(|word| COMMON.contains(&word.as_str())).collect();
    long_words(words) >= 3
        && share_of_wordlike(words) >= 0.7
        && (known.len() >= 2 || lettered < LONG_ENOUGH_TO_ASK)
}

/// No page of forty words does without two of these; letters that stand for others may form one by chance.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "der", "die", "das", "und", "von", "für", "mit", "bei", "auf", "ist", "den", "dem", "des", "ein", "eine", "wir", "sie", "ihre",
    "bitte", "datum", "seite", "summe", "gesamt", "betrag", "menge", "preis", "rechnung", "nummer", "tel", "telefon", "bank",
    "iban", "bic", "gmbh", "eur", "euro", "mwst", "ust", "zzgl", "inkl", "stück", "straße", "str",
    "the", "of", "and", "for", "to", "in", "date", "page", "invoice", "total", "amount", "number",
    "de", "la", "le", "les", "et", "du", "el", "los", "van", "het", "een", "en", "di", "il", "per", "og", "och", "na", "do", "dla",
];

fn bare(text: &str) -> String {
    text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase()
}

fn is_lettered(word: &Word) -> bool {
    word.text.chars().filter(|c| c.is_alphabetic()).count() >= 3
}

/// What a glyph says, ligatures taken apart; `None` for what no reader could type.
pub fn readable(said: BfString) -> Option<String> {
    let said = match said {
        BfString::Char(c) => c.to_string(),
        BfString::String(text) => text,
    };
    let mut text = String::new();
    for c in said.chars() {
        match c {
            '\u{fb00}' => text.push_str("ff"),
            '\u{fb01}' => text.push_str("fi"),
            '\u{fb02}' => text.push_str("fl"),
            '\u{fb03}' => text.push_str("ffi"),
            '\u{fb04}' => text.push_str("ffl"),
            '\u{fb05}' | '\u{fb06}' => text.push_str("st"),
            '\u{ad}' => text.push('-'),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            c if c.is_whitespace() => text.push(' '),
            '\u{fffd}' | '\u{e000}'..='\u{f8ff}' => return None,
            c if c.is_control() => return None,
            c => text.push(c),
        }
    }
    Some(text)
}

fn long_words(words: &[Word]) -> usize {
    words.iter().filter(|word| word.text.chars().filter(|c| c.is_alphabetic()).count() >= 4).count()
}

/// Of the words with three letters and more: has a vowel, and no capital inside small letters. Words in
/// capitals and numbers are what they are.
fn share_of_wordlike(words: &[Word]) -> f32 {
    let (mut lettered, mut wordlike) = (0, 0);
    for word in words {
        let letters: Vec<char> = word.text.chars().filter(|c| c.is_alphabetic()).collect();
        if letters.len() < 3 || word.text.chars().any(|c| c.is_ascii_digit()) {
            continue;
        }
        lettered += 1;
        let vowel = letters.iter().any(|c| "aeiouyäöüAEIOUYÄÖÜéèàáíóúEÉ".contains(*c));
        let all_capital = letters.iter().all(|c| c.is_uppercase());
        wordlike += usize::from(vowel || (all_capital && letters.len() <= 5));
    }
    if lettered == 0 { 0.0 } else { wordlike as f32 / lettered as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<Word> {
        let word = |text: &str| Word {
            text: text.to_owned(),
            x: 0.0,
            y: 0.0,
            width: 1.0,
            height: 1.0,
            confidence: 1.0,
            line: 0,
        };
        text.split_whitespace().map(word).collect()
    }

    #[test]
    fn ligatures_are_taken_apart_and_private_signs_are_unknown() {
        assert_eq!(readable(BfString::Char('\u{fb01}')).as_deref(), Some("fi"));
        assert_eq!(readable(BfString::Char('\u{a0}')).as_deref(), Some(" "));
        assert_eq!(readable(BfString::Char('\u{e001}')), None);
    }

    #[test]
    fn letters_that_stand_for_others_are_no_text() {
        let letter = "Sehr geehrte Damen und Herren, wir berechnen für unsere Leistung den folgenden Betrag und bitten \
            um Zahlung innerhalb von vierzehn Tagen nach Erhalt dieser Rechnung auf das unten angegebene Konto bei \
            der Sparkasse. Mit freundlichen Grüßen Ihre Stadtwerke Grünstedt, Schulstraße vier, Telefon und Fax";
        let shifted = |by: u8| -> String {
            let turn = |c: char| match c {
                'a'..='z' => char::from((c as u8 - b'a' + by) % 26 + b'a'),
                'A'..='Z' => char::from((c as u8 - b'A' + by) % 26 + b'A'),
                other => other,
            };
            letter.chars().map(turn).collect()
        };
        assert!(is_text(&words(letter)));
        for by in 1..26 {
            assert!(!is_text(&words(&shifted(by))), "shifted by {by}: {}", shifted(by));
        }
        assert!(is_text(&words("Quittung Parkhaus Nord")));
        assert!(!is_text(&words("xqz wrtk bcdf ghjk lmnp")));
    }
}
