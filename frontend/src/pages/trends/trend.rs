//! The plain trend of what the filter bar says, smoothed, with its line and its level changes.

use std::sync::Arc;

use contract::analytics::{SplitBy, Trend, TrendQuery};
use leptos::prelude::*;

use super::open_point;
use super::panels::{Panels, SplitChoice};
use super::trend_words;
use crate::api::{Api, with_query};
use crate::chart::ChartCard;
use crate::chart::trend::{self, Smoothing};
use crate::components::search::UrlSelect;
use crate::components::status::{Notice, loaded};
use crate::state::filter::FilterState;
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;

/// What the URL says of smoothing.
fn smoothing(query: UrlQuery) -> Smoothing {
    match query.value("smooth").as_deref() {
        Some("ewma") => Smoothing::Ewma,
        Some("none") => Smoothing::None,
        _ => Smoothing::Mean,
    }
}

/// Defects along time, by the filter bar, and small multiples where they are asked for.
#[component]
pub fn TrendChart() -> impl IntoView {
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let points = Remote::new(
        move || {
            let split = query.parsed("split");
            let attribute = query
                .value("split_attribute")
                .filter(|name| !name.is_empty());
            let question = TrendQuery {
                metric: query.parsed("metric"),
                bucket: query.parsed("bucket"),
                window: query.parsed("window_points"),
                lambda: query.parsed("lambda"),
                // An attribute that is not named yet splits nothing.
                split: split.filter(|split| *split != SplitBy::Attribute || attribute.is_some()),
                split_attribute: attribute.filter(|_| split == Some(SplitBy::Attribute)),
                ..TrendQuery::default()
            };
            Some(with_query(
                "/analytics/trends",
                &question.with_filter(&filter.resolved()),
            ))
        },
        move |path: String| async move { api.get::<Trend>(&path).await },
    );
    let smooth = Memo::new(move |_| smoothing(query));
    view! {
        <div class="toolbar list-tools" role="group" aria-label="Trend">
            <UrlSelect name="smooth" label="Smoothed by" options=texts(&[("", "Moving average"), ("ewma", "Weighted average (EWMA)"), ("none", "Nothing")])/>
            <Show when=move || smooth.get() == Smoothing::Mean>
                <UrlSelect name="window_points" label="over" options=["7", "3", "5", "14", "30"].map(|points| (points, format!("{points} points"))).to_vec()/>
            </Show>
            <Show when=move || smooth.get() == Smoothing::Ewma>
                <UrlSelect name="lambda" label="weight of the newest" options=texts(&[("0.2", "0.2"), ("0.05", "0.05"), ("0.1", "0.1"), ("0.4", "0.4")])/>
            </Show>
            <UrlSelect name="shape" label="Drawn" options=texts(&[("", "with line and levels"), ("plain", "plain")])/>
            <SplitChoice/>
        </div>
        {loaded(points, 8, move |points| {
            let is_empty = Memo::new(move |_| points.read().points.is_empty());
            move || match is_empty.get() {
                true => view! { <div class="card"><Notice title="No points to chart" text="No inspection matches the filter."/></div> }.into_any(),
                false => view! { <Drawn points smooth/> }.into_any(),
            }
        })}
    }
}

#[component]
fn Drawn(points: Signal<Arc<Trend>>, smooth: Memo<Smoothing>) -> impl IntoView {
    let query = UrlQuery::here();
    let with_shape = Memo::new(move |_| query.value("shape").is_none());
    let spec = Memo::new(move |_| trend::spec(&points.read(), smooth.get(), with_shape.get()));
    let note = Signal::derive(move || Some(trend_words::summary(&points.read())));
    let has_panels = Memo::new(move |_| !points.read().panels.is_empty());
    view! {
        <ChartCard title="Trend" spec=spec note=note on_click=open_point()/>
        <Show when=move || has_panels.get()><Panels trend=points/></Show>
    }
}

/// Options of a choice.
pub(super) fn texts(options: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
    let texts = options.iter();
    texts
        .map(|(key, text)| (*key, (*text).to_owned()))
        .collect()
}
