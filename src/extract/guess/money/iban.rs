//! The account to pay to (BT-84).
//!
//! In: rows. Out: the IBAN. It is believed when its check digits agree; letters that readers confuse with digits
//! are put right only where they then agree. Of several accounts the one in a sentence about paying counts, and
//! never one that is named as another's. Absent on purpose: guessing a digit that was misread as another.

use super::sheet::{Guess, Row, Token};
use crate::invoice::checks;

/// Country and length of its IBANs: Germany and where its suppliers sit.
#[rustfmt::skip]
const LENGTHS: &[(&str, usize)] = &[
    ("DE", 22), ("AT", 20), ("CH", 21), ("LI", 21), ("NL", 18), ("BE", 16), ("LU", 20), ("FR", 27), ("IT", 27), ("ES", 24), ("PL", 28),
    ("CZ", 24), ("DK", 18), ("SE", 24), ("GB", 22), ("IE", 22), ("LT", 20), ("EE", 20), ("LV", 21), ("FI", 18), ("PT", 25), ("SK", 24),
    ("SI", 19), ("HU", 28), ("HR", 21), ("RO", 24), ("BG", 22), ("GR", 27), ("MT", 31), ("CY", 28), ("NO", 15), ("MC", 27), ("SM", 27),
];
/// Countries whose IBANs have only digits behind the country.
const DIGITS_ONLY: &[&str] =
    &["DE", "AT", "DK", "PL", "CZ", "ES", "BE", "SE", "LT", "EE", "FI", "PT", "SK", "SI", "HU", "HR", "NO"];
/// Pieces an IBAN may be written in.
const MOST_PIECES: usize = 12;
/// Ways to go on that are tried from one beginning.
const MOST_STEPS: usize = 120;
const MOST_FOUND: usize = 20;

/// An IBAN and how it stood there.
#[derive(Debug, Clone)]
struct Found {
    value: String,
    tokens: Vec<Token>,
    row: usize,
    start: usize,
    repaired: bool,
}

pub fn iban(rows: &[Row]) -> Option<Guess<String>> {
    let mut found: Vec<Found> = Vec::new();
    for (number, row) in rows.iter().enumerate() {
        for start in 0..row.tokens.len() {
            if found.len() < MOST_FOUND {
                found.extend(beginning_at(rows, number, start));
            }
        }
    }
    let mut best: Option<(i32, &Found)> = None;
    let mut values: Vec<&str> = Vec::new();
    for iban in &found {
        let Some(points) = points(rows, iban) else { continue };
        if !values.contains(&iban.value.as_str()) {
            values.push(&iban.value);
        }
        if best.is_none_or(|(most, _)| points > most) {
            best = Some((points, iban));
        }
    }
    let (points, best) = best?;
    let worth = match (best.repaired, values.len()) {
        (false, 1) => 0.995,
        (true, 1) => 0.97,
        (_, _) if points > 2 => 0.9,
        _ => 0.6,
    };
    let mut guess = Guess::new(best.value.clone(), worth, &best.tokens);
    // The check digits stand above the reader's own doubts.
    guess.evidence.confidence = worth;
    let marks =
        [("checksum", true), ("repaired", best.repaired), ("several", values.len() > 1), ("pays", points > 2)];
    for (mark, _) in marks.iter().filter(|mark| mark.1) {
        guess = guess.marked(mark);
    }
    Some(guess)
}

/// What speaks for this account, or nothing where it is named as another's.
fn points(rows: &[Row], iban: &Found) -> Option<i32> {
    const OTHERS: &[&str] = &["fremdgeld", "anderkonto", "treuhand", "kaution", "spendenkonto", "mietkonto"];
    const OURS: &[&str] = &[
        "ihremkonto",
        "ihresgirokonto",
        "ihreskontos",
        "ihreiban",
        "ihrkonto",
        "ihrerbankverbindung",
        "ihrebankverbindung",
        "youraccount",
        "kontodeskunden",
        "lastschriftvon",
    ];
    let row = &rows[iban.row];
    let near = &row.tokens[iban.start.saturating_sub(7)..iban.start];
    let before: String = near.iter().map(|token| token.folded.as_str()).collect();
    let close: String =
        near[near.len().saturating_sub(3)..].iter().map(|token| token.folded.as_str()).collect();
    if OTHERS.iter().any(|other| close.contains(other)) || OURS.iter().any(|ours| before.contains(ours)) {
        return None;
    }
    let above = iban.row.checked_sub(1).map(|above| &rows[above]).filter(|above| above.page == row.page);
    let paying = near.iter().chain(above.into_iter().flat_map(|above| &above.tokens)).any(about_paying);
    Some(3 * i32::from(paying) + i32::from(close.contains("iban")) - i32::from(iban.repaired))
}

fn about_paying(token: &Token) -> bool {
    const PAY: &[&str] = &["uberweis", "zahl", "ausgleich", "begleich", "betrag", "pay", "remit", "transfer"];
    PAY.iter().any(|pay| token.folded.starts_with(pay))
}

fn beginning_at(rows: &[Row], number: usize, start: usize) -> Option<Found> {
    let first = &rows[number].tokens[start];
    let front = first.text.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
    // "IBANDE02…", where the blank was lost
    let front = front.strip_prefix("IBAN").filter(|rest| rest.len() > 2).unwrap_or(front);
    let country = front.get(..2)?;
    let (_, length) = LENGTHS.iter().find(|(name, _)| *name == country)?;
    if first.text.len() > 2
        && !front[2..].chars().take(2).any(|c| c.is_ascii_digit() || digit(c).is_ascii_digit())
    {
        return None;
    }
    let mut search =
        Search { rows, country, length: *length, left: [line_start(&rows[number], start), first.x], steps: 0 };
    let mut path = vec![(number, start)];
    let (value, repaired) = search.go(&pieces(front), &mut path)?;
    let tokens = path.iter().map(|(row, place)| rows[*row].tokens[*place].clone()).collect();
    Some(Found { value, tokens, row: number, start, repaired })
}

