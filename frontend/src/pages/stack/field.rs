//! All reticle fields on top of each other: where in the field defects repeat, and where on the wafer.

use std::sync::Arc;

use contract::spatial::{FieldStack, Repeater, Stack};
use leptos::html::Canvas;
use leptos::prelude::*;

use crate::canvas::{self, Viewport, follow_size, once_a_frame};
use crate::cells::{Palette, Scale, ScaleKind, ScaleLegend, use_palette};
use crate::chart::{Cell, ChartSpec, Datum, save_csv};
use crate::components::page::Card;
use crate::components::status::Notice;
use crate::components::type_shares::TypeShares;
use crate::format;
use crate::state::navigation::UrlQuery;
use crate::wafer::{Form, Overlay, WaferMap, bare_map};

/// Rows of the table, and repeaters that are drawn; CSV has all.
const ROWS: usize = 50;

/// The field and its repeaters.
#[component]
pub fn FieldView(
    /// The stack; it has a field.
    stack: Signal<Arc<Stack>>,
) -> impl IntoView {
    let query = UrlQuery::here();
    let field = Memo::new(move |_| stack.read().field.clone().map(Arc::new));
    let chosen = Memo::new(move |_| {
        let place = query.parsed::<usize>("repeater")?.checked_sub(1)?;
        let field = field.get()?;
        field
            .repeaters
            .get(place)
            .map(|found| (place, found.clone()))
    });
    let choose = Callback::new(move |place: Option<usize>| {
        query.set(&[("repeater", place.map(|place| (place + 1).to_string()))]);
    });
    let told = move || field.get().map(|field| size_words(&field));
    let title = move || match chosen.get() {
        Some((place, found)) => format!(
            "Repeater {} on the wafer, {}",
            place + 1,
            format::plural(found.count, "defect", "defects")
        ),
        None => "Repeaters on the wafer".to_owned(),
    };
    view! {
        <p class="chart-note">{told}</p>
        <div class="grid grid-halves">
            <Card title="Reticle field">{move || field.get().map(|field| view! { <Picture field chosen choose/> })}</Card>
            <Card title=Signal::derive(title)><OnWafer stack chosen/></Card>
        </div>
        {move || chosen.get().map(|(place, found)| view! {
            <Card title=format!("Types of repeater {}", place + 1)><TypeShares types=found.types.clone() of=found.count/></Card>
        })}
        {move || field.get().map(|field| view! { <Repeaters field chosen choose/> })}
    }
}

/// How large the field is and how that is known.
fn size_words(field: &FieldStack) -> String {
    let dies = format!(
        "{} × {} {}",
        field.columns,
        field.rows,
        if field.columns * field.rows == 1 {
            "die"
        } else {
            "dies"
        }
    );
    let size = format!(
        "{} × {} mm",
        format::fixed(field.width_mm, 3),
        format::fixed(field.height_mm, 3)
    );
    match field.given {
        true => format!("A field of {dies} ({size}), as asked for."),
        false if field.columns * field.rows == 1 => format!(
            "Fields of one die ({size}): the repeaters tell nothing of a larger field. Give its columns and rows where you know them."
        ),
        false => format!("A field of {dies} ({size}), found from the distances of the repeaters."),
    }
}

/// Defects by their place in the field, with the repeaters to choose.
#[component]
fn Picture(
    field: Arc<FieldStack>,
    chosen: Memo<Option<(usize, Repeater)>>,
    choose: Callback<Option<usize>>,
) -> impl IntoView {
    let query = UrlQuery::here();
    let palette = use_palette();
    let stage = NodeRef::new();
    let canvas = NodeRef::<Canvas>::new();
    let viewport = RwSignal::new(None::<Viewport>);
    follow_size(stage, viewport);
    let kind = Memo::new(move |_| ScaleKind::of_url(query.value("scale").as_deref()));
    let most = field.count.iter().copied().max().unwrap_or(0);
    let scale = Memo::new(move |_| Scale::of_counts(kind.get(), most));
    let (width_mm, height_mm) = (field.width_mm.max(1e-6), field.height_mm.max(1e-6));
    let lines = die_lines(&field);
    let marks = field.repeaters.iter().take(ROWS).enumerate().map(|(place, found)| {
        let [x, y] = found.place_mm;
        let is_chosen = move || chosen.with(|chosen| chosen.as_ref().is_some_and(|(of, _)| *of == place));
        let label = format!("Repeater {}: {}", place + 1, format::plural(found.fields, "field", "fields"));
        let title = label.clone();
        view! {
            <button class="field-mark" type="button" aria-label=label title=title aria-pressed=move || is_chosen().to_string()
                style:left=format!("{:.2}%", x / width_mm * 100.0) style:bottom=format!("{:.2}%", y / height_mm * 100.0)
                on:click=move |_| choose.run((!is_chosen()).then_some(place))>{place + 1}</button>
        }
    });
    let marks = marks.collect_view();
    let measures = format!(
        "Defects per cell of {0} × {0} mm of the field",
        field.cell_mm
    );
    let soon = {
        let field = StoredValue::new(field);
        once_a_frame(move || {
            let (Some(canvas), Some(viewport)) = (canvas.get_untracked(), viewport.get_untracked())
            else {
                return;
            };
            palette.with_untracked(|palette| {
                field.with_value(|field| {
                    // A canvas of a few centimetres is never refused.
                    let _ = paint(&canvas, viewport, field, scale.get_untracked(), palette);
                });
            });
        })
    };
    Effect::new(move || {
        viewport.track();
        scale.track();
        palette.track();
        soon();
    });
    view! {
        <div class="field-stage" style:aspect-ratio=format!("{width_mm} / {height_mm}") style:max-width=format!("{:.2}rem", 28.0 * (width_mm / height_mm).min(1.0))>
            <div class="field-canvas" node_ref=stage aria-hidden="true"><canvas node_ref=canvas></canvas></div>
            <svg class="field-lines" viewBox=format!("0 0 {width_mm} {height_mm}") preserveAspectRatio="none" aria-hidden="true"><path d=lines></path></svg>
            {marks}
        </div>
        <ScaleLegend scale measures/>
    }
}

