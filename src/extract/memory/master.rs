//! The finance department's own list of suppliers.
//!
//! In: a text with `;` between the columns, the first line naming them. Out: [`Identity`]s. Absent on purpose:
//! guessing what a column means.

use super::Identity;
use crate::error::{Error, Kind, Result};
use crate::invoice::checks::iban as is_iban;

const MOST: usize = 200_000;

/// `name;ust-id;steuernummer;iban;bic`, in any order; several accounts are parted by commas.
pub fn suppliers(file: &str, text: &str) -> Result<Vec<Identity>> {
    let wrong = |what: String| {
        Error::new(Kind::Settings, format!("the list of suppliers {file}: {what}"))
            .hint("the first line names the columns: name;ust-id;steuernummer;iban;bic")
    };
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines();
    let columns: Vec<String> =
        cells(lines.next().unwrap_or_default()).iter().map(|cell| cell.to_lowercase()).collect();
    for column in &columns {
        if !["name", "ust-id", "steuernummer", "iban", "bic"].contains(&column.as_str()) {
            return Err(wrong(format!("there is no column {column:?}")));
        }
    }
    let mut suppliers = Vec::new();
    for (number, line) in (2_usize..).zip(lines).filter(|(_, line)| !line.trim().is_empty()) {
        let cells = cells(line);
        if cells.len() > columns.len() || suppliers.len() >= MOST {
            return Err(wrong(format!("line {number} is one cell or one line too many")));
        }
        let mut identity = Identity::default();
        for (column, cell) in columns.iter().zip(cells).filter(|(_, cell)| !cell.is_empty()) {
            let unspaced: String = cell.chars().filter(|c| !c.is_whitespace()).collect();
            match column.as_str() {
                "name" => identity.name = Some(cell),
                "ust-id" => identity.vat_id = Some(unspaced.to_uppercase()),
                "steuernummer" => identity.tax_number = Some(cell),
                "bic" => identity.bic = Some(unspaced.to_uppercase()),
                _ => identity.ibans = unspaced.to_uppercase().split(',').map(str::to_owned).collect(),
            }
        }
        if let Some(odd) = identity.ibans.iter().find(|iban| !is_iban(iban)) {
            return Err(wrong(format!("line {number}: {odd:?} is no IBAN")));
        }
        if !identity.is_enough() {
            return Err(wrong(format!("line {number} has neither VAT id nor IBAN, nor name and tax number")));
        }
        suppliers.push(identity);
    }
    Ok(suppliers)
}

/// Cells of a line; quotes around a cell are taken away, a cell holds no `;`.
fn cells(line: &str) -> Vec<String> {
    line.split(';').map(|cell| cell.trim().trim_matches('"').replace("\"\"", "\"").trim().to_owned()).collect()
}
