//! One defect on the reviewer's bench: its images and spectra, where it lies, its past, the verdict.

use std::sync::Arc;

use contract::defect::{Defect, DefectDetail, DefectId, Neighbour};
use leptos::prelude::*;

use super::defect_evidence::Evidence;
use super::defect_review::Review;
use super::defect_same_spot::SameSpots;
use super::links;
use crate::api::Api;
use crate::components::badge;
use crate::components::facts::{self, Facts};
use crate::components::history::History;
use crate::components::icon::{Drawn, Icon};
use crate::components::keys::{KeysDialog, use_keys};
use crate::components::link::Go;
use crate::components::page::{Card, Folded, PageHead};
use crate::components::status::loaded;
use crate::components::step_through::StepThrough;
use crate::format;
use crate::state::defect_types::{KnownTypes, known_types};
use crate::state::navigation::{UrlQuery, segment, use_param};
use crate::state::remote::Remote;
use crate::state::title::use_title;
use crate::wafer::{MapProgress, RemoteMap, WaferMap};

/// Page of one defect.
#[component]
pub fn DefectPage() -> impl IntoView {
    let (inspection, number) = (use_param("id"), use_param("no"));
    let api = Api::here();
    let path = Memo::new(move |_| api_path(&inspection.read(), &number.read()));
    let defect = Remote::new(
        move || Some(path.get()),
        move |path| async move { api.get::<DefectDetail>(&path).await },
    );
    let title = Signal::derive(move || format!("Defect {}", number.read()));
    use_title(move || {
        let wafer = defect
            .get()
            .map(|shown| format!(" of {}", shown.inspection.wafer_id))
            .unwrap_or_default();
        format!("{}{wafer}", title.get())
    });
    let asking_keys = RwSignal::new(false);
    use_keys(move |event| {
        let asked = event.key() == "?";
        if asked {
            asking_keys.set(true);
        }
        asked
    });
    // While another defect comes, keys must not speak of the one before.
    let is_current = Memo::new(move |_| {
        defect
            .get()
            .is_some_and(|shown| api_path_of(&shown) == *path.read())
    });
    let neighbour = move |read: fn(&DefectDetail) -> Option<DefectId>| {
        Signal::derive(move || {
            let shown = defect.get().filter(|_| is_current.get())?;
            read(&shown).map(links::defect)
        })
    };
    let types = known_types(move || inspection.read().parse().ok());
    let changes = RwSignal::new(0_u32);
    let changed = Callback::new(move |()| {
        defect.reload();
        changes.update(|count| *count += 1);
    });
    view! {
        <PageHead title crumbs=move || defect.get().map(|shown| view! { <Crumbs shown/> })>
            <StepThrough what="defect" has_letters=true previous=neighbour(|shown| shown.previous_defect_id) next=neighbour(|shown| shown.next_defect_id)/>
            <button class="button" type="button" title="Keys of this page (?)" on:click=move |_| asking_keys.set(true)><Drawn icon=Icon::Keyboard/>"Keys"</button>
        </PageHead>
        {loaded(defect, 12, move |shown| view! { <Body shown is_current types changed/> })}
        {move || { changes.track(); view! { <History path=Signal::derive(move || path.get())/> } }}
        <KeysDialog open=asking_keys keys=&KEYS/>
    }
}

const KEYS: [(&str, &str); 12] = [
    ("n ] →", "Next defect"),
    ("p [ ←", "Previous defect"),
    ("1 … 9", "Classify as the type with this number"),
    ("r", "Mark as reviewed"),
    (", .", "Previous and next image"),
    ("f", "Image on the full screen"),
    ("m", "Measure a distance on the image"),
    ("Escape", "End measuring"),
    ("+ −", "Zoom, where image or map has the focus"),
    ("0", "All of the image, or of the wafer"),
    ("← ↑ → ↓", "Move, where image or map has the focus"),
    ("?", "These keys"),
];

