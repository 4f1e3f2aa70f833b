//! A day whose text stands in the URL.

use leptos::prelude::*;

use crate::format;
use crate::state::navigation::UrlQuery;

/// A date field whose day stands in the URL under `name`.
#[component]
pub fn UrlDay(
    /// Name in the URL.
    name: &'static str,
    /// What day it is.
    label: &'static str,
) -> impl IntoView {
    let query = UrlQuery::here();
    let shown = move || {
        let text = query.value(name).unwrap_or_default();
        moment_of(&text).map(format::day).unwrap_or_default()
    };
    view! {
        <label class="choice"><span>{label}</span>
            <input type="date" prop:value=shown
                on:change:target=move |event| query.set(&[(name, Some(event.target().value()).filter(|day| !day.is_empty()))])/>
        </label>
    }
}

/// The moment that a URL names: a day, which begins in the browser's zone, or a moment of RFC 3339.
pub fn moment_of(text: &str) -> Option<chrono::DateTime<chrono::Utc>> {
    let moment = chrono::DateTime::parse_from_rfc3339(text).ok();
    moment
        .map(|moment| moment.to_utc())
        .or_else(|| format::day_start(text))
}
