//! What a list shows, as a CSV file.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsCast;

use super::icon::{Drawn, Icon};
use super::table::Column;
use crate::format;
use crate::state::list::List;

/// Saves all rows of a list, not just the page at hand.
#[component]
pub fn ExportButton<T>(
    /// The list.
    list: List<T>,
    /// Its columns.
    columns: StoredValue<Vec<Column<T>>>,
    /// Stem of the file's name.
    name: &'static str,
) -> impl IntoView
where
    T: DeserializeOwned + Send + Sync + 'static,
{
    let progress = RwSignal::new(None::<(u64, u64)>);
    let failed = RwSignal::new(None::<String>);
    let export = move |_| {
        progress.set(Some((0, 0)));
        failed.set(None);
        spawn_local(async move {
            let outcome = list
                .all(move |read, total| {
                    let _ = progress.try_set(Some((read, total)));
                })
                .await;
            // The page may be gone; then nobody waits for the file.
            if progress.try_set(None).is_some() {
                return;
            }
            match outcome {
                Ok(rows) => save(
                    &format!("{}.csv", name.to_lowercase().replace(' ', "-")),
                    &columns.with_value(|columns| csv(columns, &rows)),
                ),
                Err(error) => failed.set(Some(error.message())),
            }
        });
    };
    let label = move || match progress.get() {
        None => "Export CSV".to_owned(),
        Some((read, total)) => format!(
            "{} of {}",
            format::count(read as i64),
            format::count(total as i64)
        ),
    };
    view! {
        <button class="button button-quiet" type="button" disabled=move || progress.read().is_some() on:click=export>
            <Drawn icon=Icon::Download/>{label}
        </button>
        <span role="alert">{failed}</span>
    }
}

fn csv<T: 'static>(columns: &[Column<T>], rows: &[T]) -> String {
    let columns: Vec<&Column<T>> = columns
        .iter()
        .filter(|column| column.is_exported())
        .collect();
    let mut text = line(columns.iter().map(|column| column.title().to_owned()));
    for row in rows {
        text.push_str(&line(columns.iter().map(|column| column.csv(row))));
    }
    text
}

/// One line as RFC 4180 has it.
fn line(cells: impl Iterator<Item = String>) -> String {
    let cells: Vec<String> = cells.map(|cell| quoted(&cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// Quoted where needed. Text that a spreadsheet would take for a formula gets an apostrophe in
/// front: file names and notes come from outside.
fn quoted(cell: &str) -> String {
    let is_formula =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    let cell = if is_formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    match cell.contains([',', '"', '\n', '\r']) {
        true => format!("\"{}\"", cell.replace('"', "\"\"")),
        false => cell,
    }
}

/// Hands a text to the browser as a file to save.
fn save(name: &str, text: &str) {
    let parts = js_sys::Array::of1(&text.into());
    let options = web_sys::BlobPropertyBag::new();
    options.set_type("text/csv;charset=utf-8");
    let Ok(blob) = web_sys::Blob::new_with_str_sequence_and_options(&parts, &options) else {
        return;
    };
    let Ok(url) = web_sys::Url::create_object_url_with_blob(&blob) else {
        return;
    };
    if let Some(link) = document()
        .create_element("a")
        .ok()
        .and_then(|link| link.dyn_into::<web_sys::HtmlAnchorElement>().ok())
    {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    // The download has its own hold on the data once it has begun.
    set_timeout(
        move || drop(web_sys::Url::revoke_object_url(&url)),
        std::time::Duration::from_secs(10),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_with_commas_and_quotes_are_quoted() {
        let cells = ["M1, etch", "5\" wafer", "plain"].map(str::to_owned);
        assert_eq!(
            line(cells.into_iter()),
            "\"M1, etch\",\"5\"\" wafer\",plain\r\n"
        );
    }

    #[test]
    fn a_text_from_a_file_cannot_become_a_formula() {
        assert_eq!(quoted("=HYPERLINK(0)"), "'=HYPERLINK(0)");
        assert_eq!(quoted("-88.99"), "-88.99");
    }
}
