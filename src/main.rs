use std::process::ExitCode;

fn main() -> ExitCode {
    match std::env::args().nth(1).as_deref() {
        Some("child") => ExitCode::from(laufmappe::cli::child::run()),
        _ => ExitCode::from(2),
    }
}
