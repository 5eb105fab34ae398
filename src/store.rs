//! The content store: originals bit for bit under their SHA-256, and renditions the same way.
//!
//! In: bytes. Out: their hash; later the same bytes, compared by hash. Absent on purpose: names, tenants,
//! deletion. A folder today; the interface is what an object store can do too.

use crate::error::{Error, Kind, Result};
use crate::job::ContentHash;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Clone)]
pub struct Store {
    root: PathBuf,
}

static NEXT_TEMPORARY: AtomicU64 = AtomicU64::new(0);

impl Store {
    /// Opens (and creates) the folder.
    pub fn open(root: &Path) -> Result<Self> {
        fs::create_dir_all(root).map_err(|e| wrong(root, "creating", &e))?;
        sync_folder(root)?;
        Ok(Self { root: root.to_owned() })
    }

    /// Keeps bytes; durable when it returns. Keeping the same bytes twice is the same as once.
    pub fn put(&self, bytes: &[u8]) -> Result<ContentHash> {
        let hash = ContentHash::of(bytes);
        let place = self.place(&hash);
        if fs::metadata(&place).is_ok_and(|found| found.len() == bytes.len() as u64) {
            return Ok(hash);
        }
        let folder = self.folder(&hash);
        fs::create_dir_all(&folder).map_err(|e| wrong(&folder, "creating", &e))?;
        let number = NEXT_TEMPORARY.fetch_add(1, Ordering::Relaxed);
        let temporary = folder.join(format!(".{}.{number}.part", std::process::id()));
        let written = write_synced(&temporary, bytes).and_then(|()| fs::rename(&temporary, &place));
        if let Err(error) = written {
            fs::remove_file(&temporary).ok();
            return Err(wrong(&place, "writing", &error));
        }
        sync_folder(&folder)?;
        if let Some(parent) = folder.parent() {
            sync_folder(parent)?;
        }
        sync_folder(&self.root)?;
        Ok(hash)
    }

    /// The bytes under a hash, compared with it.
    pub fn get(&self, hash: &ContentHash) -> Result<Vec<u8>> {
        let place = self.place(hash);
        let mut bytes = Vec::new();
        File::open(&place).and_then(|mut file| file.read_to_end(&mut bytes)).map_err(|error| {
            match error.kind() {
                std::io::ErrorKind::NotFound => {
                    Error::new(Kind::ContentAltered, format!("content {hash} is missing from the store"))
                        .hint("restore the content folder from its backup; nothing was filed")
                }
                _ => wrong(&place, "reading", &error),
            }
        })?;
        if ContentHash::of(&bytes) != *hash {
            return Err(Error::new(Kind::ContentAltered, format!("content {hash} was altered in the store"))
                .hint("restore this file from the backup; nothing was filed"));
        }
        Ok(bytes)
    }

    pub fn has(&self, hash: &ContentHash) -> bool {
        self.place(hash).is_file()
    }

    fn folder(&self, hash: &ContentHash) -> PathBuf {
        let hex = hash.hex();
        self.root.join(&hex[..2]).join(&hex[2..4])
    }

    fn place(&self, hash: &ContentHash) -> PathBuf {
        self.folder(hash).join(hash.hex())
    }
}

fn write_synced(place: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut file = File::create(place)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_folder(folder: &Path) -> Result<()> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(|e| wrong(folder, "syncing", &e))
}

fn wrong(place: &Path, doing: &str, error: &std::io::Error) -> Error {
    Error::new(Kind::of_io(error), format!("{doing} {} failed: {error}", place.display()))
        .hint("check free space and permissions of the data folder")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_back_what_it_was_given_and_notices_a_change() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let store = Store::open(folder.path())?;
        let hash = store.put(b"Rechnung")?;
        assert_eq!(store.put(b"Rechnung")?, hash);
        assert_eq!(store.get(&hash)?, b"Rechnung");
        fs::write(store.place(&hash), b"rechnung")?;
        assert_eq!(store.get(&hash).map_err(|e| e.kind), Err(Kind::ContentAltered));
        assert_eq!(store.get(&ContentHash::of(b"nie gesehen")).map_err(|e| e.kind), Err(Kind::ContentAltered));
        Ok(())
    }
}
