//! What the tax office knows the seller by: VAT identifier and tax number.
//!
//! In: rows. Out: guesses. A VAT identifier is believed when its check digits agree; one that is named as the
//! buyer's is not the seller's. Absent on purpose: whether the firm exists.

use super::iban::digit;
use super::labels::{Place, beside, places};
use super::sheet::{Guess, Row, Token};
use crate::invoice::checks::{self, VatId};

/// Words of one row that are joined to an identifier.
const MOST_PIECES: usize = 6;
/// Rows above an identifier that may say whose it is.
const ROWS_ABOVE: usize = 4;

/// BT-31 Seller VAT identifier.
pub fn vat_id(rows: &[Row]) -> Option<Guess<String>> {
    let mut found: Vec<(i32, Guess<String>)> = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        for start in 0..row.tokens.len() {
            let Some((value, used, repaired)) = vat_id_at(&row.tokens[start..]) else { continue };
            let labelled = is_labelled(rows, number, start);
            let right = checks::vat_id(&value) == VatId::Right;
            let german = value.starts_with("DE");
            let doubtful = !right && (repaired || !german);
            if !labelled && (!german || !right) || doubtful || is_buyers(rows, number, start) {
                continue;
            }
            let worth = match (right, labelled) {
                (true, true) => 0.99,
                (true, false) => 0.9,
                (false, _) => 0.4,
            };
            let mut guess = Guess::new(value, worth, &row.tokens[start..start + used]);
            if right && labelled && !repaired {
                guess.evidence.confidence = worth;
            }
            for (mark, holds) in [("checksum", right), ("label", labelled), ("repaired", repaired)] {
                if holds {
                    guess = guess.marked(mark);
                }
            }
            let points =
                4 * i32::from(right) + 2 * i32::from(labelled) + 2 * i32::from(beside_seller(rows, number))
                    - i32::from(repaired);
            found.push((points, guess));
        }
    }
    let most = found.iter().map(|(points, _)| *points).max()?;
    let several = found.iter().any(|(_, guess)| guess.value != found[0].1.value);
    // Two that speak equally for themselves: one is the receiver's, and nobody says which.
    let mut best = found.iter().filter(|(points, _)| *points == most).map(|(_, guess)| &guess.value);
    let first = best.next();
    if best.any(|other| Some(other) != first) {
        return None;
    }
    let (_, mut guess) = found.into_iter().find(|(points, _)| *points == most)?;
    if several {
        guess.evidence.confidence *= 0.8;
        guess = guess.marked("several");
    }
    Some(guess)
}

/// Beside or above it stands what it is.
fn is_labelled(rows: &[Row], number: usize, start: usize) -> bool {
    let row = &rows[number];
    let token = &row.tokens[start];
    let before = &row.tokens[start.saturating_sub(5)..start];
    let above = rows[number.saturating_sub(1)..number].iter().filter(|above| above.page == row.page);
    let mut over = above.flat_map(|above| &above.tokens).filter(|other| {
        (other.x - token.x).abs() < 10.0 * token.height.max(6.0)
            && token.y - other.y < 3.0 * token.height.max(6.0)
    });
    before.iter().any(is_name) || over.any(is_name)
}

const BUYER: &[&str] = &[
    "ihre",
    "kunde",
    "empfanger",
    "rechnungsempfanger",
    "leistungsempfanger",
    "kaufer",
    "customer",
    "client",
    "buyer",
    "auftraggeber",
    "billto",
    "your",
    "debitor",
    "mandant",
    "recipient",
];
const SELLER: &[&str] = &[
    "unsere",
    "lieferant",
    "verkaufer",
    "seller",
    "rechnungsersteller",
    "rechnungsaussteller",
    "leistungserbringer",
    "our",
    "supplier",
];

fn said(tokens: &[Token], names: &[&str]) -> bool {
    tokens.iter().any(|token| names.iter().any(|name| token.folded.starts_with(name)))
}

/// Its label names the receiver, or it stands below such a label or in the receiver's block.
fn is_buyers(rows: &[Row], number: usize, start: usize) -> bool {
    let row = &rows[number];
    let token = &row.tokens[start];
    let from = start.saturating_sub(4);
    // Its own label begins behind the number before it.
    let value = |token: &Token| token.text.bytes().filter(u8::is_ascii_digit).count() > 3;
    let from = row.tokens[from..start].iter().rposition(value).map_or(from, |last| from + last + 1);
    let before = &row.tokens[from..start];
    let above = number.checked_sub(1).map(|above| &rows[above]).filter(|above| above.page == row.page);
    if said(before, BUYER) {
        return true;
    }
    if said(before, SELLER) {
        return false;
    }
    let named = before.iter().any(is_name);
    // "Ihre" at the end of the line before
    let wrapped = above.and_then(|above| above.tokens.last()).filter(|_| named && from == 0);
    if wrapped.is_some_and(|last| said(std::slice::from_ref(last), &["ihre", "your"])) {
        return true;
    }
    let head = above.filter(|_| !named).and_then(|above| cell_over(above, token));
    if let Some(head) = head.filter(|head| head.iter().any(is_name)) {
        return said(head, BUYER);
    }
    row.depth <= 0.8 && in_buyers_block(rows, number, token)
}

