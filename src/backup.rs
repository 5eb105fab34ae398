//! The backup: a folder with what the ledgers say and every content they name.
//!
//! In: the chains of all tenants, store and lessons. Out: a folder; later the same again, checked. The manifest
//! is written last: a folder without one is no backup, and a backup that breaks off leaves the one before as it
//! was. Absent on purpose: deleting contents; a second backup into the same folder adds what is new.
//!
//! ```text
//! manifest.json            heads, counts, program version; names the files that count
//! ledger/TENANT-N.jsonl    the first N entries of a tenant, as `laufmappe ledger export` writes them
//! content/ab/cd/abcd…      contents under their SHA-256, lessons among them
//! ```

use crate::error::{Error, Kind, Result};
use crate::job::{ContentHash, Tenant};
use crate::ledger::{Head, entry_of_line, verify_lines};
use crate::pipeline;
use crate::store::Store;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

const FORMAT: &str = "laufmappe-backup/1";
const MANIFEST: &str = "manifest.json";
/// A manifest is a few lines for each tenant (bytes).
const LARGEST_MANIFEST: u64 = 16 << 20;

/// The entries of each tenant, as journal lines.
pub type Chains = BTreeMap<Tenant, Vec<String>>;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    format: String,
    /// Program and version that wrote it.
    pub program: String,
    pub at: Timestamp,
    pub chains: BTreeMap<Tenant, Chain>,
    /// Contents the chains name.
    pub contents: u64,
    /// The books of lessons, among the contents.
    #[serde(default)]
    pub lessons: BTreeMap<Tenant, ContentHash>,
}

/// The entries of one tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chain {
    file: String,
    pub entries: u64,
    pub head: ContentHash,
}

/// Where a backup lies.
pub struct Backup {
    folder: PathBuf,
    contents: Store,
    /// Whoever writes is alone.
    _lock: Option<File>,
}

impl Backup {
    /// Makes the folder where it is not there yet. One process at a time works in it.
    pub fn at(folder: &Path) -> Result<Backup> {
        let contents = Store::open(&folder.join("content"))?;
        let path = folder.join("lock");
        let lock = File::create(&path).map_err(|error| wrong("creating", &path, &error))?;
        lock.try_lock().map_err(|_| {
            Error::new(Kind::Usage, format!("another process works in {}", folder.display()))
                .hint("let the other backup end first")
        })?;
        Ok(Backup { folder: folder.to_owned(), contents, _lock: Some(lock) })
    }

    /// A backup that was finished; it is only read.
    pub fn finished(folder: &Path) -> Result<(Backup, Manifest)> {
        let path = folder.join(MANIFEST);
        let mut text = String::new();
        let read = File::open(&path).and_then(|file| file.take(LARGEST_MANIFEST).read_to_string(&mut text));
        read.map_err(|error| {
            Error::new(Kind::Usage, format!("{} is no finished backup: {error}", folder.display()))
                .hint("name a folder that `laufmappe backup` has finished; it holds manifest.json")
        })?;
        let manifest: Manifest = serde_json::from_str(&text)
            .map_err(|error| Error::new(Kind::Altered, format!("{}: {error}", path.display())))?;
        if manifest.format != FORMAT {
            let text = format!("{} has the format {}", path.display(), manifest.format);
            return Err(Error::new(Kind::Version, text).hint("use the program version that wrote it"));
        }
        let contents = Store::open(&folder.join("content"))?;
        Ok((Backup { folder: folder.to_owned(), contents, _lock: None }, manifest))
    }

    /// Keeps chains and whatever they name that is not here yet. `lessons`: the book of a tenant, where he has
    /// one. Answers the manifest and how many contents were new.
    pub fn take(
        &self,
        chains: &Chains,
        lessons: &BTreeMap<Tenant, Vec<u8>>,
        store: &Store,
        at: Timestamp,
    ) -> Result<(Manifest, u64)> {
        let mut kept = BTreeMap::new();
        for (tenant, lines) in chains {
            let Head { number, hash } = head(tenant, lines)?;
            let file = format!("{tenant}-{number}.jsonl");
            self.write(&self.folder.join("ledger").join(&file), lines)?;
            kept.insert(tenant.clone(), Chain { file, entries: number, head: hash });
        }
        let wanted = contents_of(chains, store)?;
        let new = copy(&wanted, store, &self.contents)?;
        let mut books = BTreeMap::new();
        for (tenant, book) in lessons {
            books.insert(tenant.clone(), self.contents.put(book)?);
        }
        let manifest = Manifest {
            format: FORMAT.to_owned(),
            program: concat!("laufmappe ", env!("CARGO_PKG_VERSION")).to_owned(),
            at,
            chains: kept,
            contents: wanted.len() as u64,
            lessons: books,
        };
        let text = serde_json::to_string_pretty(&manifest)
            .map_err(|error| Error::new(Kind::Internal, format!("writing the manifest failed: {error}")))?;
        self.write(&self.folder.join(MANIFEST), &[text])?;
        self.forget_older(&manifest);
        Ok((manifest, new))
    }

