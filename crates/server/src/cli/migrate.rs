//! `wafermaps migrate`.

use std::process::ExitCode;

use clap::Subcommand;

use super::database::Database;
use crate::config::Place;

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Apply all schema steps that are missing
    Up,
    /// Take back schema steps, with all data in what they made
    Down {
        /// How many steps
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// Show the schema steps and which of them are applied
    Status,
}

pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let database = Database::open(&args.place).await?;
    let outcome = act(&database, &args.action).await;
    database.close().await?;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn act(database: &Database, action: &Action) -> anyhow::Result<()> {
    match action {
        Action::Up => {
            let steps = store::migrate::up(&database.db).await?;
            println!("{steps} schema steps applied");
        }
        Action::Down { steps } => {
            store::migrate::down(&database.db, *steps).await?;
            println!("{steps} schema steps taken back");
        }
        Action::Status => {
            for step in store::migrate::status(&database.db).await? {
                let state = if step.applied { "applied" } else { "missing" };
                println!("{state}  {}", step.name);
            }
        }
    }
    Ok(())
}
