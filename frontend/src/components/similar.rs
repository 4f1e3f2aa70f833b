//! The inspections that look most like one: small maps, how alike, by what.

use std::sync::Arc;

use contract::spatial::{Similar, SimilarInspection, SimilarQuery};
use leptos::prelude::*;
use uuid::Uuid;

use super::facts::Moment;
use super::link::Go;
use super::search::UrlSelect;
use super::status::{Notice, loaded};
use crate::api::{Api, with_query};
use crate::cells::{CellMap, Palette, Picture, Scale, ScaleKind, ScaleLegend, use_palette};
use crate::format;
use crate::pages::links;
use crate::state::filter::{Dimension, FilterState};
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;

/// Inspections with a like pattern, nearest first. The choices stand in the URL as `similar_steps`, `similar_turn`
/// and `similar_wafer`.
#[component]
pub fn SimilarWafers(
    /// The inspection that they are like.
    #[prop(into)]
    inspection_id: Signal<Uuid>,
) -> impl IntoView {
    let api = Api::here();
    let query = UrlQuery::here();
    let similar = Remote::new(
        move || {
            let said = |name: &str| query.value(name).map(|value| value == "true");
            let question = SimilarQuery {
                all_steps: said("similar_steps"),
                any_rotation: said("similar_turn"),
                same_wafer: said("similar_wafer"),
                ..SimilarQuery::default()
            };
            let path = format!("/inspections/{}/similar", inspection_id.get());
            Some(with_query(&path, &question))
        },
        move |path: String| async move { api.get::<Similar>(&path).await },
    );
    let filter = FilterState::here();
    let is_filtered = move || {
        let chosen = filter.chosen();
        chosen.adders
            || !chosen.defect_types().is_empty()
            || !chosen.values(Dimension::Element).is_empty()
    };
    let steps = vec![
        ("", "of the same step".to_owned()),
        ("true", "of all steps".to_owned()),
    ];
    let turns = vec![
        ("", "however turned".to_owned()),
        ("false", "as they lie".to_owned()),
    ];
    let wafers = vec![
        ("", "other wafers".to_owned()),
        ("true", "this wafer too".to_owned()),
    ];
    view! {
        <div class="toolbar list-tools" role="group" aria-label="Similar wafers">
            <UrlSelect name="similar_steps" label="Inspections" options=steps/>
            <UrlSelect name="similar_wafer" label="of" options=wafers/>
            <UrlSelect name="similar_turn" label="Patterns" options=turns/>
        </div>
        <Show when=is_filtered><p class="message">"All defects of each inspection are compared, whatever is chosen above."</p></Show>
        {loaded(similar, 8, move |similar| view! { <Found similar/> })}
    }
}

#[component]
fn Found(similar: Signal<Arc<Similar>>) -> impl IntoView {
    let palette = use_palette();
    let is_empty = Memo::new(move |_| similar.read().found.is_empty());
    let scale = Memo::new(move |_| {
        let similar = similar.read();
        let pictures = similar.found.iter().map(|found| &found.picture);
        let counts = pictures
            .chain([&similar.picture])
            .flat_map(|picture| picture.cell_count.iter());
        Scale::of_counts(ScaleKind::Log, counts.copied().max().unwrap_or(0))
    });
    let own = Memo::new(move |_| Arc::new(Picture::of_inspection(&similar.read().picture)));
    let measures = move || {
        let cell = similar.read().picture.cell_mm;
        format!("Defects per cell of {cell} × {cell} mm, one scale for all")
    };
    let none = move || {
        let (title, text) = match similar.read().compared {
            0 => (
                "Nothing to compare with",
                "There is no pattern here, or no other inspection that matches the choices above has one.".to_owned(),
            ),
            many => (
                "Nothing alike",
                format!(
                    "{} compared; none has a pattern like this one.",
                    format::plural(many, "inspection was", "inspections were")
                ),
            ),
        };
        view! { <Notice title text/> }
    };
    let tiles = move || {
        let found = similar.read().found.clone();
        found
            .into_iter()
            .map(|found| view! { <Tile found scale palette/> })
            .collect_view()
    };
    view! {
        <p class="chart-note">{move || {
            let similar = similar.read();
            format!("{} {} compared.", similar.measure, format::plural(similar.compared, "inspection", "inspections"))
        }}</p>
        <ul class="wafer-tiles similar-tiles">
            <li><div class="wafer-tile is-this">
                <span class="wafer-tile-map"><CellMap picture=own scale palette/></span>
                <span class="wafer-tile-slot">"This inspection"</span>
            </div></li>
            {tiles}
        </ul>
        <Show when=move || !is_empty.get() fallback=none>
            <ScaleLegend scale measures=Signal::derive(measures)/>
        </Show>
    }
}

#[component]
fn Tile(found: SimilarInspection, scale: Memo<Scale>, palette: Memo<Palette>) -> impl IntoView {
    let picture = Arc::new(Picture::of_inspection(&found.picture));
    let inspection = found.inspection;
    let to = links::inspection(inspection.inspection_id);
    let turned = turned(found.rotation_deg);
    let because = (!found.because.is_empty()).then(|| found.because.join(", "));
    view! {
        <li>
            <Go to class="wafer-tile">
                <span class="wafer-tile-map"><CellMap picture=Signal::stored(picture) scale palette/></span>
                <span class="wafer-tile-slot">{format!("{} alike", format::percent(found.likeness * 100.0))}</span>
                <span class="wafer-tile-id">{inspection.wafer_id}</span>
                <span class="quiet">{inspection.step_id}</span>
                {inspection.equipment_id.map(|tool| view! { <span class="quiet">{tool}</span> })}
                <span class="quiet"><Moment at=inspection.inspected_at/></span>
                <span>{format::plural(inspection.defect_count, "defect", "defects")}</span>
                {because.map(|because| view! { <span class="similar-because">{because}</span> })}
                {turned.map(|turned| view! { <span class="similar-because quiet">{turned}</span> })}
            </Go>
        </li>
    }
}

/// How far a wafer is turned to fit best, where it is.
fn turned(rotation_deg: f64) -> Option<String> {
    let degrees = rotation_deg.rem_euclid(360.0).round();
    let (degrees, way) = match degrees {
        degrees if degrees > 180.0 => (360.0 - degrees, "clockwise"),
        degrees => (degrees, "counter-clockwise"),
    };
    (degrees >= 1.0).then(|| format!("turned {}° {way}", format::fixed(degrees, 0)))
}

#[cfg(test)]
mod tests {
    use super::turned;

    #[test]
    fn a_rotation_is_told_the_short_way_round() {
        assert_eq!(turned(0.2), None);
        assert_eq!(turned(359.9), None);
        assert_eq!(
            turned(40.0).as_deref(),
            Some("turned 40° counter-clockwise")
        );
        assert_eq!(turned(350.0).as_deref(), Some("turned 10° clockwise"));
        assert_eq!(turned(-90.0).as_deref(), Some("turned 90° clockwise"));
    }
}
