//! The limits of a control chart: those in force, their versions, freezing them, beginning a new stage.

use std::sync::Arc;

use contract::analytics::{LimitSource, Limits, Spc};
use contract::control_chart::{ControlChart, LimitStage, LimitVersion, LimitVersionCreate};
use leptos::prelude::*;

use super::control_chart::Shown;
use super::control_chart_point::{ExcludedKey, Renew, Restore, save};
use crate::api::{Api, Listed};
use crate::chart::figure;
use crate::components::badge::{Tone, badge};
use crate::components::facts::{Moment, moment};
use crate::components::form::{AreaField, Form, Saving, SelectField, TextField, Values};
use crate::components::link::Go;
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::remote::Remote;

/// The stages with their limits, and the points that are left out.
#[component]
pub fn InForce(
    /// The page's chart.
    shown: Shown,
) -> impl IntoView {
    let chart = move || shown.chart.get();
    let rows = move || {
        let (chart, spc) = (chart()?, shown.drawn.get());
        let stages = chart.limits.stages.iter();
        Some(
            stages
                .map(|stage| stage_row(stage, spc.as_deref()))
                .collect_view(),
        )
    };
    let excluded = move || {
        let chart = chart()?;
        let entries = chart.limits.excluded.iter().map(|entry| {
            let key = ExcludedKey::of_entry(entry);
            view! {
                <tr>
                    <td><Moment at=entry.at/></td><td class="wrap">{entry.reason.clone()}</td>
                    <td>{entry.excluded_by.clone()}</td>
                    <td>{shown.may_change().then(|| view! { <Restore shown at=Some(key)/> })}</td>
                </tr>
            }
        });
        (!chart.limits.excluded.is_empty()).then(|| view! {
            <h3 class="subheading">"Points left out"</h3>
            <div class="table-scroll" role="region" aria-label="Points left out" tabindex="0"><table class="table">
                <thead><tr><th scope="col">"Point"</th><th scope="col">"Reason"</th><th scope="col">"By"</th><th scope="col"></th></tr></thead>
                <tbody>{entries.collect_view()}</tbody>
            </table></div>
        })
    };
    view! {
        <div class="table-scroll" role="region" aria-label="Limits in force" tabindex="0"><table class="table">
            <thead><tr>
                <th scope="col">"Stage"</th><th scope="col">"Limits"</th><th scope="col">"Baseline"</th>
                <th scope="col" class="numeric">"Centre"</th><th scope="col" class="numeric">"Sigma"</th><th scope="col" class="numeric">"Points"</th>
            </tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
        {excluded}
    }
}

fn stage_row(stage: &LimitStage, spc: Option<&Spc>) -> impl IntoView + use<> {
    let drawn = spc.and_then(|spc| spc.stages.iter().find(|drawn| drawn.name == stage.name));
    let limits: Option<Limits> = stage
        .limits
        .clone()
        .or_else(|| drawn.map(|drawn| drawn.limits.clone()));
    let source = match (stage.frozen, drawn.map(|drawn| drawn.source)) {
        (true, _) => badge(Tone::Good, "frozen".to_owned()),
        (false, Some(LimitSource::Period)) => badge(Tone::Plain, "from a period".to_owned()),
        _ => badge(Tone::Plain, "from all its points".to_owned()),
    };
    let from = match (stage.name.is_empty(), stage.from) {
        (true, _) => "From the beginning".into_any(),
        (false, at) => view! { <strong>{stage.name.clone()}</strong><br/>{moment(at)} }.into_any(),
    };
    let baseline = match (stage.baseline_from, stage.baseline_to) {
        (None, None) => format::UNKNOWN.into_any(),
        (from, to) => view! { {from.map_or_else(|| "the first point".to_owned(), format::day)}" to "{to.map_or_else(|| "the latest".to_owned(), format::day)} }.into_any(),
    };
    let number = |value: Option<f64>| format::or_unknown(value, figure);
    let sigma = limits.as_ref().and_then(|limits| {
        let own = limits.sigma.map(figure);
        // Laney's factor widens each point's own sigma.
        own.or_else(|| {
            limits
                .sigma_z
                .map(|factor| format!("{} × Poisson", figure(factor)))
        })
    });
    view! {
        <tr>
            <td>{from}</td><td>{source}</td><td>{baseline}</td>
            <td class="numeric">{number(limits.as_ref().map(|limits| limits.centre))}</td>
            <td class="numeric">{format::or_unknown(sigma, |text| text)}</td>
            <td class="numeric">{format::or_unknown(limits.map(|limits| i64::from(limits.points)), format::count)}</td>
        </tr>
    }
}

/// Who made which version when and why; each can be looked at.
#[component]
pub fn Versions(
    /// The page's chart.
    shown: Shown,
) -> impl IntoView {
    let api = Api::here();
    let versions = Remote::new(
        move || Some((shown.path.get(), shown.changes())),
        move |(path, _)| async move {
            api.list::<LimitVersion>(&format!("{path}/limits?per_page=100"))
                .await
        },
    );
    loaded(
        versions,
        4,
        move |listed: Signal<Arc<Listed<LimitVersion>>>| {
            let rows = move || {
                let listed = listed.read();
                let newest = listed.rows.iter().map(|version| version.version).max();
                let looked_at = shown.older.get().or(newest);
                let rows = listed.rows.iter().map(|version| {
                    version_row(
                        shown,
                        version,
                        newest == Some(version.version),
                        looked_at == Some(version.version),
                    )
                });
                rows.collect_view()
            };
            view! {
                <div class="table-scroll table-short" role="region" aria-label="Versions of the limits" tabindex="0"><table class="table">
                    <thead><tr><th scope="col">"Version"</th><th scope="col">"Why"</th><th scope="col">"By"</th><th scope="col">"When"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            }
        },
    )
}

