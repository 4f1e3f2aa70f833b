//! Where files are dropped or picked.

use leptos::ev::DragEvent;
use leptos::html::Input;
use leptos::prelude::*;

use crate::api::Api;
use crate::components::icon::{Drawn, Icon};
use crate::state::uploads::Uploads;

/// A field to drop files on; a click opens the browser's own picker.
#[component]
pub fn DropZone() -> impl IntoView {
    let api = Api::here();
    let uploads = Uploads::here();
    let picker = NodeRef::<Input>::new();
    let accept_truncated = RwSignal::new(false);
    let is_over = RwSignal::new(false);
    let take = move |files: Option<web_sys::FileList>| {
        let files: Vec<web_sys::File> = files
            .map(|files| {
                (0..files.length())
                    .filter_map(|index| files.item(index))
                    .collect()
            })
            .unwrap_or_default();
        if !files.is_empty() {
            uploads.start(api, files, accept_truncated.get_untracked());
        }
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(false);
        take(event.data_transfer().and_then(|data| data.files()));
    };
    let picked = move |_| {
        let Some(input) = picker.get() else { return };
        take(input.files());
        // The same file may be picked again.
        input.set_value("");
    };
    view! {
        <section class="card drop-zone" class:is-over=move || is_over.get() aria-label="Import files"
            on:dragover=move |event: DragEvent| { event.prevent_default(); is_over.set(true); }
            on:dragleave=move |_| is_over.set(false) on:drop=dropped>
            <Drawn icon=Icon::Import/>
            <p><strong>"Drop KLARF files here"</strong></p>
            <p class="quiet">"Versions 1.1, 1.2 and 1.8. A file is in whole or not at all; the same file twice counts once."</p>
            <label class="button button-primary">"Choose files"
                <input node_ref=picker class="visually-hidden" type="file" name="files" multiple on:change=picked/>
            </label>
            <label class="check" title="A file that was cut off is refused unless you ask for what is there">
                <input type="checkbox" prop:checked=move || accept_truncated.get()
                    on:change:target=move |event| accept_truncated.set(event.target().checked())/>
                "Keep what can be read of files that were cut off"
            </label>
        </section>
    }
}
