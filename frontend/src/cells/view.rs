//! The component of a small picture.

use std::sync::Arc;

use leptos::html::{Canvas, Div};
use leptos::prelude::*;

use super::paint::{Palette, paint};
use super::picture::Picture;
use super::scale::Scale;
use crate::canvas::{Viewport, follow_size, once_a_frame};

/// A small picture of a wafer, as wide as its place. What it shows stands in words beside it: screen readers
/// pass it over.
#[component]
pub fn CellMap(
    /// What it shows.
    #[prop(into)]
    picture: Signal<Arc<Picture>>,
    /// Colours of the values.
    #[prop(into)]
    scale: Signal<Scale>,
    /// Colours of the page.
    palette: Memo<Palette>,
) -> impl IntoView {
    let stage = NodeRef::<Div>::new();
    let canvas = NodeRef::<Canvas>::new();
    let viewport = RwSignal::new(None::<Viewport>);
    follow_size(stage, viewport);
    let draw = move || {
        let (Some(canvas), Some(viewport)) = (canvas.get_untracked(), viewport.get_untracked())
        else {
            return;
        };
        let ratio = window().device_pixel_ratio();
        let picture = picture.read_untracked();
        let scale = scale.get_untracked();
        palette.with_untracked(|palette| {
            // A canvas of a few centimetres is never refused; were it, the words beside it stay.
            let _ = paint(&canvas, viewport, ratio, &picture, scale, palette);
        });
    };
    let soon = once_a_frame(draw);
    Effect::new(move || {
        viewport.track();
        picture.track();
        scale.track();
        palette.track();
        soon();
    });
    view! {
        <div class="cell-map" node_ref=stage aria-hidden="true"><canvas node_ref=canvas></canvas></div>
    }
}
