//! The day an invoice was written, and the days of its delivery.
//!
//! In: a [`View`]. Out: votes. Absent on purpose: the due date (`due`).

use super::ballot::{Vote, reading};
use super::catalogue::Kind;
use super::dates::{damaged_date, date};
use super::headings::is_sum;
use super::heads::identifier;
use super::sheet::{Token, date_at};
use super::view::{Position, View};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// A date at `start`, also a damaged one; how many words it took, and whether it stood there without a mistake.
pub fn date_near(tokens: &[Token], start: usize) -> Option<(Date, usize, bool)> {
    let first = tokens.get(start)?;
    if !first.text.contains(|c: char| c.is_ascii_digit() || "OIlıSZB".contains(c))
        && !first.text.contains(char::is_alphabetic)
    {
        return None;
    }
    if let Some((date, used)) = date_at(tokens, start) {
        return Some((date, used, true));
    }
    let mut joined = String::new();
    for (count, token) in (1..=3).zip(tokens.iter().skip(start)) {
        joined.push_str(&token.text);
        if let Some(date) = damaged_date(&joined) {
            return Some((date, count, false));
        }
    }
    // a date glued to its time or to a word behind it
    let front = first.text.get(..10).filter(|_| first.text.len() > 10)?;
    let behind = first.text.get(10..)?;
    if behind.starts_with(|c: char| c.is_ascii_digit()) && !behind.contains(':') {
        return None;
    }
    date(front).map(|date| (date, 1, false))
}

/// A date and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Dated {
    pub date: Date,
    pub row: usize,
    pub start: usize,
    pub used: usize,
    pub exact: bool,
}

/// All dates, from top to bottom.
pub fn dates(view: &View) -> Vec<Dated> {
    let mut found = Vec::new();
    for (row, content) in view.rows.iter().enumerate() {
        let mut start = 0;
        while start < content.tokens.len() {
            let Some((date, used, exact)) = date_near(&content.tokens, start) else {
                start += 1;
                continue;
            };
            found.push(Dated { date, row, start, used, exact });
            start += used;
        }
    }
    found
}

fn read(tokens: &[Token]) -> Option<((Date, bool), usize)> {
    let begin = tokens.iter().take(2).position(|token| !token.folded.is_empty())?;
    let (date, used, exact) = date_near(tokens, begin)?;
    Some(((date, exact), begin + used))
}

/// BT-2 Invoice issue date
pub fn issue_dates(view: &View) -> Vec<Vote<Date>> {
    let all = dates(view);
    let mut votes = labelled(view, Kind::Issued, 0.95);
    votes.extend(labelled(view, Kind::Day, 0.85));
    votes.extend(beside_number(view));
    let claimed = claimed(view);
    let free: Vec<Dated> = all
        .into_iter()
        .filter(|dated| view.rows[dated.row].page == 1 && !claimed.contains(&(dated.row, dated.start)))
        .take(MOST_FREE)
        .filter(|dated| !is_stamp(view, dated) && !in_other_sentence(view, dated))
        .collect();
    votes.extend(of_letter(view, &free));
    votes.extend(with_time(view, &free));
    votes.extend(only_date(view, &free));
    votes
}

/// Dates without a label that are looked at.
const MOST_FREE: usize = 60;

/// BT-72 Actual delivery date
pub fn delivery_dates(view: &View) -> Vec<Vote<Date>> {
    labelled(view, Kind::Delivered, 0.9)
}

/// BT-73, BT-74 Invoicing period: two dates behind its label.
pub fn periods(view: &View) -> Vec<Vote<(Date, Date)>> {
    let mut votes = Vec::new();
    for sign in view.of(Kind::Period) {
        let named = view.value(sign, |tokens| {
            let begin = tokens
                .iter()
                .take(2)
                .position(|token| date_near(tokens, 0).is_some() || token.folded != "von")?;
            let (from, used, _) = date_near(tokens, begin)?;
            let until = tokens[begin + used..]
                .iter()
                .take(3)
                .position(|token| token.text.contains(|c: char| c.is_ascii_digit()))?;
            let second = begin + used + until;
            let (to, more, _) = date_near(tokens, second)?;
            (from <= to).then_some(((from, to), second + more))
        });
        let Some(named) = named else { continue };
        let (from, to) = named.value;
        let marks = ["label", reading(named.tokens)];
        votes.push(Vote::new(named.value, format!("{from}{to}"), 0.85, named.tokens, &marks));
    }
    votes
}

