//! Pareto: which types, steps, tools, products, lots or elements make most of the defects.

mod compare;

use std::sync::Arc;

use contract::analytics::{Pareto, ParetoBy, ParetoQuery, ParetoRow, ParetoWeight};
use leptos::prelude::*;

use compare::{CompareSwitch, CompareWith, Comparison};

pub use compare::ChangeTable;

use crate::api::{Api, with_query};
use crate::chart::{ChartCard, ClickedDatum, pareto};
use crate::components::badge::{self, Tone};
use crate::components::link::Go;
use crate::components::page::{Card, PageHead};
use crate::components::search::UrlSelect;
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::filter::{Dimension, FilterState, without};
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;
use crate::state::title::use_title;

/// The Pareto under the filter, and beside that of another period; a click on a bar puts its key into the filter, or
/// takes it out.
#[component]
pub fn ParetoPage() -> impl IntoView {
    use_title(|| "Pareto".to_owned());
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let by = Memo::new(move |_| query.parsed("by").unwrap_or(ParetoBy::Type));
    let with = Memo::new(move |_| CompareWith::read(query));
    let ranking = Remote::new(
        move || {
            let question = ParetoQuery {
                by: query.parsed("by"),
                weight: query.parsed("weight"),
                ..ParetoQuery::default()
            };
            let dimension = dimension_of(by.get());
            let question = question.with_filter(&without(filter.resolved(), dimension));
            Some(with_query("/analytics/pareto", &question))
        },
        move |path: String| async move { api.get::<Pareto>(&path).await },
    );
    view! {
        <PageHead title="Pareto"/>
        <div class="toolbar list-tools" role="group" aria-label="Pareto">
            <UrlSelect name="by" label="By" options=by_options()/>
            <UrlSelect name="weight" label="Ranked by" options=weight_options()/>
            <CompareSwitch/>
        </div>
        <Drill by/>
        {move || (with.get() != CompareWith::Nothing).then(|| view! { <Comparison by with/> })}
        {loaded(ranking, 12, move |ranking| {
            let is_empty = Memo::new(move |_| ranking.read().rows.is_empty());
            move || match is_empty.get() {
                true => view! { <div class="card"><Notice title="Nothing to rank" text=nothing(ranking.read_untracked().by)/></div> }.into_any(),
                false => view! { <Ranking ranking/> }.into_any(),
            }
        })}
    }
}

/// With a value chosen: where else to look at just that.
#[component]
fn Drill(by: Memo<ParetoBy>) -> impl IntoView {
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let is_chosen = move || !filter.chosen().values(dimension_of(by.get())).is_empty();
    let next = move || {
        let others = ParetoBy::ALL
            .iter()
            .filter(move |other| **other != by.get());
        others.map(|&other| {
            view! {
                <button class="button" type="button" on:click=move |_| query.set(&[("by", Some(other.to_string()))])>
                    {format!("By {}", by_name(other).to_lowercase())}
                </button>
            }
        })
        .collect_view()
    };
    view! {
        <Show when=is_chosen>
            <div class="toolbar list-tools drill" role="group" aria-label="Look at what is chosen in another way">
                <span class="quiet">"What is chosen:"</span>{next}
                <Go to="/trends">"Trend"</Go><Go to="/inspections">"Inspections"</Go>
            </div>
        </Show>
    }
}

/// Why there may be nothing to rank.
fn nothing(by: ParetoBy) -> &'static str {
    match by {
        ParetoBy::Element => {
            "No defect under the filter has a spectrum that speaks for an element."
        }
        _ => "No defect matches the filter.",
    }
}

#[component]
fn Ranking(ranking: Signal<Arc<Pareto>>) -> impl IntoView {
    let filter = FilterState::here();
    let dimension = Memo::new(move |_| dimension_of(ranking.read().by));
    let chosen = Memo::new(move |_| filter.chosen().values(dimension.get()));
    let spec = Memo::new(move |_| pareto::spec(&ranking.read(), &chosen.read()));
    let toggle = Callback::new(move |key: String| {
        // The last row, `other`, sums up several keys: it is none to filter by.
        let is_key = ranking
            .with_untracked(|ranking| ranking.by != ParetoBy::Type || key.parse::<i32>().is_ok())
            && key != "other";
        if is_key {
            filter.toggle(dimension.get_untracked(), &key);
        }
    });
    let click = Callback::new(move |clicked: ClickedDatum| toggle.run(clicked.key));
    let note = Signal::derive(move || {
        let ranking = ranking.read();
        let caution = dimension_of(ranking.by).note().unwrap_or_default();
        Some(
            format!("{} {caution}", vital_few(&ranking))
                .trim()
                .to_owned(),
        )
    });
    view! {
        <ChartCard title=Signal::derive(move || format!("Defects by {}", by_name(ranking.read().by).to_lowercase())) spec=spec note=note on_click=click height_px=360/>
        <Card title="Figures"><Figures ranking chosen toggle/></Card>
    }
}

