//! The pause of the embedded ledger: a small file beside the journal, so that it outlasts a restart, and so that
//! it is begun and ended beside the worker that holds the ledger.

use super::Inner;
use crate::error::{Error, Kind, Result};
use crate::ledger::Pause;
use crate::ledger::journal::{sync_folder, wrong};
use jiff::Timestamp;
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// See the module. It needs no lock: the file is there whole or not at all.
pub struct PauseFile {
    folder: PathBuf,
}

impl PauseFile {
    /// `folder`: of the ledger.
    pub fn of(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// One that is on already stays as it is.
    pub fn begin(&self, by: &str, at: Timestamp) -> Result<()> {
        if self.read()?.is_some() {
            return Ok(());
        }
        let text = serde_json::to_vec(&Pause { by: by.to_owned(), since: at })
            .map_err(|error| Error::new(Kind::Internal, format!("a pause cannot be written: {error}")))?;
        let (place, temporary) = (self.place(), self.place().with_extension("new"));
        let written = File::create(&temporary)
            .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&temporary, &place));
        if let Err(error) = written {
            fs::remove_file(&temporary).ok();
            return Err(wrong("writing", &place, &error));
        }
        sync_folder(&self.folder)
    }

    pub fn end(&self) -> Result<()> {
        let place = self.place();
        match fs::remove_file(&place) {
            Ok(()) => sync_folder(&self.folder),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(wrong("removing", &place, &error)),
        }
    }

    pub fn read(&self) -> Result<Option<Pause>> {
        let place = self.place();
        match fs::read(&place) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|_| {
                Error::new(Kind::Storage, format!("{} is not a pause", place.display()))
                    .hint("remove the file to go on working")
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(wrong("reading", &place, &error)),
        }
    }

    fn place(&self) -> PathBuf {
        self.folder.join("pause")
    }
}

impl Inner {
    pub(super) fn pause(&self, by: &str) -> Result<()> {
        // One at a time, so that the first stays.
        let _desk = self.desk()?;
        PauseFile::of(&self.folder).begin(by, (self.clock)())
    }

    pub(super) fn resume(&self) -> Result<()> {
        PauseFile::of(&self.folder).end()
    }

    pub(super) fn paused(&self) -> Result<Option<Pause>> {
        PauseFile::of(&self.folder).read()
    }
}
