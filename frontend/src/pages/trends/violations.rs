//! Broken rules in words.

use std::sync::Arc;

use contract::analytics::{Spc, Violation};
use leptos::prelude::*;

use crate::components::facts::Moment;
use crate::components::link::Go;
use crate::components::status::Notice;
use crate::format;
use crate::pages::links;

/// Broken rules with what they mean, the newest first.
#[component]
pub fn Violations(
    /// The control chart.
    #[prop(into)]
    spc: Signal<Arc<Spc>>,
) -> impl IntoView {
    let row = |violation: &Violation| {
        let Violation {
            name,
            meaning,
            at,
            inspection_id,
            label,
            points,
            ..
        } = violation.clone();
        let when = match inspection_id {
            Some(id) => view! { <Go to=links::inspection(id)><Moment at/></Go> }.into_any(),
            None => view! { <Moment at/> }.into_any(),
        };
        view! {
            <tr>
                <td>{when}</td><td>{label}</td><td class="wrap"><strong>{name}</strong><br/><span class="quiet">{meaning}</span></td>
                <td class="numeric">{format::count(points.len() as i64)}</td>
            </tr>
        }
    };
    let rows = move || spc.read().violations.iter().rev().map(row).collect_view();
    let is_quiet = Memo::new(move |_| spc.read().violations.is_empty());
    view! {
        <Show when=move || !is_quiet.get() fallback=|| view! { <Notice title="In control" text="No rule is broken by the points shown."/> }>
            <div class="table-scroll table-short" role="region" aria-label="Violations" tabindex="0">
                <table class="table">
                    <thead><tr><th scope="col">"When"</th><th scope="col">"Point"</th><th scope="col">"Rule"</th><th scope="col" class="numeric">"Points"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Show>
    }
}
