//! One tree of the index, as its users hold it: it outlives the database below it.
//!
//! In: keys and values. Out: the same, or the error of the database, which is opened anew before the next call:
//! sled answers nothing any more once it could not write. Absent on purpose: filling a tree that comes back
//! empty; its keeper does, who is told by [`Tree::is_anew`].

use super::Index;
use sled::{Batch, IVec, Result};
use std::io::ErrorKind;
use std::ops::RangeBounds;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

#[derive(Debug, Clone)]
pub struct Tree {
    index: Index,
    name: &'static str,
    /// The generation its keeper knows of, where he wants to.
    known: Option<Arc<AtomicU64>>,
}

impl Tree {
    pub(super) fn of(index: &Index, name: &'static str, known: Option<u64>) -> Tree {
        let known = known.map(|generation| Arc::new(AtomicU64::new(generation)));
        Tree { index: index.clone(), name, known }
    }

    /// Was the database opened anew since the keeper looked? What was written last may be gone, or everything.
    pub fn is_anew(&self) -> Result<bool> {
        let (_, generation) = self.index.current(self.name)?;
        Ok(self.known.as_ref().is_some_and(|known| known.load(Ordering::Acquire) != generation))
    }

    /// From now on it answers as it is.
    pub fn accept(&self) -> Result<()> {
        let (_, generation) = self.index.current(self.name)?;
        if let Some(known) = &self.known {
            known.store(generation, Ordering::Release);
        }
        Ok(())
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
        let done = self.now().and_then(|tree| work(&tree));
        self.noticed(done)
    }

    fn now(&self) -> Result<sled::Tree> {
        let (tree, generation) = self.index.current(self.name)?;
        match &self.known {
            Some(known) if known.load(Ordering::Acquire) != generation => Err(anew()),
            _ => Ok(tree),
        }
    }

    fn pairs(&self, work: impl FnOnce(&sled::Tree) -> sled::Iter) -> Pairs {
        match self.now() {
            Ok(tree) => Pairs { tree: self.clone(), found: Some(work(&tree)), failed: None },
            Err(error) => Pairs { tree: self.clone(), found: None, failed: Some(error) },
        }
    }

    fn noticed<T>(&self, done: Result<T>) -> Result<T> {
        match &done {
            Err(sled::Error::Io(error)) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => self.distrust(),
            Ok(_) => {}
        }
        done
    }
}

fn anew() -> sled::Error {
    sled::Error::Io(std::io::Error::new(ErrorKind::Interrupted, "it was opened anew just now"))
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
