//! `laufmappe doctor`: what is installed, what is missing, what to do.

use super::{ALL_FILED, Format, SOME_IN_CLEARING, house, language};
use crate::clearing;
use crate::error::{Error, Kind, Result};
use crate::filing;
use crate::job::{Bilingual, ContentHash, Language};
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

/// What was looked at, and what was found there.
type Looked = (Bilingual, Result<Bilingual>);

pub async fn doctor(settings: &Settings, format: Format, tongue: Language) -> Result<u8> {
    let mut looked = vec![data_folder(settings), text_recognition(), rules(settings)];
    looked.push(confinement(settings).await);
    looked.extend(targets(settings).await);
    looked.push(queue_and_ledger(settings).await);
    let checks: Vec<Check> = looked.into_iter().map(|looked| check(looked, tongue)).collect();
    let well = checks.iter().all(|check| check.well);
    match format {
        Format::Json => {
            let text = serde_json::to_string_pretty(&checks)
                .map_err(|error| Error::new(Kind::Internal, format!("writing JSON failed: {error}")))?;
            language::say(&text);
        }
        Format::Text => show(&checks, well, tongue),
    }
    Ok(if well { ALL_FILED } else { SOME_IN_CLEARING })
}

fn show(checks: &[Check], well: bool, tongue: Language) {
    for check in checks {
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

fn check((what, outcome): Looked, tongue: Language) -> Check {
    let what = what.in_language(tongue).to_owned();
    match outcome {
        Ok(found) => Check { what, well: true, found: found.in_language(tongue).to_owned(), next: None },
        Err(error) => {
            let words = clearing::of(&error);
            let found = format!("{} [{}]", words.text.in_language(tongue), error.text);
            let next = error.hint.unwrap_or_else(|| words.next.in_language(tongue).to_owned());
            Check { what, well: false, found, next: Some(next) }
        }
    }
}

fn data_folder(settings: &Settings) -> Looked {
    let probe = || {
        let store = Store::open(&settings.data.join("content"))?;
        let hash: ContentHash = store.put(b"laufmappe doctor")?;
        store.get(&hash)?;
        let place = settings.data.display();
        Ok(Bilingual::new(format!("{place} ist beschreibbar"), format!("{place} can be written")))
    };
    (Bilingual::new("Datenordner", "data folder"), probe())
}

fn text_recognition() -> Looked {
    let probe = || {
        let languages = recognise::languages()?;
        if !languages.iter().any(|language| language == "deu") {
            return Err(Error::new(Kind::Unavailable, "tesseract has no German language model")
                .hint("apt-get install tesseract-ocr-deu"));
        }
        let found = format!("{} ({})", recognise::engine()?, languages.join(", "));
        Ok(Bilingual::new(found.clone(), found))
    };
    (Bilingual::new("Texterkennung", "text recognition"), probe())
}

fn rules(settings: &Settings) -> Looked {
    let outcome = house::desks(settings).map(|desks| {
        let names: Vec<_> = desks.keys().map(|tenant| tenant.as_str()).collect();
        let names = names.join(", ");
        Bilingual::new(
            format!("{names}; jedes Beispiel der Regeln stimmt"),
            format!("{names}; every example of the rules holds"),
        )
    });
    (Bilingual::new("Mandanten und Verteilregeln", "tenants and routing rules"), outcome)
}

async fn confinement(settings: &Settings) -> Looked {
    let outcome = match house::sandbox(settings) {
        Err(error) => Err(error),
        Ok(sandbox) => sandbox.confinement().await.and_then(|walls| {
            if walls.rlimits && walls.landlock && walls.seccomp {
                return Ok(Bilingual::new(
                    "Grenzen für Speicher und Zeit, Landlock und seccomp sind in Kraft",
                    "limits of memory and time, Landlock and seccomp are in force",
                ));
            }
            let text =
                format!("limits: {}, Landlock: {}, seccomp: {}", walls.rlimits, walls.landlock, walls.seccomp);
            Err(Error::new(Kind::Settings, text)
                .hint("use a kernel with Landlock and seccomp (Linux 5.13 or newer)"))
        }),
    };
    (Bilingual::new("Abgeschottetes Leseprogramm", "confined reader"), outcome)
}

async fn targets(settings: &Settings) -> Vec<Looked> {
    let Ok(desks) = house::desks(settings) else { return Vec::new() };
    let mut looked = Vec::new();
    for (tenant, desk) in &desks {
        for (name, adapter) in &desk.adapters {
            let class = adapter.class();
            let outcome = adapter.probe().await.map(|()| match filing::warning(adapter.as_ref()) {
                None => Bilingual::new(
                    format!("erreichbar, Klasse {class:?}"),
                    format!("reachable, class {class:?}"),
                ),
                Some(warning) => {
                    Bilingual::new(format!("erreichbar; {}", warning.de), format!("reachable; {}", warning.en))
                }
            });
            let what = format!("{tenant}/{name}");
            looked.push((Bilingual::new(format!("Ablageziel {what}"), format!("target {what}")), outcome));
        }
    }
    looked
}

/// A data folder that another process works in is well, too.
async fn queue_and_ledger(settings: &Settings) -> Looked {
    let outcome = match house::open(settings).await {
        Err(error) if error.kind == Kind::Usage => Ok(Bilingual::new(
            "ein anderes laufmappe arbeitet gerade in diesem Datenordner",
            "another laufmappe works in this data folder right now",
        )),
        Err(error) => Err(error),
        Ok(house) => house.queue.depth().await.map(|depth| {
            let waiting = depth.ready + depth.delayed;
            let de = [
                if settings.queue.is_some() { "RabbitMQ" } else { "Warteschlange im Datenordner" },
                if settings.ledger.is_some() { "PostgreSQL" } else { "Journal im Datenordner" },
            ];
            let en = [
                if settings.queue.is_some() { "RabbitMQ" } else { "queue in the data folder" },
                if settings.ledger.is_some() { "PostgreSQL" } else { "journal in the data folder" },
            ];
            Bilingual::new(
                format!("{}, {waiting} wartend", de.join(" und ")),
                format!("{}, {waiting} waiting", en.join(" and ")),
            )
        }),
    };
    (Bilingual::new("Warteschlange und Journal", "queue and ledger"), outcome)
}
