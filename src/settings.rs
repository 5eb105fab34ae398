//! The whole configuration as one struct, and the only place that reads environment variables.
//!
//! In: a TOML file (`laufmappe.toml`, or the one that was named) and `LAUFMAPPE_…` variables, which win. Out:
//! [`Settings`], checked. Without a file there is one tenant, `standard`, with one drawer: a folder tree.

use crate::error::{Error, Kind, Result};
use crate::filing::TargetSettings;
use crate::job::Tenant;
use crate::queue::Certificates;
use crate::reserve::Reserve;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file that is read when none is named and it lies in the working folder.
pub const FILE: &str = "laufmappe.toml";
const LARGEST_FILE: u64 = 1 << 20;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    /// Folder for content store, journal, index and (by default) the E-Akte tree.
    pub data: PathBuf,
    /// `amqp://…` or `amqps://…`; absent: the queue in the data folder.
    pub queue: Option<String>,
    /// Certificates for `amqps://`: paths of PEM files.
    pub broker: Certificates,
    /// `postgres://…`; absent: the journal in the data folder.
    pub ledger: Option<String>,
    pub reading: Reading,
    pub work: Work,
    pub tenants: BTreeMap<Tenant, TenantSettings>,
    /// Folder trees nobody named: they are ours to create. A named one must be there (it may be a mount).
    #[serde(skip)]
    pub own_trees: Vec<PathBuf>,
}

/// Limits of the confined reader.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Reading {
    /// Memory of one reader (MiB of address space).
    pub memory: u64,
    /// CPU time of one page (seconds); a reader of several pages gets a tenth of it for each further one.
    pub cpu: u64,
    /// Wall time of one page (seconds).
    pub wall: u64,
    /// Readers at the same time, over all documents; absent: one per core.
    pub processes: Option<usize>,
    /// Passwords tried on encrypted PDFs, one per line of this file.
    pub passwords: Option<PathBuf>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Work {
    /// Documents worked on at the same time by one worker; absent: one per core.
    pub concurrency: Option<usize>,
    /// How long a worker owns a case without renewing (seconds).
    pub lease: u64,
    /// How long jobs in hand may go on after SIGTERM before they are handed back (seconds).
    pub grace: u64,
    /// Disk that stays free in the data folder (MiB; never more than a tenth of the disk): below it nothing is taken
    /// in, below a quarter of it no job is taken.
    pub disk_reserve: u64,
    /// Memory of the machine that stays free (MiB): below it a worker takes one job at a time.
    pub memory_reserve: u64,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct TenantSettings {
    /// For people; the short name otherwise.
    pub name: Option<String>,
    /// Leitweg-IDs under which invoices arrive rightly; an invoice with another one is marked (LM-LEITWEG-OURS).
    pub leitweg_ids: Vec<String>,
    /// The finance department's list of suppliers (`name;ust-id;steuernummer;iban;bic`).
    #[serde(rename = "kreditoren")]
    pub suppliers: Option<PathBuf>,
    /// Further routing rules of this tenant.
    pub routing: Option<PathBuf>,
    /// Filing targets by name; routing rules name them.
    pub targets: BTreeMap<String, TargetSettings>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            data: "laufmappe-data".into(),
            queue: None,
            broker: Certificates::default(),
            ledger: None,
            reading: Reading::default(),
            work: Work::default(),
            tenants: BTreeMap::new(),
            own_trees: Vec::new(),
        }
    }
}

impl Default for Reading {
    fn default() -> Self {
        Self { memory: 1536, cpu: 240, wall: 600, processes: None, passwords: None }
    }
}

impl Default for Work {
    fn default() -> Self {
        Self { concurrency: None, lease: 60, grace: 20, disk_reserve: 1024, memory_reserve: 256 }
    }
}

impl Settings {
    /// Reads the named file, or [`FILE`] where it exists, then the environment; checks, and fills in the
    /// tenant `standard` and the target `akte` where nothing was said.
    pub fn load(named: Option<&Path>) -> Result<Self> {
        let mut settings = match named {
            Some(path) => Self::read(path)?,
            None if Path::new(FILE).exists() => Self::read(Path::new(FILE))?,
            None => Self::default(),
        };
        settings.take_environment(&|name| std::env::var(name).ok())?;
        Ok(settings)
    }

    fn read(path: &Path) -> Result<Self> {
        let wrong = |what: String| {
            Error::new(Kind::Settings, format!("the settings file {}: {what}", path.display()))
                .hint("correct the file; README names every setting")
        };
        let size = std::fs::metadata(path).map_err(|error| wrong(error.to_string()))?.len();
        if size > LARGEST_FILE {
            return Err(wrong(format!("{size} bytes are too many for settings")));
        }
        let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
        toml::from_str(&text).map_err(|error| wrong(error.to_string()))
    }

    fn take_environment(&mut self, variable: &dyn Fn(&str) -> Option<String>) -> Result<()> {
        if let Some(data) = variable("LAUFMAPPE_DATA") {
            self.data = data.into();
        }
        if let Some(queue) = address(variable, "LAUFMAPPE_QUEUE")? {
            self.queue = Some(queue);
        }
        if let Some(ledger) = address(variable, "LAUFMAPPE_LEDGER")? {
            self.ledger = Some(ledger);
        }
        Ok(())
    }

