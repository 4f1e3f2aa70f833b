//! One inspection: wafer map, defect table, facts, diagnostics.

use std::sync::Arc;

use contract::analytics::WaferMap as Map;
use contract::defect::DefectId;
use contract::inspection::InspectionDetail;
use contract::user::Role;
use leptos::prelude::*;
use uuid::Uuid;

use super::inspection_defects::{Chosen, DefectTable};
use super::inspection_edit::EditForm;
use super::inspection_facts::{InspectionFacts, Parameters};
use super::{inspections, links};
use crate::api::Api;
use crate::components::badge;
use crate::components::delete::Delete;
use crate::components::diagnostics::{self, Diagnostics};
use crate::components::dialog::Dialog;
use crate::components::facts::Facts;
use crate::components::history::History;
use crate::components::link::Go;
use crate::components::page::{Card, Folded, PageHead};
use crate::components::status::loaded;
use crate::components::step_through::StepThrough;
use crate::components::type_filter::hidden_by_filter;
use crate::format;
use crate::state::caller::Caller;
use crate::state::navigation::use_param;
use crate::state::remote::Remote;
use crate::state::title::use_title;
use crate::wafer::WaferMap;

/// Page of one inspection.
#[component]
pub fn InspectionPage() -> impl IntoView {
    let id = use_param("id");
    let api = Api::here();
    let path = Memo::new(move |_| {
        format!(
            "/inspections/{}",
            crate::state::navigation::segment(&id.read())
        )
    });
    let inspection = Remote::new(
        move || Some(path.get()),
        move |path| async move { api.get::<InspectionDetail>(&path).await },
    );
    let title = Memo::new(move |_| {
        inspection.get().map_or_else(
            || "Inspection".to_owned(),
            |shown| {
                format!(
                    "Wafer {} at {}",
                    shown.inspection.wafer_id, shown.inspection.step_id
                )
            },
        )
    });
    use_title(move || title.get());
    let editing = RwSignal::new(false);
    let may_edit = Caller::here().may(Role::Engineer);
    let neighbour = move |read: fn(&InspectionDetail) -> Option<Uuid>| {
        Signal::derive(move || {
            inspection
                .get()
                .and_then(|shown| read(&shown))
                .map(links::inspection)
        })
    };
    view! {
        <PageHead title crumbs=move || inspection.get().map(|shown| view! { <Crumbs shown/> })>
            <StepThrough what="inspection of this wafer and step" previous=neighbour(|shown| shown.previous_inspection_id)
                next=neighbour(|shown| shown.next_inspection_id)/>
            {may_edit.then(|| view! { <button class="button" type="button" on:click=move |_| editing.set(true)>"Edit"</button> })}
            <Delete path what="inspection with all its defects" goes_to="/inspections"/>
        </PageHead>
        {loaded(inspection, 12, move |shown| view! { <Body shown path/> })}
        <History path=Signal::derive(move || path.get())/>
        <Dialog open=editing title="Edit inspection">
            {move || inspection.get().map(|shown| {
                let done = Callback::new(move |changed: InspectionDetail| { inspection.put(changed); editing.set(false); });
                view! { <EditForm shown path=path.get() on_done=done/> }
            })}
        </Dialog>
    }
}

#[component]
fn Crumbs(shown: Arc<InspectionDetail>) -> impl IntoView {
    let inspection = &shown.inspection;
    let (wafer, lot) = (inspection.wafer_id.clone(), inspection.lot_id.clone());
    view! {
        <Go to="/inspections">"Inspections"</Go> " / "
        <Go to=links::lot(&lot)>{format!("Lot {lot}")}</Go> " / "
        <Go to=links::wafer(&wafer)>{format!("Wafer {wafer}")}</Go>
    }
}

