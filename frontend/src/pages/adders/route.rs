//! The route of a wafer: what became of the defects at each step, and how the tools' frames lie on each other.

use std::sync::Arc;

use contract::spatial::{AdderRoute, AdderStep};
use leptos::prelude::*;
use uuid::Uuid;

use super::matched::Fate;
use crate::chart::{Cell, ChartSpec, Datum, save_csv};
use crate::components::facts::Moment;
use crate::components::link::Go;
use crate::components::page::Card;
use crate::format;
use crate::pages::links;

/// The steps as a table; one is chosen.
#[component]
pub fn RouteTable(
    /// The route.
    route: Signal<Arc<AdderRoute>>,
    /// The step shown below.
    chosen: Memo<Option<Uuid>>,
    /// Called with the step to show.
    on_choose: Callback<Uuid>,
) -> impl IntoView {
    let export = move || {
        view! { <button class="button button-quiet" type="button" on:click=move |_| save_csv(table(&route.read_untracked()))>"Export CSV"</button> }
    };
    let rows = move || {
        let route = route.read();
        let most = route.steps.iter().map(total).max().unwrap_or(1).max(1);
        let steps = route.steps.iter().cloned();
        steps
            .map(|step| view! { <Row step most chosen on_choose/> })
            .collect_view()
    };
    view! {
        <Card title="Route" actions=export>
            <ul class="fates" aria-label="Colours of the bars">
                {Fate::ALL.map(|fate| view! { <li title=fate.meaning()><span class="fate-cell" style:background-color=fate.colour()></span>{fate.name()}</li> }).into_iter().collect_view()}
            </ul>
            <div class="table-scroll table-short" role="region" aria-label="Route" tabindex="0">
                <table class="table table-tight">
                    <thead><tr>
                        <th scope="col">"Step"</th><th scope="col">"Inspected"</th><th scope="col">"Tool"</th>
                        <th scope="col"><span class="visually-hidden">"Shares as a bar"</span></th>
                        {Fate::ALL.map(|fate| view! { <th scope="col" class="numeric" title=fate.meaning()>{fate.name()}</th> }).into_iter().collect_view()}
                        <th scope="col" class="numeric">"Shift x, y µm"</th><th scope="col" class="numeric">"Rotation µrad"</th>
                        <th scope="col" class="numeric">"Pairs"</th><th scope="col" class="numeric">"Residual µm"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="quiet">"Shift and rotation turn the frame of the inspections before into that of the step; the residual is what is left between the pairs. A step without them is the first, or shares too few defects with those before to tell."</p>
        </Card>
    }
}

/// Defects of a bar: those seen, and those missing.
fn total(step: &AdderStep) -> i64 {
    Fate::ALL.iter().map(|fate| fate.count(step)).sum()
}

#[component]
fn Row(
    step: AdderStep,
    most: i64,
    chosen: Memo<Option<Uuid>>,
    on_choose: Callback<Uuid>,
) -> impl IntoView {
    let id = step.inspection_id;
    let is_chosen = move || chosen.get() == Some(id);
    let words =
        Fate::ALL.map(|fate| format!("{} {}", fate.count(&step), fate.name().to_lowercase()));
    let mut left = 0.0;
    let parts = Fate::ALL.map(|fate| {
        let width = fate.count(&step) as f64 / most as f64 * 100.0;
        let x = left;
        left += width;
        view! { <rect x=format!("{x:.2}") y="0" width=format!("{width:.2}") height="10" fill=fate.colour()></rect> }
    });
    let parts = parts.into_iter().collect_view();
    let counts =
        Fate::ALL.map(|fate| view! { <td class="numeric">{format::count(fate.count(&step))}</td> });
    let counts = counts.into_iter().collect_view();
    let of = step.registration;
    let micro = |value: f64| format::fixed(value, 1);
    let tool = match &step.equipment_id {
        Some(tool) => crate::components::facts::link(links::equipment(tool), tool.clone()),
        None => format::UNKNOWN.into_any(),
    };
    view! {
        <tr class:is-selected=is_chosen>
            <td><button class="link" type="button" aria-pressed=move || is_chosen().to_string() on:click=move |_| on_choose.run(id)>{step.step_id}</button></td>
            <td><Go to=links::inspection(id)><Moment at=step.inspected_at/></Go></td>
            <td>{tool}</td>
            <td><svg class="fate-bar" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label=words.join(", ")>{parts}</svg></td>
            {counts}
            <td class="numeric">{format::or_unknown(of.as_ref(), |of| format!("{}, {}", micro(of.shift_x_um), micro(of.shift_y_um)))}</td>
            <td class="numeric">{format::or_unknown(of.as_ref(), |of| micro(of.rotation_urad))}</td>
            <td class="numeric">{format::or_unknown(of.as_ref(), |of| format::count(of.pairs))}</td>
            <td class="numeric">{format::or_unknown(of.as_ref(), |of| micro(of.residual_um))}</td>
        </tr>
    }
}

/// The route for CSV.
fn table(route: &AdderRoute) -> ChartSpec {
    let row = |step: &AdderStep| {
        let of = step.registration.as_ref();
        Datum {
            title: step.step_id.clone(),
            cells: vec![
                Cell::Text(links::csv_moment(Some(step.inspected_at))),
                Cell::Text(step.equipment_id.clone().unwrap_or_default()),
                Cell::count(step.defects),
                Cell::count(step.added),
                Cell::count(step.common),
                Cell::count(step.ambiguous),
                Cell::count(step.missing),
                Cell::Number(of.map(|of| of.shift_x_um)),
                Cell::Number(of.map(|of| of.shift_y_um)),
                Cell::Number(of.map(|of| of.rotation_urad)),
                Cell::Number(of.map(|of| of.pairs as f64)),
                Cell::Number(of.map(|of| of.residual_um)),
            ],
            ..Datum::default()
        }
    };
    let columns = [
        "Step",
        "Inspected",
        "Equipment",
        "Defects",
        "Added",
        "Common",
        "Ambiguous",
        "Missing",
        "Shift x um",
        "Shift y um",
        "Rotation urad",
        "Pairs",
        "Residual um",
    ];
    ChartSpec {
        name: "adders",
        columns: columns.map(str::to_owned).to_vec(),
        data: route.steps.iter().map(row).collect(),
        ..ChartSpec::default()
    }
}
