//! An address without a page.

use leptos::prelude::*;

use crate::components::link::Go;
use crate::components::status::Notice;
use crate::state::title::use_title;

/// Says that there is nothing here and where to go.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    use_title(|| "Page not found".to_owned());
    view! {
        <Notice title="There is no page at this address" text="The link may be incomplete or from another version.">
            <Go to="/">"To the dashboard"</Go>
        </Notice>
    }
}
