//! `laufmappe doctor`: what is installed, what is missing, what to do.

use super::{ALL_FILED, Format, SOME_IN_CLEARING, house, language};
use crate::error::{Error, Kind, Result};
use crate::job::{ContentHash, Language};
use crate::recognise;
use crate::settings::Settings;
use crate::store::Store;
use serde::Serialize;

#[derive(Serialize)]
struct Check {
    what: String,
    well: bool,
    found: String,
    /// What to do, where something is to be done.
    next: Option<String>,
}

pub async fn doctor(settings: &Settings, format: Format, tongue: Language) -> Result<u8> {
    let mut checks = vec![data_folder(settings), text_recognition(), rules(settings)];
    checks.extend(confinement(settings).await);
    checks.extend(targets(settings).await);
    checks.extend(shared(settings).await);
    let well = checks.iter().all(|check| check.well);
    match format {
        Format::Json => {
            let text = serde_json::to_string_pretty(&checks)
                .map_err(|error| Error::new(Kind::Internal, format!("writing JSON failed: {error}")))?;
            language::say(&text);
        }
        Format::Text => {
            for check in &checks {
                let mark = if check.well { "✓" } else { "✗" };
                language::say(&format!("{mark} {}: {}", check.what, check.found));
                if let Some(next) = &check.next {
                    language::say(&format!("    → {next}"));
                }
            }
            language::say(match (tongue, well) {
                (Language::De, true) => "Alles ist bereit.",
                (Language::De, false) => "Es fehlt noch etwas; siehe die Pfeile.",
                (Language::En, true) => "Everything is ready.",
                (Language::En, false) => "Something is missing; see the arrows.",
            });
        }
    }
    Ok(if well { ALL_FILED } else { SOME_IN_CLEARING })
}

fn check(what: impl Into<String>, outcome: Result<String>) -> Check {
    match outcome {
        Ok(found) => Check { what: what.into(), well: true, found, next: None },
        Err(error) => Check { what: what.into(), well: false, found: error.text, next: error.hint },
    }
}

fn data_folder(settings: &Settings) -> Check {
    let probe = || {
        let store = Store::open(&settings.data.join("content"))?;
        let hash: ContentHash = store.put(b"laufmappe doctor")?;
        store.get(&hash)?;
        Ok(format!("{} can be written and read back", settings.data.display()))
    };
    check("data folder", probe())
}

fn text_recognition() -> Check {
    let probe = || {
        let languages = recognise::languages()?;
        if languages.iter().any(|language| language == "deu") {
            return Ok(format!("{}, languages: {}", recognise::engine()?, languages.join(", ")));
        }
        Err(Error::new(Kind::Unavailable, "tesseract has no German language model")
            .hint("apt-get install tesseract-ocr-deu"))
    };
    check("text recognition", probe())
}

fn rules(settings: &Settings) -> Check {
    check(
        "tenants and routing rules",
        house::desks(settings).map(|desks| {
            let names: Vec<_> = desks.keys().map(|tenant| tenant.as_str()).collect();
            format!("{} (every example of the rules holds)", names.join(", "))
        }),
    )
}

async fn confinement(settings: &Settings) -> Vec<Check> {
    let sandbox = match house::sandbox(settings) {
        Ok(sandbox) => sandbox,
        Err(error) => return vec![check("confined reader", Err(error))],
    };
    let outcome = sandbox.confinement().await.and_then(|found| {
        let text = format!(
            "memory and time limits: {}, Landlock: {}, seccomp: {}",
            found.rlimits, found.landlock, found.seccomp
        );
        if found.rlimits && found.landlock && found.seccomp {
            return Ok(text);
        }
        Err(Error::new(Kind::Unavailable, text)
            .hint("use a kernel with Landlock and seccomp (Linux 5.13 or newer)"))
    });
    vec![check("confined reader", outcome)]
}

async fn targets(settings: &Settings) -> Vec<Check> {
    let Ok(desks) = house::desks(settings) else { return Vec::new() };
    let mut checks = Vec::new();
    for (tenant, desk) in &desks {
        for (name, adapter) in &desk.adapters {
            let outcome = adapter.probe().await.map(|()| format!("reachable, class {:?}", adapter.class()));
            checks.push(check(format!("target {tenant}/{name}"), outcome));
        }
    }
    checks
}

/// Queue and ledger. A data folder that another process works in is well, too.
async fn shared(settings: &Settings) -> Vec<Check> {
    let outcome = match house::open(settings).await {
        Err(error) if error.kind == Kind::Usage => Ok(error.text),
        Err(error) => Err(error),
        Ok(house) => house.queue.depth().await.map(|depth| {
            let queue = if settings.queue.is_some() { "RabbitMQ" } else { "embedded" };
            let ledger = if settings.ledger.is_some() { "PostgreSQL" } else { "embedded" };
            format!("queue {queue} ({} waiting), ledger {ledger}", depth.ready + depth.delayed)
        }),
    };
    vec![check("queue and ledger", outcome)]
}
