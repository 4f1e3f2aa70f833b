//! Head and sections of a page.

use leptos::prelude::*;

/// Title of a page, where it belongs, and what can be done on it.
#[component]
pub fn PageHead(
    /// Title.
    #[prop(into)]
    title: Signal<String>,
    /// Links to what the thing belongs to, from the outside in.
    #[prop(optional, into)]
    crumbs: ViewFn,
    /// Buttons and links.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="page-head">
            <div>
                <div class="crumbs">{move || crumbs.run()}</div>
                <h1 class="page-title">{title}</h1>
            </div>
            {children.map(|children| view! { <div class="toolbar-end">{children()}</div> })}
        </header>
    }
}

/// A titled part of a page.
#[component]
pub fn Card(
    /// Title.
    #[prop(into)]
    title: Signal<String>,
    /// What stands at the right of the title.
    #[prop(optional, into)]
    actions: ViewFn,
    /// Content.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card">
            <header class="card-head"><h2>{title}</h2><div class="toolbar">{move || actions.run()}</div></header>
            {children()}
        </section>
    }
}

/// A part of a page that is folded away and made when it is first opened.
#[component]
pub fn Folded(
    /// What is in it.
    #[prop(into)]
    title: Signal<String>,
    /// Content.
    children: ChildrenFn,
) -> impl IntoView {
    let opened = RwSignal::new(false);
    view! {
        <details class="card folded" on:toggle=move |_| opened.set(true)>
            <summary><h2>{title}</h2></summary>
            <Show when=move || opened.get()>{children()}</Show>
        </details>
    }
}
