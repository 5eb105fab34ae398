//! What we keep of a name that came with a file.
//!
//! In: any text. Out: a label for people: one line, no path, no tricks. Absent on purpose: making it a file
//! name; whoever writes files makes names of his own.

/// Longest label (characters).
const LONGEST: usize = 120;

/// Last path component of either slash kind, without control and direction marks, at most 120 characters.
pub fn label(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).find(|part| !part.trim().is_empty()).unwrap_or_default();
    let visible: String = last.chars().filter(|c| is_visible(*c)).collect();
    let plain = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if plain.chars().all(|c| c == '.') {
        return "ohne-namen".to_owned();
    }
    shortened(&plain)
}

/// A character that shows itself and does not move or hide others.
fn is_visible(c: char) -> bool {
    let hidden = matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}');
    let odd = matches!(c, '\t' | '\n' | '\r');
    !hidden && (odd || !c.is_control())
}

/// Cuts the middle of a long label, so that beginning and extension stay.
fn shortened(plain: &str) -> String {
    let length = plain.chars().count();
    if length <= LONGEST {
        return plain.to_owned();
    }
    let extension = plain.rsplit_once('.').map(|(_, end)| end).filter(|end| end.chars().count() <= 8);
    let tail = extension.map(|end| format!("….{end}")).unwrap_or_else(|| "…".to_owned());
    let head: String = plain.chars().take(LONGEST - tail.chars().count()).collect();
    head + &tail
}
