//! Number, dates and references of a guessed invoice.
//!
//! In: rows. Out: guesses. Absent on purpose: the due date that follows from terms ("14 Tage netto"); only a
//! date that stands there is read.

use super::labels::{Place, beside, places};
use super::sheet::{Guess, Row, Token, date_at};
use super::written::amount;
use crate::invoice::checks;
use jiff::civil::Date;

/// BT-1 Invoice number
pub fn number(rows: &[Row]) -> Option<Guess<String>> {
    const LABELS: [&str; 20] = [
        "rechnungsnummer",
        "rechnungsnr",
        "rechnungnr",
        "rechnungno",
        "rechnungsno",
        "rechnungnummer",
        "gutschriftsnummer",
        "gutschriftsnr",
        "gutschriftnr",
        "stornorechnungnr",
        "kostenrechnungnr",
        "schlussrechnungnr",
        "invoicenumber",
        "invoiceno",
        "belegnummer",
        "belegnr",
        "renr",
        "rgnr",
        "fakturanummer",
        "fakturanr",
    ];
    labelled(rows, &LABELS, 0.9, |tokens| identifier(tokens, 3)).or_else(|| heading_number(rows))
}

/// "Rechnung 2026-017": a heading with its number behind it.
fn heading_number(rows: &[Row]) -> Option<Guess<String>> {
    let heading = |token: &Token| {
        let word = token.folded.as_str();
        word.ends_with("rechnung") && word != "berechnung" || word == "gutschrift" || word == "invoice"
    };
    rows.iter().find_map(|row| {
        let place = row.tokens.iter().position(heading).filter(|place| *place < 2)?;
        let (value, used) = identifier(&row.tokens[place + 1..], 1)?;
        let long = value.chars().filter(char::is_ascii_digit).count() >= 3;
        long.then(|| Guess::new(value, 0.6, &row.tokens[place + 1..place + 1 + used]))
    })
}

/// BT-2 Invoice issue date
pub fn issue_date(rows: &[Row]) -> Option<Guess<Date>> {
    const SURE: [&str; 8] = [
        "rechnungsdatum",
        "belegdatum",
        "ausstellungsdatum",
        "datumderrechnung",
        "gutschriftsdatum",
        "invoicedate",
        "rechnungvom",
        "gutschriftvom",
    ];
    const LIKELY: [&str; 2] = ["datum", "date"];
    labelled(rows, &SURE, 0.95, |tokens| date_at(tokens, 0))
        .or_else(|| labelled(rows, &LIKELY, 0.85, |tokens| date_at(tokens, 0)))
        .or_else(|| date_beside_number(rows))
        .or_else(|| date_of_letter(rows))
        .or_else(|| only_date(rows))
}

/// "Rechnung Nr. 17 vom 3. November 2026"
fn date_beside_number(rows: &[Row]) -> Option<Guess<Date>> {
    rows.iter().take_while(|row| row.page == 1).find_map(|row| {
        let names = row.tokens.iter().take(3).any(|token| token.folded.contains("rechnung"));
        let from = row.tokens.iter().position(|token| token.folded == "vom").filter(|_| names)?;
        let (date, used) = date_at(&row.tokens, from + 1)?;
        Some(Guess::new(date, 0.85, &row.tokens[from + 1..from + 1 + used]))
    })
}

/// "Auenfurt, den 2. November 2026": place and date of a letter, above its text.
fn date_of_letter(rows: &[Row]) -> Option<Guess<Date>> {
    rows.iter().filter(|row| row.page == 1 && row.depth < 0.5).find_map(|row| {
        let den = row.tokens.iter().position(|token| token.folded == "den").filter(|place| *place > 0)?;
        let (date, used) = date_at(&row.tokens, den + 1)?;
        let ends_the_line = den + 1 + used == row.tokens.len();
        ends_the_line.then(|| Guess::new(date, 0.85, &row.tokens[den + 1..]))
    })
}

/// The one date in the upper half of the first page that no other label claims.
fn only_date(rows: &[Row]) -> Option<Guess<Date>> {
    const OTHER: [&str; 10] =
        ["liefer", "leistung", "fallig", "zahl", "bestell", "zeitraum", "auftrag", "skonto", "bis", "eingang"];
    let mut only: Option<Guess<Date>> = None;
    for row in rows.iter().filter(|row| row.page == 1 && row.depth < 0.5) {
        if row.tokens.iter().any(|token| OTHER.iter().any(|other| token.folded.starts_with(other))) {
            continue;
        }
        for start in 0..row.tokens.len() {
            let Some((date, used)) = date_at(&row.tokens, start) else { continue };
            if only.as_ref().is_some_and(|earlier| earlier.value != date) {
                return None;
            }
            only = Some(Guess::new(date, 0.6, &row.tokens[start..start + used]));
            break;
        }
    }
    only
}

/// BT-9 Payment due date, where the date itself is written.
pub fn due_date(rows: &[Row]) -> Option<Guess<Date>> {
    const SURE: [&str; 9] = [
        "falligam",
        "falligkeit",
        "falligkeitsdatum",
        "falligzum",
        "zahlbarbis",
        "zuzahlenbis",
        "duedate",
        "zahlbarbiszum",
        "zahlungsziel",
    ];
    labelled(rows, &SURE, 0.9, due_at).or_else(|| due_sentence(rows))
}

fn due_at(tokens: &[Token]) -> Option<(Date, usize)> {
    let discount = tokens.iter().take(8).any(|token| token.folded.contains("skonto"));
    if discount { None } else { date_at(tokens, 0) }
}

