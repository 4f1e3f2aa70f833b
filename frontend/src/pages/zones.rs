//! Where on the wafer the density differs: rings, sectors, and a zone of one's own.

mod map;
mod shape;

use std::sync::Arc;

use contract::spatial::{Zone, ZoneQuery, Zones};
use leptos::prelude::*;
use uuid::Uuid;

use self::map::{ZoneMap, ratio};
use crate::api::{Api, with_query};
use crate::chart::{Cell, ChartSpec, Datum, save_csv};
use crate::components::defects_within::{DefectsWithin, Part};
use crate::components::facts::Facts;
use crate::components::link::Go;
use crate::components::page::{Card, PageHead};
use crate::components::ratio_range::{Range, RatioAxis, RatioRange, RatioScale};
use crate::components::search::UrlSelect;
use crate::components::status::{Notice, loaded};
use crate::components::type_shares::TypeShares;
use crate::components::url_number::UrlNumber;
use crate::format;
use crate::pages::links;
use crate::state::filter::FilterState;
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;
use crate::state::title::use_title;

/// Zones over the inspections under the filter, or of one that the URL names.
#[component]
pub fn ZonesPage() -> impl IntoView {
    use_title(|| "Zones".to_owned());
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let zones = Remote::new(
        move || {
            Some(with_query(
                "/analytics/zones",
                &question(query).with_filter(&filter.resolved()),
            ))
        },
        move |path: String| async move { api.get::<Zones>(&path).await },
    );
    view! {
        <PageHead title="Zones"/>
        <Tools/>
        <OneInspection/>
        {loaded(zones, 14, move |zones| view! { <Body zones/> })}
    }
}

fn question(query: UrlQuery) -> ZoneQuery {
    // A custom zone begins with its outer radius; what stands in the other fields waits for it.
    let outer = query.parsed::<f64>("outer");
    ZoneQuery {
        inspection_id: query.parsed("inspection"),
        rings: query.parsed("rings"),
        division: query.parsed("division"),
        sectors: query.parsed("sectors"),
        inner_mm: outer.map(|_| query.parsed("inner").unwrap_or(0.0)),
        outer_mm: outer,
        from_deg: outer.and_then(|_| query.parsed("start")),
        sweep_deg: outer.and_then(|_| query.parsed("sweep")),
        ..ZoneQuery::default()
    }
}

#[component]
fn Tools() -> impl IntoView {
    let query = UrlQuery::here();
    let divisions = vec![
        ("", "equal area".to_owned()),
        ("equal_width", "equal width".to_owned()),
    ];
    let is_custom = untrack(|| query.value("outer")).is_some();
    view! {
        <div class="toolbar list-tools" role="group" aria-label="Zones">
            <UrlNumber name="rings" label="Rings" min=1.0 max=20.0 step="1" placeholder="5" clears="zone"/>
            <UrlSelect name="division" label="of" options=divisions clears="zone"/>
            <UrlNumber name="sectors" label="Sectors" min=1.0 max=36.0 step="1" placeholder="none" clears="zone"/>
            <details class="own-zone" open=is_custom>
                <summary>"A zone of your own"</summary>
                <div class="toolbar">
                    <UrlNumber name="inner" label="From radius" min=0.0 max=300.0 placeholder="0" unit="mm" clears="zone"/>
                    <UrlNumber name="outer" label="to" min=0.1 max=300.0 unit="mm" clears="zone"/>
                    <UrlNumber name="start" label="Begins at" min=0.0 max=359.999 placeholder="0" unit="°" clears="zone"/>
                    <UrlNumber name="sweep" label="goes round" min=0.1 max=360.0 placeholder="360" unit="°" clears="zone"/>
                    <span class="quiet">"Degrees counter-clockwise from the right; the notch is at 270°."</span>
                </div>
            </details>
        </div>
    }
}

/// Says that one inspection alone is looked at, and how to leave it.
#[component]
fn OneInspection() -> impl IntoView {
    let query = UrlQuery::here();
    let inspection = Memo::new(move |_| query.parsed::<Uuid>("inspection"));
    move || {
        inspection.get().map(|id| view! {
            <p class="message">"Only "<Go to=links::inspection(id)>"one inspection"</Go>". "
                <button class="link" type="button" on:click=move |_| query.set(&[("inspection", None)])>"Show all under the filter"</button></p>
        })
    }
}

