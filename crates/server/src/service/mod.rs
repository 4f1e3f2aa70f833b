//! Rules and transactions: what has to hold whoever asks.

use sea_orm::TransactionTrait;

pub mod audit;
pub mod import;
pub mod session;
pub mod user;

/// Begins a transaction; dropped without a commit, nothing of it stays.
async fn begin(db: &store::Db) -> store::Result<store::Tx> {
    Ok(db.begin().await?)
}

async fn commit(tx: store::Tx) -> store::Result<()> {
    Ok(tx.commit().await?)
}
