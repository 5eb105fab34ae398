//! `laufmappe read FILE…`: what files with pages say; nothing is kept or filed.

use super::{ALL_FILED, files, house, language, run};
use crate::error::{Error, Kind, Result};
use crate::job::Language;
use crate::reader::{Answer, Reader, text};
use crate::settings::Settings;
use clap::ValueEnum;
use futures_util::{StreamExt, stream};
use std::io::Write;
use std::path::PathBuf;
use std::sync::Arc;

/// Some file could not be read.
const SOME_UNREAD: u8 = 1;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    Text,
    Json,
    Jsonl,
}

/// Where there are several tenants and none is named, nothing is known about suppliers.
pub async fn read(
    settings: &Settings,
    paths: &[PathBuf],
    shape: Shape,
    tenant: Option<&str>,
    tongue: Language,
) -> Result<u8> {
    let mut reader = Reader::new(house::sandbox(settings)?, settings.passwords()?);
    if tenant.is_some() || settings.tenants.len() == 1 {
        reader.memory = house::memory(settings, &settings.tenant(tenant)?)?;
    }
    let reader = Arc::new(reader);
    let (files, missing) = files::of(paths);
    if files.is_empty() && missing.is_empty() {
        return Err(
            Error::new(Kind::Usage, "there is no file to read").hint("name files, or folders with files")
        );
    }
    let bar = run::progress(files.len() as u64);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut answers = stream::iter(files)
        .map(|file| {
            let reader = Arc::clone(&reader);
            async move { (file.path.clone(), one(&reader, file).await) }
        })
        .buffered(cores);
    let mut unread = !missing.is_empty();
    let mut all = Vec::new();
    while let Some((path, answers)) = answers.next().await {
        bar.inc(1);
        match answers {
            Ok(answers) if shape == Shape::Json => all.extend(answers),
            Ok(answers) => {
                for answer in &answers {
                    let written = if shape == Shape::Text { text(answer, tongue) } else { line(answer)? };
                    if !bar.suspend(|| print(&written))? {
                        return Ok(ALL_FILED);
                    }
                }
            }
            Err(error) => {
                bar.suspend(|| language::refused(tongue, &path, &error));
                unread = true;
            }
        }
    }
    bar.finish_and_clear();
    if shape == Shape::Json {
        let mut written = serde_json::to_string_pretty(&all).map_err(not_written)?;
        written.push('\n');
        print(&written)?;
    }
    for (path, error) in &missing {
        language::unread(tongue, path, error);
    }
    Ok(if unread { SOME_UNREAD } else { ALL_FILED })
}

async fn one(reader: &Reader, file: files::File) -> Result<Vec<Answer>> {
    let name = file.path.to_string_lossy().into_owned();
    let bytes = tokio::task::spawn_blocking(move || files::read(&file.path))
        .await
        .map_err(|_| Error::new(Kind::Internal, "reading the file was interrupted"))??;
    reader.read(&name, &bytes).await
}

fn line(answer: &Answer) -> Result<String> {
    let mut line = serde_json::to_string(answer).map_err(not_written)?;
    line.push('\n');
    Ok(line)
}

/// False when nobody reads any more (`| head`).
fn print(text: &str) -> Result<bool> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Error::new(Kind::Storage, format!("writing the result failed: {error}"))),
    }
}

fn not_written(error: serde_json::Error) -> Error {
    Error::new(Kind::Internal, format!("the result cannot be written: {error}"))
}
