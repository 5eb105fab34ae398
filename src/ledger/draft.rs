//! Changes to a tree of the index that are written together, with the sum that proves nothing is missing.
//!
//! In: keys and values. Out: one atomic batch. Absent on purpose: what they mean.

use crate::error::{Error, Kind, Result};
use crate::index::{Tree, kind_of};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hasher};

pub(super) struct Draft<'a> {
    tree: &'a Tree,
    changes: BTreeMap<Vec<u8>, Change>,
}

struct Change {
    old: Option<sled::IVec>,
    new: Option<Vec<u8>>,
}

impl<'a> Draft<'a> {
    pub fn of(tree: &'a Tree) -> Draft<'a> {
        Draft { tree, changes: BTreeMap::new() }
    }

    /// Sets a value; `None` removes the key.
    pub fn set(&mut self, key: Vec<u8>, new: Option<Vec<u8>>) -> Result<()> {
        if let Some(change) = self.changes.get_mut(&key) {
            change.new = new;
            return Ok(());
        }
        let old = self.tree.get(&key).map_err(wrong)?;
        self.changes.insert(key, Change { old, new });
        Ok(())
    }

    /// By how much the sum over all pairs of the tree changes. It is an exclusive or, so that the order does
    /// not matter and an old value is taken out the way it was put in.
    pub fn sum(&self) -> u64 {
        let mut sum = 0;
        for (key, Change { old, new }) in &self.changes {
            sum ^= old.as_ref().map_or(0, |old| sum_of(key, old));
            sum ^= new.as_ref().map_or(0, |new| sum_of(key, new));
        }
        sum
    }

    /// Writes everything at once, and one more value that is not part of the sum.
    pub fn write(self, key: &str, value: Vec<u8>) -> Result<()> {
        let mut batch = sled::Batch::default();
        for (key, change) in self.changes {
            match change.new {
                Some(new) => batch.insert(key, new),
                None => batch.remove(key),
            }
        }
        batch.insert(key, value);
        self.tree.apply_batch(batch).map_err(wrong)
    }
}

/// Should the standard hasher ever change with the compiler, the index is made anew once.
pub(super) fn sum_of(key: &[u8], value: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write_usize(key.len());
    hasher.write(key);
    hasher.write(value);
    hasher.finish()
}

pub(super) fn written(value: &impl Serialize) -> Result<Vec<u8>> {
    serde_json::to_vec(value).map_err(|_| damaged())
}

pub(super) fn read<T: DeserializeOwned>(value: &[u8]) -> Result<T> {
    serde_json::from_slice(value).map_err(|_| damaged())
}

pub(super) fn damaged() -> Error {
    Error::new(Kind::Storage, "the index of the ledger is damaged")
        .hint("stop the program and run `laufmappe rebuild`; the journal is not affected")
}

pub(super) fn wrong(error: sled::Error) -> Error {
    Error::new(kind_of(&error), format!("the index of the ledger cannot be used: {error}"))
        .hint("check free space of the data folder; the journal is not affected, and the next call tries again")
}
