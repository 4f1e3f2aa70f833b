//! One tool: its facts, how it performs, its inspections.

use std::sync::Arc;

use contract::equipment::{
    Equipment, EquipmentStatus, EquipmentType, EquipmentUpdate, Performance, StepPerformance,
};
use contract::inspection::{Inspection, InspectionQuery};
use contract::user::Role;
use leptos::prelude::*;

use super::inspections::InspectionTable;
use crate::api::{Api, with_query};
use crate::components::badge;
use crate::components::delete::Delete;
use crate::components::dialog::Dialog;
use crate::components::facts::{self, Facts};
use crate::components::form::{Form, Saving, SelectField, TextField, Values, options};
use crate::components::history::History;
use crate::components::link::Go;
use crate::components::page::{Card, PageHead};
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::caller::Caller;
use crate::state::list::List;
use crate::state::navigation::{segment, use_param};
use crate::state::remote::Remote;
use crate::state::title::use_title;

/// Page of one tool.
#[component]
pub fn EquipmentPage() -> impl IntoView {
    let id = use_param("id");
    use_title(move || id.get());
    let api = Api::here();
    let path = Memo::new(move |_| format!("/equipment/{}", segment(&id.read())));
    let tool = Remote::new(
        move || Some(path.get()),
        move |path| async move { api.get::<Equipment>(&path).await },
    );
    let editing = RwSignal::new(false);
    let may_edit = Caller::here().may(Role::Engineer);
    view! {
        <PageHead title=id crumbs=|| view! { <Go to="/equipment">"Equipment"</Go> }>
            {may_edit.then(|| view! { <button class="button" type="button" on:click=move |_| editing.set(true)>"Edit"</button> })}
            <Delete path what="tool" goes_to="/equipment"/>
        </PageHead>
        {loaded(tool, 8, move |tool| view! { <Body tool id path/> })}
        <History path=Signal::derive(move || path.get())/>
        <Dialog open=editing title="Edit equipment">
            {move || tool.get().map(|shown| {
                let done = Callback::new(move |changed: Equipment| { tool.put(changed); editing.set(false); });
                view! { <EditForm tool=shown path=path.get() on_done=done/> }
            })}
        </Dialog>
    }
}

#[component]
fn Body(tool: Signal<Arc<Equipment>>, id: Memo<String>, path: Memo<String>) -> impl IntoView {
    let api = Api::here();
    let performance = Remote::new(
        move || Some(path.get()),
        move |path| async move { api.get::<Performance>(&format!("{path}/performance")).await },
    );
    let inspections = List::<Inspection>::new(move |_| {
        let question = InspectionQuery {
            equipment: vec![id.get()],
            ..InspectionQuery::default()
        };
        Some(with_query("/inspections", &question))
    });
    view! {
        <div class="grid grid-halves">
            <Card title="Facts">{move || view! { <ToolFacts tool=tool.get()/> }}</Card>
            <Card title="Performance by step">{loaded(performance, 6, |performance| move || view! { <Steps steps=performance.read().steps.clone()/> })}</Card>
        </div>
        <Card title="Inspections"><InspectionTable list=inspections with_wafer=true/></Card>
    }
}

#[component]
fn ToolFacts(tool: Arc<Equipment>) -> impl IntoView {
    let tool = Equipment::clone(&tool);
    view! {
        <Facts facts=vec![
            ("Name", tool.name.into_any()),
            ("Type", format::words(tool.equipment_type.as_str()).into_any()),
            ("Status", badge::state(&tool.status)),
            ("Model", facts::text(tool.model)),
            ("Manufacturer", facts::text(tool.manufacturer)),
            ("Location", facts::text(tool.location)),
            ("Serial number", facts::text(tool.serial_number)),
            ("Software version", facts::text(tool.software_version)),
            ("Time zone of its files", tool.time_zone.into_any()),
            ("Last calibration", facts::text(tool.last_calibration)),
            ("Next calibration", facts::text(tool.next_calibration)),
            ("Inspections", format::count(tool.inspection_count).into_any()),
            ("Last inspection", facts::moment(tool.last_inspected_at)),
        ]/>
    }
}

