//! One tree of the index, as its users hold it: it outlives the database below it.
//!
//! In: keys and values. Out: the same, or the error of the database, which is opened anew before the next call:
//! sled answers nothing any more once it could not write. Absent on purpose: filling a tree that comes back
//! empty; whoever keeps it asks for the [`Tree::generation`].

use super::Index;
use sled::{Batch, IVec, Result};
use std::ops::RangeBounds;

#[derive(Debug, Clone)]
pub struct Tree {
    index: Index,
    name: &'static str,
}

impl Tree {
    pub(super) fn of(index: &Index, name: &'static str) -> Tree {
        Tree { index: index.clone(), name }
    }

    /// Grows when the database was opened anew: what was written last may be gone, or everything.
    pub fn generation(&self) -> u64 {
        self.index.generation()
    }

    /// Makes the database be opened anew before the next call.
    pub fn distrust(&self) {
        self.index.distrust();
    }

    pub fn get(&self, key: impl AsRef<[u8]>) -> Result<Option<IVec>> {
        self.on(|tree| tree.get(key))
    }

    pub fn insert(&self, key: impl AsRef<[u8]>, value: impl Into<IVec>) -> Result<Option<IVec>> {
        self.on(|tree| tree.insert(key, value))
    }

    pub fn remove(&self, key: impl AsRef<[u8]>) -> Result<Option<IVec>> {
        self.on(|tree| tree.remove(key))
    }

    pub fn apply_batch(&self, batch: Batch) -> Result<()> {
        self.on(|tree| tree.apply_batch(batch))
    }

    pub fn clear(&self) -> Result<()> {
        self.on(sled::Tree::clear)
    }

    pub fn flush(&self) -> Result<usize> {
        self.on(sled::Tree::flush)
    }

    pub fn iter(&self) -> Pairs {
        self.pairs(sled::Tree::iter)
    }

    pub fn scan_prefix(&self, prefix: impl AsRef<[u8]>) -> Pairs {
        self.pairs(|tree| tree.scan_prefix(prefix))
    }

    pub fn range<K: AsRef<[u8]>>(&self, range: impl RangeBounds<K>) -> Pairs {
        self.pairs(|tree| tree.range(range))
    }

    fn on<T>(&self, work: impl FnOnce(&sled::Tree) -> Result<T>) -> Result<T> {
        let done = self.index.current(self.name).and_then(|tree| work(&tree));
        self.noticed(done)
    }

    fn pairs(&self, work: impl FnOnce(&sled::Tree) -> sled::Iter) -> Pairs {
        match self.index.current(self.name) {
            Ok(tree) => Pairs { tree: self.clone(), found: Some(work(&tree)), failed: None },
            Err(error) => Pairs { tree: self.clone(), found: None, failed: Some(error) },
        }
    }

    fn noticed<T>(&self, done: Result<T>) -> Result<T> {
        if done.is_err() {
            self.distrust();
        }
        done
    }
}

/// Keys and values in order; ends after the first error.
pub struct Pairs {
    tree: Tree,
    found: Option<sled::Iter>,
    failed: Option<sled::Error>,
}

impl Pairs {
    pub fn keys(self) -> impl Iterator<Item = Result<IVec>> {
        self.map(|found| found.map(|(key, _)| key))
    }

    pub fn values(self) -> impl Iterator<Item = Result<IVec>> {
        self.map(|found| found.map(|(_, value)| value))
    }
}

impl Iterator for Pairs {
    type Item = Result<(IVec, IVec)>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        let found = self.tree.noticed(self.found.as_mut()?.next()?);
        if found.is_err() {
            self.found = None;
        }
        Some(found)
    }
}
