//! Filing into a folder (local disk, NFS, SMB). Class A: a finished folder takes its name in one step.
//!
//! In: [`Filing`]. Out: [`Receipt`]. Absent on purpose: creating the root (a share that is not mounted must
//! not fill the disk below it), overwriting, and following links: every level is opened from the one above.

use super::place::Place;
use super::protocol::Timing;
use super::{Adapter, Class, Filing, Item, Receipt, Stored};
use crate::error::{Error, Kind, Result};
use crate::job::ContentHash;
use async_trait::async_trait;
use rustix::fs::{Access, AtFlags, Dir, FileType, Mode, OFlags, RenameFlags};
use rustix::io::Errno;
use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

pub struct Folder {
    target: String,
    root: PathBuf,
}

/// Rights of what we create, less the umask of the program.
const FOLDER_MODE: Mode = Mode::from_raw_mode(0o777);
const FILE_MODE: Mode = Mode::from_raw_mode(0o666);

const OPEN_FOLDER: OFlags =
    OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

static NEXT_PART: AtomicU64 = AtomicU64::new(0);

impl Folder {
    pub fn new(target: &str, root: &Path) -> Self {
        Self { target: target.to_owned(), root: root.to_owned() }
    }
}

#[async_trait]
impl Adapter for Folder {
    fn target(&self) -> &str {
        &self.target
    }

    fn class(&self) -> Class {
        Class::A
    }

    /// A share that hangs lets go after ten minutes. Class A needs neither of the other two.
    fn timing(&self) -> Timing {
        Timing { call: Duration::from_secs(600), settle: Duration::ZERO, lag: Duration::ZERO }
    }

    async fn find(&self, filing: &Filing) -> Result<Option<Receipt>> {
        let work = Work::on(self, filing)?;
        aside(move || work.find()).await
    }

    async fn put(&self, filing: &Filing) -> Result<Receipt> {
        let work = Work::on(self, filing)?;
        aside(move || work.put()).await
    }

    async fn stored(&self, filing: &Filing) -> Result<Option<Stored>> {
        let work = Work::on(self, filing)?;
        aside(move || work.stored()).await
    }

    async fn probe(&self) -> Result<()> {
        let (target, root) = (self.target.clone(), self.root.clone());
        aside(move || {
            let folder = open_root(&target, &root)?;
            let access = Access::WRITE_OK | Access::EXEC_OK;
            rustix::fs::accessat(&folder, ".", access, AtFlags::empty())
                .map_err(|e| failed(&target, "entering", e))
        })
        .await
    }
}

/// Disks and shares may be slow; the other documents do not wait for them.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|_| Err(Error::new(Kind::Internal, "filing into a folder broke off")))
}

/// One filing on its way into one folder.
struct Work {
    target: String,
    root: PathBuf,
    place: Place,
    filing: Filing,
}

impl Work {
    fn on(folder: &Folder, filing: &Filing) -> Result<Self> {
        let place = Place::of(filing)?;
        Ok(Self { target: folder.target.clone(), root: folder.root.clone(), place, filing: filing.clone() })
    }

    fn find(&self) -> Result<Option<Receipt>> {
        self.levels()?.map_or(Ok(None), |folder| self.compare(&folder, true))
    }

    fn stored(&self) -> Result<Option<Stored>> {
        let wrong = |errno| match errno {
            Errno::NOENT => Ok(None),
            other => Err(failed(&self.target, "reading", other)),
        };
        let Some(folder) = self.levels()? else { return Ok(None) };
        let filed = match open_level(&folder, &self.place.name) {
            Ok(filed) => filed,
            Err(errno) => return wrong(errno),
        };
        let mut files = Vec::new();
        for item in &self.filing.items {
            match read_file(&filed, &item.name, Stored::most_bytes(item) as u64) {
                Ok(Some(bytes)) => files.push((item.name.clone(), bytes)),
                Ok(None) => return Ok(None),
                Err(errno) => return wrong(errno),
            }
        }
        Ok(Some(Stored { location: self.location(), files }))
    }

