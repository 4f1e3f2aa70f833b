//! A table of findings: ordered in the browser, each row a button that picks it on the map.

use std::cmp::Ordering;

use leptos::ev::KeyboardEvent;
use leptos::html::Tbody;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::analyses::Analyses;
use super::pick::Pick;
use crate::chart::{Cell, ChartSpec};
use crate::format;

/// Rows at first, and by which the table grows.
const ROWS: usize = 100;

/// Findings as a table. The key of a datum says what it picks.
#[component]
pub fn Findings(
    /// Rows and columns.
    #[prop(into)]
    spec: Signal<ChartSpec>,
    /// What the table lists.
    label: &'static str,
    /// What is pointed at and picked.
    analyses: Analyses,
) -> impl IntoView {
    let body = NodeRef::<Tbody>::new();
    let limit = RwSignal::new(ROWS);
    // Column, and whether the largest comes first; the order of the answer without one.
    let order = RwSignal::new(None::<(usize, bool)>);
    let places = Memo::new(move |_| {
        spec.with(|spec| match order.get() {
            Some((column, descending)) => ordered(spec, column, descending),
            None => (0..spec.data.len()).collect(),
        })
    });
    let total = move || places.with(Vec::len);
    // What is pointed at on the map is shown in the table.
    Effect::new(move || {
        let (Some(pick), Some(body)) = (analyses.pointed.get(), body.get_untracked()) else {
            return;
        };
        let of_pick = body.query_selector(&format!("[data-pick='{pick}']"));
        let row = of_pick
            .ok()
            .flatten()
            .and_then(|name| name.closest("tr").ok().flatten());
        let list = body.closest(".table-scroll").ok().flatten();
        if let (Some(row), Some(list)) = (row, list) {
            scroll_to(&row, &list);
        }
    });
    let sort = move |column: usize| {
        // The largest matters most: it comes first, unless this order is on already.
        let numeric = column > 0;
        order.update(|order| {
            *order = match *order {
                Some((now, first)) if now == column => Some((column, !first)),
                _ => Some((column, numeric)),
            };
        });
    };
    let heads = move || {
        let numeric = spec.with(numeric_columns);
        let columns = spec
            .with(|spec| spec.columns.clone())
            .into_iter()
            .enumerate();
        columns
            .map(|(column, title)| {
                let now = move || order.get().filter(|(of, _)| *of == column).map(|(_, descending)| descending);
                let aria = move || match now() {
                    Some(true) => "descending",
                    Some(false) => "ascending",
                    None => "none",
                };
                let arrow = move || match now() {
                    Some(true) => "↓",
                    Some(false) => "↑",
                    None => "",
                };
                let class = if numeric.get(column).is_some_and(|numeric| *numeric) { "numeric" } else { "" };
                view! {
                    <th scope="col" class=class aria-sort=aria>
                        <button class="table-sort" type="button" on:click=move |_| sort(column)>{title}<span class="table-arrow" aria-hidden="true">{arrow}</span></button>
                    </th>
                }
            })
            .collect_view()
    };
    let rows = move || {
        spec.with(|spec| {
            places.with(|places| {
                let shown = places.iter().take(limit.get());
                shown
                    .filter_map(|place| spec.data.get(*place))
                    .map(|datum| row(datum, analyses))
                    .collect_view()
            })
        })
    };
    view! {
        <div class="table-scroll pick-table" role="region" aria-label=label tabindex="0">
            <table class="table">
                <thead><tr>{heads}</tr></thead>
                <tbody node_ref=body on:keydown=move |event| walk(&event)>{rows}</tbody>
            </table>
        </div>
        <Show when=move || { total() > limit.get() }>
            <p class="table-foot">
                <span>{move || format!("{} of {}", format::count(limit.get() as i64), format::count(total() as i64))}</span>
                <button class="button" type="button" on:click=move |_| limit.update(|limit| *limit += ROWS)>"Show more"</button>
            </p>
        </Show>
    }
}

