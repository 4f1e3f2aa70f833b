//! Making and changing control charts.

use std::sync::Arc;

use contract::analytics::{Bucket, ChartKind, LimitWidth, Metric};
use contract::control_chart::{ChartScope, ControlChart, ControlChartCreate, ControlChartUpdate};
use contract::user::Role;
use leptos::prelude::*;

use super::links;
use super::trends::{bucket_options, chart_options, metric_options};
use crate::api::Api;
use crate::chart::rules::RULES;
use crate::components::filter_bar::ScopeChoice;
use crate::components::form::{
    AreaField, CheckField, Form, Saving, SelectField, TextField, Values,
};
use crate::components::link::Go;
use crate::components::page::PageHead;
use crate::components::status::Notice;
use crate::format;
use crate::state::caller::Caller;
use crate::state::filter::{Dimension, FilterState};
use crate::state::navigation::UrlQuery;
use crate::state::title::use_title;

/// The editor of a control chart that is to be made, filled in from the URL: filter and settings of the page of trends.
#[component]
pub fn NewControlChartPage() -> impl IntoView {
    use_title(|| "New control chart".to_owned());
    view! {
        <PageHead title="New control chart" crumbs=|| view! { <Go to="/control-charts">"Control charts"</Go> }/>
        {match Caller::here().may(Role::Engineer) {
            true => view! { <div class="card"><Editor/></div> }.into_any(),
            false => view! { <Notice title="Your role does not allow this" text="Control charts are made by engineers."/> }.into_any(),
        }}
    }
}

#[component]
fn Editor() -> impl IntoView {
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let saving = Saving::new();
    let send = Callback::new(move |values: Values| {
        let chart = read(&values, untrack(|| scope(filter, &values)));
        saving.run(
            async move { api.post::<_, ControlChart>("/control-charts", &chart).await },
            move |made| query.leave_to(&links::control_chart(made.control_chart_id)),
        );
    });
    let given = move |name: &str, default: &str| {
        untrack(|| query.value(name)).unwrap_or_else(|| default.to_owned())
    };
    let window = untrack(|| filter.resolved());
    let day = move |name: &str, at: Option<chrono::DateTime<chrono::Utc>>| {
        untrack(|| query.value(name)).or_else(|| at.map(format::day))
    };
    let [from, to] = [
        day("baseline_from", window.from),
        day("baseline_to", window.to),
    ];
    view! {
        <Form on_send=send saving send="Make the control chart">
            <TextField name="name" label="Name" longest=128 required=true hint="As alerts will call it, for example: Killers after M1 CMP"/>
            <AreaField name="description" label="What it is for, and what to do when it alerts"/>
            <fieldset class="fields">
                <legend>"What it watches"</legend>
                <ScopeChoice/>
                <CheckField name="killers" label="Defects of killer types only" ticked=window.killers == Some(true)/>
                <CheckField name="adders" label="Adders only: what earlier inspections of the wafer did not see" ticked=window.adders == Some(true)/>
                <TextField name="attribute" label="Attributes of the inspection" longest=1000 value=Some(window.attribute.join(", ")).filter(|text| !text.is_empty())
                    hint="name=value, several with commas between; for example: chamber=PVD-01 B"/>
            </fieldset>
            <fieldset class="fields">
                <legend>"What is charted"</legend>
                <div class="form-row">
                    <SelectField name="metric" label="Metric" options=owned(metric_options()) value=given("metric", Metric::Count.as_str())/>
                    <SelectField name="bucket" label="A point is" options=owned(bucket_options()) value=given("bucket", Bucket::Inspection.as_str())/>
                    <SelectField name="chart" label="Chart" options=owned(chart_options()) value=given("chart", ChartKind::Auto.as_str())/>
                </div>
                <div class="form-row">
                    <SelectField name="width" label="Limits" options=width_fields() value=given("width", LimitWidth::Sigma.as_str())/>
                    <TextField name="width_value" label="How wide" kind="number" value=untrack(|| query.value("width_value"))
                        hint="Sigma: 1 to 6, usually 3. Probability: beyond each limit, usually 0.00135"/>
                </div>
            </fieldset>
            <RuleFields ticked=rules_at_first(query)/>
            <fieldset class="fields">
                <legend>"Baseline"</legend>
                <p class="quiet">"The points that the limits are computed from. Choose a time in which the process ran as it should."</p>
                <div class="form-row">
                    <TextField name="baseline_from" label="From" kind="date" value=from/>
                    <TextField name="baseline_to" label="Until before" kind="date" value=to hint="Empty: up to the latest point"/>
                </div>
                <CheckField name="freeze" label="Freeze these limits at once: they stay as they are when points come or go"/>
            </fieldset>
        </Form>
    }
}

