//! Spans of days as terms of payment name them.
//!
//! In: words. Out: days. Absent on purpose: working days and months, whose length depends on the calendar.

use super::sheet::Token;

/// "14 Tage", "14Tagen", "vierzehn Tage", "2 Wochen", "net 30"
pub fn days_at(clause: &[Token], place: usize) -> Option<(i64, usize)> {
    let word = clause[place].folded.as_str();
    let digits = word.trim_end_matches(char::is_alphabetic);
    let unit = &word[digits.len()..];
    if !digits.is_empty() && !unit.is_empty() {
        return span(digits.parse().ok()?, unit).map(|days| (days, 1));
    }
    let plain = clause[place].text.trim_matches(|c: char| "(,.:)".contains(c)).len() == word.len();
    let number = number(word).filter(|_| plain)?;
    let next = clause.get(place + 1)?;
    // "20 bis 30 Tage" says nothing
    if place > 1 && ["bis", "-", "–"].contains(&clause[place - 1].text.as_str()) && number_before(clause, place)
    {
        return None;
    }
    if let Some(days) = span(number, &next.folded) {
        return Some((days, 2));
    }
    if next.folded.starts_with("kalendertag") {
        return Some((number, 2)).filter(|_| (1..=180).contains(&number));
    }
    None
}

fn number_before(clause: &[Token], place: usize) -> bool {
    place.checked_sub(2).is_some_and(|before| number(&clause[before].folded).is_some())
}

fn span(number: i64, unit: &str) -> Option<i64> {
    let days = match unit {
        "tag" | "tage" | "tagen" | "tg" | "tagenetto" | "days" | "day" | "d" | "kalendertage"
        | "kalendertagen" => number,
        "woche" | "wochen" | "weeks" | "week" => 7 * number,
        _ => return None,
    };
    (1..=180).contains(&days).then_some(days)
}

fn number(word: &str) -> Option<i64> {
    const WORDS: [(&str, i64); 14] = [
        ("eine", 1),
        ("einer", 1),
        ("zwei", 2),
        ("drei", 3),
        ("vier", 4),
        ("sieben", 7),
        ("acht", 8),
        ("zehn", 10),
        ("vierzehn", 14),
        ("zwanzig", 20),
        ("einundzwanzig", 21),
        ("dreissig", 30),
        ("sechzig", 60),
        ("neunzig", 90),
    ];
    if let Some((_, number)) = WORDS.iter().find(|(name, _)| *name == word) {
        return Some(*number);
    }
    let plain = !word.is_empty() && word.len() <= 3 && word.bytes().all(|byte| byte.is_ascii_digit());
    if plain { word.parse().ok() } else { None }
}
