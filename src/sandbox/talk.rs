//! A conversation with one child: questions and answers about one document, each bounded in time and size.
//!
//! In: questions. Out: answers, or an error that says how the child ended. Absent on purpose: trust in what the
//! child writes; its complaints (standard error) are measured and thrown away.

use super::confine::{Allowance, Confinement};
use super::frame::{self, Spoken, Unspoken};
use super::parent::Limits;
use crate::error::{Error, Kind, Result};
use crate::faults;
use serde::Deserialize;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// Ends its child when it is dropped.
pub struct Talk {
    child: Child,
    limits: Limits,
    task: &'static str,
    questions: Option<ChildStdin>,
    answers: Option<ChildStdout>,
    complaints: JoinHandle<Vec<u8>>,
    confinement: Confinement,
    /// What the child may use; sent before the first question.
    preamble: Option<[u8; 28]>,
}

impl Talk {
    pub(super) fn start(program: &Path, limits: Limits, allowance: Allowance) -> Result<Self> {
        let mut command = Command::new(program);
        command.arg("child").env_clear().envs(SURROUNDINGS).current_dir("/");
        if let Some(models) = std::env::var_os("TESSDATA_PREFIX") {
            command.env("TESSDATA_PREFIX", models);
        }
        command.envs(faults::hand_down());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| {
            Error::new(Kind::Unavailable, format!("starting {} failed: {error}", program.display()))
                .hint("check memory and the number of processes on this machine")
        })?;
        let (questions, answers) = (child.stdin.take(), child.stdout.take());
        let complaints = tokio::spawn(read_all_keep_some(child.stderr.take()));
        let preamble = Some(frame::preamble(&allowance));
        let confinement = Confinement::default();
        Ok(Self { child, limits, task: "", questions, answers, complaints, confinement, preamble })
    }

    /// The first question, with the document.
    pub async fn begin<Q: Serialize + Sync, A: DeserializeOwned>(
        &mut self,
        task: &'static str,
        question: &Q,
        blobs: &[&[u8]],
    ) -> Result<(A, Vec<Vec<u8>>)> {
        self.task = task;
        let question = written(task, question)?;
        let mut message = vec![task.as_bytes(), question.as_slice()];
        message.extend(blobs);
        self.exchange(&message).await
    }

    /// A further question about the same document.
    pub async fn ask<Q: Serialize + Sync, A: DeserializeOwned>(
        &mut self,
        question: &Q,
    ) -> Result<(A, Vec<Vec<u8>>)> {
        let question = written(self.task, question)?;
        self.exchange(&[question.as_slice()]).await
    }

    /// Which walls the child says it stands behind.
    pub fn confinement(&self) -> Confinement {
        self.confinement
    }

    /// The most memory the child has held so far (bytes); 0 where the kernel does not say.
    pub fn peak(&self) -> u64 {
        let Some(id) = self.child.id() else { return 0 };
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kibibytes = peak.and_then(|peak| peak.split_whitespace().next()?.parse::<u64>().ok());
        kibibytes.unwrap_or(0) << 10
    }

    /// Ends the child and waits until it is gone.
    pub async fn end(mut self) {
        // An error here means that it has just ended by itself.
        self.child.kill().await.ok();
    }

    async fn exchange<A: DeserializeOwned>(&mut self, message: &[&[u8]]) -> Result<(A, Vec<Vec<u8>>)> {
        let (wall, most) = (self.limits.wall, self.limits.answer);
        let spoken = match timeout(wall, self.send_and_hear(message)).await {
            Ok(spoken) => spoken,
            Err(_) => {
                self.child.kill().await.ok();
                return Err(overtime(self.task, &format!("{} s", wall.as_secs())));
            }
        };
        let Spoken { confinement, mut message } = match spoken {
            Ok(spoken) => spoken,
            Err(Unspoken::Cut) => return Err(self.death().await),
            Err(Unspoken::TooLong) => {
                self.child.kill().await.ok();
                let text = format!("the result of {} is larger than {most} bytes", self.task);
                return Err(Error::new(Kind::TooLarge, text).hint("divide the document and send its parts"));
            }
        };
        self.confinement = confinement;
        let head = if message.is_empty() { Vec::new() } else { message.remove(0) };
        match serde_json::from_slice(&head).map_err(|_| not_understood(self.task))? {
            Head::Answer { answer } => {
                let answer = serde_json::from_value(answer).map_err(|_| not_understood(self.task))?;
                Ok((answer, message))
            }
            Head::Error { kind, text, hint } => {
                let error = Error::new(kind_of(&kind), text);
                Err(Error { hint, ..error })
            }
        }
    }

    /// Writes and reads at the same time, so that no full pipe stops both sides.
    async fn send_and_hear(&mut self, message: &[&[u8]]) -> std::result::Result<Spoken, Unspoken> {
        let preamble = self.preamble.take();
        let (Some(questions), Some(answers)) = (&mut self.questions, &mut self.answers) else {
            return Err(Unspoken::Cut);
        };
        let send = send(questions, preamble.as_ref().map_or(&[], |preamble| preamble.as_slice()), message);
        let hear = frame::read_answer(answers, self.limits.answer);
        tokio::pin!(send, hear);
        let mut sent = false;
        loop {
            tokio::select! {
                // An answer counts even if the child did not listen to the end.
                spoken = &mut hear => return spoken,
                () = &mut send, if !sent => sent = true,
            }
        }
    }

    /// How the child ended that gave no answer.
    async fn death(&mut self) -> Error {
        const LAST_WORDS: Duration = Duration::from_secs(5);
        let (task, cpu) = (self.task, self.limits.cpu);
        self.questions = None;
        let ended = timeout(LAST_WORDS, self.child.wait()).await.ok().and_then(std::io::Result::ok);
        self.child.kill().await.ok();
        let complaints = timeout(LAST_WORDS, &mut self.complaints).await;
        let complaints = complaints.ok().and_then(std::result::Result::ok).unwrap_or_default();
        tracing::debug!(task, complaint_bytes = complaints.len(), "child ended without an answer");
        let signal = ended.and_then(|ended| ended.signal());
        if signal == Some(SIGXCPU) {
            return overtime(task, &format!("{cpu} s of CPU time"));
        }
        let how = how_it_ended(ended, signal, &complaints, self.limits.memory);
        Error::new(Kind::Crashed, format!("the confined reader failed at task {task}: {how}"))
            .hint("open the original and enter it by hand")
    }
}

