//! One wafer: facts, identifier, stacked map, inspections, history.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use contract::analytics::WaferMapQuery;
use contract::defect::DefectQuery;
use contract::inspection::{Inspection, InspectionQuery};
use contract::user::Role;
use contract::wafer::Wafer;
use leptos::prelude::*;
use uuid::Uuid;

use super::inspections::InspectionTable;
use super::links;
use super::wafer_bin_maps::{BinMaps, use_bins};
use super::wafer_edit::EditForm;
use super::wafers::scheme_name;
use crate::api::{Api, with_query};
use crate::components::badge;
use crate::components::delete::Delete;
use crate::components::dialog::Dialog;
use crate::components::facts::{self, Facts};
use crate::components::history::History;
use crate::components::link::Go;
use crate::components::map_filter::{MapFilterNote, made_of, narrowed, notes};
use crate::components::page::{Card, Folded, PageHead};
use crate::components::similar::SimilarWafers;
use crate::components::status::{Notice, loaded};
use crate::components::type_filter::hidden_by_filter;
use crate::components::wafer_identity::WaferIdentity;
use crate::format;
use crate::state::caller::Caller;
use crate::state::filter::FilterState;
use crate::state::list::List;
use crate::state::navigation::{UrlQuery, segment, use_param};
use crate::state::remote::Remote;
use crate::state::title::use_title;
use crate::wafer::{MapProgress, RemoteMap, WaferMap};

/// Page of one wafer.
#[component]
pub fn WaferPage() -> impl IntoView {
    let id = use_param("id");
    use_title(move || format!("Wafer {}", id.read()));
    let api = Api::here();
    let path = Memo::new(move |_| links::wafer(&id.read()));
    let wafer = Remote::new(
        move || Some(path.get()),
        move |path| async move { api.get::<Wafer>(&path).await },
    );
    let editing = RwSignal::new(false);
    let may_edit = Caller::here().may(Role::Engineer);
    let lot = Memo::new(move |_| wafer.get().map(|wafer| wafer.lot_id.clone()));
    view! {
        <PageHead title=Signal::derive(move || format!("Wafer {}", id.read())) crumbs=move || view! {
            <Go to="/wafers">"Wafers"</Go> " / " {lot.get().map(|lot| view! { <Go to=links::lot(&lot)>{format!("Lot {lot}")}</Go> })}
        }>
            <Go to=Signal::derive(move || links::adders(&id.read())) class="button">"Adders"</Go>
            {may_edit.then(|| view! { <button class="button" type="button" on:click=move |_| editing.set(true)>"Edit"</button> })}
            <Delete path what="wafer" goes_to="/wafers"/>
        </PageHead>
        {loaded(wafer, 12, move |wafer| view! { <Body wafer id path/> })}
        <History path=Signal::derive(move || path.get())/>
        <Dialog open=editing title="Edit wafer">
            {move || wafer.get().map(|shown| {
                let done = Callback::new(move |changed: Wafer| { wafer.put(changed); editing.set(false); });
                view! { <EditForm wafer=shown path=path.get() on_done=done/> }
            })}
        </Dialog>
    }
}

#[component]
fn Body(wafer: Signal<Arc<Wafer>>, id: Memo<String>, path: Memo<String>) -> impl IntoView {
    let inspections = List::<Inspection>::new(move |_| {
        let question = InspectionQuery {
            superseded: Some(true),
            ..InspectionQuery::default()
        };
        Some(with_query(
            &format!("{}/inspections", path.read()),
            &question,
        ))
    });
    let more = move || {
        let info = wafer.read().additional_info.clone();
        view! { <MoreInfo info/> }
    };
    view! {
        <div class="grid grid-main-side">
            <div>
                <Card title="All current inspections on one map"><Stacked id=id/></Card>
                <Card title="Identifier">{move || view! { <WaferIdentity wafer=Wafer::clone(&wafer.read())/> }}</Card>
            </div>
            <div>
                <Card title="Facts">{move || view! { <WaferFacts wafer=wafer.get()/> }}</Card>
                <BinMaps id/>
                {more}
            </div>
        </div>
        <Card title="Inspections"><InspectionTable list=inspections with_wafer=false/></Card>
        <Folded title="Similar wafers"><Alike inspections/></Folded>
    }
}

