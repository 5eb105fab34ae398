//! Evidence added up: what the words of a document speak for.
//!
//! In: [`Text`]. Out: [`Classified`]. Absent on purpose: the words themselves, they are a table.

use super::ink::{Hit, Ink, Phrase, Printed, Segment};
use super::words::{NO_HEADING, Row, Stand, rows};
use super::{Class, Classified};
use crate::extract::guess::amount;
use crate::recognise::{Page, Text};

/// Words below which a page cannot be the first of a document.
const LEAST_WORDS: usize = 4;
/// Pages that are looked at: the first, the second, and the last, where the sums are.
const PAGES: usize = 3;
/// What words on later pages count: attachments and terms in small print are not the document.
const LATER_PAGE: f32 = 0.3;
/// The same for a heading, when the first page has none: pages may have come out of order.
const LATER_HEADING: f32 = 0.75;
/// Reasons that are told.
const REASONS: usize = 5;

/// One piece of evidence.
#[derive(Debug, Clone)]
struct Weight {
    class: Class,
    weight: f32,
    heading: bool,
    because: String,
}

pub fn classify(text: &Text) -> Classified {
    let pages: Vec<&Page> = text.pages.iter().filter(|page| page.words.len() >= LEAST_WORDS).collect();
    let inks: Vec<Ink> = chosen(&pages).iter().map(|page| Ink::of(page)).collect();
    if inks.is_empty() {
        return few_words(text);
    }
    let mut found = worded(&inks);
    found.extend(built(&inks, &found));
    decide(found)
}

/// A page with next to no words: a heading alone may still say what it is.
fn few_words(text: &Text) -> Classified {
    let inks: Vec<Ink> = text.pages.iter().filter(|page| !page.words.is_empty()).take(1).map(Ink::of).collect();
    let mut classified = decide(worded(&inks));
    if classified.because.is_empty() {
        classified.class = Class::Other;
    }
    classified.confidence = classified.confidence.min(0.6);
    classified
}

fn chosen<'a>(pages: &[&'a Page]) -> Vec<&'a Page> {
    let mut chosen: Vec<&Page> = pages.iter().take(PAGES - 1).copied().collect();
    chosen.extend(pages.iter().skip(PAGES - 1).next_back());
    chosen
}

/// What the table of words finds.
fn worded(inks: &[Ink]) -> Vec<Weight> {
    let Some((front, later)) = inks.split_first() else { return Vec::new() };
    let mut found: Vec<Weight> = rows().iter().filter_map(|row| best(row, front)).collect();
    let headed = found.iter().any(|weight| weight.heading && weight.weight >= 2.0);
    for row in rows() {
        let share = match row.stand {
            Stand::Heading if !headed => LATER_HEADING,
            Stand::Heading | Stand::Text => LATER_PAGE,
        };
        let best = later
            .iter()
            .filter_map(|ink| best(row, ink))
            .max_by(|a, b| a.weight.abs().total_cmp(&b.weight.abs()));
        let known = |weight: &Weight| {
            found.iter().any(|earlier| earlier.class == weight.class && earlier.because == weight.because)
        };
        if let Some(mut weight) = best.filter(|weight| !known(weight)) {
            weight.weight *= share;
            found.push(weight);
        }
    }
    one_heading_each(found)
}

/// The strongest place of a row on a page.
fn best(row: &Row, ink: &Ink) -> Option<Weight> {
    let mut best: Option<(f32, Hit)> = None;
    for hit in row.phrases.iter().flat_map(|phrase| places(ink, phrase)) {
        // A damaged word is worth a little less than a clean one.
        let clean = 1.0 - 0.08 * hit.errors as f32;
        let share = clean * if row.stand == Stand::Heading { prominence(ink, hit) } else { 1.0 };
        if share > 0.0 && best.is_none_or(|(most, _)| share > most) {
            best = Some((share, hit));
        }
    }
    let (share, hit) = best?;
    let words: String = ink.written(hit).chars().filter(|c| !c.is_control()).take(60).collect();
    let because = format!("„{}“ ({})", words.trim_matches([':', ',', ' ']), row.why);
    Some(Weight { class: row.class, weight: row.weight * share, heading: row.stand == Stand::Heading, because })
}

/// Where a phrase stands; `*rechnung` does not mean every word that ends so.
fn places(ink: &Ink, phrase: &Phrase) -> Vec<Hit> {
    let mut hits = ink.find(phrase);
    if !phrase.begins_word {
        hits.retain(|hit| {
            let whole: String =
                ink.words[hit.first..=hit.last].iter().map(|word| word.folded.as_str()).collect();
            !NO_HEADING.contains(&whole.as_str())
        });
    }
    hits
}

/// A class has one heading; saying it in two ways does not make it two.
fn one_heading_each(found: Vec<Weight>) -> Vec<Weight> {
    let mut kept: Vec<Weight> = Vec::new();
    for weight in found {
        let same = |earlier: &&mut Weight| earlier.heading && weight.heading && earlier.class == weight.class;
        match kept.iter_mut().find(same) {
            Some(earlier) if earlier.weight < weight.weight => *earlier = weight,
            Some(_) => {}
            None => kept.push(weight),
        }
    }
    kept
}

