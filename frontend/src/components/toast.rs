//! Alerts that were raised while the page is open, in a corner until they are put away.

use contract::live::LiveAlert;
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::icon::{Drawn, Icon};
use super::link::Go;
use crate::state::live::Live;

/// The corner of the toasts. It is always there, so that screen readers notice what comes into it.
#[component]
pub fn Toasts() -> impl IntoView {
    let live = Live::here();
    view! {
        <div class="toasts" role="region" aria-label="New alerts">
            <For each=move || live.toasts() key=|toast| toast.alert_id let:toast><Toast toast/></For>
        </div>
    }
}

#[component]
fn Toast(toast: LiveAlert) -> impl IntoView {
    let live = Live::here();
    let LiveAlert {
        alert_id,
        control_chart_name,
        message,
        ..
    } = toast;
    let to = format!("/alerts/{alert_id}");
    view! {
        <div class="toast" role="alert">
            <Drawn icon=Icon::Alert/>
            <div>
                <p><strong>{control_chart_name}</strong></p>
                <p>{message}</p>
                <p on:click=move |_| live.dismiss(alert_id)><Go to>"Open the alert"</Go></p>
            </div>
            <button class="button button-icon" type="button" aria-label="Put away" on:click=move |_| live.dismiss(alert_id)>
                <Drawn icon=Icon::Close/>
            </button>
        </div>
    }
}

/// Says that data has changed since the page was drawn; the page waits until it is asked.
#[component]
pub fn News() -> impl IntoView {
    let live = Live::here();
    let path = use_location().pathname;
    let waits = move || live.has_news() && !asks_by_itself(&path.read());
    view! {
        <div class="news" role="status">
            <Show when=waits>
                <button class="button button-primary news-pill" type="button" on:click=move |_| live.show_news()>"New data · Show"</button>
            </Show>
        </div>
    }
}

/// Pages whose lists follow what goes on, or that do not show measured data.
fn asks_by_itself(path: &str) -> bool {
    let is_form = path.ends_with("/new");
    let lists = [
        "/imports",
        "/users",
        "/control-charts",
        "/equipment",
        "/defect-types",
    ];
    is_form || lists.contains(&path) || path.starts_with("/alerts")
}
