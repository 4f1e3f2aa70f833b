//! A link inside the application.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::state::filter::FilterState;

/// A link that keeps the filter bar as it is and knows when it points at the current page.
#[component]
pub fn Go(
    /// Path, with a query of its own where needed; what it says wins over the filter.
    #[prop(into)]
    to: Signal<String>,
    /// Class of the link.
    #[prop(optional, into)]
    class: &'static str,
    /// What stands in the link.
    children: Children,
) -> impl IntoView {
    let filter = FilterState::here();
    let path = use_location().pathname;
    let current = move || {
        to.with(|to| (to.split('?').next() == Some(path.read().as_str())).then_some("page"))
    };
    view! { <a class=class href=move || filter.link(&to.read()) aria-current=current>{children()}</a> }
}
