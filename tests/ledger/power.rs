//! Power cuts, by adversarial replay: a child process works while every write, sync and name it makes is recorded
//! (strace); then hundreds of disks are built that a cut at some moment may have left behind, and each is opened.
//!
//! What is synced is there. Of everything else any part may be: whole, torn at pages, or missing; names appear in
//! order, up to any point behind the last sync of their folder. What was confirmed before the cut must be there.

use super::story::*;
use laufmappe::ledger::*;
use laufmappe::store::Store;
use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const FOLDER: &str = "LAUFMAPPE_TEST_POWER_FOLDER";
const STATES: u64 = 300;
const LAZY_STATES: u64 = 60;
const PAGE: usize = 4096;

/// One thing that happened to the disk, in the order of the ends of the calls.
#[derive(Debug, Clone)]
enum Deed {
    Name(PathBuf, Named),
    Write { file: usize, at: u64, bytes: Vec<u8> },
    Cut { file: usize, length: u64 },
    Sync { file: usize, begun: usize },
    SyncFolder { folder: PathBuf, begun: usize },
    Confirm(String),
}

#[derive(Debug, Clone)]
enum Named {
    Folder,
    File(usize),
    Gone,
    MovedTo(PathBuf),
}

#[test]
fn whatever_a_power_cut_leaves_holds_all_that_was_confirmed() {
    let record = Record::of_a_child();
    let confirmations = record.deeds.iter().filter(|deed| matches!(deed, Deed::Confirm(_))).count();
    assert!(confirmations > 100, "only {confirmations} confirmations were recorded");
    let mut bad = Vec::new();
    for seed in 0..STATES {
        if let Err(what) = record.survives(seed, &record.deeds) {
            bad.push(format!("seed {seed}: {what}"));
        }
    }
    assert!(bad.is_empty(), "{} of {STATES} disks are bad:\n{}", bad.len(), bad.join("\n"));
}

/// The same, had one sync been left out: then the same disks must lose something, or the test proves nothing.
#[test]
fn without_its_syncs_the_same_replay_loses_what_was_confirmed() {
    let record = Record::of_a_child();
    for left_out in ["journal", "content/"] {
        let lazy = record.without_syncs_of(left_out);
        let bad = (0..LAZY_STATES).filter(|seed| record.survives(*seed, &lazy).is_err()).count() as u64;
        assert!(
            bad > LAZY_STATES / 4,
            "without the syncs of {left_out} only {bad} of {LAZY_STATES} disks are bad"
        );
        eprintln!("without the syncs of {left_out} {bad} of {LAZY_STATES} disks are bad");
    }
}

/// The child of the tests above; without its variable there is nothing to do.
#[tokio::test]
async fn works_while_it_is_recorded() {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let store = Store::open(&folder.join("content")).unwrap();
    let ledger = open_in(&folder).unwrap();
    let say = |line: String| {
        let mut out = std::io::stdout().lock();
        out.write_all(format!("\n{line}\n").as_bytes()).unwrap();
        out.flush().unwrap();
    };
    for number in 0..40 {
        let content = store.put(format!("content {number} ").repeat(1 + number * 40).as_bytes()).unwrap();
        say(format!("confirmed-content {content}"));
        let document = document(&format!("scan {number}"));
        ledger.receive(document.clone()).await.unwrap();
        let lease = claim(&ledger, &document, "w", LONG).await;
        say(format!("confirmed-case {} 2", document.id));
        if number % 5 == 0 {
            let parts: Vec<_> =
                (1..=9).map(|part| part_of(&document, part, &format!("{number} {part}"))).collect();
            ledger.divide(&lease, parts.clone(), division(&parts)).await.unwrap();
            parts.iter().for_each(|part| say(format!("confirmed-case {} 1", part.id)));
            continue;
        }
        ledger.note_all(&lease, way_to_the_drawer(content)).await.unwrap();
        say(format!("confirmed-case {} 8", document.id));
    }
    // sled writes in the background, too.
    std::thread::sleep(std::time::Duration::from_millis(700));
}

struct Record {
    root: PathBuf,
    deeds: Vec<Deed>,
    files: usize,
}

