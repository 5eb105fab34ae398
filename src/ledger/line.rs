//! From an event to a journal line and back: canonical body, hash, chain (see `FORMAT.md`).
//!
//! In: events, or lines somebody wrote. Out: sealed entries, or the first fault and where it stands. Absent on
//! purpose: files, databases, the meaning of events.

use super::entry::{Entry, Event};
use crate::error::{Error, Kind, Result};
use crate::faults;
use crate::job::{ContentHash, DocumentId, Tenant};
use jiff::Timestamp;
use serde::Deserialize;
use std::collections::BTreeMap;

/// First line of a journal file.
pub(super) const HEADER: &str = "laufmappe-journal 1";
/// Bytes of one body; nothing the program notes comes near it.
pub(super) const LARGEST_BODY: usize = 16 << 20;
/// Bytes of one line: hash, mark, length, space, body, line feed.
pub(super) const LARGEST_LINE: usize = LARGEST_BODY + 80;
/// Where the mark stands in a line: behind the hash.
pub(super) const MARK_PLACE: usize = 64;

/// The newest entry of a tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    pub number: u64,
    pub hash: ContentHash,
}

/// An entry with its canonical body and the hash of it.
#[derive(Debug, Clone)]
pub(super) struct Sealed {
    pub entry: Entry,
    pub body: String,
    pub hash: ContentHash,
}

impl Sealed {
    /// The next entry of a tenant's chain. Time is kept to the microsecond, which every backend can tell.
    pub fn after(
        head: Option<&Head>,
        tenant: &Tenant,
        at: Timestamp,
        actor: &str,
        document: DocumentId,
        event: Event,
    ) -> Result<Sealed> {
        let at = Timestamp::from_microsecond(at.as_microsecond())
            .map_err(|error| Error::new(Kind::Internal, format!("the clock gives no time: {error}")))?;
        let entry = Entry {
            v: Entry::VERSION,
            tenant: tenant.clone(),
            number: head.map_or(1, |head| head.number + 1),
            previous: head.filter(|_| !faults::wished("broken-chain")).map(|head| head.hash),
            at,
            actor: actor.to_owned(),
            document,
            event,
        };
        let body = serde_json::to_string(&entry)
            .map_err(|error| Error::new(Kind::Internal, format!("an entry cannot be written: {error}")))?;
        if body.len() > LARGEST_BODY {
            let text = format!("an entry of {} bytes is more than the ledger takes", body.len());
            return Err(Error::new(Kind::TooLarge, text).hint("divide the document into smaller ones"));
        }
        let hash = ContentHash::of(body.as_bytes());
        Ok(Sealed { entry, body, hash })
    }

    pub fn head(&self) -> Head {
        Head { number: self.entry.number, hash: self.hash }
    }

    /// As a line that stands alone, without the line feed.
    pub fn line(&self) -> String {
        line(&self.hash, &self.body)
    }
}

/// A line that stands alone, without the line feed.
pub(super) fn line(hash: &ContentHash, body: &str) -> String {
    format!("{hash}{}{} {body}", Mark::Alone.letter(), body.len())
}

impl Entry {
    /// Reads a body of any schema version up to ours.
    pub fn read(body: &str) -> Result<Entry> {
        let frame: Frame = serde_json::from_str(body).map_err(|_| unreadable())?;
        frame.check_version()?;
        serde_json::from_str(body).map_err(|_| unreadable())
    }
}

fn unreadable() -> Error {
    Error::new(Kind::Altered, "the body is not a ledger entry")
}

/// Lines that were written in one go count together or not at all; the mark says which they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    Alone,
    First,
    Middle,
    Last,
}

impl Mark {
    pub fn letter(self) -> char {
        match self {
            Mark::Alone => ' ',
            Mark::First => '<',
            Mark::Middle => '&',
            Mark::Last => '>',
        }
    }

    fn of(letter: u8) -> Option<Mark> {
        [Mark::Alone, Mark::First, Mark::Middle, Mark::Last]
            .into_iter()
            .find(|mark| mark.letter() as u32 == u32::from(letter))
    }

    /// Everything before such a line was on the disk before this line was written.
    pub fn begins(self) -> bool {
        matches!(self, Mark::Alone | Mark::First)
    }

    pub fn ends(self) -> bool {
        matches!(self, Mark::Alone | Mark::Last)
    }
}

/// The fields every version has, at the front of the body.
#[derive(Debug, Deserialize)]
pub(super) struct Frame<'a> {
    pub v: u32,
    #[serde(borrow)]
    pub tenant: &'a str,
    pub number: u64,
    #[serde(borrow)]
    pub previous: Option<&'a str>,
}

