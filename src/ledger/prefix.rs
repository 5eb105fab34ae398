//! Reading a journal beside the process that writes it: it only ever grows, so its front is good for a backup.
//!
//! In: a journal file. Out: the entries of each tenant, as an export gives them, up to the last that is complete.
//! Absent on purpose: locks, the index, repairing.

use super::entry::Entry;
use super::journal::Lines;
use super::line::{Chains, Parts, line};
use super::recovery;
use crate::error::{Error, Kind, Result};
use crate::job::Tenant;
use std::collections::BTreeMap;
use std::path::Path;

/// Checks hashes and chains. Lines that count together only are there together or not at all.
pub fn chains_of_journal(path: &Path) -> Result<BTreeMap<Tenant, Vec<String>>> {
    let length = std::fs::metadata(path).map_err(|error| super::journal::wrong("reading", path, &error))?.len();
    let start = recovery::header(path, length)?;
    let mut chains = Chains { lines: 1, ..Chains::default() };
    let (mut complete, mut group) = (BTreeMap::<Tenant, Vec<String>>::new(), Vec::new());
    for found in Lines::between(path, start, length)? {
        let found = found?;
        if !found.whole {
            break;
        }
        let (tenant, parts) = chains.check(&found.bytes)?;
        group.push((tenant, line(&parts.hash, parts.body)));
        if chains.unfinished {
            continue;
        }
        for (tenant, line) in group.drain(..) {
            complete.entry(tenant).or_default().push(line);
        }
    }
    Ok(complete)
}

/// The entry of a journal line that was checked before.
pub fn entry_of_line(line: &str) -> Result<Entry> {
    let parts = Parts::of(line.as_bytes()).map_err(|what| Error::new(Kind::Altered, what))?;
    Entry::read(parts.body)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Event;
    use crate::ledger::line::{HEADER, Sealed};
    use jiff::Timestamp;

    #[test]
    fn what_is_not_complete_is_left_out_and_what_is_altered_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        let tenant: Tenant = "koeln".parse().unwrap();
        let document: crate::job::DocumentId = "d0123456789abcdef01234567".parse().unwrap();
        let mut head = None;
        let mut lines = Vec::new();
        for _ in 0..3 {
            let at = Timestamp::UNIX_EPOCH;
            let sealed = Sealed::after(head.as_ref(), &tenant, at, "test", document.clone(), Event::Closed);
            let sealed = sealed.unwrap();
            head = Some(sealed.head());
            lines.push(sealed.line());
        }
        let count = |text: String| {
            std::fs::write(&path, text).unwrap();
            chains_of_journal(&path).map(|chains| chains.get(&tenant).map_or(0, Vec::len))
        };
        let whole = format!("{HEADER}\n{}\n{}\n{}\n", lines[0], lines[1], lines[2]);
        assert_eq!(count(whole.clone()).unwrap(), 3);
        assert_eq!(count(whole[..whole.len() - 1].to_owned()).unwrap(), 2, "the last line does not end yet");
        assert_eq!(count(format!("{HEADER}\n")).unwrap(), 0);
        let mut begun = lines.clone();
        begun[1].replace_range(64..65, "<");
        begun[2].replace_range(64..65, "&");
        assert_eq!(count(format!("{HEADER}\n{}\n{}\n{}\n", begun[0], begun[1], begun[2])).unwrap(), 1);
        let altered = whole.replace("closed", "clozed");
        assert_eq!(count(altered).map_err(|error| error.kind), Err(Kind::Altered));
        assert_eq!(entry_of_line(&lines[0]).unwrap().number, 1);
    }
}
