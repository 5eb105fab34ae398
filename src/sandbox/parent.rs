//! The parent's side: start the child, send the question, bound its memory and time, read the answer.
//!
//! In: a question. Out: its answer, or an error that says how the child ended. Absent on purpose: trust in
//! what the child writes; its complaints (standard error) are measured and thrown away.

use super::confine::Confinement;
use super::{frame, probe};
use crate::error::{Error, Kind, Result};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::time::timeout;

/// What one child may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Address space (bytes).
    pub memory: u64,
    /// CPU seconds.
    pub cpu: u64,
    /// Wall clock; the child is killed after it.
    pub wall: Duration,
    /// Largest answer read (bytes).
    pub answer: u64,
}

/// Enough for reading a long scanned document; hostile ones run into it.
impl Default for Limits {
    fn default() -> Self {
        Self { memory: 3 << 29, cpu: 120, wall: Duration::from_secs(300), answer: 256 << 20 }
    }
}

/// Starts confined children of one program.
#[derive(Debug, Clone)]
pub struct Sandbox {
    /// The program to start: our own binary; it is called as `PROGRAM child`.
    pub program: PathBuf,
    pub limits: Limits,
}

impl Sandbox {
    /// Asks a fresh child. `Err` kinds: whatever the task answered; [`Kind::Crashed`] when the child died;
    /// [`Kind::Overtime`] when it ran out of time; [`Kind::TooLarge`] when its answer is larger than allowed.
    pub async fn ask<Q: Serialize + Sync, A: DeserializeOwned>(
        &self,
        task: &str,
        question: &Q,
        blobs: &[&[u8]],
    ) -> Result<(A, Vec<Vec<u8>>)> {
        let question = serde_json::to_vec(question)
            .map_err(|error| Error::new(Kind::Internal, format!("writing the question {task}: {error}")))?;
        let (_, mut message) = self.talk(task, &question, blobs).await?;
        let head = if message.is_empty() { Vec::new() } else { message.remove(0) };
        let head: Head = serde_json::from_slice(&head).map_err(|_| not_understood(task))?;
        match head {
            Head::Answer { answer } => {
                let answer = serde_json::from_value(answer).map_err(|_| not_understood(task))?;
                Ok((answer, message))
            }
            Head::Error { kind, text, hint } => {
                Err(Error { kind: kind_of(&kind), text, hint, particular: None })
            }
        }
    }

    /// Which walls stand around a child on this machine.
    pub async fn confinement(&self) -> Result<Confinement> {
        let question = json!({ "try": "nothing" }).to_string();
        let (confinement, _) = self.talk(probe::TASK, question.as_bytes(), &[]).await?;
        Ok(confinement)
    }

    async fn talk(&self, task: &str, question: &[u8], blobs: &[&[u8]]) -> Result<(Confinement, Vec<Vec<u8>>)> {
        let mut child = self.start()?;
        let mut message = vec![task.as_bytes(), question];
        message.extend(blobs);
        let exchanged = timeout(self.limits.wall, self.exchange(&mut child, &message)).await;
        let Ok((answer, complaints, ended)) = exchanged else {
            // An error here means that it has just ended by itself.
            child.kill().await.ok();
            return Err(overtime(task, &format!("{} s", self.limits.wall.as_secs())));
        };
        tracing::debug!(task, answer_bytes = answer.len(), complaint_bytes = complaints.len(), "child ended");
        if answer.len() as u64 > self.limits.answer {
            let text = format!("the result of {task} is larger than {} bytes", self.limits.answer);
            return Err(Error::new(Kind::TooLarge, text).hint("divide the document and send its parts"));
        }
        // A complete answer counts even if the process stumbled on its way out.
        frame::parse_answer(&answer).ok_or_else(|| self.death(task, ended, &complaints))
    }

