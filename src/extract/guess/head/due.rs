//! When to pay: the due date, terms in days, cash discounts.
//!
//! In: a [`View`] and the date of the invoice. Out: votes for BT-9, and the terms (BT-20). Absent on purpose: a
//! date for "sofort", for working days and for months; nobody could say which day is meant.

use super::ballot::{Vote, reading};
use super::catalogue::Kind;
use super::issued::{date_near, labelled};
use super::sheet::{Guess, Token, text};
use super::spans::days_at;
use super::view::View;
use jiff::ToSpan;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// What one clause says about paying.
#[derive(Debug, Clone)]
struct Term {
    sentence: usize,
    when: When,
    /// Percent off; none for the full sum.
    discount: Option<Option<Decimal>>,
    /// Counted from the day the invoice arrives or is examined, not from its date.
    arrival: bool,
    /// Said of the invoice for sure: a word about paying stands in the same sentence.
    pays: bool,
    tokens: Vec<Token>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum When {
    On(Date, bool),
    Days(i64),
}

/// BT-9 Payment due date
pub fn due_dates(view: &View, issued: Option<Date>) -> Vec<Vote<Date>> {
    let mut votes = Vec::new();
    for vote in labelled(view, Kind::Due, 0.92) {
        if !discount_near(view, vote.guess.evidence.page, vote.guess.evidence.area) {
            votes.push(vote);
        }
    }
    let (_, terms) = terms(view);
    for term in terms.iter().filter(|term| term.discount.is_none() && term.pays) {
        votes.extend(vote(term, issued));
    }
    // a date before the invoice is no due date
    votes.retain(|vote| issued.is_none_or(|issued| vote.guess.value >= issued));
    votes
}

fn vote(term: &Term, issued: Option<Date>) -> Option<Vote<Date>> {
    let read = reading(&term.tokens);
    match term.when {
        When::On(date, exact) => {
            let (weight, mark) = if exact { (0.85, "sentence") } else { (0.6, "repaired") };
            Some(Vote::new(date, date.to_string(), weight, &term.tokens, &[mark, read]))
        }
        When::Days(days) => {
            let date = issued?.checked_add(days.days()).ok()?;
            let (weight, mark) = if term.arrival { (0.7, "days-from-arrival") } else { (0.82, "days") };
            Some(Vote::new(date, date.to_string(), weight, &term.tokens, &[mark, read]))
        }
    }
}

/// The clause a labelled date stands in offers a discount: "Zahlbar bis 10.03. mit 2 % Skonto, bis …".
fn discount_near(view: &View, page: u32, [left, top, ..]: [f32; 4]) -> bool {
    let rows = view.rows.iter().filter(|row| row.page == page);
    let mut near =
        rows.filter(|row| row.tokens.first().is_some_and(|first| (first.y - top).abs() < 0.7 * first.height));
    near.any(|row| {
        let words: Vec<&Token> = row.tokens.iter().collect();
        let place = row.tokens.partition_point(|token| token.x + 0.5 < left).min(words.len());
        let begin = (0..place).rev().find(|place| is_boundary(&words, *place)).map_or(0, |last| last + 1);
        let end = (place..words.len()).find(|place| is_boundary(&words, *place));
        let clause = &words[begin..end.map_or(words.len(), |last| last + 1)];
        clause.iter().any(|token| is_discount(token)) && !clause.iter().any(|token| token.folded == "netto")
    })
}

/// BT-20 Payment terms: the sentences as they are written, and each discount in the form of XRechnung.
pub fn payment_terms(view: &View, issued: Option<Date>) -> Option<Guess<String>> {
    let (sentences, terms) = terms(view);
    let mut written = String::new();
    let mut used: Vec<usize> = Vec::new();
    for term in terms.iter().filter(|term| term.pays || term.discount.is_some()) {
        if !used.contains(&term.sentence) && used.len() < 4 {
            used.push(term.sentence);
        }
    }
    let tokens: Vec<Token> =
        used.iter().flat_map(|number| sentences[*number].iter().copied().cloned()).collect();
    for number in &used {
        let sentence: Vec<Token> = sentences[*number].iter().copied().cloned().collect();
        written.push_str(&text(&sentence));
        written.push('\n');
    }
    let mut lines: Vec<String> = Vec::new();
    for term in &terms {
        let (Some(Some(percent)), Some(days)) = (term.discount, term.days(issued)) else { continue };
        let line = format!("#SKONTO#TAGE={days}#PROZENT={:.2}#\n", percent);
        if !lines.contains(&line) && lines.len() < 3 {
            lines.push(line);
        }
    }
    if written.is_empty() || written.len() > 1_000 {
        return None;
    }
    let mark = if lines.is_empty() { "sentence" } else { "discount" };
    let guess = Guess::new(written + &lines.concat(), 0.7, &tokens).marked(mark);
    Some(guess.marked(reading(&tokens)))
}

impl Term {
    fn days(&self, issued: Option<Date>) -> Option<i64> {
        match self.when {
            When::Days(days) => Some(days),
            When::On(date, _) => {
                let days = i64::from(date.since(issued?).ok()?.get_days());
                (0..=120).contains(&days).then_some(days)
            }
        }
    }
}

type Sentence<'a> = Vec<&'a Token>;

/// All sentences that name days or dates of payment, and what they name.
fn terms<'a>(view: &'a View) -> (Vec<Sentence<'a>>, Vec<Term>) {
    let mut sentences: Vec<Sentence> = Vec::new();
    let mut terms = Vec::new();
    for words in view.paragraphs() {
        for sentence in split_sentences(&words) {
            if !sentence.iter().any(|token| is_paying(token) || is_discount(token) || is_days(token)) {
                continue;
            }
            let found = terms_of(&sentence, sentences.len());
            if !found.is_empty() && sentences.len() < MOST_SENTENCES {
                sentences.push(sentence);
                terms.extend(found);
            }
        }
    }
    (sentences, terms)
}

