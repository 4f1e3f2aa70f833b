//! One alert: what happened, on which points, who sees to it.

use std::sync::Arc;

use contract::alert::{Alert, AlertAction, AlertDetail, AlertState, AlertViolation};
use contract::user::Role;
use leptos::prelude::*;

use super::links;
use super::trends::side;
use crate::api::Api;
use crate::chart::{figure, rules};
use crate::components::badge;
use crate::components::dialog::Dialog;
use crate::components::facts::{Facts, Moment};
use crate::components::form::{AreaField, Form, Saving, Values};
use crate::components::link::Go;
use crate::components::page::{Card, PageHead};
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::caller::Caller;
use crate::state::live::Live;
use crate::state::navigation::use_param;
use crate::state::remote::Remote;
use crate::state::title::use_title;

/// Page of one alert.
#[component]
pub fn AlertPage() -> impl IntoView {
    let id = use_param("id");
    let api = Api::here();
    let path = Memo::new(move |_| format!("/alerts/{}", id.read()));
    let alert = Remote::new(
        move || Some(path.get()),
        move |path| async move { api.get::<AlertDetail>(&path).await },
    );
    Live::here().on_change(move || alert.reload());
    let title = Signal::derive(move || {
        let name = alert
            .get()
            .map(|detail| detail.alert.control_chart_name.clone());
        name.map_or_else(|| "Alert".to_owned(), |name| format!("Alert: {name}"))
    });
    use_title(move || title.get());
    // Dialogs with half a sentence in them outlive a newer answer.
    let state = Memo::new(move |_| alert.get().map(|detail| detail.alert.state));
    view! {
        <PageHead title crumbs=|| view! { <Go to="/alerts">"Alerts"</Go> }>
            {move || state.get().map(|state| view! { <Actions state path alert/> })}
        </PageHead>
        {loaded(alert, 8, |detail| view! { <Body detail/> })}
    }
}

/// What the user's role and the alert's state allow.
#[component]
fn Actions(state: AlertState, path: Memo<String>, alert: Remote<AlertDetail>) -> impl IntoView {
    let [acknowledging, resolving] = [(); 2].map(|()| RwSignal::new(false));
    let done = move |open: RwSignal<bool>| {
        Callback::new(move |()| {
            open.set(false);
            alert.reload();
        })
    };
    Caller::here().may(Role::Operator).then(move || view! {
        {(state == AlertState::Open).then(|| view! {
            <button class="button button-primary" type="button" on:click=move |_| acknowledging.set(true)>"Acknowledge"</button>
        })}
        {(state != AlertState::Resolved).then(|| view! {
            <button class="button" type="button" on:click=move |_| resolving.set(true)>"Resolve"</button>
        })}
        <Dialog open=acknowledging title="Acknowledge this alert">
            <ActionForm path verb="acknowledge" send="Acknowledge" label="What you do about it (may stay empty)" required=false on_done=done(acknowledging)/>
        </Dialog>
        <Dialog open=resolving title="Resolve this alert">
            <ActionForm path verb="resolve" send="Resolve" label="What it was and what was done" required=true on_done=done(resolving)/>
        </Dialog>
    })
}

#[component]
fn ActionForm(
    path: Memo<String>,
    verb: &'static str,
    send: &'static str,
    label: &'static str,
    required: bool,
    on_done: Callback<()>,
) -> impl IntoView {
    let api = Api::here();
    let live = Live::here();
    let saving = Saving::new();
    let on_send = Callback::new(move |values: Values| {
        let action = AlertAction {
            comment: values.text("comment"),
        };
        let path = format!("{}/{verb}", path.get_untracked());
        saving.run(
            async move { api.post::<_, Alert>(&path, &action).await },
            move |_| {
                live.alert_was_changed();
                on_done.run(());
            },
        );
    });
    view! { <Form on_send saving send><AreaField name="comment" label required/></Form> }
}

