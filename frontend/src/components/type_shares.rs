//! How much each defect type has of a whole.

use contract::spatial::TypeShare;
use leptos::prelude::*;

use super::badge::Swatch;
use crate::format;

/// Types with their counts, most first; those beyond `longest` are summed up in one word.
#[component]
pub fn TypeShares(
    /// Types, most first.
    types: Vec<TypeShare>,
    /// Defects of the whole.
    of: i64,
    /// How many to name.
    #[prop(default = 6)]
    longest: usize,
) -> impl IntoView {
    let more = types.len().saturating_sub(longest);
    let share = move |count: i64| match of {
        0 => String::new(),
        of => format!(" ({})", format::percent(count as f64 / of as f64 * 100.0)),
    };
    let rows = types.into_iter().take(longest).map(move |kind| {
        let count = format!("{}{}", format::count(kind.count), share(kind.count));
        view! { <li><span class="type-share-name"><Swatch colour=kind.colour/>" "{kind.name}</span><span>{count}</span></li> }
    });
    let more = (more > 0).then(|| {
        view! { <li class="quiet">{format!("and {}", format::plural(more as i64, "other type", "other types"))}</li> }
    });
    view! { <ul class="type-shares">{rows.collect_view()}{more}</ul> }
}
