//! Kill ratios: which defects make dies fail, where the electrical test of the wafer is known.

use contract::spatial::{KillRatio, KillRatios};
use leptos::prelude::*;

use super::dies::percent;
use crate::chart::{Cell, ChartSpec, Datum, save_csv};
use crate::components::badge;
use crate::components::link::Go;
use crate::components::page::Card;
use crate::format;

fn kill_table(kill: &KillRatios) -> ChartSpec {
    let columns = [
        "Type",
        "Kill ratio",
        "from",
        "to",
        "Dies with it",
        "of these good",
        "Dies without defect",
        "of these good",
        "p adjusted",
        "Dies lost",
    ];
    let row = |ratio: &KillRatio| Datum {
        title: if ratio.defect_type_id.is_none() {
            "All types".to_owned()
        } else {
            ratio.name.clone()
        },
        cells: vec![
            Cell::Number(ratio.kill_ratio),
            Cell::Number(ratio.interval.map(|[low, _]| low)),
            Cell::Number(ratio.interval.map(|[_, high]| high)),
            Cell::count(ratio.dies_with),
            Cell::count(ratio.good_with),
            Cell::count(ratio.dies_without),
            Cell::count(ratio.good_without),
            Cell::Number(Some(ratio.adjusted_p)),
            Cell::Number(ratio.dies_lost),
        ],
        ..Datum::default()
    };
    ChartSpec {
        name: "kill-ratios",
        columns: columns.map(str::to_owned).to_vec(),
        data: kill.rows.iter().map(row).collect(),
        ..ChartSpec::default()
    }
}

/// What stands in the place of kill ratios without a bin map.
#[component]
pub fn NoBins() -> impl IntoView {
    view! {
        <Card title="Kill ratios">
            <p class="quiet">"No bin map of this wafer: which defects kill is known when its electrical test is. "
                <Go to="/imports">"Import a bin map"</Go>" (SINF, G85 or E142)."</p>
        </Card>
    }
}

/// How often dies with a defect fail.
#[component]
pub fn Kill(
    /// Ratios by type.
    kill: KillRatios,
) -> impl IntoView {
    let kill = StoredValue::new(kill);
    let note = kill.with_value(|kill| format!(
        "{} on {}; {} are good. Kill ratio: one minus the yield of dies with the type over the yield of dies without any defect.",
        format::plural(kill.dies, "tested die", "tested dies"),
        format::plural(kill.wafers, "wafer", "wafers"),
        percent(kill.yield_share)
    ));
    let row = |ratio: &KillRatio| {
        let name = match (&ratio.colour, ratio.defect_type_id) {
            (Some(colour), Some(_)) => badge::defect_type(colour, &ratio.name),
            _ => "All types".into_any(),
        };
        let interval = ratio
            .interval
            .map(|[low, high]| format!("{} to {}", format::fixed(low, 2), format::fixed(high, 2)));
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="numeric">{format::or_unknown(ratio.kill_ratio, |ratio| format::fixed(ratio, 2))}</td>
                <td>{format::or_unknown(interval, |text| text)}</td>
                <td class="numeric">{format!("{} of {}", format::count(ratio.dies_with - ratio.good_with), format::count(ratio.dies_with))}</td>
                <td class="numeric">{format!("{} of {}", format::count(ratio.dies_without - ratio.good_without), format::count(ratio.dies_without))}</td>
                <td>{format::p_value(ratio.adjusted_p)}</td>
                <td class="numeric">{format::or_unknown(ratio.dies_lost, format::significant)}</td>
            </tr>
        }
    };
    let rows = kill.with_value(|kill| kill.rows.iter().map(row).collect_view());
    view! {
        <Card title="Kill ratios" actions=move || view! {
            <button class="button button-quiet" type="button" on:click=move |_| save_csv(kill.with_value(kill_table))>"Export CSV"</button>
        }>
            <p class="quiet">{note}</p>
            <div class="table-scroll table-short" role="region" aria-label="Kill ratios" tabindex="0"><table class="table">
                <thead><tr><th scope="col">"Type"</th><th scope="col" class="numeric">"Kill ratio"</th><th scope="col">"95 % interval"</th>
                    <th scope="col" class="numeric">"Failing with it"</th><th scope="col" class="numeric">"Failing without defect"</th><th scope="col">"All types considered"</th>
                    <th scope="col" class="numeric">"Dies lost"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        </Card>
    }
}
