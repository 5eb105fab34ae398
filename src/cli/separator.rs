//! `laufmappe separator`: prints separator sheets for the scanner.

use super::ALL_FILED;
use crate::error::{Error, Kind, Result};
use crate::recognise::{self, Sheet, Sides};
use std::io::Write;
use std::path::Path;

/// How many sheets, and which sides carry the code.
pub struct Wishes {
    pub sheet: Sheet,
    pub copies: u32,
    pub sides: Sides,
}

/// `output`: where to; standard output without it.
pub fn print(wishes: &Wishes, output: Option<&Path>) -> Result<u8> {
    let pdf = recognise::separator_sheets(&wishes.sheet, wishes.copies, wishes.sides)?;
    let failed = |error: std::io::Error| {
        Error::new(Kind::Usage, format!("writing the separator sheet failed: {error}"))
            .hint("name a file that can be written with --output")
    };
    match output {
        Some(path) => std::fs::write(path, &pdf).map_err(failed)?,
        None => {
            let mut out = std::io::stdout().lock();
            out.write_all(&pdf).and_then(|()| out.flush()).map_err(failed)?;
        }
    }
    Ok(ALL_FILED)
}
