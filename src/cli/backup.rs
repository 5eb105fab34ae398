//! `laufmappe backup FOLDER` and `laufmappe restore FOLDER`.
//!
//! The ledger first, then every content it names: contents are never deleted, so workers may go on meanwhile.

use super::{ALL_FILED, house, language};
use crate::backup::{Backup, Chains, Manifest};
use crate::error::{Error, Kind, Result};
use crate::job::{Language, Tenant, german_time};
use crate::ledger::{self, Ledger};
use crate::lessons::Book;
use crate::settings::Settings;
use crate::store::Store;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

pub async fn backup(settings: &Settings, folder: &Path, tongue: Language) -> Result<u8> {
    let folder = outside(settings, folder)?;
    let at = house::clock()();
    let chains = chains(settings).await?;
    let store = Store::open(&settings.data.join("content"))?;
    let lessons = lessons(settings, &chains)?;
    let (manifest, new) = Backup::at(&folder)?.take(&chains, &lessons, &store, at)?;
    tell(&manifest, tongue);
    language::say(&match tongue {
        Language::De => format!(
            "Sicherung vollständig: {} Inhalte, davon {new} neu, in {}",
            manifest.contents,
            folder.display()
        ),
        Language::En => {
            format!(
                "backup complete: {} contents, {new} of them new, in {}",
                manifest.contents,
                folder.display()
            )
        }
    });
    Ok(ALL_FILED)
}

pub async fn restore(settings: &Settings, folder: &Path, tongue: Language) -> Result<u8> {
    let folder = outside(settings, folder)?;
    let (backup, manifest) = Backup::finished(&folder)?;
    let chains = backup.chains(&manifest)?;
    let house = house::open(settings).await?;
    if let Some(tenant) = house.ledger.tenants().await?.first() {
        return Err(Error::new(Kind::Usage, format!("the ledger has entries of {tenant} already"))
            .hint("restore into an empty data folder and an empty database"));
    }
    // Contents before entries: a ledger never names what is not there.
    let contents = backup.give_contents(&chains, &manifest, &house.store)?;
    for tenant in manifest.lessons.keys() {
        if let Some(book) = backup.lessons(&manifest, tenant)? {
            Book::of(&settings.data, tenant).put_back(&book)?;
        }
    }
    let lines: Vec<String> = chains.into_values().flatten().collect();
    house.ledger.import(Box::new(lines.into_iter().map(Ok))).await?;
    compare(house.ledger.as_ref(), &manifest).await?;
    tell(&manifest, tongue);
    language::say(&restored(contents, &manifest, tongue));
    for tenant in manifest.chains.keys().filter(|tenant| !settings.tenants.contains_key(*tenant)) {
        language::say(&match tongue {
            Language::De => {
                format!("Der Mandant {tenant} steht nicht in den Einstellungen; ohne ihn ruht seine Post.")
            }
            Language::En => format!("The tenant {tenant} is not in the settings; without it its post rests."),
        });
    }
    Ok(ALL_FILED)
}

/// A backup within the data folder would be lost with it.
fn outside(settings: &Settings, folder: &Path) -> Result<PathBuf> {
    let wrong = |error: std::io::Error| Error::new(Kind::Usage, format!("{}: {error}", folder.display()));
    let folder = std::path::absolute(folder).map_err(wrong)?;
    if folder.starts_with(&settings.data) || settings.data.starts_with(&folder) {
        return Err(Error::new(Kind::Usage, "the backup and the data folder must not lie in each other")
            .hint("name a folder on another disk"));
    }
    Ok(folder)
}

/// The journal of a running worker is read beside it; a database gives each tenant up to its head.
async fn chains(settings: &Settings) -> Result<Chains> {
    let Some(address) = &settings.ledger else {
        return ledger::chains_of_journal(&settings.data.join("journal"));
    };
    let ledger = ledger::Postgres::connect(address, house::ACTOR).await?;
    let mut chains = Chains::new();
    for tenant in ledger.tenants().await? {
        let lines = ledger.export(&tenant).await?;
        chains.insert(tenant, lines);
    }
    Ok(chains)
}

fn lessons(settings: &Settings, chains: &Chains) -> Result<BTreeMap<Tenant, Vec<u8>>> {
    let tenants: BTreeSet<&Tenant> = chains.keys().chain(settings.tenants.keys()).collect();
    let mut lessons = BTreeMap::new();
    for tenant in tenants {
        if let Some(book) = Book::of(&settings.data, tenant).written()? {
            lessons.insert(tenant.clone(), book);
        }
    }
    Ok(lessons)
}

async fn compare(ledger: &dyn Ledger, manifest: &Manifest) -> Result<()> {
    for (tenant, chain) in &manifest.chains {
        if ledger.head(tenant).await? != Some(chain.head) {
            let text = format!("the entries of {tenant} do not end as in the backup");
            return Err(Error::new(Kind::Altered, text).hint("empty the data folder and restore once more"));
        }
    }
    Ok(())
}

fn tell(manifest: &Manifest, tongue: Language) {
    for (tenant, chain) in &manifest.chains {
        language::say(&match tongue {
            Language::De => format!("Mandant {tenant}: {} Einträge, Kopf {}", chain.entries, chain.head),
            Language::En => format!("tenant {tenant}: {} entries, head {}", chain.entries, chain.head),
        });
    }
}

fn restored(contents: u64, manifest: &Manifest, tongue: Language) -> String {
    let at = german_time(manifest.at);
    let (day, time) = (at.date(), at.strftime("%H:%M"));
    match tongue {
        Language::De => format!(
            "Wiederhergestellt: {contents} Inhalte, jeder mit seiner Prüfsumme verglichen; Stand {day}, {time} Uhr.\n\
             Was danach eingegangen ist, bitte noch einmal annehmen (submit).\n\
             Vor jeder Ablage wird im Ziel nachgesehen, ob das Dokument dort schon liegt: doppelt wird nichts.\n\
             Nächster Schritt: laufmappe requeue, dann die Worker starten."
        ),
        Language::En => format!(
            "restored: {contents} contents, each compared with its hash; as of {day}, {time} German time.\n\
             Please take in once more (submit) what arrived after that.\n\
             Before anything is filed, the target is asked whether it lies there already: nothing is doubled.\n\
             Next step: laufmappe requeue, then start the workers."
        ),
    }
}
