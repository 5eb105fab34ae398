//! Sentences of the command line that several commands share.

use crate::clearing;
use crate::error::Error;
use crate::job::Language;
use crate::ledger::State;
use std::path::Path;

/// Says on standard error what went wrong and what to do, in plain words. The detail stays English: it is
/// what operations look up.
#[expect(clippy::print_stderr, reason = "the command line speaks to people here")]
pub fn complain(language: Language, error: &Error) {
    let words = clearing::of(error);
    let (next, detail) = match language {
        Language::De => ("Nächster Schritt", "Einzelheiten für die IT"),
        Language::En => ("Next step", "Detail for IT"),
    };
    eprintln!("{}", words.text.in_language(language));
    eprintln!("{next}: {}", words.next.in_language(language));
    eprintln!("{detail} ({}): {error}", error.kind.slug());
}

/// Names on standard error what could not be read, in one line.
#[expect(clippy::print_stderr, reason = "the command line speaks to people here")]
pub fn unread(language: Language, path: &Path, error: &Error) {
    match language {
        Language::De => eprintln!(
            "Nicht geprüft, weil nicht lesbar: {}. Bitte Pfad und Berechtigungen prüfen. ({error})",
            path.display()
        ),
        Language::En => eprintln!(
            "Not checked, because it cannot be read: {}. Please check path and permissions. ({error})",
            path.display()
        ),
    }
}

/// Says on standard error why a document could not be read and what to do, in one line.
#[expect(clippy::print_stderr, reason = "the command line speaks to people here")]
pub fn refused(language: Language, path: &Path, error: &Error) {
    let words = clearing::of(error);
    let (text, next) = (words.text.in_language(language), words.next.in_language(language));
    eprintln!("{}: {text} {next} ({}: {error})", path.display(), error.kind.slug());
}

#[expect(clippy::print_stdout, reason = "the command line speaks to people here")]
pub fn say(text: &str) {
    println!("{text}");
}

pub fn state(language: Language, state: State) -> &'static str {
    match (language, state) {
        (Language::De, State::Open) => "in Arbeit",
        (Language::De, State::Filed) => "abgelegt",
        (Language::De, State::Divided) => "aufgeteilt",
        (Language::De, State::Clearing) => "Klärung",
        (Language::En, State::Open) => "open",
        (Language::En, State::Filed) => "filed",
        (Language::En, State::Divided) => "divided",
        (Language::En, State::Clearing) => "clearing",
    }
}
