//! The ledger as an auditor reads it: from its exported lines, by the words of `src/ledger/FORMAT.md` alone.
//!
//! In: lines. Out: whether hashes and chain hold, and the story of every case. Nothing of the program is used.

use crate::post::hash;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug, Default)]
pub struct Books {
    pub entries: usize,
    /// What is wrong with hashes, numbers or chain.
    pub broken: Vec<String>,
    pub cases: BTreeMap<String, Story>,
    /// Entries that make no sense where they stand.
    pub odd: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum End {
    #[default]
    Open,
    Filed,
    Divided,
    Clearing,
}

/// What the ledger says about one document.
#[derive(Debug, Default)]
pub struct Story {
    /// Number of the entry that received it: the order of arrival.
    pub arrived: u64,
    pub content: String,
    pub source: String,
    pub whole: Option<String>,
    pub end: End,
    pub reason: String,
    pub detail: String,
    pub parts: Vec<String>,
    pub claims: usize,
    /// Claims that were not given back.
    pub attempts: u64,
    pub failures: Vec<String>,
    /// Keys of the filings that were intended, and that were noted as filed.
    pub intended: Vec<String>,
    pub filed: Vec<String>,
    pub adopted: usize,
    last_token: u64,
}

impl Books {
    pub fn read(lines: &str) -> Self {
        let mut books = Self::default();
        let mut head: Option<(u64, String)> = None;
        for (place, line) in lines.split('\n').enumerate() {
            if line.is_empty() || (place == 0 && line == "laufmappe-journal 1") {
                continue;
            }
            match sealed(line) {
                Ok(body) => books.take(place + 1, line, body, &mut head),
                Err(why) => books.broken.push(format!("line {}: {why}", place + 1)),
            }
        }
        books
    }

    fn take(&mut self, place: usize, line: &str, body: &str, head: &mut Option<(u64, String)>) {
        let entry: Value = serde_json::from_str(body).unwrap_or_default();
        let number = entry["number"].as_u64().unwrap_or_default();
        let expected = head.as_ref().map_or((1, None), |(number, hash)| (number + 1, Some(hash.as_str())));
        if (number, entry["previous"].as_str()) != expected {
            self.broken.push(format!("line {place}: the chain is broken"));
        }
        *head = Some((number, line[..64].to_owned()));
        self.entries += 1;
        let (document, event) = (entry["document"].as_str().unwrap_or_default(), &entry["event"]);
        let story = self.cases.entry(document.to_owned()).or_default();
        if story.arrived == 0 {
            story.arrived = number;
        }
        if let Err(what) = story.go_on(event) {
            self.odd.push(format!("{document}, entry {number}: {what}"));
        }
    }

    /// Whose filing is it?
    pub fn of_key(&self, key: &str) -> Option<&Story> {
        let ours = |story: &&Story| story.intended.iter().any(|intended| intended.starts_with(key));
        self.cases.values().find(ours)
    }
}

impl Story {
    fn go_on(&mut self, event: &Value) -> Result<(), &'static str> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let what = text(&event["what"]);
        let was_received = !self.content.is_empty();
        if was_received == (what == "received") {
            return Err(if was_received { "received twice" } else { "before it was received" });
        }
        if self.end != End::Open && what != "reopened" {
            return Err("something happened after the end");
        }
        match what.as_str() {
            "received" => {
                let received = &event["received"];
                self.content = text(&received["content"]);
                self.source = text(&received["arrival"]["source"]);
                self.whole = received["part_of"]["whole"].as_str().map(str::to_owned);
            }
            "claimed" => {
                let token = event["token"].as_u64().unwrap_or_default();
                self.claims += 1;
                self.attempts = event["attempt"].as_u64().unwrap_or_default();
                if std::mem::replace(&mut self.last_token, token) >= token {
                    return Err("claimed with an old token");
                }
            }
            "released" if event["counted"] == false => self.attempts = self.attempts.saturating_sub(1),
            "intended" => self.intended.push(text(&event["key"])),
            "filed" => {
                let key = text(&event["key"]);
                self.adopted += usize::from(event["adopted"] == true);
                let (again, known) = (!self.filed.is_empty(), self.intended.contains(&key));
                self.filed.push(key);
                if again {
                    return Err("noted as filed twice");
                }
                if !known {
                    return Err("filed without an intent");
                }
            }
            "failed" => self.failures.push(text(&event["kind"])),
            "closed" => {
                self.end = End::Filed;
                if self.filed.is_empty() {
                    return Err("closed without a receipt");
                }
            }
            "divided" => {
                self.end = End::Divided;
                self.parts = event["parts"].as_array().into_iter().flatten().map(text).collect();
            }
            "in-clearing" => {
                self.end = End::Clearing;
                self.reason = text(&event["clearing"]["reason"]);
                self.detail = text(&event["clearing"]["detail"]);
            }
            "reopened" => (self.end, self.reason) = (End::Open, String::new()),
            "released" | "handed-to-reader" | "recognised" | "validated" | "routed" => {}
            _ => return Err("an event nobody knows"),
        }
        Ok(())
    }
}

/// The body of a line whose length and hash fit.
fn sealed(line: &str) -> Result<&str, &'static str> {
    let wrong = "not an entry";
    let (written, rest) = line.split_at_checked(64).ok_or(wrong)?;
    let rest = rest.strip_prefix([' ', '<', '&', '>']).ok_or(wrong)?;
    let (length, body) = rest.split_once(' ').ok_or(wrong)?;
    if length.parse() != Ok(body.len()) {
        return Err("its length does not fit");
    }
    if hash(body.as_bytes()) != written { Err("its hash does not fit") } else { Ok(body) }
}
