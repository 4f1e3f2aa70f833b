//! What bad inspections have in common that good ones have not.

use std::sync::Arc;

use contract::analytics::{Explanation, Suspect};
use leptos::prelude::*;

use super::words;
use crate::chart::{Cell, ChartSpec, Datum, save_csv};
use crate::components::badge::{self, Tone};
use crate::components::link::Go;
use crate::components::page::Card;
use crate::components::ratio_range::{Range, RatioAxis, RatioRange, RatioScale};
use crate::components::status::Notice;
use crate::format;
use crate::state::filter::Dimension;
use crate::state::navigation::UrlQuery;

/// Rows that are shown where fewer are suspects.
const SHOWN: usize = 12;

/// What narrows the trend to the inspections that a suspect is about: a dimension of the filter bar, or an attribute
/// as delivered; `None` for what the filter does not know.
fn narrowing(suspect: &Suspect) -> Option<(&'static str, String)> {
    let Suspect {
        attribute, value, ..
    } = suspect;
    let dimension = match attribute.as_str() {
        "equipment" => Dimension::Equipment,
        "step" => Dimension::Step,
        "product" => Dimension::Product,
        "lot" => Dimension::Lot,
        // Columns of the inspection that the filter bar has no place for.
        "recipe" | "operator" | "slot" | "run" => return None,
        name => {
            return Some((Dimension::Attribute.name(), format!("{name}={value}")));
        }
    };
    Some((dimension.name(), value.clone()))
}

fn range_of(suspect: &Suspect) -> Range {
    let [low, high] = suspect.odds_interval95;
    Range {
        ratio: Some(suspect.odds_ratio),
        low,
        high: Some(high),
    }
}

/// All suspects for CSV.
fn table(found: &Explanation) -> ChartSpec {
    let row = |suspect: &Suspect| Datum {
        title: suspect.attribute.clone(),
        cells: vec![
            Cell::Text(suspect.value.clone()),
            Cell::count(suspect.bad_with),
            Cell::count(suspect.bad_without),
            Cell::count(suspect.good_with),
            Cell::count(suspect.good_without),
            Cell::Number(Some(suspect.odds_ratio)),
            Cell::Number(Some(suspect.odds_interval95[0])),
            Cell::Number(Some(suspect.odds_interval95[1])),
            Cell::Number(Some(suspect.p)),
            Cell::Number(Some(suspect.adjusted_p)),
        ],
        ..Datum::default()
    };
    let columns = [
        "Attribute",
        "Value",
        "Bad with",
        "Bad without",
        "Good with",
        "Good without",
        "Odds ratio",
        "95 % from",
        "95 % to",
        "p",
        "p adjusted",
    ];
    ChartSpec {
        name: "suspects",
        columns: columns.map(str::to_owned).to_vec(),
        data: found.commonality.suspects.iter().map(row).collect(),
        ..ChartSpec::default()
    }
}

/// The suspects with the counts behind them, strongest evidence first.
#[component]
pub fn Suspects(
    /// The explanation.
    found: Signal<Arc<Explanation>>,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| found.read().commonality.suspects.is_empty());
    let export = move || {
        view! { <button class="button button-quiet" type="button" on:click=move |_| save_csv(table(&found.read_untracked()))>"Export CSV"</button> }
    };
    let note = move || {
        let found = found.read();
        let commonality = &found.commonality;
        let left_out = match commonality.left_out {
            0 => String::new(),
            many => format!(
                " The oldest {} are left out.",
                format::plural(many, "inspection", "inspections")
            ),
        };
        format!(
            "{} {} and {} were compared. Fisher's exact test, one-sided; at most {} of the suspects are expected to be chance (Benjamini-Hochberg over all values).{left_out}",
            commonality.rule,
            format::plural(commonality.bad, "bad inspection", "bad inspections"),
            format::plural(commonality.good, "good one", "good ones"),
            format::percent(commonality.alpha * 100.0)
        )
    };
    view! {
        <Card title="Suspects" actions=export>
            <p class="chart-note">{note}</p>
            <Show when=move || !is_empty.get() fallback=|| view! { <Notice title="Nothing to compare" text="The inspections carry no attribute in which bad and good ones could differ."/> }>
                <SuspectTable found/>
            </Show>
        </Card>
    }
}

#[component]
fn SuspectTable(found: Signal<Arc<Explanation>>) -> impl IntoView {
    let query = UrlQuery::here();
    let all = RwSignal::new(false);
    let axis =
        Memo::new(move |_| RatioAxis::of(found.read().commonality.suspects.iter().map(range_of)));
    let shown = move || {
        let found = found.read();
        let suspects = &found.commonality.suspects;
        let many = suspects.iter().filter(|suspect| suspect.is_suspect).count();
        match all.get() {
            true => suspects.len(),
            false => suspects.len().min(many.max(SHOWN)),
        }
    };
    let row = move |found: &Explanation, suspect: &Suspect| {
        let words = format!("{} {}", words::attribute(&suspect.attribute), suspect.value);
        let name = match narrowing(suspect) {
            Some((name, value)) => {
                let to = words::narrowed(found, query, &[(name, &value)]);
                view! { <Go to><span title="Its trend in this time">{words}</span></Go> }.into_any()
            }
            None => words.into_any(),
        };
        let same: Vec<String> = suspect
            .same_as
            .iter()
            .map(|other| {
                format!(
                    "{} {}",
                    words::attribute(&other.attribute).to_lowercase(),
                    other.value
                )
            })
            .collect();
        let same = (!same.is_empty()).then(
            || view! { <span class="quiet">{format!(" same as {}", same.join(", "))}</span> },
        );
        let (range, is_suspect) = (range_of(suspect), suspect.is_suspect);
        let of = |part: i64, rest: i64| {
            format!("{} of {}", format::count(part), format::count(part + rest))
        };
        view! {
            <tr>
                <td class="wrap">{name}{same}</td>
                <td class="numeric">{of(suspect.bad_with, suspect.bad_without)}</td>
                <td class="numeric">{of(suspect.good_with, suspect.good_without)}</td>
                <td><RatioRange range axis=axis.get() stands_out=is_suspect/></td>
                <td>{range.words()}</td>
                <td>{format::p_value(suspect.adjusted_p)}</td>
                <td>{is_suspect.then(|| badge::badge(Tone::Bad, "suspect".to_owned()))}</td>
            </tr>
        }
    };
    let rows = move || {
        let found = found.read();
        let suspects = found.commonality.suspects.iter().take(shown());
        suspects.map(|suspect| row(&found, suspect)).collect_view()
    };
    let total = move || found.read().commonality.suspects.len();
    view! {
        <div class="table-scroll" role="region" aria-label="Suspects" tabindex="0">
            <table class="table">
                <thead><tr>
                    <th scope="col">"What"</th><th scope="col" class="numeric">"Bad with it"</th><th scope="col" class="numeric">"Good with it"</th>
                    <th scope="col"><RatioScale axis/><span class="visually-hidden">"Odds ratio drawn"</span></th>
                    <th scope="col">"Odds ratio (95 %)"</th><th scope="col">"All values considered"</th><th scope="col">"Verdict"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <Show when=move || { shown() < total() }>
            <p class="table-foot"><button class="link" type="button" on:click=move |_| all.set(true)>{move || format!("Show all {}", total())}</button></p>
        </Show>
    }
}