/// Sentences about paying that are looked at.
const MOST_SENTENCES: usize = 60;
/// Words of a sentence that are looked at.
const LONGEST_SENTENCE: usize = 80;

/// A full stop behind a word of some length ends a sentence; so does the next "Zahlbar".
fn split_sentences<'a>(words: &[&'a Token]) -> Vec<Sentence<'a>> {
    let mut sentences = Vec::new();
    let mut open: Sentence = Vec::new();
    let left = words.iter().map(|word| word.x).fold(f32::INFINITY, f32::min);
    let right = words.iter().map(|word| word.x + word.width).fold(0.0, f32::max);
    for (place, token) in words.iter().enumerate() {
        // a line that ends early, and the next begins large: no line break of a sentence
        let early = place
            .checked_sub(1)
            .is_some_and(|last| words[last].x + words[last].width < left + 0.7 * (right - left));
        let other = is_about_something_else(std::slice::from_ref(*token)) || token.text.ends_with(':');
        let row_ends = place.checked_sub(1).is_some_and(|last| closes_row(&words[last].text));
        if (early || other || row_ends) && new_row(words, place) && token.text.starts_with(char::is_uppercase) {
            sentences.push(std::mem::take(&mut open));
        }
        let again = open.len() > 3
            && ["zahlbar", "bei", "bitte", "zahlungsziel", "zahlung"].contains(&token.folded.as_str())
            && token.text.starts_with(char::is_uppercase)
            && !open.last().is_some_and(|last| last.text.ends_with([',', ':']))
            && new_row(words, place);
        if again || open.len() >= LONGEST_SENTENCE {
            sentences.push(std::mem::take(&mut open));
        }
        open.push(token);
        let abbreviation = ["inkl", "exkl", "zzgl", "abzgl", "spatest"].contains(&token.folded.as_str());
        let full = token.text.ends_with(['.', '!', '?'])
            && token.folded.len() > 3
            && !token.folded.bytes().any(|byte| byte.is_ascii_digit())
            && !abbreviation;
        let capital = words
            .get(place + 1)
            .is_none_or(|next| next.text.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()));
        let year = token.text.ends_with('.') && token.folded.len() >= 4 && capital && is_date_end(&token.text);
        if full && capital || year {
            sentences.push(std::mem::take(&mut open));
        }
    }
    sentences.push(open);
    sentences
}

fn new_row(words: &[&Token], place: usize) -> bool {
    place.checked_sub(1).is_some_and(|before| words[place].y - words[before].y > 0.5 * words[place].height)
}