#[component]
fn Body(shown: Signal<Arc<InspectionDetail>>, path: Memo<String>) -> impl IntoView {
    let chosen = Chosen::new();
    // Another inspection: what was chosen on the one before is gone.
    Effect::new(move || {
        path.track();
        chosen.clear();
    });
    let diagnostics = move || shown.read().diagnostics.clone();
    view! {
        <Notes shown/>
        <div class="grid grid-main-side">
            <Card title=Signal::derive(move || format!("Wafer map, {}", format::plural(shown.read().inspection.defect_count, "defect", "defects")))>
                <InspectionMap path chosen/>
            </Card>
            <div>
                <ChosenDefect chosen shown/>
                <Card title="Facts">{move || view! { <InspectionFacts shown=shown.get()/> }}</Card>
            </div>
        </div>
        <Card title="Defects"><DefectTable path chosen extra_columns=Signal::derive(move || shown.read().extra_columns.clone())/></Card>
        {move || (!diagnostics().is_empty()).then(|| view! {
            <Folded title=diagnostics::title(&diagnostics())><Diagnostics diagnostics=diagnostics()/></Folded>
        })}
        {move || view! { <Parameters shown=shown.get()/> }}
    }
}

/// What is out of the ordinary.
#[component]
fn Notes(shown: Signal<Arc<InspectionDetail>>) -> impl IntoView {
    let superseded = move || shown.read().inspection.superseded;
    view! {
        <Show when=superseded>
            <p class="message message-warning">"A later inspection of this wafer at this step has replaced this one in trends and counts."</p>
        </Show>
        <Show when=move || { shown.read().inspection.warning_count > 0 }>
            <p class="inspection-notes">{move || inspections::notes(&shown.read().inspection)} " while its file was read: see Diagnostics below."</p>
        </Show>
    }
}

/// The map: a click chooses a defect, a rectangle narrows the table, a row under the pointer is ringed.
#[component]
fn InspectionMap(path: Memo<String>, chosen: Chosen) -> impl IntoView {
    let api = Api::here();
    let map = Remote::new(
        move || Some(path.get()),
        move |path| async move { api.get::<Map>(&format!("{path}/map")).await },
    );
    chosen.follow(map);
    let hidden_types = hidden_by_filter(map);
    let select =
        Callback::new(move |(_, defect_no): (u32, i32)| chosen.defect_no.set(Some(defect_no)));
    let region = Callback::new(move |region| chosen.region.set(region));
    let ringed = move || {
        chosen
            .pointed
            .get()
            .or(chosen.defect_no.get())
            .map(|number| (0, number))
    };
    loaded(map, 16, move |shown| {
        view! {
            <WaferMap map=Signal::derive(move || Some(shown.get())) selected=Signal::derive(ringed)
                highlight_die=chosen.die() hidden_types on_select=select on_region=region/>
        }
    })
}

/// The defect that was clicked on the map, with the way to its page.
#[component]
fn ChosenDefect(chosen: Chosen, shown: Signal<Arc<InspectionDetail>>) -> impl IntoView {
    let card = move || {
        let defect = chosen.shown()?;
        let inspection_id = shown.read().inspection.inspection_id;
        let to = links::defect(DefectId {
            inspection_id,
            defect_no: defect.number,
        });
        Some(view! {
            <Card title=format!("Defect {}", defect.number) actions=move || view! {
                <button class="button button-quiet" type="button" on:click=move |_| chosen.defect_no.set(None)>"Deselect"</button>
            }>
                <Facts facts=vec![
                    ("Type", badge::defect_type(&defect.colour, &defect.kind)),
                    ("Position", format!("{}, {} mm", format::fixed(defect.x_mm, 4), format::fixed(defect.y_mm, 4)).into_any()),
                    ("Die", format!("{}, {}", defect.die.0, defect.die.1).into_any()),
                    ("Size", if defect.size_um > 0.0 { format!("{} µm", format::significant(f64::from(defect.size_um))) } else { format::UNKNOWN.to_owned() }.into_any()),
                ]/>
                <p class="form-actions"><Go to class="button button-primary">"Open defect"</Go></p>
            </Card>
        })
    };
    view! { <div aria-live="polite">{card}</div> }
}
