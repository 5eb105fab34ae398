//! The child's side: confine ourselves, read a question, answer it, and go on for as long as somebody asks
//! about the same document.
//!
//! In: standard input. Out: standard output. Absent on purpose: a second document.

use super::{confine, frame, probe};
use crate::error::{Error, Kind, Result};
use crate::faults;
use serde_json::{Value, json};
use std::io::{self, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Mutex};

/// JSON and blobs.
pub type Told = (Value, Vec<Vec<u8>>);

/// What a task answers.
pub type Answer = Result<Told>;

/// Tells an answer and gives the next question about the same document; `None` when nobody asks any more.
pub type Tell<'a> = dyn FnMut(Told) -> Option<Value> + 'a;

/// Runs as the child: `perform(task, question, blobs, tell)` is called once. Returns the exit code.
pub fn serve(perform: impl FnOnce(&str, Value, Vec<Vec<u8>>, &mut Tell<'_>) -> Result<()>) -> u8 {
    match converse(&mut io::stdin().lock(), &mut io::stdout().lock(), perform) {
        Ok(()) => 0,
        Err(_) => 1,
    }
}

fn converse(
    input: &mut impl Read,
    output: &mut impl Write,
    perform: impl FnOnce(&str, Value, Vec<Vec<u8>>, &mut Tell<'_>) -> Result<()>,
) -> io::Result<()> {
    let allowance = frame::read_preamble(input)?;
    let confinement = match confine::enter(&allowance) {
        Ok(confinement) => confinement,
        Err(error) => return refuse(output, confine::Confinement::default(), &error),
    };
    let message = frame::read_message(input)?;
    let mut answered = 0;
    let mut tell = |told: Told| {
        answered += 1;
        write(output, confinement, &told).ok()?;
        confine::allow_more(&allowance, answered);
        let mut message = frame::read_message(input).ok()?;
        serde_json::from_slice(&message.pop()?).ok()
    };
    match caught(|| dispatch(message, &mut tell, perform)) {
        Ok(()) => Ok(()),
        Err(error) => refuse(output, confinement, &error),
    }
}

fn dispatch(
    mut message: Vec<Vec<u8>>,
    tell: &mut Tell<'_>,
    perform: impl FnOnce(&str, Value, Vec<Vec<u8>>, &mut Tell<'_>) -> Result<()>,
) -> Result<()> {
    if message.len() < 2 {
        return Err(Error::new(Kind::Internal, "a question has a task and its JSON"));
    }
    let blobs = message.split_off(2);
    blobs.iter().for_each(|blob| faults::stumble("reader-aborts-on", blob));
    let task = String::from_utf8_lossy(&message[0]).into_owned();
    let question = serde_json::from_slice(&message[1]).map_err(|error| {
        Error::new(Kind::Internal, format!("the question of task {task} is no JSON: {error}"))
    })?;
    match task.as_str() {
        probe::TASK => probe::perform(question, tell),
        task => perform(task, question, blobs, tell),
    }
}

/// Turns a panic into an error that names the place in the code and nothing from the document.
fn caught(work: impl FnOnce() -> Result<()>) -> Result<()> {
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

fn write(output: &mut impl Write, confinement: confine::Confinement, told: &Told) -> io::Result<()> {
    let (answer, blobs) = told;
    let head = json!({ "answer": answer }).to_string();
    let mut message: Vec<&[u8]> = vec![head.as_bytes()];
    message.extend(blobs.iter().map(Vec::as_slice));
    frame::write_answer(output, confinement, &message)
}

fn refuse(output: &mut impl Write, confinement: confine::Confinement, error: &Error) -> io::Result<()> {
    let head = json!({ "kind": error.kind.slug(), "text": error.text, "hint": error.hint }).to_string();
    frame::write_answer(output, confinement, &[head.as_bytes()])
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
