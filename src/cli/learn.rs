//! `laufmappe learn FILE BT-1=4711 …`: what a correction teaches about a supplier; `list`, `forget LESSON`.

use super::{ALL_FILED, files, house, language};
use crate::error::{Error, Kind, Result};
use crate::job::{ContentHash, Language};
use crate::lessons::{Book, Saying};
use crate::reader::Reader;
use crate::settings::Settings;
use clap::Subcommand;
use std::path::PathBuf;

#[derive(Subcommand)]
pub enum LearnCommand {
    /// The lessons that count
    List,
    /// Take a lesson back
    Forget {
        /// The lesson, as `list` shows it
        lesson: String,
        /// Who says so; stands in the book of lessons
        #[arg(long, value_name = "NAME")]
        by: String,
    },
}

/// A file and what is right about it.
pub struct Wishes {
    pub file: Option<PathBuf>,
    pub corrections: Vec<String>,
    pub by: Option<String>,
    pub command: Option<LearnCommand>,
}

pub async fn learn(settings: &Settings, wishes: Wishes, tenant: Option<&str>, tongue: Language) -> Result<u8> {
    let book = Book::of(&settings.data, &settings.tenant(tenant)?);
    let saying = |by: String| Saying { by, at: house::clock()() };
    match wishes.command {
        Some(LearnCommand::List) => return list(&book),
        Some(LearnCommand::Forget { lesson, by }) => {
            book.forget(&lesson, saying(by))?;
            language::say(match tongue {
                Language::De => "Die Lektion gilt nicht mehr. Laufende Worker bitte neu starten.",
                Language::En => "The lesson no longer counts. Please restart running workers.",
            });
            return Ok(ALL_FILED);
        }
        None => {}
    }
    let (Some(file), Some(by), false) = (wishes.file, wishes.by, wishes.corrections.is_empty()) else {
        return Err(Error::new(Kind::Usage, "there is nothing to learn")
            .hint("name the file, --by, and at least one right value such as BT-1=4711"));
    };
    let bytes = tokio::task::spawn_blocking(move || files::read(&file))
        .await
        .map_err(|_| Error::new(Kind::Internal, "reading the file was interrupted"))??;
    let reader = Reader::new(house::sandbox(settings)?, settings.passwords()?);
    let text = reader.pages(&bytes).await?;
    let lesson = book.learn(ContentHash::of(&bytes), &text, &wishes.corrections, saying(by))?;
    language::say(&match tongue {
        Language::De => format!(
            "Gelernt ({}). Zurücknehmen: laufmappe learn forget {0} --by NAME. Laufende Worker bitte neu starten.",
            lesson.lesson
        ),
        Language::En => format!(
            "Learnt ({}). To take it back: laufmappe learn forget {0} --by NAME. Please restart running workers.",
            lesson.lesson
        ),
    });
    Ok(ALL_FILED)
}

/// Lesson, day, who said so, supplier, values; divided by tabs.
fn list(book: &Book) -> Result<u8> {
    for lesson in book.lessons()? {
        let identity = &lesson.identity;
        let supplier = identity.name.as_ref().or(identity.vat_id.as_ref()).or(identity.ibans.first());
        let terms: Vec<String> = lesson.confirmed.iter().map(ToString::to_string).collect();
        let line = [
            lesson.lesson.as_str(),
            &lesson.at.to_string(),
            &lesson.by,
            supplier.map_or("", String::as_str),
            &terms.join(" "),
        ]
        .map(|cell| cell.replace(char::is_control, " "));
        language::say(&line.join("\t"));
    }
    Ok(ALL_FILED)
}
