//! A chart with its title and what can be done with it: table and downloads.

use leptos::html::Details;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::csv::csv;
use super::theme::css_value;
use super::view::{Chart, option_json, theme_at};
use super::{ChartSpec, ClickedDatum, bridge};

/// What a chart can be saved as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum FileKind {
    Png,
    Svg,
    Csv,
}

/// A chart under a title, with a menu: show its table, save it as PNG, SVG or CSV.
#[component]
pub fn ChartCard(
    /// Title over the chart.
    #[prop(into)]
    title: Signal<String>,
    /// What it shows.
    #[prop(into)]
    spec: Signal<ChartSpec>,
    /// A sentence under the title, for example why this control chart was chosen.
    #[prop(optional, into)]
    note: Signal<Option<String>>,
    /// Called with the datum that was clicked or chosen by key.
    #[prop(optional, into)]
    on_click: Option<Callback<ClickedDatum>>,
    /// Called with the first and the last index of a stretch that was dragged over.
    #[prop(optional, into)]
    on_brush: Option<Callback<(usize, usize)>>,
    /// Height of the drawing in CSS px.
    #[prop(default = 300)]
    height_px: u32,
    /// Buttons and links at the right of the title.
    #[prop(optional, into)]
    actions: ViewFn,
) -> impl IntoView {
    let menu = NodeRef::<Details>::new();
    let table_shown = RwSignal::new(false);
    let close = move || {
        if let Some(menu) = menu.get_untracked() {
            menu.set_open(false);
        }
    };
    let save = move |kind: FileKind| {
        close();
        let Some(menu) = menu.get_untracked() else {
            return;
        };
        let spec = spec.get_untracked();
        spawn_local(async move {
            // Downloads go through the chart library's script, which a fast hand may outrun.
            if bridge::load().await.is_ok() {
                let background = css_value(&menu, "--surface");
                match kind {
                    FileKind::Csv => save_csv(spec),
                    FileKind::Png => bridge::download(
                        &option_json(&spec, &theme_at(&menu)),
                        "png",
                        &format!("{}.png", spec.name),
                        &background,
                    ),
                    FileKind::Svg => bridge::download(
                        &option_json(&spec, &theme_at(&menu)),
                        "svg",
                        &format!("{}.svg", spec.name),
                        &background,
                    ),
                }
            }
        });
    };
    let item = move |text: &'static str, kind: FileKind| {
        view! { <button type="button" on:click=move |_| save(kind)>{text}</button> }
    };
    view! {
        <section class="chart-card">
            <header>
                <div>
                    <h2>{title}</h2>
                    <Show when=move || note.with(Option::is_some)>
                        <p class="chart-note">{move || note.get()}</p>
                    </Show>
                </div>
                <div class="chart-actions">
                {move || actions.run()}
                <details
                    class="chart-menu"
                    node_ref=menu
                    on:keydown=move |event| {
                        if event.key() == "Escape" {
                            close();
                        }
                    }
                >
                    <summary aria-label=move || format!("Table and downloads of {}", title.get())>"⋯"</summary>
                    <div class="chart-menu-items">
                        <button
                            type="button"
                            aria-pressed=move || table_shown.get().to_string()
                            on:click=move |_| {
                                table_shown.update(|shown| *shown = !*shown);
                                close();
                            }
                        >
                            {move || if table_shown.get() { "Hide table" } else { "Show table" }}
                        </button>
                        {item("Download PNG", FileKind::Png)}
                        {item("Download SVG", FileKind::Svg)}
                        {item("Download CSV", FileKind::Csv)}
                    </div>
                </details>
                </div>
            </header>
            <Chart spec=spec label=title on_click=on_click on_brush=on_brush height_px=height_px table_shown=table_shown />
        </section>
    }
}

/// Saves the data of a chart as CSV; also for what is drawn otherwise than by [`ChartCard`].
pub fn save_csv(spec: ChartSpec) {
    spawn_local(async move {
        // Downloads go through the chart library's script.
        if bridge::load().await.is_ok() {
            let name = format!("{}.csv", spec.name);
            bridge::download_text(&csv(&spec), "text/csv;charset=utf-8", &name);
        }
    });
}

/// Saves a drawing that is not made by the chart library.
pub fn save_svg(drawing: String, name: &'static str) {
    spawn_local(async move {
        if bridge::load().await.is_ok() {
            bridge::download_text(&drawing, "image/svg+xml", &format!("{name}.svg"));
        }
    });
}
