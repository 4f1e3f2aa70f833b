//! The component that draws a [`ChartSpec`], with its table beside it for those who use no pointer.

use leptos::html::Div;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::Closure;
use web_sys::Element;

use super::bridge::{self, Mounted};
use super::option::{Theme, option};
use super::table::DataTable;
use super::theme::{css_value, reduced_motion, theme_changes};
use super::{ChartSpec, ClickedDatum};

/// How far the drawing has come.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Loading,
    Drawn,
    Failed,
}

/// A chart on the page and the closure that it calls.
struct Live {
    mounted: Mounted,
    _on_click: Closure<dyn FnMut(i32)>,
    _on_brush: Option<Closure<dyn FnMut(i32, i32)>>,
}

/// A chart. Its library is fetched when the first one is shown.
///
/// Every datum also is a button in a table, out of sight unless `table_shown`: one stop of the Tab key,
/// the arrow keys go from datum to datum and show its tooltip, Enter does what a click does.
#[component]
pub fn Chart(
    /// What it shows.
    #[prop(into)]
    spec: Signal<ChartSpec>,
    /// What it is, for those who do not see it.
    #[prop(into)]
    label: Signal<String>,
    /// Called with the datum that was clicked or chosen by key.
    #[prop(default = None)]
    on_click: Option<Callback<ClickedDatum>>,
    /// Called with the first and the last index of a stretch that was dragged over.
    #[prop(default = None)]
    on_brush: Option<Callback<(usize, usize)>>,
    /// Height of the drawing in CSS px.
    #[prop(default = 300)]
    height_px: u32,
    /// Shows the table under the drawing.
    #[prop(optional, into)]
    table_shown: Signal<bool>,
) -> impl IntoView {
    let host = NodeRef::<Div>::new();
    let stage = RwSignal::new(Stage::Loading);
    let live = StoredValue::new_local(None::<Live>);
    let theme_changed = theme_changes();

    let choose = move |index: usize| {
        let clicked = spec.with_untracked(|spec| spec.clicked(index));
        if let (Some(clicked), Some(on_click)) = (clicked, on_click) {
            on_click.run(clicked);
        }
    };
    Effect::new(move || {
        let Some(host) = host.get() else { return };
        spawn_local(async move {
            let loaded = bridge::load().await;
            // The page may have gone on while the library came.
            if stage.is_disposed() {
                return;
            }
            let on_click = Closure::new(move |index: i32| {
                if let Ok(index) = usize::try_from(index) {
                    choose(index);
                }
            });
            let on_brush = on_brush.map(|on_brush| brushing(spec, on_brush));
            let brush = on_brush
                .as_ref()
                .map_or(JsValue::UNDEFINED, |closure| closure.as_ref().clone());
            match loaded.and_then(|()| bridge::mount(&host, &on_click, &brush)) {
                Ok(mounted) => {
                    live.set_value(Some(Live {
                        mounted,
                        _on_click: on_click,
                        _on_brush: on_brush,
                    }));
                    stage.set(Stage::Drawn);
                }
                Err(fault) => {
                    leptos::logging::warn!("the chart library could not be loaded: {fault:?}");
                    stage.set(Stage::Failed);
                }
            }
        });
    });
    Effect::new(move || {
        theme_changed.track();
        let Some(host) = host.get() else { return };
        if stage.get() != Stage::Drawn {
            return;
        }
        let json = spec.with(|spec| option_json(spec, &theme_at(&host)));
        live.with_value(|live| {
            if let Some(live) = live {
                bridge::draw(&live.mounted, &json);
            }
        });
    });
    on_cleanup(move || {
        if let Some(Some(live)) = live.try_update_value(Option::take) {
            bridge::unmount(&live.mounted);
        }
    });

    let point = move |index: Option<usize>| {
        let index = index
            .and_then(|index| i32::try_from(index).ok())
            .unwrap_or(-1);
        live.with_value(|live| {
            if let Some(live) = live {
                bridge::point(&live.mounted, index);
            }
        });
    };
    view! {
        <div class="chart" data-chart=move || spec.with(|spec| spec.name)>
            <div
                class="chart-drawing"
                class:chart-clickable=on_click.is_some()
                node_ref=host
                role="img"
                aria-label=label
                aria-busy=move || (stage.get() == Stage::Loading).to_string()
                style:height=format!("{height_px}px")
            ></div>
            <Show when=move || spec.with(|spec| spec.data.is_empty())>
                <p class="chart-empty">"No data in this selection"</p>
            </Show>
            <Show when=move || stage.get() == Stage::Failed>
                <p class="chart-note" role="alert">
                    "The chart could not be drawn because its library did not load. The table holds its data; reload the page to try again."
                </p>
            </Show>
            <DataTable
                spec=spec
                label=label
                shown=Signal::derive(move || table_shown.get() || stage.get() == Stage::Failed)
                clickable=on_click.is_some()
                on_choose=choose
                on_point=point
            />
        </div>
    }
}

/// Hands on a stretch as far as it holds data.
fn brushing(
    spec: Signal<ChartSpec>,
    on_brush: Callback<(usize, usize)>,
) -> Closure<dyn FnMut(i32, i32)> {
    Closure::new(move |first: i32, last: i32| {
        let end = spec
            .with_untracked(|spec| spec.data.len())
            .saturating_sub(1);
        let within = |index: i32| usize::try_from(index).unwrap_or_default().min(end);
        on_brush.run((within(first), within(last)));
    })
}

/// The JSON that the chart library reads.
pub(super) fn option_json(spec: &ChartSpec, theme: &Theme) -> String {
    // Plain data without maps: serialising it cannot fail.
    serde_json::to_string(&option(spec, theme)).unwrap_or_default()
}

/// The page's theme where `element` stands.
pub(super) fn theme_at(element: &Element) -> Theme {
    let colour = |name| css_value(element, name);
    Theme {
        ink: colour("--text"),
        muted: colour("--text-quiet"),
        rule: colour("--chart-grid"),
        surface: colour("--surface"),
        data: colour("--chart-line"),
        second: colour("--chart-average"),
        limit: colour("--chart-limit"),
        centre: colour("--chart-centre"),
        alarm: colour("--chart-violation"),
        warning: colour("--warning"),
        chosen: colour("--text"),
        font: css_value(element, "font-family"),
        animated: !reduced_motion(),
    }
}
