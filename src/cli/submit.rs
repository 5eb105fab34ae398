//! `laufmappe submit PATH…`: takes documents in and rings the bell for the workers.

use super::house::{self, House};
use super::{ALL_FILED, Format, language};
use crate::error::{Error, Kind, Result};
use crate::intake;
use crate::job::{Channel, Document, Job, Language, Priority, Scan, Tenant};
use crate::ledger::Received;
use crate::settings::Settings;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Stands for standard input among the paths.
const STDIN: &str = "-";

/// What to take in.
pub struct Order {
    /// Files, folders, or `-` for standard input.
    pub paths: Vec<PathBuf>,
    pub batch: Option<String>,
    /// Operator, device and number of sheets, where they are known.
    pub scan: Option<Scan>,
    /// What a person said; else the documents tell.
    pub priority: Option<Priority>,
    pub tenant: Tenant,
}

/// What came of taking in: everything that is safe now, and what could not be read at all.
pub struct Taken {
    pub received: Vec<Received>,
    /// Left where it was, and why.
    pub refused: Vec<(PathBuf, Error)>,
}

pub async fn submit(settings: &Settings, order: Order, format: Format, tongue: Language) -> Result<u8> {
    let house = house::open(settings).await?;
    let taken = take_in(&house, &order).await?;
    match format {
        Format::Json => {
            for received in &taken.received {
                let document = received.document();
                let known = matches!(received, Received::Known(_));
                let line = serde_json::json!({ "document": document.id, "name": document.name,
                    "content": document.content, "kind": document.kind, "known": known,
                    "repeats": document.repeats });
                language::say(&line.to_string());
            }
        }
        Format::Text => {
            for received in &taken.received {
                language::say(&line(received, tongue));
            }
        }
    }
    Ok(complain_about(&taken, tongue))
}

/// Takes every document in: store, ledger entry, then the queue. What cannot be read stays where it is and
/// does not stop the others.
pub async fn take_in(house: &House, order: &Order) -> Result<Taken> {
    let mut taken = Taken { received: Vec::new(), refused: Vec::new() };
    // All names first: a mistyped one is said before anything is taken in.
    let mut files = Vec::new();
    for path in &order.paths {
        files.extend(if path == Path::new(STDIN) { vec![path.clone()] } else { files_of(path)? });
    }
    for file in files {
        if let Err(error) = house.reserve.check_intake() {
            taken.refused.push((file, error));
            break;
        }
        let (channel, name, bytes) = if file == Path::new(STDIN) {
            (Channel::Stdin, "standard-input".into(), bounded(std::io::stdin().lock(), "standard input"))
        } else {
            (Channel::Folder, file.file_name().unwrap_or_default().to_string_lossy(), read(&file))
        };
        match bytes {
            Ok(bytes) => {
                let source = file.to_string_lossy();
                taken.received.push(take(house, order, channel, &source, &name, &bytes).await?);
            }
            Err(error) => taken.refused.push((file, error)),
        }
    }
    Ok(taken)
}

async fn take(
    house: &House,
    order: &Order,
    channel: Channel,
    source: &str,
    name: &str,
    bytes: &[u8],
) -> Result<Received> {
    let Order { tenant, batch, scan, priority, .. } = order;
    let (batch, scan, priority) = (batch.as_deref(), scan.as_ref(), *priority);
    let from = intake::Source { tenant, channel, source, name, batch, scan, priority };
    let document = intake::arrive(&house.store, &from, bytes, house::clock()())?;
    let received = house.ledger.receive(document).await?;
    // It is safe in the ledger; where the bell cannot be rung now, the workers find it there.
    if let Err(error) = house.queue.publish(&Job::of(received.document())).await {
        tracing::warn!(document = %received.document().id, kind = error.kind.slug(), "not rung: {error}");
    }
    Ok(received)
}

/// The files of a path, absolute, in the order of their names; hidden files are no post.
fn files_of(path: &Path) -> Result<Vec<PathBuf>> {
    let missing = |error: std::io::Error| {
        Error::new(Kind::Usage, format!("{}: {error}", path.display()))
            .hint("name a file or folder that exists")
    };
    let path = path.canonicalize().map_err(missing)?;
    if !path.is_dir() {
        return Ok(vec![path]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).map_err(missing)? {
            let entry = entry.map_err(missing)?;
            let kind = entry.file_type().map_err(missing)?;
            if entry.file_name().to_string_lossy().starts_with('.') {
                continue;
            }
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                found.push(entry.path());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let file = std::fs::File::open(path)
        .map_err(|error| Error::new(Kind::Usage, format!("{}: {error}", path.display())))?;
    bounded(file, &path.display().to_string())
}

fn bounded(source: impl Read, name: &str) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    source
        .take(intake::LARGEST_ARRIVAL + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Error::new(Kind::Usage, format!("reading {name} failed: {error}")))?;
    if bytes.len() as u64 > intake::LARGEST_ARRIVAL {
        return Err(Error::new(
            Kind::TooLarge,
            format!("{name} is larger than {} MiB", intake::LARGEST_ARRIVAL >> 20),
        )
        .hint("split it into smaller parts; it was left where it is"));
    }
    Ok(bytes)
}

/// Tells what was left where it was; the exit code follows.
pub fn complain_about(taken: &Taken, tongue: Language) -> u8 {
    let mut code = ALL_FILED;
    for (_, error) in &taken.refused {
        language::complain(tongue, error);
        code = Kind::Unavailable.exit_code();
    }
    code
}

fn line(received: &Received, tongue: Language) -> String {
    let document: &Document = received.document();
    let said = match (tongue, received, &document.repeats) {
        (Language::De, Received::Known(_), _) => "war schon eingegangen".to_owned(),
        (Language::En, Received::Known(_), _) => "had arrived before".to_owned(),
        (Language::De, Received::New(_), Some(earlier)) => {
            format!("eingegangen; gleicher Inhalt wie {earlier}")
        }
        (Language::En, Received::New(_), Some(earlier)) => format!("received; same content as {earlier}"),
        (Language::De, Received::New(_), None) => "eingegangen".to_owned(),
        (Language::En, Received::New(_), None) => "received".to_owned(),
    };
    format!("{}  {}  {said}", document.id, document.name)
}
