//! The `wafermaps` program.

use std::process::ExitCode;

use server::cli;

fn main() -> ExitCode {
    cli::run()
}