#[component]
fn Body(detail: Signal<Arc<AlertDetail>>) -> impl IntoView {
    let what = move || {
        let alert = detail.read().alert.clone();
        view! {
            <p class="alert-message">{badge::state(&alert.state)}" "{alert.message}</p>
            <Facts facts=vec![
                ("Control chart", view! { <Go to=links::control_chart(alert.control_chart_id)>{alert.control_chart_name}</Go> }.into_any()),
                ("Rules broken", rules::short_names(&alert.rules).into_any()),
                ("Side", side(alert.cause).into_any()),
                ("Violations", format::count(alert.violations).into_any()),
                ("First violated point", view! { <Moment at=alert.first_at/> }.into_any()),
                ("Latest violated point", view! { <Moment at=alert.last_at/> }.into_any()),
            ]/>
            <p class="quiet">"While this alert is not resolved, further violations of the same chart to the same side belong to it."</p>
        }
    };
    view! {
        <div class="grid grid-main-side">
            <Card title="What happened">{what}</Card>
            <Card title="What was done">{move || view! { <Timeline alert=detail.read().alert.clone()/> }}</Card>
        </div>
        <Card title="Violations"><Violations detail/></Card>
    }
}

#[component]
fn Violations(detail: Signal<Arc<AlertDetail>>) -> impl IntoView {
    let rows = move || {
        let detail = detail.read();
        let chart_id = detail.alert.control_chart_id;
        let rows = detail
            .violations
            .iter()
            .map(|violation| row(chart_id, violation));
        rows.collect_view()
    };
    let left_out = move || {
        let detail = detail.read();
        let rest = detail.alert.violations - detail.violations.len() as i64;
        (rest > 0).then(|| {
            format!(
                "The oldest {} are not listed.",
                format::plural(rest, "violation", "violations")
            )
        })
    };
    let is_empty = Memo::new(move |_| detail.read().violations.is_empty());
    view! {
        <Show when=move || !is_empty.get() fallback=|| view! { <Notice title="No violations are kept" text="The points may have been deleted since."/> }>
            <div class="table-scroll" role="region" aria-label="Violations" tabindex="0"><table class="table">
                <thead><tr>
                    <th scope="col">"Point"</th><th scope="col">"When"</th><th scope="col">"What the points did"</th>
                    <th scope="col" class="numeric">"Value"</th><th scope="col" class="numeric">"Limits then"</th>
                    <th scope="col">"Found"</th><th scope="col"><span class="visually-hidden">"What to do"</span></th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
            <p class="quiet">{left_out}</p>
        </Show>
    }
}

fn row(chart_id: uuid::Uuid, violation: &AlertViolation) -> impl IntoView + use<> {
    let violation = violation.clone();
    let number = |value: Option<f64>| format::or_unknown(value, figure);
    let limits = format!("{} to {}", number(violation.lcl), number(violation.ucl));
    let point = match violation.inspection_id {
        Some(id) => view! { <Go to=links::inspection(id)>{violation.label}</Go> }.into_any(),
        None => violation.label.into_any(),
    };
    let explain = violation
        .inspection_id
        .map(|id| links::explain(chart_id, id));
    view! {
        <tr>
            <td>{point}</td><td><Moment at=violation.at/></td><td class="wrap">{violation.sentence}</td>
            <td class="numeric">{figure(violation.value)}</td><td class="numeric">{limits}</td>
            <td><Moment at=violation.found_at/></td>
            <td>{explain.map(|to| view! { <Go to class="button button-row">"Explain"</Go> })}</td>
        </tr>
    }
}

/// The alert's life, oldest first.
#[component]
fn Timeline(alert: Alert) -> impl IntoView {
    let entry = |at, what: String, comment: Option<String>| {
        view! {
            <li><Moment at/>" "<strong>{what}</strong>
                {comment.filter(|text| !text.is_empty()).map(|text| view! { <p class="quoted">{text}</p> })}</li>
        }
    };
    let by = |who: Option<String>| who.map_or_else(String::new, |who| format!(" by {who}"));
    let acknowledged = alert.acknowledged_at.map(|at| {
        entry(
            at,
            format!("Acknowledged{}", by(alert.acknowledged_by)),
            alert.acknowledge_comment,
        )
    });
    let resolved = alert.resolved_at.map(|at| {
        entry(
            at,
            format!("Resolved{}", by(alert.resolved_by)),
            alert.resolve_comment,
        )
    });
    view! { <ol class="history">{entry(alert.opened_at, "Raised".to_owned(), None)}{acknowledged}{resolved}</ol> }
}
