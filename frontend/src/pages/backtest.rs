//! Limits tried on history before they are put to work: how often they would have cried wolf, and how soon they would
//! have found what is known to have happened.

mod events;

use std::sync::Arc;

use contract::analytics::{Backtest, BacktestQuery, Detection};
use leptos::prelude::*;

use self::events::{Events, known_events};
use super::links;
use super::trends::{bucket_options, chart_options, metric_options, rule_options};
use crate::api::{Api, with_query};
use crate::chart::{ChartCard, ClickedDatum, backtest};
use crate::components::badge::{self, Tone};
use crate::components::facts::Moment;
use crate::components::link::Go;
use crate::components::page::{Card, PageHead};
use crate::components::search::UrlSelect;
use crate::components::status::{Notice, loaded};
use crate::components::url_day::{UrlDay, moment_of};
use crate::format;
use crate::state::filter::FilterState;
use crate::state::navigation::{UrlQuery, path_with};
use crate::state::remote::Remote;
use crate::state::title::use_title;

/// The names under which the page of control charts and this one keep what limits are made of.
const LIMITS: [&str; 9] = [
    "chart",
    "metric",
    "rules",
    "rule",
    "bucket",
    "width",
    "width_value",
    "baseline_from",
    "baseline_to",
];

/// Leads here with the limits of the current page.
#[component]
pub fn BacktestLink() -> impl IntoView {
    let query = UrlQuery::here();
    let to = Signal::derive(move || {
        let mut pairs = query.pairs();
        pairs.retain(|(name, _)| LIMITS.contains(&name.as_str()));
        path_with("/backtest", &pairs)
    });
    view! { <Go to class="button">"Try these limits on history"</Go> }
}

/// Limits from a baseline, tried on all points under the filter, beside known events.
#[component]
pub fn BacktestPage() -> impl IntoView {
    use_title(|| "Try limits on history".to_owned());
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let outcome = Remote::new(
        move || {
            let moment = |name| query.value(name).and_then(|text| moment_of(&text));
            let question = BacktestQuery {
                chart: query.parsed("chart"),
                metric: query.parsed("metric"),
                rules: query.parsed("rules"),
                rule: query.values("rule"),
                bucket: query.parsed("bucket"),
                width: query.parsed("width"),
                width_value: query.parsed("width_value"),
                baseline_from: moment("baseline_from"),
                baseline_to: moment("baseline_to"),
                event: query.values("event"),
                settle_points: query.parsed("settle_points"),
                ..BacktestQuery::default()
            };
            Some(with_query(
                "/analytics/backtest",
                &question.with_filter(&filter.resolved()),
            ))
        },
        move |path: String| async move { api.get::<Backtest>(&path).await },
    );
    let settle = ["8", "0", "4", "16", "32"].map(|points| (points, format!("{points} points")));
    view! {
        <PageHead title="Try limits on history" crumbs=|| view! { <Go to="/trends">"Trends and SPC"</Go> }/>
        <div class="toolbar list-tools" role="group" aria-label="Limits">
            <UrlSelect name="chart" label="Chart" options=chart_options()/>
            <UrlSelect name="metric" label="Metric" options=metric_options()/>
            <UrlSelect name="rules" label="Rules" options=rule_options()/>
            <UrlSelect name="bucket" label="A point is" options=bucket_options()/>
            <UrlDay name="baseline_from" label="Baseline from"/>
            <UrlDay name="baseline_to" label="until before"/>
            <UrlSelect name="settle_points" label="After an event, ignore" options=settle.to_vec()/>
        </div>
        <Events/>
        {loaded(outcome, 12, move |outcome| {
            let is_empty = Memo::new(move |_| outcome.read().chart.points.is_empty());
            move || match is_empty.get() {
                true => view! { <div class="card"><Notice title="No points to judge" text="No inspection matches the filter."/></div> }.into_any(),
                false => view! { <Outcome outcome/> }.into_any(),
            }
        })}
    }
}

#[component]
fn Outcome(outcome: Signal<Arc<Backtest>>) -> impl IntoView {
    let query = UrlQuery::here();
    let spec = Memo::new(move |_| backtest::spec(&outcome.read(), &known_events(query)));
    let open = Callback::new(move |clicked: ClickedDatum| {
        if let Some(id) = clicked.inspection_id {
            query.go(&links::inspection(id));
        }
    });
    let by_rule = move || {
        let outcome = outcome.read();
        let rules = outcome.false_alarms_by_rule.iter();
        let rules: Vec<String> = rules
            .map(|(rule, alarms)| format!("{rule} {alarms}"))
            .collect();
        (!rules.is_empty())
            .then(|| view! { <p class="quiet">{format!("By rule: {}.", rules.join(", "))}</p> })
    };
    let limits = move || {
        let limits = &outcome.read().limits;
        format!(
            "Limits from {}, centre {}.",
            format::plural(i64::from(limits.points), "point", "points"),
            format::significant(limits.centre)
        )
    };
    view! {
        <div class="grid grid-halves">
            <Card title="False alarms">
                <p class="outcome">{move || backtest::false_alarms(&outcome.read())}</p>
                {by_rule}
                <p class="quiet">{move || backtest::usual_chart(&outcome.read())}</p>
            </Card>
            <Card title="Known events"><Detections outcome/></Card>
        </div>
        <ChartCard title="These limits on history" spec=spec note=Signal::derive(move || Some(limits())) on_click=open height_px=340/>
    }
}

#[component]
fn Detections(outcome: Signal<Arc<Backtest>>) -> impl IntoView {
    let is_empty = Memo::new(move |_| outcome.read().events.is_empty());
    let row = |event: &Detection| {
        let verdict = match (event.points, event.found_at) {
            (0, _) => badge::badge(Tone::Plain, "no point".to_owned()),
            (_, Some(_)) => badge::badge(Tone::Good, "found".to_owned()),
            (_, None) => badge::badge(Tone::Bad, "missed".to_owned()),
        };
        let at = event.found_at_time.map(|at| view! { " "<Moment at/> });
        let rules = (!event.rules.is_empty()).then(|| format!(" by {}", event.rules.join(", ")));
        view! {
            <tr>
                <td>{event.name.clone()}</td><td>{verdict}</td>
                <td class="wrap">{backtest::detection(event)}{at}{rules}</td>
            </tr>
        }
    };
    view! {
        <Show when=move || !is_empty.get() fallback=|| view! { <Notice title="No events named" text="Add what is known to have happened: the chart is then judged by how soon it would have found it."/> }>
            <div class="table-scroll" role="region" aria-label="Detection of the events" tabindex="0">
                <table class="table">
                    <thead><tr><th scope="col">"Event"</th><th scope="col">"Verdict"</th><th scope="col">"When and by which rules"</th></tr></thead>
                    <tbody>{move || outcome.read().events.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </Show>
    }
}
