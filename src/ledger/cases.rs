//! What the embedded ledger looks up quickly: one tree of the index, made from the journal and nothing else.
//!
//! In: entries and where they lie. Out: cases, heads, the open set, the order of arrival. Absent on purpose:
//! being the truth.
//!
//! | key | value |
//! |---|---|
//! | `r` | how far the journal is known, and the sum over everything below |
//! | `h` tenant | number and hash of the tenant's newest entry |
//! | `d` tenant 0 document | the document as received |
//! | `c` tenant 0 document | the fold of its entries, and where the newest of them lie |
//! | `e` tenant 0 document number | where older entries lie, [`SPANS`] at a time |
//! | `s` tenant 0 content place | the documents with this content, in order of arrival |
//! | `a` place, `o` place | all cases, and those not settled, in order of arrival |

use super::draft::{Draft, damaged, read, sum_of, written, wrong};
use super::entry::{Event, State, Summary};
use super::journal::Span;
use super::line::{Chains, Head};
use super::recovery::Placed;
use crate::error::{Error, Kind, Result};
use crate::index::Index;
use crate::job::{Clearing, ContentHash, Document, DocumentId, Sheets, Tenant};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Layout of keys and values; an index with another one is made anew.
const LAYOUT: u32 = 1;
/// So many places are kept with a case; a longer history is laid aside, so that no event rewrites much.
const SPANS: usize = 64;

#[derive(Debug, Clone)]
pub(super) struct Cases {
    tree: sled::Tree,
    /// Kept so that nobody else opens it as long as the tree is in use.
    _index: Index,
}

/// One case as looked up.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub summary: Summary,
    /// The newest fencing token.
    pub token: u64,
    /// Place of the entry that received it: the order of arrival.
    place: u64,
    spans: Vec<Span>,
    /// How many groups of older places were laid aside.
    aside: u32,
}

/// The part of a case that events change.
#[derive(Debug, Serialize, Deserialize)]
struct Fold {
    state: State,
    attempts: u32,
    rule: Option<String>,
    fatal: u32,
    warnings: u32,
    filed: Vec<(String, ContentHash)>,
    clearing: Option<Clearing>,
    parts: Vec<DocumentId>,
    sheets: Option<Sheets>,
    token: u64,
    place: u64,
    spans: Vec<Span>,
    aside: u32,
}

/// How far the index knows the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reach {
    layout: u32,
    pub lines: u64,
    /// Where the last line known lies.
    pub last: Span,
    pub hash: ContentHash,
    sum: u64,
}

impl Cases {
    pub fn open(index: &Index) -> Result<Cases> {
        Ok(Cases { tree: index.tree("ledger")?, _index: index.clone() })
    }

    /// `None` when the index is empty, of another layout, or makes no sense.
    pub fn reach(&self) -> Result<Option<Reach>> {
        let found = self.tree.get("r").map_err(wrong)?;
        let reach = found.and_then(|value| serde_json::from_slice::<Reach>(&value).ok());
        Ok(reach.filter(|reach| reach.layout == LAYOUT))
    }

    /// Is every key and value as it was written? sled can lose some without noticing.
    pub fn is_sound(&self, reach: &Reach) -> Result<bool> {
        let mut sum = 0;
        for found in &self.tree {
            let (key, value) = found.map_err(wrong)?;
            if key != "r" {
                sum ^= sum_of(&key, &value);
            }
        }
        Ok(sum == reach.sum)
    }

    pub fn heads(&self) -> Result<BTreeMap<Tenant, Head>> {
        let mut heads = BTreeMap::new();
        for found in self.tree.scan_prefix("h") {
            let (key, value) = found.map_err(wrong)?;
            let tenant = text(&key[1..])?.parse().map_err(|_| damaged())?;
            let (number, hash) = read(&value)?;
            heads.insert(tenant, Head { number, hash });
        }
        Ok(heads)
    }

    pub fn case(&self, tenant: &Tenant, document: &DocumentId) -> Result<Option<Case>> {
        let Some(fold) = self.tree.get(pair_key('c', tenant, document)).map_err(wrong)? else {
            return Ok(None);
        };
        let received = self.tree.get(pair_key('d', tenant, document)).map_err(wrong)?.ok_or_else(damaged)?;
        Ok(Some(Case::of(read(&received)?, read(&fold)?)))
    }

    /// Where the entries of a document lie, oldest first.
    pub fn entries(&self, tenant: &Tenant, document: &DocumentId) -> Result<Vec<Span>> {
        let mut spans = Vec::new();
        let Some(case) = self.case(tenant, document)? else { return Ok(spans) };
        for number in 0..case.aside {
            let aside = self.tree.get(aside_key(tenant, document, number)).map_err(wrong)?;
            spans.extend(read::<Vec<Span>>(&aside.ok_or_else(damaged)?)?);
        }
        spans.extend(case.spans);
        Ok(spans)
    }

    /// The first documents of the tenant with this content, at most `most`.
    pub fn with_content(&self, tenant: &Tenant, content: &ContentHash, most: usize) -> Result<Vec<DocumentId>> {
        let mut found = Vec::new();
        for value in self.tree.scan_prefix(content_key(tenant, content)).values().take(most) {
            found.push(text(&value.map_err(wrong)?)?.parse().map_err(|_| damaged())?);
        }
        Ok(found)
    }

    /// Cases that are not settled, in order of arrival.
    pub fn unsettled(&self) -> impl Iterator<Item = Result<(Tenant, DocumentId)>> {
        self.tree.scan_prefix("o").values().map(|value| read(&value.map_err(wrong)?))
    }

