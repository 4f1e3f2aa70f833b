//! Choosing a defect type: by searching in all of them, or by number key.

use std::sync::Arc;

use leptos::ev::KeyboardEvent;
use leptos::html::{Details, Input};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::badge::Swatch;
use super::icon::{Drawn, Icon};
use crate::state::defect_types::KnownTypes;

/// All types behind one button, with a field to search in them. Enter takes the first that fits.
#[component]
pub fn TypeChoice(
    /// Types to choose from.
    types: Signal<Arc<KnownTypes>>,
    /// The type at present, where there is one.
    #[prop(into)]
    value: Signal<Option<i32>>,
    /// What the button says without a type at present.
    #[prop(default = "Choose a type")]
    prompt: &'static str,
    /// Called with the id of the type that was chosen.
    #[prop(into)]
    on_choose: Callback<i32>,
) -> impl IntoView {
    let menu = NodeRef::<Details>::new();
    let field = NodeRef::<Input>::new();
    let search = RwSignal::new(String::new());
    let matching = Memo::new(move |_| {
        let wanted = search.read().to_lowercase();
        let types = types.read();
        let fits = types
            .all
            .iter()
            .filter(|kind| kind.name.to_lowercase().contains(&wanted));
        fits.map(|kind| (kind.defect_type_id, kind.name.clone(), kind.colour.clone()))
            .collect::<Vec<_>>()
    });
    // The focus goes back to the button: in a field out of sight it would swallow the page's keys.
    let close = move || {
        let Some(menu) = menu.get_untracked() else {
            return;
        };
        menu.set_open(false);
        let button = menu.query_selector("summary").ok().flatten();
        if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
            // An element that cannot take the focus leaves it where it is.
            let _ = button.focus();
        }
    };
    let choose = move |id: i32| {
        close();
        on_choose.run(id);
    };
    let key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            let first = matching.with_untracked(|matching| matching.first().map(|(id, ..)| *id));
            if let Some(id) = first {
                choose(id);
            }
        }
        "Escape" => {
            event.stop_propagation();
            close();
        }
        _ => {}
    };
    let opened = move |_| {
        if menu.get_untracked().is_some_and(|menu| menu.open()) {
            search.set(String::new());
            if let Some(field) = field.get_untracked() {
                // A field that cannot take the focus is clicked.
                let _ = field.focus();
            }
        }
    };
    let current = move || {
        let types = types.read();
        let kind = value.get().and_then(|id| types.get(id));
        match kind {
            Some(kind) => {
                let (colour, name) = (kind.colour.clone(), kind.name.clone());
                view! { <Swatch colour/><span class="type-name">{name}</span> }.into_any()
            }
            None => prompt.into_any(),
        }
    };
    let key_of = move |id: i32| types.read().key_of(id);
    view! {
        <details class="menu select type-choice" name="shell-menu" node_ref=menu on:toggle=opened>
            <summary class="button" aria-label="Defect type">{current}<Drawn icon=Icon::Down/></summary>
            <div class="menu-panel select-panel">
                <input node_ref=field type="search" class="select-search" placeholder="Search types" aria-label="Search types" prop:value=move || search.get()
                    on:input:target=move |event| search.set(event.target().value()) on:keydown=key/>
                <div class="select-list">
                    <For each=move || matching.get() key=|(id, ..)| *id let((id, name, colour))>
                        <button class="menu-item type-option" type="button" aria-pressed=move || (value.get() == Some(id)).to_string() on:click=move |_| choose(id)>
                            <Swatch colour/><span class="select-text">{name}</span>{key_of(id).map(|key| view! { <kbd>{key}</kbd> })}
                        </button>
                    </For>
                    <Show when=move || matching.read().is_empty()><p class="quiet select-none">"No such type"</p></Show>
                </div>
            </div>
        </details>
    }
}

/// The types of the keys `1` to `9`, each a button too.
#[component]
pub fn TypeKeys(
    /// Types.
    types: Signal<Arc<KnownTypes>>,
    /// The type at present, where there is one.
    #[prop(into)]
    value: Signal<Option<i32>>,
    /// Called with the id of the type that was chosen.
    #[prop(into)]
    on_choose: Callback<i32>,
) -> impl IntoView {
    let entries = move || {
        let types = types.read();
        let kinds = types.keyed.iter().enumerate().filter_map(|(place, id)| {
            let kind = types.get(*id)?;
            Some((place + 1, *id, kind.name.clone(), kind.colour.clone()))
        });
        kinds
            .map(|(key, id, name, colour)| {
                let title = name.clone();
                view! {
                    <li><button class="type-key" type="button" title=title aria-pressed=move || (value.get() == Some(id)).to_string()
                        on:click=move |_| on_choose.run(id)><kbd>{key}</kbd><Swatch colour/><span class="type-name">{name}</span></button></li>
                }
            })
            .collect_view()
    };
    view! { <ul class="type-keys" aria-label="Types by number key">{entries}</ul> }
}