/// Above it in its column stands "Rechnungsempfänger" as a heading, with no value of its own.
fn in_buyers_block(rows: &[Row], number: usize, token: &Token) -> bool {
    let page = rows[number].page;
    let above = rows[number.saturating_sub(ROWS_ABOVE)..number].iter().rev().filter(|above| above.page == page);
    for cell in above.filter_map(|above| cell_over(above, token)) {
        if said(cell, SELLER) {
            return false;
        }
        let value =
            cell.iter().any(|token| token.text.bytes().any(|byte| byte.is_ascii_digit()) || is_name(token));
        if !value && cell.len() <= 4 && said(cell, &BUYER[1..]) {
            return true;
        }
    }
    false
}

/// The cell of a row that stands over a word.
fn cell_over<'a>(row: &'a Row, token: &Token) -> Option<&'a [Token]> {
    let mut start = 0;
    while start < row.tokens.len() {
        let cell = row.cell(start);
        let (first, last) = (cell.first()?, cell.last()?);
        if first.x < token.x + token.width && token.x < last.x + last.width {
            return Some(cell);
        }
        start += cell.len();
    }
    None
}

/// A name for a VAT identifier.
fn is_name(token: &Token) -> bool {
    const NAMES: &[&str] = &["ust", "umsatzsteuer", "vat", "uid", "ustid", "btw", "tva", "mwst"];
    NAMES.iter().any(|name| token.folded.starts_with(name))
}

/// Words that only stand beside the seller's own numbers.
fn beside_seller(rows: &[Row], number: usize) -> bool {
    const OWN: &[&str] = &[
        "iban",
        "bic",
        "hrb",
        "hra",
        "amtsgericht",
        "geschaftsfuhrer",
        "steuernummer",
        "stnr",
        "registergericht",
        "bankverbindung",
        "steuernr",
    ];
    let near = &rows[number.saturating_sub(2)..(number + 3).min(rows.len())];
    let near = near.iter().filter(|row| row.page == rows[number].page);
    near.flat_map(|row| &row.tokens).any(|token| OWN.iter().any(|own| token.folded.starts_with(own)))
}

/// An identifier that begins here: value, words it took, whether letters were put right. Not the beginning of
/// an IBAN.
fn vat_id_at(tokens: &[Token]) -> Option<(String, usize, bool)> {
    let first = tokens.first()?.text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    let country = first.get(..2).filter(|country| country.bytes().all(|byte| byte.is_ascii_uppercase()))?;
    if country != "DE" {
        return foreign(tokens, first);
    }
    let mut joined = String::new();
    for (used, token) in (1..=MOST_PIECES).zip(tokens) {
        let word = token.text.trim_matches(|c: char| !c.is_alphanumeric()).replace('ı', "1");
        if !word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return None;
        }
        joined.push_str(&word);
        if joined.len() > 11 {
            return None;
        }
        if joined.len() == 11 {
            let goes_on = tokens.get(used).is_some_and(|next| {
                let near = next.x - (token.x + token.width) < token.height;
                near && next.text.len() <= 4 && next.text.bytes().all(|byte| byte.is_ascii_digit())
            });
            let digits: String = joined[2..].chars().map(digit).collect();
            let whole = digits.bytes().all(|byte| byte.is_ascii_digit());
            let true_digits = joined[2..].bytes().filter(u8::is_ascii_digit).count();
            let found = whole && !goes_on && true_digits >= 5;
            return found.then(|| (format!("DE{digits}"), used, digits != joined[2..]));
        }
    }
    None
}

/// An identifier of another country of the Union, written in up to three words.
fn foreign(tokens: &[Token], first: &str) -> Option<(String, usize, bool)> {
    let mut joined = String::new();
    for (used, token) in (1..=3).zip(tokens) {
        let word =
            if used == 1 { first } else { token.text.trim_matches(|c: char| !c.is_ascii_alphanumeric()) };
        joined.extend(word.chars().filter(char::is_ascii_alphanumeric));
        let digits = joined.bytes().filter(u8::is_ascii_digit).count();
        if digits >= 7 && checks::vat_id(&joined) == VatId::Right {
            return Some((joined, used, false));
        }
    }
    None
}

