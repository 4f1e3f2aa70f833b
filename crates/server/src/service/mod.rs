//! Rules and transactions: what has to hold whoever asks.

use sea_orm::TransactionTrait;
use store::ActiveValue::{self, NotSet, Set};

use crate::error::{ApiError, ApiResult};

pub mod alert;
pub mod analytics;
pub mod audit;
pub mod control_chart;
pub mod defect;
pub mod defect_stream;
pub mod defect_type;
pub mod equipment;
pub mod evaluation;
pub mod evidence;
pub mod image;
pub mod import;
pub mod inspection;
pub mod live;
pub mod review;
pub mod seed;
pub mod session;
pub mod spatial;
pub mod spectrum;
pub mod user;
pub mod wafer;

/// Begins a transaction; dropped without a commit, nothing of it stays.
async fn begin(db: &store::Db) -> store::Result<store::Tx> {
    Ok(db.begin().await?)
}

async fn commit(tx: store::Tx) -> store::Result<()> {
    Ok(tx.commit().await?)
}

/// Refuses to delete what others refer to; the database holds the same rule against those who come
/// meanwhile.
fn refuse_in_use(by: &'static str, count: i64) -> ApiResult<()> {
    match count {
        0 => Ok(()),
        count => Err(ApiError::InUse { by, count }),
    }
}

/// A change where a value was sent, none where it is absent.
fn change<S, T>(sent: Option<S>, turn: impl FnOnce(S) -> T) -> ActiveValue<T>
where
    T: Into<sea_orm::Value>,
{
    sent.map_or(NotSet, |value| Set(turn(value)))
}