/// The streets between the dies of the field, as a path in mm from its upper left corner.
fn die_lines(field: &FieldStack) -> String {
    let (width, height) = (field.width_mm, field.height_mm);
    let at = |place: u32, of: u32, length: f64| f64::from(place) / f64::from(of.max(1)) * length;
    let across = (1..field.columns).map(|place| {
        let x = at(place, field.columns, width);
        format!("M{x:.4} 0V{height:.4}")
    });
    let along = (1..field.rows).map(|place| {
        let y = at(place, field.rows, height);
        format!("M0 {y:.4}H{width:.4}")
    });
    across.chain(along).collect()
}

fn paint(
    canvas: &web_sys::HtmlCanvasElement,
    viewport: Viewport,
    field: &FieldStack,
    scale: Scale,
    palette: &Palette,
) -> Result<(), wasm_bindgen::JsValue> {
    let ratio = window().device_pixel_ratio();
    let context = canvas::begin(canvas, viewport, ratio)?;
    let across = field.across.max(1);
    let sharp = |px: f64| (px * ratio).round() / ratio;
    let (x_per_mm, y_per_mm) = (
        viewport.width_px / field.width_mm,
        viewport.height_px / field.height_mm,
    );
    for (index, &count) in (0_u32..).zip(&field.count) {
        if count == 0 {
            continue;
        }
        let (column, row) = (index % across, index / across);
        let [left, right] =
            [column, column + 1].map(|at| sharp(f64::from(at) * field.cell_mm * x_per_mm));
        let [bottom, top] = [row, row + 1]
            .map(|at| sharp(viewport.height_px - f64::from(at) * field.cell_mm * y_per_mm));
        let [red, green, blue] = palette.at(scale.place(f64::from(count)));
        context.set_fill_style_str(&format!("rgb({red} {green} {blue})"));
        context.fill_rect(left, top, (right - left).max(1.0), (bottom - top).max(1.0));
    }
    Ok(())
}

/// Where the chosen repeater, or each of them, lies on the wafer.
#[component]
fn OnWafer(stack: Signal<Arc<Stack>>, chosen: Memo<Option<(usize, Repeater)>>) -> impl IntoView {
    let palette = use_palette();
    let map = Memo::new(move |_| {
        let stack = stack.read();
        Some(bare_map(
            "field",
            stack.geometry.clone(),
            stack.dies.clone(),
        ))
    });
    let overlays = Memo::new(move |_| {
        let palette = palette.read();
        let radius_mm = stack.read().geometry.diameter_mm / 120.0;
        let circles = |place: usize, found: &Repeater, fill: [u8; 4]| {
            let circle = |centre_mm: &[f64; 2]| Overlay {
                id: u32::try_from(place).unwrap_or(u32::MAX),
                form: Form::Circle {
                    centre_mm: *centre_mm,
                    radius_mm,
                },
                fill: Some(fill),
                line: Some(palette.mark()),
                dashed: false,
                label: None,
                above: true,
            };
            found.at_mm.iter().map(circle).collect::<Vec<_>>()
        };
        let [red, green, blue] = palette.mark();
        let field = stack.read().field.clone();
        let all = match (chosen.get(), field) {
            (Some((place, found)), _) => circles(place, &found, [red, green, blue, 120]),
            (None, Some(field)) => (0..)
                .zip(&field.repeaters)
                .take(ROWS)
                .flat_map(|(place, found)| circles(place, found, [red, green, blue, 40]))
                .collect(),
            (None, None) => Vec::new(),
        };
        Arc::new(all)
    });
    let note = move || {
        let (_, found) = chosen.get()?;
        let shown = found.at_mm.len() as i64;
        (shown < found.count).then(|| {
            format!(
                "The first {} of {} are marked.",
                format::count(shown),
                format::count(found.count)
            )
        })
    };
    view! {
        <WaferMap map overlays legend=false/>
        <p class="quiet">{note}</p>
    }
}

