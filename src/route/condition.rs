//! The vocabulary of the office: what a rule may ask, and the sentence that says it held.
//!
//! In: the table `[rule.when]`. Out: [`Condition`]s, to be held against [`Facts`]. Absent on purpose: anything
//! but yes or no.

use super::facts::{Facts, NAMED, Sort, name_of};
use super::table::Section;
use crate::error::Result;
use crate::extract::class::Class;
use crate::invoice::Syntax;
use crate::job::{Bilingual, Tenant};
use rust_decimal::Decimal;

#[derive(Debug, Clone)]
pub(super) enum Condition {
    Tenant(Tenant),
    Sort(Vec<Sort>),
    Syntax(Vec<Syntax>),
    Class(Vec<Class>),
    ClassConfidenceUnder(Decimal),
    Repeats(bool),
    Fatal(bool),
    /// The value of a term fits one of the patterns.
    Value {
        term: &'static str,
        patterns: Vec<String>,
    },
    /// The separator sheet said one of these words under this key.
    Separator {
        key: &'static str,
        words: Vec<String>,
    },
    AmountOver(Decimal),
    AmountUnder(Decimal),
    ConfidenceUnder(Decimal),
    /// One of these is missing; `BT-115/BT-112` is missing when both are.
    Missing(Vec<String>),
}

/// A condition on a header value: its word, its term, what a pattern may look like, and a sample of one.
struct ValueWord {
    key: &'static str,
    term: &'static str,
    fits: fn(&str) -> bool,
    sample: &'static str,
}

#[rustfmt::skip]
const VALUES: &[ValueWord] = &[
    ValueWord { key: "leitweg-id", term: "BT-10", fits: |p| only(p, "-*"), sample: "05999*" },
    ValueWord { key: "lieferant-ust-id", term: "BT-31", fits: |p| only(p, "+*"), sample: "DE123456789" },
    ValueWord { key: "waehrung", term: "BT-5", fits: |p| p.len() == 3 && p.bytes().all(|b| b.is_ascii_uppercase()), sample: "EUR" },
    ValueWord { key: "rechnungsart", term: "BT-3", fits: |p| p.len() <= 3 && p.bytes().all(|b| b.is_ascii_digit()), sample: "381" },
    ValueWord { key: "bestellnummer", term: "BT-13", fits: |p| p.chars().any(|c| c != '*'), sample: "4500*" },
];

/// Nothing but ASCII letters, digits and these.
fn only(pattern: &str, others: &str) -> bool {
    pattern.chars().all(|c| c.is_ascii_alphanumeric() || others.contains(c))
}

const SYNTAXES: [(&str, Syntax); 3] =
    [("ubl-invoice", Syntax::UblInvoice), ("ubl-creditnote", Syntax::UblCreditNote), ("cii", Syntax::Cii)];

/// Document classes in the words of the rules, with their names for people.
#[rustfmt::skip]
const CLASSES: [(&str, Class, &str, &str); 10] = [
    ("rechnung", Class::Invoice, "Rechnung", "invoice"),
    ("gutschrift", Class::CreditNote, "Gutschrift", "credit note"),
    ("mahnung", Class::Reminder, "Mahnung", "reminder"),
    ("lieferschein", Class::DeliveryNote, "Lieferschein", "delivery note"),
    ("auftragsbestaetigung", Class::OrderConfirmation, "Auftragsbestätigung", "order confirmation"),
    ("angebot", Class::Offer, "Angebot", "offer"),
    ("bescheid", Class::Notice, "Bescheid", "official notice"),
    ("antrag", Class::Application, "Antrag", "application"),
    ("schreiben", Class::Letter, "Schreiben", "letter"),
    ("sonstiges", Class::Other, "Sonstiges", "other"),
];

