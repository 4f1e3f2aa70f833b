//! A control chart with everything that belongs to it: reasons, panels below, violations. The page of trends draws
//! what the filter bar says by it, the page of a control chart its own points.

use std::sync::Arc;

use contract::analytics::{Dispersion, FindingKind, LimitSource, LimitWidth, Spc, SpcStage};
use leptos::prelude::*;
use uuid::Uuid;

use super::{Violations, chart_name, left_out};
use crate::chart::spc::Pointed;
use crate::chart::{ChartCard, ClickedDatum, figure, memory, moving_range, rules, spc};
use crate::components::page::Card;
use crate::components::status::Notice;
use crate::format;

/// The drawn chart and what explains it.
#[component]
pub fn Charted(
    /// The chart.
    #[prop(into)]
    chart: Signal<Arc<Spc>>,
    /// Called with the point that was clicked or chosen by key.
    #[prop(into)]
    on_click: Callback<ClickedDatum>,
    /// Called with the first and the last point of a stretch that was dragged over.
    #[prop(into)]
    on_brush: Callback<(usize, usize)>,
    /// The page that explains an inspection on this chart.
    #[prop(into)]
    explain: Callback<Uuid, String>,
    /// The point that is looked at.
    #[prop(optional, into)]
    chosen: Signal<Option<usize>>,
    /// What stands between the chart and its explanations.
    #[prop(optional, into)]
    below: ViewFn,
) -> impl IntoView {
    let pattern = RwSignal::new(Vec::<u32>::new());
    let pointed = move || Pointed {
        chosen: chosen.get(),
        pattern: pattern.get(),
    };
    let spec = Memo::new(move |_| spc::spec(&chart.read(), &pointed()));
    let ranges = Memo::new(move |_| moving_range::spec(&chart.read(), chosen.get()));
    let remembered = Memo::new(move |_| memory::spec(&chart.read(), chosen.get()));
    let has_ranges = Memo::new(move |_| ranges.read().is_some());
    let has_memory = Memo::new(move |_| remembered.read().is_some());
    let title = Signal::derive(move || {
        let chart = chart.read();
        format!(
            "{}, {}",
            chart_name(chart.chart),
            width_text(chart.width, chart.width_value)
        )
    });
    let memory_title = Signal::derive(move || {
        let chart = chart.read();
        chart.memory.as_ref().map(memory::title).unwrap_or_default()
    });
    let reason = Signal::derive(move || Some(chart.read().reason.clone()));
    view! {
        <ChartCard title spec=spec note=reason on_click=on_click on_brush=on_brush height_px=360/>
        <Key chart/>
        <Show when=move || has_ranges.get()>
            <ChartCard title="Moving range" spec=Signal::derive(move || ranges.get().unwrap_or_default()) on_click=on_click on_brush=on_brush height_px=200/>
        </Show>
        <Show when=move || has_memory.get()>
            <ChartCard title=memory_title spec=Signal::derive(move || remembered.get().unwrap_or_default()) on_click=on_click on_brush=on_brush height_px=240/>
        </Show>
        {move || below.run()}
        <div class="grid grid-main-side">
            <Card title=Signal::derive(move || format!("Violations ({})", format::count(chart.read().violations.len() as i64)))>
                <Violations spc=chart explain on_point=Callback::new(move |points| pattern.set(points))/>
            </Card>
            <Card title="Why this chart"><Findings chart/></Card>
        </div>
    }
}

/// How far limits lie from the centre, in words.
pub fn width_text(width: LimitWidth, value: f64) -> String {
    match width {
        LimitWidth::Sigma => format!("limits at {} sigma", figure(value)),
        LimitWidth::Probability => {
            format!("limits with a probability of {} beyond each", figure(value))
        }
    }
}

/// What shades and marks mean; only of those that are there.
#[component]
fn Key(chart: Signal<Arc<Spc>>) -> impl IntoView {
    let entries = Memo::new(move |_| key_entries(&chart.read()));
    view! {
        <ul class="spc-key">
            <For each=move || entries.get() key=Clone::clone let((class, text))>
                <li><span class=format!("spc-key-mark {class}") aria-hidden="true"></span>{text}</li>
            </For>
        </ul>
    }
}