/// Wafers like one of this wafer's inspections, the latest unless another is chosen.
#[component]
fn Alike(inspections: List<Inspection>) -> impl IntoView {
    let chosen = RwSignal::new(None::<Uuid>);
    let current = Memo::new(move |_| {
        let listed = inspections.rows.get();
        listed.map_or_else(Vec::new, |listed| {
            let current = listed.rows.iter().filter(|of| !of.superseded);
            let mut current: Vec<_> = current
                .map(|of| (of.inspected_at, of.inspection_id, of.step_id.clone()))
                .collect();
            current.sort_by(|first, second| second.cmp(first));
            current
        })
    });
    let shown = Memo::new(move |_| {
        let latest = || current.read().first().map(|(_, id, _)| *id);
        chosen.get().or_else(latest)
    });
    let options = move || {
        let option = |(at, id, step): (DateTime<Utc>, Uuid, String)| {
            let text = format!("{step}, {}", format::moment(at));
            view! { <option value=id.to_string() selected=move || shown.get() == Some(id)>{text}</option> }
        };
        current.get().into_iter().map(option).collect_view()
    };
    move || match shown.get().is_some() {
        false => view! { <Notice title="No inspections of this wafer yet"/> }.into_any(),
        true => {
            let inspection_id = Memo::new(move |_| shown.get().unwrap_or_default());
            view! {
                <label class="choice list-tools"><span>"Like the inspection at"</span>
                    <select on:change:target=move |event| chosen.set(event.target().value().parse().ok())>{options}</select></label>
                <SimilarWafers inspection_id/>
            }
            .into_any()
        }
    }
}

/// The current inspections of a wafer, one over the other; a step can be chosen.
#[component]
fn Stacked(id: Memo<String>) -> impl IntoView {
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let remote = RemoteMap::new(
        move || {
            let question = WaferMapQuery {
                adders: filter.resolved().adders,
                ..WaferMapQuery::default()
            };
            Some(with_query(
                &format!("/analytics/wafer-map/{}", segment(&id.read())),
                &question,
            ))
        },
        String::clone,
    );
    let map = remote.map;
    let hidden_types = hidden_by_filter(map);
    let made_of = made_of(move || {
        Some(DefectQuery {
            wafer: vec![id.get()],
            ..DefectQuery::default()
        })
    });
    let overlays = use_bins(move || map.get());
    view! { <MapProgress of=remote/> {loaded(map, 12, move |shown| {
        let open = Callback::new(move |(inspection, defect_no): (u32, i32)| {
            let found = shown.with_untracked(|map| {
                map.head
                    .inspections
                    .get(inspection as usize)
                    .map(|of| of.inspection_id)
            });
            if let Some(inspection_id) = found {
                query.go(&links::defect(contract::defect::DefectId {
                    inspection_id,
                    defect_no,
                }));
            }
        });
        let stacked = move || {
            let shown = shown.read();
            let steps = shown.head.inspections.iter().map(|of| {
                (
                    of.inspection_id,
                    format!("{} ({})", of.step_id, format::count(of.defect_count)),
                )
            });
            steps.map(|(id, text)| view! { <li><Go to=links::inspection(id) class="chip">{text}</Go></li> }).collect_view()
        };
        view! {
            <Show when=move || !shown.read().head.inspections.is_empty() fallback=|| view! { <Notice title="No inspections of this wafer yet"/> }>
                <ul class="chips" aria-label="Inspections on the map">{stacked}</ul>
                <MapFilterNote/>
                <WaferMap map=narrowed(shown, made_of) hidden_types overlays filters=notes() on_select=open/>
            </Show>
        }
    })} }
}

#[component]
fn WaferFacts(wafer: Arc<Wafer>) -> impl IntoView {
    let wafer = Wafer::clone(&wafer);
    view! {
        <Facts facts=vec![
            ("Lot", facts::link(links::lot(&wafer.lot_id), wafer.lot_id.clone())),
            ("Slot", facts::text(wafer.slot)),
            ("Status", badge::state(&wafer.status)),
            ("Identifier", scheme_name(wafer.id_scheme).into_any()),
            ("As delivered", view! { <code>{wafer.delivered_id}</code> }.into_any()),
            ("Laser scribe", facts::text(wafer.scribe)),
            ("Diameter", format!("{} mm", wafer.diameter_mm).into_any()),
            ("Mark", format::words(wafer.mark_type.as_str()).into_any()),
            ("Type", facts::text(wafer.wafer_type)),
            ("Process node", facts::text(wafer.process_node)),
            ("Manufacturer", facts::text(wafer.manufacturer)),
            ("Material", facts::text(wafer.material)),
            ("Orientation", facts::text(wafer.orientation)),
            ("Resistivity", facts::text(wafer.resistivity_ohm_cm.map(|value| format!("{value} Ω cm")))),
            ("Thickness", facts::text(wafer.thickness_um.map(|value| format!("{value} µm")))),
            ("Inspections", format::count(wafer.inspection_count).into_any()),
            ("Defects, current", format::count(wafer.defect_count).into_any()),
            ("Last inspected", facts::moment(wafer.last_inspected_at)),
            ("Known since", facts::moment(Some(wafer.created_at))),
        ]/>
    }
}

#[component]
fn MoreInfo(info: serde_json::Value) -> impl IntoView {
    let entries: Vec<(String, String)> = info
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), value.to_string()))
        .collect();
    (!entries.is_empty()).then(move || view! {
        <Folded title="Further information">
            <dl class="facts">
                {entries.clone().into_iter().map(|(name, value)| view! { <div class="fact"><dt>{name}</dt><dd><code>{value}</code></dd></div> }).collect_view()}
            </dl>
        </Folded>
    })
}
