//! `laufmappe retry ID…`: gives documents in clearing back to the machine, in a person's name, once it is proved
//! that their cause is gone; then waits for what becomes of them.

use super::handful::Handful;
use super::house::{self, House};
use super::worker::{name, slots};
use super::{ALL_FILED, SOME_IN_CLEARING, language};
use crate::clearing;
use crate::error::{Again, Error, Kind, Result};
use crate::job::{Clearing, Document, DocumentId, Job, Language, Tenant};
use crate::ledger::{Claim, Entry, Event, Lease, Ledger, Rest, State, Statement, Summary};
use crate::pipeline::{self, Case, Rehearsal, Services};
use crate::settings::Settings;
use crate::worker::{Ends, Options, Seen, Worker};
use futures_util::FutureExt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::watch;

const LOOK: Duration = Duration::from_millis(200);

pub struct Wishes {
    /// As `status` prints them.
    pub documents: Vec<String>,
    pub by: String,
    /// How long to wait for the outcome.
    pub wait: Duration,
    pub finding: Option<Finding>,
}

/// What a person found in a target that cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It lies there, under this name or number.
    Filed(String),
    NotFound,
}

impl Finding {
    fn statement(&self) -> Statement {
        match self {
            Finding::Filed(_) => Statement::Filed,
            Finding::NotFound => Statement::NotFound,
        }
    }
}

/// What the proof gave.
enum Proof {
    /// The cause is gone; another one may come to light.
    Gone,
    /// It stays in clearing, because …
    Stays(Clearing),
    NotInClearing,
}

pub async fn retry(settings: &Settings, tenant: Option<&str>, wishes: Wishes, tongue: Language) -> Result<u8> {
    let tenant = settings.tenant(tenant)?;
    let documents: Vec<DocumentId> = wishes.documents.iter().map(|id| id.parse()).collect::<Result<_>>()?;
    if wishes.finding.is_some() && documents.len() != 1 {
        return Err(Error::new(Kind::Usage, "a finding is about one document")
            .hint("name one document with --found-filed or --not-found"));
    }
    let house = house::open(settings).await?;
    let services = Arc::new(house::services(settings, &house)?);
    let (mut code, mut rung) = (ALL_FILED, Vec::new());
    for document in &documents {
        let history = house.ledger.history(&tenant, document).await?;
        match prove(&history, wishes.finding.as_ref(), &services).await? {
            Proof::Gone => rung.extend(reopen(&house, &history, &wishes).await?),
            Proof::Stays(clearing) => {
                language::say(&format!("{document}: {}", stays(&clearing, tongue)));
                code = SOME_IN_CLEARING;
            }
            Proof::NotInClearing => {
                language::say(&format!("{document}: {}", nothing_done(tongue)));
                code = SOME_IN_CLEARING;
            }
        }
    }
    let waited = wait(settings, &house, services, &tenant, &rung, wishes.wait);
    for (document, summary) in rung.iter().zip(waited.await?) {
        language::say(&format!("{}: {}", document.document, became(summary.as_ref(), tongue)));
        if summary.is_some_and(|summary| summary.state == State::Clearing) {
            code = SOME_IN_CLEARING;
        }
    }
    Ok(code)
}

