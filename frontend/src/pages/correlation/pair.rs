//! Two types: scatter, both series under one x axis, and which one runs ahead.

use std::sync::Arc;

use contract::analytics::{
    Coefficient, CorrelationDetail, CorrelationPairQuery, CorrelationResult,
};
use leptos::prelude::*;

use super::{bucket, coefficient};
use crate::api::{Api, with_query};
use crate::chart::{ChartCard, ChartSpec, ClickedDatum, relation};
use crate::components::page::Card;
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::pages::links;
use crate::state::filter::{Dimension, FilterState, without};
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;

/// Two types in full.
#[component]
pub fn PairView(
    /// The first type.
    first: i32,
    /// The second type.
    second: i32,
) -> impl IntoView {
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let detail = Remote::new(
        move || {
            let question = CorrelationPairQuery {
                first: Some(first),
                second: Some(second),
                bucket: Some(bucket(query)),
                ..CorrelationPairQuery::default()
            };
            let filter = without(filter.resolved(), Dimension::DefectType);
            Some(with_query(
                "/analytics/correlation/pair",
                &question.with_filter(&filter),
            ))
        },
        move |path: String| async move { api.get::<CorrelationDetail>(&path).await },
    );
    loaded(detail, 12, move |detail| {
        let is_empty = Memo::new(move |_| detail.read().points.is_empty());
        move || {
            match is_empty.get() {
            true => view! { <div class="card"><Notice title="No points to compare" text="No inspection matches the filter."/></div> }.into_any(),
            false => view! { <Detail detail/> }.into_any(),
        }
        }
    })
}

/// A coefficient with its evidence, in words.
fn words(name: &str, result: &CorrelationResult) -> String {
    let Some(r) = result.r else {
        return format!("{name}: one of the types does not vary.");
    };
    let interval = result.interval95.map_or_else(String::new, |[low, high]| {
        format!(
            " (95 %: {} to {})",
            format::fixed(low, 2),
            format::fixed(high, 2)
        )
    });
    let p = result
        .p
        .map_or_else(String::new, |p| format!(", {}", format::p_value(p)));
    let points = format::plural(i64::from(result.n), "point", "points");
    format!(
        "{name} {}{interval}{p}, over {points}.",
        format::fixed(r, 2)
    )
}

#[component]
fn Detail(detail: Signal<Arc<CorrelationDetail>>) -> impl IntoView {
    let query = UrlQuery::here();
    let title = move || {
        format!(
            "{} and {}",
            detail.read().first.name,
            detail.read().second.name
        )
    };
    let note = move || {
        let detail = detail.read();
        let (pearson, spearman) = (
            words("Pearson's r", &detail.pearson),
            words("Spearman's rho", &detail.spearman),
        );
        match coefficient(query) {
            Coefficient::Pearson => format!("{pearson} {spearman}"),
            Coefficient::Spearman => format!("{spearman} {pearson}"),
        }
    };
    let scatter = Memo::new(move |_| relation::scatter(&detail.read()));
    let open = Callback::new(move |clicked: ClickedDatum| {
        let point = scatter.with_untracked(|_| clicked.inspection_id);
        if let Some(id) = point {
            query.go(&links::inspection(id));
        }
    });
    let series = Memo::new(move |_| relation::series(&detail.read()));
    let of =
        move |index: usize| Signal::derive(move || series.with(|series| series[index].clone()));
    let lags = Memo::new(move |_| relation::lags(&detail.read()));
    view! {
        <div class="grid grid-halves">
            <ChartCard title=Signal::derive(title) spec=scatter note=Signal::derive(move || Some(note())) on_click=open height_px=380/>
            {move || match lags.read().is_some() {
                true => view! { <Lags detail lags/> }.into_any(),
                false => view! { <Card title="Which one runs ahead"><Notice title="Too few points to tell"/></Card> }.into_any(),
            }}
        </div>
        <ChartCard title=Signal::derive(move || detail.read().first.name.clone()) spec=of(0) on_click=open height_px=220/>
        <ChartCard title=Signal::derive(move || detail.read().second.name.clone()) spec=of(1) on_click=open height_px=220/>
    }
}

#[component]
fn Lags(detail: Signal<Arc<CorrelationDetail>>, lags: Memo<Option<ChartSpec>>) -> impl IntoView {
    let note = Signal::derive(move || Some(relation::lag_summary(&detail.read())));
    let spec = Signal::derive(move || lags.get().unwrap_or_default());
    view! { <ChartCard title="Which one runs ahead" spec note height_px=380/> }
}