/// What the labels of one kind name, as dates.
pub fn labelled(view: &View, kind: Kind, weight: f32) -> Vec<Vote<Date>> {
    let mut votes = Vec::new();
    for sign in view.of(kind) {
        let Some(named) = view.value(sign, read) else { continue };
        if kind == Kind::Issued && !sign.firm && is_sum(view, view.cell_at(sign.row, sign.start)) {
            continue;
        }
        let (date, exact) = named.value;
        let below = named.position == Position::Below;
        if kind == Kind::Day && (below && is_table_head(view, sign.row) || view.rows[sign.row].page > 1) {
            continue;
        }
        let mut weight = weight;
        let mut marks = vec![if kind == Kind::Day { "label-general" } else { "label" }, reading(named.tokens)];
        if !sign.exact {
            weight *= 0.85;
            marks.push("label-damaged");
        }
        if !exact {
            weight *= 0.7;
            marks.push("repaired");
        }
        if !sign.firm {
            weight *= if view.refers(sign) { 0.4 } else { 0.8 };
            marks.push("in-sentence");
        }
        if below {
            weight *= 0.95;
            marks.push("below");
        }
        votes.push(Vote::new(date, date.to_string(), weight, named.tokens, &marks));
    }
    votes
}

/// The head of a table of items: the date below is the day of a service.
pub fn is_table_head(view: &View, row: usize) -> bool {
    const COLUMNS: [&str; 13] = [
        "betrag",
        "leistung",
        "tatigkeit",
        "stunden",
        "amount",
        "qty",
        "artikel",
        "ep",
        "gp",
        "pos",
        "summe",
        "text",
        "total",
    ];
    const STEMS: [&str; 14] = [
        "menge",
        "mge",
        "anzahl",
        "stuck",
        "einheit",
        "einzel",
        "preis",
        "gesamtpreis",
        "positionssumme",
        "bezeichnung",
        "beschreibung",
        "description",
        "quantity",
        "price",
    ];
    const ENDS: [&str; 4] = ["preis", "bezeichnung", "beschreibung", "betrag"];
    let column = |token: &&Token| {
        let word = token.folded.as_str();
        COLUMNS.contains(&word)
            || STEMS.iter().any(|stem| word.starts_with(stem))
            || ENDS.iter().any(|end| word.ends_with(end))
    };
    view.rows[row].tokens.iter().filter(column).count() >= 2
}

/// "Rechnung Nr. 17 vom 3. November 2026"
fn beside_number(view: &View) -> Vec<Vote<Date>> {
    let mut votes = Vec::new();
    for sign in view.of(Kind::Number).chain(view.of(Kind::Paper)) {
        let Some(named) = view.value(sign, identifier) else { continue };
        let behind = &view.rows[named.row].tokens[named.start + named.tokens.len()..];
        votes.extend(from(behind, 0.93, "beside-number"));
    }
    for cell in &view.cells {
        let names = cell.tokens.iter().take(3).position(|token| {
            let word = token.folded.as_str();
            word.ends_with("rechnung") && word != "berechnung" || word == "gutschrift" || word == "invoice"
        });
        let Some(names) = names else { continue };
        let refers = view.signs.iter().any(|sign| sign.row == cell.row && sign.kind == Kind::Preceding);
        let other =
            names > 0 && ["zu", "zur", "der", "unserer"].contains(&cell.tokens[names - 1].folded.as_str());
        if refers || other || is_sum(view, cell) {
            continue;
        }
        let vom = cell.tokens.iter().take(8).position(|token| token.folded == "vom" || token.folded == "dated");
        if let Some(vom) = vom.filter(|vom| *vom > names) {
            votes.extend(from(&cell.tokens[vom..], 0.88, "heading"));
        }
    }
    votes
}

/// "vom 3. November 2026"
fn from(tokens: &[Token], weight: f32, mark: &'static str) -> Option<Vote<Date>> {
    const FROM: [&str; 9] = ["vom", "v", "dated", "from", "den", "datum", "of", "date", ""];
    let fillers = tokens.iter().take(3).take_while(|token| FROM.contains(&token.folded.as_str())).count();
    let apart = fillers == 0;
    let (date, used, exact) = if apart { None } else { date_near(tokens, fillers) }?;
    let weight = if exact { weight } else { 0.7 * weight };
    let tokens = &tokens[fillers..fillers + used];
    Some(Vote::new(date, date.to_string(), weight, tokens, &[mark, reading(tokens)]))
}

/// Dates that a label of another kind names.
fn claimed(view: &View) -> BTreeSet<(usize, usize)> {
    let mut claimed = BTreeSet::new();
    for sign in view.signs.iter().filter(|sign| !matches!(sign.kind, Kind::Issued | Kind::Day | Kind::Number)) {
        let Some(named) = view.value(sign, read) else { continue };
        let cell = view.cell_at(sign.row, sign.start);
        let whole = cell.start == sign.start && cell.start + cell.tokens.len() == sign.end;
        let of_day = matches!(sign.kind, Kind::Due | Kind::Delivered | Kind::Period)
            || sign.kind == Kind::Other && whole;
        if named.position == Position::Below && !of_day {
            continue;
        }
        let begin = named.tokens.iter().position(|token| !token.folded.is_empty()).unwrap_or(0);
        claimed.insert((named.row, named.start + begin));
    }
    claimed
}

