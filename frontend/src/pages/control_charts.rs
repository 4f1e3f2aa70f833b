//! All control charts that engineers own.

use contract::analytics::ChartKind;
use contract::control_chart::{ChartScope, ControlChart, ControlChartQuery};
use contract::filter::Order;
use contract::user::Role;
use leptos::prelude::*;

use super::links;
use super::trends::chart_name;
use crate::api::with_query;
use crate::components::badge::{self, Tone};
use crate::components::facts;
use crate::components::link::Go;
use crate::components::page::PageHead;
use crate::components::search::{Search, UrlSelect};
use crate::components::status::Notice;
use crate::components::table::{Column, DataTable, nothing_found};
use crate::format;
use crate::state::caller::Caller;
use crate::state::list::List;
use crate::state::live::Live;
use crate::state::navigation::UrlQuery;
use crate::state::title::use_title;

/// Lists control charts with the state that each is in.
#[component]
pub fn ControlChartsPage() -> impl IntoView {
    use_title(|| "Control charts".to_owned());
    let list = List::<ControlChart>::new(|query| {
        let question = ControlChartQuery {
            search: query.value("search"),
            active: query.parsed("active"),
            ..ControlChartQuery::default()
        };
        Some(with_query("/control-charts", &question))
    });
    Live::here().on_change(move || list.rows.reload());
    let states = vec![
        ("", "Any".to_owned()),
        ("true", "Active".to_owned()),
        ("false", "Inactive".to_owned()),
    ];
    view! {
        <PageHead title="Control charts">
            {Caller::here().may(Role::Engineer).then(|| view! { <Go to="/control-charts/new" class="button button-primary">"New control chart"</Go> })}
        </PageHead>
        <div class="toolbar list-tools">
            <Search placeholder="Name or description"/>
            <UrlSelect name="active" label="State" options=states/>
        </div>
        <DataTable list columns=columns() key=|chart| chart.control_chart_id.to_string() title="Control charts"
            default_order=("name", Order::Asc) empty=nothing_yet()/>
    }
}

/// What to do where there is no control chart; where the search finds none, that.
fn nothing_yet() -> ViewFn {
    let query = UrlQuery::here();
    let not_found = nothing_found("control charts");
    ViewFn::from(move || {
        let is_narrowed = query.value("search").is_some() || query.value("active").is_some();
        match is_narrowed {
            true => not_found.run(),
            false => view! {
                <Notice title="No control charts yet" text="A control chart watches what you choose, keeps its limits in versions, judges every import and raises an alert when a rule is broken. Look at the data first, then save what you see.">
                    <Go to="/trends" class="button button-primary">"Open trends and SPC"</Go>
                </Notice>
            }
            .into_any(),
        }
    })
}

fn columns() -> Vec<Column<ControlChart>> {
    vec![
        Column::link(
            "Name",
            |chart: &ControlChart| links::control_chart(chart.control_chart_id),
            |chart: &ControlChart| chart.name.clone(),
        ),
        Column::drawn(
            "State",
            |chart| state(chart).1,
            |chart| {
                let (tone, text) = state(chart);
                badge::badge(tone, text)
            },
        ),
        Column::count("Open alerts", |chart: &ControlChart| chart.open_alerts),
        Column::drawn(
            "Last violation",
            |chart: &ControlChart| links::csv_moment(chart.last_violation_at),
            |chart| facts::moment(chart.last_violation_at),
        ),
        Column::text("Watches", |chart: &ControlChart| watches(&chart.scope)).wrapping(),
        Column::text("Chart", |chart: &ControlChart| match chart.chart {
            ChartKind::Auto => "Recommended".to_owned(),
            kind => chart_name(kind).to_owned(),
        }),
        Column::text("Limits", |chart: &ControlChart| limits(chart)),
        Column::text("Made by", |chart: &ControlChart| {
            chart.created_by.clone().unwrap_or_default()
        }),
    ]
}

/// How a control chart stands, in a word.
pub fn state(chart: &ControlChart) -> (Tone, String) {
    if chart.active && chart.evaluation_error.is_some() {
        return (Tone::Warning, "not judged".to_owned());
    }
    match (chart.active, chart.open_alerts) {
        (false, _) => (Tone::Plain, "inactive".to_owned()),
        (true, 0) => (Tone::Good, "no open alert".to_owned()),
        (true, many) => (Tone::Bad, format::plural(many, "open alert", "open alerts")),
    }
}

/// What it watches, in words.
pub fn watches(scope: &ChartScope) -> String {
    let types = scope.defect_type.len() as i64;
    let mut parts = vec![
        scope.step.join(", "),
        scope.product.join(", "),
        scope.equipment.join(", "),
    ];
    if types > 0 {
        parts.push(format::plural(types, "defect type", "defect types"));
    }
    if scope.killers {
        parts.push("killers only".to_owned());
    }
    if scope.adders {
        parts.push("adders only".to_owned());
    }
    parts.push(scope.attribute.join(", "));
    let said: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    match said.is_empty() {
        true => "every inspection".to_owned(),
        false => said.join(" · "),
    }
}

fn limits(chart: &ControlChart) -> String {
    let frozen = chart.limits.stages.last().is_some_and(|stage| stage.frozen);
    let how = if frozen { "frozen" } else { "computed" };
    format!("version {}, {how}", chart.limits.version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_said_in_words() {
        assert_eq!(watches(&ChartScope::default()), "every inspection");
        let scope = ChartScope {
            step: vec!["M1-CMP".to_owned(), "M1-DEP".to_owned()],
            defect_type: vec![3],
            killers: true,
            adders: false,
            ..ChartScope::default()
        };
        assert_eq!(
            watches(&scope),
            "M1-CMP, M1-DEP · 1 defect type · killers only"
        );
    }
}