/// All conditions of one `when`, in the order of the vocabulary; each of them must hold.
pub(super) fn read(mut when: Section) -> Result<Vec<Condition>> {
    if when.is_empty() {
        return Err(when
            .wrong("this list of conditions is empty")
            .hint("leave `when` out if the rule always applies"));
    }
    let mut conditions = Vec::new();
    if let Some(tenant) = when.text("tenant")? {
        conditions.push(Condition::Tenant(tenant_of(&when, &tenant)?));
    }
    if let Some(words) = when.texts("kind")? {
        conditions.push(Condition::Sort(sorts(&when, &words)?));
    }
    if let Some(words) = when.texts("syntax")? {
        conditions.push(Condition::Syntax(syntaxes(&when, &words)?));
    }
    if let Some(words) = when.texts("art")? {
        conditions.push(Condition::Class(classes(&when, "art", &words)?));
    }
    conditions.extend(share(&mut when, "art-sicherheit-unter")?.map(Condition::ClassConfidenceUnder));
    conditions.extend(when.flag("doppelt")?.map(Condition::Repeats));
    conditions.extend(when.flag("fatal")?.map(Condition::Fatal));
    for &ValueWord { key, term, fits, sample } in VALUES {
        let Some(patterns) = when.texts(key)? else { continue };
        if let Some(odd) = patterns.iter().find(|pattern| !fits(pattern)) {
            return Err(when
                .wrong(format!("{key} = {odd:?} can never fit"))
                .hint(format!("write it like {sample:?}")));
        }
        conditions.push(Condition::Value { term, patterns });
    }
    conditions.extend(when.number("betrag-ueber")?.map(Condition::AmountOver));
    conditions.extend(when.number("betrag-unter")?.map(Condition::AmountUnder));
    if let Some(mut sheet) = when.section("trennblatt")? {
        for key in ["office", "class"] {
            conditions.extend(sheet.texts(key)?.map(|words| Condition::Separator { key, words }));
        }
        sheet.close()?;
    }
    conditions.extend(share(&mut when, "sicherheit-unter")?.map(Condition::ConfidenceUnder));
    if let Some(terms) = when.texts("fehlt")? {
        for term in terms.iter().flat_map(|terms| terms.split('/')) {
            known_term(&when, "fehlt", term)?;
        }
        conditions.push(Condition::Missing(terms));
    }
    when.close()?;
    Ok(conditions)
}

/// A limit for how surely something was read.
fn share(when: &mut Section, key: &'static str) -> Result<Option<Decimal>> {
    let Some(limit) = when.number(key)? else { return Ok(None) };
    if limit <= Decimal::ZERO || limit > Decimal::ONE {
        return Err(when
            .wrong(format!("{key} must lie between 0 and 1"))
            .hint("for 80 percent write \"0.80\""));
    }
    Ok(Some(limit))
}

pub(super) fn classes(section: &Section, key: &str, words: &[String]) -> Result<Vec<Class>> {
    let mut classes = Vec::new();
    for word in words {
        let known = CLASSES.iter().find(|(name, ..)| name == word);
        let known = known.ok_or_else(|| section.not_allowed(key, word, CLASSES.map(|(name, ..)| name)))?;
        classes.push(known.1);
    }
    Ok(classes)
}

pub(super) fn tenant_of(section: &Section, text: &str) -> Result<Tenant> {
    text.parse().map_err(|error: crate::error::Error| section.wrong(error.to_string()))
}

pub(super) fn sorts(section: &Section, words: &[String]) -> Result<Vec<Sort>> {
    let mut sorts = Vec::new();
    for word in words {
        let sort = Sort::ALL.into_iter().find(|sort| sort.word() == word);
        sorts.push(sort.ok_or_else(|| section.not_allowed("kind", word, Sort::ALL.map(Sort::word)))?);
    }
    Ok(sorts)
}

pub(super) fn syntaxes(section: &Section, words: &[String]) -> Result<Vec<Syntax>> {
    let mut syntaxes = Vec::new();
    for word in words {
        let known = SYNTAXES.iter().find(|(name, _)| name == word);
        let known = known.ok_or_else(|| section.not_allowed("syntax", word, SYNTAXES.map(|(name, _)| name)))?;
        syntaxes.push(known.1);
    }
    Ok(syntaxes)
}

pub(super) fn known_term(section: &Section, key: &str, term: &str) -> Result<()> {
    match name_of(term) {
        Some(_) => Ok(()),
        None => Err(section.not_allowed(key, term, NAMED.iter().map(|named| named.key))),
    }
}

impl Condition {
    pub fn holds(&self, facts: &Facts) -> bool {
        match self {
            Condition::Tenant(tenant) => facts.tenant == *tenant,
            Condition::Sort(sorts) => sorts.contains(&facts.sort),
            Condition::Syntax(syntaxes) => facts.syntax.is_some_and(|syntax| syntaxes.contains(&syntax)),
            Condition::Class(classes) => facts.class.is_some_and(|class| classes.contains(&class)),
            Condition::ClassConfidenceUnder(limit) => facts.class_confidence.is_some_and(|read| read < *limit),
            Condition::Repeats(wanted) => facts.repeats.is_some() == *wanted,
            Condition::Fatal(wanted) => facts.fatal == *wanted,
            Condition::Value { term, patterns } => {
                let value = facts.value(term);
                value.is_some_and(|value| patterns.iter().any(|pattern| fits(pattern, value)))
            }
            Condition::Separator { key, words } => {
                facts.separator.get(*key).is_some_and(|said| words.contains(said))
            }
            Condition::AmountOver(limit) => facts.amount().is_some_and(|amount| amount > *limit),
            Condition::AmountUnder(limit) => facts.amount().is_some_and(|amount| amount < *limit),
            Condition::ConfidenceUnder(limit) => facts.confidence.is_some_and(|read| read < *limit),
            Condition::Missing(terms) => terms.iter().any(|terms| is_missing(terms, facts)),
        }
    }

