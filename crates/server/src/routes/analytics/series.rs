//! How defect types move together, seasons, limits tried on history.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use contract::analytics::{
    Backtest, BacktestQuery, CorrelationDetail, CorrelationMatrix, CorrelationPairQuery,
    CorrelationQuery, Seasonality, SeasonalityQuery,
};
use contract::{Failure, Success};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::answer_cache::{CachedAnswer, NotModified, cached};
use crate::app::State;
use crate::auth::Viewer;
use crate::error::ApiResult;
use crate::extract::Query;
use crate::service::analytics;

pub fn configure(config: &mut ServiceConfig<'_>) {
    config
        .service(get_correlation)
        .service(get_correlation_pair)
        .service(get_seasonality)
        .service(get_backtest);
}

/// Returns how the densities of defect types move together: the correlation of every pair.
///
/// Densities are defects per cm2 of inspected area at each point; where the area of a point is not known, all points are
/// compared by defects per inspection, and `per` says so.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(CorrelationQuery), responses(
    (status = 200, description = "The matrix", body = Success<CorrelationMatrix>), NotModified))]
#[get("/analytics/correlation")]
async fn get_correlation(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<CorrelationQuery>,
) -> ApiResult<CachedAnswer> {
    let answer = analytics::correlation(&state.db, &query);
    cached(&req, &state, &query.0, answer).await
}

/// Returns two defect types in full: scatter, both series, and whether one runs ahead of the other.
///
/// `first` and `second` have to be given; they say which types count, whatever `defect_type` and `killers` do.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(CorrelationPairQuery), responses(
    (status = 200, description = "The two types", body = Success<CorrelationDetail>), NotModified,
    (status = 404, description = "`DEFECT_TYPE_NOT_FOUND`", body = Failure)))]
#[get("/analytics/correlation/pair")]
async fn get_correlation_pair(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<CorrelationPairQuery>,
) -> ApiResult<CachedAnswer> {
    let answer = analytics::correlation_pair(&state.db, &query);
    cached(&req, &state, &query.0, answer).await
}

/// Returns whether defects follow the clock or the calendar.
///
/// Rates by shift, weekday, hour and month of the tool's local time; autocorrelation and weekly pattern of the daily
/// values.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(SeasonalityQuery), responses(
    (status = 200, description = "The seasons", body = Success<Seasonality>), NotModified))]
#[get("/analytics/seasonality")]
async fn get_seasonality(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<SeasonalityQuery>,
) -> ApiResult<CachedAnswer> {
    let answer = analytics::seasonality(&state.db, &query);
    cached(&req, &state, &query.0, answer).await
}

/// Returns what limits would have done on history: false alarms in quiet times, and how soon known events are found.
///
/// Limits come from the baseline, the whole series where none is given, and judge all points under the filter.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(BacktestQuery), responses(
    (status = 200, description = "The limits, their false alarms and the events", body = Success<Backtest>), NotModified))]
#[get("/analytics/backtest")]
async fn get_backtest(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<BacktestQuery>,
) -> ApiResult<CachedAnswer> {
    let answer = analytics::backtest(&state.db, &query);
    cached(&req, &state, &query.0, answer).await
}
