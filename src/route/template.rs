//! Labels with placeholders: `Eingangsrechnungen {jahr}`.
//!
//! In: a template, checked when it is read, and [`Facts`]. Out: a label. Absent on purpose: conditions,
//! formats, anything that could fail while a document waits.

use super::facts::{Facts, NAMED, Named, name_of};
use super::table::Section;
use crate::error::Result;

#[derive(Debug, Clone)]
pub(super) struct Template(Vec<Piece>);

#[derive(Debug, Clone)]
enum Piece {
    Plain(String),
    /// `{BT-1}`
    Value(&'static Named),
    /// `{jahr}` Year of BT-2, else of receipt
    Year,
    /// `{document}` Id of the document
    Document,
    /// `{frueher}` Id of the earlier document with the same bytes
    Earlier,
    /// `{name}` The name it came with
    Name,
    /// `{betreff}` First line of a letter, else the name it came with
    Subject,
}

const WORDS: [&str; 5] = ["jahr", "document", "frueher", "name", "betreff"];

impl Template {
    pub fn read(section: &Section, key: &str, text: &str) -> Result<Self> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((word, after)) = after.split_once('}') else {
                return Err(section.wrong(format!("{key}: a brace is opened and not closed")));
            };
            pieces.push(Piece::Plain(before.to_owned()));
            pieces.push(piece(section, key, word)?);
            rest = after;
        }
        pieces.push(Piece::Plain(rest.to_owned()));
        Ok(Self(pieces))
    }

    /// A text that goes into the ledger, which holds ids and never what a document says.
    pub fn read_with_ids(section: &Section, key: &str, text: &str) -> Result<Self> {
        let template = Self::read(section, key, text)?;
        let plain = |piece: &Piece| matches!(piece, Piece::Plain(_) | Piece::Document | Piece::Earlier);
        if template.0.iter().all(plain) {
            return Ok(template);
        }
        Err(section
            .wrong(format!("{key}: the text of a clearing goes into the ledger and may name ids only"))
            .hint("allowed are: {document}, {frueher}"))
    }

    /// The label of these facts. What is missing is named: `ohne Rechnungsnummer`.
    pub fn label(&self, facts: &Facts) -> String {
        self.0.iter().map(|piece| piece.text(facts)).collect::<String>().trim().to_owned()
    }

    /// The label of an Akte, where `/` parts the levels: a value from the document adds no level.
    pub fn levels(&self, facts: &Facts) -> String {
        let level = |piece: &Piece| match piece {
            Piece::Plain(text) => text.clone(),
            _ => piece.text(facts).replace('/', "-"),
        };
        self.0.iter().map(level).collect::<String>().trim().to_owned()
    }
}

fn piece(section: &Section, key: &str, word: &str) -> Result<Piece> {
    match word {
        "jahr" => Ok(Piece::Year),
        "document" => Ok(Piece::Document),
        "frueher" => Ok(Piece::Earlier),
        "name" => Ok(Piece::Name),
        "betreff" => Ok(Piece::Subject),
        term => name_of(term).map(Piece::Value).ok_or_else(|| {
            let terms = NAMED.iter().map(|named| named.key);
            section.not_allowed(key, word, WORDS.into_iter().chain(terms))
        }),
    }
}

impl Piece {
    fn text(&self, facts: &Facts) -> String {
        match self {
            Piece::Plain(text) => text.clone(),
            Piece::Value(named) => {
                let value = facts.value(named.key);
                value.map_or_else(|| format!("ohne {}", named.de), str::to_owned)
            }
            Piece::Year => facts.year().to_string(),
            Piece::Document => facts.document.to_string(),
            Piece::Earlier => facts.repeats.as_ref().map_or_else(String::new, ToString::to_string),
            Piece::Name => facts.name.clone(),
            Piece::Subject => facts.subject.clone().unwrap_or_else(|| facts.name.clone()),
        }
    }
}
