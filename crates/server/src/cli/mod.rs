//! The command line.

mod attach;
mod bin_map;
mod database;
mod evidence;
mod import;
pub mod klarf;
mod listed;
mod migrate;
mod openapi;
mod seed;
mod serve;
mod sweep;
mod user;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

use crate::config::{LogFormat, ServeArgs};

/// Wafer defect data: KLARF files in; control charts, Pareto, wafer maps and single defects out
#[derive(Parser, Debug)]
#[command(name = "wafermaps", version)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Form of the log, which goes to standard error; `RUST_LOG` says how much
    #[arg(
        long,
        env = "WAFERMAPS_LOG_FORMAT",
        default_value = "text",
        global = true
    )]
    log_format: LogFormat,
}

#[derive(Subcommand, Debug)]
enum Command {
    /// Serve the API and the web pages (default)
    Serve(ServeArgs),
    /// Change or show the database's schema
    Migrate(migrate::Args),
    /// Read KLARF files into the database, with the images that they list
    Import(import::Args),
    /// Put images and EDX spectra to a defect
    Attach(attach::Args),
    /// Load the synthetic fab: a year of inspections with things to find, to try everything with
    Seed(seed::Args),
    /// Show what a KLARF file holds; needs no database
    Klarf(klarf::KlarfArgs),
    /// Remove stored images and spectra that nothing refers to; the server does so every hour
    Sweep(sweep::Args),
    /// Manage the people who may sign in
    User(user::Args),
    /// Print the API's description, as in openapi/openapi.json
    Openapi,
}

/// Runs the program: 0 when it did what was asked, 1 when not, 2 when it was asked wrongly.
pub fn run() -> ExitCode {
    let mut cli = Cli::parse();
    let command = cli.command.take().unwrap_or_else(|| {
        match Cli::parse_from(["wafermaps", "serve"]).command {
            Some(command) => command,
            None => unreachable!("a command was given"),
        }
    });
    let default_level = match command {
        Command::Serve(_) => "info",
        _ => "warn",
    };
    start_log(cli.log_format, default_level);
    match execute(command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("wafermaps: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn execute(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Klarf(args) => Ok(klarf::run(&args)),
        Command::Openapi => openapi::run(),
        Command::Serve(args) => actix_web::rt::System::new().block_on(serve::run(args)),
        Command::Migrate(args) => on_runtime(migrate::run(args)),
        Command::Attach(args) => on_runtime(attach::run(args)),
        Command::Import(args) => on_runtime(import::run(args)),
        Command::Sweep(args) => on_runtime(sweep::run(args)),
        Command::Seed(args) => on_runtime(seed::run(args)),
        Command::User(args) => on_runtime(user::run(args)),
    }
}

fn on_runtime<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Runtime::new()?.block_on(work)
}

fn start_log(format: LogFormat, default_level: &str) {
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new(format!("{default_level},sqlx=warn,sea_orm=warn")));
    let log = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}