    fn start(&self) -> Result<Child> {
        let mut command = Command::new(&self.program);
        command.arg("child").env_clear().env("OMP_THREAD_LIMIT", "1").current_dir("/");
        if let Some(models) = std::env::var_os("TESSDATA_PREFIX") {
            command.env("TESSDATA_PREFIX", models);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        command.spawn().map_err(|error| {
            Error::new(Kind::Unavailable, format!("starting {} failed: {error}", self.program.display()))
                .hint("check memory and the number of processes on this machine")
        })
    }

    /// Writes and reads at the same time, so that no full pipe stops both sides.
    async fn exchange(&self, child: &mut Child, message: &[&[u8]]) -> (Vec<u8>, Vec<u8>, Option<ExitStatus>) {
        let preamble = frame::preamble(self.limits.memory, self.limits.cpu);
        let send = send(child.stdin.take(), &preamble, message);
        let answer = read_some(child.stdout.take(), self.limits.answer.saturating_add(1));
        let complaints = read_all_keep_some(child.stderr.take());
        let ((), answer, complaints, ended) = tokio::join!(send, answer, complaints, child.wait());
        (answer, complaints, ended.ok())
    }

    fn death(&self, task: &str, ended: Option<ExitStatus>, complaints: &[u8]) -> Error {
        let signal = ended.and_then(|ended| ended.signal());
        if signal == Some(SIGXCPU) {
            return overtime(task, &format!("{} s of CPU time", self.limits.cpu));
        }
        let complained = |words: &[u8]| complaints.windows(words.len()).any(|window| window == words);
        let how = match signal {
            Some(signal) if complained(b"memory allocation of") => {
                format!("it ran out of memory ({} MB) and died of {}", self.limits.memory >> 20, name(signal))
            }
            Some(signal) => format!("it died of {}", name(signal)),
            None => match ended.and_then(|ended| ended.code()) {
                Some(code) => format!("it ended with {code} and without an answer"),
                None => "it ended without an answer".to_owned(),
            },
        };
        Error::new(Kind::Crashed, format!("the confined reader failed at task {task}: {how}"))
            .hint("open the original and enter it by hand")
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Head {
    Answer { answer: Value },
    Error { kind: String, text: String, hint: Option<String> },
}

const SIGXCPU: i32 = 24;

fn name(signal: i32) -> String {
    let known = match signal {
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        15 => "SIGTERM",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        other => return format!("signal {other}"),
    };
    known.to_owned()
}

fn kind_of(slug: &str) -> Kind {
    Kind::ALL.iter().copied().find(|kind| kind.slug() == slug).unwrap_or(Kind::Internal)
}

fn overtime(task: &str, allowed: &str) -> Error {
    Error::new(Kind::Overtime, format!("the confined reader did not finish task {task} within {allowed}"))
        .hint("divide the document, or allow more time in the settings")
}

fn not_understood(task: &str) -> Error {
    Error::new(Kind::Crashed, format!("the answer of the confined reader to task {task} makes no sense"))
        .hint("open the original and enter it by hand")
}

/// A child that dies early closes the pipe; how it died says more than the failed write.
async fn send(pipe: Option<impl AsyncWrite + Unpin>, preamble: &[u8], message: &[&[u8]]) {
    let Some(mut pipe) = pipe else { return };
    let written = async {
        pipe.write_all(preamble).await?;
        pipe.write_all(&frame::count(message.len())).await?;
        for frame in message {
            pipe.write_all(&frame::length(frame)).await?;
            pipe.write_all(frame).await?;
        }
        pipe.shutdown().await
    };
    let written: std::io::Result<()> = written.await;
    if let Err(error) = written {
        tracing::debug!(%error, "the child stopped listening");
    }
}

/// Reads at most `most` bytes and closes the pipe.
async fn read_some(pipe: Option<impl AsyncRead + Unpin>, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    if let Some(pipe) = pipe {
        pipe.take(most).read_to_end(&mut bytes).await.ok();
    }
    bytes
}

const COMPLAINTS: usize = 64 << 10;

/// Reads everything, so that the child never waits, and keeps the first part.
async fn read_all_keep_some(pipe: Option<impl AsyncRead + Unpin>) -> Vec<u8> {
    let mut kept = Vec::new();
    let Some(mut pipe) = pipe else { return kept };
    let mut piece = [0; 4096];
    while let Ok(length @ 1..) = pipe.read(&mut piece).await {
        let room = COMPLAINTS - kept.len();
        kept.extend_from_slice(&piece[..length.min(room)]);
    }
    kept
}
