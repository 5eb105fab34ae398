//! Business terms and groups of EN 16931-1.

use crate::error::{Error, Kind, Result};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// BT-n (business term), BG-n (business term group), BT-DEX-n (XRechnung extension).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Term {
    Bt(u16),
    Bg(u16),
    BtDex(u16),
}

/// `bt(106)` reads as BT-106 in rule rows.
pub const fn bt(number: u16) -> Term {
    Term::Bt(number)
}

/// `bg(25)` reads as BG-25 in rule rows.
pub const fn bg(number: u16) -> Term {
    Term::Bg(number)
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Term::Bt(number) => write!(f, "BT-{number}"),
            Term::Bg(number) => write!(f, "BG-{number}"),
            Term::BtDex(number) => write!(f, "BT-DEX-{number:03}"),
        }
    }
}

impl FromStr for Term {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let number = |digits: &str| digits.parse().ok();
        let term = match (text.strip_prefix("BT-DEX-"), text.strip_prefix("BT-"), text.strip_prefix("BG-")) {
            (Some(digits), _, _) => number(digits).map(Term::BtDex),
            (None, Some(digits), _) => number(digits).map(Term::Bt),
            (None, None, Some(digits)) => number(digits).map(Term::Bg),
            (None, None, None) => None,
        };
        term.ok_or_else(|| Error::new(Kind::Version, format!("{text:?} is no business term")))
    }
}

impl TryFrom<String> for Term {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Term> for String {
    fn from(term: Term) -> String {
        term.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_term_is_written_and_read_as_the_standard_writes_it() {
        for (term, text) in [(bt(1), "BT-1"), (bg(25), "BG-25"), (Term::BtDex(2), "BT-DEX-002")] {
            assert_eq!(term.to_string(), text);
            assert_eq!(text.parse(), Ok(term));
        }
        assert!("BX-1".parse::<Term>().is_err());
    }
}