impl Record {
    fn of_a_child() -> Record {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let trace = root.join("trace");
        let house = root.join("house");
        fs::create_dir(&house).unwrap();
        let calls = "trace=openat,open,creat,write,pwrite64,fsync,fdatasync,ftruncate,fallocate,rename,renameat,\
                     renameat2,unlink,unlinkat,mkdir,mkdirat,close,lseek,rmdir";
        let done = Command::new("strace")
            .args(["-f", "-y", "-xx", "-s", "4000000", "-e", calls, "-o"])
            .arg(&trace)
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", "power::works_while_it_is_recorded", "--nocapture"])
            .env(FOLDER, &house)
            .stdout(Stdio::null())
            .status()
            .expect("recording needs the Debian package 'strace' (apt-get install strace)");
        assert!(done.success(), "the child failed, or strace may not trace here (ptrace is needed)");
        let text = fs::read_to_string(&trace).unwrap();
        let mut reader = Reader { root: house.clone(), ..Reader::default() };
        for line in text.lines() {
            reader.read(line);
        }
        assert!(reader.deeds.len() > 500, "only {} deeds were recorded", reader.deeds.len());
        Record { root: house, deeds: reader.deeds, files: reader.files }
    }

    /// As if nobody had waited for files below this name.
    fn without_syncs_of(&self, part: &str) -> Vec<Deed> {
        let mut below = HashMap::new();
        for deed in &self.deeds {
            if let Deed::Name(path, Named::File(file)) = deed {
                let name = path.strip_prefix(&self.root).unwrap().to_string_lossy().into_owned();
                below.insert(*file, name.contains(part));
            }
        }
        let mut deeds = self.deeds.clone();
        for deed in &mut deeds {
            if let Deed::Sync { file, begun } = deed
                && below.get(file) == Some(&true)
            {
                // Nothing ended before the beginning of time.
                *begun = 0;
            }
        }
        deeds
    }

    /// Builds one disk and opens it.
    fn survives(&self, seed: u64, deeds: &[Deed]) -> Result<(), String> {
        let mut chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03);
        let first = deeds.iter().position(|deed| matches!(deed, Deed::Confirm(_))).unwrap();
        // Some cuts come before anything was confirmed.
        let from = if seed.is_multiple_of(10) { 1 } else { first };
        let cut = from + chance.below(deeds.len() - from);
        let memory = Path::new("/dev/shm");
        let place = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
        let house = place.path().join("house");
        self.build(&deeds[..cut], &mut chance, &house);
        let confirmed = deeds[..cut].iter().filter_map(|deed| match deed {
            Deed::Confirm(what) => Some(what.clone()),
            _ => None,
        });
        let confirmed: Vec<String> = confirmed.collect();
        std::thread::spawn(move || opened(&house, &confirmed))
            .join()
            .unwrap_or_else(|_| Err("opening it panicked".to_owned()))
            .map_err(|what| format!("cut after {cut} of {} deeds: {what}", deeds.len()))
    }

    fn build(&self, deeds: &[Deed], chance: &mut Chance, house: &Path) {
        let mood = chance.below(4);
        let mut synced = vec![0; self.files];
        let mut names_synced = 0;
        for deed in deeds {
            match deed {
                Deed::Sync { file, begun } => synced[*file] = synced[*file].max(*begun),
                Deed::SyncFolder { folder, begun } => {
                    let inside = |deed: &Deed| matches!(deed, Deed::Name(path, _) if path.parent() == Some(folder.as_path()));
                    let last = deeds[..*begun].iter().rposition(inside);
                    names_synced = names_synced.max(last.map_or(0, |last| last + 1));
                }
                _ => {}
            }
        }
        let names_until = match mood {
            0 => names_synced,
            1 => deeds.len(),
            _ => names_synced + chance.below(deeds.len() - names_synced + 1),
        };
        let mut contents: BTreeMap<usize, Vec<u8>> = BTreeMap::new();
        let mut names: BTreeMap<PathBuf, Option<usize>> = BTreeMap::new();
        for (number, deed) in deeds.iter().enumerate() {
            match deed {
                Deed::Write { file, at, bytes } => {
                    let content = contents.entry(*file).or_default();
                    for (part, piece) in pages(*at, bytes) {
                        let kept = number < synced[*file]
                            || match mood {
                                0 => false,
                                1 => true,
                                2 => chance.below(2) == 0,
                                _ => chance.below(8) != 0,
                            };
                        if kept {
                            put(content, part, piece);
                        }
                    }
                }
                Deed::Cut { file, length } if number < synced[*file] || chance.below(2) == 0 => {
                    contents.entry(*file).or_default().resize(*length as usize, 0);
                }
                Deed::Name(path, named) if number < names_until => {
                    let path = path.strip_prefix(&self.root).unwrap().to_owned();
                    rename(&mut names, path, named, &self.root);
                }
                _ => {}
            }
        }
        fs::create_dir(house).unwrap();
        for (path, file) in names {
            let place = house.join(path);
            match file {
                None => fs::create_dir_all(place).unwrap(),
                Some(file) => {
                    let made = fs::File::create(place).unwrap();
                    made.write_all_at(contents.get(&file).map_or(&[], Vec::as_slice), 0).unwrap();
                }
            }
        }
    }
}

