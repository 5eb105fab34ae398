//! What a person found in a target: it stands in for the receipt the target could not give.
//!
//! In: a claimed case and where the document lies. Out: the receipt, noted. Absent on purpose: believing more
//! than was said: the receipt names no files, because none was read back.

use super::Case;
use crate::error::{Error, Kind, Result};
use crate::filing::{FilingKey, Receipt};
use crate::ledger::Event;

/// For the target of the last intent that has no receipt; the others go their usual way.
pub async fn filed_by_statement(case: &Case<'_>, location: &str) -> Result<()> {
    let intents = case.history.iter().rev().filter_map(|entry| match &entry.event {
        Event::Intended { target, .. } => Some(target),
        _ => None,
    });
    let target = intents.into_iter().find(|target| !case.has_receipt(target)).ok_or_else(|| {
        Error::new(Kind::Usage, format!("nothing of {} is on its way into a target", case.document.id))
            .hint("leave the finding out: the case can simply be tried once more")
    })?;
    let receipt = Receipt {
        target: target.clone(),
        key: FilingKey::of(case.document, target),
        location: location.to_owned(),
        items: Vec::new(),
        adopted: true,
    };
    case.note_receipt(&receipt).await
}
