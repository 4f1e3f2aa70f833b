//! One control chart: drawn with its limits, which have versions; its points, which can be left out; its alerts.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use contract::alert::{Alert, AlertQuery};
use contract::analytics::{Bucket, ChartKind, Spc};
use contract::control_chart::{ControlChart, ControlChartUpdate, ControlChartViewQuery};
use contract::user::Role;
use leptos::prelude::*;
use uuid::Uuid;

use super::alerts::AlertRows;
use super::control_chart_edit::EditForm;
use super::control_chart_limits::{FreezeForm, InForce, StageForm, Versions};
use super::control_chart_point::PointPanel;
use super::control_charts::{state, watches};
use super::links;
use super::trends::{Charted, bucket_options, chart_name, width_text};
use crate::api::{Api, Listed, with_query};
use crate::chart::{ClickedDatum, rules};
use crate::components::badge;
use crate::components::delete::Delete;
use crate::components::dialog::Dialog;
use crate::components::facts::{self, Facts};
use crate::components::form::Saving;
use crate::components::link::Go;
use crate::components::page::{Card, PageHead};
use crate::components::search::UrlSelect;
use crate::components::status::{Notice, Refusal, loaded};
use crate::format;
use crate::state::caller::Caller;
use crate::state::filter::{FilterState, TimeWindow};
use crate::state::live::Live;
use crate::state::navigation::{UrlQuery, use_param};
use crate::state::remote::Remote;
use crate::state::title::use_title;

/// What the page shows, for its parts.
#[derive(Clone, Copy)]
pub struct Shown {
    /// Path in the API.
    pub path: Memo<String>,
    /// The control chart with the limits in force.
    pub chart: Remote<ControlChart>,
    /// Its points under the limits that are looked at.
    pub drawn: Remote<Spc>,
    /// The version of the limits that is looked at instead of the one in force.
    pub older: Memo<Option<i32>>,
    /// What goes on elsewhere.
    pub live: Live,
    changes: RwSignal<u32>,
}

impl Shown {
    /// Asks for everything anew: the limits have changed.
    pub fn reload(self) {
        self.chart.reload();
        self.drawn.reload();
        self.changes.update(|count| *count += 1);
    }

    /// Grows with every [`Self::reload`].
    pub fn changes(self) -> u32 {
        self.changes.get()
    }

    /// The control chart at this moment, for what a user sets off.
    pub fn now(self) -> Option<Arc<ControlChart>> {
        untrack(|| self.chart.get())
    }

    /// Whether the user may change limits that are on the screen.
    pub fn may_change(self) -> bool {
        Caller::here().may(Role::Engineer) && self.older.get().is_none()
    }
}

/// Page of one control chart.
#[component]
pub fn ControlChartPage() -> impl IntoView {
    let id = use_param("id");
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let path = Memo::new(move |_| format!("/control-charts/{}", id.read()));
    let chart = Remote::new(
        move || Some(path.get()),
        move |path| async move { api.get::<ControlChart>(&path).await },
    );
    let older = Memo::new(move |_| query.parsed::<i32>("limits"));
    let drawn = Remote::new(
        move || {
            let window = filter.resolved();
            let question = ControlChartViewQuery {
                from: window.from,
                to: window.to,
                limits: older.get(),
                memory: query.parsed("memory"),
            };
            Some(with_query(&format!("{}/chart", path.read()), &question))
        },
        move |path: String| async move { api.get::<Spc>(&path).await },
    );
    let shown = Shown {
        path,
        chart,
        drawn,
        older,
        live: Live::here(),
        changes: RwSignal::new(0),
    };
    let name = Signal::derive(move || {
        chart
            .get()
            .map_or_else(|| "Control chart".to_owned(), |chart| chart.name.clone())
    });
    use_title(move || name.get());
    // Dialogs with half a sentence in them outlive a newer answer.
    let is_there = Memo::new(move |_| chart.get().is_some());
    view! {
        <PageHead title=name crumbs=|| view! { <Go to="/control-charts">"Control charts"</Go> }>
            {move || is_there.get().then(|| view! { <Actions shown/> })}
        </PageHead>
        {loaded(chart, 4, move |chart| view! { <About chart/> })}
        {move || older.get().map(|version| view! { <Older version/> })}
        <Drawn shown/>
        {loaded(chart, 2, move |_| view! { <Belongings shown/> })}
    }
}

