//! The embedded index: one sled database that ledger and queue keep their trees in. It is never the truth:
//! it is rebuilt from the journal whenever it is missing, damaged or behind.
//!
//! In: a folder. Out: trees. Absent on purpose: any meaning of keys and values.

use crate::error::{Error, Kind, Result};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

#[derive(Debug, Clone)]
pub struct Index {
    db: sled::Db,
    kept: Arc<Kept>,
}

#[derive(Debug)]
struct Kept {
    /// sled's flush does not reach the disk of its own accord; we sync its file ourselves.
    file: File,
    repaired: Option<String>,
    _lock: File,
}

/// Bytes of pages sled keeps in memory.
const CACHE: u64 = 64 << 20;
/// How often, and how long each time, we wait for sled to let go of its file.
const CLOSING: u32 = 500;
const MOMENT: Duration = Duration::from_millis(10);

impl Index {
    /// Opens (and creates) the index in `folder`. A damaged one is moved aside and an empty one takes its
    /// place: see [`Index::repaired`]. Whoever keeps trees here fills them again from the journal.
    pub fn open(folder: &Path) -> Result<Self> {
        let lock = own_folder(folder, &beside(folder, ".lock"))?;
        let (db, repaired) = match sound(folder) {
            Ok(db) => (db, None),
            Err(Trouble::Outside(error)) => return Err(error),
            Err(Trouble::Damage(what)) => {
                let aside = move_aside(folder)?;
                let text = format!("the index was damaged ({what}); it lies in {} now", aside.display());
                let db = sound(folder).map_err(|trouble| trouble.error(folder))?;
                (db, Some(text))
            }
        };
        sync_creation(folder)?;
        let file = File::open(folder.join("db"))?;
        Ok(Self { db, kept: Arc::new(Kept { file, repaired, _lock: lock }) })
    }

    /// What was wrong with the index when it was opened, for people.
    pub fn repaired(&self) -> Option<String> {
        self.kept.repaired.clone()
    }

    pub fn tree(&self, name: &str) -> Result<sled::Tree> {
        self.db
            .open_tree(name)
            .map_err(|error| Error::new(Kind::Storage, format!("opening index {name} failed: {error}")))
    }

    /// Returns when everything written before is on the disk. Blocks: not for async code.
    pub fn sync(&self) -> Result<()> {
        let wrong = |error: String| Error::new(Kind::Storage, format!("writing the index failed: {error}"));
        self.db.flush().map_err(|error| wrong(error.to_string()))?;
        self.kept.file.sync_all().map_err(|error| wrong(error.to_string()))
    }
}

/// Makes sure that one process alone works in `folder`, as long as the answer lives.
pub(crate) fn own_folder(folder: &Path, lock: &Path) -> Result<File> {
    let wrong = |error: std::io::Error| {
        Error::new(Kind::Storage, format!("the folder {} cannot be used: {error}", folder.display()))
            .hint("check that it exists and belongs to the user who runs laufmappe")
    };
    fs::create_dir_all(lock.parent().unwrap_or(folder)).map_err(wrong)?;
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(lock).map_err(wrong)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::Error(error)) => Err(wrong(error)),
        Err(TryLockError::WouldBlock) => Err(owned_already(folder)),
    }
}

fn owned_already(folder: &Path) -> Error {
    Error::new(Kind::Usage, format!("another laufmappe works in {}", folder.display()))
        .hint("stop the other one first, or name another data folder")
}

enum Trouble {
    /// Disk, permissions: the index itself may be well.
    Outside(Error),
    Damage(String),
}

impl Trouble {
    fn error(self, folder: &Path) -> Error {
        match self {
            Trouble::Outside(error) => error,
            Trouble::Damage(what) => failed(folder, &what),
        }
    }
}

fn failed(folder: &Path, what: &str) -> Error {
    Error::new(Kind::Storage, format!("opening the index in {} failed: {what}", folder.display()))
        .hint("check free space and permissions of the data folder")
}

/// Opens and reads everything once: sled finds damage when it reads, by an error or by a panic.
fn sound(folder: &Path) -> std::result::Result<sled::Db, Trouble> {
    let opened = catch_unwind(AssertUnwindSafe(|| {
        let db = opened(folder)?;
        for name in db.tree_names() {
            for found in &db.open_tree(name)? {
                found?;
            }
        }
        Ok(db)
    }));
    match opened {
        Ok(Ok(db)) => Ok(db),
        Ok(Err(sled::Error::Io(error))) if is_held(&error) => Err(Trouble::Outside(owned_already(folder))),
        Ok(Err(sled::Error::Io(error))) if is_outside(&error) => {
            Err(Trouble::Outside(failed(folder, &error.to_string())))
        }
        Ok(Err(error)) => Err(Trouble::Damage(error.to_string())),
        Err(_panic) => Err(Trouble::Damage("it makes no sense".into())),
    }
}

