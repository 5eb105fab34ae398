//! `laufmappe run PATH…`: takes documents in, works until nothing is left, shows what became of them.

use super::submit::{self, Order};
use super::worker::{name, slots};
use super::{ALL_FILED, Format, SOME_IN_CLEARING, house, language, table};
use crate::error::Result;
use crate::job::{DocumentId, Language};
use crate::ledger::{State, Summary};
use crate::settings::Settings;
use crate::worker::{Ends, Options, Seen, Step, Worker};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::HashSet;
use std::io::IsTerminal;
use std::sync::Arc;
use tokio::sync::watch;

pub async fn run(
    settings: &Settings,
    order: Order,
    format: Format,
    concurrency: Option<usize>,
    tongue: Language,
) -> Result<u8> {
    let house = house::open(settings).await?;
    let services = Arc::new(house::services(settings, &house)?);
    let taken = submit::take_in(&house, &order).await?;
    let bar = progress(taken.received.len() as u64);
    let options = Options {
        name: name(None),
        slots: slots(settings, concurrency),
        lease: settings.lease(),
        grace: settings.grace(),
        reserve: Some(settings.reserve()),
        ends: Ends::WhenEmpty,
    };
    let (_stop, told) = watch::channel(false);
    let watched = bar.clone();
    let observer = Arc::new(move |seen: &Seen<'_>| {
        if let Seen::Settled { step, .. } = seen {
            if let Step::Divided(parts) = step {
                watched.inc_length(*parts as u64);
            }
            watched.inc(1);
        }
    });
    let worked = Worker::new(services, Arc::clone(&house.queue), options, observer).run(told).await;
    bar.finish_and_clear();

    let wanted: HashSet<DocumentId> =
        taken.received.iter().map(|received| received.document().id.clone()).collect();
    let summaries = of_this_run(house.ledger.summaries(Some(&order.tenant)).await?, wanted);
    let code = code(&summaries);
    let rows = table::rows(&house, summaries)?;
    match format {
        Format::Json => language::say(&table::json(&rows)?),
        Format::Text => language::say(&table::text(&rows, tongue)),
    }
    if let Some(repaired) = &house.repaired {
        tracing::warn!("{repaired}");
    }
    let refused = submit::complain_about(&taken, tongue);
    worked?;
    Ok(refused.max(code))
}

/// The documents that were named, and every part that came out of them.
fn of_this_run(all: Vec<Summary>, mut wanted: HashSet<DocumentId>) -> Vec<Summary> {
    let mut chosen = Vec::new();
    for summary in all {
        let part_of_ours = summary.document.part_of.as_ref().is_some_and(|part| wanted.contains(&part.whole));
        if part_of_ours || wanted.contains(&summary.document.id) {
            wanted.insert(summary.document.id.clone());
            chosen.push(summary);
        }
    }
    chosen
}

fn code(summaries: &[Summary]) -> u8 {
    let all_filed = summaries.iter().all(|summary| matches!(summary.state, State::Filed | State::Divided));
    if all_filed { ALL_FILED } else { SOME_IN_CLEARING }
}

/// A bar on a terminal, nothing elsewhere.
pub fn progress(length: u64) -> ProgressBar {
    let target = if std::io::stderr().is_terminal() {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(length), target);
    match ProgressStyle::with_template("{bar:40} {pos}/{len}  {elapsed}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
