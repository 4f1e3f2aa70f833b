//! All tools.

use contract::equipment::{
    Equipment, EquipmentCreate, EquipmentQuery, EquipmentStatus, EquipmentType,
};
use contract::filter::Order;
use contract::user::Role;
use leptos::prelude::*;

use super::equipment::{EquipmentFields, update_of};
use super::wafers::any_of;
use crate::api::{Api, with_query};
use crate::components::badge;
use crate::components::dialog::Dialog;
use crate::components::facts;
use crate::components::form::{Form, Saving, TextField, Values};
use crate::components::page::PageHead;
use crate::components::search::{Search, UrlSelect};
use crate::components::table::{Column, DataTable, nothing_found};
use crate::format;
use crate::pages::links;
use crate::state::caller::Caller;
use crate::state::list::List;
use crate::state::title::use_title;

/// Lists the tools that inspect, measure and review.
#[component]
pub fn EquipmentListPage() -> impl IntoView {
    use_title(|| "Equipment".to_owned());
    let list = List::<Equipment>::new(|query| {
        let question = EquipmentQuery {
            search: query.value("search"),
            equipment_type: query.parsed("equipment_type"),
            status: query.parsed("status"),
            ..EquipmentQuery::default()
        };
        Some(with_query("/equipment", &question))
    });
    let adding = RwSignal::new(false);
    let may_edit = Caller::here().may(Role::Engineer);
    view! {
        <PageHead title="Equipment">
            {may_edit.then(|| view! { <button class="button" type="button" on:click=move |_| adding.set(true)>"Add equipment"</button> })}
        </PageHead>
        <div class="toolbar list-tools">
            <Search placeholder="Id, name, model, manufacturer or location"/>
            <UrlSelect name="equipment_type" label="Type" options=any_of(EquipmentType::ALL.iter().map(|kind| kind.as_str()))/>
            <UrlSelect name="status" label="Status" options=any_of(EquipmentStatus::ALL.iter().map(|status| status.as_str()))/>
        </div>
        <DataTable list columns=columns() key=|tool| tool.equipment_id.clone() title="Equipment"
            default_order=("equipment_id", Order::Asc) empty=nothing_found("equipment")/>
        <Dialog open=adding title="Add equipment">
            <AddForm on_added=Callback::new(move |()| { adding.set(false); list.rows.reload(); })/>
        </Dialog>
    }
}

#[component]
fn AddForm(on_added: Callback<()>) -> impl IntoView {
    let api = Api::here();
    let saving = Saving::new();
    let send = Callback::new(move |values: Values| {
        let tool = EquipmentCreate {
            equipment_id: values.text("equipment_id"),
            facts: update_of(&values, None),
        };
        saving.run(
            async move { api.post::<_, Equipment>("/equipment", &tool).await },
            move |_| on_added.run(()),
        );
    });
    view! {
        <Form on_send=send saving send="Add">
            <TextField name="equipment_id" label="Id, as files name it" longest=64 required=true/>
            <EquipmentFields tool=None/>
        </Form>
    }
}

fn columns() -> Vec<Column<Equipment>> {
    vec![
        Column::link(
            "Id",
            |tool: &Equipment| links::equipment(&tool.equipment_id),
            |tool: &Equipment| tool.equipment_id.clone(),
        )
        .sorted("equipment_id"),
        Column::text("Name", |tool: &Equipment| tool.name.clone()).sorted("name"),
        Column::text("Type", |tool: &Equipment| {
            format::words(tool.equipment_type.as_str())
        })
        .sorted("equipment_type"),
        Column::text("Model", |tool: &Equipment| {
            tool.model.clone().unwrap_or_default()
        }),
        Column::text("Manufacturer", |tool: &Equipment| {
            tool.manufacturer.clone().unwrap_or_default()
        }),
        Column::text("Location", |tool: &Equipment| {
            tool.location.clone().unwrap_or_default()
        }),
        Column::drawn(
            "Status",
            |tool: &Equipment| tool.status.to_string(),
            |tool| badge::state(&tool.status),
        )
        .sorted("status"),
        Column::count("Inspections", |tool: &Equipment| tool.inspection_count)
            .sorted("inspection_count"),
        Column::drawn(
            "Last inspection",
            |tool: &Equipment| links::csv_moment(tool.last_inspected_at),
            |tool| facts::moment(tool.last_inspected_at),
        )
        .sorted("last_inspected_at"),
    ]
}
