//! The journal file of the embedded ledger: lines are appended, and durable before anybody is answered.
//!
//! In: sealed entries. Out: where they lie, and a ticket that is good once they are on the disk; whoever waits
//! first writes for all who came meanwhile (group commit). Absent on purpose: reading at start and repairing
//! (`recovery.rs`), the meaning of entries.

use super::line::{HEADER, LARGEST_LINE, MARK_PLACE, Mark, Parts, Sealed};
use crate::error::{Error, Kind, Result};
use crate::index::room;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};

/// So much room (bytes) must be free before anything is appended.
const RESERVE: u64 = 4 << 20;

/// Where a line lies in the file; its line feed counts as part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Span {
    pub start: u64,
    pub length: u32,
}

impl Span {
    pub fn end(self) -> u64 {
        self.start + u64::from(self.length)
    }
}

#[derive(Debug)]
pub(super) struct Journal {
    pub path: PathBuf,
    file: RwLock<Arc<File>>,
    flow: Mutex<Flow>,
    written: Condvar,
}

/// What is on its way to the disk.
#[derive(Debug, Default)]
struct Flow {
    pending: Vec<u8>,
    /// Places of the marks in `pending`; they are set when it is known what is written together.
    marks: Vec<usize>,
    appended: u64,
    durable: u64,
    writing: bool,
    /// The durable lengths at which lines that could not be written were forgotten: a ticket of such an epoch
    /// is good up to there and void beyond, whatever is written later.
    epochs: Vec<u64>,
    failure: Option<Failure>,
}

#[derive(Debug, Clone)]
struct Failure {
    error: Error,
    /// The file is back at its durable length, so we may go on.
    curable: bool,
}

/// Good when everything up to `position` is durable.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ticket {
    epoch: usize,
    position: u64,
}

impl Journal {
    /// Opens the file, which may still hold a torn tail: see `set_length` and `start_at`.
    pub fn open(path: &Path) -> Result<Journal> {
        let file = RwLock::new(Arc::new(open(path)?));
        Ok(Journal { path: path.to_owned(), file, flow: Mutex::default(), written: Condvar::new() })
    }

    /// Another file takes the place of this one, which holds no entry.
    pub fn replace(&self, other: &Path) -> Result<()> {
        let file = open(other)?;
        std::fs::rename(other, &self.path).map_err(|error| wrong("replacing", &self.path, &error))?;
        *self.file.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(file);
        Ok(())
    }

