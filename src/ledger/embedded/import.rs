//! Taking in the entries of another ledger: into a new journal, which replaces the empty one whole or not at
//! all.

use super::Inner;
use crate::error::{Error, Kind, Result};
use crate::ledger::ImportLines;
use crate::ledger::alike::has_entries_already;
use crate::ledger::entry::Entry;
use crate::ledger::journal::{sync_folder, wrong};
use crate::ledger::line::{Chains, HEADER, fault};
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

impl Inner {
    pub(super) fn import(&self, lines: ImportLines) -> Result<u64> {
        let mut desk = self.desk()?;
        if !desk.chains.heads.is_empty() {
            return Err(has_entries_already());
        }
        let place = self.journal.path.with_extension("import");
        let copied = copy(lines, &place).and_then(|entries| {
            self.journal.replace(&place)?;
            sync_folder(&self.folder)?;
            Ok(entries)
        });
        if copied.is_err() {
            fs::remove_file(&place).ok();
        }
        desk.stale = true;
        drop(desk);
        let entries = copied?;
        self.quiet_desk().map(|_| entries)
    }
}

/// Writes a journal of these lines. Those that count together stay together.
fn copy(lines: ImportLines, place: &Path) -> Result<u64> {
    let failed = |error: std::io::Error| wrong("writing", place, &error);
    let mut file = BufWriter::new(File::create(place).map_err(failed)?);
    let mut chains = Chains::default();
    writeln!(file, "{HEADER}").map_err(failed)?;
    let mut entries = 0;
    for line in lines {
        let line = line?;
        if chains.lines == 0 && line == HEADER {
            chains.lines = 1;
            continue;
        }
        let (tenant, parts) = chains.check(line.as_bytes())?;
        Entry::read(parts.body).map_err(|error| {
            let number = chains.heads.get(&tenant).map_or(0, |head| head.number);
            fault(chains.lines, &format!("tenant {tenant}, entry {number}"), &error.text)
        })?;
        writeln!(file, "{line}").map_err(failed)?;
        entries += 1;
    }
    if chains.unfinished {
        return Err(fault(chains.lines, "", "lines that were written together end here unfinished"));
    }
    let file = file.into_inner().map_err(|error| Error::new(Kind::Storage, error.to_string()))?;
    file.sync_all().map_err(failed)?;
    Ok(entries)
}
