//! Which defect types make dies fail, where wafers have bin maps of electrical test.

use std::sync::Arc;

use contract::spatial::{DieView, KillRatio, KillRatios};
use leptos::prelude::*;

use crate::chart::{Cell, ChartSpec, Datum, save_csv};
use crate::components::badge;
use crate::components::link::Go;
use crate::components::page::Card;
use crate::components::status::Notice;
use crate::format;

/// The kill ratios, or how to get them.
#[component]
pub fn Kill(
    /// The dies.
    dies: Arc<DieView>,
) -> impl IntoView {
    match dies.kill.clone() {
        Some(kill) => view! { <Ratios kill=Arc::new(kill)/> }.into_any(),
        None => view! {
            <Card title="Kill ratios">
                <Notice title="No bin maps yet" text="How often a die with a defect fails is told from bin maps of electrical test (SINF, SEMI G85, SEMI E142). Add them on the page of a wafer.">
                    <Go to="/wafers" class="button">"Wafers"</Go>
                </Notice>
            </Card>
        }
        .into_any(),
    }
}

#[component]
fn Ratios(kill: Arc<KillRatios>) -> impl IntoView {
    let note = format!(
        "{} with a bin map, {} tested, {} of them good. The kill ratio is one minus the yield of dies with a type over the yield of dies without any defect: 0 does no harm, 1 always kills.",
        format::plural(kill.wafers, "wafer", "wafers"),
        format::plural(kill.dies, "die", "dies"),
        format::percent(kill.yield_share * 100.0)
    );
    let row = |of: &KillRatio| {
        let name = match &of.colour {
            Some(colour) => badge::defect_type(colour, &of.name),
            None if of.defect_type_id.is_none() => "All types together".into_any(),
            None => of.name.clone().into_any(),
        };
        let ratio = |value: f64| format::fixed(value, 2);
        let interval = of
            .interval
            .map(|[low, high]| format!("{} to {}", ratio(low), ratio(high)));
        let kills = of.adjusted_p < 0.05 && of.kill_ratio.is_some_and(|ratio| ratio > 0.0);
        let drawn = of
            .kill_ratio
            .map(|ratio| view! { <Drawn ratio interval=of.interval kills/> });
        view! {
            <tr>
                <td>{name}</td><td>{drawn}</td>
                <td class="numeric">{format::or_unknown(of.kill_ratio, ratio)}</td>
                <td class="numeric">{format::or_unknown(interval, |text| text)}</td>
                <td class="numeric">{good(of.good_with, of.dies_with)}</td><td class="numeric">{good(of.good_without, of.dies_without)}</td>
                <td class="numeric">{format::or_unknown(of.dies_lost, |lost| format::fixed(lost, 1))}</td>
                <td class:quiet=!kills>{format!("{} ({})", if kills { "kills" } else { "not told from chance" }, format::p_value(of.adjusted_p))}</td>
            </tr>
        }
    };
    let rows = kill.rows.iter().map(row).collect_view();
    let exported = kill.clone();
    let export = move || {
        let kill = exported.clone();
        view! { <button class="button button-quiet" type="button" on:click=move |_| save_csv(table(&kill))>"Export CSV"</button> }
    };
    view! {
        <Card title="Kill ratios" actions=export>
            <p class="chart-note">{note}</p>
            <div class="table-scroll" role="region" aria-label="Kill ratios" tabindex="0">
                <table class="table">
                    <thead><tr>
                        <th scope="col">"Type"</th><th scope="col"><span class="kill-scale" aria-hidden="true"><span>"0"</span><span>"1"</span></span><span class="visually-hidden">"Ratio drawn"</span></th>
                        <th scope="col" class="numeric">"Kill ratio"</th><th scope="col" class="numeric">"95 % interval"</th>
                        <th scope="col" class="numeric">"Good with it"</th><th scope="col" class="numeric">"Good without any"</th>
                        <th scope="col" class="numeric">"Dies lost"</th><th scope="col">"All types considered"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Card>
    }
}

/// `12 of 40 (30.0 %)`.
fn good(good: i64, of: i64) -> String {
    match of {
        0 => format::UNKNOWN.to_owned(),
        of => format!(
            "{} of {} ({})",
            format::count(good),
            format::count(of),
            format::percent(good as f64 / of as f64 * 100.0)
        ),
    }
}

/// A ratio and its interval on an axis from 0 to 1; what lies outside is drawn at its ends.
#[component]
fn Drawn(ratio: f64, interval: Option<[f64; 2]>, kills: bool) -> impl IntoView {
    let at = |value: f64| 4.0 + value.clamp(0.0, 1.0) * 112.0;
    let class = if kills {
        "ratio-range is-more"
    } else {
        "ratio-range"
    };
    view! {
        <svg class=class viewBox="0 0 120 16" aria-hidden="true" focusable="false">
            <line class="ratio-one" x1=at(0.0) x2=at(0.0) y1="0" y2="16"></line>
            {interval.map(|[low, high]| view! { <line class="ratio-interval" x1=at(low) x2=at(high) y1="8" y2="8"></line> })}
            <circle cx=at(ratio) cy="8" r="3.5"></circle>
        </svg>
    }
}

fn table(kill: &KillRatios) -> ChartSpec {
    let row = |of: &KillRatio| Datum {
        title: of.name.clone(),
        cells: vec![
            Cell::Number(of.kill_ratio),
            Cell::Number(of.interval.map(|[low, _]| low)),
            Cell::Number(of.interval.map(|[_, high]| high)),
            Cell::count(of.dies_with),
            Cell::count(of.good_with),
            Cell::count(of.dies_without),
            Cell::count(of.good_without),
            Cell::Number(of.dies_lost),
            Cell::Number(Some(of.adjusted_p)),
        ],
        ..Datum::default()
    };
    let columns = [
        "Type",
        "Kill ratio",
        "95 % from",
        "95 % to",
        "Dies with it",
        "Good with it",
        "Dies without any",
        "Good without any",
        "Dies lost",
        "p adjusted",
    ];
    ChartSpec {
        name: "kill-ratios",
        columns: columns.map(str::to_owned).to_vec(),
        data: kill.rows.iter().map(row).collect(),
        ..ChartSpec::default()
    }
}
