//! The control chart of what the filter bar says.

use std::sync::Arc;

use contract::analytics::{ChartKind, Dispersion, RuleSet, Spc, SpcQuery};
use leptos::prelude::*;

use super::{Violations, metric_options, open_point};
use crate::api::{Api, with_query};
use crate::chart::{ChartCard, spc};
use crate::components::page::Card;
use crate::components::search::UrlSelect;
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::filter::FilterState;
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;

/// Chart, reasons and violations, by the filter bar and the choices above them.
#[component]
pub fn ControlChart() -> impl IntoView {
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let chart = Remote::new(
        move || {
            let question = SpcQuery {
                chart: query.parsed("chart"),
                metric: query.parsed("metric"),
                rules: query.parsed("rules"),
                baseline_from: query
                    .value("baseline_from")
                    .and_then(|day| format::day_start(&day)),
                baseline_to: query
                    .value("baseline_to")
                    .and_then(|day| format::day_start(&day)),
                ..SpcQuery::default()
            };
            Some(with_query(
                "/analytics/spc",
                &question.with_filter(&filter.resolved()),
            ))
        },
        move |path: String| async move { api.get::<Spc>(&path).await },
    );
    view! {
        <div class="toolbar list-tools" role="group" aria-label="Control chart">
            <UrlSelect name="chart" label="Chart" options=chart_options()/>
            <UrlSelect name="metric" label="Metric" options=metric_options()/>
            <UrlSelect name="rules" label="Rules" options=rule_options()/>
            <Baseline/>
        </div>
        {loaded(chart, 12, move |chart| {
            let is_empty = Memo::new(move |_| chart.read().points.is_empty());
            move || match is_empty.get() {
                true => view! { <div class="card"><Notice title="No points to chart" text=nothing_text(&chart.read())/></div> }.into_any(),
                false => view! { <Charted chart/> }.into_any(),
            }
        })}
    }
}

fn nothing_text(chart: &Spc) -> String {
    match chart.without_area {
        0 => "No inspection matches the filter.".to_owned(),
        many => format!(
            "{} without an inspected area, which this chart needs.",
            format::plural(many, "inspection is", "inspections are")
        ),
    }
}

#[component]
fn Charted(chart: Signal<Arc<Spc>>) -> impl IntoView {
    let spec = Memo::new(move |_| spc::spec(&chart.read(), None));
    let ranges = Memo::new(move |_| spc::moving_range(&chart.read(), None));
    let has_ranges = Memo::new(move |_| ranges.read().is_some());
    let title = Signal::derive(move || chart_name(chart.read().chart).to_owned());
    let reason = Signal::derive(move || Some(chart.read().reason.clone()));
    let open = open_point();
    view! {
        <ChartCard title spec=spec note=reason on_click=open height_px=340/>
        <Show when=move || has_ranges.get()>
            <ChartCard title="Moving range" spec=Signal::derive(move || ranges.get().unwrap_or_default()) on_click=open height_px=200/>
        </Show>
        <div class="grid grid-main-side">
            <Card title=Signal::derive(move || format!("Violations ({})", format::count(chart.read().violations.len() as i64)))>
                <Violations spc=chart/>
            </Card>
            <Card title="Dispersion">
                {move || match &chart.read().dispersion {
                    Some(dispersion) => view! { <Spread dispersion=dispersion.clone()/> }.into_any(),
                    None => view! { <Notice title="Too few points to tell"/> }.into_any(),
                }}
                {move || left_out(&chart.read()).map(|text| view! { <p class="message message-warning">{text}</p> })}
            </Card>
        </div>
    }
}

/// What the chart does not show, in words.
pub fn left_out(chart: &Spc) -> Option<String> {
    let area = (chart.without_area > 0).then(|| {
        format!(
            "{} left out because the inspected area is not known.",
            format::plural(chart.without_area, "point is", "points are")
        )
    });
    let many = (chart.left_out > 0).then(|| {
        format!(
            "The oldest {} are not charted.",
            format::plural(chart.left_out, "point", "points")
        )
    });
    let both: Vec<String> = area.into_iter().chain(many).collect();
    (!both.is_empty()).then(|| both.join(" "))
}

#[component]
fn Spread(dispersion: Dispersion) -> impl IntoView {
    let Dispersion {
        ratio,
        p_over,
        poisson_flagged_percent,
    } = dispersion;
    let p = if p_over < 0.001 {
        "< 0.001".to_owned()
    } else {
        format::fixed(p_over, 3)
    };
    view! {
        <dl class="facts facts-narrow">
            <div class="fact"><dt>"Variance / mean"</dt><dd>{format::significant(ratio)} <span class="quiet">" (Poisson: 1)"</span></dd></div>
            <div class="fact"><dt>"Chance under Poisson"</dt><dd>{p}</dd></div>
            <div class="fact"><dt>"Points Poisson limits would flag"</dt><dd>{format::percent(poisson_flagged_percent)}</dd></div>
        </dl>
        <p class="quiet">"Defects come in clusters: where counts vary more than their mean, Poisson limits are too tight and flag good wafers."</p>
    }
}

/// The days whose points the limits are computed from.
#[component]
fn Baseline() -> impl IntoView {
    let query = UrlQuery::here();
    let day = move |name: &'static str, label: &'static str| {
        view! {
            <label class="choice"><span>{label}</span>
                <input type="date" prop:value=move || query.value(name).unwrap_or_default()
                    on:change:target=move |event| query.set(&[(name, Some(event.target().value()).filter(|day| !day.is_empty()))])/>
            </label>
        }
    };
    view! { {day("baseline_from", "Baseline from")} {day("baseline_to", "until before")} }
}

/// A control chart as people call it.
pub fn chart_name(kind: ChartKind) -> &'static str {
    match kind {
        ChartKind::Auto => "Control chart",
        ChartKind::Imr => "Individuals chart",
        ChartKind::C => "c chart",
        ChartKind::U => "u chart",
        ChartKind::LaneyU => "Laney u′ chart",
    }
}

/// Charts to choose from.
pub fn chart_options() -> Vec<(&'static str, String)> {
    let kinds = ChartKind::ALL.iter().map(|kind| {
        let text = match kind {
            ChartKind::Auto => "Chosen by the data",
            kind => chart_name(*kind),
        };
        (kind.as_str(), text.to_owned())
    });
    kinds.collect()
}

/// Sets of rules to choose from.
pub fn rule_options() -> Vec<(&'static str, String)> {
    RuleSet::ALL
        .iter()
        .map(|rules| {
            (
                rules.as_str(),
                match rules {
                    RuleSet::WesternElectric => "Western Electric".to_owned(),
                    RuleSet::Nelson => "Nelson".to_owned(),
                },
            )
        })
        .collect()
}
