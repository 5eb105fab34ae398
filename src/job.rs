//! The nouns every room shares: Tenant, Arrival, Document, Kind, Job and their identities.
//!
//! Absent on purpose: anything that does something. Identities are computed from content and origin, never
//! from the clock or from chance, so that a second run finds what the first one left.

use crate::error::{Error, Kind as ErrorKind, Result};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

/// The clock is handed in; nobody looks at the wall.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Mandant: a town, a municipal enterprise, a company. `a-z`, digits and `-`, at most 40 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tenant(String);

impl Tenant {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Tenant {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let starts_well = text.starts_with(|c: char| c.is_ascii_lowercase());
        if starts_well && text.len() <= 40 && text.chars().all(plain) {
            return Ok(Self(text.to_owned()));
        }
        Err(Error::new(ErrorKind::Settings, format!("the tenant name {text:?} is not allowed"))
            .hint("use small letters, digits and '-', starting with a letter, at most 40 characters"))
    }
}

impl TryFrom<String> for Tenant {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<Tenant> for String {
    fn from(tenant: Tenant) -> String {
        tenant.0
    }
}

impl fmt::Display for Tenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// SHA-256 of bytes; 64 small hex digits as text. Name of a content in the store.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ContentHash([u8; 32]);

impl ContentHash {
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// Hash of several fields, each closed by a zero byte, so that no two lists run together.
    pub fn of_fields(fields: &[&str]) -> Self {
        let mut hasher = Sha256::new();
        for field in fields {
            hasher.update(field.as_bytes());
            hasher.update([0]);
        }
        Self(hasher.finalize().into())
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl FromStr for ContentHash {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let wrong = || Error::new(ErrorKind::Altered, format!("{text:?} is not a SHA-256 in hex"));
        if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        for (place, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * place..2 * place + 2], 16).map_err(|_| wrong())?;
        }
        Ok(Self(bytes))
    }
}

impl TryFrom<String> for ContentHash {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<ContentHash> for String {
    fn from(hash: ContentHash) -> String {
        hash.hex()
    }
}

impl fmt::Display for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

impl fmt::Debug for ContentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.hex())
    }
}

/// Identity of a document and of its case: `d` and 24 hex digits.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DocumentId(String);

impl DocumentId {
    /// A document as it arrived: the same bytes from the same source are the same arrival.
    pub fn of_arrival(tenant: &Tenant, channel: Channel, source: &str, content: &ContentHash) -> Self {
        Self::of(&["arrival", tenant.as_str(), channel.name(), source, &content.hex()])
    }

    /// The `number`th part (from 1) of a batch, mail or archive.
    pub fn of_part(whole: &DocumentId, number: u32) -> Self {
        Self::of(&["part", whole.as_str(), &number.to_string()])
    }

    fn of(fields: &[&str]) -> Self {
        Self(format!("d{}", &ContentHash::of_fields(fields).hex()[..24]))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DocumentId {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        let hex = text.strip_prefix('d').filter(|hex| hex.len() == 24);
        match hex {
            Some(hex) if hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) => {
                Ok(Self(text.to_owned()))
            }
            _ => Err(Error::new(ErrorKind::Usage, format!("{text:?} is not a document id"))
                .hint("an id is 'd' and 24 hex digits, as `laufmappe status` prints it")),
        }
    }
}

impl TryFrom<String> for DocumentId {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        text.parse()
    }
}

impl From<DocumentId> for String {
    fn from(id: DocumentId) -> String {
        id.0
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The door a document came through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    Folder,
    Stdin,
    Upload,
    Mail,
}

impl Channel {
    pub fn name(self) -> &'static str {
        match self {
            Channel::Folder => "folder",
            Channel::Stdin => "stdin",
            Channel::Upload => "upload",
            Channel::Mail => "mail",
        }
    }
}

/// What the bytes are, told by content and never by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    UblInvoice,
    UblCreditNote,
    Cii,
    /// Well-formed so far, but no invoice we know.
    OtherXml,
    Pdf,
    Tiff,
    Jpeg,
    Png,
    Mail,
    Zip,
    /// Plain text (a mail body).
    PlainText,
    Empty,
    Unknown,
}

impl Kind {
    /// Holds several documents; is divided before anything else.
    pub fn is_container(self) -> bool {
        matches!(self, Kind::Mail | Kind::Zip)
    }

