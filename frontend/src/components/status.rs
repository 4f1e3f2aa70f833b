//! What a page shows when there is nothing to show yet, nothing at all, or something went wrong.

use std::sync::Arc;

use leptos::prelude::*;

use crate::api::ApiError;
use crate::state::remote::{Phase, Remote};

/// A calm message in place of content.
#[component]
pub fn Notice(
    /// What is the case.
    #[prop(into)]
    title: String,
    /// What it means or what to do.
    #[prop(optional, into)]
    text: String,
    /// Links and buttons.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="notice">
            <p class="notice-title">{title}</p>
            {(!text.is_empty()).then(|| view! { <p>{text}</p> })}
            {children.map(|children| view! { <p class="notice-actions">{children()}</p> })}
        </div>
    }
}

/// A question that was not answered, with advice.
#[component]
pub fn Failed(
    /// Why.
    error: ApiError,
    /// Asks again.
    on_retry: Callback<()>,
) -> impl IntoView {
    let title = match &error {
        error if error.is_no_permission() => "Your role does not allow this".to_owned(),
        ApiError::Unreachable => "No connection to the server".to_owned(),
        error if error.is_not_found() => "Not found".to_owned(),
        _ => "This did not work".to_owned(),
    };
    let may_help = !error.is_no_permission() && !error.is_not_found();
    let request_id = error.request_id().filter(|_| may_help).map(str::to_owned);
    view! {
        <div class="notice notice-error" role="alert">
            <p class="notice-title">{title}</p>
            <p>{error.message()} " " {error.advice()}</p>
            {request_id.map(|id| view! { <p class="quiet">"Request id " <code>{id}</code></p> })}
            {may_help.then(|| view! {
                <p class="notice-actions">
                    <button class="button" type="button" on:click=move |_| on_retry.run(())>"Try again"</button>
                </p>
            })}
        </div>
    }
}

/// A refused change beside the form it came from.
#[component]
pub fn Refusal(
    /// Why; none while nothing was refused.
    #[prop(into)]
    error: Signal<Option<ApiError>>,
) -> impl IntoView {
    view! {
        <div role="alert">
            {move || error.get().map(|error| view! {
                <p class="message message-error">{error.message()} " " {error.advice()}</p>
            })}
        </div>
    }
}

/// Grey bars where content will stand.
#[component]
pub fn Skeleton(
    /// How many lines.
    #[prop(default = 5)]
    lines: usize,
) -> impl IntoView {
    view! {
        <div class="skeleton" role="status" aria-label="Loading">
            {(0..lines).map(|_| view! { <span class="skeleton-line"></span> }).collect_view()}
        </div>
    }
}

/// Draws an answer: the skeleton before it, the failure in its place, itself once it is there.
///
/// `view` is called once; it gets a signal that follows newer answers. While one is on its way the
/// old one stays, dimmed.
pub fn loaded<T, V>(
    remote: Remote<T>,
    skeleton_lines: usize,
    view: impl Fn(Signal<Arc<T>>) -> V + Send + Sync + 'static,
) -> impl IntoView
where
    T: Send + Sync + 'static,
    V: IntoView + 'static,
{
    let phase = Memo::new(move |_| remote.phase());
    let body = move || match phase.get() {
        Phase::Loading => view! { <Skeleton lines=skeleton_lines/> }.into_any(),
        Phase::Failed(error) => {
            let again = Callback::new(move |()| remote.reload());
            view! { <Failed error on_retry=again/> }.into_any()
        }
        Phase::Ready => match untrack(|| remote.get()) {
            None => ().into_any(),
            Some(first) => {
                let latest = RwSignal::new(first);
                Effect::new(move || {
                    if let Some(value) = remote.get() {
                        latest.set(value);
                    }
                });
                view(latest.into()).into_any()
            }
        },
    };
    view! { <div class="loaded" aria-busy=move || remote.is_loading().to_string()>{body}</div> }
}