/// A stamp of the town hall says when the paper came.
fn is_stamp(view: &View, dated: &Dated) -> bool {
    let token = &view.rows[dated.row].tokens[dated.start];
    let rows = dated.row.saturating_sub(4)..view.rows.len().min(dated.row + 5);
    view.rows[rows].iter().filter(|row| row.page == token.page).flat_map(|row| &row.tokens).any(|other| {
        let says = ["eingeg", "eingang", "posteing", "erhalten", "gebucht", "bezahlt", "gepruft"]
            .iter()
            .any(|word| other.folded.starts_with(word));
        says && (other.x - token.x).abs() < 150.0 && (other.y - token.y).abs() < 60.0
    })
}

/// The row speaks of other days: deliveries, orders, periods, payments.
fn in_other_sentence(view: &View, dated: &Dated) -> bool {
    const OTHER: [&str; 24] = [
        "liefer", "leistung", "fallig", "zahl", "bestell", "zeitraum", "auftrag", "skonto", "eingang",
        "gultig", "uberweis", "abbuch", "gebucht", "angebot", "vertrag", "bis", "period", "delivery", "order",
        "due", "seit", "geboren", "ab", "zwischen",
    ];
    let cell = view.cell_at(dated.row, dated.start);
    let behind = view.rows[dated.row].tokens.get(dated.start + dated.used);
    let range = behind.is_some_and(|next| ["bis", "–", "-", "—"].contains(&next.text.as_str()));
    range
        || cell.tokens.iter().any(|token| {
            OTHER.iter().any(|other| {
                if other.len() > 3 { token.folded.starts_with(other) } else { token.folded == *other }
            })
        })
}

/// "Auenfurt, den 2. November 2026", or the date alone above the text of a letter.
fn of_letter(view: &View, free: &[Dated]) -> Vec<Vote<Date>> {
    let mut votes = Vec::new();
    for dated in free {
        let cell = view.cell_at(dated.row, dated.start);
        let place = dated.start - cell.start;
        let ends = place + dated.used >= cell.tokens.len();
        if cell.depth > 0.5 || !ends || place > 5 {
            continue;
        }
        let front = &cell.tokens[..place];
        let words =
            front.iter().all(|token| token.text.chars().all(|c| c.is_alphabetic() || ",.-()/".contains(c)));
        let den = front.iter().any(|word| word.folded == "den" || word.text.ends_with(','));
        let (weight, mark) = match (front.is_empty(), words && den) {
            (true, _) => (0.7, "letter"),
            (_, true) => (0.85, "letter"),
            // "den" that was read badly, the town in a cell of its own
            _ if place == 1 && front[0].folded.len() <= 3 && words => (0.6, "letter"),
            _ => continue,
        };
        let weight = if dated.exact { weight } else { 0.75 * weight };
        let tokens = &cell.tokens[place..];
        let marks: &[&'static str] =
            if dated.exact { &[mark, reading(tokens)] } else { &[mark, "repaired", reading(tokens)] };
        votes.push(Vote::new(dated.date, dated.date.to_string(), weight, tokens, marks));
    }
    votes
}

/// "08.09.2024 08:51 Uhr" on a receipt.
fn with_time(view: &View, free: &[Dated]) -> Vec<Vote<Date>> {
    let mut votes = Vec::new();
    for dated in free {
        let row = &view.rows[dated.row].tokens;
        let time = row[dated.start + dated.used..].iter().take(3).any(|token| is_time(&token.text));
        if time {
            let tokens = &row[dated.start..dated.start + dated.used];
            let weight = if dated.exact { 0.75 } else { 0.5 };
            votes.push(Vote::new(
                dated.date,
                dated.date.to_string(),
                weight,
                tokens,
                &["time", reading(tokens)],
            ));
        }
    }
    votes
}

fn is_time(text: &str) -> bool {
    let parts: Vec<&str> = text.trim_end_matches(['h', ',', '.']).split([':', '.']).collect();
    let short = parts.iter().all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()));
    (parts.len() == 2 || parts.len() == 3) && short && parts[0] < "24"
}

/// The one date in the upper half of the first page that nothing else claims.
fn only_date(view: &View, free: &[Dated]) -> Option<Vote<Date>> {
    let mut upper = free.iter().filter(|dated| view.rows[dated.row].depth < 0.5);
    let only = upper.next()?;
    if upper.any(|other| other.date != only.date) {
        return None;
    }
    let tokens = &view.rows[only.row].tokens[only.start..only.start + only.used];
    let weight = if only.exact { 0.55 } else { 0.35 };
    Some(Vote::new(only.date, only.date.to_string(), weight, tokens, &["only-date", reading(tokens)]))
}
