//! The point that was chosen on a control chart: what it is, why it stands out, what can be done with it.

use std::sync::Arc;

use contract::analytics::{Spc, SpcPhase, SpcPoint};
use contract::control_chart::{ControlChart, ExcludedPoint, LimitVersion, LimitVersionCreate};
use leptos::html::Section;
use leptos::prelude::*;

use super::control_chart::Shown;
use super::links;
use crate::api::Api;
use crate::chart::figure;
use crate::components::facts::{Facts, Moment};
use crate::components::form::{AreaField, Form, Saving, Values};
use crate::components::icon::{Drawn, Icon};
use crate::components::link::Go;
use crate::components::status::Refusal;
use crate::format;

/// A point's facts; links to its inspection; leaving it out and taking it in again.
#[component]
pub fn PointPanel(
    /// The page's chart.
    shown: Shown,
    /// The drawn points.
    spc: Signal<Arc<Spc>>,
    /// Which of them.
    index: usize,
    /// Points are inspections.
    by_inspection: Memo<bool>,
    /// Called when nobody looks at the point any more.
    on_close: Callback<()>,
) -> impl IntoView {
    let panel = NodeRef::<Section>::new();
    // Keys go on from here; the panel has just come into being below the chart.
    Effect::new(move || {
        if let Some(panel) = panel.get() {
            // A panel that cannot take the focus is read from where the focus was.
            let _ = panel.focus();
        }
    });
    let excluding = RwSignal::new(false);
    let point = Memo::new(move |_| spc.read().points.get(index).cloned());
    let label = move || {
        point
            .get()
            .map(|point| point.point.label)
            .unwrap_or_default()
    };
    view! {
        <section class="card point-panel" tabindex="-1" node_ref=panel aria-label=move || format!("Point {}", label())
            on:keydown=move |event| if event.key() == "Escape" { on_close.run(()) }>
            <header class="card-head">
                <h2>{label}</h2>
                <button class="button button-icon" type="button" aria-label="Close the point" on:click=move |_| on_close.run(())><Drawn icon=Icon::Close/></button>
            </header>
            {move || point.get().map(|point| view! { <PointFacts point spc/> })}
            <ul class="findings">{move || broken(&spc.read(), index).into_iter().map(|text| view! { <li class="finding finding-warning">{text}</li> }).collect_view()}</ul>
            <div class="toolbar point-actions">
                {move || point.get().filter(|_| by_inspection.get()).and_then(|point| point.point.inspection_id).map(|id| {
                    let is_broken = point.get().is_some_and(|point| !point.rules.is_empty());
                    let chart_id = shown.chart.get().map(|chart| chart.control_chart_id);
                    view! {
                        <Go to=links::inspection(id) class="button">"Open inspection"</Go>
                        {chart_id.filter(|_| is_broken).map(|chart_id| view! { <Go to=links::explain(chart_id, id) class="button">"Explain"</Go> })}
                    }
                })}
                {move || shown.may_change().then(|| match point.get().and_then(|point| point.excluded) {
                    Some(_) => view! { <Restore shown at=point.get().map(|point| ExcludedKey::of(&point))/> }.into_any(),
                    None => view! { <button class="button" type="button" aria-expanded=move || excluding.get().to_string()
                        on:click=move |_| excluding.update(|open| *open = !*open)>"Exclude …"</button> }.into_any(),
                })}
            </div>
            <Show when=move || excluding.get() && point.read().as_ref().is_some_and(|point| point.excluded.is_none())>
                <ExcludeForm shown point on_done=Callback::new(move |()| excluding.set(false))/>
            </Show>
        </section>
    }
}

#[component]
fn PointFacts(point: SpcPoint, spc: Signal<Arc<Spc>>) -> impl IntoView {
    let stage = spc.with_untracked(|spc| {
        let stage = spc.stages.get(point.stage as usize);
        stage
            .map(|stage| stage.name.clone())
            .filter(|name| !name.is_empty())
    });
    let number = |value: Option<f64>| format::or_unknown(value, figure).into_any();
    let distance = point.centre.zip(point.sigma.filter(|sigma| *sigma > 0.0));
    let distance =
        distance.map(|(centre, sigma)| format!("{:+.1} sigma", (point.value - centre) / sigma));
    let phase = match point.phase {
        SpcPhase::One => "I: the limits were computed from it",
        SpcPhase::Two => "II: the limits monitor it",
    };
    let mut facts = vec![
        ("Time", view! { <Moment at=point.point.at/> }.into_any()),
        ("Value", number(Some(point.value))),
        (
            "From the centre",
            format::or_unknown(distance, |text| text).into_any(),
        ),
        ("Lower limit", number(point.lcl)),
        ("Centre", number(point.centre)),
        ("Upper limit", number(point.ucl)),
        ("Phase", phase.into_any()),
        (
            "Step",
            format::or_unknown(point.point.step_id, |text| text).into_any(),
        ),
        (
            "Tool",
            format::or_unknown(point.point.equipment_id, |text| text).into_any(),
        ),
    ];
    if let Some(stage) = stage {
        facts.push(("Stage", stage.into_any()));
    }
    if let Some(reason) = point.excluded {
        facts.push(("Left out because", reason.into_any()));
    }
    view! { <Facts facts/> }
}

