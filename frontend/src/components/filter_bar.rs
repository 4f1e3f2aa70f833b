//! The filter bar: time window, step, product, equipment, lot, defect type. It lives in the URL.

use contract::analytics::{Facet, Facets};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

use super::icon::{Drawn, Icon};
use super::multi_select::MultiSelect;
use crate::api::Api;
use crate::format;
use crate::state::filter::{Dimension, FilterState, PRESETS, TimeWindow, split_attribute};
use crate::state::remote::Remote;

/// Which part of the filter a page follows.
#[derive(Clone, Copy, PartialEq)]
enum Scope {
    /// These lists, and what else is reached.
    Bar(&'static [Dimension], Reach),
    /// The time window alone.
    Window,
    Nothing,
}

/// What a bar has beside its lists.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    /// Nothing.
    Choices,
    /// Adders only.
    Adders,
    /// That, killer types, superseded inspections and the time window.
    Everything,
}

fn scope_of(path: &str) -> Scope {
    const TYPES: &[Dimension] = &[Dimension::DefectType];
    const DEFECTS: &[Dimension] = &[Dimension::DefectType, Dimension::Element];
    const ALL: &[Dimension] = &[
        Dimension::Step,
        Dimension::Product,
        Dimension::Equipment,
        Dimension::Lot,
        Dimension::DefectType,
        Dimension::Element,
    ];
    match path {
        "/" | "/trends" | "/pareto" | "/correlation" | "/seasonality" | "/backtest"
        | "/inspections" | "/stack" | "/zones" | "/dies" => Scope::Bar(ALL, Reach::Everything),
        path if path.contains("/defects/") => Scope::Nothing,
        "/control-charts/new" => Scope::Nothing,
        path if path.starts_with("/control-charts/") => Scope::Window,
        path if path.starts_with("/lots/") => Scope::Bar(TYPES, Reach::Adders),
        path if path.ends_with("/adders") => Scope::Bar(TYPES, Reach::Choices),
        path if path.starts_with("/inspections/") || path.starts_with("/wafers/") => {
            Scope::Bar(DEFECTS, Reach::Adders)
        }
        _ => Scope::Nothing,
    }
}

/// The bar on pages that follow it; nothing elsewhere.
#[component]
pub fn FilterBar() -> impl IntoView {
    let path = use_location().pathname;
    let scope = Memo::new(move |_| scope_of(&path.read()));
    let api = Api::here();
    let facets = Remote::new(
        move || matches!(scope.get(), Scope::Bar(..)).then(|| path.get()),
        move |_| async move { api.get::<Facets>("/analytics/facets").await },
    );
    move || match scope.get() {
        Scope::Nothing => ().into_any(),
        Scope::Window => {
            view! { <section class="filter-bar" aria-label="Filter"><WindowChoice/></section> }
                .into_any()
        }
        Scope::Bar(shown, reach) => view! { <Bar facets shown reach/> }.into_any(),
    }
}

/// What a control chart watches, chosen and kept in the URL as by the bar.
#[component]
pub fn ScopeChoice() -> impl IntoView {
    const SHOWN: [Dimension; 4] = [
        Dimension::Step,
        Dimension::Product,
        Dimension::Equipment,
        Dimension::DefectType,
    ];
    let api = Api::here();
    let facets = Remote::new(
        || Some(()),
        move |()| async move { api.get::<Facets>("/analytics/facets").await },
    );
    let selects = SHOWN.map(|dimension| {
        let values = Signal::derive(move || {
            let facets = facets.get();
            facets.map_or_else(Vec::new, |facets| facets_of(&facets, dimension))
        });
        view! { <MultiSelect dimension facets=values/> }
    });
    view! {
        <div class="toolbar scope-choice" role="group" aria-label="What it watches">
            {selects.into_iter().collect_view()}
            <Chips facets dimensions=&SHOWN reach=Reach::Choices/>
        </div>
    }
}

fn facets_of(facets: &Facets, dimension: Dimension) -> Vec<Facet> {
    match dimension {
        Dimension::Step => facets.steps.clone(),
        Dimension::Product => facets.products.clone(),
        Dimension::Equipment => facets.equipment.clone(),
        Dimension::Lot => facets.lots.clone(),
        Dimension::DefectType => facets.defect_types.clone(),
        Dimension::Element => facets.elements.clone(),
        Dimension::Wafer | Dimension::Attribute => Vec::new(),
    }
}

#[component]
fn Bar(facets: Remote<Facets>, shown: &'static [Dimension], reach: Reach) -> impl IntoView {
    let window = reach == Reach::Everything;
    let of = move |dimension| {
        Signal::derive(move || {
            facets
                .get()
                .map(|facets| facets_of(&facets, dimension))
                .unwrap_or_default()
        })
    };
    let selects = shown
        .iter()
        .map(|&dimension| view! { <MultiSelect dimension facets=of(dimension)/> });
    view! {
        <section class="filter-bar" aria-label="Filter">
            {window.then(|| view! { <WindowChoice/> })}
            {selects.collect_view()}
            <Chips facets dimensions=if window { &Dimension::ALL } else { shown } reach/>
        </section>
    }
}

