//! The stacked wafer by cells or by dies: map, legend, the place that was clicked, the places that stand out.

use std::sync::Arc;

use contract::inspection::Geometry;
use contract::spatial::Stack;
use leptos::prelude::*;

use super::places::{Measure, Place, Places, key_of_url};
use crate::cells::{Palette, Scale, ScaleKind, ScaleLegend, use_palette, within_wafer};
use crate::chart::{Cell, ChartSpec, Datum, save_csv};
use crate::components::defects_within::{DefectsWithin, Part};
use crate::components::facts::Facts;
use crate::components::page::Card;
use crate::components::status::Notice;
use crate::format;
use crate::state::navigation::UrlQuery;
use crate::wafer::{Form, Overlay, WaferMap, bare_map};

/// Rows of the table of places that stand out; CSV has all.
const ROWS: usize = 30;

/// Cells or dies of a stack, coloured by a measure.
#[component]
pub fn PlacesView(
    /// The stack.
    stack: Signal<Arc<Stack>>,
    /// Dies instead of cells.
    by_die: bool,
) -> impl IntoView {
    let query = UrlQuery::here();
    let palette = use_palette();
    let places = Memo::new(move |_| {
        let stack = stack.read();
        Arc::new(match by_die {
            true => Places::dies(&stack),
            false => Places::cells(&stack),
        })
    });
    let measure = Memo::new(
        move |_| match Measure::of_url(query.value("measure").as_deref()) {
            // Expected counts are known of cells alone.
            Measure::Ratio if by_die => Measure::Count,
            measure => measure,
        },
    );
    let kind = Memo::new(move |_| ScaleKind::of_url(query.value("scale").as_deref()));
    let scale = Memo::new(move |_| scale_of(&places.read(), measure.get(), kind.get()));
    let chosen = Memo::new(move |_| {
        let key = key_of_url(&query.value("at")?)?;
        places.read().find(key).cloned()
    });
    let choose = move |key: Option<(i32, i32)>| {
        query.set(&[
            ("at", key.map(|(column, row)| format!("{column},{row}"))),
            ("page", None),
        ]);
    };
    let diameter_mm = Memo::new(move |_| outline_mm(&stack.read(), by_die));
    let map = Memo::new(move |_| {
        let stack = stack.read();
        let geometry = Geometry {
            diameter_mm: diameter_mm.get(),
            ..stack.geometry.clone()
        };
        Some(bare_map("stack", geometry, stack.dies.clone()))
    });
    let overlays = Memo::new(move |_| {
        let radius_mm = diameter_mm.get() / 2.0;
        let colours = Colours {
            palette: &palette.read(),
            scale: scale.get(),
            radius_mm,
        };
        Arc::new(colours.overlays(&places.read(), measure.get(), chosen.get().as_ref()))
    });
    let clicked = Callback::new(move |id: Option<u32>| {
        let key = id.and_then(|id| {
            let places = places.read_untracked();
            places.all.get(id as usize).map(|place| place.key)
        });
        choose(key);
    });
    let part = Memo::new(move |_| {
        chosen.with(|chosen| chosen.as_ref().map(|place| Part::Rectangle(place.sides)))
    });
    let title = if by_die { "Dies" } else { "Cells" };
    let measures = move || {
        let of = match by_die {
            true => "per die".to_owned(),
            false => format!("per cell of {0} × {0} mm", stack.read().cells.cell_mm),
        };
        match measure.get() {
            Measure::Density => Measure::Density.words().to_owned(),
            measure => format!("{}, {of}", measure.words()),
        }
    };
    view! {
        <div class="grid grid-main-side">
            <Card title=title>
                <WaferMap map overlays on_overlay=clicked legend=false/>
                <div class="map-legend">
                    <ScaleLegend scale measures=Signal::derive(measures)/>
                    <p class="quiet"><span class="outlined-cell"></span>" more wafers than by chance (1 %, all places considered)"</p>
                </div>
            </Card>
            <div>
                <div aria-live="polite">{move || chosen.get().map(|place| view! { <Chosen places=places.get() place on_leave=Callback::new(move |()| choose(None))/> })}</div>
                <Outstanding places chosen on_choose=Callback::new(choose)/>
            </div>
        </div>
        <Show when=move || part.read().is_some()>
            <Card title="Defects in the chosen place"><DefectsWithin part=Signal::derive(move || part.get().unwrap_or(Part::Rectangle([0.0; 4])))/></Card>
        </Show>
    }
}

