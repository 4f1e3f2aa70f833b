//! Names and values of one thing.

use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::link::Go;
use crate::format;

/// A list of names and values; values that are not known are written as a dash.
#[component]
pub fn Facts(
    /// Names and what to show for them.
    facts: Vec<(&'static str, AnyView)>,
) -> impl IntoView {
    let rows = facts
        .into_iter()
        .map(|(name, value)| view! { <div class="fact"><dt>{name}</dt><dd>{value}</dd></div> });
    view! { <dl class="facts">{rows.collect_view()}</dl> }
}

/// A text, or the dash where it is not known.
pub fn text(value: Option<impl ToString>) -> AnyView {
    format::or_unknown(value, |value| value.to_string()).into_any()
}

/// A moment in the browser's zone, the UTC moment as its tooltip.
#[component]
pub fn Moment(
    /// The moment.
    at: DateTime<Utc>,
) -> impl IntoView {
    view! { <time class="moment" datetime=at.to_rfc3339() title=format::moment_utc(at)>{format::moment(at)}</time> }
}

/// A moment that may not be known.
pub fn moment(at: Option<DateTime<Utc>>) -> AnyView {
    match at {
        Some(at) => view! { <Moment at/> }.into_any(),
        None => format::UNKNOWN.into_any(),
    }
}

/// A link inside the application.
pub fn link(to: String, text: String) -> AnyView {
    view! { <Go to>{text}</Go> }.into_any()
}
