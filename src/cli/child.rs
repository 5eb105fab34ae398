//! `laufmappe child` (hidden): the confined half of [`crate::sandbox`], and the one table of its tasks.

use crate::error::{Error, Kind, Result};
use crate::sandbox::{self, Tell};
use crate::{intake, recognise};

/// Confines this process, answers what standard input asks about one document, and gives the exit code.
pub fn run() -> u8 {
    sandbox::serve(perform)
}

fn perform(task: &str, question: serde_json::Value, blobs: Vec<Vec<u8>>, tell: &mut Tell<'_>) -> Result<()> {
    let answer = match task {
        "read" => return recognise::perform_read(question, blobs, tell),
        "unpack" => intake::unpack::perform(question, blobs),
        "embedded" => recognise::perform_embedded(question, blobs),
        "cut" => recognise::perform_cut(question, blobs),
        "searchable" => recognise::perform_searchable(question, blobs),
        _ => Err(Error::new(Kind::Internal, format!("the confined reader knows no task {task:?}"))),
    }?;
    // Each of these is asked once.
    tell(answer);
    Ok(())
}
