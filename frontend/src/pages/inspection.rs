//! One inspection: wafer map, gallery, defect table, facts, diagnostics.

mod analyses;
mod clusters;
mod dies;
mod drawn;
mod findings;
mod kill;
mod layer;
mod overlays;
mod panel;
pub(super) mod pick;
mod places;
mod signatures;
mod verdict;
mod zones;

use std::collections::HashSet;
use std::sync::Arc;

use contract::defect::{DefectId, DefectQuery};
use contract::inspection::InspectionDetail;
use contract::user::Role;
use leptos::prelude::*;
use uuid::Uuid;

use self::analyses::Analyses;
use self::clusters::ClusterPanel;
use self::dies::DiePanel;
use self::layer::{Layer, LayerChoice};
use self::overlays::{LayerNote, overlays, pick_on_map, point_on_map};
use self::signatures::SignaturePanel;
use self::verdict::Verdict;
use self::zones::ZonePanel;
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
use crate::components::icon::{Drawn, Icon};
use crate::components::link::Go;
use crate::components::map_filter::{MapFilterNote, made_of, map_path, narrowed, notes};
use crate::components::page::{Card, Folded, PageHead};
use crate::components::similar::SimilarWafers;
use crate::components::status::loaded;
use crate::components::step_through::StepThrough;
use crate::components::type_filter::hidden_by_filter;
use crate::format;
use crate::gallery::Gallery;
use crate::state::caller::Caller;
use crate::state::defect_types::known_types;
use crate::state::filter::FilterState;
use crate::state::navigation::{UrlQuery, use_param};
use crate::state::remote::Remote;
use crate::state::title::use_title;
use crate::wafer::{MapProgress, RemoteMap, WaferMap};

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
            {move || inspection.get().map(|shown| view! { <Go to=links::adders(&shown.inspection.wafer_id) class="button">"Adders"</Go> })}
            {may_edit.then(|| view! { <button class="button" type="button" on:click=move |_| editing.set(true)>"Edit"</button> })}
            <Delete path what="inspection with all its defects" goes_to="/inspections"/>
        </PageHead>
        {loaded(inspection, 12, move |shown| {
            let changed = Callback::new(move |()| inspection.reload());
            view! { <Body shown path on_change=changed/> }
        })}
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

/// What stands beside the map.
#[derive(Clone, Copy, PartialEq)]
enum Side {
    Facts,
    Gallery,
    /// Inspections that look alike.
    Similar,
    /// What an analysis found, with its layer on the map.
    Found(Layer),
}

#[component]
fn Body(
    shown: Signal<Arc<InspectionDetail>>,
    path: Memo<String>,
    on_change: Callback<()>,
) -> impl IntoView {
    let query = UrlQuery::here();
    let chosen = Chosen::new();
    // Another inspection: what was chosen on the one before is gone.
    Effect::new(move || {
        path.track();
        chosen.clear();
    });
    let side = Memo::new(move |_| match query.value("view").as_deref() {
        Some("gallery") => Side::Gallery,
        Some("similar") => Side::Similar,
        Some(name) => Layer::named(name).map_or(Side::Facts, Side::Found),
        None => Side::Facts,
    });
    let inspection_id = Memo::new(move |_| shown.read().inspection.inspection_id);
    let wafer_id = Memo::new(move |_| shown.read().inspection.wafer_id.clone());
    let found = Memo::new(move |_| match side.get() {
        Side::Found(layer) => Some(layer),
        Side::Facts | Side::Gallery | Side::Similar => None,
    });
    let is_facts = Memo::new(move |_| side.get() == Side::Facts);
    let analyses = Analyses::new(path, inspection_id, wafer_id, found, is_facts, chosen);
    let types = known_types(move || (side.get() == Side::Gallery).then(|| inspection_id.get()));
    let changed = Callback::new(move |()| {
        chosen.version.update(|version| *version += 1);
        on_change.run(());
    });
    let title = Signal::derive(move || {
        let all = shown.read().inspection.defect_count;
        let of_all = format::plural(all, "defect", "defects");
        match chosen.count().filter(|count| *count != all) {
            Some(count) => format!("Wafer map, {} of {of_all}", format::count(count)),
            None => format!("Wafer map, {of_all}"),
        }
    });
    let diagnostics = move || shown.read().diagnostics.clone();
    let beside = move || {
        match side.get() {
        Side::Similar => view! { <Card title="Similar wafers"><SimilarWafers inspection_id/></Card> }.into_any(),
        Side::Found(layer) => view! { <ChosenDefect chosen shown/>{panel(layer, analyses)} }.into_any(),
        Side::Facts => view! {
            <Verdict analyses/>
            <ChosenDefect chosen shown/>
            <Card title="Facts">{move || view! { <InspectionFacts shown=shown.get()/> }}</Card>
        }
        .into_any(),
        Side::Gallery => view! {
            <section class="card card-flush" aria-label="Gallery"><Gallery path types linked=chosen.linked() on_change=changed/></section>
        }
        .into_any(),
    }
    };
    view! {
        <Notes shown/>
        <div class="grid" class:grid-main-side=move || side.get() == Side::Facts class:grid-gallery=move || side.get() == Side::Gallery class:grid-panel=move || matches!(side.get(), Side::Found(_) | Side::Similar)>
            <Card title>
                <LayerChoice layer=analyses.layer/>
                <InspectionMap path inspection_id chosen analyses/>
                <LayerNote analyses/>
            </Card>
            <div class="beside">
                <Tabs side/>
                {beside}
            </div>
        </div>
        <Card title="Defects"><DefectTable path chosen extra_columns=Signal::derive(move || shown.read().extra_columns.clone())/></Card>
        {move || (!diagnostics().is_empty()).then(|| view! {
            <Folded title=diagnostics::title(&diagnostics())><Diagnostics diagnostics=diagnostics()/></Folded>
        })}
        {move || view! { <Parameters shown=shown.get()/> }}
    }
}

