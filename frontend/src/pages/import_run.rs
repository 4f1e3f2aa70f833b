//! An import that this tab has started: progress, cancel, report.

use contract::import::{Import, Progress};
use leptos::prelude::*;

use super::import_report::Report;
use crate::api::Api;
use crate::components::badge;
use crate::components::page::Card;
use crate::components::status::Refusal;
use crate::format;
use crate::state::uploads::{Run, Uploads};

/// One import of this tab.
#[component]
pub fn RunCard(
    /// The import.
    run: Run,
) -> impl IntoView {
    let api = Api::here();
    let uploads = Uploads::here();
    let title = run.names.with_value(|names| match names.as_slice() {
        [one] => one.clone(),
        many => format::plural(many.len() as i64, "file", "files"),
    });
    let label = format!("Importing {title}");
    let actions = move || {
        match run.ended.get() {
        false => view! { <button class="button" type="button" on:click=move |_| run.cancel(api)>"Cancel"</button> }.into_any(),
        true => view! { <button class="button button-quiet" type="button" on:click=move |_| uploads.clear()>"Clear"</button> }.into_any(),
    }
    };
    view! {
        <Card title actions>
            <Show when=move || !run.ended.get()><Bar run label=label.clone()/></Show>
            <Refusal error=run.error/>
            {move || run.ended.get().then(|| run.import.get().map(|import| view! { <Report import/> }))}
        </Card>
    }
}

/// How far reading has come; while nothing is read yet, how much has been sent.
#[component]
fn Bar(run: Run, label: String) -> impl IntoView {
    let done = move || match run.import.read().as_ref() {
        Some(import) if import.progress.bytes_done > 0 => import.progress.bytes_done as f64,
        _ => run.sent.read().bytes.min(run.bytes),
    };
    let text = move || match run.import.get() {
        Some(import) => progress_text(&import, run.bytes),
        None => format!(
            "{} of {} sent",
            format::bytes(run.sent.read().bytes.min(run.bytes)),
            format::bytes(run.bytes)
        ),
    };
    view! {
        <progress class="progress" max=run.bytes.max(1.0).to_string() prop:value=done aria-label=label></progress>
        <p class="quiet">
            {move || run.import.read().as_ref().map(|import| badge::state(&import.state))} " " {text}
        </p>
    }
}

fn progress_text(import: &Import, bytes: f64) -> String {
    let Progress {
        bytes_done,
        wafers,
        defects,
        defects_per_second,
        ..
    } = import.progress.clone();
    format!(
        "{} of {} read · {} · {} · {}/s",
        format::bytes(bytes_done as f64),
        format::bytes(bytes),
        format::plural(wafers, "wafer", "wafers"),
        format::plural(defects, "defect", "defects"),
        format::count(defects_per_second as i64),
    )
}