/// Limits, points and alerts are below; what can be done with all of it is here.
#[component]
fn Actions(shown: Shown) -> impl IntoView {
    let api = Api::here();
    let [editing, freezing, staging] = [(); 3].map(|()| RwSignal::new(false));
    let saving = Saving::new();
    let switch = move |_| {
        let Some(chart) = shown.now() else {
            return;
        };
        let update = ControlChartUpdate {
            version: chart.version,
            active: Some(!chart.active),
            ..ControlChartUpdate::default()
        };
        let path = shown.path.get_untracked();
        saving.run(
            async move { api.patch::<_, ControlChart>(&path, &update).await },
            move |changed| shown.chart.put(changed),
        );
    };
    let is_active = move || shown.chart.get().is_some_and(|chart| chart.active);
    let done = move |open: RwSignal<bool>| {
        Callback::new(move |()| {
            open.set(false);
            shown.reload();
        })
    };
    Caller::here().may(Role::Engineer).then(move || view! {
        <Refusal error=saving.error()/>
        <Show when=move || shown.older.get().is_none()>
            <button class="button button-primary" type="button" on:click=move |_| freezing.set(true)>"Freeze limits"</button>
            <button class="button" type="button" on:click=move |_| staging.set(true)>"New stage"</button>
        </Show>
        <button class="button" type="button" on:click=move |_| editing.set(true)>"Edit"</button>
        <button class="button" type="button" disabled=move || saving.is_busy() on:click=switch>{move || if is_active() { "Deactivate" } else { "Activate" }}</button>
        <Delete path=shown.path what="control chart" goes_to="/control-charts" role=Role::Engineer/>
        <Dialog open=freezing title="Freeze limits"><FreezeForm shown on_done=done(freezing)/></Dialog>
        <Dialog open=staging title="New stage"><StageForm shown on_done=done(staging)/></Dialog>
        <Dialog open=editing title="Edit control chart">
            {move || shown.now().map(|chart| {
                let done = Callback::new(move |changed| { shown.chart.put(changed); shown.drawn.reload(); editing.set(false); });
                view! { <EditForm chart on_done=done/> }
            })}
        </Dialog>
    })
}

/// What the control chart watches and how.
#[component]
fn About(chart: Signal<Arc<ControlChart>>) -> impl IntoView {
    let facts = move || {
        let chart = chart.get();
        let (tone, text) = state(&chart);
        let bucket = bucket_options()
            .into_iter()
            .find(|(word, _)| *word == chart.bucket.as_str());
        let kind = match chart.chart {
            ChartKind::Auto => "Recommended by the data".to_owned(),
            kind => chart_name(kind).to_owned(),
        };
        view! {
            <Facts facts=vec![
                ("State", badge::badge(tone, text)),
                ("Watches", watches(&chart.scope).into_any()),
                ("Chart", format!("{kind}, {}", width_text(chart.width, chart.width_value)).into_any()),
                ("A point is", bucket.map(|(_, text)| text).unwrap_or_default().into_any()),
                ("Rules", rules::short_names(&chart.rules).into_any()),
                ("Last violation", facts::moment(chart.last_violation_at)),
            ]/>
        }
    };
    view! {
        <section class="card" aria-label="About this control chart">
            <p class="control-chart-purpose">{move || chart.read().description.clone()}</p>
            {move || chart.read().evaluation_error.clone().map(|error| view! {
                <p class="message message-error">"The latest import could not be judged: "{error}</p>
            })}
            {facts}
        </section>
    }
}

/// Says that limits are looked at that are not in force.
#[component]
fn Older(version: i32) -> impl IntoView {
    let query = UrlQuery::here();
    view! {
        <p class="message message-warning" role="status">{format!("You are looking at version {version} of the limits. ")}
            <button class="link" type="button" on:click=move |_| query.set(&[("limits", None)])>"Show the limits in force"</button>
        </p>
    }
}