/// Class of the mark and what it means.
fn key_entries(chart: &Spc) -> Vec<(&'static str, String)> {
    let mut points = chart.points.iter();
    let has_zones = points.any(|point| point.sigma.is_some_and(|sigma| sigma > 0.0));
    let is_period = |stage: &SpcStage| stage.source == LimitSource::Period;
    let excluded = chart
        .points
        .iter()
        .filter(|point| point.excluded.is_some())
        .count();
    let mut entries = Vec::new();
    let mut add = |class, text: &str| entries.push((class, text.to_owned()));
    if has_zones {
        add("spc-key-c", "Zone C: within 1 sigma");
        add("spc-key-b", "B: to 2 sigma");
        add("spc-key-a", "A: to the limits");
    }
    if chart.stages.iter().any(is_period) {
        add("spc-key-phase", "Phase I: limits computed from here");
    }
    if excluded > 0 {
        let many = format::plural(excluded as i64, "point is", "points are");
        add(
            "spc-key-hollow",
            &format!("{many} left out of limits and rules, with a reason"),
        );
    }
    add("spc-key-drag", "Drag across the chart to keep a period");
    entries
}

/// What was measured to choose the chart.
#[component]
fn Findings(chart: Signal<Arc<Spc>>) -> impl IntoView {
    let is_warning = |kind: FindingKind| {
        matches!(
            kind,
            FindingKind::Overdispersed
                | FindingKind::PoissonFlags
                | FindingKind::Lopsided
                | FindingKind::AreasMissing
                | FindingKind::SmallCounts
        )
    };
    let findings = move || {
        let chart = chart.read();
        let items = chart.findings.iter().map(|finding| {
            let class = if is_warning(finding.kind) { "finding finding-warning" } else { "finding" };
            view! { <li class=class><strong>{finding_name(finding.kind)}</strong>" "{finding.text.clone()}</li> }
        });
        items.collect_view()
    };
    let rules_judged = move || rules::short_names(&chart.read().rules);
    view! {
        <ul class="findings">{findings}</ul>
        {move || match &chart.read().dispersion {
            Some(dispersion) => view! { <Spread dispersion=dispersion.clone()/> }.into_any(),
            None => view! { <Notice title="Too few points to tell how counts spread"/> }.into_any(),
        }}
        <p class="quiet">"Rules judged: "{rules_judged}</p>
        {move || left_out(&chart.read()).map(|text| view! { <p class="message message-warning">{text}</p> })}
    }
}

fn finding_name(kind: FindingKind) -> &'static str {
    match kind {
        FindingKind::AreasMissing | FindingKind::AreasDiffer => "Inspected areas.",
        FindingKind::Unmeasured => "Not measured.",
        FindingKind::Overdispersed | FindingKind::AsChance | FindingKind::Underdispersed => {
            "Dispersion."
        }
        FindingKind::PoissonFlags => "The naive chart.",
        FindingKind::ShortTermVariation => "From point to point.",
        FindingKind::Lopsided => "Shape.",
        FindingKind::SmallCounts => "Small counts.",
    }
}

#[component]
fn Spread(dispersion: Dispersion) -> impl IntoView {
    let Dispersion {
        ratio,
        p_over,
        poisson_flagged_percent,
    } = dispersion;
    let p = if p_over < 0.001 {
        "< 0.001".to_owned()
    } else {
        format::fixed(p_over, 3)
    };
    view! {
        <dl class="facts facts-narrow">
            <div class="fact"><dt>"Variance / mean"</dt><dd>{format::significant(ratio)} <span class="quiet">" (Poisson: 1)"</span></dd></div>
            <div class="fact"><dt>"Chance under Poisson"</dt><dd>{p}</dd></div>
            <div class="fact"><dt>"Points Poisson limits would flag"</dt><dd>{format::percent(poisson_flagged_percent)}</dd></div>
        </dl>
    }
}
