//! Maps, in the form that the caller wants.

use actix_web::{HttpRequest, HttpResponse, Responder as _};
use contract::columns::ARROW_STREAM;
use contract::defect::DefectChoice;
use serde::Serialize;

use crate::answer_cache::{cached, tagged};
use crate::app::State;
use crate::error::ApiResult;
use crate::service::analytics::{self, MapOf};
use crate::stream::Form;

/// The map as JSON, kept until the data changes, or as an Arrow stream, which is never held as a whole. `query` is all that
/// the answer depends on beside the path.
pub async fn answer<Q: Serialize>(
    req: &HttpRequest,
    state: &State,
    query: &Q,
    of: MapOf<'_>,
    choice: DefectChoice,
) -> ApiResult<HttpResponse> {
    if Form::of(req, &[Form::Arrow]) == Form::Json {
        let answer = analytics::map(&state.db, of, choice);
        return Ok(cached(req, state, query, answer).await?.respond_to(req));
    }
    let tagged = tagged(req, state, query, ARROW_STREAM).await?;
    if tagged.is_known {
        return Ok(tagged.respond().finish());
    }
    let permit = state.streams.permit().await?;
    let stream = analytics::map_stream(&state.db, of, choice, permit).await?;
    let mut response = tagged.respond();
    Ok(response.content_type(ARROW_STREAM).streaming(stream))
}