    /// Fills in what nobody said; called once, after the command line had its say.
    pub fn complete(&mut self) -> Result<()> {
        // Absolute, so that receipts name places that mean the same from everywhere.
        self.data = std::path::absolute(&self.data)
            .map_err(|error| Error::new(Kind::Settings, format!("the data folder: {error}")))?;
        if self.tenants.is_empty() {
            self.tenants.insert("standard".parse()?, TenantSettings::default());
        }
        let several = self.tenants.len() > 1;
        for (tenant, settings) in &mut self.tenants {
            if settings.targets.is_empty() {
                let tree = self.data.join("akte");
                let path = if several { tree.join(tenant.as_str()) } else { tree };
                settings.targets.insert("akte".to_owned(), TargetSettings::Folder { path: path.clone() });
                self.own_trees.push(path);
            }
        }
        if self.reading.memory < 256 || self.reading.wall == 0 || self.work.lease == 0 {
            return Err(Error::new(Kind::Settings, "reading.memory, reading.wall or work.lease is too small")
                .hint("a reader needs at least 256 MiB, and times are seconds above zero"));
        }
        Ok(())
    }

    /// The tenant that was named, or the only one there is.
    pub fn tenant(&self, named: Option<&str>) -> Result<Tenant> {
        let known = || self.tenants.keys().map(Tenant::as_str).collect::<Vec<_>>().join(", ");
        match named {
            Some(name) => {
                let tenant: Tenant = name.parse()?;
                if self.tenants.contains_key(&tenant) {
                    return Ok(tenant);
                }
                Err(Error::new(Kind::Usage, format!("the tenant {name} is not in the settings"))
                    .hint(format!("known tenants: {}", known())))
            }
            None => match self.tenants.keys().next() {
                Some(tenant) if self.tenants.len() == 1 => Ok(tenant.clone()),
                _ => Err(Error::new(Kind::Usage, "there are several tenants")
                    .hint(format!("name one with --tenant: {}", known()))),
            },
        }
    }

    pub fn lease(&self) -> Duration {
        Duration::from_secs(self.work.lease)
    }

    pub fn grace(&self) -> Duration {
        Duration::from_secs(self.work.grace)
    }

    /// What must stay free.
    pub fn reserve(&self) -> Reserve {
        Reserve::of(&self.data, self.work.disk_reserve << 20, self.work.memory_reserve << 20)
    }

    /// Passwords for encrypted PDFs, one per line.
    pub fn passwords(&self) -> Result<Vec<String>> {
        let Some(path) = &self.reading.passwords else { return Ok(Vec::new()) };
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::new(Kind::Settings, format!("the password file {}: {error}", path.display()))
        })?;
        Ok(text.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect())
    }
}

/// Which logs are shown (`LAUFMAPPE_LOG`: `info`, `debug`, `laufmappe=debug` …).
pub fn logs() -> Option<String> {
    std::env::var("LAUFMAPPE_LOG").ok().filter(|logs| !logs.is_empty())
}

/// Where traces are sent (`LAUFMAPPE_TRACES=http://collector:4318`, OTLP over HTTP); none: nowhere.
pub fn traces() -> Option<String> {
    std::env::var("LAUFMAPPE_TRACES").ok().filter(|address| !address.is_empty())
}

/// Whether logs are wanted as JSON lines (`LAUFMAPPE_LOG_FORMAT=json`).
pub fn logs_as_json() -> bool {
    std::env::var("LAUFMAPPE_LOG_FORMAT").is_ok_and(|format| format == "json")
}

/// The host's name, for the names of workers.
pub fn host() -> String {
    std::env::var("HOSTNAME").unwrap_or_else(|_| {
        std::fs::read_to_string("/etc/hostname").map(|name| name.trim().to_owned()).unwrap_or_default()
    })
}

/// An address from `NAME`, or from the file that `NAME_FILE` names (a mounted secret).
fn address(variable: &dyn Fn(&str) -> Option<String>, name: &str) -> Result<Option<String>> {
    if let Some(address) = variable(name) {
        return Ok(Some(address));
    }
    let Some(path) = variable(&format!("{name}_FILE")) else { return Ok(None) };
    let text = std::fs::read_to_string(&path)
        .map_err(|error| Error::new(Kind::Settings, format!("the file {path} of {name}_FILE: {error}")))?;
    Ok(Some(text.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_file_there_is_one_tenant_with_one_drawer() {
        let mut settings = Settings::default();
        settings.complete().unwrap();
        let tenant = settings.tenant(None).unwrap();
        assert_eq!(tenant.as_str(), "standard");
        assert!(settings.tenants[&tenant].targets.contains_key("akte"));
    }

    #[test]
    fn a_misspelt_setting_is_named() {
        let error = toml::from_str::<Settings>("[work]\nconcurency = 3").unwrap_err();
        assert!(error.to_string().contains("concurency"));
    }

    #[test]
    fn the_environment_wins_and_secrets_come_from_files() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("queue");
        std::fs::write(&secret, "amqp://broker\n").unwrap();
        let mut settings: Settings = toml::from_str("queue = 'amqp://other'").unwrap();
        let variable =
            |name: &str| (name == "LAUFMAPPE_QUEUE_FILE").then(|| secret.to_string_lossy().into_owned());
        settings.take_environment(&variable).unwrap();
        assert_eq!(settings.queue.as_deref(), Some("amqp://broker"));
    }

    #[test]
    fn with_several_tenants_one_must_be_named() {
        let mut settings: Settings = toml::from_str("[tenants.stadt]\n[tenants.werke]").unwrap();
        settings.complete().unwrap();
        assert_eq!(settings.tenant(None).unwrap_err().kind, Kind::Usage);
        assert_eq!(settings.tenant(Some("werke")).unwrap().as_str(), "werke");
        assert_eq!(settings.tenant(Some("dorf")).unwrap_err().kind, Kind::Usage);
    }
}
