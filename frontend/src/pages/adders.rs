//! Adders of a wafer: what each step of its route added, and how that was told.

mod matched;
mod route;
mod types;

use std::sync::Arc;

use contract::defect::DefectId;
use contract::spatial::{AdderQuery, AdderRoute};
use leptos::prelude::*;
use uuid::Uuid;

use self::matched::{Fate, map_of};
use self::route::RouteTable;
use self::types::{AddersByType, StepDefects};
use crate::api::{Api, with_query};
use crate::components::link::Go;
use crate::components::page::{Card, PageHead};
use crate::components::status::{Notice, loaded};
use crate::components::url_number::UrlNumber;
use crate::format;
use crate::pages::links;
use crate::state::filter::FilterState;
use crate::state::navigation::{UrlQuery, use_param};
use crate::state::remote::Remote;
use crate::state::title::use_title;
use crate::wafer::WaferMap;

/// The route of a wafer with the adders of each step.
#[component]
pub fn AddersPage() -> impl IntoView {
    let id = use_param("id");
    use_title(move || format!("Adders of wafer {}", id.read()));
    let api = Api::here();
    let query = UrlQuery::here();
    let route = Remote::new(
        move || {
            let question = AdderQuery {
                tolerance_um: query.parsed("tolerance"),
                inspection_id: None,
            };
            let path = format!("{}/adders", links::wafer(&id.read()));
            Some(with_query(&path, &question))
        },
        move |path: String| async move { api.get::<AdderRoute>(&path).await },
    );
    let default = Signal::derive(move || {
        route
            .get()
            .map(|route| format::significant(route.tolerance_um))
            .unwrap_or_default()
    });
    view! {
        <PageHead title=Signal::derive(move || format!("Adders of wafer {}", id.read())) crumbs=move || view! {
            <Go to="/wafers">"Wafers"</Go> " / " <Go to=links::wafer(&id.read())>{format!("Wafer {}", id.read())}</Go>
        }/>
        <div class="toolbar list-tools" role="group" aria-label="Adders">
            <UrlNumber name="tolerance" label="Same defect within" min=1.0 max=5000.0 placeholder=default unit="µm"/>
        </div>
        {loaded(route, 14, move |route| view! { <Body route/> })}
    }
}

#[component]
fn Body(route: Signal<Arc<AdderRoute>>) -> impl IntoView {
    let is_empty = Memo::new(move |_| route.read().steps.is_empty());
    move || {
        match is_empty.get() {
        true => view! { <div class="card"><Notice title="No inspections" text="Adders are told from the inspections of a wafer along its route; this one has none."/></div> }.into_any(),
        false => view! { <Steps route/> }.into_any(),
    }
    }
}

#[component]
fn Steps(route: Signal<Arc<AdderRoute>>) -> impl IntoView {
    let query = UrlQuery::here();
    let filter = FilterState::here();
    // The step that the URL names, or the last.
    let step = Memo::new(move |_| {
        let named = query.parsed::<Uuid>("inspection");
        let route = route.read();
        let mut steps = route.steps.iter();
        let found = steps.find(|step| Some(step.inspection_id) == named);
        found.or(route.steps.last()).cloned().map(Arc::new)
    });
    let chosen = Memo::new(move |_| step.get().map(|step| step.inspection_id));
    let choose = Callback::new(move |id: Uuid| query.set(&[("inspection", Some(id.to_string()))]));
    let map = Memo::new(move |_| {
        let route = route.read();
        let step = step.get()?;
        let types = filter.chosen().defect_types();
        Some(map_of(&route.wafer_id, &route.geometry, &step, &types))
    });
    let open = Callback::new(move |(_, defect_no): (u32, i32)| {
        // Missing defects, with negative numbers, have no page at this step.
        if let Some(inspection_id) = chosen.get_untracked().filter(|_| defect_no >= 0) {
            query.go(&links::defect(DefectId {
                inspection_id,
                defect_no,
            }));
        }
    });
    let title = move || {
        step.get().map_or_else(String::new, |step| {
            format!("{}: {} added", step.step_id, format::count(step.added))
        })
    };
    let narrowed = move || !filter.chosen().defect_types().is_empty();
    view! {
        <p class="chart-note">{move || summary(&route.read())}</p>
        <RouteTable route chosen on_choose=choose/>
        <div class="grid grid-main-side">
            <Card title=Signal::derive(title)>
                <WaferMap map on_select=open legend_title="Adder classes"/>
                {move || step.get().filter(|step| step.left_out > 0).map(|step| view! { <p class="quiet">{format!("{} more are not listed one by one, common and missing ones first; the counts hold all.", format::count(step.left_out))}</p> })}
                <Show when=narrowed><p class="quiet">"Only defects of the types chosen above, and all missing ones, whose type is not compared."</p></Show>
                <dl class="fate-meanings quiet">
                    {Fate::ALL.map(|fate| view! { <div><dt>{fate.name()}</dt><dd>{fate.meaning()}</dd></div> }).into_iter().collect_view()}
                </dl>
            </Card>
            <StepDefects route step=step.into()/>
        </div>
        <AddersByType route chosen/>
    }
}

/// How much of the route is known, in words.
fn summary(route: &AdderRoute) -> String {
    let added: i64 = route.steps.iter().skip(1).map(|step| step.added).sum();
    let steps = format::plural(route.steps.len() as i64, "inspection", "inspections");
    match route.steps.len() {
        1 => format!("{steps}: nothing to compare with, so all its defects count as added."),
        _ => format!(
            "{steps} along the route, {} after the first. Two defects are the same within {} µm, after shift and rotation between the tools are taken out.",
            format::plural(added, "defect added", "defects added"),
            format::significant(route.tolerance_um)
        ),
    }
}
