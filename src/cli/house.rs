//! Opens the house: from settings to the services every command works with.

use crate::error::{Error, Kind, Result};
use crate::filing;
use crate::index::Index;
use crate::job::{Clock, Tenant};
use crate::ledger::{self, Ledger};
use crate::lessons::{Book, Memory};
use crate::pipeline::{Desk, Services};
use crate::queue::{self, Queue};
use crate::reserve::Reserve;
use crate::route::Routing;
use crate::sandbox::{Limits, Sandbox};
use crate::settings::Settings;
use crate::store::Store;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Who writes into the ledger.
pub const ACTOR: &str = concat!("laufmappe/", env!("CARGO_PKG_VERSION"));

pub struct House {
    pub store: Store,
    pub ledger: Arc<dyn Ledger>,
    pub queue: Arc<dyn Queue>,
    /// Whoever takes something in asks here first.
    pub reserve: Reserve,
    /// What was repaired while opening, for people.
    pub repaired: Option<String>,
}

/// Opens store, ledger and queue, embedded or shared as the settings say.
pub async fn open(settings: &Settings) -> Result<House> {
    let store = Store::open(&settings.data.join("content"))?;
    let embedded = settings.queue.is_none() || settings.ledger.is_none();
    let index = if embedded { Some(Index::open(&settings.data.join("index"))?) } else { None };

    let mut repaired = None;
    let ledger: Arc<dyn Ledger> = match (&settings.ledger, &index) {
        (Some(address), _) => Arc::new(ledger::Postgres::connect(address, ACTOR).await?),
        (None, Some(index)) => {
            let ledger = ledger::Embedded::open(&settings.data, index, clock(), ACTOR)?;
            repaired = index.repaired().into_iter().chain(ledger.repaired()).reduce(|a, b| a + "; " + &b);
            Arc::new(ledger)
        }
        (None, None) => return Err(Error::new(Kind::Internal, "no index for the journal")),
    };
    let queue: Arc<dyn Queue> = match (&settings.queue, &index) {
        (Some(address), _) => {
            let tenants: Vec<Tenant> = settings.tenants.keys().cloned().collect();
            let rabbit = queue::Rabbit::at(address, &settings.broker, &tenants)?;
            // The ledger is the truth and can do without its doorbell for a while.
            if let Err(error) = rabbit.probe().await {
                tracing::warn!(kind = error.kind.slug(), "work goes on without the broker: {error}");
            }
            Arc::new(rabbit)
        }
        (None, Some(index)) => Arc::new(queue::Embedded::open(index, &clock())?),
        (None, None) => return Err(Error::new(Kind::Internal, "no index for the queue")),
    };
    Ok(House { store, ledger, queue, reserve: settings.reserve(), repaired })
}

/// Rules, drawers and reader on top of an open house.
pub fn services(settings: &Settings, house: &House) -> Result<Services> {
    Ok(Services {
        ledger: Arc::clone(&house.ledger),
        store: house.store.clone(),
        sandbox: sandbox(settings)?,
        passwords: settings.passwords()?,
        desks: desks(settings)?,
    })
}

/// The confined reader: this very program.
pub fn sandbox(settings: &Settings) -> Result<Sandbox> {
    let program = std::env::current_exe()
        .map_err(|error| Error::new(Kind::Internal, format!("our own program is not to be found: {error}")))?;
    let limits = Limits {
        memory: settings.reading.memory << 20,
        cpu: settings.reading.cpu,
        wall: Duration::from_secs(settings.reading.wall),
        ..Limits::default()
    };
    Ok(match settings.reading.processes {
        Some(processes) => Sandbox::with_places(program, limits, processes),
        None => Sandbox::new(program, limits),
    })
}

/// One desk per tenant. Every target a rule names must exist, and the examples of the rules must hold.
pub fn desks(settings: &Settings) -> Result<BTreeMap<Tenant, Desk>> {
    for tree in &settings.own_trees {
        std::fs::create_dir_all(tree).map_err(|error| {
            Error::new(Kind::Storage, format!("creating {} failed: {error}", tree.display()))
        })?;
    }
    let mut desks = BTreeMap::new();
    for (tenant, own) in &settings.tenants {
        let routing = match &own.routing {
            None => Routing::built_in()?,
            Some(path) => Routing::with_layer(&path.display().to_string(), &rules(path)?)?,
        };
        let mut adapters = BTreeMap::new();
        for (name, target) in &own.targets {
            adapters.insert(name.clone(), filing::adapter(name, target)?);
        }
        for target in routing.targets() {
            if !adapters.contains_key(&target) {
                return Err(Error::new(
                    Kind::Settings,
                    format!("a routing rule of {tenant} files into {target}, which is not set up"),
                )
                .hint(format!("add [tenants.{tenant}.targets.{target}] to the settings")));
            }
        }
        let mut desk = Desk::of(routing, own.leitweg_ids.clone(), adapters);
        desk.memory = memory(settings, tenant)?;
        desks.insert(tenant.clone(), desk);
    }
    Ok(desks)
}

/// What a tenant knows about its suppliers.
pub fn memory(settings: &Settings, tenant: &Tenant) -> Result<Memory> {
    let list = settings.tenants.get(tenant).and_then(|own| own.suppliers.as_ref());
    let book = Book::of(&settings.data, tenant);
    match list {
        None => book.memory(None),
        Some(path) => book.memory(Some((&path.display().to_string(), &bounded(path, "list of suppliers")?))),
    }
}

fn rules(path: &Path) -> Result<String> {
    bounded(path, "rule file")
}

fn bounded(path: &Path, what: &str) -> Result<String> {
    const LARGEST: u64 = 16 << 20;
    let wrong = |why: String| {
        Error::new(Kind::Settings, format!("the {what} {}: {why}", path.display()))
            .hint("correct the path in the settings")
    };
    let size = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
    if size > LARGEST {
        return Err(wrong(format!("{size} bytes are too many")));
    }
    std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))
}

pub fn clock() -> Clock {
    Arc::new(jiff::Timestamp::now)
}