    /// The folder above the filing; `None` where it is missing.
    fn levels(&self) -> Result<Option<OwnedFd>> {
        let mut folder = open_root(&self.target, &self.root)?;
        for level in &self.place.levels {
            match open_level(&folder, level) {
                Ok(next) => folder = next,
                Err(Errno::NOENT) => return Ok(None),
                Err(error) => return Err(failed(&self.target, "opening", error)),
            }
        }
        Ok(Some(folder))
    }

    fn put(&self) -> Result<Receipt> {
        let folder = self.ensure_levels()?;
        let written = self.write(&folder);
        // Somebody else may have been quicker with the same filing; then ours is not needed.
        let adopted = written.is_err();
        match (self.compare(&folder, adopted)?, written) {
            (Some(receipt), _) => {
                self.forget_parts(&folder);
                Ok(receipt)
            }
            (None, Err(error)) => Err(error),
            (None, Ok(())) => Err(self.conflict("was taken away as soon as it was filed")),
        }
    }

    fn ensure_levels(&self) -> Result<OwnedFd> {
        let mut folder = open_root(&self.target, &self.root)?;
        for level in &self.place.levels {
            match rustix::fs::mkdirat(&folder, level.as_str(), FOLDER_MODE) {
                Ok(()) => self.sync(&folder)?,
                Err(Errno::EXIST) => {}
                Err(error) => return Err(failed(&self.target, "creating", error)),
            }
            folder = open_level(&folder, level).map_err(|e| failed(&self.target, "opening", e))?;
        }
        Ok(folder)
    }

    /// Writes everything beside its place and gives it its name when it is durable.
    fn write(&self, folder: &OwnedFd) -> Result<()> {
        let (name, part) = self.create_part(folder)?;
        let written = self.write_items(&part).and_then(|()| {
            take_name(folder, &name, &self.place.name).map_err(|e| failed(&self.target, "naming", e))
        });
        if written.is_err() {
            remove_part(folder, &name);
            return written;
        }
        self.sync(folder)
    }

    fn create_part(&self, folder: &OwnedFd) -> Result<(String, OwnedFd)> {
        loop {
            let number = NEXT_PART.fetch_add(1, Ordering::Relaxed);
            let name = format!("{}{}-{number}.part", self.part_prefix(), std::process::id());
            match rustix::fs::mkdirat(folder, name.as_str(), FOLDER_MODE) {
                Ok(()) => {
                    let part = open_level(folder, &name).map_err(|e| failed(&self.target, "opening", e))?;
                    return Ok((name, part));
                }
                // Left by an earlier process, or used by one on another machine.
                Err(Errno::EXIST) => {}
                Err(error) => return Err(failed(&self.target, "creating", error)),
            }
        }
    }

    fn part_prefix(&self) -> String {
        format!(".{}.", self.filing.key)
    }

    fn write_items(&self, part: &OwnedFd) -> Result<()> {
        for item in &self.filing.items {
            write_item(part, item).map_err(|error| {
                let errno = Errno::from_io_error(&error).unwrap_or(Errno::IO);
                failed(&self.target, "writing", errno)
            })?;
        }
        self.sync(part)
    }

    /// Makes the names in a folder durable, where the file system can.
    fn sync(&self, folder: &OwnedFd) -> Result<()> {
        match rustix::fs::fsync(folder) {
            Ok(()) | Err(Errno::INVAL | Errno::OPNOTSUPP) => Ok(()),
            Err(error) => Err(failed(&self.target, "syncing", error)),
        }
    }

    /// What lies under our name, read back: all of ours, or something else, or nothing.
    fn compare(&self, folder: &OwnedFd, adopted: bool) -> Result<Option<Receipt>> {
        let filed = match open_level(folder, &self.place.name) {
            Ok(filed) => filed,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(failed(&self.target, "opening", error)),
        };
        for item in &self.filing.items {
            match read_file(&filed, &item.name, item.bytes.len() as u64) {
                Ok(Some(found)) if ContentHash::of(&found) == item.content => {}
                Ok(_) => return Err(self.conflict("differs from what lies there")),
                Err(Errno::NOENT) => return Err(self.conflict("lies there without all of its files")),
                Err(error) => return Err(failed(&self.target, "reading", error)),
            }
        }
        Ok(Some(Receipt::of(&self.target, &self.filing, self.location(), adopted)))
    }

