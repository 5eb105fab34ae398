//! `laufmappe forecast --until 16:00`: how long the backlog takes, and how many workers clear it in time.

use super::{ALL_FILED, Format, house, language};
use crate::error::{Error, Kind, Result};
use crate::forecast::{ENOUGH, Forecast, Measured, Question, WINDOWS, forecast};
use crate::job::{Language, Tenant, german_time, next_german_time};
use crate::ledger::Load;
use crate::settings::Settings;
use jiff::Timestamp;
use jiff::civil::Time;
use std::time::Duration;

pub struct Wishes {
    pub until: Time,
    pub workers: Option<u64>,
    pub format: Format,
}

/// Reads `16:00`.
pub fn time_of_day(text: &str) -> std::result::Result<Time, String> {
    let (hour, minute) = text.split_once(':').ok_or("write it as 16:00")?;
    let number = |digits: &str| digits.parse::<i8>().map_err(|_| "write it as 16:00".to_owned());
    Time::new(number(hour)?, number(minute)?, 0, 0).map_err(|_| "there is no such time of day".to_owned())
}

pub async fn tell(settings: &Settings, tenant: Option<&str>, wishes: Wishes, tongue: Language) -> Result<u8> {
    let tenant = tenant.map(|name| settings.tenant(Some(name))).transpose()?;
    let house = house::open(settings).await?;
    let now = house::clock()();
    let until = next_german_time(now, wishes.until)?;
    let (mut waiting, mut parked) = (0, 0);
    let mut measured = None;
    for window in WINDOWS {
        let loads = of(house.ledger.load(window).await?, tenant.as_ref());
        let found = sum(&loads, window);
        waiting = loads.iter().map(|load| load.open.saturating_sub(load.parked)).sum();
        parked = loads.iter().map(|load| load.parked).sum();
        let enough = found.settled >= ENOUGH;
        measured = Some(found);
        if enough {
            break;
        }
    }
    let measured = measured.ok_or_else(|| Error::new(Kind::Internal, "no window was looked at"))?;
    let told = forecast(&Question { backlog: waiting, now, until, workers: wishes.workers }, measured);
    match wishes.format {
        Format::Json => {
            let mut json = serde_json::to_value(&told).map_err(unwritten)?;
            json["parked"] = parked.into();
            language::say(&serde_json::to_string_pretty(&json).map_err(unwritten)?);
        }
        Format::Text => language::say(&text(&told, parked, now, tongue)),
    }
    Ok(ALL_FILED)
}

fn of(loads: Vec<Load>, tenant: Option<&Tenant>) -> Vec<Load> {
    loads.into_iter().filter(|load| tenant.is_none_or(|tenant| *tenant == load.tenant)).collect()
}

/// One worker may serve all tenants: they are not counted for each.
fn sum(loads: &[Load], window: Duration) -> Measured {
    Measured {
        window,
        settled: loads.iter().map(|load| load.settled).sum(),
        busy: loads.iter().map(|load| load.busy).sum(),
        workers: loads.iter().map(|load| load.workers).max().unwrap_or_default(),
    }
}

fn text(told: &Forecast, parked: u64, now: Timestamp, tongue: Language) -> String {
    let mut lines = vec![backlog(told, parked, tongue)];
    lines.push(measured(told, tongue));
    if told.backlog > 0 && told.rates.is_some() {
        lines.push(ready(told, now, tongue));
        lines.extend(needed(told, now, tongue));
    }
    lines.join("\n")
}

fn backlog(told: &Forecast, parked: u64, tongue: Language) -> String {
    let backlog = told.backlog;
    match (tongue, parked) {
        (Language::De, 0) => format!("Rückstand: {backlog} Dokumente"),
        (Language::En, 0) => format!("backlog: {backlog} documents"),
        (Language::De, _) => format!(
            "Rückstand: {backlog} Dokumente; {parked} weitere warten auf ein Ablageziel und sind nicht mitgerechnet"
        ),
        (Language::En, _) => format!(
            "backlog: {backlog} documents; {parked} more wait for a filing target and are not reckoned with"
        ),
    }
}

