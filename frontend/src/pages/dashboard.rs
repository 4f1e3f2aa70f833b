//! The dashboard: how the fab does under the filter, at one look.

use std::sync::Arc;

use contract::analytics::{Dashboard, DashboardQuery, Pareto, ParetoQuery};
use contract::defect::DefectQuery;
use contract::inspection::Inspection;
use leptos::prelude::*;

use super::dashboard_kpis::KeyFigures;
use super::links;
use super::trends::{Violations, left_out};
use crate::api::{Api, with_query};
use crate::chart::{ChartCard, ClickedDatum, pareto, spc};
use crate::components::facts::Moment;
use crate::components::link::Go;
use crate::components::map_filter::{MapFilterNote, made_of, map_path, narrowed};
use crate::components::page::{Card, PageHead};
use crate::components::status::{Notice, loaded};
use crate::components::type_filter::hidden_by_filter;
use crate::format;
use crate::state::filter::{Dimension, FilterState, UrlFilter, without};
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;
use crate::state::title::use_title;
use crate::wafer::{MapProgress, RemoteMap, WaferMap};

/// Key figures, control chart, Pareto, latest inspections, violations.
#[component]
pub fn DashboardPage() -> impl IntoView {
    use_title(|| "Dashboard".to_owned());
    let api = Api::here();
    let filter = FilterState::here();
    let dashboard = Remote::new(
        move || Some(filter.resolved()),
        move |filter| async move {
            let query = DashboardQuery::default().with_filter(&filter);
            api.get::<Dashboard>(&with_query("/analytics/dashboard", &query))
                .await
        },
    );
    view! {
        <PageHead title="Dashboard"/>
        {loaded(dashboard, 10, move |dashboard| {
            let is_empty = Memo::new(move |_| dashboard.read().kpis.inspections == 0);
            move || match is_empty.get() {
                true => view! { <Nothing/> }.into_any(),
                false => view! { <Overview dashboard/> }.into_any(),
            }
        })}
    }
}

/// No inspections: none under this filter, or none at all.
#[component]
fn Nothing() -> impl IntoView {
    let filter = FilterState::here();
    let is_filtered = move || filter.chosen() != UrlFilter::default();
    move || {
        match is_filtered() {
        true => view! {
            <Notice title="No inspections under this filter" text="Widen the time window or take back a choice.">
                <button class="button" type="button" on:click=move |_| filter.update(|filter| *filter = UrlFilter::default())>"Clear the filter"</button>
            </Notice>
        }
        .into_any(),
        false => view! {
            <Notice title="No inspections yet" text="Import the KLARF files that your inspection tools write: charts, Pareto and wafer maps follow by themselves.">
                <Go to="/imports" class="button button-primary">"Import files"</Go>
            </Notice>
        }
        .into_any(),
    }
    }
}

#[component]
fn Overview(dashboard: Signal<Arc<Dashboard>>) -> impl IntoView {
    let query = UrlQuery::here();
    let kpis = Memo::new(move |_| dashboard.read().kpis.clone());
    let previous = Memo::new(move |_| dashboard.read().previous.clone());
    let trend = Memo::new(move |_| spc::spec(&dashboard.read().trend, &spc::Pointed::default()));
    let reason = Signal::derive(move || {
        let trend = &dashboard.read().trend;
        Some(match left_out(trend) {
            Some(rest) => format!("{} {rest}", trend.reason),
            None => trend.reason.clone(),
        })
    });
    let open_point = Callback::new(move |clicked: ClickedDatum| {
        if let Some(id) = clicked.inspection_id {
            query.go(&links::inspection(id));
        }
    });
    let control = Signal::derive(move || Arc::new(dashboard.read().trend.clone()));
    view! {
        <KeyFigures kpis=kpis previous=previous/>
        <div class="grid grid-main-side">
            <ChartCard title="Defects per inspection" spec=trend note=reason on_click=open_point/>
            <TypePareto filtered=Signal::derive(move || dashboard.read().pareto.clone())/>
        </div>
        <div class="grid grid-main-side">
            <div>
                <Card title="Latest inspections" actions=|| view! { <Go to="/inspections">"All inspections"</Go> }>
                    <Latest inspections=Signal::derive(move || dashboard.read().latest.clone())/>
                </Card>
                <Card title="Violations of control rules" actions=|| view! { <Go to="/trends">"Trends and SPC"</Go> }>
                    <Violations spc=control/>
                </Card>
            </div>
            <LatestMap inspection=Signal::derive(move || dashboard.read().latest.first().cloned())/>
        </div>
    }
}

