//! What changed, what bad inspections have in common, and why a point is where it is.

use actix_web::web::Data;
use actix_web::{HttpRequest, get};
use contract::analytics::{
    Commonality, CommonalityQuery, ExplainQuery, Explanation, ParetoCompareQuery, ParetoComparison,
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
        .service(get_pareto_comparison)
        .service(get_commonality)
        .service(get_explanation);
}

/// Returns which rates changed from one period to another.
///
/// The period is the window of the filter, the baseline the window of the same length just before, unless one is given.
/// Types are counted on all inspections, steps, tools, products and lots each on its own. What was inspected in one of the
/// periods only has no verdict.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(ParetoCompareQuery), responses(
    (status = 200, description = "The comparison, strongest evidence first", body = Success<ParetoComparison>), NotModified))]
#[get("/analytics/pareto/compare")]
async fn get_pareto_comparison(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<ParetoCompareQuery>,
) -> ApiResult<CachedAnswer> {
    cached(
        &req,
        &state,
        &query.0,
        analytics::compare(&state.db, &query),
    )
    .await
}

/// Returns what bad inspections have in common that good ones have not.
///
/// Each value of each attribute (tool, recipe, operator, slot, lot, step, product, run, and every delivered parameter that
/// repeats) is tested by Fisher's exact test, all together controlled by Benjamini and Hochberg. Suspects come first, among
/// them those that more than half of the bad inspections have and that were seen in several lots; then by p.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(CommonalityQuery), responses(
    (status = 200, description = "Suspects, the likeliest first, at most 200", body = Success<Commonality>), NotModified))]
#[get("/analytics/commonality")]
async fn get_commonality(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<CommonalityQuery>,
) -> ApiResult<CachedAnswer> {
    cached(
        &req,
        &state,
        &query.0,
        analytics::commonality(&state.db, &query),
    )
    .await
}

/// Returns all that speaks about the cause of a violated point of a control chart.
///
/// The excursion reaches from the point to both sides, from signal to signal, as long as more than one in ten of the points
/// that it takes in is a signal to the point's side. Its inspections are judged over all products, and over all steps where
/// others have more signals as well.
#[utoipa::path(tag = "analytics", security(("bearer" = [])), params(ExplainQuery), responses(
    (status = 200, description = "The explanation", body = Success<Explanation>), NotModified,
    (status = 404, description = "`INSPECTION_NOT_FOUND` or `CONTROL_CHART_NOT_FOUND`", body = Failure)))]
#[get("/analytics/explain")]
async fn get_explanation(
    _caller: Viewer,
    req: HttpRequest,
    state: Data<State>,
    query: Query<ExplainQuery>,
) -> ApiResult<CachedAnswer> {
    cached(
        &req,
        &state,
        &query.0,
        analytics::explain(&state.db, &query),
    )
    .await
}
