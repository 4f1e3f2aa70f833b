//! The dashboard: how the fab does under the filter, at one look.

use contract::analytics::{Dashboard, DashboardQuery, Kpis};
use leptos::prelude::*;

use crate::api::{Api, with_query};
use crate::components::link::Go;
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::filter::FilterState;
use crate::state::remote::Remote;
use crate::state::title::use_title;

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
        <h1 class="page-title">"Dashboard"</h1>
        {loaded(dashboard, 8, move |dashboard| view! {
            <Show when=move || dashboard.read().kpis.inspections == 0>
                <Notice title="No inspections yet" text="Import the KLARF files that your inspection tools write.">
                    <Go to="/imports" class="button button-primary">"Import files"</Go>
                </Notice>
            </Show>
            <KeyFigures dashboard/>
        })}
    }
}

#[component]
fn KeyFigures(dashboard: Signal<std::sync::Arc<Dashboard>>) -> impl IntoView {
    let figure = move |label: &'static str, read: fn(&Kpis) -> String| {
        view! { <div class="kpi"><dt>{label}</dt><dd>{move || read(&dashboard.read().kpis)}</dd></div> }
    };
    view! {
        <dl class="kpis">
            {figure("Inspections", |kpis| format::count(kpis.inspections))}
            {figure("Wafers", |kpis| format::count(kpis.wafers))}
            {figure("Defects", |kpis| format::count(kpis.defects))}
        </dl>
    }
}
