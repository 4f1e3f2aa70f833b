//! One defect type: what it is, where it comes from, where it is found.

use std::sync::Arc;

use contract::defect_type::{DefectType, DefectTypeUpdate};
use contract::user::Role;
use leptos::prelude::*;

use crate::api::Api;
use crate::components::badge::{self, Swatch, Tone};
use crate::components::delete::Delete;
use crate::components::dialog::Dialog;
use crate::components::facts::{self, Facts};
use crate::components::form::{AreaField, CheckField, Form, Saving, TextField, Values};
use crate::components::history::History;
use crate::components::link::Go;
use crate::components::page::{Card, PageHead};
use crate::components::status::loaded;
use crate::format;
use crate::state::caller::Caller;
use crate::state::navigation::use_param;
use crate::state::remote::Remote;
use crate::state::title::use_title;

/// Page of one defect type.
#[component]
pub fn DefectTypePage() -> impl IntoView {
    let id = use_param("id");
    let api = Api::here();
    let path = Memo::new(move |_| {
        format!(
            "/defect-types/{}",
            crate::state::navigation::segment(&id.read())
        )
    });
    let kind = Remote::new(
        move || Some(path.get()),
        move |path| async move { api.get::<DefectType>(&path).await },
    );
    let name = Memo::new(move |_| kind.get().map(|kind| kind.name.clone()).unwrap_or_default());
    use_title(move || name.get());
    let editing = RwSignal::new(false);
    let may_edit = Caller::here().may(Role::Engineer);
    view! {
        <PageHead title=name crumbs=|| view! { <Go to="/defect-types">"Defect types"</Go> }>
            <Go to=Signal::derive(move || format!("/?defect_type={}", id.read())) class="button">"Dashboard of this type"</Go>
            {may_edit.then(|| view! { <button class="button" type="button" on:click=move |_| editing.set(true)>"Edit"</button> })}
            <Delete path what="defect type" goes_to="/defect-types"/>
        </PageHead>
        <Card title="Facts">{loaded(kind, 6, |kind| move || view! { <TypeFacts kind=kind.get()/> })}</Card>
        <History path=Signal::derive(move || path.get())/>
        <Dialog open=editing title="Edit defect type">
            {move || kind.get().map(|shown| {
                let done = Callback::new(move |changed: DefectType| { kind.put(changed); editing.set(false); });
                view! { <EditForm kind=shown path=path.get() on_done=done/> }
            })}
        </Dialog>
    }
}

#[component]
fn TypeFacts(kind: Arc<DefectType>) -> impl IntoView {
    let kind = DefectType::clone(&kind);
    let killer = match kind.killer {
        true => badge::badge(Tone::Bad, "kills the die it lies on".to_owned()),
        false => "no".into_any(),
    };
    let colour = kind.colour.clone();
    view! {
        <Facts facts=vec![
            ("Colour", view! { <Swatch colour=kind.colour/>" "{colour} }.into_any()),
            ("Severity", format!("{} of 5", kind.severity).into_any()),
            ("Killer", killer),
            ("Category", facts::text(kind.category)),
            ("Subcategory", facts::text(kind.subcategory)),
            ("Defects", format::count(kind.defect_count).into_any()),
            ("Description", facts::text(kind.description)),
            ("Causes", facts::text(kind.causes)),
            ("Prevention", facts::text(kind.prevention)),
            ("Known since", facts::moment(Some(kind.created_at))),
        ]/>
    }
}

#[component]
fn EditForm(kind: Arc<DefectType>, path: String, on_done: Callback<DefectType>) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let before = kind.clone();
    let send = Callback::new(move |values: Values| {
        let update = update_of(&values, Some(&before));
        let path = path.clone();
        saving.run(
            async move { api.put::<_, DefectType>(&path, &update).await },
            move |changed| on_done.run(changed),
        );
    });
    view! { <Form on_send=send saving><TypeFields kind=Some(kind)/></Form> }
}

/// What the fields change about a type, or say of a new one.
pub fn update_of(values: &Values, kind: Option<&DefectType>) -> DefectTypeUpdate {
    let before = |read: fn(&DefectType) -> Option<&str>| kind.and_then(read);
    let killer = values.ticked("killer");
    DefectTypeUpdate {
        name: values.changed("name", before(|kind| Some(&kind.name))),
        description: values.changed("description", before(|kind| kind.description.as_deref())),
        severity: values.changed_to("severity", kind.map(|kind| kind.severity)),
        category: values.changed("category", before(|kind| kind.category.as_deref())),
        subcategory: values.changed("subcategory", before(|kind| kind.subcategory.as_deref())),
        colour: values.changed("colour", before(|kind| Some(&kind.colour))),
        killer: Some(killer).filter(|killer| kind.map(|kind| kind.killer) != Some(*killer)),
        causes: values.changed("causes", before(|kind| kind.causes.as_deref())),
        prevention: values.changed("prevention", before(|kind| kind.prevention.as_deref())),
    }
}

/// Fields of a type: empty for a new one.
#[component]
pub fn TypeFields(
    /// The type as it is.
    kind: Option<Arc<DefectType>>,
) -> impl IntoView {
    let text = |read: fn(&DefectType) -> Option<String>| kind.as_deref().and_then(read);
    let severity = kind.as_deref().map_or(3, |kind| kind.severity);
    let colour = text(|kind| Some(kind.colour.clone())).unwrap_or_else(|| "#4a86c5".to_owned());
    view! {
        <TextField name="name" label="Name" required=true value=text(|kind| Some(kind.name.clone()))/>
        <div class="form-row">
            <TextField name="severity" label="Severity, 1 to 5" kind="number" required=true min="1" max="5" value=severity.to_string()/>
            <label class="field"><span class="field-label">"Colour"</span><input type="color" name="colour" value=colour/></label>
            <CheckField name="killer" label="Kills the die it lies on" ticked=kind.as_deref().is_some_and(|kind| kind.killer)/>
        </div>
        <div class="form-row">
            <TextField name="category" label="Category" longest=64 value=text(|kind| kind.category.clone())/>
            <TextField name="subcategory" label="Subcategory" longest=64 value=text(|kind| kind.subcategory.clone())/>
        </div>
        <AreaField name="description" label="Description" value=text(|kind| kind.description.clone())/>
        <AreaField name="causes" label="Causes" value=text(|kind| kind.causes.clone())/>
        <AreaField name="prevention" label="Prevention" value=text(|kind| kind.prevention.clone())/>
    }
}
