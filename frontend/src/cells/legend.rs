//! What the colours mean.

use leptos::prelude::*;

use super::scale::Scale;
use crate::components::search::UrlSelect;

/// The colours of a scale with the values at them.
#[component]
pub fn ScaleLegend(
    /// The scale.
    #[prop(into)]
    scale: Signal<Scale>,
    /// What is measured, with its unit.
    #[prop(into)]
    measures: Signal<String>,
) -> impl IntoView {
    let ticks = move || {
        let ticks = scale.get().ticks();
        let last = ticks.len().saturating_sub(1);
        ticks.into_iter().enumerate().map(move |(place, tick)| {
            let class = match place {
                _ if place == last => "scale-tick is-last",
                0 => "scale-tick is-first",
                _ => "scale-tick",
            };
            view! { <span class=class style:left=format!("{:.1}%", tick.place * 100.0)>{tick.text}</span> }
        }).collect_view()
    };
    view! {
        <figure class="scale-legend">
            <figcaption>{measures}</figcaption>
            <div class="scale-row">
                <span class="scale-none"><span class="scale-none-cell"></span>"0"</span>
                <div class="scale-colours"><div class="scale-bar"></div><div class="scale-ticks">{ticks}</div></div>
            </div>
        </figure>
    }
}

/// Whether the colours follow a logarithm; it stands in the URL as `scale`.
#[component]
pub fn ScaleChoice() -> impl IntoView {
    let options = vec![
        ("log", "Logarithmic".to_owned()),
        ("linear", "Linear".to_owned()),
    ];
    view! { <UrlSelect name="scale" label="Colours" options/> }
}
