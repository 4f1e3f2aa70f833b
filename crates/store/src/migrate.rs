//! Schema steps: forward, back, and where a database stands.

use migrations::Migrator;
use sea_orm::{ConnectionTrait, DatabaseTransaction, TransactionTrait};
use sea_orm_migration::{MigrationStatus, MigratorTrait};

use crate::{Db, Result};

/// One schema step and whether this database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepStatus {
    /// Name of the step.
    pub name: String,
    /// Whether it was applied.
    pub applied: bool,
}

/// Applies all steps that are missing and returns how many that were. Servers that start together wait for each other.
///
/// # Errors
/// When a step fails; nothing of this call is left then.
pub async fn up(db: &Db) -> Result<usize> {
    let tx = begin_alone(db).await?;
    let pending = Migrator::get_pending_migrations(&tx).await?.len();
    Migrator::up(&tx, None).await?;
    tx.commit().await?;
    Ok(pending)
}

/// Takes back the last `steps` steps, with all the data in what they made.
///
/// # Errors
/// When a step fails; nothing of this call is left then.
pub async fn down(db: &Db, steps: u32) -> Result<()> {
    let tx = begin_alone(db).await?;
    Migrator::down(&tx, Some(steps)).await?;
    tx.commit().await?;
    Ok(())
}

/// All steps, oldest first. Changes nothing, not even on an empty database.
///
/// # Errors
/// When the database cannot be read.
pub async fn status(db: &Db) -> Result<Vec<StepStatus>> {
    let steps = Migrator::get_migration_with_status_read_only(db).await?;
    let status = |step: &sea_orm_migration::Migration| StepStatus {
        name: step.name().to_owned(),
        applied: step.status() == MigrationStatus::Applied,
    };
    Ok(steps.iter().map(status).collect())
}

async fn begin_alone(db: &Db) -> Result<DatabaseTransaction> {
    let tx = db.begin().await?;
    tx.execute_unprepared("set local statement_timeout = 0; select pg_advisory_xact_lock(hashtext('wafermaps migrate'))")
        .await?;
    Ok(tx)
}
