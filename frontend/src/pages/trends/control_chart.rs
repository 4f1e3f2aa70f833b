//! The control chart of what the filter bar says.

use std::sync::Arc;

use contract::analytics::{ChartKind, LimitWidth, MemoryKind, RuleSet, Spc, SpcQuery};
use contract::user::Role;
use leptos::prelude::*;
use uuid::Uuid;

use super::charted::Charted;
use super::{bucket_options, metric_options, open_point};
use crate::api::{Api, with_query};
use crate::chart::rules::RULES;
use crate::components::icon::{Drawn, Icon};
use crate::components::link::Go;
use crate::components::search::UrlSelect;
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::caller::Caller;
use crate::state::filter::{FilterState, TimeWindow};
use crate::state::navigation::{Pairs, UrlQuery, path_with};
use crate::state::remote::Remote;

/// The names under which the URL holds what is charted how, apart from the filter.
const SETTINGS: [&str; 9] = [
    "chart",
    "metric",
    "bucket",
    "rules",
    "rule",
    "width",
    "width_value",
    "baseline_from",
    "baseline_to",
];

/// What the URL asks for.
fn question(query: UrlQuery) -> SpcQuery {
    let day = |name| query.value(name).and_then(|day| format::day_start(&day));
    SpcQuery {
        chart: query.parsed("chart"),
        metric: query.parsed("metric"),
        rules: query.parsed("rules"),
        rule: query.values("rule"),
        bucket: query.parsed("bucket"),
        width: query.parsed("width"),
        width_value: query.parsed("width_value"),
        memory: query.parsed("memory"),
        baseline_from: day("baseline_from"),
        baseline_to: day("baseline_to"),
        ..SpcQuery::default()
    }
}

/// Chart, reasons and violations, by the filter bar and the choices above them.
#[component]
pub fn ControlChart() -> impl IntoView {
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let chart = Remote::new(
        move || {
            Some(with_query(
                "/analytics/spc",
                &question(query).with_filter(&filter.resolved()),
            ))
        },
        move |path: String| async move { api.get::<Spc>(&path).await },
    );
    view! {
        <div class="toolbar list-tools" role="group" aria-label="Control chart">
            <UrlSelect name="chart" label="Chart" options=chart_options()/>
            <UrlSelect name="metric" label="Metric" options=metric_options()/>
            <UrlSelect name="bucket" label="A point is" options=bucket_options()/>
            <UrlSelect name="rules" label="Rules" options=rule_options()/>
            <SingleRules/>
            <UrlSelect name="width" label="Limits" options=page_width_options()/>
            <UrlSelect name="memory" label="Small shifts" options=memory_options()/>
            <Baseline/>
            <SaveAs chart/>
        </div>
        {loaded(chart, 12, move |chart| {
            let is_empty = Memo::new(move |_| chart.read().points.is_empty());
            move || match is_empty.get() {
                true => view! { <div class="card"><Notice title="No points to chart" text=nothing_text(&chart.read())/></div> }.into_any(),
                false => view! { <Drawing chart/> }.into_any(),
            }
        })}
    }
}

/// The chart; a drag across it narrows the filter bar's window.
#[component]
fn Drawing(chart: Signal<Arc<Spc>>) -> impl IntoView {
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let brush = Callback::new(move |(first, last): (usize, usize)| {
        let ends = chart.with_untracked(|chart| {
            let at = |index: usize| chart.points.get(index).map(|point| point.point.at);
            at(first).zip(at(last))
        });
        if let Some((from, to)) = ends {
            // The end is exclusive, and the URL keeps whole seconds.
            let to = to + chrono::Duration::seconds(1);
            filter.update(|filter| filter.window = TimeWindow::Between(Some(from), Some(to)));
        }
    });
    let explain = Callback::new(move |inspection_id: Uuid| {
        let mut pairs = settings(query);
        pairs.retain(|(name, _)| name != "bucket");
        pairs.push(("inspection_id".to_owned(), inspection_id.to_string()));
        path_with("/explain", &pairs)
    });
    let is_period = move || matches!(filter.chosen().window, TimeWindow::Between(..));
    view! {
        <Show when=is_period>
            <p class="message spc-period">"Only a period is shown; limits without a baseline of their own are computed from its points. "
                <button class="link" type="button" on:click=move |_| filter.update(|filter| filter.window = TimeWindow::All)>"Show all time"</button>
            </p>
        </Show>
        <Charted chart on_click=open_point() on_brush=brush explain/>
    }
}

