//! `laufmappe retry ID…`: gives documents in clearing back to the machine, in a person's name.

use super::{ALL_FILED, SOME_IN_CLEARING, house, language};
use crate::error::Result;
use crate::job::{DocumentId, Job, Language, Priority};
use crate::settings::Settings;

pub async fn retry(
    settings: &Settings,
    tenant: Option<&str>,
    documents: &[String],
    by: &str,
    tongue: Language,
) -> Result<u8> {
    let tenant = settings.tenant(tenant)?;
    let documents: Vec<DocumentId> = documents.iter().map(|id| id.parse()).collect::<Result<_>>()?;
    let house = house::open(settings).await?;
    let mut code = ALL_FILED;
    for document in documents {
        let reopened = house.ledger.reopen(&tenant, &document, by).await?;
        if reopened {
            let (v, tenant, document) = (Job::VERSION, tenant.clone(), document.clone());
            house.queue.publish(&Job { v, tenant, document, priority: Priority::Normal }).await?;
        } else {
            code = SOME_IN_CLEARING;
        }
        let said = match (tongue, reopened) {
            (Language::De, true) => "wird noch einmal bearbeitet; `laufmappe status` zeigt das Ergebnis",
            (Language::De, false) => "liegt nicht in der Klärung; es ist nichts geschehen",
            (Language::En, true) => "is worked on once more; `laufmappe status` shows the outcome",
            (Language::En, false) => "does not lie in clearing; nothing was done",
        };
        language::say(&format!("{document}: {said}"));
    }
    Ok(code)
}
