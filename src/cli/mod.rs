//! The command line: parses, calls one command, prints. German for people (`--lang en` for English).
//!
//! The only room that prints. Absent on purpose: business decisions.

mod backup;
pub mod child;
mod doctor;
mod drain;
mod files;
mod forecast;
mod handful;
mod health;
mod help;
mod house;
mod language;
mod learn;
mod ledger;
mod operations;
mod read;
mod requeue;
mod retry;
mod rules;
mod run;
mod searchable;
mod separator;
mod serve;
mod status;
mod submit;
mod table;
mod validate;
mod worker;

use crate::error::{Error, Kind, Result};
use crate::job::{Language, Priority, Scan};
use crate::metrics::Measured;
use crate::protocol::reply::Posting;
use crate::recognise::{Sheet, Sides};
use crate::settings::{self, Settings};
use crate::telemetry;
use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// Everything was done and nothing needs a person.
pub const ALL_FILED: u8 = 0;
/// Everything was done; something lies in clearing.
pub const SOME_IN_CLEARING: u8 = 1;

#[derive(Parser)]
#[command(name = "laufmappe", version, about = "Reads, checks, routes and files what comes into a town hall")]
struct Line {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

#[derive(Args)]
struct Common {
    /// Settings file (default: laufmappe.toml, where it exists)
    #[arg(long, global = true, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Data folder: content store, journal, index [env: LAUFMAPPE_DATA]
    #[arg(long, global = true, value_name = "FOLDER")]
    data: Option<PathBuf>,
    /// amqp://… or amqps://…; without it the queue in the data folder [env: LAUFMAPPE_QUEUE]
    #[arg(long, global = true, value_name = "ADDRESS", hide_env_values = true)]
    queue: Option<String>,
    /// postgres://…; without it the journal in the data folder [env: LAUFMAPPE_LEDGER]
    #[arg(long, global = true, value_name = "ADDRESS", hide_env_values = true)]
    ledger: Option<String>,
    /// Tenant (Mandant); needed only where there are several
    #[arg(long, global = true, value_name = "NAME")]
    tenant: Option<String>,
    /// Language of the texts for people
    #[arg(long = "lang", global = true, value_enum, default_value = "de")]
    language: Tongue,
}

/// What the scanning office knows about a scan; it stands in the transfer note.
#[derive(Args)]
struct ScanArgs {
    /// Who scanned (a name or a shorthand)
    #[arg(long, value_name = "NAME")]
    operator: Option<String>,
    /// The scanner
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// Sheets counted before scanning; a scan with more or fewer stops
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    sheets: Option<u32>,
}

impl From<ScanArgs> for Option<Scan> {
    fn from(said: ScanArgs) -> Option<Scan> {
        let ScanArgs { operator, device, sheets } = said;
        let scan = Scan { operator, device, sheets };
        (scan != Scan::default()).then_some(scan)
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Tongue {
    De,
    En,
}

impl From<Tongue> for Language {
    fn from(tongue: Tongue) -> Language {
        match tongue {
            Tongue::De => Language::De,
            Tongue::En => Language::En,
        }
    }
}

#[derive(Clone, Copy, ValueEnum)]
enum Urgency {
    Urgent,
    Normal,
    Backfill,
}

impl From<Urgency> for Priority {
    fn from(urgency: Urgency) -> Priority {
        match urgency {
            Urgency::Urgent => Priority::Urgent,
            Urgency::Normal => Priority::Normal,
            Urgency::Backfill => Priority::Backfill,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Text,
    Json,
}

#[derive(Subcommand)]
enum Command {
    /// Take in files and folders ('-' for standard input), work until nothing is left, show what became of them
    Run {
        /// Files, folders, or '-'
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Name of the batch (Stapel)
        #[arg(long)]
        batch: Option<String>,
        /// How urgent (default: normal; e-invoices whose cash discount ends soon are urgent by themselves)
        #[arg(long, value_enum, value_name = "CLASS")]
        priority: Option<Urgency>,
        #[command(flatten)]
        scan: ScanArgs,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
        /// Documents worked on at the same time (default: one per core)
        #[arg(long, value_name = "N")]
        concurrency: Option<usize>,
    },
    /// Take in files and folders ('-' for standard input) for the workers; returns when they are safe
    Submit {
        /// Files, folders, or '-'
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Name of the batch (Stapel)
        #[arg(long)]
        batch: Option<String>,
        /// How urgent (default: normal; e-invoices whose cash discount ends soon are urgent by themselves)
        #[arg(long, value_enum, value_name = "CLASS")]
        priority: Option<Urgency>,
        #[command(flatten)]
        scan: ScanArgs,
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Work on what was submitted, until told to stop (SIGTERM finishes the jobs in hand)
    Worker {
        /// Documents worked on at the same time (default: one per core)
        #[arg(long, value_name = "N")]
        concurrency: Option<usize>,
        /// End when nothing is left to do
        #[arg(long)]
        until_empty: bool,
        /// Name of this worker in ledger and logs (default: host and process)
        #[arg(long)]
        name: Option<String>,
        /// Answer /healthz, /readyz, /metrics and /status on this address
        #[arg(long, value_name = "ADDRESS")]
        listen: Option<std::net::SocketAddr>,
    },
    /// Examine e-invoices (XML, ZUGFeRD PDF) by the official rules; nothing is kept or filed
    Validate {
        /// Files and folders, or '-' for standard input; every file is one document
        #[arg(required = true, value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Text for people, JSON, one JSON line per document, a page to print, or the official report format
        #[arg(long, value_enum, default_value = "text")]
        format: validate::Shape,
        /// Day of receipt (2026-11-02); it chooses the edition of the rules (default: today)
        #[arg(long, value_name = "DAY")]
        date: Option<jiff::civil::Date>,
        /// Examine by this profile, whatever the invoice names ("Factur-X EN 16931")
        #[arg(long, value_name = "NAME")]
        profile: Option<String>,
        /// A reply to the supplier of each rejected invoice instead
        #[arg(long, value_enum, value_name = "FORMAT", conflicts_with = "format")]
        reply: Option<validate::Letter>,
        /// The reply says that the invoice is in the books already
        #[arg(long, requires = "reply")]
        posted: bool,
    },
    /// Read files with pages (PDF, TIFF, JPEG, PNG): documents, classes, fields; nothing is kept or filed
    Read {
        /// Files and folders, or '-' for standard input
        #[arg(required = true, value_name = "FILE")]
        paths: Vec<PathBuf>,
        /// Text for people, JSON, or one JSON line per document
        #[arg(long, value_enum, default_value = "text")]
        format: read::Shape,
    },
    /// Teach the right values of a read invoice: the next one of this supplier is read better
    #[command(args_conflicts_with_subcommands = true)]
    Learn {
        #[command(subcommand)]
        command: Option<learn::LearnCommand>,
        /// The file with the pages
        #[arg(value_name = "FILE")]
        file: Option<PathBuf>,
        /// Right values, as they are printed: BT-1=4711 BT-9=2026-12-01
        #[arg(value_name = "TERM=VALUE")]
        corrections: Vec<String>,
        /// Who says so; stands in the book of lessons
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Print a separator sheet (PDF) for the scanner; its code names tenant, office and class
    Separator {
        /// Office (Amt) that gets the documents behind the sheet
        #[arg(long, value_name = "OFFICE")]
        office: Option<String>,
        /// Class of the documents behind the sheet
        #[arg(long, value_name = "CLASS")]
        class: Option<String>,
        /// Sheets in the PDF
        #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=500))]
        copies: u32,
        /// The same code on the back of every sheet, for duplex scanners
        #[arg(long)]
        both_sides: bool,
        /// Where to write it (default: standard output)
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// Write a PDF of a file with pages (PDF, TIFF, JPEG, PNG) that can be searched; the file stays as it is
    Searchable {
        /// The file, or '-' for standard input
        #[arg(value_name = "FILE")]
        path: PathBuf,
        /// PDF to write; it must not be there yet
        #[arg(long, short, value_name = "PDF")]
        output: PathBuf,
        /// Write over a PDF that is there
        #[arg(long)]
        force: bool,
    },
    /// Examine e-invoices over HTTP: as the official validator does, and as JSON
    Serve {
        /// Where to listen
        #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
        listen: std::net::SocketAddr,
    },
    /// The rules e-invoices are examined by
    Rules {
        #[command(subcommand)]
        command: rules::RulesCommand,
    },
    #[command(flatten)]
    Operations(operations::Operation),
    /// What is installed, what is missing, what to do
    Doctor {
        #[arg(long, value_enum, default_value = "text")]
        format: Format,
    },
    /// Ask a running worker whether it is well (for container health checks)
    Health {
        /// Where the worker listens
        #[arg(long, default_value = "127.0.0.1:8087")]
        listen: std::net::SocketAddr,
        /// Ask whether it can work (queue, ledger, disk, no pause), not only whether it is alive
        #[arg(long)]
        ready: bool,
    },
    /// Verify, show and export the ledger
    Ledger {
        #[command(subcommand)]
        command: ledger::LedgerCommand,
    },
    /// Rebuild the index from the journal (embedded ledger)
    Rebuild,
    /// The confined reader; started by the program itself
    #[command(hide = true)]
    Child,
}

/// Runs the program; the answer is its exit code.
pub fn main() -> u8 {
    let line = match parse(std::env::args_os().collect()) {
        Ok(line) => line,
        Err(error) => {
            error.print().ok();
            return if error.use_stderr() { Kind::Usage.exit_code() } else { ALL_FILED };
        }
    };
    if let Command::Child = line.command {
        return child::run();
    }
    let usual = match line.command {
        Command::Worker { .. } | Command::Serve { .. } => "warn,laufmappe=info",
        _ => "error",
    };
    let language = line.common.language.into();
    let performed = telemetry::start(&wishes(usual)).and_then(|telemetry| {
        let performed = perform(line, &telemetry.measured);
        telemetry.end();
        performed
    });
    match performed {
        Ok(code) => code,
        Err(error) => {
            language::complain(language, &error);
            error.kind.exit_code()
        }
    }
}

/// Logs go to standard error, in English, ids only. `LAUFMAPPE_LOG` chooses others than `usual`.
fn wishes(usual: &str) -> telemetry::Wishes {
    telemetry::Wishes {
        logs: settings::logs().unwrap_or_else(|| usual.to_owned()),
        json: settings::logs_as_json(),
        collector: settings::traces(),
        worker: worker::name(None),
    }
}

/// Help is German unless `--lang en` stands on the line.
fn parse(arguments: Vec<OsString>) -> std::result::Result<Line, clap::Error> {
    let english = arguments.windows(2).any(|pair| pair[0] == "--lang" && pair[1] == "en")
        || arguments.iter().any(|argument| argument == "--lang=en");
    let command = if english { Line::command() } else { help::german(Line::command()) };
    Line::from_arg_matches(&command.try_get_matches_from(arguments)?)
}

fn perform(line: Line, measured: &Measured) -> Result<u8> {
    let common = line.common;
    let language = Language::from(common.language);
    if let Command::Ledger { command: ledger::LedgerCommand::Verify { files, head } } = &line.command
        && !files.is_empty()
    {
        return ledger::verify_files(files, head, language);
    }
    if let Command::Rules { command } = line.command {
        return rules::perform(command, language);
    }
    let mut settings = Settings::load(common.settings.as_deref())?;
    if let Some(data) = common.data {
        settings.data = data;
    }
    settings.queue = common.queue.or(settings.queue);
    settings.ledger = common.ledger.or(settings.ledger);
    settings.complete()?;
    let tenant = common.tenant.as_deref();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Error::new(Kind::Internal, format!("starting the runtime failed: {error}")))?;
    runtime.block_on(async {
        match line.command {
            Command::Run { paths, batch, priority, scan, format, concurrency } => {
                let (tenant, priority) = (settings.tenant(tenant)?, priority.map(Into::into));
                let order = submit::Order { paths, batch, scan: scan.into(), priority, tenant };
                run::run(&settings, order, format, concurrency, language).await
            }
            Command::Submit { paths, batch, priority, scan, format } => {
                let (tenant, priority) = (settings.tenant(tenant)?, priority.map(Into::into));
                let order = submit::Order { paths, batch, scan: scan.into(), priority, tenant };
                submit::submit(&settings, order, format, language).await
            }
            Command::Worker { concurrency, until_empty, name, listen } => {
                let wishes = worker::Wishes { concurrency, until_empty, name, listen };
                worker::work(&settings, wishes, measured).await
            }
            Command::Validate { paths, format, date, profile, reply, posted } => {
                let posting = if posted { Posting::Posted } else { Posting::NotPosted };
                let reply = reply.map(|letter| (letter, posting));
                let wishes = validate::Wishes { paths, shape: format, date, profile, reply };
                validate::validate(&settings, wishes, language).await
            }
            Command::Read { paths, format } => read::read(&settings, &paths, format, tenant, language).await,
            Command::Learn { command, file, corrections, by } => {
                let wishes = learn::Wishes { file, corrections, by, command };
                learn::learn(&settings, wishes, tenant, language).await
            }
            Command::Separator { office, class, copies, both_sides, output } => {
                // A sheet may be printed where the tenant is not served.
                let tenant = match tenant {
                    Some(named) => named.parse()?,
                    None => settings.tenant(None)?,
                };
                let sides = if both_sides { Sides::Both } else { Sides::Front };
                let wishes = separator::Wishes { sheet: Sheet { tenant, office, class }, copies, sides };
                separator::print(&wishes, output.as_deref())
            }
            Command::Searchable { path, output, force } => {
                let place = if force { searchable::Place::Any(output) } else { searchable::Place::New(output) };
                searchable::searchable(&settings, &path, &place, language).await
            }
            Command::Serve { listen } => serve::serve(&settings, listen, language).await,
            Command::Rules { command } => rules::perform(command, language),
            Command::Operations(operation) => operations::perform(&settings, operation, tenant, language).await,
            Command::Doctor { format } => doctor::doctor(&settings, format, language).await,
            Command::Health { listen, ready } => {
                health::health(listen, if ready { health::Question::Ready } else { health::Question::Alive })
                    .await
            }
            Command::Ledger { command } => ledger::perform(&settings, command, tenant, language).await,
            Command::Rebuild => ledger::rebuild(&settings, language).await,
            Command::Child => Ok(child::run()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_and_argument_has_german_help() {
        let missing = help::missing(&Line::command());
        assert!(missing.is_empty(), "no German help for {missing:?}");
    }

    #[test]
    fn the_line_is_understood() {
        let line = |text: &str| parse(text.split(' ').map(OsString::from).collect());
        assert!(line("laufmappe run a b --format json").is_ok());
        assert!(line("laufmappe --lang en worker --concurrency 2 --until-empty").is_ok());
        assert!(line("laufmappe run").is_err());
        assert!(line("laufmappe fliege").is_err());
    }
}
