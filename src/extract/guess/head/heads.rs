//! Number and references of a guessed invoice.
//!
//! In: a [`View`]. Out: votes for each value; [`ballot::elect`] chooses. Absent on purpose: dates (`issued`,
//! `due`) and names (`seller`, `buyer`).

use super::ballot::{self, Vote, reading};
use super::catalogue::Kind;
use super::headings;
use super::issued::{date_near, is_table_head};
use super::sheet::{Guess, Token};
use super::signs::Sign;
use super::view::{Position, View};
use super::written::amount;
use crate::invoice::checks;
use jiff::civil::Date;

/// BT-1 Invoice number. `codes` are the machine-readable codes of the pages.
pub fn numbers(view: &View, codes: &[&str], credit: bool) -> Vec<Vote<String>> {
    let mut votes = labelled(view, Kind::Number, 0.9);
    votes.extend(labelled(view, Kind::Paper, 0.6));
    votes.extend(headings::numbers(view));
    // only a credit note names an invoice that is not itself
    if !credit {
        votes.extend(labelled(view, Kind::Preceding, 0.45));
    }
    let echoes = echoes(view, &votes, codes);
    votes.extend(echoes);
    votes
}

/// "57/2023" that was read as "5712023": a 1 before the year of the invoice is a slash, unless the pages are a text
/// layer. It stays doubtful.
pub fn slashed(view: &View, number: Guess<String>, issued: Option<Date>) -> Guess<String> {
    let Some(issued) = issued else { return number };
    let digits = number.value.bytes().all(|byte| byte.is_ascii_digit());
    let read = view.rows.iter().flat_map(|row| &row.tokens).filter(|token| token.text.contains(&number.value));
    let scanned = read.map(|token| token.confidence).fold(1.0, f32::min) < 0.999;
    let front = [0, -1, 1].iter().find_map(|years| {
        let year = (issued.year() + years).to_string();
        number.value.strip_suffix(&year)?.strip_suffix('1').map(|front| (front.to_owned(), year))
    });
    match front.filter(|(front, _)| digits && scanned && (1..=5).contains(&front.len())) {
        Some((front, year)) => {
            let mut number =
                Guess { value: format!("{front}/{year}"), ..number }.marked("slash").marked("repaired");
            number.evidence.confidence *= 0.6;
            number
        }
        None => number,
    }
}

/// BT-25 Preceding Invoice reference, on a credit note.
pub fn preceding(view: &View) -> Vec<Vote<String>> {
    labelled(view, Kind::Preceding, 0.9)
}

/// BT-12 Contract reference
pub fn contracts(view: &View) -> Vec<Vote<String>> {
    labelled(view, Kind::Contract, 0.85)
}

/// BT-11 Project reference
pub fn projects(view: &View) -> Vec<Vote<String>> {
    labelled(view, Kind::Project, 0.85)
}

/// BT-13 Purchase order reference
pub fn orders(view: &View) -> Vec<Vote<String>> {
    labelled(view, Kind::Order, 0.9)
}

/// BT-10 Buyer reference: a Leitweg-ID with right check digits, else what is labelled as the buyer's own sign.
pub fn buyer_references(view: &View) -> Vec<Vote<String>> {
    let mut votes: Vec<Vote<String>> = Vec::new();
    for sign in view.of(Kind::Routing) {
        votes.extend(routing(view, sign));
    }
    if !votes.is_empty() {
        return votes;
    }
    votes.extend(unlabelled_routing(view));
    votes.extend(labelled(view, Kind::Ours, 0.75));
    if votes.is_empty() {
        votes.extend(view.of(Kind::Ours).filter_map(|sign| free_text(view, sign)));
    }
    votes
}

