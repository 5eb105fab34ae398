//! The embedded index: one sled database that ledger and queue keep their trees in. It is never the truth:
//! it is rebuilt from the journal whenever it is missing, damaged or behind.
//!
//! In: a folder. Out: trees. Absent on purpose: any meaning of keys and values.

use crate::error::{Error, Kind, Result};
use std::path::Path;

#[derive(Debug, Clone)]
pub struct Index {
    db: sled::Db,
}

impl Index {
    /// Opens (and creates) the index in `folder`.
    pub fn open(folder: &Path) -> Result<Self> {
        let db = sled::open(folder)
            .map_err(|error| Error::new(Kind::Storage, format!("opening the index failed: {error}")))?;
        Ok(Self { db })
    }

    pub fn tree(&self, name: &str) -> Result<sled::Tree> {
        self.db
            .open_tree(name)
            .map_err(|error| Error::new(Kind::Storage, format!("opening index {name} failed: {error}")))
    }

    /// Returns when everything written before is on the disk.
    pub fn sync(&self) -> Result<()> {
        self.db
            .flush()
            .map(|_| ())
            .map_err(|error| Error::new(Kind::Storage, format!("writing the index failed: {error}")))
    }
}
