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
//! | `a` place | all cases, in order of arrival |
//! | `o` place | those not settled: whose, since when, and what they are parked for |
//! | `t` time place | what was settled when, by whom, and how long it took |
//! | `n` tenant | how many cases are in clearing |

use super::draft::{Draft, damaged, read, sum_of, written, wrong};
use super::entry::{Event, State, Summary};
use super::journal::Span;
use super::line::{Chains, Head};
use super::recovery::Placed;
use crate::error::{Error, Kind, Result};
use crate::index::{Index, Tree};
use crate::job::{Clearing, ContentHash, Document, DocumentId, Job, Priority, Sheets, Tenant};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// Layout of keys and values; an index with another one is made anew.
const LAYOUT: u32 = 2;
/// So many places are kept with a case; a longer history is laid aside, so that no event rewrites much.
const SPANS: usize = 64;

#[derive(Debug, Clone)]
pub(super) struct Cases {
    tree: Tree,
}

/// One case as looked up.
#[derive(Debug, Clone)]
pub(super) struct Case {
    pub summary: Summary,
    /// The newest fencing token.
    pub token: u64,
    /// Place of the entry that received it: the order of arrival.
    pub place: u64,
    /// When that was.
    since: Timestamp,
    /// By whom and when it was claimed last.
    claimed: Option<(String, Timestamp)>,
    spans: Vec<Span>,
    /// How many groups of older places were laid aside.
    aside: u32,
}

/// A case that is not settled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Waiting {
    pub tenant: Tenant,
    pub document: DocumentId,
    pub priority: Priority,
    pub since: Timestamp,
    /// The target it is parked for, and since when.
    pub parked: Option<(String, Timestamp)>,
}