#[component]
fn Body(zones: Signal<Arc<Zones>>) -> impl IntoView {
    let query = UrlQuery::here();
    let chosen = Memo::new(move |_| {
        let place = query.parsed::<usize>("zone")?.checked_sub(1)?;
        (place < zones.read().zones.len()).then_some(place)
    });
    let choose = Callback::new(move |place: Option<usize>| {
        query.set(&[("zone", place.map(|place| (place + 1).to_string()))]);
    });
    let state = Memo::new(move |_| {
        let zones = zones.read();
        (zones.inspections == 0, zones.defects == 0)
    });
    let nothing = |title: &'static str, text: &'static str| {
        view! { <div class="card"><Notice title text/></div> }.into_any()
    };
    let shown = move || {
        let zones = zones.read();
        let place = chosen.get()?;
        zones.zones.get(place).cloned()
    };
    let part = Memo::new(move |_| shown().map(|zone| Part::Zone(zone.shape)));
    let inspection_id = Signal::derive(move || query.parsed::<Uuid>("inspection"));
    move || {
        match state.get() {
        (true, _) => nothing("Nothing to divide", "No inspection matches the filter."),
        (_, true) => nothing("No defects", "No defect with a position matches the filter."),
        _ => view! {
            <p class="chart-note">{move || summary(&zones.read())}</p>
            <div class="grid grid-main-side">
                <Card title="Density by zone"><ZoneMap zones chosen on_choose=choose/></Card>
                <div aria-live="polite">{move || shown().map_or_else(
                    || view! { <Card title="A zone"><Notice title="None chosen" text="Click a zone, or its name in the table, to see its defect types."/></Card> }.into_any(),
                    |zone| view! { <ChosenZone zone on_leave=Callback::new(move |()| choose.run(None))/> }.into_any(),
                )}</div>
            </div>
            <ZoneTable zones chosen on_choose=choose/>
            <Show when=move || part.read().is_some()>
                <Card title="Defects in the chosen zone"><DefectsWithin part=Signal::derive(move || part.get().unwrap_or(Part::Rectangle([0.0; 4]))) inspection_id/></Card>
            </Show>
        }
        .into_any(),
    }
    }
}

/// What was counted, and whether the zones differ as a whole.
fn summary(zones: &Zones) -> String {
    let mut text = format!(
        "{} on {}, {} per cm² over all zones.",
        format::plural(zones.defects, "defect", "defects"),
        format::plural(zones.inspections, "inspection", "inspections"),
        format::significant(zones.density_per_cm2)
    );
    if let Some(p) = zones.p_value {
        text.push_str(&match p < 0.05 {
            true => format!(" The zones differ beyond chance ({}).", format::p_value(p)),
            false => format!(
                " The zones as a whole do not differ beyond chance ({}).",
                format::p_value(p)
            ),
        });
    }
    if zones.unplaced > 0 {
        text.push_str(&format!(
            " {} no position and {} in no zone.",
            format::plural(zones.unplaced, "more defect has", "more defects have"),
            if zones.unplaced == 1 { "is" } else { "are" }
        ));
    }
    text
}

#[component]
fn ChosenZone(zone: Zone, on_leave: Callback<()>) -> impl IntoView {
    let shape = &zone.shape;
    let [inner, outer] = [shape.inner_mm, shape.outer_mm].map(|radius| format::fixed(radius, 1));
    let mut place = format!("radius {inner} to {outer} mm");
    if shape.sweep_deg < 360.0 {
        let end = (shape.from_deg + shape.sweep_deg) % 360.0;
        place.push_str(&format!(
            ", {}° to {}°",
            format::significant(shape.from_deg),
            format::significant(end)
        ));
    }
    let [low, high] = zone.interval_per_cm2.map(format::significant);
    let facts = vec![
        ("Defects", format::count(zone.count).into_any()),
        (
            "Expected",
            format!(
                "{}{}",
                format::significant(zone.expected),
                ratio(&zone).map_or_else(String::new, |ratio| format!(
                    " (found ×{})",
                    format::significant(ratio)
                ))
            )
            .into_any(),
        ),
        (
            "Density",
            format!(
                "{} /cm² ({low} to {high})",
                format::significant(zone.density_per_cm2)
            )
            .into_any(),
        ),
        ("Verdict", verdict(&zone).into_any()),
        ("Where", place.into_any()),
        (
            "Area",
            format!(
                "{} cm² over all inspections",
                format::significant(zone.area_cm2)
            )
            .into_any(),
        ),
    ];
    view! {
        <Card title=format::words(&zone.name) actions=move || view! {
            <button class="button button-quiet" type="button" on:click=move |_| on_leave.run(())>"Deselect"</button>
        }>
            <Facts facts/>
            <h3 class="card-part">"Types in it"</h3>
            <TypeShares types=zone.types of=zone.count longest=10/>
        </Card>
    }
}