    /// The sentence for the clerk, where the condition held.
    pub fn because(&self, facts: &Facts) -> Bilingual {
        match self {
            Condition::Tenant(tenant) => {
                Bilingual::new(format!("Der Mandant ist „{tenant}“."), format!("The tenant is “{tenant}”."))
            }
            Condition::Sort(_) => sort_sentence(facts.sort),
            Condition::Syntax(_) => {
                let name = SYNTAXES.iter().find(|(_, syntax)| Some(*syntax) == facts.syntax);
                let name = name.map_or("", |(name, _)| name);
                Bilingual::new(
                    format!("Die Rechnung ist im Format {name} geschrieben."),
                    format!("The invoice is written in the format {name}."),
                )
            }
            Condition::Class(_) => class_sentence(facts),
            Condition::ClassConfidenceUnder(limit) => class_confidence_sentence(facts, *limit),
            Condition::Repeats(wanted) => repeats_sentence(*wanted, facts),
            Condition::Fatal(true) => Bilingual::new(
                "Die Prüfung hat schwere Fehler gefunden.",
                "The examination found fatal errors.",
            ),
            Condition::Fatal(false) => Bilingual::new(
                "Die Prüfung hat keine schweren Fehler gefunden.",
                "The examination found no fatal errors.",
            ),
            Condition::Value { term, patterns } => value_sentence(term, patterns, facts),
            Condition::Separator { key, words: _ } => separator_sentence(key, facts),
            Condition::AmountOver(limit) => amount_sentence(facts, ("über", "over"), *limit),
            Condition::AmountUnder(limit) => amount_sentence(facts, ("unter", "below"), *limit),
            Condition::ConfidenceUnder(limit) => confidence_sentence(facts, *limit),
            Condition::Missing(terms) => missing_sentence(terms, facts),
        }
    }
}

/// `*` stands for any number of characters; everything else for itself.
fn fits(pattern: &str, value: &str) -> bool {
    let Some((head, rest)) = pattern.split_once('*') else { return pattern == value };
    let Some(mut left) = value.strip_prefix(head) else { return false };
    let mut pieces: Vec<&str> = rest.split('*').collect();
    let tail = pieces.pop().unwrap_or_default();
    for piece in pieces {
        let Some(at) = left.find(piece) else { return false };
        left = &left[at + piece.len()..];
    }
    left.ends_with(tail)
}

fn is_missing(terms: &str, facts: &Facts) -> bool {
    terms.split('/').all(|term| !facts.has(term))
}

fn sort_sentence(sort: Sort) -> Bilingual {
    match sort {
        Sort::ERechnung => Bilingual::new("Es ist eine E-Rechnung.", "It is an e-invoice."),
        Sort::Geraten => Bilingual::new(
            "Es ist eine Rechnung, deren Angaben von der Seite abgelesen wurden.",
            "It is an invoice whose values were read from the page.",
        ),
        Sort::Schreiben => {
            Bilingual::new("Es ist ein Schreiben, keine Rechnung.", "It is a letter, not an invoice.")
        }
        Sort::Unlesbar => {
            Bilingual::new("Auf dem Dokument ist nichts zu lesen.", "Nothing can be read on the document.")
        }
    }
}

/// The class with the words that decided it.
fn class_sentence(facts: &Facts) -> Bilingual {
    let named = CLASSES.iter().find(|(_, class, ..)| facts.class == Some(*class));
    let (de, en) = named.map_or(("", ""), |(_, _, de, en)| (de, en));
    if facts.class_words.is_empty() {
        return Bilingual::new(format!("Die Dokumentart ist {de}."), format!("The document class is {en}."));
    }
    let words = facts.class_words.join(", ");
    Bilingual::new(
        format!("Die Dokumentart ist {de}, entschieden durch: {words}."),
        format!("The document class is {en}, decided by: {words}."),
    )
}