    fn file(&self) -> Arc<File> {
        Arc::clone(&self.file.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Puts an empty journal in place, whole or not at all.
    pub fn create(path: &Path) -> Result<()> {
        let temporary = path.with_extension("new");
        let made = File::create(&temporary)
            .and_then(|mut file| {
                file.write_all(format!("{HEADER}\n").as_bytes()).and_then(|()| file.sync_all())
            })
            .and_then(|()| std::fs::rename(&temporary, path));
        made.map_err(|error| wrong("creating", path, &error))?;
        sync_folder(path.parent().unwrap_or(Path::new(".")))
    }

    pub fn length(&self) -> Result<u64> {
        self.file().metadata().map(|found| found.len()).map_err(|error| wrong("reading", &self.path, &error))
    }

    pub fn durable(&self) -> u64 {
        self.flow().durable
    }

    /// Cuts the file; durable when it returns.
    pub fn set_length(&self, length: u64) -> Result<()> {
        let file = self.file();
        file.set_len(length)
            .and_then(|()| file.sync_all())
            .map_err(|error| wrong("cutting", &self.path, &error))
    }

    /// From here on lines are appended at `length`.
    pub fn start_at(&self, length: u64) {
        let mut flow = self.flow();
        (flow.appended, flow.durable) = (length, length);
    }

    /// Takes lines that count together or not at all; they are durable when the ticket is.
    pub fn append(&self, entries: &[Sealed]) -> Result<(Vec<Span>, Ticket)> {
        let mut flow = self.flow();
        if let Some(failure) = &flow.failure {
            return Err(failure.error.clone());
        }
        self.has_room(flow.pending.len())?;
        let mut spans = Vec::with_capacity(entries.len());
        for sealed in entries {
            let line = sealed.line();
            let mark = flow.pending.len() + MARK_PLACE;
            flow.marks.push(mark);
            flow.pending.extend_from_slice(line.as_bytes());
            flow.pending.push(b'\n');
            // A line is at most LARGEST_LINE bytes, far below 4 GiB.
            let length = line.len() as u32 + 1;
            spans.push(Span { start: flow.appended, length });
            flow.appended += u64::from(length);
        }
        let ticket = Ticket { epoch: flow.epochs.len(), position: flow.appended };
        Ok((spans, ticket))
    }

    /// Nothing is taken that would only fail later, after the index has followed; and some room is left for
    /// the index.
    fn has_room(&self, pending: usize) -> Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        match room(folder) {
            Some(free) if free < RESERVE + pending as u64 => {
                let text = format!("only {free} bytes are free for {}", self.path.display());
                Err(Error::new(Kind::Full, text)
                    .hint("make room in the data folder; it goes on by itself then"))
            }
            _ => Ok(()),
        }
    }

    /// A ticket for everything appended so far.
    pub fn ticket(&self) -> Ticket {
        let flow = self.flow();
        Ticket { epoch: flow.epochs.len(), position: flow.appended }
    }

    /// Returns when the ticket is good. The first to wait writes and syncs for all.
    pub fn wait(&self, ticket: Ticket) -> Result<()> {
        let mut flow = self.flow();
        loop {
            let past = flow.epochs.get(ticket.epoch);
            if *past.unwrap_or(&flow.durable) >= ticket.position {
                return Ok(());
            }
            if let Some(failure) = &flow.failure {
                return Err(failure.error.clone());
            }
            if past.is_some() {
                return Err(lost(&self.path));
            }
            if flow.writing {
                flow = self.written.wait(flow).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            flow = self.write(flow);
        }
    }

    fn write<'a>(&'a self, mut flow: MutexGuard<'a, Flow>) -> MutexGuard<'a, Flow> {
        let mut bytes = std::mem::take(&mut flow.pending);
        set_marks(&mut bytes, &std::mem::take(&mut flow.marks));
        let start = flow.durable;
        flow.writing = true;
        drop(flow);

        let file = self.file();
        let failure = match file.write_all_at(&bytes, start) {
            Ok(()) => file.sync_data().err().map(|error| {
                let error = wrong("syncing", &self.path, &error);
                // After a failed sync nobody knows what the disk holds; only a restart reads it afresh. Unless
                // there was no room: then it holds what it held before, once the file has that length again.
                let curable = error.kind == Kind::Full && self.set_length(start).is_ok();
                Failure { error, curable }
            }),
            Err(error) => Some(Failure {
                error: wrong("writing", &self.path, &error),
                curable: self.set_length(start).is_ok(),
            }),
        };

        let mut flow = self.flow();
        flow.writing = false;
        match failure {
            None => flow.durable = start + bytes.len() as u64,
            Some(failure) => flow.failure = Some(failure),
        }
        self.written.notify_all();
        flow
    }

    /// Is the way to the disk free? Answers `true` when lines had to be forgotten, so that whatever was
    /// derived from them must be derived again.
    pub fn heal(&self) -> Result<bool> {
        let mut flow = self.flow();
        match flow.failure.take() {
            None => Ok(false),
            Some(failure) if failure.curable => {
                flow.pending.clear();
                flow.marks.clear();
                flow.appended = flow.durable;
                let durable = flow.durable;
                flow.epochs.push(durable);
                Ok(true)
            }
            Some(failure) => {
                let error = failure.error.clone();
                flow.failure = Some(failure);
                Err(error)
            }
        }
    }

    /// From now on everybody gets this error.
    pub fn stop(&self, error: Error) {
        self.flow().failure = Some(Failure { error, curable: false });
        self.written.notify_all();
    }

    /// As if the disk had been full when somebody waited next.
    #[cfg(test)]
    pub fn fill_the_disk(&self) {
        let error = Error::new(Kind::Full, "no space left");
        self.flow().failure = Some(Failure { error, curable: true });
    }

    /// One durable line without its line feed, compared with its hash.
    pub fn read(&self, span: Span) -> Result<Vec<u8>> {
        let mut line = vec![0; span.length as usize];
        self.file().read_exact_at(&mut line, span.start).map_err(|e| wrong("reading", &self.path, &e))?;
        line.pop();
        match Parts::of(&line) {
            Ok(_) => Ok(line),
            Err(what) => Err(self.altered_at(span.start, what)),
        }
    }

    fn altered_at(&self, start: u64, what: &str) -> Error {
        let before = Lines::between(&self.path, 0, start).map(|lines| lines.count() as u64);
        super::line::fault(before.unwrap_or(0) + 1, "", what)
    }

    fn flow(&self) -> MutexGuard<'_, Flow> {
        self.flow.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn open(path: &Path) -> Result<File> {
    OpenOptions::new().read(true).write(true).open(path).map_err(|error| wrong("opening", path, &error))
}

fn set_marks(bytes: &mut [u8], places: &[usize]) {
    for (number, place) in places.iter().enumerate() {
        let mark = match (number == 0, number + 1 == places.len()) {
            (true, true) => Mark::Alone,
            (true, false) => Mark::First,
            (false, false) => Mark::Middle,
            (false, true) => Mark::Last,
        };
        bytes[*place] = mark.letter() as u8;
    }
}

/// The lines of a file from one place to another, with where they lie. A line that never ends is cut off at
/// the largest length a line may have.
#[derive(Debug)]
pub(super) struct Lines {
    file: BufReader<File>,
    place: u64,
    end: u64,
}

/// A line without its line feed.
#[derive(Debug)]
pub(super) struct Line {
    pub bytes: Vec<u8>,
    pub span: Span,
    /// It ends with a line feed.
    pub whole: bool,
}

impl Lines {
    pub fn between(path: &Path, start: u64, end: u64) -> Result<Lines> {
        let mut file = File::open(path).map_err(|error| wrong("opening", path, &error))?;
        file.seek(SeekFrom::Start(start)).map_err(|error| wrong("reading", path, &error))?;
        Ok(Lines { file: BufReader::with_capacity(1 << 18, file), place: start, end })
    }

    fn read(&mut self) -> std::io::Result<Line> {
        let most = (self.end - self.place).min(LARGEST_LINE as u64);
        let mut bytes = Vec::new();
        let length = self.file.by_ref().take(most).read_until(b'\n', &mut bytes)? as u32;
        let span = Span { start: self.place, length };
        self.place = if length == 0 { self.end } else { span.end() };
        let whole = bytes.pop_if(|last| *last == b'\n').is_some();
        Ok(Line { bytes, span, whole })
    }
}

impl Iterator for Lines {
    type Item = Result<Line>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.place >= self.end {
            return None;
        }
        let line = self.read().map_err(Error::from);
        if line.is_err() {
            self.place = self.end;
        }
        Some(line)
    }
}

/// Waits until a folder's names are on the disk.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|error| wrong("syncing", folder, &error))
}

pub(super) fn wrong(doing: &str, path: &Path, error: &std::io::Error) -> Error {
    let kind = Kind::of_io(error);
    let hint = match kind {
        Kind::Full => "make room in the data folder; it goes on by itself then",
        _ => "check permissions and health of the disk of the data folder, then start again",
    };
    Error::new(kind, format!("{doing} {} failed: {error}", path.display())).hint(hint)
}

fn lost(path: &Path) -> Error {
    Error::new(Kind::Full, format!("an entry could not be written to {}", path.display()))
        .hint("nothing was noted; check free space of the data folder")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Event;
    use jiff::Timestamp;

    fn entry(number: u32) -> Sealed {
        let tenant = "koeln".parse().unwrap();
        let document = format!("d{number:024x}").parse().unwrap();
        Sealed::after(None, &tenant, Timestamp::UNIX_EPOCH, "test", document, Event::Closed).unwrap()
    }

    fn journal(folder: &Path) -> Journal {
        let path = folder.join("journal");
        Journal::create(&path).unwrap();
        let journal = Journal::open(&path).unwrap();
        journal.start_at(journal.length().unwrap());
        journal
    }

    #[test]
    fn what_waited_together_is_marked_as_one() {
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path());
        let mut tickets = Vec::new();
        for number in 1..=4 {
            tickets.push(journal.append(&[entry(number)]).unwrap().1);
        }
        journal.wait(tickets[1]).unwrap();
        let (spans, ticket) = journal.append(&[entry(5)]).unwrap();
        journal.wait(ticket).unwrap();
        let mut marks = String::new();
        for line in Lines::between(&journal.path, 20, journal.length().unwrap()).unwrap() {
            marks.push(char::from(line.unwrap().bytes[MARK_PLACE]));
        }
        assert_eq!(marks, "<&&> ");
        assert!(journal.read(spans[0]).unwrap().starts_with(entry(5).hash.hex().as_bytes()));
    }