    pub fn is_invoice_xml(self) -> bool {
        matches!(self, Kind::UblInvoice | Kind::UblCreditNote | Kind::Cii)
    }

    pub fn has_pages(self) -> bool {
        matches!(self, Kind::Pdf | Kind::Tiff | Kind::Jpeg | Kind::Png)
    }

    /// File name extension and media type for what we file.
    pub fn format(self) -> (&'static str, &'static str) {
        match self {
            Kind::UblInvoice | Kind::UblCreditNote | Kind::Cii | Kind::OtherXml => ("xml", "application/xml"),
            Kind::Pdf => ("pdf", "application/pdf"),
            Kind::Tiff => ("tif", "image/tiff"),
            Kind::Jpeg => ("jpg", "image/jpeg"),
            Kind::Png => ("png", "image/png"),
            Kind::Mail => ("eml", "message/rfc822"),
            Kind::Zip => ("zip", "application/zip"),
            Kind::PlainText => ("txt", "text/plain; charset=utf-8"),
            Kind::Empty | Kind::Unknown => ("bin", "application/octet-stream"),
        }
    }
}

/// Eingang: the record of one arrival. The same bytes twice are two arrivals of one content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    pub channel: Channel,
    /// Where it came from, stable under repetition: a path, a Message-ID, an upload id.
    pub source: String,
    /// Time of receipt (UTC).
    pub at: Timestamp,
    /// Stapel, where one was named.
    pub batch: Option<String>,
    /// What the scanning office said about a scan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan: Option<Scan>,
    /// How urgent it is; its parts inherit it.
    #[serde(default, skip_serializing_if = "Priority::is_normal")]
    pub priority: Priority,
}

/// Who scanned on what, and how many sheets were counted before.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Scan {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheets: Option<u32>,
}

impl Arrival {
    /// Day of receipt in the town hall, by German time. It comes from the record, so a later run finds the same.
    pub fn day(&self) -> Date {
        german_day(self.at)
    }
}

/// The day it is in Germany.
pub fn german_day(at: Timestamp) -> Date {
    german_time(at).date()
}

/// What clocks in Germany show.
pub fn german_time(at: Timestamp) -> DateTime {
    german_zone().to_datetime(at)
}

/// When clocks in Germany show this next after `from`. An hour that the summer time leaves out is the one
/// after it.
pub fn next_german_time(from: Timestamp, time: Time) -> Result<Timestamp> {
    let no_such = |error: jiff::Error| Error::new(ErrorKind::Usage, format!("there is no {time}: {error}"));
    let today = german_day(from);
    let at = |day: Date| german_zone().to_timestamp(day.to_datetime(time)).map_err(no_such);
    let next = at(today)?;
    if next > from {
        return Ok(next);
    }
    at(today.tomorrow().map_err(no_such)?)
}

/// The rule of summer time stands here, so that no time zone files are read.
fn german_zone() -> TimeZone {
    TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").unwrap_or(TimeZone::UTC)
}

/// Beleg: one document on its way; with its entries in the ledger it is a case (Vorgang).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    pub id: DocumentId,
    pub tenant: Tenant,
    /// SHA-256 of the bytes, bit for bit as received (or as cut from its batch).
    pub content: ContentHash,
    /// Bytes.
    pub size: u64,
    pub kind: Kind,
    /// The name it came with: a label, never a path.
    pub name: String,
    pub arrival: Arrival,
    pub part_of: Option<PartOf>,
    pub annexes: Vec<Annex>,
    /// The earlier document with the very same bytes, if there was one.
    pub repeats: Option<DocumentId>,
}

/// Which part of which batch, mail or archive a document is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartOf {
    pub whole: DocumentId,
    pub content: ContentHash,
    /// From 1.
    pub number: u32,
    /// Pages of the whole (from 1, both ends included), where it was cut from a batch.
    pub pages: Option<(u32, u32)>,
    /// What the separator sheet in front of it said.
    pub separator: Option<String>,
    /// Rendition of its words, where they were read before it was cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<ContentHash>,
}

/// Anlage: came with the document and is filed with it, unread.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Annex {
    pub name: String,
    pub content: ContentHash,
    /// Bytes.
    pub size: u64,
    pub kind: Kind,
}

