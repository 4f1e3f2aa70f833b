//! What is known of an image, and setting what is not.

use chrono::{DateTime, Utc};
use contract::image::{DefectImage, ImageKind, ImageUpdate};
use contract::user::Role;
use leptos::prelude::*;
use serde_json::Value;

use crate::api::Api;
use crate::components::dialog::Dialog;
use crate::components::form::{Form, Saving, SelectField, TextField, Values};
use crate::components::status::Refusal;
use crate::format;
use crate::state::caller::Caller;

/// File, size, scale and what the tool said, in one line each; the scale can be set.
#[component]
pub(super) fn ImageFacts(
    /// The image.
    image: DefectImage,
    /// Called when it has changed or is gone.
    on_change: Callback<()>,
) -> impl IntoView {
    let editing = RwSignal::new(false);
    let may_edit = Caller::here().may(Role::Engineer);
    let scale = match image.pixel_size_nm {
        Some(size) => {
            view! { <span>{format!("{} nm/px", format::significant(size))}</span> }.into_any()
        }
        None => {
            view! { <span class="viewer-no-scale">"No pixel size: lengths are in pixels"</span> }
                .into_any()
        }
    };
    let told = image.metadata.iter().map(|(name, value)| {
        let (name, text) = told(name, value);
        view! { <li><span class="quiet">{name}</span>" "{text}</li> }
    });
    let told = told.collect_view();
    let edit = may_edit.then(|| {
        let label = match image.pixel_size_nm {
            Some(_) => "Edit image",
            None => "Set pixel size",
        };
        view! { <button class="link" type="button" on:click=move |_| editing.set(true)>{label}</button> }
    });
    let shown = StoredValue::new(image.clone());
    view! {
        <ul class="viewer-facts">
            <li><span class="badge">{format::image_kind(image.kind)}</span></li>
            <li>{image.file_name.clone()}{(image.page > 1).then(|| format!(", page {}", image.page))}</li>
            <li>{format!("{} × {} px", image.width_px, image.height_px)}</li>
            <li>{scale}</li>
            {told}
            <li class="viewer-edit">{edit}</li>
        </ul>
        <Dialog open=editing title="Edit image">
            {
                let done = Callback::new(move |()| { editing.set(false); on_change.run(()); });
                view! { <EditForm image=shown.get_value() on_done=done/> }
            }
        </Dialog>
    }
}

#[component]
fn EditForm(image: DefectImage, on_done: Callback<()>) -> impl IntoView {
    let api = Api::here();
    let [saving, deleting] = [(); 2].map(|()| Saving::new());
    let path = format!("/images/{}", image.image_id);
    let before = image.clone();
    let send = {
        let path = path.clone();
        Callback::new(move |values: Values| {
            let update = ImageUpdate {
                kind: values.changed_to("kind", Some(before.kind)),
                pixel_size_nm: values.changed_to("pixel_size_nm", before.pixel_size_nm),
            };
            let path = path.clone();
            saving.run(
                async move { api.put::<_, Value>(&path, &update).await },
                move |_| on_done.run(()),
            );
        })
    };
    let delete = move |_| {
        let path = path.clone();
        deleting.run(async move { api.delete(&path).await }, move |()| {
            on_done.run(())
        });
    };
    let kinds: Vec<(String, String)> = ImageKind::ALL
        .iter()
        .map(|kind| (kind.to_string(), format::image_kind(*kind).to_owned()))
        .collect();
    view! {
        <Form on_send=send saving>
            <SelectField name="kind" label="Taken with" options=kinds value=image.kind.as_str()/>
            <TextField name="pixel_size_nm" label="Side of a pixel, nm" kind="number" min="0.000001"
                value=image.pixel_size_nm.map(|size| size.to_string()) hint="Field of view in nm over its pixels; scale bar and distances follow from it."/>
        </Form>
        <details class="folded">
            <summary>"Delete this image"</summary>
            <div class="form">
                <p>"The file and its thumbnail go; the defect stays. This cannot be undone."</p>
                <Refusal error=deleting.error()/>
                <p class="form-actions"><button class="button button-danger" type="button" disabled=move || deleting.is_busy() on:click=delete>"Delete image"</button></p>
            </div>
        </details>
    }
}

/// A name and value of the tool's as people read them: `beam_kv`, 5 is Beam, 5 kV.
fn told(name: &str, value: &Value) -> (String, String) {
    let text = match value {
        Value::String(text) => text
            .parse::<DateTime<Utc>>()
            .map_or_else(|_| text.clone(), format::moment),
        Value::Number(number) => number.as_f64().map_or_else(|| number.to_string(), short),
        other => other.to_string(),
    };
    const UNITS: [(&str, &str); 8] = [
        ("_kv", " kV"),
        ("_mm", " mm"),
        ("_um", " µm"),
        ("_nm", " nm"),
        ("_pa", " pA"),
        ("_na", " nA"),
        ("_deg", "°"),
        ("_s", " s"),
    ];
    let unit = UNITS.iter().find(|(ending, _)| name.ends_with(ending));
    match (name, unit) {
        ("magnification", _) => ("Magnification".to_owned(), format!("{text}×")),
        (name, Some((ending, unit))) => (
            format::words(name.trim_end_matches(ending)),
            format!("{text}{unit}"),
        ),
        (name, None) => (format::words(name), text),
    }
}

/// A number without digits that say nothing, thousands set apart.
fn short(value: f64) -> String {
    match value.fract() == 0.0 || value.abs() >= 1000.0 {
        true => format::count(value.round() as i64),
        false => format!("{}", (value * 1000.0).round() / 1000.0),
    }
}

#[cfg(test)]
mod tests {
    use super::told;
    use serde_json::json;

    #[test]
    fn what_the_tool_said_is_told_with_its_unit() {
        let cases = [
            ("beam_kv", json!(5), ("Beam", "5 kV")),
            (
                "working_distance_mm",
                json!(4.25),
                ("Working distance", "4.25 mm"),
            ),
            ("magnification", json!(50_000), ("Magnification", "50,000×")),
            (
                "magnification",
                json!(42_333.333),
                ("Magnification", "42,333×"),
            ),
            ("detector", json!("SE2"), ("Detector", "SE2")),
        ];
        for (name, value, (expected_name, expected)) in cases {
            let (name, text) = told(name, &value);
            assert_eq!((name.as_str(), text.as_str()), (expected_name, expected));
        }
    }
}
