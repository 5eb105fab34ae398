//! What lies in the DMS, found by walking its disk.

use crate::post::hash;
use crate::proxy::key_in;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// One folder that holds files.
#[derive(Debug)]
pub struct Filed {
    pub place: String,
    /// As the end of the folder's name says.
    pub key: Option<String>,
    /// As `metadata.json` says; none: the filing is not complete.
    pub document: Option<String>,
    /// Names and SHA-256 of its files, without the parts.
    pub files: BTreeMap<String, String>,
    /// Files that were put and not moved to their names.
    pub parts: usize,
}

pub fn walk(root: &Path) -> Vec<Filed> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let place = folder.strip_prefix(root).unwrap().display().to_string();
        let mut filed = Filed { key: key_of(&place), place, document: None, files: BTreeMap::new(), parts: 0 };
        let mut empty = true;
        for entry in std::fs::read_dir(&folder).unwrap().flatten() {
            let (path, name) = (entry.path(), entry.file_name().to_string_lossy().into_owned());
            empty = false;
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if name.starts_with('.') {
                filed.parts += 1;
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            if name == "metadata.json" {
                let metadata: Value = serde_json::from_slice(&bytes).unwrap_or_default();
                filed.document = metadata["document"]["id"].as_str().map(str::to_owned);
            }
            filed.files.insert(name, hash(&bytes));
        }
        // A folder with a key and nothing in it is a filing, too.
        if !filed.files.is_empty() || filed.parts > 0 || (empty && filed.key.is_some()) {
            found.push(filed);
        }
    }
    found
}

/// A folder under its own name, or (`.k….part`) on its way to it.
fn key_of(place: &str) -> Option<String> {
    let name = place.rsplit('/').next()?;
    key_in(name).or_else(|| name.strip_prefix(".k").and_then(|rest| Some(format!("k{}", rest.get(..9)?))))
}
