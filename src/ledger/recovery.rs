//! Reading the journal at start: every line is checked, a tail that was never confirmed is cut off.
//!
//! In: the journal file and how far the index already knows it. Out: the entries beyond, in groups that count
//! together; where the journal really ends. Absent on purpose: the index itself, and any guess about damage:
//! what a cut write cannot explain is reported and left as it is.

use super::entry::Entry;
use super::journal::{Journal, Line, Lines, Span, sync_folder, wrong};
use super::line::{Chains, HEADER, Parts, fault};
use crate::error::{Error, Kind, Result};
use crate::job::ContentHash;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// An entry and where it lies.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    pub entry: Entry,
    pub hash: ContentHash,
    pub span: Span,
}

/// How far the journal is sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sound {
    pub length: u64,
    /// The group that is incomplete began before the place where reading started.
    pub began_earlier: bool,
}

/// Entries are handed over in chunks of about this many.
const CHUNK: usize = 512;
/// What can be on its way to the disk at once; more than this at the end is no torn write.
const LARGEST_TAIL: u64 = 256 << 20;
/// A write that did not reach the disk reads as zeros; a flipped byte does not make this many.
const HOLE: [u8; 16] = [0; 16];

/// Checks the header and answers where the first entry begins.
pub(super) fn header(path: &Path, length: u64) -> Result<u64> {
    let first = Lines::between(path, 0, length)?.next().transpose()?;
    match first {
        Some(line) if line.whole && line.bytes == HEADER.as_bytes() => Ok(line.span.end()),
        Some(line) if line.bytes.starts_with(b"laufmappe-journal ") && line.whole => {
            let text = format!("{} has a format this program does not know", path.display());
            Err(Error::new(Kind::Version, text).hint("use the program version that wrote it, or a newer one"))
        }
        _ => Err(fault(1, "", "this is not the header of a journal")),
    }
}

/// Reads from `start`, where `chains` stand, to the sound end. `take` gets the entries of complete groups and
/// the chains after them.
pub(super) fn replay(
    journal: &Path,
    (start, length): (u64, u64),
    chains: &mut Chains,
    mut take: impl FnMut(&[Placed], &Chains) -> Result<()>,
) -> Result<Sound> {
    let mut sound = Sound { length: start, began_earlier: chains.unfinished };
    let mut chunk = Vec::new();
    let mut group = Vec::new();
    let mut ahead = chains.clone();
    for line in Lines::between(journal, start, length)? {
        let line = line?;
        match placed(&mut ahead, &line) {
            Ok(placed) => group.push(placed),
            Err(error) if error.kind == Kind::Altered && is_torn(journal, line.span.start, length)? => break,
            Err(error) => return Err(error),
        }
        if ahead.unfinished {
            continue;
        }
        chunk.append(&mut group);
        sound = Sound { length: line.span.end(), began_earlier: false };
        chains.clone_from(&ahead);
        if chunk.len() >= CHUNK {
            take(&chunk, chains)?;
            chunk.clear();
        }
    }
    take(&chunk, chains)?;
    Ok(sound)
}

fn placed(chains: &mut Chains, line: &Line) -> Result<Placed> {
    let (tenant, parts) = chains.check(&line.bytes)?;
    let number = chains.heads.get(&tenant).map_or(0, |head| head.number);
    let place = format!("tenant {tenant}, entry {number}");
    if !line.whole {
        return Err(fault(chains.lines, &place, "the line does not end"));
    }
    let entry = Entry::read(parts.body).map_err(|error| fault(chains.lines, &place, &error.text))?;
    Ok(Placed { entry, hash: parts.hash, span: line.span })
}

/// Checks lines whose entries the index knows already: hashes and chains, without reading the events.
pub(super) fn check(journal: &Path, (start, length): (u64, u64)) -> Result<Chains> {
    let mut chains = Chains { lines: 1, ..Chains::default() };
    for line in Lines::between(journal, start, length)? {
        chains.check(&line?.bytes)?;
    }
    Ok(chains)
}

/// Is everything from `start` on a write that was cut off before it was confirmed?
///
/// Yes, when the file ends inside a line; or when parts of the write never reached the disk (they read as
/// zeros) and nothing behind them was written later. Anything else may have been confirmed once.
fn is_torn(journal: &Path, start: u64, length: u64) -> Result<bool> {
    if length - start > LARGEST_TAIL {
        return Ok(false);
    }
    let mut rest = Vec::new();
    let mut file = File::open(journal)?;
    file.seek(SeekFrom::Start(start))?;
    file.take(length - start).read_to_end(&mut rest)?;

    let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
        return Ok(!goes_on_behind_its_body(&rest));
    };
    let has_hole = rest.windows(HOLE.len()).any(|bytes| bytes == HOLE);
    let mut later = rest[end + 1..].split(|byte| *byte == b'\n');
    Ok(has_hole && !later.any(|line| Parts::of(line).is_ok_and(|parts| parts.mark.begins())))
}

/// The body is there in its whole length, and what follows is something else than the line feed.
fn goes_on_behind_its_body(line: &[u8]) -> bool {
    let head: Vec<u8> = line.iter().copied().take(80).collect();
    let text = String::from_utf8_lossy(&head);
    let Some((length, _)) = text.get(65..).and_then(|rest| rest.split_once(' ')) else { return false };
    let Ok(number) = length.parse::<usize>() else { return false };
    let behind = 65 + length.len() + 1 + number;
    line.get(behind).is_some_and(|byte| *byte != 0)
}

/// Cuts the journal at `sound` and keeps what was behind. Answers what was done, for people.
pub(super) fn cut(journal: &Journal, sound: u64, length: u64) -> Result<String> {
    let aside = free_name(&journal.path);
    let copied = File::open(&journal.path).and_then(|mut from| {
        from.seek(SeekFrom::Start(sound))?;
        let mut to = File::create_new(&aside)?;
        std::io::copy(&mut from.take(length - sound), &mut to)?;
        to.sync_all()
    });
    copied.map_err(|error| wrong("keeping the torn end as", &aside, &error))?;
    sync_folder(aside.parent().unwrap_or(Path::new(".")))?;
    journal.set_length(sound)?;
    Ok(format!(
        "the journal ended in {} bytes that were never confirmed to anybody; they were cut off and kept in {}",
        length - sound,
        aside.display()
    ))
}

fn free_name(journal: &Path) -> PathBuf {
    let mut number = 1;
    loop {
        let name = journal.with_file_name(format!("journal.torn-{number}"));
        if !name.exists() {
            return name;
        }
        number += 1;
    }
}
