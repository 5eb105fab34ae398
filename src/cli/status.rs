//! `laufmappe status`: what became of every document.

use super::{ALL_FILED, Format, house, language, table};
use crate::error::Result;
use crate::job::Language;
use crate::settings::Settings;

pub async fn status(settings: &Settings, tenant: Option<&str>, format: Format, tongue: Language) -> Result<u8> {
    let tenant = tenant.map(|name| settings.tenant(Some(name))).transpose()?;
    let house = house::open(settings).await?;
    let rows = table::rows(&house, house.ledger.summaries(tenant.as_ref()).await?)?;
    match format {
        Format::Json => language::say(&table::json(&rows)?),
        Format::Text => {
            language::say(&table::text(&rows, tongue));
            let depth = house.queue.depth().await?;
            let line = match tongue {
                Language::De => format!(
                    "Warteschlange: {} bereit, {} später, {} unlesbar",
                    depth.ready, depth.delayed, depth.poison
                ),
                Language::En => format!(
                    "Queue: {} ready, {} delayed, {} unreadable",
                    depth.ready, depth.delayed, depth.poison
                ),
            };
            language::say(&line);
        }
    }
    Ok(ALL_FILED)
}
