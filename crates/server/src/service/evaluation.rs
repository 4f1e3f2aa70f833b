//! Control charts judge what was imported.
//!
//! An import leaves its inspections in a queue, in its own transaction. Whoever takes them out judges them and stores
//! what broke, in one transaction too: a crash at any moment loses nothing, and servers that do it at the same time
//! share the work.

use std::collections::{BTreeMap, HashMap};

use contract::analytics::Bucket;
use entity::alert::Cause;
use entity::{chart_violation, control_chart};
use sea_orm::TransactionTrait;
use store::alert::Found;
use store::evaluation::Judged;
use store::listen::{Event, notify};
use uuid::Uuid;

use super::control_chart::definition::{self, Definition, fit};
use super::{begin, commit};
use crate::error::{ApiError, ApiResult, chain};
use crate::view;

/// Inspections judged in one transaction at most.
const BATCH: u32 = 1000;

/// Computes the adders of all wafers that wait, then judges all inspections that do, and returns how many there were.
///
/// # Errors
/// When the database fails; what was not judged waits on.
pub async fn run(db: &store::Db) -> ApiResult<usize> {
    let mut judged = 0;
    loop {
        // Charts may count adders only. What is not computed yet is not taken out of the queue.
        super::spatial::adder::compute(db).await?;
        match batch(db).await? {
            0 => return Ok(judged),
            more => judged += more,
        }
    }
}

async fn batch(db: &store::Db) -> ApiResult<usize> {
    let tx = begin(db).await?;
    let waiting = store::evaluation::claim(&tx, BATCH).await?;
    if waiting.is_empty() {
        return Ok(0);
    }
    for chart in store::control_chart::active(&tx).await? {
        let id = chart.control_chart_id;
        let outcome = evaluate(db, &tx, &chart, &waiting).await;
        let error = match outcome {
            Ok(false) => continue,
            Ok(true) => None,
            Err(error) if is_passing(&error) => return Err(error),
            // One chart that cannot be judged must not keep the others from it.
            Err(error) => {
                let text: String = inner(&error).chars().take(2000).collect();
                tracing::warn!(control_chart_id = %id, error = text, "a control chart could not be judged");
                Some(text)
            }
        };
        if error != chart.evaluation_error {
            store::control_chart::note_evaluation(&tx, id, error.as_deref()).await?;
        }
    }
    store::evaluation::done(&tx, &waiting).await?;
    commit(tx).await?;
    Ok(waiting.len())
}

/// What goes away by itself: the whole batch waits for it.
fn is_passing(error: &ApiError) -> bool {
    matches!(error, ApiError::Store(store::Error::Unavailable(_)))
}

fn inner(error: &ApiError) -> String {
    match error {
        ApiError::Internal(inner) => chain(inner.as_ref()),
        other => chain(other),
    }
}

/// Judges what waits by one chart, and tells whether any of it lies in its scope.
///
/// Reads go past the transaction, so that one that fails leaves it whole; writes are in a savepoint.
async fn evaluate(
    db: &store::Db,
    tx: &store::Tx,
    chart: &control_chart::Model,
    waiting: &[Uuid],
) -> ApiResult<bool> {
    let definition = Definition::of(chart)?;
    let bucket = definition.question.bucket;
    let new = store::evaluation::judged(db, &definition.filter, kept_bucket(bucket), waiting);
    let new = new.await?;
    if new.is_empty() {
        return Ok(false);
    }
    let found = violations(db, chart.control_chart_id, &definition, &new).await?;
    let inner = tx.begin().await.map_err(store::Error::from)?;
    for found in found {
        if let Some(alert_id) = store::alert::raise(&inner, found).await? {
            let raised = true;
            notify(&inner, &Event::Alert { alert_id, raised }).await?;
        }
    }
    commit(inner).await?;
    Ok(true)
}

/// The patterns that are complete at points with new inspections, by cause.
async fn violations(
    db: &store::Db,
    control_chart_id: Uuid,
    definition: &Definition,
    new: &[Judged],
) -> ApiResult<Vec<Found>> {
    let question = &definition.question;
    let limits = store::control_chart::limits_in_force(db, [control_chart_id]).await?;
    let Some(limits) = limits.into_iter().next() else {
        return Ok(Vec::new());
    };
    let limits = view::control_chart::limit_version(limits)?;
    let charted = definition.read(db).await?;
    if charted.points.is_empty() {
        return Ok(Vec::new());
    }
    let fitted = fit(
        &limits.stages,
        &limits.excluded,
        &charted.points,
        question.bucket,
    )?;
    let judged = definition::judge(question, &charted, fitted)?;
    // Oldest first, so that the newest inspection of a point stays.
    let new: HashMap<String, Uuid> = new
        .iter()
        .map(|one| (point_of_inspection(question.bucket, one), one.inspection_id))
        .collect();
    let mut found: BTreeMap<Cause, Vec<chart_violation::Model>> = BTreeMap::new();
    for violation in &judged.violations {
        let point = &charted.points[violation.index];
        let key = point_key(question.bucket, point);
        let Some(&inspection_id) = new.get(&key) else {
            continue;
        };
        let drawn = &judged.points[violation.index].judged;
        let direction = view::spc::direction(violation.direction);
        let cause = view::alert::cause_row(direction);
        found
            .entry(cause)
            .or_default()
            .push(chart_violation::Model {
                chart_violation_id: Uuid::now_v7(),
                control_chart_id,
                alert_id: None,
                rule: violation.rule.as_str().to_owned(),
                point: key,
                at: point.at,
                inspection_id: Some(inspection_id),
                label: point.label.clone(),
                value: drawn.value,
                lcl: drawn.lower,
                ucl: drawn.upper,
                limit_version: limits.version,
                sentence: violation.sentence(),
                found_at: chrono::Utc::now(),
            });
    }
    let by_cause = found.into_iter().map(|(cause, violations)| Found {
        control_chart_id,
        cause,
        violations,
    });
    Ok(by_cause.collect())
}

fn kept_bucket(bucket: Bucket) -> Option<store::analytics::Bucket> {
    match bucket {
        Bucket::Inspection => None,
        Bucket::Wafer => Some(store::analytics::Bucket::Wafer),
        Bucket::Lot => Some(store::analytics::Bucket::Lot),
        Bucket::Shift => Some(store::analytics::Bucket::Shift),
        Bucket::Day => Some(store::analytics::Bucket::Day),
        Bucket::Week => Some(store::analytics::Bucket::Week),
    }
}

/// What a point is, whatever comes into it later.
fn point_key(bucket: Bucket, point: &contract::analytics::TrendPoint) -> String {
    match bucket {
        Bucket::Inspection => point.inspection_id.unwrap_or_default().to_string(),
        Bucket::Wafer => point.wafer_id.clone().unwrap_or_default(),
        Bucket::Lot => point.lot_id.clone().unwrap_or_default(),
        Bucket::Shift | Bucket::Day | Bucket::Week => point.at.to_rfc3339(),
    }
}

/// The [`point_key`] of the point that an inspection lies in.
fn point_of_inspection(bucket: Bucket, one: &Judged) -> String {
    match bucket {
        Bucket::Inspection => one.inspection_id.to_string(),
        Bucket::Wafer => one.wafer_id.clone(),
        Bucket::Lot => one.lot_id.clone(),
        Bucket::Shift | Bucket::Day | Bucket::Week => one.bucket_at.to_rfc3339(),
    }
}
