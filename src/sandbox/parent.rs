//! The parent's side: start the child, send the question, bound its memory and time, read the answer.

use crate::error::{Error, Kind, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::path::PathBuf;
use std::time::Duration;

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

/// Starts confined children of one program.
#[derive(Debug, Clone)]
pub struct Sandbox {
    /// The program to start: our own binary; it is called as `PROGRAM child`.
    pub program: PathBuf,
    pub limits: Limits,
}

impl Sandbox {
    /// Asks a fresh child. `Err` kinds: whatever the task answered; [`Kind::Crashed`] when the child died;
    /// [`Kind::Overtime`] when it ran out of time.
    pub async fn ask<Q: Serialize + Sync, A: DeserializeOwned>(
        &self,
        task: &str,
        question: &Q,
        blobs: &[&[u8]],
    ) -> Result<(A, Vec<Vec<u8>>)> {
        let _ = (task, question, blobs);
        Err(Error::new(Kind::Internal, "not built yet"))
    }
}