/// What the rules say about the point.
fn broken(spc: &Spc, index: usize) -> Vec<String> {
    let at_it = spc
        .violations
        .iter()
        .filter(|violation| violation.index as usize == index);
    at_it.map(|violation| violation.sentence.clone()).collect()
}

/// What an excluded point is known by.
#[derive(Clone, Debug, PartialEq)]
pub struct ExcludedKey(chrono::DateTime<chrono::Utc>, Option<uuid::Uuid>);

impl ExcludedKey {
    /// That of a point of the chart.
    fn of(point: &SpcPoint) -> Self {
        Self(point.point.at, point.point.inspection_id)
    }

    /// That of an entry of a version of the limits.
    pub fn of_entry(entry: &ExcludedPoint) -> Self {
        Self(entry.at, entry.inspection_id)
    }

    /// An inspection is known by its id; a point that is none, by its time.
    fn is(&self, entry: &ExcludedPoint) -> bool {
        match (self.1, entry.inspection_id) {
            (Some(id), Some(other)) => id == other,
            _ => self.0 == entry.at,
        }
    }
}

#[component]
fn ExcludeForm(
    shown: Shown,
    point: Memo<Option<SpcPoint>>,
    on_done: Callback<()>,
) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let send = Callback::new(move |values: Values| {
        let (Some(chart), Some(point)) = (shown.now(), point.get_untracked()) else {
            return;
        };
        let reason = values.text("reason");
        let version = next_version(
            &chart,
            format!("Left out {}: {reason}", point.point.label),
            |excluded| {
                excluded.push(ExcludedPoint {
                    at: point.point.at,
                    inspection_id: point.point.inspection_id,
                    reason: reason.clone(),
                    excluded_by: None,
                    excluded_at: None,
                });
            },
        );
        save(api, shown, saving, version, on_done);
    });
    view! {
        <Form on_send=send saving send="Exclude">
            <AreaField name="reason" label="The known cause" longest=400 required=true/>
            <p class="quiet">"The point stays on the chart, hollow, with this reason. Limits that are not frozen are computed without it; rules do not judge it. It can be taken in again."</p>
            <Renew shown saving/>
        </Form>
    }
}

/// A button that takes a point in again.
#[component]
pub fn Restore(
    /// The page's chart.
    shown: Shown,
    /// Which point.
    at: Option<ExcludedKey>,
) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let restore = move |_| {
        let (Some(chart), Some(key)) = (shown.now(), at.clone()) else {
            return;
        };
        let entry = chart.limits.excluded.iter().find(|entry| key.is(entry));
        let was = entry.map(|entry| entry.reason.clone()).unwrap_or_default();
        let version = next_version(
            &chart,
            format!("Taken in again; was left out: {was}"),
            |excluded| {
                excluded.retain(|entry| !key.is(entry));
            },
        );
        save(api, shown, saving, version, Callback::new(|()| ()));
    };
    view! {
        <button class="button" type="button" disabled=move || saving.is_busy() on:click=restore>"Restore"</button>
        <Refusal error=saving.error()/>
        <Renew shown saving/>
    }
}

/// The version after the one in force, with other points left out.
fn next_version(
    chart: &ControlChart,
    reason: String,
    change: impl FnOnce(&mut Vec<ExcludedPoint>),
) -> LimitVersionCreate {
    let mut excluded = chart.limits.excluded.clone();
    change(&mut excluded);
    LimitVersionCreate {
        based_on: chart.limits.version,
        reason: reason.chars().take(500).collect(),
        stages: chart.limits.stages.clone(),
        excluded,
    }
}

/// Sends a new version of the limits and shows what it makes of the chart.
pub fn save(
    api: Api,
    shown: Shown,
    saving: Saving,
    version: LimitVersionCreate,
    on_done: Callback<()>,
) {
    let path = format!("{}/limits", shown.path.get_untracked());
    saving.run(
        async move { api.post::<_, LimitVersion>(&path, &version).await },
        move |_| {
            shown.live.own_change();
            shown.reload();
            on_done.run(());
        },
    );
}

/// After a conflict: fetches the limits that somebody else has made meanwhile, to go on from there.
#[component]
pub fn Renew(
    /// The page's chart.
    shown: Shown,
    /// The sending that was refused.
    saving: Saving,
) -> impl IntoView {
    let is_conflict = move || {
        let error = saving.error().get();
        error.is_some_and(|error| error.code() == Some(contract::ErrorCode::Conflict))
    };
    view! {
        <Show when=is_conflict>
            <p class="message message-warning">"The limits have changed since this page was drawn. Nothing was saved. "
                <button class="link" type="button" on:click=move |_| shown.reload()>"Show the newest limits"</button>", look at them, then send this again."
            </p>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(second: i64, id: Option<u128>) -> ExcludedPoint {
        ExcludedPoint {
            at: chrono::DateTime::from_timestamp(second, 0).expect("a time"),
            inspection_id: id.map(uuid::Uuid::from_u128),
            reason: String::new(),
            excluded_by: None,
            excluded_at: None,
        }
    }

    #[test]
    fn an_excluded_inspection_is_known_by_its_id_and_a_day_by_its_time() {
        let inspection = ExcludedKey::of_entry(&entry(1, Some(7)));
        assert!(inspection.is(&entry(2, Some(7))));
        assert!(!inspection.is(&entry(1, Some(8))));
        assert!(ExcludedKey::of_entry(&entry(1, None)).is(&entry(1, None)));
    }
}
