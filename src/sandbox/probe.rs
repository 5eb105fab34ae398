//! The built-in task "probe": tries what a hostile document would try, and tells what came of it.
//!
//! In: `{"try": …}`, again and again. Out: `{"outcome": …}`, if the process still lives. Used by `doctor` (`nothing`) and by the
//! tests of the walls. It gives nobody a right that the child does not have anyway.

use super::child::{Answer, Tell};
use crate::error::{Error, Kind, Result};
use rustix::process::{Resource, getrlimit};
use serde_json::{Value, json};
use std::fs::File;
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::Duration;

pub const TASK: &str = "probe";

pub fn perform(mut question: Value, tell: &mut Tell<'_>) -> Result<()> {
    while let Some(next) = tell(tried(&question)?) {
        question = next;
    }
    Ok(())
}

fn tried(question: &Value) -> Answer {
    let outcome = match question["try"].as_str().unwrap_or_default() {
        "nothing" => "done".to_owned(),
        "allocate" => return allocate(),
        "loop" => spin(),
        "sleep" => sleep(),
        "cpu-limit" => getrlimit(Resource::Cpu).current.map_or_else(String::new, |limit| limit.to_string()),
        "abort" => std::process::abort(),
        "panic" => return give_up(),
        "thread" => thread::spawn(|| "done".to_owned()).join().unwrap_or_default(),
        "open" => outcome(File::open(path(question)).map(drop)),
        "create" => outcome(File::create(path(question)).map(drop)),
        "connect" => outcome(TcpStream::connect(path(question)).map(drop)),
        "exec" => outcome(Command::new(path(question)).status().map(drop)),
        "error" => return Err(Error::new(Kind::Encrypted, "a probe is encrypted").hint("no hint")),
        "big-answer" => {
            let size = question["size"].as_u64().and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
            return Ok((json!({ "outcome": "done" }), vec![vec![7; size]]));
        }
        other => return Err(Error::new(Kind::Internal, format!("the probe knows no {other:?}"))),
    };
    Ok((json!({ "outcome": outcome }), Vec::new()))
}

fn path(question: &Value) -> String {
    question["path"].as_str().unwrap_or_default().to_owned()
}

fn allocate() -> Answer {
    let mut taken: Vec<Vec<u8>> = Vec::new();
    loop {
        taken.push(vec![1; 16 << 20]);
        if taken.len() > 1 << 16 {
            return Ok((json!({ "outcome": "permitted" }), Vec::new()));
        }
    }
}

fn sleep() -> String {
    thread::sleep(Duration::from_hours(1));
    "done".to_owned()
}

fn spin() -> String {
    let mut turns = 0_u64;
    loop {
        turns = std::hint::black_box(turns.wrapping_add(1));
    }
}

#[expect(clippy::panic, reason = "the probe shows that a panic of a library becomes an error")]
fn give_up() -> Answer {
    panic!("as asked");
}

fn outcome(tried: std::io::Result<()>) -> String {
    match tried {
        Ok(()) => "permitted".to_owned(),
        Err(error) => format!("refused: {error}"),
    }
}
