//! The plain trend of what the filter bar says.

use contract::analytics::{Trend, TrendQuery};
use leptos::prelude::*;

use super::{bucket_options, open_point};
use crate::api::{Api, with_query};
use crate::chart::{ChartCard, trend};
use crate::components::search::UrlSelect;
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::filter::FilterState;
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;

/// Defects along time, by the filter bar.
#[component]
pub fn TrendChart() -> impl IntoView {
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let points = Remote::new(
        move || {
            let question = TrendQuery {
                metric: query.parsed("metric"),
                bucket: query.parsed("bucket"),
                window: query.parsed("window_points"),
                ..TrendQuery::default()
            };
            Some(with_query(
                "/analytics/trends",
                &question.with_filter(&filter.resolved()),
            ))
        },
        move |path: String| async move { api.get::<Trend>(&path).await },
    );
    let open = open_point();
    view! {
        <div class="toolbar list-tools" role="group" aria-label="Trend">
            <UrlSelect name="bucket" label="A point is" options=bucket_options()/>
            <UrlSelect name="window_points" label="Moving average" options=average_options()/>
        </div>
        {loaded(points, 8, move |points| {
            let spec = Memo::new(move |_| trend::spec(&points.read(), None));
            let note = Signal::derive(move || {
                let left_out = points.read().left_out;
                (left_out > 0).then(|| format!("The oldest {} are not charted.", format::plural(left_out, "point", "points")))
            });
            view! {
                <Show when=move || !points.read().points.is_empty() fallback=|| view! { <div class="card"><Notice title="No points to chart"/></div> }>
                    <ChartCard title="Trend" spec=spec note=note on_click=open/>
                </Show>
            }
        })}
    }
}

fn average_options() -> Vec<(&'static str, String)> {
    ["7", "3", "5", "14", "30"]
        .map(|points| (points, format!("{points} points")))
        .to_vec()
}
