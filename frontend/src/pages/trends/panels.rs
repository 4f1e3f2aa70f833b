//! Small multiples: the trend of each type, tool, step, product or value of an attribute, on one scale.

use std::sync::Arc;

use contract::analytics::{SplitBy, Trend};
use leptos::prelude::*;

use super::open_point;
use super::trend::texts;
use crate::chart::ChartCard;
use crate::chart::panels::{self, PanelScale};
use crate::components::search::UrlSelect;
use crate::format;
use crate::state::filter::{Dimension, FilterState};
use crate::state::navigation::UrlQuery;

/// Attributes that inspection files often carry, to choose from; any other can be typed.
const ATTRIBUTES: [&str; 6] = [
    "chamber",
    "process_tool",
    "process_recipe",
    "reticle",
    "shift",
    "operator",
];

/// By what the trend is split, and by which attribute.
#[component]
pub fn SplitChoice() -> impl IntoView {
    let query = UrlQuery::here();
    let options = [
        ("", "None"),
        (SplitBy::Type.as_str(), "by defect type"),
        (SplitBy::Equipment.as_str(), "by tool"),
        (SplitBy::Step.as_str(), "by step"),
        (SplitBy::Product.as_str(), "by product"),
        (SplitBy::Attribute.as_str(), "by attribute"),
    ];
    let split = Memo::new(move |_| query.parsed::<SplitBy>("split"));
    view! {
        <UrlSelect name="split" label="Small multiples" options=texts(&options)/>
        <Show when=move || split.get() == Some(SplitBy::Attribute)>
            <label class="choice"><span>"Attribute"</span>
                <input type="text" list="split-attributes" placeholder="chamber" maxlength="100"
                    prop:value=move || query.value("split_attribute").unwrap_or_default()
                    on:change:target=move |event| {
                        let name = event.target().value().trim().to_owned();
                        query.set(&[("split_attribute", (!name.is_empty()).then_some(name))]);
                    }/>
                <datalist id="split-attributes">{ATTRIBUTES.map(|name| view! { <option value=name></option> }).into_iter().collect_view()}</datalist>
            </label>
        </Show>
        <Show when=move || split.get().is_some()>
            <UrlSelect name="scale" label="Scale" options=texts(&[("", "shared by all"), ("own", "each its own")])/>
        </Show>
    }
}

/// The small charts, most defects first.
#[component]
pub fn Panels(
    /// A split trend.
    trend: Signal<Arc<Trend>>,
) -> impl IntoView {
    let query = UrlQuery::here();
    let is_shared = Memo::new(move |_| query.value("scale").as_deref() != Some("own"));
    let scale = Memo::new(move |_| PanelScale::of(&trend.read()));
    let keys = Memo::new(move |_| {
        let trend = trend.read();
        let keys = trend.panels.iter().map(|panel| panel.key.clone());
        keys.enumerate().collect::<Vec<_>>()
    });
    let left_out = move || {
        let many = trend.read().panels_left_out;
        (many > 0).then(|| {
            let text = format!(
                "{} with fewer defects without a chart.",
                format::plural(many, "value is", "values are")
            );
            view! { <p class="message">{text}</p> }
        })
    };
    view! {
        <section aria-label="Small multiples">
            <div class="panels">
                <For each=move || keys.get() key=|key| key.clone() let((index, key))>
                    <Panel trend index key scale is_shared/>
                </For>
            </div>
            {left_out}
        </section>
    }
}

/// Puts a value of the split into the filter bar.
fn narrow(filter: FilterState, query: UrlQuery, key: &str) {
    let value = untrack(|| query.value("split_attribute")).unwrap_or_default();
    let (dimension, value) = match untrack(|| query.parsed("split")) {
        Some(SplitBy::Type) => (Dimension::DefectType, key.to_owned()),
        Some(SplitBy::Equipment) => (Dimension::Equipment, key.to_owned()),
        Some(SplitBy::Step) => (Dimension::Step, key.to_owned()),
        Some(SplitBy::Product) => (Dimension::Product, key.to_owned()),
        Some(SplitBy::Attribute) => (Dimension::Attribute, format!("{value}={key}")),
        None => return,
    };
    filter.toggle(dimension, &value);
}

#[component]
fn Panel(
    trend: Signal<Arc<Trend>>,
    index: usize,
    key: String,
    scale: Memo<PanelScale>,
    is_shared: Memo<bool>,
) -> impl IntoView {
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let spec = Memo::new(move |_| {
        let trend = trend.read();
        let drawn = trend.panels.get(index).map(|panel| {
            panels::spec(
                panel,
                trend.metric,
                trend.bucket,
                scale.get(),
                is_shared.get(),
            )
        });
        drawn.unwrap_or_default()
    });
    let title = Signal::derive(move || {
        let trend = trend.read();
        let label = trend.panels.get(index).map(|panel| panel.label.clone());
        label
            .filter(|label| !label.is_empty())
            .unwrap_or_else(|| "Not delivered".to_owned())
    });
    let count = Signal::derive(move || {
        let trend = trend.read();
        let count = trend.panels.get(index).map_or(0, |panel| panel.count);
        Some(format::plural(count, "defect", "defects"))
    });
    let only = move || {
        let key = key.clone();
        (!key.is_empty()).then(|| view! {
            <button class="link" type="button" aria-label=move || format!("Only {}", title.get())
                on:click=move |_| narrow(filter, query, &key)>"Only this"</button>
        })
    };
    view! { <ChartCard title spec=spec note=count on_click=open_point() actions=only height_px=150/> }
}
