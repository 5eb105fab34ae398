//! Where a filing lies in its target: safe names made of labels, the same ones every time.
//!
//! In: [`Filing`]. Out: [`Place`]. Absent on purpose: clock and chance, and any trust in a label.

use super::Filing;
use crate::error::{Error, Kind, Result};
use std::collections::BTreeSet;

/// `<Akte…>/<Vorgang>/<title> <key>`: the folders above, and the folder of the filing itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub levels: Vec<String>,
    pub name: String,
}

/// Longest name we make (characters).
const LONGEST: usize = 80;

/// An Akte has few levels; a label that claims more is no Akte.
const MOST_LEVELS: usize = 8;

impl Place {
    pub fn of(filing: &Filing) -> Result<Self> {
        check_items(filing)?;
        let mut levels = Vec::new();
        for level in filing.file.split('/').filter(|level| !level.trim().is_empty()).take(MOST_LEVELS) {
            levels.push(safe_name(level, LONGEST));
        }
        levels.push(safe_name(&filing.case, LONGEST));
        let key: String = filing.key.as_str().chars().take(10).collect();
        let key = safe_name(&key, 10);
        let title = safe_name(&filing.title, LONGEST - 1 - key.len());
        Ok(Self { levels, name: format!("{title} {key}") })
    }

    /// Path below the root of the target, with `/` between the levels.
    pub fn path(&self) -> String {
        format!("{}/{}", self.levels.join("/"), self.name)
    }
}

/// Names of items are made by us; whatever else comes along is our own mistake and goes nowhere.
fn check_items(filing: &Filing) -> Result<()> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    let mut names = BTreeSet::new();
    for item in &filing.items {
        let safe = !item.name.is_empty() && item.name.len() <= LONGEST && item.name.bytes().all(plain);
        if !safe || item.name.starts_with('.') || !names.insert(&item.name) {
            return Err(Error::new(
                Kind::Internal,
                format!("filing {} has a file name that is unsafe or used twice", filing.key),
            ));
        }
    }
    if filing.items.is_empty() {
        return Err(Error::new(Kind::Internal, format!("filing {} holds no files", filing.key)));
    }
    Ok(())
}

/// A name every file system and every DMS takes: Latin letters, digits and `.-_ &+,`, at most `max` characters,
/// never empty, never a path, never a name Windows keeps for itself.
pub fn safe_name(label: &str, max: usize) -> String {
    let mut name = String::new();
    let mut length = 0;
    for c in composed(label) {
        let c = if c.is_whitespace() { ' ' } else { c };
        let allowed = is_latin(c) || c.is_ascii_digit() || matches!(c, '.' | '-' | '_' | ' ' | '&' | '+' | ',');
        let c = if allowed { c } else { '_' };
        // Runs of blanks or replaced characters shrink to one; nothing blank or dotted at the start.
        let repeated = matches!(c, ' ' | '_') && name.ends_with(c);
        if repeated || (name.is_empty() && matches!(c, ' ' | '.')) {
            continue;
        }
        if length == max {
            break;
        }
        name.push(c);
        length += 1;
    }
    let end = name.trim_end_matches(['.', ' ']).len();
    name.truncate(end);
    if name.is_empty() {
        return "unbenannt".chars().take(max.max(1)).collect();
    }
    if is_reserved(&name) {
        name.insert(0, '_');
        while name.chars().count() > max.max(2) {
            name.pop();
        }
    }
    name
}

fn is_latin(c: char) -> bool {
    c.is_ascii_alphabetic() || (('\u{c0}'..='\u{24f}').contains(&c) && c.is_alphabetic())
}

/// Reads at most a few thousand characters, and puts `a` + U+0308 together to `ä`, as some systems send it.
fn composed(label: &str) -> impl Iterator<Item = char> {
    let mut letters = label.chars().take(4_000).peekable();
    std::iter::from_fn(move || {
        let c = letters.next()?;
        let whole = match c {
            'a' => 'ä',
            'o' => 'ö',
            'u' => 'ü',
            'A' => 'Ä',
            'O' => 'Ö',
            'U' => 'Ü',
            _ => return Some(c),
        };
        Some(if letters.next_if_eq(&'\u{308}').is_some() { whole } else { c })
    })
}

fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |kind: &str| {
        stem.strip_prefix(kind).is_some_and(|n| n.len() == 1 && n.bytes().all(|b| b.is_ascii_digit()))
    };
    matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_become_safe_names() {
        #[rustfmt::skip]
        let rows = [
            ("20 Kämmerei", "20 Kämmerei"), ("Straße Nr. 5", "Straße Nr. 5"), ("Cafe\u{301} Zoe\u{308}", "Cafe_ Zoe_"),
            ("U\u{308}bung", "Übung"), ("a/b", "a_b"), ("a\\b", "a_b"), ("../../x", "_.._x"), ("..", "unbenannt"), (".", "unbenannt"),
            ("", "unbenannt"), ("  ", "unbenannt"), ("a\u{0}b\n\tc", "a_b c"), ("x. .", "x"), (".verborgen", "verborgen"),
            ("CON", "_CON"), ("con.txt", "_con.txt"), ("COM1", "_COM1"), ("COM10", "COM10"), ("Console", "Console"),
            ("NUL .x", "_NUL .x"), ("😀😀 Rechnung", "_ Rechnung"), ("a\u{202e}fdp.exe", "a_fdp.exe"), ("C:\\Windows", "C_Windows"),
            ("Łódź", "Łódź"), ("Blankenau GmbH & Co. KG", "Blankenau GmbH & Co. KG"), ("счёт", "_"), ("a   b", "a b"), ("R²", "R_"),
        ];
        for (label, name) in rows {
            assert_eq!(safe_name(label, 80), name, "{label:?}");
        }
        assert_eq!(safe_name(&"ä".repeat(5_000), 80).chars().count(), 80);
        assert_eq!(safe_name("abc def", 4), "abc");
        assert_eq!(safe_name("CON", 3), "_CO");
    }
}
