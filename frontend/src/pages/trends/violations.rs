//! Broken rules in words.

use std::sync::Arc;

use contract::analytics::{Spc, Violation, ViolationDirection};
use leptos::prelude::*;
use uuid::Uuid;

use crate::components::facts::Moment;
use crate::components::link::Go;
use crate::components::status::Notice;
use crate::pages::links;

/// Violations that the table holds at first, and by which it grows.
const ROWS: usize = 50;

/// Broken rules with what the points did and what it means, the newest first.
#[component]
pub fn Violations(
    /// The control chart.
    #[prop(into)]
    spc: Signal<Arc<Spc>>,
    /// The page that explains an inspection; no link without it.
    #[prop(optional, into)]
    explain: Option<Callback<Uuid, String>>,
    /// Called with the points of the pattern whose row has the pointer or the focus.
    #[prop(optional, into)]
    on_point: Option<Callback<Vec<u32>>>,
) -> impl IntoView {
    let limit = RwSignal::new(ROWS);
    let total = Memo::new(move |_| spc.read().violations.len());
    let rows = move || {
        let spc = spc.read();
        let newest = spc.violations.iter().rev().take(limit.get());
        newest
            .map(|violation| row(violation, explain, on_point))
            .collect_view()
    };
    view! {
        <Show when=move || { total.get() > 0 } fallback=|| view! { <Notice title="In control" text="No rule is broken by the points shown."/> }>
            <div class="table-scroll table-short" role="region" aria-label="Violations" tabindex="0">
                <table class="table">
                    <thead><tr>
                        <th scope="col">"When"</th><th scope="col">"Point"</th><th scope="col">"Side"</th><th scope="col">"Rule"</th>
                        {explain.map(|_| view! { <th scope="col"><span class="visually-hidden">"What to do"</span></th> })}
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <Show when=move || { total.get() > limit.get() }>
                <button class="button button-quiet" type="button" on:click=move |_| limit.update(|limit| *limit += ROWS)>
                    {move || format!("Show more ({} of {})", limit.get(), total.get())}
                </button>
            </Show>
        </Show>
    }
}

fn row(
    violation: &Violation,
    explain: Option<Callback<Uuid, String>>,
    on_point: Option<Callback<Vec<u32>>>,
) -> impl IntoView + use<> {
    let text = what_happened(violation);
    let Violation {
        direction,
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
    let why = explain.map(|explain| {
        let to = inspection_id.map(|id| explain.run(id));
        view! { <td>{to.map(|to| view! { <Go to class="button button-row">"Explain"</Go> })}</td> }
    });
    let point = move |on: bool| {
        if let Some(on_point) = on_point {
            on_point.run(if on { points.clone() } else { Vec::new() });
        }
    };
    // A row without a link takes the focus itself, so that keys can point at its pattern too.
    let tabindex = (on_point.is_some() && inspection_id.is_none()).then_some("0");
    let [enter, leave, focus, blur] = [point.clone(), point.clone(), point.clone(), point];
    view! {
        <tr tabindex=tabindex on:pointerenter=move |_| enter(true) on:pointerleave=move |_| leave(false)
            on:focusin=move |_| focus(true) on:focusout=move |_| blur(false)>
            <td>{when}</td><td>{label}</td><td>{side(direction)}</td>
            <td class="wrap"><strong>{text.0}</strong>{text.1}</td>
            {why}
        </tr>
    }
}

/// The rule's name, and what follows on it: what the points did and what that means.
fn what_happened(violation: &Violation) -> (String, String) {
    let Violation {
        name,
        sentence,
        meaning,
        ..
    } = violation;
    let rest = sentence.strip_prefix(name.as_str());
    let mut text = rest.map_or_else(|| format!(": {sentence}"), str::to_owned);
    if !text.contains(meaning.as_str()) {
        text = format!("{text} {meaning}");
    }
    (name.clone(), text)
}

/// The side of a violation in a word.
pub fn side(direction: ViolationDirection) -> &'static str {
    match direction {
        ViolationDirection::High => "high",
        ViolationDirection::Low => "low",
        ViolationDirection::Pattern => "pattern",
    }
}