    pub fn summaries(&self, tenant: Option<&Tenant>) -> Result<Vec<Summary>> {
        let mut summaries = Vec::new();
        for value in self.tree.scan_prefix("a").values() {
            let (owner, document): (Tenant, DocumentId) = read(&value.map_err(wrong)?)?;
            if tenant.is_some_and(|tenant| *tenant != owner) {
                continue;
            }
            summaries.push(self.case(&owner, &document)?.ok_or_else(damaged)?.summary);
        }
        Ok(summaries)
    }

    /// Takes in entries in order, all or none. `chains` stand behind the last of them.
    ///
    /// One atomic batch holds everything and how far it reaches, so whatever a crash leaves is the exact state
    /// after some entry.
    pub fn take_in(&self, entries: &[Placed], chains: &Chains) -> Result<()> {
        let Some(last) = entries.last() else { return Ok(()) };
        let mut draft = Draft::of(&self.tree);
        let mut touched = BTreeMap::new();
        for placed in entries {
            self.take_in_one(placed, &mut draft, &mut touched)?;
        }
        for ((tenant, document), case) in touched {
            let fold = written(&case.into_fold())?;
            draft.set(pair_key('c', &tenant, &document), Some(fold))?;
        }
        for placed in entries {
            let tenant = &placed.entry.tenant;
            if let Some(head) = chains.heads.get(tenant) {
                let head = written(&(head.number, head.hash))?;
                draft.set(format!("h{tenant}").into_bytes(), Some(head))?;
            }
        }
        let sum = self.reach()?.map_or(0, |reach| reach.sum) ^ draft.sum();
        let reach = Reach { layout: LAYOUT, lines: chains.lines, last: last.span, hash: last.hash, sum };
        draft.write("r", written(&reach)?)
    }

    fn take_in_one(
        &self,
        placed: &Placed,
        draft: &mut Draft,
        touched: &mut BTreeMap<(Tenant, DocumentId), Case>,
    ) -> Result<()> {
        let (entry, place) = (&placed.entry, placed.span.start);
        let (tenant, document) = (&entry.tenant, &entry.document);
        let key = (tenant.clone(), document.clone());
        if let Event::Received { received } = &entry.event {
            let owner = written(&key)?;
            draft.set(place_key('a', place), Some(owner.clone()))?;
            draft.set(place_key('o', place), Some(owner))?;
            let mut by_content = content_key(tenant, &received.content);
            by_content.extend(place.to_be_bytes());
            draft.set(by_content, Some(document.as_str().into()))?;
            draft.set(pair_key('d', tenant, document), Some(written(received)?))?;
            let summary = Summary::of((**received).clone());
            touched.insert(key, Case { summary, token: 0, place, spans: vec![placed.span], aside: 0 });
            return Ok(());
        }
        if !touched.contains_key(&key) {
            let found = self.case(tenant, document)?.ok_or_else(|| never_received(placed))?;
            touched.insert(key.clone(), found);
        }
        let case = touched.get_mut(&key).ok_or_else(damaged)?;
        if case.spans.len() == SPANS {
            let older = written(&std::mem::take(&mut case.spans))?;
            draft.set(aside_key(tenant, document, case.aside), Some(older))?;
            case.aside += 1;
        }
        case.spans.push(placed.span);
        case.summary.take_in(&entry.event);
        if let Event::Claimed { token, .. } = &entry.event {
            case.token = *token;
        }
        if case.summary.state.is_settled() {
            draft.set(place_key('o', case.place), None)?;
        } else if let Event::Reopened { .. } = &entry.event {
            draft.set(place_key('o', case.place), Some(written(&key)?))?;
        }
        Ok(())
    }

    /// Forgets everything; first how far it reached, so that a crash in between leaves no half state.
    pub fn clear(&self) -> Result<()> {
        self.tree.remove("r").map_err(wrong)?;
        self.tree.flush().map_err(wrong)?;
        self.tree.clear().map_err(wrong)
    }
}

impl Case {
    fn of(document: Document, fold: Fold) -> Case {
        let Fold { state, attempts, rule, fatal, warnings, filed, clearing, parts, sheets, .. } = fold;
        let summary =
            Summary { document, state, attempts, rule, fatal, warnings, filed, clearing, parts, sheets };
        Case { summary, token: fold.token, place: fold.place, spans: fold.spans, aside: fold.aside }
    }

    fn into_fold(self) -> Fold {
        let Case { summary, token, place, spans, aside } = self;
        let Summary { state, attempts, rule, fatal, warnings, filed, clearing, parts, sheets, .. } = summary;
        Fold {
            state,
            attempts,
            rule,
            fatal,
            warnings,
            filed,
            clearing,
            parts,
            sheets,
            token,
            place,
            spans,
            aside,
        }
    }
}

/// No tenant name contains a zero, and all document ids have one length: no key is the front of another.
fn pair_key(kind: char, tenant: &Tenant, document: &DocumentId) -> Vec<u8> {
    format!("{kind}{tenant}\0{document}").into_bytes()
}

fn aside_key(tenant: &Tenant, document: &DocumentId, number: u32) -> Vec<u8> {
    let mut key = pair_key('e', tenant, document);
    key.extend(number.to_be_bytes());
    key
}

fn content_key(tenant: &Tenant, content: &ContentHash) -> Vec<u8> {
    format!("s{tenant}\0{content}").into_bytes()
}

fn place_key(kind: char, place: u64) -> Vec<u8> {
    let mut key = vec![kind as u8];
    key.extend(place.to_be_bytes());
    key
}

fn text(bytes: &[u8]) -> Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| damaged())
}

fn never_received(placed: &Placed) -> Error {
    let Placed { entry, .. } = placed;
    let text = format!(
        "tenant {}, entry {} speaks of document {}, which was never received",
        entry.tenant, entry.number, entry.document
    );
    Error::new(Kind::Altered, text).hint("restore the ledger from its backup")
}
