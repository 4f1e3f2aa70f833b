//! A dialog: the browser's own, with its focus and its Escape key.

use leptos::html;
use leptos::prelude::*;

use super::icon::{Drawn, Icon};

/// A modal dialog that is open while `open` says so.
#[component]
pub fn Dialog(
    /// Whether it is open; the user closes it by Escape or its button.
    open: RwSignal<bool>,
    /// What it is about.
    #[prop(into)]
    title: Signal<String>,
    /// What stands in it, made anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(element) = dialog.get() else { return };
        match open.get() {
            // Opening fails only for a dialog that is not in the document or is open already.
            true if !element.open() => drop(element.show_modal()),
            false if element.open() => element.close(),
            _ => {}
        }
    });
    view! {
        <dialog node_ref=dialog class="dialog" aria-label=title on:close=move |_| open.set(false)>
            <header class="dialog-head">
                <h2>{title}</h2>
                <button class="button button-icon" type="button" aria-label="Close" on:click=move |_| open.set(false)>
                    <Drawn icon=Icon::Close/>
                </button>
            </header>
            <Show when=move || open.get()>{children()}</Show>
        </dialog>
    }
}
