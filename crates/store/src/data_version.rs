//! How new the data is that the analyses read.

use sea_orm::ConnectionTrait;

use crate::{Result, sql::Sql};

/// The version of the data: it grows in every transaction that changes what the analyses read, whoever makes it, and a
/// rolled back one leaves it as it was. Read it before the rows: what they give is then at least as new as the version.
/// A read of the one row of `data_version`.
///
/// # Errors
/// When the database fails.
pub async fn current(db: &impl ConnectionTrait) -> Result<i64> {
    Sql::new("select version from data_version")
        .number(db)
        .await
}
