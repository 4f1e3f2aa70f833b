//! Key figures beside those of the window before.

use contract::analytics::Kpis;
use leptos::prelude::*;

use crate::format;

/// Key figures; where there is a window before, how they changed.
#[component]
pub fn KeyFigures(
    /// The figures.
    #[prop(into)]
    kpis: Signal<Kpis>,
    /// Those of the window before.
    #[prop(into)]
    previous: Signal<Option<Kpis>>,
) -> impl IntoView {
    let figure =
        move |label: &'static str, read: fn(&Kpis) -> Option<f64>, write: fn(f64) -> String| {
            let change = move || {
                let before = previous.read().as_ref().and_then(read)?;
                let now = kpis.with(read)?;
                Some(change_text(now, before, write))
            };
            view! {
                <div class="kpi">
                    <dt>{label}</dt>
                    <dd>{move || format::or_unknown(kpis.with(read), write)}</dd>
                    {move || change().map(|text| view! { <dd class="kpi-change">{text}</dd> })}
                </div>
            }
        };
    let whole: fn(f64) -> String = |value| format::count(value as i64);
    view! {
        <dl class="kpis" aria-label="Key figures">
            {figure("Inspections", |kpis| Some(kpis.inspections as f64), whole)}
            {figure("Wafers", |kpis| Some(kpis.wafers as f64), whole)}
            {figure("Lots", |kpis| Some(kpis.lots as f64), whole)}
            {figure("Tools", |kpis| Some(kpis.equipment as f64), whole)}
            {figure("Defects", |kpis| Some(kpis.defects as f64), whole)}
            {figure("Mean defects", |kpis| kpis.mean_count, format::significant)}
            {figure("Defects/cm²", |kpis| kpis.density_per_cm2, format::significant)}
        </dl>
    }
}

/// How a figure changed against the window before, and what it was.
fn change_text(now: f64, before: f64, write: fn(f64) -> String) -> String {
    let was = write(before);
    if before == 0.0 {
        return format!("{was} in the window before");
    }
    let percent = (now - before) / before * 100.0;
    let sign = if percent > 0.0 { "+" } else { "" };
    format!("{sign}{} against {was} before", format::percent(percent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_its_sign_and_what_was_before() {
        assert_eq!(
            change_text(12.0, 10.0, format::significant),
            "+20.0 % against 10.0 before"
        );
        assert_eq!(
            change_text(5.0, 10.0, format::significant),
            "−50.0 % against 10.0 before"
        );
        assert_eq!(
            change_text(5.0, 0.0, format::significant),
            "0 in the window before"
        );
    }
}
