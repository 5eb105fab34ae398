//! `laufmappe child` (hidden): the confined half of [`crate::sandbox`], and the one table of its tasks.

use crate::error::{Error, Kind};
use crate::sandbox::{self, Answer};
use crate::{intake, recognise};

/// Confines this process, answers one question from standard input, and gives the exit code.
pub fn run() -> u8 {
    sandbox::serve(perform)
}

fn perform(task: &str, question: serde_json::Value, blobs: Vec<Vec<u8>>) -> Answer {
    match task {
        "unpack" => intake::unpack::perform(question, blobs),
        "read" => recognise::perform_read(question, blobs),
        "embedded" => recognise::perform_embedded(question, blobs),
        "cut" => recognise::perform_cut(question, blobs),
        "searchable" => recognise::perform_searchable(question, blobs),
        _ => Err(Error::new(Kind::Internal, format!("the confined reader knows no task {task:?}"))),
    }
}