/// Diameter of the outline: cells cover the largest wafer, dies those of the newest inspection.
fn outline_mm(stack: &Stack, by_die: bool) -> f64 {
    match by_die {
        true => stack.geometry.diameter_mm,
        false => stack.geometry.diameter_mm.max(2.0 * stack.cells.radius_mm),
    }
}

fn scale_of(places: &Places, measure: Measure, kind: ScaleKind) -> Scale {
    let values = places
        .all
        .iter()
        .filter_map(|place| places.value(place, measure));
    match measure {
        Measure::Count | Measure::Wafers => {
            let most = values.fold(0.0, f64::max);
            Scale::of_counts(kind, most as u32)
        }
        Measure::Density | Measure::Ratio => Scale::of_values(kind, values),
    }
}

/// How places are coloured.
struct Colours<'a> {
    palette: &'a Palette,
    scale: Scale,
    radius_mm: f64,
}

impl Colours<'_> {
    fn overlays(&self, places: &Places, measure: Measure, chosen: Option<&Place>) -> Vec<Overlay> {
        let mut overlays = Vec::with_capacity(places.all.len());
        for (index, place) in places.all.iter().enumerate() {
            let Some(form) = within_wafer(place.sides, self.radius_mm) else {
                continue;
            };
            let value = places.value(place, measure).filter(|value| *value > 0.0);
            let fill = value.map(|value| {
                let [red, green, blue] = self.palette.at(self.scale.place(value));
                [red, green, blue, 255]
            });
            let bare = Overlay {
                id: u32::try_from(index).unwrap_or(u32::MAX),
                form,
                fill: None,
                line: None,
                dashed: false,
                label: None,
                above: false,
            };
            if place.stands_out {
                overlays.push(Overlay {
                    line: Some(self.palette.mark()),
                    above: true,
                    ..bare.clone()
                });
            }
            if chosen.is_some_and(|chosen| chosen.key == place.key) {
                overlays.push(Overlay {
                    form: wider(place.sides, 0.6),
                    line: Some(self.palette.ink()),
                    above: true,
                    ..bare.clone()
                });
            }
            overlays.push(Overlay { fill, ..bare });
        }
        overlays
    }
}

fn wider([x_min, y_min, x_max, y_max]: [f64; 4], by_mm: f64) -> Form {
    Form::Rect([x_min - by_mm, y_min - by_mm, x_max + by_mm, y_max + by_mm])
}

/// The place that was clicked.
#[component]
fn Chosen(places: Arc<Places>, place: Place, on_leave: Callback<()>) -> impl IntoView {
    let density = places.value(&place, Measure::Density);
    let ratio = places.value(&place, Measure::Ratio);
    let verdict = place.adjusted_p.map(|p| match place.stands_out {
        true => format!("stands out ({})", format::p_value(p)),
        false => format!("as chance would have it ({})", format::p_value(p)),
    });
    let [x_min, y_min, x_max, y_max] = place.sides.map(|side| format::fixed(side, 2));
    let mut facts = vec![
        ("Defects", format::count(place.count.into()).into_any()),
        (
            "Wafers with one",
            format::count(place.wafers.into()).into_any(),
        ),
    ];
    if let Some(expected) = place.expected {
        let ratio = ratio.map(|ratio| format!(", {} times", format::significant(ratio)));
        let text = format!(
            "{}{}",
            format::significant(expected),
            ratio.unwrap_or_default()
        );
        facts.push(("Expected at random", text.into_any()));
    }
    facts.extend([
        (
            "Per cm² and inspection",
            format::or_unknown(density, format::significant).into_any(),
        ),
        (
            "Wafers against chance",
            format::or_unknown(verdict, |verdict| verdict).into_any(),
        ),
        (
            "Where",
            format!("x {x_min} to {x_max}, y {y_min} to {y_max} mm").into_any(),
        ),
    ]);
    view! {
        <Card title=places.name(&place) actions=move || view! {
            <button class="button button-quiet" type="button" on:click=move |_| on_leave.run(())>"Deselect"</button>
        }><Facts facts/></Card>
    }
}

