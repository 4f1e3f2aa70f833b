//! Forms: labelled fields, values read when the form is sent, the outcome of sending it.

use std::future::Future;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;

use super::status::Refusal;
use crate::api::ApiError;

/// What stands in the fields of a form, by their names.
#[derive(Clone)]
pub struct Values(Vec<(String, String)>);

impl Values {
    /// Reads the fields of the form that is being sent.
    fn of(event: &SubmitEvent) -> Self {
        let form = event
            .target()
            .and_then(|target| target.dyn_into::<web_sys::HtmlFormElement>().ok());
        let data = form.and_then(|form| web_sys::FormData::new_with_form(&form).ok());
        let entries = data.map(|data| js_sys::Array::from(data.as_ref()));
        let pairs = entries
            .iter()
            .flat_map(js_sys::Array::iter)
            .filter_map(|entry| {
                let entry: js_sys::Array = entry.dyn_into().ok()?;
                Some((entry.get(0).as_string()?, entry.get(1).as_string()?))
            });
        Self(pairs.collect())
    }

    /// Text without blanks around it; empty where the field is.
    pub fn text(&self, name: &str) -> String {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map_or_else(String::new, |(_, value)| value.trim().to_owned())
    }

    /// Text, or `None` for an empty field.
    pub fn given(&self, name: &str) -> Option<String> {
        Some(self.text(name)).filter(|text| !text.is_empty())
    }

    /// A value as `T`; `None` for an empty field or one that the browser let pass all the same.
    pub fn parsed<T: std::str::FromStr>(&self, name: &str) -> Option<T> {
        self.given(name)?.parse().ok()
    }

    /// Whether a box is ticked.
    pub fn ticked(&self, name: &str) -> bool {
        !self.text(name).is_empty()
    }

    /// Text that differs from what was there: an update sends nothing else.
    pub fn changed(&self, name: &str, before: Option<&str>) -> Option<String> {
        Some(self.text(name)).filter(|text| text != before.unwrap_or_default())
    }

    /// A value that differs from what was there.
    pub fn changed_to<T: std::str::FromStr + PartialEq>(
        &self,
        name: &str,
        before: Option<T>,
    ) -> Option<T> {
        self.parsed(name)
            .filter(|value| Some(value) != before.as_ref())
    }
}

/// How sending a form stands.
#[derive(Clone, Copy)]
pub struct Saving {
    busy: RwSignal<bool>,
    error: RwSignal<Option<ApiError>>,
}

impl Saving {
    /// Nothing is being sent.
    pub fn new() -> Self {
        Self {
            busy: RwSignal::new(false),
            error: RwSignal::new(None),
        }
    }

    /// Sends; what came of it is shown by the form, success goes to `on_done`.
    pub fn run<T: 'static>(
        self,
        sending: impl Future<Output = Result<T, ApiError>> + 'static,
        on_done: impl FnOnce(T) + 'static,
    ) {
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            let outcome = sending.await;
            let _ = self.busy.try_set(false);
            match outcome {
                Ok(answer) => on_done(answer),
                Err(error) => drop(self.error.try_set(Some(error))),
            }
        });
    }

    /// Why the last sending was refused.
    pub fn error(self) -> Signal<Option<ApiError>> {
        self.error.into()
    }

    /// Whether something is being sent.
    pub fn is_busy(self) -> bool {
        self.busy.get()
    }
}

impl Default for Saving {
    fn default() -> Self {
        Self::new()
    }
}

/// A form with its button and its refusal.
#[component]
pub fn Form(
    /// Called with the fields when the browser finds them valid.
    on_send: Callback<Values>,
    /// How the sending stands.
    saving: Saving,
    /// What the button says.
    #[prop(default = "Save")]
    send: &'static str,
    /// Fields.
    children: Children,
) -> impl IntoView {
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        on_send.run(Values::of(&event));
    };
    view! {
        <form class="form" on:submit=submit>
            {children()}
            <Refusal error=saving.error()/>
            <p class="form-actions">
                <button class="button button-primary" type="submit" disabled=move || saving.is_busy()>{send}</button>
            </p>
        </form>
    }
}

