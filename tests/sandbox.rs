//! Each wall around the confined child holds, and the parent lives.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a test may fail loudly, and says which wall this kernel lacks"
)]

use laufmappe::error::{Kind, Result};
use laufmappe::sandbox::{Limits, Sandbox};
use serde_json::{Value, json};
use std::time::Duration;

fn sandbox() -> Sandbox {
    Sandbox::new(env!("CARGO_BIN_EXE_laufmappe").into(), Limits::default())
}

async fn probe(sandbox: &Sandbox, question: Value) -> Result<String> {
    let (answer, _): (Value, _) = sandbox.ask("probe", &question, &[]).await?;
    Ok(answer["outcome"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn what_computing_needs_works() {
    for what in ["nothing", "thread"] {
        assert_eq!(probe(&sandbox(), json!({ "try": what })).await, Ok("done".to_owned()), "{what}");
    }
}

#[tokio::test]
async fn the_way_out_is_refused() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let here = listener.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    let fresh = folder.path().join("new").display().to_string();
    let rows = [
        ("open", "/etc/passwd"),
        ("open", "/proc/self/environ"),
        ("create", fresh.as_str()),
        ("connect", here.as_str()),
        ("exec", "/bin/true"),
    ];
    let walls = sandbox().confinement().await.unwrap();
    for (what, path) in rows {
        let stands = if what == "open" { walls.landlock } else { walls.seccomp };
        if !stands {
            eprintln!("this kernel has no wall against {what}; not tested");
            continue;
        }
        let outcome = probe(&sandbox(), json!({ "try": what, "path": path })).await.unwrap();
        assert!(outcome.starts_with("refused"), "{what} {path}: {outcome}");
    }
    assert!(!folder.path().join("new").exists());
}

#[tokio::test]
async fn a_child_that_dies_is_an_error_that_names_how() {
    let rows = [("allocate", "out of memory"), ("abort", "SIGABRT"), ("panic", "sandbox/probe.rs")];
    for (what, how) in rows {
        let error = probe(&sandbox(), json!({ "try": what })).await.unwrap_err();
        assert_eq!(error.kind, Kind::Crashed, "{what}: {error}");
        assert!(error.text.contains(how), "{what}: {error}");
    }
}

#[tokio::test]
async fn a_child_that_takes_too_long_is_ended() {
    let mut impatient = sandbox();
    impatient.limits.cpu = 1;
    let busy = probe(&impatient, json!({ "try": "loop" })).await.unwrap_err();
    assert_eq!(busy.kind, Kind::Overtime, "{busy}");
    impatient.limits.wall = Duration::from_millis(300);
    let idle = probe(&impatient, json!({ "try": "sleep" })).await.unwrap_err();
    assert_eq!(idle.kind, Kind::Overtime, "{idle}");
}

#[tokio::test]
async fn an_answer_is_bounded_and_large_ones_pass_below_the_bound() {
    let mut narrow = sandbox();
    narrow.limits.answer = 1 << 20;
    let error = probe(&narrow, json!({ "try": "big-answer", "size": 50 << 20 })).await.unwrap_err();
    assert_eq!(error.kind, Kind::TooLarge, "{error}");
    let question = json!({ "try": "big-answer", "size": 5 << 20 });
    let large = vec![1; 20 << 20];
    let (_, blobs): (Value, _) = sandbox().ask("probe", &question, &[&large]).await.unwrap();
    assert_eq!(blobs, [vec![7; 5 << 20]]);
}

#[tokio::test]
async fn one_child_answers_several_questions_and_ends_with_the_first_error() {
    let sandbox = sandbox();
    let place = sandbox.place().await;
    let mut talk = sandbox.talk(&place, 10).unwrap();
    let (first, _): (Value, _) = talk.begin("probe", &json!({ "try": "nothing" }), &[b"bytes"]).await.unwrap();
    assert_eq!(first["outcome"], "done");
    assert!(talk.peak() > 1 << 20, "{}", talk.peak());
    for _ in 0..3 {
        let (next, _): (Value, _) = talk.ask(&json!({ "try": "thread" })).await.unwrap();
        assert_eq!(next["outcome"], "done");
    }
    let error = talk.ask::<_, Value>(&json!({ "try": "error" })).await.unwrap_err();
    assert_eq!(error.kind, Kind::Encrypted);
    let after = talk.ask::<_, Value>(&json!({ "try": "nothing" })).await.unwrap_err();
    assert_eq!(after.kind, Kind::Crashed, "{after}");
}

#[tokio::test]
async fn each_answer_brings_time_for_the_next_but_not_without_end() {
    let limits = Limits { cpu: 10, ..Limits::default() };
    let sandbox = Sandbox::new(env!("CARGO_BIN_EXE_laufmappe").into(), limits);
    let place = sandbox.place().await;
    // Ten seconds for the first answer, one more for the second and last.
    let mut talk = sandbox.talk(&place, 2).unwrap();
    let mut allowed = Vec::new();
    let question = json!({ "try": "cpu-limit" });
    let (first, _): (Value, _) = talk.begin("probe", &question, &[]).await.unwrap();
    allowed.push(first["outcome"].as_str().unwrap().to_owned());
    for _ in 0..2 {
        let (next, _): (Value, _) = talk.ask(&question).await.unwrap();
        allowed.push(next["outcome"].as_str().unwrap().to_owned());
    }
    assert_eq!(allowed, ["10", "11", "11"]);
}

#[tokio::test]
async fn no_more_children_run_at_once_than_there_are_places() {
    let sandbox = Sandbox::with_places(env!("CARGO_BIN_EXE_laufmappe").into(), Limits::default(), 2);
    let clone = sandbox.clone();
    let (first, second) = (sandbox.place().await, clone.idle_place(Duration::ZERO).await);
    assert!(second.is_some());
    let further = sandbox.idle_place(Duration::ZERO).await;
    assert!(further.is_none(), "clones share their places");
    let waiting = probe(&clone, json!({ "try": "nothing" }));
    tokio::pin!(waiting);
    let early = tokio::time::timeout(Duration::from_millis(200), &mut waiting).await;
    assert!(early.is_err(), "no third child while two places are taken");
    drop(first);
    assert_eq!(waiting.await, Ok("done".to_owned()));
}

#[tokio::test]
async fn an_error_of_the_task_arrives_as_it_was() {
    let error = probe(&sandbox(), json!({ "try": "error" })).await.unwrap_err();
    assert_eq!((error.kind, error.text.as_str()), (Kind::Encrypted, "a probe is encrypted"));
    assert_eq!(error.hint.as_deref(), Some("no hint"));
    let unknown = sandbox().ask::<_, Value>("no such task", &json!({}), &[]).await.unwrap_err();
    assert_eq!(unknown.kind, Kind::Internal);
}

#[tokio::test]
async fn doctor_sees_which_walls_stand() {
    let walls = sandbox().confinement().await.unwrap();
    assert!(walls.rlimits);
    let seccomp = std::fs::read_to_string("/proc/self/status").unwrap().contains("Seccomp:");
    assert_eq!(walls.seccomp, seccomp, "seccomp stands exactly where the kernel has it");
    let modules = std::fs::read_to_string("/sys/kernel/security/lsm").unwrap_or_default();
    if modules.contains("landlock") {
        assert!(walls.landlock, "landlock stands where the kernel has it");
    }
}

#[tokio::test]
async fn a_program_that_is_not_there_can_be_tried_again() {
    let nowhere = Sandbox::new("/nowhere/laufmappe".into(), Limits::default());
    assert_eq!(nowhere.confinement().await.unwrap_err().kind, Kind::Unavailable);
}