fn rename(names: &mut BTreeMap<PathBuf, Option<usize>>, path: PathBuf, named: &Named, root: &Path) {
    match named {
        Named::Folder => drop(names.insert(path, None)),
        Named::File(file) => drop(names.insert(path, Some(*file))),
        Named::Gone => drop(names.remove(&path)),
        Named::MovedTo(to) => {
            let to = to.strip_prefix(root).unwrap().to_owned();
            if let Some(file) = names.remove(&path) {
                names.insert(to, file);
            }
        }
    }
}

fn pages(at: u64, bytes: &[u8]) -> Vec<(usize, &[u8])> {
    let mut pieces = Vec::new();
    let mut start = 0;
    while start < bytes.len() {
        let place = at as usize + start;
        let end = (start + PAGE - place % PAGE).min(bytes.len());
        pieces.push((place, &bytes[start..end]));
        start = end;
    }
    pieces
}

fn put(content: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    if content.len() < at + bytes.len() {
        content.resize(at + bytes.len(), 0);
    }
    content[at..at + bytes.len()].copy_from_slice(bytes);
}

/// Is everything confirmed there, and does work go on?
#[tokio::main(flavor = "current_thread")]
async fn opened(house: &Path, confirmed: &[String]) -> Result<(), String> {
    let ledger = open_in(house).map_err(|error| format!("it does not open: {error}"))?;
    let store = Store::open(&house.join("content")).map_err(|error| error.to_string())?;
    for line in confirmed {
        if let Some(hash) = line.strip_prefix("confirmed-content ") {
            store.get(&hash.parse().unwrap()).map_err(|error| error.to_string())?;
        }
        let Some((id, least)) = line.strip_prefix("confirmed-case ").and_then(|rest| rest.split_once(' '))
        else {
            continue;
        };
        let history = ledger.history(&tenant("koeln"), &id.parse().unwrap()).await;
        let history = history.map_err(|error| error.to_string())?;
        if history.len() < least.parse().unwrap() {
            return Err(format!("{line}, but {} entries are there", history.len()));
        }
    }
    let lines = ledger.export(&tenant("koeln")).await.map_err(|error| error.to_string())?;
    verify_lines(lines.into_iter()).map_err(|error| error.to_string())?;
    ledger.receive(document("after the cut")).await.map(|_| ()).map_err(|error| error.to_string())
}

/// Reads the lines of strace.
#[derive(Default)]
struct Reader {
    root: PathBuf,
    deeds: Vec<Deed>,
    files: usize,
    /// Which file lies under a name now.
    by_name: HashMap<PathBuf, usize>,
    /// Where the next `write` of a descriptor goes.
    offsets: HashMap<String, u64>,
    /// Calls that began in a thread and did not end yet: their text, and how much had happened before.
    begun: HashMap<String, (String, usize)>,
}

impl Reader {
    fn read(&mut self, line: &str) {
        let Some((thread, rest)) = line.split_once(' ') else { return };
        let rest = rest.trim_start();
        if let Some(start) = rest.strip_suffix(" <unfinished ...>") {
            self.begun.insert(thread.to_owned(), (start.to_owned(), self.deeds.len()));
            return;
        }
        if rest.starts_with("<... ") {
            let Some((start, begun)) = self.begun.remove(thread) else { return };
            let end = rest.split_once("resumed>").map_or("", |(_, end)| end);
            return self.call(&format!("{start}{end}"), begun);
        }
        self.call(rest, self.deeds.len());
    }