fn class_confidence_sentence(facts: &Facts, limit: Decimal) -> Bilingual {
    let read = facts.class_confidence.unwrap_or_default();
    Bilingual::new(
        format!("Die Dokumentart wurde mit Sicherheit {read} erkannt, verlangt ist {limit}."),
        format!("The document class was told with confidence {read}; {limit} is asked for."),
    )
}

fn repeats_sentence(wanted: bool, facts: &Facts) -> Bilingual {
    match &facts.repeats {
        Some(earlier) if wanted => Bilingual::new(
            format!("Genau dieses Dokument ist schon einmal eingegangen ({earlier})."),
            format!("This very document was received before ({earlier})."),
        ),
        _ => Bilingual::new(
            "Das Dokument ist zum ersten Mal eingegangen.",
            "The document was received for the first time.",
        ),
    }
}

fn value_sentence(term: &str, patterns: &[String], facts: &Facts) -> Bilingual {
    let value = facts.value(term).unwrap_or_default();
    let pattern = patterns.iter().find(|pattern| fits(pattern, value)).map_or("", String::as_str);
    let (de, en) = name_of(term).map_or((term, term), |named| (named.de, named.en));
    let start = pattern.trim_end_matches('*');
    if start == pattern {
        return Bilingual::new(format!("{de} ({term}) ist „{value}“."), format!("{en} ({term}) is “{value}”."));
    }
    if !start.contains('*') {
        return Bilingual::new(
            format!("{de} ({term}) beginnt mit „{start}“: „{value}“."),
            format!("{en} ({term}) starts with “{start}”: “{value}”."),
        );
    }
    Bilingual::new(
        format!("{de} ({term}) passt zum Muster „{pattern}“: „{value}“."),
        format!("{en} ({term}) fits the pattern “{pattern}”: “{value}”."),
    )
}

fn separator_sentence(key: &str, facts: &Facts) -> Bilingual {
    let said = facts.separator.get(key).map_or("", String::as_str);
    match key {
        "office" => Bilingual::new(
            format!("Das Trennblatt nennt das Amt „{said}“."),
            format!("The separator sheet names the office “{said}”."),
        ),
        _ => Bilingual::new(
            format!("Das Trennblatt nennt die Dokumentart „{said}“."),
            format!("The separator sheet names the class “{said}”."),
        ),
    }
}

fn amount_sentence(facts: &Facts, (ueber, over): (&str, &str), limit: Decimal) -> Bilingual {
    let term = if facts.has("BT-115") { "BT-115" } else { "BT-112" };
    let (amount, currency) = (facts.value(term).unwrap_or_default(), facts.value("BT-5").unwrap_or_default());
    let written = format!("{amount} {currency}");
    let written = written.trim();
    Bilingual::new(
        format!("Der Betrag ({term}) {written} liegt {ueber} {limit}."),
        format!("The amount ({term}) {written} is {over} {limit}."),
    )
}

fn confidence_sentence(facts: &Facts, limit: Decimal) -> Bilingual {
    let read = facts.confidence.unwrap_or_default();
    Bilingual::new(
        format!("Die unsicherste Pflichtangabe wurde mit Sicherheit {read} gelesen, verlangt ist {limit}."),
        format!("The least certain required value was read with confidence {read}; {limit} is asked for."),
    )
}

fn missing_sentence(terms: &[String], facts: &Facts) -> Bilingual {
    let (mut de, mut en) = (Vec::new(), Vec::new());
    for term in terms.iter().filter(|terms| is_missing(terms, facts)) {
        let named = term.split('/').next().and_then(name_of);
        de.push(format!("{} ({term})", named.map_or("", |named| named.de)));
        en.push(format!("{} ({term})", named.map_or("", |named| named.en)));
    }
    Bilingual::new(format!("Es fehlt: {}.", de.join(", ")), format!("Missing: {}.", en.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_fits_whole_values_only() {
        #[rustfmt::skip]
        let rows = [
            ("05999", "05999", true), ("05999", "059990", false), ("05999*", "05999-60-12", true),
            ("05999*", "5999", false), ("*-60*-*", "05999-6012-44", true), ("*-60*-*", "05999-0160-44", false),
            ("*-60*-*", "05999-60", false), ("*60", "05960-60", true), ("a*b*b", "ab", false),
            ("a*b*b", "abb", true), ("*", "", true), ("ä*ü", "ää ü", true), ("*aab", "aaaab", true),
        ];
        for (pattern, value, held) in rows {
            assert_eq!(fits(pattern, value), held, "{pattern} {value}");
        }
    }
}
