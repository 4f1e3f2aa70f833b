//! Two periods of a Pareto beside each other: what changed, by how much, and whether that may be chance.

use std::sync::Arc;

use contract::analytics::{
    ComparedPeriod, ParetoBy, ParetoCompareQuery, ParetoComparison, RateChange,
};
use leptos::prelude::*;

use super::{by_name, dimension_of, plural_of};
use crate::api::{Api, with_query};
use crate::chart::compare::{self, CompareOrder};
use crate::chart::{ChartCard, ClickedDatum, save_csv};
use crate::components::badge;
use crate::components::page::Card;
use crate::components::ratio_range::{Range, RatioAxis, RatioRange, RatioScale};
use crate::components::search::UrlSelect;
use crate::components::status::{Notice, loaded};
use crate::components::url_day::{UrlDay, moment_of};
use crate::format;
use crate::state::filter::{FilterState, without};
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;

/// With what a period is compared, as the URL says it.
#[derive(Clone, Copy, PartialEq)]
pub enum CompareWith {
    /// Nothing.
    Nothing,
    /// The window of the same length just before.
    Before,
    /// Chosen days.
    Days,
}

impl CompareWith {
    /// What the URL says.
    pub fn read(query: UrlQuery) -> Self {
        match query.value("compare").as_deref() {
            Some("before") => Self::Before,
            Some("days") => Self::Days,
            _ => Self::Nothing,
        }
    }
}

/// The switch, and the days where they are chosen.
#[component]
pub fn CompareSwitch() -> impl IntoView {
    let query = UrlQuery::here();
    let with = Memo::new(move |_| CompareWith::read(query));
    let options = [
        ("", "Nothing"),
        ("before", "The window before"),
        ("days", "Chosen days"),
    ];
    view! {
        <UrlSelect name="compare" label="Compare with" options=options.map(|(key, text)| (key, text.to_owned())).to_vec()/>
        <Show when=move || with.get() == CompareWith::Days>
            <UrlDay name="baseline_from" label="from"/>
            <UrlDay name="baseline_to" label="until before"/>
        </Show>
        <Show when=move || with.get() != CompareWith::Nothing>
            <UrlSelect name="order" label="Sorted by" options=vec![("", "Evidence".to_owned()), ("size", "Difference of the rates".to_owned())]/>
        </Show>
    }
}

/// The comparison under the filter; `on_key` gets the key of a row that is clicked.
#[component]
pub fn Comparison(
    /// What is compared.
    by: Memo<ParetoBy>,
    /// With what.
    with: Memo<CompareWith>,
) -> impl IntoView {
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let baseline = move |name| {
        let chosen = with.get() == CompareWith::Days;
        chosen.then(|| query.value(name).and_then(|text| moment_of(&text)))?
    };
    // The server finds the window before by itself, but only of a window that has a beginning.
    let missing = Memo::new(move |_| match with.get() {
        _ if !compare::may_compare(by.get()) => Some(
            "Elements are known of too few defects to compare two periods by them: choose another dimension.",
        ),
        CompareWith::Before if filter.resolved().from.is_none() => Some(
            "Choose a time window in the filter bar: the window of the same length before it is what it is compared with.",
        ),
        CompareWith::Days
            if baseline("baseline_from").is_none() && baseline("baseline_to").is_none() =>
        {
            Some("Choose the days to compare with.")
        }
        _ => None,
    });
    let comparison = Remote::new(
        move || {
            if missing.get().is_some() {
                return None;
            }
            let question = ParetoCompareQuery {
                by: Some(by.get()),
                baseline_from: baseline("baseline_from"),
                baseline_to: baseline("baseline_to"),
                ..ParetoCompareQuery::default()
            };
            let filter = without(filter.resolved(), dimension_of(by.get()));
            Some(with_query(
                "/analytics/pareto/compare",
                &question.with_filter(&filter),
            ))
        },
        move |path: String| async move { api.get::<ParetoComparison>(&path).await },
    );
    move || {
        match missing.get() {
        Some(text) => view! { <div class="card"><Notice title="Nothing to compare with yet" text/></div> }.into_any(),
        None => loaded(comparison, 8, move |comparison| {
            let is_empty = Memo::new(move |_| comparison.read().rows.is_empty());
            move || match is_empty.get() {
                true => view! { <div class="card"><Notice title="Nothing to compare" text="Neither period has a defect under the filter."/></div> }.into_any(),
                false => view! { <Compared comparison/> }.into_any(),
            }
        })
        .into_any(),
    }
    }
}

