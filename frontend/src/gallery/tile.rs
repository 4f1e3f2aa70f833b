//! One picture of the gallery.

use contract::defect::ReviewStatus;
use contract::image::GalleryItem;
use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::layout::{CAPTION_PX, Metrics};
use super::scroller::tile_id;
use super::select::Selection;
use crate::components::thumbnail::Thumbnail;
use crate::format;

/// A tile: picture, number, size, elements.
#[component]
pub(super) fn Tile(
    /// What it shows.
    item: GalleryItem,
    /// Its place among all.
    index: usize,
    /// Its place in its group.
    place: usize,
    /// Name of its type.
    type_name: String,
    /// Sizes.
    metrics: Memo<Metrics>,
    /// What is chosen.
    selection: RwSignal<Selection>,
    /// Called with the place among all and the click.
    on_click: Callback<(usize, MouseEvent)>,
    /// Called to open the defect.
    on_open: Callback<usize>,
    /// Called with the defect under the pointer, and `None` when it is left.
    on_point: Callback<Option<i32>>,
) -> impl IntoView {
    let number = item.defect_no;
    let size = item
        .size_um
        .map(|size| format!("{} µm", format::significant(size)));
    let elements = item.elements.join(" ");
    let reviewed = item.review_status == ReviewStatus::Reviewed;
    let mut spoken = vec![format!("Defect {number}"), type_name];
    spoken.extend(size.clone());
    spoken.extend((!elements.is_empty()).then(|| elements.clone()));
    spoken.extend(reviewed.then(|| "reviewed".to_owned()));
    let spoken = spoken.join(", ");
    let is_chosen =
        Memo::new(move |_| selection.with(|selection| selection.chosen.contains(&number)));
    let is_cursor = Memo::new(move |_| selection.with(|selection| selection.cursor == index));
    let style = move || {
        let metrics = metrics.get();
        let [left, top] = metrics.place_of(place);
        format!(
            "left:{left}px;top:{top}px;width:{side}px;height:{height}px;--side:{side}px",
            side = metrics.side_px,
            height = metrics.side_px + CAPTION_PX
        )
    };
    view! {
        <div class="tile" class:is-cursor=is_cursor id=tile_id(index) role="option" aria-selected=move || is_chosen.get().to_string() aria-label=spoken.clone()
            title=spoken style=style on:click=move |event| on_click.run((index, event)) on:dblclick=move |_| on_open.run(index)
            on:pointerenter=move |_| on_point.run(Some(number)) on:pointerleave=move |_| on_point.run(None)>
            <Thumbnail image_id=item.image_id alt=""/>
            <span class="tile-caption">
                <span class="tile-line"><strong>{number}</strong>{size.map(|size| view! { <span>{size}</span> })}{reviewed.then(|| view! { <span class="tile-done">"✓"</span> })}</span>
                <span class="tile-line tile-elements">{elements}</span>
            </span>
        </div>
    }
}