/// A field of one line.
#[component]
pub fn TextField(
    /// Name among the values.
    name: &'static str,
    /// What it is.
    label: &'static str,
    /// What stands in it at first.
    #[prop(default = None, into)]
    value: Option<String>,
    /// Kind of input, for example `number`.
    #[prop(default = "text")]
    kind: &'static str,
    /// Most characters.
    #[prop(default = 100)]
    longest: u32,
    /// Must not be empty.
    #[prop(optional)]
    required: bool,
    /// Lowest value of a number.
    #[prop(optional, into)]
    min: Option<String>,
    /// Highest value of a number.
    #[prop(optional, into)]
    max: Option<String>,
    /// What is expected, in a few words.
    #[prop(optional)]
    hint: &'static str,
) -> impl IntoView {
    let step = (kind == "number").then_some("any");
    let hint_id = (!hint.is_empty()).then(|| format!("{name}-hint"));
    let described = hint_id.clone();
    let autocomplete = if kind == "password" {
        "new-password"
    } else {
        "off"
    };
    view! {
        <div class="field">
            <label class="field">
                <span class="field-label">{label}</span>
                <input name=name type=kind value=value maxlength=longest.to_string() required=required min=min max=max step=step
                    autocomplete=autocomplete spellcheck="false" aria-describedby=described/>
            </label>
            {hint_id.map(|id| view! { <span class="quiet" id=id>{hint}</span> })}
        </div>
    }
}

/// A field of several lines.
#[component]
pub fn AreaField(
    /// Name among the values.
    name: &'static str,
    /// What it is.
    label: &'static str,
    /// What stands in it at first.
    #[prop(default = None, into)]
    value: Option<String>,
    /// Most characters.
    #[prop(default = 2000)]
    longest: u32,
    /// Must not be empty.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    view! {
        <label class="field">
            <span class="field-label">{label}</span>
            <textarea name=name maxlength=longest.to_string() required=required prop:value=value.clone().unwrap_or_default()></textarea>
        </label>
    }
}

/// One of several values.
#[component]
pub fn SelectField(
    /// Name among the values.
    name: &'static str,
    /// What it is.
    label: &'static str,
    /// Values and what to write for them.
    options: Vec<(String, String)>,
    /// The one that is chosen at first.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    let options = options.into_iter().map(|(key, text)| {
        let chosen = key == value;
        view! { <option value=key selected=chosen>{text}</option> }
    });
    view! {
        <label class="field"><span class="field-label">{label}</span><select name=name aria-label=label>{options.collect_view()}</select></label>
    }
}

/// A box to tick.
#[component]
pub fn CheckField(
    /// Name among the values.
    name: &'static str,
    /// What it says.
    label: &'static str,
    /// Whether it is ticked at first.
    #[prop(optional)]
    ticked: bool,
) -> impl IntoView {
    view! { <label class="check"><input type="checkbox" name=name value="on" checked=ticked/>{label}</label> }
}

/// Words of the API as options.
pub fn options<T: Copy + ToString>(all: &[T]) -> Vec<(String, String)> {
    let words = all.iter().map(ToString::to_string);
    words
        .map(|word| (word.clone(), crate::format::words(&word)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_update_sends_only_what_has_changed() {
        let values = Values(vec![
            ("model".into(), " P3 ".into()),
            ("location".into(), String::new()),
            ("severity".into(), "4".into()),
        ]);
        assert_eq!(values.changed("model", Some("P3")), None);
        assert_eq!(
            values.changed("location", Some("Bay 2")),
            Some(String::new())
        );
        assert_eq!(values.changed("location", None), None);
        assert_eq!(values.changed_to("severity", Some(3)), Some(4));
        assert_eq!(values.changed_to("severity", Some(4)), None);
    }
}
