//! Adders by type and step, and the defects of a step one by one.

use std::sync::Arc;

use contract::defect::DefectId;
use contract::spatial::{AdderRoute, AdderStep, TypeShare};
use leptos::prelude::*;
use uuid::Uuid;

use super::matched::Fate;
use crate::chart::{Cell, ChartSpec, Datum, save_csv};
use crate::components::badge;
use crate::components::link::Go;
use crate::components::page::Card;
use crate::components::search::UrlSelect;
use crate::components::status::Notice;
use crate::format;
use crate::pages::links;
use crate::state::filter::{Dimension, FilterState};
use crate::state::navigation::UrlQuery;

/// Rows of the table of defects; CSV has all.
const ROWS: usize = 200;

/// A type and how many of it each step added, in the order of the route.
#[derive(Clone, Debug, PartialEq)]
struct TypeRow {
    kind: TypeShare,
    by_step: Vec<i64>,
}

/// Types with adders, most first; `count` of each is that over all steps.
fn type_rows(route: &AdderRoute) -> Vec<TypeRow> {
    let mut rows: Vec<TypeRow> = Vec::new();
    for (place, step) in route.steps.iter().enumerate() {
        for share in &step.added_types {
            let known = rows
                .iter_mut()
                .find(|row| row.kind.defect_type_id == share.defect_type_id);
            let row = match known {
                Some(row) => row,
                None => {
                    let kind = TypeShare {
                        count: 0,
                        ..share.clone()
                    };
                    let by_step = vec![0; route.steps.len()];
                    rows.push(TypeRow { kind, by_step });
                    rows.last_mut().expect("just pushed")
                }
            };
            row.kind.count += share.count;
            row.by_step[place] += share.count;
        }
    }
    rows.sort_by_key(|row| std::cmp::Reverse(row.kind.count));
    rows
}

/// How many defects of which type each step added.
#[component]
pub fn AddersByType(
    /// The route.
    route: Signal<Arc<AdderRoute>>,
    /// The step shown.
    chosen: Memo<Option<Uuid>>,
) -> impl IntoView {
    let filter = FilterState::here();
    let rows = Memo::new(move |_| type_rows(&route.read()));
    let export = move || {
        view! { <button class="button button-quiet" type="button" on:click=move |_| save_csv(table(&route.read_untracked()))>"Export CSV"</button> }
    };
    let heads = move || {
        let route = route.read();
        let head = |step: &AdderStep| {
            let id = step.inspection_id;
            view! { <th scope="col" class="numeric" class:is-selected=move || chosen.get() == Some(id)>{step.step_id.clone()}</th> }
        };
        route.steps.iter().map(head).collect_view()
    };
    let body = move || {
        rows.get()
            .into_iter()
            .map(|row| {
                let id = row.kind.defect_type_id;
                let is_on = move || filter.chosen().defect_types().contains(&id);
                let counts = row.by_step.iter().map(|&count| {
                    let text = if count == 0 { format::UNKNOWN.to_owned() } else { format::count(count) };
                    view! { <td class="numeric" class:quiet={count == 0}>{text}</td> }
                });
                let counts = counts.collect_view();
                view! {
                    <tr class:is-selected=is_on>
                        <td><button class="link" type="button" title="Show only this type on the map" aria-pressed=move || is_on().to_string()
                            on:click=move |_| filter.toggle(Dimension::DefectType, &id.to_string())>{badge::defect_type(&row.kind.colour, &row.kind.name)}</button></td>
                        <td class="numeric">{format::count(row.kind.count)}</td>{counts}
                    </tr>
                }
            })
            .collect_view()
    };
    view! {
        <Card title="Adders by type" actions=export>
            <Show when=move || !rows.read().is_empty() fallback=|| view! { <Notice title="No adders" text="No step of the route added a defect."/> }>
                <div class="table-scroll table-short" role="region" aria-label="Adders by type" tabindex="0">
                    <table class="table table-tight">
                        <thead><tr><th scope="col">"Type"</th><th scope="col" class="numeric">"All steps"</th>{heads}</tr></thead>
                        <tbody>{body}</tbody>
                    </table>
                </div>
            </Show>
        </Card>
    }
}

fn table(route: &AdderRoute) -> ChartSpec {
    let steps = route.steps.iter().map(|step| step.step_id.clone());
    let row = |row: TypeRow| Datum {
        title: row.kind.name.clone(),
        cells: std::iter::once(row.kind.count)
            .chain(row.by_step)
            .map(Cell::count)
            .collect(),
        ..Datum::default()
    };
    ChartSpec {
        name: "adders-by-type",
        columns: ["Type".to_owned(), "All steps".to_owned()]
            .into_iter()
            .chain(steps)
            .collect(),
        data: type_rows(route).into_iter().map(row).collect(),
        ..ChartSpec::default()
    }
}

/// A defect of a step.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    number: i32,
    kind: String,
    colour: String,
    x_mm: f64,
    y_mm: f64,
    first_step: String,
}

