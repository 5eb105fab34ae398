//! `laufmappe read FILE…`: what files with pages say; nothing is kept or filed.

use super::{ALL_FILED, files, house, language};
use crate::error::{Error, Kind, Result};
use crate::job::Language;
use crate::reader::{Answer, Reader};
use crate::settings::Settings;
use clap::ValueEnum;
use futures_util::{StreamExt, stream};
use std::fmt::Write as _;
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
    let (files, mut unread) = files::of(paths);
    if files.is_empty() && unread.is_empty() {
        return Err(
            Error::new(Kind::Usage, "there is no file to read").hint("name files, or folders with files")
        );
    }
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut answers = stream::iter(files)
        .map(|file| {
            let reader = Arc::clone(&reader);
            async move {
                let path = file.path.clone();
                let answers = one(&reader, file).await;
                (path, answers)
            }
        })
        .buffered(cores);
    let mut all = Vec::new();
    while let Some((path, answers)) = answers.next().await {
        match answers {
            Ok(answers) if shape == Shape::Json => all.extend(answers),
            Ok(answers) => {
                for answer in &answers {
                    print(&if shape == Shape::Text { told(answer) } else { line(answer)? })?;
                }
            }
            Err(error) => unread.push((path, error)),
        }
    }
    if shape == Shape::Json {
        print(&serde_json::to_string_pretty(&all).map_err(not_written)?)?;
    }
    for (path, error) in &unread {
        language::unread(tongue, path, error);
    }
    Ok(if unread.is_empty() { ALL_FILED } else { SOME_UNREAD })
}

async fn one(reader: &Reader, file: files::File) -> Result<Vec<Answer>> {
    let name = file.path.to_string_lossy().into_owned();
    let bytes = tokio::task::spawn_blocking(move || files::read(&file.path))
        .await
        .map_err(|_| Error::new(Kind::Internal, "reading the file was interrupted"))??;
    reader.read(&name, &bytes).await
}

fn line(answer: &Answer) -> Result<String> {
    serde_json::to_string(answer).map_err(not_written)
}

/// For people: class, pages, values with how surely they were read.
fn told(answer: &Answer) -> String {
    use crate::reader::Value;
    let mut text = format!("{} ({})\n", answer.file, answer.part);
    for (term, value) in &answer.fields {
        if let Value::Single(field) = value {
            let sure = field.confidence.map(|sure| format!(" ({:.0} %)", sure * 100.0)).unwrap_or_default();
            writeln!(text, "  {term:8} {}{sure}", field.value).ok();
        }
    }
    text
}

fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::new(Kind::Storage, format!("writing the result failed: {error}")))
        }
        _ => Ok(()),
    }
}

fn not_written(error: serde_json::Error) -> Error {
    Error::new(Kind::Internal, format!("the result cannot be written: {error}"))
}