/// The steps of a document, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    Intake,
    Recognise,
    Extract,
    Validate,
    Route,
    File,
}

impl Stage {
    pub fn name(self) -> &'static str {
        match self {
            Stage::Intake => "intake",
            Stage::Recognise => "recognise",
            Stage::Extract => "extract",
            Stage::Validate => "validate",
            Stage::Route => "route",
            Stage::File => "file",
        }
    }
}

/// Urgency class; each has a queue of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Priority {
    Urgent,
    #[default]
    Normal,
    Backfill,
}

impl Priority {
    pub const ALL: [Priority; 3] = [Priority::Urgent, Priority::Normal, Priority::Backfill];

    pub fn name(self) -> &'static str {
        match self {
            Priority::Urgent => "urgent",
            Priority::Normal => "normal",
            Priority::Backfill => "backfill",
        }
    }

    pub fn is_normal(&self) -> bool {
        *self == Priority::Normal
    }
}

/// A message: which document wants attention. It carries ids, never bytes (claim check).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Version of the message; unknown fields of a newer one are ignored.
    pub v: u32,
    pub tenant: Tenant,
    pub document: DocumentId,
    #[serde(default)]
    pub priority: Priority,
}

impl Job {
    pub const VERSION: u32 = 1;

    pub fn of(document: &Document) -> Self {
        Self {
            v: Self::VERSION,
            tenant: document.tenant.clone(),
            document: document.id.clone(),
            priority: document.arrival.priority,
        }
    }
}

/// A sentence for people, in both languages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bilingual {
    pub de: String,
    pub en: String,
}

impl Bilingual {
    pub fn new(de: impl Into<String>, en: impl Into<String>) -> Self {
        Self { de: de.into(), en: en.into() }
    }

    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::De => &self.de,
            Language::En => &self.en,
        }
    }
}

/// The language of texts for people; logs and code are English.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    #[default]
    De,
    En,
}

/// Why a document needs a person, whose desk it lies on, and what that person does next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clearing {
    /// Stable code: the slug of an error kind, or the name of the routing rule.
    pub reason: String,
    pub text: Bilingual,
    /// Office that owns the case now.
    pub owner: String,
    pub next: Bilingual,
    /// What the reader said, in English, for whoever looks into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// Where we are with a sheet-fed batch: sheets in = filed + separators + blanks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sheets {
    pub pages_in: u32,
    pub filed: u32,
    pub separators: u32,
    pub blanks: u32,
}

impl Sheets {
    pub fn balanced(&self) -> bool {
        self.pages_in == self.filed + self.separators + self.blanks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_receipt_turns_at_german_midnight() {
        for (at, day) in [
            ("2026-12-31T22:59:59Z", "2026-12-31"),
            ("2026-12-31T23:00:00Z", "2027-01-01"),
            ("2026-08-30T21:59:59Z", "2026-08-30"),
            ("2026-08-30T22:00:00Z", "2026-08-31"),
        ] {
            assert_eq!(german_day(at.parse().unwrap()).to_string(), day, "{at}");
        }
    }

    #[test]
    fn a_time_of_day_is_the_next_one_that_german_clocks_show() {
        for (from, next) in [
            ("2026-11-02T10:00:00Z", "2026-11-02T15:00:00Z"),
            ("2026-11-02T15:00:00Z", "2026-11-03T15:00:00Z"),
            ("2026-08-30T13:59:59Z", "2026-08-30T14:00:00Z"),
            // The night in which summer time ends.
            ("2026-10-24T20:00:00Z", "2026-10-25T15:00:00Z"),
        ] {
            let found = next_german_time(from.parse().unwrap(), jiff::civil::time(16, 0, 0, 0)).unwrap();
            assert_eq!(found.to_string(), next, "{from}");
        }
    }

    #[test]
    fn an_arrival_that_is_not_urgent_says_nothing_about_it() {
        let old = r#"{"channel":"folder","source":"a","at":"2026-11-02T10:00:00Z","batch":null}"#;
        let mut arrival: Arrival = serde_json::from_str(old).unwrap();
        assert_eq!(serde_json::to_string(&arrival).unwrap(), old);
        arrival.priority = Priority::Urgent;
        assert!(serde_json::to_string(&arrival).unwrap().ends_with(r#""priority":"urgent"}"#));
    }
}