#[component]
fn WindowChoice() -> impl IntoView {
    let filter = FilterState::here();
    let custom = RwSignal::new(false);
    let chosen = Memo::new(move |_| filter.chosen().window);
    let choose = move |name: String| {
        let preset = PRESETS.iter().position(|(key, ..)| *key == name);
        custom.set(name == "custom");
        match preset {
            Some(preset) => filter.update(|filter| filter.window = TimeWindow::Last(preset)),
            None if name == "custom" => {}
            None => filter.update(|filter| filter.window = TimeWindow::All),
        }
    };
    let name = move || match chosen.get() {
        TimeWindow::Between(..) => "custom",
        _ if custom.get() => "custom",
        TimeWindow::All => "all",
        TimeWindow::Last(preset) => PRESETS[preset].0,
    };
    let is_custom = move || name() == "custom";
    view! {
        <select aria-label="Time window" prop:value=name on:change:target=move |event| choose(event.target().value())>
            <option value="all" selected=move || name() == "all">"All time"</option>
            {PRESETS.map(|(key, label, _)| view! { <option value=key selected=move || name() == key>{label}</option> }).into_iter().collect_view()}
            <option value="custom" selected=is_custom>"From … to …"</option>
        </select>
        <Show when=is_custom><Dates chosen/></Show>
    }
}

/// Two days, both inclusive, in the browser's zone.
#[component]
fn Dates(chosen: Memo<TimeWindow>) -> impl IntoView {
    let filter = FilterState::here();
    let ends = move || match chosen.get() {
        TimeWindow::Between(from, to) => (from, to),
        _ => (None, None),
    };
    let first = move || ends().0.map(format::day).unwrap_or_default();
    let last = move || {
        ends()
            .1
            .map(|to| format::day(to - chrono::Duration::seconds(1)))
            .unwrap_or_default()
    };
    let set = move |from, to| {
        filter.update(|filter| filter.window = TimeWindow::Between(from, to));
    };
    let day_after = |text: &str| {
        let day: chrono::NaiveDate = text.parse().ok()?;
        format::day_start(&day.succ_opt()?.to_string())
    };
    view! {
        <label class="date"><span class="visually-hidden">"First day"</span>
            <input type="date" title="First day" prop:value=first prop:max=last
                on:change:target=move |event| set(format::day_start(&event.target().value()), ends().1)/></label>
        <span aria-hidden="true">"–"</span>
        <label class="date"><span class="visually-hidden">"Last day"</span>
            <input type="date" title="Last day" prop:value=last prop:min=first
                on:change:target=move |event| set(ends().0, day_after(&event.target().value()))/></label>
    }
}

/// What is chosen, each to be taken back with one click.
#[component]
fn Chips(facets: Remote<Facets>, dimensions: &'static [Dimension], reach: Reach) -> impl IntoView {
    let filter = FilterState::here();
    let (window, by_adders) = (reach == Reach::Everything, reach >= Reach::Adders);
    let chosen = Memo::new(move |_| {
        let mut chosen = filter.chosen().chosen;
        chosen.retain(|(dimension, _)| dimensions.contains(dimension));
        chosen
    });
    let text = move |dimension: Dimension, key: &str| {
        if let (Dimension::Attribute, Some((name, value))) = (dimension, split_attribute(key)) {
            return format!("{}: {value}", format::words(name));
        }
        let label = facets.get().and_then(|facets| {
            facets_of(&facets, dimension)
                .into_iter()
                .find(|facet| facet.key == key)
                .map(|facet| facet.label)
        });
        format!(
            "{}: {}",
            dimension.label(),
            label.unwrap_or_else(|| key.to_owned())
        )
    };
    let killers = move || window && filter.chosen().killers;
    let adders = move || by_adders && filter.chosen().adders;
    let superseded = move || window && filter.chosen().superseded;
    let is_active = move || {
        !chosen.read().is_empty()
            || killers()
            || adders()
            || superseded()
            || (window && filter.chosen().window != TimeWindow::All)
    };
    view! {
        <Show when=move || window>
            <label class="check" title="Count only defects of types that are marked as killers">
                <input type="checkbox" prop:checked=killers on:change=move |_| filter.update(|filter| filter.killers = !filter.killers)/>
                "Killer types only"
            </label>
        </Show>
        <Show when=move || by_adders>
            <label class="check" title="Count only defects that no earlier inspection of the same wafer saw">
                <input type="checkbox" prop:checked=adders on:change=move |_| filter.update(|filter| filter.adders = !filter.adders)/>
                "Adders only"
            </label>
        </Show>
        <Show when=move || window>
            <label class="check" title="Count inspections that a later one of the same wafer and step has replaced">
                <input type="checkbox" prop:checked=superseded on:change=move |_| filter.update(|filter| filter.superseded = !filter.superseded)/>
                "Include superseded"
            </label>
        </Show>
        <ul class="chips" aria-label="Chosen values">
            <For each=move || chosen.get() key=|chosen| chosen.clone() let((dimension, key))>
                {
                    let label = { let key = key.clone(); Memo::new(move |_| text(dimension, &key)) };
                    view! {
                        <li><button class="chip" type="button" aria-label=move || format!("Remove {}", label.read())
                            on:click=move |_| filter.toggle(dimension, &key)>{label}<Drawn icon=Icon::Close/></button></li>
                    }
                }
            </For>
        </ul>
        <Show when=is_active>
            <button class="button button-quiet" type="button" on:click=move |_| filter.update(|filter| {
                filter.chosen.retain(|(dimension, _)| !dimensions.contains(dimension));
                filter.adders &= !by_adders;
                if window {
                    filter.window = TimeWindow::All;
                    filter.killers = false;
                    filter.superseded = false;
                }
            })>"Clear"</button>
        </Show>
    }
}
