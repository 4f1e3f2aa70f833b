//! A small picture that is fetched when it comes near the window, and no longer when it goes again.

use leptos::html::Span;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

use super::near::follow_nearness;
use crate::api::{Abort, Api, ApiError};
use crate::state::thumbnails::Thumbnails;

#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    Coming,
    Picture(String),
    Failed(ApiError),
}

/// The thumbnail of an image. One that cannot be fetched says so and offers to try again.
#[component]
pub fn Thumbnail(
    /// Which image.
    image_id: Uuid,
    /// What it shows; empty beside a text that says the same.
    #[prop(into)]
    alt: String,
) -> impl IntoView {
    let (api, thumbnails) = (Api::here(), Thumbnails::here());
    let element = NodeRef::<Span>::new();
    let shown = RwSignal::new(
        thumbnails
            .kept(image_id)
            .map_or(Shown::Nothing, Shown::Picture),
    );
    let request = StoredValue::new_local(None::<Abort>);
    let fetch = move || {
        if matches!(*shown.read_untracked(), Shown::Coming | Shown::Picture(_)) {
            return;
        }
        let abort = Abort::new();
        let signal = abort.as_ref().map(Abort::signal);
        request.set_value(abort);
        shown.set(Shown::Coming);
        spawn_local(async move {
            let now = match thumbnails.fetch(api, image_id, signal).await {
                Ok(address) => Shown::Picture(address),
                Err(ApiError::Cancelled) => Shown::Nothing,
                Err(error) => Shown::Failed(error),
            };
            let _ = shown.try_set(now);
        });
    };
    follow_nearness(element, move |is_near| {
        let coming = matches!(shown.try_get_untracked(), Some(Shown::Coming));
        match (is_near, coming) {
            (true, false) if matches!(shown.try_get_untracked(), Some(Shown::Nothing)) => fetch(),
            // Dropping the handle ends the request.
            (false, true) => drop(request.try_set_value(None)),
            _ => {}
        }
    });
    let retry = move |event: leptos::ev::MouseEvent| {
        // It may stand in a link or a tile, which mean something else.
        event.stop_propagation();
        event.prevent_default();
        fetch();
    };
    let body = move || match shown.get() {
        Shown::Nothing | Shown::Coming => ().into_any(),
        Shown::Picture(address) => {
            view! { <img src=address alt=alt.clone() draggable="false"/> }.into_any()
        }
        Shown::Failed(error) => view! {
            <span class="thumbnail-failed" title=error.message()>
                <span>"No picture"</span>
                <button class="link" type="button" on:click=retry>"Retry"</button>
            </span>
        }
        .into_any(),
    };
    view! {
        <span class="thumbnail" node_ref=element class:is-coming=move || matches!(*shown.read(), Shown::Nothing | Shown::Coming)>{body}</span>
    }
}
