//! A wafer of the lot: its small map, how many defects, the way to the inspection.

use std::sync::Arc;

use contract::spatial::{LotMaps, LotWafer};
use leptos::prelude::*;

use super::order;
use crate::cells::{CellMap, Palette, Picture, Scale};
use crate::components::badge;
use crate::components::link::Go;
use crate::format;
use crate::pages::links;

/// What became of a wafer at the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    NotInspected,
    Clean,
    Defective,
}

impl State {
    fn of(wafer: &LotWafer) -> Self {
        match (&wafer.inspection, wafer.count) {
            (None, _) => Self::NotInspected,
            (Some(_), 0) => Self::Clean,
            (Some(_), _) => Self::Defective,
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::NotInspected => "wafer-tile is-not-inspected",
            Self::Clean => "wafer-tile is-clean",
            Self::Defective => "wafer-tile",
        }
    }
}

/// A wafer by its id among those of the lot.
#[component]
pub fn Tile(
    /// The lot.
    maps: Signal<Arc<LotMaps>>,
    /// Which of its wafers.
    wafer_id: String,
    /// The shared scale.
    scale: Memo<Scale>,
    /// Colours of the page.
    palette: Memo<Palette>,
) -> impl IntoView {
    // A wafer that has gone from a newer answer keeps its tile for a blink.
    let wafer = Memo::new(move |before: Option<&Option<LotWafer>>| {
        let maps = maps.read();
        let now = maps.wafers.iter().find(|wafer| wafer.wafer_id == wafer_id);
        now.cloned().or_else(|| before.cloned().flatten())
    });
    let drawn = move || {
        wafer
            .get()
            .map(|wafer| view! { <Drawn maps wafer scale palette/> })
    };
    view! { <li>{drawn}</li> }
}

#[component]
fn Drawn(
    maps: Signal<Arc<LotMaps>>,
    wafer: LotWafer,
    scale: Memo<Scale>,
    palette: Memo<Palette>,
) -> impl IntoView {
    let state = State::of(&wafer);
    let to = match &wafer.inspection {
        Some(inspection) => links::inspection(inspection.inspection_id),
        None => links::wafer(&wafer.wafer_id),
    };
    let picture = Arc::new(Picture::of_lot_wafer(&maps.read_untracked(), &wafer));
    let slot = wafer
        .slot
        .map_or_else(|| wafer.wafer_id.clone(), |slot| format!("Slot {slot}"));
    let words = match state {
        State::NotInspected => Some("Not inspected"),
        State::Clean => Some("No defects"),
        State::Defective => None,
    };
    let count = match state {
        State::NotInspected => "Not inspected".to_owned(),
        _ => format::plural(wafer.count, "defect", "defects"),
    };
    let density =
        order::density(&wafer).map(|density| format!("{} /cm²", format::significant(density)));
    let unplaced =
        (wafer.unplaced > 0).then(|| format!("{} without position", format::count(wafer.unplaced)));
    let kind = wafer
        .main_type
        .as_ref()
        .map(|kind| badge::defect_type(&kind.colour, &kind.name));
    let tool = wafer
        .inspection
        .as_ref()
        .and_then(|inspection| inspection.equipment_id.clone());
    let name = wafer.slot.is_some().then(|| wafer.wafer_id.clone());
    view! {
        <Go to class=state.class()>
            <span class="wafer-tile-map">
                <CellMap picture=Signal::stored(picture) scale palette/>
                {words.map(|words| view! { <span class="wafer-tile-word" aria-hidden="true">{words}</span> })}
            </span>
            <span class="wafer-tile-slot">{slot}</span>
            {name.map(|name| view! { <span class="wafer-tile-id quiet">{name}</span> })}
            <span>{count}</span>
            {density.map(|density| view! { <span class="quiet">{density}</span> })}
            {unplaced.map(|unplaced| view! { <span class="quiet">{unplaced}</span> })}
            {kind.map(|kind| view! { <span class="wafer-tile-type">{kind}</span> })}
            {tool.map(|tool| view! { <span class="quiet">{tool}</span> })}
        </Go>
    }
}