/// The settings of the chart as the URL has them.
fn settings(query: UrlQuery) -> Pairs {
    let mut pairs = untrack(|| query.pairs());
    pairs.retain(|(name, _)| SETTINGS.contains(&name.as_str()));
    pairs
}

/// Leads to the editor of control charts, filled in from this page.
#[component]
fn SaveAs(chart: Remote<Spc>) -> impl IntoView {
    let query = UrlQuery::here();
    let to = Signal::derive(move || {
        let mut pairs = query.pairs();
        pairs.retain(|(name, _)| SETTINGS.contains(&name.as_str()));
        // An owned chart says how wide its limits are: as wide as those drawn here.
        if let (None, Some(drawn)) = (query.value("width"), chart.get()) {
            pairs.push(("width".to_owned(), drawn.width.to_string()));
        }
        path_with("/control-charts/new", &pairs)
    });
    Caller::here().may(Role::Engineer).then(
        || view! { <span class="toolbar-end"><Go to class="button">"Save as control chart"</Go></span> },
    )
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

/// Single rules, to judge by instead of a set.
#[component]
fn SingleRules() -> impl IntoView {
    let query = UrlQuery::here();
    let ticked = Memo::new(move |_| query.values("rule"));
    let toggle = move |id: &'static str| {
        let mut pairs = untrack(|| query.pairs());
        match pairs
            .iter()
            .position(|(name, value)| name == "rule" && value == id)
        {
            Some(place) => drop(pairs.remove(place)),
            None => pairs.push(("rule".to_owned(), id.to_owned())),
        }
        query.set_pairs(&pairs, false);
    };
    let label = move || match ticked.read().len() {
        0 => "Single rules".to_owned(),
        many => format!("Single rules ({many})"),
    };
    let choice = move |rule: crate::chart::rules::Rule| {
        let is_ticked = move || ticked.read().iter().any(|id| id == rule.id);
        view! {
            <label class="select-choice">
                <input type="checkbox" prop:checked=is_ticked on:change=move |_| toggle(rule.id)/>
                <span class="select-text"><strong>{rule.short}</strong>": "{rule.name}<br/><span class="quiet">"Finds "{rule.finds}"."</span></span>
            </label>
        }
    };
    view! {
        <details class="menu select" name="shell-menu">
            <summary class="button" class:is-active=move || !ticked.read().is_empty()>{label}<Drawn icon=Icon::Down/></summary>
            <fieldset class="menu-panel select-panel rules-panel">
                <legend class="quiet">"Those that are ticked are judged instead of the set."</legend>
                <div class="select-list">{RULES.map(choice).into_iter().collect_view()}</div>
            </fieldset>
        </details>
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

/// Widths of the limits to choose from on the page, where the data may choose.
fn page_width_options() -> Vec<(&'static str, String)> {
    let mut options = vec![("", "Chosen by the data".to_owned())];
    options.extend(width_options());
    options
}

/// Widths of the limits to choose from.
pub fn width_options() -> Vec<(&'static str, String)> {
    vec![
        (LimitWidth::Sigma.as_str(), "3 sigma".to_owned()),
        (
            LimitWidth::Probability.as_str(),
            "By probability (0.135 %)".to_owned(),
        ),
    ]
}

fn memory_options() -> Vec<(&'static str, String)> {
    vec![
        ("", "Not charted".to_owned()),
        (MemoryKind::Ewma.as_str(), "EWMA".to_owned()),
        (MemoryKind::Cusum.as_str(), "CUSUM".to_owned()),
    ]
}
