//! Sentences of the command line that several commands share.

use crate::error::Error;
use crate::job::Language;
use crate::ledger::State;

/// Says on standard error what went wrong. The detail stays English: it is what operations look up.
#[expect(clippy::print_stderr, reason = "the command line speaks to people here")]
pub fn complain(language: Language, error: &Error) {
    let start = match language {
        Language::De => "Das ging nicht",
        Language::En => "That did not work",
    };
    eprintln!("{start} ({}): {}", error.kind.slug(), error.text);
    if let Some(hint) = &error.hint {
        let next = match language {
            Language::De => "Nächster Schritt",
            Language::En => "Next step",
        };
        eprintln!("{next}: {hint}");
    }
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
