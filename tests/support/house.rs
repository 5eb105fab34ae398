//! A house in a temporary folder, worked through the real program.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

pub struct House {
    folder: TempDir,
    /// Further arguments of every call: shared queue and ledger.
    shared: Vec<String>,
}

pub struct Ran {
    pub code: i32,
    pub output: String,
    pub errors: String,
}

impl House {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), shared: Vec::new() }
    }

    pub fn shared(queue: &str, ledger: &str) -> Self {
        let shared = ["--queue", queue, "--ledger", ledger].map(str::to_owned).to_vec();
        let folder = tempfile::tempdir().unwrap();
        // A killed worker's case is taken over when its lease has run out (seconds).
        std::fs::write(folder.path().join("laufmappe.toml"), "[work]\nlease = 6\n").unwrap();
        Self { folder, shared }
    }

    /// The folder the program works in; its settings may lie here.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The E-Akte tree.
    pub fn tree(&self) -> PathBuf {
        self.data().join("akte")
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_laufmappe"));
        command.current_dir(self.folder.path()).arg("--data").arg(self.data());
        command.args(&self.shared).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub fn laufmappe(&self, arguments: &[&str]) -> Ran {
        let output = self.command(arguments).output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            output: String::from_utf8(output.stdout).unwrap(),
            errors: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Starts a program that goes on; its output is not read.
    pub fn start(&self, arguments: &[&str]) -> Child {
        self.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
    }

    pub fn summaries(&self) -> Vec<Value> {
        let status = self.laufmappe(&["status", "--format", "json"]);
        assert_eq!(status.code, 0, "{}", status.errors);
        serde_json::from_str(&status.output).unwrap()
    }

    /// The report of a document, from the content store; none where it was never checked.
    pub fn report_of(&self, summary: &Value) -> Option<Value> {
        let id = summary["document"]["id"].as_str().unwrap();
        let shown = self.laufmappe(&["ledger", "show", id]);
        let report = shown.output.lines().find_map(|line| {
            let entry: Value = serde_json::from_str(line).unwrap();
            entry["event"]["report"].as_str().map(str::to_owned)
        })?;
        let place = self.data().join("content").join(&report[..2]).join(&report[2..4]).join(&report);
        Some(serde_json::from_slice(&std::fs::read(place).unwrap()).unwrap())
    }
}

/// Tells a program to stop, as an init system does.
pub fn terminate(program: &Child) {
    let id = program.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
}

/// `metadata.json` of a filed document.
pub fn metadata_of(summary: &Value) -> Value {
    let location = summary["locations"][0].as_str().unwrap();
    let place = Path::new(location).join("metadata.json");
    let bytes = std::fs::read(&place).unwrap_or_else(|error| panic!("{}: {error}", place.display()));
    serde_json::from_slice(&bytes).unwrap()
}

pub fn samples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/post")
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}
