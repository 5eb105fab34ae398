//! Files of a ZIP archive.
//!
//! In: bytes. Out: each file with its label and its bytes, in the order of the directory. Absent on purpose:
//! paths, permissions, links, passwords. Headers are never believed: what is counted is what was inflated.

use super::Parts;
use crate::error::{Error, Kind, Result};
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// Most entries, folders included.
const MOST_ENTRIES: usize = 5_000;
/// Below this sum (bytes) any ratio is fine.
const FREE: u64 = 10 * 1024 * 1024;
/// Above it: at most this many bytes out of one byte in.
const LARGEST_RATIO: u64 = 200;

pub struct File {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// Hands every file of the archive to `keep`.
pub fn read(
    bytes: &[u8],
    name: &str,
    parts: &mut Parts,
    mut keep: impl FnMut(File, &mut Parts) -> Result<()>,
) -> Result<()> {
    let mut archive = open(bytes, name)?;
    if is_office_index(&archive) {
        let text = format!("{name} is an office document, not an archive");
        return Err(Error::new(Kind::Unsupported, text).hint("send it as PDF"));
    }
    guard(&mut archive, name)?;
    let allowed = FREE.max(LARGEST_RATIO * bytes.len() as u64);
    let mut inflated = 0;
    for place in 0..archive.len() {
        let Some(file) = file(&mut archive, place, name, parts.room().min(allowed - inflated))? else {
            continue;
        };
        inflated += file.bytes.len() as u64;
        keep(file, parts)?;
    }
    Ok(())
}

/// A word processor's or spreadsheet's file, which is a ZIP archive inside.
pub fn is_office(bytes: &[u8]) -> bool {
    ZipArchive::new(Cursor::new(bytes)).is_ok_and(|archive| is_office_index(&archive))
}

fn is_office_index(archive: &ZipArchive<Cursor<&[u8]>>) -> bool {
    let microsoft = archive.index_for_name("[Content_Types].xml").is_some();
    let open_document = archive.index_for_name("mimetype").is_some()
        && archive.index_for_name("META-INF/manifest.xml").is_some();
    microsoft || open_document
}

fn open<'a>(bytes: &'a [u8], name: &str) -> Result<ZipArchive<Cursor<&'a [u8]>>> {
    ZipArchive::new(Cursor::new(bytes)).map_err(|error| wrong(name, &error))
}

/// Refuses what can only be a trick, before anything is inflated.
fn guard(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> Result<()> {
    if archive.len() > MOST_ENTRIES {
        let text = format!("{name} has more than {MOST_ENTRIES} entries");
        return Err(Error::new(Kind::TooLarge, text).hint("send them in several deliveries"));
    }
    // The library keeps only the last of two entries with one name: a file would be lost silently.
    if archive.has_duplicate_names() {
        return Err(Error::new(Kind::Damaged, format!("{name} has two entries of the same name"))
            .hint("pack it again, or send the files themselves"));
    }
    if archive.has_overlapping_files().map_err(|error| wrong(name, &error))? {
        return Err(Error::new(Kind::Forbidden, format!("{name} has entries that share their bytes"))
            .hint("only an attack is packed like this; ask the sender for the files themselves"));
    }
    Ok(())
}

/// Inflates one entry, never more than `room` bytes; `None` for folders and what systems leave behind.
fn file(archive: &mut ZipArchive<Cursor<&[u8]>>, place: usize, name: &str, room: u64) -> Result<Option<File>> {
    let entry = archive.by_index_data(place).map_err(|error| wrong(name, &error))?;
    let label = entry
        .name()
        .map(|label| label.into_owned())
        .unwrap_or_else(|_| String::from_utf8_lossy(entry.name_raw()).into_owned());
    if entry.is_dir() || is_residue(&label) {
        return Ok(None);
    }
    if entry.encrypted() {
        return Err(Error::new(Kind::Encrypted, format!("{name} is encrypted"))
            .hint("ask the sender for the files without a password"));
    }
    if entry.is_symlink() {
        return Err(Error::new(Kind::Forbidden, format!("{name} holds a link instead of a file"))
            .hint("ask the sender for the files themselves"));
    }
    let entry = archive.by_index(place).map_err(|error| wrong(name, &error))?;
    let mut bytes = Vec::new();
    entry.take(room + 1).read_to_end(&mut bytes).map_err(|error| {
        Error::new(Kind::Damaged, format!("a file of {name} cannot be unpacked: {error}"))
            .hint("ask the sender to pack it again, or for the files themselves")
    })?;
    if bytes.len() as u64 > room {
        return Err(Error::new(
            Kind::TooLarge,
            format!("{name} unpacks to more than we take, or to more than {LARGEST_RATIO} times its size"),
        )
        .hint("ask the sender for the files themselves, in several deliveries"));
    }
    Ok(Some(File { name: label, bytes }))
}

/// What macOS and Windows leave in archives; never somebody's document.
fn is_residue(label: &str) -> bool {
    let mut steps = label.split(['/', '\\']);
    let last = label.rsplit(['/', '\\']).next().unwrap_or_default();
    steps.any(|step| step == "__MACOSX") || last == "Thumbs.db" || last == ".DS_Store"
}

fn wrong(name: &str, error: &ZipError) -> Error {
    let (kind, hint) = match error {
        ZipError::UnsupportedArchive(text) if *text == ZipError::PASSWORD_REQUIRED => {
            (Kind::Encrypted, "ask the sender for the files without a password")
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            (Kind::Unsupported, "ask the sender for an ordinary ZIP, or for the files themselves")
        }
        _ => (Kind::Damaged, "ask the sender to pack it again, or for the files themselves"),
    };
    Error::new(kind, format!("{name} cannot be unpacked: {error}")).hint(hint)
}
