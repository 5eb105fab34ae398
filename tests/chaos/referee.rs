//! The referee: counts from three sides that know nothing of each other, and compares.
//!
//! | side | from where |
//! |---|---|
//! | arrivals | the files the harness made, their SHA-256, and which `submit` said were safe |
//! | ledger | its exported lines, verified by the program and read by `books.rs` |
//! | DMS | its folders on disk, every file by its SHA-256 |

use crate::books::{Books, End, Story};
use crate::drawer::{self, Filed};
use crate::post::{Expect, Piece, hex};
use crate::town::Town;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

#[derive(Debug, Default)]
pub struct Verdict {
    pub arrivals: usize,
    pub filed: usize,
    pub divided: usize,
    pub clearing: BTreeMap<String, usize>,
    /// Said to be safe and not to be found, or noted as filed and not there, or never settled.
    pub lost: Vec<String>,
    /// Lies in the DMS twice, or is noted as filed twice.
    pub doubled: Vec<String>,
    /// Anything else that the sides do not agree about.
    pub unexplained: Vec<String>,
    /// Innocent documents that were isolated because too many workers died over them.
    pub isolated: usize,
    /// In clearing because the proxy showed other bytes on reading back.
    pub shown_other_bytes: usize,
    /// Filings that were found in the DMS by a later attempt.
    pub adopted: usize,
    pub claims: usize,
    /// Parts left in the DMS by cut requests, beside a complete filing.
    pub parts_left: usize,
    pub entries: usize,
    pub chain: Vec<String>,
}

impl Verdict {
    pub fn is_clean(&self) -> bool {
        self.lost.is_empty() && self.doubled.is_empty() && self.unexplained.is_empty() && self.chain.is_empty()
    }
}

/// Counts. All `pieces` were handed in, and the program said that they are safe.
pub fn judge(town: &Town, pieces: &[Piece]) -> Verdict {
    judge_with_books(town, pieces).0
}

/// The same, and what the ledger says.
pub fn judge_with_books(town: &Town, pieces: &[Piece]) -> (Verdict, Books) {
    let mut verdict = Verdict { arrivals: pieces.len(), ..Verdict::default() };
    if let Some(proxy) = &town.proxy {
        proxy.settle();
    }
    let books = read_books(town, &mut verdict);
    let lying = drawer::walk(town.drawer());
    let shown = town.proxy.as_ref().map(|proxy| proxy.counts().shown_other_bytes).unwrap_or_default();
    let court = Court { town, pieces, books: &books, lying: &lying, shown: shown.into_iter().collect() };
    court.compare_arrivals(&mut verdict);
    court.compare_cases(&mut verdict);
    court.compare_drawer(&mut verdict);
    court.compare_copies(&mut verdict);
    (verdict, books)
}

fn read_books(town: &Town, verdict: &mut Verdict) -> Books {
    let export = town.folder().join("export");
    std::fs::remove_file(&export).ok();
    let exported = town.run(&["ledger", "export", "--output", export.to_str().unwrap()]);
    let journal = town.data().join("journal");
    // A ledger that does not even open is read as it lies there.
    let file = if exported.code == 0 { export } else { journal };
    if exported.code != 0 {
        verdict.chain.push(format!("the ledger gives no export: {}", exported.errors.trim()));
    }
    let verified = town.run(&["ledger", "verify", file.to_str().unwrap()]);
    if verified.code != 0 {
        verdict.chain.push(format!("the program does not verify it: {}", verified.errors.trim()));
    }
    let books = Books::read(&String::from_utf8_lossy(&std::fs::read(&file).unwrap_or_default()));
    verdict.chain.extend(books.broken.iter().take(3).cloned());
    verdict.entries = books.entries;
    for odd in &books.odd {
        if odd.contains("twice") || odd.contains("after the end") {
            verdict.doubled.push(odd.clone());
        } else {
            verdict.unexplained.push(odd.clone());
        }
    }
    books
}

struct Court<'a> {
    town: &'a Town,
    pieces: &'a [Piece],
    books: &'a Books,
    lying: &'a [Filed],
    shown: BTreeSet<String>,
}

