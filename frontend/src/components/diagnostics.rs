//! What was noticed while reading a file.

use contract::import::Diagnostic;
use leptos::prelude::*;

use super::badge;
use crate::format;

/// Diagnostics, those of the whole file first, then line by line.
#[component]
pub fn Diagnostics(
    /// What was noticed.
    diagnostics: Vec<Diagnostic>,
) -> impl IntoView {
    let mut diagnostics = diagnostics;
    diagnostics.sort_by_key(|found| (found.line, found.column));
    let rows = diagnostics.into_iter().map(|found| {
        let place = match found.line {
            0 => "file".to_owned(),
            line => format!("{}:{}", line, found.column),
        };
        view! {
            <tr>
                <td>{badge::state(&found.severity)}</td>
                <td class="numeric">{place}</td>
                <td class="wrap">{found.message}</td>
                <td class="wrap">{super::facts::text(found.expected)}</td>
                <td class="wrap"><code>{super::facts::text(found.found)}</code></td>
                <td><code class="quiet">{found.code}</code></td>
            </tr>
        }
    });
    view! {
        <div class="table-scroll" role="region" aria-label="Diagnostics" tabindex="0">
            <table class="table">
                <thead><tr>
                    <th scope="col">"Severity"</th><th scope="col" class="numeric">"Line:column"</th><th scope="col">"What"</th>
                    <th scope="col">"Expected"</th><th scope="col">"Found"</th><th scope="col">"Code"</th>
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

/// How many diagnostics there are, as a title.
pub fn title(diagnostics: &[Diagnostic]) -> String {
    format!("Diagnostics ({})", format::count(diagnostics.len() as i64))
}
