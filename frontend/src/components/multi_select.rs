//! Several values out of a list, behind one button.

use contract::analytics::Facet;
use leptos::prelude::*;

use super::icon::{Drawn, Icon};
use crate::format;
use crate::state::filter::{Dimension, FilterState};

/// Lists longer than this get a field to search in them.
const SEARCH_FROM: usize = 8;

/// The values of one dimension of the filter, to tick.
#[component]
pub fn MultiSelect(
    /// Which dimension.
    dimension: Dimension,
    /// Values to choose from.
    #[prop(into)]
    facets: Signal<Vec<Facet>>,
) -> impl IntoView {
    let filter = FilterState::here();
    let search = RwSignal::new(String::new());
    let chosen = Memo::new(move |_| filter.chosen().values(dimension));
    let label = move || match chosen.read().len() {
        0 => dimension.label().to_owned(),
        many => format!("{} ({many})", dimension.label()),
    };
    let matching = Memo::new(move |_| {
        let wanted = search.read().to_lowercase();
        facets.with(|facets| {
            let fits = facets
                .iter()
                .filter(|facet| facet.label.to_lowercase().contains(&wanted));
            fits.cloned().collect::<Vec<_>>()
        })
    });
    view! {
        <details class="menu select" name="shell-menu">
            <summary class="button" class:is-active=move || !chosen.read().is_empty()>{label}<Drawn icon=Icon::Down/></summary>
            <fieldset class="menu-panel select-panel">
                <legend class="visually-hidden">{dimension.label()}</legend>
                {dimension.note().map(|note| view! { <p class="filter-note">{note}</p> })}
                <Show when=move || { facets.read().len() > SEARCH_FROM }>
                    <input type="search" class="select-search" placeholder="Search" aria-label=format!("Search {}", dimension.label().to_lowercase())
                        prop:value=move || search.get() on:input:target=move |event| search.set(event.target().value())/>
                </Show>
                <div class="select-list">
                    <For each=move || matching.get() key=|facet| (facet.key.clone(), facet.count) let:facet>
                        <Choice dimension facet chosen=chosen/>
                    </For>
                    <Show when=move || matching.read().is_empty()><p class="quiet select-none">"Nothing to choose from"</p></Show>
                </div>
            </fieldset>
        </details>
    }
}

#[component]
fn Choice(dimension: Dimension, facet: Facet, chosen: Memo<Vec<String>>) -> impl IntoView {
    let filter = FilterState::here();
    let Facet { key, label, count } = facet;
    let is_chosen = {
        let key = key.clone();
        move || chosen.read().contains(&key)
    };
    view! {
        <label class="select-choice">
            <input type="checkbox" prop:checked=is_chosen on:change=move |_| filter.toggle(dimension, &key)/>
            <span class="select-text">{label}</span>
            <span class="quiet">{format::count(count)}</span>
        </label>
    }
}
