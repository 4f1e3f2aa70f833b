//! Fetches maps as column streams, with progress.

use std::cell::RefCell;

use contract::columns::ARROW_STREAM;
use leptos::prelude::*;

use super::columns::{MapData, Timing};
use super::decode::Decoder;
use crate::api::{Api, ApiError};
use crate::format;
use crate::state::remote::Remote;

/// Mark of the browser's profiler: the last byte of a map is here.
pub const LAST_BYTE: &str = "wafermap:last-byte";

/// How far a map has come in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Loaded {
    /// Defects that are here.
    pub defects: usize,
    /// Defects in all; `None` until the head of the answer is here.
    pub of: Option<usize>,
}

/// A map that is asked for again whenever its key changes, and how far the answer has come.
#[derive(Clone, Copy)]
pub struct RemoteMap {
    /// The map.
    pub map: Remote<MapData>,
    /// How far it has come; `None` while nothing is on its way.
    pub progress: ReadSignal<Option<Loaded>>,
}

impl RemoteMap {
    /// Asks for the map at `path_of(key())`, below the API's prefix, now and whenever the key changes; `None` asks
    /// nothing. A newer question, or the end of the page, ends the one on its way.
    pub fn new<K>(
        key: impl Fn() -> Option<K> + Send + Sync + 'static,
        path_of: impl Fn(&K) -> String + 'static,
    ) -> Self
    where
        K: Clone + PartialEq + Send + Sync + 'static,
    {
        let api = Api::here();
        let (progress, set_progress) = signal(None);
        let rounds = StoredValue::new(0_u64);
        let map = Remote::new(key, move |key| {
            rounds.update_value(|rounds| *rounds += 1);
            let round = rounds.get_value();
            let path = path_of(&key);
            async move {
                let is_wanted = move || rounds.try_get_value() == Some(round);
                let map = fetch(api, &path, is_wanted, set_progress).await;
                if is_wanted() {
                    set_progress.try_set(None);
                }
                map
            }
        });
        Self { map, progress }
    }
}

async fn fetch(
    api: Api,
    path: &str,
    is_wanted: impl Fn() -> bool,
    progress: WriteSignal<Option<Loaded>>,
) -> Result<MapData, ApiError> {
    let began = now();
    // Both the pieces' taker and the end below use it.
    let decoder = RefCell::new(Decoder::default());
    let mut first_byte = None;
    let mut decode_millis = 0.0;
    api.stream(path, ARROW_STREAM, |piece| {
        if !is_wanted() {
            return Err(ApiError::Cancelled);
        }
        let here = now();
        first_byte.get_or_insert(here);
        let mut decoder = decoder.borrow_mut();
        let length = piece.length() as usize;
        let taken = decoder.push(length, |bytes| piece.copy_to(bytes));
        decode_millis += now() - here;
        progress.try_set(Some(Loaded {
            defects: decoder.count(),
            of: decoder.expected(),
        }));
        taken.map_err(ApiError::Unreadable)
    })
    .await?;
    let last_byte_at = now();
    if let Some(clock) = window().performance() {
        let _ = clock.mark(LAST_BYTE);
    }
    let map = decoder
        .into_inner()
        .finish()
        .map_err(ApiError::Unreadable)?;
    Ok(MapData {
        timing: Some(Timing {
            first_byte_millis: first_byte.unwrap_or(last_byte_at) - began,
            last_byte_millis: last_byte_at - began,
            decode_millis,
            last_byte_at,
        }),
        ..map
    })
}

/// Milliseconds since the page was opened.
#[must_use]
pub fn now() -> f64 {
    window().performance().map_or(0.0, |clock| clock.now())
}

/// A bar that fills while a map comes in.
#[component]
pub fn MapProgress(
    /// The map.
    of: RemoteMap,
) -> impl IntoView {
    let shown = move || of.progress.get();
    let share = move || {
        shown().map_or(0.0, |at| {
            at.defects as f64 / at.of.unwrap_or(0).max(1) as f64
        })
    };
    let text = move || {
        let at = shown()?;
        let count = |value: usize| format::count(value as i64);
        Some(match at.of {
            Some(of) => format!("{} of {} defects", count(at.defects), count(of)),
            None => "Waiting for the server".to_owned(),
        })
    };
    view! {
        <Show when=move || shown().is_some()>
            <p class="wafer-progress">
                <progress class="progress" max="1" prop:value=share aria-label="Defects of the map"></progress>
                <span>{text}</span>
            </p>
        </Show>
    }
}
