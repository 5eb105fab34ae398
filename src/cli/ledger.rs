//! `laufmappe ledger …` and `laufmappe rebuild`: the ledger for auditors.

use super::{ALL_FILED, SOME_IN_CLEARING, house, language};
use crate::error::{Error, Kind, Result};
use crate::index::Index;
use crate::job::{DocumentId, Language, Tenant};
use crate::ledger::{self, Noted, Verified};
use crate::settings::Settings;
use clap::Subcommand;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

#[derive(Subcommand)]
pub enum LedgerCommand {
    /// Verify hashes, chain and numbers: of journal files, or of the ledger in use
    Verify {
        /// Journal or export files; they need neither settings nor database
        files: Vec<PathBuf>,
        /// A head noted earlier, TENANT:NUMBER:HASH: it must stand in the chain; so a cut end is found (repeatable)
        #[arg(long)]
        head: Vec<Noted>,
    },
    /// Every entry of one document
    Show {
        /// Id of the document, as `status` prints it
        document: String,
    },
    /// Write a tenant's entries as journal lines
    Export {
        /// The file to write; it must not exist yet
        #[arg(short, long)]
        output: PathBuf,
    },
}

pub async fn perform(
    settings: &Settings,
    command: LedgerCommand,
    tenant: Option<&str>,
    tongue: Language,
) -> Result<u8> {
    match command {
        LedgerCommand::Verify { head, .. } => verify(settings, &head, tongue).await,
        LedgerCommand::Show { document } => show(settings, tenant, &document).await,
        LedgerCommand::Export { output } => export(settings, tenant, &output).await,
    }
}

/// Verifies files alone: no settings, no index, no database.
pub fn verify_files(files: &[PathBuf], heads: &[Noted], tongue: Language) -> Result<u8> {
    if files.len() > 1 && !heads.is_empty() {
        return Err(Error::new(Kind::Usage, "a noted head is compared with one file")
            .hint("name one file, or verify the ledger in use"));
    }
    for file in files {
        let lines = BufReader::new(opened(file)?).lines();
        let mut broken = None;
        let readable = lines.map_while(|line| line.map_err(|error| broken = Some(error)).ok());
        let verified = ledger::verify_against(readable, heads)?;
        if let Some(error) = broken {
            return Err(Error::new(Kind::Storage, format!("reading {} failed: {error}", file.display())));
        }
        report(Some(file), &verified, tongue);
    }
    Ok(ALL_FILED)
}

async fn verify(settings: &Settings, heads: &[Noted], tongue: Language) -> Result<u8> {
    let house = house::open(settings).await?;
    let mut tenants = house.ledger.tenants().await?;
    tenants.extend(heads.iter().map(|noted| noted.tenant.clone()));
    tenants.sort();
    tenants.dedup();
    for tenant in tenants {
        let own: Vec<_> = heads.iter().filter(|noted| noted.tenant == tenant).cloned().collect();
        let verified = ledger::verify_against(house.ledger.export(&tenant).await?.into_iter(), &own)?;
        report(None, &verified, tongue);
    }
    Ok(ALL_FILED)
}

/// `file`: where the lines came from, unless they are those in use.
fn report(file: Option<&Path>, verified: &Verified, tongue: Language) {
    let from = file.map(|file| format!("{}: ", file.display())).unwrap_or_default();
    for (tenant, head) in &verified.heads {
        let (entries, head) = (head.number, head.hash);
        language::say(&match tongue {
            Language::De => {
                format!("{from}Mandant {tenant}: {entries} Einträge, Kette vollständig, Kopf {head}")
            }
            Language::En => {
                format!("{from}tenant {tenant}: {entries} entries, chain complete, head {head}")
            }
        });
    }
}

async fn show(settings: &Settings, tenant: Option<&str>, document: &str) -> Result<u8> {
    let document: DocumentId = document.parse()?;
    let tenant: Tenant = settings.tenant(tenant)?;
    let house = house::open(settings).await?;
    let history = house.ledger.history(&tenant, &document).await?;
    for entry in &history {
        let line = serde_json::to_string(entry)
            .map_err(|error| Error::new(Kind::Internal, format!("writing JSON failed: {error}")))?;
        language::say(&line);
    }
    Ok(if history.is_empty() { SOME_IN_CLEARING } else { ALL_FILED })
}

async fn export(settings: &Settings, tenant: Option<&str>, output: &Path) -> Result<u8> {
    let tenant = settings.tenant(tenant)?;
    let house = house::open(settings).await?;
    let wrong = |error: std::io::Error| {
        Error::new(Kind::Usage, format!("writing {} failed: {error}", output.display()))
            .hint("name a new file in a folder we may write to")
    };
    let mut file = File::create_new(output).map_err(wrong)?;
    for line in house.ledger.export(&tenant).await? {
        writeln!(file, "{line}").map_err(wrong)?;
    }
    file.sync_all().map_err(wrong)?;
    Ok(ALL_FILED)
}

/// Makes the index anew from the journal.
pub async fn rebuild(settings: &Settings, tongue: Language) -> Result<u8> {
    if settings.ledger.is_some() {
        return Err(Error::new(Kind::Usage, "only the embedded ledger has an index to rebuild")
            .hint("leave out --ledger"));
    }
    let index = Index::open(&settings.data.join("index"))?;
    let ledger = ledger::Embedded::open(&settings.data, &index, house::clock(), house::ACTOR)?;
    let entries = ledger.rebuild().await?;
    language::say(&match tongue {
        Language::De => format!("Der Index wurde aus dem Journal neu gebaut: {entries} Einträge"),
        Language::En => format!("the index was rebuilt from the journal: {entries} entries"),
    });
    Ok(ALL_FILED)
}

fn opened(path: &Path) -> Result<File> {
    File::open(path).map_err(|error| {
        Error::new(Kind::Usage, format!("{}: {error}", path.display())).hint("name a journal or export file")
    })
}
