//! The viewer's tool bar.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::desk::Desk;
use super::levels::Levels;
use crate::api::Api;
use crate::components::icon::{Drawn, Icon};

/// Zoom, measuring, grey values, which image, full screen, download.
#[component]
pub(super) fn Tools(
    /// What the parts of the viewer share.
    desk: Desk,
    /// Whether the viewer fills the screen.
    is_full: RwSignal<bool>,
    /// Fills the screen, or no longer.
    on_full: Callback<()>,
) -> impl IntoView {
    let measuring = desk.measuring;
    view! {
        <div class="viewer-tools" role="toolbar" aria-label="Image">
            <span class="tool-group">
                <button class="tool" type="button" aria-label="Zoom in" title="Zoom in (+)" on:click=move |_| desk.zoom(true)>"+"</button>
                <button class="tool" type="button" aria-label="Zoom out" title="Zoom out (−)" on:click=move |_| desk.zoom(false)>"−"</button>
                <button class="tool" type="button" title="Show all of the image (0 or double click)" on:click=move |_| desk.fit()>"Fit"</button>
                <button class="tool" type="button" title="One pixel of the image for one of the screen" on:click=move |_| desk.one_to_one()>"1:1"</button>
            </span>
            <button class="tool" type="button" title="Drag to measure a distance (M; Escape ends)" aria-pressed=move || measuring.get().to_string()
                on:click=move |_| desk.measure(!measuring.get_untracked())><Drawn icon=Icon::Measure/>"Measure"</button>
            <span class="tool-group">
                <Slider levels=desk.levels name="Brightness" icon=Icon::Brightness read=|levels| levels.brightness
                    write=|levels, value| levels.brightness = value/>
                <Slider levels=desk.levels name="Contrast" icon=Icon::Contrast read=|levels| levels.contrast
                    write=|levels, value| levels.contrast = value/>
                <button class="tool" type="button" title="Spread the grey values of this image from black to white" on:click=move |_| desk.spread_automatically()>"Auto"</button>
                <Show when=move || !desk.levels.get().is_neutral()>
                    <button class="tool" type="button" title="Grey values as they came" on:click=move |_| desk.levels.set(Levels::default())>"Reset"</button>
                </Show>
            </span>
            <span class="tool-group tool-end">
                <Which desk/>
                <button class="tool" type="button" title="Fill the screen (F)" aria-label="Full screen" aria-pressed=move || is_full.get().to_string()
                    on:click=move |_| on_full.run(())><Drawn icon=Icon::FullScreen/></button>
                <Original desk/>
            </span>
        </div>
    }
}

/// A slider of the grey values; a double click puts it back to 0.
#[component]
fn Slider(
    levels: RwSignal<Levels>,
    name: &'static str,
    icon: Icon,
    read: fn(&Levels) -> f64,
    write: fn(&mut Levels, f64),
) -> impl IntoView {
    let value = move || levels.with(read);
    view! {
        <label class="tool-slider" title=move || format!("{name} {}; double click resets", crate::format::fixed(value(), 0))>
            <Drawn icon/>
            <input type="range" aria-label=name min="-100" max="100" step="0.5" prop:value=move || value().to_string()
                on:input:target=move |event| if let Ok(chosen) = event.target().value().parse() { levels.update(|levels| write(levels, chosen)) }
                on:dblclick=move |_| levels.update(|levels| write(levels, 0.0))/>
        </label>
    }
}

/// Which of several images is shown.
#[component]
fn Which(desk: Desk) -> impl IntoView {
    let count = move || desk.images.with(Vec::len);
    view! {
        <Show when=move || { count() > 1 }>
            <button class="tool" type="button" aria-label="Previous image" title="Previous image (,)" disabled=move || desk.place() == 0
                on:click=move |_| desk.step(false)><Drawn icon=Icon::Previous/></button>
            <span class="tool-text" aria-live="polite">{move || format!("Image {} of {}", desk.place() + 1, count())}</span>
            <button class="tool" type="button" aria-label="Next image" title="Next image (.)" disabled={move || desk.place() + 1 >= count()}
                on:click=move |_| desk.step(true)><Drawn icon=Icon::Next/></button>
        </Show>
    }
}

/// Saves the file as it was sent.
#[component]
fn Original(desk: Desk) -> impl IntoView {
    let api = Api::here();
    let busy = RwSignal::new(false);
    let failed = RwSignal::new(None::<String>);
    let save = move |_| {
        let Some(image) = desk.current.get_untracked() else {
            return;
        };
        busy.set(true);
        failed.set(None);
        spawn_local(async move {
            let path = format!("/images/{}/original", image.image_id);
            let outcome = api.save_file(&path, &image.file_name).await;
            let _ = busy.try_set(false);
            if let Err(error) = outcome {
                let _ = failed.try_set(Some(error.message()));
            }
        });
    };
    view! {
        <button class="tool" type="button" title="Download the original file" aria-label="Download the original file" disabled=move || busy.get()
            on:click=save><Drawn icon=Icon::Download/></button>
        <span class="tool-failed" role="alert">{failed}</span>
    }
}
