//! Business terms and groups of EN 16931-1.

use serde::{Deserialize, Serialize};
use std::fmt;

/// BT-n (business term), BG-n (business term group), BT-DEX-n (XRechnung extension).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
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