/// One thread. Pictures of ten megabytes come and go: memory that is kept and reused saves giving it back to the
/// kernel and fetching it again, 2 to 5 % of the time.
const SURROUNDINGS: [(&str, &str); 3] = [
    ("OMP_THREAD_LIMIT", "1"),
    ("MALLOC_MMAP_THRESHOLD_", "1073741824"),
    ("MALLOC_TRIM_THRESHOLD_", "1073741824"),
];

#[derive(Deserialize)]
#[serde(untagged)]
enum Head {
    Answer { answer: Value },
    Error { kind: String, text: String, hint: Option<String> },
}

fn written<Q: Serialize>(task: &str, question: &Q) -> Result<Vec<u8>> {
    serde_json::to_vec(question)
        .map_err(|error| Error::new(Kind::Internal, format!("writing the question {task}: {error}")))
}

fn how_it_ended(ended: Option<ExitStatus>, signal: Option<i32>, complaints: &[u8], memory: u64) -> String {
    let complained = |words: &[u8]| complaints.windows(words.len()).any(|window| window == words);
    match signal {
        Some(signal) if complained(b"memory allocation of") => {
            format!("it ran out of memory ({} MB) and died of {}", memory >> 20, name(signal))
        }
        Some(signal) => format!("it died of {}", name(signal)),
        None => match ended.and_then(|ended| ended.code()) {
            Some(code) => format!("it ended with {code} and without an answer"),
            None => "it ended without an answer".to_owned(),
        },
    }
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
async fn send(pipe: &mut ChildStdin, preamble: &[u8], message: &[&[u8]]) {
    let written = async {
        pipe.write_all(preamble).await?;
        pipe.write_all(&frame::count(message.len())).await?;
        for frame in message {
            pipe.write_all(&frame::length(frame)).await?;
            pipe.write_all(frame).await?;
        }
        pipe.flush().await
    };
    let written: std::io::Result<()> = written.await;
    if let Err(error) = written {
        tracing::debug!(%error, "the child stopped listening");
    }
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