/// Rehearses the case with today's rules, readers, targets and contents.
async fn prove(history: &[Entry], finding: Option<&Finding>, services: &Services) -> Result<Proof> {
    let standing = standing(history);
    let Some(clearing) = standing.filter(|case| case.state == State::Clearing).and_then(|case| case.clearing)
    else {
        return Ok(Proof::NotInClearing);
    };
    let unclear = clearing.reason == Kind::Unclear.slug();
    match finding {
        Some(Finding::Filed(_)) if unclear || clearing.reason == Kind::Conflict.slug() => {
            return Ok(Proof::Gone);
        }
        None if unclear => return Ok(Proof::Stays(asked(clearing))),
        Some(Finding::NotFound) if unclear => {}
        None => {}
        Some(_) => {
            let text = format!("with the reason {} the machine can look for itself", clearing.reason);
            return Err(Error::new(Kind::Usage, text).hint("leave --found-filed and --not-found out"));
        }
    }
    let history = as_if_reopened(history, finding);
    let rehearsed = AssertUnwindSafe(pipeline::rehearse(&history, services)).catch_unwind().await;
    let rehearsed =
        rehearsed.unwrap_or_else(|_| Err(Error::new(Kind::Internal, "the program itself failed here")));
    Ok(match rehearsed {
        Ok(Rehearsal::Filed | Rehearsal::Divided(_)) => Proof::Gone,
        Ok(Rehearsal::InClearing(again)) => unless_new(again, &clearing),
        Err(error) => match error.kind.again() {
            Again::Never | Again::Counted => unless_new(clearing::of(&error), &clearing),
            // Nothing can be proved while something we need is away.
            Again::Later | Again::Stop => Proof::Stays(clearing::of(&error)),
        },
    })
}

/// The entries as they would be once the person has spoken.
fn as_if_reopened(history: &[Entry], finding: Option<&Finding>) -> Vec<Entry> {
    let mut history = history.to_vec();
    if let (Some(last), Some(finding)) = (history.last(), finding) {
        let event = Event::Reopened { by: String::new(), statement: Some(finding.statement()) };
        history.push(Entry { event, ..last.clone() });
    }
    history
}

/// Where another reason comes to light, the old one is gone; the case then carries the new one.
fn unless_new(again: Clearing, before: &Clearing) -> Proof {
    if again.reason == before.reason { Proof::Stays(again) } else { Proof::Gone }
}

/// The machine cannot look; the person says what there is.
fn asked(clearing: Clearing) -> Clearing {
    let de = "Bitte im DMS nach dem Dokument suchen und sagen, was Sie gefunden haben: --found-filed ORT oder --not-found.";
    let en = "Look for the document in the DMS and say what you found: --found-filed PLACE or --not-found.";
    Clearing { next: crate::job::Bilingual::new(de, en), ..clearing }
}

/// The case as its entries tell it.
fn standing(history: &[Entry]) -> Option<Summary> {
    let mut summary = Summary::of(received(history)?.clone());
    history.iter().for_each(|entry| summary.take_in(&entry.event));
    Some(summary)
}

fn received(history: &[Entry]) -> Option<&Document> {
    history.iter().find_map(|entry| match &entry.event {
        Event::Received { received } => Some(received.as_ref()),
        _ => None,
    })
}

/// Gives the case back and rings; none where somebody was quicker.
async fn reopen(house: &House, history: &[Entry], wishes: &Wishes) -> Result<Option<Job>> {
    let Some(document) = received(history) else { return Ok(None) };
    let statement = wishes.finding.as_ref().map(Finding::statement);
    if !house.ledger.reopen(&document.tenant, &document.id, &wishes.by, statement).await? {
        return Ok(None);
    }
    if let Some(Finding::Filed(location)) = &wishes.finding {
        note_finding(house, document, location, &wishes.by).await?;
    }
    let job = Job::of(document);
    house.queue.publish(&job).await?;
    Ok(Some(job))
}

/// Should this break off, the case goes back to clearing and the person is asked once more.
async fn note_finding(house: &House, document: &Document, location: &str, by: &str) -> Result<()> {
    const MOMENT: Duration = Duration::from_secs(30);
    let Claim::Yours(lease, history) = house.ledger.claim(&document.tenant, &document.id, by, MOMENT).await?
    else {
        return Err(Error::new(Kind::Unavailable, format!("a worker was quicker with {}", document.id))
            .hint("try once more when it lies in clearing again"));
    };
    let lease: Lease = lease;
    let (ledger, store) = (house.ledger.as_ref(), &house.store);
    let case = Case::of(document, &lease, &history, ledger, store);
    let noted = pipeline::filed_by_statement(&case, location).await;
    house.ledger.hand_back(&lease, Rest::For(Duration::ZERO)).await?;
    noted
}