#[component]
fn Steps(steps: Vec<StepPerformance>) -> impl IntoView {
    if steps.is_empty() {
        return view! { <Notice title="No inspections on this tool yet"/> }.into_any();
    }
    let rows = steps.into_iter().map(|step| view! {
        <tr>
            <td>{step.step_id}</td>
            <td class="numeric">{format::count(step.inspection_count)}</td>
            <td class="numeric">{format::significant(step.mean_count)}</td>
            <td class="numeric">{format::significant(step.mean_count_all)}</td>
            <td class="numeric">{format::or_unknown(step.density_per_cm2, format::significant)}</td>
            <td class="numeric">{format::or_unknown(step.density_per_cm2_all, format::significant)}</td>
        </tr>
    });
    view! {
        <div class="table-scroll" role="region" aria-label="Performance by step" tabindex="0">
            <table class="table">
                <thead><tr>
                    <th scope="col">"Step"</th><th scope="col" class="numeric">"Inspections"</th>
                    <th scope="col" class="numeric">"Mean defects"</th><th scope="col" class="numeric">"… all tools"</th>
                    <th scope="col" class="numeric">"Defects/cm²"</th><th scope="col" class="numeric">"… all tools"</th>
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

#[component]
fn EditForm(tool: Arc<Equipment>, path: String, on_done: Callback<Equipment>) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let before = tool.clone();
    let send = Callback::new(move |values: Values| {
        let update = update_of(&values, Some(&before));
        let path = path.clone();
        saving.run(
            async move { api.put::<_, Equipment>(&path, &update).await },
            move |changed| on_done.run(changed),
        );
    });
    view! { <Form on_send=send saving><EquipmentFields tool=Some(tool)/></Form> }
}

/// What the fields change about a tool, or say of a new one.
pub fn update_of(values: &Values, tool: Option<&Equipment>) -> EquipmentUpdate {
    let before = |read: fn(&Equipment) -> Option<&str>| tool.and_then(read);
    EquipmentUpdate {
        name: values.changed("name", tool.map(|tool| tool.name.as_str())),
        equipment_type: values.changed_to("equipment_type", tool.map(|tool| tool.equipment_type)),
        model: values.changed("model", before(|tool| tool.model.as_deref())),
        manufacturer: values.changed("manufacturer", before(|tool| tool.manufacturer.as_deref())),
        location: values.changed("location", before(|tool| tool.location.as_deref())),
        status: values.changed_to("status", tool.map(|tool| tool.status)),
        serial_number: values.changed(
            "serial_number",
            before(|tool| tool.serial_number.as_deref()),
        ),
        software_version: values.changed(
            "software_version",
            before(|tool| tool.software_version.as_deref()),
        ),
        time_zone: values.changed("time_zone", tool.map(|tool| tool.time_zone.as_str())),
        last_calibration: values.changed_to(
            "last_calibration",
            tool.and_then(|tool| tool.last_calibration),
        ),
        next_calibration: values.changed_to(
            "next_calibration",
            tool.and_then(|tool| tool.next_calibration),
        ),
    }
}

/// Fields of a tool: empty for a new one.
#[component]
pub fn EquipmentFields(
    /// The tool as it is.
    tool: Option<Arc<Equipment>>,
) -> impl IntoView {
    let text = |read: fn(&Equipment) -> Option<String>| tool.as_deref().and_then(read);
    let (kind, status) = tool.as_deref().map_or(
        (EquipmentType::Inspection, EquipmentStatus::Active),
        |tool| (tool.equipment_type, tool.status),
    );
    let day = |read: fn(&Equipment) -> Option<chrono::NaiveDate>| {
        tool.as_deref().and_then(read).map(|day| day.to_string())
    };
    view! {
        <TextField name="name" label="Name" value=text(|tool| Some(tool.name.clone()))/>
        <div class="form-row">
            <SelectField name="equipment_type" label="Type" options=options(EquipmentType::ALL) value=kind.as_str()/>
            <SelectField name="status" label="Status" options=options(EquipmentStatus::ALL) value=status.as_str()/>
        </div>
        <div class="form-row">
            <TextField name="model" label="Model" value=text(|tool| tool.model.clone())/>
            <TextField name="manufacturer" label="Manufacturer" value=text(|tool| tool.manufacturer.clone())/>
        </div>
        <div class="form-row">
            <TextField name="location" label="Location" value=text(|tool| tool.location.clone())/>
            <TextField name="time_zone" label="Time zone of its files" hint="For example Europe/Berlin; counts for later imports"
                value=text(|tool| Some(tool.time_zone.clone()))/>
        </div>
        <div class="form-row">
            <TextField name="serial_number" label="Serial number" value=text(|tool| tool.serial_number.clone())/>
            <TextField name="software_version" label="Software version" value=text(|tool| tool.software_version.clone())/>
        </div>
        <div class="form-row">
            <TextField name="last_calibration" label="Last calibration" kind="date" value=day(|tool| tool.last_calibration)/>
            <TextField name="next_calibration" label="Next calibration" kind="date" value=day(|tool| tool.next_calibration)/>
        </div>
    }
}
