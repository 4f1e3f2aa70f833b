//! A chart's data as a table, each datum a button.

use leptos::ev::KeyboardEvent;
use leptos::html::Tbody;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::{Cell, ChartSpec};

/// Rows that the table holds at first, and by which it grows.
const ROWS: usize = 100;

/// The table of a chart. Out of sight, it is still there for keyboards and screen readers.
#[component]
pub fn DataTable(
    /// Whose data.
    spec: Signal<ChartSpec>,
    /// What the chart is.
    label: Signal<String>,
    /// In sight.
    shown: Signal<bool>,
    /// Choosing a datum does something.
    clickable: bool,
    /// Called with the index of the datum that was chosen.
    on_choose: impl Fn(usize) + Copy + Send + Sync + 'static,
    /// Called with the index of the datum that has the focus.
    on_point: impl Fn(Option<usize>) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let body = NodeRef::<Tbody>::new();
    let limit = RwSignal::new(ROWS);
    let current = RwSignal::new(0_usize);
    let total = Memo::new(move |_| spec.with(|spec| spec.data.len()));
    // Another set of data begins at its own first row.
    Effect::new(move || {
        total.track();
        current.set(0);
        limit.set(ROWS);
    });

    let walk = move |event: KeyboardEvent| {
        let last = total
            .get_untracked()
            .min(limit.get_untracked())
            .saturating_sub(1);
        let row = current.get_untracked();
        let next = match event.key().as_str() {
            "ArrowDown" | "ArrowRight" => (row + 1).min(last),
            "ArrowUp" | "ArrowLeft" => row.saturating_sub(1),
            "Home" => 0,
            "End" => last,
            _ => return,
        };
        event.prevent_default();
        current.set(next);
        focus_row(body, next);
    };
    let rows = move || {
        spec.with(|spec| {
            let count = spec.data.len();
            (0..count.min(limit.get()))
                .map(|row| {
                    (
                        row,
                        if spec.newest_first {
                            count - 1 - row
                        } else {
                            row
                        },
                    )
                })
                .map(|(row, index)| {
                    let datum = &spec.data[index];
                    let title = datum.title.clone();
                    let name = if clickable {
                        view! {
                            <button
                                type="button"
                                class="chart-datum"
                                data-index=index
                                data-key=datum.key.clone()
                                tabindex=move || if current.get() == row { "0" } else { "-1" }
                                on:focus=move |_| {
                                    current.set(row);
                                    on_point(Some(index));
                                }
                                on:blur=move |_| on_point(None)
                                on:click=move |_| on_choose(index)
                            >
                                {title}
                            </button>
                        }
                        .into_any()
                    } else {
                        title.into_any()
                    };
                    let cells = datum.cells.iter().map(
                        |cell| view! { <td class:chart-text=is_text(cell)>{cell.shown()}</td> },
                    );
                    view! {
                        <tr>
                            <th scope="row">{name}</th>
                            {cells.collect_view()}
                        </tr>
                    }
                })
                .collect_view()
        })
    };
    view! {
        <div class="chart-table" class:visually-hidden=move || !shown.get()>
            <table>
                <caption class="visually-hidden">{move || format!("Data of {}", label.get())}</caption>
                <thead>
                    <tr>
                        {move || {
                            spec.with(heads)
                                .into_iter()
                                .map(|(head, text)| view! { <th scope="col" class:chart-text=text>{head}</th> })
                                .collect_view()
                        }}
                    </tr>
                </thead>
                <tbody node_ref=body on:keydown=walk>
                    {rows}
                </tbody>
            </table>
            <Show when=move || shown.get() && (total.get() > limit.get())>
                <button type="button" class="chart-more" on:click=move |_| limit.update(|limit| *limit += ROWS)>
                    {move || format!("Show more ({} of {})", limit.get(), total.get())}
                </button>
            </Show>
        </div>
    }
}

/// Heads of the columns, and whether text stands under them.
fn heads(spec: &ChartSpec) -> Vec<(String, bool)> {
    let cells = spec.data.first().map_or(&[][..], |datum| &datum.cells);
    let text = std::iter::once(true)
        .chain(cells.iter().map(is_text))
        .chain(std::iter::repeat(false));
    spec.columns.iter().cloned().zip(text).collect()
}

fn is_text(cell: &Cell) -> bool {
    matches!(cell, Cell::Text(_))
}

fn focus_row(body: NodeRef<Tbody>, row: usize) {
    let Some(body) = body.get_untracked() else {
        return;
    };
    let button = u32::try_from(row)
        .ok()
        .and_then(|row| body.rows().item(row))
        .and_then(|row| row.query_selector("button").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        // An element that cannot take the focus leaves it where it is.
        let _ = button.focus();
    }
}