/// How much words at this place are a heading: 1 for the usual one, 0 in the middle of a sentence.
fn prominence(ink: &Ink, hit: Hit) -> f32 {
    let words = &ink.words[hit.first..=hit.last];
    let joined: String = words.iter().map(|word| word.folded.as_str()).collect();
    let Some(segment) = ink.segments.get(words[0].segment) else { return 0.0 };
    let capital = words[0].text.chars().find(|c| c.is_alphabetic()).is_some_and(char::is_uppercase);
    if !capital {
        return 0.0;
    }
    let large = ink.usual_height > 0.0 && segment.height > 1.22 * ink.usual_height;
    let shouted = words.iter().all(|word| !word.text.chars().any(char::is_lowercase)) && joined.len() > 4;
    let size = match (large, shouted) {
        (true, true) => 1.3,
        (true, false) | (false, true) => 1.2,
        (false, false) => 1.0,
    };
    let depth = if segment.depth > 0.7 { 0.35 } else { 1.0 };
    size * depth * standing(ink, hit, segment, large || shouted)
}

/// What stands before and behind the words in their line.
fn standing(ink: &Ink, hit: Hit, segment: &Segment, stands_out: bool) -> f32 {
    let last_of_segment = ink.words.get(hit.last).map_or(hit.last, |word| word.segment);
    let end = ink.segments.get(last_of_segment).map_or(segment.end, |segment| segment.end);
    let before: Vec<&str> =
        ink.words[segment.first..hit.first].iter().map(|word| word.folded.as_str()).collect();
    let behind: Vec<&str> = ink.words[hit.last + 1..end.max(hit.last + 1)]
        .iter()
        .map(|word| word.folded.as_str())
        .filter(|word| !word.is_empty())
        .collect();
    let leads = before.iter().all(|word| is_lead(word));
    let total = end - segment.first;
    // The end of a sentence, or the rest of one that began in the line above.
    let ended = ink.words[hit.last].text.ends_with('.') && behind.is_empty();
    let earlier = hit.first.checked_sub(1).and_then(|index| ink.words.get(index));
    if ended || earlier.is_some_and(|word| REFERRING.contains(&word.folded.as_str())) {
        return 0.1;
    }
    let dated = behind.iter().take(4).any(|word| ["vom", "v", "dated"].contains(word));
    if before.iter().any(|word| word.starts_with("ihr")) && dated {
        return 0.15;
    }
    let labelled =
        behind.first().is_some_and(|word| LABELLING.contains(word)) || ink.words[hit.last].text.ends_with(':');
    let numbered = labelled || behind.first().is_some_and(|word| is_number(word));
    match (leads, stands_out) {
        (true, true) if total <= 14 => 1.0,
        (true, false) if numbered && dated => 0.35,
        // "Lieferschein Nr. 4711", "Angebot: 17" among other references.
        (true, false) if numbered => 0.45,
        (true, false) if behind.is_empty() => 0.85,
        (true, false) if total <= 8 => 0.8,
        (true, _) => 0.3,
        (false, true) if total <= 10 => 0.7,
        (false, false) if behind.is_empty() && before.len() <= 4 => 0.4,
        (false, _) => 0.0,
    }
}

/// Words before a heading that do not make it a reference.
fn is_lead(word: &str) -> bool {
    const LEADS: [&str; 25] = [
        "betreff",
        "betr",
        "betrifft",
        "erste",
        "zweite",
        "dritte",
        "letzte",
        "ihre",
        "ihr",
        "unsere",
        "unser",
        "i",
        "ii",
        "iii",
        "re",
        "sammel",
        "vorlaufige",
        "neue",
        "kopie",
        "duplikat",
        "original",
        "freundliche",
        "e",
        "ware",
        "zweitschrift",
    ];
    word.chars().count() <= 1 || is_number(word) || LEADS.contains(&word)
}

const REFERRING: [&str; 23] = [
    "zu",
    "die",
    "zur",
    "zum",
    "gegen",
    "auf",
    "gemass",
    "laut",
    "lt",
    "bezuglich",
    "mit",
    "aus",
    "der",
    "dem",
    "einer",
    "eine",
    "keine",
    "einen",
    "ihrer",
    "unserer",
    "diese",
    "dieser",
    "per",
];

const LABELLING: [&str; 9] = ["nr", "no", "nummer", "datum", "vom", "number", "v", "id", "num"];

fn is_number(word: &str) -> bool {
    word.chars().any(|c| c.is_ascii_digit())
}