/// The defects of a step that had a fate, by their numbers; of the types chosen, all where none is.
fn seen(route: &AdderRoute, step: &AdderStep, fate: Fate, types: &[i32]) -> Vec<Seen> {
    let columns = &step.columns;
    let kind_of = |id: i32| {
        let all = route.steps.iter().flat_map(|step| &step.added_types);
        let mut of_it = all.filter(|kind| kind.defect_type_id == id);
        of_it.next()
    };
    let rows = (0..columns.defect_no.len()).filter(|&row| {
        let id = columns.defect_type_id[row];
        Fate::of(columns.state[row]) == fate && (types.is_empty() || types.contains(&id))
    });
    let mut seen: Vec<Seen> = rows
        .map(|row| {
            let kind = kind_of(columns.defect_type_id[row]);
            let first = route.steps.get(columns.first_step[row] as usize);
            Seen {
                number: columns.defect_no[row],
                kind: kind.map_or_else(
                    || format!("Type {}", columns.defect_type_id[row]),
                    |kind| kind.name.clone(),
                ),
                colour: kind.map_or_else(|| "#808080".to_owned(), |kind| kind.colour.clone()),
                x_mm: columns.x_mm[row],
                y_mm: columns.y_mm[row],
                first_step: first.map(|step| step.step_id.clone()).unwrap_or_default(),
            }
        })
        .collect();
    seen.sort_by_key(|defect| defect.number);
    seen
}

/// The defects of the step shown, by what became of them.
#[component]
pub fn StepDefects(
    /// The route.
    route: Signal<Arc<AdderRoute>>,
    /// The step shown.
    step: Signal<Option<Arc<AdderStep>>>,
) -> impl IntoView {
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let fate = Memo::new(move |_| match query.value("fate").as_deref() {
        Some("common") => Fate::Common,
        Some("ambiguous") => Fate::Ambiguous,
        _ => Fate::Added,
    });
    let rows = Memo::new(move |_| {
        let types = filter.chosen().defect_types();
        let step = step.get();
        step.map_or_else(Vec::new, |step| {
            seen(&route.read(), &step, fate.get(), &types)
        })
    });
    let inspection_id = Memo::new(move |_| step.get().map(|step| step.inspection_id));
    let options = [
        ("", "Added"),
        ("common", "Common"),
        ("ambiguous", "Ambiguous"),
    ]
    .map(|(key, text)| (key, text.to_owned()));
    let actions = move || {
        let options = options.to_vec();
        view! {
            <UrlSelect name="fate" label="Which" options/>
            <button class="button button-quiet" type="button" on:click=move |_| save_csv(defects_table(&rows.read_untracked()))>"Export CSV"</button>
        }
    };
    let body = move || {
        let inspection_id = inspection_id.get()?;
        let row = |defect: Seen| {
            let to = links::defect(DefectId {
                inspection_id,
                defect_no: defect.number,
            });
            view! {
                <tr>
                    <td><Go to>{defect.number}</Go></td><td>{badge::defect_type(&defect.colour, &defect.kind)}</td>
                    <td class="numeric">{format::fixed(defect.x_mm, 4)}</td><td class="numeric">{format::fixed(defect.y_mm, 4)}</td>
                    {(fate.get() != Fate::Added).then(|| view! { <td>{defect.first_step}</td> })}
                </tr>
            }
        };
        let shown = rows.get().into_iter().take(ROWS);
        Some(shown.map(row).collect_view())
    };
    let more = move || {
        let many = rows.read().len();
        (many > ROWS).then(|| {
            format!(
                "The first {ROWS} of {}; the export has all.",
                format::count(many as i64)
            )
        })
    };
    view! {
        <Card title="Defects of the step" actions>
            <Show when=move || !rows.read().is_empty() fallback=|| view! { <Notice title="None" text="No defect of this step is such."/> }>
                <div class="table-scroll table-short" role="region" aria-label="Defects of the step" tabindex="0">
                    <table class="table table-tight">
                        <thead><tr>
                            <th scope="col">"No."</th><th scope="col">"Type"</th><th scope="col" class="numeric">"X mm"</th>
                            <th scope="col" class="numeric">"Y mm"</th>
                            // What the step added was first seen at the step.
                            {move || (fate.get() != Fate::Added).then(|| view! { <th scope="col">"First seen at"</th> })}
                        </tr></thead>
                        <tbody>{body}</tbody>
                    </table>
                </div>
                <p class="quiet">{more}</p>
            </Show>
        </Card>
    }
}

fn defects_table(rows: &[Seen]) -> ChartSpec {
    let row = |defect: &Seen| Datum {
        title: defect.number.to_string(),
        cells: vec![
            Cell::Text(defect.kind.clone()),
            Cell::Number(Some(defect.x_mm)),
            Cell::Number(Some(defect.y_mm)),
            Cell::Text(defect.first_step.clone()),
        ],
        ..Datum::default()
    };
    ChartSpec {
        name: "adders-defects",
        columns: ["No.", "Type", "X mm", "Y mm", "First seen at"]
            .map(str::to_owned)
            .to_vec(),
        data: rows.iter().map(row).collect(),
        ..ChartSpec::default()
    }
}