fn measured(told: &Forecast, tongue: Language) -> String {
    let Measured { window, settled, workers, .. } = told.measured;
    let minutes = window.as_secs() / 60;
    let Some(rates) = told.rates else {
        return match tongue {
            Language::De => format!(
                "Gemessen: nichts, in den letzten {minutes} Minuten wurde kein Dokument erledigt. Eine Vorhersage \
                 gibt es, sobald ein Worker einige Minuten gearbeitet hat."
            ),
            Language::En => format!(
                "measured: nothing, no document was settled within the last {minutes} minutes. There is a forecast \
                 once a worker has worked for some minutes."
            ),
        };
    };
    let (seconds, per_hour, per_worker) =
        (rates.seconds_per_document, rates.settled_per_hour.round(), rates.per_worker_hour.floor());
    match tongue {
        Language::De => format!(
            "Gemessen in {minutes} Minuten: {settled} Dokumente, {per_hour} je Stunde, Worker: {workers}, \
             {seconds:.1} s je Dokument; ein Worker ohne Pause schafft etwa {per_worker} je Stunde"
        ),
        Language::En => format!(
            "measured within {minutes} minutes: {settled} documents, {per_hour} an hour, workers: {workers}, \
             {seconds:.1} s a document; one worker without rest settles about {per_worker} an hour"
        ),
    }
}

fn ready(told: &Forecast, now: Timestamp, tongue: Language) -> String {
    let workers = told.workers;
    let Some(ready) = told.ready else {
        return match tongue {
            Language::De => format!("Worker: {workers}; so ist kein Ende abzusehen."),
            Language::En => format!("workers: {workers}; there is no end in sight."),
        };
    };
    let when = clock(ready, now);
    match tongue {
        Language::De => format!("Worker: {workers}; erledigt um {when} Uhr"),
        Language::En => format!("workers: {workers}; clear at {when}"),
    }
}

fn needed(told: &Forecast, now: Timestamp, tongue: Language) -> Option<String> {
    let (needed, until) = (told.needed?, clock(told.until, now));
    Some(match (tongue, needed) {
        (Language::De, 1) => format!("Bis {until} Uhr: 1 Worker genügt"),
        (Language::De, _) => format!("Bis {until} Uhr: {needed} Worker nötig"),
        (Language::En, 1) => format!("until {until}: 1 worker is enough"),
        (Language::En, _) => format!("until {until}: {needed} workers are needed"),
    })
}

/// German time; the day only where it is another one.
fn clock(at: Timestamp, now: Timestamp) -> String {
    let (at, now) = (german_time(at), german_time(now));
    let shape = if at.date() == now.date() { "%H:%M" } else { "%Y-%m-%d %H:%M" };
    at.strftime(shape).to_string()
}

fn unwritten(error: serde_json::Error) -> Error {
    Error::new(Kind::Internal, format!("writing JSON failed: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_of_day_is_read() {
        assert_eq!(time_of_day("16:00").unwrap(), jiff::civil::time(16, 0, 0, 0));
        for wrong in ["16", "24:00", "12:60", "", "a:b", "-1:00"] {
            assert!(time_of_day(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_said_rests_on_what_was_measured() {
        let now: Timestamp = "2026-11-02T11:00:00Z".parse().unwrap();
        let until = "2026-11-02T15:00:00Z".parse().unwrap();
        let question = Question { backlog: 3601, now, until, workers: None };
        let (window, busy) = (Duration::from_secs(3600), Duration::from_secs(21_600));
        let told = forecast(&question, Measured { window, settled: 900, busy, workers: 2 });
        let german = text(&told, 0, now, Language::De);
        assert!(german.contains("Rückstand: 3601 Dokumente\n"), "{german}");
        assert!(german.contains("ein Worker ohne Pause schafft etwa 450 je Stunde"), "{german}");
        assert!(
            german.ends_with("Worker: 2; erledigt um 16:00 Uhr\nBis 16:00 Uhr: 3 Worker nötig"),
            "{german}"
        );
        let nothing = forecast(&question, Measured { window, settled: 0, busy: Duration::ZERO, workers: 0 });
        let english = text(&nothing, 7, now, Language::En);
        assert!(english.contains("measured: nothing") && english.contains("7 more wait"), "{english}");
        assert_eq!(english.lines().count(), 2, "and nothing is promised: {english}");
    }
}