/// A period and what was found in it, in words.
fn period_words(period: &ComparedPeriod) -> String {
    let ends = match (period.from, period.to) {
        (Some(from), Some(to)) => format!("{} to {}", format::moment(from), format::moment(to)),
        (Some(from), None) => format!("since {}", format::moment(from)),
        (None, Some(to)) => format!("before {}", format::moment(to)),
        (None, None) => "all time".to_owned(),
    };
    let inspections = format::plural(period.inspections, "inspection", "inspections");
    let defects = format::plural(period.defects, "defect", "defects");
    format!("{ends} ({defects} in {inspections})")
}

#[component]
fn Compared(comparison: Signal<Arc<ParetoComparison>>) -> impl IntoView {
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let order = Memo::new(move |_| match query.value("order").as_deref() {
        Some("size") => CompareOrder::Size,
        _ => CompareOrder::Evidence,
    });
    let spec = Memo::new(move |_| compare::spec(&comparison.read(), order.get()));
    let note = Signal::derive(move || {
        let comparison = comparison.read();
        let (name, names) = (
            by_name(comparison.by).to_lowercase(),
            plural_of(comparison.by),
        );
        Some(format!(
            "Now: {}. Before: {}. {}",
            period_words(&comparison.period),
            period_words(&comparison.baseline),
            compare::summary(&comparison, &name, &names)
        ))
    });
    let toggle = Callback::new(move |key: String| {
        filter.toggle(dimension_of(comparison.read_untracked().by), &key);
    });
    let click = Callback::new(move |clicked: ClickedDatum| toggle.run(clicked.key));
    view! {
        <ChartCard title=Signal::derive(move || format!("Two periods by {}", by_name(comparison.read().by).to_lowercase()))
            spec=spec note=note on_click=click height_px=360/>
        <Card title="Changes" actions=move || view! {
            <button class="button button-quiet" type="button" on:click=move |_| save_csv(compare::table(&comparison.read_untracked(), order.get_untracked()))>"Export CSV"</button>
        }>
            <ChangeTable comparison order on_choose=toggle/>
        </Card>
    }
}

/// How far a rate changed, as a range.
fn range_of(row: &RateChange) -> Range {
    Range {
        ratio: row.ratio,
        low: row.ratio_low,
        high: row.ratio_high,
    }
}

/// What changed, a row each: rates, ratio with its interval, verdict.
#[component]
pub fn ChangeTable(
    /// The comparison.
    #[prop(into)]
    comparison: Signal<Arc<ParetoComparison>>,
    /// Order of the rows.
    #[prop(into)]
    order: Signal<CompareOrder>,
    /// Called with the key of a row that is chosen.
    on_choose: Callback<String>,
) -> impl IntoView {
    let axis = Memo::new(move |_| RatioAxis::of(comparison.read().rows.iter().map(range_of)));
    let row = move |row: &RateChange| {
        let label = match &row.colour {
            Some(colour) => badge::defect_type(colour, &row.label),
            None => row.label.clone().into_any(),
        };
        let (range, key, is_changed) = (range_of(row), row.key.clone(), row.is_changed);
        view! {
            <tr>
                <td><button class="link" type="button" title="Filter by it" on:click=move |_| on_choose.run(key.clone())>{label}</button></td>
                <td class="numeric">{format::count(row.count_before)}</td>
                <td class="numeric">{format::count(row.count_after)}</td>
                <td class="numeric">{format::significant(row.rate_before)}</td>
                <td class="numeric">{format::significant(row.rate_after)}</td>
                <td><RatioRange range axis=axis.get() stands_out=is_changed/></td>
                <td>{range.words()}</td>
                <td class:quiet=!is_changed>{compare::verdict(row)}</td>
            </tr>
        }
    };
    let rows = move || {
        let comparison = comparison.read();
        let rows = compare::ordered(&comparison, order.get());
        rows.into_iter().map(row).collect_view()
    };
    let unit = move || compare::per_unit(&comparison.read().per);
    view! {
        <div class="table-scroll" role="region" aria-label="Changes between the periods" tabindex="0">
            <table class="table">
                <thead><tr>
                    <th scope="col">{move || by_name(comparison.read().by)}</th>
                    <th scope="col" class="numeric">"Defects before"</th><th scope="col" class="numeric">"now"</th>
                    <th scope="col" class="numeric">{move || format!("{} before", unit())}</th><th scope="col" class="numeric">"now"</th>
                    <th scope="col"><RatioScale axis/><span class="visually-hidden">"Ratio drawn"</span></th>
                    <th scope="col">"Ratio (95 %)"</th><th scope="col">"Verdict"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
