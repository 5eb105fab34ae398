//! Calls one command.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(laufmappe::cli::main())
}