/// What the labels of one kind name, as identifiers.
fn labelled(view: &View, kind: Kind, weight: f32) -> Vec<Vote<String>> {
    let mut votes = Vec::new();
    for sign in view.of(kind) {
        let Some(named) = view.value(sign, identifier) else { continue };
        let mut weight = weight;
        let mut marks = vec![if sign.exact { "label" } else { "label-damaged" }, reading(named.tokens)];
        if !sign.exact {
            weight *= 0.85;
        }
        if !sign.firm {
            weight *= if view.refers(sign) { 0.4 } else { 0.9 };
            marks.push("in-sentence");
        }
        if named.position == Position::Below {
            if is_table_head(view, sign.row) {
                continue;
            }
            weight *= if view.fills_cell(&named) { 0.96 } else { 0.85 };
            marks.push("below");
        }
        // "Abschlagsrechnung Nr. 2" counts, it does not name
        let digits = named.value.chars().filter(char::is_ascii_digit).count();
        if digits < 3 {
            weight *= 0.6;
            marks.push("short");
        }
        let key = ballot::key(&named.value);
        votes.push(Vote::new(named.value, key, weight, named.tokens, &marks));
    }
    votes
}

/// The same value where nothing names it: page headers, the purpose of the payment, a code.
fn echoes(view: &View, votes: &[Vote<String>], codes: &[&str]) -> Vec<Vote<String>> {
    let mut keys: Vec<(&str, &Vote<String>)> = Vec::new();
    for vote in votes {
        if vote.key.len() >= 5 && keys.len() < 8 && !keys.iter().any(|(key, _)| *key == vote.key) {
            keys.push((&vote.key, vote));
        }
    }
    let mut found = Vec::new();
    for (key, vote) in &keys {
        for row in view.rows {
            for token in row.tokens.iter().filter(|token| token.folded == **key) {
                let tokens = std::slice::from_ref(token);
                let value = vote.guess.value.clone();
                found.push(Vote::new(value, (*key).to_owned(), 0.4, tokens, &["echo", reading(tokens)]));
            }
        }
        for code in codes.iter().filter(|code| ballot::key(code).contains(*key)) {
            let mut vote = Vote::new(vote.guess.value.clone(), (*key).to_owned(), 0.9, &[], &["code"]);
            vote.guess.evidence.page = 1;
            if !code.is_empty() {
                found.push(vote);
            }
        }
    }
    found
}

/// A Leitweg-ID beside its label, in up to four pieces, also over a line break.
fn routing(view: &View, sign: &Sign) -> Option<Vote<String>> {
    let row = &view.rows[sign.row].tokens;
    let mut tokens: Vec<Token> = row[sign.end..].iter().take(4).cloned().collect();
    let left = tokens.first().map_or(row[sign.start].x, |first| first.x);
    for below in view.rows[sign.row + 1..].iter().take(2) {
        let under = below.tokens.iter().filter(|token| (token.x - left).abs() < 3.0 * token.height);
        tokens.extend(under.take(1).cloned());
    }
    for start in 0..tokens.len() {
        let mut joined = String::new();
        for end in start..tokens.len().min(start + 4) {
            joined.push_str(tokens[end].text.trim_matches(|c: char| ",;:().".contains(c)));
            if let Some((value, exact)) = leitweg(&joined) {
                let read = &tokens[start..=end];
                let marks: &[&'static str] = if exact {
                    &["label", "checksum", reading(read)]
                } else {
                    &["label", "checksum", "repaired", reading(read)]
                };
                let weight = if exact { 0.99 } else { 0.85 };
                return Some(Vote::new(value.clone(), ballot::key(&value), weight, read, marks));
            }
        }
    }
    None
}

/// A Leitweg-ID that stands alone; three parts and a German state leave little to chance.
fn unlabelled_routing(view: &View) -> Vec<Vote<String>> {
    let mut votes = Vec::new();
    for token in view.rows.iter().flat_map(|row| &row.tokens) {
        let word = token.text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let state = word.get(..2).is_some_and(|state| ("01"..="16").contains(&state) || state == "99");
        let parts: Vec<&str> = word.split('-').collect();
        let built = parts.len() == 3 && parts[0].len() >= 8 && state;
        if built && checks::leitweg_id(word) {
            let tokens = std::slice::from_ref(token);
            votes.push(Vote::new(
                word.to_owned(),
                ballot::key(word),
                0.8,
                tokens,
                &["checksum", reading(tokens)],
            ));
        }
    }
    votes
}

