//! Offline verification: journal lines alone, no database, no index, no clock.
//!
//! In: the lines of a journal file or of an export. Out: how many entries, and the head of every tenant's
//! chain; or the exact place of the first fault. Absent on purpose: repairing. A journal cut off at its end
//! verifies; that is why heads are noted elsewhere and compared.

use super::entry::Entry;
use super::line::{Chains, HEADER, Head, fault};
use crate::error::{Error, Kind, Result};
use crate::job::Tenant;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// What a faultless ledger holds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verified {
    pub entries: u64,
    /// The newest entry of each tenant; its number is the count of the tenant's entries.
    pub heads: BTreeMap<Tenant, Head>,
}

/// A head as somebody noted it elsewhere, written `TENANT:NUMBER:HASH`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Noted {
    pub tenant: Tenant,
    pub head: Head,
}

impl FromStr for Noted {
    type Err = Error;

    fn from_str(text: &str) -> Result<Noted> {
        let wrong = || {
            Error::new(Kind::Usage, format!("{text:?} is not a noted head"))
                .hint("write TENANT:NUMBER:HASH, as `laufmappe ledger verify` prints tenant, number and head")
        };
        let parts: Vec<_> = text.split(':').collect();
        let &[tenant, number, hash] = parts.as_slice() else { return Err(wrong()) };
        let number = number.parse().ok().filter(|number| *number > 0).ok_or_else(wrong)?;
        let hash = hash.parse().map_err(|_| wrong())?;
        Ok(Noted { tenant: tenant.parse().map_err(|_| wrong())?, head: Head { number, hash } })
    }
}

impl fmt::Display for Noted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.tenant, self.head.number, self.head.hash)
    }
}

/// Checks every line, and that these heads stand in the chains: so a ledger that was cut off at its end, or
/// written anew, is found out.
pub fn verify_against(lines: impl Iterator<Item = String>, noted: &[Noted]) -> Result<Verified> {
    let verified = check(lines, noted)?;
    for Noted { tenant, head } in noted {
        let last = verified.heads.get(tenant).map_or(0, |last| last.number);
        if last < head.number {
            let text = format!(
                "tenant {tenant}, entry {} was noted, but the ledger ends with entry {last}: it was cut off",
                head.number
            );
            return Err(Error::new(Kind::Altered, text)
                .hint("keep this copy as it is and restore the ledger from its backup; nothing was changed"));
        }
    }
    Ok(verified)
}

/// Checks every line: hash, length, schema version, number and chain per tenant, and that the entry reads.
/// Lines are without their line feed; the header of a journal file is accepted as the first.
pub fn verify_lines(lines: impl Iterator<Item = String>) -> Result<Verified> {
    check(lines, &[])
}

