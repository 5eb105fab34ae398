//! A job as bytes, and back.
//!
//! In: bytes from anybody. Out: a [`Job`], or why nobody can read it. Absent on purpose: repairing.

use crate::error::{Error, Kind, Result};
use crate::job::{Job, Tenant};
use serde::Deserialize;

/// A message carries ids, never documents (bytes).
pub const LIMIT: usize = 1024;

pub const CONTENT_TYPE: &str = "application/json";

/// What the message says it is; a reader trusts only the bytes.
pub const TYPE: &str = "laufmappe.job.v1";

/// Why a message cannot be worked, ever; its slug travels with the message to the poison queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    TooLarge,
    /// Not JSON, or JSON that is no job.
    NotAJob,
    /// Written by a newer program.
    UnknownVersion,
    /// It lies in the lane of one tenant and speaks of another.
    ForeignTenant,
}

impl Unreadable {
    pub fn slug(self) -> &'static str {
        match self {
            Unreadable::TooLarge => "too-large",
            Unreadable::NotAJob => "not-a-job",
            Unreadable::UnknownVersion => "unknown-version",
            Unreadable::ForeignTenant => "foreign-tenant",
        }
    }
}

pub fn write(job: &Job) -> Result<Vec<u8>> {
    serde_json::to_vec(job)
        .map_err(|error| Error::new(Kind::Internal, format!("writing job {} failed: {error}", job.document)))
}

pub fn read(bytes: &[u8]) -> std::result::Result<Job, Unreadable> {
    #[derive(Deserialize)]
    struct Head {
        v: u32,
    }
    if bytes.len() > LIMIT {
        return Err(Unreadable::TooLarge);
    }
    let head: Head = serde_json::from_slice(bytes).map_err(|_| Unreadable::NotAJob)?;
    if head.v == 0 || head.v > Job::VERSION {
        return Err(Unreadable::UnknownVersion);
    }
    serde_json::from_slice(bytes).map_err(|_| Unreadable::NotAJob)
}

/// A job found where the jobs of `tenant` lie.
pub fn read_of(tenant: &Tenant, bytes: &[u8]) -> std::result::Result<Job, Unreadable> {
    let job = read(bytes)?;
    match job.tenant == *tenant {
        true => Ok(job),
        false => Err(Unreadable::ForeignTenant),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "d0123456789abcdef01234567";

    fn message(v: &str, tenant: &str, rest: &str) -> Vec<u8> {
        format!(r#"{{"v":{v},"tenant":"{tenant}","document":"{DOCUMENT}"{rest}}}"#).into_bytes()
    }

    #[test]
    fn a_job_survives_the_wire_and_fits() {
        let longest: Tenant = "a".repeat(40).parse().unwrap();
        let priority = crate::job::Priority::Backfill;
        let job = Job { v: 1, tenant: longest.clone(), document: DOCUMENT.parse().unwrap(), priority };
        let bytes = write(&job).unwrap();
        assert!(bytes.len() < LIMIT / 4);
        assert_eq!(read_of(&longest, &bytes), Ok(job));
    }

    /// Bytes as version 1 wrote them: they lie in brokers and must be read for ever.
    #[test]
    fn recorded_messages_of_version_1_are_read() {
        use crate::job::Priority;
        let rows: [(&[u8], Priority); 3] = [
            (
                br#"{"v":1,"tenant":"stadt","document":"d0123456789abcdef01234567","priority":"urgent"}"#,
                Priority::Urgent,
            ),
            (br#"{"v":1,"tenant":"stadt","document":"d0123456789abcdef01234567"}"#, Priority::Normal),
            (
                br#"{"v":1,"epoch":7,"tenant":"stadt","trace":{"id":["a",null]},"document":"d0123456789abcdef01234567","priority":"backfill"}"#,
                Priority::Backfill,
            ),
        ];
        for (bytes, priority) in rows {
            let job = read(bytes).unwrap();
            assert_eq!((job.v, job.tenant.as_str(), job.document.as_str()), (1, "stadt", DOCUMENT));
            assert_eq!(job.priority, priority);
        }
        let urgent = Job {
            v: 1,
            tenant: "stadt".parse().unwrap(),
            document: DOCUMENT.parse().unwrap(),
            priority: Priority::Urgent,
        };
        assert_eq!(write(&urgent).unwrap(), rows[0].0, "what we write, the previous version reads");
    }

    #[test]
    fn what_is_no_job_of_ours_has_a_reason() {
        let long = format!(r#","note":"{}""#, "x".repeat(LIMIT));
        let rows: [(&str, Vec<u8>, Option<Unreadable>); 9] = [
            ("a field of a later minor version", message("1", "stadt", r#","trace":"7""#), None),
            ("nothing", Vec::new(), Some(Unreadable::NotAJob)),
            ("not utf-8", vec![0xff, 0xfe, 0], Some(Unreadable::NotAJob)),
            ("deep nesting", vec![b'['; 1000], Some(Unreadable::NotAJob)),
            ("too long", message("1", "stadt", &long), Some(Unreadable::TooLarge)),
            ("newer", message("2", "stadt", ""), Some(Unreadable::UnknownVersion)),
            ("version zero", message("0", "stadt", ""), Some(Unreadable::UnknownVersion)),
            ("a path as tenant", message("1", "../stadt", ""), Some(Unreadable::NotAJob)),
            ("somebody else's", message("1", "kreis", ""), Some(Unreadable::ForeignTenant)),
        ];
        let tenant: Tenant = "stadt".parse().unwrap();
        for (name, bytes, expected) in rows {
            assert_eq!(read_of(&tenant, &bytes).err(), expected, "{name}");
        }
    }
}