/// How each case stands when all are settled, or when the time is over.
async fn wait(
    settings: &Settings,
    house: &House,
    services: Arc<Services>,
    tenant: &Tenant,
    rung: &[Job],
    patience: Duration,
) -> Result<Vec<Option<Summary>>> {
    if rung.is_empty() {
        return Ok(Vec::new());
    }
    let outcomes = outcomes(house.ledger.as_ref(), tenant, rung, patience);
    // Somebody else's workers, where the ledger is shared.
    if settings.ledger.is_some() {
        return outcomes.await;
    }
    let queue = Arc::new(Handful::of(Arc::clone(&house.ledger), rung.to_vec()));
    let options = Options {
        name: name(None),
        slots: slots(settings, None),
        lease: settings.lease(),
        grace: settings.grace(),
        reserve: Some(settings.reserve()),
        ends: Ends::WhenTold,
    };
    let worker = Worker::new(services, queue, options, Arc::new(|_: &Seen<'_>| {}));
    let (stop, told) = watch::channel(false);
    let working = tokio::spawn(worker.run(told));
    let outcomes = outcomes.await;
    stop.send_replace(true);
    let worked = working.await;
    worked.unwrap_or_else(|_| Err(Error::new(Kind::Internal, "the work broke off")))?;
    outcomes
}

async fn outcomes(
    ledger: &dyn Ledger,
    tenant: &Tenant,
    rung: &[Job],
    patience: Duration,
) -> Result<Vec<Option<Summary>>> {
    let begun = Instant::now();
    loop {
        let mut found = Vec::new();
        for job in rung {
            found.push(standing(&ledger.history(tenant, &job.document).await?));
        }
        let settled = found.iter().flatten().all(|summary| summary.state.is_settled());
        if settled || begun.elapsed() >= patience {
            return Ok(found);
        }
        tokio::time::sleep(LOOK).await;
    }
}

fn stays(clearing: &Clearing, tongue: Language) -> String {
    let (text, next) = (clearing.text.in_language(tongue), clearing.next.in_language(tongue));
    match tongue {
        Language::De => format!("bleibt in der Klärung ({}): {text} → {next}", clearing.owner),
        Language::En => format!("stays in clearing ({}): {text} → {next}", clearing.owner),
    }
}

fn nothing_done(tongue: Language) -> &'static str {
    match tongue {
        Language::De => "liegt nicht in der Klärung; es ist nichts geschehen",
        Language::En => "does not lie in clearing; nothing was done",
    }
}

fn became(summary: Option<&Summary>, tongue: Language) -> String {
    let Some(summary) = summary else { return nothing_done(tongue).to_owned() };
    match (summary.state, &summary.clearing, tongue) {
        (State::Filed, _, Language::De) => "abgelegt".to_owned(),
        (State::Filed, _, Language::En) => "filed".to_owned(),
        (State::Divided, _, Language::De) => format!("aufgeteilt in {} Teile", summary.parts.len()),
        (State::Divided, _, Language::En) => format!("divided into {} parts", summary.parts.len()),
        (State::Clearing, Some(clearing), _) => {
            let (text, next) = (clearing.text.in_language(tongue), clearing.next.in_language(tongue));
            let again = match tongue {
                Language::De => "die frühere Ursache ist behoben; jetzt wieder in der Klärung",
                Language::En => "the earlier cause is gone; now in clearing again",
            };
            format!("{again} ({}): {text} → {next}", clearing.owner)
        }
        (State::Open | State::Clearing, _, Language::De) => {
            "die Ursache ist behoben; noch in Arbeit, `laufmappe status` zeigt das Ergebnis".to_owned()
        }
        (State::Open | State::Clearing, _, Language::En) => {
            "the cause is gone; still at work, `laufmappe status` shows the outcome".to_owned()
        }
    }
}