/// What the Pareto says, in words.
fn vital_few(ranking: &Pareto) -> String {
    let rows = ranking.rows.len();
    let few = ranking.vital_few as usize;
    let name = by_name(ranking.by).to_lowercase();
    let first = ranking
        .rows
        .first()
        .map(|row| format!("{} leads with {}.", row.label, format::percent(row.percent)));
    let share = format!(
        "{few} of {} make 80 %.",
        format::plural(rows as i64, &name, &plural_of(ranking.by))
    );
    format!("{} {share}", first.unwrap_or_default())
}

#[component]
fn Figures(
    ranking: Signal<Arc<Pareto>>,
    chosen: Memo<Vec<String>>,
    toggle: Callback<String>,
) -> impl IntoView {
    let weight = Memo::new(move |_| ranking.read().weight);
    // Ranked by count, the ranked value is the column of defects: once is enough.
    let has_own_value = move || weight.get() != ParetoWeight::Count;
    let row = move |row: &ParetoRow| {
        let row = row.clone();
        let value = ranked(ranking.read_untracked().weight, row.value);
        let is_chosen = {
            let key = row.key.clone();
            Memo::new(move |_| chosen.read().contains(&key))
        };
        let label = match &row.colour {
            Some(colour) => badge::defect_type(colour, &row.label),
            None => row.label.clone().into_any(),
        };
        let key = row.key.clone();
        view! {
            <tr class:is-selected=is_chosen>
                <td><button class="link" type="button" aria-pressed=move || is_chosen.get().to_string() title="Filter by it, or no longer"
                    on:click=move |_| toggle.run(key.clone())>{label}</button></td>
                {has_own_value().then(|| view! { <td class="numeric">{value}</td> })}
                <td class="numeric">{format::percent(row.percent)}</td>
                <td class="numeric">{format::percent(row.cumulative_percent)}</td>
                <td class="numeric">{format::count(row.count)}</td>
                <td class="numeric">{format::count(row.wafers)}</td>
                <td class="numeric">{format::count(row.inspections)}</td>
                <td class="numeric">{format::or_unknown(row.severity, |severity| severity.to_string())}</td>
                <td>{row.killer.then(|| badge::badge(Tone::Bad, "killer".to_owned()))}</td>
            </tr>
        }
    };
    view! {
        <div class="table-scroll" role="region" aria-label="Figures of the Pareto" tabindex="0">
            <table class="table">
                <thead><tr>
                    <th scope="col">{move || by_name(ranking.read().by)}</th>{move || has_own_value().then(|| view! { <th scope="col" class="numeric">{weight_name(weight.get())}</th> })}
                    <th scope="col" class="numeric">"Share"</th><th scope="col" class="numeric">"Cumulative"</th><th scope="col" class="numeric">"Defects"</th>
                    <th scope="col" class="numeric">"Wafers"</th><th scope="col" class="numeric">"Inspections"</th>
                    <th scope="col" class="numeric">"Severity"</th><th scope="col">"Killer"</th>
                </tr></thead>
                <tbody>{move || ranking.read().rows.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// A ranked value in the form that fits what it counts.
fn ranked(weight: ParetoWeight, value: f64) -> String {
    match weight {
        ParetoWeight::Density => format::significant(value),
        _ => format::count(value as i64),
    }
}

fn dimension_of(by: ParetoBy) -> Dimension {
    match by {
        ParetoBy::Type => Dimension::DefectType,
        ParetoBy::Step => Dimension::Step,
        ParetoBy::Equipment => Dimension::Equipment,
        ParetoBy::Product => Dimension::Product,
        ParetoBy::Lot => Dimension::Lot,
        ParetoBy::Element => Dimension::Element,
    }
}

fn by_name(by: ParetoBy) -> &'static str {
    dimension_of(by).label()
}

fn plural_of(by: ParetoBy) -> String {
    match by {
        ParetoBy::Equipment => "tools".to_owned(),
        by => format!("{}s", by_name(by).to_lowercase()),
    }
}

fn weight_name(weight: ParetoWeight) -> &'static str {
    match weight {
        ParetoWeight::Count => "Defects",
        ParetoWeight::Density => "Defects/cm²",
        ParetoWeight::Wafers => "Wafers affected",
        ParetoWeight::Severity => "Defects × severity",
        ParetoWeight::Killers => "Killer defects",
    }
}

fn by_options() -> Vec<(&'static str, String)> {
    ParetoBy::ALL
        .iter()
        .map(|by| (by.as_str(), by_name(*by).to_owned()))
        .collect()
}

fn weight_options() -> Vec<(&'static str, String)> {
    ParetoWeight::ALL
        .iter()
        .map(|weight| (weight.as_str(), weight_name(*weight).to_owned()))
        .collect()
}