/// The repeaters as a table.
#[component]
fn Repeaters(
    field: Arc<FieldStack>,
    chosen: Memo<Option<(usize, Repeater)>>,
    choose: Callback<Option<usize>>,
) -> impl IntoView {
    let is_empty = field.repeaters.is_empty();
    let row = |(place, found): (usize, &Repeater)| {
        let is_chosen =
            move || chosen.with(|chosen| chosen.as_ref().is_some_and(|(of, _)| *of == place));
        let [x, y] = found.place_mm.map(|value| format::fixed(value, 3));
        let types = found.types.iter().take(3).map(|kind| kind.name.clone());
        let types = types.collect::<Vec<_>>().join(", ");
        view! {
            <tr class:is-selected=is_chosen>
                <td><button class="link" type="button" aria-pressed=move || is_chosen().to_string() on:click=move |_| choose.run((!is_chosen()).then_some(place))>{format!("Repeater {}", place + 1)}</button></td>
                <td class="numeric">{x}</td><td class="numeric">{y}</td>
                <td class="numeric">{format::count(found.fields)}</td><td class="numeric">{format::count(found.wafers)}</td>
                <td class="numeric">{format::count(found.count)}</td><td class="numeric">{format::significant(found.scatter_um)}</td>
                <td>{format::p_value(found.adjusted_p)}</td><td>{types}</td>
            </tr>
        }
    };
    let rows = field.repeaters.iter().take(ROWS).enumerate().map(row);
    let rows = rows.collect_view();
    let many = field.repeaters.len();
    let more = (many > ROWS)
        .then(|| view! { <p class="quiet">{format!("The {ROWS} in most fields of {}; the export has all.", format::count(many as i64))}</p> });
    let exported = field.clone();
    let export = move || {
        let field = exported.clone();
        view! { <button class="button button-quiet" type="button" on:click=move |_| save_csv(table(&field))>"Export CSV"</button> }
    };
    view! {
        <Card title="Repeaters" actions=export>
            {match is_empty {
                true => view! { <Notice title="No repeaters" text="At no place of the field do defects come back in more fields than chance would have it."/> }.into_any(),
                false => view! {
                    <div class="table-scroll table-short" role="region" aria-label="Repeaters" tabindex="0">
                        <table class="table">
                            <thead><tr>
                                <th scope="col">"Repeater"</th><th scope="col" class="numeric">"X in field mm"</th><th scope="col" class="numeric">"Y in field mm"</th>
                                <th scope="col" class="numeric">"Fields"</th><th scope="col" class="numeric">"Wafers"</th><th scope="col" class="numeric">"Defects"</th>
                                <th scope="col" class="numeric">"Scatter µm"</th><th scope="col">"All places considered"</th><th scope="col">"Types"</th>
                            </tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                    {more}
                }.into_any(),
            }}
        </Card>
    }
}

/// All repeaters for CSV.
fn table(field: &FieldStack) -> ChartSpec {
    let row = |(place, found): (usize, &Repeater)| Datum {
        title: (place + 1).to_string(),
        cells: vec![
            Cell::Number(Some(found.place_mm[0])),
            Cell::Number(Some(found.place_mm[1])),
            Cell::count(found.fields),
            Cell::count(found.wafers),
            Cell::count(found.count),
            Cell::Number(Some(found.scatter_um)),
            Cell::Number(Some(found.adjusted_p)),
            Cell::Text(
                found
                    .types
                    .iter()
                    .map(|kind| kind.name.clone())
                    .collect::<Vec<_>>()
                    .join("; "),
            ),
        ],
        ..Datum::default()
    };
    let columns = [
        "Repeater",
        "X in field mm",
        "Y in field mm",
        "Fields",
        "Wafers",
        "Defects",
        "Scatter um",
        "p adjusted",
        "Types",
    ];
    ChartSpec {
        name: "repeaters",
        columns: columns.map(str::to_owned).to_vec(),
        data: field.repeaters.iter().enumerate().map(row).collect(),
        ..ChartSpec::default()
    }
}
