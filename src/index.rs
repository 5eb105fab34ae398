//! The embedded index: one sled database that ledger and queue keep their trees in. It is never the truth:
//! it is rebuilt from the journal whenever it is missing, damaged or behind.
//!
//! In: a folder. Out: trees. A database that answers nothing any more (the disk was full, it panicked) is opened
//! anew in the same process. Absent on purpose: any meaning of keys and values.

mod tree;

pub use tree::Tree;

use crate::error::{Error, Kind, Result};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

/// Cheap to clone; all clones are one index.
#[derive(Debug, Clone)]
pub struct Index {
    kept: Arc<Kept>,
}

#[derive(Debug)]
struct Kept {
    folder: PathBuf,
    /// `None` between a failure and the next success in opening.
    open: RwLock<Option<Open>>,
    /// The database is opened anew before it is used again.
    distrusted: AtomicBool,
    /// How often that happened.
    anew: AtomicU64,
    repaired: Option<String>,
    _lock: File,
}

#[derive(Debug)]
struct Open {
    db: sled::Db,
    /// How often the database was opened anew before.
    generation: u64,
    trees: BTreeMap<&'static str, sled::Tree>,
    /// sled's flush does not reach the disk of its own accord; we sync its file ourselves.
    file: File,
}

/// Bytes of pages sled keeps in memory.
const CACHE: u64 = 64 << 20;
/// How often, and how long each time, we wait for sled to let go of its file.
const CLOSING: u32 = 500;
const MOMENT: Duration = Duration::from_millis(10);

/// So much room (bytes) must be free before a database that failed is opened anew.
const ROOM: u64 = 4 << 20;

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
        let kept = Kept {
            folder: folder.to_owned(),
            open: RwLock::new(Some(Open::of(folder, db, 0)?)),
            anew: AtomicU64::new(0),
            distrusted: AtomicBool::new(false),
            repaired,
            _lock: lock,
        };
        Ok(Self { kept: Arc::new(kept) })
    }

    /// What was wrong with the index when it was opened, for people.
    pub fn repaired(&self) -> Option<String> {
        self.kept.repaired.clone()
    }

    /// A tree that goes on with whatever is left after the database was opened anew.
    pub fn tree(&self, name: &'static str) -> Result<Tree> {
        self.named(name).map(|_| Tree::of(self, name, None))
    }

    /// A tree that answers nothing after the database was opened anew, until its keeper says that he has
    /// noticed: [`Tree::accept`].
    pub fn strict_tree(&self, name: &'static str) -> Result<Tree> {
        self.named(name).map(|generation| Tree::of(self, name, Some(generation)))
    }

    fn named(&self, name: &'static str) -> Result<u64> {
        self.current(name).map(|(_, generation)| generation).map_err(|error| {
            Error::new(kind_of(&error), format!("opening index {name} failed: {error}"))
                .hint("check free space of the data folder")
        })
    }

    /// Returns when everything written before is on the disk. Blocks: not for async code.
    pub fn sync(&self) -> Result<()> {
        let synced = self.in_use().and_then(|open| match &*open {
            Some(open) => open.db.flush().and_then(|_| Ok(open.file.sync_all()?)),
            None => Err(full()),
        });
        synced.map_err(|error: sled::Error| {
            self.distrust();
            Error::new(kind_of(&error), format!("writing the index failed: {error}"))
                .hint("check free space of the data folder")
        })
    }

    fn distrust(&self) {
        self.kept.distrusted.store(true, Ordering::Release);
    }

    /// The tree as it is now, and how often the database was opened anew.
    fn current(&self, name: &'static str) -> sled::Result<(sled::Tree, u64)> {
        let open = self.in_use()?;
        if let Some(open) = &*open
            && let Some(tree) = open.trees.get(name)
        {
            return Ok((tree.clone(), open.generation));
        }
        drop(open);
        let mut open = self.written();
        let open = open.as_mut().ok_or_else(full)?;
        let tree = open.db.open_tree(name)?;
        open.trees.insert(name, tree.clone());
        Ok((tree, open.generation))
    }

    /// The database, opened anew where it cannot be trusted.
    fn in_use(&self) -> sled::Result<RwLockReadGuard<'_, Option<Open>>> {
        if self.kept.distrusted.load(Ordering::Acquire) {
            self.open_anew()?;
        }
        Ok(self.kept.open.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn open_anew(&self) -> sled::Result<()> {
        let mut open = self.written();
        if !self.kept.distrusted.load(Ordering::Acquire) {
            return Ok(());
        }
        let folder = &self.kept.folder;
        if room(folder).is_some_and(|free| free < ROOM) {
            return Err(full());
        }
        *open = None;
        let db = match sound(folder) {
            Ok(db) => db,
            Err(Trouble::Outside(error)) if error.kind == Kind::Full => return Err(full()),
            Err(_) => {
                // Nothing in it is needed; its space is.
                let aside = move_aside(folder).map_err(unusable)?;
                fs::remove_dir_all(aside).ok();
                sound(folder).map_err(|trouble| unusable(trouble.error(folder)))?
            }
        };
        let generation = self.kept.anew.fetch_add(1, Ordering::AcqRel) + 1;
        *open = Some(Open::of(folder, db, generation).map_err(unusable)?);
        self.kept.distrusted.store(false, Ordering::Release);
        tracing::warn!("the index was opened anew after it had failed");
        Ok(())
    }

    fn written(&self) -> RwLockWriteGuard<'_, Option<Open>> {
        self.kept.open.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    fn of(folder: &Path, db: sled::Db, generation: u64) -> Result<Open> {
        sync_creation(folder)?;
        Ok(Open { db, generation, trees: BTreeMap::new(), file: File::open(folder.join("db"))? })
    }
}

/// A full disk is curable, and a database that makes no sense is opened anew before the next call.
pub(crate) fn kind_of(error: &sled::Error) -> Kind {
    match error {
        sled::Error::Io(error) if error.kind() == ErrorKind::Interrupted => Kind::Unavailable,
        sled::Error::Io(error) => Kind::of_io(error),
        _ => Kind::Unavailable,
    }
}

fn unusable(error: Error) -> sled::Error {
    match error.kind {
        Kind::Full => full(),
        _ => sled::Error::Io(std::io::Error::other(error.text)),
    }
}

fn full() -> sled::Error {
    sled::Error::Io(ErrorKind::StorageFull.into())
}

/// Bytes that are free where `folder` lies; `None`: nobody knows.
pub(crate) fn room(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    found.f_bavail.checked_mul(found.f_frsize)
}

/// Makes sure that one process alone works in `folder`, as long as the answer lives.
pub(crate) fn own_folder(folder: &Path, lock: &Path) -> Result<File> {
    let wrong = |error: std::io::Error| {
        Error::new(Kind::of_io(&error), format!("the folder {} cannot be used: {error}", folder.display()))
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
            let said = failed(folder, &error.to_string());
            Err(Trouble::Outside(Error { kind: Kind::of_io(&error), ..said }))
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
        synced.map_err(|error| {
            let said = failed(folder, &format!("{}: {error}", place.display()));
            Error { kind: Kind::of_io(&error), ..said }
        })?;
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