/// A case that was settled.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Done {
    pub tenant: Tenant,
    pub worker: Option<String>,
    /// Since it was claimed.
    pub took: Duration,
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
    waits_for: Option<String>,
    token: u64,
    place: u64,
    since: Timestamp,
    claimed: Option<(String, Timestamp)>,
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
        Ok(Cases { tree: index.strict_tree("ledger")? })
    }

    /// Was the index opened anew, so that it may have lost something?
    pub fn is_anew(&self) -> Result<bool> {
        self.tree.is_anew().map_err(wrong)
    }

    /// From now on it answers as it is.
    pub fn accept(&self) -> Result<()> {
        self.tree.accept().map_err(wrong)
    }

    /// Has the index opened anew before it is used again.
    pub fn distrust(&self) {
        self.tree.distrust();
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
        for found in self.tree.iter() {
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

    /// Cases that are not settled, in order of arrival, with the places of their receipt.
    pub fn unsettled(&self) -> impl Iterator<Item = Result<(u64, Waiting)>> {
        self.tree.scan_prefix("o").map(|found| {
            let (key, value) = found.map_err(wrong)?;
            let place = key[1..].try_into().map_err(|_| damaged())?;
            Ok((u64::from_be_bytes(place), read(&value)?))
        })
    }

    /// What was settled from `since` on.
    pub fn done(&self, since: Timestamp) -> impl Iterator<Item = Result<Done>> {
        let range = self.tree.range(time_key(since, 0)..vec![b't' + 1]);
        range.values().map(|value| read(&value.map_err(wrong)?))
    }

    /// How many cases of a tenant are in clearing.
    pub fn in_clearing(&self, tenant: &Tenant) -> Result<u64> {
        let found = self.tree.get(format!("n{tenant}")).map_err(wrong)?;
        found.map_or(Ok(0), |value| read(&value))
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
        let reach = self.reach()?;
        // An index that was opened anew in between does not know what went before.
        if reach.as_ref().map_or(1, |reach| reach.lines) + entries.len() as u64 != chains.lines {
            return Err(damaged());
        }
        let mut draft = Draft::of(&self.tree);
        let mut touched = BTreeMap::new();
        let mut clearing = BTreeMap::new();
        for placed in entries {
            let (before, after) = self.take_in_one(placed, &mut draft, &mut touched)?;
            if (before == State::Clearing) != (after == State::Clearing) {
                let tenant = &placed.entry.tenant;
                let count = match clearing.get(tenant) {
                    Some(count) => *count,
                    None => self.in_clearing(tenant)?,
                };
                let count = if after == State::Clearing { count + 1 } else { count.saturating_sub(1) };
                clearing.insert(tenant.clone(), count);
            }
        }
        for (tenant, count) in clearing {
            draft.set(format!("n{tenant}").into_bytes(), Some(written(&count)?))?;
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
        let sum = reach.map_or(0, |reach| reach.sum) ^ draft.sum();
        let reach = Reach { layout: LAYOUT, lines: chains.lines, last: last.span, hash: last.hash, sum };
        draft.write("r", written(&reach)?)
    }

    /// Answers the state of the case before and after.
    fn take_in_one(
        &self,
        placed: &Placed,
        draft: &mut Draft,
        touched: &mut BTreeMap<(Tenant, DocumentId), Case>,
    ) -> Result<(State, State)> {
        let entry = &placed.entry;
        let (tenant, document) = (&entry.tenant, &entry.document);
        let key = (tenant.clone(), document.clone());
        if let Event::Received { received } = &entry.event {
            touched.insert(key, begun(placed, received, draft)?);
            return Ok((State::Open, State::Open));
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
        let before = (case.summary.state, case.summary.waits_for.is_some());
        case.summary.take_in(&entry.event);
        if let Event::Claimed { token, worker, .. } = &entry.event {
            case.token = *token;
            case.claimed = Some((worker.clone(), entry.at));
        }
        let after = (case.summary.state, case.summary.waits_for.is_some());
        if !after.0.is_settled() && before != after {
            draft.set(place_key('o', case.place), Some(written(&case.waiting(entry.at))?))?;
        }
        if !before.0.is_settled() && after.0.is_settled() {
            draft.set(place_key('o', case.place), None)?;
            draft.set(time_key(entry.at, placed.span.start), Some(written(&case.done(entry.at))?))?;
        }
        Ok((before.0, after.0))
    }

    /// Forgets everything; first how far it reached, so that a crash in between leaves no half state.
    pub fn clear(&self) -> Result<()> {
        self.tree.remove("r").map_err(wrong)?;
        self.tree.flush().map_err(wrong)?;
        self.tree.clear().map_err(wrong)
    }
}

/// The case of a document that was received.
fn begun(placed: &Placed, received: &Document, draft: &mut Draft) -> Result<Case> {
    let (tenant, document, place) = (&placed.entry.tenant, &placed.entry.document, placed.span.start);
    let case = Case {
        summary: Summary::of(received.clone()),
        token: 0,
        place,
        since: placed.entry.at,
        claimed: None,
        spans: vec![placed.span],
        aside: 0,
    };
    draft.set(place_key('a', place), Some(written(&(tenant, document))?))?;
    draft.set(place_key('o', place), Some(written(&case.waiting(placed.entry.at))?))?;
    let mut by_content = content_key(tenant, &received.content);
    by_content.extend(place.to_be_bytes());
    draft.set(by_content, Some(document.as_str().into()))?;
    draft.set(pair_key('d', tenant, document), Some(written(received)?))?;
    Ok(case)
}

impl Case {
    fn waiting(&self, now: Timestamp) -> Waiting {
        let Job { tenant, document, priority, .. } = Job::of(&self.summary.document);
        let parked = self.summary.waits_for.clone().map(|target| (target, now));
        Waiting { tenant, document, priority, since: self.since, parked }
    }

    fn done(&self, now: Timestamp) -> Done {
        let tenant = self.summary.document.tenant.clone();
        let Some((worker, claimed)) = &self.claimed else {
            return Done { tenant, worker: None, took: Duration::ZERO };
        };
        let took = now.duration_since(*claimed).try_into().unwrap_or_default();
        Done { tenant, worker: Some(worker.clone()), took }
    }

    fn of(document: Document, fold: Fold) -> Case {
        let Fold { state, attempts, rule, fatal, warnings, filed, clearing, parts, sheets, waits_for, .. } =
            fold;
        let Fold { token, place, since, claimed, spans, aside, .. } = fold;
        let summary = Summary {
            document,
            state,
            attempts,
            rule,
            fatal,
            warnings,
            filed,
            clearing,
            parts,
            sheets,
            waits_for,
        };
        Case { summary, token, place, since, claimed, spans, aside }
    }

    fn into_fold(self) -> Fold {
        let Case { summary, token, place, since, claimed, spans, aside } = self;
        let Summary { state, attempts, rule, fatal, warnings, filed, .. } = summary;
        let Summary { clearing, parts, sheets, waits_for, .. } = summary;
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
            waits_for,
            token,
            place,
            since,
            claimed,
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

/// In order of time, also before 1970.
fn time_key(time: Timestamp, place: u64) -> Vec<u8> {
    let mut key = vec![b't'];
    key.extend((time.as_microsecond() as u64 ^ 1 << 63).to_be_bytes());
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
