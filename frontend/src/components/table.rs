//! The one table of lists: orders by the server, pages, exports, scrolls inside itself.

use std::collections::HashMap;
use std::sync::Arc;

use contract::filter::Order;
use leptos::prelude::*;
use serde::de::DeserializeOwned;

use super::export::ExportButton;
use super::icon::{Drawn, Icon};
use super::link::Go;
use super::status::{Notice, loaded};
use crate::api::Listed;
use crate::format;
use crate::state::list::{List, PER_PAGE};

/// Draws a cell of a row.
type Cell<T> = Arc<dyn Fn(&T) -> AnyView + Send + Sync>;
/// Writes a cell of a row to CSV.
type Text<T> = Arc<dyn Fn(&T) -> String + Send + Sync>;

/// One column.
pub struct Column<T> {
    title: &'static str,
    sort: Option<&'static str>,
    numeric: bool,
    wraps: bool,
    exported: bool,
    cell: Cell<T>,
    text: Text<T>,
}

impl<T> Clone for Column<T> {
    fn clone(&self) -> Self {
        Self {
            cell: self.cell.clone(),
            text: self.text.clone(),
            ..*self
        }
    }
}

impl<T: 'static> Column<T> {
    /// A column of text.
    pub fn text(
        title: &'static str,
        text: impl Fn(&T) -> String + Send + Sync + Clone + 'static,
    ) -> Self {
        let shown = text.clone();
        Self::drawn(title, text, move |row| {
            let text = shown(row);
            if text.is_empty() {
                format::UNKNOWN.into_any()
            } else {
                text.into_any()
            }
        })
    }

    /// A column of numbers: `text` is what people read; CSV gets `value` in full.
    pub fn number(
        title: &'static str,
        value: impl Fn(&T) -> Option<f64> + Send + Sync + Clone + 'static,
        text: fn(f64) -> String,
    ) -> Self {
        let shown = value.clone();
        let csv = move |row: &T| {
            value(row)
                .map(|value| value.to_string())
                .unwrap_or_default()
        };
        let mut column = Self::drawn(title, csv, move |row| {
            format::or_unknown(shown(row), text).into_any()
        });
        column.numeric = true;
        column
    }

    /// A column of counts.
    pub fn count(
        title: &'static str,
        value: impl Fn(&T) -> i64 + Send + Sync + Clone + 'static,
    ) -> Self {
        Self::number(
            title,
            move |row| Some(value(row) as f64),
            |value| format::count(value as i64),
        )
    }

    /// A column of links: `to` is the path, `text` what stands in it.
    pub fn link(
        title: &'static str,
        to: impl Fn(&T) -> String + Send + Sync + 'static,
        text: impl Fn(&T) -> String + Send + Sync + Clone + 'static,
    ) -> Self {
        let shown = text.clone();
        Self::drawn(title, text, move |row| {
            let (to, text) = (to(row), shown(row));
            view! { <Go to>{text}</Go> }.into_any()
        })
    }

    /// A column drawn in its own way; `text` is what CSV gets.
    pub fn drawn(
        title: &'static str,
        text: impl Fn(&T) -> String + Send + Sync + 'static,
        cell: impl Fn(&T) -> AnyView + Send + Sync + 'static,
    ) -> Self {
        Self {
            title,
            sort: None,
            numeric: false,
            wraps: false,
            exported: true,
            cell: Arc::new(cell),
            text: Arc::new(text),
        }
    }

    /// The server can order by this column, under the name `sort`.
    pub fn sorted(mut self, sort: &'static str) -> Self {
        self.sort = Some(sort);
        self
    }

    /// Left out of CSV: a column of buttons.
    pub fn without_csv(mut self) -> Self {
        self.exported = false;
        self
    }

    /// Whether CSV has it.
    pub fn is_exported(&self) -> bool {
        self.exported
    }

    /// Long texts: the cell wraps.
    pub fn wrapping(mut self) -> Self {
        self.wraps = true;
        self
    }

    /// Title, for the head of a CSV file.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// What CSV gets for a row.
    pub fn csv(&self, row: &T) -> String {
        (self.text)(row)
    }

    fn class(&self) -> &'static str {
        match (self.numeric, self.wraps) {
            (true, _) => "numeric",
            (_, true) => "wrap",
            _ => "",
        }
    }
}

/// What identifies a row for as long as the list is shown.
pub type RowKey<T> = fn(&T) -> String;

/// A list as a table.
#[component]
pub fn DataTable<T>(
    /// Its rows, order and page.
    list: List<T>,
    /// Columns, from left to right.
    columns: Vec<Column<T>>,
    /// What identifies a row.
    key: RowKey<T>,
    /// What the table lists, for screen readers and the name of the export, for example `Wafers`.
    title: &'static str,
    /// Column and direction of the order when the URL names none.
    default_order: (&'static str, Order),
    /// What is shown instead of no rows.
    #[prop(into)]
    empty: ViewFn,
    /// Key of the row that is marked.
    #[prop(optional, into)]
    selected: Signal<Option<String>>,
    /// Called with the row under the pointer or focus, and `None` when it is left.
    #[prop(optional, into)]
    on_point: Option<Callback<Option<Arc<T>>>>,
) -> impl IntoView
where
    T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    let columns = StoredValue::new(columns);
    loaded(list.rows, 8, move |listed| {
        let empty = empty.clone();
        view! {
            <Show when=move || !listed.read().rows.is_empty() fallback=move || empty.run()>
                <div class="table-scroll" role="region" aria-label=title tabindex="0">
                    <table class="table">
                        <thead><tr>{columns.get_value().into_iter().map(|column| head(list, column, default_order)).collect_view()}</tr></thead>
                        <Body listed columns key selected on_point/>
                    </table>
                </div>
                <Foot list listed columns title/>
            </Show>
        }
    })
}

