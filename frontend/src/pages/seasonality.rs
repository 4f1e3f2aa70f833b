//! Whether defects follow the clock or the calendar.

use std::sync::Arc;

use contract::analytics::{Metric, SeasonGroup, SeasonGrouping, Seasonality, SeasonalityQuery};
use leptos::prelude::*;

use crate::api::{Api, with_query};
use crate::chart::{ChartCard, season};
use crate::components::page::{Card, PageHead};
use crate::components::ratio_range::{Range, RatioAxis, RatioRange, RatioScale};
use crate::components::search::UrlSelect;
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::filter::FilterState;
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;
use crate::state::title::use_title;

/// Shifts, weekdays, hours, months; the daily values in parts; their autocorrelation.
#[component]
pub fn SeasonalityPage() -> impl IntoView {
    use_title(|| "Seasonality".to_owned());
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let seasonality = Remote::new(
        move || {
            let question = SeasonalityQuery {
                metric: query.parsed("metric"),
                ..SeasonalityQuery::default()
            };
            Some(with_query(
                "/analytics/seasonality",
                &question.with_filter(&filter.resolved()),
            ))
        },
        move |path: String| async move { api.get::<Seasonality>(&path).await },
    );
    let metrics = [
        ("", "Density where areas are known"),
        (Metric::Density.as_str(), "Defects/cm²"),
        (Metric::Count.as_str(), "Defects per inspection"),
    ];
    view! {
        <PageHead title="Seasonality"/>
        <div class="toolbar list-tools" role="group" aria-label="Seasonality">
            <UrlSelect name="metric" label="Metric" options=metrics.map(|(key, text)| (key, text.to_owned())).to_vec()/>
        </div>
        {loaded(seasonality, 12, move |seasonality| {
            let is_empty = Memo::new(move |_| seasonality.read().inspections == 0);
            move || match is_empty.get() {
                true => view! { <div class="card"><Notice title="Nothing to group" text="No inspection matches the filter."/></div> }.into_any(),
                false => view! { <Seasons seasonality/> }.into_any(),
            }
        })}
    }
}

#[component]
fn Seasons(seasonality: Signal<Arc<Seasonality>>) -> impl IntoView {
    let many = Memo::new(move |_| seasonality.read().groupings.len());
    let cards = move || {
        (0..many.get())
            .map(|index| view! { <Grouped seasonality index/> })
            .collect_view()
    };
    let left_out = move || {
        let seasonality = seasonality.read();
        let old = (seasonality.left_out > 0).then(|| {
            let many = format::plural(seasonality.left_out, "inspection is", "inspections are");
            format!("The oldest {many} left out.")
        });
        let bare = (seasonality.without_area > 0).then(|| {
            let many = format::plural(seasonality.without_area, "inspection is", "inspections are");
            format!("{many} left out because the inspected area is not known.")
        });
        let both: Vec<String> = old.into_iter().chain(bare).collect();
        (!both.is_empty())
            .then(|| view! { <p class="message message-warning">{both.join(" ")}</p> })
    };
    view! {
        {left_out}
        <div class="grid grid-halves">{cards}</div>
        <Days seasonality/>
    }
}

/// One way of grouping: bars, the verdict, and how far each group is from the rest.
#[component]
fn Grouped(seasonality: Signal<Arc<Seasonality>>, index: usize) -> impl IntoView {
    // Another answer may hold fewer ways of grouping for the blink until this card is taken down.
    let read = move || {
        let seasonality = seasonality.read();
        let grouping = seasonality.groupings.get(index);
        grouping.map(|grouping| (seasonality.metric, grouping.clone()))
    };
    let grouping = Memo::new(move |_| read());
    let of = move |write: fn(Metric, &SeasonGrouping) -> String| {
        move || grouping.with(|grouping| grouping.as_ref().map(|(metric, of)| write(*metric, of)))
    };
    let title = of(|_, grouping| format!("By {}", season::title(grouping.by).to_lowercase()));
    let verdict = of(|_, grouping| season::verdict(grouping));
    let spec = move || {
        grouping.with(|grouping| {
            let drawn = grouping
                .as_ref()
                .map(|(metric, of)| season::groups(*metric, of));
            drawn.unwrap_or_default()
        })
    };
    view! {
        <div class="season">
            <ChartCard title=Signal::derive(move || title().unwrap_or_default()) spec=Signal::derive(spec)
                note=Signal::derive(verdict) height_px=260/>
            {move || grouping.get().map(|(_, grouping)| view! { <Groups grouping/> })}
        </div>
    }
}

