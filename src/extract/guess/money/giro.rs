//! GiroCode: the transfer a seller asks for, as a QR code (EPC069-12).
//!
//! In: the codes of the pages. Out: [`Giro`]. It does not depend on how well the page was read, so it proves or
//! contradicts what was read. Absent on purpose: reading codes from pixels.

use super::sheet::Guess;
use crate::invoice::{Evidence, checks};
use crate::recognise::{Code, Page, Text};
use rust_decimal::Decimal;

#[derive(Debug, Clone, PartialEq)]
pub struct Giro {
    pub account: String,
    pub provider: Option<String>,
    pub name: Option<String>,
    /// In euro.
    pub amount: Option<Decimal>,
    /// Structured or plain purpose of the transfer, often the invoice number.
    pub purpose: Option<String>,
    page: u32,
    area: [f32; 4],
}

/// The GiroCode of the document; two that differ are no answer.
pub fn giro(text: &Text) -> Option<Giro> {
    let mut found: Option<Giro> = None;
    for (page, code) in text.pages.iter().flat_map(|page| page.codes.iter().map(move |code| (page, code))) {
        let Some(giro) = parsed(page, code) else { continue };
        match &found {
            Some(earlier) if earlier.account != giro.account || earlier.amount != giro.amount => return None,
            Some(_) => {}
            None => found = Some(giro),
        }
    }
    found
}

fn parsed(page: &Page, code: &Code) -> Option<Giro> {
    let lines: Vec<&str> = code.text.lines().map(str::trim).collect();
    let line = |number: usize| lines.get(number).copied().filter(|line| !line.is_empty()).map(str::to_owned);
    if lines.first() != Some(&"BCD") || lines.get(3) != Some(&"SCT") {
        return None;
    }
    let account: String = line(6)?.chars().filter(|c| !c.is_whitespace()).collect();
    if !checks::iban(&account) {
        return None;
    }
    let amount = line(7).and_then(|amount| Decimal::from_str_exact(amount.strip_prefix("EUR")?.trim()).ok());
    Some(Giro {
        account,
        provider: line(4),
        name: line(5),
        amount: amount.filter(|amount| *amount > Decimal::ZERO && amount.scale() <= 2),
        purpose: line(9).or_else(|| line(10)),
        page: page.number,
        area: code.area,
    })
}

impl Giro {
    /// A value that only the code told.
    pub fn tells<T>(&self, value: T) -> Guess<T> {
        let evidence =
            Evidence { confidence: 0.98, page: self.page, area: self.area, marks: vec!["giro".into()] };
        Guess { value, evidence }
    }

    /// What the page says, with the word of the code for or against it.
    pub fn confirm(&self, read: Option<Guess<String>>, told: Option<&String>) -> Option<Guess<String>> {
        let Some(told) = told else { return read };
        match read {
            None => Some(self.tells(told.clone())),
            Some(mut guess) if &guess.value == told => {
                guess.evidence.confidence = guess.evidence.confidence.max(0.995);
                Some(guess.marked("giro"))
            }
            Some(mut guess) => {
                guess.evidence.confidence = guess.evidence.confidence.min(0.3);
                Some(guess.marked("contradiction"))
            }
        }
    }
}