/// Our own lock is held, so a lock on sled's file is what its background thread has not let go yet after an
/// earlier close in this process: it does so in a moment.
fn opened(folder: &Path) -> sled::Result<sled::Db> {
    let config = sled::Config::new().path(folder).cache_capacity(CACHE);
    for _ in 0..CLOSING {
        match config.open() {
            Err(sled::Error::Io(error)) if is_held(&error) => std::thread::sleep(MOMENT),
            answer => return answer,
        }
    }
    config.open()
}

fn is_held(error: &std::io::Error) -> bool {
    error.to_string().contains("could not acquire lock")
}

fn is_outside(error: &std::io::Error) -> bool {
    use ErrorKind::{PermissionDenied, QuotaExceeded, ReadOnlyFilesystem, StorageFull};
    let too_many_files = error.raw_os_error().is_some_and(|code| code == 23 || code == 24);
    let outside = matches!(
        error.kind(),
        PermissionDenied | QuotaExceeded | ReadOnlyFilesystem | StorageFull | ErrorKind::OutOfMemory
    );
    outside || too_many_files
}

fn move_aside(folder: &Path) -> Result<PathBuf> {
    let mut number = 1;
    loop {
        let aside = beside(folder, &format!(".damaged-{number}"));
        if !aside.exists() {
            fs::rename(folder, &aside).map_err(|error| failed(folder, &error.to_string()))?;
            return Ok(aside);
        }
        number += 1;
    }
}

/// sled never syncs the names and settings of a fresh database; a power cut would leave it unopenable.
fn sync_creation(folder: &Path) -> Result<()> {
    let mut places = vec![folder.join("conf"), folder.join("db"), folder.join("blobs"), folder.to_owned()];
    places.extend(folder.parent().filter(|parent| !parent.as_os_str().is_empty()).map(Path::to_owned));
    for place in places {
        let synced = File::open(&place).and_then(|file| file.sync_all());
        synced.map_err(|error| failed(folder, &format!("{}: {error}", place.display())))?;
    }
    Ok(())
}

fn beside(folder: &Path, ending: &str) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push(ending);
    folder.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_opener_is_told_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("index");
        let index = Index::open(&place).unwrap();
        let refused = Index::open(&place).map(|_| ()).unwrap_err();
        assert_eq!(refused.kind, Kind::Usage);
        assert!(refused.text.contains("another laufmappe"), "{refused}");
        drop(index);
        assert_eq!(Index::open(&place).unwrap().repaired(), None);
    }

    #[test]
    fn what_was_synced_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("index");
        let index = Index::open(&place).unwrap();
        index.tree("numbers").unwrap().insert("one", "1").unwrap();
        index.sync().unwrap();
        drop(index);
        let index = Index::open(&place).unwrap();
        assert_eq!(index.tree("numbers").unwrap().get("one").unwrap().unwrap(), "1");
    }

    #[test]
    fn settings_that_are_garbage_are_moved_aside() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("index");
        drop(Index::open(&place).unwrap());
        fs::write(place.join("conf"), [0xA5; 4096]).unwrap();
        let said = Index::open(&place).unwrap().repaired().expect("nothing was noticed");
        assert!(said.contains("index.damaged-1"), "{said}");
        assert!(folder.path().join("index.damaged-1/conf").exists());
    }

    /// Where sled loses the pages without noticing, whoever keeps trees here must: the ledger sums them up.
    #[test]
    fn garbage_never_keeps_it_from_opening() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("index");
        let index = Index::open(&place).unwrap();
        let tree = index.tree("numbers").unwrap();
        for number in 0..2000_u32 {
            tree.insert(number.to_be_bytes(), vec![7; 1000]).unwrap();
        }
        index.sync().unwrap();
        drop((tree, index));
        let sound = fs::read(place.join("db")).unwrap();
        for part in 0..8 {
            let mut spoilt = sound.clone();
            let at = sound.len() * part / 8;
            spoilt[at..at + 64].fill(0xA5);
            fs::write(place.join("db"), &spoilt).unwrap();
            fs::remove_dir_all(place.join("blobs")).ok();
            let index = Index::open(&place).unwrap();
            index.tree("t").unwrap().insert("key", "value").unwrap();
            index.sync().unwrap();
            drop(index);
        }
    }
}
