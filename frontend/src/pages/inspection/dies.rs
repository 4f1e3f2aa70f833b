//! Dies: how many have a defect, and what yield models say of that.

use std::sync::Arc;

use contract::spatial::{DieCounts, DieView, YieldEstimate};
use leptos::prelude::*;

use super::analyses::Analyses;
use super::drawn::DieColour;
use super::findings::Findings;
use super::kill::{Kill, NoBins};
use super::panel::AnalysisCard;
use super::pick::Pick;
use crate::chart::{Axis, Cell, ChartCard, ChartSpec, Datum, Mark, Paint, Series, save_csv};
use crate::components::facts::Facts;
use crate::components::page::Card;
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::navigation::UrlQuery;

/// What the dies on the map are coloured by, as the address says it.
pub fn colour_of(query: UrlQuery) -> DieColour {
    match query.value("dies").as_deref() {
        Some("bin") => DieColour::Bin,
        _ => DieColour::Count,
    }
}

/// What the colours of the dies mean.
pub fn legend(by: DieColour) -> &'static str {
    match by {
        DieColour::Count => "The darker a die, the more defects; dies without one are plain.",
        DieColour::Bin => "Dies with their bins: outlined and red where the die fails.",
    }
}

/// A share in percent.
pub(super) fn percent(share: f64) -> String {
    format::percent(share * 100.0)
}

fn headline(found: &DieView) -> String {
    let [low, high] = found.defective_interval;
    format!(
        "{} of {} have a defect: {} (95 % interval {} to {}).",
        format::count(found.defective),
        format::plural(found.dies, "die", "dies"),
        percent(found.defective_share),
        percent(low),
        percent(high)
    )
}

/// Whether defects cluster on dies, in words.
fn dispersion_words(found: &DieView) -> String {
    if found.defects == 0 {
        return format::UNKNOWN.to_owned();
    }
    let dispersion = found.dispersion;
    let meaning = match dispersion {
        few if few < 0.8 => "more even than random",
        random if random < 1.25 => "as random",
        _ => "clustered",
    };
    format!("{} ({meaning})", format::significant(dispersion))
}

/// Dies with a defect, most defects first.
fn table(found: &DieView) -> ChartSpec {
    let columns = ["Die", "Defects", "Column", "Row", "Bin"];
    let empty = DieCounts {
        die_x: Vec::new(),
        die_y: Vec::new(),
        count: Vec::new(),
        bin: Vec::new(),
    };
    let map = found.map.as_ref().unwrap_or(&empty);
    let row = |place: usize| {
        let (column, row, count) = (
            *map.die_x.get(place)?,
            *map.die_y.get(place)?,
            *map.count.get(place)?,
        );
        let bin = map.bin.get(place).cloned().flatten();
        (count > 0).then(|| Datum {
            key: Pick::Die(column, row).to_string(),
            title: format!("{column}, {row}"),
            cells: vec![
                Cell::count(count.into()),
                Cell::count(column.into()),
                Cell::count(row.into()),
                Cell::Text(bin.unwrap_or_default()),
            ],
            ..Datum::default()
        })
    };
    let mut places: Vec<usize> = (0..map.count.len()).collect();
    places.sort_by_key(|place| std::cmp::Reverse(map.count[*place]));
    ChartSpec {
        name: "dies",
        columns: columns.map(str::to_owned).to_vec(),
        data: places.into_iter().filter_map(row).collect(),
        ..ChartSpec::default()
    }
}

