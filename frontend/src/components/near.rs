//! Whether something is in sight or about to come into it.

use leptos::html::{ElementType, Span};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

/// How far outside the window something already counts as near.
const MARGIN: &str = "240px";

type Changed = Closure<dyn FnMut(js_sys::Array)>;

/// Calls `change` with `true` when the element comes near the window, with `false` when it goes.
pub fn follow_nearness(element: NodeRef<Span>, change: impl Fn(bool) + Copy + 'static)
where
    <Span as ElementType>::Output: Clone,
{
    let held = StoredValue::new_local(None::<(IntersectionObserver, Changed)>);
    Effect::new(move || {
        let Some(element) = element.get() else { return };
        let changed = Changed::new(move |entries: js_sys::Array| {
            let latest = entries.pop().dyn_into::<IntersectionObserverEntry>();
            if let Ok(entry) = latest {
                change(entry.is_intersecting());
            }
        });
        let options = IntersectionObserverInit::new();
        options.set_root_margin(MARGIN);
        let callback = changed.as_ref().unchecked_ref();
        match IntersectionObserver::new_with_options(callback, &options) {
            Ok(observer) => {
                observer.observe(&element);
                held.set_value(Some((observer, changed)));
            }
            // Without the means to tell, everything is near.
            Err(_) => change(true),
        }
    });
    on_cleanup(move || {
        if let Some(Some((observer, _))) = held.try_update_value(Option::take) {
            observer.disconnect();
        }
    });
}
