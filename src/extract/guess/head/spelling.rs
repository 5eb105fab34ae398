//! What the rest of the pages says about a name: its spelling, and the domain of its mail.
//!
//! In: a [`View`] and a name. Out: the name better spelled; domains. Absent on purpose: whose name it is.

use super::ballot::key;
use super::view::View;

/// "info@musterbau.de" speaks for Musterbau.
pub fn names_domain(name: &str, domain: &str) -> bool {
    name.split_whitespace().map(transcribed).any(|word| word.len() >= 4 && domain.contains(&word))
}

fn transcribed(word: &str) -> String {
    let lower = word.to_lowercase();
    let plain = lower.replace('ä', "ae").replace('ö', "oe").replace('ü', "ue").replace('ß', "ss");
    plain.chars().filter(char::is_ascii_alphanumeric).collect()
}

/// A name with each word as the pages spell it most often. Readers lose the dots of umlauts more easily than they
/// invent them, so of two spellings seen equally often the one with dots is right.
pub fn spelled(view: &View, name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in name.split_whitespace() {
        let folded = key(word);
        let mut spellings: Vec<(usize, &str)> = Vec::new();
        let tokens = view.rows.iter().flat_map(|row| &row.tokens).filter(|token| token.folded == folded);
        for token in tokens.filter(|_| folded.len() > 3).take(30) {
            let text = token.text.trim_matches(|c: char| !c.is_alphanumeric());
            match spellings.iter_mut().find(|(_, known)| *known == text) {
                Some((times, _)) => *times += 1,
                None => spellings.push((1, text)),
            }
        }
        let core = word.trim_matches(|c: char| !c.is_alphanumeric());
        let dots = |text: &str| text.chars().filter(|c| !c.is_ascii()).count();
        let own = spellings.iter().find(|(_, text)| *text == core).map_or(0, |(times, _)| *times);
        let better = spellings
            .iter()
            .filter(|(times, text)| {
                dots(text) > dots(core) && 3 * *times >= own && text.chars().count() == core.chars().count()
            })
            .max_by_key(|(times, text)| (*times, dots(text)));
        words.push(better.map_or_else(|| word.to_owned(), |(_, text)| word.replace(core, text)));
    }
    words.join(" ")
}

/// Domains of mail and web addresses on the pages.
pub fn domains(view: &View) -> Vec<String> {
    let mut domains: Vec<String> = Vec::new();
    for token in view.rows.iter().flat_map(|row| &row.tokens) {
        let text = token.text.to_lowercase();
        let host = text
            .split_once('@')
            .map(|(_, host)| host)
            .or_else(|| text.split_once("www.").map(|(_, host)| host));
        let Some(host) = host else { continue };
        let domain: String =
            host.split('.').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
        if domain.len() >= 4 && domains.len() < 8 && !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    domains
}
