//! Keys of a page: heard wherever the focus is, but never while somebody types.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

use super::dialog::Dialog;

/// Hears keys for as long as the component lives; `act` says whether it took the key.
pub fn use_keys(act: impl Fn(&KeyboardEvent) -> bool + 'static) {
    let handle = window_event_listener(ev::keydown, move |event| {
        if !event.default_prevented() && !is_typing(&event) && !in_dialog() && act(&event) {
            event.prevent_default();
        }
    });
    on_cleanup(move || handle.remove());
}

/// Whether a key belongs to a field, or to the browser.
pub fn is_typing(event: &KeyboardEvent) -> bool {
    let in_field = target(event).is_some_and(|element| match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        // Boxes and buttons take no letters.
        "INPUT" => !matches!(
            element.get_attribute("type").as_deref(),
            Some("checkbox" | "radio" | "range" | "button" | "file")
        ),
        _ => false,
    });
    in_field || event.ctrl_key() || event.meta_key() || event.alt_key()
}

/// Whether nothing that has a use for arrow keys of its own has the focus.
pub fn is_on_page(event: &KeyboardEvent) -> bool {
    target(event)
        .is_none_or(|element| matches!(element.tag_name().as_str(), "BODY" | "HTML" | "MAIN"))
}

fn target(event: &KeyboardEvent) -> Option<Element> {
    event.target()?.dyn_into().ok()
}

fn in_dialog() -> bool {
    matches!(document().query_selector("dialog[open]"), Ok(Some(_)))
}

/// Keys and what they do, in a dialog.
#[component]
pub fn KeysDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// Keys and what they do.
    keys: &'static [(&'static str, &'static str)],
) -> impl IntoView {
    let rows = move || {
        let row = |(key, what): &(&'static str, &'static str)| {
            let keys = key.split(' ').map(|key| view! { <kbd>{key}</kbd> " " });
            view! { <div class="fact"><dt>{keys.collect_view()}</dt><dd>{*what}</dd></div> }
        };
        keys.iter().map(row).collect_view()
    };
    view! { <Dialog open title="Keys"><dl class="keys">{rows}</dl></Dialog> }
}
