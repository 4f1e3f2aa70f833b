//! `wafermaps openapi`.

use std::process::ExitCode;

pub fn run() -> anyhow::Result<ExitCode> {
    print!("{}", crate::openapi::text()?);
    Ok(ExitCode::SUCCESS)
}