/// Where the cell with the IBAN begins: a piece on the next line stands below that.
fn line_start(row: &Row, start: usize) -> f32 {
    let mut place = start;
    while place > 0 {
        let (before, token) = (&row.tokens[place - 1], &row.tokens[place]);
        if token.x - (before.x + before.width) > 1.5 * token.height {
            break;
        }
        place -= 1;
    }
    row.tokens[place].x
}

struct Search<'a> {
    rows: &'a [Row],
    country: &'a str,
    length: usize,
    /// Where its label and itself begin; points.
    left: [f32; 2],
    steps: usize,
}

impl Search<'_> {
    /// Goes on from the last piece of the path until the length is reached and the check agrees.
    fn go(&mut self, joined: &str, path: &mut Vec<(usize, usize)>) -> Option<(String, bool)> {
        self.steps += 1;
        if self.steps > MOST_STEPS || path.len() > MOST_PIECES || joined.len() > self.length + 1 {
            return None;
        }
        if joined.len() >= self.length {
            if let Some(found) = self.checked(joined) {
                return Some(found);
            }
            if joined.len() > self.length {
                return None;
            }
        }
        let (row, place) = *path.last()?;
        for next in self.ways(row, place) {
            let piece = pieces(&self.rows[next.0].tokens[next.1].text);
            let digits = piece.chars().filter(char::is_ascii_digit).count();
            if piece.is_empty() || piece.len() > 20 || self.lettered(&piece, digits) {
                continue;
            }
            path.push(next);
            if let Some(found) = self.go(&format!("{joined}{piece}"), path) {
                return Some(found);
            }
            path.pop();
        }
        None
    }

    /// The next word of the row, and the words of the next rows that stand where the line began.
    fn ways(&self, row: usize, place: usize) -> Vec<(usize, usize)> {
        let token = &self.rows[row].tokens[place];
        let mut ways = Vec::new();
        if let Some(next) = self.rows[row].tokens.get(place + 1)
            && next.x - (token.x + token.width) < 3.0 * token.height.max(4.0)
        {
            ways.push((row, place + 1));
        }
        for below in row + 1..(row + 3).min(self.rows.len()) {
            let same_page = self.rows[below].page == self.rows[row].page;
            let places = self.rows[below].tokens.iter().enumerate();
            let near = places.filter(|(number, other)| {
                let under = self.left.iter().any(|left| (other.x - left).abs() < 2.0 * token.height.max(4.0));
                (under || *number == 0 && other.x < self.left[0])
                    && same_page
                    && other.y - token.y < 3.5 * token.height
            });
            ways.extend(near.map(|(number, _)| (below, number)).take(2));
        }
        ways
    }

    /// A word rather than a piece of a number.
    fn lettered(&self, piece: &str, digits: usize) -> bool {
        let plain = piece.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase());
        if DIGITS_ONLY.contains(&self.country) {
            digits * 2 < piece.len()
        } else {
            !plain || piece.len() > 4 && digits == 0
        }
    }

    fn checked(&self, joined: &str) -> Option<(String, bool)> {
        if joined.len() == self.length && is_iban(joined) {
            return Some((joined.to_owned(), false));
        }
        if !DIGITS_ONLY.contains(&self.country) {
            return None;
        }
        let rest = &joined[2..];
        let put_right = |text: &str| format!("{}{}", self.country, text.chars().map(digit).collect::<String>());
        if joined.len() == self.length {
            return Some(put_right(rest)).filter(|value| is_iban(value)).map(|value| (value, true));
        }
        // One character too many: a letter between the digits was none.
        let mut fitting: Vec<String> = Vec::new();
        for (place, _) in rest.char_indices().filter(|(_, c)| !c.is_ascii_digit()) {
            let value = put_right(&format!("{}{}", &rest[..place], &rest[place + 1..]));
            if is_iban(&value) && !fitting.contains(&value) {
                fitting.push(value);
            }
        }
        if fitting.len() == 1 { fitting.pop().map(|value| (value, true)) } else { None }
    }
}

/// What of a word may belong to an IBAN; look-alikes that are no letters of ours become some.
fn pieces(word: &str) -> String {
    let kept = word.chars().filter_map(|c| match c {
        'ı' | '|' | '!' => Some('1'),
        c if c.is_ascii_alphanumeric() => Some(c),
        _ => None,
    });
    kept.collect()
}

/// One text in ninety-seven passes the check by chance, so it must look like an IBAN of its country as well.
fn is_iban(text: &str) -> bool {
    let digits = |part: Option<&str>| part.is_some_and(|part| part.bytes().all(|byte| byte.is_ascii_digit()));
    let behind = if DIGITS_ONLY.iter().any(|country| text.starts_with(country)) { text.len() } else { 4 };
    digits(text.get(2..behind)) && checks::iban(text)
}

/// Letters that look like digits become those digits.
pub fn digit(c: char) -> char {
    match c {
        'O' | 'o' | 'Q' | 'D' => '0',
        'I' | 'l' | 'i' | 'ı' | '|' | '!' | 'L' => '1',
        'Z' | 'z' => '2',
        'A' => '4',
        'S' | 's' => '5',
        'G' | 'b' => '6',
        'T' => '7',
        'B' => '8',
        'g' | 'q' => '9',
        other => other,
    }
}