    fn call(&mut self, call: &str, begun: usize) {
        let Some((name, rest)) = call.split_once('(') else { return };
        let Some((arguments, answer)) = rest.rsplit_once(") = ").or_else(|| rest.rsplit_once(")")) else {
            return;
        };
        let answer = answer.trim_start_matches([' ', '=']);
        if answer.starts_with('-') || answer.starts_with('?') {
            return;
        }
        let texts = texts_in(arguments);
        let descriptor = arguments.split('<').next().unwrap_or_default().to_owned();
        let file_path = descriptor_path(arguments);
        match name {
            "openat" | "open" | "creat" => self.opened(&texts, arguments, answer),
            "mkdir" | "mkdirat" => self.named(path_of(&texts, 0), Named::Folder),
            "unlink" | "unlinkat" | "rmdir" => {
                let path = path_of(&texts, 0);
                self.by_name.remove(&path);
                self.named(path, Named::Gone);
            }
            "rename" | "renameat" | "renameat2" => {
                let (from, to) = (path_of(&texts, 0), path_of(&texts, 1));
                if let Some(file) = self.by_name.remove(&from) {
                    self.by_name.insert(to.clone(), file);
                }
                self.named(from, Named::MovedTo(to));
            }
            "write" if descriptor == "1" => {
                for line in String::from_utf8_lossy(&texts[texts.len() - 1]).lines() {
                    if line.starts_with("confirmed-") {
                        // The call began after everything it speaks of had ended.
                        self.deeds.push(Deed::Confirm(line.to_owned()));
                    }
                }
            }
            "write" | "pwrite64" => {
                let Some(file) = self.by_name.get(&file_path).copied() else { return };
                let bytes = texts[texts.len() - 1].clone();
                let at = match name {
                    "write" => {
                        let offset = self.offsets.entry(descriptor).or_default();
                        *offset += bytes.len() as u64;
                        *offset - bytes.len() as u64
                    }
                    _ => arguments.rsplit(", ").next().unwrap().parse().unwrap(),
                };
                self.deeds.push(Deed::Write { file, at, bytes });
            }
            "lseek" => {
                let place = answer.split(' ').next().and_then(|number| number.parse().ok());
                self.offsets.insert(descriptor, place.unwrap_or(0));
            }
            "ftruncate" => {
                let Some(file) = self.by_name.get(&file_path).copied() else { return };
                let length = arguments.rsplit(", ").next().unwrap().parse().unwrap();
                self.deeds.push(Deed::Cut { file, length });
            }
            "fsync" | "fdatasync" => match self.by_name.get(&file_path) {
                Some(file) => self.deeds.push(Deed::Sync { file: *file, begun }),
                None => self.deeds.push(Deed::SyncFolder { folder: file_path, begun }),
            },
            _ => {}
        }
    }

    fn opened(&mut self, texts: &[Vec<u8>], arguments: &str, answer: &str) {
        let path = path_of(texts, 0);
        let descriptor = answer.split('<').next().unwrap_or_default().to_owned();
        self.offsets.insert(descriptor, 0);
        if !path.starts_with(&self.root) || arguments.contains("O_DIRECTORY") {
            return;
        }
        match self.by_name.get(&path).copied() {
            Some(file) if arguments.contains("O_TRUNC") => self.deeds.push(Deed::Cut { file, length: 0 }),
            None if arguments.contains("O_CREAT") => {
                let file = self.files;
                self.files += 1;
                self.by_name.insert(path.clone(), file);
                self.named(path, Named::File(file));
            }
            _ => {}
        }
    }

    fn named(&mut self, path: PathBuf, named: Named) {
        let inside = |path: &Path| path.starts_with(&self.root) && path != self.root;
        let goes_out = matches!(&named, Named::MovedTo(to) if !inside(to));
        if inside(&path) && !goes_out {
            self.deeds.push(Deed::Name(path, named));
        }
    }
}

/// The texts between quotes, written as `\x2f` byte by byte.
fn texts_in(arguments: &str) -> Vec<Vec<u8>> {
    let mut texts = Vec::new();
    for text in arguments.split('"').skip(1).step_by(2) {
        let hex = text.split("\\x").skip(1);
        texts.push(hex.map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect());
    }
    texts
}

fn path_of(texts: &[Vec<u8>], number: usize) -> PathBuf {
    texts.get(number).map(|text| PathBuf::from(String::from_utf8_lossy(text).into_owned())).unwrap_or_default()
}

/// What strace says a descriptor is: `5</tmp/x>`, with `-xx` as bytes, too.
fn descriptor_path(arguments: &str) -> PathBuf {
    let inside =
        arguments.split_once('<').and_then(|(_, rest)| rest.split_once('>')).map_or("", |(path, _)| path);
    match inside.contains("\\x") {
        true => path_of(&texts_in(&format!("\"{inside}\"")), 0),
        false => PathBuf::from(inside),
    }
}
