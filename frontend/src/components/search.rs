//! The search of a list.

use std::time::Duration;

use leptos::prelude::*;

use crate::state::navigation::UrlQuery;

/// Typing is quicker than the server: it is asked when the hand rests.
const REST: Duration = Duration::from_millis(250);

/// A field whose text stands in the URL as `search`.
#[component]
pub fn Search(
    /// What can be found.
    placeholder: &'static str,
) -> impl IntoView {
    let query = UrlQuery::here();
    let typed = StoredValue::new(String::new());
    let round = StoredValue::new(0_u32);
    let input = move |text: String| {
        typed.set_value(text);
        round.update_value(|round| *round += 1);
        let this_round = round.get_value();
        set_timeout(
            move || {
                if round.try_get_value() == Some(this_round) {
                    let text = typed.get_value().trim().to_owned();
                    query.replace(&[
                        ("search", (!text.is_empty()).then_some(text)),
                        ("page", None),
                    ]);
                }
            },
            REST,
        );
    };
    view! {
        <input class="search" type="search" placeholder=placeholder aria-label=placeholder
            prop:value=move || query.value("search").unwrap_or_default()
            on:input:target=move |event| input(event.target().value())/>
    }
}

/// A choice whose value stands in the URL under `name`.
#[component]
pub fn UrlSelect(
    /// Name in the URL.
    name: &'static str,
    /// What is chosen.
    label: &'static str,
    /// Values and texts; the first is what an absent value means and is not written.
    options: Vec<(&'static str, String)>,
    /// Another name in the URL that loses its meaning when this one changes.
    #[prop(optional)]
    clears: &'static str,
) -> impl IntoView {
    let query = UrlQuery::here();
    let default = options.first().map_or("", |(value, _)| value);
    let value = Memo::new(move |_| query.value(name).unwrap_or_else(|| default.to_owned()));
    let choose = move |chosen: String| {
        let mut changes = vec![
            (name, (chosen != default).then_some(chosen)),
            ("page", None),
        ];
        if !clears.is_empty() {
            changes.push((clears, None));
        }
        query.set(&changes);
    };
    let options = options.into_iter().map(|(key, text)| {
        view! { <option value=key selected=move || *value.read() == key>{text}</option> }
    });
    view! {
        <label class="choice"><span>{label}</span>
            <select aria-label=label prop:value=move || value.get() on:change:target=move |event| choose(event.target().value())>{options.collect_view()}</select>
        </label>
    }
}
