//! `laufmappe rules list`: every rule the examiner knows.

use super::{ALL_FILED, language};
use crate::error::{Error, Kind, Result};
use crate::job::Language;
use crate::protocol::rules;
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum RulesCommand {
    /// Every rule: id, book, severity, edition, terms and text, divided by tabs
    List {
        /// A Markdown page with the texts in both languages
        #[arg(long)]
        markdown: bool,
        /// The file to write instead of standard output
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

pub fn perform(command: RulesCommand, tongue: Language) -> Result<u8> {
    let RulesCommand::List { markdown, output } = command;
    let page = if markdown { rules::markdown() } else { rules::text(tongue) };
    match output {
        None => language::say(page.trim_end()),
        Some(path) => std::fs::write(&path, page).map_err(|error| {
            Error::new(Kind::Usage, format!("writing {} failed: {error}", path.display()))
                .hint("name a file in a folder we may write to")
        })?,
    }
    Ok(ALL_FILED)
}