/// The Leitweg-ID as it stands, or with letters and digits that look alike put right, where the check digits
/// then agree and no other repair would do.
fn leitweg(joined: &str) -> Option<(String, bool)> {
    let joined = joined.replace(['–', '—', '\u{2010}', '\u{2011}', '\u{ad}'], "-");
    if checks::leitweg_id(&joined) {
        return Some((joined, true));
    }
    let digit = |c: char| match c {
        'O' | 'o' | 'Q' => '0',
        'I' | 'l' | 'ı' | '|' => '1',
        'Z' => '2',
        'S' | 's' => '5',
        'B' => '8',
        c => c,
    };
    let parts: Vec<&str> = joined.split('-').collect();
    let (coarse, check) = (parts.first()?, parts.last()?);
    if parts.len() < 2 || parts.len() > 3 || coarse.len() < 2 {
        return None;
    }
    let (coarse, check): (String, String) =
        (coarse.chars().map(digit).collect(), check.chars().map(digit).collect());
    let fine = parts.get(1).filter(|_| parts.len() == 3);
    let Some(fine) = fine else {
        let mended = format!("{coarse}-{check}");
        return checks::leitweg_id(&mended).then_some((mended, false));
    };
    let mut right: Option<String> = None;
    for fine in alike(&fine.to_uppercase()) {
        let mended = format!("{coarse}-{fine}-{check}");
        if checks::leitweg_id(&mended) {
            if right.is_some() {
                return None;
            }
            right = Some(mended);
        }
    }
    right.map(|mended| (mended, false))
}

/// All writings of a sign in which letters and digits that look alike change places; where they are many, only
/// the sign itself.
fn alike(sign: &str) -> Vec<String> {
    const PAIRS: [(char, char); 8] =
        [('O', '0'), ('I', '1'), ('S', '5'), ('B', '8'), ('Z', '2'), ('L', '1'), ('Q', '0'), ('G', '6')];
    let mut all = vec![String::new()];
    for c in sign.chars() {
        let other = PAIRS.iter().find_map(|(a, b)| {
            if c == *a {
                Some(*b)
            } else if c == *b {
                Some(*a)
            } else {
                None
            }
        });
        let mut longer = Vec::with_capacity(all.len() * 2);
        for begin in &all {
            longer.push(format!("{begin}{c}"));
            longer.extend(other.map(|other| format!("{begin}{other}")));
        }
        if longer.len() > 32 {
            return vec![sign.to_owned()];
        }
        all = longer;
    }
    all
}

/// "Referenz des Käufers: Frau Muster": the rest of the cell.
fn free_text(view: &View, sign: &Sign) -> Option<Vote<String>> {
    let colon = view.rows[sign.row].tokens[sign.start..sign.end].iter().any(|token| token.text.ends_with(':'));
    let cell = view.cell_at(sign.row, sign.start);
    let tokens = cell.tokens.get(sign.end - cell.start..)?;
    let tokens = &tokens[tokens.iter().position(|token| !token.folded.is_empty())?..];
    let separate = tokens.len() < cell.tokens.len() - (sign.end - cell.start);
    let value = super::sheet::text(tokens);
    let letters = value.chars().filter(|c| c.is_alphabetic()).count();
    if tokens.len() > 5 || letters < 3 || !(colon || separate) || value.contains(',') {
        return None;
    }
    let key = ballot::key(&value);
    Some(Vote::new(value, key, 0.6, tokens, &["label", "words", reading(tokens)]))
}