    fn location(&self) -> String {
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        root.join(self.place.path()).display().to_string()
    }

    /// Parts of this filing that a crash left behind. Failing here harms nobody.
    fn forget_parts(&self, folder: &OwnedFd) {
        let Ok(entries) = Dir::read_from(folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name.starts_with(&self.part_prefix()) && name.ends_with(".part") {
                remove_part(folder, &name);
            }
        }
    }

    fn conflict(&self, what: &str) -> Error {
        let text = format!("filing {} {what} in target {}", self.filing.key, self.target);
        Error::new(Kind::Conflict, text)
            .hint("compare what lies there with the original; nothing was overwritten")
    }
}

fn open_root(target: &str, root: &Path) -> Result<OwnedFd> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    rustix::fs::open(root, flags, Mode::empty()).map_err(|errno| match errno {
        Errno::NOENT | Errno::NOTDIR => {
            Error::new(Kind::Unavailable, format!("the folder of target {target} is not there"))
                .hint("mount the share, or create the folder; we never create it ourselves")
        }
        other => failed(target, "opening", other),
    })
}

fn open_level(above: &OwnedFd, name: &str) -> rustix::io::Result<OwnedFd> {
    rustix::fs::openat(above, name, OPEN_FOLDER, Mode::empty())
}

fn write_item(part: &OwnedFd, item: &Item) -> std::io::Result<()> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(rustix::fs::openat(part, item.name.as_str(), flags, FILE_MODE)?);
    file.write_all(&item.bytes)?;
    file.sync_all()
}

/// The bytes under a name; `None` when that is no file, or a larger one than `most`.
fn read_file(folder: &OwnedFd, name: &str, most: u64) -> rustix::io::Result<Option<Vec<u8>>> {
    // Without NONBLOCK a named pipe planted here would hold us for ever.
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = rustix::fs::openat(folder, name, flags, Mode::empty())?;
    let found = rustix::fs::fstat(&file)?;
    let size = u64::try_from(found.st_size).unwrap_or(u64::MAX);
    if FileType::from_raw_mode(found.st_mode) != FileType::RegularFile || size > most {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let read = File::from(file).take(most + 1).read_to_end(&mut bytes);
    read.map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

/// One step, and never over something that is there.
fn take_name(folder: &OwnedFd, part: &str, name: &str) -> rustix::io::Result<()> {
    match rustix::fs::renameat_with(folder, part, folder, name, RenameFlags::NOREPLACE) {
        // Some network file systems do not know the flag. A folder that holds files is not replaced anyway.
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => rustix::fs::renameat(folder, part, folder, name),
        answer => answer,
    }
}

fn remove_part(folder: &OwnedFd, name: &str) {
    if let Ok(part) = open_level(folder, name) {
        for entry in Dir::read_from(&part).into_iter().flatten().flatten() {
            rustix::fs::unlinkat(&part, entry.file_name(), AtFlags::empty()).ok();
        }
    }
    rustix::fs::unlinkat(folder, name, AtFlags::REMOVEDIR).ok();
}

/// A share is somebody else's house: what goes wrong there never stops the worker.
fn failed(target: &str, doing: &str, errno: Errno) -> Error {
    let text = format!("{doing} in the folder of target {target} failed: {errno}");
    match errno {
        Errno::ACCESS | Errno::PERM | Errno::ROFS => {
            Error::new(Kind::Unavailable, text).hint("give this program the right to write there")
        }
        Errno::NAMETOOLONG => Error::new(Kind::Refused, text).hint("shorten the labels in the routing rules"),
        Errno::LOOP | Errno::NOTDIR => Error::new(Kind::Conflict, text)
            .hint("a link or a file lies where a folder belongs; links are not followed"),
        Errno::NOSPC | Errno::DQUOT => {
            Error::new(Kind::Unavailable, text).hint("the target is full: make room there")
        }
        _ => Error::new(Kind::Unavailable, text),
    }
}