fn range_of(group: &SeasonGroup) -> Option<Range> {
    let [low, high] = group.ratio_interval95?;
    Some(Range {
        ratio: group.ratio_to_rest,
        low,
        high: Some(high),
    })
}

#[component]
fn Groups(grouping: SeasonGrouping) -> impl IntoView {
    let axis = RatioAxis::of(grouping.groups.iter().filter_map(range_of));
    let rows = grouping.groups.iter().map(|group| {
        let range = range_of(group);
        let differs = group.differs;
        view! {
            <tr>
                <td>{group.label.clone()}</td>
                <td class="numeric">{format::count(group.inspections)}</td>
                <td>{range.map(|range| view! { <RatioRange range axis stands_out=differs/> })}</td>
                <td>{format::or_unknown(range, Range::words)}</td>
                <td class:quiet=!differs>{format::or_unknown(group.adjusted_p, |p| match differs {
                    true => format!("stands out ({})", format::p_value(p)),
                    false => format!("as the rest ({})", format::p_value(p)),
                })}</td>
            </tr>
        }
    });
    let rows = rows.collect_view();
    let label = format!("Groups by {}", season::title(grouping.by).to_lowercase());
    view! {
        <details class="season-figures">
            <summary>"Each against the rest, with 95 % interval"</summary>
            <div class="table-scroll table-short" role="region" aria-label=label tabindex="0">
                <table class="table">
                    <thead><tr>
                        <th scope="col">{season::title(grouping.by)}</th><th scope="col" class="numeric">"Inspections"</th>
                        <th scope="col"><RatioScale axis=Signal::stored(axis)/><span class="visually-hidden">"Ratio drawn"</span></th>
                        <th scope="col">"Ratio to the rest (95 %)"</th><th scope="col">"Verdict"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </details>
    }
}

/// The daily values, their parts stacked under one x axis, and their autocorrelation.
#[component]
fn Days(seasonality: Signal<Arc<Seasonality>>) -> impl IntoView {
    let charts = Memo::new(move |_| season::days(&seasonality.read()));
    let many = Memo::new(move |_| charts.read().len());
    let chart = move |index: usize| {
        let title = move || {
            charts.with(|charts| charts.get(index).map_or("", |(title, _)| *title).to_owned())
        };
        let spec = move || {
            charts.with(|charts| {
                charts
                    .get(index)
                    .map(|(_, spec)| spec.clone())
                    .unwrap_or_default()
            })
        };
        let note = move || match index {
            0 => seasonality
                .read()
                .note
                .clone()
                .or_else(|| strength(&seasonality.read())),
            _ => None,
        };
        view! {
            <ChartCard title=Signal::derive(title) spec=Signal::derive(spec) note=Signal::derive(note)
                height_px=if index == 0 { 240 } else { 180 }/>
        }
    };
    let correlation = Memo::new(move |_| season::autocorrelation(&seasonality.read()));
    let has_correlation = move || correlation.with(Option::is_some);
    let why = Memo::new(move |_| seasonality.read().note.clone().unwrap_or_default());
    let white = move || {
        seasonality.read().autocorrelation.as_ref().and_then(|found| {
            found.p.map(|p| match p < 0.05 {
                true => format!("Neighbouring days are alike: white noise would seldom look so (Ljung-Box, {}).", format::p_value(p)),
                false => format!("As white noise: the day before tells nothing (Ljung-Box, {}).", format::p_value(p)),
            })
        })
    };
    view! {
        {move || (0..many.get()).map(chart).collect_view()}
        <Show when=has_correlation fallback=move || view! { <TooFewDays text=why.get()/> }>
            <ChartCard title="Autocorrelation of the daily values" spec=Signal::derive(move || correlation.get().unwrap_or_default())
                note=Signal::derive(white) height_px=240/>
        </Show>
    }
}

/// In place of the autocorrelation.
#[component]
fn TooFewDays(text: String) -> impl IntoView {
    view! { <Card title="Autocorrelation of the daily values"><Notice title="Too little data" text/></Card> }
}

/// How strong trend and weekly pattern are, in words.
fn strength(seasonality: &Seasonality) -> Option<String> {
    let parts = seasonality.decomposition.as_ref()?;
    let share = |value: Option<f64>| format::or_unknown(value, |value| format::fixed(value, 2));
    Some(format!(
        "In parts by STL: strength of the trend {}, of the weekly pattern {} (0: none, 1: nothing else).",
        share(parts.trend_strength),
        share(parts.weekly_strength)
    ))
}