/// A number or sign: up to four words close together, with a digit in it, no date and no amount.
pub fn identifier(tokens: &[Token]) -> Option<(String, usize)> {
    const NUMBER: [&str; 4] = ["nr", "no", "nummer", "number"];
    let begin = tokens.iter().take(3).position(|token| {
        token.text.contains(char::is_alphanumeric) && !NUMBER.contains(&token.folded.as_str())
    })?;
    if is_word(&tokens[begin].text) {
        return None;
    }
    let mut joined = String::new();
    let mut used = 0;
    for place in begin..tokens.len().min(begin + 4) {
        let token = &tokens[place];
        let word = bare(&token.text);
        if place > begin && apart(&tokens[place - 1], token) || !fits(tokens, place, word) {
            break;
        }
        if place > begin && !goes_on(tokens, place, word, &joined) {
            break;
        }
        if used > 0 {
            joined.push(' ');
        }
        joined.push_str(word);
        used = place + 1;
        if token.text.ends_with([',', ';', ')']) || place == begin && word.len() > 12 {
            break;
        }
    }
    let joined = joined.trim_start_matches(['#', '.', '-', '/', '_']).trim_end_matches([' ', '-', '/', '_']);
    let digits = joined.chars().filter(char::is_ascii_digit).count();
    let letters = joined.chars().filter(|c| c.is_alphabetic()).count();
    let number = digits > 0 && letters <= digits + 12 && joined.chars().count() <= 30;
    (number && !is_another(joined)).then(|| (joined.to_owned(), used))
}

fn bare(word: &str) -> &str {
    word.trim_matches(|c: char| ",;:()|*'\"‚‘’„“”".contains(c)).trim_end_matches('.')
}

fn apart(last: &Token, token: &Token) -> bool {
    token.page != last.page || token.x - (last.x + last.width) > 0.8 * last.height.max(token.height)
}

/// Could be a piece of an identifier at all.
fn fits(tokens: &[Token], place: usize, word: &str) -> bool {
    const STOP: [&str; 14] = [
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
        "von",
        "siehe",
    ];
    const OTHER: [&str; 7] = ["ust", "iban", "tel", "fax", "steuer", "rechnung", "hrb"];
    let token = &tokens[place];
    let plain = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "-/._#+–".contains(c));
    let other = OTHER.iter().any(|other| token.folded.starts_with(other));
    let value = date_near(tokens, place).is_some() || amount(&token.text).is_some();
    plain && !other && !value && !STOP.contains(&token.folded.as_str())
}

/// Whether a further word belongs to the identifier: it has digits, or is a sign before digits.
fn goes_on(tokens: &[Token], place: usize, word: &str, joined: &str) -> bool {
    let is_digit = |text: &str| text.contains(|c: char| c.is_ascii_digit());
    if tokens[place].text.ends_with(':') {
        return false;
    }
    let next = tokens.get(place + 1).is_some_and(|next| is_digit(&next.text) && !apart(&tokens[place], next));
    let sign = word.chars().count() <= 4 && word.chars().all(|c| !c.is_lowercase());
    let first = !is_digit(joined);
    if is_digit(word) { first || word.len() > 1 || joined.ends_with(['-', '/']) } else { sign && next }
}

/// "Strom 2024" names a year of something, "Bestell-Nr. 17" something else; a sign is short or in capitals.
fn is_word(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digit = text.contains(|c: char| c.is_ascii_digit());
    !digit && letters > 3 && text.chars().any(char::is_lowercase)
}

/// Built like something that has its own label.
fn is_another(value: &str) -> bool {
    let plain: String = value.chars().filter(|c| c.is_alphanumeric()).collect();
    let country = plain.starts_with("DE") || plain.starts_with("AT");
    let rest = plain.get(2..).unwrap_or_default();
    let digits = rest.bytes().all(|byte| byte.is_ascii_digit());
    country && digits && (plain.len() == 11 && !value.contains('-') || rest.len() >= 16) || checks::iban(&plain)
}
