//! The child's side: confine ourselves, read one question, answer it, end.
//!
//! In: standard input. Out: standard output. Absent on purpose: a second question.

use super::{confine, frame, probe};
use crate::error::{Error, Kind, Result};
use serde_json::{Value, json};
use std::io::{self, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex};

/// What a task answers: JSON and blobs.
pub type Answer = Result<(Value, Vec<Vec<u8>>)>;

/// Runs as the child: `perform(task, question, blobs)` is called once. Returns the exit code.
pub fn serve(perform: impl FnOnce(&str, Value, Vec<Vec<u8>>) -> Answer) -> u8 {
    match answer_one(&mut io::stdin().lock(), &mut io::stdout().lock(), perform) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}

fn answer_one(
    input: &mut impl Read,
    output: &mut impl Write,
    perform: impl FnOnce(&str, Value, Vec<Vec<u8>>) -> Answer,
) -> io::Result<()> {
    let (memory, cpu) = frame::read_preamble(input)?;
    let confinement = match confine::enter(memory, cpu) {
        Ok(confinement) => confinement,
        Err(error) => return write(output, confine::Confinement::default(), Err(error)),
    };
    let message = frame::read_message(input)?;
    write(output, confinement, caught(|| dispatch(message, perform)))
}

fn dispatch(mut message: Vec<Vec<u8>>, perform: impl FnOnce(&str, Value, Vec<Vec<u8>>) -> Answer) -> Answer {
    if message.len() < 2 {
        return Err(Error::new(Kind::Internal, "a question has a task and its JSON"));
    }
    let blobs = message.split_off(2);
    let task = String::from_utf8_lossy(&message[0]).into_owned();
    let question = serde_json::from_slice(&message[1]).map_err(|error| {
        Error::new(Kind::Internal, format!("the question of task {task} is no JSON: {error}"))
    })?;
    match task.as_str() {
        probe::TASK => probe::perform(&question),
        task => perform(task, question, blobs),
    }
}

/// Turns a panic into an error that names the place in the code and nothing from the document.
fn caught(work: impl FnOnce() -> Answer) -> Answer {
    let place = Arc::new(Mutex::new(String::from("an unknown place")));
    let noted = Arc::clone(&place);
    panic::set_hook(Box::new(move |panicked| {
        if let (Some(location), Ok(mut place)) = (panicked.location(), noted.lock()) {
            *place = format!("{}:{}", file_name(location.file()), location.line());
        }
    }));
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let place = place.lock().map(|place| place.clone()).unwrap_or_default();
        Err(Error::new(Kind::Crashed, format!("the confined reader gave up at {place}"))
            .hint("open the original and enter it by hand"))
    })
}

/// Crate folder and file, without the path of the machine it was built on.
fn file_name(path: &str) -> &str {
    path.match_indices('/').rev().nth(2).map_or(path, |(slash, _)| &path[slash + 1..])
}

fn write(output: &mut impl Write, confinement: confine::Confinement, answer: Answer) -> io::Result<()> {
    let (head, blobs) = match answer {
        Ok((value, blobs)) => (json!({ "answer": value }), blobs),
        Err(error) => {
            (json!({ "kind": error.kind.slug(), "text": error.text, "hint": error.hint }), Vec::new())
        }
    };
    let head = head.to_string();
    let mut message: Vec<&[u8]> = vec![head.as_bytes()];
    message.extend(blobs.iter().map(Vec::as_slice));
    frame::write_answer(output, confinement, &message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_names_the_place_in_the_code_only() {
        assert_eq!(
            file_name("/home/x/.cargo/registry/src/i/tiff-0.11.3/src/image.rs"),
            "tiff-0.11.3/src/image.rs"
        );
        assert_eq!(file_name("src/main.rs"), "src/main.rs");
    }
}
