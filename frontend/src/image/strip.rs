//! All images of the defect as thumbnails.

use leptos::prelude::*;

use super::desk::Desk;
use crate::components::thumbnail::Thumbnail;
use crate::format;

/// The images to choose from; nothing for one alone.
#[component]
pub(super) fn Strip(
    /// What the parts of the viewer share.
    desk: Desk,
) -> impl IntoView {
    let current = Memo::new(move |_| desk.current.with(|image| Some(image.as_ref()?.image_id)));
    view! {
        <Show when=move || { desk.images.with(Vec::len) > 1 }>
            <ul class="viewer-strip" aria-label="Images of the defect">
                <For each=move || desk.images.get() key=|image| image.image_id let:image>
                    {
                        let id = image.image_id;
                        let name = format!("{}, {}", format::image_kind(image.kind), image.file_name);
                        view! {
                            <li><button type="button" class="viewer-pick" aria-label=name.clone() title=name aria-pressed=move || (current.get() == Some(id)).to_string()
                                on:click=move |_| desk.choose(id)><Thumbnail image_id=id alt=""/></button></li>
                        }
                    }
                </For>
            </ul>
        </Show>
    }
}
