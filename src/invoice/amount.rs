//! Numbers as they were written: exact decimals that keep their scale (`100.000` is not `100.00`).

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// An amount, quantity, price or percentage: exact value and the number of decimals it was written with.
///
/// Comparison is by value. [`Amount::decimals`] answers how it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(Decimal);

impl Amount {
    pub const ZERO: Amount = Amount(Decimal::ZERO);

    pub fn new(value: Decimal) -> Self {
        Self(value)
    }

    pub fn value(self) -> Decimal {
        self.0
    }

    /// Decimals it was written with.
    pub fn decimals(self) -> u32 {
        self.0.scale()
    }
}

impl FromStr for Amount {
    type Err = rust_decimal::Error;

    /// Reads an `xs:decimal` (`-1.50`, `+3`, `.5`, `7.`); blanks around it are not allowed, nor exponents.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Decimal::from_str_exact(text.strip_prefix('+').unwrap_or(text)).map(Self)
    }
}

impl From<Decimal> for Amount {
    fn from(value: Decimal) -> Self {
        Self(value)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