/// How many dies have how many defects.
fn histogram(found: &DieView) -> ChartSpec {
    let last = found.histogram.len().saturating_sub(1);
    let name = |place: usize| match place {
        10 if place == last => "10 or more".to_owned(),
        _ => place.to_string(),
    };
    let datum = |(place, dies): (usize, &i64)| Datum {
        key: place.to_string(),
        label: name(place),
        title: name(place),
        cells: vec![Cell::count(*dies)],
        tip: vec![
            format::plural(*dies, "die", "dies"),
            format!(
                "with {}",
                if name(place) == "1" {
                    "1 defect".to_owned()
                } else {
                    format!("{} defects", name(place))
                }
            ),
        ],
        ..Datum::default()
    };
    let values = found
        .histogram
        .iter()
        .map(|dies| Some(*dies as f64))
        .collect();
    ChartSpec {
        name: "defects-per-die",
        x_title: "Defects on a die".to_owned(),
        left: Axis {
            title: "Dies".to_owned(),
            min: Some(0.0),
            whole: true,
            ..Axis::default()
        },
        data: found.histogram.iter().enumerate().map(datum).collect(),
        columns: vec!["Defects on a die".to_owned(), "Dies".to_owned()],
        series: vec![Series::new("Dies", Mark::Bar, Paint::Data, values)],
        ..ChartSpec::default()
    }
}

fn model_name(model: &str) -> String {
    match model {
        "poisson" => "Poisson".to_owned(),
        "murphy" => "Murphy".to_owned(),
        "seeds" => "Seeds".to_owned(),
        other => format::words(other),
    }
}

/// Yield models beside what was found.
fn models(found: &DieView) -> ChartSpec {
    let row = |model: &YieldEstimate| Datum {
        title: model_name(&model.model),
        cells: vec![
            Cell::Number(Some(model.defect_free * 100.0)),
            Cell::Number(Some(model.error * 100.0)),
        ],
        ..Datum::default()
    };
    ChartSpec {
        name: "yield-models",
        columns: ["Model", "Defect-free dies, %", "Off what was found, points"]
            .map(str::to_owned)
            .to_vec(),
        data: found.models.iter().map(row).collect(),
        ..ChartSpec::default()
    }
}

/// The dies of an inspection.
#[component]
pub fn DiePanel(
    /// What was found.
    analyses: Analyses,
) -> impl IntoView {
    loaded(analyses.dies, 10, move |found| {
        let has_dies = Memo::new(move |_| found.read().dies > 0);
        view! {
            <Show when=move || has_dies.get() fallback=|| view! {
                <Card title="Dies"><Notice title="No dies" text="The file gives no die pitch, so defects cannot be counted by die."/></Card>
            }>
                <Shares found analyses/>
                <ChartCard title="Defects on a die" spec=Signal::derive(move || histogram(&found.read())) height_px=200/>
                {move || match &found.read().kill {
                    Some(kill) => view! { <Kill kill=kill.clone()/> }.into_any(),
                    None => view! { <NoBins/> }.into_any(),
                }}
            </Show>
        }
    })
}