impl Frame<'_> {
    fn check_version(&self) -> Result<()> {
        match self.v {
            1..=Entry::VERSION => Ok(()),
            0 => Err(Error::new(Kind::Altered, "the schema version 0 does not exist")),
            newer => {
                let text =
                    format!("the entry has schema version {newer}, this program knows {}", Entry::VERSION);
                Err(Error::new(Kind::Version, text)
                    .hint("use the program version that wrote it, or a newer one"))
            }
        }
    }
}

/// One line taken apart; nothing is believed yet except that hash and body fit.
#[derive(Debug)]
pub(super) struct Parts<'a> {
    pub mark: Mark,
    pub hash: ContentHash,
    pub body: &'a str,
}

impl<'a> Parts<'a> {
    /// Takes apart a line without its line feed, and compares length and hash.
    pub fn of(line: &'a [u8]) -> std::result::Result<Parts<'a>, &'static str> {
        let (hash, rest) = line.split_at_checked(MARK_PLACE).ok_or("the line is too short")?;
        let hash = std::str::from_utf8(hash).ok().and_then(|hex| hex.parse().ok());
        let hash: ContentHash = hash.ok_or("the line does not begin with a hash")?;
        let (letter, rest) = rest.split_first().ok_or("the line is too short")?;
        let mark = Mark::of(*letter).ok_or("the mark behind the hash is unknown")?;
        let rest = std::str::from_utf8(rest).map_err(|_| "the line is not UTF-8")?;
        let (length, body) = rest.split_once(' ').ok_or("the length is missing")?;
        // Only the one way of writing a length counts, or a line could change without being noticed.
        if body.len().to_string() != length {
            return Err("the body does not have the length written before it");
        }
        if ContentHash::of(body.as_bytes()) != hash {
            return Err("the body does not have the hash written before it");
        }
        Ok(Parts { mark, hash, body })
    }
}

/// Where the chains of all tenants stand while lines are checked one after the other.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Chains {
    /// Lines seen, a header included.
    pub lines: u64,
    pub heads: BTreeMap<Tenant, Head>,
    /// Inside lines that count only together.
    pub unfinished: bool,
}

impl Chains {
    /// Checks the next line: hash, version, number, chain, and that lines written together are all there.
    pub fn check<'a>(&mut self, line: &'a [u8]) -> Result<(Tenant, Parts<'a>)> {
        self.lines += 1;
        let parts = Parts::of(line).map_err(|what| fault(self.lines, &position(line), what))?;
        let frame: Frame =
            serde_json::from_str(parts.body).map_err(|_| fault(self.lines, "", &unreadable().text))?;
        let place = format!("tenant {}, entry {}", frame.tenant, frame.number);
        frame.check_version().map_err(|error| Error {
            text: format!("line {}, {place}: {}", self.lines, error.text),
            ..error
        })?;
        let tenant: Tenant =
            frame.tenant.parse().map_err(|_| fault(self.lines, "", "the tenant has no valid name"))?;
        let head = self.heads.get(&tenant);
        let expected = head.map_or(1, |head| head.number + 1);
        if frame.number != expected {
            let what = format!("entry {expected} was expected here; entries are missing, doubled or moved");
            return Err(fault(self.lines, &place, &what));
        }
        if frame.previous != head.map(|head| head.hash.hex()).as_deref() {
            return Err(fault(self.lines, &place, "it does not name the hash of the entry before it"));
        }
        if parts.mark.begins() == self.unfinished {
            return Err(fault(self.lines, &place, "lines that were written together are not all there"));
        }
        self.unfinished = !parts.mark.ends();
        self.heads.insert(tenant.clone(), Head { number: frame.number, hash: parts.hash });
        Ok((tenant, parts))
    }
}

/// What a damaged line still says about its place.
fn position(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(line);
    let frame = text.find('{').and_then(|start| serde_json::from_str::<Frame>(&text[start..]).ok());
    match frame {
        Some(frame) if frame.tenant.parse::<Tenant>().is_ok() => {
            format!("tenant {}, entry {}", frame.tenant, frame.number)
        }
        _ => String::new(),
    }
}

pub(super) fn fault(line: u64, place: &str, what: &str) -> Error {
    let comma = if place.is_empty() { "" } else { ", " };
    Error::new(Kind::Altered, format!("ledger line {line}{comma}{place}: {what}"))
        .hint("keep this copy as it is and restore the ledger from its backup; nothing was changed")
}
