//! From one thing to the one before and the one after, by buttons and by the keys `[` and `]`.

use leptos::prelude::*;

use super::icon::{Drawn, Icon};
use super::keys::{is_on_page, use_keys};
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
    /// The keys `p` and `n` and the arrow keys step too: on pages where one goes through many.
    #[prop(optional)]
    has_letters: bool,
) -> impl IntoView {
    let query = UrlQuery::here();
    use_keys(move |event| {
        let letters = if has_letters { ["p", "n"] } else { ["[", "]"] };
        let target = match event.key().as_str() {
            "ArrowLeft" if has_letters && is_on_page(event) => previous.get_untracked(),
            "ArrowRight" if has_letters && is_on_page(event) => next.get_untracked(),
            key if key == "[" || key == letters[0] => previous.get_untracked(),
            key if key == "]" || key == letters[1] => next.get_untracked(),
            _ => None,
        };
        if let Some(path) = &target {
            query.go(path);
        }
        target.is_some()
    });
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
