//! `laufmappe validate PATH…`: examines files, keeps nothing, files nothing.
//!
//! Every regular file is one document. They are examined on all cores; what is said about them comes in the
//! order of their names, and no more than a few documents are in memory at any time.

use super::files::File;
use super::{ALL_FILED, files, house, language, run};
use crate::error::{Error, Kind, Result};
use crate::examine::{Examination, Examiner};
use crate::intake::LARGEST_ARRIVAL;
use crate::job::{self, Language};
use crate::protocol::reply::Posting;
use crate::protocol::{Examined, Heading, html, json, refusal, reply, text, varl};
use crate::settings::Settings;
use clap::ValueEnum;
use futures_util::{StreamExt, stream};
use jiff::Timestamp;
use jiff::civil::Date;
use std::io::{BufWriter, IsTerminal, Stdout, Write};
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Something was rejected.
const SOME_REJECTED: u8 = 1;
/// Documents in hand at the same time, for each core.
const IN_HAND: usize = 4;
/// Memory for the bytes of all documents in hand (MiB); a larger one waits until it is alone.
const MEMORY: u32 = 256;

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Shape {
    Text,
    Json,
    Jsonl,
    Html,
    Varl,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Letter {
    Text,
    Html,
}

pub struct Wishes {
    pub paths: Vec<PathBuf>,
    pub shape: Shape,
    /// Day of receipt; today where none is named.
    pub date: Option<Date>,
    /// Name of the profile to examine by; what the invoice names (BT-24) where none is given.
    pub profile: Option<String>,
    /// A reply to the supplier instead of the protocol.
    pub reply: Option<(Letter, Posting)>,
}

pub async fn validate(settings: &Settings, wishes: Wishes, tongue: Language) -> Result<u8> {
    let (sandbox, passwords) = (house::sandbox(settings)?, settings.passwords()?);
    let examiner = match &wishes.profile {
        Some(name) => Examiner::by_profile(name, sandbox, passwords)?,
        None => Examiner::new(sandbox, passwords),
    };
    let (files, mut unread) = files::of(&wishes.paths);
    let single = matches!(wishes.paths.as_slice(), [path] if !path.is_dir());
    if files.is_empty() && unread.is_empty() {
        return Err(
            Error::new(Kind::Usage, "there is no file to validate").hint("name files, or folders with files")
        );
    }
    if wishes.shape == Shape::Varl && wishes.reply.is_none() && files.len() > 1 {
        return Err(Error::new(Kind::Usage, "a VARL report is about one document")
            .hint("name one file, or choose --format jsonl"));
    }
    let at = house::clock()();
    let day = wishes.date.unwrap_or_else(|| job::german_day(at));
    let writer = Writer { shape: wishes.shape, reply: wishes.reply, at, tongue };

    let bar = run::progress(files.len() as u64);
    let memory = Arc::new(Semaphore::new(MEMORY as usize));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let mut answers = stream::iter(files)
        .map(|file| {
            let path = file.path.clone();
            let task = tokio::spawn(document(Arc::clone(&examiner), Arc::clone(&memory), file, day, writer));
            async { (path, task.await.unwrap_or_else(|_| Err(stopped()))) }
        })
        .buffered(cores * IN_HAND);
    let mut page = Page::begin(writer, single)?;
    while let Some((path, answer)) = answers.next().await {
        match answer {
            Ok(answer) => {
                if !bar.suspend(|| page.add(&answer))? {
                    return Ok(page.code());
                }
            }
            Err(error) => unread.push((path, error)),
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    page.end()?;
    for (path, error) in &unread {
        language::unread(tongue, path, error);
    }
    Ok(if unread.is_empty() { page.code() } else { Kind::Storage.exit_code() })
}

/// What is said about one document.
struct Answer {
    written: String,
    accepted: bool,
}

async fn document(
    examiner: Arc<Examiner>,
    memory: Arc<Semaphore>,
    file: File,
    day: Date,
    writer: Writer,
) -> Result<Answer> {
    let name = file.path.to_string_lossy().into_owned();
    if file.size > LARGEST_ARRIVAL {
        return Ok(writer.too_large(&name, file.size));
    }
    let needed = (file.size.div_ceil(1 << 20) as u32).clamp(1, MEMORY);
    let _memory = memory.acquire_many(needed).await.map_err(|_| stopped())?;
    let bytes = tokio::task::spawn_blocking(move || files::read(&file.path)).await.map_err(|_| stopped())??;
    if bytes.len() as u64 > LARGEST_ARRIVAL {
        return Ok(writer.too_large(&name, bytes.len() as u64));
    }
    let examination = examiner.examine(&name, bytes, day).await?;
    Ok(writer.told(&name, &examination))
}

fn stopped() -> Error {
    Error::new(Kind::Internal, "the examination was interrupted")
}

/// How a document is written about.
#[derive(Clone, Copy)]
struct Writer {
    shape: Shape,
    reply: Option<(Letter, Posting)>,
    at: Timestamp,
    tongue: Language,
}

impl Writer {
    fn told(self, file: &str, examination: &Examination) -> Answer {
        // Reading the heading costs a second look at the document; lines for machines do without.
        let heading: Option<Heading> = match self.shape {
            Shape::Text | Shape::Json | Shape::Jsonl if self.reply.is_none() => None,
            _ => examination.heading(),
        };
        let content = Some(examination.content);
        let report = &examination.report;
        self.answer(&Examined { file, content, at: self.at, report, heading: heading.as_ref() })
    }

    fn too_large(self, file: &str, size: u64) -> Answer {
        let report = &refusal::too_large(size, LARGEST_ARRIVAL);
        self.answer(&Examined { file, content: None, at: self.at, report, heading: None })
    }

    fn answer(self, examined: &Examined) -> Answer {
        let written = match self.reply {
            Some((Letter::Text, posting)) => reply::text(examined, posting).unwrap_or_default(),
            Some((Letter::Html, posting)) => reply::html(examined, posting).unwrap_or_default(),
            None => match self.shape {
                Shape::Text => text::text(examined, self.tongue),
                Shape::Json | Shape::Jsonl => json::line(examined),
                Shape::Html => html::sheet(examined),
                Shape::Varl => varl::varl(examined),
            },
        };
        Answer { written, accepted: varl::accepts(examined.report) }
    }
}

/// Standard output: what stands before, between and behind the documents.
struct Page {
    out: BufWriter<Stdout>,
    writer: Writer,
    /// One file was named: its JSON stands alone.
    single: bool,
    accepted: usize,
    rejected: usize,
}

impl Page {
    fn begin(writer: Writer, single: bool) -> Result<Self> {
        let mut page =
            Self { out: BufWriter::new(std::io::stdout()), writer, single, accepted: 0, rejected: 0 };
        match page.shape() {
            Some(Shape::Html) => page.write(&html::begin())?,
            Some(Shape::Json) if !single => page.write("[")?,
            _ => true,
        };
        Ok(page)
    }

    /// The shape, unless replies are written.
    fn shape(&self) -> Option<Shape> {
        if self.writer.reply.is_some() { None } else { Some(self.writer.shape) }
    }

    /// False when nobody reads any more.
    fn add(&mut self, answer: &Answer) -> Result<bool> {
        let first = self.accepted + self.rejected == 0;
        let before = match self.shape() {
            Some(Shape::Json) if !self.single => {
                if first {
                    "\n"
                } else {
                    ",\n"
                }
            }
            // A form feed is how a printer is told to take the next sheet.
            None if self.rejected > 0 && !answer.accepted => "\u{c}\n",
            _ => "",
        };
        let after = match self.shape() {
            Some(Shape::Jsonl) => "\n",
            Some(Shape::Json) if self.single => "\n",
            _ => "",
        };
        if answer.accepted {
            self.accepted += 1
        } else {
            self.rejected += 1
        }
        Ok(self.write(before)?
            && self.write(&answer.written)?
            && self.write(after)?
            && self.flush_for_people()?)
    }

    fn end(&mut self) -> Result<()> {
        let (accepted, rejected) = (self.accepted, self.rejected);
        let end = match (self.shape(), self.writer.tongue) {
            (Some(Shape::Html), _) => html::END.to_owned(),
            (Some(Shape::Json), _) if !self.single => "\n]\n".to_owned(),
            (Some(Shape::Text), Language::De) if accepted + rejected > 1 => {
                format!("{} Dokumente: {accepted} annehmen, {rejected} ablehnen\n", accepted + rejected)
            }
            (Some(Shape::Text), Language::En) if accepted + rejected > 1 => {
                format!("{} documents: {accepted} to accept, {rejected} to reject\n", accepted + rejected)
            }
            (None, Language::De) if rejected == 0 => {
                "Alles ist in Ordnung; eine Antwort ist nicht nötig.\n".to_owned()
            }
            (None, Language::En) if rejected == 0 => "All is well; no reply is needed.\n".to_owned(),
            _ => String::new(),
        };
        self.write(&end)?;
        self.answered(Ok(())).and_then(|_| {
            let flushed = self.out.flush();
            self.answered(flushed)
        })?;
        Ok(())
    }

    fn code(&self) -> u8 {
        if self.rejected == 0 { ALL_FILED } else { SOME_REJECTED }
    }

    fn write(&mut self, text: &str) -> Result<bool> {
        let written = self.out.write_all(text.as_bytes());
        self.answered(written)
    }

    fn flush_for_people(&mut self) -> Result<bool> {
        if !std::io::stdout().is_terminal() {
            return Ok(true);
        }
        let flushed = self.out.flush();
        self.answered(flushed)
    }

    /// Whoever reads our output may stop at any time (`| head`).
    fn answered(&self, written: std::io::Result<()>) -> Result<bool> {
        match written {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
            Err(error) => Err(Error::new(Kind::Storage, format!("writing the result failed: {error}"))),
        }
    }
}