    /// The chains, as the manifest promises them.
    pub fn chains(&self, manifest: &Manifest) -> Result<Chains> {
        let mut chains = Chains::new();
        for (tenant, chain) in &manifest.chains {
            let path = self.folder.join("ledger").join(file_of(tenant, chain)?);
            let read = File::open(&path).and_then(|file| BufReader::new(file).lines().collect());
            let lines: Vec<String> = read.map_err(|error| wrong("reading", &path, &error))?;
            let found = head(tenant, &lines)?;
            if (found.number, found.hash) != (chain.entries, chain.head) {
                let text = format!("{} does not end where the manifest says", path.display());
                return Err(Error::new(Kind::Altered, text).hint("use another backup"));
            }
            chains.insert(tenant.clone(), lines);
        }
        Ok(chains)
    }

    /// Puts every content the chains name into a store, each compared with its hash, also where the store has it
    /// already. Answers how many there are.
    pub fn give_contents(&self, chains: &Chains, manifest: &Manifest, store: &Store) -> Result<u64> {
        let wanted = contents_of(chains, &self.contents)?;
        if wanted.len() as u64 != manifest.contents {
            let text = format!("{} contents are named, the manifest says {}", wanted.len(), manifest.contents);
            return Err(Error::new(Kind::Altered, text).hint("use another backup"));
        }
        for content in &wanted {
            match store.has(content) {
                true => store.get(content).map(|_| ())?,
                false => store.put(&self.contents.get(content)?).map(|_| ())?,
            }
        }
        Ok(wanted.len() as u64)
    }

    /// The book of lessons of a tenant.
    pub fn lessons(&self, manifest: &Manifest, tenant: &Tenant) -> Result<Option<Vec<u8>>> {
        manifest.lessons.get(tenant).map(|book| self.contents.get(book)).transpose()
    }

    /// Whole and on the disk, or not at all.
    fn write(&self, path: &Path, lines: &[String]) -> Result<()> {
        let folder = path.parent().unwrap_or(&self.folder);
        let temporary = path.with_extension("part");
        let written = std::fs::create_dir_all(folder).and_then(|()| {
            let mut file = BufWriter::new(File::create(&temporary)?);
            for line in lines {
                writeln!(file, "{line}")?;
            }
            file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
            std::fs::rename(&temporary, path)?;
            File::open(folder)?.sync_all()?;
            File::open(&self.folder)?.sync_all()
        });
        written.map_err(|error| wrong("writing", path, &error))
    }

    /// Chains that the manifest no longer names. Failing here harms nobody.
    fn forget_older(&self, manifest: &Manifest) {
        let Ok(files) = std::fs::read_dir(self.folder.join("ledger")) else { return };
        for file in files.flatten() {
            let named = |chain: &Chain| file.file_name() == chain.file.as_str();
            if !manifest.chains.values().any(named) {
                std::fs::remove_file(file.path()).ok();
            }
        }
    }
}

/// Checks a chain from its first entry to its last.
fn head(tenant: &Tenant, lines: &[String]) -> Result<Head> {
    let mut verified = verify_lines(lines.iter().cloned())?;
    match (verified.heads.remove(tenant), verified.heads.is_empty()) {
        (Some(head), true) => Ok(head),
        _ => Err(Error::new(Kind::Altered, format!("the entries of {tenant} are not his alone"))),
    }
}

/// A name we made ourselves, and no path.
fn file_of<'a>(tenant: &Tenant, chain: &'a Chain) -> Result<&'a str> {
    match chain.file == format!("{tenant}-{}.jsonl", chain.entries) {
        true => Ok(&chain.file),
        false => Err(Error::new(Kind::Altered, format!("the manifest names a foreign file for {tenant}"))
            .hint("use another backup")),
    }
}

/// Every content that entries name, and what the renditions among them name in their turn.
fn contents_of(chains: &Chains, store: &Store) -> Result<BTreeSet<ContentHash>> {
    let mut wanted = BTreeSet::new();
    for line in chains.values().flatten() {
        wanted.extend(pipeline::named(&entry_of_line(line)?.event, store)?);
    }
    Ok(wanted)
}

/// Copies what is not there yet; what is there was written whole and stays. Answers how many were new. One that
/// is damaged does not keep the others from being saved, but then the whole is none.
fn copy(wanted: &BTreeSet<ContentHash>, from: &Store, to: &Store) -> Result<u64> {
    let (mut new, mut damaged) = (0, Vec::new());
    for content in wanted {
        if to.has(content) {
            continue;
        }
        match from.get(content) {
            Ok(bytes) => {
                to.put(&bytes)?;
                new += 1;
            }
            Err(error) if error.kind == Kind::ContentAltered => damaged.push(error),
            Err(error) => return Err(error),
        }
    }
    let count = damaged.len();
    match damaged.into_iter().next() {
        None => Ok(new),
        Some(first) => {
            let text = format!("{count} contents cannot be saved, the first: {}", first.text);
            Err(Error { text, ..first }
                .hint("take them from an older backup; the backup before stays as it was"))
        }
    }
}

fn wrong(doing: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::new(Kind::Storage, format!("{doing} {} failed: {error}", path.display()))
        .hint("check free space and permissions of the folder of the backup")
}
