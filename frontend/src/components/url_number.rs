//! A number that stands in the URL.

use leptos::prelude::*;

use crate::state::navigation::UrlQuery;

/// A number field whose value stands in the URL under `name`; empty: the default of the API.
#[component]
pub fn UrlNumber(
    /// Name in the URL.
    name: &'static str,
    /// What it is.
    label: &'static str,
    /// Lowest value.
    min: f64,
    /// Highest value.
    max: f64,
    /// From one value to the next; `any` where all are as good.
    #[prop(default = "any")]
    step: &'static str,
    /// What an empty field means.
    #[prop(default = Signal::stored(String::new()), into)]
    placeholder: Signal<String>,
    /// Unit, after the field.
    #[prop(optional)]
    unit: &'static str,
    /// Another name in the URL that loses its meaning when this one changes.
    #[prop(optional)]
    clears: &'static str,
) -> impl IntoView {
    let query = UrlQuery::here();
    let choose = move |input: web_sys::HtmlInputElement| {
        // What the browser finds out of range is not asked for; it says why.
        if !input.report_validity() {
            return;
        }
        let text = input.value();
        let mut changes = vec![(name, (!text.is_empty()).then_some(text)), ("page", None)];
        if !clears.is_empty() {
            changes.push((clears, None));
        }
        query.set(&changes);
    };
    view! {
        <label class="choice"><span>{label}</span>
            <input class="url-number" type="number" min=min.to_string() max=max.to_string() step=step placeholder=move || placeholder.get()
                prop:value=move || query.value(name).unwrap_or_default() on:change:target=move |event| choose(event.target())/>
            {(!unit.is_empty()).then_some(unit)}
        </label>
    }
}
