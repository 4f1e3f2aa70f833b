//! Dies: how many have a defect, what that says of yield, and which types kill.

mod histogram;
mod kill;

use std::sync::Arc;

use contract::spatial::{DieQuery, DieView, YieldEstimate};
use leptos::prelude::*;

use self::kill::Kill;
use crate::api::{Api, with_query};
use crate::chart::{Cell, ChartCard, ChartSpec, Datum, save_csv};
use crate::components::page::{Card, PageHead};
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::filter::FilterState;
use crate::state::remote::Remote;
use crate::state::title::use_title;

/// The dies of the inspections under the filter.
#[component]
pub fn DiesPage() -> impl IntoView {
    use_title(|| "Dies".to_owned());
    let api = Api::here();
    let filter = FilterState::here();
    let dies = Remote::new(
        move || {
            Some(with_query(
                "/analytics/dies",
                &DieQuery::default().with_filter(&filter.resolved()),
            ))
        },
        move |path: String| async move { api.get::<DieView>(&path).await },
    );
    view! {
        <PageHead title="Dies"/>
        {loaded(dies, 12, move |dies| view! { <Body dies/> })}
    }
}

#[component]
fn Body(dies: Signal<Arc<DieView>>) -> impl IntoView {
    let state = Memo::new(move |_| {
        let dies = dies.read();
        (dies.inspections == 0, dies.dies == 0)
    });
    let nothing = |text: &'static str| {
        view! { <div class="card"><Notice title="No dies to count" text/></div> }.into_any()
    };
    let spec = Signal::derive(move || histogram::spec(&dies.read()));
    let note = Signal::derive(move || Some(histogram::note(&dies.read())));
    move || match state.get() {
        (true, _) => nothing("No inspection matches the filter."),
        (_, true) => nothing("The inspections under the filter come without a die grid."),
        _ => view! {
            <p class="chart-note">{move || summary(&dies.read())}</p>
            {move || view! { <KeyFigures dies=dies.get()/> }}
            <div class="grid grid-halves">
                <ChartCard title="Dies by the number of their defects" spec note height_px=300/>
                {move || view! { <Models dies=dies.get()/> }}
            </div>
            {move || view! { <Kill dies=dies.get()/> }}
        }
        .into_any(),
    }
}

fn summary(dies: &DieView) -> String {
    format!(
        "{} inspected on {}, {} in them.",
        format::plural(dies.dies, "die", "dies"),
        format::plural(dies.inspections, "inspection", "inspections"),
        format::plural(dies.defects, "defect", "defects")
    )
}

fn percent(share: f64) -> String {
    format::percent(share * 100.0)
}

#[component]
fn KeyFigures(dies: Arc<DieView>) -> impl IntoView {
    let [low, high] = dies.defective_interval.map(percent);
    let figure = |title: &'static str, value: String, note: String| {
        view! { <div class="kpi"><dt>{title}</dt><dd>{value}</dd><dd class="kpi-change">{note}</dd></div> }
    };
    let clusters = match dies.dispersion > 1.0 {
        true => "variance over mean of the defects per die; 1 is random, more is clustered",
        false => "variance over mean of the defects per die; 1 is random",
    };
    let dispersion = match dies.defects {
        0 => format::UNKNOWN.to_owned(),
        _ => format::significant(dies.dispersion),
    };
    let alpha = match dies.alpha {
        Some(alpha) => (
            format::significant(alpha),
            "of the negative binomial; the smaller, the more clustered",
        ),
        None => (
            format::UNKNOWN.to_owned(),
            "defects do not cluster: no negative binomial",
        ),
    };
    view! {
        <dl class="kpis">
            {figure("Dies with a defect", percent(dies.defective_share), format!("{} dies; 95 %: {low} to {high}", format::count(dies.defective)))}
            {figure("Defects per die", format::significant(dies.mean_per_die), format!("die of {} cm²", format::significant(dies.die_area_cm2)))}
            {figure("D0", format!("{} /cm²", format::significant(dies.d0_per_cm2)), "defects per area of inspected dies".to_owned())}
            {figure("Dispersion", dispersion, clusters.to_owned())}
            {figure("Clustering α", alpha.0, alpha.1.to_owned())}
        </dl>
    }
}

/// A yield model as people write it.
fn model_name(model: &str) -> (&'static str, &'static str) {
    match model {
        "poisson" => ("Poisson", "exp(−A·D0)"),
        "murphy" => ("Murphy", "((1 − exp(−A·D0)) / A·D0)²"),
        "seeds" => ("Seeds", "1 / (1 + A·D0)"),
        "negative_binomial" => ("Negative binomial", "(1 + A·D0 / α)^−α"),
        _ => ("Another model", ""),
    }
}

/// What yield models expect beside what was found.
#[component]
fn Models(dies: Arc<DieView>) -> impl IntoView {
    let found = 1.0 - dies.defective_share;
    let best = dies
        .models
        .iter()
        .min_by(|first, second| first.error.abs().total_cmp(&second.error.abs()))
        .map(|model| model.model.clone());
    let bar = |share: f64, class: &'static str| {
        view! { <span class="share-bar" aria-hidden="true"><span class=class style:width=format!("{:.1}%", share.clamp(0.0, 1.0) * 100.0)></span></span> }
    };
    let rows = dies.models.iter().map(|model| {
        let (name, formula) = model_name(&model.model);
        let nearest = best.as_ref() == Some(&model.model);
        let off = model.error * 100.0;
        let sign = if off > 0.0 { "+" } else { "" };
        view! {
            <tr>
                <td>{name}" "{nearest.then(|| view! { <span class="badge badge-accent">"nearest"</span> })}<div class="quiet formula">{formula}</div></td>
                <td>{bar(model.defect_free, "share-expected")}</td>
                <td class="numeric">{percent(model.defect_free)}</td>
                <td class="numeric">{format!("{sign}{} points", format::fixed(off, 1))}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let exported = dies.clone();
    let export = move || {
        let dies = exported.clone();
        view! { <button class="button button-quiet" type="button" on:click=move |_| save_csv(models_table(&dies))>"Export CSV"</button> }
    };
    view! {
        <Card title="Dies without a defect, and what yield models expect" actions=export>
            <div class="table-scroll" role="region" aria-label="Yield models" tabindex="0">
                <table class="table">
                    <thead><tr><th scope="col">"Model"</th><th scope="col"><span class="visually-hidden">"Share drawn"</span></th>
                        <th scope="col" class="numeric">"Defect-free"</th><th scope="col" class="numeric">"Against found"</th></tr></thead>
                    <tbody>
                        <tr class="is-selected"><td>"Found"</td><td>{bar(found, "share-found")}</td><td class="numeric">{percent(found)}</td><td></td></tr>
                        {rows}
                    </tbody>
                </table>
            </div>
            <p class="quiet">"A is the area of a die, D0 the defects per area. Every defect is taken to spoil its die: yield is more than this where some do not, as kill ratios tell."</p>
        </Card>
    }
}

fn models_table(dies: &DieView) -> ChartSpec {
    let row = |model: &YieldEstimate| Datum {
        title: model.model.clone(),
        cells: vec![
            Cell::Number(Some(model.defect_free)),
            Cell::Number(Some(1.0 - dies.defective_share)),
            Cell::Number(Some(model.error)),
        ],
        ..Datum::default()
    };
    ChartSpec {
        name: "yield-models",
        columns: ["Model", "Defect-free share", "Found share", "Error"]
            .map(str::to_owned)
            .to_vec(),
        data: dies.models.iter().map(row).collect(),
        ..ChartSpec::default()
    }
}
