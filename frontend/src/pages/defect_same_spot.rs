//! The same spot of the wafer on its other inspections: when the defect came, whether it stayed.

use std::sync::Arc;

use contract::defect::{DefectDetail, SameSpot, SameSpotQuery};
use leptos::prelude::*;

use super::links;
use crate::api::{Api, with_query};
use crate::components::badge::{self, Tone};
use crate::components::facts::Moment;
use crate::components::link::Go;
use crate::components::page::Card;
use crate::components::status::{Notice, loaded};
use crate::components::thumbnail::Thumbnail;
use crate::format;
use crate::state::remote::Remote;

/// Tolerances to choose from, um.
const TOLERANCES_UM: [u32; 8] = [5, 10, 20, 50, 100, 200, 500, 1000];
/// The one that the API takes by itself, um.
const DEFAULT_UM: u32 = 100;

/// The other inspections of the wafer, oldest first, with this one in its place.
#[component]
pub fn SameSpots(
    /// The defect.
    shown: Signal<Arc<DefectDetail>>,
) -> impl IntoView {
    let api = Api::here();
    let tolerance_um = RwSignal::new(DEFAULT_UM);
    let spots = Remote::new(
        move || {
            let defect = &shown.read().defect;
            let question = SameSpotQuery {
                tolerance_um: Some(tolerance_um.get().into()),
            };
            let path = format!("/defects/{}/same-spot", defect.defect_id);
            (defect.x_mm.is_some() && defect.y_mm.is_some()).then(|| with_query(&path, &question))
        },
        move |path: String| async move { api.get::<Vec<SameSpot>>(&path).await },
    );
    let has_place = Memo::new(move |_| shown.read().defect.x_mm.is_some());
    let choice = move || {
        view! {
            <label class="choice"><span>"Within"</span>
                <select aria-label="Tolerance" on:change:target=move |event| tolerance_um.set(event.target().value().parse().unwrap_or(DEFAULT_UM))>
                    {TOLERANCES_UM.map(|um| view! { <option value=um.to_string() selected=um == DEFAULT_UM>{format!("{um} µm")}</option> }).into_iter().collect_view()}
                </select>
            </label>
        }
    };
    view! {
        <Card title="The same spot on other inspections of this wafer" actions=choice>
            <Show when=move || has_place.get() fallback=|| view! { <p class="quiet">"The file gives no position for this defect."</p> }>
                {loaded(spots, 3, move |spots| move || view! { <Table spots=spots.get() shown=shown.get()/> })}
            </Show>
        </Card>
    }
}

#[component]
fn Table(spots: Arc<Vec<SameSpot>>, shown: Arc<DefectDetail>) -> impl IntoView {
    if spots.is_empty() {
        return view! { <Notice title="No other inspection of this wafer"/> }.into_any();
    }
    let this = &shown.inspection;
    let this_at = this.inspected_at;
    let first_seen = spots
        .iter()
        .filter(|spot| spot.defect.is_some())
        .map(|spot| spot.inspected_at)
        .min()
        .filter(|at| *at < this_at);
    let story = match first_seen {
        Some(at) => format!(
            "First seen on {}: it was carried into this step.",
            format::moment(at)
        ),
        None if spots.iter().any(|spot| spot.inspected_at < this_at) => {
            "Not seen before: added since the inspection before.".to_owned()
        }
        None => "This is the first inspection of the wafer.".to_owned(),
    };
    let mut rows: Vec<(chrono::DateTime<chrono::Utc>, AnyView)> = spots
        .iter()
        .cloned()
        .map(|spot| (spot.inspected_at, view! { <Row spot/> }.into_any()))
        .collect();
    let step = this.step_id.clone();
    rows.push((
        this_at,
        view! {
            <tr class="is-selected"><td><Moment at=this_at/></td><td>{step}</td><td>{badge::badge(Tone::Active, "this one".to_owned())}</td>
                <td class="numeric">"0"</td><td>{badge::defect_type(&shown.defect.colour, &shown.defect.defect_type)}</td>
                <td class="numeric">{format::or_unknown(shown.defect.size_um, format::significant)}</td><td></td></tr>
        }
        .into_any(),
    ));
    rows.sort_by_key(|(at, _)| *at);
    let rows = rows.into_iter().map(|(_, row)| row).collect_view();
    view! {
        <p class="same-spot-story">{story}</p>
        <div class="table-scroll table-short" role="region" aria-label="The same spot" tabindex="0">
            <table class="table">
                <thead><tr>
                    <th scope="col">"Inspected"</th><th scope="col">"Step"</th><th scope="col">"There"</th><th scope="col" class="numeric">"Distance µm"</th>
                    <th scope="col">"Type"</th><th scope="col" class="numeric">"Size µm"</th><th scope="col">"Image"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn Row(spot: SameSpot) -> impl IntoView {
    let inspection = links::inspection(spot.inspection_id);
    let head = view! { <td><Go to=inspection><Moment at=spot.inspected_at/></Go></td><td>{spot.step_id}</td> };
    let Some(defect) = spot.defect else {
        return view! { <tr>{head}<td>{badge::badge(Tone::Plain, "not seen".to_owned())}</td><td class="numeric">{format::UNKNOWN}</td><td></td><td></td><td></td></tr> }
            .into_any();
    };
    let to = links::defect(defect.defect_id);
    let image = defect.first_image_id.map(|image_id| {
        let to = to.clone();
        view! { <Go to class="table-image"><Thumbnail image_id alt=format!("Image of defect {}", defect.defect_no)/></Go> }
    });
    view! {
        <tr>
            {head}
            <td><Go to>{format!("No. {}", defect.defect_no)}</Go></td>
            <td class="numeric">{format::or_unknown(spot.distance_um, format::significant)}</td>
            <td>{badge::defect_type(&defect.colour, &defect.defect_type)}</td>
            <td class="numeric">{format::or_unknown(defect.size_um, format::significant)}</td>
            <td>{image}</td>
        </tr>
    }
    .into_any()
}
