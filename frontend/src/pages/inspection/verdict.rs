//! What the wafer says, beside its facts.

use leptos::prelude::*;

use super::analyses::Analyses;
use super::layer::Layer;
use super::panel::NoElements;
use super::pick::Pick;
use super::signatures::{OutsideNote, headline};
use crate::components::status::Skeleton;
use crate::format;
use crate::state::navigation::UrlQuery;
use crate::state::remote::Phase;

/// What the wafer says, on one line: the engineer sees it before opening anything.
#[component]
pub fn Verdict(
    /// What was found.
    analyses: Analyses,
) -> impl IntoView {
    let query = UrlQuery::here();
    let remote = analyses.signatures;
    let phase = Memo::new(move |_| remote.phase());
    let open = move |place: u32| {
        let view = || Some(Layer::Signatures.name().to_owned());
        query.set(&[
            ("view", view()),
            ("layer", view()),
            ("pick", Some(Pick::Signature(place).to_string())),
            ("page", None),
        ]);
    };
    let patterns = move || {
        let found = remote.get()?;
        let numbered = found.found.iter().zip(1_u32..);
        let buttons = numbered.map(|(signature, place)| {
            let pick = Pick::Signature(place);
            let point = move |on: bool| analyses.pointed.set(on.then_some(pick));
            view! {
                <li><button class="link verdict-pattern" type="button" on:click=move |_| open(place)
                    on:pointerenter=move |_| point(true) on:pointerleave=move |_| point(false) on:focus=move |_| point(true) on:blur=move |_| point(false)>
                    {format::words(&signature.description)}
                </button></li>
            }
        });
        Some(view! { <ul class="verdict-patterns">{buttons.collect_view()}</ul> })
    };
    let body = move || {
        match phase.get() {
        Phase::Loading => view! { <Skeleton lines=1/> }.into_any(),
        Phase::Failed(error) => view! {
            <p>"What the wafer says is not known: "{error.message()}" " <button class="link" type="button" on:click=move |_| remote.reload()>"Try again"</button></p>
        }
        .into_any(),
        Phase::Ready => view! {
            {patterns}
            {move || remote.get().filter(|found| found.found.is_empty()).map(|found| view! { <p class="verdict-text">{headline(&found)}</p> })}
        }
        .into_any(),
    }
    };
    view! {
        <section class="card verdict" aria-label="What the wafer says" data-signature=move || remote.get().map(|found| found.main.as_str())>
            {body}
            <OutsideNote found=Signal::derive(move || remote.get())/>
            <NoElements/>
        </section>
    }
}