fn version_row(
    shown: Shown,
    version: &LimitVersion,
    in_force: bool,
    looked_at: bool,
) -> impl IntoView + use<> {
    let number = version.version;
    let to = Signal::derive(move || {
        let path = shown.path.get();
        if in_force {
            path
        } else {
            format!("{path}?limits={number}")
        }
    });
    let excluded = version.excluded.len() as i64;
    let detail = (excluded > 0).then(|| {
        format!(
            " ({} left out)",
            format::plural(excluded, "point", "points")
        )
    });
    view! {
        <tr class:is-selected=looked_at>
            <td><Go to>{number}</Go>" "{in_force.then(|| badge(Tone::Good, "in force".to_owned()))}</td>
            <td class="wrap">{version.reason.clone()}<span class="quiet">{detail}</span></td>
            <td>{version.created_by.clone().unwrap_or_else(|| format::UNKNOWN.to_owned())}</td>
            <td><Moment at=version.created_at/></td>
        </tr>
    }
}

/// Keeps the limits of a stage as they are over a period, or lets them follow the points again.
#[component]
pub fn FreezeForm(
    /// The page's chart.
    shown: Shown,
    /// Called when it is done.
    on_done: Callback<()>,
) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let Some(chart) = shown.now() else {
        return view! { <Notice title="The control chart is not there yet"/> }.into_any();
    };
    let last = chart.limits.stages.len().saturating_sub(1);
    let stages = chart.limits.stages.iter().enumerate();
    let options: Vec<(String, String)> = stages
        .map(|(place, stage)| (place.to_string(), stage_name(stage)))
        .collect();
    let baseline = chart
        .limits
        .stages
        .last()
        .cloned()
        .unwrap_or_else(first_stage);
    let send = Callback::new(move |values: Values| {
        let Some(chart) = shown.now() else {
            return;
        };
        let place = values.parsed::<usize>("stage").unwrap_or(last);
        let day = |name| values.given(name).and_then(|day| format::day_start(&day));
        let mut stages = chart.limits.stages.clone();
        if let Some(stage) = stages.get_mut(place) {
            stage.baseline_from = day("baseline_from");
            stage.baseline_to = day("baseline_to");
            stage.frozen = values.text("how") != "computed";
            // The server computes them from the period and keeps them.
            stage.limits = None;
        }
        save(
            api,
            shown,
            saving,
            next(&chart, values.text("reason"), stages),
            on_done,
        );
    });
    let how = vec![
        (
            "frozen".to_owned(),
            "Freeze: keep them when points come or go".to_owned(),
        ),
        (
            "computed".to_owned(),
            "Compute: let them follow the points of the period".to_owned(),
        ),
    ];
    let stage_field = (options.len() > 1).then(
        || view! { <SelectField name="stage" label="Stage" options value=last.to_string()/> },
    );
    view! {
        <Form on_send=send saving send="Freeze limits">
            {stage_field}
            <div class="form-row">
                <TextField name="baseline_from" label="Baseline from" kind="date" value=baseline.baseline_from.map(format::day)/>
                <TextField name="baseline_to" label="Until before" kind="date" value=baseline.baseline_to.map(format::day)/>
            </div>
            <p class="quiet">"The limits are computed from the points of this period, without those left out. Without days: from all points of the stage."</p>
            <SelectField name="how" label="From then on" options=how value="frozen"/>
            <AreaField name="reason" label="Why" longest=500 required=true/>
            <Renew shown saving/>
        </Form>
    }
    .into_any()
}

/// Begins a stage at a known event, with limits of its own.
#[component]
pub fn StageForm(
    /// The page's chart.
    shown: Shown,
    /// Called when it is done.
    on_done: Callback<()>,
) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let send = Callback::new(move |values: Values| {
        let Some(chart) = shown.now() else {
            return;
        };
        let Some(from) = values
            .given("from")
            .and_then(|text| format::local_moment(&text))
        else {
            return;
        };
        let mut stages = chart.limits.stages.clone();
        let place = stages.partition_point(|stage| stage.from.is_none_or(|at| at <= from));
        let stage = LimitStage {
            name: values.text("name"),
            from: Some(from),
            ..first_stage()
        };
        stages.insert(place, stage);
        save(
            api,
            shown,
            saving,
            next(&chart, values.text("reason"), stages),
            on_done,
        );
    });
    view! {
        <Form on_send=send saving send="Begin the stage">
            <TextField name="name" label="What has happened" longest=64 required=true hint="It stands above the line on the chart, for example: new focus ring"/>
            <TextField name="from" label="When (in your time zone)" kind="datetime-local" required=true/>
            <AreaField name="reason" label="Why the limits must change" longest=500 required=true/>
            <p class="quiet">"Points from this moment on have limits of their own, computed from them until you freeze them."</p>
            <Renew shown saving/>
        </Form>
    }
}

/// The version after the one in force, with other stages.
fn next(chart: &ControlChart, reason: String, stages: Vec<LimitStage>) -> LimitVersionCreate {
    LimitVersionCreate {
        based_on: chart.limits.version,
        reason,
        stages,
        excluded: chart.limits.excluded.clone(),
    }
}

fn first_stage() -> LimitStage {
    LimitStage {
        name: String::new(),
        from: None,
        baseline_from: None,
        baseline_to: None,
        frozen: false,
        limits: None,
    }
}

fn stage_name(stage: &LimitStage) -> String {
    match (stage.name.is_empty(), stage.from) {
        (true, _) => "From the beginning".to_owned(),
        (false, None) => stage.name.clone(),
        (false, Some(at)) => format!("{}, from {}", stage.name, format::moment(at)),
    }
}