/// Path of a defect in the API; for what is no id: one that does not exist.
fn api_path(inspection: &str, number: &str) -> String {
    let id = inspection.parse().ok().zip(number.parse().ok());
    match id {
        Some((inspection_id, defect_no)) => format!(
            "/defects/{}",
            DefectId {
                inspection_id,
                defect_no
            }
        ),
        None => format!("/defects/{}", segment(&format!("{inspection}.{number}"))),
    }
}

fn api_path_of(shown: &DefectDetail) -> String {
    format!("/defects/{}", shown.defect.defect_id)
}

#[component]
fn Crumbs(shown: Arc<DefectDetail>) -> impl IntoView {
    let inspection = &shown.inspection;
    let (wafer, step, id) = (
        inspection.wafer_id.clone(),
        inspection.step_id.clone(),
        inspection.inspection_id,
    );
    view! {
        <Go to=links::wafer(&wafer)>{format!("Wafer {wafer}")}</Go> " / "
        <Go to=links::inspection(id)>{format!("Inspection at {step}")}</Go>
    }
}

#[component]
fn Body(
    shown: Signal<Arc<DefectDetail>>,
    is_current: Memo<bool>,
    types: Remote<KnownTypes>,
    changed: Callback<()>,
) -> impl IntoView {
    view! {
        <div class="bench">
            <div class="bench-main">
                <Evidence shown on_change=changed/>
                <div class="bench-late">
                    <SameSpots shown/>
                    <Card title="Facts">{move || view! { <DefectFacts shown=shown.get()/> }}</Card>
                    {move || view! { <Extra shown=shown.get()/> }}
                </div>
            </div>
            <div class="bench-side">
                <Review shown is_current types on_saved=changed/>
                <div class="bench-late">
                    <Card title="Position on the wafer"><Position shown/></Card>
                    {move || view! { <SameDie shown=shown.get()/> }}
                </div>
            </div>
        </div>
    }
}

/// The map of its inspection with a ring around the defect and a frame around its die.
#[component]
fn Position(shown: Signal<Arc<DefectDetail>>) -> impl IntoView {
    let query = UrlQuery::here();
    let inspection_id = Memo::new(move |_| shown.read().inspection.inspection_id);
    let remote = RemoteMap::new(
        move || Some(inspection_id.get()),
        |id| format!("{}/map", links::inspection(*id)),
    );
    let selected = Signal::derive(move || Some((0, shown.read().defect.defect_no)));
    let die =
        Signal::derive(move || shown.with(|shown| shown.defect.die_x.zip(shown.defect.die_y)));
    let open = Callback::new(move |(_, defect_no): (u32, i32)| {
        query.go(&links::defect(DefectId {
            inspection_id: inspection_id.get_untracked(),
            defect_no,
        }));
    });
    view! {
        <MapProgress of=remote/>
        {loaded(remote.map, 14, move |map| view! {
            <WaferMap map=Signal::derive(move || Some(map.get())) selected highlight_die=die on_select=open legend=false/>
        })}
    }
}

