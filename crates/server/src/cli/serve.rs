//! `wafermaps serve`.

use std::net::TcpListener;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context;
use chrono::Utc;
use contract::user::{Role, UserCreate};
use tokio::signal::unix::{SignalKind, signal};

use super::database::Database;
use super::{evidence, sweep};
use crate::app::{self, State};
use crate::auth::secret;
use crate::config::{Config, ServeArgs};
use crate::error::chain;
use crate::service;
use crate::service::evidence::Intake;

pub async fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let intake = evidence::intake(&args.place)?;
    let database = Database::open_migrated(&args.place).await?;
    let outcome = serve(&args, &database.db, intake).await;
    database.close().await?;
    outcome.map(|()| ExitCode::SUCCESS)
}

async fn serve(args: &ServeArgs, db: &store::Db, intake: Intake) -> anyhow::Result<()> {
    let key = secret::key(&args.place.data.join("jwt-key"))?;
    ensure_admin(db, &args.place.data).await?;
    // The address first: where another server has it, the imports that run are that one's.
    let listener = TcpListener::bind(args.listen)
        .with_context(|| format!("cannot listen on {}", args.listen))?;
    let address = listener.local_addr()?;
    let interrupted = store::job::interrupt_unfinished(db, Utc::now()).await?;
    if interrupted > 0 {
        tracing::warn!(interrupted, "imports of an earlier run had not ended");
    }
    let state = State::new(db.clone(), intake.clone(), Config::from(args), &key);
    let server = app::serve(state.clone(), listener)?;
    let handle = server.handle();
    if let Some(path) = &args.port_file {
        std::fs::write(path, address.port().to_string())
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    println!("WaferMaps serves http://{address}");
    tracing::info!(%address, "serving");
    let live = service::live::start(&state);
    let stopping = actix_web::rt::spawn(async move {
        asked_to_stop().await;
        tracing::info!("stopping");
        // Sockets would keep the server from stopping.
        state.live.close();
        handle.stop(true).await;
    });
    let cleaning = actix_web::rt::spawn(forget_expired_sessions(db.clone()));
    let sweeping = actix_web::rt::spawn(sweep::hourly(db.clone(), intake));
    server.await?;
    drop(live);
    stopping.abort();
    cleaning.abort();
    sweeping.abort();
    Ok(())
}

/// Deletes refresh tokens that expired, every hour.
async fn forget_expired_sessions(db: store::Db) {
    let mut hourly = actix_web::rt::time::interval(Duration::from_secs(3600));
    loop {
        hourly.tick().await;
        if let Err(error) = store::session::forget_expired(&db, Utc::now()).await {
            tracing::warn!(error = chain(&error), "expired sessions were not deleted");
        }
    }
}

/// SIGTERM or SIGINT.
async fn asked_to_stop() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (
        signal(SignalKind::terminate()),
        signal(SignalKind::interrupt()),
    ) else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

/// Creates `admin` in a database without users. The password is made up, kept in the data folder for
/// its owner to read, and shown this once.
async fn ensure_admin(db: &store::Db, data: &Path) -> anyhow::Result<()> {
    if store::user::count(db).await? > 0 {
        return Ok(());
    }
    let password = secret::random_password();
    let path = data.join("admin-password");
    secret::write(&path, &password)?;
    let admin = UserCreate {
        username: "admin".to_owned(),
        display_name: "Administrator".to_owned(),
        role: Role::Admin,
        password: password.clone(),
    };
    service::user::create(db, None, admin).await?;
    println!(
        "Sign in as `admin` with the password {password} (kept in {})",
        path.display()
    );
    Ok(())
}
