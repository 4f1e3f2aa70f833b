//! Colours of the page for what is drawn on a canvas, which style sheets do not reach.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, MutationObserver, MutationObserverInit};

/// The value of the CSS custom property `name` (with its dashes) where `element` stands; empty where
/// it is not set.
#[must_use]
pub fn css_value(element: &Element, name: &str) -> String {
    window()
        .get_computed_style(element)
        .ok()
        .flatten()
        .and_then(|style| style.get_property_value(name).ok())
        .map(|value| value.trim().to_owned())
        .unwrap_or_default()
}

/// Changes whenever the page turns light or dark, by `data-theme` on the root element or by the system.
#[must_use]
pub fn theme_changes() -> ReadSignal<u32> {
    let (changes, set_changes) = signal(0);
    let changed = Closure::<dyn FnMut()>::new(move || set_changes.update(|count| *count += 1));
    let callback: &js_sys::Function = changed.as_ref().unchecked_ref();

    let observer = MutationObserver::new(callback).ok();
    if let (Some(observer), Some(root)) = (&observer, document().document_element()) {
        let wanted = MutationObserverInit::new();
        wanted.set_attributes(true);
        // Nothing is lost when a browser refuses: the page's theme then waits for a reload.
        let _ = observer.observe_with_options(&root, &wanted);
    }
    let system = window()
        .match_media("(prefers-color-scheme: dark)")
        .ok()
        .flatten();
    if let Some(system) = &system {
        let _ = system.add_event_listener_with_callback("change", callback);
    }

    let held = StoredValue::new_local((changed, observer, system));
    on_cleanup(move || {
        held.try_with_value(|(changed, observer, system)| {
            if let Some(observer) = observer {
                observer.disconnect();
            }
            if let Some(system) = system {
                let callback = changed.as_ref().unchecked_ref();
                let _ = system.remove_event_listener_with_callback("change", callback);
            }
        });
    });
    changes
}

/// Whether the user has asked for less motion.
#[must_use]
pub fn reduced_motion() -> bool {
    window()
        .match_media("(prefers-reduced-motion: reduce)")
        .ok()
        .flatten()
        .is_some_and(|query| query.matches())
}