impl Court<'_> {
    /// Everything handed in is in the ledger, and nothing else.
    fn compare_arrivals(&self, verdict: &mut Verdict) {
        let mut known = BTreeSet::new();
        for piece in self.pieces {
            let id = self.id_of(piece);
            match self.books.cases.get(&id) {
                Some(story) if story.content == piece.content => {}
                Some(_) => verdict.unexplained.push(format!("{id} has other bytes in the ledger")),
                None => verdict.lost.push(format!("{} is not in the ledger", piece.path.display())),
            }
            known.insert(id);
        }
        for (id, story) in &self.books.cases {
            let whole_is_known = story.whole.as_ref().is_none_or(|whole| self.books.cases.contains_key(whole));
            if (story.whole.is_none() && !known.contains(id)) || !whole_is_known {
                verdict.unexplained.push(format!("{id} was handed in by nobody"));
            }
        }
    }

    fn compare_cases(&self, verdict: &mut Verdict) {
        for piece in self.pieces {
            let id = self.id_of(piece);
            let Some(story) = self.books.cases.get(&id) else { continue };
            self.compare_case(&id, story, &piece.expect, verdict);
            if let (End::Divided, Expect::Divided(parts)) = (story.end, &piece.expect)
                && story.parts.len() != *parts
            {
                verdict.unexplained.push(format!("{id} became {} parts, not {parts}", story.parts.len()));
            }
            for part in &story.parts {
                match self.books.cases.get(part) {
                    Some(story) => self.compare_case(part, story, &Expect::Filed, verdict),
                    None => verdict.lost.push(format!("{part}, a part of {id}, is not in the ledger")),
                }
            }
        }
    }

    fn compare_case(&self, id: &str, story: &Story, expect: &Expect, verdict: &mut Verdict) {
        verdict.adopted += story.adopted;
        verdict.claims += story.claims;
        match story.end {
            End::Open => verdict.lost.push(format!("{id} is still open after {} claims", story.claims)),
            End::Filed => verdict.filed += 1,
            End::Divided => verdict.divided += 1,
            End::Clearing => *verdict.clearing.entry(story.reason.clone()).or_default() += 1,
        }
        let wanted = match (expect, story.end) {
            (_, End::Open) => true,
            (Expect::Filed | Expect::Copy, End::Filed) | (Expect::Divided(_), End::Divided) => true,
            (Expect::Copy, End::Clearing) if story.reason == "doppelter-eingang" => true,
            (Expect::Clearing(reason), End::Clearing) => story.reason == *reason,
            _ => false,
        };
        if wanted {
            return;
        }
        let crashed = story.end == End::Clearing && story.reason == "crashed";
        if crashed && story.detail.contains("workers died") {
            verdict.isolated += 1;
        } else if story.end == End::Clearing && story.reason == "conflict" && self.was_shown_other_bytes(story)
        {
            verdict.shown_other_bytes += 1;
        } else {
            verdict.unexplained.push(format!(
                "{id} ended as {:?} {} {}, expected was {expect:?} ({})",
                story.end, story.reason, story.detail, story.source
            ));
        }
    }

    /// Everything filed lies there once, bit for bit; nothing else lies there.
    fn compare_drawer(&self, verdict: &mut Verdict) {
        let mut of_document: BTreeMap<&str, Vec<&Filed>> = BTreeMap::new();
        for filed in self.lying {
            match &filed.document {
                Some(document) => of_document.entry(document).or_default().push(filed),
                None => self.compare_incomplete(filed, verdict),
            }
        }
        for (id, story) in self.books.cases.iter().filter(|(_, story)| story.end == End::Filed) {
            let lying = of_document.remove(id.as_str()).unwrap_or_default();
            let original = |filed: &&Filed| {
                let originals = filed.files.iter().filter(|(name, _)| name.starts_with("original."));
                originals.map(|(_, content)| content).collect::<Vec<_>>() == [&story.content]
            };
            match lying.as_slice() {
                [] => verdict.lost.push(format!("{id} was noted as filed and does not lie in the DMS")),
                [filed] if original(filed) => verdict.parts_left += filed.parts,
                [filed] => verdict.lost.push(format!("the original of {id} is not in {}", filed.place)),
                [first, second, ..] => {
                    verdict.doubled.push(format!("{id} lies in {} and in {}", first.place, second.place));
                }
            }
        }
        for (document, filed) in of_document {
            let story = self.books.cases.get(document);
            // The last file was there when the proxy showed other bytes.
            if story.is_some_and(|story| story.end == End::Clearing && self.was_shown_other_bytes(story)) {
                continue;
            }
            // Said already: it is open, and counted as lost.
            if story.is_some_and(|story| story.end == End::Open) && filed.len() == 1 {
                continue;
            }
            for filed in filed {
                verdict.unexplained.push(format!("{document} lies in {} and is not filed", filed.place));
            }
        }
    }

    fn compare_incomplete(&self, filed: &Filed, verdict: &mut Verdict) {
        let story = filed.key.as_ref().and_then(|key| self.books.of_key(key));
        match story {
            Some(story) if story.end == End::Clearing && self.was_shown_other_bytes(story) => {}
            Some(story) if story.end == End::Clearing && story.detail.contains("workers died") => {}
            // A cut part beside its complete folder, in a folder tree.
            Some(story) if story.end == End::Filed && filed.place.contains("/.k") => verdict.parts_left += 1,
            Some(story) if story.end == End::Open => {}
            _ => verdict.unexplained.push(format!("{} lies there incomplete", filed.place)),
        }
    }

    /// The same bytes are filed once, however often they were handed in.
    fn compare_copies(&self, verdict: &mut Verdict) {
        let mut places: BTreeMap<&str, Vec<&Filed>> = BTreeMap::new();
        for filed in self.lying.iter().filter(|filed| filed.document.is_some()) {
            for (_, content) in filed.files.iter().filter(|(name, _)| name.starts_with("original.")) {
                places.entry(content).or_default().push(filed);
            }
        }
        for (content, filed) in places {
            let documents: BTreeSet<_> = filed.iter().map(|filed| &filed.document).collect();
            // The same document twice was said already.
            if documents.len() > 1 {
                let places: Vec<_> = filed.iter().map(|filed| filed.place.as_str()).collect();
                verdict.doubled.push(format!(
                    "the bytes {} lie in {}",
                    &content[..12],
                    places.join(" and in ")
                ));
            }
        }
        let mut copies: BTreeMap<&str, Vec<&Story>> = BTreeMap::new();
        for piece in self.pieces.iter().filter(|piece| piece.expect == Expect::Copy) {
            copies.entry(&piece.content).or_default().extend(self.books.cases.get(&self.id_of(piece)));
        }
        for (content, stories) in copies {
            let settled = stories.iter().all(|story| story.end != End::Open);
            let excused = stories.iter().any(|story| matches!(story.reason.as_str(), "crashed" | "conflict"));
            let filed = stories.iter().filter(|story| story.end == End::Filed).count();
            if settled && filed != 1 && !(filed == 0 && excused) {
                verdict.doubled.push(format!(
                    "of {} copies of {} {filed} are filed",
                    stories.len(),
                    &content[..12]
                ));
            }
        }
    }

    fn was_shown_other_bytes(&self, story: &Story) -> bool {
        story.intended.iter().any(|key| key.get(..10).is_some_and(|key| self.shown.contains(key)))
    }

    /// As the program computes it, by the words of the README: content and origin, no clock, no chance.
    fn id_of(&self, piece: &Piece) -> String {
        let mut hasher = Sha256::new();
        let source = piece.path.to_string_lossy();
        for field in ["arrival", &self.town.tenant, "folder", &source, &piece.content] {
            hasher.update(field);
            hasher.update([0]);
        }
        format!("d{}", &hex(&hasher.finalize())[..24])
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let clearing: usize = self.clearing.values().sum();
        writeln!(f, "arrivals             {}", self.arrivals)?;
        writeln!(f, "filed                {} ({} found there by a later attempt)", self.filed, self.adopted)?;
        writeln!(f, "in clearing          {clearing} {:?}", self.clearing)?;
        writeln!(f, "divided              {}", self.divided)?;
        writeln!(f, "claims               {}", self.claims)?;
        writeln!(f, "isolated innocents   {}", self.isolated)?;
        writeln!(f, "clearing, other bytes{:>2}", self.shown_other_bytes)?;
        writeln!(f, "parts left in DMS    {}", self.parts_left)?;
        let chain = if self.chain.is_empty() { "valid" } else { "INVALID" };
        writeln!(f, "ledger entries       {}, chain {chain}", self.entries)?;
        for (name, list) in [
            ("LOST", &self.lost),
            ("DOUBLED", &self.doubled),
            ("UNEXPLAINED", &self.unexplained),
            ("CHAIN", &self.chain),
        ] {
            writeln!(f, "{name:<20} {}", list.len())?;
            for line in list.iter().take(8) {
                writeln!(f, "    {line}")?;
            }
        }
        Ok(())
    }
}
