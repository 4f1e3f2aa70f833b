//! Answers of analyses, kept in memory until the data changes.
//!
//! A route that only reads what `store::data_version` covers hands its query and the future of its answer to [`cached`]:
//!
//! ```text
//! async fn get_spc(_caller: Viewer, req: HttpRequest, state: Data<State>, query: Query<SpcQuery>) -> ApiResult<CachedAnswer> {
//!     cached(&req, &state, &query.0, analytics::spc(&state.db, &query)).await
//! }
//! ```
//!
//! and lists `NotModified` among its responses, which describes the 304. The future is run only when nobody has asked the
//! same at this version of the data, once for all who ask at the same time. The answer must depend on path, query and data
//! alone, not on who asks or when. Tables that such an answer reads need `add_data_version_trigger` (migration
//! `m0006_data_version`).
//!
//! The version is read for every request, before the rows: an answer is never older than the last commit, whichever
//! server made it.

use std::sync::{Arc, LazyLock};
use std::time::{Duration, SystemTime};

use actix_web::body::BoxBody;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, Responder};
use contract::Success;
use moka::future::Cache;
use moka::policy::EvictionPolicy;
use serde::Serialize;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use crate::app::State;
use crate::error::{ApiError, ApiResult};
use crate::request::{VERSION, meta};
use crate::served::is_known;

/// How long an answer stays that nobody asks for.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// An answer larger than this part of the memory is not kept: it would push out all others.
const LARGEST_PART: u64 = 4;
/// A browser may keep the answer, and has to ask each time whether it still holds.
const CACHE_CONTROL: &str = "private, no-cache";
/// What else than path and query the answer depends on.
const VARY: &str = "authorization, accept";
/// Media type of what is kept.
const JSON: &str = "application/json";

/// What an answer depends on.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Question {
    path: String,
    /// The query as its type writes it: its order is not the caller's.
    query: String,
    data_version: i64,
}

impl Question {
    async fn of<Q: Serialize>(req: &HttpRequest, state: &State, query: &Q) -> ApiResult<Self> {
        Ok(Self {
            path: req.path().to_owned(),
            query: serde_html_form::to_string(query).map_err(anyhow::Error::from)?,
            data_version: store::data_version::current(&state.db).await?,
        })
    }

    /// Tag of the answer in the form of this media type. Weak, as the envelope around the data differs each time.
    fn tag(&self, media_type: &str) -> String {
        let mut hash = Sha256::new();
        for part in [&self.path, &self.query, media_type, PROGRAM.as_str()] {
            hash.update(part);
            hash.update([0]);
        }
        hash.update(self.data_version.to_be_bytes());
        let digits: String = hash.finalize()[..16]
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        format!("W/\"{digits}\"")
    }
}

/// The program that answers: its version, and when it was built, since a newer build may answer otherwise.
static PROGRAM: LazyLock<String> = LazyLock::new(|| {
    let built = std::env::current_exe().and_then(|path| path.metadata()?.modified());
    let built = built.unwrap_or_else(|_| SystemTime::now());
    let since = built.duration_since(SystemTime::UNIX_EPOCH);
    format!("{VERSION} {}", since.unwrap_or_default().as_nanos())
});

/// Answers by what they depend on, as JSON.
#[derive(Debug)]
pub struct AnswerCache(Cache<Question, Arc<RawValue>>);

impl AnswerCache {
    /// Takes up to `bytes` of memory; the answers that were not asked for the longest go first.
    #[must_use]
    pub fn new(bytes: u64) -> Self {
        let weigh = move |question: &Question, answer: &Arc<RawValue>| {
            let weight = question.path.len() + question.query.len() + answer.get().len();
            match u32::try_from(weight) {
                Ok(weight) if u64::from(weight) <= bytes / LARGEST_PART => weight,
                _ => u32::MAX,
            }
        };
        Self(
            Cache::builder()
                // Answers to older versions are never asked for again, however often they were before.
                .eviction_policy(EvictionPolicy::lru())
                .max_capacity(bytes.min(u64::from(u32::MAX) - 1))
                .weigher(weigh)
                .time_to_idle(IDLE)
                .build(),
        )
    }
}

/// An answer with its entity tag; wrapped into [`Success`] on its way out.
#[derive(Debug)]
pub struct CachedAnswer {
    tag: String,
    /// `None` for who has it already.
    data: Option<Arc<RawValue>>,
}

/// The answer to `query` at the path of `req`: kept from before, or made by `answer`. See the [module](self).
///
/// # Errors
/// Those of `answer`, which are not kept; when the database does not tell the version of its data.
pub async fn cached<Q: Serialize, T: Serialize>(
    req: &HttpRequest,
    state: &State,
    query: &Q,
    answer: impl Future<Output = ApiResult<T>>,
) -> ApiResult<CachedAnswer> {
    let question = Question::of(req, state, query).await?;
    let tag = question.tag(JSON);
    if is_known(req.headers(), &tag) {
        return Ok(CachedAnswer { tag, data: None });
    }
    let made = async { Ok(Arc::from(raw(&answer.await?)?)) };
    let data = state.answers.0.try_get_with(question, made).await;
    let data = data.map_err(|error| Arc::try_unwrap(error).unwrap_or_else(ApiError::Shared))?;
    Ok(CachedAnswer {
        tag,
        data: Some(data),
    })
}

/// What an answer that is not kept, as it is too long for memory, says about itself: its tag, and how to keep it.
#[derive(Debug)]
pub struct Tagged {
    tag: String,
    /// The caller has what the tag names.
    pub is_known: bool,
}

/// The tag of the answer to `query` at the path of `req`, in the form of `media_type`. Ask before its rows are read.
///
/// # Errors
/// When the database does not tell the version of its data.
pub async fn tagged<Q: Serialize>(
    req: &HttpRequest,
    state: &State,
    query: &Q,
    media_type: &str,
) -> ApiResult<Tagged> {
    let tag = Question::of(req, state, query).await?.tag(media_type);
    Ok(Tagged {
        is_known: is_known(req.headers(), &tag),
        tag,
    })
}

impl Tagged {
    /// Begins the answer: 304 for who has it already.
    pub fn respond(self) -> HttpResponseBuilder {
        let mut response = match self.is_known {
            true => HttpResponse::NotModified(),
            false => HttpResponse::Ok(),
        };
        response
            .insert_header((header::ETAG, self.tag))
            .insert_header((header::CACHE_CONTROL, CACHE_CONTROL))
            .insert_header((header::VARY, VARY));
        response
    }
}

fn raw(data: &impl Serialize) -> ApiResult<Box<RawValue>> {
    Ok(serde_json::value::to_raw_value(data).map_err(anyhow::Error::from)?)
}

impl Responder for CachedAnswer {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        let tagged = Tagged {
            tag: self.tag,
            is_known: self.data.is_none(),
        };
        let mut response = tagged.respond();
        match &self.data {
            Some(data) => response.json(Success {
                success: true,
                data: &**data,
                meta: meta(),
                pagination: None,
            }),
            None => response.finish(),
        }
    }
}

/// Describes the 304 of a route that answers by [`cached`].
#[derive(utoipa::IntoResponses)]
#[response(
    status = 304,
    description = "The answer that the caller names in `if-none-match` still holds",
    headers(("etag" = String, description = "Tag of the answer, made of query and version of the data"))
)]
pub struct NotModified;