#[component]
fn DefectFacts(shown: Arc<DefectDetail>) -> impl IntoView {
    let DefectDetail {
        defect,
        inspection,
        radius_mm,
        angle_deg,
        ..
    } = DefectDetail::clone(&shown);
    let kind = (
        defect.colour.clone(),
        defect.defect_type.clone(),
        links::defect_type(defect.defect_type_id),
    );
    let position = defect
        .x_mm
        .zip(defect.y_mm)
        .map(|(x, y)| format!("{}, {} mm", format::fixed(x, 6), format::fixed(y, 6)));
    let polar = radius_mm.zip(angle_deg).map(|(radius, angle)| {
        format!(
            "{} mm at {}°",
            format::fixed(radius, 3),
            format::fixed(angle, 1)
        )
    });
    let die = defect
        .die_x
        .zip(defect.die_y)
        .map(|(x, y)| format!("{x}, {y}"));
    let um = |value: Option<f64>| {
        facts::text(value.map(|value| format!("{} µm", format::significant(value))))
    };
    view! {
        <Facts facts=vec![
            ("Type", view! { <span class="nowrap"><badge::Swatch colour=kind.0/>" "<Go to=kind.2>{kind.1}</Go></span> }.into_any()),
            ("Elements", if defect.elements.is_empty() { format::UNKNOWN.to_owned() } else { defect.elements.join(" ") }.into_any()),
            ("Position, wafer centre, notch down", facts::text(position)),
            ("Radius and direction", facts::text(polar)),
            ("Die (column, row)", facts::text(die)),
            ("Size", um(defect.size_um)),
            ("Bounding box", facts::text(defect.x_size_um.zip(defect.y_size_um)
                .map(|(x, y)| format!("{} × {} µm", format::significant(x), format::significant(y))))),
            ("Area", facts::text(defect.area_um2.map(|area| format!("{} µm²", format::significant(area))))),
            ("Class number", facts::text(defect.class_no)),
            ("Rough bin", facts::text(defect.rough_bin)),
            ("Fine bin", facts::text(defect.fine_bin)),
            ("Cluster", facts::text(defect.cluster_no.filter(|no| *no != 0))),
            ("Test", facts::text(defect.test_no)),
            ("Confidence", facts::text(defect.confidence.map(|value| format::percent(value * 100.0)))),
            ("Images in the file", facts::text(defect.image_count)),
            ("Inspected", facts::moment(Some(inspection.inspected_at))),
            ("Step", inspection.step_id.into_any()),
            ("Equipment", facts::text(inspection.equipment_id)),
        ]/>
    }
}

/// Columns of the file that have no field of their own.
#[component]
fn Extra(shown: Arc<DefectDetail>) -> impl IntoView {
    let extra = shown.extra.clone();
    (!extra.is_empty()).then(move || view! {
        <Folded title=format!("Further columns of the file ({})", extra.len())>
            <dl class="facts">
                {extra.clone().into_iter().map(|column| view! { <div class="fact"><dt><code>{column.name}</code></dt><dd><code>{column.text}</code></dd></div> }).collect_view()}
            </dl>
        </Folded>
    })
}

#[component]
fn SameDie(shown: Arc<DefectDetail>) -> impl IntoView {
    let others = shown.same_die_count.saturating_sub(1);
    let title = match others {
        0 => "On the same die: no other defect".to_owned(),
        others => format!(
            "On the same die: {}",
            format::plural(others, "other defect", "other defects")
        ),
    };
    let listed = shown.same_die.len() as i64;
    let rows = shown
        .same_die
        .clone()
        .into_iter()
        .map(|neighbour| view! { <NeighbourRow neighbour/> })
        .collect_view();
    view! {
        <Card title>
            {(listed > 0).then(|| view! {
                <div class="table-scroll" role="region" aria-label="Defects on the same die" tabindex="0">
                    <table class="table">
                        <thead><tr>
                            <th scope="col">"No."</th><th scope="col">"Type"</th><th scope="col" class="numeric">"Distance µm"</th>
                            <th scope="col" class="numeric">"Size µm"</th><th scope="col" class="numeric">"Cluster"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
            {(others > listed).then(|| view! { <p class="quiet">{format!("The nearest {} are listed.", format::count(listed))}</p> })}
        </Card>
    }
}

#[component]
fn NeighbourRow(neighbour: Neighbour) -> impl IntoView {
    let Neighbour {
        defect,
        distance_um,
    } = neighbour;
    let Defect {
        defect_id,
        defect_no,
        colour,
        defect_type,
        size_um,
        cluster_no,
        ..
    } = defect;
    view! {
        <tr>
            <td><Go to=links::defect(defect_id)>{defect_no}</Go></td>
            <td>{badge::defect_type(&colour, &defect_type)}</td>
            <td class="numeric">{format::or_unknown(distance_um, format::significant)}</td>
            <td class="numeric">{format::or_unknown(size_um, format::significant)}</td>
            <td class="numeric">{format::or_unknown(cluster_no.filter(|no| *no != 0), |no| no.to_string())}</td>
        </tr>
    }
}
