//! What came from a document, made harmless for a screen and for XML.

/// Characters of a value that are shown.
const LONGEST: usize = 200;

/// One line without anything that moves a cursor or turns the direction of writing; at most 200 characters.
pub fn line(text: &str) -> String {
    let tame = |c: char| if c.is_control() || turns(c) { ' ' } else { c };
    let line: String = text.chars().take(LONGEST * 10).map(tame).collect();
    let line = line.trim();
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// Text for elements and attributes of XML and HTML.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(' '),
            // XML cannot hold them, and nobody needs them.
            c if c.is_control() || turns(c) || matches!(c, '\u{fffe}' | '\u{ffff}') => escaped.push('\u{fffd}'),
            c => escaped.push(c),
        }
    }
    escaped
}

/// Marks that let a line be read in another order than it is written.
fn turns(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_short_lines() {
        assert_eq!(line(" a\r\nb\u{1b}[31m\u{202e} "), "a  b [31m");
        assert_eq!(line(&"ü".repeat(500)).chars().count(), LONGEST + 1);
        assert_eq!(line(&"ü".repeat(LONGEST)).chars().count(), LONGEST);
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(
            escape("<a href=\"x\">&'</a>\u{0}"),
            "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;\u{fffd}"
        );
    }
}
