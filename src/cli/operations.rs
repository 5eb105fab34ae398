//! The commands of whoever keeps the house running.

use super::{Format, backup, drain, forecast, requeue, retry, status};
use crate::error::Result;
use crate::job::Language;
use crate::settings::Settings;
use clap::Subcommand;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Subcommand)]
pub enum Operation {
    /// What became of every document, and how the house stands
    Status {
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        /// The summary without the table
        #[arg(long)]
        summary: bool,
    },
    /// How long the backlog takes, and how many workers clear it in time, from measured rates
    Forecast {
        /// Time of day (German time) at which the backlog shall be clear
        #[arg(long, value_name = "16:00", value_parser = forecast::time_of_day)]
        until: jiff::civil::Time,
        /// Reckon with so many workers (default: those that were measured)
        #[arg(long, value_name = "N")]
        workers: Option<u64>,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Give documents in clearing back to the machine, once it is proved that their cause is gone
    Retry {
        /// Ids of the documents, as `status` prints them
        #[arg(required = true, value_name = "ID")]
        documents: Vec<String>,
        /// Who says so; stands in the ledger
        #[arg(long, value_name = "NAME")]
        by: String,
        /// How long to wait for the outcome
        #[arg(long, value_name = "SECONDS", default_value = "30")]
        wait: u64,
        /// I looked: it lies in the DMS, under this name or number
        #[arg(long, value_name = "PLACE", conflicts_with = "not_found")]
        found_filed: Option<String>,
        /// I looked: it does not lie in the DMS; it may be filed once more
        #[arg(long)]
        not_found: bool,
    },
    /// Ring for every open case that nobody has; after a purge the queues are filled again
    Requeue {
        /// Also those that wait for a target
        #[arg(long)]
        parked: bool,
    },
    /// Pause: workers finish what they have and take nothing; intake goes on
    Drain {
        /// Who says so
        #[arg(long, value_name = "NAME", required_unless_present = "end")]
        by: Option<String>,
        /// How long to wait until nobody works any more
        #[arg(long, value_name = "SECONDS", default_value = "300")]
        wait: u64,
        /// End the pause
        #[arg(long, conflicts_with = "by")]
        end: bool,
    },
    /// Save ledger, contents and lessons; workers may go on meanwhile
    Backup {
        /// Where to; a folder that holds a backup already gets what is new
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
    /// Put a backup back into an empty data folder and an empty ledger, every content compared with its hash
    Restore {
        /// The folder of the backup
        #[arg(value_name = "FOLDER")]
        folder: PathBuf,
    },
}

pub async fn perform(
    settings: &Settings,
    operation: Operation,
    tenant: Option<&str>,
    language: Language,
) -> Result<u8> {
    match operation {
        Operation::Status { format, summary } => {
            status::status(settings, tenant, summary, format, language).await
        }
        Operation::Forecast { until, workers, format } => {
            let wishes = forecast::Wishes { until, workers, format };
            forecast::tell(settings, tenant, wishes, language).await
        }
        Operation::Retry { documents, by, wait, found_filed, not_found } => {
            let not_found = not_found.then_some(retry::Finding::NotFound);
            let finding = found_filed.map(retry::Finding::Filed).or(not_found);
            let wishes = retry::Wishes { documents, by, wait: Duration::from_secs(wait), finding };
            retry::retry(settings, tenant, wishes, language).await
        }
        Operation::Requeue { parked } => requeue::requeue(settings, tenant, parked, language).await,
        Operation::Drain { by, wait, end: _ } => match by {
            Some(by) => drain::begin(settings, &by, Duration::from_secs(wait), language).await,
            None => drain::end(settings, language).await,
        },
        Operation::Backup { folder } => backup::backup(settings, &folder, language).await,
        Operation::Restore { folder } => backup::restore(settings, &folder, language).await,
    }
}
