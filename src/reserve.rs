//! What must stay free: disk under the data folder, memory of the machine. Whoever takes something in or takes a job
//! asks first, so that the house says *not now* before anything is at risk.
//!
//! In: a folder and the smallest amounts. Out: what is short, in words. Absent on purpose: waiting, and freeing anything.

use crate::error::{Error, Kind, Result};
use std::path::{Path, PathBuf};

/// How much must stay free (bytes). Zero: not asked.
#[derive(Debug, Clone)]
pub struct Reserve {
    folder: PathBuf,
    /// Below this nothing is taken in; filing goes on.
    intake: u64,
    /// Below this no job is taken either.
    work: u64,
    memory: u64,
}

impl Reserve {
    /// `disk` is never more than a tenth of the whole disk, so that a small one can be used at all. What is at work
    /// may use three quarters of it.
    pub fn of(folder: &Path, disk: u64, memory: u64) -> Self {
        let whole = disk_of(folder).map_or(u64::MAX, |(whole, _)| whole);
        let intake = disk.min(whole / 10);
        Self { folder: folder.to_owned(), intake, work: intake / 4, memory }
    }

    /// May something be taken in?
    pub fn check_intake(&self) -> Result<()> {
        self.check_disk(
            self.intake,
            "nothing is taken in before there is room again; files stay where they are",
        )
    }

    /// May a job be taken?
    pub fn check_work(&self) -> Result<()> {
        self.check_disk(self.work, "work goes on by itself when there is room again")?;
        match free_memory() {
            Some(free) if free < self.memory => {
                let text = format!("only {} MiB of memory are free", free >> 20);
                Err(Error::new(Kind::Unavailable, text)
                    .hint("lower the concurrency, or give the machine more memory"))
            }
            _ => Ok(()),
        }
    }

    /// Bytes free in the data folder.
    pub fn free_disk(&self) -> Option<u64> {
        disk_of(&self.folder).map(|(_, free)| free)
    }

    /// Bytes of the disk of the data folder: all, and free for us.
    pub fn disk(&self) -> Option<(u64, u64)> {
        disk_of(&self.folder)
    }

    fn check_disk(&self, least: u64, then: &str) -> Result<()> {
        match self.free_disk() {
            Some(free) if free < least => {
                let text = format!("only {} MiB are free in {}", free >> 20, self.folder.display());
                Err(Error::new(Kind::Full, text).hint(format!("make room; {then}")))
            }
            _ => Ok(()),
        }
    }
}

/// Bytes of the disk a folder lies on: all, and free for us.
fn disk_of(folder: &Path) -> Option<(u64, u64)> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some((found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize))
}

/// Bytes of memory that can be had without swapping, as the kernel reckons.
fn free_memory() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kibibytes << 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_than_there_is_is_never_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let (whole, free) = disk_of(folder.path()).unwrap();
        let reserve = Reserve::of(folder.path(), u64::MAX, 0);
        assert_eq!(reserve.intake, whole / 10);
        assert_eq!(reserve.check_intake().is_ok(), free >= whole / 10);
        assert!(Reserve::of(folder.path(), 0, 0).check_work().is_ok());
    }

    #[test]
    fn what_is_short_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let mut reserve = Reserve::of(folder.path(), 0, u64::MAX);
        assert_eq!(reserve.check_work().unwrap_err().kind, Kind::Unavailable);
        assert!(reserve.check_intake().is_ok());
        reserve.intake = u64::MAX;
        let said = reserve.check_intake().unwrap_err();
        assert!(said.kind == Kind::Full && said.text.contains("MiB are free"), "{said}");
    }
}
