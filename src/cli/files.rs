//! Files that a command line names: folders walked, standard input, bounded reads.

use crate::error::{Error, Kind, Result};
use crate::intake::LARGEST_ARRIVAL;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Stands for standard input among the paths.
const STDIN: &str = "-";

/// A file, with its size as the folder knows it (bytes; 0 for standard input).
pub struct File {
    pub path: PathBuf,
    pub size: u64,
}

/// The files of all paths, each folder in the order of names; what could not be looked at is named.
pub fn of(paths: &[PathBuf]) -> (Vec<File>, Vec<(PathBuf, Error)>) {
    let (mut files, mut unread) = (Vec::new(), Vec::new());
    for path in paths {
        if path == Path::new(STDIN) {
            files.push(File { path: path.clone(), size: 0 });
            continue;
        }
        match std::fs::metadata(path) {
            Ok(found) if found.is_dir() => {
                let begin = files.len();
                walk(path, &mut files, &mut unread);
                files[begin..].sort_by(|a, b| a.path.cmp(&b.path));
            }
            Ok(found) => files.push(File { path: path.clone(), size: found.len() }),
            Err(error) => unread.push((path.clone(), unreadable(path, &error))),
        }
    }
    (files, unread)
}

/// Links are not followed: what they point to is found where it lies.
fn walk(folder: &Path, files: &mut Vec<File>, unread: &mut Vec<(PathBuf, Error)>) {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                unread.push((folder.clone(), unreadable(&folder, &error)));
                continue;
            }
        };
        for entry in entries {
            match entry.and_then(|entry| Ok((entry.path(), entry.metadata()?))) {
                Ok((path, found)) if found.is_dir() => folders.push(path),
                Ok((path, found)) if found.is_file() => files.push(File { path, size: found.len() }),
                Ok(_) => {}
                Err(error) => unread.push((folder.clone(), unreadable(&folder, &error))),
            }
        }
    }
}

/// One byte more than the largest tells that it is larger.
pub fn read(path: &Path) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let read = if path == Path::new(STDIN) {
        std::io::stdin().lock().take(LARGEST_ARRIVAL + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(LARGEST_ARRIVAL + 1).read_to_end(&mut bytes))
    };
    read.map(|_| bytes).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::new(Kind::Usage, format!("{}: {error}", path.display()))
}