fn read(values: &Values, scope: ChartScope) -> ControlChartCreate {
    let width = values.parsed("width").unwrap_or(LimitWidth::Sigma);
    let usual = match width {
        LimitWidth::Sigma => 3.0,
        LimitWidth::Probability => 0.00135,
    };
    let day = |name| values.given(name).and_then(|day| format::day_start(&day));
    ControlChartCreate {
        name: values.text("name"),
        description: values.text("description"),
        scope,
        metric: values.parsed("metric").unwrap_or(Metric::Count),
        bucket: values.parsed("bucket").unwrap_or(Bucket::Inspection),
        chart: values.parsed("chart").unwrap_or(ChartKind::Auto),
        rules: rules_ticked(values),
        width,
        width_value: values.parsed("width_value").unwrap_or(usual),
        baseline_from: day("baseline_from"),
        baseline_to: day("baseline_to"),
        freeze: values.ticked("freeze"),
    }
}

fn scope(filter: FilterState, values: &Values) -> ChartScope {
    let chosen = filter.chosen();
    let attribute = values.text("attribute");
    let attributes = attribute
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty());
    ChartScope {
        step: chosen.values(Dimension::Step),
        product: chosen.values(Dimension::Product),
        equipment: chosen.values(Dimension::Equipment),
        defect_type: chosen.defect_types(),
        killers: values.ticked("killers"),
        adders: values.ticked("adders"),
        attribute: attributes.map(str::to_owned).collect(),
    }
}

/// The rules of the page that led here: single ones, else those of its set.
fn rules_at_first(query: UrlQuery) -> Vec<String> {
    let single = untrack(|| query.values("rule"));
    if !single.is_empty() {
        return single;
    }
    let prefix = match untrack(|| query.value("rules")).as_deref() {
        Some("nelson") => "n",
        _ => "we",
    };
    let of_set = RULES.iter().filter(|rule| rule.id.starts_with(prefix));
    of_set.map(|rule| rule.id.to_owned()).collect()
}

fn rules_ticked(values: &Values) -> Vec<String> {
    let ticked = RULES.iter().filter(|rule| values.ticked(rule.id));
    ticked.map(|rule| rule.id.to_owned()).collect()
}

/// All rules to tick, with what each finds.
#[component]
fn RuleFields(ticked: Vec<String>) -> impl IntoView {
    let field = |rule: &crate::chart::rules::Rule| {
        let is_ticked = ticked.iter().any(|id| id == rule.id);
        view! {
            <label class="check rule-field"><input type="checkbox" name=rule.id value="on" checked=is_ticked/>
                <span><strong>{rule.short}</strong>": "{rule.name}<br/><span class="quiet">"Finds "{rule.finds}"."</span></span></label>
        }
    };
    view! { <fieldset class="fields rule-fields"><legend>"Rules"</legend>{RULES.iter().map(field).collect_view()}</fieldset> }
}

fn owned(options: Vec<(&'static str, String)>) -> Vec<(String, String)> {
    let pairs = options.into_iter();
    pairs.map(|(key, text)| (key.to_owned(), text)).collect()
}

fn width_fields() -> Vec<(String, String)> {
    vec![
        ("sigma".to_owned(), "A multiple of sigma".to_owned()),
        ("probability".to_owned(), "By probability".to_owned()),
    ]
}

/// The form in which a control chart's definition is changed; its limits have their own.
#[component]
pub fn EditForm(
    /// As it is.
    chart: Arc<ControlChart>,
    /// Called with what it has become.
    on_done: Callback<ControlChart>,
) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let before = chart.clone();
    let send = Callback::new(move |values: Values| {
        let rules = rules_ticked(&values);
        let update = ControlChartUpdate {
            version: before.version,
            name: values.changed("name", Some(&before.name)),
            description: values.changed("description", Some(&before.description)),
            rules: Some(rules).filter(|rules| *rules != before.rules),
            active: None,
        };
        let path = links::control_chart(before.control_chart_id);
        saving.run(
            async move { api.patch::<_, ControlChart>(&path, &update).await },
            move |changed| on_done.run(changed),
        );
    });
    view! {
        <Form on_send=send saving>
            <TextField name="name" label="Name" longest=128 required=true value=chart.name.clone()/>
            <AreaField name="description" label="What it is for, and what to do when it alerts" value=chart.description.clone()/>
            <RuleFields ticked=chart.rules.clone()/>
            <p class="quiet">"What is watched and charted stays as it is: other points would need other limits. Make another control chart for that."</p>
        </Form>
    }
}