/// The chart and, below it, the point that was chosen on it.
#[component]
fn Drawn(shown: Shown) -> impl IntoView {
    let memory = vec![
        ("", "Not charted".to_owned()),
        ("ewma", "EWMA".to_owned()),
        ("cusum", "CUSUM".to_owned()),
    ];
    view! {
        <div class="toolbar list-tools"><UrlSelect name="memory" label="Small shifts" options=memory/><ShowAll/></div>
        {loaded(shown.drawn, 12, move |spc| {
            let is_empty = Memo::new(move |_| spc.read().points.is_empty());
            move || match is_empty.get() {
                true => view! { <div class="card"><Notice title="No points to chart" text="No inspection in this window is watched by the control chart."/></div> }.into_any(),
                false => view! { <Points shown spc/> }.into_any(),
            }
        })}
    }
}

#[component]
fn ShowAll() -> impl IntoView {
    let filter = FilterState::here();
    view! {
        <Show when=move || matches!(filter.chosen().window, TimeWindow::Between(..))>
            <button class="button" type="button" on:click=move |_| filter.update(|filter| filter.window = TimeWindow::All)>"Show all time"</button>
        </Show>
    }
}

/// What a point is known by from one answer to the next.
type PointKey = (DateTime<Utc>, Option<Uuid>);

#[component]
fn Points(shown: Shown, spc: Signal<Arc<Spc>>) -> impl IntoView {
    let filter = FilterState::here();
    let key = RwSignal::new(None::<PointKey>);
    let chosen = Memo::new(move |_| {
        let (at, id) = key.get()?;
        let spc = spc.read();
        spc.points
            .iter()
            .position(|point| point.point.at == at && point.point.inspection_id == id)
    });
    let key_of = move |index: usize| {
        spc.with_untracked(|spc| {
            spc.points
                .get(index)
                .map(|point| (point.point.at, point.point.inspection_id))
        })
    };
    let brush = Callback::new(move |(first, last): (usize, usize)| {
        if let Some(((from, _), (to, _))) = key_of(first).zip(key_of(last)) {
            let to = to + chrono::Duration::seconds(1);
            filter.update(|filter| filter.window = TimeWindow::Between(Some(from), Some(to)));
        }
    });
    let explain = Callback::new(move |inspection_id: Uuid| {
        let chart = shown.chart.get();
        chart.map_or_else(String::new, |chart| {
            links::explain(chart.control_chart_id, inspection_id)
        })
    });
    let by_inspection = Memo::new(move |_| {
        shown
            .chart
            .get()
            .is_some_and(|chart| chart.bucket == Bucket::Inspection)
    });
    view! {
        <Charted chart=spc explain chosen=chosen on_brush=brush
            on_click=Callback::new(move |clicked: ClickedDatum| key.set(key_of(clicked.index)))
            below=ViewFn::from(move || chosen.get().map(|index| view! {
                <PointPanel shown spc index by_inspection on_close=Callback::new(move |()| key.set(None))/>
            }))/>
    }
}

/// Limits, their versions, alerts.
#[component]
fn Belongings(shown: Shown) -> impl IntoView {
    let api = Api::here();
    let alerts = Remote::new(
        move || {
            let question = AlertQuery {
                control_chart_id: shown.chart.get().map(|chart| chart.control_chart_id),
                ..AlertQuery::default()
            };
            question
                .control_chart_id
                .map(|_| with_query("/alerts", &question))
        },
        move |path: String| async move { api.list::<Alert>(&path).await },
    );
    Live::here().on_change(move || {
        alerts.reload();
        shown.chart.reload();
    });
    let title = Signal::derive(move || {
        let total = alerts
            .get()
            .map(|listed: Arc<Listed<Alert>>| listed.pagination.total as i64);
        total.map_or_else(
            || "Alerts".to_owned(),
            |total| format!("Alerts ({})", format::count(total)),
        )
    });
    view! {
        <Card title="Limits in force"><InForce shown/></Card>
        <Card title="Versions of the limits"><Versions shown/></Card>
        <Card title>{loaded(alerts, 3, move |listed| view! { <AlertRows listed/> })}</Card>
    }
}