/// Shares, yield models and the dies themselves.
#[component]
fn Shares(found: Signal<Arc<DieView>>, analyses: Analyses) -> impl IntoView {
    let query = UrlQuery::here();
    let spec = Signal::derive(move || table(&found.read()));
    let has_bins = Memo::new(move |_| {
        found
            .read()
            .map
            .as_ref()
            .is_some_and(|map| map.bin.iter().any(Option::is_some))
    });
    let by = Memo::new(move |_| colour_of(query));
    let colours = [
        (DieColour::Count, "Defects", None),
        (DieColour::Bin, "Bin", Some("bin")),
    ];
    let colours = move || {
        colours.map(|(one, text, value)| view! {
        <label class="segment">
            <input type="radio" name="die-colour" prop:checked=move || by.get() == one on:change=move |_| query.set(&[("dies", value.map(str::to_owned))])/><span>{text}</span>
        </label>
    }).into_iter().collect_view()
    };
    let facts = move || {
        let found = found.read();
        view! {
            <Facts facts=vec![
                ("Defect-free dies", percent(1.0 - found.defective_share).into_any()),
                ("Defects on dies", format::count(found.defects).into_any()),
                ("Mean on a die", format::significant(found.mean_per_die).into_any()),
                ("Variance over mean", dispersion_words(&found).into_any()),
                ("D0", format!("{} /cm²", format::significant(found.d0_per_cm2)).into_any()),
                ("Die area", format!("{} cm²", format::significant(found.die_area_cm2)).into_any()),
                ("Clustering α", format::or_unknown(found.alpha, format::significant).into_any()),
            ]/>
        }
    };
    let model_rows = move || {
        let found = found.read();
        let row = |model: &YieldEstimate| {
            view! {
                <tr><th scope="row">{model_name(&model.model)}</th><td class="numeric">{percent(model.defect_free)}</td>
                    <td class="numeric">{format!("{}{}", if model.error > 0.0 { "+" } else { "" }, format::fixed(model.error * 100.0, 1))}</td></tr>
            }
        };
        found.models.iter().map(row).collect_view()
    };
    view! {
        <AnalysisCard title="Dies" spec>
            <p class="verdict-text" data-defective=move || found.read().defective data-dies=move || found.read().dies>{move || headline(&found.read())}</p>
            <Show when=move || has_bins.get()>
                <fieldset class="segments"><legend class="visually-hidden">"Colour of the dies"</legend>{colours()}</fieldset>
            </Show>
            {facts}
            <Show when=move || !spec.with(|spec| spec.data.is_empty()) fallback=|| view! { <p class="quiet">"No die has a defect."</p> }>
                <Findings spec label="Dies with defects" analyses/>
            </Show>
        </AnalysisCard>
        <Card title="Yield models" actions=move || view! {
            <button class="button button-quiet" type="button" on:click=move |_| save_csv(models(&found.read_untracked()))>"Export CSV"</button>
        }>
            <p class="quiet">{move || format!("Share of dies without a defect that each expects from D0 {} /cm² on {} cm²; found: {}.",
                format::significant(found.read().d0_per_cm2), format::significant(found.read().die_area_cm2), percent(1.0 - found.read().defective_share))}</p>
            <div class="table-scroll"><table class="table">
                <thead><tr><th scope="col">"Model"</th><th scope="col" class="numeric">"Defect-free"</th><th scope="col" class="numeric">"Off, points"</th></tr></thead>
                <tbody>{model_rows}</tbody>
            </table></div>
        </Card>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(counts: &[u32]) -> DieView {
        DieView {
            inspections: 1,
            dies: 4,
            defective: 2,
            defective_share: 0.5,
            defective_interval: [0.15, 0.85],
            defects: 9,
            mean_per_die: 2.25,
            dispersion: 5.0,
            die_area_cm2: 1.0,
            d0_per_cm2: 2.25,
            alpha: Some(0.6),
            models: Vec::new(),
            histogram: vec![2, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1],
            map: Some(DieCounts {
                die_x: (0..).take(counts.len()).collect(),
                die_y: vec![7; counts.len()],
                count: counts.to_vec(),
                bin: vec![None; counts.len()],
            }),
            kill: None,
        }
    }

    #[test]
    fn the_headline_states_the_share_with_its_interval() {
        assert_eq!(
            headline(&view(&[])),
            "2 of 4 dies have a defect: 50.0 % (95 % interval 15.0 % to 85.0 %)."
        );
        assert!(dispersion_words(&view(&[])).ends_with("(clustered)"));
    }

    #[test]
    fn dies_without_defects_say_nothing_about_how_defects_spread() {
        let clean = DieView {
            defects: 0,
            dispersion: 0.0,
            ..view(&[])
        };
        assert_eq!(dispersion_words(&clean), format::UNKNOWN);
    }

    #[test]
    fn dies_are_listed_with_most_defects_first_and_without_clean_ones() {
        let keys: Vec<String> = table(&view(&[1, 0, 8]))
            .data
            .into_iter()
            .map(|datum| datum.key)
            .collect();
        assert_eq!(keys, ["die:2:7", "die:0:7"]);
    }

    #[test]
    fn the_last_place_of_the_histogram_holds_all_larger_counts() {
        let spec = histogram(&view(&[]));
        assert_eq!(
            (spec.data[1].title.as_str(), spec.data[10].title.as_str()),
            ("1", "10 or more")
        );
    }
}