fn head<T>(list: List<T>, column: Column<T>, default_order: (&'static str, Order)) -> impl IntoView
where
    T: DeserializeOwned + Send + Sync + 'static,
{
    let class = column.class();
    let Some(sort) = column.sort else {
        return view! { <th scope="col" class=class>{column.title}</th> }.into_any();
    };
    let order = Memo::new(move |_| {
        let (sorted, order) = list
            .order()
            .unwrap_or((default_order.0.to_owned(), default_order.1));
        (sorted == sort).then_some(order)
    });
    let aria = move || match order.get() {
        Some(Order::Asc) => "ascending",
        Some(Order::Desc) => "descending",
        None => "none",
    };
    let arrow = move || match order.get() {
        Some(Order::Asc) => "↑",
        Some(Order::Desc) => "↓",
        None => "",
    };
    view! {
        <th scope="col" class=class aria-sort=aria>
            <button class="table-sort" type="button" on:click=move |_| list.sort_by(sort, default_order)>
                {column.title}<span class="table-arrow" aria-hidden="true">{arrow}</span>
            </button>
        </th>
    }
    .into_any()
}

/// Rows by their keys. A row whose key stays is not made anew: its cells follow the row's data.
#[component]
fn Body<T>(
    listed: Signal<Arc<Listed<T>>>,
    columns: StoredValue<Vec<Column<T>>>,
    key: RowKey<T>,
    selected: Signal<Option<String>>,
    on_point: Option<Callback<Option<Arc<T>>>>,
) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
{
    let by_key = Memo::new(move |_| {
        let rows = listed.get();
        rows.rows
            .iter()
            .map(|row| (key(row), Arc::new(row.clone())))
            .collect::<HashMap<_, _>>()
    });
    let keys = move || listed.read().rows.iter().map(key).collect::<Vec<_>>();
    let row_of = move |key: String| {
        let row = {
            let key = key.clone();
            Memo::new(move |_| by_key.with(|rows| rows.get(&key).cloned()))
        };
        let cells = columns.get_value().into_iter().map(|column| {
            let class = column.class();
            view! { <td class=class>{move || row.get().map(|row| (column.cell)(&row))}</td> }
        });
        let point = move |on: bool| {
            if let Some(on_point) = on_point {
                on_point.run(if on { row.get_untracked() } else { None });
            }
        };
        view! {
            <tr class:is-selected=move || selected.with(|selected| selected.as_ref() == Some(&key))
                on:pointerenter=move |_| point(true) on:pointerleave=move |_| point(false)
                on:focusin=move |_| point(true) on:focusout=move |_| point(false)>
                {cells.collect_view()}
            </tr>
        }
    };
    view! { <tbody><For each=keys key=String::clone children=row_of/></tbody> }
}

#[component]
fn Foot<T>(
    list: List<T>,
    listed: Signal<Arc<Listed<T>>>,
    columns: StoredValue<Vec<Column<T>>>,
    title: &'static str,
) -> impl IntoView
where
    T: DeserializeOwned + Clone + PartialEq + Send + Sync + 'static,
{
    let page = move || listed.read().pagination.page;
    let pages = move || listed.read().pagination.total_pages.max(1);
    let range = move || {
        let listed = listed.read();
        let first = u64::from(listed.pagination.page.saturating_sub(1))
            * u64::from(listed.pagination.per_page)
            + 1;
        let last = first + listed.rows.len() as u64 - 1;
        let [first, last, total] =
            [first, last, listed.pagination.total].map(|number| format::count(number as i64));
        format!("{first}–{last} of {total}")
    };
    view! {
        <div class="table-foot">
            <span aria-live="polite">{range}</span>
            <label class="check">"Rows"
                <select prop:value=move || list.per_page().to_string()
                    on:change:target=move |event| list.set_per_page(event.target().value().parse().unwrap_or(PER_PAGE[0]))>
                    {PER_PAGE.map(|rows| view! { <option value=rows.to_string() selected=move || list.per_page() == rows>{rows}</option> }).into_iter().collect_view()}
                </select>
            </label>
            <ExportButton list columns name=title/>
            <nav class="pager" aria-label=format!("Pages of {title}")>
                <button class="button button-icon" type="button" aria-label="Previous page" disabled={move || page() <= 1}
                    on:click=move |_| list.go_to(untrack(page) - 1)><Drawn icon=Icon::Previous/></button>
                <span>{move || format!("Page {} of {}", page(), pages())}</span>
                <button class="button button-icon" type="button" aria-label="Next page" disabled={move || page() >= pages()}
                    on:click=move |_| list.go_to(untrack(page) + 1)><Drawn icon=Icon::Next/></button>
            </nav>
        </div>
    }
}

/// The usual words for a list without rows.
pub fn nothing_found(what: &'static str) -> ViewFn {
    ViewFn::from(move || {
        view! { <Notice title=format!("No {what} found") text="Nothing matches the search and the filter."/> }
    })
}
