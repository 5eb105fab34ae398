//! Whether a text says anything.

/// Written, and more than the blanks of XML. A no-break space is a character, as in the official tests.
pub trait Present {
    fn present(&self) -> bool;
}

impl Present for Option<String> {
    fn present(&self) -> bool {
        self.as_deref().is_some_and(|text| !trim(text).is_empty())
    }
}

/// Without the blanks of XML around it.
pub fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\n', '\r'])
}

/// A code without blanks around it; empty where none is given.
pub fn code(text: &Option<String>) -> &str {
    trim(text.as_deref().unwrap_or_default())
}
