//! The pause of the embedded ledger: a small file beside the journal, so that it outlasts a restart.

use super::Inner;
use crate::error::{Error, Kind, Result};
use crate::ledger::Pause;
use crate::ledger::journal::{sync_folder, wrong};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;

impl Inner {
    pub(super) fn pause(&self, by: String) -> Result<()> {
        // One at a time, so that the first stays.
        let _desk = self.desk()?;
        if self.paused()?.is_some() {
            return Ok(());
        }
        let pause = Pause { by, since: (self.clock)() };
        let text = serde_json::to_vec(&pause)
            .map_err(|error| Error::new(Kind::Internal, format!("a pause cannot be written: {error}")))?;
        let (place, temporary) = (self.pause_file(), self.pause_file().with_extension("new"));
        let written = File::create(&temporary)
            .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&temporary, &place));
        if let Err(error) = written {
            fs::remove_file(&temporary).ok();
            return Err(wrong("writing", &place, &error));
        }
        sync_folder(&self.folder)
    }

    pub(super) fn resume(&self) -> Result<()> {
        let place = self.pause_file();
        match fs::remove_file(&place) {
            Ok(()) => sync_folder(&self.folder),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(wrong("removing", &place, &error)),
        }
    }

    pub(super) fn paused(&self) -> Result<Option<Pause>> {
        let place = self.pause_file();
        match fs::read(&place) {
            Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|_| {
                Error::new(Kind::Storage, format!("{} is not a pause", place.display()))
                    .hint("remove the file to go on working")
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(wrong("reading", &place, &error)),
        }
    }

    fn pause_file(&self) -> PathBuf {
        self.folder.join("pause")
    }
}