/// What stands beside the map, to choose; it is part of the address.
#[component]
fn Tabs(side: Memo<Side>) -> impl IntoView {
    let query = UrlQuery::here();
    let tab = move |of: Side, text: &'static str, icon: Icon, value: Option<&'static str>| {
        let choose = move |_| match (of, value.map(str::to_owned)) {
            // What is found lies on the map too; facts and images leave there what lies there.
            (Side::Found(_), value) => query.set(&[("view", value.clone()), ("layer", value)]),
            (_, value) => query.set(&[("view", value)]),
        };
        view! {
            <button class="tab" type="button" aria-pressed=move || (side.get() == of).to_string() on:click=choose><Drawn icon/>{text}</button>
        }
    };
    view! {
        <div class="tabs" role="group" aria-label="Beside the map">
            {tab(Side::Facts, "Facts", Icon::Inspection, None)}
            {tab(Side::Gallery, "Gallery", Icon::Picture, Some("gallery"))}
            {Layer::FOUND.map(|layer| tab(Side::Found(layer), layer.text(), layer.icon(), Some(layer.name()))).into_iter().collect_view()}
            {tab(Side::Similar, "Similar", Icon::Stack, Some("similar"))}
        </div>
    }
}

/// What an analysis found.
fn panel(layer: Layer, analyses: Analyses) -> AnyView {
    match layer {
        Layer::Nothing => ().into_any(),
        Layer::Signatures => view! { <SignaturePanel analyses/> }.into_any(),
        Layer::Clusters => view! { <ClusterPanel analyses/> }.into_any(),
        Layer::Zones => view! { <ZonePanel analyses/> }.into_any(),
        Layer::Dies => view! { <DiePanel analyses/> }.into_any(),
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
fn InspectionMap(
    path: Memo<String>,
    inspection_id: Memo<Uuid>,
    chosen: Chosen,
    analyses: Analyses,
) -> impl IntoView {
    let filter = FilterState::here();
    let remote = RemoteMap::new(
        move || Some((map_path(&path.read(), filter), chosen.version.get())),
        |(path, _)| path.clone(),
    );
    let map = remote.map;
    chosen.follow(map);
    let made_of = made_of(move || {
        Some(DefectQuery {
            inspection_id: Some(inspection_id.get()),
            ..DefectQuery::default()
        })
    });
    let hidden_types = hidden_by_filter(map);
    let select =
        Callback::new(move |(_, defect_no): (u32, i32)| chosen.defect_no.set(Some(defect_no)));
    let region = Callback::new(move |region| chosen.region.set(region));
    let lasso = Callback::new(move |ids| chosen.lasso(ids));
    let ringed = move || {
        chosen
            .pointed
            .get()
            .or(chosen.defect_no.get())
            .map(|number| (0, number))
    };
    let marked = Signal::derive(move || {
        let marked = chosen.marked.read();
        let picked = chosen.picked.get();
        // What is chosen in the gallery is the closer look.
        let picked = picked.filter(|_| marked.is_empty());
        let picked = picked.iter().flat_map(|picked| picked.numbers.iter());
        marked
            .iter()
            .chain(picked)
            .map(|number| (0, *number))
            .collect::<HashSet<_>>()
    });
    let overlays = overlays(analyses);
    let (pick, point) = (pick_on_map(analyses), point_on_map(analyses));
    view! { <MapProgress of=remote/> {loaded(map, 16, move |shown| {
        let drawn = narrowed(shown, made_of);
        view! {
            <MapFilterNote/>
            <WaferMap map=drawn selected=Signal::derive(ringed) marked
                highlight_die=chosen.die() hidden_types filters=notes() on_select=select on_region=region
                on_lasso=lasso overlays on_overlay=pick on_point=point/>
        }
    })} }
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
