//! Trends and control charts.

mod charted;
mod control_chart;
mod panels;
mod trend;
mod trend_words;
mod violations;

use contract::analytics::{Bucket, Metric};
use leptos::prelude::*;

use super::backtest::BacktestLink;
use super::links;
use crate::chart::ClickedDatum;
use crate::components::page::PageHead;
use crate::state::navigation::UrlQuery;
use crate::state::title::use_title;

pub use charted::{Charted, width_text};
pub use control_chart::{chart_name, chart_options, left_out, rule_options, width_options};
pub use violations::{Violations, side};

/// Control chart with its reasons and violations, and the plain trend under it.
#[component]
pub fn TrendsPage() -> impl IntoView {
    use_title(|| "Trends and SPC".to_owned());
    view! {
        <PageHead title="Trends and SPC"><BacktestLink/></PageHead>
        <control_chart::ControlChart/>
        <trend::TrendChart/>
    }
}

/// Opens the inspection that a point of a chart is.
fn open_point() -> Callback<ClickedDatum> {
    let query = UrlQuery::here();
    Callback::new(move |clicked: ClickedDatum| {
        if let Some(id) = clicked.inspection_id {
            query.go(&links::inspection(id));
        }
    })
}

/// What can be charted.
pub fn metric_options() -> Vec<(&'static str, String)> {
    vec![
        (Metric::Count.as_str(), "Defects".to_owned()),
        (Metric::Density.as_str(), "Defects/cm²".to_owned()),
    ]
}

/// What a point can be.
pub fn bucket_options() -> Vec<(&'static str, String)> {
    Bucket::ALL
        .iter()
        .map(|bucket| {
            (
                bucket.as_str(),
                match bucket {
                    Bucket::Inspection => "an inspection".to_owned(),
                    Bucket::Wafer => "a wafer (mean)".to_owned(),
                    Bucket::Lot => "a lot (mean)".to_owned(),
                    Bucket::Shift => "a shift of 12 h (UTC)".to_owned(),
                    Bucket::Day => "a day (UTC)".to_owned(),
                    Bucket::Week => "a week (UTC)".to_owned(),
                },
            )
        })
        .collect()
}