    #[test]
    fn a_full_disk_voids_what_was_not_written_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let journal = journal(folder.path());
        let (_, written) = journal.append(&[entry(1)]).unwrap();
        journal.wait(written).unwrap();
        let (lost_span, lost) = journal.append(&[entry(2)]).unwrap();
        journal.fill_the_disk();
        assert_eq!(journal.wait(lost).map_err(|error| error.kind), Err(Kind::Full));
        assert!(journal.append(&[entry(3)]).is_err());
        assert!(journal.heal().unwrap());
        assert!(!journal.heal().unwrap());

        let (span, later) = journal.append(&[entry(3)]).unwrap();
        journal.wait(later).unwrap();
        assert_eq!(span, lost_span);
        // The place is durable now, but with another entry: the old tickets know what is theirs.
        assert!(journal.wait(lost).is_err());
        assert!(journal.wait(written).is_ok());
    }

    #[test]
    fn a_disk_that_fails_stops_the_journal_for_good() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal");
        Journal::create(&path).unwrap();
        let file = File::open(&path).unwrap();
        let file = RwLock::new(Arc::new(file));
        let journal = Journal { path, file, flow: Mutex::default(), written: Condvar::new() };
        let (_, ticket) = journal.append(&[entry(1)]).unwrap();
        assert!(journal.wait(ticket).is_err());
        assert!(journal.heal().is_err());
        assert!(journal.append(&[entry(2)]).is_err());
    }
}
