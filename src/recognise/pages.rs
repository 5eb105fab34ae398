//! The parent's side of reading: the pages of one document, read by one child or by several at once.
//!
//! In: a document. Out: [`Sight`], the same whether one child read it or many: a page depends on no other. Absent
//! on purpose: looking into the bytes.
//!
//! Each child holds the document and reads one page at a time, so memory does not grow with the length. Further
//! children come only while a core is idle and pages wait: under load every document has one.

use super::reading::{OpenAnswer, OpenQuestion};
use super::{Page, Sight};
use crate::error::{Error, Kind, Result};
use crate::job;
use crate::sandbox::{Place, Sandbox, Talk};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

pub async fn read(sandbox: &Sandbox, kind: job::Kind, bytes: &[u8], passwords: &[String]) -> Result<Sight> {
    let source = Source { sandbox, kind, bytes, passwords };
    let place = sandbox.place().await;
    let (first, opened, files) = source.open(&place, Embedded::Wanted).await?;
    let total = match opened.total {
        0 => return Err(Error::new(Kind::NoPages, "the document has no page")),
        total if total > MOST_PAGES => {
            return Err(Error::new(Kind::TooLarge, format!("a document of more than {MOST_PAGES} pages"))
                .hint("divide it and send its parts"));
        }
        total => total,
    };
    let desk = Desk::of(total);
    let mut readers = FuturesUnordered::new();
    readers.push(Box::pin(source.read_on(&desk, place, Some(first))));
    loop {
        tokio::select! {
            ended = readers.next() => if ended.is_none() { break },
            // Whatever is read meanwhile is not worth another child.
            place = sandbox.idle_place(PATIENCE), if desk.pages_wait() => if let Some(place) = place {
                readers.push(Box::pin(source.read_on(&desk, place, None)));
            },
        }
    }
    drop(readers);
    let mut sight = Sight::default();
    sight.text.pages = desk.pages()?;
    sight.files = opened.embedded.into_iter().zip(files).collect();
    sight.origin = opened.origin.unwrap_or_default();
    Ok(sight)
}

/// The readers know smaller bounds; this one holds even if one of them lies.
const MOST_PAGES: u32 = 10_000;
const PATIENCE: Duration = Duration::from_millis(100);

/// A child is replaced after so many pages, or when it has held so large a part of its memory: what one page left
/// behind shall not pile up.
const PAGES_OF_ONE_CHILD: u32 = 50;
const PART_OF_MEMORY: u64 = 2;

struct Source<'a> {
    sandbox: &'a Sandbox,
    kind: job::Kind,
    bytes: &'a [u8],
    passwords: &'a [String],
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Embedded {
    Wanted,
    Unwanted,
}

impl Source<'_> {
    async fn open(&self, place: &Place, files: Embedded) -> Result<(Talk, OpenAnswer, Vec<Vec<u8>>)> {
        let mut talk = self.sandbox.talk(place, u64::from(PAGES_OF_ONE_CHILD) + 1)?;
        let question = OpenQuestion {
            kind: self.kind,
            passwords: self.passwords.to_vec(),
            embedded: files == Embedded::Wanted,
        };
        let (opened, files) = talk.begin("read", &question, &[self.bytes]).await?;
        Ok((talk, opened, files))
    }

    /// Takes page after page from the desk, until none is left or one fails.
    async fn read_on(&self, desk: &Desk, place: Place, mut talk: Option<Talk>) {
        let mut answered = 0;
        while let Some(number) = desk.take() {
            let read = async {
                let talking = match &mut talk {
                    Some(talking) => talking,
                    None => talk.insert(self.open(&place, Embedded::Unwanted).await?.0),
                };
                let (page, _): (Page, _) = talking.ask(&number).await?;
                Ok(page)
            };
            desk.put(number, read.await);
            answered += 1;
            let heavy = talk.as_ref().is_some_and(|talk| self.is_heavy(talk));
            if answered == PAGES_OF_ONE_CHILD || heavy {
                answered = 0;
                end(talk.take()).await;
            }
        }
        end(talk).await;
    }

    fn is_heavy(&self, talk: &Talk) -> bool {
        talk.peak() > self.sandbox.limits.memory / PART_OF_MEMORY
    }
}

async fn end(talk: Option<Talk>) {
    if let Some(talk) = talk {
        talk.end().await;
    }
}

/// Which pages are to be read, and what came of them.
struct Desk(Mutex<Stack>);

struct Stack {
    next: u32,
    read: Vec<Option<Page>>,
    /// Of the first page that failed.
    failed: Option<(u32, Error)>,
}

impl Desk {
    fn of(total: u32) -> Self {
        let read = std::iter::repeat_with(|| None).take(total as usize).collect();
        Self(Mutex::new(Stack { next: 1, read, failed: None }))
    }

    fn stack(&self) -> MutexGuard<'_, Stack> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn pages_wait(&self) -> bool {
        self.stack().waits()
    }

    /// The next page to read. After a failure there is none: the pages in hand are finished, so that of several
    /// failures always the first page's is told.
    fn take(&self) -> Option<u32> {
        let mut stack = self.stack();
        if !stack.waits() {
            return None;
        }
        stack.next += 1;
        Some(stack.next - 1)
    }

    fn put(&self, number: u32, read: Result<Page>) {
        let mut stack = self.stack();
        match read {
            Ok(page) => {
                if let Some(place) = stack.read.get_mut(number as usize - 1) {
                    *place = Some(page);
                }
            }
            Err(error) if stack.failed.as_ref().is_none_or(|(first, _)| number < *first) => {
                stack.failed = Some((number, error));
            }
            Err(_) => {}
        }
    }

    fn pages(self) -> Result<Vec<Page>> {
        let stack = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        if let Some((number, error)) = stack.failed {
            return Err(error.on_page(number));
        }
        let pages: Option<Vec<Page>> = stack.read.into_iter().collect();
        pages.ok_or_else(|| Error::new(Kind::Internal, "a page was left out"))
    }
}

impl Stack {
    fn waits(&self) -> bool {
        self.failed.is_none() && self.next as usize <= self.read.len()
    }
}