/// Places with more wafers than by chance.
#[component]
fn Outstanding(
    places: Memo<Arc<Places>>,
    chosen: Memo<Option<Place>>,
    on_choose: Callback<Option<(i32, i32)>>,
) -> impl IntoView {
    let export = move || {
        view! { <button class="button button-quiet" type="button" on:click=move |_| save_csv(table(&places.read_untracked()))>"Export CSV"</button> }
    };
    let rows = move || {
        let places = places.read();
        let row = |place: &Place| {
            let key = place.key;
            let is_chosen =
                move || chosen.with(|chosen| chosen.as_ref().is_some_and(|place| place.key == key));
            let ratio = places.value(place, Measure::Ratio);
            view! {
                <tr class:is-selected=is_chosen>
                    <td><button class="link" type="button" aria-pressed=move || is_chosen().to_string() on:click=move |_| on_choose.run(Some(key))>{places.name(place)}</button></td>
                    <td class="numeric">{format::count(place.wafers.into())}</td>
                    <td class="numeric">{format::count(place.count.into())}</td>
                    <td class="numeric">{format::or_unknown(ratio, |ratio| format!("{} ×", format::significant(ratio)))}</td>
                    <td>{format::or_unknown(place.adjusted_p, format::p_value)}</td>
                </tr>
            }
        };
        let outstanding = places.outstanding();
        outstanding.into_iter().take(ROWS).map(row).collect_view()
    };
    let many = Memo::new(move |_| places.read().outstanding().len());
    let note = move || {
        let (many, all) = (many.get(), places.read().all.len());
        let shown = match many > ROWS {
            true => format!(" The {ROWS} on most wafers:"),
            false => String::new(),
        };
        format!(
            "{} of {} with more wafers than by chance.{shown}",
            format::count(many as i64),
            format::count(all as i64)
        )
    };
    view! {
        <Card title="Places that stand out" actions=export>
            <Show when=move || { many.get() > 0 } fallback=|| view! { <Notice title="None stands out" text="On no place are there defects on more wafers than chance would have it, with all places considered."/> }>
                <p class="quiet">{note}</p>
                <div class="table-scroll table-short" role="region" aria-label="Places that stand out" tabindex="0">
                    <table class="table">
                        <thead><tr>
                            <th scope="col">"Place"</th><th scope="col" class="numeric">"Wafers"</th><th scope="col" class="numeric">"Defects"</th>
                            <th scope="col" class="numeric">"Expected"</th><th scope="col">"All considered"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </Show>
        </Card>
    }
}

/// All places for CSV.
fn table(places: &Places) -> ChartSpec {
    let row = |place: &Place| Datum {
        title: places.name(place),
        cells: place
            .sides
            .iter()
            .map(|side| Cell::Number(Some(*side)))
            .chain([
                Cell::count(place.count.into()),
                Cell::count(place.wafers.into()),
                Cell::Number(place.expected),
                Cell::Number(places.value(place, Measure::Density)),
                Cell::Number(place.adjusted_p),
                Cell::Text(if place.stands_out { "yes" } else { "no" }.to_owned()),
            ])
            .collect(),
        ..Datum::default()
    };
    let columns = [
        "Place",
        "Left mm",
        "Bottom mm",
        "Right mm",
        "Top mm",
        "Defects",
        "Wafers",
        "Expected",
        "Defects/cm² and inspection",
        "p adjusted",
        "Stands out",
    ];
    ChartSpec {
        name: if places.are_dies {
            "stack-dies"
        } else {
            "stack-cells"
        },
        columns: columns.map(str::to_owned).to_vec(),
        data: places.all.iter().map(row).collect(),
        ..ChartSpec::default()
    }
}