/// The Pareto of defect types; a click on a bar puts its type into the filter, or takes it out.
///
/// The dashboard's own Pareto holds the chosen types alone; all of them are asked for beside it.
#[component]
fn TypePareto(
    /// Under the whole filter.
    #[prop(into)]
    filtered: Signal<Pareto>,
) -> impl IntoView {
    let api = Api::here();
    let filter = FilterState::here();
    let chosen = Memo::new(move |_| filter.chosen().values(Dimension::DefectType));
    let all = Remote::new(
        move || {
            (!chosen.read().is_empty()).then(|| without(filter.resolved(), Dimension::DefectType))
        },
        move |filter| async move {
            let query = ParetoQuery::default().with_filter(&filter);
            api.get::<Pareto>(&with_query("/analytics/pareto", &query))
                .await
        },
    );
    let shown = move || match all.get().filter(|_| !chosen.read().is_empty()) {
        Some(all) => pareto::spec(&all, &chosen.read()),
        None => pareto::spec(&filtered.read(), &chosen.read()),
    };
    let toggle = Callback::new(move |clicked: ClickedDatum| {
        // The last bar, `other`, sums up several types: it is none to filter by.
        if clicked.key.parse::<i32>().is_ok() {
            filter.toggle(Dimension::DefectType, &clicked.key);
        }
    });
    let note = Signal::derive(|| Some("A click on a bar filters by its type.".to_owned()));
    view! { <ChartCard title="Defect types" spec=Memo::new(move |_| shown()) note=note on_click=toggle/> }
}

#[component]
fn Latest(inspections: Signal<Vec<Inspection>>) -> impl IntoView {
    let row = |inspection: Inspection| {
        let Inspection {
            inspection_id,
            wafer_id,
            step_id,
            equipment_id,
            defect_count,
            density_per_cm2,
            inspected_at,
            ..
        } = inspection;
        view! {
            <tr>
                <td><Go to=links::inspection(inspection_id)><Moment at=inspected_at/></Go></td>
                <td><Go to=links::wafer(&wafer_id)>{wafer_id.clone()}</Go></td>
                <td>{step_id}</td>
                <td>{format::or_unknown(equipment_id, |id| id)}</td>
                <td class="numeric">{format::count(defect_count)}</td>
                <td class="numeric">{format::or_unknown(density_per_cm2, format::significant)}</td>
            </tr>
        }
    };
    view! {
        <div class="table-scroll" role="region" aria-label="Latest inspections" tabindex="0">
            <table class="table">
                <thead><tr>
                    <th scope="col">"Inspected"</th><th scope="col">"Wafer"</th><th scope="col">"Step"</th><th scope="col">"Equipment"</th>
                    <th scope="col" class="numeric">"Defects"</th><th scope="col" class="numeric">"Defects/cm²"</th>
                </tr></thead>
                <tbody>{move || inspections.get().into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

/// The map of the newest inspection, with the types of the filter.
#[component]
fn LatestMap(inspection: Signal<Option<Inspection>>) -> impl IntoView {
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let id = Memo::new(move |_| {
        inspection
            .read()
            .as_ref()
            .map(|inspection| inspection.inspection_id)
    });
    let remote = RemoteMap::new(
        move || Some(map_path(&links::inspection(id.get()?), filter)),
        String::clone,
    );
    let hidden_types = hidden_by_filter(remote.map);
    let made_of = made_of(move || {
        Some(DefectQuery {
            inspection_id: Some(id.get()?),
            ..DefectQuery::default()
        })
    });
    let title = Signal::derive(move || {
        inspection
            .read()
            .as_ref()
            .map_or_else(String::new, |inspection| {
                format!("Latest: {} at {}", inspection.wafer_id, inspection.step_id)
            })
    });
    let open = Callback::new(move |(_, defect_no): (u32, i32)| {
        if let Some(inspection_id) = id.get_untracked() {
            query.go(&links::defect(contract::defect::DefectId {
                inspection_id,
                defect_no,
            }));
        }
    });
    view! {
        <Card title actions=move || id.get().map(|id| view! { <Go to=links::inspection(id)>"Open inspection"</Go> })>
            <MapProgress of=remote/>
            {loaded(remote.map, 8, move |shown| view! { <MapFilterNote/><WaferMap map=narrowed(shown, made_of) hidden_types on_select=open legend=false/> })}
        </Card>
    }
}
