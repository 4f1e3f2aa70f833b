//! From one thing to the one before and the one after, by buttons and by the keys `[` and `]`.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::icon::{Drawn, Icon};
use super::link::Go;
use crate::state::navigation::UrlQuery;

/// Links to the neighbours of a thing.
#[component]
pub fn StepThrough(
    /// What is stepped through, for example `defect`.
    what: &'static str,
    /// Path of the one before.
    #[prop(into)]
    previous: Signal<Option<String>>,
    /// Path of the one after.
    #[prop(into)]
    next: Signal<Option<String>>,
) -> impl IntoView {
    let query = UrlQuery::here();
    let keys = window_event_listener(ev::keydown, move |event| {
        let target = match event.key().as_str() {
            "[" => previous.get_untracked(),
            "]" => next.get_untracked(),
            _ => None,
        };
        if let Some(path) = target.filter(|_| !is_typing(&event)) {
            query.go(&path);
        }
    });
    on_cleanup(move || keys.remove());
    let side = move |path: Signal<Option<String>>,
                     name: &'static str,
                     key: &'static str,
                     icon: Icon| {
        let label = format!("{name} {what}");
        let title = format!("{label} (key {key})");
        move || {
            match path.get() {
            Some(to) => view! { <span title=title.clone()><Go to class="button"><Drawn icon/>{name}</Go></span> }.into_any(),
            None => view! { <button class="button" type="button" disabled aria-label=label.clone()><Drawn icon/>{name}</button> }.into_any(),
        }
        }
    };
    view! {
        <nav class="step-through" aria-label=format!("Neighbours of this {what}")>
            {side(previous, "Previous", "[", Icon::Previous)}
            {side(next, "Next", "]", Icon::Next)}
        </nav>
    }
}

/// Whether a key belongs to a field, or to the browser.
fn is_typing(event: &web_sys::KeyboardEvent) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<web_sys::Element>().ok());
    let in_field = target.is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    });
    in_field || event.ctrl_key() || event.meta_key()
}
