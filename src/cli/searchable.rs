//! `laufmappe searchable FILE -o OUT.pdf`: a copy that can be searched, beside the file, which stays as it is.

use super::{ALL_FILED, files, house};
use crate::error::{Error, Kind, Result};
use crate::intake;
use crate::job::Language;
use crate::recognise;
use crate::settings::Settings;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where the copy goes.
pub enum Place {
    /// Nothing lies there yet, or the command ends.
    New(PathBuf),
    /// Whatever lies there is written over.
    Any(PathBuf),
}

impl Place {
    fn path(&self) -> &Path {
        match self {
            Self::New(path) | Self::Any(path) => path,
        }
    }
}

pub async fn searchable(settings: &Settings, path: &Path, place: &Place, tongue: Language) -> Result<u8> {
    if let Place::New(output) = place
        && output.symlink_metadata().is_ok()
    {
        return Err(taken(output));
    }
    let bytes = read(path).await?;
    let (sandbox, passwords) = (house::sandbox(settings)?, settings.passwords()?);
    let kind = intake::kind(&bytes);
    let sight = recognise::see(&sandbox, kind, &bytes, &passwords).await?;
    let copy = recognise::searchable(&sandbox, kind, &bytes, &passwords, &sight.text).await?;
    let unchanged = copy.is_none();
    write(place, copy.as_deref().unwrap_or(&bytes))?;
    if unchanged {
        say(tongue);
    }
    Ok(ALL_FILED)
}

async fn read(path: &Path) -> Result<Vec<u8>> {
    let path = path.to_owned();
    let read = tokio::task::spawn_blocking(move || files::read(&path)).await;
    read.map_err(|_| Error::new(Kind::Internal, "reading the file was interrupted"))?
}

/// Under another name first, so that the copy is there as a whole or not at all.
fn write(place: &Place, bytes: &[u8]) -> Result<()> {
    let output = place.path();
    let failed = |error: std::io::Error| {
        Error::new(Kind::Usage, format!("writing {} failed: {error}", output.display()))
            .hint("name a file in a folder we may write to")
    };
    let mut name = std::ffi::OsString::from(".");
    name.push(output.file_name().ok_or_else(|| failed(std::io::ErrorKind::InvalidFilename.into()))?);
    name.push(format!(".{}.part", std::process::id()));
    let part = output.with_file_name(name);
    let mut file = File::create_new(&part).map_err(failed)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    let placed = written.and_then(|()| match place {
        // A link fails where something lies meanwhile; some file systems have none.
        Place::New(_) => match std::fs::hard_link(&part, output) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => std::fs::rename(&part, output),
            other => other,
        },
        Place::Any(_) => std::fs::rename(&part, output),
    });
    // After a rename there is nothing left to remove.
    std::fs::remove_file(&part).ok();
    match placed {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(taken(output)),
        other => other.map_err(failed),
    }
}

fn taken(output: &Path) -> Error {
    Error::new(Kind::Usage, format!("{} is there already", output.display()))
        .hint("name a new file, or write over it with --force")
}

#[expect(clippy::print_stderr, reason = "the command line speaks to people here")]
fn say(tongue: Language) {
    match tongue {
        Language::De => eprintln!("Das PDF ist schon durchsuchbar; es wurde unverändert übernommen."),
        Language::En => eprintln!("The PDF can be searched already; it was taken over unchanged."),
    }
}