/// BT-32 Seller tax registration identifier (Steuernummer): beside its label, built as a Land builds it.
pub fn tax_number(rows: &[Row]) -> Option<Guess<String>> {
    // "Nr." is read as NO, N0, N2, NQ.
    const LABELS: &[&str] = &[
        "steuernummer",
        "steuernr",
        "stnr",
        "stnummer",
        "steuernrn",
        "stno",
        "stn0",
        "stn2",
        "stnq",
        "steuerno",
        "steuern0",
        "steuernn",
        "steuern2",
        "finanzamtsteuernummer",
        "stnrn",
        "stnn",
        "taxnumber",
        "taxno",
        "steuernurnmer",
        "steuernumrner",
    ];
    let mut labelled: Vec<Place> = LABELS.iter().flat_map(|label| places(rows, label)).collect();
    labelled.extend(within_words(rows));
    let own = |place: &Place| {
        let before = &rows[place.row].tokens[place.start.saturating_sub(2)..place.start];
        !before.iter().any(|token| token.folded.starts_with("ihre") || token.folded.starts_with("kunden"))
    };
    let places = labelled.into_iter().filter(own);
    let mut found: Vec<Guess<String>> = places
        .filter_map(|place| beside(rows, place, number_at).or_else(|| wrapped(rows, place, number_at)))
        .collect();
    let several = found.iter().any(|other| other.value != found[0].value);
    // A number with its parts kept apart is read more surely than one without.
    found.sort_by_key(|guess| !guess.value.contains(['/', ' ']));
    let mut best = found.into_iter().next()?;
    if several {
        best.evidence.confidence *= 0.8;
        best = best.marked("several");
    }
    Some(best)
}

/// "Finanzamt-Steuernr.", "0676859StNr:": the label is the end of a longer word.
fn within_words(rows: &[Row]) -> Vec<Place> {
    const ENDS: &[&str] = &["steuernummer", "steuernr", "stnr"];
    let mut places = Vec::new();
    for (row, tokens) in rows.iter().map(|row| &row.tokens).enumerate() {
        for (start, token) in tokens.iter().enumerate() {
            let longer = |end: &&&str| token.folded.ends_with(**end) && token.folded.len() > end.len();
            if ENDS.iter().find(longer).is_some_and(|_| !token.folded.starts_with("umsatz")) {
                places.push(Place { row, start, end: start + 1 });
            }
        }
    }
    places
}

/// The label ends its line, the value begins the next.
pub fn wrapped<'a, T>(rows: &'a [Row], place: Place, read: impl Fn(&'a [Token]) -> Option<T>) -> Option<T> {
    let row = &rows[place.row];
    let next = rows.get(place.row + 1).filter(|next| next.page == row.page && place.end == row.tokens.len())?;
    let (last, first) = (row.tokens.last()?, next.tokens.first()?);
    if first.y - last.y < 3.0 * last.height.max(6.0) { read(&next.tokens) } else { None }
}

fn number_at(tokens: &[Token]) -> Option<Guess<String>> {
    let mut joined = String::new();
    let mut found = None;
    for (used, token) in (1..=5).zip(tokens) {
        let word = token.text.trim_matches(|c: char| ",;.()|:".contains(c));
        let plain: String = word.chars().map(|c| if c == '-' || c == '|' { '/' } else { c }).collect();
        if plain.is_empty() || !plain.bytes().all(|byte| byte.is_ascii_digit() || byte == b'/') {
            break;
        }
        let far = used > 1 && token.x - (tokens[used - 2].x + tokens[used - 2].width) > 2.0 * token.height;
        if far {
            break;
        }
        if used > 1 && !joined.ends_with('/') && !plain.starts_with('/') {
            joined.push(' ');
        }
        joined.push_str(&plain);
        if is_tax_number(&joined) {
            let apart = joined.contains(['/', ' ']);
            let guess =
                Guess::new(joined.clone(), if apart { 0.95 } else { 0.8 }, &tokens[..used]).marked("label");
            found = Some(if apart { guess.marked("form") } else { guess });
        }
    }
    found
}

/// 2/3/5, 3/3/5, 3/4/4 and 5/5 digits; 10 or 11 without parts; 13 as the offices write it among themselves.
fn is_tax_number(text: &str) -> bool {
    const FORMS: &[&[usize]] = &[
        &[2, 3, 5],
        &[3, 3, 5],
        &[3, 4, 4],
        &[5, 5],
        &[4, 4, 4],
        &[3, 8],
        &[2, 8],
        &[5, 6],
        &[1, 2, 3, 5],
        &[1, 3, 3, 5],
    ];
    const LANDS: &[&str] = &[
        "28", "9", "11", "30", "24", "22", "26", "40", "23", "5", "27", "10", "32", "31", "21", "41", "1", "2",
        "3", "4",
    ];
    let parts: Vec<usize> = text.split(['/', ' ']).map(str::len).collect();
    match parts[..] {
        [10 | 11] => true,
        [13] => text.as_bytes().get(4) == Some(&b'0') && LANDS.iter().any(|land| text.starts_with(land)),
        _ => FORMS.contains(&&parts[..]),
    }
}