fn row(datum: &crate::chart::Datum, analyses: Analyses) -> impl IntoView + use<> {
    let pick = datum.key.parse::<Pick>().ok();
    let title = datum.title.clone();
    let name = match pick {
        Some(pick) => view! {
            <button class="link pick-button" type="button" data-pick=pick.to_string() aria-pressed=move || analyses.is_picked(pick).to_string()>{title}</button>
        }
        .into_any(),
        None => title.into_any(),
    };
    let cells = datum.cells.iter().map(|cell| {
        let class = match cell {
            Cell::Number(_) => "numeric",
            Cell::Text(_) => "",
        };
        view! { <td class=class>{cell.shown()}</td> }
    });
    let cells = cells.collect_view();
    let point = move |on: bool| {
        if pick.is_some() {
            analyses.pointed.set(pick.filter(|_| on));
        }
    };
    view! {
        <tr class:is-selected=move || pick.is_some_and(|pick| analyses.is_picked(pick))
            class:is-pointed=move || pick.is_some() && analyses.pointed.get() == pick
            class:is-pickable=pick.is_some()
            on:pointerenter=move |_| point(true) on:pointerleave=move |_| point(false)
            on:focusin=move |_| point(true) on:focusout=move |_| point(false)
            on:click=move |_| if let Some(pick) = pick { analyses.toggle(pick) }>
            <th scope="row">{name}</th>
            {cells}
        </tr>
    }
}

/// Scrolls a list, and nothing around it, so that a row is in its middle, where it is out of sight.
fn scroll_to(row: &Element, list: &Element) {
    let (row, seen) = (
        row.get_bounding_client_rect(),
        list.get_bounding_client_rect(),
    );
    if row.bottom() <= seen.top() || row.top() >= seen.bottom() {
        let down_px =
            f64::midpoint(row.top(), row.bottom()) - f64::midpoint(seen.top(), seen.bottom());
        #[expect(clippy::cast_possible_truncation, reason = "px of a page")]
        list.set_scroll_top(list.scroll_top() + down_px as i32);
    }
}

/// Arrow keys go from row to row.
fn walk(event: &KeyboardEvent) {
    let focused = document().active_element();
    let Some(row) = focused.and_then(|element| element.closest("tr").ok().flatten()) else {
        return;
    };
    let next = match event.key().as_str() {
        "ArrowDown" => row.next_element_sibling(),
        "ArrowUp" => row.previous_element_sibling(),
        _ => return,
    };
    let button = next.and_then(|row| row.query_selector("button.pick-button").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        event.prevent_default();
        // An element that cannot be focused keeps the focus where it is.
        let _ = button.focus();
    }
}

fn cell(spec: &ChartSpec, place: usize, column: usize) -> Option<&Cell> {
    spec.data.get(place)?.cells.get(column.checked_sub(1)?)
}

/// Places of the rows ordered by a column; what has no value comes last either way.
fn ordered(spec: &ChartSpec, column: usize, descending: bool) -> Vec<usize> {
    let mut places: Vec<usize> = (0..spec.data.len()).collect();
    // The first column follows the order of the answer, in which names are numbered.
    if column == 0 {
        if descending {
            places.reverse();
        }
        return places;
    }
    let directed = |order: Ordering| if descending { order.reverse() } else { order };
    places.sort_by(
        |one, other| match (cell(spec, *one, column), cell(spec, *other, column)) {
            (Some(Cell::Number(Some(one))), Some(Cell::Number(Some(other)))) => {
                directed(one.total_cmp(other))
            }
            (Some(Cell::Text(one)), Some(Cell::Text(other))) => directed(one.cmp(other)),
            (Some(Cell::Number(one)), Some(Cell::Number(other))) => {
                one.is_none().cmp(&other.is_none())
            }
            _ => Ordering::Equal,
        },
    );
    places
}

/// Which columns hold numbers.
fn numeric_columns(spec: &ChartSpec) -> Vec<bool> {
    let cells = spec.data.first().map_or(&[][..], |datum| &datum.cells);
    let numeric = cells.iter().map(|cell| matches!(cell, Cell::Number(_)));
    std::iter::once(false).chain(numeric).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::Datum;

    fn spec() -> ChartSpec {
        let row = |title: &str, number: Option<f64>| Datum {
            title: title.to_owned(),
            cells: vec![Cell::Number(number)],
            ..Datum::default()
        };
        ChartSpec {
            columns: vec!["Cluster".to_owned(), "Length mm".to_owned()],
            data: vec![row("1", Some(2.0)), row("2", None), row("3", Some(10.0))],
            ..ChartSpec::default()
        }
    }

    #[test]
    fn rows_without_a_value_come_last_in_either_direction() {
        assert_eq!(ordered(&spec(), 1, true), [2, 0, 1]);
        assert_eq!(ordered(&spec(), 1, false), [0, 2, 1]);
    }

    #[test]
    fn the_first_column_has_the_order_of_the_answer() {
        assert_eq!(ordered(&spec(), 0, false), [0, 1, 2]);
        assert_eq!(ordered(&spec(), 0, true), [2, 1, 0]);
    }
}
