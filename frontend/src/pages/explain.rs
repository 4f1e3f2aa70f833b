//! A violated point of a control chart and all that speaks about its cause, on one page.

mod evidence;
mod suspects;
mod words;
mod zones;

use std::sync::Arc;

use contract::analytics::{ExplainQuery, Explanation};
use leptos::prelude::*;

use self::evidence::Evidence;
use self::suspects::Suspects;
use self::zones::Zones;
use super::links;
use super::pareto::ChangeTable;
use crate::api::{Api, with_query};
use crate::chart::compare::{self, CompareOrder};
use crate::chart::{figure, save_csv};
use crate::components::facts::Moment;
use crate::components::link::Go;
use crate::components::page::{Card, PageHead};
use crate::components::status::{Notice, loaded};
use crate::components::url_day::moment_of;
use crate::format;
use crate::state::filter::FilterState;
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;
use crate::state::title::use_title;

/// The question that the URL asks: a point of the chart that the filter and the other parameters describe, or of a
/// control chart that is kept.
fn question(query: UrlQuery) -> Option<ExplainQuery> {
    let moment = |name| query.value(name).and_then(|text| moment_of(&text));
    Some(ExplainQuery {
        inspection_id: Some(query.parsed("inspection_id")?),
        control_chart_id: query.parsed("control_chart_id"),
        chart: query.parsed("chart"),
        metric: query.parsed("metric"),
        rules: query.parsed("rules"),
        rule: query.values("rule"),
        width: query.parsed("width"),
        width_value: query.parsed("width_value"),
        baseline_from: moment("baseline_from"),
        baseline_to: moment("baseline_to"),
        ..ExplainQuery::default()
    })
}

/// Why a point is out of control: what the bad inspections around it have in common.
#[component]
pub fn ExplainPage() -> impl IntoView {
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let is_asked = Memo::new(move |_| question(query).is_some());
    let explanation = Remote::new(
        move || {
            let asked = question(query)?.with_filter(&filter.resolved());
            Some(with_query("/analytics/explain", &asked))
        },
        move |path: String| async move { api.get::<Explanation>(&path).await },
    );
    let title = Memo::new(move |_| match explanation.get() {
        Some(found) => format!(
            "Why wafer {} at {} is out of control",
            found.point.wafer_id, found.point.step_id
        ),
        None => "Explain an excursion".to_owned(),
    });
    use_title(move || title.get());
    let print = move |_| {
        // A browser that cannot print leaves the page as it is.
        let _ = window().print();
    };
    view! {
        <PageHead title crumbs=|| view! { <Go to="/trends">"Trends and SPC"</Go> }>
            <button class="button" type="button" on:click=print>"Print"</button>
        </PageHead>
        {move || match is_asked.get() {
            true => loaded(explanation, 14, |found| view! { <Explained found/> }).into_any(),
            false => view! {
                <div class="card"><Notice title="No point to explain" text="Open this page from a violated point of a control chart.">
                    <Go to="/trends" class="button">"Trends and SPC"</Go>
                </Notice></div>
            }.into_any(),
        }}
    }
}

#[component]
fn Explained(found: Signal<Arc<Explanation>>) -> impl IntoView {
    let query = UrlQuery::here();
    // A type that changed, in the time that was looked at.
    let open_type = Callback::new(move |key: String| {
        let to = words::narrowed(&found.read_untracked(), query, &[("defect_type", &key)]);
        query.go(&to);
    });
    let pareto = Signal::derive(move || Arc::new(found.read().pareto.clone()));
    let changes = Memo::new(move |_| found.read().pareto.rows.len());
    let export = move || {
        view! {
            <button class="button button-quiet" type="button"
                on:click=move |_| save_csv(compare::table(&found.read_untracked().pareto, CompareOrder::Evidence))>"Export CSV"</button>
        }
    };
    view! {
        <section class="card headline" aria-label="In short">
            <p class="headline-text">{move || words::headline(&found.read())}</p>
            {move || words::aside(&found.read()).map(|text| view! { <p>{text}</p> })}
            <Point found/>
        </section>
        <Suspects found/>
            <Card title="Defect types: before and now" actions=export>
                <Show when=move || { changes.get() > 0 } fallback=|| view! { <Notice title="No defects in either period"/> }>
                    <p class="chart-note">{move || compare::summary(&found.read().pareto, "defect type", "defect types")}</p>
                    <ChangeTable comparison=pareto order=CompareOrder::Evidence on_choose=open_type/>
                </Show>
            </Card>
        <Zones found/>
        <Evidence found/>
    }
}

/// The point, its limits, and the rules it breaks.
#[component]
fn Point(found: Signal<Arc<Explanation>>) -> impl IntoView {
    let facts = move || {
        let found = found.read();
        let point = found.point.clone();
        let (metric, from, to) = (found.commonality.metric, found.from, found.to);
        let beside = match (point.value, point.ucl) {
            (Some(value), Some(ucl)) => format!(
                "{} {} (upper limit {})",
                figure(value),
                words::unit(metric),
                figure(ucl)
            ),
            (Some(value), None) => {
                format!("{} {}", figure(value), words::unit(metric))
            }
            _ => format::plural(point.count, "defect", "defects"),
        };
        let tool = point
            .equipment_id
            .clone()
            .map(|tool| view! { <Go to=links::equipment(&tool)>{tool}</Go> });
        view! {
            <div class="fact"><dt>"Point"</dt><dd><Go to=links::inspection(point.inspection_id)>{point.wafer_id.clone()}" at "{point.step_id.clone()}</Go>", "<Moment at=point.inspected_at/></dd></div>
            <div class="fact"><dt>"Value"</dt><dd>{beside}</dd></div>
            <div class="fact"><dt>"Inspected by"</dt><dd>{tool}</dd></div>
            <div class="fact"><dt>"Excursion"</dt><dd><Moment at=from/>" to "<Moment at=to/></dd></div>
        }
    };
    let rules = move || {
        let found = found.read();
        found
            .violations
            .iter()
            .map(|violation| view! { <li>{violation.sentence.clone()}</li> })
            .collect_view()
    };
    view! {
        <dl class="facts">{facts}</dl>
        <ul class="rules" aria-label="Broken rules">{rules}</ul>
    }
}
