//! A small disk of a test's own, that can be filled and emptied: a tmpfs.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// A tmpfs of its own, gone with the test.
pub struct SmallDisk {
    folder: TempDir,
}

impl SmallDisk {
    pub fn of(megabytes: u32) -> SmallDisk {
        let folder = tempfile::tempdir().unwrap();
        let done = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "laufmappe-test"])
            .arg(folder.path())
            .output()
            .unwrap();
        assert!(
            done.status.success(),
            "the tests of a full disk need a small tmpfs, and mounting one was refused: {}; run them as root, \
             in a container with CAP_SYS_ADMIN (docker run --cap-add SYS_ADMIN), or under \
             `unshare --map-root-user --mount`",
            String::from_utf8_lossy(&done.stderr).trim()
        );
        SmallDisk { folder }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Takes every byte that is left.
    pub fn fill(&self) {
        let mut file = File::options().create(true).append(true).open(self.filler()).unwrap();
        for size in [1 << 16, 4096, 512, 1] {
            let piece = vec![0xA5; size];
            while file.write_all(&piece).is_ok() {}
        }
    }

    /// Takes all but so many bytes.
    pub fn fill_but(&self, left: u64) {
        self.fill();
        let filler = File::options().write(true).open(self.filler()).unwrap();
        filler.set_len(filler.metadata().unwrap().len() - left).unwrap();
    }

    pub fn make_room(&self) {
        fs::remove_file(self.filler()).unwrap();
    }

    fn filler(&self) -> PathBuf {
        self.path().join("filler")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("--lazy").arg(self.path()).status().ok();
    }
}