fn check(lines: impl Iterator<Item = String>, noted: &[Noted]) -> Result<Verified> {
    let mut chains = Chains::default();
    let mut entries = 0;
    for line in lines {
        if chains.lines == 0 && line == HEADER {
            chains.lines = 1;
            continue;
        }
        let (tenant, parts) = chains.check(line.as_bytes())?;
        entries += 1;
        for Noted { head, .. } in noted.iter().filter(|noted| noted.tenant == tenant) {
            if chains.heads.get(&tenant).is_some_and(|now| now.number == head.number && now.hash != head.hash) {
                let place = format!("tenant {tenant}, entry {}", head.number);
                return Err(fault(chains.lines, &place, "it has another hash than was noted"));
            }
        }
        if let Err(error) = Entry::read(parts.body) {
            let number = chains.heads.get(&tenant).map_or(0, |head| head.number);
            return Err(fault(chains.lines, &format!("tenant {tenant}, entry {number}"), &error.text));
        }
    }
    if chains.unfinished {
        return Err(fault(chains.lines, "", "lines that were written together end here unfinished"));
    }
    Ok(Verified { entries, heads: chains.heads })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::{ContentHash, DocumentId};
    use crate::ledger::Event;
    use crate::ledger::line::{LARGEST_BODY, Sealed, line};
    use jiff::Timestamp;

    /// Three entries of `koeln` and two of `bonn`, interleaved.
    fn story() -> Vec<String> {
        let mut chains = Chains::default();
        let mut lines = vec![HEADER.to_owned()];
        for name in ["koeln", "bonn", "koeln", "bonn", "koeln"] {
            let tenant: Tenant = name.parse().unwrap();
            let sealed = next(&chains, &tenant, Event::Closed);
            chains.heads.insert(tenant, sealed.head());
            lines.push(sealed.line());
        }
        lines
    }

    fn next(chains: &Chains, tenant: &Tenant, event: Event) -> Sealed {
        let document: DocumentId = "d0123456789abcdef01234567".parse().unwrap();
        let at = Timestamp::from_microsecond(1_790_000_000_123_456).unwrap();
        Sealed::after(chains.heads.get(tenant), tenant, at, "test", document, event).unwrap()
    }

    fn first_fault(lines: Vec<String>) -> Error {
        verify_lines(lines.into_iter()).expect_err("a fault must be found")
    }

    #[test]
    fn answers_counts_and_heads() {
        let verified = verify_lines(story().into_iter()).unwrap();
        assert_eq!(verified.entries, 5);
        let numbers: Vec<_> = verified.heads.iter().map(|(t, head)| (t.as_str(), head.number)).collect();
        assert_eq!(numbers, [("bonn", 2), ("koeln", 3)]);
        assert_eq!(verify_lines(story().into_iter().skip(1)).unwrap(), verified);
        assert_eq!(verify_lines(std::iter::empty()).unwrap(), Verified::default());
    }

    #[test]
    fn names_the_place_of_the_first_fault() {
        type Spoil = fn(&mut Vec<String>);
        #[rustfmt::skip]
        let table: &[(&str, Spoil, &str)] = &[
            ("entry removed", |lines| drop(lines.remove(3)), "line 5, tenant koeln, entry 3: entry 2 was expected"),
            ("first entry removed", |lines| drop(lines.remove(1)), "line 3, tenant koeln, entry 2: entry 1 was"),
            ("entry doubled", |lines| { let l = lines[2].clone(); lines.insert(3, l); }, "line 4, tenant bonn, entry 1: entry 2"),
            ("entries swapped", |lines| lines.swap(1, 3), "line 2, tenant koeln, entry 2: entry 1 was"),
            ("body changed", |lines| lines[3] = lines[3].replace("test", "tost"), "line 4, tenant koeln, entry 2: the body does not have the hash"),
            ("body longer", |lines| lines[3].push(' '), "line 4, tenant koeln, entry 2: the body does not have the length"),
            ("length written otherwise", |lines| { let at = 65; lines[3].insert(at, '0'); }, "line 4, tenant koeln, entry 2: the body does not have the length"),
            ("hash changed", |lines| { let h = ContentHash::of(b"x").hex(); lines[3].replace_range(..64, &h); }, "line 4, tenant koeln, entry 2: the body does not have the hash"),
            ("mark changed", |lines| lines[3].replace_range(64..65, "#"), "line 4, tenant koeln, entry 2: the mark"),
            ("mark promises more", |lines| lines[5].replace_range(64..65, "<"), "line 6: lines that were written together end"),
            ("mark continues nothing", |lines| lines[3].replace_range(64..65, ">"), "line 4, tenant koeln, entry 2: lines that were"),
            ("rewritten with a new hash", |lines| lines[3] = resealed(&lines[3], "test", "tost"), "line 6, tenant koeln, entry 3: it does not name"),
            ("chain restarted", |lines| lines[3] = resealed(&lines[3], "\"number\":2", "\"number\":1"), "line 4, tenant koeln, entry 1: entry 2 was"),
            ("no entry at all", |lines| lines[2] = "Guten Tag".into(), "line 3: the line is too short"),
            ("empty line", |lines| lines[2].clear(), "line 3: the line is too short"),
            ("header in the middle", |lines| lines.insert(2, HEADER.into()), "line 3: the line is too short"),
            ("not an event", |lines| lines[5] = resealed(&lines[5], "closed", "clozed"), "line 6, tenant koeln, entry 3: the body is not"),
            ("tenant with a foreign name", |lines| lines[1] = resealed(&lines[1], "koeln", "../../x"), "line 2: the tenant has no valid name"),
        ];
        for (name, spoil, place) in table {
            let mut lines = story();
            spoil(&mut lines);
            let error = first_fault(lines);
            assert_eq!(error.kind, Kind::Altered, "{name}: {error}");
            assert!(error.text.contains(place), "{name}: {error}");
        }
    }

    #[test]
    fn every_single_changed_byte_is_found() {
        let lines = story();
        for (number, line) in lines.iter().enumerate().skip(1) {
            for place in 0..line.len() {
                let mut bytes = line.clone().into_bytes();
                bytes[place] ^= 1;
                let Ok(changed) = String::from_utf8(bytes) else { continue };
                let mut lines = lines.clone();
                lines[number] = changed;
                let error = first_fault(lines);
                assert!(error.text.contains(&format!("line {}", number + 1)), "byte {place}: {error}");
            }
        }
    }

    #[test]
    fn a_newer_schema_is_named_as_such() {
        let mut lines = story();
        lines[1] = resealed(&lines[1], "\"v\":3", "\"v\":7");
        let error = first_fault(lines);
        assert_eq!(error.kind, Kind::Version);
        assert!(error.text.contains("line 2, tenant koeln, entry 1"), "{error}");
        assert!(error.text.contains("schema version 7"), "{error}");
        assert!(error.hint.is_some());
    }

    #[test]
    fn a_body_has_one_form_only() {
        let tenant: Tenant = "koeln".parse().unwrap();
        let event = Event::Failed { kind: "crashed".into(), text: "Zeile\n\u{2028}\u{0}\"ä\"".into() };
        let sealed = next(&Chains::default(), &tenant, event);
        let start = "{\"v\":3,\"tenant\":\"koeln\",\"number\":1,\"previous\":null,\
             \"at\":\"2026-09-21T14:13:20.123456Z\",\"actor\":\"test\",\"document\":\"d0123456789abcdef01234567\",\
             \"event\":{\"what\":\"failed\",\"kind\":\"crashed\",\"text\":";
        assert!(sealed.body.starts_with(start), "{}", sealed.body);
        assert!(!sealed.body.contains('\n') && !sealed.body.contains('\0'));
        let read = Entry::read(&sealed.body).unwrap();
        assert_eq!(read, sealed.entry);
        assert_eq!(serde_json::to_string(&read).unwrap(), sealed.body);
    }

    #[test]
    fn an_entry_beyond_all_measure_is_refused() {
        let tenant: Tenant = "koeln".parse().unwrap();
        let event = Event::Failed { kind: "crashed".into(), text: "x".repeat(LARGEST_BODY) };
        let document: DocumentId = "d0123456789abcdef01234567".parse().unwrap();
        let refused = Sealed::after(None, &tenant, Timestamp::UNIX_EPOCH, "test", document, event);
        assert_eq!(refused.map(|_| ()).map_err(|error| error.kind), Err(Kind::TooLarge));
    }

    fn resealed(old: &str, from: &str, to: &str) -> String {
        let body = old.split_once('{').map(|(_, rest)| format!("{{{rest}")).unwrap().replacen(from, to, 1);
        line(&ContentHash::of(body.as_bytes()), &body)
    }
}
