//! `laufmappe worker`: works on what was submitted until told to stop.

use super::house::House;
use super::{ALL_FILED, house};
use crate::error::{Error, Kind, Result};
use crate::filing;
use crate::metrics::{Known, Measured, Metrics, Sources};
use crate::settings::{self, Settings};
use crate::web;
use crate::worker::{Ends, Options, Seen, Worker};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

/// Between two attempts to open a house whose ledger is away.
const OPENING: Duration = Duration::from_secs(2);

pub struct Wishes {
    pub concurrency: Option<usize>,
    pub until_empty: bool,
    pub name: Option<String>,
    pub listen: Option<SocketAddr>,
}

pub async fn work(settings: &Settings, wishes: Wishes, measured: &Measured) -> Result<u8> {
    let told = told_to_stop()?;
    let Some(house) = open(settings, &told).await? else { return Ok(ALL_FILED) };
    if let Some(repaired) = &house.repaired {
        tracing::warn!("{repaired}");
    }
    let services = Arc::new(house::services(settings, &house)?);
    for (tenant, desk) in &services.desks {
        for warning in filing::warnings(&desk.adapters) {
            tracing::warn!(%tenant, "{}", warning.en);
        }
    }
    let options = Options {
        name: name(wishes.name),
        slots: slots(settings, wishes.concurrency),
        lease: settings.lease(),
        grace: settings.grace(),
        reserve: Some(settings.reserve()),
        ends: if wishes.until_empty { Ends::WhenEmpty } else { Ends::WhenTold },
    };
    tracing::info!(worker = %options.name, slots = options.slots, "ready");
    let counts = Arc::new(web::Counts::default());
    let metrics = Arc::new(metrics(settings, &house, &options, measured));
    let (counted, measured) = (Arc::clone(&counts), Arc::clone(&metrics));
    let observer = Arc::new(move |seen: &Seen<'_>| {
        counted.take_in(seen);
        measured.take_in(seen);
    });
    let worker = Worker::new(services, Arc::clone(&house.queue), options, observer);
    match wishes.listen {
        None => worker.run(told).await?,
        Some(address) => {
            let view = web::View { metrics, counts };
            let (address, server) = web::serve(address, view).await?;
            tracing::info!(%address, "listening");
            let worked = worker.run(told).await;
            server.abort();
            worked?;
        }
    }
    Ok(ALL_FILED)
}

/// Opens the house, and waits where the ledger is away; `None`: told to stop meanwhile.
async fn open(settings: &Settings, told: &watch::Receiver<bool>) -> Result<Option<House>> {
    while !*told.borrow() {
        match house::open(settings).await {
            Err(error) if error.kind == Kind::Unavailable => {
                tracing::warn!(kind = error.kind.slug(), "waiting: {error}");
                tokio::time::sleep(OPENING).await;
            }
            opened => return opened.map(Some),
        }
    }
    Ok(None)
}

fn metrics(settings: &Settings, house: &House, options: &Options, measured: &Measured) -> Metrics {
    let tenants = settings.tenants.iter();
    let known = tenants.map(|(tenant, own)| (tenant.clone(), own.targets.keys().cloned().collect()));
    let (ledger, queue) = (Arc::clone(&house.ledger), Arc::clone(&house.queue));
    let sources = Sources::new(ledger, queue, settings.reserve(), house::clock());
    Metrics::new(Known(known.collect()), options.slots, Arc::new(sources), measured)
}

/// Turns true at SIGTERM or SIGINT.
pub fn told_to_stop() -> Result<watch::Receiver<bool>> {
    let wrong =
        |error: std::io::Error| Error::new(Kind::Internal, format!("listening for signals failed: {error}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(wrong)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(wrong)?;
    let (stop, told) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("told to stop: the jobs in hand are finished first");
        stop.send_replace(true);
    });
    Ok(told)
}

pub fn name(named: Option<String>) -> String {
    named.unwrap_or_else(|| format!("{}-{}", settings::host(), std::process::id()))
}

pub fn slots(settings: &Settings, wished: Option<usize>) -> usize {
    let cores = || std::thread::available_parallelism().map_or(1, usize::from);
    wished.or(settings.work.concurrency).unwrap_or_else(cores).max(1)
}
