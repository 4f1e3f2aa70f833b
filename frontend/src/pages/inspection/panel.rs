//! What the panels of the analyses share: their card, their numbers to set, their words.

use contract::spatial::{Seen, TypeShare};
use leptos::prelude::*;

use super::analyses::Analyses;
use crate::chart::{ChartSpec, save_csv};
use crate::components::badge;
use crate::components::page::Card;
use crate::components::status::Refusal;
use crate::format;
use crate::state::filter::{Dimension, FilterState};
use crate::state::navigation::UrlQuery;

/// Types named beside a finding.
const TYPES: usize = 3;

/// A panel with its export.
#[component]
pub fn AnalysisCard(
    /// Title.
    title: &'static str,
    /// What is exported.
    #[prop(into)]
    spec: Signal<ChartSpec>,
    /// Content.
    children: Children,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| spec.with(|spec| spec.data.is_empty()));
    let export = move || {
        (!is_empty.get()).then(|| view! {
            <button class="button button-quiet" type="button" on:click=move |_| save_csv(spec.get_untracked())>"Export CSV"</button>
        })
    };
    view! { <Card title actions=export>{children()}</Card> }
}

/// A number of an analysis, kept in the address; without it the server's own holds.
#[component]
pub fn NumberChoice(
    /// What it is.
    label: &'static str,
    /// Its name in the address.
    name: &'static str,
    /// Lowest value.
    min: &'static str,
    /// Highest value.
    max: &'static str,
    /// Whole numbers only.
    #[prop(optional)]
    whole: bool,
    /// What holds without it.
    #[prop(into)]
    default: Signal<String>,
) -> impl IntoView {
    let query = UrlQuery::here();
    let value = move || query.value(name).unwrap_or_default();
    let change = move |text: String| {
        let value = Some(text).filter(|text| !text.is_empty());
        query.set(&[(name, value), ("pick", None), ("page", None)]);
    };
    view! {
        <label>{label}
            <input class="number-choice" type="number" min=min max=max step=if whole { "1" } else { "any" } placeholder=move || default.get() prop:value=value
                on:change:target=move |event| if event.target().check_validity() { change(event.target().value()) } else { event.target().report_validity(); }/>
        </label>
    }
}

/// Types with their colours and counts.
#[component]
pub fn TypeList(
    /// Types, most defects first.
    types: Vec<TypeShare>,
) -> impl IntoView {
    let filter = FilterState::here();
    let more = types.len().saturating_sub(TYPES);
    let shown = types.into_iter().take(TYPES).map(|share| {
        let id = share.defect_type_id.to_string();
        let title = format!("Filter by {}", share.name);
        view! {
            <li>
                <button class="link" type="button" title=title on:click=move |_| filter.toggle(Dimension::DefectType, &id)>
                    {badge::defect_type(&share.colour, &share.name)}
                </button>
                " "<span class="quiet">{format::count(share.count)}</span>
            </li>
        }
    });
    let shown = shown.collect_view();
    view! {
        <ul class="type-list">{shown}{(more > 0).then(|| view! { <li class="quiet">{format::plural(more as i64, "more type", "more types")}</li> })}</ul>
    }
}

/// Why the defects of what is picked could not be read.
#[component]
pub fn MembersError(
    /// What is picked.
    analyses: Analyses,
) -> impl IntoView {
    view! { <Refusal error=Signal::derive(move || analyses.members_error())/> }
}

/// Says that the filter by element does not reach an analysis that asks for types alone.
#[component]
pub fn NoElements() -> impl IntoView {
    let filter = FilterState::here();
    move || {
        let is_filtered = !filter.chosen().values(Dimension::Element).is_empty();
        is_filtered.then(|| view! { <p class="message">"This looks at all defects of the chosen types, whatever they are made of."</p> })
    }
}

/// Types as text: `Particle 12, Scratch 3`.
pub fn types_words(types: &[TypeShare]) -> String {
    let words = types
        .iter()
        .map(|share| format!("{} {}", share.name, share.count));
    words.collect::<Vec<_>>().join(", ")
}

/// What an analysis looked at.
pub fn seen_words(seen: &Seen) -> String {
    let area = match seen.area_from.as_str() {
        "delivered" => "as the file says",
        "dies" => "that of the inspected dies",
        _ => "the wafer without its rim",
    };
    let unplaced = match seen.unplaced {
        0 => String::new(),
        many => format!(" {} without a position left out.", format::count(many)),
    };
    format!(
        "Looked at {} on {} cm², {area}.{unplaced}",
        format::plural(seen.defects - seen.unplaced, "defect", "defects"),
        format::significant(seen.area_cm2)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_looked_at_names_the_defects_left_out() {
        let seen = Seen {
            defects: 1_200,
            unplaced: 200,
            area_cm2: 620.0,
            area_from: "dies".to_owned(),
        };
        assert_eq!(
            seen_words(&seen),
            "Looked at 1,000 defects on 620 cm², that of the inspected dies. 200 without a position left out."
        );
    }
}
