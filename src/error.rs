//! What went wrong, and the one table of answers everybody asks of an error.
//!
//! A wrong invoice is never an error (it is a [`crate::validate::Finding`]). An error means that we could
//! not do our work: its text names the thing, says what happened, and the hint says what to do.

use std::fmt;
use std::time::Duration;

pub type Result<T> = std::result::Result<T, Error>;

/// One failure: kind, text (lower case, no full stop) and, where there is one, the next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub kind: Kind,
    pub text: String,
    pub hint: Option<String>,
    /// What exactly happened, for the clerk, where the kind alone does not say it.
    pub particular: Option<Box<Particular>>,
    /// The target of the tenant it happened at, where it was one.
    pub target: Option<String>,
    /// Not worth trying again before this has passed, where the other side said so or the protocol demands it.
    pub rest: Option<Duration>,
}

/// Whole sentences.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Particular {
    pub de: String,
    pub en: String,
}

impl Error {
    pub fn new(kind: Kind, text: impl Into<String>) -> Self {
        Self { kind, text: text.into(), hint: None, particular: None, target: None, rest: None }
    }

    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// It happened at this target.
    #[must_use]
    pub fn at_target(mut self, name: &str) -> Self {
        self.target = Some(name.to_owned());
        self
    }

    /// Trying again is not worth it sooner.
    #[must_use]
    pub fn after(mut self, rest: Duration) -> Self {
        self.rest = Some(rest);
        self
    }

    /// It happened on this page (from 1).
    #[must_use]
    pub fn on_page(mut self, page: u32) -> Self {
        self.text = format!("page {page}: {}", self.text);
        if self.particular.is_some() {
            return self;
        }
        self.in_particular(format!("Das geschah auf Seite {page}."), format!("This happened on page {page}."))
    }

    /// Says in whole sentences what the clerk needs to know beyond the kind.
    #[must_use]
    pub fn in_particular(mut self, de: impl Into<String>, en: impl Into<String>) -> Self {
        self.particular = Some(Box::new(Particular { de: de.into(), en: en.into() }));
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// What the worker does with a job whose error has this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The document itself is the reason: repeating gives the same, a person clears it.
    Never,
    /// Neither document nor program is the reason: the job waits and runs again, as often as it takes.
    Later,
    /// The attempt died: it may run once more, then the document is isolated in clearing.
    Counted,
    /// Our own house is not in order (disk, ledger, settings): the worker stops taking jobs.
    Stop,
}

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident => $again:ident, $code:literal, $status:literal, $slug:literal;)*) => {
        /// The kinds of failure.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$doc])* $kind),* }

        impl Kind {
            pub const ALL: &'static [Kind] = &[$(Kind::$kind),*];

            /// What the worker does next.
            pub fn again(self) -> Again {
                match self { $(Kind::$kind => Again::$again),* }
            }

            /// Exit code of a command that ends with this kind (sysexits are not used; see README).
            pub fn exit_code(self) -> u8 {
                match self { $(Kind::$kind => $code),* }
            }

            /// HTTP status of an answer that ends with this kind.
            pub fn http_status(self) -> u16 {
                match self { $(Kind::$kind => $status),* }
            }

            /// The stable name in ledger, metrics and JSON.
            pub fn slug(self) -> &'static str {
                match self { $(Kind::$kind => $slug),* }
            }
        }
    };
}

kinds! {
    /// There are no bytes.
    Empty => Never, 1, 422, "empty";
    /// No reader for these bytes.
    Unsupported => Never, 1, 415, "unsupported";
    /// The bytes break the rules of their own format, or end too early.
    Damaged => Never, 1, 422, "damaged";
    /// A password is needed.
    Encrypted => Never, 1, 422, "encrypted";
    /// A document without a page.
    NoPages => Never, 1, 422, "no-pages";
    /// Larger, deeper or more than we read (pixels, bytes, parts, nesting).
    TooLarge => Never, 1, 413, "too-large";
    /// Constructs that only an attack uses here (DOCTYPE, entities, archive in archive).
    Forbidden => Never, 1, 422, "forbidden";
    /// Several contents claim to be the invoice.
    Ambiguous => Never, 1, 422, "ambiguous";
    /// The sheets of a batch do not add up.
    Unbalanced => Never, 1, 422, "unbalanced";
    /// The isolated reader died (crash, memory).
    Crashed => Counted, 1, 422, "crashed";
    /// The isolated reader did not finish in its time.
    Overtime => Counted, 1, 422, "overtime";
    /// A target, broker or database cannot be reached or answers that it cannot work now.
    Unavailable => Later, 3, 503, "unavailable";
    /// The request may or may not have had its effect: look before doing it again.
    Unknown => Later, 3, 504, "unknown-outcome";
    /// The outcome is unknown and the target cannot be asked: a person looks.
    Unclear => Never, 1, 409, "unclear";
    /// Another worker owns the case now.
    LeaseLost => Later, 3, 409, "lease-lost";
    /// The target says no and will say no again (permission, name, quota).
    Refused => Never, 1, 502, "refused";
    /// Something else lies where ours belongs.
    Conflict => Never, 1, 409, "conflict";
    /// The disk is full: nothing was written, and everything goes on once there is room.
    Full => Later, 3, 507, "full";
    /// Disk unreadable, not permitted.
    Storage => Stop, 3, 507, "storage";
    /// A content is missing from the store or is not what its hash says; it waits for the backup.
    ContentAltered => Later, 3, 500, "content-altered";
    /// The ledger was altered: hashes do not agree.
    Altered => Later, 3, 500, "altered";
    /// A message, entry or rendition of a version this program does not know; a newer worker takes it.
    Version => Later, 3, 500, "version";
    /// Wrong use on the command line or in a request.
    Usage => Stop, 2, 400, "usage";
    /// A setting or rule file is wrong: nothing starts, and what runs already waits until it is mended.
    Settings => Later, 2, 500, "settings";
    /// Our own mistake.
    Internal => Counted, 3, 500, "internal";
}

impl Kind {
    /// What a failed read or write of a file is.
    pub fn of_io(error: &std::io::Error) -> Kind {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Kind::Full,
            _ => Kind::Storage,
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        Error::new(Kind::of_io(&error), format!("reading or writing failed: {error}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_kind_has_a_name_of_its_own() {
        let slugs: HashSet<_> = Kind::ALL.iter().map(|kind| kind.slug()).collect();
        assert_eq!(slugs.len(), Kind::ALL.len());
    }

    #[test]
    fn a_page_is_named_before_the_text() {
        let error = Error::new(Kind::Overtime, "the reader took too long").on_page(7);
        assert_eq!(error.to_string(), "page 7: the reader took too long");
        assert_eq!(error.particular.unwrap().de, "Das geschah auf Seite 7.");
    }

    #[test]
    fn a_text_is_followed_by_its_hint() {
        let error = Error::new(Kind::Encrypted, "brief.pdf is encrypted").hint("send it without a password");
        assert_eq!(error.to_string(), "brief.pdf is encrypted; send it without a password");
    }
}