/// What the build of the page says: amounts, tax, quantities.
fn built(inks: &[Ink], worded: &[Weight]) -> Vec<Weight> {
    let words = || inks.iter().flat_map(|ink| &ink.words);
    let amounts = inks.iter().map(amounts).sum::<usize>();
    let tax = words().filter(|word| is_tax(&word.folded)).count();
    let iban = words().any(|word| word.folded.starts_with("iban"));
    let salutation = worded.iter().any(|weight| weight.class == Class::Letter && weight.weight > 0.0);
    let mut found = Vec::new();
    let mut add = |class: Class, weight: f32, because: &str| {
        found.push(Weight { class, weight, heading: false, because: because.to_owned() });
    };
    if amounts == 0 {
        add(Class::Invoice, -3.5, "keine Beträge");
        add(Class::CreditNote, -2.5, "keine Beträge");
        add(Class::Offer, -1.0, "keine Beträge");
        add(Class::Reminder, -0.5, "keine Beträge");
        add(Class::DeliveryNote, 0.8, "keine Beträge");
        add(Class::Letter, 0.8, "keine Beträge");
        add(Class::Application, 0.3, "keine Beträge");
    }
    if amounts >= 4 {
        add(Class::DeliveryNote, -2.0, "viele Beträge");
        add(Class::Letter, -1.5, "viele Beträge");
        add(Class::Invoice, 0.6, "mehrere Beträge");
    }
    if amounts >= 2 && tax >= 1 {
        add(Class::Invoice, 1.4, "Beträge mit Umsatzsteuer");
        add(Class::CreditNote, 0.5, "Beträge mit Umsatzsteuer");
        add(Class::Notice, -1.5, "Beträge mit Umsatzsteuer");
        add(Class::Letter, -0.8, "Beträge mit Umsatzsteuer");
    }
    if amounts >= 1 && iban {
        add(Class::Invoice, 0.6, "Betrag und Bankverbindung");
    }
    if amounts >= 3 && tax >= 1 && iban {
        add(Class::Invoice, 0.8, "Beträge, Umsatzsteuer und Bankverbindung");
        add(Class::Other, -1.0, "Beträge, Umsatzsteuer und Bankverbindung");
    }
    // Many a citizen calls a request an application; who applies says so in the text or fills in a form.
    let applies = worded.iter().any(|weight| weight.class == Class::Application && !weight.heading);
    if salutation && !applies {
        add(Class::Application, -4.0, "ein Schreiben ohne Antragstext");
    }
    add(Class::Letter, if salutation { 1.0 } else { 0.2 }, "ein Schreiben");
    add(Class::Other, 0.6, "nichts anderes");
    found
}

/// Amounts on a page; `12.50` may be a day or a chapter and is one only before a currency.
fn amounts(ink: &Ink) -> usize {
    let currency = |word: Option<&Printed>| {
        word.is_some_and(|word| {
            word.text.starts_with(['€', '$', '£']) || ["eur", "chf", "usd"].contains(&word.folded.as_str())
        })
    };
    let dotted = |text: &str| {
        text.rsplit_once('.').is_some_and(|(whole, cents)| {
            let digits =
                |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || byte == b',');
            cents.len() == 2 && digits(whole) && digits(cents)
        })
    };
    let is_amount = |(index, word): &(usize, &Printed)| {
        amount(&word.text).is_some() || dotted(&word.text) && currency(ink.words.get(index + 1))
    };
    ink.words.iter().enumerate().filter(is_amount).count()
}

fn is_tax(word: &str) -> bool {
    ["mwst", "ust", "umsatzsteuer", "mehrwertsteuer", "vat", "steuerbetrag"].contains(&word)
        || word.ends_with("mwst")
}

/// Odds of all classes against each other.
fn decide(found: Vec<Weight>) -> Classified {
    let score = |class: Class| -> f32 {
        found.iter().filter(|weight| weight.class == class).map(|weight| weight.weight).sum()
    };
    let scores: Vec<(Class, f32)> = Class::ALL.iter().map(|&class| (class, score(class))).collect();
    let Some(&(class, best)) = scores.iter().max_by(|a, b| a.1.total_cmp(&b.1)) else {
        return Classified { class: Class::Other, confidence: 0.0, because: Vec::new() };
    };
    let odds: f32 = scores.iter().map(|(_, score)| (score - best).exp()).sum();
    let mut reasons: Vec<&Weight> =
        found.iter().filter(|weight| weight.class == class && weight.weight >= 0.3).collect();
    reasons.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    let because: Vec<String> = reasons.iter().take(REASONS).map(|weight| weight.because.clone()).collect();
    Classified { class, confidence: (1.0 / odds).min(ceiling(best, &reasons)), because }
}

/// Nobody is sure by one word: being very sure takes a heading and two things that agree with it, or many words.
fn ceiling(best: f32, reasons: &[&Weight]) -> f32 {
    let headed = reasons.iter().any(|weight| weight.heading && weight.weight >= 3.0);
    let agreeing = reasons.iter().filter(|weight| weight.weight >= 0.6).count();
    let most = match (headed, agreeing) {
        (true, 3..) => 0.999,
        (true, 2) => 0.98,
        (false, 5..) => 0.98,
        (true, _) | (false, 3..) => 0.93,
        (false, _) => 0.85,
    };
    (1.0 - 0.5 * (-best / 2.5).exp()).clamp(0.1, most)
}
