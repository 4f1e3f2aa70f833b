//! What became of an import: one report per file.

use contract::import::{Created, FileKind, FileReport, FileState, Import, ImportedInspection};
use leptos::prelude::*;

use super::links;
use crate::components::badge;
use crate::components::diagnostics::{Diagnostics, title};
use crate::components::link::Go;
use crate::format;

/// The report of an import.
#[component]
pub fn Report(
    /// The import.
    import: Import,
) -> impl IntoView {
    let Import {
        state,
        progress,
        files,
        created_by,
        ..
    } = import;
    let figures = format!(
        "{} · {} · {} in {} ({} defects/s) · by {}",
        format::bytes(progress.bytes_done as f64),
        format::plural(progress.wafers, "wafer", "wafers"),
        format::plural(progress.defects, "defect", "defects"),
        format::duration(progress.elapsed_seconds),
        format::count(progress.defects_per_second as i64),
        created_by.unwrap_or_else(|| "the command line".to_owned()),
    );
    view! {
        <p>{badge::state(&state)} " " <span class="quiet">{figures}</span></p>
        <ul class="file-reports">{files.into_iter().map(|file| view! { <li><File file/></li> }).collect_view()}</ul>
    }
}

#[component]
fn File(file: FileReport) -> impl IntoView {
    let FileReport {
        name,
        kind,
        state,
        bytes,
        klarf_version,
        inspections,
        images,
        created,
        error,
        diagnostics,
        duplicate_of,
        sha256,
    } = file;
    let version = klarf_version
        .map(|version| format!(" · KLARF {version}"))
        .unwrap_or_default();
    let images = (images > 0).then(|| {
        let what = match kind {
            FileKind::Image => "shown at the defects that list them",
            _ => "shown at its defects",
        };
        let images = format::plural(images, "image", "images");
        view! { <p class="quiet">{format!("{images} {what}.")}</p> }
    });
    let is_refused = state == FileState::Refused;
    let problem = error.map(|error| {
        let place = match error.line {
            0 => String::new(),
            line => format!("Line {line}, column {}: ", error.column),
        };
        let wanted = error.expected.map(|expected| format!(" Expected: {expected}.")).unwrap_or_default();
        let found = error.found.map(|found| format!(" Found: {found}.")).unwrap_or_default();
        view! { <p class="message message-error">{place}{error.message}{wanted}{found}{is_refused.then_some(" Nothing of this file was kept.")}</p> }
    });
    let duplicate = (state == FileState::Duplicate).then(|| {
        let first = duplicate_of.map(|id| view! { " " <Go to=format!("/imports?import_id={id}")>"The import that brought it first"</Go> });
        view! { <p class="message">"The same bytes were in already; nothing was added."{first}</p> }
    });
    let (heading, open) = (title(&diagnostics), is_refused && diagnostics.len() <= 20);
    view! {
        <p class="file-head">
            {badge::state(&state)} " " <strong>{name}</strong>
            <span class="quiet" title=sha256.map(|hash| format!("SHA-256 {hash}"))>{format!(" {}{version}", format::bytes(bytes as f64))}</span>
        </p>
        {problem}
        {duplicate}
        {images}
        <Made inspections/>
        <Brought created/>
        {(!diagnostics.is_empty()).then(|| view! {
            <details open=open><summary>{heading}</summary><Diagnostics diagnostics/></details>
        })}
    }
}

/// The inspections that a file made.
#[component]
fn Made(inspections: Vec<ImportedInspection>) -> impl IntoView {
    let rows = inspections.into_iter().map(|made| {
        let text = format!("{} at {}", made.wafer_id, made.step_id);
        view! {
            <li><Go to=links::inspection(made.inspection_id)>{text}</Go> " "
                <span class="quiet">{format::plural(made.defect_count, "defect", "defects")}</span></li>
        }
    });
    view! { <ul class="file-inspections">{rows.collect_view()}</ul> }
}

/// What did not exist before a file.
#[component]
fn Brought(created: Created) -> impl IntoView {
    let Created {
        equipment,
        lots,
        wafers,
        defect_types,
    } = created;
    let named = |what: &'static str, names: Vec<String>| {
        (!names.is_empty()).then(|| {
            let count = names.len();
            let shown = names.into_iter().take(12).collect::<Vec<_>>().join(", ");
            let more = if count > 12 {
                format!(" and {} more", count - 12)
            } else {
                String::new()
            };
            view! { <li>"New " {what} ": " {shown} {more}</li> }
        })
    };
    view! {
        <ul class="quiet file-created">
            {named("equipment", equipment)} {named("lots", lots)} {named("wafers", wafers)} {named("defect types", defect_types)}
        </ul>
    }
}