/// A full stop that ends a line ends a sentence as well, but for "3." and "inkl.".
fn closes_row(word: &str) -> bool {
    let front = word.trim_end_matches(['.', '!', ')']);
    word.ends_with(['.', '!']) && (front.chars().count() > 5 || word.ends_with(")."))
}

/// "12.03.2025." or "2025." ends a sentence, "3." does not.
fn is_date_end(word: &str) -> bool {
    let digits = word.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    digits.len() == 4 && digits.starts_with("20") && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_paying(token: &Token) -> bool {
    const PAY: [&str; 26] = [
        "uberweis",
        "zahl",
        "begleich",
        "ausgleich",
        "auszugleich",
        "fallig",
        "entricht",
        "abbuch",
        "abgebucht",
        "buchen",
        "einzug",
        "eingezogen",
        "einzieh",
        "lastschrift",
        "remit",
        "payment",
        "payable",
        "pay",
        "due",
        "rechnungsbetrag",
        "netto",
        "anweisung",
        "settle",
        "net",
        "valuta",
        "bezahl",
    ];
    let word = token.folded.as_str();
    let past = ["bezahlt", "gezahlt", "zahler", "zahlerstand", "zahlernummer", "payments", "nettobetrag"];
    let other = word.starts_with("zahlerst") || word.starts_with("zahlernu") || word.starts_with("zahlpunkt");
    let debit = word.ends_with("lastschrift") || word == "ziehen";
    debit
        || !other
            && !past.contains(&word)
            && PAY.iter().any(|pay| if pay.len() > 3 { word.starts_with(pay) } else { word == *pay })
}

fn is_discount(token: &Token) -> bool {
    let word = token.folded.as_str();
    word.contains("skonto") || word.contains("skont") || word == "discount" || word == "nachlass"
}

fn is_days(token: &Token) -> bool {
    let word = token.folded.trim_start_matches(|c: char| c.is_ascii_digit());
    ["tage", "tagen", "tg", "days", "day", "tag", "wochen", "weeks", "d"].contains(&word)
        && (word != "d" || token.folded.len() > 1)
}

/// Where a clause ends.
fn is_boundary(sentence: &[&Token], place: usize) -> bool {
    let token = sentence[place];
    let joins =
        ["oder", "bzw", "sonst", "danach", "ansonsten", "or", "otherwise", "anschliessend", "spatestens"];
    let next_joins = sentence.get(place + 1).is_some_and(|next| {
        joins[..8].contains(&next.folded.as_str())
            || ["/", "|", ";", "+", "="].contains(&next.text.as_str())
            || next.folded == "zahlbar"
    });
    token.text.ends_with([',', ';']) || token.text == "/" || next_joins
}

fn terms_of(sentence: &[&Token], number: usize) -> Vec<Term> {
    let tokens: Vec<Token> = sentence.iter().map(|token| (*token).clone()).collect();
    if is_about_something_else(&tokens) {
        return Vec::new();
    }
    let full = |token: &&Token| ["abzug", "netto", "net"].contains(&token.folded.as_str());
    let in_full = sentence.iter().any(full);
    let pays = sentence.iter().any(|token| is_paying(token))
        || in_full && sentence.iter().any(|token| is_discount(token));
    let offers = sentence.iter().any(|token| is_discount(token));
    let mut terms: Vec<Term> = Vec::new();
    let mut start = 0;
    for place in 0..sentence.len() {
        if place + 1 < sentence.len() && !is_boundary(sentence, place) {
            continue;
        }
        let clause = &tokens[start..=place];
        start = place + 1;
        for (when, begin, used) in whens(clause) {
            let read = clause[begin..begin + used].to_vec();
            let discount = discount_of(clause, in_full);
            terms.push(Term {
                sentence: number,
                when,
                discount,
                arrival: is_arrival(&tokens),
                pays,
                tokens: read,
            });
        }
    }
    // "Bei Zahlung innerhalb von 10 Tagen, 2 % Skonto": the only term is the one with the discount; so is the
    // shorter of two of which neither says so
    let undecided = terms.iter().all(|term| term.discount.is_none());
    if offers && undecided {
        let percent = discount_of(&tokens, false).flatten();
        let shortest = terms.iter().enumerate().min_by_key(|(_, term)| term.order()).map(|(place, _)| place);
        if let Some(term) = shortest.and_then(|place| terms.get_mut(place)) {
            term.discount = Some(percent);
        }
    }
    // "innerhalb 30 Tagen netto bis 04.07.2013" is one term
    terms
}

impl Term {
    fn order(&self) -> i64 {
        match self.when {
            When::Days(days) => days,
            When::On(date, _) => i64::from(date.year()) * 400 + i64::from(date.day_of_year()),
        }
    }
}

/// Sentences in which days mean something else than paying this invoice.
fn is_about_something_else(tokens: &[Token]) -> bool {
    const OTHER: [&str; 22] = [
        "widerruf",
        "widersp",
        "einspruch",
        "klage",
        "reklam",
        "mangel",
        "ruckgab",
        "umtausch",
        "verzug",
        "mahn",
        "kundig",
        "gultig",
        "lieferzeit",
        "bearbeitungszeit",
        "zahlungseingang",
        "einwend",
        "beanstand",
        "berucksichtigt",
        "anzahlung",
        "erhielten",
        "aufbewahr",
        "ratenzahlung",
    ];
    tokens.iter().any(|token| OTHER.iter().any(|other| token.folded.starts_with(other)))
}

fn is_arrival(tokens: &[Token]) -> bool {
    const ARRIVAL: [&str; 7] =
        ["erhalt", "eingang", "zugang", "prufung", "receipt", "rechnungserhalt", "rechnungseingang"];
    tokens.iter().any(|token| ARRIVAL.contains(&token.folded.as_str()))
}

/// Dates behind "bis", "zum", "am" …, and numbers of days.
fn whens(clause: &[Token]) -> Vec<(When, usize, usize)> {
    const BEFORE: [&str; 13] = [
        "bis",
        "zum",
        "spatestens",
        "am",
        "until",
        "by",
        "on",
        "before",
        "fallig",
        "falligkeit",
        "per",
        "due",
        "zahlungsziel",
    ];
    let mut found = Vec::new();
    let mut place = 0;
    while place < clause.len() {
        if let Some((days, used)) = days_at(clause, place) {
            found.push((When::Days(days), place, used));
            place += used;
            continue;
        }
        let before =
            place.checked_sub(1).is_some_and(|before| BEFORE.contains(&clause[before].folded.as_str()));
        match date_near(clause, place) {
            // "innerhalb 30 Tagen (06.06.2023)"
            Some((date, used, exact)) if before || counted(clause, place) => {
                found.push((When::On(date, exact), place, used));
                place += used;
            }
            Some((_, used, _)) => place += used,
            None => place += 1,
        }
    }
    found
}

/// The date in brackets is the day a span of days leads to.
fn counted(clause: &[Token], place: usize) -> bool {
    let span = place.checked_sub(1).is_some_and(|before| is_days(&clause[before]));
    span && clause[place].text.starts_with('(')
}

/// Whether a clause offers less than the full sum, and how many percent. `parted`: the sentence names the full
/// sum too, so that in "3 % bis 7 Tage, netto 30 Tage" percent alone say it.
fn discount_of(clause: &[Token], parted: bool) -> Option<Option<Decimal>> {
    let says = clause.iter().any(is_discount);
    let full =
        clause.iter().any(|token| ["netto", "net", "ohne", "rein", "full"].contains(&token.folded.as_str()));
    let mut percent = None;
    for (place, token) in clause.iter().enumerate() {
        let next = clause
            .get(place + 1)
            .is_some_and(|next| next.text.starts_with('%') || next.folded == "prozent" || next.folded == "vh");
        let number = token
            .text
            .trim_start_matches('(')
            .strip_suffix('%')
            .or_else(|| next.then_some(token.text.as_str()));
        let parsed = number.and_then(|number| Decimal::from_str_exact(&number.trim().replace(',', ".")).ok());
        percent =
            percent.or(parsed.filter(|percent| *percent > Decimal::ZERO && *percent <= Decimal::from(15)));
    }
    let less =
        percent.is_some() && clause.iter().any(|token| token.folded == "abzug" || token.folded == "abzuglich");
    let alone = parted
        && percent.is_some()
        && !clause.iter().any(|token| token.folded == "mwst" || token.folded == "ust");
    let offered = (says || less || alone) && !full || says && percent.is_some();
    offered.then_some(percent)
}
