//! Alerts: what control charts have found in imports, and who sees to it.

use std::sync::Arc;

use contract::alert::{Alert, AlertQuery, AlertState};
use contract::filter::Order;
use leptos::prelude::*;

use super::links;
use crate::api::{Listed, with_query};
use crate::chart::rules;
use crate::components::badge;
use crate::components::facts::{self, Moment};
use crate::components::link::Go;
use crate::components::page::PageHead;
use crate::components::search::UrlSelect;
use crate::components::status::Notice;
use crate::components::table::{Column, DataTable};
use crate::state::list::List;
use crate::state::live::Live;
use crate::state::title::use_title;

/// Lists alerts, the newest first.
#[component]
pub fn AlertsPage() -> impl IntoView {
    use_title(|| "Alerts".to_owned());
    let list = List::<Alert>::new(|query| {
        let question = AlertQuery {
            state: states(query.value("state").as_deref()),
            control_chart_id: query.parsed("control_chart_id"),
            ..AlertQuery::default()
        };
        Some(with_query("/alerts", &question))
    });
    Live::here().on_change(move || list.rows.reload());
    let options = vec![
        ("", "Open and acknowledged".to_owned()),
        ("open", "Open".to_owned()),
        ("acknowledged", "Acknowledged".to_owned()),
        ("resolved", "Resolved".to_owned()),
        ("any", "Any".to_owned()),
    ];
    view! {
        <PageHead title="Alerts"/>
        <div class="toolbar list-tools"><UrlSelect name="state" label="State" options/></div>
        <DataTable list columns=columns() key=|alert| alert.alert_id.to_string() title="Alerts"
            default_order=("opened_at", Order::Desc) empty=nothing()/>
    }
}

/// States that a word of the URL stands for; none is all of them.
fn states(word: Option<&str>) -> Vec<AlertState> {
    match word {
        None | Some("") => vec![AlertState::Open, AlertState::Acknowledged],
        Some(word) => word.parse().ok().into_iter().collect(),
    }
}

fn nothing() -> ViewFn {
    ViewFn::from(|| {
        view! {
            <Notice title="No alerts" text="An alert is raised when an import breaks a rule of an active control chart. Nothing of that kind waits here.">
                <Go to="/control-charts" class="button">"Control charts"</Go>
            </Notice>
        }
    })
}

fn columns() -> Vec<Column<Alert>> {
    vec![
        Column::drawn(
            "State",
            |alert: &Alert| alert.state.to_string(),
            |alert| badge::state(&alert.state),
        ),
        Column::link(
            "Control chart",
            |alert: &Alert| links::alert(alert.alert_id),
            |alert: &Alert| alert.control_chart_name.clone(),
        ),
        Column::text("What happened", |alert: &Alert| alert.message.clone()).wrapping(),
        Column::text("Rules", |alert: &Alert| rules::short_names(&alert.rules)),
        Column::count("Violations", |alert: &Alert| alert.violations),
        Column::drawn(
            "Latest point",
            |alert: &Alert| links::csv_moment(Some(alert.last_at)),
            |alert| facts::moment(Some(alert.last_at)),
        ),
        Column::drawn(
            "Raised",
            |alert: &Alert| links::csv_moment(Some(alert.opened_at)),
            |alert| facts::moment(Some(alert.opened_at)),
        ),
    ]
}

/// The alerts of one control chart.
#[component]
pub fn AlertRows(
    /// Its latest alerts.
    listed: Signal<Arc<Listed<Alert>>>,
) -> impl IntoView {
    let row = |alert: &Alert| {
        let alert = alert.clone();
        view! {
            <tr>
                <td>{badge::state(&alert.state)}</td>
                <td><Go to=links::alert(alert.alert_id)><Moment at=alert.opened_at/></Go></td>
                <td class="wrap">{alert.message}</td>
                <td class="numeric">{alert.violations}</td>
            </tr>
        }
    };
    let rows = move || listed.read().rows.iter().map(row).collect_view();
    view! {
        <Show when=move || !listed.read().rows.is_empty() fallback=|| view! { <Notice title="No alerts" text="No import has broken a rule of this control chart."/> }>
            <div class="table-scroll table-short" role="region" aria-label="Alerts of this control chart" tabindex="0"><table class="table">
                <thead><tr><th scope="col">"State"</th><th scope="col">"Raised"</th><th scope="col">"What happened"</th><th scope="col" class="numeric">"Violations"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_choice_the_alerts_that_wait_are_listed() {
        assert_eq!(states(None), [AlertState::Open, AlertState::Acknowledged]);
        assert_eq!(states(Some("resolved")), [AlertState::Resolved]);
        assert!(states(Some("any")).is_empty());
    }
}
