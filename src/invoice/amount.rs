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
    /// More digits than 28 cannot be read.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        if !plain || !digits.bytes().any(|byte| byte.is_ascii_digit()) {
            return Err(rust_decimal::Error::ErrorString("not a decimal number".into()));
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_decimals() {
        for (text, value, decimals) in
            [("100.000", "100", 3), ("-1.50", "-1.5", 2), ("+3", "3", 0), (".5", "0.5", 1), ("7.", "7", 0)]
        {
            let amount: Amount = text.parse().unwrap();
            assert_eq!(amount.value(), value.parse::<Decimal>().unwrap(), "{text}");
            assert_eq!(amount.decimals(), decimals, "{text}");
        }
    }

    #[test]
    fn what_is_no_decimal_number_is_refused() {
        for text in [
            "",
            ".",
            "-",
            "1e3",
            "1_000",
            "1,5",
            " 1",
            "1 ",
            "0x1",
            "NaN",
            "1.2.3",
            "+-1",
            "9".repeat(40).as_str(),
        ] {
            assert!(text.parse::<Amount>().is_err(), "{text}");
        }
    }
}
