//! Adding images and spectra to a defect.

use leptos::ev::DragEvent;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;

use super::icon::{Drawn, Icon};
use crate::api::{Api, ApiError, Sent};
use crate::format;

/// Names of spectrum files end like this; everything else is taken for an image. The server looks at
/// the content.
const SPECTRUM_ENDINGS: [&str; 4] = [".msa", ".emsa", ".ems", ".txt"];
/// What the browser's picker offers at first.
const ACCEPTED: &str =
    ".png,.jpg,.jpeg,.tif,.tiff,.msa,.emsa,.ems,.txt,image/png,image/jpeg,image/tiff";

/// One file on its way.
#[derive(Clone, Copy)]
struct Sending {
    name: StoredValue<String>,
    sent: RwSignal<Sent>,
    outcome: RwSignal<Option<Result<(), ApiError>>>,
}

/// A button that takes files, and a place to drop them; each is sent by itself, so that one that is
/// refused is named and keeps none of the others out.
#[component]
pub fn AddEvidence(
    /// Path of the defect in the API.
    #[prop(into)]
    path: Signal<String>,
    /// Called when files are in.
    on_done: Callback<()>,
) -> impl IntoView {
    let api = Api::here();
    let picker = NodeRef::<Input>::new();
    let is_over = RwSignal::new(false);
    let sendings = RwSignal::new(Vec::<Sending>::new());
    let take = move |files: Option<web_sys::FileList>| {
        let files: Vec<web_sys::File> = files
            .map(|files| {
                (0..files.length())
                    .filter_map(|index| files.item(index))
                    .collect()
            })
            .unwrap_or_default();
        if files.is_empty() {
            return;
        }
        let queue: Vec<(web_sys::File, Sending)> = files
            .into_iter()
            .map(|file| {
                let sending = Sending {
                    name: StoredValue::new(file.name()),
                    sent: RwSignal::new(Sent::default()),
                    outcome: RwSignal::new(None),
                };
                (file, sending)
            })
            .collect();
        sendings.set(queue.iter().map(|(_, sending)| *sending).collect());
        let path = path.get_untracked();
        spawn_local(async move {
            for (file, sending) in queue {
                let outcome = send(api, &path, file, sending).await;
                // The page may be gone; the files that are sent stay.
                if sending.outcome.try_set(Some(outcome)).is_some() {
                    return;
                }
            }
            on_done.run(());
        });
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        is_over.set(false);
        take(event.data_transfer().and_then(|data| data.files()));
    };
    let picked = move |_| {
        let Some(input) = picker.get() else { return };
        take(input.files());
        // The same file may be picked again.
        input.set_value("");
    };
    view! {
        <div class="add-evidence" class:is-over=move || is_over.get() role="group" aria-label="Add images or spectra"
            on:dragover=move |event: DragEvent| { event.prevent_default(); is_over.set(true); }
            on:dragleave=move |_| is_over.set(false) on:drop=dropped>
            <label class="button"><Drawn icon=Icon::Import/>"Add images or spectra"
                <input node_ref=picker class="visually-hidden" type="file" name="evidence" multiple accept=ACCEPTED on:change=picked/>
            </label>
            <span class="quiet">"or drop them here: PNG, JPEG, TIFF; EMSA/MSA"</span>
            <ul class="sendings" aria-live="polite">{move || sendings.get().into_iter().map(|sending| view! { <Progress sending/> }).collect_view()}</ul>
        </div>
    }
}

async fn send(api: Api, path: &str, file: web_sys::File, sending: Sending) -> Result<(), ApiError> {
    let name = file.name().to_lowercase();
    let is_spectrum = SPECTRUM_ENDINGS.iter().any(|ending| name.ends_with(ending));
    let path = format!("{path}/{}", if is_spectrum { "edx" } else { "sem" });
    let on_sent = move |sent| {
        let _ = sending.sent.try_set(sent);
    };
    api.send_files::<Value>(&path, &[file], |_| {}, on_sent)
        .await
        .map(drop)
}

#[component]
fn Progress(sending: Sending) -> impl IntoView {
    let name = sending.name.get_value();
    let state = move || {
        match sending.outcome.get() {
        Some(Ok(())) => view! { <span class="badge badge-good">"added"</span> }.into_any(),
        Some(Err(error)) => view! { <span class="sending-refused" role="alert"><span class="badge badge-bad">"refused"</span>" "{error.message()}" "{error.advice()}</span> }
            .into_any(),
        None => {
            let sent = move || sending.sent.get();
            view! {
                <progress class="progress" max="1" prop:value=move || { let sent = sent(); sent.bytes / sent.total.max(1.0) }></progress>
                <span class="quiet">{move || format::bytes(sent().bytes)}</span>
            }
            .into_any()
        }
    }
    };
    view! { <li><span class="sending-name">{name}</span>{state}</li> }
}
