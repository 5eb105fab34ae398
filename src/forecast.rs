//! How long the backlog takes, and how many workers clear it in time, from what was measured.
//!
//! In: what waits, what was settled lately and how long that took. Out: [`Forecast`]. Absent on purpose: the
//! clock, the ledger, and guessing: where nothing was measured, nothing is foretold.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use std::time::Duration;

/// So many settled documents make a short window believable.
pub const ENOUGH: u64 = 20;
/// The windows in which we look for them, the youngest first.
pub const WINDOWS: [Duration; 2] = [Duration::from_secs(15 * 60), Duration::from_secs(60 * 60)];
/// Beyond that many hours a forecast is none.
const LONGEST: f64 = 24.0 * 366.0;

/// What was settled within a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Measured {
    #[serde(rename = "window_s", serialize_with = "seconds")]
    pub window: Duration,
    pub settled: u64,
    /// Sum over those, each from its last claim to its end.
    #[serde(rename = "busy_s", serialize_with = "seconds")]
    pub busy: Duration,
    /// Workers that settled something.
    pub workers: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Documents that wait for a worker.
    pub backlog: u64,
    pub now: Timestamp,
    /// When it shall be clear.
    pub until: Timestamp,
    /// Workers to reckon with; else those that were measured.
    pub workers: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Forecast {
    pub backlog: u64,
    pub until: Timestamp,
    pub measured: Measured,
    pub workers: u64,
    /// None where nothing was measured.
    pub rates: Option<Rates>,
    /// When these workers are through, as far as can be told.
    pub ready: Option<Timestamp>,
    /// So many workers are through in time.
    pub needed: Option<u64>,
    pub in_time: Option<bool>,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Rates {
    /// Documents that all workers together settled in an hour.
    pub settled_per_hour: f64,
    /// Seconds of one document.
    pub seconds_per_document: f64,
    /// Documents that one worker settles in an hour when there is enough to do.
    pub per_worker_hour: f64,
}

pub fn forecast(question: &Question, measured: Measured) -> Forecast {
    let Question { backlog, now, until, .. } = *question;
    let workers = question.workers.unwrap_or(measured.workers);
    let rates = rates(&measured);
    let hours_left = now.duration_until(until).as_secs_f64() / 3600.0;
    let ready = match rates {
        _ if backlog == 0 => Some(now),
        Some(rates) if workers > 0 => after(now, backlog as f64 / (rates.per_worker_hour * workers as f64)),
        _ => None,
    };
    let needed = match rates {
        _ if backlog == 0 => Some(0),
        Some(rates) if hours_left > 0.0 => {
            Some((backlog as f64 / (rates.per_worker_hour * hours_left)).ceil() as u64)
        }
        _ => None,
    };
    let in_time = ready.map(|ready| ready <= until);
    Forecast { backlog, until, measured, workers, rates, ready, needed, in_time }
}

/// A worker settles several documents at once; how many shows where it had no rest. Where it had, we reckon
/// with one at a time: too slow rather than too fast.
fn rates(measured: &Measured) -> Option<Rates> {
    let (hours, busy) = (measured.window.as_secs_f64() / 3600.0, measured.busy.as_secs_f64());
    if measured.settled == 0 || measured.workers == 0 || busy <= 0.0 || hours <= 0.0 {
        return None;
    }
    let settled = measured.settled as f64;
    let at_once = (busy / (measured.window.as_secs_f64() * measured.workers as f64)).max(1.0);
    let seconds_per_document = busy / settled;
    Some(Rates {
        settled_per_hour: settled / hours,
        seconds_per_document,
        per_worker_hour: at_once * 3600.0 / seconds_per_document,
    })
}

fn after(now: Timestamp, hours: f64) -> Option<Timestamp> {
    let hours = Some(hours).filter(|hours| *hours <= LONGEST)?;
    now.checked_add(SignedDuration::from_secs((hours * 3600.0).ceil() as i64)).ok()
}

fn seconds<S: serde::Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(minutes: u64, settled: u64, busy: u64, workers: u64) -> Measured {
        let (window, busy) = (Duration::from_secs(minutes * 60), Duration::from_secs(busy));
        Measured { window, settled, busy, workers }
    }

    fn whole(rates: &Rates) -> [u64; 3] {
        [rates.settled_per_hour, rates.seconds_per_document, rates.per_worker_hour]
            .map(|rate| rate.round() as u64)
    }

    fn question(backlog: u64, workers: Option<u64>) -> Question {
        let (now, until) = ("2026-11-02T11:00:00Z", "2026-11-02T15:00:00Z");
        Question { backlog, now: now.parse().unwrap(), until: until.parse().unwrap(), workers }
    }

    #[test]
    fn workers_without_rest_are_taken_at_their_rate() {
        // Two workers, four hours left; each settled 450 in the hour, three at a time.
        let measured = measured(60, 900, 21_600, 2);
        let told = forecast(&question(3600, None), measured);
        let rates = told.rates.unwrap();
        assert_eq!(whole(&rates), [900, 24, 450]);
        assert_eq!(told.ready.unwrap().to_string(), "2026-11-02T15:00:00Z");
        assert_eq!((told.needed, told.in_time), (Some(2), Some(true)));

        let late = forecast(&question(3601, None), measured);
        assert_eq!((late.needed, late.in_time), (Some(3), Some(false)));
        let more = forecast(&question(3601, Some(4)), measured);
        assert_eq!((more.workers, more.in_time), (4, Some(true)));
        assert_eq!(more.ready.unwrap().to_string(), "2026-11-02T13:00:02Z");
    }

    #[test]
    fn workers_that_rested_are_taken_at_one_document_at_a_time() {
        // 30 documents of 2 s within an hour say nothing against 1800 an hour.
        let told = forecast(&question(7200, None), measured(60, 30, 60, 1));
        assert_eq!(whole(&told.rates.unwrap()), [30, 2, 1800]);
        assert_eq!((told.needed, told.in_time), (Some(1), Some(true)));
    }

    #[test]
    fn nothing_is_foretold_where_nothing_was_measured() {
        let told = forecast(&question(10, Some(2)), measured(60, 0, 0, 0));
        assert_eq!((told.rates, told.ready, told.needed, told.in_time), (None, None, None, None));
        let nobody = forecast(&question(10, Some(0)), measured(60, 30, 60, 1));
        assert_eq!((nobody.ready, nobody.needed), (None, Some(1)));
        let nothing = forecast(&question(0, None), measured(60, 0, 0, 0));
        assert_eq!((nothing.needed, nothing.in_time), (Some(0), Some(true)));
        let endless = forecast(&question(u64::MAX, None), measured(60, 1, 3600, 1));
        assert_eq!(endless.ready, None);
    }
}