/// "Bitte überweisen Sie den Betrag bis zum 3. November 2026": also over a line break.
fn due_sentence(rows: &[Row]) -> Option<Guess<Date>> {
    const PAY: [&str; 7] = ["uberweis", "zahl", "begleich", "ausgleich", "fallig", "entricht", "abbuch"];
    for (number, row) in rows.iter().enumerate() {
        let near = &rows[number.saturating_sub(1)..=number];
        let mut words = near.iter().flat_map(|row| &row.tokens);
        let pays = words.any(|token| PAY.iter().any(|pay| token.folded.starts_with(pay)));
        let discount = row.tokens.iter().any(|token| token.folded.contains("skonto"));
        if !pays || discount {
            continue;
        }
        for place in 0..row.tokens.len() {
            if !["bis", "zum", "spatestens", "am"].contains(&row.tokens[place].folded.as_str()) {
                continue;
            }
            if let Some((date, used)) = date_at(&row.tokens, place + 1) {
                return Some(Guess::new(date, 0.75, &row.tokens[place + 1..place + 1 + used]));
            }
        }
    }
    None
}

/// BT-10 Buyer reference: a Leitweg-ID with right check digits, else what is labelled as ours.
pub fn buyer_reference(rows: &[Row]) -> Option<Guess<String>> {
    const ROUTING: [&str; 2] = ["leitwegid", "leitweg"];
    const OURS: [&str; 7] = [
        "ihrzeichen",
        "ihrereferenz",
        "kundenreferenz",
        "buyerreference",
        "kaufererreferenz",
        "ihraktenzeichen",
        "kassenzeichen",
    ];
    let routing = |tokens: &[Token]| {
        let word = tokens.first()?.text.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned();
        checks::leitweg_id(&word).then_some((word, 1))
    };
    labelled(rows, &ROUTING, 0.98, routing)
        .or_else(|| labelled(rows, &OURS, 0.6, |tokens| identifier(tokens, 3)))
}

/// BT-13 Purchase order reference
pub fn order(rows: &[Row]) -> Option<Guess<String>> {
    const LABELS: [&str; 11] = [
        "bestellnummer",
        "bestellnr",
        "ihrebestellnummer",
        "ihrebestellnr",
        "ihrebestellung",
        "bestellungnr",
        "bestellung",
        "bestellzeichen",
        "purchaseorder",
        "ponumber",
        "orderno",
    ];
    labelled(rows, &LABELS, 0.8, |tokens| identifier(tokens, 3))
}

/// The first label, in the order of the list, whose value can be read.
fn labelled<T>(
    rows: &[Row],
    labels: &[&str],
    confidence: f32,
    read: impl Fn(&[Token]) -> Option<(T, usize)>,
) -> Option<Guess<T>> {
    for label in labels {
        for place in places(rows, label) {
            if belongs_to_another(&rows[place.row], place) {
                continue;
            }
            let found = beside(rows, place, |tokens| {
                let (value, used) = read(tokens)?;
                Some(Guess::new(value, confidence, &tokens[..used]))
            });
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// "Ihre Rechnungsnummer" on our own letters, "bitte bei Zahlung angeben: …" are fine; a label that is the
/// tail of a longer word group ("ursprüngliche Rechnungsnummer") names another document.
fn belongs_to_another(row: &Row, place: Place) -> bool {
    const EARLIER: [&str; 5] = ["ursprungliche", "ursprunglichen", "originalrechnung", "stornierte", "bezug"];
    place.start > 0 && EARLIER.contains(&row.tokens[place.start - 1].folded.as_str())
}

/// A number or sign: up to `longest` words close together, with a digit in it, no date and no amount.
fn identifier(tokens: &[Token], longest: usize) -> Option<(String, usize)> {
    const STOP: [&str; 12] = [
        "vom",
        "datum",
        "seite",
        "date",
        "kunde",
        "kundennr",
        "kundennummer",
        "rechnungsdatum",
        "uber",
        "fur",
        "bitte",
        "und",
    ];
    const OTHER: [&str; 5] = ["ust", "iban", "tel", "fax", "steuer"];
    let mut joined = String::new();
    let mut used = 0;
    for (place, token) in tokens.iter().take(longest).enumerate() {
        let last = place.checked_sub(1).map(|before| &tokens[before]);
        let apart = last
            .is_some_and(|last| token.page != last.page || token.x - (last.x + last.width) > 0.8 * last.height);
        let word = token.text.trim_matches(|c: char| ",;:()".contains(c)).trim_end_matches('.');
        let plain = word.chars().all(|c| c.is_alphanumeric() || "-/._#".contains(c));
        let label = place > 0 && token.text.ends_with(':');
        let prose = place > 0 && word.len() > 3 && word.chars().all(char::is_alphabetic);
        let other = OTHER.iter().any(|other| token.folded.starts_with(other));
        if apart || label || prose || other || !plain || STOP.contains(&token.folded.as_str()) {
            break;
        }
        let value = date_at(tokens, place).is_some() || amount(&token.text).is_some();
        if value {
            break;
        }
        if used > 0 {
            joined.push(' ');
        }
        joined.push_str(word);
        used = place + 1;
        if token.text.ends_with([',', ';']) {
            break;
        }
    }
    let digits = joined.chars().any(|c| c.is_ascii_digit());
    if digits && joined.len() <= 40 { Some((joined, used)) } else { None }
}