fn verdict(zone: &Zone) -> String {
    match zone.is_different {
        true => format!("differs ({})", format::p_value(zone.adjusted_p)),
        false => format!("as expected ({})", format::p_value(zone.adjusted_p)),
    }
}

/// The density against the mean of all zones, with its interval.
fn range(zone: &Zone, mean: f64) -> Option<Range> {
    let [low, high] = zone.interval_per_cm2;
    (mean > 0.0).then(|| Range {
        ratio: Some(zone.density_per_cm2 / mean),
        low: low / mean,
        high: Some(high / mean),
    })
}

#[component]
fn ZoneTable(
    zones: Signal<Arc<Zones>>,
    chosen: Memo<Option<usize>>,
    on_choose: Callback<Option<usize>>,
) -> impl IntoView {
    let axis = Memo::new(move |_| {
        let zones = zones.read();
        let mean = zones.density_per_cm2;
        RatioAxis::of(zones.zones.iter().filter_map(|zone| range(zone, mean)))
    });
    let export = move || {
        view! { <button class="button button-quiet" type="button" on:click=move |_| save_csv(table(&zones.read_untracked()))>"Export CSV"</button> }
    };
    let rows = move || {
        let zones = zones.read();
        let mean = zones.density_per_cm2;
        let row = |(place, zone): (usize, &Zone)| {
            let is_chosen = move || chosen.get() == Some(place);
            let [low, high] = zone.interval_per_cm2.map(format::significant);
            let drawn = range(zone, mean).map(
                |range| view! { <RatioRange range axis=axis.get() stands_out=zone.is_different/> },
            );
            view! {
                <tr class:is-selected=is_chosen>
                    <td><button class="link" type="button" aria-pressed=move || is_chosen().to_string() on:click=move |_| on_choose.run((!is_chosen()).then_some(place))>{format::words(&zone.name)}</button></td>
                    <td class="numeric">{format::count(zone.count)}</td><td class="numeric">{format::significant(zone.expected)}</td>
                    <td class="numeric">{format::or_unknown(ratio(zone), |ratio| format!("×{}", format::significant(ratio)))}</td>
                    <td>{drawn}</td>
                    <td class="numeric">{format::significant(zone.density_per_cm2)}</td><td class="numeric">{format!("{low} to {high}")}</td>
                    <td class:quiet=!zone.is_different>{verdict(zone)}</td>
                </tr>
            }
        };
        zones.zones.iter().enumerate().map(row).collect_view()
    };
    view! {
        <Card title="Zones" actions=export>
            <div class="table-scroll" role="region" aria-label="Zones" tabindex="0">
                <table class="table">
                    <thead><tr>
                        <th scope="col">"Zone"</th><th scope="col" class="numeric">"Defects"</th><th scope="col" class="numeric">"Expected"</th>
                        <th scope="col" class="numeric">"Ratio"</th><th scope="col"><RatioScale axis/><span class="visually-hidden">"Ratio drawn"</span></th>
                        <th scope="col" class="numeric">"Defects/cm²"</th><th scope="col" class="numeric">"95 % interval"</th><th scope="col">"All zones considered"</th>
                    </tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Card>
    }
}

/// All zones for CSV.
fn table(zones: &Zones) -> ChartSpec {
    let row = |zone: &Zone| Datum {
        title: zone.name.clone(),
        cells: vec![
            Cell::Number(Some(zone.shape.inner_mm)),
            Cell::Number(Some(zone.shape.outer_mm)),
            Cell::Number(Some(zone.shape.from_deg)),
            Cell::Number(Some(zone.shape.sweep_deg)),
            Cell::Number(Some(zone.area_cm2)),
            Cell::count(zone.count),
            Cell::Number(Some(zone.expected)),
            Cell::Number(Some(zone.density_per_cm2)),
            Cell::Number(Some(zone.interval_per_cm2[0])),
            Cell::Number(Some(zone.interval_per_cm2[1])),
            Cell::Number(Some(zone.adjusted_p)),
            Cell::Text(if zone.is_different { "yes" } else { "no" }.to_owned()),
        ],
        ..Datum::default()
    };
    let columns = [
        "Zone",
        "Inner mm",
        "Outer mm",
        "From deg",
        "Sweep deg",
        "Area cm2",
        "Defects",
        "Expected",
        "Defects/cm²",
        "95 % from",
        "95 % to",
        "p adjusted",
        "Differs",
    ];
    ChartSpec {
        name: "zones",
        columns: columns.map(str::to_owned).to_vec(),
        data: zones.zones.iter().map(row).collect(),
        ..ChartSpec::default()
    }
}
