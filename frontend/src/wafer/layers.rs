//! What of a map is shown and how: the menu of layers.

use leptos::ev::KeyboardEvent;
use leptos::html::Details;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::camera::Turn;

/// Which of the ways to show defects is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Points where there is room for them, density where there is none.
    #[default]
    Auto,
    /// A mark for each defect, however many.
    Points,
    /// Counts by cell.
    Density,
}

/// The grid of exposure fields, in dies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reticle {
    /// Dies across a field, 1 or more.
    pub columns: i32,
    /// Dies down a field, 1 or more.
    pub rows: i32,
    /// Die column that a field begins with.
    pub first_column: i32,
    /// Die row that a field begins with.
    pub first_row: i32,
}

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Layers {
    /// The dies.
    pub has_dies: bool,
    /// Column and row of each die, where there is room.
    pub has_die_labels: bool,
    /// The edge that tools leave out.
    pub has_exclusion: bool,
    /// The exposure fields are shown.
    pub has_reticle: bool,
    /// The exposure fields.
    pub reticle: Reticle,
    /// Points or density.
    pub mode: Mode,
    /// Colours of the density by the logarithm of the count.
    pub is_logarithmic: bool,
}

impl Default for Layers {
    fn default() -> Self {
        Self {
            has_dies: true,
            has_die_labels: true,
            has_exclusion: true,
            has_reticle: false,
            reticle: Reticle {
                columns: 2,
                rows: 2,
                first_column: 0,
                first_row: 0,
            },
            mode: Mode::Auto,
            is_logarithmic: true,
        }
    }
}

/// The menu of layers, of the view's turn and of export.
#[component]
pub fn LayersMenu(
    /// The menu itself, to close it from elsewhere.
    menu: NodeRef<Details>,
    /// What is shown.
    layers: RwSignal<Layers>,
    /// Whether the map has defects.
    #[prop(into)]
    has_defects: Signal<bool>,
    /// Turns the wafer.
    on_turn: Callback<fn(Turn) -> Turn>,
    /// Writes a file: `png` or `svg`.
    on_export: Callback<&'static str>,
) -> impl IntoView {
    let check = move |text: &'static str,
                      read: fn(&Layers) -> bool,
                      write: fn(&mut Layers, bool)| {
        view! {
            <label>
                <input type="checkbox" prop:checked=move || layers.with(read)
                    on:change=move |event| layers.update(|layers| write(layers, event_target_checked(&event)))/>
                {text}
            </label>
        }
    };
    let mode = move |text: &'static str, mode: Mode| {
        view! {
            <button type="button" aria-pressed=move || layers.with(|layers| layers.mode == mode).to_string()
                on:click=move |_| layers.update(|layers| layers.mode = mode)>{text}</button>
        }
    };
    let number = move |label: &'static str,
                       least: i32,
                       read: fn(&Reticle) -> i32,
                       write: fn(&mut Reticle, i32)| {
        view! {
            <label>
                {label}
                <input type="number" min=least step="1" prop:value=move || layers.with(|layers| read(&layers.reticle)).to_string()
                    on:change=move |event| {
                        if let Ok(value) = event_target_value(&event).parse::<i32>() {
                            layers.update(|layers| write(&mut layers.reticle, value.max(least)));
                        }
                    }/>
            </label>
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let menu = menu
            .get_untracked()
            .filter(|menu| event.key() == "Escape" && menu.open());
        if let Some(menu) = menu {
            menu.set_open(false);
            let summary = menu.query_selector("summary").ok().flatten();
            if let Some(summary) =
                summary.and_then(|summary| summary.dyn_into::<HtmlElement>().ok())
            {
                // Whoever cannot have the focus does without it.
                let _ = summary.focus();
            }
        }
    };
    view! {
        <details class="wafer-layers" node_ref=menu on:keydown=on_key>
            <summary>"Layers"</summary>
            <div class="wafer-layers-menu">
                <Show when=move || has_defects.get()>
                    <fieldset>
                        <legend>"Defects as"</legend>
                        <div class="wafer-choice">{mode("Auto", Mode::Auto)}{mode("Points", Mode::Points)}{mode("Density", Mode::Density)}</div>
                        {check("Logarithmic colours", |layers| layers.is_logarithmic, |layers, on| layers.is_logarithmic = on)}
                    </fieldset>
                </Show>
                <fieldset>
                    <legend>"Wafer"</legend>
                    {check("Dies", |layers| layers.has_dies, |layers, on| layers.has_dies = on)}
                    {check("Die labels", |layers| layers.has_die_labels, |layers, on| layers.has_die_labels = on)}
                    {check("Edge exclusion, 3 mm", |layers| layers.has_exclusion, |layers, on| layers.has_exclusion = on)}
                    {check("Reticle grid", |layers| layers.has_reticle, |layers, on| layers.has_reticle = on)}
                    <Show when=move || layers.with(|layers| layers.has_reticle)>
                        <div class="wafer-reticle">
                            {number("Dies across", 1, |field| field.columns, |field, value| field.columns = value)}
                            {number("Dies down", 1, |field| field.rows, |field, value| field.rows = value)}
                            {number("First column", i32::MIN, |field| field.first_column, |field, value| field.first_column = value)}
                            {number("First row", i32::MIN, |field| field.first_row, |field, value| field.first_row = value)}
                        </div>
                    </Show>
                </fieldset>
                <fieldset>
                    <legend>"View (coordinates stay the wafer's)"</legend>
                    <div class="wafer-choice">
                        <button type="button" on:click=move |_| on_turn.run(Turn::rotated)>"Rotate 90°"</button>
                        <button type="button" on:click=move |_| on_turn.run(Turn::mirrored)>"Flip"</button>
                        <button type="button" on:click=move |_| on_turn.run(|_| Turn::default())>"Notch down"</button>
                    </div>
                </fieldset>
                <fieldset>
                    <legend>"Save this view"</legend>
                    <div class="wafer-choice">
                        <button type="button" on:click=move |_| on_export.run("png")>"PNG"</button>
                        <button type="button" on:click=move |_| on_export.run("svg")>"SVG"</button>
                    </div>
                </fieldset>
            </div>
        </details>
    }
}
