//! `wafermaps user`.

use std::io::{BufRead, IsTerminal};
use std::process::ExitCode;

use clap::Subcommand;
use contract::user::{Role, UserCreate};
use store::Paging;
use store::user::{Filter, Sort};

use super::database::Database;
use crate::auth::secret;
use crate::config::Place;
use crate::{service, view};

#[derive(clap::Args, Debug)]
pub struct Args {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    place: Place,
}

#[derive(Subcommand, Debug)]
enum Action {
    /// Create a user; the password comes from standard input, or is made up and printed
    Add {
        /// Name to sign in with
        username: String,
        /// viewer, operator, engineer or admin
        #[arg(long, default_value = "viewer")]
        role: Role,
        /// Name to show (default: the username)
        #[arg(long)]
        display_name: Option<String>,
    },
    /// Set a user's password, from standard input or made up and printed; ends all sessions of the user
    SetPassword {
        /// Name to sign in with
        username: String,
    },
    /// List the users
    List,
}

pub async fn run(args: Args) -> anyhow::Result<ExitCode> {
    let database = Database::open_migrated(&args.place).await?;
    let outcome = act(&database.db, args.action).await;
    database.close().await?;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn act(db: &store::Db, action: Action) -> anyhow::Result<()> {
    match action {
        Action::Add {
            username,
            role,
            display_name,
        } => {
            let password = read_password()?;
            let new = UserCreate {
                display_name: display_name.unwrap_or_else(|| username.clone()),
                username,
                role,
                password,
            };
            let user = service::user::create(db, None, new).await?;
            println!("{} may sign in as {}", user.username, user.role);
        }
        Action::SetPassword { username } => {
            service::user::set_password(db, &username, read_password()?).await?;
            println!("{username} has a new password and no session");
        }
        Action::List => list(db).await?,
    }
    Ok(())
}

async fn list(db: &store::Db) -> anyhow::Result<()> {
    let mut paging = Paging {
        page: 1,
        per_page: 100,
    };
    loop {
        let filter = Filter::default();
        let order = store::Order::Ascending;
        let found = store::user::list(db, &filter, Sort::Username, order, paging).await?;
        for row in &found.rows {
            let role = view::user::role(row.role);
            let state = if row.active { "active" } else { "inactive" };
            println!(
                "{:24} {role:9} {state:9} {}",
                row.username, row.display_name
            );
        }
        if i64::from(paging.page * paging.per_page) >= found.total {
            return Ok(());
        }
        paging.page += 1;
    }
}

/// The first line of standard input; at a terminal a password that is made up and printed once.
fn read_password() -> anyhow::Result<String> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        let password = secret::random_password();
        println!("password: {password}");
        return Ok(password);
    }
    let mut line = String::new();
    stdin.lock().read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
